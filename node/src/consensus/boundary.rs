//! What agreement and the rest of the node say to each other; no type of the engine is in here.

use std::{collections::BTreeMap, fmt, path::PathBuf, time::Duration};

use borsh::{BorshDeserialize, BorshSerialize};
use bytes::Bytes;
use countersign_record::{Digest, membership::ValidatorSet};

use super::voter::Voters;

/// What the validators vote on: the header hash, then the log root (D8), 64 bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize)]
pub struct ValueId(pub [u8; 64]);

impl ValueId {
    /// Puts the two halves together.
    pub fn new(header_hash: Digest, log_root: Digest) -> Self {
        let mut id = [0; 64];
        id[..32].copy_from_slice(&header_hash.0);
        id[32..].copy_from_slice(&log_root.0);
        Self(id)
    }

    /// The hash of the batch's header.
    pub fn header_hash(&self) -> Digest {
        let mut half = [0; 32];
        half.copy_from_slice(&self.0[..32]);
        Digest(half)
    }

    /// The root of the log after the batch.
    pub fn log_root(&self) -> Digest {
        let mut half = [0; 32];
        half.copy_from_slice(&self.0[32..]);
        Digest(half)
    }
}

impl fmt::Display for ValueId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0[..6].iter().try_for_each(|b| write!(f, "{b:02x}"))?;
        f.write_str("+")?;
        self.0[32..38].iter().try_for_each(|b| write!(f, "{b:02x}"))
    }
}

impl fmt::Debug for ValueId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A batch that this node would propose.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// What would be voted on.
    pub id: ValueId,
    /// The encoded batch, at most [`limits::BODY_BYTES_MAX`](super::limits::BODY_BYTES_MAX).
    pub body: Bytes,
}

/// A batch that was proposed and may yet be decided: kept so that a crash cannot lose the body
/// of something we voted for.
#[derive(Clone, PartialEq, Eq)]
pub struct Undecided {
    /// Height it was proposed at.
    pub height: u64,
    /// Round it was proposed in.
    pub round: u32,
    /// The earlier round whose quorum of prevotes it carries, if it was proposed again.
    pub valid_round: Option<u32>,
    /// Thumbprint of the proposer's validator key.
    pub proposer: Digest,
    /// What is voted on.
    pub id: ValueId,
    /// The encoded batch; it passed [`Application::validate`] or we made it.
    pub body: Bytes,
}

impl fmt::Debug for Undecided {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}/{} ({} bytes)", self.id, self.height, self.round, self.body.len())
    }
}

/// A decision, with the signatures that make it final.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Decided {
    /// Height decided.
    pub height: u64,
    /// Round in which the signatures were given.
    pub round: u32,
    /// What was decided.
    pub id: ValueId,
    /// (key thumbprint, signature over `record::commit::precommit_tbs`), more than 2/3 of the
    /// power. Nodes hold different subsets for one height, all of them valid.
    pub signatures: Vec<(Digest, [u8; 64])>,
}

/// Where the ledger stands.
#[derive(Clone, Debug)]
pub struct Tip {
    /// Last committed height; 0 before the first batch.
    pub height: u64,
    /// Who votes on `height + 1`: a function of committed state only.
    pub validators: ValidatorSet,
}

/// Why this node cannot go on or could not do something, as a sentence for a person.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{0}")]
pub struct Fault(pub String);

impl Fault {
    /// A fault that reads as given.
    pub fn new(text: impl fmt::Display) -> Self {
        Self(text.to_string())
    }
}

/// Why a proposed batch is not voted for.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{0}")]
pub struct Invalid(pub String);

/// How far the network has come with a batch that is to be validated.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stage {
    /// Still to be voted on: this node's own judgement counts, its clock included.
    Proposed,
    /// Decided: its height has a quorum's signatures. Only what follows from the ledger counts.
    Decided,
}

/// What became of a decision on this node.
#[derive(Clone, Debug)]
pub enum Committed {
    /// It is durable here; the ledger stands there.
    Here(Tip),
    /// It is durable here, and this node cannot go on from there: why, and what to do.
    Last(Fault),
    /// Its body is not here: the ledger was lost and the engine's journal was not. Nothing was
    /// written; the body has to come from the other nodes.
    BodyMissing,
}

/// What agreement asks of the rest of the node.
///
/// Except where a method says otherwise the calls may block: they come from blocking tasks, and
/// never for two heights at once. A method that returns [`Fault`] from [`commit`](Self::commit)
/// or [`keep_undecided`](Self::keep_undecided) stops the node for good: what could not be
/// written must not be voted on.
pub trait Application: Send + Sync + 'static {
    /// The last committed height and the validators of the next.
    fn tip(&self) -> Tip;
    /// Builds and executes a batch for `height`. A fault here costs only our turn.
    fn propose(&self, height: u64, round: u32) -> Result<Candidate, Fault>;
    /// Decodes and executes a body on the tip and compares the roots with its header.
    ///
    /// `height` is always tip + 1. The answer is remembered here by the body's digest until the
    /// next commit, so one body is not validated twice in one run of the node.
    fn validate(&self, height: u64, body: &Bytes, stage: Stage) -> Result<ValueId, Invalid>;
    /// Keeps a proposal, durably, before it is answered for.
    fn keep_undecided(&self, undecided: Undecided) -> Result<(), Fault>;
    /// The proposals kept for a round.
    fn undecided(&self, height: u64, round: u32) -> Result<Vec<Undecided>, Fault>;
    /// The proposal kept under this id, whatever its round.
    fn undecided_by_id(&self, height: u64, id: &ValueId) -> Result<Option<Undecided>, Fault>;
    /// Makes a decision durable in one atomic write; the body was kept before. Deciding a height
    /// that is already committed changes nothing and answers with the tip.
    fn commit(&self, decided: Decided) -> Result<Committed, Fault>;
    /// A committed batch and its signatures, for a node that catches up.
    fn decided(&self, height: u64) -> Result<Option<(Decided, Bytes)>, Fault>;
    /// The lowest height that [`decided`](Self::decided) still answers for.
    fn first_height(&self) -> u64;
    /// Whether the disk has room for more than what must be written. While it has none, no height
    /// is begun here and nothing is proposed or judged; what is decided is still committed.
    fn has_room(&self) -> bool {
        true
    }
    /// How many entries wait to be proposed. Called on the async runtime: must not block.
    fn waiting(&self) -> usize;
}

/// What the ledger's membership says about one network key.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Member {
    /// Thumbprint of the validator key of this node; `None` for a follower.
    pub validator: Option<Digest>,
}

/// Who may connect: network key (Ed25519 public key of the node's libp2p identity) → member.
///
/// Update it before answering [`Application::commit`], so that a new validator's first proposal
/// finds its door open.
pub type Members = BTreeMap<[u8; 32], Member>;

/// How long a round waits, and how much longer each further round does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Timeouts {
    /// For the proposal.
    pub propose: Duration,
    /// For the prevotes, once a quorum has voted anything.
    pub prevote: Duration,
    /// For the precommits, once a quorum has voted anything.
    pub precommit: Duration,
    /// Added to the first for each further round, and a quarter of it to the other two.
    pub delta: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            propose: Duration::from_millis(1000),
            prevote: Duration::from_millis(300),
            precommit: Duration::from_millis(300),
            delta: Duration::from_millis(200),
        }
    }
}

/// What one machine chooses, and its keys.
#[derive(Clone)]
pub struct Settings {
    /// Folder for the engine's write-ahead log.
    pub home: PathBuf,
    /// The network's identity: digest of its founding document.
    pub network: Digest,
    /// This node's name in logs and metrics.
    pub name: String,
    /// The keys that vote, each at the heights whose set it is in; none makes this node a follower.
    pub voters: Voters,
    /// Seed of the Ed25519 key that the node's libp2p identity is.
    pub network_seed: [u8; 32],
    /// Where to listen, as a multiaddress: `/ip4/0.0.0.0/tcp/26656`.
    pub listen: String,
    /// Whom to dial: `/ip4/…/tcp/…/p2p/ID` or `/dns4/…/tcp/…/p2p/ID`.
    pub peers: Vec<String>,
    /// How long rounds wait.
    pub timeouts: Timeouts,
    /// With nothing to record, a batch is made this often.
    pub heartbeat: Duration,
}

impl Settings {
    /// The default time between batches of an idle network.
    pub const HEARTBEAT: Duration = Duration::from_secs(5);
}
