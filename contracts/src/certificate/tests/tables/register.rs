//! Kinds, exporters, versions of rules: what may be registered, and by whom.

use alloc::{format, vec, vec::Vec};

use serde_json::json;

use crate::{
    refusal::Rule,
    testing::{
        certificate::*,
        port::*,
        table::{Row, beside},
    },
};

pub(super) fn rows() -> Vec<Row> {
    [kinds(), exporters(), versions()].into_iter().flatten().collect()
}

fn kinds() -> Vec<Row> {
    let new = Port::new();
    let known = Port::kind_registered();
    let kind = || register_kind(FORM_E);
    let health = || register_health("HEALTH");
    let one = |bad: Act, good: Act, rule: Rule| beside(rule, &new, vec![bad], vec![good]);
    let long = "K".repeat(33);
    vec![
        one(register_kind(&long), register_kind(&long[1..]), Rule::FieldValue),
        one(register_kind("form_e"), kind(), Rule::FieldValue),
        one(register_kind("FORM.E"), kind(), Rule::FieldValue),
        one(kind().with("title", json!({ "en": "", "zh": "证" })), kind(), Rule::FieldMissing),
        one(
            kind().with("parts", json!([])).with("use_mode", "once"),
            kind().with("use_mode", "once"),
            Rule::FieldMissing,
        ),
        one(kind().with("parts", json!(["items", "items"])), kind(), Rule::DuplicateItem),
        // What is used item by item has items.
        one(
            kind().with("parts", json!(["invoice"])),
            kind().with("parts", json!(["invoice"])).with("use_mode", "once"),
            Rule::FieldValue,
        ),
        one(kind().with("valid_days", 0), kind().with("valid_days", 1), Rule::FieldValue),
        one(kind().with("valid_days", 3661), kind().with("valid_days", 3660), Rule::FieldValue),
        one(kind().with("isolation_days", 1), health(), Rule::FieldValue),
        one(health().with("isolation_days", 0), health(), Rule::FieldValue),
        one(health().with("animals_max", 0), health().with("animals_max", 64), Rule::FieldValue),
        one(health().with("animals_max", 65), health().with("animals_max", 64), Rule::FieldValue),
        one(kind().with("cert_type", ""), kind().with("cert_type", "E"), Rule::FieldMissing),
        one(kind().with("number", "E{yy}"), kind(), Rule::NumberRule),
        one(kind().with("number", "E{serial:4}{yy}"), kind(), Rule::NumberRule),
        one(kind().with("number", "E{year}{serial:4}"), kind(), Rule::NumberRule),
        one(
            kind().with("number", format!("{}{{serial:4}}", "A".repeat(61))),
            kind().with("number", format!("{}{{serial:4}}", "A".repeat(60))),
            Rule::NumberRule,
        ),
        one(kind().by("exporter"), kind(), Rule::WrongRole),
        // Another office does not change what one office has registered.
        beside(Rule::NotYours, &known, vec![kind().by("river_customs")], vec![kind()]),
    ]
}

fn exporters() -> Vec<Row> {
    let new = Port::new();
    let one = |bad: Act, good: Act, rule: Rule| beside(rule, &new, vec![bad], vec![good]);
    let file = file_exporter;
    vec![
        one(file().on("exporter:91440606MA7DEM040X"), file(), Rule::Uscc),
        one(file().with("registration", "51001234"), file(), Rule::FieldValue),
        one(file().with("registration", "51001234a"), file(), Rule::FieldValue),
        one(file().with("address", json!({ "en": "x", "zh": " " })), file(), Rule::FieldMissing),
    ]
}

fn versions() -> Vec<Row> {
    let known = Port::kind_registered();
    let registered = Port::kind_registered().do_all([register_rules(1)]);
    let active = Port::reviewing();
    let named = |name: &str| register_rules(1).on(format!("ruleset:{name}"));
    let one = |bad: Act, rule: Rule| beside(rule, &known, vec![bad], vec![register_rules(1)]);
    vec![
        one(named("5165.FORM_E"), Rule::SubjectName),
        one(named("5165.FORM_E.01"), Rule::SubjectName),
        one(named("5165.FORM_E.0"), Rule::SubjectName),
        one(named("5165.FORM_E.+1"), Rule::SubjectName),
        one(named("516.FORM_E.1"), Rule::SubjectName),
        one(register_rules(1).with("note", ""), Rule::FieldMissing),
        one(named("5165.FORM_Z.1"), Rule::NoSuchKind),
        one(register_rules(1).by("river_customs"), Rule::NotOfficeAsked),
        one(register_rules(2), Rule::RulesVersion),
        // A version never changes.
        beside(Rule::RulesVersion, &registered, vec![register_rules(1)], vec![register_rules(2)]),
        beside(
            Rule::SubjectName,
            &registered,
            vec![activate_rules(1).on("review:5165")],
            vec![activate_rules(1)],
        ),
        beside(Rule::NoSuchRules, &known, vec![activate_rules(1)], vec![register_rules(1)]),
        beside(Rule::NoSuchRules, &registered, vec![activate_rules(2)], vec![activate_rules(1)]),
        beside(
            Rule::NotOfficeAsked,
            &registered,
            vec![activate_rules(1).by("river_customs")],
            vec![activate_rules(1)],
        ),
        beside(Rule::ActiveAlready, &active, vec![activate_rules(1)], vec![activate_rules(0)]),
    ]
}
