//! What must hold over random histories: any party, any kind, any order.

use alloc::{
    collections::BTreeSet,
    string::{String, ToString},
    vec,
    vec::Vec,
};

use countersign_record::{Digest, statement};
use proptest::prelude::*;

use crate::{
    evidence::{Action, Event, KINDS, State, events::FileEvent, evolve, state::Standing},
    family,
    testing::{
        dice::Dice,
        evidence::*,
        histories::{
            Accepted,
            evidence::{FILES, FROM, step},
            lots, play, throw,
        },
        invariants::evidence::invariants,
        port::*,
    },
    world::Record,
};

/// What holds after every step; and nothing cites a file by its own digest.
fn after(port: &Port, accepted: Option<&Accepted>) {
    if let Some(Accepted { act, .. }) = accepted
        && act.kind == "legacy_box"
    {
        let cites_a_file = |cited: &serde_json::Value| {
            FILES.iter().any(|f| *cited == Digest::of(f.as_bytes()).to_string())
        };
        assert!(!act.body["evidence"].as_array().unwrap().iter().any(cites_a_file), "{act:?}");
    }
    invariants(port);
}

proptest! {
    #[test]
    fn random_histories_keep_every_invariant(lots in lots(60)) {
        let mut port = FROM[0].clone();
        play(&mut port, step, &lots, after);
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
        subject in "(file|entry|whole|x):[ -~]{0,70}",
    ) {
        let action = statement::Action {
            family: "evidence".into(),
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
        until in prop::sample::select(vec![0, 1, START, u64::MAX - 1, u64::MAX]),
        bytes in prop::sample::select(vec![0, 1, u64::MAX]),
        no in any::<u32>(),
        of in any::<u32>(),
        wait in prop::sample::select(vec![1, DAY, 400 * DAY]),
    ) {
        let mut port = FROM[0].clone();
        let acts = [
            anchor("a").with("retention_until", until).with("bytes", bytes),
            segment("b", no, of).with("retention_until", u64::MAX),
            segment("c", 1, 2).with("shown_from", until).with("shown_until", u64::MAX),
        ];
        for act in acts {
            let _ = port.tries(&act);
        }
        port.wait(wait);
        let _ = port.tries(&retain("a", until));
        let _ = port.tries(&destroy("a"));
        invariants(&port);
    }
}

/// The histories are worth something: every kind is accepted, and every standing reached.
#[test]
fn random_histories_reach_every_kind_and_standing() {
    let (mut kinds, mut standings) = (BTreeSet::new(), BTreeSet::new());
    for seed in 0..60 {
        let mut dice = Dice::new(seed);
        let lots: Vec<_> = (0..dice.below(60)).map(|_| throw(&mut dice)).collect();
        let mut port = FROM[0].clone();
        play(&mut port, step, &lots, |port, accepted| {
            kinds.extend(accepted.map(|a| a.act.kind));
            after(port, accepted);
        });
        for record in port.ledger.records().values() {
            if let family::State::Evidence(State::File(file)) = &record.state {
                standings.insert(file.standing);
            }
        }
    }
    let every = KINDS.iter().map(|k| k.name).chain(["legacy_box"]);
    let missed: Vec<String> =
        every.filter(|k| !kinds.contains(k)).map(ToString::to_string).collect();
    assert!(missed.is_empty(), "never accepted: {missed:?}");
    assert_eq!(standings.len(), Standing::ALL.len(), "{standings:?}");
}

/// A fold answers whatever it meets, also what no rule would let happen.
#[test]
fn folds_are_total() {
    let mut port = FROM[0].clone();
    let entry = port.does(&segment("a", 1, 2));
    port.does(&citing(&[entry]));
    port.does(&anchor("b"));
    port.does(&withdraw("b"));
    let events: Vec<Event> = port
        .ledger
        .history
        .iter()
        .filter_map(|h| match &h.event {
            family::Event::Evidence(event) => Some(event.clone()),
            _ => None,
        })
        .chain([Event::File(FileEvent::RetentionOver)])
        .collect();
    let known: Vec<Option<State>> =
        events.iter().map(|e| Some(evolve(None, e))).chain([None]).collect();
    for state in &known {
        for event in &events {
            let _ = evolve(state.clone(), event).next_deadline();
        }
    }
}
