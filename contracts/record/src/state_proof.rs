//! The proof that a subject's record is, or is not, in the state of a height.
//!
//! A receipt says that an entry was taken; this says what it came to. The file carries the record
//! itself, or what stands in its place, with the way from there to the state root in a header that
//! a quorum signed. The record's own format belongs to the rules: here it is a byte string.

use alloc::{format, string::String, vec::Vec};
use core::fmt;

use minicbor::{Decode, Encode};

use crate::{
    commit::{CommitProof, FinalHeader, Link, ProofFault},
    digest::Digest,
    encoding::{self, Malformed},
    founding::Genesis,
    limits, state_tree,
    statement::{name_fault, subject_fault},
    succession::{Succession, start},
    verify::{NotVerified, Step},
};

/// What is said to stand at the subject's place in the state tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// The subject's record, as it is kept.
    Record(Vec<u8>),
    /// Nothing: there is no such subject.
    Nothing,
    /// The leaf of another subject, alone in that part of the tree: there is no such subject.
    Other(OtherLeaf),
}

/// A leaf of the state tree that is not the subject's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct OtherLeaf {
    /// Its key: the digest of another subject's name.
    #[n(0)]
    pub key: Digest,
    /// The hash of what is kept under it.
    #[n(1)]
    pub value_hash: Digest,
}

/// A state proof, not checked yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateProof {
    /// The family of the subject.
    pub family: String,
    /// The subject's name within its family.
    pub subject: String,
    /// What stands in its place.
    pub found: Found,
    /// The siblings on the way from there to the state root.
    pub path: Vec<Digest>,
    /// The header that holds the state root, and its signatures.
    pub commit: CommitProof,
    /// Every change of the validator set between the founding and that header.
    pub links: Vec<Link>,
}

/// A state proof as it is encoded. Its first key is none that a receipt begins with, and where both
/// have a key it means the same.
#[derive(Encode, Decode)]
#[cbor(map)]
struct Encoded {
    #[n(5)]
    path: Vec<Digest>,
    #[n(6)]
    commit: CommitProof,
    #[n(7)]
    links: Vec<Link>,
    #[n(8)]
    family: String,
    #[n(9)]
    subject: String,
    /// Follows from both names. Without it a change of a name could turn the true absence of one
    /// subject into the true absence of another, which is no lie but no accident's work either.
    #[n(10)]
    key: Digest,
    #[cbor(n(11), with = "minicbor::bytes")]
    record: Option<Vec<u8>>,
    #[n(12)]
    other: Option<OtherLeaf>,
}

/// Whether a file begins as a state proof does, so that one command can check all kinds of proof.
pub fn is_state_proof(bytes: &[u8]) -> bool {
    // A map of six or seven pairs, of which the path (5) is the first.
    matches!(bytes, [0xa6 | 0xa7, 0x05, ..])
}

/// Why such a name can be no subject's, or nothing where it can.
pub fn name_refused(family: &str, subject: &str) -> Option<String> {
    name_fault("family", family).or_else(|| subject_fault(subject))
}

impl StateProof {
    /// The file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let (record, other) = match self.found.clone() {
            Found::Record(record) => (Some(record), None),
            Found::Nothing => (None, None),
            Found::Other(leaf) => (None, Some(leaf)),
        };
        encoding::encode(&Encoded {
            path: self.path.clone(),
            commit: self.commit.clone(),
            links: self.links.clone(),
            family: self.family.clone(),
            subject: self.subject.clone(),
            key: self.key(),
            record,
            other,
        })
    }

    /// Reads a file.
    ///
    /// # Errors
    /// The bytes are no state proof, not in its one encoding, or break a bound of [`limits`].
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        const WHAT: &str = "state proof";
        let max = limits::STATE_PROOF_BYTES_MAX;
        if bytes.len() > max {
            let why = format!("{} bytes, at most {max} are taken", bytes.len());
            return Err(Malformed::new(WHAT, max, why));
        }
        let Encoded { path, commit, links, family, subject, key, record, other } =
            encoding::decode(WHAT, bytes)?;
        // The tree knows a subject by one digest of both names: what a family's name cannot hold
        // keeps the border between the two where it is.
        if let Some(why) = name_refused(&family, &subject) {
            return Err(Malformed::new(WHAT, 0, why));
        }
        let expected = state_tree::key_of(&family, &subject);
        if key != expected {
            let why = format!("the key {key} is not that of the subject, expected {expected}");
            return Err(Malformed::new(WHAT, 0, why));
        }
        if path.len() > state_tree::DEPTH_MAX {
            return Err(Malformed::new(WHAT, 0, "longer than any state can need"));
        }
        let found = match (record, other) {
            (Some(record), None) => Found::Record(record),
            (None, None) => Found::Nothing,
            (None, Some(leaf)) => Found::Other(leaf),
            (Some(_), Some(_)) => {
                let why = "expected either a record or another leaf in its place";
                return Err(Malformed::new(WHAT, 0, why));
            }
        };
        Ok(Self { family, subject, found, path, commit, links })
    }

    /// The subject's key in the state tree.
    pub fn key(&self) -> Digest {
        state_tree::key_of(&self.family, &self.subject)
    }

    /// Whether the path leads from what was found to the state root of the header. Signatures are
    /// not looked at.
    ///
    /// # Errors
    /// Why it does not.
    pub fn check_path(&self) -> Result<(), StateFault> {
        let key = self.key();
        let place = match &self.found {
            Found::Record(record) => {
                let value = state_tree::value_of(record);
                state_tree::leaf_hash(&key, &state_tree::hash_of_value(&value))
            }
            Found::Nothing => state_tree::EMPTY,
            Found::Other(leaf) if leaf.key == key => return Err(StateFault::OwnLeaf),
            Found::Other(leaf) => {
                let (shared, depth) = (state_tree::shared_bits(&leaf.key, &key), self.path.len());
                if shared < depth {
                    return Err(StateFault::LeafElsewhere { shared, depth });
                }
                state_tree::leaf_hash(&leaf.key, &leaf.value_hash)
            }
        };
        let root = self.commit.header.state_root;
        if state_tree::root_over(&key, place, &self.path) == Some(root) {
            return Ok(());
        }
        Err(match &self.found {
            Found::Record(_) => StateFault::NotPresent(root),
            Found::Nothing | Found::Other(_) => StateFault::NotAbsent(root),
        })
    }
}

/// The steps of the check, in order.
pub const STEPS: [Step; 5] =
    [Step::Form, Step::Founding, Step::Membership, Step::Quorum, Step::State];

/// Why a state proof was not believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StateFault {
    /// The file is not in the one encoding of a state proof.
    Form(Malformed),
    /// The founding document, or a change of the validator set, does not hold.
    Validators(NotVerified),
    /// The header belongs to another network, or no quorum of its validators signed it.
    Quorum(ProofFault),
    /// The record does not lead to this state root: it is not the subject's at that height.
    NotPresent(Digest),
    /// The absence does not lead to this state root: at that height the place is not as it is said.
    NotAbsent(Digest),
    /// An absence that shows the subject's own leaf.
    OwnLeaf,
    /// An absence that shows another subject's leaf, which does not stand in this one's place.
    LeafElsewhere {
        /// Bits that both keys share.
        shared: usize,
        /// Bits that they must share for the one to stand in the other's place.
        depth: usize,
    },
    /// The proof holds, but is of another subject than the one that was asked about.
    OtherSubject {
        /// The subject that was asked about.
        asked: String,
        /// The subject that the proof is of.
        proven: String,
    },
    /// The proof holds, but is of another height than the one that was asked about.
    OtherHeight {
        /// The height that was asked about.
        asked: u64,
        /// The height that the proof is of.
        proven: u64,
    },
}

impl StateFault {
    /// The step of the check that failed.
    pub fn step(&self) -> Step {
        match self {
            Self::Form(_) => Step::Form,
            Self::Validators(no) => no.step,
            Self::Quorum(_) => Step::Quorum,
            Self::NotPresent(_)
            | Self::NotAbsent(_)
            | Self::OwnLeaf
            | Self::LeafElsewhere { .. } => Step::State,
            Self::OtherSubject { .. } | Self::OtherHeight { .. } => Step::Question,
        }
    }
}

impl fmt::Display for StateFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form(e) => write!(f, "{e}"),
            Self::Validators(no) => f.write_str(&no.why),
            Self::Quorum(e) => write!(f, "{e}"),
            Self::NotPresent(root) => {
                write!(f, "the record does not lead to the state root {root} of that height")
            }
            Self::NotAbsent(root) => {
                write!(f, "the absence does not lead to the state root {root} of that height")
            }
            Self::OwnLeaf => {
                f.write_str("the leaf that is shown as another's is the subject's own")
            }
            Self::LeafElsewhere { shared, depth } => write!(
                f,
                "the leaf that is shown does not stand in the subject's place: its key shares \
                 {shared} bits with it, expected {depth}"
            ),
            Self::OtherSubject { asked, proven } => {
                write!(f, "the proof is of {proven}, expected {asked}")
            }
            Self::OtherHeight { asked, proven } => {
                write!(f, "the proof is of height {proven}, expected {asked}")
            }
        }
    }
}

impl core::error::Error for StateFault {}

/// What a state proof proves once it was checked. Only [`verify`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedState {
    header: FinalHeader,
    family: String,
    subject: String,
    record: Option<Vec<u8>>,
}

impl VerifiedState {
    /// The height whose state it is.
    pub fn height(&self) -> u64 {
        self.header.header().height
    }

    /// The ledger time of that height: UTC milliseconds since 1970.
    pub fn time(&self) -> u64 {
        self.header.header().time
    }

    /// The family of the subject.
    pub fn family(&self) -> &str {
        &self.family
    }

    /// The subject's name within its family.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The subject's record at that height; nothing where there was no such subject.
    pub fn record(&self) -> Option<&[u8]> {
        self.record.as_deref()
    }

    /// The final header, with the parties that signed.
    pub fn header(&self) -> &FinalHeader {
        &self.header
    }

    /// Whether this is about the subject that was asked about. Whoever asked must look: a true
    /// proof of something else is the simplest deception.
    ///
    /// # Errors
    /// [`StateFault::OtherSubject`].
    pub fn is_of(&self, family: &str, subject: &str) -> Result<(), StateFault> {
        if (self.family.as_str(), self.subject.as_str()) == (family, subject) {
            return Ok(());
        }
        Err(StateFault::OtherSubject {
            asked: format!("{family}/{subject}"),
            proven: format!("{}/{}", self.family, self.subject),
        })
    }

    /// Whether this is about the height that was asked about.
    ///
    /// # Errors
    /// [`StateFault::OtherHeight`].
    pub fn is_at(&self, height: u64) -> Result<(), StateFault> {
        let proven = self.height();
        if proven == height {
            return Ok(());
        }
        Err(StateFault::OtherHeight { asked: height, proven })
    }
}

/// Checks a state proof against the founding document alone.
///
/// # Errors
/// The first thing that is wrong.
pub fn verify(genesis: &Genesis, bytes: &[u8]) -> Result<VerifiedState, StateFault> {
    verify_parsed(genesis, StateProof::parse(bytes).map_err(StateFault::Form)?)
}

/// Checks a state proof that was already read.
///
/// # Errors
/// The first thing that is wrong.
pub fn verify_parsed(genesis: &Genesis, proof: StateProof) -> Result<VerifiedState, StateFault> {
    verify_trusting(genesis, None, proof)
}

/// Checks a state proof that may begin after a validator set that the verifier has followed
/// itself; one that begins before is checked from the founders on.
///
/// # Errors
/// The first thing that is wrong.
pub fn verify_trusting(
    genesis: &Genesis,
    trusted: Option<&Succession>,
    proof: StateProof,
) -> Result<VerifiedState, StateFault> {
    let height = proof.commit.header.height;
    let from = start(genesis, trusted, &proof.links, height).map_err(StateFault::Validators)?;
    let network = from.network();
    let set = from.set_at(&proof.links, height).map_err(StateFault::Validators)?;
    let header = proof.commit.verify(&network, &set).map_err(StateFault::Quorum)?;
    proof.check_path()?;
    let record = match proof.found {
        Found::Record(record) => Some(record),
        Found::Nothing | Found::Other(_) => None,
    };
    Ok(VerifiedState { header, family: proof.family, subject: proof.subject, record })
}
