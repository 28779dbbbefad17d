//! The records of this family: what the ledger knows of a file, of an entry that anchored files, and
//! of a whole that was anchored in segments.

use alloc::{collections::BTreeMap, string::String, vec::Vec};

use countersign_record::Digest;
use minicbor::{Decode, Encode};
use serde::Serialize;

use super::bodies::Segment;
pub use crate::family::desk::By;
use crate::{
    family::shapes::{part, words},
    shared::Shared,
};

/// The state of a subject of this family.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(untagged)]
pub enum State {
    /// `file:SHA256`.
    #[n(0)]
    File(#[n(0)] Shared<File>),
    /// `entry:ENTRY_ID`.
    #[n(1)]
    Entry(#[n(0)] Shared<AnchoringEntry>),
    /// `whole:SHA256`.
    #[n(2)]
    Whole(#[n(0)] Shared<Whole>),
}

words! {
    /// How a file stands.
    Standing {
        /// Its original is kept 保存中.
        0 Kept = "kept",
        /// Its time of keeping is over; the original may be destroyed 保存期满.
        1 RetentionOver = "retention_over",
        /// Its original is destroyed; the digest stays 原件已销毁.
        2 Destroyed = "destroyed",
        /// Anchored in error 已撤回.
        3 Withdrawn = "withdrawn",
    }
}

impl Standing {
    /// Whether there is an original that somebody keeps as evidence.
    pub fn is_live(self) -> bool {
        matches!(self, Self::Kept | Self::RetentionOver)
    }
}

part! {
    /// How the record of a file came to its end.
    Ended {
        /// Who said so.
        1 by: By,
        /// Why.
        2 reason: String,
    }
}

part! {
    /// A file that was anchored.
    File {
        /// How it stands.
        1 standing: Standing,
        /// Who anchored it, in which entry, when.
        2 by: By,
        /// Its media type.
        3 media_type: String,
        /// Its length.
        4 bytes: u64,
        /// Where its original is kept.
        5 kept_at: String,
        /// The last moment until which it is kept there.
        6 retention_until: u64,
        /// What it is about, each with its family.
        7 subjects: Vec<String>,
        /// Who may see it beside the party that anchored it: party ids and roles.
        8 readers: Vec<String>,
        ;
        /// When what it shows began.
        9 shown_from: u64,
        /// When what it shows ended.
        10 shown_until: u64,
        /// The device that made it.
        11 device: String,
        /// Where it was made.
        12 place: String,
        /// The officer, as a salted digest.
        13 officer_hash: Digest,
        /// The sheet of the job, as a salted digest.
        14 job_sheet_hash: Digest,
        /// Which part of which whole it is.
        15 segment: Segment,
        /// How it was withdrawn or destroyed.
        16 ended: Ended,
    }
}

part! {
    /// An entry that anchored files: what cites it finds here what stands behind it.
    AnchoringEntry {
        /// Whose entry it is, and since when.
        1 by: By,
        /// The files that it anchored, in its order.
        2 files: Vec<Digest>,
        /// Those of its files that were withdrawn since.
        3 withdrawn: Vec<Digest>,
        /// How often it was cited; its history says where.
        4 cited: u64,
    }
}

part! {
    /// A film or document of which the segments are anchored one by one.
    Whole {
        /// Who anchored the first of them.
        1 by: By,
        /// How many segments there are.
        2 of: u32,
        /// Those that are anchored, by their numbers.
        3 segments: BTreeMap<u32, Digest>,
    }
}

impl AnchoringEntry {
    /// Whether none of its files stands any more.
    pub fn is_withdrawn(&self) -> bool {
        self.withdrawn.len() >= self.files.len()
    }
}
