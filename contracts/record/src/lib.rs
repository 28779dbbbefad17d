//! The shared words of the ledger: what is encoded, signed, hashed, proven and verified.
//!
//! Everything that a verifier must trust is in this crate. It has no clock, file, socket, thread
//! or float, and it builds without `std`: a party's own software can embed it, and one person can
//! audit it in an afternoon. Read it in this order: `limits`, `encoding`, `digest`, `keys`, `cose`,
//! `statement`, `header`, `log`, `membership`, `founding`, `commit`, `succession`, `refused`,
//! `receipt`, `verify`, `state_tree`, `state_proof`, `state_code`, `token`. The same formats are written down for other
//! languages in `record.cddl` beside this crate, and `tests/vectors` holds each of them once.

#![no_std]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

extern crate alloc;

mod base45;
pub mod commit;
mod cose;
pub mod digest;
pub mod encoding;
pub mod founding;
pub mod header;
pub mod keys;
pub mod limits;
pub mod log;
pub mod membership;
pub mod receipt;
pub mod refused;
pub mod state_code;
pub mod state_proof;
pub mod state_tree;
pub mod statement;
pub mod succession;
pub mod token;
pub mod verify;

pub use digest::Digest;
