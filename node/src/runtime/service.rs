//! A running node: everything wired together, in one place.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use countersign_contracts::versions::require_known;
use countersign_genesis::{load_genesis, signer::SecretKey};
use ed25519_dalek::SigningKey;
use tokio::sync::mpsc;

use crate::{
    access::{
        self, Imports, PictureReader, Pictures, Shared, TradeReader,
        door::Entrance,
        entries, receipts,
        serve::serve,
        shares::{Places, Turnstile},
    },
    admission::Admission,
    agreement::Agreement,
    backlog::Backlog,
    consensus::{Consensus, Inbox, Settings, Timeouts, Voter, Voters},
    ledger::Ledger,
    limits,
    runtime::{
        clock::Clock,
        config::{Config, Home},
        metrics::Metrics,
        pruning::{self, Keep},
        space::{self, Space},
    },
};

/// The keys of a node, read from its home folder.
pub struct NodeKeys {
    /// The keys that sign votes, each at the heights whose set it is in; none on a follower.
    pub validators: Vec<SecretKey>,
    /// The key of the peer-to-peer identity.
    pub network: SigningKey,
}

/// A node that runs until it is told to stop, or until it must.
pub struct Node {
    shared: Arc<Shared>,
    api: String,
    server: tokio::task::JoinSet<()>,
    stop_server: tokio_util::sync::CancellationToken,
}

impl Node {
    /// Starts a node from its home folder. `pictures` reads what the public page is handed,
    /// `trade` the files of the trade that a member drops.
    ///
    /// # Errors
    /// A sentence that says what to do.
    pub async fn start(
        home: &Home,
        keys: NodeKeys,
        pictures: PictureReader,
        trade: TradeReader,
    ) -> anyhow::Result<Self> {
        let config = home.config()?;
        let genesis = load_genesis(&home.genesis_file())?;
        // Before the ledger: who finds a guard in use is told of the other process, not of a file.
        let voters = Voters::default();
        for key in keys.validators {
            voters.add(Voter::open(key, &home.guard_dir())?);
        }
        let ledger = Arc::new(Ledger::open(&home.ledger_dir(), genesis)?);
        let tip = ledger.tip();
        require_known(tip.rules, tip.height + 1)?;
        let clock = Clock::new(config.clock_ahead_ms);
        check_clock(clock, tip.time)?;
        let metrics = Arc::new(Metrics::new());
        let backlog = Arc::new(Backlog::default());
        // Only a node that votes is asked to propose; it may come to it while it runs.
        let proposer = Some(config.party.clone());
        let space = Arc::new(Space::new(
            [home.ledger_dir(), home.consensus_dir(), home.guard_dir()].into(),
            config.disk_reserve_mib,
        ));
        let agreement =
            Agreement::new(ledger.clone(), backlog.clone(), proposer, clock, metrics.clone());
        let agreement = Arc::new(agreement.on_disk(space.clone()));
        // The port is taken before agreement begins: a node that cannot be asked is no use.
        let entrances = Entrance::open(&config, home.path()).await?;
        let api = entrances.iter().map(Entrance::url).next().unwrap_or_default();
        let settings = Settings {
            home: home.consensus_dir(),
            network: ledger.network(),
            name: config.moniker.clone(),
            voters,
            network_seed: keys.network.to_bytes(),
            listen: config.p2p_listen.clone(),
            peers: config.peers.clone(),
            timeouts: timeouts(&config),
            heartbeat: Duration::from_millis(config.heartbeat_ms),
        };
        let (consensus, inbox) =
            Consensus::start(settings, agreement.clone(), agreement.members(), backlog.work())
                .await?;
        let (gossip, outbox) = mpsc::channel(access::GOSSIP_QUEUE);
        let admission = Arc::new(Admission::new(ledger.clone(), clock));
        let shared = Arc::new(Shared {
            moniker: config.moniker,
            party: config.party,
            gate: entries::gate(admission.clone()),
            receipts: receipts::receipts(ledger.clone()),
            admission,
            ledger,
            backlog,
            agreement,
            consensus: consensus.clone(),
            metrics,
            space,
            clock,
            gossip,
            heartbeat: Duration::from_millis(config.heartbeat_ms),
            listeners: Places::of_listeners(),
            pictures: Pictures::new(pictures),
            imports: Imports::new(trade),
            bulks: Places::of_sequences(),
            turnstile: Turnstile::new(&config.api),
        });
        tokio::spawn(send_gossip(outbox, consensus));
        tokio::spawn(take_inbox(inbox, shared.clone()));
        let stop_server = tokio_util::sync::CancellationToken::new();
        let keep = Keep { heights: config.keep_heights, days: config.keep_days };
        look_after(&shared, keep, &stop_server);
        let serve_at = |entrance| serve(entrance, shared.clone(), stop_server.clone());
        let server = entrances.into_iter().map(serve_at).collect();
        Ok(Self { shared, api, server, stop_server })
    }

    /// Where the HTTP interface listens: `http` or `https`, and the address.
    pub fn api(&self) -> &str {
        &self.api
    }

    /// The ledger of this node.
    pub fn ledger(&self) -> &Arc<Ledger> {
        &self.shared.ledger
    }

    /// Takes one more validator key into use: it votes from the first height whose set it is in.
    ///
    /// # Errors
    /// Its guard is used by another process, or cannot be read or written.
    pub fn add_validator(&self, key: SecretKey, home: &Home) -> anyhow::Result<()> {
        self.shared.consensus.add_voter(Voter::open(key, &home.guard_dir())?);
        Ok(())
    }

    /// Returns when agreement has ended by itself, with the reason as a sentence.
    pub async fn failed(&self) -> String {
        self.shared.consensus.stopped().await.reason.to_string()
    }

    /// Whether want of room on the disk has ended agreement here. Nothing is lost then: a process
    /// that begins anew, once there is room, goes on where this one stood.
    pub fn has_run_out_of_room(&self) -> bool {
        self.shared.space.has_run_out()
    }

    /// Returns when there is room enough to begin anew.
    pub async fn room_again(&self) {
        self.shared.space.wait_for_room().await;
    }

    /// Stops: a batch that is being written is finished first.
    pub async fn stop(mut self) {
        self.shared.consensus.shutdown().await;
        self.stop_server.cancel();
        while self.server.join_next().await.is_some() {}
    }
}

fn timeouts(config: &Config) -> Timeouts {
    Timeouts {
        propose: Duration::from_millis(config.timeout_propose_ms),
        prevote: Duration::from_millis(config.timeout_vote_ms),
        precommit: Duration::from_millis(config.timeout_vote_ms),
        delta: Duration::from_millis(config.timeout_delta_ms),
    }
}

/// Watches the disk, and takes old batches away where that is wanted.
fn look_after(shared: &Arc<Shared>, keep: Keep, stop: &tokio_util::sync::CancellationToken) {
    let watch = space::watch(shared.space.clone(), shared.metrics.clone());
    tokio::spawn(stop.clone().run_until_cancelled_owned(watch));
    if keep != Keep::default() {
        let pruning = pruning::watch(shared.ledger.clone(), keep);
        tokio::spawn(stop.clone().run_until_cancelled_owned(pruning));
    }
}

/// Says how the clock stands to the last batch, and that it was moved where it was.
fn check_clock(clock: Clock, last_batch: u64) -> anyhow::Result<()> {
    let ahead_ms = clock.shift().ms();
    if clock.shift().is_moved() {
        tracing::warn!(
            clock_ahead_ms = ahead_ms,
            "this node's clock is moved: a rehearsal. Take clock_ahead_ms out of config/node.toml \
             wherever the ledger is meant"
        );
    }
    let behind = Duration::from_millis(last_batch.saturating_sub(clock.now_ms()));
    if behind <= limits::CLOCK_AHEAD {
        return Ok(());
    }
    // A rehearsal goes forward only; its operator learns at once that the setting is wrong.
    anyhow::ensure!(
        !clock.shift().is_moved(),
        "this node's clock lags {} s behind the ledger's last batch, and ledger time never goes \
         back: set clock_ahead_ms in config/node.toml to {} or more",
        behind.as_secs(),
        i128::from(ahead_ms).saturating_add_unsigned(behind.as_millis())
    );
    tracing::warn!(
        "this node's clock lags {} s behind the ledger's last batch: set it. Until then this node \
         takes in nothing that expires earlier, and does not vote for what others propose",
        behind.as_secs()
    );
    Ok(())
}

/// Hands entries that came in here to the other nodes, several in one frame.
async fn send_gossip(mut outbox: mpsc::Receiver<Bytes>, consensus: Consensus) {
    let mut frame = Vec::with_capacity(access::GOSSIP_FRAME);
    while outbox.recv_many(&mut frame, access::GOSSIP_FRAME).await > 0 {
        consensus.publish_entries(std::mem::take(&mut frame));
    }
}

/// Takes in what other nodes send: their entries, and findings against validators.
async fn take_inbox(mut inbox: Inbox, shared: Arc<Shared>) {
    loop {
        tokio::select! {
            entries = inbox.entries.recv_many(limits::ANSWERED_TOGETHER_MAX) => {
                if entries.is_empty() {
                    return;
                }
                admit_gossip(&shared, entries).await;
            }
            evidence = inbox.evidence.recv() => match evidence {
                Some(found) => {
                    shared.metrics.evidence();
                    tracing::warn!(
                        height = found.height,
                        validator = %found.validator,
                        "a validator signed contradictions: {}", found.text
                    );
                }
                None => return,
            },
        }
    }
}

/// Entries from another node pass the same door. What is refused was refused or will be told
/// to its submitter by the node that took it in.
async fn admit_gossip(shared: &Arc<Shared>, entries: Vec<Bytes>) {
    // While the disk is full nothing more is gathered; the node that took it in has it.
    if shared.space.room().full {
        return entries.iter().for_each(|_| shared.metrics.gossip_dropped());
    }
    let node = shared.clone();
    let done = tokio::task::spawn_blocking(move || {
        node.admission.admit_each(
            entries,
            |bytes| bytes,
            |_, admitted| {
                if !admitted.is_ok_and(|entry| node.backlog.push(&entry).is_ok()) {
                    node.metrics.gossip_dropped();
                }
            },
        );
    });
    if let Err(e) = done.await {
        tracing::error!("entries of other nodes were lost by an error in this program: {e}");
    }
}
