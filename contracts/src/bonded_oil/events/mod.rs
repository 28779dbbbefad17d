//! What happened, as it stands in a subject's history, and the fold that turns it into the record.
//!
//! Every fold is total: whatever the events and their order, there is a next record and no panic.

mod account;
mod application;
mod delivery;

use countersign_record::Digest;
use minicbor::{Decode, Encode};
use serde::Serialize;

pub use account::AccountEvent;
pub(super) use account::tanks_of;
pub use application::{ApplicationEvent, Taken};
pub use delivery::{DeclarationEvent, DeliveryEvent};

use super::state::{By, State};
use crate::shared::Shared;

/// What happened to a subject of this family.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(untagged)]
pub enum Event {
    /// To an account.
    #[n(0)]
    Account(#[n(0)] AccountEvent),
    /// To an application.
    #[n(1)]
    Application(#[n(0)] ApplicationEvent),
    /// To a delivery.
    #[n(2)]
    Delivery(#[n(0)] DeliveryEvent),
    /// To a central declaration.
    #[n(3)]
    Declaration(#[n(0)] DeclarationEvent),
}

/// A deadline that passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Deadline {
    /// The approved window ended with oil still out.
    #[n(0)]
    Window,
    /// The ship has not stated its figures.
    #[n(1)]
    Confirmation,
    /// No surveyor has settled the dispute.
    #[n(2)]
    Dispute,
    /// The delivery is not declared.
    #[n(3)]
    Declaration,
}

/// Nobody, in a record of which nothing is known yet.
fn nobody() -> By {
    By { party: alloc::string::String::new(), entry: Digest::ZERO, at: 0 }
}

/// The only writer of this family's records.
pub fn evolve(before: Option<State>, event: &Event) -> State {
    match (event, before) {
        (Event::Account(e), Some(State::Account(a))) => {
            State::Account(Shared::new(a.take().after(e)))
        }
        (Event::Account(e), _) => State::Account(Shared::new(account::empty().after(e))),
        (Event::Application(e), Some(State::Application(a))) => {
            State::Application(Shared::new(a.take().after(e)))
        }
        (Event::Application(e), _) => {
            State::Application(Shared::new(application::empty().after(e)))
        }
        (Event::Delivery(e), Some(State::Delivery(d))) => {
            State::Delivery(Shared::new(d.take().after(e)))
        }
        (Event::Delivery(e), _) => State::Delivery(Shared::new(delivery::empty().after(e))),
        (Event::Declaration(e), Some(State::Declaration(d))) => {
            State::Declaration(Shared::new(d.take().after(e)))
        }
        (Event::Declaration(e), _) => {
            State::Declaration(Shared::new(delivery::undeclared().after(e)))
        }
    }
}
