//! What the engine does around its core, imitated: answers to the 24 effects, the journal and its
//! replay, timers. Held against the sources of the engine's actor, version 0.8.2.

use futures::FutureExt as _;
use malachitebft_app_channel::app::{config::ConsensusConfig, engine::host::SyncedValueOutcome};
use malachitebft_codec::Codec as _;
use malachitebft_core_consensus::{
    ConsensusMsg, Effect, Error, Input, LivenessMsg, LocallyProposedValue, Params, Resumable as _,
    Resume, State, process,
};
use malachitebft_core_types::{
    CommitCertificate, Round, SignedMessage, ThresholdParam, ThresholdParams, Timeout, ValueOrigin,
    ValuePayload, ValueResponse, VoteExtensionPolicy,
};
use malachitebft_engine::wal::{decode_entry, encode_entry};
use malachitebft_signing::VerifierExt as _;

use super::{
    mutation::Mutation,
    node::Running,
    peers::Frame,
    world::{Event, Mail, World},
};
use crate::consensus::{
    app::desk::head_of,
    boundary::{Decided, Undecided},
    codec::Wire,
    context::{Address, Height, Ledger as Engine, LightValue, ValidatorSet},
    parts::cut,
    signing::is_withheld_again,
};

type Answer = Option<Resume<Engine>>;

/// What the core made of an input; nothing where the node died meanwhile.
type Outcome = Option<Result<(), Error<Engine>>>;

impl World {
    /// Begins a height: the core first, then what the journal holds of it.
    pub(super) fn start_height(&mut self, n: usize, height: u64, again: bool) {
        let quorum = match self.mutation {
            Some(Mutation::TakesAShortQuorum) => ThresholdParam::F_PLUS_ONE,
            _ => ThresholdParam::TWO_F_PLUS_ONE,
        };
        let forgets = self.mutation == Some(Mutation::ForgetsItsLock);
        let me = self.nodes[n].me;
        let founders = self.parties.genesis().validators().unwrap();
        let stuck = self.mutation == Some(Mutation::IgnoresChangesOfTheSet);
        let Some(running) = &mut self.nodes[n].running else { return };
        let set = match stuck {
            true => ValidatorSet::of(&founders).unwrap(),
            false => running.desk.horizon.standing().set,
        };
        running.voting = set.power_of(&me.kid()) > 0;
        running.idle = false;
        running.begun = running.begun.min(height - 1);
        let Some(entries) = running.fetch(height, again || !running.voting) else {
            return self.crash(n, "its journal failed");
        };
        if running.core.is_none() {
            let params = Params {
                address: me,
                threshold_params: ThresholdParams { quorum, ..ThresholdParams::default() },
                value_payload: ValuePayload::ProposalAndParts,
                enabled: true,
            };
            let config = ConsensusConfig::default();
            running.core = Some(Box::new(State::new(
                Engine,
                Height(height),
                set.clone(),
                params,
                config.queue_capacity,
                config.queue_per_height_capacity,
            )));
        }
        let policy = VoteExtensionPolicy::Disabled;
        self.drive(n, Input::StartHeight(Height(height), set, again, None, policy));
        if !entries.is_empty() && !forgets {
            self.replay(n, entries);
        }
        self.feed_synced(n);
    }

    fn replay(&mut self, n: usize, entries: Vec<Input<Engine>>) {
        let life = self.nodes[n].life;
        let count = entries.len();
        self.tell(format!("node {n} reads {count} entries of its journal again"));
        if let Some(running) = &mut self.nodes[n].running
            && let Some(core) = &mut running.core
        {
            running.recovering = true;
            core.record_recovered_own_precommit_extensions(&entries);
            core.index_wal_entries(&entries);
        }
        for entry in entries {
            self.drive(n, entry);
        }
        if self.nodes[n].life == life
            && let Some(running) = &mut self.nodes[n].running
            && let Some(core) = &mut running.core
        {
            core.reset_entries_index();
            running.recovering = false;
        }
    }

    /// Gives the core an input. The core is out of the node meanwhile, so that the answers may
    /// change everything else; a node that dies takes its half-changed core with it.
    pub(super) fn drive(&mut self, n: usize, input: Input<Engine>) {
        let Some(running) = &mut self.nodes[n].running else { return };
        let Some(mut core) = running.core.take() else { return };
        let metrics = running.metrics.clone();
        self.trace.step(self.now, n, &input);
        match self.process(n, &mut core, &metrics, input) {
            None => self.crash(n, "in the middle of a step"),
            Some(Ok(())) => {
                if let Some(running) = &mut self.nodes[n].running {
                    running.core = Some(core);
                }
            }
            // Any error out of the core stops the engine.
            Some(Err(e)) => {
                if self.nodes[n].is_honest() {
                    self.violation(format!("the core of node {n} gives up: {e}"));
                }
                self.crash(n, "its core gave up");
            }
        }
    }

    fn process(
        &mut self,
        n: usize,
        core: &mut State<Engine>,
        metrics: &malachitebft_app_channel::app::metrics::Metrics,
        input: Input<Engine>,
    ) -> Outcome {
        let done: Result<(), Error<Engine>> = process!(
            input: input,
            state: core,
            metrics: metrics,
            with: effect => match self.effect(n, effect) {
                Some(resume) => Ok::<_, String>(resume),
                None => return None,
            }
        );
        Some(done)
    }

    /// Answers one effect; nothing where the node dies at it.
    fn effect(&mut self, n: usize, effect: Effect<Engine>) -> Answer {
        self.trace.step(self.now, n, &effect);
        if let Some(left) = &mut self.nodes[n].fuse {
            *left = left.checked_sub(1)?;
        }
        match effect {
            Effect::CancelAllTimeouts(r) => {
                self.alive(n)?.timers.clear();
                Some(r.resume_with(()))
            }
            Effect::CancelTimeout(timeout, r) => {
                self.alive(n)?.timers.retain(|(t, _)| *t != timeout);
                Some(r.resume_with(()))
            }
            Effect::ScheduleTimeout(timeout, r) => {
                self.schedule(n, timeout)?;
                Some(r.resume_with(()))
            }
            Effect::StartRound(height, round, _, _, r) => {
                self.sync_journal(n)?;
                self.on_round(n, height, round)?;
                Some(r.resume_with(()))
            }
            Effect::GetValue(height, round, _, r) => {
                self.work(n, 5, Mail::Propose(height, round));
                Some(r.resume_with(()))
            }
            Effect::RestreamProposal(height, round, valid_round, proposer, id, r) => {
                let kept = self.alive(n)?.desk.kept(height.0, id, proposer);
                if let Some(kept) = kept {
                    self.stream(n, &kept, round, valid_round);
                }
                Some(r.resume_with(()))
            }
            Effect::Decide(certificate, _, r) => {
                self.sync_journal(n)?;
                self.on_decision(n, certificate)?;
                Some(r.resume_with(()))
            }
            Effect::Finalize(certificate, _, evidence, r) => {
                self.check_evidence(n, &evidence);
                self.alive(n)?.finalized = certificate.height.0;
                Some(r.resume_with(()))
            }
            Effect::WalAppend(height, input, r) => {
                self.alive(n)?.append(height, input)?;
                Some(r.resume_with(()))
            }
            Effect::CertVerifiedSyncValue(value, proposer, r) => {
                self.work(n, 5, Mail::Synced(Box::new(value), proposer));
                Some(r.resume_with(()))
            }
            Effect::CertRejectedSyncValue(peer, height, _, r) => {
                self.blame(n, peer, height.0);
                Some(r.resume_with(()))
            }
            other => self.spoken(n, other),
        }
    }

    /// The effects that say something to the others.
    fn spoken(&mut self, n: usize, effect: Effect<Engine>) -> Answer {
        match effect {
            Effect::PublishConsensusMsg(message, r) => {
                self.sync_journal(n)?;
                self.publish(n, message);
                Some(r.resume_with(()))
            }
            Effect::PublishLivenessMsg(message, r) => {
                self.say_again(n, &message);
                Some(r.resume_with(()))
            }
            Effect::RepublishVote(vote, r) => {
                self.say_again(n, &LivenessMsg::Vote(vote));
                Some(r.resume_with(()))
            }
            Effect::RepublishRoundCertificate(certificate, r) => {
                self.say_again(n, &LivenessMsg::SkipRoundCertificate(certificate));
                Some(r.resume_with(()))
            }
            other => self.alive(n)?.signed(other),
        }
    }

    fn say_again(&mut self, n: usize, message: &LivenessMsg<Engine>) {
        if is_withheld_again(message) {
            return;
        }
        let bytes = Wire.encode(message).unwrap();
        self.send_to_all(n, &Frame::Liveness(bytes));
    }

    fn alive(&mut self, n: usize) -> Option<&mut Running> {
        self.nodes[n].running.as_mut()
    }

    fn schedule(&mut self, n: usize, timeout: Timeout) -> Option<()> {
        let after = self.timeouts.duration_for(timeout);
        let id = self.number();
        let life = self.nodes[n].life;
        let running = self.alive(n)?;
        running.timers.retain(|(t, _)| *t != timeout);
        running.timers.push((timeout, id));
        let after = u64::try_from(after.as_micros()).unwrap();
        self.at(after, Event::Timer { node: n, life, id });
        Some(())
    }

    pub(super) fn on_timer(&mut self, n: usize, id: u64) {
        let Some(running) = self.alive(n) else { return };
        let Some(at) = running.timers.iter().position(|(_, i)| *i == id) else { return };
        let (timeout, _) = running.timers.remove(at);
        self.drive(n, Input::TimeoutElapsed(timeout));
    }

    /// What is known for a round, kept or early, comes back as values.
    fn on_round(&mut self, n: usize, height: Height, round: Round) -> Option<()> {
        let running = self.alive(n)?;
        let early = running.assembly.take_early(height.0);
        let known = running.desk.known_for_round(height.0, round, early);
        for value in known {
            self.mail(n, 0, Mail::Value(Box::new(value), ValueOrigin::Consensus));
        }
        Some(())
    }

    fn on_decision(&mut self, n: usize, certificate: CommitCertificate<Engine>) -> Option<()> {
        self.check_decision(n, &certificate);
        let single =
            |s: &malachitebft_core_types::CommitSignature<Engine>| (s.address.kid(), s.signature.0);
        let decided = Decided {
            height: certificate.height.0,
            round: certificate.round.as_u32().unwrap_or(0),
            id: certificate.value_id,
            signatures: certificate.commit_signatures.iter().map(single).collect(),
        };
        self.alive(n)?.begun = decided.height;
        self.work(n, 10, Mail::Commit(decided));
        Some(())
    }

    fn sync_journal(&mut self, n: usize) -> Option<()> {
        let lazy = self.mutation == Some(Mutation::SpeaksBeforeSyncing);
        let running = self.alive(n)?;
        if running.recovering || !running.voting || lazy {
            return Some(());
        }
        running.journal.flush().ok()
    }

    /// Our turn: the value first, then its body.
    pub(super) fn propose(&mut self, n: usize, height: Height, round: Round) {
        let Some(running) = self.alive(n) else { return };
        if running.ledger.tip().height + 1 != height.0 {
            return;
        }
        match running.desk.propose(height.0, round) {
            Ok(made) => {
                let value = LightValue(made.id);
                self.drive(n, Input::Propose(LocallyProposedValue::new(height, round, value)));
                self.stream(n, &made, round, Round::Nil);
            }
            Err(fault) => self.tell(format!("node {n} lets its turn pass: {fault}")),
        }
    }

    pub(super) fn stream(&mut self, n: usize, made: &Undecided, round: Round, valid: Round) {
        let Some(running) = self.alive(n) else { return };
        running.streams += 1;
        let parts = cut(head_of(made, round, valid), &made.body, running.streams);
        for part in parts {
            let bytes = Wire.encode(&part).unwrap();
            self.send_to_all(n, &Frame::Part(bytes));
        }
    }

    /// The desk's word on a batch that came by sync.
    pub(super) fn on_synced(&mut self, n: usize, value: ValueResponse<Engine>, by: Address) {
        let certificate = &value.certificate;
        let (height, round) = (certificate.height, certificate.round);
        let Some(running) = self.alive(n) else { return };
        match running.desk.judge_synced(height, round, by, value.value_bytes.clone()) {
            Some(SyncedValueOutcome::Verdict(mut proposed))
                if proposed.value.0 == certificate.value_id =>
            {
                proposed.round = round;
                self.drive(n, Input::ProposedValue(proposed, ValueOrigin::Sync));
            }
            Some(SyncedValueOutcome::LocalTransientError) | None => {}
            Some(_) => self.blame(n, value.peer, height.0),
        }
    }
}

impl Running {
    /// What the journal holds of a height; it begins anew where it is of another. Nothing where it
    /// cannot be read or written.
    fn fetch(&mut self, height: u64, anew: bool) -> Option<Vec<Input<Engine>>> {
        if anew || self.journal.sequence() != height {
            self.journal.reset(height).ok()?;
            return Some(Vec::new());
        }
        let entries = self.journal.iter().ok()?;
        entries.map(|entry| decode_entry(&Wire, &entry.ok()?[..]).ok()).collect()
    }

    fn append(&mut self, height: Height, input: Input<Engine>) -> Option<()> {
        if self.recovering || !self.voting || self.journal.sequence() != height.0 {
            return Some(());
        }
        let mut bytes = Vec::new();
        encode_entry(input, &Wire, &mut bytes).ok()?;
        self.journal.append(bytes).ok()
    }

    /// The effects that sign, or check what others signed. The futures never wait.
    fn signed(&mut self, effect: Effect<Engine>) -> Answer {
        let now = "a signature that waits for something";
        Some(match effect {
            Effect::SignVote(vote, r) => {
                let signed = malachitebft_signing::Signer::sign_vote(&self.hand, vote);
                r.resume_with(signed.now_or_never().expect(now).ok()?)
            }
            Effect::SignProposal(proposal, r) => {
                let signed = malachitebft_signing::Signer::sign_proposal(&self.hand, proposal);
                r.resume_with(signed.now_or_never().expect(now).ok()?)
            }
            Effect::VerifySignature(message, key, r) => {
                r.resume_with(self.is_signed(message, &key))
            }
            Effect::VerifyCommitCertificate(certificate, set, thresholds, r) => {
                let found =
                    self.checker.verify_commit_certificate(&Engine, &certificate, &set, thresholds);
                r.resume_with(found.now_or_never().expect(now))
            }
            Effect::VerifyExtendedCommitCertificate(certificate, set, thresholds, policy, r) => {
                let found = self.checker.verify_extended_commit_certificate(
                    &Engine,
                    &certificate,
                    &set,
                    thresholds,
                    policy,
                );
                r.resume_with(found.now_or_never().expect(now))
            }
            Effect::VerifyPolkaCertificate(certificate, set, thresholds, r) => {
                let found =
                    self.checker.verify_polka_certificate(&Engine, &certificate, &set, thresholds);
                r.resume_with(found.now_or_never().expect(now))
            }
            Effect::VerifyRoundCertificate(certificate, set, thresholds, r) => {
                let found =
                    self.checker.verify_round_certificate(&Engine, &certificate, &set, thresholds);
                r.resume_with(found.now_or_never().expect(now))
            }
            other => panic!("vote extensions are switched off: {other:?}"),
        })
    }

    fn is_signed(
        &self,
        message: SignedMessage<Engine, ConsensusMsg<Engine>>,
        key: &ed25519_dalek::VerifyingKey,
    ) -> bool {
        use malachitebft_signing::Verifier as _;
        let signature = &message.signature;
        let found = match &message.message {
            ConsensusMsg::Vote(vote) => {
                self.checker.verify_signed_vote(vote, signature, key).now_or_never()
            }
            ConsensusMsg::Proposal(proposal) => {
                self.checker.verify_signed_proposal(proposal, signature, key).now_or_never()
            }
        };
        found.expect("a check that waits").is_ok_and(|found| found.is_valid())
    }
}
