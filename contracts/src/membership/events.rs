//! What happens to the records of this family, and the fold that is their only writer.

use alloc::{boxed::Box, collections::BTreeMap, string::String, vec::Vec};

use countersign_record::{
    Digest,
    founding::{Names, NodeKeys},
};
use minicbor::{Decode, Encode};
use serde::Serialize;

use super::{
    power::{Balance, Tally},
    state::{Against, Key, Member, Party, Proposal, Roster, Schedule, Scheduled, Stage, State},
};
use crate::{family::desk::By, shared::Shared};

/// What happened to a subject of this family.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// A party came in.
    #[n(0)]
    Admitted {
        /// The party.
        #[n(0)]
        party: Party,
    },
    /// A party was suspended or reinstated.
    #[n(1)]
    StandingChanged {
        /// Whether it may act now.
        #[n(0)]
        active: bool,
        /// Why.
        #[n(1)]
        reason: String,
    },
    /// A key was registered for a party.
    #[n(2)]
    KeyRegistered {
        /// The key.
        #[n(0)]
        key: Key,
    },
    /// A key was revoked.
    #[n(3)]
    KeyRevoked {
        /// Why.
        #[n(0)]
        reason: String,
    },
    /// A party's list of keys changed.
    #[n(4)]
    KeysChanged {
        /// The key that was added.
        #[n(0)]
        added: Option<Digest>,
        /// The key that was revoked.
        #[n(1)]
        revoked: Option<Digest>,
    },
    /// A party's nodes were listed.
    #[n(5)]
    NodesListed {
        /// The party.
        #[n(0)]
        party: String,
        /// Its nodes.
        #[n(1)]
        nodes: Vec<NodeKeys>,
        /// Whether they take part.
        #[n(2)]
        active: bool,
    },
    /// A party's nodes were let in or shut out.
    #[n(6)]
    NodesSwitched {
        /// The party.
        #[n(0)]
        party: String,
        /// Whether they take part now.
        #[n(1)]
        active: bool,
    },
    /// A district or place was named.
    #[n(7)]
    Named {
        /// Its names.
        #[n(0)]
        names: Names,
    },
    /// The parameters were set.
    #[n(8)]
    ParametersSet {
        /// Name to value.
        #[n(0)]
        parameters: BTreeMap<String, i64>,
    },
    /// A change was proposed.
    #[n(9)]
    Proposed {
        /// The proposal.
        #[n(0)]
        proposal: Box<Proposal>,
    },
    /// A proposal was approved.
    #[n(10)]
    Approved {
        /// By whom.
        #[n(0)]
        by: By,
        /// How the approvals stand with this one.
        #[n(1)]
        tally: Tally,
        /// What the change does to the voting power as it is now.
        #[n(2)]
        balance: Option<Balance>,
    },
    /// The proposer took its proposal back.
    #[n(11)]
    Withdrawn {
        /// Why.
        #[n(0)]
        reason: String,
    },
    /// A proposal took effect.
    #[n(12)]
    Enacted {
        /// The approvals that carried it.
        #[n(0)]
        tally: Tally,
        /// What it did to the voting power.
        #[n(1)]
        balance: Option<Balance>,
    },
    /// A proposal's height came without a quorum, or when it could no longer be done.
    #[n(13)]
    Lapsed {
        /// The approvals that it had.
        #[n(0)]
        tally: Tally,
        /// What stood against it, where it had a quorum.
        #[n(1)]
        against: Option<Against>,
    },
    /// A height was taken for a proposal.
    #[n(14)]
    Scheduled {
        /// The height.
        #[n(0)]
        height: u64,
        /// The proposal.
        #[n(1)]
        scheduled: Scheduled,
    },
    /// Nothing is to take effect at a height any more.
    #[n(15)]
    Unscheduled {
        /// The height.
        #[n(0)]
        height: u64,
    },
}

/// The only writer of this family's state.
pub fn evolve(state: Option<State>, event: &Event) -> State {
    match (state, event.clone()) {
        (_, Event::Admitted { party }) => State::Party(Shared::new(party)),
        (Some(State::Party(party)), event) => {
            State::Party(Shared::new(on_party(party.take(), event)))
        }
        (_, Event::KeyRegistered { key }) => State::Key(key),
        (Some(State::Key(mut key)), Event::KeyRevoked { reason }) => {
            key.revoked = Some(reason);
            State::Key(key)
        }
        (roster, event @ (Event::NodesListed { .. } | Event::NodesSwitched { .. })) => {
            State::Roster(on_roster(roster_of(roster), event))
        }
        (_, Event::Named { names }) => State::Name(names),
        (_, Event::ParametersSet { parameters }) => State::Parameters(Shared::new(parameters)),
        (_, Event::Proposed { proposal }) => State::Proposal(Shared::new(*proposal)),
        (Some(State::Proposal(proposal)), event) => {
            State::Proposal(Shared::new(on_proposal(proposal.take(), event)))
        }
        (schedule, Event::Scheduled { height, scheduled }) => {
            let mut schedule = schedule_of(schedule);
            schedule.open.insert(height, scheduled);
            State::Schedule(schedule)
        }
        (schedule, Event::Unscheduled { height }) => {
            let mut schedule = schedule_of(schedule);
            schedule.open.remove(&height);
            State::Schedule(schedule)
        }
        // The rules make every other event only for a subject that is there; a fold that meets
        // another keeps what it has.
        (Some(state), _) => state,
        (None, _) => State::Roster(Roster::default()),
    }
}

fn on_party(mut party: Party, event: Event) -> Party {
    match event {
        Event::StandingChanged { active, reason } => {
            party.active = active;
            party.reason = (!active).then_some(reason);
        }
        Event::KeysChanged { added, revoked } => {
            party.keys.extend(added);
            party.keys.retain(|k| Some(*k) != revoked);
            party.revoked_keys.extend(revoked);
        }
        _ => {}
    }
    party
}

fn on_roster(mut roster: Roster, event: Event) -> Roster {
    match event {
        Event::NodesListed { party, nodes, active } => {
            roster.members.insert(party, Member { nodes, active });
        }
        Event::NodesSwitched { party, active } => {
            if let Some(member) = roster.members.get_mut(&party) {
                member.active = active;
            }
        }
        _ => {}
    }
    roster
}

fn on_proposal(mut proposal: Proposal, event: Event) -> Proposal {
    match event {
        Event::Approved { by, tally, balance } => {
            proposal.approvals.push(by);
            (proposal.tally, proposal.balance) = (tally, balance);
        }
        Event::Withdrawn { reason } => {
            proposal.stage = Stage::Withdrawn;
            proposal.withdrawn = Some(reason);
        }
        Event::Enacted { tally, balance } => {
            proposal.stage = Stage::Enacted;
            (proposal.tally, proposal.balance) = (tally, balance);
        }
        Event::Lapsed { tally, against } => {
            proposal.stage = Stage::Lapsed;
            (proposal.tally, proposal.against) = (tally, against);
        }
        _ => {}
    }
    proposal
}

pub(super) fn roster_of(state: Option<State>) -> Roster {
    match state {
        Some(State::Roster(roster)) => roster,
        _ => Roster::default(),
    }
}

pub(super) fn schedule_of(state: Option<State>) -> Schedule {
    match state {
        Some(State::Schedule(schedule)) => schedule,
        _ => Schedule::default(),
    }
}
