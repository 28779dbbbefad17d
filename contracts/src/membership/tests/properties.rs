//! Random proposals, approvals and withdrawals by anybody, with the invariants of votes checked
//! after every batch against a count of our own.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    string::String,
    vec::Vec,
};

use countersign_record::statement;
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::{
    family,
    membership::{self, Action, Event, KINDS, Stage, State, evolve},
    world::Record,
};

/// The parties that vote at first, and two that may come to.
const PARTIES: [&str; 6] =
    ["river_customs", "hub_customs", "river_wharf", "hub_wharf", "carrier", "tally"];
const SLA: &str = "combined_port.hold_response_ms";

#[derive(Clone, Debug)]
enum Step {
    Propose(usize, u64, What),
    Approve(usize, usize),
    /// The four founders, one after the other.
    AllApprove,
    Withdraw(usize, usize),
    Suspend(usize),
    Reinstate(usize),
    Beat,
}

#[derive(Clone, Debug)]
enum What {
    Seat(usize, u64),
    Rotate(usize, u64),
    Unseat(usize),
    Stand(usize, bool),
    Set(i64),
    Rules,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let who = || 0..PARTIES.len();
    let what = prop_oneof![
        3 => (who(), 0..4_u64).prop_map(|(p, power)| What::Seat(p, power)),
        2 => (who(), 0..3_u64).prop_map(|(p, n)| What::Rotate(p, n)),
        2 => who().prop_map(What::Unseat),
        3 => (2..4_usize, any::<bool>()).prop_map(|(p, active)| What::Stand(p, active)),
        1 => (0..3_i64).prop_map(What::Set),
        1 => Just(What::Rules),
    ];
    let step = prop_oneof![
        4 => (who(), 1..9_u64, what).prop_map(|(p, h, what)| Step::Propose(p, h, what)),
        12 => (who(), 0..3_usize).prop_map(|(p, back)| Step::Approve(p, back)),
        2 => Just(Step::AllApprove),
        1 => (who(), 0..3_usize).prop_map(|(p, back)| Step::Withdraw(p, back)),
        1 => (2..PARTIES.len()).prop_map(Step::Suspend),
        1 => (2..PARTIES.len()).prop_map(Step::Reinstate),
        3 => Just(Step::Beat),
    ];
    proptest::collection::vec(step, 1..80)
}

fn change(what: &What) -> serde_json::Value {
    match what {
        What::Seat(p, power) => seat(PARTIES[*p], PARTIES[*p], *power),
        What::Rotate(p, n) => {
            let name = format!("{} {n}", PARTIES[*p]);
            let key = key_of(&format!("{name} validator")).public();
            let new = NodeKeys { validator_key: Some(key), ..node(PARTIES[*p], 1) };
            set_node(PARTIES[*p], &name, &new)
        }
        What::Unseat(p) => unseat(PARTIES[*p], PARTIES[*p]),
        What::Stand(p, true) => json!({ "reinstate": { "party": id(PARTIES[*p]) } }),
        What::Stand(p, false) => json!({ "suspend": { "party": id(PARTIES[*p]) } }),
        What::Set(value) => set_parameter(SLA, *value),
        What::Rules => json!({ "set_rules": { "version": 2 } }),
    }
}

/// What we count ourselves: who approved what, for which height.
#[derive(Default)]
struct Count {
    names: Vec<String>,
    approvals: BTreeMap<String, BTreeSet<&'static str>>,
    heights: BTreeMap<String, u64>,
}

/// Party and key to power.
type Powers = BTreeMap<(String, PublicKey), u64>;

fn powers(port: &Port) -> Powers {
    let set = membership::validators(&World::new(&port.ledger)).unwrap();
    set.validators().iter().map(|v| ((v.party.clone(), v.key), v.power)).collect()
}

fn parameters(port: &Port) -> BTreeMap<String, i64> {
    membership::parameters(&World::new(&port.ledger)).unwrap().take()
}

fn play(port: &mut Port, steps: &[Step]) -> Count {
    let mut count = Count::default();
    for step in steps {
        let recent = |back: &usize| count.names.iter().rev().nth(*back).cloned();
        let approving =
            |p: usize, back: &usize| recent(back).map(|name| approve(PARTIES[p], &name));
        let acts: Vec<Act> = match step {
            Step::Propose(p, ahead, what) => {
                let name = format!("p{}", count.names.len());
                let height = port.height() + ahead;
                vec![propose(&name, height, change(what)).by(PARTIES[*p])]
            }
            Step::Approve(p, back) => approving(*p, back).into_iter().collect(),
            Step::AllApprove => (0..4).filter_map(|p| approving(p, &0)).collect(),
            Step::Withdraw(p, back) => {
                recent(back).map(|name| withdraw(&name).by(PARTIES[*p])).into_iter().collect()
            }
            Step::Suspend(p) => vec![suspend(PARTIES[*p])],
            Step::Reinstate(p) => vec![reinstate(PARTIES[*p])],
            Step::Beat => {
                watched(port, &mut count, |port, _| port.wait(1000));
                continue;
            }
        };
        for act in acts {
            watched(port, &mut count, |port, count| {
                if port.tries(&act).is_ok() {
                    count.counts(&act);
                }
            });
        }
    }
    count
}

/// One batch, and the invariants after it.
fn watched(port: &mut Port, count: &mut Count, batch: impl FnOnce(&mut Port, &mut Count)) {
    let (before, set, from) = (powers(port), parameters(port), port.ledger.history.len());
    batch(port, count);
    invariants(port, count, from, &before, &set);
}

impl Count {
    fn counts(&mut self, act: &Act) {
        let name = String::from(act.subject.trim_start_matches("proposal:"));
        if act.kind == "propose" {
            self.names.push(name.clone());
            self.heights.insert(name.clone(), act.body["effective_height"].as_u64().unwrap());
        }
        if ["propose", "approve"].contains(&act.kind) {
            self.approvals.entry(name).or_default().insert(id(act.who));
        }
    }
}

fn invariants(
    port: &Port,
    count: &Count,
    from: usize,
    before: &Powers,
    set: &BTreeMap<String, i64>,
) {
    let happened = &port.ledger.history[from..];
    let by_office = happened.iter().any(|h| {
        h.cause != crate::execute::Cause::Clock
            && matches!(h.event, family::Event::Membership(Event::NodesSwitched { .. }))
    });
    let enacted: Vec<&str> = happened
        .iter()
        .filter(|h| matches!(h.event, family::Event::Membership(Event::Enacted { .. })))
        .map(|h| h.subject.subject.trim_start_matches("proposal:"))
        .collect();
    let after = powers(port);
    let unchanged = after == *before && parameters(port) == *set;
    assert!(unchanged || by_office || enacted.len() == 1, "changed by nobody");
    // One office changes the set only under version 1, and takes less than a third away.
    assert!(
        !by_office || port.ledger.moment().rules == 1 || after == *before || enacted.len() == 1
    );
    for name in enacted.iter().filter(|_| !by_office) {
        invariant_carried(count, name, before, port.height());
        invariant_a_quorum_stays(before, &after);
    }
    crate::testing::invariants::membership::invariants(port);
}

/// More than two thirds of the power before it approved, and it is the height before its own.
fn invariant_carried(count: &Count, name: &str, before: &Powers, height: u64) {
    assert_eq!(count.heights[name], height + 1, "{name}");
    let approved = before.iter().filter(|((p, _), _)| count.approvals[name].contains(p.as_str()));
    let approved: u64 = approved.map(|(_, power)| power).sum();
    let all: u64 = before.values().sum();
    assert!(approved * 3 > all * 2, "{name}: {approved} of {all}");
}

/// Those who stay as they are decide alone, by the set before and by the set after.
fn invariant_a_quorum_stays(before: &Powers, after: &Powers) {
    let stays: u64 =
        after.iter().filter_map(|(who, power)| Some(*before.get(who)?.min(power))).sum();
    for set in [before, after] {
        let all: u64 = set.values().sum();
        assert!(stays * 3 > all * 2, "{stays} of {all}");
    }
}

proptest! {
    #[test]
    fn random_votes_keep_every_invariant(rules in 1..=2_u32, steps in steps()) {
        let mut port = voting_under(rules, &FOUR);
        play(&mut port, &steps);
        prop_assert_eq!(port.ledger.not_folds(), vec![]);
        for record in port.ledger.records().values() {
            prop_assert_eq!(&Record::parse(&record.bytes()).unwrap(), record);
        }
        for alert in port.ledger.alerts() {
            prop_assert!(!alert.en.is_empty() && !alert.zh.is_empty() && !alert.parties.is_empty());
        }
    }

    #[test]
    fn whatever_bytes_arrive_there_is_an_answer(
        kind in 0..KINDS.len(),
        body in proptest::collection::vec(any::<u8>(), 0..64),
        subject in "(party|proposal|roster|x):[ -~]{0,20}",
    ) {
        let action = statement::Action {
            family: "membership".into(),
            kind: KINDS[kind].name.into(),
            schema: 1,
            subject,
            body,
            seen: None,
            sealed: None,
        };
        let _ = Action::check(&action);
    }

    /// No number makes a rule or a fold stop, however far out it is.
    #[test]
    fn numbers_at_the_edge_are_answered(
        power in prop::sample::select(vec![1, u64::MAX / 3, u64::MAX / 3 + 1, u64::MAX]),
        founders in prop::sample::select(vec![1, u64::MAX / 12, u64::MAX / 12 + 1]),
        height in prop::sample::select(vec![0, 1, 2, 3, u64::MAX - 1, u64::MAX]),
        value in prop::sample::select(vec![i64::MIN, -1, 0, i64::MAX]),
        version in prop::sample::select(vec![0, 1, 3, u32::MAX]),
    ) {
        let powers = FOUR.map(|(name, _)| (name, founders));
        let mut port = voting_under(2, &powers[..if founders > u64::MAX / 12 { 3 } else { 4 }]);
        for (n, change) in [
            seat("carrier", "carrier", power),
            seat("hub_customs", "hub_customs", power),
            set_parameter(SLA, value),
            json!({ "set_rules": { "version": version } }),
        ].into_iter().enumerate() {
            let name = format!("p{n}");
            let _ = port.tries(&propose(&name, height, change));
            let _ = port.tries(&approve("hub_customs", &name));
        }
        port.wait(1000);
    }
}

/// The histories are worth something: every stage is reached, and every change enacted.
#[test]
fn random_votes_reach_every_stage_and_change() {
    use proptest::{strategy::ValueTree as _, test_runner::TestRunner};
    let mut runner = TestRunner::deterministic();
    let (mut stages, mut enacted, mut events) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for i in 0..600_u32 {
        let mut port = voting_under(1 + i % 2, &FOUR);
        let steps = steps().new_tree(&mut runner).unwrap().current();
        let count = play(&mut port, &steps);
        for name in &count.names {
            let proposal = port.proposal(name);
            stages.insert(proposal.stage);
            if proposal.stage == Stage::Enacted {
                let json = serde_json::to_value(&proposal.change).unwrap();
                enacted.extend(json.as_object().unwrap().keys().cloned());
            }
        }
        for happening in &port.ledger.history {
            let family::Event::Membership(event) = &happening.event else { continue };
            let json = serde_json::to_value(event).unwrap();
            events.insert(String::from(json["event"].as_str().unwrap()));
        }
    }
    assert_eq!(stages.len(), Stage::ALL.len(), "{stages:?}");
    assert_eq!(enacted.len(), 6, "{enacted:?}");
    for event in ["scheduled", "unscheduled", "lapsed", "nodes_listed", "nodes_switched"] {
        assert!(events.contains(event), "{event}: {events:?}");
    }
}

/// Every fold is total: any event on any state, and on none.
#[test]
fn any_event_on_any_state_has_a_next_state() {
    let mut port = four();
    port.does(&propose("a", 4, seat("carrier", "carrier", 1)));
    port.does(&approve("hub_customs", "a"));
    port.does(&approve("river_wharf", "a"));
    port.does(&propose("b", 9, set_parameter(SLA, 1)));
    port.does(&withdraw("b"));
    port.does(&propose("c", 8, set_parameter(SLA, 1)));
    port.does(&suspend("tally"));
    port.does(&rotate("agent", "agent 2", Some("agent")));
    let states: Vec<State> = port
        .ledger
        .records()
        .values()
        .filter_map(|r| match &r.state {
            family::State::Membership(state) => Some(state.clone()),
            _ => None,
        })
        .collect();
    for happening in &port.ledger.history {
        let family::Event::Membership(event) = &happening.event else { continue };
        let _ = evolve(None, event).next_deadline();
        for state in &states {
            let _ = evolve(Some(state.clone()), event).alerts("x");
        }
    }
}
