//! All stored variables in one table: the column families, and how their keys are made.

use countersign_contracts::world::SubjectKey;
use countersign_record::state_tree::key_of;

use super::LedgerFault;

/// A column family of the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Column {
    /// `format`, `network`, `tip`, and `first` where it is not 1: the first height that is kept.
    Meta,
    /// Height → commit proof (header, round, signatures).
    Commits,
    /// Height, place → tagged statement.
    Statements,
    /// Height, number in the refusals tree → refusal record.
    Refusals,
    /// Entry id → [`super::EntryPlace`].
    Entries,
    /// Node of the Merkle log → its hash.
    Log,
    /// Subject → record.
    Records,
    /// Height, number → what happened.
    Happenings,
    /// Subject, height, number → nothing: where a subject's history is.
    History,
    /// Party, reference → entry id.
    References,
    /// Subject → its record before the first height that is kept, where it has changed since and
    /// that height is not 1.
    Before,
    /// Deadline, subject → nothing.
    Due,
    /// Subject → nothing: subjects that need attention.
    Alerts,
    /// Node of the state tree → node.
    Tree,
    /// Height → nodes of the state tree that its changes replaced.
    TreeStale,
    /// Height → version of the state tree, where a record changed.
    TreeVersions,
    /// Subject, subject that is listed under it → nothing.
    Listed,
    /// Height → validator set of the next height, where it changed.
    Validators,
    /// Height, round, value → proposal that was voted on and is not decided.
    Undecided,
}

impl Column {
    pub(super) const ALL: &'static [Self] = &[
        Self::Meta,
        Self::Commits,
        Self::Statements,
        Self::Refusals,
        Self::Entries,
        Self::Log,
        Self::Records,
        Self::Happenings,
        Self::History,
        Self::References,
        Self::Before,
        Self::Due,
        Self::Alerts,
        Self::Tree,
        Self::TreeStale,
        Self::TreeVersions,
        Self::Listed,
        Self::Validators,
        Self::Undecided,
    ];

    /// Whether its keys begin with something that only grows, so that what is written later stands
    /// behind what was written before.
    pub(super) fn ascends(self) -> bool {
        match self {
            Self::Commits
            | Self::Statements
            | Self::Refusals
            | Self::Happenings
            | Self::Tree
            | Self::TreeStale
            | Self::TreeVersions
            | Self::Validators
            | Self::Undecided => true,
            Self::Meta
            | Self::Entries
            | Self::Log
            | Self::Records
            | Self::History
            | Self::References
            | Self::Before
            | Self::Due
            | Self::Alerts
            | Self::Listed => false,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            // RocksDB always has a family of this name.
            Self::Meta => "default",
            Self::Commits => "commits",
            Self::Statements => "statements",
            Self::Refusals => "refusals",
            Self::Entries => "entries",
            Self::Log => "log",
            Self::Records => "records",
            Self::Happenings => "happenings",
            Self::History => "history",
            Self::References => "references",
            Self::Before => "before",
            Self::Due => "due",
            Self::Alerts => "alerts",
            Self::Tree => "tree",
            Self::TreeStale => "tree_stale",
            Self::TreeVersions => "tree_versions",
            Self::Listed => "listed",
            Self::Validators => "validators",
            Self::Undecided => "undecided",
        }
    }
}

/// A height, and a number within it: sorts as it counts.
pub(super) fn numbered(height: u64, number: u32) -> [u8; 12] {
    let mut key = [0; 12];
    key[..8].copy_from_slice(&height.to_be_bytes());
    key[8..].copy_from_slice(&number.to_be_bytes());
    key
}

/// A subject's name as a key. The zero ends it, so that no name is the beginning of another.
pub(super) fn subject(key: &SubjectKey) -> Vec<u8> {
    [key.family.name().as_bytes(), b"/", key.subject.as_bytes(), &[0]].concat()
}

/// The key of a subject in the list that is kept under another.
pub(super) fn listed(group: &SubjectKey, key: &SubjectKey) -> Vec<u8> {
    [subject(group), subject(key)].concat()
}

/// The subject of such a key.
pub(super) fn read_subject(bytes: &[u8]) -> Result<SubjectKey, LedgerFault> {
    let bad = || LedgerFault::Storage("a subject's key is damaged".into());
    let text = bytes.strip_suffix(&[0]).ok_or_else(bad)?;
    let (family, name) =
        std::str::from_utf8(text).ok().and_then(|t| t.split_once('/')).ok_or_else(bad)?;
    let family = countersign_contracts::family::FamilyName::find(family).ok_or_else(bad)?;
    Ok(SubjectKey::new(family, name))
}

pub(super) fn reference(party: &str, reference: &str) -> Vec<u8> {
    [party.as_bytes(), &[0], reference.as_bytes()].concat()
}

pub(super) fn due(time: u64, key: &SubjectKey) -> Vec<u8> {
    [&time.to_be_bytes()[..], &subject(key)].concat()
}

pub(super) fn undecided(height: u64, round: u32, id: &[u8; 64]) -> Vec<u8> {
    [&numbered(height, round)[..], id].concat()
}

/// The key of a subject in the state tree.
pub(super) fn tree_key(key: &SubjectKey) -> jmt::KeyHash {
    jmt::KeyHash(key_of(key.family.name(), &key.subject).0)
}
