//! Puts the engine together with our network, codec, keys and loop, and watches over its end.

use std::{
    fs::{self, File, TryLockError},
    io::Read as _,
    path::{Path, PathBuf},
    sync::{Arc, Weak, atomic::AtomicU64},
    time::Duration,
};

use bytesize::ByteSize;
use malachitebft_app_channel::{
    ConsensusContext, EngineBuilder, EngineHandle, RequestContext, SyncContext, WalContext,
    app::config::{ConsensusConfig, NodeConfig, ValuePayload, ValueSyncConfig},
};
use malachitebft_core_types::LinearTimeouts;
use tokio::{
    sync::{Notify, mpsc, watch},
    task::JoinHandle,
    time,
};

use super::{
    app::{Driver, Loop, desk::Desk},
    boundary::{Application, Fault, Members, Settings, Timeouts},
    codec::Wire,
    context::{Address, Ledger},
    halt::Halt,
    handle::{ASKED, Consensus, Inbox, Progress, Stopped, long_ago},
    horizon::{Horizon, Standing},
    limits, network,
    signing::{Checker, Hand},
};

/// The engine's write-ahead log inside the home folder.
const LOG_FILE: &str = "consensus.wal";
/// What the engine writes before the first entry of its log, bytes.
pub(crate) const LOG_HEADER_BYTES: u64 = 12;
/// The longest that any step of a round waits.
const ROUND_WAIT_MAX: Duration = Duration::from_secs(5);
/// Votes are small: their waits grow by this part of what a proposal's grows by.
const VOTE_SHARE: u32 = 4;

/// The engine's own settings; the parts about its built-in network stay unused.
struct Config {
    name: String,
    consensus: ConsensusConfig,
    sync: ValueSyncConfig,
}

impl NodeConfig for Config {
    fn moniker(&self) -> &str {
        &self.name
    }
    fn consensus(&self) -> &ConsensusConfig {
        &self.consensus
    }
    fn consensus_mut(&mut self) -> &mut ConsensusConfig {
        &mut self.consensus
    }
    fn value_sync(&self) -> &ValueSyncConfig {
        &self.sync
    }
    fn value_sync_mut(&mut self) -> &mut ValueSyncConfig {
        &mut self.sync
    }
}

fn config(name: &str) -> Config {
    let consensus = ConsensusConfig {
        enabled: true,
        value_payload: ValuePayload::ProposalAndParts,
        ..ConsensusConfig::default()
    };
    let sync = ValueSyncConfig {
        enabled: true,
        status_update_interval: limits::STATUS_EVERY,
        request_timeout: limits::SYNC_REQUEST_MAX,
        max_request_size: ByteSize::b(limits::SYNC_REQUEST_BYTES_MAX as u64),
        max_response_size: ByteSize::b(limits::SYNC_RESPONSE_BYTES_MAX as u64),
        parallel_requests: limits::SYNC_REQUESTS_PARALLEL,
        batch_size: limits::SYNC_HEIGHTS_PER_REQUEST,
        ..ValueSyncConfig::default()
    };
    Config { name: name.to_owned(), consensus, sync }
}

/// The engine's timeouts: each further round waits longer, up to a bound.
pub(crate) fn linear(timeouts: Timeouts) -> LinearTimeouts {
    // Whatever a fault has made these grow to is still waited for when it has ended: with the
    // engine's own defaults a network stood still for a minute after the last fault, most of it in
    // one late round. A body may need longer on a slow line, a vote hardly ever.
    let vote_delta = timeouts.delta / VOTE_SHARE;
    LinearTimeouts {
        propose: timeouts.propose,
        propose_delta: timeouts.delta,
        prevote: timeouts.prevote,
        prevote_delta: vote_delta,
        precommit: timeouts.precommit,
        precommit_delta: vote_delta,
        // Votes are said again after this: it heals what a broken connection lost. It grows by the
        // sum of the three deltas, so it had better begin early.
        rebroadcast: timeouts.propose,
        max_timeout: ROUND_WAIT_MAX.max(timeouts.propose),
    }
}

/// Makes the log's folder, and refuses one that another process works in.
pub(super) fn log_path(home: &Path) -> Result<PathBuf, Fault> {
    let in_words = |e: std::io::Error| {
        Fault(format!("the folder {} cannot be used for the consensus log: {e}", home.display()))
    };
    fs::create_dir_all(home).map_err(in_words)?;
    let path = home.join(LOG_FILE);
    match probe(&path) {
        Ok(true) => clear_stump(&path).map(|()| path).map_err(in_words),
        Err(None) => Ok(path),
        Ok(false) => Err(Fault(format!(
            "another process already runs a node in {}; two nodes with one key would contradict \
             each other",
            home.display()
        ))),
        Err(Some(e)) => Err(in_words(e)),
    }
}

/// The height that the engine's journal in a folder is at: the next after the ledger's, or the same
/// where a decision was not committed yet. Nothing where there is no journal.
pub fn journal_height(home: &Path) -> Option<u64> {
    let mut header = [0; LOG_HEADER_BYTES as usize];
    File::open(home.join(LOG_FILE)).ok()?.read_exact(&mut header).ok()?;
    // The format's version, then the height, both as they count.
    let (_, height) = header.split_last_chunk::<8>()?;
    Some(u64::from_be_bytes(*height))
}

/// Takes away a log that is shorter than its own header: the process died while it was made, so
/// nothing was ever written into it, and the engine would refuse it for ever.
fn clear_stump(path: &Path) -> std::io::Result<()> {
    if fs::metadata(path)?.len() < LOG_HEADER_BYTES { fs::remove_file(path) } else { Ok(()) }
}

/// Whether nobody holds the log: `Err(None)` if there is none yet.
fn probe(path: &Path) -> Result<bool, Option<std::io::Error>> {
    let file = match File::options().read(true).write(true).open(path) {
        Ok(file) => file,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Err(None),
        Err(e) => return Err(Some(e)),
    };
    match file.try_lock() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(e)) => Err(Some(e)),
    }
}

/// Where this node stands, read off the async runtime.
async fn standing(app: &Arc<dyn Application>) -> Result<Standing, Fault> {
    let app = app.clone();
    let tip = tokio::task::spawn_blocking(move || app.tip()).await;
    Standing::of(&tip.map_err(|e| Fault(format!("the ledger's tip cannot be read: {e}")))?)
}

pub(crate) async fn start(
    settings: Settings,
    app: Arc<dyn Application>,
    members: watch::Receiver<Members>,
    work: Arc<Notify>,
) -> Result<(Consensus, Inbox), Fault> {
    let log = log_path(&settings.home)?;
    let own_key = network::network_key(&settings.network_seed)?;
    let horizon = Horizon::new(standing(&app).await?);
    let next = horizon.tip() + 1;
    if let Some(journal) = journal_height(&settings.home).filter(|journal| *journal > next) {
        tracing::warn!(
            "the ledger's next height is {next}, but this node has worked on height {journal}: \
             batches were lost from its disk. They are fetched from the other nodes"
        );
    }
    let halt = Halt::new();
    let net = network::start(&settings, horizon.clone(), members.clone(), halt.clone()).await?;

    let checker = Box::new(Checker::new(settings.network));
    let (me, voter) = match &settings.validator {
        Some(key) => {
            let hand = Hand::new(settings.network, key.clone());
            let me = hand.address();
            (me, ConsensusContext::new_validator(me, checker, Box::new(hand)))
        }
        None => {
            // A follower votes under no name; its network key's thumbprint is in no set.
            let me = Address(countersign_record::keys::thumbprint(&own_key).0);
            (me, ConsensusContext::new_full_node(me, checker))
        }
    };
    let built = EngineBuilder::new(Ledger, config(&settings.name))
        .with_default_wal(WalContext::new(log.clone(), Wire))
        .with_custom_network(net.actor, net.parts)
        .with_default_sync(SyncContext::new(Wire))
        .with_default_consensus(voter)
        .with_default_request(RequestContext::new(limits::COMMAND_QUEUE))
        .build()
        .await;
    let (channels, engine) =
        built.map_err(|e| Fault(format!("the agreement engine could not be started: {e:#}")))?;

    let (progress_tx, progress) = watch::channel(Progress::default());
    let (evidence_tx, evidence) = mpsc::channel(limits::EVIDENCE_INBOX);
    let begun = long_ago(settings.heartbeat);
    let desk = Arc::new(Desk::new(app, me, horizon.clone(), halt.clone(), progress_tx, begun));
    let driver = Driver {
        desk: desk.clone(),
        network: net.handle.clone(),
        parts: channels.network.clone(),
        members: members.clone(),
        work,
        timeouts: linear(settings.timeouts),
        heartbeat: settings.heartbeat,
        evidence: evidence_tx,
        streams: AtomicU64::new(first_stream_number()),
    };
    let driver = Arc::new(driver);
    let held = Held { log, desk: Arc::downgrade(&desk) };
    drop(desk);
    let answering = tokio::spawn(Loop::new(driver).run(channels.consensus));
    let (ended_tx, ended) = watch::channel(None);
    tokio::spawn(watch_over(engine, answering, halt.clone(), held, ended_tx));
    let consensus =
        Consensus::assemble(own_key, horizon, net.handle, members, progress, halt, ended);
    Ok((consensus, Inbox { entries: net.entries, evidence }))
}

/// Our part streams are numbered from the clock, so that a restart does not repeat a number
/// while a peer still holds the old stream's beginning.
fn first_stream_number() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |t| u64::try_from(t.as_micros()).unwrap_or(0))
}

/// Waits for any reason to end, ends everything else, and says why.
async fn watch_over(
    engine: EngineHandle,
    mut answering: JoinHandle<()>,
    halt: Halt,
    held: Held,
    ended: watch::Sender<Option<Stopped>>,
) {
    let EngineHandle { actor, mut handle } = engine;
    tokio::select! {
        _ = halt.called() => {}
        _ = &mut handle => halt.because(Fault::new(
            "the agreement engine ended unexpectedly; the log has its last words",
        )),
        // The engine lets its host go and stays on only when going on could sign twice.
        _ = &mut answering => halt.because(Fault::new(
            "the agreement engine stopped for safety: its own log could not be written or read; \
             repair the disk before this node is started again",
        )),
    }
    let reason = halt.called().await;
    let asked = reason.0 == ASKED;
    if asked {
        tracing::info!("agreement stops: {reason}");
    } else {
        tracing::error!("agreement stops: {reason}");
    }
    // The loop first: it finishes a commit that has begun. It ends on its own, as told by `halt`.
    if !answering.is_finished() {
        let _ = answering.await;
    }
    let half = limits::SHUTDOWN_MAX / 2;
    actor.get_cell().stop_children_and_wait(Some(reason.0.clone()), Some(half)).await;
    if actor.stop_and_wait(Some(reason.0.clone()), Some(half)).await.is_err() {
        actor.kill();
    }
    release(&held).await;
    ended.send_replace(Some(Stopped { asked, reason }));
}

/// What a restart in the same process must find free.
struct Held {
    /// The engine's log, locked by a thread of its own.
    log: PathBuf,
    /// The last tasks that use the application, and with it the ledger's files.
    desk: Weak<Desk>,
}

/// Waits until the engine's thread and our last tasks have let go.
async fn release(held: &Held) {
    let freed = async {
        while matches!(probe(&held.log), Ok(false)) || held.desk.strong_count() > 0 {
            time::sleep(Duration::from_millis(5)).await;
        }
    };
    if time::timeout(limits::SHUTDOWN_MAX, freed).await.is_err() {
        tracing::warn!("the consensus log or the ledger is still held by an unfinished task");
    }
}
