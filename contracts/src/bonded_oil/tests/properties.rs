//! The invariants of domain.md §2.2 over random histories: any party, any kind, any order.

use alloc::{format, string::String, vec, vec::Vec};
use std::sync::LazyLock;

use countersign_record::statement::{self, Statement};
use proptest::prelude::*;

use super::invariants::{
    invariant_tanks_and_applications_agree, invariant_tanks_follow_the_history, invariants,
};
use crate::{
    bonded_oil::{
        Action, DeliveryNote, Event, KINDS, State,
        events::{AccountEvent, ApplicationEvent, DeclarationEvent},
        evolve,
    },
    execute::Cause,
    family,
    testing::{oil::*, port::*},
    world::Record,
};

/// Ledgers in the middle of things, from which random histories go on.
static FROM: LazyLock<Vec<Port>> = LazyLock::new(|| {
    vec![
        Port::stocked(),
        Port::acknowledged(),
        Port::outbound(),
        Port::delivered(),
        Port::disputed(),
        Port::settled(),
        Port::centrally_declared(),
        Port::balanced(),
        Port::written_off(),
    ]
});

/// Every act of the story, further applications and deliveries, and wrong variants of some.
static ACTS: LazyLock<Vec<Act>> = LazyLock::new(|| {
    let mut acts = vec![
        open_account(),
        amend_account(&[tank("T-5", 7_000)], &[]),
        amend_account(&[], &[id("other_supplier")]),
        stock_in("T-3", first()),
        stock_in("T-4", second()),
        dip("T-3", tonnes(1_800)),
        dip("T-3", tonnes(2_990)),
        dip_empty("T-4"),
        dip_empty("T-5"),
        adjust("T-3", 900),
        adjust("T-3", -2_000_000),
        adjust("T-4", -900),
        close_period(1),
        close_period(2),
        declare(&NOTES, 1_198_600),
        declare(&NOTES[..1], 700_000),
        declare(&NOTES[1..], 498_600),
        declare(&NOTES, 1_198_600).on("declaration:516020260000000002"),
        declare(&NOTES[..1], 700_000).on("declaration:516020260000000003"),
    ];
    for application in [APPLICATION, "OIL-2026-0002"] {
        let on = |act: Act| act.on(format!("application:{application}"));
        acts.extend(
            [
                apply(),
                approve(),
                approve().with("approved_kg", 900_000),
                approve().with("decision", "refuse").with("reason", "no"),
                acknowledge(),
                acknowledge().with("decision", "refuse").with("reason", "no"),
                outbound("OUT-1", tonnes(1_200)),
                outbound("OUT-2", first()),
                outbound("OUT-3", second()),
                countersign("OUT-1", 1_200_000),
                countersign("OUT-2", 700_000),
                countersign("OUT-3", 498_600),
                bring_back("RET-1", returned()),
                bring_back("RET-2", returned()).with("tank", "T-4"),
                bring_back("RET-3", second()),
                lose("LOSS-1", 500),
                lose("LOSS-2", 1_400),
                write_off(),
            ]
            .map(on),
        );
    }
    for (bdn_no, weight) in [(NOTES[0], first()), (NOTES[1], second()), ("BDN-0003", second())] {
        let other = deliver(bdn_no, weight.clone()).with("application_no", "OIL-2026-0002");
        acts.extend([
            deliver(bdn_no, weight.clone()),
            other,
            deliver(bdn_no, weight.clone()).with("sulphur_pct_milli", 530),
            ship_confirms(bdn_no, weight),
            ship_confirms(bdn_no, by_the_ship()),
            settle(bdn_no, 498_600),
            settle(bdn_no, 487_142),
            settle(bdn_no, 500_000),
        ]);
    }
    acts
});

const PARTIES: [&str; 6] = [
    "supplier",
    "warehouse",
    "other_warehouse",
    "supply_customs",
    "receiving_customs",
    "other_supplier",
];

/// What a step does: an act of the list, one by a wrong party, a void of a past entry, or a wait.
#[derive(Clone, Debug)]
enum Step {
    Act(usize),
    Wrong(usize, usize),
    Void(usize),
    Wait(u64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let act = (0..ACTS.len()).prop_map(Step::Act);
    let wrong = (0..ACTS.len(), 0..PARTIES.len()).prop_map(|(a, p)| Step::Wrong(a, p));
    let void = (0..40_usize).prop_map(Step::Void);
    let wait = (0..3 * DAY).prop_map(Step::Wait);
    let step = prop_oneof![40 => act, 3 => wrong, 5 => void, 1 => wait];
    proptest::collection::vec(step, 1..60)
}

/// Plays a history; answers the statements with their times, to be played again.
fn play(port: &mut Port, steps: &[Step]) -> Vec<(u64, Statement)> {
    let mut said = Vec::new();
    let mut accepted: Vec<(&'static str, String, statement::EntryId)> = Vec::new();
    for step in steps {
        let act = match step {
            Step::Act(i) => ACTS[*i].clone(),
            Step::Wrong(i, p) => ACTS[*i].clone().by(PARTIES[*p]),
            Step::Wait(span) => {
                port.wait(*span);
                continue;
            }
            Step::Void(back) => match accepted.iter().rev().nth(*back) {
                Some((who, on, entry)) if !on.starts_with("account") => void_oil(who, on, *entry),
                _ => continue,
            },
        };
        port.time += 1000;
        let statement = port.statement(act.who, vec![act.action()]);
        said.push((port.time, statement.clone()));
        let before = port.ledger.history.len();
        match port.ledger.submit(port.time, statement) {
            Ok(entry) => accepted.push((act.who, act.subject.clone(), entry)),
            Err(_) => {
                // A refusal changes nothing; only deadlines may have passed meanwhile.
                let since = &port.ledger.history[before..];
                assert!(since.iter().all(|h| h.cause == Cause::Clock));
            }
        }
        invariants(port);
    }
    said
}

proptest! {
    #[test]
    fn random_histories_keep_every_invariant(from in 0..9_usize, steps in steps()) {
        let mut port = FROM[from].clone();
        let mut again = port.clone();
        let said = play(&mut port, &steps);
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
        from in 0..9_usize,
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
