//! What must hold of rules and applications over random histories: any party, any kind, any order.

use alloc::{collections::BTreeMap, format, string::String, vec::Vec};

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::{
    certificate::{
        Event, State,
        events::ApplicationEvent,
        review_again,
        state::{Applied, Stage},
    },
    family,
    limits::SUBMISSIONS_MAX,
    testing::{certificate::*, port::*},
    world::SubjectKey,
};

const CASES: [&str; 3] = ["A-1", "A-2", "A-3"];
const PARTIES: [&str; 5] =
    ["exporter", "importer", "receiving_customs", "river_customs", "other_carrier"];
const DECISIONS: [&str; 3] = ["approve", "return", "refuse"];

#[derive(Clone, Debug)]
enum Step {
    Apply(usize, u8, bool),
    Rule(usize, usize),
    Withdraw(usize),
    Rules(u32, u64),
    Activate(u32),
    Wrong(usize, u8, usize),
    Wait(u64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let case = || 0..CASES.len();
    let step = prop_oneof![
        8 => (case(), 0..6_u8, any::<bool>()).prop_map(|(c, how, again)| Step::Apply(c, how, again)),
        5 => (case(), 0..DECISIONS.len()).prop_map(|(c, d)| Step::Rule(c, d)),
        1 => case().prop_map(Step::Withdraw),
        1 => (1..6_u32, 3000..6000_u64).prop_map(|(v, below)| Step::Rules(v, below)),
        1 => (0..5_u32).prop_map(Step::Activate),
        3 => (case(), 0..4_u8, 0..PARTIES.len()).prop_map(|(c, k, p)| Step::Wrong(c, k, p)),
        1 => (0..4 * DAY).prop_map(Step::Wait),
    ];
    proptest::collection::vec(step, 1..60)
}

/// An application that is right, or wrong in one of several ways.
fn varied(no: &str, how: u8) -> Act {
    match how {
        0 => apply(no).with_item("hs", Value::Null),
        1 => apply(no).with_item("rvc_permyriad", 3980),
        2 => apply(no).with("producer_uscc", FLAGGED),
        3 => apply(no).with("country", "FRA"),
        4 => apply(no).without("invoice"),
        _ => apply(no),
    }
}

fn act_of(step: &Step) -> Option<Act> {
    let again = |act: Act, again: bool| if again { Act { kind: "resubmit", ..act } } else { act };
    Some(match step {
        Step::Apply(c, how, resent) => again(varied(CASES[*c], *how), *resent),
        Step::Rule(c, d) => rule_on(CASES[*c], DECISIONS[*d]),
        Step::Withdraw(c) => withdraw_application(CASES[*c]),
        Step::Rules(version, below) => {
            let mut rows = form_e_rows();
            rows[3]["when"][1]["values"]["numbers"] = json!([below]);
            register_rows(*version, &rows)
        }
        Step::Activate(version) => activate_rules(*version),
        Step::Wrong(c, 0, p) => apply(CASES[*c]).by(PARTIES[*p]),
        Step::Wrong(c, 1, p) => rule_on(CASES[*c], "approve").by(PARTIES[*p]),
        Step::Wrong(c, 2, p) => withdraw_application(CASES[*c]).by(PARTIES[*p]),
        Step::Wrong(_, _, p) => activate_rules(1).by(PARTIES[*p]),
        Step::Wait(_) => return None,
    })
}

fn applications(port: &Port) -> BTreeMap<String, Applied> {
    let states = port.ledger.records().iter().filter_map(|(key, record)| match &record.state {
        family::State::Certificate(State::Application(applied)) => {
            Some((key.subject.clone(), (**applied).clone()))
        }
        _ => None,
    });
    states.collect()
}

fn rule_sets(port: &Port) -> BTreeMap<SubjectKey, Vec<u8>> {
    let sets = port.ledger.records().iter().filter(|(k, _)| k.subject.starts_with("ruleset:"));
    sets.map(|(key, record)| (key.clone(), record.bytes())).collect()
}

/// What one step may do to an application: nothing more once it is over, and an investigation ends
/// by an officer of the office that was asked.
fn invariant_stages(before: &Applied, after: &Applied) {
    if before == after {
        return;
    }
    assert!(!matches!(before.stage, Stage::Refused | Stage::Withdrawn | Stage::Issued));
    let ended = before.stage == Stage::Investigated && after.stage != Stage::Investigated;
    let ruled = after.ruled.as_ref().filter(|r| before.ruled.as_ref() != Some(r));
    assert!(!ended || ruled.is_some_and(|r| r.by.party == "GACC5165"), "{after:#?}");
    let sent = after.reviews.len() > before.reviews.len();
    assert!(!sent || before.stage == Stage::Returned, "{after:#?}");
    assert_eq!(before.by.party, after.by.party);
}

/// An application is passed by rules or by an officer, and by nothing else.
fn invariant_passed(port: &Port, applied: &Applied) {
    let last = applied.reviews.last().unwrap();
    assert!(applied.reviews.len() <= SUBMISSIONS_MAX);
    assert_eq!(applied.is_waiting(), applied.due.is_some(), "{applied:#?}");
    let approved = applied.ruled.as_ref().is_some_and(|r| r.decision.name() == "approve");
    let passed = last.outcome.name() == "pass";
    assert!(applied.stage != Stage::Passed || passed || approved, "{applied:#?}");
    if let Some(name) = &last.ruleset {
        let again = review_again(applied, &port.rule_set(name)).unwrap();
        assert_eq!((again.outcome, again.hits), (last.outcome, last.hits.clone()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn applications_over_any_history(steps in steps()) {
        let mut port = Port::reviewing();
        for step in &steps {
            let (before, sets) = (applications(&port), rule_sets(&port));
            match (step, act_of(step)) {
                (Step::Wait(span), _) => port.wait(*span),
                (_, Some(act)) => {
                    let _refused = port.tries(&act);
                }
                (_, None) => {}
            }
            let after = applications(&port);
            for (name, applied) in &after {
                before.get(name).into_iter().for_each(|b| invariant_stages(b, applied));
                invariant_passed(&port, applied);
            }
            let now = rule_sets(&port);
            prop_assert!(sets.iter().all(|(key, bytes)| now.get(key) == Some(bytes)));
            prop_assert_eq!(port.ledger.not_folds(), Vec::new());
        }
        // An application's deadline fires once a review.
        let overdue = |h: &&crate::execute::Happening| {
            let event = family::Event::Certificate(Event::Application(ApplicationEvent::Overdue));
            h.event == event
        };
        let fired = port.ledger.history.iter().filter(overdue).count();
        let reviews: usize = applications(&port).values().map(|a| a.reviews.len()).sum();
        prop_assert!(fired <= reviews, "{}", format!("{fired} alerts of {reviews} reviews"));
    }
}
