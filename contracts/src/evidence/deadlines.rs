//! The one deadline of this family: the end of the time for which an original is kept.

use alloc::{format, string::String, vec::Vec};

use super::{
    events::{Event, FileEvent},
    state::{Standing, State},
};

impl State {
    /// The earliest deadline that runs for this subject, in ledger time.
    pub fn next_deadline(&self) -> Option<u64> {
        match self {
            // The time of keeping includes its last moment.
            Self::File(file) if file.standing == Standing::Kept => {
                Some(file.retention_until.saturating_add(1))
            }
            Self::File(_) | Self::Entry(_) | Self::Whole(_) => None,
        }
    }

    /// What happens by itself because deadlines up to `time` have passed.
    pub fn expire(&self, time: u64) -> Vec<Event> {
        let over = self.next_deadline().filter(|by| *by <= time);
        over.map(|_| Event::File(FileEvent::RetentionOver)).into_iter().collect()
    }

    /// A file is listed under whatever it is or was about, as `about:FAMILY/SUBJECT`.
    pub fn listed_under(&self) -> Vec<String> {
        match self {
            Self::File(file) => file.subjects.iter().map(|s| format!("about:{s}")).collect(),
            Self::Entry(_) | Self::Whole(_) => Vec::new(),
        }
    }
}
