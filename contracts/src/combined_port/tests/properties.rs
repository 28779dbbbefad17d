//! The invariants of domain.md §2.1 over random histories: any party, any kind, any order.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    format,
    string::String,
    vec,
    vec::Vec,
};
use std::sync::LazyLock;

use countersign_record::statement::{self, Statement};
use proptest::prelude::*;
use serde_json::json;

use crate::{
    combined_port::{
        Action, Event, KINDS, State,
        events::{BillEvent, Taken},
        evolve,
        marks::Mark,
        state::{Flow, PlanStage, Spot, Stage, Standing, Status},
    },
    execute::Cause,
    family,
    testing::port::*,
    world::Record,
};

/// Ledgers in the middle of things, from which random histories go on.
static FROM: LazyLock<Vec<Port>> = LazyLock::new(|| {
    let both = |port: Port| port.do_all([import_manifest("branch"), import_manifest("trunk")]);
    vec![
        Port::filed(),
        both(Port::manifested()),
        both(Port::arrived()),
        both(Port::declared()),
        Port::planned(),
        Port::under_way(),
        Port::in_hub(),
        Port::discharged(),
        Port::sailed(),
        Port::import_landed(),
        Port::import_arrived(),
        Port::import_ordered(),
    ]
});

/// Every act of the two stories, and wrong variants of some.
static ACTS: LazyLock<Vec<Act>> = LazyLock::new(|| {
    let mut acts = vec![
        file_vessel(),
        file_barge(),
        manifest("branch"),
        manifest("trunk"),
        manifest("trunk").with("packages", 299),
        declaration(),
        declaration().with("advance", true),
        declaration().with("packages", 301),
        summary(),
        summary().with("advance", true),
        complete(),
        import_declaration(),
        notice(),
        feedback(),
        inspected(),
        release(),
        release().with("segment", 2),
        import_release(1),
        import_release(2),
        plan("TP1", &BOXES),
        plan("TP3", &BOXES[..2]),
        confirm("TP1", &BOXES),
        confirm("TP3", &BOXES[..2]),
        depart("TP1"),
        depart("TP3"),
        arrive("TP1"),
        arrive("TP3"),
        discharge_report("TP1"),
        discharge_report("TP3"),
        sail(),
        sail().with("voyage", "049E"),
        tally(&BOXES.map(|c| (c, "ok"))),
        tally(&[(BOXES[0], "ok"), (STRANGER, "over")]),
        tally(&[(BOXES[1], "damaged")]),
        import_tally(),
        order(),
        title("exporter"),
        withdrawal(&BOXES),
        withdrawal(&BOXES[2..]),
        import_manifest("branch"),
        import_manifest("trunk"),
        amendment().with("rolled", json!([BOXES[2]])),
        amendment().with("containers", containers(&BOXES[..2])),
        amendment().with("packages", 200),
        act(
            "river_wharf",
            "plan_amendment",
            "plan:TP1",
            json!({ "containers": BOXES[..2], "reason": "one stays" }),
        ),
        clear_hold(format!("bill:{EXPORT}")),
        clear_hold(format!("bill:{EXPORT}")).with("hold", 2),
        clear_hold(format!("bill:{IMPORT}")),
    ];
    for c in BOXES.into_iter().chain([STRANGER]) {
        acts.extend([
            gate_in(c),
            gate_out(c),
            arrival(c, EXPORT),
            load("TP1", c),
            load("TP3", c),
            discharge("TP1", c),
            discharge("TP3", c),
            vessel_load(c),
            load("TP1", c).with("seals", seal("SH-X")),
            attribute(c, "foreign"),
            attribute(c, "domestic"),
            clear_hold(format!("box:{c}")),
            clear_hold(format!("box:{c}")).with("hold", 2).with("true_value", "SH-X"),
        ]);
    }
    for c in IMPORTED {
        acts.extend([
            vessel_discharge(c),
            arrival(c, IMPORT),
            receipt(c),
            gate_out(c),
            load("TP2", c).by("hub_wharf"),
            discharge("TP2", c).by("river_wharf"),
            clear_hold(format!("box:{c}")),
            gate_in(c).without("bill_no"),
        ]);
    }
    acts
});

const PARTIES: [&str; 6] =
    ["river_customs", "hub_customs", "river_wharf", "hub_wharf", "carrier", "agent"];

/// What a step does: an act of the list, one by a wrong party, a void of a past entry, or a wait.
#[derive(Clone, Debug)]
enum Step {
    Act(usize),
    Wrong(usize, usize),
    Void(usize),
    Wait(u64),
    Position,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let act = (0..ACTS.len()).prop_map(Step::Act);
    let wrong = (0..ACTS.len(), 0..PARTIES.len()).prop_map(|(a, p)| Step::Wrong(a, p));
    let void = (0..40_usize).prop_map(Step::Void);
    let wait = (0..5 * DAY).prop_map(Step::Wait);
    let step = prop_oneof![
        40 => act, 3 => wrong, 4 => void, 1 => wait, 3 => Just(Step::Position),
    ];
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
            Step::Position => position(port.time),
            Step::Wait(span) => {
                port.wait(*span);
                continue;
            }
            Step::Void(back) => match accepted.iter().rev().nth(*back) {
                Some((who, on, entry)) if !on.starts_with("ship") => void(who, on, *entry),
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

fn states(port: &Port) -> impl Iterator<Item = (&str, &State)> {
    port.ledger.records().iter().filter_map(|(k, r)| match &r.state {
        family::State::CombinedPort(state) => Some((k.subject.as_str(), state)),
        _ => None,
    })
}

fn invariants(port: &Port) {
    let all: BTreeMap<&str, &State> = states(port).collect();
    invariant_one_place(&all);
    invariant_one_bill_per_declaration(&all);
    invariant_nothing_leaves_unreleased(&all);
    invariant_closed_means_tallied(&all);
}

/// A container has one place: whatever a plan says is on its barge is there, and on no other.
fn invariant_one_place(all: &BTreeMap<&str, &State>) {
    let mut aboard = BTreeSet::new();
    for (name, state) in all {
        let State::Plan(plan) = state else { continue };
        if matches!(plan.stage, PlanStage::Ended | PlanStage::Void) {
            continue;
        }
        for (c, _) in plan.boxes.iter().filter(|(_, s)| **s == Stage::Loaded) {
            assert!(aboard.insert(c.clone()), "{c} is on two barges");
            let State::Box(container) = all[format!("box:{c}").as_str()] else { panic!() };
            assert_eq!(container.holder.spot, Spot::Barge, "{c} in {name}");
            assert_eq!(container.holder.place, plan.conveyance_id, "{c} in {name}");
        }
    }
}

/// A declaration number stands for one bill, and a bill has one.
fn invariant_one_bill_per_declaration(all: &BTreeMap<&str, &State>) {
    for (name, state) in all {
        let State::Bill(bill) = state else { continue };
        let Some(declared) = &bill.declaration else { continue };
        let State::Declaration(used) = all[format!("declaration:{}", declared.entry_no).as_str()]
        else {
            panic!()
        };
        assert_eq!(format!("bill:{}", used.bill_no), **name);
    }
}

/// Nothing leaves segment 1 unreleased: no export on the water, no import on the road.
fn invariant_nothing_leaves_unreleased(all: &BTreeMap<&str, &State>) {
    for (name, state) in all {
        let State::Box(container) = state else { continue };
        let Some(trip) = &container.trip else { continue };
        let State::Bill(bill) = all[format!("bill:{}", trip.bill_no).as_str()] else { panic!() };
        let gone = match trip.flow {
            Flow::Export => matches!(container.holder.spot, Spot::Barge | Spot::Vessel),
            Flow::Import => container.status == Status::GatedOut,
        };
        assert!(!gone || bill.release_1.is_some(), "{name} left unreleased");
    }
}

/// A bill closes only when every container is tallied (or withdrawn) and nothing is held.
fn invariant_closed_means_tallied(all: &BTreeMap<&str, &State>) {
    for (name, state) in all {
        let State::Bill(bill) = state else { continue };
        if bill.standing == Standing::Closed {
            let mut listed = bill.boxes.values().filter(|b| b.marks.is_manifested());
            let done = |m: crate::combined_port::marks::Marks| {
                m.has(Mark::Tallied) || m.has(Mark::Withdrawn)
            };
            assert!(listed.all(|b| done(b.marks)) && bill.holds.is_empty(), "{name}");
        }
    }
}

/// At most one effective release a segment and one open notice a bill, in the whole history.
fn invariant_one_release_and_one_notice(port: &Port) {
    let mut effective: BTreeSet<(String, u8)> = BTreeSet::new();
    for happening in &port.ledger.history {
        let family::Event::CombinedPort(Event::Bill(event)) = &happening.event else { continue };
        let key = |n: u8| (happening.subject.subject.clone(), n);
        match event {
            BillEvent::Released { segment, .. } => assert!(effective.insert(key(*segment))),
            BillEvent::Voided { what: Taken::Release1, .. } => {
                effective.remove(&key(1));
            }
            BillEvent::Voided { what: Taken::Release2, .. } => {
                effective.remove(&key(2));
            }
            // 0 stands for the notice.
            BillEvent::InspectionNoticed { .. } => assert!(effective.insert(key(0))),
            BillEvent::Inspected { .. } | BillEvent::Voided { what: Taken::Notice, .. } => {
                effective.remove(&key(0));
            }
            _ => {}
        }
    }
}

proptest! {
    #[test]
    fn random_histories_keep_every_invariant(from in 0..12_usize, steps in steps()) {
        let mut port = FROM[from].clone();
        let mut again = port.clone();
        let said = play(&mut port, &steps);
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
