//! Known bugs, planted on purpose: the simulation is worth something only if it finds them.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use countersign_contracts::entry::{CheckedEntry, SignedEntry};
use countersign_record::statement::Statement;

use super::super::boundary::{
    Application, Candidate, Committed, Decided, Fault, Invalid, Stage, Tip, Undecided, ValueId,
};
use crate::{agreement::Agreement, execution::Execution, ledger::Ledger};

/// A bug in every honest node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mutation {
    /// It votes before the body is stored: keeping a proposal only pretends.
    VotesBeforeStoring,
    /// It forgets what it is locked on: its journal is not read again after a crash.
    ForgetsItsLock,
    /// More than a third is enough for it.
    TakesAShortQuorum,
    /// Each batch is applied twice.
    AppliesTwice,
    /// Its journal is not synchronised before it speaks.
    SpeaksBeforeSyncing,
    /// It votes for whatever it is shown.
    BelievesTheProposer,
    /// What it has signed is not kept where it outlives its journal.
    SignsWithoutItsGuard,
    /// Whoever voted at the founding votes for ever.
    IgnoresChangesOfTheSet,
}

impl Mutation {
    /// Each of them, with what betrays it: one of these is said of a node.
    pub(super) const ALL: [(Self, &'static [&'static str]); 8] = [
        (Self::VotesBeforeStoring, &["without having its body"]),
        // The guard keeps it from contradicting itself: then it is in its own way.
        (Self::ForgetsItsLock, &["contradicts itself", "is locked on", "after the last fault"]),
        (Self::TakesAShortQuorum, &["signatures", "others"]),
        (Self::AppliesTwice, &["that nobody decided"]),
        (
            Self::SpeaksBeforeSyncing,
            &["contradicts itself", "is locked on", "proposes twice", "after the last fault"],
        ),
        (Self::BelievesTheProposer, &["which is wrong", "without having its body"]),
        (Self::SignsWithoutItsGuard, &["contradicts itself", "is locked on", "proposes twice"]),
        (Self::IgnoresChangesOfTheSet, &["signatures of", "without a vote"]),
    ];
}

/// The node's side of agreement, with a bug.
pub(super) struct Mutant {
    pub(super) inner: Agreement,
    pub(super) ledger: Arc<Ledger>,
    pub(super) execution: Execution,
    pub(super) mutation: Mutation,
    /// What was only said to be kept.
    pub(super) unkept: Mutex<Vec<Undecided>>,
}

impl Mutant {
    fn unkept(&self) -> std::sync::MutexGuard<'_, Vec<Undecided>> {
        self.unkept.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// The same entries again, on top of what they have led to.
    fn apply_again(&self, decided: &Decided) -> Result<(), Fault> {
        let kept = self.ledger.commit_proof(decided.height).map_err(Fault::new)?;
        let proof = kept.ok_or_else(|| Fault::new("the batch is not here"))?;
        let statements = self.ledger.statements(decided.height).map_err(Fault::new)?;
        let entries = statements.iter().map(|bytes| self.read(bytes)).collect::<Result<_, _>>()?;
        let made = self.execution.build(&proof.header.proposer, entries).map_err(Fault::new)?;
        self.ledger.commit(&made, decided.round, proof.signatures).map_err(Fault::new)
    }

    fn read(&self, bytes: &[u8]) -> Result<SignedEntry, Fault> {
        let statement = Statement::parse(bytes).map_err(Fault::new)?;
        let key = self.ledger.key(&statement.kid()).map_err(Fault::new)?;
        let key = key.ok_or_else(|| Fault::new("an entry without a key"))?;
        let checked = CheckedEntry::check(statement, &self.ledger.network());
        let checked = checked.map_err(|(_, refusal)| Fault::new(refusal))?;
        checked.signed_by(&key.key).map_err(Fault::new)
    }
}

impl Application for Mutant {
    fn tip(&self) -> Tip {
        self.inner.tip()
    }

    fn propose(&self, height: u64, round: u32) -> Result<Candidate, Fault> {
        self.inner.propose(height, round)
    }

    fn validate(&self, height: u64, body: &Bytes, stage: Stage) -> Result<ValueId, Invalid> {
        let found = self.inner.validate(height, body, stage);
        if found.is_err() && self.mutation == Mutation::BelievesTheProposer {
            let batch = crate::batch::Batch::parse(body).map_err(|e| Invalid(e.to_string()))?;
            return Ok(ValueId::new(batch.header.digest(), batch.header.log_root));
        }
        found
    }

    fn keep_undecided(&self, undecided: Undecided) -> Result<(), Fault> {
        if self.mutation == Mutation::VotesBeforeStoring {
            self.unkept().push(undecided);
            return Ok(());
        }
        self.inner.keep_undecided(undecided)
    }

    fn undecided(&self, height: u64, round: u32) -> Result<Vec<Undecided>, Fault> {
        let mut kept = self.inner.undecided(height, round)?;
        let unkept = self.unkept();
        kept.extend(unkept.iter().filter(|u| u.height == height && u.round == round).cloned());
        Ok(kept)
    }

    fn undecided_by_id(&self, height: u64, id: &ValueId) -> Result<Option<Undecided>, Fault> {
        let kept = self.inner.undecided_by_id(height, id)?;
        Ok(kept.or_else(|| self.unkept().iter().find(|u| u.id == *id).cloned()))
    }

    fn commit(&self, decided: Decided) -> Result<Committed, Fault> {
        let done = self.inner.commit(decided.clone())?;
        if self.mutation == Mutation::AppliesTwice {
            self.apply_again(&decided)?;
            return Ok(Committed::Here(self.inner.tip()));
        }
        Ok(done)
    }

    fn decided(&self, height: u64) -> Result<Option<(Decided, Bytes)>, Fault> {
        self.inner.decided(height)
    }

    fn first_height(&self) -> u64 {
        self.inner.first_height()
    }

    fn waiting(&self) -> usize {
        self.inner.waiting()
    }
}
