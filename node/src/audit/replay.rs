//! Kept batches executed again, one after the other, onto a ledger that was just founded.

use std::{collections::HashMap, sync::Arc};

use countersign_contracts::entry::{CheckedEntry, SignedEntry};
use countersign_record::{
    commit::CommitProof,
    statement::{EntryId, Statement},
};
use rayon::prelude::*;

use super::{Audited, Divergence, Report, Step};
use crate::{
    batch::Batch,
    consensus::{Stage, Undecided, ValueId},
    execution::{BadBatch, Execution},
    ledger::{Ledger, LedgerFault},
    limits::{AUDIT_BYTES_AHEAD, AUDIT_HEIGHTS_AHEAD},
    runtime::clock::Clock,
};

/// How many values are compared between two words about it.
const TELL_EVERY: u64 = 4096;

/// A batch as it is kept.
struct KeptBatch {
    proof: CommitProof,
    batch: Batch,
}

/// Some batches that were read ahead, and why there are no more.
struct Ahead {
    batches: Vec<KeptBatch>,
    /// Nothing where more may follow.
    end: Option<End>,
}

enum End {
    /// There is no further commit proof.
    NoMore,
    /// The next batch cannot be read.
    Unreadable(Box<Divergence>),
}

/// The replay of one ledger.
pub(super) struct Replay<'a> {
    kept: &'a Ledger,
    onto: Arc<Ledger>,
    execution: Execution,
    audited: Audited,
}

impl<'a> Replay<'a> {
    /// Plays what is kept onto a ledger that was just founded.
    pub(super) fn new(kept: &'a Ledger, onto: Arc<Ledger>) -> Self {
        let execution = Execution::new(onto.clone(), Clock::default());
        let audited = Audited { first: 1, ..Audited::default() };
        Self { kept, onto, execution, audited }
    }

    /// Plays every batch, then compares every value.
    ///
    /// # Errors
    /// The new ledger could not be read or written.
    pub(super) fn run(mut self, told: &mut dyn FnMut(Step)) -> Result<Report, LedgerFault> {
        let mut divergence = self.play_all(told)?;
        if divergence.is_none() {
            divergence = self.compare(told)?;
        }
        Ok(Report { audited: self.audited, divergence })
    }

    fn play_all(&mut self, told: &mut dyn FnMut(Step)) -> Result<Option<Divergence>, LedgerFault> {
        // Where the tip cannot be read, the comparison will say so.
        let stated = self.kept.kept_height().ok();
        loop {
            let ahead = self.read_ahead();
            let signed = self.check_ahead(&ahead.batches);
            let proven = self.prove_ahead(&ahead.batches);
            for (kept, proven) in ahead.batches.into_iter().zip(proven) {
                if let Some(divergence) = self.play(kept, &signed, proven)? {
                    return Ok(Some(divergence));
                }
                told(Step::Batches { done: self.audited.last, of: stated });
            }
            match ahead.end {
                None => {}
                Some(End::Unreadable(divergence)) => return Ok(Some(*divergence)),
                Some(End::NoMore) => return Ok(self.missing(stated)),
            }
        }
    }

    /// The batches after the last that was played.
    fn read_ahead(&self) -> Ahead {
        let (mut batches, mut bytes) = (Vec::new(), 0);
        for height in self.audited.last + 1.. {
            if batches.len() >= AUDIT_HEIGHTS_AHEAD || bytes >= AUDIT_BYTES_AHEAD {
                break;
            }
            match self.read(height) {
                Ok(Some(kept)) => {
                    bytes += kept.batch.statements.iter().map(|s| s.len()).sum::<usize>();
                    batches.push(kept);
                }
                Ok(None) => return Ahead { batches, end: Some(End::NoMore) },
                Err(why) => return Ahead { batches, end: Some(End::Unreadable(why)) },
            }
        }
        Ahead { batches, end: None }
    }

    fn read(&self, height: u64) -> Result<Option<KeptBatch>, Box<Divergence>> {
        let at = Some(height);
        let proof = self.kept.commit_proof(height);
        let proof = proof.map_err(|e| Divergence::unreadable(at, "the commit proof", &e))?;
        let Some(proof) = proof else { return Ok(None) };
        let statements = self.kept.statements(height);
        let statements = statements.map_err(|e| Divergence::unreadable(at, "a statement", &e))?;
        let statements = statements.into_iter().map(Into::into).collect();
        Ok(Some(KeptBatch { batch: Batch { header: proof.header.clone(), statements }, proof }))
    }

    /// The statements whose form and signature are right, checked in parallel. Only keys that are
    /// registered by now count; whatever is not in here is checked again in its turn.
    fn check_ahead(&self, batches: &[KeptBatch]) -> HashMap<EntryId, SignedEntry> {
        let network = self.onto.network();
        let statements: Vec<_> = batches.iter().flat_map(|kept| &kept.batch.statements).collect();
        let signed = statements.into_par_iter().filter_map(|bytes| {
            let statement = Statement::parse(bytes).ok()?;
            let key = self.onto.read_key(&statement.kid()).ok()??;
            CheckedEntry::check(statement, &network).ok()?.signed_by_read(&key).ok()
        });
        signed.map(|entry| (entry.id(), entry)).collect()
    }

    /// Whether the commit proofs hold under today's validators, checked in parallel. Where one does
    /// not, the set may have changed meanwhile: it is checked again in its turn.
    fn prove_ahead(&self, batches: &[KeptBatch]) -> Vec<bool> {
        let (network, set) = (self.onto.network(), self.onto.tip().validators.clone());
        batches.par_iter().map(|kept| kept.proof.verify(&network, &set).is_ok()).collect()
    }

    fn play(
        &mut self,
        kept: KeptBatch,
        signed: &HashMap<EntryId, SignedEntry>,
        proven: bool,
    ) -> Result<Option<Divergence>, LedgerFault> {
        let KeptBatch { proof, batch } = kept;
        let height = self.audited.last + 1;
        let tip = self.onto.tip();
        let set_is_old = proof.header.validators != tip.validators.digest();
        if (!proven || set_is_old)
            && let Err(fault) = proof.verify(&self.onto.network(), &tip.validators)
        {
            return Ok(Some(Divergence {
                height: Some(height),
                entry: None,
                what: "the commit proof".into(),
                found: fault.to_string(),
                expected: "signatures of more than two thirds of this height's voting power".into(),
            }));
        }
        let known = |id: &EntryId| signed.get(id).cloned();
        let executed = match self.execution.check(&batch, Stage::Decided, known) {
            Ok(executed) => executed,
            Err(BadBatch::Ledger(fault)) => return Err(fault),
            Err(no) => return Ok(Some(diverges(height, &batch, no))),
        };
        self.audited.entries += executed.entries.len() as u64;
        self.audited.refused += executed.outcome.refused().count() as u64;
        self.audited.votes += proof.signatures.len() as u64;
        self.onto.commit(&executed, proof.round, proof.signatures)?;
        self.execution.forget();
        self.audited.last = height;
        Ok(None)
    }

    /// Batches that the ledger says it has, and has not.
    fn missing(&self, stated: Option<u64>) -> Option<Divergence> {
        let stated = stated.filter(|stated| *stated > self.audited.last)?;
        Some(Divergence {
            height: Some(self.audited.last + 1),
            entry: None,
            what: "the commit proof".into(),
            found: "no such value".into(),
            expected: format!("a batch, since the ledger says that it stands at height {stated}"),
        })
    }

    fn compare(&mut self, told: &mut dyn FnMut(Step)) -> Result<Option<Divergence>, LedgerFault> {
        let mut done = 0;
        let difference = self.onto.first_difference(self.kept, &mut || {
            done += 1;
            if done % TELL_EVERY == 0 {
                told(Step::Values { done });
            }
        })?;
        self.audited.values = done;
        Ok(difference.map(Divergence::from).or_else(|| self.undecided()))
    }

    /// Proposals that wait for a decision follow from nothing; but each is named by what it holds.
    fn undecided(&self) -> Option<Divergence> {
        for kept in self.kept.all_undecided() {
            let kept = match kept {
                Ok(kept) => kept,
                Err(fault) => return Some(Divergence::unreadable(None, "a kept proposal", &fault)),
            };
            if let Err(found) = body_fits(&kept) {
                return Some(Divergence {
                    height: Some(kept.height),
                    entry: None,
                    what: format!("the proposal that is kept for round {}", kept.round),
                    found,
                    expected: kept.id.to_string(),
                });
            }
        }
        None
    }
}

/// Whether a kept proposal is the one that its name says; else what it is.
pub(super) fn body_fits(kept: &Undecided) -> Result<(), String> {
    let batch = Batch::parse(&kept.body).map_err(|e| e.to_string())?;
    let id = ValueId::new(batch.header.digest(), batch.header.log_root);
    if id == kept.id { Ok(()) } else { Err(id.to_string()) }
}

/// Why a batch cannot be what the validators signed.
fn diverges(height: u64, batch: &Batch, no: BadBatch) -> Divergence {
    let height = Some(height);
    let expected = || "what a quorum of the validators has signed".to_owned();
    match no {
        BadBatch::OtherOutcome { field, found, stated } => Divergence {
            height,
            entry: None,
            what: format!("{field}, executed again"),
            found,
            expected: format!("{stated}, as the signed header says"),
        },
        BadBatch::Inadmissible(place, why) => {
            let statement = batch.statements.get(place).and_then(|s| Statement::parse(s).ok());
            let entry = statement.map(|s| s.id());
            let what = format!("statement {place}");
            Divergence { height, entry, what, found: why, expected: expected() }
        }
        other => Divergence {
            height,
            entry: None,
            what: "the batch".into(),
            found: other.to_string(),
            expected: expected(),
        },
    }
}
