//! What this node counts, for `/metrics`.

use std::sync::{
    Mutex,
    atomic::{AtomicBool, AtomicU64, Ordering},
};

use countersign_record::header::Header;
use prometheus_client::{
    metrics::{counter::Counter, gauge::Gauge},
    registry::Registry,
};

use super::space::Room;

/// The node's counters.
pub struct Metrics {
    registry: Mutex<Registry>,
    height: Gauge,
    last_batch_time_ms: AtomicU64,
    accepted: Counter,
    refused: Counter,
    not_admitted: Counter,
    turned_away: Counter,
    backlog: Gauge,
    peers: Gauge,
    evidence: Counter,
    gossip_dropped: Counter,
    disk_free: Gauge,
    disk_full: Gauge,
    ledger_failed: AtomicBool,
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl Metrics {
    /// Counters at zero.
    pub fn new() -> Self {
        let mut registry = Registry::with_prefix("countersign");
        let metrics = Self {
            height: Gauge::default(),
            last_batch_time_ms: AtomicU64::new(0),
            accepted: Counter::default(),
            refused: Counter::default(),
            not_admitted: Counter::default(),
            turned_away: Counter::default(),
            backlog: Gauge::default(),
            peers: Gauge::default(),
            evidence: Counter::default(),
            gossip_dropped: Counter::default(),
            disk_free: Gauge::default(),
            disk_full: Gauge::default(),
            ledger_failed: AtomicBool::new(false),
            registry: Mutex::default(),
        };
        registry.register("height", "Height of the last batch", metrics.height.clone());
        registry.register("entries_accepted", "Entries in the log", metrics.accepted.clone());
        registry.register(
            "entries_refused",
            "Entries that a rule refused",
            metrics.refused.clone(),
        );
        registry.register(
            "entries_not_admitted",
            "Statements refused at the door",
            metrics.not_admitted.clone(),
        );
        registry.register(
            "entries_turned_away",
            "Statements turned away because the backlog was full",
            metrics.turned_away.clone(),
        );
        registry.register("backlog_entries", "Entries that wait", metrics.backlog.clone());
        registry.register("peers", "Connected nodes", metrics.peers.clone());
        registry.register(
            "evidence",
            "Findings against validators that signed contradictions",
            metrics.evidence.clone(),
        );
        registry.register(
            "gossip_dropped",
            "Entries from other nodes that were not taken in",
            metrics.gossip_dropped.clone(),
        );
        registry.register(
            "disk_free_bytes",
            "Bytes free on the disk of the data folder",
            metrics.disk_free.clone(),
        );
        registry.register(
            "disk_full",
            "1 while this node keeps still for want of room on its disk",
            metrics.disk_full.clone(),
        );
        Self { registry: Mutex::new(registry), ..metrics }
    }

    pub(crate) fn committed(&self, header: &Header, accepted: usize, refused: usize) {
        self.height.set(i64::try_from(header.height).unwrap_or(i64::MAX));
        self.last_batch_time_ms.store(header.time, Ordering::Relaxed);
        self.accepted.inc_by(u64::try_from(accepted).unwrap_or(u64::MAX));
        self.refused.inc_by(u64::try_from(refused).unwrap_or(u64::MAX));
    }

    pub(crate) fn not_admitted(&self) {
        self.not_admitted.inc();
    }

    pub(crate) fn turned_away(&self) {
        self.turned_away.inc();
    }

    pub(crate) fn evidence(&self) {
        self.evidence.inc();
    }

    pub(crate) fn gossip_dropped(&self) {
        self.gossip_dropped.inc();
    }

    pub(crate) fn disk(&self, room: Room) {
        self.disk_free.set(i64::try_from(room.free_bytes).unwrap_or(i64::MAX));
        self.disk_full.set(i64::from(room.full));
    }

    pub(crate) fn ledger_failed(&self) {
        self.ledger_failed.store(true, Ordering::Relaxed);
    }

    /// Whether the ledger could not be written: the node is stopping.
    pub fn has_ledger_failed(&self) -> bool {
        self.ledger_failed.load(Ordering::Relaxed)
    }

    /// Everything as Prometheus text, the engine's and the network's counters included.
    pub fn text(&self, backlog: usize, peers: usize) -> String {
        self.backlog.set(i64::try_from(backlog).unwrap_or(i64::MAX));
        self.peers.set(i64::try_from(peers).unwrap_or(i64::MAX));
        let mut text = String::new();
        if let Ok(registry) = self.registry.lock() {
            // Writing into a string cannot fail.
            let _infallible = prometheus_client::encoding::text::encode(&mut text, &registry);
        }
        let end = "# EOF\n";
        let text = text.strip_suffix(end).map(str::to_owned).unwrap_or(text);
        text + &crate::consensus::metrics_text()
    }
}
