//! Pick-up and corrections.

use alloc::{format, vec, vec::Vec};

use countersign_record::Digest;

use crate::{
    refusal::Rule,
    testing::{
        port::*,
        table::{Row, beside},
    },
};

pub(super) fn rows() -> Vec<Row> {
    let mut rows = pickups();
    rows.extend(withdrawals());
    rows.extend(voids());
    rows.extend(clearings());
    rows
}

fn pickups() -> Vec<Row> {
    let released = Port::import_released();
    let ordered = Port::import_released().do_all([order()]);
    let ready = Port::import_ordered();
    let declared = Port::import_declared();
    let [a, _] = IMPORTED;
    vec![
        beside(Rule::NotYours, &released, vec![order().by("other_carrier")], vec![order()]),
        beside(
            Rule::WrongDirection,
            &Port::import_released().do_all([manifest("branch")]),
            vec![order().on(format!("bill:{EXPORT}"))],
            vec![order()],
        ),
        beside(Rule::OrderExists, &ordered, vec![order()], vec![title("exporter")]),
        beside(
            Rule::NoOrder,
            &ordered,
            vec![title("exporter").with("do_no", "DO-9")],
            vec![title("exporter")],
        ),
        beside(
            Rule::NotHolder,
            &ordered,
            vec![title("exporter"), title("exporter")],
            vec![title("exporter"), title("importer").by("exporter")],
        ),
        beside(
            Rule::ObligationMissing,
            &ordered,
            vec![receipt(a).without("remaining_obligation")],
            vec![import_release(2), receipt(a).without("remaining_obligation")],
        ),
        beside(Rule::TwoPlaces, &ready, vec![gate_out(a), receipt(a)], vec![receipt(a)]),
        beside(
            Rule::NotReleased,
            &declared,
            vec![gate_out(a)],
            vec![import_release(1), order(), receipt(a), gate_out(a)],
        ),
        beside(
            Rule::NoOrder,
            &released,
            vec![receipt(a), gate_out(a)],
            vec![receipt(a), order(), gate_out(a)],
        ),
        beside(
            Rule::NoReceipt,
            &ready,
            vec![gate_out(a).with("eir_no", "EIR-9")],
            vec![gate_out(a)],
        ),
        beside(Rule::NoReceipt, &ordered, vec![gate_out(a)], vec![receipt(a), gate_out(a)]),
        beside(
            Rule::NotReleased,
            &Port::new().do_all([gate_in(STRANGER).without("bill_no")]),
            vec![attribute(STRANGER, "foreign"), gate_out(STRANGER)],
            vec![attribute(STRANGER, "domestic"), gate_out(STRANGER)],
        ),
        beside(
            Rule::PlaceNotYours,
            &Port::gated(),
            vec![attribute(BOXES[0], "foreign").by("hub_wharf")],
            vec![attribute(BOXES[0], "foreign")],
        ),
    ]
}

fn withdrawals() -> Vec<Row> {
    let planned = Port::planned();
    let [a, b, _] = BOXES;
    vec![
        beside(
            Rule::NotClearanceCustoms,
            &planned,
            vec![withdrawal(&[a]).by("hub_customs")],
            vec![withdrawal(&[a])],
        ),
        beside(Rule::NotOnBill, &planned, vec![withdrawal(&[STRANGER])], vec![withdrawal(&[a])]),
        beside(
            Rule::VesselLoaded,
            &planned.clone().do_all([load("TP1", a)]),
            vec![withdrawal(&[a])],
            vec![withdrawal(&[b])],
        ),
        beside(
            Rule::BillOver,
            &planned,
            vec![withdrawal(&BOXES), withdrawal(&[a])],
            vec![withdrawal(&BOXES)],
        ),
        beside(
            Rule::WrongDirection,
            &Port::import_landed(),
            vec![withdrawal(&[IMPORTED[0]]).on(format!("bill:{IMPORT}"))],
            vec![import_tally()],
        ),
    ]
}

#[expect(clippy::too_many_lines, reason = "one table, a row a rule")]
fn voids() -> Vec<Row> {
    let bill = format!("bill:{EXPORT}");
    let a = format!("box:{}", BOXES[0]);
    let mut manifested = Port::filed();
    let manifest_entry = manifested.does(&manifest("branch"));
    manifested.does(&manifest("trunk"));
    let mut declared = Port::arrived();
    let declaration_entry = declared.does(&declaration());
    let mut released = declared.clone();
    let release_entry = released.does(&release());
    let planned =
        released.clone().do_all([position(START), plan("TP1", &BOXES), confirm("TP1", &BOXES)]);
    let mut loaded = planned.clone();
    let load_entry = loaded.does(&load("TP1", BOXES[0]));
    let mut made = released.clone().do_all([position(START)]);
    let plan_entry = made.does(&plan("TP1", &BOXES));
    let unknown = Digest::of(b"another entry");
    let only = plan("TP9", &BOXES[..1]);
    let mut sailed = released.clone().do_all([position(START), only, confirm("TP9", &BOXES[..1])]);
    let sailing_load = sailed.does(&load("TP9", BOXES[0]));
    vec![
        beside(
            Rule::NothingToVoid,
            &manifested,
            vec![void("agent", &bill, unknown)],
            vec![void("agent", &bill, manifest_entry)],
        ),
        beside(
            Rule::NotYours,
            &manifested,
            vec![void("other_carrier", &bill, manifest_entry)],
            vec![void("agent", &bill, manifest_entry)],
        ),
        beside(
            Rule::RestsOnIt,
            &manifested,
            vec![gate_in(BOXES[0]), void("agent", &bill, manifest_entry)],
            vec![void("agent", &bill, manifest_entry)],
        ),
        beside(
            Rule::RestsOnIt,
            &declared,
            vec![notice(), void("exporter", &bill, declaration_entry)],
            vec![void("exporter", &bill, declaration_entry)],
        ),
        beside(
            Rule::RestsOnIt,
            &released,
            vec![void("exporter", &bill, declaration_entry)],
            vec![
                void("river_customs", &bill, release_entry),
                void("exporter", &bill, declaration_entry),
            ],
        ),
        beside(
            Rule::RestsOnIt,
            &planned,
            vec![load("TP1", BOXES[0]), void("river_customs", &bill, release_entry)],
            vec![void("river_customs", &bill, release_entry)],
        ),
        beside(
            Rule::NothingToVoid,
            &loaded,
            vec![void("river_wharf", &a, unknown)],
            vec![void("river_wharf", &a, load_entry)],
        ),
        beside(
            Rule::RestsOnIt,
            &sailed,
            vec![depart("TP9"), void("river_wharf", &a, sailing_load)],
            vec![void("river_wharf", &a, sailing_load)],
        ),
        beside(
            Rule::RestsOnIt,
            &made,
            vec![
                confirm("TP1", &BOXES),
                load("TP1", BOXES[0]),
                void("river_wharf", "plan:TP1", plan_entry),
            ],
            vec![void("river_wharf", "plan:TP1", plan_entry)],
        ),
        beside(
            Rule::PlanLeft,
            &made.clone().do_all([confirm("TP1", &BOXES)]).do_all(BOXES.map(|c| load("TP1", c))),
            vec![depart("TP1"), void("river_wharf", "plan:TP1", plan_entry)],
            vec![depart("TP1")],
        ),
    ]
}

fn clearings() -> Vec<Row> {
    let a = format!("box:{}", BOXES[0]);
    let held = Port::in_hub().do_all([discharge("TP1", BOXES[0]).with("seals", seal("SH-010001"))]);
    vec![
        beside(
            Rule::NotClearanceCustoms,
            &held,
            vec![clear_hold(a.clone()).by("hub_customs")],
            vec![clear_hold(a.clone())],
        ),
        beside(
            Rule::NoSuchHold,
            &held,
            vec![clear_hold(a.clone()).with("hold", 2)],
            vec![clear_hold(a.clone())],
        ),
        beside(
            Rule::FieldMissing,
            &held,
            vec![clear_hold(a.clone()).with("evidence", serde_json::json!([]))],
            vec![clear_hold(a)],
        ),
    ]
}
