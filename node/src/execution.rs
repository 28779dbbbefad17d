//! Executes a batch before anybody votes on it (D6), once, and remembers what follows from it.

#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex},
};

use countersign_contracts::{
    entry::{CheckedEntry, SignedEntry},
    execute::execute,
    world::Moment,
};
use countersign_record::{Digest, statement::Statement};
use minicbor::bytes::ByteVec;
use rayon::prelude::*;

use crate::{
    batch::Batch,
    consensus::Stage,
    ledger::{Executed, Ledger, LedgerFault, Tip},
    limits::CLOCK_AHEAD,
    observed::{Difference, Observed},
    runtime::clock::Clock,
};

/// Why a proposed batch is not voted for.
#[derive(Debug, thiserror::Error)]
pub enum BadBatch {
    /// It is not in its one encoding, or too large.
    #[error("{0}")]
    Malformed(#[from] countersign_record::encoding::Malformed),
    /// It does not follow the tip, or its time is out of bounds.
    #[error("{0}")]
    OutOfPlace(String),
    /// It holds a statement that no honest proposer would have taken in.
    #[error("statement {0}: {1}")]
    Inadmissible(usize, String),
    /// Executing it leads to another header.
    #[error("executing it gives {field} {found}, the header says {stated}")]
    OtherOutcome {
        /// The first field that differs.
        field: &'static str,
        /// What this node finds.
        found: String,
        /// What the proposer states.
        stated: String,
    },
    /// The store could not answer.
    #[error("{0}")]
    Ledger(#[from] LedgerFault),
}

/// The executor of one node.
pub struct Execution {
    ledger: Arc<Ledger>,
    clock: Clock,
    observed: Arc<Observed>,
    /// Executed and not yet decided, by header digest. Emptied with each commit.
    executed: Mutex<HashMap<Digest, Arc<Executed>>>,
}

impl Execution {
    /// An executor on a ledger.
    pub fn new(ledger: Arc<Ledger>, clock: Clock) -> Self {
        Self { ledger, clock, observed: Arc::default(), executed: Mutex::default() }
    }

    /// What was noticed of those whose batches were judged.
    pub fn observed(&self) -> &Arc<Observed> {
        &self.observed
    }

    /// Executes what this node would propose. The time is this node's clock, raised to one
    /// millisecond after the parent where it lags (D11).
    ///
    /// # Errors
    /// The store could not answer.
    pub fn build(
        &self,
        proposer: &str,
        entries: Vec<SignedEntry>,
    ) -> Result<Arc<Executed>, LedgerFault> {
        let tip = self.ledger.tip();
        let time = self.clock.now_ms().max(tip.time + 1);
        self.run(&tip, time, proposer, entries)
    }

    /// Executes what another node proposes or what a quorum has decided, and compares the headers.
    ///
    /// # Errors
    /// Why it is not voted for.
    pub fn check(
        &self,
        batch: &Batch,
        stage: Stage,
        known: impl Fn(&Digest) -> Option<SignedEntry>,
    ) -> Result<Arc<Executed>, BadBatch> {
        let tip = self.ledger.tip();
        let stated = &batch.header;
        self.check_place(&tip, batch)?;
        if stage == Stage::Proposed {
            let now = self.clock.now_ms();
            self.observed.judged(stated, tip.time, now);
            check_clock(&tip, stated.time, now)?;
        }
        let entries = self.admit_all(&batch.statements, known)?;
        let executed = self.run(&tip, stated.time, &stated.proposer, entries)?;
        let (height, proposer) = (stated.height, &stated.proposer);
        let Some((field, found, stated)) = first_difference(&executed.header, stated) else {
            self.observed.agrees(proposer);
            return Ok(executed);
        };
        let difference = Difference { height, field, found: found.clone(), stated: stated.clone() };
        match stage {
            Stage::Proposed => self.observed.differs(proposer, difference),
            Stage::Decided => self.observed.decided_otherwise(difference),
        }
        Err(BadBatch::OtherOutcome { field, found, stated })
    }

    fn check_place(&self, tip: &Tip, batch: &Batch) -> Result<(), BadBatch> {
        let header = &batch.header;
        let bad = |why: String| Err(BadBatch::OutOfPlace(why));
        if header.network != self.ledger.network() {
            return bad(format!("it belongs to the network {}", header.network));
        }
        if header.height != tip.height + 1 || header.parent != tip.parent {
            return bad(format!("height {} does not follow height {}", header.height, tip.height));
        }
        if header.time <= tip.time {
            return bad(format!("time {} is not after {}", header.time, tip.time));
        }
        if !tip.validators.validators().iter().any(|v| v.party == header.proposer) {
            return bad(format!("{} is no validator", header.proposer));
        }
        Ok(())
    }

    /// Signature and form of every statement; those in the backlog were checked there.
    fn admit_all(
        &self,
        statements: &[ByteVec],
        known: impl Fn(&Digest) -> Option<SignedEntry>,
    ) -> Result<Vec<SignedEntry>, BadBatch> {
        let mut seen = BTreeSet::new();
        let mut entries = Vec::with_capacity(statements.len());
        for (i, bytes) in statements.iter().enumerate() {
            // Its name is the digest of its bytes: what is known by it is this very statement.
            let id = Digest::of(bytes);
            if !seen.insert(id) || self.ledger.place(&id)?.is_some() {
                return Err(BadBatch::Inadmissible(i, "it is in the ledger already".into()));
            }
            entries.push((i, known(&id)));
        }
        if entries.iter().all(|(_, entry)| entry.is_some()) {
            return Ok(entries.into_iter().filter_map(|(_, entry)| entry).collect());
        }
        let admitted = entries.into_par_iter().zip(statements.par_iter());
        admitted
            .map(|((i, entry), bytes)| match entry {
                Some(entry) => Ok(entry),
                None => self.admit(i, bytes),
            })
            .collect()
    }

    fn admit(&self, i: usize, bytes: &[u8]) -> Result<SignedEntry, BadBatch> {
        let why = |why: String| BadBatch::Inadmissible(i, why);
        let statement = Statement::parse(bytes)?;
        let key = self.ledger.read_key(&statement.kid())?;
        let key = key.ok_or_else(|| why("its key is not registered".into()))?;
        CheckedEntry::check(statement, &self.ledger.network())
            .map_err(|(_, refusal)| refusal)
            .and_then(|entry| entry.signed_by_read(&key))
            .map_err(|refusal| why(refusal.to_string()))
    }

    fn run(
        &self,
        tip: &Tip,
        time: u64,
        proposer: &str,
        entries: Vec<SignedEntry>,
    ) -> Result<Arc<Executed>, LedgerFault> {
        let now = Moment { height: tip.height + 1, time, rules: tip.rules };
        let outcome = execute(&*self.ledger, now, &entries)
            .map_err(|e| LedgerFault::Storage(e.to_string()))?;
        let executed = self.ledger.prepare(tip, time, proposer, entries, outcome)?;
        let executed = Arc::new(executed);
        if let Ok(mut known) = self.executed.lock() {
            known.insert(executed.header.digest(), executed.clone());
        }
        Ok(executed)
    }

    /// What follows from a batch that was executed on the present tip.
    pub fn find(&self, header: &Digest) -> Option<Arc<Executed>> {
        self.executed.lock().ok()?.get(header).cloned()
    }

    /// Forgets what was executed on a tip that is no more.
    pub fn forget(&self) {
        if let Ok(mut known) = self.executed.lock() {
            known.clear();
        }
    }
}

/// What is still to be voted on must not run ahead of this node's clock (D11). A batch that a quorum
/// has decided stands, whatever this clock says: else a slow clock could never catch up.
fn check_clock(tip: &Tip, time: u64, now: u64) -> Result<(), BadBatch> {
    let ahead = u64::try_from(CLOCK_AHEAD.as_millis()).unwrap_or(u64::MAX);
    if time > now.saturating_add(ahead).max(tip.time + 1) {
        let why = format!("time {time} is too far ahead of this node's clock, {now}");
        return Err(BadBatch::OutOfPlace(why));
    }
    Ok(())
}

fn first_difference(
    found: &countersign_record::header::Header,
    stated: &countersign_record::header::Header,
) -> Option<(&'static str, String, String)> {
    let fields = [
        ("log_size", found.log_size.to_string(), stated.log_size.to_string()),
        ("log_root", found.log_root.to_string(), stated.log_root.to_string()),
        ("refusals_root", found.refusals_root.to_string(), stated.refusals_root.to_string()),
        ("state_root", found.state_root.to_string(), stated.state_root.to_string()),
        ("validators", found.validators.to_string(), stated.validators.to_string()),
        ("next_validators", found.next_validators.to_string(), stated.next_validators.to_string()),
        ("header", found.digest().to_string(), stated.digest().to_string()),
    ];
    fields.into_iter().find(|(_, a, b)| a != b)
}
