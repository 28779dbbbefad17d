//! How the nodes come to agree: Malachite behind a boundary of our own, on one swarm of ours.
//!
//! ```text
//!   the node ── Application (boundary) ──► app        one loop answers the engine
//!                                           │
//!   Consensus (handle) ◄── engine ──── Malachite      context, signing, codec: its view of us
//!                          (generation)    │           guard: what a voter's key may sign at all
//!                                           │
//!   entries in and out ◄────────────── network        allow-list, lanes, sync; horizon: idle pacing
//! ```
//!
//! What others may rely on is re-exported here and names no type of the engine; nothing outside
//! this folder names one either. What this part never does: it does not know what a batch holds,
//! it writes nothing but the engine's own log and the double-sign guards, and it never votes for a body that was not
//! executed and kept here first.

mod app;
mod boundary;
mod codec;
mod context;
mod engine;
#[cfg(any(test, feature = "fuzz"))]
pub(crate) mod fuzz;
mod generation;
mod guard;
mod halt;
mod handle;
mod horizon;
pub mod limits;
mod network;
mod parts;
mod signing;
#[cfg(test)]
mod simulation;
#[cfg(test)]
mod tests;
mod voter;

pub use self::{
    boundary::{
        Application, Candidate, Committed, Decided, Fault, Invalid, Member, Members, Settings,
        Stage, Timeouts, Tip, Undecided, ValueId,
    },
    engine::journal_height,
    handle::{Consensus, Evidence, Inbox, Phase, Status, Stopped, metrics_text},
    network::{Entries, network_key, peer_name},
    voter::{Voter, Voters},
};
