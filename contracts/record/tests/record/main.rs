//! What the shared words must keep: one reading of every byte string, and receipts that fail when
//! any bit of them changes.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod code;
mod commit;
mod hostile;
mod keys;
mod log;
mod membership;
mod receipt;
mod state;
mod statement;
mod succession;
mod support;
mod third_party_software;
mod token;
mod vectors;
