//! The desk: each question of the engine put to the application, one at a time and without a
//! runtime. The loop calls it from blocking tasks, a simulation directly.

use std::{
    collections::BTreeMap,
    ops::RangeInclusive,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use bytes::Bytes;
use countersign_record::Digest;
use malachitebft_app_channel::app::{
    engine::host::SyncedValueOutcome,
    types::{ProposedValue, sync::RawDecidedValue},
};
use malachitebft_core_types::{
    ExtendedCommitCertificate, ExtendedCommitSignature, Round, Validity,
};
use tokio::{sync::watch, time::Instant};

use crate::consensus::{
    boundary::{Application, Committed, Decided, Fault, Invalid, Stage, Undecided, ValueId},
    context::{Address, Height, Ledger, LightValue, PartHead, Signature},
    halt::Halt,
    handle::Progress,
    horizon::{Horizon, Standing},
    limits,
    parts::Arrived,
    voter::Voters,
};

/// A height that was decided without its body being here.
#[derive(Default)]
pub(crate) struct Missing {
    /// The height; 0 where there was none.
    pub(crate) height: u64,
    /// Whether the engine still has to be told to begin it again.
    pub(crate) to_begin_again: bool,
}

/// What is asked of the application, and what is remembered between two questions.
pub(crate) struct Desk {
    pub(crate) app: Arc<dyn Application>,
    pub(crate) me: Address,
    /// Every key of this node: their guards follow what is decided.
    pub(crate) voters: Voters,
    pub(crate) horizon: Arc<Horizon>,
    pub(crate) halt: Halt,
    pub(crate) progress: watch::Sender<Progress>,
    /// Bodies found valid for the next height, by digest.
    validated: Mutex<BTreeMap<Digest, ValueId>>,
    /// Highest height that came by sync.
    pub(crate) synced: AtomicU64,
    /// The decision whose body is not here.
    pub(crate) missing: watch::Sender<Missing>,
    /// When the last height was committed: the heartbeat counts from here.
    committed_at: Mutex<Instant>,
}

impl Desk {
    /// A desk whose last height counts as committed at `begun`.
    pub(crate) fn new(
        app: Arc<dyn Application>,
        me: Address,
        voters: Voters,
        horizon: Arc<Horizon>,
        halt: Halt,
        progress: watch::Sender<Progress>,
        begun: Instant,
    ) -> Self {
        Self {
            app,
            me,
            voters,
            horizon,
            halt,
            progress,
            validated: Mutex::default(),
            synced: AtomicU64::new(0),
            missing: watch::Sender::default(),
            committed_at: Mutex::new(begun),
        }
    }

    /// Our turn: the same proposal again if one was kept for this round before a crash, else a
    /// new one, kept before it is said.
    pub(crate) fn propose(&self, height: u64, round: Round) -> Result<Undecided, Fault> {
        let round =
            round.as_u32().ok_or_else(|| Fault::new("asked for a proposal without a round"))?;
        let mine = |u: &Undecided| u.proposer == self.me.kid() && u.valid_round.is_none();
        if let Some(kept) = self.app.undecided(height, round)?.into_iter().find(mine) {
            return Ok(kept);
        }
        if self.is_mute(height) {
            return Err(Fault(format!("height {height} is decided; its body is being fetched")));
        }
        if !self.app.has_room() {
            return Err(Fault::new("the disk is full; nothing is proposed until there is room"));
        }
        let candidate = self.app.propose(height, round)?;
        if candidate.body.len() > limits::BODY_BYTES_MAX {
            return Err(Fault(format!(
                "the batch built has {} bytes, at most {} can be proposed",
                candidate.body.len(),
                limits::BODY_BYTES_MAX
            )));
        }
        let undecided = Undecided {
            height,
            round,
            valid_round: None,
            proposer: self.me.kid(),
            id: candidate.id,
            body: candidate.body,
        };
        self.keep(undecided.clone())?;
        self.validated().insert(Digest::of(&undecided.body), undecided.id);
        Ok(undecided)
    }

    /// What cannot be written must not be voted on: a fault here stops the node.
    fn keep(&self, undecided: Undecided) -> Result<(), Fault> {
        self.app.keep_undecided(undecided).inspect_err(|fault| {
            self.halt.because(Fault(format!(
                "a proposed batch could not be written to this node's disk, so the node stopped: {fault}"
            )));
        })
    }

    /// Executes a received body and keeps it if it is right. `None`: the node stops, has no vote at
    /// this height any more, or has no room for the body.
    pub(crate) fn judge(&self, arrived: Arrived) -> Option<ProposedValue<Ledger>> {
        let Arrived { head, body } = arrived;
        // Without room the vote is nil: what is voted for has to be kept first.
        if self.is_mute(head.height.0) || !self.app.has_room() {
            return None;
        }
        let undecided = Undecided {
            height: head.height.0,
            round: head.round.as_u32()?,
            valid_round: head.valid_round.as_u32(),
            proposer: head.proposer.kid(),
            id: head.id,
            body,
        };
        let checked = self.validate(undecided.height, &undecided.body, Stage::Proposed);
        let verdict = checked.and_then(|id| {
            let same = id == head.id;
            same.then_some(()).ok_or_else(|| Invalid(format!("the batch is {id}, not {}", head.id)))
        });
        match verdict {
            Ok(()) => {
                let value = value_of(&undecided, Validity::Valid);
                // A crash after our vote must find the body: it is kept before it is answered for.
                self.keep(undecided).ok()?;
                Some(value)
            }
            Err(Invalid(reason)) => {
                tracing::warn!(
                    height = undecided.height, round = undecided.round, proposer = %undecided.proposer,
                    "a proposal is not voted for: {reason}"
                );
                self.show(|p| p.last_fault = Some(Fault(reason)));
                Some(value_of(&undecided, Validity::Invalid))
            }
        }
    }

    /// One body is executed once: it comes again when it is proposed again, or by sync. What was
    /// found valid as decided is remembered as well: its height is decided, and nothing that this
    /// node votes there changes it.
    fn validate(&self, height: u64, body: &Bytes, stage: Stage) -> Result<ValueId, Invalid> {
        let digest = Digest::of(body);
        if let Some(id) = self.validated().get(&digest) {
            return Ok(*id);
        }
        let id = self.app.validate(height, body, stage)?;
        self.validated().insert(digest, id);
        Ok(id)
    }

    /// A decided batch from a peer; the engine has checked its signatures. `None`: the node stops.
    pub(crate) fn judge_synced(
        &self,
        height: Height,
        round: Round,
        proposer: Address,
        body: Bytes,
    ) -> Option<SyncedValueOutcome<Ledger>> {
        let in_turn = height.0 == self.horizon.tip() + 1;
        if !in_turn || body.len() > limits::BODY_BYTES_MAX || !self.app.has_room() {
            return Some(SyncedValueOutcome::LocalTransientError);
        }
        match self.validate(height.0, &body, Stage::Decided) {
            Ok(id) => {
                let undecided = Undecided {
                    height: height.0,
                    round: round.as_u32()?,
                    valid_round: None,
                    proposer: proposer.kid(),
                    id,
                    body,
                };
                let value = value_of(&undecided, Validity::Valid);
                self.keep(undecided).ok()?;
                self.synced.fetch_max(height.0, Ordering::AcqRel);
                Some(SyncedValueOutcome::Verdict(value))
            }
            Err(Invalid(reason)) => {
                let fault =
                    Fault(format!("batch {height} received from a peer does not hold: {reason}"));
                tracing::error!("{fault}");
                self.show(|p| p.last_fault = Some(fault));
                Some(SyncedValueOutcome::PeerFault)
            }
        }
    }

    /// The range is a peer's word: it is cut to what exists and to what one answer may carry.
    pub(crate) fn collect(&self, range: &RangeInclusive<Height>) -> Vec<RawDecidedValue<Ledger>> {
        let from = range.start().0.max(1);
        let to = range.end().0.min(self.horizon.tip());
        let mut values = Vec::new();
        let mut bytes = 0;
        for height in (from..=to).take(limits::SYNC_HEIGHTS_PER_REQUEST) {
            match self.app.decided(height) {
                Ok(Some((decided, body))) => {
                    bytes += body.len();
                    if !values.is_empty() && bytes > limits::SYNC_RESPONSE_BYTES {
                        break;
                    }
                    values.push(raw(decided, body));
                }
                Ok(None) => break,
                Err(fault) => {
                    tracing::error!(height, "a committed batch cannot be read: {fault}");
                    break;
                }
            }
        }
        values
    }

    /// Whether this node says nothing at a height. Where the body of a decision was missing, its
    /// journal was begun anew and it has forgotten how it voted there: it proposes nothing, judges
    /// nothing, and so can only vote nil until the body has come.
    pub(crate) fn is_mute(&self, height: u64) -> bool {
        height <= self.missing.borrow().height
    }

    pub(crate) fn committed_at(&self) -> Instant {
        *self.committed_at.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn show(&self, change: impl FnOnce(&mut Progress)) {
        self.progress.send_modify(change);
    }

    fn validated(&self) -> MutexGuard<'_, BTreeMap<Digest, ValueId>> {
        self.validated.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was kept for a round before a crash, or arrived before its height.
    pub(crate) fn known_for_round(
        &self,
        height: u64,
        round: Round,
        early: Vec<Arrived>,
    ) -> Vec<ProposedValue<Ledger>> {
        if self.is_mute(height) {
            return Vec::new();
        }
        let mut known: Vec<_> = match self.app.undecided(height, round.as_u32().unwrap_or(0)) {
            Ok(kept) => kept.iter().map(|u| value_of(u, Validity::Valid)).collect(),
            Err(fault) => {
                tracing::error!("the kept proposals cannot be read: {fault}");
                Vec::new()
            }
        };
        known.extend(early.into_iter().filter_map(|arrived| self.judge(arrived)));
        known
    }

    /// The proposal kept under an id, to be sent again in another proposer's name.
    pub(crate) fn kept(&self, height: u64, id: ValueId, proposer: Address) -> Option<Undecided> {
        match self.app.undecided_by_id(height, &id) {
            Ok(Some(kept)) => Some(Undecided { proposer: proposer.kid(), ..kept }),
            Ok(None) => {
                tracing::warn!(%id, "asked to send a proposal again that is not here");
                None
            }
            Err(fault) => {
                tracing::error!(%id, "a kept proposal cannot be read: {fault}");
                None
            }
        }
    }

    /// Commits, and moves the horizon. A decision that cannot be written stops the node: to go
    /// on would be to vote on top of what this disk does not hold.
    pub(crate) fn commit(&self, decided: Decided) -> bool {
        let height = decided.height;
        let signers: Vec<Digest> = decided.signatures.iter().map(|(kid, _)| *kid).collect();
        let standing = match self.app.commit(decided) {
            Ok(Committed::BodyMissing) => {
                self.miss(height);
                return false;
            }
            Ok(Committed::Last(fault)) => {
                self.halt.because(fault);
                return false;
            }
            Ok(Committed::Here(tip)) => Standing::of(&tip),
            Err(fault) => Err(fault),
        };
        match standing {
            Ok(standing) => {
                self.validated().clear();
                *self.committed_at.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
                self.horizon.advance(standing);
                self.tell_guards(height, &signers)
            }
            Err(fault) => {
                self.halt.because(Fault(format!(
                    "batch {height} was agreed but could not be committed on this node, so the node \
                     stopped; nothing is lost, the others have it: {fault}"
                )));
                false
            }
        }
    }

    /// Whether all could note it. What cannot be written must not be signed on.
    fn tell_guards(&self, height: u64, signers: &[Digest]) -> bool {
        let live = height > self.synced.load(Ordering::Acquire);
        let told = self.voters.all().iter().try_for_each(|voter| {
            voter.guard.committed(height, live, signers.contains(&voter.kid()))
        });
        told.map_err(|fault| self.halt.because(fault)).is_ok()
    }

    /// The journal remembers a decision whose body went with the ledger: the height is begun again,
    /// and the body comes by sync like any other that was missed.
    fn miss(&self, height: u64) {
        let fault = Fault(format!(
            "batch {height} was decided, but its body is not here: the ledger was lost and the \
             journal was not. It is fetched from the other nodes"
        ));
        tracing::warn!("{fault}");
        self.show(|p| p.last_fault = Some(fault));
        // The journal is begun anew, and with it goes what this node was locked on.
        for voter in self.voters.all() {
            if let Err(fault) = voter.guard.silent_up_to(height) {
                return self.halt.because(fault);
            }
        }
        self.missing.send_replace(Missing { height, to_begin_again: true });
    }
}

/// What the parts of a body begin with.
pub(crate) fn head_of(undecided: &Undecided, round: Round, valid_round: Round) -> PartHead {
    PartHead {
        height: Height(undecided.height),
        round,
        valid_round,
        proposer: Address(undecided.proposer.0),
        id: undecided.id,
        // Bounded by `BODY_BYTES_MAX` when it was made or received.
        bytes: u32::try_from(undecided.body.len()).unwrap_or(u32::MAX),
    }
}

fn value_of(undecided: &Undecided, validity: Validity) -> ProposedValue<Ledger> {
    ProposedValue {
        height: Height(undecided.height),
        round: Round::new(undecided.round),
        valid_round: undecided.valid_round.into(),
        proposer: Address(undecided.proposer.0),
        value: LightValue(undecided.id),
        validity,
    }
}

fn raw(decided: Decided, body: Bytes) -> RawDecidedValue<Ledger> {
    let single = |(kid, signature): (Digest, [u8; 64])| {
        ExtendedCommitSignature::new(Address(kid.0), Signature(signature), None)
    };
    let mut commit_signatures: Vec<_> = decided.signatures.into_iter().map(single).collect();
    commit_signatures.sort_by_key(|s| s.address);
    let certificate = ExtendedCommitCertificate {
        height: Height(decided.height),
        round: Round::new(decided.round),
        value_id: decided.id,
        commit_signatures,
    };
    RawDecidedValue::new(body, certificate)
}
