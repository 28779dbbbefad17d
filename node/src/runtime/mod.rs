//! The outside world: the home folder, the clock, the process, what is measured.

pub mod clock;
pub mod config;
pub mod metrics;
mod pruning;
pub mod service;
pub mod space;
