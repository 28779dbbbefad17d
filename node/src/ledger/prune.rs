//! Old batches go, with every proof that is still promised kept.
//!
//! What goes: statements, refusals, what happened, commit proofs, and the nodes of the log that no
//! later proof needs. What stays for ever: the records, the ids and references of all entries (both
//! are refused when they come again, on every node alike), and each header that changed the
//! validator set, with its proof. Receipts and histories of the heights that are kept stay whole.

use std::collections::{BTreeMap, BTreeSet};

use countersign_contracts::{
    family::evolve,
    world::{Record, SubjectKey},
};
use countersign_record::{
    limits::PATH_MAX,
    log::{Log, NodeIndex},
};

use super::{FIRST_HEIGHT, Ledger, LedgerFault, columns, columns::Column, store::Writes};
use crate::limits::{PRUNE_STEP_HEIGHTS, PRUNE_STEP_WRITES};

/// What pruning took away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pruned {
    /// The first height that is kept now.
    pub first: u64,
    /// Batches that went.
    pub batches: u64,
}

impl Ledger {
    /// Takes the batches before a height away, step by step: each step is one write, after which
    /// the ledger is whole. The last batch always stays.
    ///
    /// # Errors
    /// The disk failed; what was pruned until then is pruned.
    pub fn prune(&self, before: u64, mut progress: impl FnMut(u64)) -> Result<Pruned, LedgerFault> {
        let from = self.first_height();
        let before = before.min(self.tip().height);
        let mut first = from;
        while first < before {
            first = self.prune_step(first, before)?;
            progress(first - from);
        }
        Ok(Pruned { first, batches: first - from })
    }

    /// Gives the room of what was pruned back to the disk at once. RocksDB does so by itself in
    /// time.
    ///
    /// # Errors
    /// The store failed.
    pub fn compact(&self) -> Result<(), LedgerFault> {
        self.store.compact()
    }

    /// One step; the first height that is kept after it.
    fn prune_step(&self, from: u64, before: u64) -> Result<u64, LedgerFault> {
        // A commit must not change the history of a subject between the look at it and the write.
        let _alone = self.alone();
        let mut write = Writes::default();
        let mut changed = BTreeMap::new();
        let until = before.min(from.saturating_add(PRUNE_STEP_HEIGHTS));
        let mut first = from;
        while first < until && write.len() < PRUNE_STEP_WRITES {
            self.drop_batch(&mut write, &mut changed, first)?;
            first += 1;
        }
        self.keep_founding(&mut changed, from)?;
        self.put_before(&mut write, changed, first)?;
        self.drop_log(&mut write, from, first)?;
        write.put(Column::Meta, "first", first.to_be_bytes());
        // A crash before this line leaves the step undone, after it done.
        self.write(write)?;
        self.set_first_height(first);
        Ok(first)
    }

    fn drop_batch(
        &self,
        write: &mut Writes,
        changed: &mut BTreeMap<SubjectKey, Option<Record>>,
        height: u64,
    ) -> Result<(), LedgerFault> {
        let prefix = height.to_be_bytes();
        for (number, happened) in (0_u32..).zip(self.happenings(height)?) {
            let at = columns::numbered(height, number);
            let name = columns::subject(&happened.subject);
            write.delete(Column::History, [&name[..], &at].concat());
            let record = match changed.remove(&happened.subject) {
                Some(record) => record,
                None => self.first_record(&happened.subject)?,
            };
            changed.insert(happened.subject, Some(evolve(record, &happened.event)));
        }
        for column in [Column::Statements, Column::Refusals, Column::Happenings] {
            for item in self.scan(column, &prefix, &prefix)? {
                write.delete(column, item?.0);
            }
        }
        // One header stays before the first batch: the state after it can still be proven. And the
        // headers that changed who votes are what every later receipt begins with.
        let before = (height - 1).to_be_bytes();
        if self.get(Column::Validators, &before)?.is_none() {
            write.delete(Column::Commits, before);
        }
        Ok(())
    }

    /// What the founding made and nothing has changed is in no history: from now on it is told from
    /// what is kept of the time before.
    fn keep_founding(
        &self,
        changed: &mut BTreeMap<SubjectKey, Option<Record>>,
        from: u64,
    ) -> Result<(), LedgerFault> {
        if from > FIRST_HEIGHT {
            return Ok(());
        }
        let founded = countersign_contracts::founding::found(&self.genesis)
            .map_err(|e| LedgerFault::Founding(e.to_string()))?;
        for (key, record) in founded {
            changed.entry(key).or_insert(Some(record));
        }
        Ok(())
    }

    /// Keeps the records before the new first height: of those subjects only that change later.
    fn put_before(
        &self,
        write: &mut Writes,
        changed: BTreeMap<SubjectKey, Option<Record>>,
        first: u64,
    ) -> Result<(), LedgerFault> {
        for (key, record) in changed {
            let name = columns::subject(&key);
            match record {
                Some(record) if self.has_history(&name, first)? => {
                    write.put(Column::Before, name, record.bytes());
                }
                _ => write.delete(Column::Before, name),
            }
        }
        Ok(())
    }

    /// Of the log before the first height, the roots of its complete subtrees are enough to prove
    /// every later leaf.
    fn drop_log(&self, write: &mut Writes, from: u64, first: u64) -> Result<(), LedgerFault> {
        let (old, size) = (self.log_size_before(from)?, self.log_size_before(first)?);
        let peaks = |size| -> Result<Vec<NodeIndex>, LedgerFault> {
            let log = Log::open(size, |node| self.log_node(node))?;
            Ok(log.peaks().map(|(node, _)| node).collect())
        };
        // What was kept of the time before: its peaks, and the nodes that reach over its border.
        let over = (0..PATH_MAX).filter_map(|height| NodeIndex::over(old.checked_sub(1)?, height));
        let mut nodes: BTreeSet<NodeIndex> = peaks(old)?.into_iter().chain(over).collect();
        let (begin, end) = (old.saturating_mul(2), size.saturating_mul(2).to_be_bytes());
        for item in self.store.from(Column::Log, &begin.to_be_bytes())? {
            let (key, _) = item?;
            if key[..] >= end[..] {
                break;
            }
            let node = <[u8; 8]>::try_from(&key[..]).map_or(u64::MAX, u64::from_be_bytes);
            nodes.insert(NodeIndex(node));
        }
        let kept = peaks(size)?;
        for node in nodes.iter().filter(|node| node.end() <= size && !kept.contains(node)) {
            write.delete(Column::Log, node.0.to_be_bytes());
        }
        Ok(())
    }

    /// Leaves of the log before the batch of a height.
    fn log_size_before(&self, height: u64) -> Result<u64, LedgerFault> {
        if height <= FIRST_HEIGHT {
            // The founding document, which no batch holds, is never taken away alone.
            return Ok(0);
        }
        let proof = self.commit_proof(height - 1)?.ok_or_else(|| {
            LedgerFault::Storage(format!("the commit proof of height {} is missing", height - 1))
        })?;
        Ok(proof.header.log_size)
    }
}
