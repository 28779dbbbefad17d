//! Where containers are: gate, arrival, barge, ship, tally.

use alloc::{format, vec, vec::Vec};

use serde_json::json;

use crate::{
    refusal::Rule,
    testing::{
        port::*,
        table::{Row, beside},
    },
};

pub(super) fn rows() -> Vec<Row> {
    let mut rows = gates();
    rows.extend(loads());
    rows.extend(discharges());
    rows.extend(vessels());
    rows.extend(tallies());
    rows
}

fn gates() -> Vec<Row> {
    let manifested = Port::manifested();
    let gated = Port::gated();
    let loaded = Port::loaded();
    let [a, b, _] = BOXES;
    vec![
        beside(
            Rule::NoSuchBill,
            &manifested,
            vec![gate_in(a).with("bill_no", "NONE")],
            vec![gate_in(a)],
        ),
        beside(
            Rule::PlaceNotYours,
            &manifested,
            vec![gate_in(a).by("hub_wharf")],
            vec![gate_in(a)],
        ),
        beside(
            Rule::WrongDirection,
            &Port::import_manifested().do_all([manifest("branch"), manifest("trunk")]),
            vec![gate_in(IMPORTED[0]).with("bill_no", IMPORT)],
            vec![gate_in(a)],
        ),
        beside(Rule::TwoPlaces, &gated, vec![gate_in(a)], vec![arrival(a, EXPORT)]),
        // §7.1, third: a replayed gate-out of a container that is on a barge.
        beside(Rule::TwoPlaces, &loaded, vec![gate_out(a)], vec![depart("TP1")]),
        beside(
            Rule::NotOnBill,
            &manifested.clone().do_all([withdrawal(&[a])]),
            vec![gate_in(a)],
            vec![gate_in(b)],
        ),
        beside(
            Rule::TwinMissing,
            &Port::filed().do_all([manifest("branch")]),
            vec![gate_in(a)],
            vec![manifest("trunk"), gate_in(a)],
        ),
        beside(
            Rule::NoSuchBox,
            &manifested,
            vec![arrival(a, EXPORT)],
            vec![gate_in(a), arrival(a, EXPORT)],
        ),
        beside(
            Rule::WrongStatus,
            &gated,
            vec![arrival(a, EXPORT), arrival(a, EXPORT)],
            vec![arrival(a, EXPORT)],
        ),
        beside(
            Rule::PlaceNotYours,
            &gated,
            vec![arrival(a, EXPORT).by("hub_wharf")],
            vec![arrival(a, EXPORT)],
        ),
        beside(
            Rule::NotWithdrawn,
            &Port::released(),
            vec![gate_out(a)],
            vec![withdrawal(&[a]), gate_out(a)],
        ),
    ]
}

fn loads() -> Vec<Row> {
    let planned = Port::planned();
    let [a, b, c] = BOXES;
    let unconfirmed = Port::released().do_all([position(START), plan("TP1", &BOXES)]);
    let part = Port::released().do_all([
        position(START),
        plan("TP1", &BOXES[..2]),
        confirm("TP1", &BOXES[..2]),
    ]);
    let undeclared = Port::planned().do_all([withdrawal(&[c])]);
    vec![
        beside(Rule::NoSuchPlan, &planned, vec![load("TP9", a)], vec![load("TP1", a)]),
        beside(Rule::NoSuchBox, &planned, vec![load("TP1", STRANGER)], vec![load("TP1", a)]),
        beside(
            Rule::PlaceNotYours,
            &planned,
            vec![load("TP1", a).by("hub_wharf")],
            vec![load("TP1", a)],
        ),
        beside(
            Rule::TwoPlaces,
            &planned,
            vec![load("TP1", a), load("TP1", a)],
            vec![load("TP1", a)],
        ),
        beside(
            Rule::WrongStatus,
            &planned.clone().do_all([gate_in(STRANGER)]),
            vec![load("TP1", STRANGER)],
            vec![load("TP1", a)],
        ),
        beside(Rule::NotOnBill, &undeclared, vec![load("TP1", c)], vec![load("TP1", a)]),
        beside(
            Rule::PlanNotConfirmed,
            &unconfirmed,
            vec![load("TP1", a)],
            vec![confirm("TP1", &BOXES), load("TP1", a)],
        ),
        beside(Rule::NotInPlan, &part, vec![load("TP1", c)], vec![load("TP1", b)]),
        beside(
            Rule::NotReleased,
            &planned_then_unreleased(),
            vec![load("TP1", a)],
            vec![release(), load("TP1", a)],
        ),
        beside(
            Rule::PlanLeft,
            &Port::released().do_all([
                position(START),
                plan("TP1", &[a]),
                confirm("TP1", &[a]),
                load("TP1", a),
                depart("TP1"),
            ]),
            vec![load("TP1", b)],
            vec![plan("TP2", &[b]), confirm("TP2", &[b]), load("TP2", b)],
        ),
    ]
}

/// A plan whose release customs took back before anything was loaded.
fn planned_then_unreleased() -> Port {
    let mut port = Port::declared();
    let entry = port.does(&release());
    let acts = [position(START), plan("TP1", &BOXES), confirm("TP1", &BOXES)];
    port.do_all(acts).do_all([void("river_customs", &format!("bill:{EXPORT}"), entry)])
}

fn discharges() -> Vec<Row> {
    let under_way = Port::under_way();
    let in_hub = Port::in_hub();
    let [a, ..] = BOXES;
    vec![
        beside(
            Rule::BargeNotIn,
            &under_way,
            vec![discharge("TP1", a)],
            vec![arrive("TP1"), discharge("TP1", a)],
        ),
        beside(
            Rule::TwoPlaces,
            &in_hub,
            vec![discharge("TP1", a), discharge("TP1", a)],
            vec![discharge("TP1", a)],
        ),
        beside(
            Rule::PlaceNotYours,
            &in_hub,
            vec![discharge("TP1", a).by("river_wharf")],
            vec![discharge("TP1", a)],
        ),
    ]
}

fn vessels() -> Vec<Row> {
    let discharged = Port::discharged();
    let in_hub = Port::in_hub();
    let [a, b, _] = BOXES;
    let other = json!([]);
    let landed = Port::import_landed();
    vec![
        beside(
            Rule::ConveyanceNotFiled,
            &discharged,
            vec![vessel_load(a).with("conveyance_id", "UN9346524")],
            vec![vessel_load(a)],
        ),
        // On board it stands in no place of the wharf any more.
        beside(
            Rule::PlaceNotYours,
            &discharged,
            vec![vessel_load(a), vessel_load(a)],
            vec![vessel_load(a)],
        ),
        beside(
            Rule::TwoPlaces,
            &Port::arrived(),
            vec![vessel_load(a).by("river_wharf")],
            vec![declaration()],
        ),
        beside(
            Rule::WrongStatus,
            &in_hub.clone().do_all([gate_in(STRANGER)
                .with("place", HUB)
                .with("bill_no", EXPORT)
                .with("seals", other)
                .by("hub_wharf")]),
            vec![clear_hold(format!("box:{STRANGER}")), vessel_load(STRANGER)],
            vec![discharge("TP1", a), vessel_load(a)],
        ),
        beside(
            Rule::NotOnBill,
            &discharged.clone().do_all([withdrawal(&[a])]),
            vec![vessel_load(a)],
            vec![vessel_load(b)],
        ),
        beside(Rule::WrongDirection, &landed, vec![vessel_load(IMPORTED[0])], vec![import_tally()]),
        beside(Rule::TwoPlaces, &landed, vec![vessel_discharge(IMPORTED[0])], vec![import_tally()]),
        beside(
            Rule::TripNotOver,
            &Port::sailed().do_all([
                import_manifest("branch").with("containers", containers(&[a])),
                import_manifest("trunk").with("containers", containers(&[a])),
            ]),
            vec![vessel_discharge(a)],
            vec![tally(&[(a, "ok")]), vessel_discharge(a)],
        ),
        // §7.1: the seal differs at the discharge, so loading is refused until customs clears it.
        beside(
            Rule::Held,
            &in_hub.do_all([discharge("TP1", a).with("seals", seal("SH-010001"))]),
            vec![vessel_load(a)],
            vec![clear_hold(format!("box:{a}")).with("true_value", "SH-001000"), vessel_load(a)],
        ),
    ]
}

fn tallies() -> Vec<Row> {
    let aboard = Port::aboard();
    let sailed = Port::sailed();
    let [a, b, _] = BOXES;
    let bill = |no: &str| sail().with("bills", json!([no]));
    vec![
        beside(
            Rule::VesselNotSailed,
            &aboard,
            vec![tally(&[(a, "ok")])],
            vec![sail(), tally(&[(a, "ok")])],
        ),
        beside(
            Rule::TalliedAlready,
            &sailed,
            vec![tally(&[(a, "ok")]), tally(&[(a, "ok")])],
            vec![tally(&[(a, "ok")]), tally(&[(b, "ok")])],
        ),
        beside(
            Rule::WrongDirection,
            &sailed,
            vec![tally(&[(a, "ok")]).with("message_type", "MT5101")],
            vec![tally(&[(a, "ok")])],
        ),
        beside(
            Rule::NotOnVoyage,
            &aboard.clone().do_all([manifest("branch").with("voyage", "049E").on("bill:NEXT")]),
            vec![bill("NEXT")],
            vec![bill(EXPORT)],
        ),
        beside(
            Rule::ConveyanceNotFiled,
            &aboard,
            vec![sail().with("voyage", "077E")],
            vec![sail()],
        ),
        beside(
            Rule::BillOver,
            &Port::closed(),
            vec![tally(&[(a, "ok")])],
            vec![manifest("branch").on("bill:ANOTHER")],
        ),
    ]
}
