//! What consensus asks of this node, answered by execution, backlog and ledger.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex},
};

use bytes::Bytes;
use countersign_contracts::{entry::SignedEntry, refusal::Refusal, versions::require_known};
use countersign_record::{
    Digest, commit::CommitSignature, header::Header, keys::SignatureBytes, refused::RefusedEntry,
    statement::EntryId,
};
use tokio::sync::{oneshot, watch};

use crate::{
    backlog::Backlog,
    batch::Batch,
    consensus::{
        Application, Candidate, Committed, Decided, Fault, Invalid, Member, Members, Stage, Tip,
        Undecided, ValueId,
    },
    execution::Execution,
    ledger::{Executed, Ledger, LedgerFault},
    limits,
    observed::Observed,
    runtime::{clock::Clock, metrics::Metrics, space::Space},
};

/// What became of an entry.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// It is in the log.
    Accepted,
    /// A rule refused it; the refusal is in the ledger.
    Refused(Box<(RefusedEntry, Refusal)>),
}

/// The node's side of agreement.
pub struct Agreement {
    ledger: Arc<Ledger>,
    backlog: Arc<Backlog>,
    execution: Execution,
    /// The party in whose name this node proposes; none on a follower.
    proposer: Option<String>,
    members: watch::Sender<Members>,
    news: watch::Sender<u64>,
    waiters: Mutex<HashMap<EntryId, Vec<oneshot::Sender<Verdict>>>>,
    metrics: Arc<Metrics>,
    /// The disk under the ledger; none where it is not looked at.
    space: Option<Arc<Space>>,
}

impl Agreement {
    /// The node's side of agreement.
    pub fn new(
        ledger: Arc<Ledger>,
        backlog: Arc<Backlog>,
        proposer: Option<String>,
        clock: Clock,
        metrics: Arc<Metrics>,
    ) -> Self {
        let (members, height) = (members_of(&ledger), ledger.tip().height);
        Self {
            execution: Execution::new(ledger.clone(), clock),
            ledger,
            backlog,
            proposer,
            members: watch::Sender::new(members),
            news: watch::Sender::new(height),
            waiters: Mutex::default(),
            metrics,
            space: None,
        }
    }

    /// The same, on a disk that may fill up.
    pub fn on_disk(self, space: Arc<Space>) -> Self {
        Self { space: Some(space), ..self }
    }

    /// The nodes that may connect, as membership changes.
    pub fn members(&self) -> watch::Receiver<Members> {
        self.members.subscribe()
    }

    /// The height of the last batch that became final, as batches do.
    pub fn news(&self) -> watch::Receiver<u64> {
        self.news.subscribe()
    }

    /// What this node has noticed of those who propose.
    pub fn observed(&self) -> &Observed {
        self.execution.observed()
    }

    /// Waits for an entry to become final. Ask before the entry is handed on.
    ///
    /// # Errors
    /// Too many requests wait already.
    pub fn wait_for(&self, id: EntryId) -> Result<oneshot::Receiver<Verdict>, TooManyWaiters> {
        let (told, tell) = oneshot::channel();
        let Ok(mut waiters) = self.waiters.lock() else { return Err(TooManyWaiters) };
        if waiters.len() >= limits::WAITERS_MAX {
            waiters.retain(|_, who| {
                who.retain(|w| !w.is_closed());
                !who.is_empty()
            });
            if waiters.len() >= limits::WAITERS_MAX {
                return Err(TooManyWaiters);
            }
        }
        waiters.entry(id).or_default().push(told);
        Ok(tell)
    }

    fn run(&self, height: u64, body: &[u8], stage: Stage) -> Result<Arc<Executed>, Invalid> {
        let batch = Batch::parse(body).map_err(|e| Invalid(e.to_string()))?;
        if batch.header.height != height {
            let found = batch.header.height;
            return Err(Invalid(format!("the header says height {found}, asked was {height}")));
        }
        if let Some(executed) = self.execution.find(&batch.header.digest()) {
            return Ok(executed);
        }
        let known = |id: &Digest| self.backlog.get(id);
        self.execution.check(&batch, stage, known).map_err(|e| Invalid(e.to_string()))
    }

    /// What follows from a decision; nothing where its body is not here.
    fn executed(&self, decided: &Decided) -> Result<Option<Arc<Executed>>, Fault> {
        if let Some(executed) = self.execution.find(&decided.id.header_hash()) {
            return Ok(Some(executed));
        }
        // After a restart the result is gone and the proposal is kept: execute it again.
        let kept = self.undecided_by_id(decided.height, &decided.id)?;
        kept.map(|kept| self.run(decided.height, &kept.body, Stage::Decided))
            .transpose()
            .map_err(Fault::new)
    }

    fn announce(&self, executed: &Executed) {
        let (header, verdicts) = (&executed.header, &executed.outcome.verdicts);
        if let Ok(mut waiters) = self.waiters.lock() {
            let ids = executed.entries.iter().map(SignedEntry::id);
            for (id, verdict) in ids.zip(verdicts) {
                for waiter in waiters.remove(&id).unwrap_or_default() {
                    let verdict = match verdict {
                        Ok(()) => Verdict::Accepted,
                        Err(why) => Verdict::Refused(Box::new(why.clone())),
                    };
                    // Whoever went away need not be told.
                    let _gone = waiter.send(verdict);
                }
            }
        }
        let accepted = verdicts.iter().filter(|verdict| verdict.is_ok()).count();
        self.metrics.committed(header, accepted, verdicts.len() - accepted);
        self.news.send_replace(header.height);
    }
}

/// Too many requests wait for finality.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooManyWaiters;

impl Application for Agreement {
    fn tip(&self) -> Tip {
        let tip = self.ledger.tip();
        Tip { height: tip.height, validators: tip.validators.clone() }
    }

    fn propose(&self, height: u64, _: u32) -> Result<Candidate, Fault> {
        let tip = self.ledger.tip().height;
        if height != tip + 1 {
            return Err(Fault::new(format!("asked for height {height} on top of {tip}")));
        }
        let proposer = self
            .proposer
            .as_deref()
            .ok_or_else(|| Fault::new("this node follows; it has nothing to propose"))?;
        let mut entries = self.backlog.take_for_batch();
        // An entry may have become final in a batch of another node a moment ago.
        entries.retain(|e| !matches!(self.ledger.place(&e.id()), Ok(Some(_))));
        let executed = self.execution.build(proposer, entries).map_err(Fault::new)?;
        let body = Batch {
            header: executed.header.clone(),
            statements: executed
                .entries
                .iter()
                .map(|e| e.statement().bytes().to_vec().into())
                .collect(),
        };
        Ok(Candidate { id: value_id(&executed.header), body: body.bytes().into() })
    }

    fn validate(&self, height: u64, body: &Bytes, stage: Stage) -> Result<ValueId, Invalid> {
        self.run(height, body, stage).map(|executed| value_id(&executed.header))
    }

    fn keep_undecided(&self, undecided: Undecided) -> Result<(), Fault> {
        self.ledger.keep_undecided(&undecided).map_err(|e| self.stop(e))
    }

    fn undecided(&self, height: u64, round: u32) -> Result<Vec<Undecided>, Fault> {
        self.ledger.undecided(height, Some(round)).map_err(Fault::new)
    }

    fn undecided_by_id(&self, height: u64, id: &ValueId) -> Result<Option<Undecided>, Fault> {
        let kept = self.ledger.undecided(height, None).map_err(Fault::new)?;
        Ok(kept.into_iter().find(|u| u.id == *id))
    }

    fn commit(&self, decided: Decided) -> Result<Committed, Fault> {
        if decided.height <= self.ledger.tip().height {
            return Ok(Committed::Here(Application::tip(self)));
        }
        let Some(executed) = self.executed(&decided)? else { return Ok(Committed::BodyMissing) };
        let signatures = decided
            .signatures
            .iter()
            .map(|(kid, s)| CommitSignature { kid: *kid, signature: SignatureBytes(*s) })
            .collect();
        self.ledger.commit(&executed, decided.round, signatures).map_err(|e| self.stop(e))?;
        self.execution.forget();
        self.execution.observed().committed();
        self.backlog.remove(executed.entries.iter().map(SignedEntry::id));
        self.members.send_if_modified(|members| {
            let now = members_of(&self.ledger);
            let changed = *members != now;
            *members = now;
            changed
        });
        self.announce(&executed);
        self.warn_of_rules(&executed)?;
        // Before the first height whose rules this program does not know, with all before it kept.
        let tip = self.ledger.tip();
        if let Err(unknown) = require_known(tip.rules, tip.height + 1) {
            return Ok(Committed::Last(Fault::new(unknown)));
        }
        Ok(Committed::Here(Application::tip(self)))
    }

    fn decided(&self, height: u64) -> Result<Option<(Decided, Bytes)>, Fault> {
        // Before it some headers are kept, but no body.
        if height < self.ledger.first_height() {
            return Ok(None);
        }
        let Some(proof) = self.ledger.commit_proof(height).map_err(Fault::new)? else {
            return Ok(None);
        };
        let statements = self.ledger.statements(height).map_err(Fault::new)?;
        // It may have been pruned while it was read: half a batch is none.
        if height < self.ledger.first_height() {
            return Ok(None);
        }
        let decided = Decided {
            height,
            round: proof.round,
            id: value_id(&proof.header),
            signatures: proof.signatures.iter().map(|s| (s.kid, s.signature.0)).collect(),
        };
        let statements = statements.into_iter().map(Into::into).collect();
        let body = Batch { header: proof.header, statements };
        Ok(Some((decided, body.bytes().into())))
    }

    fn first_height(&self) -> u64 {
        self.ledger.first_height()
    }

    fn has_room(&self) -> bool {
        self.space.as_ref().is_none_or(|space| !space.look().full)
    }

    fn waiting(&self) -> usize {
        self.backlog.waiting()
    }
}

impl Agreement {
    /// Says in advance that rules are proposed which this program does not know.
    fn warn_of_rules(&self, executed: &Executed) -> Result<(), Fault> {
        if executed.outcome.validators.is_none() {
            // No event of the membership in this batch.
            return Ok(());
        }
        let coming = self.ledger.rules_to_come().map_err(|e| self.stop(e))?;
        if let Some(unknown) = coming.and_then(|(v, height)| require_known(v, height).err()) {
            tracing::warn!("a proposal is open by which {unknown}");
        }
        Ok(())
    }

    fn stop(&self, fault: LedgerFault) -> Fault {
        self.metrics.ledger_failed();
        if let (LedgerFault::DiskFull(_), Some(space)) = (&fault, &self.space) {
            space.write_failed();
        }
        Fault::new(fault)
    }
}

fn value_id(header: &Header) -> ValueId {
    ValueId::new(header.digest(), header.log_root)
}

fn members_of(ledger: &Ledger) -> Members {
    let roster = ledger.tip().roster.clone();
    let active = roster.members.values().filter(|m| m.active);
    active
        .flat_map(|m| &m.nodes)
        .map(|node| {
            let validator = node.validator_key.map(|k| k.thumbprint());
            (node.network_key.0, Member { validator })
        })
        .collect::<BTreeMap<_, _>>()
}
