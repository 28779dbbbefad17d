//! What is known of one peer while it is connected, and how much it may ask of us.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use countersign_record::Digest;
use libp2p::PeerId;
use tokio::{sync::watch, task::JoinHandle, time};

use super::lock;
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
    pub(crate) holds: Arc<Holds>,
    pub(crate) allowance: Arc<Allowance>,
    born: Instant,
    heard_ms: AtomicU64,
}

impl PeerState {
    pub(crate) fn new(
        id: PeerId,
        engine_id: EnginePeerId,
        key: [u8; 32],
        validator: Option<Digest>,
        allowance: Arc<Allowance>,
    ) -> Arc<Self> {
        let (born, heard_ms) = (Instant::now(), AtomicU64::new(0));
        let holds = Arc::default();
        Arc::new(Self { id, engine_id, key, validator, holds, allowance, born, heard_ms })
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

/// What of one peer's lies in our memory, or what of ours waits for it.
pub(crate) struct Holds {
    /// Parts that lie unhandled in the engine, whose mailboxes have no bound of their own.
    pub(crate) parts: Credits,
    /// Entries that wait for admission.
    pub(crate) entries: Arc<Credits>,
    /// Bytes that the peer has not taken yet, on all lanes.
    pub(crate) outgoing: Arc<AtomicUsize>,
}

impl Default for Holds {
    fn default() -> Self {
        Self {
            parts: Credits::new(limits::PART_CREDIT_BYTES),
            entries: Arc::new(Credits::new(limits::ENTRY_CREDIT_BYTES)),
            outgoing: Arc::default(),
        }
    }
}

/// Bytes of one kind of one peer that lie unhandled here: when they are used up its reader stops
/// reading, and yamux pushes back on that peer alone.
pub(crate) struct Credits {
    used: watch::Sender<usize>,
    bytes_max: usize,
}

impl Credits {
    fn new(bytes_max: usize) -> Self {
        Self { used: watch::Sender::new(0), bytes_max }
    }

    /// Waits until there is room. One task takes; many may give back.
    pub(crate) async fn take(&self, bytes: usize) {
        let fits = |used: &usize| used.saturating_add(bytes) <= self.bytes_max;
        let mut used = self.used.subscribe();
        // The sender lives in `self`, so the wait cannot end in an error.
        let _ = used.wait_for(fits).await;
        self.used.send_modify(|used| *used = used.saturating_add(bytes));
    }

    pub(crate) fn give_back(&self, bytes: usize) {
        self.used.send_modify(|used| *used = used.saturating_sub(bytes));
    }

    pub(crate) fn used(&self) -> usize {
        *self.used.borrow()
    }

    /// Forgives everything: the engine drops parts without telling while it is not running.
    pub(crate) fn reset(&self) {
        self.used.send_replace(0);
    }
}

/// Credits that are given back when what they were taken for is handled or dropped.
pub(crate) struct Charged {
    credits: Arc<Credits>,
    bytes: usize,
}

impl Charged {
    /// Waits until there is room.
    pub(crate) async fn take(credits: &Arc<Credits>, bytes: usize) -> Self {
        credits.take(bytes).await;
        Self { credits: credits.clone(), bytes }
    }
}

impl Drop for Charged {
    fn drop(&mut self) {
        self.credits.give_back(self.bytes);
    }
}

/// What a member may send in a time. It belongs to the member, not to a stream or a connection:
/// whoever opens another one has no more of it.
pub(crate) struct Allowance {
    pub(crate) consensus: TokenBucket,
    pub(crate) part_kib: TokenBucket,
    pub(crate) entries: TokenBucket,
    pub(crate) streams: TokenBucket,
    /// By height, for the few heights of the window.
    bodies: Mutex<BTreeMap<u64, TokenBucket>>,
}

impl Default for Allowance {
    fn default() -> Self {
        let bucket = TokenBucket::new;
        Self {
            consensus: bucket(limits::CONSENSUS_FRAMES_PER_SECOND, limits::CONSENSUS_FRAMES_BURST),
            part_kib: bucket(limits::PART_KIB_PER_SECOND, limits::PART_KIB_BURST),
            entries: bucket(limits::ENTRIES_PER_SECOND, limits::ENTRIES_BURST),
            streams: bucket(limits::STREAMS_PER_SECOND, limits::STREAMS_BURST),
            bodies: Mutex::default(),
        }
    }
}

impl Allowance {
    /// Whether another body of a height may begin. Each is executed and kept, the same one again
    /// too, so that without this a validator could keep the others busy with its next proposals.
    pub(crate) fn may_begin_body(&self, height: u64, tip: u64, now: time::Instant) -> bool {
        let mut bodies = lock(&self.bodies);
        bodies.retain(|height, _| *height > tip);
        let bucket = bodies.entry(height);
        bucket
            .or_insert_with(|| TokenBucket::new(limits::BODIES_PER_SECOND, limits::BODIES_BURST))
            .try_take(now)
    }
}

/// Lets a burst through and then a steady rate.
pub(crate) struct TokenBucket {
    spacing: Duration,
    burst: Duration,
    /// When the tokens taken so far would have been due at the steady rate, where any was taken.
    due: Mutex<Option<time::Instant>>,
}

impl TokenBucket {
    pub(crate) fn new(per_second: u32, burst: u32) -> Self {
        let spacing = Duration::from_secs(1) / per_second.max(1);
        Self { spacing, burst: spacing * burst, due: Mutex::default() }
    }

    /// Takes so many tokens and waits for their turn.
    pub(crate) async fn take(&self, tokens: u32) {
        if let Some(early) = self.book(time::Instant::now(), tokens) {
            time::sleep(early).await;
        }
    }

    /// Takes so many tokens; answers how long before their turn that is.
    pub(crate) fn book(&self, now: time::Instant, tokens: u32) -> Option<Duration> {
        let mut due = lock(&self.due);
        let next = due.unwrap_or(now).max(now) + self.spacing.saturating_mul(tokens);
        *due = Some(next);
        next.duration_since(now).checked_sub(self.burst)
    }

    /// Takes a token if there is one.
    pub(crate) fn try_take(&self, now: time::Instant) -> bool {
        let mut due = lock(&self.due);
        let next = due.unwrap_or(now).max(now) + self.spacing;
        let fits = next.duration_since(now) <= self.burst;
        if fits {
            *due = Some(next);
        }
        fits
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
