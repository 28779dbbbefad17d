//! The HTTP door of a node that others reach: who is let in, what each is shown, and how much anyone
//! may ask for. Every no stands beside the yes that differs from it in one thing.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod bounds;
mod description;
mod imports;
mod lists;
mod rights;
mod support;
mod tls;
