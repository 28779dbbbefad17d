//! Deadlines: an application that waits for an officer.

use alloc::{format, string::String, vec::Vec};

use super::{
    events::{ApplicationEvent, Event},
    reading::review_name,
    state::State,
};

impl State {
    /// The earliest deadline that runs for this subject, in ledger time.
    pub fn next_deadline(&self) -> Option<u64> {
        match self {
            Self::Application(applied) => {
                applied.due.as_ref().filter(|due| !due.overdue).map(|due| due.by)
            }
            Self::Certificate(certificate) => certificate.next_deadline(),
            Self::Letter(letter) => letter.next_deadline(),
            _ => None,
        }
    }

    /// What happens by itself because deadlines up to `time` have passed.
    pub fn expire(&self, time: u64) -> Vec<Event> {
        if self.next_deadline().is_none_or(|by| by > time) {
            return Vec::new();
        }
        match self {
            Self::Application(_) => [Event::Application(ApplicationEvent::Overdue)].into(),
            Self::Certificate(certificate) => {
                certificate.expiry().map(Event::Certificate).into_iter().collect()
            }
            Self::Letter(letter) => letter.expiry().map(Event::Letter).into_iter().collect(),
            _ => Vec::new(),
        }
    }

    /// The subjects under which this one is listed: an application under its enterprise and under
    /// the review of the office that was asked.
    pub fn listed_under(&self) -> Vec<String> {
        match self {
            Self::Application(applied) => {
                let application = &applied.application;
                let review = review_name(&application.office, &application.kind);
                [format!("exporter:{}", application.enterprise_uscc), format!("review:{review}")]
                    .into()
            }
            Self::Certificate(certificate) => {
                [format!("exporter:{}", certificate.enterprise)].into()
            }
            Self::Letter(letter) => [format!("exporter:{}", letter.enterprise)].into(),
            Self::Paper(paper) => [format!("certificate:{}", paper.certificate)].into(),
            _ => Vec::new(),
        }
    }
}
