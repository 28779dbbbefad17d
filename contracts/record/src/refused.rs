//! A rule's "no" as the ledger keeps it: the leaf of a batch's refusals tree.

use alloc::{string::String, vec::Vec};

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::{encoding, statement::EntryId};

/// The record of a refused entry.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
pub struct RefusedEntry {
    /// The statement that was refused.
    #[n(1)]
    pub entry: EntryId,
    /// Which of its actions, counted from 0.
    #[n(2)]
    pub action: u32,
    /// The refusal's stable number.
    #[n(3)]
    pub rule: u32,
    /// The field that was looked at.
    #[n(4)]
    pub field: String,
    /// What was found.
    #[n(5)]
    pub found: String,
    /// What was expected.
    #[n(6)]
    pub expected: String,
    /// Who can put it right, by the stable name that the rulebook gives it.
    #[n(7)]
    pub remedy: String,
}

impl RefusedEntry {
    /// Its one encoding.
    pub fn bytes(&self) -> Vec<u8> {
        encoding::encode(self)
    }
}
