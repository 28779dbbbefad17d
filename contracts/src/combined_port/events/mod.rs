//! What happened, as it stands in a subject's history, and the fold that turns it into the record.
//!
//! Every fold is total: whatever the events and their order, there is a next record and no panic.

mod bill;
mod bill_fold;
mod container;
mod container_fold;
mod plan;
mod ship;

use alloc::string::String;

use minicbor::{Decode, Encode};
use serde::Serialize;

pub use bill::{BillEvent, Taken};
pub use container::BoxEvent;
pub use plan::PlanEvent;
pub use ship::{DeclarationEvent, EnterpriseEvent, ShipEvent};

use super::state::State;
use crate::shared::Shared;

/// What happened to a subject of this family.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(untagged)]
pub enum Event {
    /// To a bill.
    #[n(0)]
    Bill(#[n(0)] BillEvent),
    /// To a container.
    #[n(1)]
    Box(#[n(0)] BoxEvent),
    /// To a transfer plan.
    #[n(2)]
    Plan(#[n(0)] PlanEvent),
    /// To a ship.
    #[n(3)]
    Ship(#[n(0)] ShipEvent),
    /// To an enterprise with open summaries.
    #[n(4)]
    Enterprise(#[n(0)] EnterpriseEvent),
    /// To a declaration number.
    #[n(5)]
    Declaration(#[n(0)] DeclarationEvent),
}

/// A deadline that passed.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Deadline {
    /// The container is not in its inspection slot.
    #[n(0)]
    Relocation,
    /// Goods declared in advance have not arrived.
    #[n(1)]
    Arrival,
    /// No tally.
    #[n(2)]
    Tally,
    /// The hold of that number is not answered.
    #[n(3)]
    Hold(#[n(0)] u32),
    /// The barge is not at its destination.
    #[n(4)]
    Transit,
    /// No signal from the barge.
    #[n(5)]
    Signal,
    /// The second step of the declaration of that number is not filed.
    #[n(6)]
    Complete(#[n(0)] String),
}

/// The only writer of this family's records.
pub fn evolve(before: Option<State>, event: &Event) -> State {
    match (event, before) {
        (Event::Bill(e), Some(State::Bill(b))) => State::Bill(Shared::new(b.take().after(e))),
        (Event::Bill(e), _) => State::Bill(Shared::new(bill_fold::empty().after(e))),
        (Event::Box(e), Some(State::Box(b))) => State::Box(Shared::new(b.take().after(e))),
        (Event::Box(e), _) => State::Box(Shared::new(container_fold::unknown().after(e))),
        (Event::Plan(e), Some(State::Plan(p))) => State::Plan(Shared::new(p.take().after(e))),
        (Event::Plan(e), _) => State::Plan(Shared::new(plan::empty().after(e))),
        (Event::Ship(e), Some(State::Ship(s))) => State::Ship(Shared::new(s.take().after(e))),
        (Event::Ship(e), _) => State::Ship(Shared::new(ship::empty().after(e))),
        (Event::Enterprise(e), Some(State::Enterprise(s))) => {
            State::Enterprise(Shared::new(s.take().after(e)))
        }
        (Event::Enterprise(e), _) => State::Enterprise(Shared::new(ship::no_summaries().after(e))),
        (Event::Declaration(e), Some(State::Declaration(d))) => {
            State::Declaration(Shared::new(d.take().after(e)))
        }
        (Event::Declaration(e), _) => State::Declaration(Shared::new(ship::unused().after(e))),
    }
}
