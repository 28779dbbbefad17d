//! What is known of one peer while it is connected, and how much it may ask of us.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use countersign_record::Digest;
use libp2p::PeerId;
use tokio::{sync::watch, task::JoinHandle, time};

use crate::consensus::limits;

/// The engine's own type for the same thing.
pub(crate) type EnginePeerId = malachitebft_peer::PeerId;

/// A connected peer, shared by its readers.
pub(crate) struct PeerState {
    pub(crate) id: PeerId,
    pub(crate) engine_id: EnginePeerId,
    /// Its network key: what the membership lists.
    pub(crate) key: [u8; 32],
    /// The validator behind it, if the membership names one.
    pub(crate) validator: Option<Digest>,
    pub(crate) credits: Arc<Credits>,
    born: Instant,
    heard_ms: AtomicU64,
}

impl PeerState {
    pub(crate) fn new(
        id: PeerId,
        engine_id: EnginePeerId,
        key: [u8; 32],
        validator: Option<Digest>,
    ) -> Arc<Self> {
        let credits = Arc::new(Credits::new());
        let (born, heard_ms) = (Instant::now(), AtomicU64::new(0));
        Arc::new(Self { id, engine_id, key, validator, credits, born, heard_ms })
    }

    /// Notes a sign of life.
    pub(crate) fn heard(&self) {
        let now = u64::try_from(self.born.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.heard_ms.store(now, Ordering::Relaxed);
    }

    /// How long the peer has said nothing.
    pub(crate) fn silence(&self) -> Duration {
        let heard = Duration::from_millis(self.heard_ms.load(Ordering::Relaxed));
        self.born.elapsed().saturating_sub(heard)
    }
}

/// Bytes of one peer that lie unhandled in the engine, whose mailboxes have no bound of their
/// own: when they are used up its reader stops reading, and yamux pushes back on that peer alone.
pub(crate) struct Credits {
    used: watch::Sender<usize>,
}

impl Credits {
    fn new() -> Self {
        Self { used: watch::Sender::new(0) }
    }

    /// Waits until there is room. One task takes; many may give back.
    pub(crate) async fn take(&self, bytes: usize) {
        let fits = |used: &usize| used.saturating_add(bytes) <= limits::PART_CREDIT_BYTES;
        let mut used = self.used.subscribe();
        // The sender lives in `self`, so the wait cannot end in an error.
        let _ = used.wait_for(fits).await;
        self.used.send_modify(|used| *used = used.saturating_add(bytes));
    }

    pub(crate) fn give_back(&self, bytes: usize) {
        self.used.send_modify(|used| *used = used.saturating_sub(bytes));
    }

    /// Forgives everything: the engine drops parts without telling while it is not running.
    pub(crate) fn reset(&self) {
        self.used.send_replace(0);
    }
}

/// Lets a burst through and then a steady rate.
pub(crate) struct TokenBucket {
    spacing: Duration,
    burst: Duration,
    /// When the frames taken so far would have been due at the steady rate.
    due: time::Instant,
}

impl TokenBucket {
    pub(crate) fn new(per_second: u32, burst: u32) -> Self {
        let spacing = Duration::from_secs(1) / per_second.max(1);
        Self { spacing, burst: spacing * burst, due: time::Instant::now() }
    }

    /// Waits for the next frame's turn.
    pub(crate) async fn take(&mut self) {
        let now = time::Instant::now();
        self.due = self.due.max(now) + self.spacing;
        if let Some(early) = self.due.duration_since(now).checked_sub(self.burst) {
            time::sleep(early).await;
        }
    }
}

/// A task that ends with its owner.
pub(crate) struct Owned(JoinHandle<()>);

impl Owned {
    pub(crate) fn spawn(task: impl Future<Output = ()> + Send + 'static) -> Self {
        Self(tokio::spawn(task))
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        self.0.abort();
    }
}
