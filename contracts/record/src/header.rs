//! What one agreement commits to.

use alloc::{string::String, vec::Vec};

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::{digest::Digest, encoding};

/// The header of a batch. Validators sign its digest together with the log root in it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
pub struct Header {
    /// The digest of the founding document.
    #[n(1)]
    pub network: Digest,
    /// 1 for the first batch, one more for each that follows.
    #[n(2)]
    pub height: u64,
    /// Digest of the header before, or zeros at height 1.
    #[n(3)]
    pub parent: Digest,
    /// Ledger time: UTC milliseconds since 1970, more than the parent's.
    #[n(4)]
    pub time: u64,
    /// Leaves in the log after this batch. Leaf 0 is the founding document.
    #[n(5)]
    pub log_size: u64,
    /// RFC 9162 root over those leaves.
    #[n(6)]
    pub log_root: Digest,
    /// Root of the state tree after this batch.
    #[n(7)]
    pub state_root: Digest,
    /// Refused entries in this batch.
    #[n(8)]
    pub refusals_size: u64,
    /// RFC 9162 root over this batch's refusal records; the digest of nothing where there are none.
    #[n(9)]
    pub refusals_root: Digest,
    /// Digest of the validator set that agreed on this batch.
    #[n(10)]
    pub validators: Digest,
    /// Digest of the validator set of the next height.
    #[n(11)]
    pub next_validators: Digest,
    /// The version of the rules that this batch was executed under.
    #[n(12)]
    pub rules: u32,
    /// The party whose node proposed the batch.
    #[n(13)]
    pub proposer: String,
}

impl Header {
    /// The digest that names this header.
    pub fn digest(&self) -> Digest {
        Digest::of(&self.bytes())
    }

    /// Its one encoding.
    pub fn bytes(&self) -> Vec<u8> {
        encoding::encode(self)
    }
}
