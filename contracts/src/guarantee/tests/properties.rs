//! The invariants of domain.md §2.3 over random histories: any party, any kind, any order.

use alloc::{collections::BTreeSet, string::String, vec, vec::Vec};

use countersign_record::statement;
use proptest::prelude::*;

use crate::{
    family,
    guarantee::{
        Action, Event, KINDS, State, evolve, exposure,
        state::{Stage, Standing},
    },
    testing::{
        dice::Dice,
        guarantee::*,
        histories::{
            Accepted,
            guarantee::{FROM, step},
            lots, play, throw,
        },
        invariants::guarantee::invariants,
        port::*,
    },
    world::Record,
};

/// What holds after every step, and after a release on security: it is drawn, whether just now or
/// by segment 1.
fn after(port: &Port, accepted: Option<&Accepted>) {
    if let Some(Accepted { act, .. }) = accepted
        && act.family == "combined_port"
        && act.body["tax"] == "guarantee"
    {
        let stage = port.drawdown(IMPORT_DECLARATION).stage;
        assert!(stage.is_live() && stage != Stage::Reserved, "{stage:?}");
    }
    invariants(port);
}

/// A guarantor's totals are the sum of its live drawdowns, from every side.
fn totals(port: &Port) {
    for guarantor in ["bank", "insurer"] {
        let seen = exposure(id(guarantor), &port.holdings(), port.time).unwrap();
        let drawdowns = port.drawdowns();
        let ours = |d: &&crate::guarantee::state::Drawdown| {
            d.stage.is_live() && d.guarantor.as_deref() == Some(id(guarantor))
        };
        let sum: u64 = drawdowns.iter().map(|(_, d)| *d).filter(ours).map(|d| d.open_fen()).sum();
        assert_eq!(seen.live.open_fen, sum);
        let add = |all: &mut dyn Iterator<Item = u64>| assert_eq!(all.sum::<u64>(), sum);
        add(&mut seen.by_stage.values().map(|a| a.open_fen));
        add(&mut seen.by_enterprise.values().map(|a| a.open_fen));
        add(&mut seen.by_scope.values().map(|a| a.open_fen));
        add(&mut seen.by_day.values().map(|a| a.open_fen));
        add(&mut seen.by_due.values().map(|a| a.open_fen));
        add(&mut seen.lines.iter().map(|l| l.used_fen));
    }
}

proptest! {
    #[test]
    fn random_histories_keep_every_invariant(from in 0..FROM.len(), lots in lots(100)) {
        let mut port = FROM[from].clone();
        play(&mut port, step, &lots, after);
        totals(&port);
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
        subject in "(line|drawdown|enterprise|x):[ -~]{0,20}",
    ) {
        let action = statement::Action {
            family: "guarantee".into(),
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
        due in prop::sample::select(vec![0, 1, START, u64::MAX - 1, u64::MAX]),
        to in prop::sample::select(vec![START + 1, START + DAY, u64::MAX - 1, u64::MAX]),
        fen in prop::sample::select(vec![1, 999_999_999_999_999, 1_000_000_000_000_000]),
        wait in prop::sample::select(vec![1, DAY, 400 * DAY]),
    ) {
        let one = entry(1);
        let line = file(LINE).with("limit_fen", 1_000_000_000_000_000_u64).with("valid_to", to);
        let mut port = Port::new();
        for act in [line, activate(LINE), reserve(&one, fen).with("due", due), draw(&one)] {
            let _ = port.tries(&act);
        }
        port.wait(wait);
        let _ = port.tries(&adjust(&one, fen).with("due", u64::MAX - due));
        let _ = port.tries(&restore(&one, 1).with("paid_at", due));
        let _ = port.tries(&amend(LINE).with("valid_to", u64::MAX - to));
        invariants(&port);
        totals(&port);
    }
}

/// The histories are worth something: every kind is accepted, and every stage and standing reached.
#[test]
fn random_histories_reach_every_kind_and_stage() {
    let (mut events, mut stages, mut standings) =
        (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for i in 0..800 {
        let mut port = FROM[i % FROM.len()].clone();
        let mut dice = Dice::new(i as u64);
        let lots: Vec<_> = (0..dice.below(100)).map(|_| throw(&mut dice)).collect();
        play(&mut port, step, &lots, after);
        for happening in &port.ledger.history {
            let family::Event::Guarantee(event) = &happening.event else { continue };
            let json = serde_json::to_value(event).unwrap();
            events.insert(String::from(json["event"].as_str().unwrap()));
        }
        stages.extend(port.drawdowns().iter().map(|(_, d)| d.stage));
        standings.extend(port.lines().iter().map(|(_, l)| l.standing));
    }
    assert_eq!(stages.len(), Stage::ALL.len(), "{stages:?}");
    // A line is activated before a history begins.
    assert_eq!(standings.len(), Standing::ALL.len() - 1, "{standings:?}");
    // Twelve of lines, twelve of drawdowns, one of enterprises.
    assert_eq!(events.len(), 25, "{events:?}");
}

/// Every fold is total: any event on any state, and on none.
#[test]
fn any_event_on_any_state_has_a_next_state() {
    let port = Port::claimed().do_all([
        settle(&entry(1), 100_050 * YUAN),
        reserve(&entry(2), 2000),
        adjust(&entry(2), 3000),
        draw(&entry(2)),
        restore(&entry(2), 10),
        reserve(&entry(3), 1),
        cancel(&entry(3)),
        because("suspend", LINE),
        because("resume", LINE),
        amend(LINE).with("limit_fen", 9_000_000_000_u64),
        grade("importer", "advanced"),
    ]);
    let port = port.after(120 * DAY);
    let mut known: Vec<Option<State>> = vec![None];
    let mut events: Vec<Event> = Vec::new();
    for happening in &port.ledger.history {
        let family::Event::Guarantee(event) = &happening.event else { continue };
        events.push(event.clone());
        let last = known.iter().flatten().last().cloned();
        known.push(Some(evolve(last, event)));
    }
    for state in &known {
        for event in &events {
            let _ = evolve(state.clone(), event).next_deadline();
        }
    }
}
