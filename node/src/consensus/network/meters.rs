//! What the network counts, for the metrics page.

use malachitebft_app_channel::app::metrics::{
    SharedRegistry,
    prometheus::metrics::{counter::Counter, gauge::Gauge},
};

use super::Held;

/// Counters of one node's network.
#[derive(Clone, Debug, Default)]
pub(crate) struct Meters {
    pub(crate) peers: Gauge,
    pub(crate) parts_held: Gauge,
    pub(crate) entries_held: Gauge,
    pub(crate) bodies_held: Gauge,
    pub(crate) outgoing_held: Gauge,
    pub(crate) strangers_refused: Counter,
    pub(crate) junk_frames: Counter,
    pub(crate) peers_cut: Counter,
    pub(crate) parts_dropped: Counter,
    pub(crate) entries_dropped: Counter,
    pub(crate) bodies_refused: Counter,
    pub(crate) streams_refused: Counter,
}

impl Meters {
    /// Makes them visible under the node's name.
    pub(crate) fn register(name: &str) -> Self {
        let meters = Self::default();
        let counters = [
            (
                "strangers_refused",
                "Connections refused because the membership does not list the peer",
                &meters.strangers_refused,
            ),
            ("junk_frames", "Frames that no honest node sends", &meters.junk_frames),
            (
                "peers_cut",
                "Peers disconnected by us for silence, overflow or junk",
                &meters.peers_cut,
            ),
            (
                "parts_dropped",
                "Proposal parts not sent because a peer takes them too slowly",
                &meters.parts_dropped,
            ),
            (
                "entries_dropped",
                "Frames of entries not sent because a peer takes them too slowly",
                &meters.entries_dropped,
            ),
            (
                "bodies_refused",
                "Bodies not taken because a peer sent too many for one height",
                &meters.bodies_refused,
            ),
            (
                "streams_refused",
                "Streams not taken because a peer opened too many",
                &meters.streams_refused,
            ),
        ];
        let held = [
            ("parts_held_bytes", "Parts that wait to be handled", &meters.parts_held),
            ("entries_held_bytes", "Entries that wait to be admitted", &meters.entries_held),
            ("bodies_held_bytes", "Bodies that are not whole or are early", &meters.bodies_held),
            ("outgoing_held_bytes", "What peers have not taken yet", &meters.outgoing_held),
        ];
        SharedRegistry::global().with_moniker(name).with_prefix(
            "countersign_network",
            |registry| {
                registry.register("peers", "Connected peers", meters.peers.clone());
                for (name, help, gauge) in held {
                    registry.register(name, help, gauge.clone());
                }
                for (name, help, counter) in counters {
                    registry.register(name, help, counter.clone());
                }
            },
        );
        meters
    }

    pub(crate) fn show(&self, held: Held) {
        let set = |gauge: &Gauge, bytes| gauge.set(i64::try_from(bytes).unwrap_or(i64::MAX));
        set(&self.parts_held, held.parts);
        set(&self.entries_held, held.entries);
        set(&self.bodies_held, held.bodies);
        set(&self.outgoing_held, held.outgoing);
    }
}
