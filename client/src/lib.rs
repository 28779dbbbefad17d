//! How anyone uses and checks the ledger: write entries, sign and submit them, read, verify
//! receipts offline, import trade files, anchor evidence.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

#[cfg(feature = "typeset")]
pub mod certificate;
#[cfg(feature = "typeset")]
pub mod cli;
pub mod diagnosis;
pub mod draft;
pub mod evidence;
pub mod http;
pub mod import;
pub mod language;
pub mod login;
pub mod party;
#[cfg(feature = "typeset")]
pub mod story;
