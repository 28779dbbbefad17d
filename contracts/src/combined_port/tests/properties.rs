//! The invariants of domain.md §2.1 over random histories: any party, any kind, any order.

use alloc::{vec, vec::Vec};

use countersign_record::statement;
use proptest::prelude::*;
use serde_json::json;

use crate::{
    combined_port::{Action, KINDS, State, evolve},
    family,
    testing::{
        histories::{
            lots, play,
            port::{ACTS, FROM, step},
        },
        invariants::port::{invariant_one_release_and_one_notice, invariants, states},
        port::*,
    },
    world::Record,
};

proptest! {
    #[test]
    fn random_histories_keep_every_invariant(from in 0..FROM.len(), lots in lots(60)) {
        let mut port = FROM[from].clone();
        let mut again = port.clone();
        let said = play(&mut port, step, &lots, |port, _| invariants(port));
        invariant_one_release_and_one_notice(&port);
        prop_assert_eq!(port.ledger.not_folds(), vec![]);
        for record in port.ledger.records().values() {
            prop_assert_eq!(&Record::parse(&record.bytes()).unwrap(), record);
        }
        // The same entries at the same times give the same bytes; waiting changes nothing more.
        for (time, statement) in said {
            let _ = again.ledger.submit(time, statement);
        }
        again.time = port.time;
        again.wait(1);
        port.wait(1);
        prop_assert_eq!(snapshot(&again), snapshot(&port));
        // Whatever is open has words for it in both languages.
        for alert in port.ledger.alerts() {
            prop_assert!(!alert.en.is_empty() && !alert.zh.is_empty() && !alert.parties.is_empty());
        }
    }

    #[test]
    fn whatever_bytes_arrive_there_is_an_answer(
        kind in 0..KINDS.len(),
        body in proptest::collection::vec(any::<u8>(), 0..64),
        subject in "(bill|box|plan|ship|x):[ -~]{0,12}",
    ) {
        let kind = KINDS[kind].name;
        let action = statement::Action {
            family: "combined_port".into(),
            kind: kind.into(),
            schema: 1,
            subject,
            body,
            seen: None,
            sealed: None,
        };
        let _ = Action::check(&action);
    }

    #[test]
    fn a_body_with_one_byte_changed_is_read_or_refused(act in 0..1000_usize, at in any::<prop::sample::Index>(), to in any::<u8>()) {
        let mut action = ACTS[act % ACTS.len()].action();
        let at = at.index(action.body.len());
        action.body[at] = to;
        if let Ok(read) = Action::check(&action) {
            let json = serde_json::to_value(&read).unwrap();
            prop_assert_eq!(&json["kind"], &json!(action.kind));
        }
    }
}

/// Every fold is total: any event on any state, and on none.
#[test]
fn any_event_on_any_state_has_a_next_state() {
    let mut events = Vec::new();
    let mut known: Vec<Option<State>> = vec![None];
    for port in FROM.iter() {
        known.extend(states(port).map(|(_, s)| Some(s.clone())));
        events.extend(port.ledger.history.iter().filter_map(|h| match &h.event {
            family::Event::CombinedPort(event) => Some(event.clone()),
            _ => None,
        }));
    }
    events.dedup();
    for state in known.iter().step_by(7) {
        for event in &events {
            let _ = evolve(state.clone(), event).next_deadline();
        }
    }
}
