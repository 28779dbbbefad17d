//! What must hold over random histories: any party, any kind, any order.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    format,
    string::{String, ToString},
    vec,
    vec::Vec,
};
use std::sync::LazyLock;

use countersign_record::{
    Digest,
    statement::{self, EntryId},
};
use proptest::prelude::*;

use crate::{
    evidence::{
        Action, Event, KINDS, State,
        events::{EntryEvent, FileEvent},
        evolve,
        state::Standing,
    },
    family,
    testing::{evidence::*, port::*},
    world::Record,
};

const FILES: [&str; 4] = ["a", "b", "c", "d"];
const PARTIES: [&str; 3] = ["river_wharf", "agent", "river_customs"];

static FROM: LazyLock<Port> = LazyLock::new(Port::gated);

#[derive(Clone, Debug)]
enum Step {
    Anchor(usize, usize, u64),
    Segment(usize, usize, u32, u32),
    Link(usize, usize, usize),
    Withdraw(usize, usize),
    Retain(usize, usize, u64),
    Destroy(usize, usize),
    Cite(Vec<usize>),
    CiteFile(usize),
    Wait(u64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let (f, p) = (|| 0..FILES.len(), || 0..PARTIES.len());
    let step = prop_oneof![
        6 => (f(), p(), 25..60_u64).prop_map(|(f, p, days)| Step::Anchor(f, p, days)),
        3 => (f(), p(), 1..4_u32, 2..4_u32).prop_map(|(f, p, n, of)| Step::Segment(f, p, n, of)),
        3 => (f(), p(), 0..BOXES.len()).prop_map(|(f, p, b)| Step::Link(f, p, b)),
        4 => (f(), p()).prop_map(|(f, p)| Step::Withdraw(f, p)),
        2 => (f(), p(), 0..60_u64).prop_map(|(f, p, days)| Step::Retain(f, p, days)),
        2 => (f(), p()).prop_map(|(f, p)| Step::Destroy(f, p)),
        4 => proptest::collection::vec(0..6_usize, 1..3).prop_map(Step::Cite),
        1 => f().prop_map(Step::CiteFile),
        3 => (0..40 * DAY).prop_map(Step::Wait),
    ];
    proptest::collection::vec(step, 1..60)
}

fn act_of(port: &Port, anchored: &[EntryId], step: &Step) -> Option<Act> {
    let until = |days: u64| port.time + days * DAY;
    Some(match step {
        Step::Anchor(f, p, days) => {
            anchor(FILES[*f]).by(PARTIES[*p]).with("retention_until", until(*days))
        }
        Step::Segment(f, p, no, of) => {
            segment(FILES[*f], *no, *of).by(PARTIES[*p]).with("retention_until", until(35))
        }
        Step::Link(f, p, b) => link(FILES[*f], &box_of(*b)).by(PARTIES[*p]),
        Step::Withdraw(f, p) => withdraw(FILES[*f]).by(PARTIES[*p]),
        Step::Retain(f, p, days) => retain(FILES[*f], until(*days)).by(PARTIES[*p]),
        Step::Destroy(f, p) => destroy(FILES[*f]).by(PARTIES[*p]),
        Step::Cite(back) => {
            let cited = back.iter().filter_map(|b| anchored.iter().rev().nth(*b)).copied();
            citing(&cited.collect::<Vec<_>>())
        }
        Step::CiteFile(f) => citing(&[Digest::of(FILES[*f].as_bytes())]),
        Step::Wait(_) => return None,
    })
}

fn play(port: &mut Port, steps: &[Step]) -> BTreeMap<&'static str, u32> {
    let mut accepted = BTreeMap::new();
    let mut anchored = Vec::new();
    for step in steps {
        if let Step::Wait(span) = step {
            port.wait(*span);
        } else if let Some(act) = act_of(port, &anchored, step)
            && let Ok(entry) = port.tries(&act)
        {
            *accepted.entry(act.kind).or_default() += 1;
            if act.kind == "anchor" {
                anchored.push(entry);
            }
            assert!(act.kind != "legacy_box" || !matches!(step, Step::CiteFile(_)));
        }
        invariants(port);
    }
    accepted
}

fn invariants(port: &Port) {
    let happened: Vec<&Event> = port
        .ledger
        .history
        .iter()
        .filter_map(|h| match &h.event {
            family::Event::Evidence(event) => Some(event),
            _ => None,
        })
        .collect();
    invariant_a_file_is_anchored_once(&happened);
    invariant_what_is_cited_exists_and_stays(port);
}

/// Between two anchors of one file lies its withdrawal.
fn invariant_a_file_is_anchored_once(happened: &[&Event]) {
    let mut live = BTreeSet::new();
    for event in happened {
        match event {
            Event::Entry(EntryEvent::Anchored { file, .. }) => {
                assert!(live.insert(*file), "{file} anchored twice");
            }
            Event::Entry(EntryEvent::Withdrawn { file }) => {
                assert!(live.remove(file), "{file} withdrawn twice");
            }
            _ => {}
        }
    }
}

/// Every citation on record points at an entry whose file stands, and is counted there.
fn invariant_what_is_cited_exists_and_stays(port: &Port) {
    let mut citations: BTreeMap<String, u64> = BTreeMap::new();
    for happening in &port.ledger.history {
        if let family::Event::Evidence(Event::Entry(EntryEvent::Cited { .. })) = &happening.event {
            *citations.entry(happening.subject.subject.clone()).or_default() += 1;
        }
    }
    for (key, record) in port.ledger.records() {
        let family::State::Evidence(state) = &record.state else { continue };
        match state {
            State::Entry(entry) => {
                let cited = citations.remove(&key.subject).unwrap_or(0);
                assert_eq!(entry.cited, cited, "{key}");
                assert!(cited == 0 || entry.withdrawn.is_empty(), "{key} is cited and withdrawn");
                assert!(!entry.files.is_empty(), "{key}");
            }
            State::File(file) => {
                let entry = port.anchoring(&file.by.entry);
                let gone = entry.withdrawn.iter().any(|f| key.subject == format!("file:{f}"));
                assert_eq!(gone, file.standing == Standing::Withdrawn, "{key}");
            }
            State::Whole(whole) => {
                assert!(whole.segments.keys().all(|no| (1..=whole.of).contains(no)), "{key}");
            }
        }
    }
    assert!(citations.is_empty(), "cited without a record: {citations:?}");
}

proptest! {
    #[test]
    fn random_histories_keep_every_invariant(steps in steps()) {
        let mut port = FROM.clone();
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
        let mut port = FROM.clone();
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
    use proptest::{strategy::ValueTree as _, test_runner::TestRunner};
    let mut runner = TestRunner::deterministic();
    let (mut kinds, mut standings) = (BTreeSet::new(), BTreeSet::new());
    for _ in 0..60 {
        let steps = steps().new_tree(&mut runner).unwrap().current();
        let mut port = FROM.clone();
        kinds.extend(play(&mut port, &steps).into_keys());
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
    let mut port = FROM.clone();
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
