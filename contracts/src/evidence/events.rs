//! What happened, as it stands in a subject's history, and the fold that turns it into the record.
//! Every fold is total: whatever the events and their order, there is a next record and no panic.

use alloc::{boxed::Box, collections::BTreeMap, string::String, vec::Vec};

use countersign_record::Digest;
use minicbor::{Decode, Encode};
use serde::Serialize;

use super::state::{AnchoringEntry, By, Ended, File, Standing, State, Whole};
use crate::shared::Shared;

/// What happened to a subject of this family.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(untagged)]
pub enum Event {
    /// To a file.
    #[n(0)]
    File(#[n(0)] FileEvent),
    /// To an entry that anchored files.
    #[n(1)]
    Entry(#[n(0)] EntryEvent),
    /// To a whole.
    #[n(2)]
    Whole(#[n(0)] WholeEvent),
}

/// Something that happened to a file.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum FileEvent {
    /// A party anchored it.
    #[n(0)]
    Anchored {
        /// What it said.
        #[n(0)]
        file: Box<File>,
    },
    /// It is about something else too.
    #[n(1)]
    Linked {
        /// Who said so.
        #[n(0)]
        by: By,
        /// The subject, with its family.
        #[n(1)]
        subject: String,
    },
    /// Its original is kept for longer.
    #[n(2)]
    Retained {
        /// Who said so.
        #[n(0)]
        by: By,
        /// Until when.
        #[n(1)]
        retention_until: u64,
        /// Why.
        #[n(2)]
        reason: String,
    },
    /// Its time of keeping is over.
    #[n(3)]
    RetentionOver,
    /// Its original is destroyed.
    #[n(4)]
    Destroyed {
        /// By whom, and why.
        #[n(0)]
        ended: Ended,
    },
    /// It was anchored in error.
    #[n(5)]
    Withdrawn {
        /// By whom, and why.
        #[n(0)]
        ended: Ended,
    },
}

/// Something that happened to an entry that anchored files.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum EntryEvent {
    /// It anchored a file.
    #[n(0)]
    Anchored {
        /// Whose it is.
        #[n(0)]
        by: By,
        /// The file.
        #[n(1)]
        file: Digest,
    },
    /// A file of it was withdrawn.
    #[n(1)]
    Withdrawn {
        /// The file.
        #[n(0)]
        file: Digest,
    },
    /// It was cited as evidence.
    #[n(2)]
    Cited {
        /// By whom, in which entry.
        #[n(0)]
        by: By,
        /// About which subject, with its family.
        #[n(1)]
        subject: String,
    },
}

/// Something that happened to a whole.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum WholeEvent {
    /// A segment of it was anchored.
    #[n(0)]
    SegmentAnchored {
        /// By whom.
        #[n(0)]
        by: By,
        /// How many segments there are.
        #[n(1)]
        of: u32,
        /// The segment's number.
        #[n(2)]
        no: u32,
        /// The segment.
        #[n(3)]
        file: Digest,
    },
    /// A segment of it was withdrawn.
    #[n(1)]
    SegmentWithdrawn {
        /// The segment's number.
        #[n(0)]
        no: u32,
    },
}

/// The only writer of this family's records.
pub fn evolve(before: Option<State>, event: &Event) -> State {
    match (event, before) {
        (Event::File(e), Some(State::File(f))) => State::File(Shared::new(f.take().after(e))),
        (Event::File(e), _) => State::File(Shared::new(no_file().after(e))),
        (Event::Entry(e), Some(State::Entry(a))) => State::Entry(Shared::new(a.take().after(e))),
        (Event::Entry(e), _) => State::Entry(Shared::new(no_entry().after(e))),
        (Event::Whole(e), Some(State::Whole(w))) => State::Whole(Shared::new(w.take().after(e))),
        (Event::Whole(e), _) => State::Whole(Shared::new(no_whole().after(e))),
    }
}

fn nobody() -> By {
    By { party: String::new(), entry: Digest::ZERO, at: 0 }
}

/// The record of a file that nobody anchored.
fn no_file() -> File {
    File {
        standing: Standing::Withdrawn,
        by: nobody(),
        media_type: String::new(),
        bytes: 0,
        kept_at: String::new(),
        retention_until: 0,
        subjects: Vec::new(),
        readers: Vec::new(),
        shown_from: None,
        shown_until: None,
        device: None,
        place: None,
        officer_hash: None,
        job_sheet_hash: None,
        segment: None,
        ended: None,
    }
}

fn no_entry() -> AnchoringEntry {
    AnchoringEntry { by: nobody(), files: Vec::new(), withdrawn: Vec::new(), cited: 0 }
}

fn no_whole() -> Whole {
    Whole { by: nobody(), of: 0, segments: BTreeMap::new() }
}

impl File {
    fn after(mut self, event: &FileEvent) -> Self {
        match event.clone() {
            FileEvent::Anchored { file } => return *file,
            FileEvent::Linked { subject, .. } => self.subjects.push(subject),
            FileEvent::Retained { retention_until, .. } => {
                self.standing = Standing::Kept;
                self.retention_until = retention_until;
            }
            FileEvent::RetentionOver => self.standing = Standing::RetentionOver,
            FileEvent::Destroyed { ended } => {
                self.standing = Standing::Destroyed;
                self.ended = Some(ended);
            }
            FileEvent::Withdrawn { ended } => {
                self.standing = Standing::Withdrawn;
                self.ended = Some(ended);
            }
        }
        self
    }
}

impl AnchoringEntry {
    fn after(mut self, event: &EntryEvent) -> Self {
        match event {
            EntryEvent::Anchored { by, file } => {
                self.by = by.clone();
                self.files.push(*file);
            }
            EntryEvent::Withdrawn { file } => self.withdrawn.push(*file),
            EntryEvent::Cited { .. } => self.cited = self.cited.saturating_add(1),
        }
        self
    }
}

impl Whole {
    fn after(mut self, event: &WholeEvent) -> Self {
        match event {
            WholeEvent::SegmentAnchored { by, of, no, file } => {
                if self.segments.is_empty() {
                    self.by = by.clone();
                    self.of = *of;
                }
                self.segments.insert(*no, *file);
            }
            WholeEvent::SegmentWithdrawn { no } => {
                self.segments.remove(no);
            }
        }
        self
    }
}
