//! Transfer plans, barges and their positions.

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
    let mut rows = making();
    rows.extend(changing());
    rows.extend(sailing());
    rows.extend(positions());
    rows
}

fn making() -> Vec<Row> {
    let released = Port::released();
    let declared = Port::declared();
    let planned = Port::planned();
    let made = || plan("TP1", &BOXES);
    vec![
        beside(
            Rule::NoSuchBox,
            &released,
            vec![plan("TP1", &[BOXES[0], STRANGER])],
            vec![plan("TP1", &BOXES[..1])],
        ),
        beside(
            Rule::ConveyanceNotFiled,
            &released,
            vec![made().with("voyage", "B9")],
            vec![made()],
        ),
        beside(
            Rule::ConveyanceNotFiled,
            &released,
            vec![made().with("conveyance_id", VESSEL).with("voyage", "048E")],
            vec![made()],
        ),
        beside(Rule::PlaceNotYours, &released, vec![made().by("hub_wharf")], vec![made()]),
        beside(Rule::TwoPlaces, &Port::under_way(), vec![plan("TP9", &BOXES)], vec![arrive("TP1")]),
        beside(Rule::WrongStatus, &Port::gated(), vec![made()], {
            let mut acts: Vec<Act> = BOXES.map(|c| arrival(c, EXPORT)).into();
            acts.extend([declaration(), release(), made()]);
            acts
        }),
        beside(Rule::NotReleased, &declared, vec![made()], vec![release(), made()]),
        beside(Rule::PlanExists, &planned, vec![made()], vec![plan("TP2", &BOXES)]),
    ]
}

fn changing() -> Vec<Row> {
    let made = Port::released().do_all([position(START), plan("TP1", &BOXES)]);
    let planned = Port::planned();
    let under_way = Port::under_way();
    let amend = |numbers: &[&str]| {
        let body = json!({ "containers": numbers, "reason": "one stays" });
        act("river_wharf", "plan_amendment", "plan:TP1", body)
    };
    vec![
        beside(Rule::NoSuchPlan, &made, vec![confirm("TP9", &BOXES)], vec![confirm("TP1", &BOXES)]),
        beside(
            Rule::NotYours,
            &made,
            vec![confirm("TP1", &BOXES).by("other_carrier")],
            vec![confirm("TP1", &BOXES)],
        ),
        beside(
            Rule::PlanHash,
            &made,
            vec![confirm("TP1", &BOXES[..2])],
            vec![confirm("TP1", &BOXES)],
        ),
        beside(
            Rule::DeviceSilent,
            &made.clone().after(HOUR),
            vec![confirm("TP1", &BOXES)],
            vec![position(START + 1), confirm("TP1", &BOXES)],
        ),
        beside(
            Rule::NotYours,
            &planned,
            vec![amend(&BOXES[..2]).by("hub_wharf")],
            vec![amend(&BOXES[..2])],
        ),
        beside(Rule::NothingToAmend, &planned, vec![amend(&BOXES)], vec![amend(&BOXES[..2])]),
        beside(
            Rule::BoxMoved,
            &planned.clone().do_all([load("TP1", BOXES[2])]),
            vec![amend(&BOXES[..2])],
            vec![amend(&BOXES[1..])],
        ),
        // What is loaded is also what has moved, and that rule stands first.
        beside(Rule::BoxMoved, &under_way, vec![amend(&BOXES[..2])], vec![arrive("TP1")]),
        beside(Rule::PlanLeft, &under_way, vec![confirm("TP1", &BOXES)], vec![arrive("TP1")]),
    ]
}

fn sailing() -> Vec<Row> {
    let two = Port::planned().do_all([load("TP1", BOXES[0]), load("TP1", BOXES[1])]);
    let loaded = Port::loaded();
    let amend = {
        let body = json!({ "containers": BOXES[..2], "reason": "one stays" });
        act("river_wharf", "plan_amendment", "plan:TP1", body)
    };
    let first = Port::released().do_all([
        position(START),
        plan("TP1", &BOXES[..1]),
        confirm("TP1", &BOXES[..1]),
        load("TP1", BOXES[0]),
        plan("TP2", &BOXES[1..2]),
        confirm("TP2", &BOXES[1..2]),
        load("TP2", BOXES[1]),
    ]);
    let unconfirmed = Port::released().do_all([position(START), plan("TP1", &BOXES)]);
    vec![
        beside(Rule::LoadListIncomplete, &two, vec![depart("TP1")], vec![amend, depart("TP1")]),
        beside(
            Rule::Held,
            &Port::planned().do_all([
                load("TP1", BOXES[0]).with("seals", seal("SH-OTHER")),
                load("TP1", BOXES[1]),
                load("TP1", BOXES[2]),
            ]),
            vec![depart("TP1")],
            vec![clear_hold(format!("box:{}", BOXES[0])), depart("TP1")],
        ),
        beside(Rule::PlanNotConfirmed, &unconfirmed, vec![depart("TP1")], {
            let mut acts = vec![confirm("TP1", &BOXES)];
            acts.extend(BOXES.map(|c| load("TP1", c)));
            acts.push(depart("TP1"));
            acts
        }),
        beside(
            Rule::BargeBusy,
            &first,
            vec![depart("TP1"), depart("TP2")],
            vec![depart("TP1"), arrive("TP1"), depart("TP2")],
        ),
        beside(
            Rule::NotYours,
            &loaded,
            vec![depart("TP1").by("other_carrier")],
            vec![depart("TP1")],
        ),
        beside(Rule::NotUnderWay, &loaded, vec![arrive("TP1")], vec![depart("TP1"), arrive("TP1")]),
        beside(
            Rule::PlaceNotYours,
            &Port::under_way(),
            vec![arrive("TP1").by("river_wharf")],
            vec![arrive("TP1")],
        ),
        beside(
            Rule::BargeNotIn,
            &Port::under_way(),
            vec![discharge_report("TP1")],
            vec![arrive("TP1"), discharge_report("TP1")],
        ),
    ]
}

fn positions() -> Vec<Row> {
    let filed = Port::filed();
    vec![
        beside(
            Rule::ConveyanceNotFiled,
            &Port::new(),
            vec![position(START)],
            vec![file_barge(), position(START)],
        ),
        beside(
            Rule::NotYours,
            &filed,
            vec![position(START).by("other_carrier")],
            vec![position(START)],
        ),
        beside(
            Rule::DeviceDiffers,
            &filed,
            vec![position(START).with("device_id", "BD-2")],
            vec![position(START)],
        ),
        beside(
            Rule::WrongStatus,
            &filed.clone().do_all([position(START)]),
            vec![position(START)],
            vec![position(START + 1)],
        ),
        beside(
            Rule::FieldValue,
            &filed,
            vec![position(START).with("lat_e7", 900_000_001)],
            vec![position(START).with("lat_e7", 900_000_000)],
        ),
    ]
}
