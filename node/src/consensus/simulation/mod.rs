//! One seed replays a whole network: the engine's core, our desk, execution and ledger, and its
//! real journal, for all nodes under one scheduler that owns time, network and disks.
//!
//! ```text
//!   Event ──► World ──► Node: core (process!) ◄── engine: answers its 24 effects as the engine does
//!     ▲         │               │
//!     │         │               └── desk ► Agreement ► Execution ► Ledger on a Disk in memory
//!     │         │                   journal: the engine's own log on a Platter that tears
//!     └── peers: loss, delay, repetition, partitions; villain: what a faulty validator says
//!               checker: what must hold, after every step
//! ```
//!
//! Nothing here reads a clock or a random source: the same seed gives the same trace, byte for
//! byte. What it does not cover: the engine's actors and timers, its sync actor, and our swarm;
//! `engine` imitates some hundred lines of the first and has to be held against the engine's
//! sources whenever its version changes.

mod checker;
mod engine;
mod journal;
mod mutation;
mod node;
mod peers;
mod report;
mod tests;
mod trace;
mod villain;
mod weather;
mod world;
