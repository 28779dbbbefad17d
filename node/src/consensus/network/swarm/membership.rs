//! Who has a seat: follows the membership, dials who is missing, cuts who is silent or sends junk.

use std::{collections::BTreeMap, sync::Arc};

use libp2p::{
    Multiaddr, PeerId,
    swarm::dial_opts::{DialOpts, PeerCondition},
};
use tokio::time::Instant;

use super::{Core, Seat};
use crate::consensus::{
    boundary::Members,
    limits,
    network::{Note, address, lock},
};

impl Core {
    /// Follows the membership: newcomers may connect, who left is disconnected at once.
    pub(super) fn seat(&mut self, members: &Members) {
        let mut wanted = BTreeMap::new();
        for (key, member) in members {
            match address::peer_id(key) {
                Ok(id) if id != self.me => drop(wanted.insert(id, (*key, *member))),
                Ok(_) => {}
                Err(fault) => tracing::error!("{fault}"),
            }
        }
        let allowed = &mut self.swarm.behaviour_mut().allowed;
        self.seats.retain(|id, _| {
            let stays = wanted.contains_key(id);
            if !stays {
                tracing::info!(peer = %id, "no longer a member: disconnected");
                allowed.disallow_peer(*id);
            }
            stays
        });
        for (id, (key, member)) in wanted {
            if let Some(seat) = self.seats.get_mut(&id) {
                if seat.member != member {
                    seat.member = member;
                    // What its connection may do is fixed at its start: let it start again.
                    let _ = self.swarm.disconnect_peer_id(id);
                }
                continue;
            }
            self.swarm.behaviour_mut().allowed.allow_peer(id);
            let seat = Seat {
                key,
                member,
                allowance: Arc::default(),
                junk: 0,
                banished_until: None,
                lonely_since: Instant::now(),
                dialled: None,
            };
            self.seats.insert(id, seat);
        }
    }

    pub(super) fn cut(&mut self, peer: PeerId, why: &str) {
        if self.swarm.disconnect_peer_id(peer).is_ok() {
            tracing::warn!(%peer, "peer cut: {why}");
            self.shared.meters.peers_cut.inc();
        }
    }

    /// Counts junk; a member that sends much of it is kept out for a while.
    pub(super) fn judge(&mut self, peer: PeerId) {
        self.shared.meters.junk_frames.inc();
        let Some(seat) = self.seats.get_mut(&peer) else { return };
        seat.junk += 1;
        if seat.junk >= limits::JUNK_FRAMES_MAX {
            tracing::error!(
                %peer, key = %hex::encode(seat.key),
                "a member sends junk: it is kept out for {} s; ask its operator", limits::BANISHMENT.as_secs()
            );
            seat.junk = 0;
            seat.banished_until = Some(Instant::now() + limits::BANISHMENT);
            self.shared.meters.peers_cut.inc();
            self.swarm.behaviour_mut().allowed.disallow_peer(peer);
        }
    }

    pub(super) fn housekeeping(&mut self) {
        let now = Instant::now();
        let silent: Vec<_> = self
            .links
            .iter()
            .filter(|(_, l)| l.state.silence() > limits::SILENCE_MAX)
            .map(|(id, _)| *id)
            .collect();
        for peer in silent {
            self.cut(peer, "it has been silent for too long");
        }
        self.shared.meters.show(self.shared.held());
        for link in self.links.values_mut() {
            while link.serving.try_join_next().is_some() {}
        }
        for (id, seat) in &mut self.seats {
            if seat.banished_until.is_some_and(|until| until <= now) {
                seat.banished_until = None;
                self.swarm.behaviour_mut().allowed.allow_peer(*id);
            }
        }
        if lock(&self.shared.subscribers).is_empty() {
            return;
        }
        self.redial(now);
    }

    /// Dials who is missing. Of two nodes the one with the lower id dials first, so that their
    /// calls do not cross.
    pub(super) fn redial(&mut self, now: Instant) {
        for (id, seat) in &mut self.seats {
            let Some(addresses) = self.book.get(id) else { continue };
            let mine = self.me < *id || seat.lonely_since + limits::SECOND_DIALLER_AFTER <= now;
            let due = seat.dialled.is_none_or(|at| at + limits::REDIAL_EVERY <= now);
            if self.links.contains_key(id) || seat.banished_until.is_some() || !mine || !due {
                continue;
            }
            seat.dialled = Some(now);
            let (peer, addresses, notes) = (*id, addresses.clone(), self.shared.notes.clone());
            tokio::spawn(async move {
                let mut found = Vec::new();
                for address in &addresses {
                    found.extend(address::resolve(address).await);
                }
                let _ = notes.send(Note::Dial(peer, found)).await;
            });
        }
    }

    pub(super) fn dial(&mut self, peer: PeerId, addresses: Vec<Multiaddr>) {
        if addresses.is_empty() || !self.seats.contains_key(&peer) {
            return;
        }
        let call = DialOpts::peer_id(peer)
            .addresses(addresses)
            .condition(PeerCondition::DisconnectedAndNotDialing)
            .build();
        if let Err(e) = self.swarm.dial(call) {
            tracing::debug!(%peer, "not dialled: {e}");
        }
    }
}
