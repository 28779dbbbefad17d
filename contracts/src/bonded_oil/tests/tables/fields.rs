//! Identifiers and fields, which need no state or only the network's lists.

use alloc::{vec, vec::Vec};

use serde_json::{Value, json};

use crate::{
    limits::OIL_KG_MAX,
    refusal::Rule,
    testing::{
        oil::*,
        port::*,
        table::{Row, beside},
    },
};

pub(super) fn rows() -> Vec<Row> {
    let mut rows = accounts();
    rows.extend(applications());
    rows.extend(deliveries());
    rows.extend(declarations());
    rows
}

fn one(rule: Rule, from: &Port, act: fn() -> Act, field: &str, bad: Value) -> Row {
    beside(rule, from, vec![act().with(field, bad)], vec![act()])
}

fn accounts() -> Vec<Row> {
    let new = Port::new();
    let stocked = Port::stocked();
    let two = json!([id("supplier"), id("other_supplier")]);
    let own =
        |suppliers: Value| open_account().with("warehouse_use", "own").with("suppliers", suppliers);
    vec![
        one(Rule::FieldMissing, &new, open_account, "tanks", json!([])),
        one(Rule::FieldMissing, &new, open_account, "suppliers", json!([])),
        one(Rule::FieldMissing, &new, open_account, "warehouse_code", json!("")),
        one(Rule::District, &new, open_account, "district", json!("5999")),
        one(Rule::Uscc, &new, open_account, "suppliers", json!(["91440113MA7DEM0750"])),
        one(Rule::DuplicateItem, &new, open_account, "tanks", json!([tank("T", 0), tank("T", 0)])),
        one(Rule::FieldValue, &new, open_account, "tanks", json!([tank("T", OIL_KG_MAX + 1)])),
        beside(Rule::FieldValue, &new, vec![own(two.clone())], vec![own(json!([id("supplier")]))]),
        beside(
            Rule::FieldMissing,
            &stocked,
            vec![amend_account(&[], &[])],
            vec![amend_account(&[], &[id("other_supplier")])],
        ),
        beside(Rule::FieldValue, &stocked, vec![adjust("T-3", 0)], vec![adjust("T-3", 1)]),
        beside(
            Rule::FieldMissing,
            &stocked,
            vec![adjust("T-3", 1).with("evidence", json!([]))],
            vec![adjust("T-3", 1)],
        ),
        beside(
            Rule::DeclarationNumber,
            &stocked,
            vec![stock_in("T-3", first()).with("entry_no", "1")],
            vec![stock_in("T-3", first())],
        ),
        beside(
            Rule::SubjectName,
            &new,
            vec![open_account().on("application:A-1")],
            vec![open_account()],
        ),
    ]
}

fn applications() -> Vec<Row> {
    let stocked = Port::stocked();
    let applied = Port::applied();
    let ship = |imo: &str, flag: &str| {
        json!({ "imo": imo, "name": "OCEAN LANTERN", "flag": flag, "voyage": "112W",
            "international": true })
    };
    let grade = json!({ "grade": "rmg 380", "sulphur_class": "VLSFO" });
    vec![
        one(Rule::ImoNumber, &stocked, apply, "ship", ship("9988775", "LBR")),
        one(Rule::FieldValue, &stocked, apply, "ship", ship("9988774", "Liberia")),
        one(Rule::Place, &stocked, apply, "place", json!("CNBIJ/5165")),
        one(Rule::Locode, &stocked, apply, "place", json!("CNNS0/5165")),
        one(Rule::FieldValue, &stocked, apply, "qty_kg", json!(0)),
        one(Rule::FieldValue, &stocked, apply, "window_to", json!(START)),
        one(Rule::FieldValue, &stocked, apply, "product", grade),
        beside(
            Rule::FieldMissing,
            &applied,
            vec![approve().with("decision", "refuse")],
            vec![approve().with("decision", "refuse").with("reason", "no stock")],
        ),
        beside(
            Rule::FieldMissing,
            &Port::approved(),
            vec![acknowledge().with("decision", "refuse")],
            vec![acknowledge().with("decision", "refuse").with("reason", "berth closed")],
        ),
    ]
}

fn deliveries() -> Vec<Row> {
    let outbound = Port::outbound();
    let delivery = || deliver(NOTES[0], first());
    let seals = |n: usize| -> Value { (0..n).map(|i| json!(alloc::format!("S-{i}"))).collect() };
    let purchaser = |limit: Value| {
        let mut said = json!({ "conforms_18_3": true, "sulphur": "purchaser",
            "representative_hash": hash() });
        if !limit.is_null() {
            said["purchaser_limit_pct_milli"] = limit;
        }
        said
    };
    let hot = |temp: i32| {
        let mut m = first();
        m["temp_c_deci"] = json!(temp);
        m
    };
    vec![
        one(Rule::FieldMissing, &outbound, delivery, "sample_seals", json!([])),
        one(Rule::FieldValue, &outbound, delivery, "sample_seals", seals(9)),
        one(Rule::FieldMissing, &outbound, delivery, "supplier_phone", json!("")),
        one(Rule::Place, &outbound, delivery, "port", json!("CNBIJ/5165")),
        // "At or above" is said of 70 degrees alone.
        one(Rule::FieldValue, &outbound, delivery, "flash_c_deci", json!(710)),
        one(Rule::FieldMissing, &outbound, delivery, "declaration", purchaser(Value::Null)),
        one(Rule::FieldValue, &outbound, delivery, "measured", hot(1501)),
        one(Rule::FieldValue, &outbound, delivery, "measured", hot(-201)),
        beside(
            Rule::FieldMissing,
            &Port::disputed(),
            vec![settle(NOTES[1], 498_600).with("evidence", json!([]))],
            vec![settle(NOTES[1], 498_600)],
        ),
    ]
}

fn declarations() -> Vec<Row> {
    let settled = Port::settled();
    let declaration = || declare(&NOTES, 1_198_600);
    vec![
        one(Rule::FieldValue, &settled, declaration, "period", json!(202_613)),
        one(Rule::FieldValue, &settled, declaration, "hs", json!("271019")),
        one(Rule::DuplicateItem, &settled, declaration, "deliveries", json!([NOTES[0], NOTES[0]])),
        one(Rule::FieldMissing, &settled, declaration, "deliveries", json!([])),
        beside(
            Rule::DeclarationNumber,
            &settled,
            vec![declaration().on("declaration:5160")],
            vec![declaration()],
        ),
        beside(
            Rule::District,
            &settled,
            vec![declaration().on("declaration:599920260000000001")],
            vec![declaration()],
        ),
    ]
}
