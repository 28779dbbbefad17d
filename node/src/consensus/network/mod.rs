//! One libp2p swarm under agreement, and nobody on it whom the ledger's membership does not list.
//!
//! The engine sees it as its network actor; the node sees it as a place to publish entries and
//! to receive them. `swarm` holds the one task that owns the connections, `lanes` and `sync`
//! what runs on them, `peer` what one peer may ask of us.

mod actor;
mod address;
pub(crate) mod frames;
mod lanes;
mod meters;
pub(crate) mod peer;
mod queue;
mod swarm;
mod sync;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use bytes::Bytes;
use libp2p::{Multiaddr, PeerId, Stream};
use malachitebft_engine::network::{NetworkEvent, Subscriber};
use malachitebft_sync::OutboundRequestId;
use tokio::sync::{mpsc, watch};

#[cfg(any(test, feature = "fuzz"))]
pub(crate) use self::address::address_book;
pub use self::address::{network_key, peer_name};
pub use self::queue::Entries;
pub(crate) use self::{actor::Door, peer::EnginePeerId};
use self::{lanes::Lane, meters::Meters, peer::Holds, queue::Received};
use super::{
    boundary::{Fault, Members, Settings},
    context::Ledger,
    halt::Halt,
    horizon::Horizon,
    limits,
};

/// What the tasks around a connection report to the task that owns it.
pub(crate) enum Note {
    /// A stream that a peer opened; without a lane it is a sync request.
    Accepted(Option<Lane>, PeerId, Stream),
    /// Disconnect this peer, for the reason given.
    Cut(PeerId, &'static str),
    /// This peer sent what no honest node sends.
    Junk(PeerId),
    /// Where a peer can be dialled now.
    Dial(PeerId, Vec<Multiaddr>),
    /// A sync request of ours is over.
    SyncOver(OutboundRequestId),
}

/// What all tasks of one network share.
pub(crate) struct Shared {
    horizon: Arc<Horizon>,
    notes: mpsc::Sender<Note>,
    entries: mpsc::Sender<Received>,
    subscribers: Mutex<Vec<Box<dyn Subscriber<NetworkEvent<Ledger>>>>>,
    /// Of each connected peer.
    holds: Mutex<BTreeMap<EnginePeerId, Arc<Holds>>>,
    /// Bytes of bodies that are being put together, or came before their height.
    bodies: AtomicUsize,
    halt: Halt,
    meters: Meters,
}

impl Shared {
    /// Hands an event to the engine's actors: a cast into their mailboxes, which cannot lose it.
    fn emit(&self, event: &NetworkEvent<Ledger>) {
        for subscriber in lock(&self.subscribers).iter() {
            subscriber.send(event.clone());
        }
    }

    fn held(&self) -> Held {
        let holds = lock(&self.holds);
        let sum = |of: fn(&Holds) -> usize| holds.values().map(|h| of(h)).sum::<usize>();
        Held {
            parts: sum(|h| h.parts.used()),
            entries: sum(|h| h.entries.used()),
            outgoing: sum(|h| h.outgoing.load(Ordering::Relaxed)),
            bodies: self.bodies.load(Ordering::Relaxed),
        }
    }
}

/// Bytes that lie in this node's memory because of its peers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Held {
    /// Parts that the engine has not handled.
    pub(crate) parts: usize,
    /// Entries that wait for admission, with their overhead.
    pub(crate) entries: usize,
    /// What peers have not taken yet.
    pub(crate) outgoing: usize,
    /// Bodies that are being put together, or came before their height.
    pub(crate) bodies: usize,
}

/// A lock whose holder panicked still guards valid data here: every change is one step.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What the node keeps of its network.
#[derive(Clone)]
pub(crate) struct Handle {
    shared: Arc<Shared>,
    publish: mpsc::Sender<Vec<Bytes>>,
    connected: watch::Receiver<BTreeSet<[u8; 32]>>,
}

impl Handle {
    /// Queues entries for every validator that is connected; `false` if the queue is full.
    pub(crate) fn publish(&self, entries: Vec<Bytes>) -> bool {
        let taken = self.publish.try_send(entries).is_ok();
        if !taken {
            self.shared.meters.entries_dropped.inc();
        }
        taken
    }

    /// The network keys of the connected peers.
    pub(crate) fn connected(&self) -> watch::Receiver<BTreeSet<[u8; 32]>> {
        self.connected.clone()
    }

    /// The engine has handled parts of this peer.
    pub(crate) fn give_back(&self, peer: &EnginePeerId, bytes: usize) {
        if let Some(holds) = lock(&self.shared.holds).get(peer) {
            holds.parts.give_back(bytes);
        }
    }

    /// An engine has ended: what arrives until the next one subscribes is nobody's.
    pub(crate) fn forget_the_engine(&self) {
        lock(&self.shared.subscribers).clear();
        self.forgive_credits();
    }

    /// The engine may have dropped parts without telling.
    pub(crate) fn forgive_credits(&self) {
        for holds in lock(&self.shared.holds).values() {
            holds.parts.reset();
        }
    }

    /// So many bytes of bodies are being put together, or came before their height.
    pub(crate) fn holds_bodies(&self, bytes: usize) {
        self.shared.bodies.store(bytes, Ordering::Relaxed);
    }

    #[cfg(test)]
    pub(crate) fn meters(&self) -> &Meters {
        &self.shared.meters
    }

    /// What lies in memory because of peers.
    #[cfg(test)]
    pub(crate) fn held(&self) -> Held {
        self.shared.held()
    }
}

/// What starting the network gives to whom.
pub(crate) struct Started {
    pub(crate) handle: Handle,
    /// For the engines.
    pub(crate) door: Door,
    /// Entries that peers sent.
    pub(crate) entries: Entries,
}

/// Starts the swarm's task. Nothing listens or dials before the
/// engine subscribes: what arrived earlier would be lost.
pub(crate) fn start(
    settings: &Settings,
    horizon: Arc<Horizon>,
    members: watch::Receiver<Members>,
    halt: Halt,
) -> Result<Started, Fault> {
    let (note_tx, note_rx) = mpsc::channel(limits::COMMAND_QUEUE);
    let (entry_tx, entry_rx) = mpsc::channel(limits::ENTRIES_INBOX);
    let (publish, publish_rx) = mpsc::channel(limits::PUBLISH_QUEUE_BATCHES);
    let (parts, parts_rx) = mpsc::channel(limits::COMMAND_QUEUE);
    let (command_tx, command_rx) = mpsc::channel(limits::COMMAND_QUEUE);
    let (connected_tx, connected) = watch::channel(BTreeSet::new());
    let shared = Arc::new(Shared {
        horizon,
        notes: note_tx,
        entries: entry_tx,
        subscribers: Mutex::default(),
        holds: Mutex::default(),
        bodies: AtomicUsize::new(0),
        halt,
        meters: Meters::register(&settings.name),
    });
    let inputs = swarm::Inputs {
        commands: command_rx,
        parts: parts_rx,
        publish: publish_rx,
        notes: note_rx,
        members,
    };
    let core = swarm::Core::new(settings, shared.clone(), connected_tx)?;
    let task = tokio::spawn(core.run(inputs));
    let door = Door { commands: command_tx, parts, task };
    let entries = Entries::new(entry_rx);
    Ok(Started { handle: Handle { shared, publish, connected }, door, entries })
}
