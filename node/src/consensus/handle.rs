//! What the rest of the node holds of running agreement: publish, watch, stop.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::Arc,
};

use bytes::Bytes;
use countersign_record::Digest;
use tokio::{
    sync::{Notify, mpsc, watch},
    time::{Duration, Instant},
};

use super::{
    boundary::{Application, Fault, Members, Settings},
    engine,
    halt::Halt,
    horizon::Horizon,
    network::{self, Entries},
    voter::{Voter, Voters},
};

/// What this node is doing about the next batch.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Phase {
    /// Waiting for enough connected validators to begin.
    #[default]
    Starting,
    /// This node's turn to propose.
    Proposing,
    /// Another validator's turn; this node votes.
    Voting,
    /// This node is no validator of this height.
    Following,
    /// A quorum has decided; the batch is being written here.
    Committing,
    /// Nothing to record: waiting for an entry or the heartbeat.
    Idle,
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Starting => "starting",
            Self::Proposing => "proposing",
            Self::Voting => "voting",
            Self::Following => "following",
            Self::Committing => "committing",
            Self::Idle => "idle",
        })
    }
}

/// Where the rounds stand, as the loop reports it.
#[derive(Clone, Default)]
pub(crate) struct Progress {
    pub(crate) height: u64,
    pub(crate) round: u32,
    pub(crate) phase: Phase,
    pub(crate) last_fault: Option<Fault>,
}

/// A picture of agreement at one moment.
#[derive(Clone, Debug)]
pub struct Status {
    /// Last committed height.
    pub tip: u64,
    /// Height under agreement; `tip` while idle.
    pub height: u64,
    /// Round of that height. Above 0, something cost a turn.
    pub round: u32,
    /// What this node is doing about it.
    pub phase: Phase,
    /// Network keys of the connected members.
    pub connected: BTreeSet<[u8; 32]>,
    /// The last committed height that each connected member told, by network key: its word only.
    pub tips: BTreeMap<[u8; 32], u64>,
    /// Network keys of the members that run a validator and are not connected.
    pub missing: BTreeSet<[u8; 32]>,
    /// The last thing that went wrong in proposing, voting or syncing.
    pub last_fault: Option<Fault>,
    /// Why the double-sign guard lets this node sign nothing now.
    pub silence: Option<String>,
}

/// A validator was caught contradicting itself; the engine's log holds both signed messages.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Evidence {
    /// Thumbprint of its key.
    pub validator: Digest,
    /// Height at which it was caught.
    pub height: u64,
    /// What it did: "voted both … and … in round …".
    pub text: String,
}

/// How agreement ended on this node.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stopped {
    /// Whether [`Consensus::shutdown`] asked for it.
    pub asked: bool,
    /// The reason, as a sentence.
    pub reason: Fault,
}

/// What agreement hands to the node, each to be read by one task.
#[derive(Debug)]
pub struct Inbox {
    /// Entries that members sent: (network key of the sender, entry). They are unchecked bytes.
    /// While this is not read, only the lanes that carry entries stand still.
    pub entries: Entries,
    /// Findings against validators.
    pub evidence: mpsc::Receiver<Evidence>,
}

/// Running agreement. Cheap to clone; the last clone's end does not stop it, [`shutdown`] does.
///
/// [`shutdown`]: Self::shutdown
#[derive(Clone)]
pub struct Consensus {
    own_key: [u8; 32],
    voters: Voters,
    pub(crate) horizon: Arc<Horizon>,
    pub(crate) network: network::Handle,
    pub(crate) members: watch::Receiver<Members>,
    pub(crate) progress: watch::Receiver<Progress>,
    pub(crate) halt: Halt,
    pub(crate) ended: watch::Receiver<Option<Stopped>>,
}

/// The reason of an asked-for end.
pub(crate) const ASKED: &str = "this node was asked to stop";

impl Consensus {
    /// Starts agreement on top of `app`.
    ///
    /// `work` is notified whenever an entry joins an empty backlog; agreement is its only waiter.
    /// `members` is followed while running: who is not listed is disconnected at once.
    ///
    /// # Errors
    /// The keys or addresses in the settings are no such thing, the home folder cannot be used or
    /// is used by another process, or the validator set is empty.
    pub async fn start(
        settings: Settings,
        app: Arc<dyn Application>,
        members: watch::Receiver<Members>,
        work: Arc<Notify>,
    ) -> Result<(Self, Inbox), Fault> {
        engine::start(settings, app, members, work).await
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of which it is made, named once")]
    pub(crate) fn assemble(
        own_key: [u8; 32],
        voters: Voters,
        horizon: Arc<Horizon>,
        network: network::Handle,
        members: watch::Receiver<Members>,
        progress: watch::Receiver<Progress>,
        halt: Halt,
        ended: watch::Receiver<Option<Stopped>>,
    ) -> Self {
        Self { own_key, voters, horizon, network, members, progress, halt, ended }
    }

    /// Sends entries to every connected validator, many in one frame.
    ///
    /// Never waits. `false`, or a slow peer, means that some validators do not have them; they
    /// are then recorded when this node's own turn to propose comes.
    pub fn publish_entries(&self, entries: Vec<Bytes>) -> bool {
        entries.is_empty() || self.network.publish(entries)
    }

    /// Where agreement stands now.
    pub fn status(&self) -> Status {
        let progress = self.progress.borrow().clone();
        let connected = self.network.connected().borrow().clone();
        let missing = self
            .members
            .borrow()
            .iter()
            .filter(|(key, member)| {
                member.validator.is_some() && **key != self.own_key && !connected.contains(*key)
            })
            .map(|(key, _)| *key)
            .collect();
        Status {
            tip: self.horizon.tip(),
            height: progress.height,
            round: progress.round,
            phase: progress.phase,
            tips: self.horizon.tips(&connected),
            connected,
            missing,
            last_fault: progress.last_fault,
            silence: self
                .voters
                .in_use(&self.horizon.standing().set)
                .and_then(|voter| voter.guard.silence()),
        }
    }

    /// The network keys of the connected members, to be followed.
    pub fn connected(&self) -> watch::Receiver<BTreeSet<[u8; 32]>> {
        self.network.connected()
    }

    /// One more key to vote with, from the first height whose set it is in. Nothing stops for it.
    pub fn add_voter(&self, voter: Voter) {
        self.voters.add(voter);
    }

    /// Returns once agreement has ended on this node, with the reason.
    pub async fn stopped(&self) -> Stopped {
        let mut ended = self.ended.clone();
        match ended.wait_for(Option::is_some).await.map(|found| found.clone()) {
            Ok(Some(stopped)) => stopped,
            Ok(None) | Err(_) => Stopped { asked: false, reason: Fault::new("agreement ended") },
        }
    }

    /// Stops agreement: a commit that has begun is finished, the engine's files are released.
    pub async fn shutdown(&self) -> Stopped {
        self.halt.because(Fault::new(ASKED));
        self.stopped().await
    }
}

impl fmt::Debug for Consensus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Consensus").field("tip", &self.horizon.tip()).finish_non_exhaustive()
    }
}

/// A clock reading so long ago that every heartbeat is due.
pub(crate) fn long_ago(heartbeat: Duration) -> Instant {
    let now = Instant::now();
    now.checked_sub(heartbeat).unwrap_or(now)
}

/// The engine's and the network's counters as Prometheus text, for all nodes of this process.
pub fn metrics_text() -> String {
    let mut text = String::new();
    malachitebft_app_channel::app::metrics::export(&mut text);
    text
}
