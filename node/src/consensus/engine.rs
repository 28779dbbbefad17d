//! Puts the engine together with our network, codec, keys and loop, and watches over its end.

use std::{
    fs::{self, File, TryLockError},
    io::Read as _,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use bytesize::ByteSize;
use malachitebft_app_channel::app::config::{
    ConsensusConfig, NodeConfig, ValuePayload, ValueSyncConfig,
};
use malachitebft_core_types::LinearTimeouts;
use tokio::sync::{Notify, mpsc, watch};

use super::{
    boundary::{Application, Fault, Members, Settings, Timeouts},
    generation::Ground,
    halt::Halt,
    handle::{Consensus, Inbox, Progress},
    horizon::{Horizon, Standing},
    limits, network,
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

pub(super) fn config(name: &str) -> impl NodeConfig {
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

/// Lets the engine begin its log anew.
pub(super) fn begin_log_anew(path: &Path) -> Result<(), Fault> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
            Err(Fault(format!("the consensus log {} cannot be removed: {e}", path.display())))
        }
        _ => Ok(()),
    }
}

/// Whether nobody holds the log: `Err(None)` if there is none yet.
pub(super) fn probe(path: &Path) -> Result<bool, Option<std::io::Error>> {
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
    let net = network::start(&settings, horizon.clone(), members.clone(), halt.clone())?;
    let (progress_tx, progress) = watch::channel(Progress::default());
    let (evidence_tx, evidence) = mpsc::channel(limits::EVIDENCE_INBOX);
    let voters = settings.voters.clone();
    let ground = Ground {
        settings,
        own_key,
        app,
        members: members.clone(),
        work,
        horizon: horizon.clone(),
        halt: halt.clone(),
        network: net.handle.clone(),
        door: net.door,
        progress: progress_tx,
        evidence: evidence_tx,
        log,
    };
    let ended = ground.begin().await?;
    let consensus =
        Consensus::assemble(own_key, voters, horizon, net.handle, members, progress, halt, ended);
    Ok((consensus, Inbox { entries: net.entries, evidence }))
}
