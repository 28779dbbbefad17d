//! What happened, as it stands in a subject's history, and the fold that turns it into the record.
//!
//! Every fold is total: whatever the events and their order, there is a next record and no panic.

mod application;
mod beside;
mod certificate;
mod register;

use minicbor::{Decode, Encode};
use serde::Serialize;

pub use application::ApplicationEvent;
pub use beside::{AnimalEvent, ArchiveEvent, InvoiceEvent, LetterEvent, PaperEvent, SerialEvent};
pub use certificate::CertificateEvent;
pub use register::{ExporterEvent, KindEvent, ReviewEvent, RulesEvent};

use super::state::{Exporter, Kind, Rules, State};
use crate::shared::Shared;

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
    /// To a certificate.
    #[n(5)]
    Certificate(#[n(0)] CertificateEvent),
    /// To a guarantee letter.
    #[n(6)]
    Letter(#[n(0)] LetterEvent),
    /// To the sealed copies of a declaration.
    #[n(7)]
    Archive(#[n(0)] ArchiveEvent),
    /// To an invoice.
    #[n(8)]
    Invoice(#[n(0)] InvoiceEvent),
    /// To the numbers of a rule.
    #[n(9)]
    Serial(#[n(0)] SerialEvent),
    /// To a printed page.
    #[n(10)]
    Paper(#[n(0)] PaperEvent),
    /// To an animal.
    #[n(11)]
    Animal(#[n(0)] AnimalEvent),
}

/// The only writer of this family's records.
pub fn evolve(before: Option<State>, event: &Event) -> State {
    match (event, before) {
        (Event::Kind(KindEvent::Registered { by, registered }), _) => {
            let (by, registered) = (by.clone(), (**registered).clone());
            State::Kind(Shared::new(Kind { by, registered }))
        }
        (Event::Exporter(ExporterEvent::Filed { by, filed }), _) => {
            State::Exporter(Shared::new(Exporter { by: by.clone(), filed: filed.clone() }))
        }
        (Event::Rules(RulesEvent::Registered { by, set }), _) => {
            State::Rules(Shared::new(Rules { by: by.clone(), set: set.clone() }))
        }
        (Event::Review(e), Some(State::Review(r))) => State::Review(Shared::new(r.take().after(e))),
        (Event::Review(e), _) => State::Review(Shared::new(register::none().after(e))),
        (Event::Application(e), Some(State::Application(a))) => {
            State::Application(Shared::new(a.take().after(e)))
        }
        (Event::Application(e), _) => {
            State::Application(Shared::new(application::unknown().after(e)))
        }
        (Event::Certificate(e), Some(State::Certificate(c))) => {
            State::Certificate(Shared::new(c.take().after(e)))
        }
        (Event::Certificate(e), _) => {
            State::Certificate(Shared::new(certificate::unknown().after(e)))
        }
        (Event::Letter(e), Some(State::Letter(l))) => State::Letter(Shared::new(l.take().after(e))),
        (Event::Letter(e), _) => State::Letter(Shared::new(beside::no_letter().after(e))),
        (Event::Archive(e), Some(State::Archive(a))) => {
            State::Archive(Shared::new(a.take().after(e)))
        }
        (Event::Archive(e), _) => State::Archive(Shared::new(beside::no_copies().after(e))),
        (Event::Invoice(e), Some(State::Invoice(i))) => {
            State::Invoice(Shared::new(i.take().after(e)))
        }
        (Event::Invoice(e), _) => State::Invoice(Shared::new(beside::no_lines().after(e))),
        (Event::Serial(e), _) => State::Serial(Shared::new(beside::given(e))),
        (Event::Paper(e), Some(State::Paper(p))) => State::Paper(Shared::new(p.take().after(e))),
        (Event::Paper(e), _) => State::Paper(Shared::new(beside::no_page().after(e))),
        (Event::Animal(e), _) => State::Animal(Shared::new(beside::moved(e))),
    }
}
