//! What must hold on every ledger that votes, by name: read from its history, with a count of our
//! own.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    string::String,
    vec::Vec,
};

use crate::{
    execute::{Cause, Happening},
    family,
    limits::PROPOSALS_PER_PARTY_MAX,
    membership::{Event, Member, RULES_PARAMETER, Roster, Stage, State, evolve},
    testing::port::*,
    versions,
};

/// What holds after every step.
pub(crate) fn invariants(port: &Port) {
    invariant_the_schedule_is_what_is_open(port);
    let mut count = Count::of(port);
    for happening in &port.ledger.history {
        count.happens(happening);
    }
}

/// What is open stands in the schedule, for a height to come, and nothing else does.
fn invariant_the_schedule_is_what_is_open(port: &Port) {
    let (schedule, proposals) = (port.schedule(), port.proposals());
    let open = proposals.iter().filter(|(_, p)| p.stage == Stage::Open);
    let open: BTreeSet<(u64, &str)> = open.map(|(name, p)| (p.effective_height, *name)).collect();
    let listed: BTreeSet<(u64, &str)> =
        schedule.open.iter().map(|(height, s)| (*height, s.proposal.as_str())).collect();
    assert_eq!(listed, open);
    let next = port.ledger.moment().height + 1;
    assert!(schedule.open.keys().all(|height| *height > next), "{schedule:?}");
    let mut by_party = BTreeMap::<&String, usize>::new();
    for scheduled in schedule.open.values() {
        *by_party.entry(&scheduled.party).or_default() += 1;
    }
    assert!(by_party.values().all(|n| *n <= PROPOSALS_PER_PARTY_MAX));
}

/// Party and key to power.
type Powers = BTreeMap<(String, Vec<u8>), u64>;

fn powers(roster: &Roster) -> Powers {
    let mut powers = Powers::new();
    for (party, Member { nodes, active }) in &roster.members {
        for node in nodes.iter().filter(|_| *active) {
            if let Some(key) = &node.validator_key {
                powers.insert((party.clone(), key.0.to_vec()), node.power);
            }
        }
    }
    powers
}

/// What we count ourselves along a history: who may vote, and who approved what.
struct Count {
    roster: Option<State>,
    rules: i64,
    approvals: BTreeMap<String, BTreeSet<String>>,
    /// The powers before the change that a vote is making just now.
    before: Option<Powers>,
}

impl Count {
    fn of(port: &Port) -> Self {
        let roster = port.founded_roster();
        let rules = i64::from(port.founded_rules());
        Self { roster, rules, approvals: BTreeMap::new(), before: None }
    }

    fn powers(&self) -> Powers {
        match &self.roster {
            Some(State::Roster(roster)) => powers(roster),
            other => panic!("{other:?}"),
        }
    }

    fn happens(&mut self, happening: &Happening) {
        let family::Event::Membership(event) = &happening.event else { return };
        let name = happening.subject.subject.strip_prefix("proposal:").map(String::from);
        match (event, name) {
            (Event::Proposed { proposal }, Some(name)) => {
                self.approvals.entry(name).or_default().insert(proposal.proposed.party.clone());
            }
            (Event::Approved { by, .. }, Some(name)) => {
                self.approvals.entry(name).or_default().insert(by.party.clone());
            }
            (Event::Unscheduled { .. }, _) if happening.cause == Cause::Clock => {
                self.before = Some(self.powers());
            }
            (Event::Enacted { .. }, Some(name)) => self.invariant_a_quorum_decided(&name),
            (Event::Lapsed { .. }, Some(name)) => {
                assert_eq!(self.before.take(), Some(self.powers()), "{name} lapsed");
            }
            (Event::ParametersSet { parameters }, _) => {
                self.rules = parameters.get(RULES_PARAMETER).copied().unwrap_or(self.rules);
            }
            (Event::NodesListed { .. } | Event::NodesSwitched { .. }, _) => {
                let before = self.powers();
                self.roster = Some(evolve(self.roster.take(), event));
                if happening.cause != Cause::Clock && self.powers() != before {
                    // Under version 1 one office changed the set; under no later one.
                    assert!(self.rules < i64::from(versions::STANDING_BY_VOTE), "{event:?}");
                }
            }
            _ => {}
        }
    }

    /// More than two thirds of the power before it approved; and those who stay as they are decide
    /// alone, by the set before and by the set after.
    fn invariant_a_quorum_decided(&mut self, name: &str) {
        let (before, after) = (self.before.take().unwrap(), self.powers());
        let approved = before.iter().filter(|((p, _), _)| self.approvals[name].contains(p));
        let approved: u64 = approved.map(|(_, power)| power).sum();
        let all: u64 = before.values().sum();
        assert!(approved * 3 > all * 2, "{name}: {approved} of {all}");
        let stays = after.iter().filter_map(|(who, power)| Some(*before.get(who)?.min(power)));
        let stays: u64 = stays.sum();
        for set in [&before, &after] {
            let all: u64 = set.values().sum();
            assert!(stays * 3 > all * 2, "{name}: {stays} of {all} stay");
        }
    }
}
