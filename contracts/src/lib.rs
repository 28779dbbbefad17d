//! What the parties agree on: the rules, one folder a family.
//!
//! Everything here is pure: no clock, file, thread, socket, randomness or float, and nothing whose
//! order depends on a hash. The same entries give the same bytes on every machine for ever. An
//! entry passes three phases under one name: `check` (no state), `decide` (reads state, answers
//! with events or a refusal) and `evolve` (the only writer).

#![no_std]
#![deny(clippy::float_arithmetic)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

extern crate alloc;
#[cfg(any(test, feature = "testing"))]
extern crate std;

pub mod bonded_oil;
pub mod calendar;
pub mod certificate;
pub mod combined_port;
pub mod entry;
pub mod evidence;
pub mod execute;
pub mod family;
pub mod founding;
pub mod guarantee;
pub mod identifiers;
pub mod limits;
pub mod membership;
pub mod refusal;
pub mod shared;
#[cfg(any(test, feature = "testing"))]
#[cfg_attr(
    not(test),
    allow(
        clippy::unwrap_used,
        dead_code,
        reason = "it is there for tests, and those of other crates need only a part of it"
    )
)]
pub mod testing;
#[cfg(test)]
mod tests;
pub mod versions;
pub mod world;
