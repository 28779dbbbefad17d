//! What a rule may read: the records of the ledger, and what this batch has already changed.

use alloc::{boxed::Box, collections::BTreeMap, string::String, vec::Vec};
use core::fmt;

use countersign_record::{Digest, encoding, statement::EntryId};
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::{
    family::{FamilyName, State},
    refusal::Refusal,
};

/// The name of a business object: its family, and its name within the family.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode, Serialize, Deserialize,
)]
pub struct SubjectKey {
    /// The family.
    #[n(0)]
    pub family: FamilyName,
    /// The name within the family, for instance `bill:SDSK26110001`.
    #[n(1)]
    pub subject: String,
}

impl SubjectKey {
    /// A key.
    pub fn new(family: FamilyName, subject: impl Into<String>) -> Self {
        Self { family, subject: subject.into() }
    }
}

impl fmt::Display for SubjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.family.name(), self.subject)
    }
}

/// A subject's record as it is kept and proven: how many transitions it has seen, and its state.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Record {
    /// Transitions so far; what [`countersign_record::statement::Action::seen`] refers to.
    #[n(1)]
    pub version: u64,
    /// The family's state.
    #[n(2)]
    pub state: State,
}

impl Record {
    /// The one encoding, whose digest is the subject's leaf in the state tree.
    pub fn bytes(&self) -> Vec<u8> {
        encoding::encode(self)
    }

    /// Reads a kept record.
    ///
    /// # Errors
    /// The store holds something else: it is damaged.
    pub fn parse(bytes: &[u8]) -> Result<Self, Unreadable> {
        encoding::decode("record", bytes).map_err(|e| Unreadable(alloc::format!("{e}")))
    }
}

/// The store could not answer. Not a rule's matter: the node must stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable(pub String);

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl core::error::Error for Unreadable {}

/// Why a rule did not let something happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum No {
    /// A rule refuses.
    Refused(Box<Refusal>),
    /// The store could not answer.
    Unreadable(Unreadable),
}

impl From<Refusal> for No {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Box::new(refusal))
    }
}

impl From<Unreadable> for No {
    fn from(fault: Unreadable) -> Self {
        Self::Unreadable(fault)
    }
}

/// The ledger after the last batch, as the rules see it.
pub trait Records {
    /// The record of a subject, or nothing where there is none.
    ///
    /// # Errors
    /// The store could not answer.
    fn record(&self, key: &SubjectKey) -> Result<Option<Record>, Unreadable>;

    /// The entry that used a party's reference.
    ///
    /// # Errors
    /// The store could not answer.
    fn reference(&self, party: &str, reference: &str) -> Result<Option<EntryId>, Unreadable>;

    /// Subjects whose earliest deadline is at or before `time`, earliest first and then by name,
    /// at most `most` of them.
    ///
    /// # Errors
    /// The store could not answer.
    fn due(&self, time: u64, most: usize) -> Result<Vec<SubjectKey>, Unreadable>;
}

/// Ledger time and place: all that a rule knows of the world outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The height of the batch.
    pub height: u64,
    /// Ledger time of the batch: UTC milliseconds since 1970.
    pub time: u64,
    /// The version of the rules at this height; see [`versions`](crate::versions).
    pub rules: u32,
}

/// The ledger plus what the current batch has changed so far.
pub struct World<'a> {
    base: &'a dyn Records,
    changed: BTreeMap<SubjectKey, Record>,
    references: BTreeMap<(String, String), EntryId>,
}

impl<'a> World<'a> {
    /// The ledger as it stands.
    pub fn new(base: &'a dyn Records) -> Self {
        Self { base, changed: BTreeMap::new(), references: BTreeMap::new() }
    }

    /// The record of a subject.
    ///
    /// # Errors
    /// The store could not answer.
    pub fn record(&self, key: &SubjectKey) -> Result<Option<Record>, Unreadable> {
        match self.changed.get(key) {
            Some(record) => Ok(Some(record.clone())),
            None => self.base.record(key),
        }
    }

    /// The record of a subject that [`Self::put`] is about to replace.
    pub(crate) fn take(&mut self, key: &SubjectKey) -> Result<Option<Record>, Unreadable> {
        match self.changed.remove(key) {
            Some(record) => Ok(Some(record)),
            None => self.base.record(key),
        }
    }

    /// The entry that used a party's reference.
    ///
    /// # Errors
    /// The store could not answer.
    pub fn reference(&self, party: &str, reference: &str) -> Result<Option<EntryId>, Unreadable> {
        match self.references.get(&(party.into(), reference.into())) {
            Some(id) => Ok(Some(*id)),
            None => self.base.reference(party, reference),
        }
    }

    pub(crate) fn due(&self, time: u64, most: usize) -> Result<Vec<SubjectKey>, Unreadable> {
        self.base.due(time, most)
    }

    pub(crate) fn put(&mut self, key: SubjectKey, record: Record) {
        self.changed.insert(key, record);
    }

    pub(crate) fn use_reference(&mut self, party: &str, reference: &str, entry: Digest) {
        self.references.insert((party.into(), reference.into()), entry);
    }

    /// What a statement would see, and may change without touching this world.
    pub(crate) fn scratch(&self) -> Scratch<'_> {
        Scratch(self)
    }

    pub(crate) fn absorb(&mut self, changed: BTreeMap<SubjectKey, Record>) {
        self.changed.extend(changed);
    }

    /// Everything that changed.
    pub(crate) fn into_changed(self) -> BTreeMap<SubjectKey, Record> {
        self.changed
    }
}

/// A world seen through the eyes of one statement.
pub(crate) struct Scratch<'a>(&'a World<'a>);

impl Records for Scratch<'_> {
    fn record(&self, key: &SubjectKey) -> Result<Option<Record>, Unreadable> {
        self.0.record(key)
    }
    fn reference(&self, party: &str, reference: &str) -> Result<Option<EntryId>, Unreadable> {
        self.0.reference(party, reference)
    }
    fn due(&self, time: u64, most: usize) -> Result<Vec<SubjectKey>, Unreadable> {
        self.0.due(time, most)
    }
}
