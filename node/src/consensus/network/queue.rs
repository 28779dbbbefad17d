//! What waits between the network task and those at its edges: frames for a slow peer, entries for
//! admission. Both are bounded in number and in bytes.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use bytes::Bytes;
use tokio::sync::mpsc;

use super::{
    lanes::Lane,
    peer::{Charged, Holds},
};

/// The frames that wait for one peer on one lane.
pub(crate) struct Outbox {
    frames: mpsc::Sender<Bytes>,
    waiting: Waiting,
    bytes_max: usize,
}

/// The writer's end.
pub(crate) struct Outgoing {
    pub(crate) frames: mpsc::Receiver<Bytes>,
    waiting: Waiting,
}

/// How many bytes wait: on this lane, and for this peer.
#[derive(Clone)]
struct Waiting {
    lane: Arc<AtomicUsize>,
    peer: Arc<AtomicUsize>,
}

pub(crate) fn outbox(lane: Lane, holds: &Holds) -> (Outbox, Outgoing) {
    let (sender, frames) = mpsc::channel(lane.queue_frames());
    let waiting = Waiting { lane: Arc::default(), peer: holds.outgoing.clone() };
    let bytes_max = lane.queue_bytes();
    (Outbox { frames: sender, waiting: waiting.clone(), bytes_max }, Outgoing { frames, waiting })
}

impl Outbox {
    /// Queues a frame; `false` where there is no room for it.
    pub(crate) fn push(&self, frame: Bytes) -> bool {
        let bytes = frame.len();
        let before = self.waiting.lane.fetch_add(bytes, Ordering::Relaxed);
        self.waiting.peer.fetch_add(bytes, Ordering::Relaxed);
        let taken = before + bytes <= self.bytes_max && self.frames.try_send(frame).is_ok();
        if !taken {
            self.waiting.less(bytes);
        }
        taken
    }
}

impl Outgoing {
    /// The peer has taken so many bytes.
    pub(crate) fn sent(&self, bytes: usize) {
        self.waiting.less(bytes);
    }
}

impl Waiting {
    fn less(&self, bytes: usize) {
        self.lane.fetch_sub(bytes, Ordering::Relaxed);
        self.peer.fetch_sub(bytes, Ordering::Relaxed);
    }
}

/// An entry on its way to admission: its sender's network key, its bytes, and its share of what its
/// sender may have waiting here.
pub(crate) struct Received {
    pub(crate) from: [u8; 32],
    pub(crate) entry: Bytes,
    pub(crate) _charged: Charged,
}

/// Entries that peers sent. While they are not read, only the lanes that carry entries stand still.
#[derive(Debug)]
pub struct Entries(mpsc::Receiver<Received>);

impl Entries {
    pub(crate) fn new(received: mpsc::Receiver<Received>) -> Self {
        Self(received)
    }

    /// The next entry with the network key of its sender; nothing once the network has ended.
    pub async fn recv(&mut self) -> Option<([u8; 32], Bytes)> {
        self.0.recv().await.map(|received| (received.from, received.entry))
    }

    /// The entries that wait, at most so many; waits for the first of them. None once the network
    /// has ended.
    pub async fn recv_many(&mut self, most: usize) -> Vec<Bytes> {
        let mut received = Vec::new();
        self.0.recv_many(&mut received, most).await;
        received.into_iter().map(|received| received.entry).collect()
    }

    /// The next entry, if one waits.
    pub fn try_recv(&mut self) -> Option<([u8; 32], Bytes)> {
        self.0.try_recv().ok().map(|received| (received.from, received.entry))
    }
}
