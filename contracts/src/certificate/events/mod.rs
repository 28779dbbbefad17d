//! What happened, as it stands in a subject's history, and the fold that turns it into the record.
//!
//! Every fold is total: whatever the events and their order, there is a next record and no panic.

mod application;
mod register;

use alloc::boxed::Box;

use minicbor::{Decode, Encode};
use serde::Serialize;

pub use application::ApplicationEvent;
pub use register::{ExporterEvent, KindEvent, ReviewEvent, RulesEvent};

use super::state::{Exporter, Kind, Rules, State};

/// What happened to a subject of this family.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(untagged)]
pub enum Event {
    /// To a kind.
    #[n(0)]
    Kind(#[n(0)] KindEvent),
    /// To an exporter's filing.
    #[n(1)]
    Exporter(#[n(0)] ExporterEvent),
    /// To a version of an office's rules.
    #[n(2)]
    Rules(#[n(0)] RulesEvent),
    /// To the version that an office reviews by.
    #[n(3)]
    Review(#[n(0)] ReviewEvent),
    /// To an application.
    #[n(4)]
    Application(#[n(0)] ApplicationEvent),
}

/// The only writer of this family's records.
pub fn evolve(before: Option<State>, event: &Event) -> State {
    match (event, before) {
        (Event::Kind(KindEvent::Registered { by, registered }), _) => {
            let (by, registered) = (by.clone(), (**registered).clone());
            State::Kind(Box::new(Kind { by, registered }))
        }
        (Event::Exporter(ExporterEvent::Filed { by, filed }), _) => {
            State::Exporter(Box::new(Exporter { by: by.clone(), filed: filed.clone() }))
        }
        (Event::Rules(RulesEvent::Registered { by, set }), _) => {
            State::Rules(Box::new(Rules { by: by.clone(), set: set.clone() }))
        }
        (Event::Review(e), Some(State::Review(r))) => State::Review(Box::new(r.after(e))),
        (Event::Review(e), _) => State::Review(Box::new(register::none().after(e))),
        (Event::Application(e), Some(State::Application(a))) => {
            State::Application(Box::new(a.after(e)))
        }
        (Event::Application(e), _) => State::Application(Box::new(application::unknown().after(e))),
    }
}
