//! What the network counts, for the metrics page.

use malachitebft_app_channel::app::metrics::{
    SharedRegistry,
    prometheus::metrics::{counter::Counter, gauge::Gauge},
};

/// Counters of one node's network.
#[derive(Clone, Debug, Default)]
pub(crate) struct Meters {
    pub(crate) peers: Gauge,
    pub(crate) strangers_refused: Counter,
    pub(crate) junk_frames: Counter,
    pub(crate) peers_cut: Counter,
    pub(crate) parts_dropped: Counter,
    pub(crate) entries_dropped: Counter,
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
        ];
        SharedRegistry::global().with_moniker(name).with_prefix(
            "countersign_network",
            |registry| {
                registry.register("peers", "Connected peers", meters.peers.clone());
                for (name, help, counter) in counters {
                    registry.register(name, help, counter.clone());
                }
            },
        );
        meters
    }
}
