//! Everything that can be asked of the ledger.

use std::collections::HashMap;

use countersign_contracts::{
    execute::Cause,
    family::{Event, FamilyName, State, evolve},
    membership::{self, Roster},
    world::{Record, Records, SubjectKey, Unreadable},
};
use countersign_record::{
    Digest,
    commit::{CommitProof, Link},
    encoding,
    keys::{PublicKey, ReadKey},
    log::{self, NodeIndex},
    membership::ValidatorSet,
    receipt::{Claim, Receipt},
    refused::RefusedEntry,
    statement::{EntryId, Statement},
};
use minicbor::{Decode, Encode};

use super::{Item, Ledger, LedgerFault, columns, columns::Column};

/// Where an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct EntryPlace {
    /// The height of its batch.
    #[n(0)]
    pub height: u64,
    /// Its place among the batch's statements.
    #[n(1)]
    pub place: u32,
    /// Whether it is a leaf of the log or of the batch's refusals tree.
    #[n(2)]
    pub kept: Kept,
}

/// In which tree an entry is a leaf, and which one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Kept {
    /// Accepted: a leaf of the log.
    #[n(0)]
    Accepted(#[n(0)] u64),
    /// Refused: a leaf of the batch's refusals tree.
    #[n(1)]
    Refused(#[n(0)] u32),
}

/// Something that happened, as it is kept; where it is written, of what the batch holds.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Happened<S = SubjectKey, E = Event> {
    /// The subject.
    #[n(0)]
    pub subject: S,
    /// Why.
    #[n(1)]
    pub cause: Cause,
    /// The entry that made it happen; none where a deadline passed.
    #[n(2)]
    pub entry: Option<Digest>,
    /// What.
    #[n(3)]
    pub event: E,
}

impl Records for Ledger {
    fn record(&self, key: &SubjectKey) -> Result<Option<Record>, Unreadable> {
        match self.cache.look_at(key, Record::clone) {
            Ok(record) => Ok(Some(record)),
            Err(commits) => self.read_record(key, commits),
        }
    }

    fn reference(&self, party: &str, reference: &str) -> Result<Option<EntryId>, Unreadable> {
        let bytes = self.get(Column::References, &columns::reference(party, reference))?;
        Ok(bytes.and_then(|b| <[u8; 32]>::try_from(b).ok()).map(Digest))
    }

    fn due(&self, time: u64, most: usize) -> Result<Vec<SubjectKey>, Unreadable> {
        let mut subjects = Vec::new();
        for item in self.store.from(Column::Due, &[])?.take(most) {
            let (key, _) = item?;
            let (at, subject) = key.split_at(8.min(key.len()));
            if at > &time.to_be_bytes()[..] {
                break;
            }
            subjects.push(columns::read_subject(subject)?);
        }
        Ok(subjects)
    }
}

impl Ledger {
    /// Asks something about a subject's record, without a copy of it where it is in memory.
    pub(super) fn look_at<T>(
        &self,
        key: &SubjectKey,
        ask: impl Fn(&Record) -> T,
    ) -> Result<Option<T>, LedgerFault> {
        let commits = match self.cache.look_at(key, &ask) {
            Ok(answer) => return Ok(Some(answer)),
            Err(commits) => commits,
        };
        let record = self.read_record(key, commits).map_err(|e| LedgerFault::Storage(e.0))?;
        Ok(record.as_ref().map(ask))
    }

    fn read_record(&self, key: &SubjectKey, commits: u64) -> Result<Option<Record>, Unreadable> {
        let Some(bytes) = self.get(Column::Records, &columns::subject(key))? else {
            return Ok(None);
        };
        let record = Record::parse(&bytes)?;
        self.cache.read(key.clone(), record.clone(), commits);
        Ok(Some(record))
    }

    pub(super) fn get(&self, column: Column, key: &[u8]) -> Result<Option<Vec<u8>>, LedgerFault> {
        self.store.get(column, key)
    }

    /// Keys and values of a column that begin with a prefix, from a key on.
    pub(super) fn scan<'a>(
        &'a self,
        column: Column,
        prefix: &'a [u8],
        from: &'a [u8],
    ) -> Result<impl Iterator<Item = Result<Item, LedgerFault>> + 'a, LedgerFault> {
        let items = self.store.from(column, from)?;
        Ok(items.take_while(move |item| item.as_ref().map_or(true, |(k, _)| k.starts_with(prefix))))
    }

    pub(super) fn log_node(&self, node: NodeIndex) -> Result<Digest, LedgerFault> {
        if let Some(hash) = self.log_nodes.get(&node.0) {
            return Ok(hash);
        }
        let bytes = self.get(Column::Log, &node.0.to_be_bytes())?;
        let hash = bytes
            .and_then(|b| <[u8; 32]>::try_from(b).ok())
            .map(Digest)
            .ok_or_else(|| LedgerFault::Storage(format!("node {} of the log is missing", node.0)));
        hash.inspect(|hash| self.log_nodes.put(node.0, *hash))
    }

    /// A batch's header and the signatures that made it final.
    ///
    /// # Errors
    /// The store could not answer.
    pub fn commit_proof(&self, height: u64) -> Result<Option<CommitProof>, LedgerFault> {
        let bytes = self.get(Column::Commits, &height.to_be_bytes())?;
        bytes.map(|b| self.decode("commit proof", &b)).transpose()
    }

    /// The tagged statements of a batch, refused ones included, in order.
    ///
    /// # Errors
    /// The store could not answer.
    pub fn statements(&self, height: u64) -> Result<Vec<Vec<u8>>, LedgerFault> {
        let prefix = height.to_be_bytes();
        self.scan(Column::Statements, &prefix, &prefix)?
            .map(|item| item.map(|(_, bytes)| bytes.into_vec()))
            .collect()
    }

    /// The refusal records of a batch, in order.
    ///
    /// # Errors
    /// The store could not answer.
    pub fn refusals(&self, height: u64) -> Result<Vec<RefusedEntry>, LedgerFault> {
        let prefix = height.to_be_bytes();
        self.scan(Column::Refusals, &prefix, &prefix)?
            .map(|item| item.and_then(|(_, bytes)| self.decode("refusal record", &bytes)))
            .collect()
    }

    /// What happened in a batch, in order.
    ///
    /// # Errors
    /// The store could not answer.
    pub fn happenings(&self, height: u64) -> Result<Vec<Happened>, LedgerFault> {
        let prefix = height.to_be_bytes();
        self.scan(Column::Happenings, &prefix, &prefix)?
            .map(|item| item.and_then(|(_, bytes)| self.decode("happening", &bytes)))
            .collect()
    }

    /// Where an entry is.
    ///
    /// # Errors
    /// The store could not answer.
    pub fn place(&self, id: &EntryId) -> Result<Option<EntryPlace>, LedgerFault> {
        let bytes = self.get(Column::Entries, &id.0)?;
        bytes.map(|b| self.decode("entry place", &b)).transpose()
    }

    /// An entry's statement.
    ///
    /// # Errors
    /// The store could not answer, or holds something else.
    pub fn statement(&self, at: &EntryPlace) -> Result<Statement, LedgerFault> {
        let key = columns::numbered(at.height, at.place);
        let bytes = self.get(Column::Statements, &key)?;
        let bytes = bytes.ok_or_else(|| {
            self.gone(at.height, format!("statement {} of height {}", at.place, at.height))
        })?;
        Statement::parse(&bytes).map_err(|e| LedgerFault::Storage(e.to_string()))
    }

    /// The refusal of a refused entry, by its number in the batch's refusals tree.
    ///
    /// # Errors
    /// The store could not answer.
    pub fn refusal(&self, height: u64, number: u32) -> Result<RefusedEntry, LedgerFault> {
        let bytes = self.get(Column::Refusals, &columns::numbered(height, number))?;
        let bytes = bytes
            .ok_or_else(|| self.gone(height, format!("refusal {number} of height {height}")))?;
        self.decode("refusal record", &bytes)
    }

    /// The validator set of a height.
    ///
    /// # Errors
    /// The store could not answer.
    pub fn validators_at(&self, height: u64) -> Result<ValidatorSet, LedgerFault> {
        let before = height.saturating_sub(1).to_be_bytes();
        match self.store.last_until(Column::Validators, &before)? {
            Some((_, bytes)) => self.decode("validator set", &bytes),
            None => self.genesis.validators().map_err(|e| LedgerFault::Founding(e.to_string())),
        }
    }

    /// Every change of the validator set before a height, with its proof.
    pub(super) fn links_before(&self, height: u64) -> Result<Vec<Link>, LedgerFault> {
        let before = |link: &Result<Link, _>| {
            link.as_ref().map_or(true, |link: &Link| link.commit.header.height < height)
        };
        self.links(0)?.take_while(before).collect()
    }

    /// The changes of the validator set after a height, with their proofs, in their order.
    ///
    /// # Errors
    /// The store could not answer.
    pub fn links_after(&self, height: u64, most: usize) -> Result<Vec<Link>, LedgerFault> {
        match height.checked_add(1) {
            Some(from) => self.links(from)?.take(most).collect(),
            None => Ok(Vec::new()),
        }
    }

    /// The changes of the validator set from a height on.
    pub(super) fn links(
        &self,
        from: u64,
    ) -> Result<impl Iterator<Item = Result<Link, LedgerFault>> + '_, LedgerFault> {
        let items = self.store.from(Column::Validators, &from.to_be_bytes())?;
        Ok(items.map(|item| {
            let (key, bytes) = item?;
            let at = <[u8; 8]>::try_from(&key[..]).map_or(u64::MAX, u64::from_be_bytes);
            let commit = self.commit_proof(at)?.ok_or_else(|| {
                LedgerFault::Storage(format!("the commit proof of height {at} is missing"))
            })?;
            Ok(Link { commit, next: self.decode("validator set", &bytes)? })
        }))
    }

    /// All nodes of all parties.
    pub(super) fn roster(&self) -> Result<Roster, LedgerFault> {
        let world = countersign_contracts::world::World::new(self);
        membership::roster(&world).map_err(|e| LedgerFault::Storage(e.to_string()))
    }

    /// The version of the rules of the next height: what a vote has set, else the founding
    /// document's.
    pub(super) fn rules(&self) -> Result<u32, LedgerFault> {
        let world = countersign_contracts::world::World::new(self);
        let set = membership::rules_version(&world);
        Ok(set.map_err(|e| LedgerFault::Storage(e.to_string()))?.unwrap_or(self.genesis.rules))
    }

    /// The next version of the rules and its height, where a proposal names one that is open.
    ///
    /// # Errors
    /// The store could not answer.
    pub fn rules_to_come(&self) -> Result<Option<(u32, u64)>, LedgerFault> {
        let world = countersign_contracts::world::World::new(self);
        membership::rules_to_come(&world).map_err(|e| LedgerFault::Storage(e.to_string()))
    }

    /// The public key behind a thumbprint, valid or revoked, and its party.
    ///
    /// # Errors
    /// The store could not answer.
    pub fn key(&self, kid: &Digest) -> Result<Option<membership::Key>, LedgerFault> {
        let subject = SubjectKey::new(FamilyName::Membership, membership::key_subject(kid));
        let key = self.look_at(&subject, |record| match &record.state {
            State::Membership(membership::State::Key(key)) => Some(key.clone()),
            _ => None,
        })?;
        Ok(key.flatten())
    }

    /// The same key, ready to check signatures with.
    ///
    /// # Errors
    /// The store could not answer.
    pub fn read_key(&self, kid: &Digest) -> Result<Option<ReadKey>, LedgerFault> {
        let Some(registered) = self.key(kid)? else { return Ok(None) };
        if let Some(key) = self.keys.get(kid) {
            return Ok(Some(key));
        }
        let key = registered.key.read();
        if let Some(key) = &key {
            self.keys.put(key.thumbprint(), key.clone());
        }
        Ok(key)
    }

    /// The proof about an entry, accepted or refused.
    ///
    /// # Errors
    /// The store could not answer.
    pub fn receipt(&self, id: &EntryId) -> Result<Option<Receipt>, LedgerFault> {
        self.place(id)?.map_or(Ok(None), |at| self.receipt_at(&at))
    }

    /// The proof about the entry that is at a place.
    ///
    /// # Errors
    /// The store could not answer.
    pub fn receipt_at(&self, at: &EntryPlace) -> Result<Option<Receipt>, LedgerFault> {
        let Some(commit) = self.commit_proof(at.height)? else { return Ok(None) };
        let (claim, index, path) = match at.kept {
            Kept::Accepted(leaf) => {
                let statement = self.statement(at)?;
                let signer = self.signer(&statement)?;
                let size = commit.header.log_size;
                let path = log::inclusion_path(size, leaf, |node| self.log_node(node))?;
                let statement = statement.bytes().to_vec();
                (Claim::Accepted { statement, signer }, leaf, path)
            }
            Kept::Refused(number) => {
                let records: Vec<_> =
                    self.refusals(at.height)?.iter().map(RefusedEntry::bytes).collect();
                let index = u64::from(number);
                let path = short_path(&records, index);
                let record = self.refusal(at.height, number)?.bytes();
                (Claim::Refused { record }, index, path)
            }
        };
        let links = self.links_before(at.height)?;
        let missing = || LedgerFault::Storage("an entry's leaf is outside its tree".into());
        Ok(Some(Receipt { claim, index, path: path.ok_or_else(missing)?, commit, links }))
    }

    fn signer(&self, statement: &Statement) -> Result<PublicKey, LedgerFault> {
        self.key(&statement.kid())?
            .map(|k| k.key)
            .ok_or_else(|| LedgerFault::Storage("the key of a kept entry is missing".into()))
    }

    /// A subject's record at a height: the fold of what happened to it until then. The height must
    /// be one whose state is kept ([`Ledger::keeps_state`]).
    ///
    /// # Errors
    /// The store could not answer.
    pub fn record_at(&self, key: &SubjectKey, height: u64) -> Result<Option<Record>, LedgerFault> {
        let mut record = self.first_record(key)?;
        let prefix = columns::subject(key);
        let from = [&prefix[..], &self.first_height().to_be_bytes()].concat();
        for item in self.scan(Column::History, &prefix, &from)? {
            let (index, _) = item?;
            let (at, place) = place_in_history(&index, &prefix);
            if at > height {
                break;
            }
            record = Some(evolve(record, &self.happening(key, place)?.event));
        }
        Ok(record)
    }

    pub(super) fn founding_record(&self, key: &SubjectKey) -> Result<Option<Record>, LedgerFault> {
        let mut records = countersign_contracts::founding::found(&self.genesis)
            .map_err(|e| LedgerFault::Founding(e.to_string()))?;
        Ok(records.remove(key))
    }

    /// What happened to a subject, with the height, from a height on.
    ///
    /// # Errors
    /// The store could not answer.
    pub fn history(
        &self,
        key: &SubjectKey,
        from: u64,
        most: usize,
    ) -> Result<Vec<(u64, Happened)>, LedgerFault> {
        let prefix = columns::subject(key);
        let start = [&prefix[..], &from.to_be_bytes()].concat();
        self.scan(Column::History, &prefix, &start)?
            .take(most)
            .map(|item| {
                let (index, _) = item?;
                let (height, place) = place_in_history(&index, &prefix);
                Ok((height, self.happening(key, place)?))
            })
            .collect()
    }

    fn happening(&self, key: &SubjectKey, place: &[u8]) -> Result<Happened, LedgerFault> {
        let bytes = self.get(Column::Happenings, place)?;
        let bytes = bytes
            .ok_or_else(|| LedgerFault::Storage(format!("a happening of {key} is missing")))?;
        self.decode("happening", &bytes)
    }

    /// Subjects of a family whose names begin with `prefix`, after a name, in order.
    ///
    /// # Errors
    /// The store could not answer.
    pub fn subjects(
        &self,
        family: FamilyName,
        prefix: &str,
        after: Option<&str>,
        most: usize,
    ) -> Result<Vec<(SubjectKey, Record)>, LedgerFault> {
        let prefix = format!("{}/{prefix}", family.name()).into_bytes();
        let after = after.map(|name| columns::subject(&SubjectKey::new(family, name)));
        let from = after.as_ref().unwrap_or(&prefix);
        self.scan(Column::Records, &prefix, from)?
            .filter(|item| item.as_ref().map_or(true, |(k, _)| Some(&k[..]) != after.as_deref()))
            .take(most)
            .map(|item| {
                let (key, bytes) = item?;
                let record = Record::parse(&bytes).map_err(|e| LedgerFault::Storage(e.0))?;
                Ok((columns::read_subject(&key)?, record))
            })
            .collect()
    }

    /// Subjects that need attention, in order of their names, after a subject.
    ///
    /// # Errors
    /// The store could not answer.
    pub fn subjects_with_alerts(
        &self,
        after: Option<&SubjectKey>,
        most: usize,
    ) -> Result<Vec<SubjectKey>, LedgerFault> {
        let after = after.map(columns::subject);
        let from = after.as_deref().unwrap_or_default();
        self.scan(Column::Alerts, &[], from)?
            .filter(|item| item.as_ref().map_or(true, |(k, _)| Some(&k[..]) != after.as_deref()))
            .take(most)
            .map(|item| columns::read_subject(&item?.0))
            .collect()
    }
}

/// The height of an item of a subject's history, and its key among the happenings.
fn place_in_history<'k>(index: &'k [u8], prefix: &[u8]) -> (u64, &'k [u8]) {
    let place = index.get(prefix.len()..).unwrap_or_default();
    let height = place.get(..8).and_then(|h| <[u8; 8]>::try_from(h).ok());
    (height.map_or(0, u64::from_be_bytes), place)
}

/// The path of a leaf in a small tree that is at hand as a whole.
fn short_path(leaves: &[Vec<u8>], index: u64) -> Option<Vec<Digest>> {
    let mut nodes = HashMap::new();
    let mut tree = log::Log::default();
    for leaf in leaves {
        tree.append(log::leaf_hash(leaf), |node, hash| {
            nodes.insert(node.0, hash);
        });
    }
    log::inclusion_path(tree.size(), index, |node| nodes.get(&node.0).copied().ok_or(()))
        .ok()
        .flatten()
}

/// A value in its one encoding, for a write.
pub(super) fn bytes_of<T: Encode<()>>(value: &T) -> Vec<u8> {
    encoding::encode(value)
}
