//! What is answered to whom: the desk's word, taken from a blocking task.

use std::{collections::BTreeSet, ops::RangeInclusive, sync::Arc};

use bytes::Bytes;
use malachitebft_app_channel::{
    Reply,
    app::{
        engine::host::SyncedValueOutcome,
        types::{LocallyProposedValue, MisbehaviorEvidence, ProposedValue, sync::RawDecidedValue},
    },
};
use malachitebft_core_types::Round;

use super::{
    Address, Arrived, Decided, Driver, Evidence, Height, Ledger, LightValue, Undecided, ValueId,
    desk::head_of,
};

impl Driver {
    pub(super) async fn propose(
        self: Arc<Self>,
        height: Height,
        round: Round,
        reply: Reply<LocallyProposedValue<Ledger>>,
    ) {
        if round == Round::ZERO {
            self.gather().await;
        }
        let Some(made) = self.blocking(move |d| d.propose(height.0, round)).await else {
            return;
        };
        let undecided = match made {
            Ok(undecided) => undecided,
            Err(fault) => {
                tracing::error!(height = height.0, %round, "our turn passes without a proposal: {fault}");
                self.desk.show(|p| p.last_fault = Some(fault));
                return;
            }
        };
        let value = LightValue(undecided.id);
        let _ = reply.send(LocallyProposedValue::new(height, round, value));
        self.stream_undecided(undecided, round, Round::Nil).await;
    }

    async fn stream_undecided(&self, undecided: Undecided, round: Round, valid_round: Round) {
        self.stream(head_of(&undecided, round, valid_round), undecided.body).await;
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
        let kept = self.blocking(move |d| d.kept(height.0, id, proposer)).await;
        if let Some(undecided) = kept.flatten() {
            self.stream_undecided(undecided, round, valid_round).await;
        }
    }

    /// What is already here for a round.
    pub(super) async fn known_for_round(
        self: Arc<Self>,
        height: Height,
        round: Round,
        early: Vec<Arrived>,
        reply: Reply<Vec<ProposedValue<Ledger>>>,
    ) {
        let known = self.blocking(move |d| d.known_for_round(height.0, round, early)).await;
        if let Some(known) = known {
            let _ = reply.send(known);
        }
    }

    pub(super) async fn judge(&self, arrived: Arrived) -> Option<ProposedValue<Ledger>> {
        self.blocking(move |d| d.judge(arrived)).await?
    }

    /// Whether the decision is on the disk now.
    pub(super) async fn commit(&self, decided: Decided) -> bool {
        self.blocking(move |d| d.commit(decided)).await == Some(true)
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
