//! Reads the trade's own files and makes entries of them, with a report in which nothing is lost.
//!
//! ```text
//! bytes ── edifact ──> segments ── interchange ──> messages ── message ──> groups
//!                                                                            │ group, facts,
//!  statements <── actions ── movements <── report <── outcomes <─────────────┘ values, time
//! ```
//!
//! EDIFACT CODECO (gate in and out) and COARRI (discharge and load), D.95B and D.00B. Every EQD of
//! a file ends as *taken*, *doubted* (taken, with reasons for a person to look at) or *refused*
//! (not taken, with reasons); so does every message. Real files come without header or trailer,
//! cut in half, miscounted, in GB 18030; they are read as far as they can be, and each defect is
//! reported where it stands. Whatever bytes arrive: no panic, bounded memory, and an answer.

mod bodies;
mod display;
mod dropped;
mod edifact;
mod facts;
mod group;
mod interchange;
mod message;
mod reason;
mod report;
mod time;
mod values;

pub mod actions;
pub mod limits;
pub mod movement;

pub use actions::{Context, Given, LeftOut, Leg, Plan, plan};
pub use dropped::Dropped;
pub use interchange::{Options, import};
pub use reason::{Code, Language, Position, Reason};
pub use report::{
    ContainerReport, Counts, FileFacts, InterchangeReport, MessageReport, Outcome, Report, Verdict,
};
pub use time::{Moment, Precision};

#[cfg(test)]
mod tests;
