//! Applications: what they carry, how they stand, whose word they wait for.

use alloc::{string::ToString, vec, vec::Vec};

use serde_json::{Value, json};

use crate::{
    refusal::Rule,
    testing::{
        certificate::*,
        guarantee::grade,
        port::*,
        table::{Row, beside},
    },
};

pub(super) fn rows() -> Vec<Row> {
    [heads(), items(), extras(), parts(), declarations(), standings(), rulings()]
        .into_iter()
        .flatten()
        .collect()
}

fn one(bad: Act, rule: Rule) -> Row {
    beside(rule, &Port::reviewing(), vec![bad], vec![apply(CASE)])
}

fn heads() -> Vec<Row> {
    let long = "A".repeat(65);
    let reviewing = Port::reviewing();
    vec![
        one(apply(CASE).by("bank"), Rule::WrongRole),
        one(apply(CASE).with("kind", "form e"), Rule::FieldValue),
        one(apply(CASE).with("office", "51650"), Rule::District),
        one(apply(CASE).with("office", "9999"), Rule::District),
        // A district of the network without an office on it.
        one(apply(CASE).with("office", "5141"), Rule::NoSuchParty),
        one(apply(CASE).with("kind", "FORM_Z"), Rule::NoSuchKind),
        one(apply(CASE).with("enterprise_uscc", "91440606MA7DEM040X"), Rule::Uscc),
        one(apply(CASE).with("producer_uscc", "91440606MA7DEM040X"), Rule::Uscc),
        one(apply(CASE).with("country", "TH"), Rule::FieldValue),
        one(apply(CASE).with("transport", json!({ "mode": 10 })), Rule::FieldValue),
        one(apply(CASE).with("entry_no", "5165"), Rule::DeclarationNumber),
        one(apply(CASE).with("route", ""), Rule::FieldMissing),
        beside(Rule::FieldValue, &reviewing, vec![apply(&long)], vec![apply(&long[1..])]),
        beside(
            Rule::ApplicationUsed,
            &reviewing,
            vec![apply(CASE), apply(CASE)],
            vec![apply(CASE), apply("A-2")],
        ),
        // Numbers that carry a registration need an exporter that is filed.
        beside(
            Rule::ExporterNotFiled,
            &Port::new().do_all([register_kind(FORM_E)]),
            vec![apply(CASE)],
            vec![register_kind(FORM_E).with("number", "E{yy}{serial:4}"), apply(CASE)],
        ),
    ]
}

fn items() -> Vec<Row> {
    let with =
        |field: &str, value: Value| one(apply(CASE).with_item(field, value), Rule::FieldValue);
    let many = |n: u32| {
        let one = |no| {
            let mut item = item(no);
            item["fob_minor"] = json!(10);
            item
        };
        apply(CASE).with("items", (1..=n).map(one).collect::<Vec<_>>())
    };
    let twice = json!([item(1), { "no": 2, "description": "RICE COOKERS", "marks": "N/M",
        "qty_milli": 1, "unit": "CTN", "gross_g": 1, "invoice_item": 1 }]);
    let reviewing = Port::reviewing();
    vec![
        with("no", json!(2)),
        with("description", json!("a\nb")),
        with("qty_milli", json!(0)),
        with("gross_g", json!(0)),
        with("fob_minor", json!(0)),
        with("hs", json!("8516600000")),
        with("rvc_permyriad", json!(10_001)),
        one(apply(CASE).with_item("unit", ""), Rule::FieldMissing),
        one(apply(CASE).with("items", twice), Rule::DuplicateItem),
        beside(Rule::FieldValue, &reviewing, vec![many(51)], vec![many(50)]),
        one(apply(CASE).with_item("fob_minor", 1_000_001), Rule::InvoiceTooSmall),
        one(apply(CASE).with_item("fob_minor", 100_000_000_000_001_u64), Rule::FieldValue),
    ]
}

fn extras() -> Vec<Row> {
    let invoice = |field: &str, value: Value| {
        let mut bad = apply(CASE);
        bad.body["invoice"][field] = value;
        one(bad, Rule::FieldValue)
    };
    let from = Port::new().do_all([register_health(FORM_E)]);
    let health = |change: fn(&mut Value)| {
        let mut bad = apply_health(CASE);
        change(&mut bad.body);
        bad
    };
    let two = |rule: Rule, change: fn(&mut Value)| {
        beside(rule, &from, vec![health(change)], vec![apply_health(CASE)])
    };
    vec![
        invoice("total_minor", json!(0)),
        invoice("currency", json!("US$")),
        two(Rule::FieldValue, |b| b["isolation"]["to"] = b["isolation"]["from"].clone()),
        two(Rule::FieldMissing, |b| b["isolation"]["farm"] = json!("")),
        two(Rule::FieldMissing, |b| b["isolation"]["samples"] = json!([])),
        two(Rule::FieldValue, |b| b["term"]["to"] = b["term"]["from"].clone()),
        two(Rule::FieldValue, |b| b["term"]["to"] = json!(u64::MAX)),
        two(Rule::FieldMissing, |b| b["group"]["animals"] = json!([])),
        two(Rule::FieldValue, |b| b["group"]["animals"][0]["chip"] = json!("34400000000010")),
        two(Rule::DuplicateItem, |b| {
            b["group"]["animals"][0]["chip"] = b["group"]["animals"][1]["chip"].clone();
        }),
        two(Rule::IsolationShort, |b| b["isolation"]["from"] = json!(START - 9 * DAY)),
        two(Rule::TermTooLong, |b| b["term"]["to"] = json!(START + 30 * DAY)),
        two(Rule::TooManyAnimals, |b| {
            let mut more = b["group"]["animals"][0].clone();
            more["chip"] = json!("344000000000103");
            b["group"]["animals"].as_array_mut().unwrap().push(more);
        }),
    ]
}

fn parts() -> Vec<Row> {
    let advanced =
        Port::new().do_all([register_kind(FORM_E).with("advanced_only", true), file_exporter()]);
    let health = Port::new().do_all([register_health(FORM_E)]);
    let without = |part| {
        let bad = apply_health(CASE).without(part);
        beside(Rule::PartMissing, &health, vec![bad], vec![apply_health(CASE)])
    };
    vec![
        one(apply(CASE).with("items", json!([])), Rule::PartMissing),
        one(apply(CASE).without("invoice"), Rule::PartMissing),
        without("isolation"),
        without("term"),
        without("group"),
        beside(
            Rule::AdvancedOnly,
            &advanced,
            vec![apply(CASE)],
            vec![grade("exporter", "advanced"), apply(CASE)],
        ),
    ]
}

fn declarations() -> Vec<Row> {
    let declared = || Port::declared().do_all([register_kind(FORM_E), file_exporter()]);
    let importer = Port::import_declared().do_all([register_kind(FORM_E), file_exporter()]);
    let named = |no: &str| apply(CASE).with("entry_no", no);
    let elsewhere = "516520260000000017";
    vec![
        beside(
            Rule::DeclarationOfOther,
            &importer,
            vec![named(IMPORT_DECLARATION)],
            vec![named(elsewhere)],
        ),
        beside(
            Rule::DeclarationGone,
            &declared(),
            vec![withdrawal(&BOXES), named(DECLARATION)],
            vec![named(DECLARATION)],
        ),
    ]
}

fn standings() -> Vec<Row> {
    let returned = || Port::reviewing().do_all([apply(CASE).with_item("hs", Value::Null)]);
    let from = returned();
    let often = |n: usize| {
        let bad = resubmit(CASE).with_item("hs", Value::Null);
        returned().do_all((1..n).map(|_| bad.clone()))
    };
    let again = |change: fn(Act) -> Act, rule: Rule| {
        beside(rule, &from, vec![change(resubmit(CASE))], vec![resubmit(CASE)])
    };
    let passed = Port::reviewing().do_all([apply(CASE)]);
    vec![
        beside(Rule::NotApplied, &from, vec![resubmit("A-2")], vec![resubmit(CASE)]),
        again(|a| a.by("importer"), Rule::NotApplicant),
        again(|a| a.with("kind", "FORM_Z"), Rule::NoSuchKind),
        again(|a| a.with("office", "5304"), Rule::OtherApplication),
        again(|a| a.with("enterprise_uscc", id("importer")), Rule::OtherApplication),
        beside(
            Rule::ApplicationStage,
            &passed,
            vec![resubmit(CASE)],
            vec![withdraw_application(CASE)],
        ),
        beside(
            Rule::SubmittedTooOften,
            &often(15),
            vec![resubmit(CASE).with_item("hs", Value::Null), resubmit(CASE)],
            vec![resubmit(CASE)],
        ),
        beside(
            Rule::NotApplicant,
            &passed,
            vec![withdraw_application(CASE).by("importer")],
            vec![withdraw_application(CASE)],
        ),
        beside(
            Rule::ApplicationStage,
            &passed,
            vec![withdraw_application(CASE), withdraw_application(CASE)],
            vec![withdraw_application(CASE)],
        ),
    ]
}

fn rulings() -> Vec<Row> {
    let manual = Port::reviewing().do_all([apply(CASE).with_item("rvc_permyriad", 3980)]);
    let enquiry = Port::reviewing().do_all([apply(CASE).with("producer_uscc", FLAGGED)]);
    let passed = Port::reviewing().do_all([apply(CASE)]);
    let approve = || rule_on(CASE, "approve");
    let unknown = |i: u32| countersign_record::Digest::of(&i.to_be_bytes()).to_string();
    let many = approve().with("evidence", (0..17).map(unknown).collect::<Vec<_>>());
    let other = approve().with("evidence", vec![unknown(0)]);
    let cited = || approve().with("evidence", vec![hash()]);
    let twice = approve().with("evidence", vec![hash(), hash()]);
    vec![
        beside(Rule::NotApplied, &manual, vec![rule_on("A-2", "approve")], vec![approve()]),
        beside(Rule::NotOfficeAsked, &manual, vec![approve().by("hub_customs")], vec![approve()]),
        beside(Rule::FieldMissing, &manual, vec![approve().with("reason", "")], vec![approve()]),
        beside(Rule::FieldValue, &manual, vec![many], vec![cited()]),
        beside(Rule::NotEvidence, &manual, vec![other], vec![cited()]),
        beside(Rule::DuplicateItem, &manual, vec![twice], vec![cited()]),
        beside(Rule::ApplicationStage, &passed, vec![approve()], vec![withdraw_application(CASE)]),
        beside(
            Rule::ApplicationStage,
            &manual,
            vec![approve(), rule_on(CASE, "refuse")],
            vec![rule_on(CASE, "refuse")],
        ),
        beside(
            Rule::DecisionUnfit,
            &enquiry,
            vec![rule_on(CASE, "return")],
            vec![rule_on(CASE, "refuse")],
        ),
        beside(
            Rule::DecisionUnfit,
            &enquiry,
            vec![rule_on(CASE, "return")],
            vec![rule_on(CASE, "approve")],
        ),
        // Only an officer closes an investigation.
        beside(
            Rule::ApplicationStage,
            &enquiry,
            vec![withdraw_application(CASE)],
            vec![rule_on(CASE, "refuse")],
        ),
        // An officer may return what waits for one.
        beside(
            Rule::ApplicationStage,
            &manual,
            vec![resubmit(CASE)],
            vec![rule_on(CASE, "return"), resubmit(CASE)],
        ),
    ]
}
