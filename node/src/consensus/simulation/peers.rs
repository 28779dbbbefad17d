//! Who says what to whom, and what becomes of it on the way.

use bytes::Bytes;
use malachitebft_app_channel::app::streaming::StreamMessage;
use malachitebft_codec::Codec as _;
use malachitebft_core_consensus::{Input, LivenessMsg, SignedConsensusMsg};
use malachitebft_core_types::{ValueOrigin, ValueResponse};
use malachitebft_sync::{Response, ValueResponse as Shipment};

use super::world::{Event, Mail, World};
use crate::consensus::{
    codec::Wire,
    context::{Height, Ledger as Engine, Part},
    limits,
    network::EnginePeerId,
    parts::{Arrived, StreamName},
    signing::is_withheld,
};

/// What travels, as bytes.
#[derive(Clone, Debug)]
pub(super) enum Frame {
    /// A vote or a proposal.
    Consensus(Bytes),
    /// A vote again, or a certificate.
    Liveness(Bytes),
    /// A piece of a body.
    Part(Bytes),
    /// A party's statement.
    Entry(Bytes),
    /// The sender's tip.
    Status(u64),
    /// Batches that the sender lacks, first and last.
    Request(u64, u64),
    /// Such batches.
    Response(Bytes),
}

impl World {
    /// An honest node's message goes to all others; a faulty one's as it likes.
    pub(super) fn publish(&mut self, n: usize, message: SignedConsensusMsg<Engine>) {
        if is_withheld(&message) {
            let (height, round) = (message.height(), message.round());
            return self.tell(format!("node {n} withholds its word at {height}/{round}"));
        }
        self.check_published(n, &message);
        if !self.nodes[n].is_honest() {
            return self.misbehave(n, message);
        }
        let bytes = Wire.encode(&message).unwrap();
        self.send_to_all(n, &Frame::Consensus(bytes));
    }

    pub(super) fn send_to_all(&mut self, from: usize, frame: &Frame) {
        for to in (0..self.nodes.len()).filter(|to| *to != from) {
            self.send(from, to, frame.clone());
        }
    }

    /// Puts a frame on its way. Frames of one lane between two nodes keep their order, as on a
    /// stream, except where one is late.
    pub(super) fn send(&mut self, from: usize, to: usize, frame: Frame) {
        if self.nodes[from].vices.is_some_and(|v| v.silent && self.is_quiet_now()) {
            return self.trace.fault("silence");
        }
        if self.is_cut(from, to) {
            return self.trace.fault("partition");
        }
        // Sync has a stream of its own: its frames come, or the connection is gone.
        let reliable = matches!(frame, Frame::Request(..) | Frame::Response(_));
        if !reliable && self.dice.per_mille(self.weather.loss) {
            return self.trace.fault("loss");
        }
        if self.dice.per_mille(self.weather.twice) {
            self.trace.fault("repetition");
            self.carry(from, to, frame.clone());
        }
        self.carry(from, to, frame);
    }

    fn carry(&mut self, from: usize, to: usize, frame: Frame) {
        let longest = self.weather.delay_ms * 1000;
        let mut arrives = self.now + 200 + self.dice.below(longest);
        if self.dice.per_mille(self.weather.late) {
            self.trace.fault("reordering");
            arrives += self.dice.below(10 * longest);
        } else {
            let lane = match frame {
                Frame::Part(_) => 1,
                _ => 0,
            };
            let last = self.lanes.entry((from, to, lane)).or_default();
            arrives = arrives.max(*last);
            *last = arrives;
        }
        self.at(arrives - self.now, Event::Arrive { from, to, frame });
    }

    pub(super) fn receive(&mut self, from: usize, to: usize, frame: Frame) {
        if self.nodes[to].running.is_none() {
            return;
        }
        match frame {
            Frame::Consensus(bytes) => match Wire.decode(bytes) {
                Ok(message) => self.hear(to, message),
                Err(_) => self.trace.step(self.now, to, &"junk"),
            },
            Frame::Liveness(bytes) => self.hear_again(to, bytes),
            Frame::Part(bytes) => self.take_part(from, to, bytes),
            Frame::Entry(bytes) => {
                self.admit(to, &bytes);
            }
            Frame::Status(tip) => self.on_status(from, to, tip),
            Frame::Request(first, last) => self.serve(from, to, first, last),
            Frame::Response(bytes) => self.on_response(from, to, bytes),
        }
    }

    fn hear(&mut self, n: usize, message: SignedConsensusMsg<Engine>) {
        self.saw(n, message.height().0);
        self.drive(
            n,
            match message {
                SignedConsensusMsg::Vote(vote) => Input::Vote(vote),
                SignedConsensusMsg::Proposal(proposal) => Input::Proposal(proposal),
            },
        );
    }

    fn hear_again(&mut self, n: usize, bytes: Bytes) {
        let Ok(message) = Wire.decode(bytes) else { return };
        self.drive(
            n,
            match message {
                LivenessMsg::Vote(vote) => Input::Vote(vote),
                LivenessMsg::PolkaCertificate(certificate) => Input::PolkaCertificate(certificate),
                LivenessMsg::SkipRoundCertificate(certificate) => {
                    Input::RoundCertificate(certificate)
                }
            },
        );
    }

    /// Somebody works on a height: an idle node joins in.
    fn saw(&mut self, n: usize, height: u64) {
        let Some(running) = &mut self.nodes[n].running else { return };
        let tip = running.ledger.tip().height;
        if height > tip && height <= tip + 2 {
            running.ahead = running.ahead.max(height);
            self.wake(n);
        }
    }

    pub(super) fn wake(&mut self, n: usize) {
        let Some(running) = &mut self.nodes[n].running else { return };
        if std::mem::take(&mut running.idle) {
            let next = running.ledger.tip().height + 1;
            self.mail(n, 0, Mail::Next(next));
        }
    }

    fn take_part(&mut self, from: usize, to: usize, bytes: Bytes) {
        let Ok(part) = Wire.decode(bytes) else { return };
        let part: StreamMessage<Part> = part;
        let Some(name) = StreamName::of(&part.stream_id) else { return };
        self.saw(to, name.height);
        let peer = self.nodes[from].peer;
        let Some(running) = &mut self.nodes[to].running else { return };
        if let Some(arrived) = running.assembly.take(peer, part) {
            self.on_body(to, peer, arrived);
        }
    }

    /// A body is here: it is judged when its height has come.
    pub(super) fn on_body(&mut self, n: usize, from: EnginePeerId, arrived: Arrived) {
        let Some(running) = &mut self.nodes[n].running else { return };
        let height = arrived.head.height.0;
        let tip = running.ledger.tip().height;
        let begun = running.begun.max(tip);
        if height <= begun {
            return;
        }
        if height > begun + 1 {
            running.assembly.keep_early(from, arrived);
        } else if begun > tip {
            // The commit that it waits for has begun.
            self.mail(n, 2, Mail::Body(from, arrived));
        } else if let Some(value) = running.desk.judge(arrived) {
            self.drive(n, Input::ProposedValue(value, ValueOrigin::Consensus));
        }
    }

    /// A statement at a node's door. It is passed on where it is new.
    pub(super) fn admit(&mut self, n: usize, bytes: &[u8]) -> bool {
        let Some(running) = &mut self.nodes[n].running else { return false };
        let Ok(admitted) = running.admission.admit(bytes) else { return false };
        let new = running.backlog.push(&admitted) == Ok(true);
        if new {
            self.wake(n);
        }
        new
    }

    pub(super) fn say_status(&mut self, n: usize) {
        let mut tip = self.nodes[n].height();
        if self.nodes[n].vices.is_some_and(|v| v.lies_in_sync) && self.dice.per_mille(300) {
            self.trace.fault("lie in sync");
            tip += self.dice.below(1000);
        }
        self.send_to_all(n, &Frame::Status(tip));
    }

    fn on_status(&mut self, from: usize, n: usize, tip: u64) {
        let now = self.now;
        let Some(running) = &mut self.nodes[n].running else { return };
        let ours = running.ledger.tip().height;
        let patience = u64::try_from(limits::SILENCE_MAX.as_micros()).unwrap();
        if let Some((since, who)) = running.asked
            && now >= since + patience
        {
            running.asked = None;
            running.mute = Some(who);
        }
        let has_next = running.synced.contains_key(&(ours + 1));
        if tip <= ours || has_next || running.asked.is_some() || running.mute == Some(from) {
            return;
        }
        running.asked = Some((now, from));
        let most = limits::SYNC_HEIGHTS_PER_REQUEST as u64;
        self.send(n, from, Frame::Request(ours + 1, tip.min(ours + most)));
    }

    fn serve(&mut self, from: usize, n: usize, first: u64, last: u64) {
        let Some(running) = &mut self.nodes[n].running else { return };
        let mut values = running.desk.collect(&(Height(first)..=Height(last)));
        if self.nodes[n].vices.is_some_and(|v| v.lies_in_sync) {
            self.falsify(&mut values);
        }
        let response = Response::ValueResponse(Shipment::new(Height(first), values));
        let bytes = Wire.encode(&response).unwrap();
        self.send(n, from, Frame::Response(bytes));
    }

    fn on_response(&mut self, from: usize, n: usize, bytes: Bytes) {
        let Some(running) = &mut self.nodes[n].running else { return };
        if running.asked.is_some_and(|(_, who)| who == from) {
            running.asked = None;
            running.mute = None;
        }
        let Ok(Response::ValueResponse(shipment)) = Wire.decode(bytes) else { return };
        let first = shipment.values.first().map_or(0, |value| value.certificate.height.0);
        for value in shipment.values {
            let height = value.certificate.height.0;
            running.synced.entry(height).or_insert((from, value));
        }
        self.saw(n, first);
        self.feed_synced(n);
    }

    /// Gives the core the batch of its height, where one came by sync.
    pub(super) fn feed_synced(&mut self, n: usize) {
        let peers: Vec<_> = self.nodes.iter().map(|node| node.peer).collect();
        let Some(running) = &mut self.nodes[n].running else { return };
        let Some(height) = running.core.as_ref().map(|core| core.height().0) else { return };
        running.synced.retain(|h, _| *h >= height);
        if running.recovering || running.ledger.tip().height >= height {
            return;
        }
        if let Some((from, value)) = running.synced.remove(&height) {
            let value = ValueResponse::new(peers[from], value.value_bytes, value.certificate);
            self.drive(n, Input::SyncValueResponse(value));
        }
    }

    /// What a peer sent by sync does not hold: it is asked for again, of anybody.
    pub(super) fn blame(&mut self, n: usize, peer: EnginePeerId, height: u64) {
        let culprit = self.nodes.iter().position(|node| node.peer == peer);
        if culprit.is_none_or(|c| self.nodes[c].is_honest()) {
            self.violation(format!("node {n} blames {culprit:?} for batch {height}"));
        }
        self.tell(format!("node {n} refuses batch {height} from {culprit:?}"));
        if let Some(running) = &mut self.nodes[n].running {
            running.asked = None;
        }
    }
}
