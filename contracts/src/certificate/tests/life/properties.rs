//! The invariants of domain.md §2.4 over random histories: any party, any kind, any order.

use alloc::{collections::BTreeSet, string::String, vec, vec::Vec};

use proptest::prelude::*;
use serde_json::json;

use crate::{
    certificate::{Event, State, evolve, state::Standing},
    family,
    testing::{
        dice::Dice,
        histories::{
            certificate::{FROM, step},
            lots, play, throw,
        },
        invariants::certificate::invariants,
        life::*,
        port::*,
    },
    world::Record,
};

proptest! {
    #[test]
    fn random_histories_keep_every_invariant(from in 0..FROM.len(), lots in lots(90)) {
        let mut port = FROM[from].clone();
        play(&mut port, step, &lots, |port, _| invariants(port));
        prop_assert_eq!(port.ledger.not_folds(), vec![]);
        for record in port.ledger.records().values() {
            prop_assert_eq!(&Record::parse(&record.bytes()).unwrap(), record);
        }
        for alert in port.ledger.alerts() {
            prop_assert!(!alert.en.is_empty() && !alert.zh.is_empty() && !alert.parties.is_empty());
        }
    }

    /// No number makes a rule or a fold stop, however far out it is.
    #[test]
    fn numbers_at_the_edge_are_answered(
        from in prop::sample::select(vec![0, 1, START, u64::MAX - 1]),
        to in prop::sample::select(vec![1, START + DAY, u64::MAX - 1, u64::MAX]),
        departs in prop::sample::select(vec![0, START, u64::MAX]),
        wait in prop::sample::select(vec![1, DAY, 400 * DAY]),
        back_by in prop::sample::select(vec![START + HOUR, u64::MAX]),
    ) {
        let transport = json!({ "mode": 2, "departs": departs });
        let mut permit = apply_permit("P").with("transport", transport.clone());
        permit.body["term"] = json!({ "from": from, "to": to });
        let horses = apply_horses("H").with("transport", transport.clone());
        let mut health = apply_health("L").with("transport", transport);
        health.body["isolation"]["from"] = json!(from);
        health.body["isolation"]["to"] = json!(to);
        let mut port = Port::certifying();
        let _ = port.tries(&file_letter("TI-9").with("return_by", back_by));
        for (no, name, act) in [(PERMIT, "P", permit), (HORSES, "H", horses), (HEALTH, "L", health)] {
            if port.tries(&act).is_ok() {
                let _ = port.tries(&pass(name));
                let issue = port.issue(no, name);
                let _ = port.tries(&issue);
                let _ = port.tries(&consume_whole(no));
                port.wait(wait);
                let _ = port.tries(&consume_whole(no));
            }
        }
        prop_assert_eq!(port.ledger.not_folds(), vec![]);
    }
}

/// The histories are worth something: every kind of event happens, and every standing is reached.
#[test]
fn random_histories_reach_every_event_and_standing() {
    let (mut events, mut standings) = (BTreeSet::new(), BTreeSet::new());
    for i in 0..300 {
        let mut port = FROM[i % FROM.len()].clone();
        let mut dice = Dice::new(i as u64);
        let lots: Vec<_> = (0..dice.below(90)).map(|_| throw(&mut dice)).collect();
        play(&mut port, step, &lots, |port, _| invariants(port));
        for happening in &port.ledger.history {
            let family::Event::Certificate(event) = &happening.event else { continue };
            let json = serde_json::to_value(event).unwrap();
            events.insert(String::from(json["event"].as_str().unwrap()));
        }
        standings.extend(port.certificates().iter().map(|(_, c)| c.standing));
    }
    assert_eq!(standings.len(), Standing::ALL.len(), "{standings:?}");
    for event in [
        "issued",
        "countersigned",
        "printed",
        "handed_over",
        "courier_reported",
        "used",
        "scanned",
        "corrected",
        "amended",
        "replaced",
        "revoked",
        "expired",
        "animals_imported",
        "animals_returned",
        "written_off",
        "return_overdue",
        "page_printed",
        "page_outdated",
        "lines_certified",
        "serial_given",
        "animal_moved",
    ] {
        assert!(events.contains(event), "{event} in {events:?}");
    }
}

/// Every fold is total: any event on any state, and on none.
#[test]
fn any_event_on_any_state_has_a_next_state() {
    let second = "E265100123450002";
    let invoice = apply_form_e("A").body["invoice"].clone();
    let new = apply_form_e("B").with("replaces", FORM_E).with("invoice", invoice);
    let port = Port::imported().issues(FORM_E, apply_form_e("A")).do_all([
        back(LETTER, &chips(1..=5)),
        countersign(FORM_E),
        print(FORM_E, 1),
        send(FORM_E),
        courier(FORM_E, "accepted"),
    ]);
    let port = port.issues(second, new).do_all([countersign(second), consume(second, 1)]);
    let correction = correct(second, &chips(1..=2)).without("group").with("remarks", "2 boxes");
    let port = port.do_all([correction, agree(second), revoke(second)]).after(100 * DAY);
    let mut known: Vec<Option<State>> = vec![None];
    let mut events: Vec<Event> = Vec::new();
    for happening in &port.ledger.history {
        let family::Event::Certificate(event) = &happening.event else { continue };
        events.push(event.clone());
        let last = known.iter().flatten().last().cloned();
        known.push(Some(evolve(last, event)));
    }
    for state in &known {
        for event in &events {
            let next = evolve(state.clone(), event);
            let _ = (next.next_deadline(), next.alerts("x:1"));
        }
    }
}
