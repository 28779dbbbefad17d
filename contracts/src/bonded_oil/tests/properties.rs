//! The invariants of domain.md §2.2 over random histories: any party, any kind, any order.

use alloc::{format, string::String, vec, vec::Vec};

use countersign_record::statement;
use proptest::prelude::*;

use crate::{
    bonded_oil::{
        Action, DeliveryNote, Event, KINDS, State,
        events::{AccountEvent, ApplicationEvent, DeclarationEvent},
        evolve,
    },
    family,
    testing::{
        histories::{
            lots,
            oil::{ACTS, FROM, step},
            play,
        },
        invariants::oil::{
            invariant_tanks_and_applications_agree, invariant_tanks_follow_the_history, invariants,
        },
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
        invariant_tanks_follow_the_history(&port);
        invariant_tanks_and_applications_agree(&port);
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
        // Every delivery has its note.
        for (name, state) in port.all_oil() {
            let State::Delivery(d) = state else { continue };
            let on = format!("application:{}", d.note.application_no);
            let State::Application(a) = port.oil(&on) else { panic!() };
            let note = DeliveryNote::of(name, d, &a);
            prop_assert_eq!(note.qty_kg.is_some(), d.settled.is_some());
            prop_assert!(!serde_json::to_string(&note).unwrap().is_empty());
        }
    }

    #[test]
    fn whatever_bytes_arrive_there_is_an_answer(
        kind in 0..KINDS.len(),
        body in proptest::collection::vec(any::<u8>(), 0..64),
        subject in "(account|application|delivery|declaration|x):[ -~]{0,12}",
    ) {
        let kind = KINDS[kind].name;
        let action = statement::Action {
            family: "bonded_oil".into(),
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
    fn a_body_with_one_byte_changed_is_decided_or_refused(
        from in 0..FROM.len(),
        act in 0..1000_usize,
        at in any::<prop::sample::Index>(),
        to in any::<u8>(),
    ) {
        let act = &ACTS[act % ACTS.len()];
        let mut action = act.action();
        let at = at.index(action.body.len());
        action.body[at] = to;
        if let Ok(read) = Action::check(&action) {
            let json = serde_json::to_value(&read).unwrap();
            prop_assert_eq!(&json["kind"], &serde_json::json!(action.kind));
        }
        // Whatever the number that it makes, the rules answer.
        let mut port = FROM[from].clone();
        port.time += 1000;
        let statement = port.statement(act.who, vec![action]);
        let _ = port.ledger.submit(port.time, statement);
        invariants(&port);
    }
}

/// Every fold is total: any event on any state, and on none.
#[test]
fn any_event_on_any_state_has_a_next_state() {
    let mut events = Vec::new();
    let mut known: Vec<Option<State>> = vec![None];
    for port in FROM.iter() {
        known.extend(port.all_oil().into_iter().map(|(_, s)| Some(s.clone())));
        events.extend(port.ledger.history.iter().filter_map(|h| match &h.event {
            family::Event::BondedOil(event) => Some(event.clone()),
            _ => None,
        }));
    }
    events.dedup();
    // Those that stories without a correction do not have.
    let by = crate::family::desk::By {
        party: String::new(),
        entry: countersign_record::Digest::ZERO,
        at: 0,
    };
    let entry = by.entry;
    events.push(Event::Declaration(DeclarationEvent::DeclarationVoided {
        by: by.clone(),
        entry,
        reason: String::new(),
    }));
    for deadline in
        [crate::bonded_oil::events::Deadline::Window, crate::bonded_oil::events::Deadline::Dispute]
    {
        events.push(Event::Application(ApplicationEvent::Overdue { deadline }));
    }
    events
        .push(Event::Account(AccountEvent::ReturnVoided { tank: "T-3".into(), qty_kg: u64::MAX }));
    events.push(Event::Account(AccountEvent::OutboundVoided { tank: "T-3".into(), qty_kg: 1 }));
    for state in &known {
        for event in &events {
            let next = evolve(state.clone(), event);
            let _ = (next.next_deadline(), next.alerts("x"), next.listed_under());
        }
    }
}
