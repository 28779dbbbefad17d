//! What happened, as it stands in a subject's history, and the fold that turns it into the record.
//!
//! A line's history names every drawdown that came, changed and went, with the facts that its
//! commitment covers. Every fold is total: whatever the events and their order, there is a next
//! record and no panic.

mod drawdown;
mod line;

use alloc::string::String;

use minicbor::{Decode, Encode};
use serde::Serialize;

pub use drawdown::{DrawdownEvent, Freeing};
pub use line::{Expiry, LineEvent};

use super::{
    bodies::Grade,
    state::{By, Enterprise, State},
};
use crate::shared::Shared;

/// What happened to a subject of this family.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(untagged)]
pub enum Event {
    /// To a line.
    #[n(0)]
    Line(#[n(0)] LineEvent),
    /// To a drawdown.
    #[n(1)]
    Drawdown(#[n(0)] DrawdownEvent),
    /// To an enterprise.
    #[n(2)]
    Enterprise(#[n(0)] EnterpriseEvent),
}

/// Something that happened to an enterprise.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum EnterpriseEvent {
    /// Customs graded it.
    #[n(0)]
    Graded {
        /// The office.
        #[n(0)]
        by: By,
        /// The grade.
        #[n(1)]
        grade: Grade,
        /// Why.
        #[n(2)]
        reason: String,
    },
}

/// The only writer of this family's records.
pub fn evolve(before: Option<State>, event: &Event) -> State {
    match (event, before) {
        (Event::Line(e), Some(State::Line(l))) => State::Line(Shared::new(l.take().after(e))),
        (Event::Line(e), _) => State::Line(Shared::new(line::unknown().after(e))),
        (Event::Drawdown(e), Some(State::Drawdown(d))) => {
            State::Drawdown(Shared::new(d.take().after(e)))
        }
        (Event::Drawdown(e), _) => State::Drawdown(Shared::new(drawdown::none().after(e))),
        (Event::Enterprise(EnterpriseEvent::Graded { by, grade, reason }), _) => {
            let (by, reason) = (by.clone(), reason.clone());
            State::Enterprise(Shared::new(Enterprise { grade: *grade, by, reason }))
        }
    }
}
