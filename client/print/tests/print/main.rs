//! The printed page: the same bytes every time, one page for an ordinary certificate, a code that
//! is read from the rendered page, nothing that a stranger's text or file could break.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod code;
mod hostile;
mod page;
mod support;
