//! The work behind each answer: propose, judge, commit, serve, take what was synced.

use std::{
    collections::BTreeSet,
    ops::RangeInclusive,
    sync::{Arc, atomic::Ordering},
};

use bytes::Bytes;
use countersign_record::Digest;
use malachitebft_app_channel::{
    Reply,
    app::{
        engine::host::SyncedValueOutcome,
        types::{LocallyProposedValue, MisbehaviorEvidence, ProposedValue, sync::RawDecidedValue},
    },
};
use malachitebft_core_types::{
    ExtendedCommitCertificate, ExtendedCommitSignature, Round, Validity,
};

use super::{
    Address, Arrived, Decided, Driver, Evidence, Fault, Height, Ledger, LightValue, Missing,
    PartHead, Standing, Undecided, ValueId, limits, value_of,
};
use crate::consensus::{
    boundary::{Committed, Invalid, Stage},
    context::Signature,
};

impl Driver {
    /// Our turn: the same proposal again if one was kept for this round before a crash, else a
    /// new one, kept before it is said.
    pub(super) async fn propose(
        self: Arc<Self>,
        height: Height,
        round: Round,
        reply: Reply<LocallyProposedValue<Ledger>>,
    ) {
        let Some(made) = self.blocking(move |d| d.make_proposal(height.0, round)).await else {
            return;
        };
        let undecided = match made {
            Ok(undecided) => undecided,
            Err(fault) => {
                tracing::error!(height = height.0, %round, "our turn passes without a proposal: {fault}");
                self.show(|p| p.last_fault = Some(fault));
                return;
            }
        };
        let value = LightValue(undecided.id);
        let _ = reply.send(LocallyProposedValue::new(height, round, value));
        self.stream_undecided(undecided, round, Round::Nil).await;
    }

    fn make_proposal(&self, height: u64, round: Round) -> Result<Undecided, Fault> {
        let round =
            round.as_u32().ok_or_else(|| Fault::new("asked for a proposal without a round"))?;
        let mine = |u: &Undecided| u.proposer == self.me.kid() && u.valid_round.is_none();
        if let Some(kept) = self.app.undecided(height, round)?.into_iter().find(mine) {
            return Ok(kept);
        }
        if self.is_mute(height) {
            return Err(Fault(format!("height {height} is decided; its body is being fetched")));
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

    async fn stream_undecided(&self, undecided: Undecided, round: Round, valid_round: Round) {
        let head = PartHead {
            height: Height(undecided.height),
            round,
            valid_round,
            proposer: Address(undecided.proposer.0),
            id: undecided.id,
            // Bounded by `BODY_BYTES_MAX` when it was made or received.
            bytes: u32::try_from(undecided.body.len()).unwrap_or(u32::MAX),
        };
        self.stream(head, undecided.body).await;
    }

    /// The engine proposes a value again that gained a quorum of prevotes earlier.
    pub(super) async fn propose_again(
        self: Arc<Self>,
        height: Height,
        round: Round,
        valid_round: Round,
        proposer: Address,
        id: ValueId,
    ) {
        let found = self.blocking(move |d| d.app.undecided_by_id(height.0, &id)).await;
        match found {
            Some(Ok(Some(mut undecided))) => {
                undecided.proposer = proposer.kid();
                self.stream_undecided(undecided, round, valid_round).await;
            }
            Some(Ok(None)) => {
                tracing::warn!(%id, "asked to send a proposal again that is not here")
            }
            Some(Err(fault)) => tracing::error!(%id, "a kept proposal cannot be read: {fault}"),
            None => {}
        }
    }

    /// What is already here for a round: kept before a crash, or arrived before its height.
    pub(super) async fn known_for_round(
        self: Arc<Self>,
        height: Height,
        round: Round,
        early: Vec<Arrived>,
        reply: Reply<Vec<ProposedValue<Ledger>>>,
    ) {
        if self.is_mute(height.0) {
            drop(reply.send(Vec::new()));
            return;
        }
        let number = round.as_u32().unwrap_or(0);
        let kept = self.blocking(move |d| d.app.undecided(height.0, number)).await;
        let mut known: Vec<_> = match kept {
            Some(Ok(kept)) => kept.iter().map(|u| value_of(u, Validity::Valid)).collect(),
            Some(Err(fault)) => {
                tracing::error!("the kept proposals cannot be read: {fault}");
                Vec::new()
            }
            None => return,
        };
        for arrived in early {
            known.extend(self.judge(arrived).await);
        }
        let _ = reply.send(known);
    }

    /// Executes a received body and keeps it if it is right. `None`: the node stops, or has no
    /// vote at this height any more.
    pub(super) async fn judge(self: &Arc<Self>, arrived: Arrived) -> Option<ProposedValue<Ledger>> {
        if self.is_mute(arrived.head.height.0) {
            return None;
        }
        self.blocking(move |d| d.judge_now(arrived)).await?
    }

    fn judge_now(&self, arrived: Arrived) -> Option<ProposedValue<Ledger>> {
        let Arrived { head, body } = arrived;
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

    /// Commits, and moves the horizon. A decision that cannot be written stops the node: to go
    /// on would be to vote on top of what this disk does not hold.
    pub(super) async fn commit(self: &Arc<Self>, decided: Decided) -> bool {
        let height = decided.height;
        let Some(done) = self.blocking(move |d| d.app.commit(decided)).await else { return false };
        let standing = match done {
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
                *self.committed_at.lock().unwrap_or_else(std::sync::PoisonError::into_inner) =
                    tokio::time::Instant::now();
                self.horizon.advance(standing);
                true
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

    /// The journal remembers a decision whose body went with the ledger: the height is begun again,
    /// and the body comes by sync like any other that was missed.
    fn miss(&self, height: u64) {
        let fault = Fault(format!(
            "batch {height} was decided, but its body is not here: the ledger was lost and the \
             journal was not. It is fetched from the other nodes"
        ));
        tracing::warn!("{fault}");
        self.show(|p| p.last_fault = Some(fault));
        self.missing.send_replace(Missing { height, to_begin_again: true });
    }

    /// A decided batch from a peer; the engine has checked its signatures.
    pub(super) async fn take_synced(
        self: Arc<Self>,
        height: Height,
        round: Round,
        proposer: Address,
        body: Bytes,
        reply: Reply<SyncedValueOutcome<Ledger>>,
    ) {
        let judged = self.blocking(move |d| d.judge_synced(height, round, proposer, body)).await;
        if let Some(outcome) = judged.flatten() {
            let _ = reply.send(outcome);
        }
    }

    fn judge_synced(
        &self,
        height: Height,
        round: Round,
        proposer: Address,
        body: Bytes,
    ) -> Option<SyncedValueOutcome<Ledger>> {
        if height.0 != self.horizon.tip() + 1 || body.len() > limits::BODY_BYTES_MAX {
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

    /// Decided batches for a peer that catches up, as many as one answer may carry.
    pub(super) async fn serve(
        self: Arc<Self>,
        range: RangeInclusive<Height>,
        reply: Reply<Vec<RawDecidedValue<Ledger>>>,
    ) {
        if let Some(values) = self.blocking(move |d| d.collect(&range)).await {
            let _ = reply.send(values);
        }
    }

    /// The range is a peer's word: it is cut to what exists and to what one answer may carry.
    fn collect(&self, range: &RangeInclusive<Height>) -> Vec<RawDecidedValue<Ledger>> {
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

    /// Passes on what validators were caught at.
    pub(super) fn report(&self, height: Height, evidence: &MisbehaviorEvidence<Ledger>) {
        let mut found = BTreeSet::new();
        for (address, pairs) in &evidence.votes {
            for (one, other) in pairs {
                let text = format!(
                    "voted both {} and {} in round {}",
                    say(&one.value),
                    say(&other.value),
                    one.round
                );
                found.insert((address.kid(), text));
            }
        }
        for (address, pairs) in &evidence.proposals {
            for (one, other) in pairs {
                let text = format!(
                    "proposed both {} and {} in round {}",
                    one.value.0, other.value.0, one.round
                );
                found.insert((address.kid(), text));
            }
        }
        for (validator, text) in found {
            tracing::error!(height = height.0, %validator, "a validator contradicts itself: it {text}");
            if self.evidence.try_send(Evidence { validator, height: height.0, text }).is_err() {
                tracing::warn!(
                    "nobody reads the findings against validators; this one is in the log only"
                );
            }
        }
    }
}

fn say(value: &malachitebft_core_types::NilOrVal<ValueId>) -> String {
    match value {
        malachitebft_core_types::NilOrVal::Nil => "nil".to_owned(),
        malachitebft_core_types::NilOrVal::Val(id) => id.to_string(),
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
