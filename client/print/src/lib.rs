//! The printed page of a certificate: a bilingual A4 sheet as PDF/A-3, which carries its own proof,
//! and the check of such a file by setting its page again.
//!
//! Typeset by `typst`, which pulls some 370 crates and takes a third of the build: so it is a crate
//! of its own, and no node needs it. Read it in this order: `page`, `fonts`, `code`, `typeset`, and
//! for the way back `attachments`, `picture`. What a page rests on is in `certificate`, what of it stands
//! where in `sheet`, and `check` holds a file against it.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod attachments;
#[cfg(feature = "typeset")]
pub mod certificate;
#[cfg(feature = "typeset")]
mod check;
#[cfg(feature = "typeset")]
pub mod code;
#[cfg(feature = "typeset")]
pub mod fonts;
pub mod limits;
#[cfg(feature = "typeset")]
pub mod page;
#[cfg(feature = "typeset")]
pub mod picture;
#[cfg(feature = "typeset")]
mod sheet;
#[cfg(feature = "typeset")]
pub mod typeset;

#[cfg(feature = "typeset")]
pub use check::check;
