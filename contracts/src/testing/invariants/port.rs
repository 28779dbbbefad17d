//! What must hold on every ledger with a transfer (domain.md §2.1), by name.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    format,
    string::String,
};

use crate::{
    combined_port::{
        Event, State,
        events::{BillEvent, Taken},
        marks::Mark,
        state::{Flow, PlanStage, Spot, Stage, Standing, Status},
    },
    family,
    testing::port::*,
};

pub(crate) fn states(port: &Port) -> impl Iterator<Item = (&str, &State)> {
    port.ledger.records().iter().filter_map(|(k, r)| match &r.state {
        family::State::CombinedPort(state) => Some((k.subject.as_str(), state)),
        _ => None,
    })
}

/// What holds after every step.
pub(crate) fn invariants(port: &Port) {
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
pub(crate) fn invariant_one_release_and_one_notice(port: &Port) {
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
