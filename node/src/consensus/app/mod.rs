//! Answers the engine: one loop that stays quick, and blocking tasks that do the work.
//!
//! The engine's host actor waits for most answers before it sends the next question, so at most
//! one proposal is built or validated at a time; only a commit and the pause before the next
//! height run beside it. Order matters in two places, both said where they are: a body is kept
//! before it is answered for, and nothing of height h + 1 is executed before h is committed.

mod answers;
pub(crate) mod desk;
mod pacing;

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use bytes::Bytes;
use malachitebft_app_channel::{
    AppMsg, NetworkMsg, Reply,
    app::{consensus::VoteExtensionError, types::ProposedValue},
};
use malachitebft_core_consensus::Role;
use malachitebft_core_types::{
    CommitCertificate, Context as _, HeightParams, LinearTimeouts, Round, Validator as _,
};
use malachitebft_engine::host::Next;
use tokio::{
    sync::{Notify, mpsc, watch},
    task::JoinHandle,
    time::Duration,
};

use super::{
    boundary::{Decided, Fault, Members, Undecided, ValueId},
    context::{Address, Height, Ledger, LightValue, PartHead},
    generation::{TURNS, turns},
    handle::{Evidence, Phase},
    horizon::Standing,
    limits, network,
    parts::{Arrived, Assembly, charge, cut},
};

use self::{desk::Desk, pacing::waits};

/// What the loop and its tasks share.
pub(crate) struct Driver {
    pub(crate) desk: Arc<Desk>,
    pub(crate) network: network::Handle,
    pub(crate) parts: mpsc::Sender<NetworkMsg<Ledger>>,
    pub(crate) members: watch::Receiver<Members>,
    pub(crate) work: Arc<Notify>,
    pub(crate) timeouts: LinearTimeouts,
    pub(crate) heartbeat: Duration,
    pub(crate) evidence: mpsc::Sender<Evidence>,
    /// Numbers our part streams.
    pub(crate) streams: AtomicU64,
}

impl Driver {
    fn params(&self, standing: &Standing) -> HeightParams<Ledger> {
        let proposer = Ledger.select_proposer(&standing.set, Height(standing.tip + 1), Round::ZERO);
        let here = self.is_here(&proposer.address().kid());
        HeightParams::new(standing.set.clone(), waits(self.timeouts, here), None)
    }

    /// Runs blocking work of the application. A panic there is a bug that must not be voted past.
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Desk) -> T + Send + 'static,
    ) -> Option<T> {
        let desk = self.desk.clone();
        match tokio::task::spawn_blocking(move || work(&desk)).await {
            Ok(done) => Some(done),
            Err(e) => {
                self.desk.halt.because(Fault(format!(
                    "the node stopped itself because of an error in its own program: {e}"
                )));
                None
            }
        }
    }

    /// Sends the parts of a body. Waits for the network's task, never for a peer.
    async fn stream(&self, head: PartHead, body: Bytes) {
        let number = self.streams.fetch_add(1, Ordering::Relaxed);
        for part in cut(head, &body, number) {
            if self.parts.send(NetworkMsg::PublishProposalPart(part)).await.is_err() {
                return;
            }
        }
    }
}

/// The loop's own state.
pub(crate) struct Loop {
    driver: Arc<Driver>,
    assembly: Assembly,
    /// The height whose commit was begun last, and its task.
    commit: Option<(u64, JoinHandle<()>)>,
}

impl Loop {
    pub(crate) fn new(driver: Arc<Driver>) -> Self {
        Self { driver, assembly: Assembly::default(), commit: None }
    }

    /// Runs until the engine ends or a stop is called; lets a commit that has begun finish.
    pub(crate) async fn run(mut self, mut messages: mpsc::Receiver<AppMsg<Ledger>>) {
        let halt = self.driver.desk.halt.clone();
        loop {
            tokio::select! {
                biased;
                _ = halt.called() => break,
                message = messages.recv() => match message {
                    Some(message) => self.on_message(message),
                    None => break,
                },
            }
        }
        if let Some((_, commit)) = self.commit.take() {
            let _ = commit.await;
        }
    }

    fn on_message(&mut self, message: AppMsg<Ledger>) {
        let driver = self.driver.clone();
        match message {
            AppMsg::ConsensusReady { reply } => {
                tokio::spawn(async move { driver.begin(reply).await });
            }
            AppMsg::StartedRound { height, round, role, reply_value, .. } => {
                self.on_round(height, round, role, reply_value);
            }
            AppMsg::GetValue { height, round, reply, .. } => {
                tokio::spawn(async move { driver.propose(height, round, reply).await });
            }
            AppMsg::ReceivedProposalPart { from, part, reply, .. } => {
                driver.network.give_back(&from, charge(&part));
                match self.assembly.take(from, part) {
                    Some(arrived) => self.on_body(from, arrived, reply),
                    None => drop(reply.send(None)),
                }
                driver.network.holds_bodies(self.assembly.bytes());
            }
            AppMsg::RestreamProposal { height, round, valid_round, address, value_id } => {
                tokio::spawn(async move {
                    driver.propose_again(height, round, valid_round, address, value_id).await;
                });
            }
            AppMsg::Decided { certificate, reply, .. } => self.on_decided(certificate, reply),
            AppMsg::Finalized { certificate, evidence, reply, .. } => {
                driver.report(certificate.height, &evidence);
                driver.network.forgive_credits();
                self.assembly.forget_up_to(driver.desk.horizon.tip());
                driver.network.holds_bodies(self.assembly.bytes());
                tokio::spawn(async move { driver.next_height(certificate.height, reply).await });
            }
            AppMsg::GetHistoryMinHeight { reply } => {
                tokio::spawn(async move {
                    if let Some(first) = driver.blocking(|d| d.app.first_height()).await {
                        let _ = reply.send(Height(first));
                    }
                });
            }
            AppMsg::GetDecidedValues { range, reply } => {
                tokio::spawn(async move { driver.serve(range, reply).await });
            }
            AppMsg::ProcessSyncedValue { height, round, proposer, value_bytes, reply } => {
                tokio::spawn(async move {
                    driver.take_synced(height, round, proposer, value_bytes, reply).await;
                });
            }
            // Vote extensions are switched off; these two are answered all the same.
            AppMsg::ExtendVote { reply, .. } => drop(reply.send(None)),
            AppMsg::VerifyVoteExtensions { extensions, reply, .. } => {
                let refused =
                    |(address, _)| (address, Err(VoteExtensionError::InvalidVoteExtension));
                let _ = reply.send(extensions.into_iter().map(refused).collect());
            }
        }
    }

    /// The engine stands still until this is answered, with what is known for the round.
    fn on_round(
        &mut self,
        height: Height,
        round: Round,
        role: Role,
        reply: Reply<Vec<ProposedValue<Ledger>>>,
    ) {
        let driver = self.driver.clone();
        // A height that is begun again was not committed: bodies for it are welcome.
        if self.commit.as_ref().is_some_and(|(begun, _)| *begun >= height.0) {
            self.commit = None;
        }
        driver.desk.show(|p| {
            p.height = height.0;
            p.round = round.as_u32().unwrap_or(0);
            p.phase = match role {
                Role::Proposer => Phase::Proposing,
                Role::Validator => Phase::Voting,
                Role::None => Phase::Following,
            };
        });
        let early = self.assembly.take_early(height.0);
        tokio::spawn(async move { driver.known_for_round(height, round, early, reply).await });
    }

    /// A body has arrived whole: validate it now if its height has come.
    fn on_body(
        &mut self,
        from: network::EnginePeerId,
        arrived: Arrived,
        reply: Reply<Option<ProposedValue<Ledger>>>,
    ) {
        let driver = self.driver.clone();
        let height = arrived.head.height.0;
        let tip = driver.desk.horizon.tip();
        let begun = self.commit.as_ref().map_or(0, |(height, _)| *height).max(tip);
        if height <= begun {
            drop(reply.send(None));
        } else if height == begun + 1 {
            // The engine's questions wait behind this answer, but the commit that it may itself
            // wait for has begun already and needs none of them.
            tokio::spawn(async move {
                if driver.committed(begun).await {
                    let _ = reply.send(driver.judge(arrived).await);
                }
            });
        } else {
            // Waiting here would keep the very decision away that the body waits for.
            self.assembly.keep_early(from, arrived);
            drop(reply.send(None));
        }
    }

    /// A quorum has precommitted: what follows is the one write that makes it so on this disk.
    fn on_decided(&mut self, certificate: CommitCertificate<Ledger>, reply: Reply<()>) {
        let driver = self.driver.clone();
        let height = certificate.height.0;
        driver.desk.show(|p| p.phase = Phase::Committing);
        let decided = Decided {
            height,
            round: certificate.round.as_u32().unwrap_or(0),
            id: certificate.value_id,
            signatures: certificate
                .commit_signatures
                .iter()
                .map(|s| (s.address.kid(), s.signature.0))
                .collect(),
        };
        let task = tokio::spawn(async move {
            if driver.commit(decided).await {
                let _ = reply.send(());
            }
        });
        self.commit = Some((height, task));
    }
}

impl Driver {
    /// The first height starts when a quorum could answer, or after a while without.
    async fn begin(&self, reply: Reply<(Height, HeightParams<Ledger>)>) {
        self.wait_for_company().await;
        self.wait_for_room().await;
        let standing = self.desk.horizon.standing();
        tracing::info!(height = standing.tip + 1, "agreement begins");
        let _ = reply.send((Height(standing.tip + 1), self.params(&standing)));
    }

    /// Answers when the next height may begin, or this one again where its body is not here.
    async fn next_height(&self, height: Height, reply: Reply<Next<Ledger>>) {
        tokio::select! {
            committed = self.committed(height.0) => if !committed {
                return;
            },
            () = self.body_missing(height.0) => {
                let params = self.params(&self.desk.horizon.standing());
                drop(reply.send(Next::Restart(height, params)));
                return;
            }
        }
        if turns(&self.desk.voters, self.desk.me, &self.desk.horizon) {
            return self.desk.halt.because(Fault::new(TURNS));
        }
        let standing = self.desk.horizon.standing();
        self.desk.show(|p| p.phase = Phase::Idle);
        self.pause(standing.tip).await;
        self.wait_for_room().await;
        if !self.desk.halt.is_called() {
            let _ = reply.send(Next::Start(Height(standing.tip + 1), self.params(&standing)));
        }
    }

    /// Returns once the body of a decided height has turned out not to be here.
    async fn body_missing(&self, height: u64) {
        let mut missing = self.desk.missing.subscribe();
        // The sender lives in `self`: this ends only with the condition. What it answers is a lock,
        // which has to go before the next line writes.
        let _ = missing.wait_for(|m| m.to_begin_again && m.height == height).await.is_ok();
        self.desk.missing.send_modify(|m| m.to_begin_again = false);
    }

    /// Waits for a commit that has begun; `false` if the node stops instead.
    async fn committed(&self, height: u64) -> bool {
        let mut standings = self.desk.horizon.follow();
        tokio::select! {
            _ = self.desk.halt.called() => false,
            done = standings.wait_for(|s| s.tip >= height) => done.is_ok(),
        }
    }
}
