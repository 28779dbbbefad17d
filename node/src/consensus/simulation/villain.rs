//! What faulty validators do: they contradict themselves, say nothing, send garbage, propose
//! batches that are wrong, and lie to those who catch up. They sign in nobody else's name.

use bytes::Bytes;
use countersign_contracts::testing::dice::Dice;
use futures::FutureExt as _;
use malachitebft_codec::Codec as _;
use malachitebft_core_consensus::SignedConsensusMsg;
use malachitebft_core_types::{NilOrVal, Round, SignedProposal, SignedVote};
use malachitebft_signing::Signer as _;
use malachitebft_sync::RawDecidedValue;

use super::{peers::Frame, world::World};
use crate::{
    batch::Batch,
    consensus::{
        app::desk::head_of,
        boundary::{Undecided, ValueId},
        codec::Wire,
        context::{Ledger as Engine, LightValue, Proposal, Vote},
        parts::cut,
    },
};

/// Which of all faults a validator has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Vices {
    pub(super) contradicts_itself: bool,
    pub(super) silent: bool,
    pub(super) sends_garbage: bool,
    pub(super) proposes_wrong_batches: bool,
    pub(super) lies_in_sync: bool,
}

impl Vices {
    /// One at least.
    pub(super) fn of(dice: &mut Dice) -> Self {
        let drawn = 1 + dice.below(31);
        let has = |bit: u64| drawn & (1 << bit) != 0;
        Self {
            contradicts_itself: has(0),
            silent: has(1),
            sends_garbage: has(2),
            proposes_wrong_batches: has(3),
            lies_in_sync: has(4),
        }
    }
}

impl World {
    /// What a faulty validator says in place of what it should.
    pub(super) fn misbehave(&mut self, n: usize, message: SignedConsensusMsg<Engine>) {
        let Some(vices) = self.nodes[n].vices else { return };
        if vices.sends_garbage && self.dice.per_mille(200) {
            self.garbage(n, &message);
        }
        match message {
            SignedConsensusMsg::Vote(vote)
                if vices.contradicts_itself && self.dice.per_mille(500) =>
            {
                self.two_votes(n, vote);
            }
            SignedConsensusMsg::Proposal(proposal)
                if vices.contradicts_itself && self.dice.per_mille(500) =>
            {
                self.two_proposals(n, proposal);
            }
            SignedConsensusMsg::Proposal(proposal)
                if vices.proposes_wrong_batches && self.dice.per_mille(500) =>
            {
                self.wrong_batch(n, proposal);
            }
            message => {
                let bytes = Wire.encode(&message).unwrap();
                self.send_to_all(n, &Frame::Consensus(bytes));
            }
        }
    }

    /// Sends one thing to some, another to the rest, and sometimes both to all.
    fn split(&mut self, n: usize, one: &[Frame], other: &[Frame]) {
        let mask = self.dice.next();
        let both = self.dice.per_mille(200);
        for to in (0..self.nodes.len()).filter(|to| *to != n) {
            let first = mask & (1 << to) == 0;
            if first || both {
                one.iter().for_each(|frame| self.send(n, to, frame.clone()));
            }
            if !first || both {
                other.iter().for_each(|frame| self.send(n, to, frame.clone()));
            }
        }
    }

    fn two_votes(&mut self, n: usize, vote: SignedVote<Engine>) {
        let value = match vote.message.value {
            NilOrVal::Val(_) if self.dice.per_mille(500) => NilOrVal::Nil,
            // Anything that was proposed at this height will do.
            _ => match self.proposed_at(vote.message.height.0) {
                Some(id) => NilOrVal::Val(id),
                None => NilOrVal::Nil,
            },
        };
        let other = Vote { value, ..vote.message.clone() };
        if other == vote.message {
            return self.send_vote(n, vote);
        }
        self.trace.fault("contradicting votes");
        let Some(running) = &self.nodes[n].running else { return };
        let other = running.hand.sign_vote(other).now_or_never().unwrap().unwrap();
        self.check_issued(n, &other);
        let one = [consensus(SignedConsensusMsg::Vote(vote))];
        self.split(n, &one, &[consensus(SignedConsensusMsg::Vote(other))]);
    }

    fn send_vote(&mut self, n: usize, vote: SignedVote<Engine>) {
        self.send_to_all(n, &consensus(SignedConsensusMsg::Vote(vote)));
    }

    /// A second batch, as good as the first, for the other half.
    fn two_proposals(&mut self, n: usize, proposal: SignedProposal<Engine>) {
        let height = proposal.message.height.0;
        let later = self.time() + 1 + self.dice.below(5);
        self.nodes[n].set_clock(later);
        let Some(running) = &self.nodes[n].running else { return };
        let Ok(second) = running.desk.app.propose(height, 0) else { return };
        self.trace.fault("contradicting proposals");
        let made = Undecided {
            height,
            round: proposal.message.round.as_u32().unwrap(),
            valid_round: None,
            proposer: proposal.message.address.kid(),
            id: second.id,
            body: second.body,
        };
        let other = self.propose_instead(n, &proposal.message, &made);
        let one = [consensus(SignedConsensusMsg::Proposal(proposal))];
        self.split(n, &one, &other);
    }

    /// The frames of another proposal in the place of one.
    fn propose_instead(&mut self, n: usize, first: &Proposal, made: &Undecided) -> Vec<Frame> {
        let Some(running) = &mut self.nodes[n].running else { return Vec::new() };
        let second = Proposal { value: LightValue(made.id), ..first.clone() };
        let second = running.hand.sign_proposal(second).now_or_never().unwrap().unwrap();
        running.streams += 1;
        let round = first.round;
        let parts = cut(head_of(made, round, Round::Nil), &made.body, running.streams);
        let mut frames = vec![consensus(SignedConsensusMsg::Proposal(second))];
        frames.extend(parts.map(|part| Frame::Part(Wire.encode(&part).unwrap())));
        frames
    }

    /// A batch whose header is not what follows from its entries, under its own true name.
    fn wrong_batch(&mut self, n: usize, proposal: SignedProposal<Engine>) {
        let height = proposal.message.height.0;
        let Some(running) = &self.nodes[n].running else { return };
        let kept = running.desk.app.undecided_by_id(height, &proposal.message.value.0);
        let Ok(Some(kept)) = kept else { return };
        let Ok(mut batch) = Batch::parse(&kept.body) else { return };
        match self.dice.below(4) {
            0 => batch.header.state_root.0[0] ^= 1,
            1 => batch.header.log_size += 1,
            2 => batch.header.parent.0[5] ^= 1,
            _ => batch.header.next_validators.0[7] ^= 1,
        }
        self.trace.fault("wrong batch");
        let id = ValueId::new(batch.header.digest(), batch.header.log_root);
        self.wrong.insert(id);
        let made = Undecided { id, body: batch.bytes().into(), ..kept };
        let frames = self.propose_instead(n, &proposal.message, &made);
        for frame in frames {
            self.send_to_all(n, &frame);
        }
    }

    /// Bytes that mean nothing, true messages with a bit flipped, and votes in others' names.
    fn garbage(&mut self, n: usize, message: &SignedConsensusMsg<Engine>) {
        self.trace.fault("garbage");
        let mut bytes = Wire.encode(message).unwrap().to_vec();
        let frame = match self.dice.below(4) {
            0 => {
                let length = self.dice.below(200);
                let noise: Vec<u8> = (0..length).map(|_| self.dice.next() as u8).collect();
                match self.dice.below(3) {
                    0 => Frame::Consensus(noise.into()),
                    1 => Frame::Part(noise.into()),
                    _ => Frame::Response(noise.into()),
                }
            }
            1 | 2 => {
                let at = self.dice.below(bytes.len() as u64) as usize;
                bytes[at] ^= 1 << self.dice.below(8);
                Frame::Consensus(Bytes::from(bytes))
            }
            _ => {
                let SignedConsensusMsg::Vote(vote) = message else { return };
                let whose = self.dice.below(self.nodes.len() as u64) as usize;
                let mut forged = vote.clone();
                forged.message.address = self.nodes[whose].me;
                forged.message.height.0 += self.dice.below(3);
                consensus(SignedConsensusMsg::Vote(forged))
            }
        };
        self.send_to_all(n, &frame);
    }

    /// Spoils an answer to one who catches up.
    pub(super) fn falsify(&mut self, values: &mut [RawDecidedValue<Engine>]) {
        if values.is_empty() || self.dice.per_mille(300) {
            return;
        }
        self.trace.fault("lie in sync");
        let which = self.dice.below(values.len() as u64) as usize;
        let value = &mut values[which];
        match self.dice.below(4) {
            0 => {
                let mut body = value.value_bytes.to_vec();
                let at = self.dice.below(body.len() as u64) as usize;
                body[at] ^= 1 << self.dice.below(8);
                value.value_bytes = body.into();
            }
            1 => {
                value.certificate.commit_signatures.truncate(1);
            }
            2 => {
                let at = self.dice.below(64) as usize;
                value.certificate.value_id.0[at] ^= 1;
            }
            _ => {
                if let Some(one) = value.certificate.commit_signatures.first_mut() {
                    one.signature.0[3] ^= 1;
                }
            }
        }
    }
}

fn consensus(message: SignedConsensusMsg<Engine>) -> Frame {
    Frame::Consensus(Wire.encode(&message).unwrap())
}
