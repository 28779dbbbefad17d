//! A ledger in one file, as it stood after one height, to begin a node from.
//!
//! Nothing in it is believed: every part leads to the header of that height, which more than two
//! thirds of its validators signed, and the validators lead to the founders.
//!
//! | Part | Proven by |
//! |---|---|
//! | the header of the height, its signatures | the validator set of that height |
//! | the changes of the validator set | each is signed by the set before; the first by the founders |
//! | all records | the state tree over them has the state root of the header |
//! | all accepted statements | the log over them has the log root of the header |
//! | all refusals | each batch's refusals have the refusals root of its header |
//! | all headers, as their differences | each names the one before; the last is the header |
//!
//! Deadlines, alerts and lists follow from the records; used references and the ids of entries from
//! the statements and refusals. Those two are under no root of their own, and still must not be
//! anybody's word: a node that misses one judges a batch otherwise than the others, and stops. That
//! is why all statements are in the file, although a node that begins from it does not keep them.
//!
//! The file is a row of frames, each packed by itself (`file`); what is in them, in this order, is a
//! [`Part`].

mod file;
#[cfg(any(test, feature = "fuzz"))]
pub(crate) mod fuzz;
mod make;
mod restore;
mod trail;

use countersign_record::{
    Digest,
    commit::{CommitProof, Link},
    membership::ValidatorSet,
};
use minicbor::{Decode, Encode, bytes::ByteVec};

use super::LedgerFault;

pub use make::Made;
pub use restore::{Restored, restore};

/// A frame's content.
#[derive(Encode, Decode)]
#[expect(
    clippy::large_enum_variant,
    reason = "one is in memory at a time; the large one comes once"
)]
enum Part {
    /// First of all, and once.
    #[n(0)]
    Tip(#[n(0)] Tip),
    /// Changes of the validator set before the height, in order.
    #[n(1)]
    Links(#[n(0)] Vec<Link>),
    /// All records, in order of their subjects.
    #[n(2)]
    Records(#[n(0)] Vec<Kept>),
    /// All batches, from height 1 on.
    #[n(3)]
    Batches(#[n(0)] Vec<Batch>),
    /// Last of all: the digest of all bytes of the file before this frame.
    #[n(4)]
    End(#[n(0)] Digest),
}

impl Part {
    fn name(&self) -> &'static str {
        match self {
            Self::Tip(_) => "the header",
            Self::Links(_) => "changes of the validator set",
            Self::Records(_) => "records",
            Self::Batches(_) => "batches",
            Self::End(_) => "the end",
        }
    }
}

/// Where the ledger stood.
#[derive(Encode, Decode)]
#[cbor(map)]
struct Tip {
    /// The header and who signed it.
    #[n(1)]
    commit: CommitProof,
    /// The validator set of the next height, where this header changes it.
    #[n(2)]
    next: Option<ValidatorSet>,
}

/// A subject's record.
#[derive(Encode, Decode)]
struct Kept {
    #[n(0)]
    family: String,
    #[n(1)]
    subject: String,
    #[n(2)]
    record: ByteVec,
}

/// A batch, and what its header says otherwise than the one before. The rest of the header follows:
/// its height and parent from the one before, the log and the refusals from what is here.
#[derive(Encode, Decode)]
#[cbor(map)]
struct Batch {
    /// Milliseconds since the header before; since the founding at height 1.
    #[n(1)]
    later: u64,
    #[n(2)]
    proposer: Option<String>,
    #[n(3)]
    state_root: Option<Digest>,
    #[n(4)]
    next_validators: Option<Digest>,
    #[n(5)]
    rules: Option<u32>,
    /// The tagged statements that were accepted, in order.
    #[n(6)]
    accepted: Vec<ByteVec>,
    /// The refusal records, in order.
    #[n(7)]
    refused: Vec<ByteVec>,
}

impl Batch {
    fn bytes(&self) -> usize {
        let long: usize = self.accepted.iter().chain(&self.refused).map(|b| b.len()).sum();
        long + 64
    }
}

/// A step of the check of a snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The file is a snapshot, and all of it.
    File,
    /// Each change of the validator set is signed by the set before.
    Membership,
    /// More than two thirds of the validators of that height signed the header.
    Quorum,
    /// The records have the state root of the header.
    State,
    /// Each statement was signed by a key that the records know.
    Signers,
    /// The headers lead to the header, over the statements and refusals of each.
    Headers,
}

impl Step {
    /// The step in English and in Chinese.
    pub fn text(self) -> (&'static str, &'static str) {
        match self {
            Self::File => ("the file is whole", "文件完整"),
            Self::Membership => ("validator set of that height", "该高度的验证人集合"),
            Self::Quorum => ("more than two thirds signed", "超过三分之二验证人签名"),
            Self::State => ("records under the state root", "记录与状态根一致"),
            Self::Signers => ("keys of the statements", "报文签名密钥"),
            Self::Headers => ("batches under the header", "各批次与批次头一致"),
        }
    }
}

/// Why there is no snapshot, or none was restored.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotFault {
    /// The ledger does not hold every batch.
    #[error(
        "this ledger keeps the batches from height {0} on; a snapshot is proven by all of them. \
         Make it on a node that keeps all"
    )]
    NotAll(u64),
    /// There is no batch to take it after.
    #[error("the ledger has no batch yet: nobody has signed its state")]
    NoBatch,
    /// The file does not hold.
    #[error(
        "not restored, step '{}': {why}. Fetch the file again, or take another node's; nothing of \
         it was kept", .step.text().0
    )]
    NotVerified {
        /// The step that failed.
        step: Step,
        /// What was found.
        why: String,
    },
    /// There is a ledger already.
    #[error(
        "{0} is there already: a snapshot is restored where there is no ledger yet. Move it away"
    )]
    Occupied(String),
    /// The file cannot be read or written.
    #[error("the snapshot cannot be read or written: {0}")]
    Io(#[from] std::io::Error),
    /// The store failed.
    #[error(transparent)]
    Ledger(#[from] LedgerFault),
}

fn no<T>(step: Step, why: impl std::fmt::Display) -> Result<T, SnapshotFault> {
    Err(SnapshotFault::NotVerified { step, why: why.to_string() })
}
