//! One generation of the engine after the other, on the same ground: the engine is bound to one key
//! from its start to its end, so where this node votes with another key from a height on, it is
//! begun anew there. Network, ledger and interface stay up meanwhile.

use std::{
    path::PathBuf,
    sync::{Arc, Weak, atomic::AtomicU64},
    time::Duration,
};

use malachitebft_app_channel::{
    ConsensusContext, EngineBuilder, EngineHandle, RequestContext, SyncContext, WalContext,
};
use tokio::{
    sync::{Notify, mpsc, watch},
    task::JoinHandle,
    time::{self, Instant},
};

use super::{
    app::{Driver, Loop, desk::Desk},
    boundary::{Application, Fault, Members, Settings},
    codec::Wire,
    context::{Address, Ledger},
    engine::{begin_log_anew, config, linear, probe},
    guard::Journal,
    halt::Halt,
    handle::{ASKED, Evidence, Progress, Stopped, long_ago},
    horizon::Horizon,
    limits, network,
    signing::{Checker, Hand},
    voter::Voters,
};

/// The reason of an end after which the engine begins anew.
pub(super) const TURNS: &str = "this node votes with another key from the next height on";

/// What all generations share.
pub(super) struct Ground {
    pub(super) settings: Settings,
    pub(super) own_key: [u8; 32],
    pub(super) app: Arc<dyn Application>,
    pub(super) members: watch::Receiver<Members>,
    pub(super) work: Arc<Notify>,
    pub(super) horizon: Arc<Horizon>,
    /// Ends the node.
    pub(super) halt: Halt,
    pub(super) network: network::Handle,
    pub(super) door: network::Door,
    pub(super) progress: watch::Sender<Progress>,
    pub(super) evidence: mpsc::Sender<Evidence>,
    /// The engine's log.
    pub(super) log: PathBuf,
}

/// A running engine.
struct Generation {
    engine: EngineHandle,
    answering: JoinHandle<()>,
    /// Ends this generation.
    halt: Halt,
    /// The last tasks that use the application, and with it the ledger's files.
    desk: Weak<Desk>,
}

/// What one generation leaves to the next.
struct Left {
    committed_at: Instant,
    synced: u64,
}

impl Ground {
    /// Starts the first generation, and a task that watches over it and all that follow. What comes
    /// back tells how it ended.
    pub(super) async fn begin(self) -> Result<watch::Receiver<Option<Stopped>>, Fault> {
        let left = Left { committed_at: long_ago(self.settings.heartbeat), synced: 0 };
        let first = self.raise(1, left).await?;
        let (ended_tx, ended) = watch::channel(None);
        tokio::spawn(self.watch_over(first, ended_tx));
        Ok(ended)
    }

    /// Watches until the node stops.
    async fn watch_over(self, first: Generation, ended: watch::Sender<Option<Stopped>>) {
        let mut current = first;
        for number in 2.. {
            let reason = current.ends(&self.halt).await;
            let turns = reason.0 == TURNS && !self.halt.is_called();
            say(&reason, turns);
            let left = self.clear(current, &reason).await;
            if !turns {
                self.halt.because(reason);
                break;
            }
            match self.raise(number, left).await {
                Ok(next) => current = next,
                Err(fault) => {
                    say(&fault, false);
                    self.halt.because(fault);
                    break;
                }
            }
        }
        let reason = self.halt.called().await;
        self.door.close();
        ended.send_replace(Some(Stopped { asked: reason.0 == ASKED, reason }));
    }

    async fn raise(&self, number: u32, left: Left) -> Result<Generation, Fault> {
        let standing = self.horizon.standing();
        let halt = Halt::new();
        let checker = Checker::new(self.settings.network);
        let voter = self.settings.voters.in_use(&standing.set);
        let (me, context) = match &voter {
            Some(voter) => {
                let me = voter.address();
                let mut journal = Journal::read(&self.log, &checker, me)?;
                journal.look_for_bodies(&*self.app, standing.tip)?;
                voter.guard.begin(standing.tip, &journal)?;
                if !voter.guard.signs_at(standing.tip + 1) {
                    begin_log_anew(&self.log)?;
                }
                let checker = checker.looking_out(voter, halt.clone());
                let horizon = self.horizon.clone();
                let hand = Hand::new(checker.clone(), voter.clone(), horizon, halt.clone());
                (me, ConsensusContext::new_validator(me, Box::new(checker), Box::new(hand)))
            }
            None => {
                // A follower votes under no name; its network key's thumbprint is in no set.
                let me = Address(countersign_record::keys::thumbprint(&self.own_key).0);
                (me, ConsensusContext::new_full_node(me, Box::new(checker)))
            }
        };
        // Each engine of a process counts under a name of its own.
        let name = match number {
            1 => self.settings.name.clone(),
            _ => format!("{}-{number}", self.settings.name),
        };
        let built = EngineBuilder::new(Ledger, config(&name))
            .with_default_wal(WalContext::new(self.log.clone(), Wire))
            .with_custom_network(self.door.actor().await?, self.door.parts())
            .with_default_sync(SyncContext::new(Wire))
            .with_default_consensus(context)
            .with_default_request(RequestContext::new(limits::COMMAND_QUEUE))
            .build()
            .await;
        let (channels, engine) = built
            .map_err(|e| Fault(format!("the agreement engine could not be started: {e:#}")))?;
        let desk = Desk::new(
            self.app.clone(),
            me,
            self.settings.voters.clone(),
            self.horizon.clone(),
            halt.clone(),
            self.progress.clone(),
            left.committed_at,
        );
        desk.synced.store(left.synced, std::sync::atomic::Ordering::Release);
        let desk = Arc::new(desk);
        let held = Arc::downgrade(&desk);
        let driver = self.driver(desk, channels.network.clone());
        let answering = tokio::spawn(Loop::new(Arc::new(driver)).run(channels.consensus));
        Ok(Generation { engine, answering, halt, desk: held })
    }

    fn driver(
        &self,
        desk: Arc<Desk>,
        parts: mpsc::Sender<malachitebft_app_channel::NetworkMsg<Ledger>>,
    ) -> Driver {
        Driver {
            desk,
            network: self.network.clone(),
            parts,
            members: self.members.clone(),
            work: self.work.clone(),
            timeouts: linear(self.settings.timeouts),
            heartbeat: self.settings.heartbeat,
            evidence: self.evidence.clone(),
            streams: AtomicU64::new(first_stream_number()),
        }
    }

    /// Ends what is left of a generation.
    async fn clear(&self, generation: Generation, reason: &Fault) -> Left {
        let Generation { engine, answering, desk, .. } = generation;
        let left = desk.upgrade().map(|desk| Left {
            committed_at: desk.committed_at(),
            synced: desk.synced.load(std::sync::atomic::Ordering::Acquire),
        });
        let left = left
            .unwrap_or_else(|| Left { committed_at: long_ago(self.settings.heartbeat), synced: 0 });
        // The loop first: it finishes a commit that has begun. It ends on its own, as told.
        if !answering.is_finished() {
            let _ = answering.await;
        }
        let half = limits::SHUTDOWN_MAX / 2;
        let actor = engine.actor;
        actor.get_cell().stop_children_and_wait(Some(reason.0.clone()), Some(half)).await;
        if actor.stop_and_wait(Some(reason.0.clone()), Some(half)).await.is_err() {
            actor.kill();
        }
        self.network.forget_the_engine();
        self.release(&desk).await;
        left
    }

    /// Waits until the engine's thread and our last tasks have let go of what a restart in the same
    /// process must find free: the log, locked by a thread of its own, and the ledger.
    async fn release(&self, desk: &Weak<Desk>) {
        let freed = async {
            while matches!(probe(&self.log), Ok(false)) || desk.strong_count() > 0 {
                time::sleep(Duration::from_millis(5)).await;
            }
        };
        if time::timeout(limits::SHUTDOWN_MAX, freed).await.is_err() {
            tracing::warn!("the consensus log or the ledger is still held by an unfinished task");
        }
    }
}

impl Generation {
    /// Returns with any reason to end, whoever has it first.
    async fn ends(&mut self, node: &Halt) -> Fault {
        let Self { engine, answering, halt, .. } = self;
        tokio::select! {
            _ = halt.called() => {}
            reason = node.called() => halt.because(reason),
            _ = &mut engine.handle => halt.because(Fault::new(
                "the agreement engine ended unexpectedly; the log has its last words",
            )),
            // The engine lets its host go and stays on only when going on could sign twice.
            _ = answering => halt.because(Fault::new(
                "the agreement engine stopped for safety: its own log could not be written or read; \
                 repair the disk before this node is started again",
            )),
        }
        halt.called().await
    }
}

fn say(reason: &Fault, expected: bool) {
    if expected || reason.0 == ASKED {
        tracing::info!("agreement stops: {reason}");
    } else {
        tracing::error!("agreement stops: {reason}");
    }
}

/// Our part streams are numbered from the clock, so that a restart does not repeat a number
/// while a peer still holds the old stream's beginning.
fn first_stream_number() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |t| u64::try_from(t.as_micros()).unwrap_or(0))
}

/// Whether another of these keys votes from the next height on than the one in use.
pub(super) fn turns(voters: &Voters, me: Address, horizon: &Horizon) -> bool {
    voters.in_set(&horizon.standing().set).is_some_and(|voter| voter.address() != me)
}
