//! Rule sets: what a row may say, and the row just beside it that is let in.

use alloc::{format, string::String, vec, vec::Vec};

use serde_json::{Value, json};

use crate::{
    refusal::Rule,
    testing::{
        certificate::*,
        port::*,
        table::{Row, beside},
    },
};

pub(super) fn rows() -> Vec<Row> {
    [sizes(), shapes(), values(), never_met(), never_decides()].into_iter().flatten().collect()
}

/// A rule set that is refused, and one that is let in.
fn sets(rule: Rule, bad: &[Value], good: &[Value]) -> Row {
    let from = Port::kind_registered();
    beside(rule, &from, vec![register_rows(1, bad)], vec![register_rows(1, good)])
}

/// One row with these conditions.
fn rows_of(when: &[Value]) -> Vec<Value> {
    vec![rule_row(1, "return", when)]
}

/// Conditions that are refused, and those beside them.
fn when(rule: Rule, bad: &[Value], good: &[Value]) -> Row {
    sets(rule, &rows_of(bad), &rows_of(good))
}

fn is(field: &str, comparison: &str) -> Value {
    condition(field, comparison, Value::Null)
}

fn texts(n: usize) -> Value {
    (0..n).map(|i| format!("{i:06}")).collect::<Vec<String>>().into()
}

fn sizes() -> Vec<Row> {
    let one = |n: usize| {
        let no = u32::try_from(n).unwrap();
        rule_row(no, "return", &[condition("items.fob_total_minor", "in", json!([no]))])
    };
    let many = |n: usize| (1..=n).map(one).collect::<Vec<_>>();
    let conditions = |n: u64| {
        let others = (1..n).map(|i| condition("item.gross_g", "not_in", json!([i])));
        others.chain([condition("item.gross_g", "above", json!([1000]))]).collect::<Vec<_>>()
    };
    let values = |n: usize| vec![condition("item.hs", "in", texts(n))];
    // Rows whose reasons alone are two kibibytes.
    let wordy = |n: u32| {
        let row = |no: u32| {
            let when = condition("item.unit", "in", json!([format!("U{no}")]));
            let mut row = rule_row(no, "return", &[when]);
            row["reason"] = both(&"x".repeat(1024));
            row
        };
        (1..=n).map(row).collect::<Vec<_>>()
    };
    vec![
        sets(Rule::FieldMissing, &[], &form_e_rows()),
        sets(Rule::RulesTooLarge, &many(201), &many(200)),
        when(Rule::RulesTooLarge, &conditions(17), &conditions(16)),
        when(Rule::RulesTooLarge, &values(1001), &values(1000)),
        // 32 KiB in all.
        sets(Rule::RulesTooLarge, &wordy(16), &wordy(15)),
    ]
}

fn shapes() -> Vec<Row> {
    let missing = || is("item.hs", "missing");
    let rows = |a: u32, b: u32| {
        [rule_row(a, "return", &[missing()]), rule_row(b, "manual", &[is("route", "missing")])]
    };
    let good = rows(1, 2);
    let mut mute = good.clone();
    mute[0]["reason"] = json!({ "en": "no code", "zh": "" });
    let mut reckless = good.clone();
    reckless[1]["when"] = json!([]);
    vec![
        sets(Rule::RowNumber, &rows(1, 1), &good),
        sets(Rule::RowNumber, &rows(2, 1), &good),
        sets(Rule::RowNumber, &rows(0, 1), &good),
        sets(Rule::RowOutcome, &[rule_row(1, "pass", &[missing()])], &good),
        sets(Rule::FieldMissing, &mute, &good),
        sets(Rule::FieldMissing, &reckless, &good),
        when(Rule::ComparisonUnfit, &[is("consignee", "in")], &[is("consignee", "missing")]),
        when(
            Rule::ComparisonUnfit,
            &[condition("item.hs", "below", json!([85]))],
            &[condition("item.hs", "starts_with", json!(["85"]))],
        ),
        when(
            Rule::ComparisonUnfit,
            &[condition("item.criterion", "starts_with", json!(["C"]))],
            &[condition("item.criterion", "in", json!(["CC", "CTH", "CTSH"]))],
        ),
        when(
            Rule::ComparisonUnfit,
            &[condition("items.count", "starts_with", json!(["1"]))],
            &[condition("items.count", "above", json!([1]))],
        ),
    ]
}

fn values() -> Vec<Row> {
    let fits = |field: &str, comparison: &str, bad: Value, good: Value| {
        let bad = condition(field, comparison, bad);
        when(Rule::ValueUnfit, &[bad], &[condition(field, comparison, good)])
    };
    let numbers = json!({ "field": "item.hs", "is": "in", "values": { "texts": ["851660"],
        "numbers": [1] } });
    let good = condition("item.hs", "in", json!(["851660"]));
    let full = "9".repeat(64);
    vec![
        fits("item.hs", "in", json!(["8516"]), json!(["851660"])),
        fits("item.hs", "in", json!(["8516600"]), json!(["851660"])),
        fits("item.hs", "starts_with", json!(["8516601"]), json!(["851660"])),
        fits("item.hs", "starts_with", json!([""]), json!(["8"])),
        fits("item.criterion", "in", json!(["WTO"]), json!(["WO"])),
        fits("grade", "not_in", json!(["vip"]), json!(["advanced"])),
        fits("country", "in", json!(["TH"]), json!(["THA"])),
        fits("country", "starts_with", json!(["th"]), json!(["TH"])),
        fits("invoice.currency", "in", json!(["usd"]), json!(["USD"])),
        fits("producer_uscc", "in", json!(["91440113MA7DEM219C"]), json!([FLAGGED])),
        fits("producer_uscc", "starts_with", json!(["9I"]), json!(["91"])),
        fits("entry_no", "starts_with", json!(["51652126"]), json!(["51652026"])),
        fits("item.rvc_permyriad", "below", json!([10_001]), json!([10_000])),
        fits("transport.mode", "in", json!([10]), json!([9])),
        fits("items.count", "above", json!([51]), json!([49])),
        fits("item.fob_minor", "in", json!([0]), json!([1])),
        fits("item.rvc_permyriad", "below", json!([1, 2]), json!([1])),
        fits("item.unit", "in", json!([format!("{full}9")]), json!([full])),
        when(Rule::ValueUnfit, &[numbers], core::slice::from_ref(&good)),
        when(
            Rule::ValueUnfit,
            &[condition("item.hs", "missing", json!(["851660"]))],
            &[is("item.hs", "missing")],
        ),
        when(Rule::FieldMissing, &[is("item.hs", "in")], core::slice::from_ref(&good)),
        when(Rule::FieldMissing, &[is("items.count", "above")], core::slice::from_ref(&good)),
        when(
            Rule::DuplicateItem,
            &[condition("item.hs", "in", json!(["851660", "851660"]))],
            &[good],
        ),
        when(
            Rule::DuplicateItem,
            &[condition("items.count", "in", json!([1, 1]))],
            &[condition("items.count", "in", json!([1, 2]))],
        ),
    ]
}

fn never_met() -> Vec<Row> {
    let no = |bad: &[Value], good: &[Value]| when(Rule::NeverMet, bad, good);
    let rvc = |comparison, n: u64| condition("item.rvc_permyriad", comparison, json!([n]));
    let hs = |comparison, codes: &[&str]| condition("item.hs", comparison, json!(codes));
    let digits: Vec<String> = (0..10).map(|d| format!("85166{d}")).collect();
    let all_but_one: Vec<&str> = digits[1..].iter().map(String::as_str).collect();
    let all: Vec<&str> = digits.iter().map(String::as_str).collect();
    let number = |field, comparison, n: u64| condition(field, comparison, json!([n]));
    vec![
        no(&[rvc("below", 5), rvc("above", 9)], &[rvc("below", 9), rvc("above", 5)]),
        no(
            &[rvc("below", 6), rvc("above", 4), rvc("not_in", 5)],
            &[rvc("below", 6), rvc("above", 4)],
        ),
        no(&[rvc("below", 0)], &[rvc("below", 1)]),
        no(&[rvc("above", 10_000)], &[rvc("above", 9_999)]),
        no(&[hs("in", &["851660"]), hs("not_in", &["851660"])], &[hs("in", &["851660"])]),
        no(&[hs("in", &["851660"]), hs("in", &["851661"])], &[hs("in", &["851660", "851661"])]),
        no(&[hs("in", &["851660"]), hs("starts_with", &["84"])], &[hs("starts_with", &["85"])]),
        no(
            &[hs("starts_with", &["85"]), hs("starts_with", &["84"])],
            &[hs("starts_with", &["85", "84"])],
        ),
        // Every code with that beginning is excepted, or all but one.
        no(
            &[hs("starts_with", &["85166"]), hs("not_in", &all)],
            &[hs("starts_with", &["85166"]), hs("not_in", &all_but_one)],
        ),
        no(
            &[condition("grade", "not_in", json!(["advanced", "registered", "discredited"]))],
            &[condition("grade", "not_in", json!(["advanced", "registered"]))],
        ),
        no(&[is("item.hs", "missing"), is("item.hs", "present")], &[is("item.hs", "missing")]),
        no(&[is("item.hs", "missing"), hs("not_in", &["851660"])], &[hs("not_in", &["851660"])]),
        // What every application has.
        no(&[is("country", "missing")], &[is("country", "present")]),
        no(&[is("item.unit", "missing")], &[is("item.unit", "present")]),
        // What one part of an application carries, or not.
        no(
            &[is("invoice.no", "missing"), number("invoice.total_minor", "above", 5)],
            &[is("invoice.no", "missing"), is("invoice.total_minor", "missing")],
        ),
        no(
            &[number("items.count", "below", 1), is("item.hs", "missing")],
            &[number("items.count", "below", 2), is("item.hs", "missing")],
        ),
        no(
            &[number("item.fob_minor", "above", 9), number("items.fob_total_minor", "below", 10)],
            &[number("item.fob_minor", "above", 9), number("items.fob_total_minor", "below", 11)],
        ),
        no(
            &[
                number("items.count", "below", 2),
                number("item.fob_minor", "below", 5),
                number("items.fob_total_minor", "above", 9),
            ],
            &[
                number("items.count", "below", 3),
                number("item.fob_minor", "below", 5),
                number("items.fob_total_minor", "above", 9),
            ],
        ),
        no(
            &[
                number("items.fob_total_minor", "above", 9),
                number("invoice.total_minor", "below", 10),
            ],
            &[
                number("items.fob_total_minor", "above", 9),
                number("invoice.total_minor", "below", 11),
            ],
        ),
    ]
}

fn never_decides() -> Vec<Row> {
    let hs = |comparison, codes: &[&str]| condition("item.hs", comparison, json!(codes));
    let rvc = |comparison, n: u64| condition("item.rvc_permyriad", comparison, json!([n]));
    let pair = |first: (&str, Vec<Value>), second: (&str, Vec<Value>)| {
        [rule_row(1, first.0, &first.1), rule_row(2, second.0, &second.1)]
    };
    let covered = |bad: [Value; 2], good: [Value; 2]| sets(Rule::NeverDecides, &bad, &good);
    let low = || vec![rvc("below", 4000)];
    vec![
        covered(
            pair(("manual", low()), ("manual", low())),
            pair(("manual", low()), ("manual", vec![rvc("above", 3998)])),
        ),
        covered(
            pair(("manual", vec![rvc("below", 3000)]), ("manual", low())),
            pair(("investigate", vec![rvc("below", 3000)]), ("manual", low())),
        ),
        covered(
            pair(
                ("return", vec![hs("in", &["851660"])]),
                ("manual", vec![hs("starts_with", &["85"])]),
            ),
            pair(
                ("return", vec![hs("in", &["841660"])]),
                ("manual", vec![hs("starts_with", &["85"])]),
            ),
        ),
        covered(
            pair(
                ("return", vec![hs("starts_with", &["8516"])]),
                ("return", vec![hs("not_in", &["841660"])]),
            ),
            pair(
                ("return", vec![hs("starts_with", &["8516"])]),
                ("return", vec![hs("not_in", &["851660"])]),
            ),
        ),
        // A row that hits every application leaves nothing to a milder one.
        covered(
            pair(("return", low()), ("manual", vec![is("country", "present")])),
            pair(("investigate", low()), ("manual", vec![is("country", "present")])),
        ),
        // Every item has a unit; but an application may have no item.
        covered(
            pair(("return", low()), ("manual", vec![is("item.unit", "present")])),
            pair(
                ("return", vec![is("route", "missing")]),
                ("manual", vec![is("item.unit", "present")]),
            ),
        ),
        covered(
            pair(
                ("return", vec![is("invoice.no", "present"), is("route", "missing")]),
                ("manual", vec![is("invoice.currency", "present")]),
            ),
            pair(
                ("return", vec![is("invoice.no", "missing"), is("route", "missing")]),
                ("manual", vec![is("invoice.currency", "present")]),
            ),
        ),
    ]
}
