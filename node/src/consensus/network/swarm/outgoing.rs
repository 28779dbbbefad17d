//! What leaves: the engine's messages, proposal parts, entries, and sync requests.

use std::io;

use bytes::Bytes;
use malachitebft_app_channel::app::streaming::StreamMessage;
use malachitebft_codec::Codec as _;
use malachitebft_engine::network::{Msg, NetworkEvent, PersistentPeerError};
use malachitebft_network::Channel;
use malachitebft_sync::{OutboundRequestId, Status};
use tokio::time::Instant;

use super::Core;
use crate::consensus::{
    codec::Wire,
    context::{Height, Ledger, Part},
    limits,
    network::{
        frames::{pack_entries, tag, tagged},
        lanes::Lane,
        lock,
        peer::{EnginePeerId, Owned},
        queue::Outbox,
        sync,
    },
    signing::{is_withheld, is_withheld_again},
};

impl Core {
    pub(super) fn on_command(&mut self, command: Msg<Ledger>) {
        match command {
            Msg::Subscribe(subscriber) => {
                for address in &self.listening {
                    subscriber.send(NetworkEvent::Listening(address.clone()));
                }
                for link in self.links.values() {
                    subscriber.send(NetworkEvent::PeerConnected(link.state.engine_id));
                    subscriber
                        .send(NetworkEvent::PeerSubscribed(link.state.engine_id, Channel::Sync));
                }
                lock(&self.shared.subscribers).push(subscriber);
                self.open_the_doors();
            }
            // What the double-sign guard has not signed does not leave.
            Msg::PublishConsensusMsg(message) if is_withheld(&message) => {}
            Msg::PublishLivenessMsg(message) if is_withheld_again(&message) => {}
            Msg::PublishConsensusMsg(message) => {
                self.publish(tag::CONSENSUS, Wire.encode(&message))
            }
            Msg::PublishLivenessMsg(message) => self.publish(tag::LIVENESS, Wire.encode(&message)),
            Msg::PublishProposalPart(part) => self.publish_part(&part),
            Msg::BroadcastStatus(status) => {
                self.serves_from = Some(status.history_min_height);
                self.tell(status.tip_height, status.history_min_height);
            }
            Msg::OutgoingRequest(peer, request, reply) => {
                self.requests += 1;
                let id = OutboundRequestId::new(self.requests);
                // At once: the engine waits for the id without a limit.
                let _ = reply.send(id.clone());
                self.ask(peer, id, Wire.encode(&request));
            }
            Msg::CancelRequest(id) => drop(self.asking.remove(&id)),
            Msg::OutgoingResponse(id, response) => match Wire.encode(&response) {
                Ok(answer) => self.waiting.answer(&id, answer),
                Err(_) => self.waiting.cancel(&id),
            },
            Msg::CancelInboundRequest(id) => self.waiting.cancel(&id),
            Msg::DumpState(reply) => drop(reply.send(None)),
            // Who is a member follows the ledger, not the engine's users.
            Msg::UpdatePersistentPeers(_, reply) => {
                drop(reply.send(Err(PersistentPeerError::NotFound)))
            }
            Msg::UpdateValidatorSet(_) | Msg::ValidatorProofVerified { .. } | Msg::NewEvent(_) => {}
        }
    }

    /// A commit has moved the tip. The engine itself tells it once a second only.
    pub(super) fn tell_tip(&mut self, tip: u64) {
        if let Some(from) = self.serves_from
            && self.told.elapsed() >= limits::STATUS_SPACING
        {
            self.tell(Height(tip), from);
        }
    }

    fn tell(&mut self, tip_height: Height, history_min_height: Height) {
        self.told = Instant::now();
        self.publish(tag::STATUS, self.status(tip_height, history_min_height));
    }

    fn status(&self, tip_height: Height, history_min_height: Height) -> io::Result<Bytes> {
        let peer_id = self.my_engine_id;
        Wire.encode(&Status::<Ledger> { peer_id, tip_height, history_min_height })
    }

    /// Tells a peer that has just connected how far we are: it may have been away.
    pub(super) fn introduce(&self, outbox: &Outbox) {
        if let Some(from) = self.serves_from
            && let Ok(status) = self.status(Height(self.shared.horizon.tip()), from)
        {
            outbox.push(tagged(tag::STATUS, &status));
        }
    }

    pub(super) fn ask(
        &mut self,
        peer: EnginePeerId,
        id: OutboundRequestId,
        request: io::Result<Bytes>,
    ) {
        let Ok(request) = request else { return };
        let (control, protocol) = (self.control.clone(), self.protocols[&None].clone());
        let asking = sync::ask(control, protocol, peer, id.clone(), request, self.shared.clone());
        self.asking.insert(id, Owned::spawn(asking));
    }

    pub(super) fn publish(&mut self, tag: u8, message: io::Result<Bytes>) {
        match message {
            Ok(message) => self.broadcast(Lane::Consensus, &tagged(tag, &message)),
            Err(e) => tracing::error!("a message of the engine cannot be encoded: {e}"),
        }
    }

    pub(super) fn publish_part(&mut self, part: &StreamMessage<Part>) {
        match Wire.encode(part) {
            Ok(frame) => self.broadcast(Lane::Parts, &frame),
            Err(e) => tracing::error!("a proposal part cannot be encoded: {e}"),
        }
    }

    pub(super) fn publish_entries(&mut self, entries: &[Bytes]) {
        for frame in pack_entries(entries) {
            self.broadcast(Lane::Entries, &frame);
        }
    }

    /// Queues a frame for every connected member. Never waits for a slow one: what overflows is
    /// dropped, and a peer that does not even take votes is cut.
    pub(super) fn broadcast(&mut self, lane: Lane, frame: &Bytes) {
        let mut dead = Vec::new();
        for (id, link) in &self.links {
            // Only validators have use for an entry.
            if lane == Lane::Entries && link.state.validator.is_none() {
                continue;
            }
            if !link.lanes[&lane].push(frame.clone()) {
                match lane {
                    Lane::Consensus => dead.push(*id),
                    Lane::Parts => drop(self.shared.meters.parts_dropped.inc()),
                    Lane::Entries => drop(self.shared.meters.entries_dropped.inc()),
                }
            }
        }
        for peer in dead {
            self.cut(peer, "it does not take its votes");
        }
    }
}
