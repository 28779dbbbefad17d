//! A batch that was executed, and the one atomic write that makes it durable.

use countersign_contracts::{
    entry::SignedEntry,
    execute::{Cause, Outcome},
    world::{Record, SubjectKey},
};
use countersign_record::{
    Digest,
    commit::{CommitProof, CommitSignature},
    header::Header,
    log::{self, Log, NodeIndex},
};

use super::{
    Changes, EncodedChanges, EntryPlace, FORMAT, FORMAT_KEY, Happened, Kept, KeptTip, Ledger,
    LedgerFault, Tip, columns, columns::Column, read::bytes_of, store::Writes, tree::NextTree,
};

/// A batch with everything that follows from it, not written yet. The same batch is executed once
/// on a node, whether it is proposed, voted on or fetched.
#[derive(Debug)]
pub struct Executed {
    /// The header that follows from it.
    pub header: Header,
    /// Its entries, refused ones included, in order.
    pub entries: Vec<SignedEntry>,
    /// What it does.
    pub outcome: Outcome,
    records: EncodedChanges,
    log: Log,
    log_nodes: Vec<(NodeIndex, Digest)>,
    tree: NextTree,
}

/// What a subject is looked up by, besides its name. It is written where it changes.
#[derive(Default)]
struct Signposts {
    deadline: Option<u64>,
    alerts: bool,
    listed_under: Vec<String>,
}

impl Signposts {
    fn of(key: &SubjectKey, record: &Record) -> Self {
        Self {
            deadline: record.state.next_deadline(),
            alerts: !record.state.alerts(&key.subject).is_empty(),
            listed_under: record.state.listed_under(),
        }
    }
}

impl Ledger {
    /// Works out what follows from a batch on top of the tip.
    ///
    /// # Errors
    /// The store could not answer.
    pub fn prepare(
        &self,
        tip: &Tip,
        time: u64,
        proposer: &str,
        entries: Vec<SignedEntry>,
        outcome: Outcome,
    ) -> Result<Executed, LedgerFault> {
        let mut log = tip.log.clone();
        let mut log_nodes = Vec::new();
        for (entry, _) in entries.iter().zip(&outcome.verdicts).filter(|(_, v)| v.is_ok()) {
            let leaf = log::leaf_hash(entry.statement().bytes());
            log.append(leaf, |node, hash| log_nodes.push((node, hash)));
        }
        let records = EncodedChanges::of(&outcome.changed);
        let tree = self.next_tree(tip, &outcome.changed, &records)?;
        let refused: Vec<_> = outcome.refused().map(|r| r.bytes()).collect();
        let next = outcome.validators.as_ref().unwrap_or(&tip.validators);
        let header = Header {
            network: self.network,
            height: tip.height + 1,
            parent: tip.parent,
            time,
            log_size: log.size(),
            log_root: log.root(),
            state_root: tree.root,
            refusals_size: refused.len() as u64,
            refusals_root: log::root_of(refused.iter().map(Vec::as_slice)),
            validators: tip.validators.digest(),
            next_validators: next.digest(),
            rules: tip.rules,
            proposer: proposer.into(),
        };
        Ok(Executed { header, entries, outcome, records, log, log_nodes, tree })
    }

    /// Writes the ledger's state before its first batch.
    pub(super) fn write_founding(&self, records: &Changes) -> Result<(), LedgerFault> {
        let tip = self.tip();
        let encoded = EncodedChanges::of(records);
        let tree = self.next_tree(&tip, records, &encoded)?;
        let mut log = Log::default();
        let mut write = Writes::default();
        log.append(log::leaf_hash(&self.genesis.bytes()), |node, hash| {
            write.put(Column::Log, node.0.to_be_bytes(), hash.0);
        });
        self.put_records(&mut write, records, &encoded)?;
        self.put_tree(&mut write, 0, &tree)?;
        let kept = KeptTip {
            height: 0,
            log_size: log.size(),
            tree_version: tree.version,
            state_root: tree.root,
        };
        write.put(Column::Meta, FORMAT_KEY, FORMAT.to_be_bytes());
        write.put(Column::Meta, "network", self.network.0);
        write.put(Column::Meta, "tip", bytes_of(&kept));
        self.write(write)?;
        let tip = self.tip_after(kept, None, log)?;
        self.set_tip(tip);
        Ok(())
    }

    /// Makes a decided batch durable: all of it in one write, or nothing.
    ///
    /// # Errors
    /// The disk failed. The node must stop: it may not vote on top of what it could not keep.
    pub fn commit(
        &self,
        executed: &Executed,
        round: u32,
        signatures: Vec<CommitSignature>,
    ) -> Result<(), LedgerFault> {
        let _alone = self.alone();
        let header = &executed.header;
        let height = header.height;
        let mut write = Writes::default();
        let proof = CommitProof { header: header.clone(), round, signatures };
        write.put(Column::Commits, height.to_be_bytes(), bytes_of(&proof));
        self.put_entries(&mut write, executed)?;
        self.put_happenings(&mut write, executed)?;
        self.put_records(&mut write, &executed.outcome.changed, &executed.records)?;
        self.put_tree(&mut write, height, &executed.tree)?;
        for (node, hash) in &executed.log_nodes {
            write.put(Column::Log, node.0.to_be_bytes(), hash.0);
        }
        if let Some(set) = executed
            .outcome
            .validators
            .as_ref()
            .filter(|_| header.next_validators != header.validators)
        {
            write.put(Column::Validators, height.to_be_bytes(), bytes_of(set));
        }
        self.forget_undecided(&mut write, height)?;
        let kept = KeptTip {
            height,
            log_size: executed.log.size(),
            tree_version: executed.tree.version,
            state_root: executed.tree.root,
        };
        write.put(Column::Meta, "tip", bytes_of(&kept));
        // A crash before this line loses the batch here and nothing else: the engine's own journal
        // or the other nodes bring it back. After it, everything is there.
        self.write(write)?;
        self.cache.committed(&executed.outcome.changed);
        self.remember_tree(&executed.tree)?;
        self.log_nodes.put_each(executed.log_nodes.iter().map(|(node, hash)| (node.0, *hash)));
        let tip = self.tip_after(kept, Some(header), executed.log.clone())?;
        self.set_tip(tip);
        Ok(())
    }

    fn put_entries(&self, write: &mut Writes, executed: &Executed) -> Result<(), LedgerFault> {
        let height = executed.header.height;
        let mut leaf = self.tip().log.size();
        let mut refused = 0;
        let numbered = (0_u32..).zip(&executed.entries).zip(&executed.outcome.verdicts);
        for ((place, entry), verdict) in numbered {
            let kept = match verdict {
                Ok(()) => {
                    let reference = &entry.statement().payload().reference;
                    if let Some(key) = self.key(&entry.statement().kid())? {
                        let key = columns::reference(&key.party, reference);
                        write.put(Column::References, key, entry.id().0);
                    }
                    leaf += 1;
                    Kept::Accepted(leaf - 1)
                }
                Err((record, _)) => {
                    write.put(Column::Refusals, columns::numbered(height, refused), record.bytes());
                    refused += 1;
                    Kept::Refused(refused - 1)
                }
            };
            write.put(
                Column::Statements,
                columns::numbered(height, place),
                entry.statement().bytes(),
            );
            write.put(Column::Entries, entry.id().0, bytes_of(&EntryPlace { height, place, kept }));
        }
        Ok(())
    }

    fn put_happenings(&self, write: &mut Writes, executed: &Executed) -> Result<(), LedgerFault> {
        for (number, happening) in (0_u32..).zip(&executed.outcome.happenings) {
            let at = columns::numbered(executed.header.height, number);
            let entry = match happening.cause {
                Cause::Clock => None,
                Cause::Entry(place, _) => executed.entries.get(place as usize).map(|e| e.id()),
            };
            let kept = Happened {
                subject: &happening.subject,
                cause: happening.cause,
                entry,
                event: &happening.event,
            };
            write.put(Column::Happenings, at, bytes_of(&kept));
            write.put(
                Column::History,
                [&columns::subject(&happening.subject)[..], &at].concat(),
                [],
            );
        }
        Ok(())
    }

    /// Writes records together with what is looked up by: deadlines, alerts, lists.
    pub(super) fn put_records(
        &self,
        write: &mut Writes,
        changes: &Changes,
        encoded: &EncodedChanges,
    ) -> Result<(), LedgerFault> {
        for ((key, record), bytes) in changes.iter().zip(&encoded.0) {
            let name = columns::subject(key);
            self.keep_before(write, key)?;
            let before = self.look_at(key, |record| Signposts::of(key, record))?;
            let before = before.unwrap_or_default();
            let after = Signposts::of(key, record);
            if before.deadline != after.deadline {
                if let Some(at) = before.deadline {
                    write.delete(Column::Due, columns::due(at, key));
                }
                if let Some(at) = after.deadline {
                    write.put(Column::Due, columns::due(at, key), []);
                }
            }
            match (before.alerts, after.alerts) {
                (true, false) => write.delete(Column::Alerts, &name[..]),
                (false, true) => write.put(Column::Alerts, &name[..], []),
                (true, true) | (false, false) => {}
            }
            if before.listed_under != after.listed_under {
                self.put_listed(write, key, &after.listed_under)?;
            }
            write.put(Column::Records, name, &bytes[..]);
        }
        Ok(())
    }

    pub(super) fn write(&self, write: Writes) -> Result<(), LedgerFault> {
        self.store.write(write)
    }
}
