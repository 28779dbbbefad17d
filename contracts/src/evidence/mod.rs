//! Family `evidence`: documents, photographs and films of a supervision job, anchored by digest
//! (cases 2, 4, 10, 26).
//!
//! ```text
//!  FILE   anchor ──► KEPT ── retention_until passes by itself ──► RETENTION_OVER
//!                     │ ▲                                            │   │
//!                     │ └───────────────── retain ───────────────────┘   │
//!                     │                                                  ▼ destroy
//!                     └── withdraw, unless a decision cites it      DESTROYED
//!                             ▼
//!                         WITHDRAWN ── anchor ──► KEPT
//! ```
//!
//! The bytes of a file never come here: whoever has them shows, by hashing them anew, that they are
//! what was anchored then, by that party. The record says what the file shows, where it is kept and
//! until when, and who may see it: whoever keeps it answers for that. Persons stand in it as salted
//! digests only.
//!
//! What cites evidence (a hold that is cleared, a loss, a settlement) cites it by the entry that
//! anchored it, so that the citation names the party and the time too. One entry may anchor many
//! files, one an action; it can be cited as long as one of them is not withdrawn. The entry's record
//! counts who cites it, and an entry that is cited is not withdrawn any more: a decision rests on
//! it.
//!
//! A long film may be anchored segment by segment. Each segment names the digest of the whole,
//! which is the segments one after the other, its own number, and how many there are.
//!
//! Subjects: `file:SHA256`, `entry:ENTRY_ID`, `whole:SHA256`, each with 64 hexadecimal digits.

mod alerts;
mod anchoring;
pub mod bodies;
mod concern;
mod deadlines;
pub mod events;
mod fields;
mod keeping;
mod kinds;
mod reading;
pub mod state;
pub(crate) mod ties;

#[cfg(test)]
pub(crate) mod tests;

pub use events::{Event, evolve};
pub use kinds::{Action, KINDS, SCHEMA, Subject, body_from_json, body_to_json};
pub use state::State;

use crate::{
    family::{Actor, Events, FamilyName, desk::Desk},
    world::{Moment, No, World},
};

/// Parameters that the founding document must set.
pub const PARAMETERS: &[&str] = &[
    // Days for which the original of what is anchored is kept at least.
    "evidence.retention_days_min",
];

impl Action {
    /// Decides on state: what happens, or why not.
    ///
    /// # Errors
    /// The first rule that is broken, or a store that could not answer.
    pub fn decide(&self, world: &World<'_>, actor: &Actor, now: Moment) -> Result<Events, No> {
        let desk = Desk { family: FamilyName::Evidence, world, actor, now };
        let file = self.subject().name();
        match self {
            Self::Anchor { body, .. } => anchoring::anchor(desk, file, body),
            Self::Link { body, .. } => anchoring::link(desk, file, body),
            Self::Withdraw { body, .. } => keeping::withdraw(desk, file, body),
            Self::Retain { body, .. } => keeping::retain(desk, file, body),
            Self::Destroy { body, .. } => keeping::destroy(desk, file, body),
        }
    }
}
