//! Networks of real nodes in one process, over an application that lives in memory.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod agreement;
mod cluster;
mod fake;
mod gate;
mod hostile;
mod membership;
mod room;
mod units;
