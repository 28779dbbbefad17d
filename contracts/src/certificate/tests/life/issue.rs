//! Issue: by whom, on what, under which number, and against what else is known.

use alloc::{vec, vec::Vec};

use serde_json::json;

use crate::{
    refusal::Rule,
    testing::{
        life::*,
        port::*,
        table::{Row, beside},
    },
};

const SECOND: &str = "E265100123450002";

pub(super) fn rows() -> Vec<Row> {
    [fields(), submissions(), numbers(), lines(), terms(), declared(), replaced()]
        .into_iter()
        .flatten()
        .collect()
}

fn fields() -> Vec<Row> {
    let passed = Port::certifying().passes(apply_form_e("A"));
    let right = passed.issue(FORM_E, "A");
    let one = |rule, bad: Act, good: Act| beside(rule, &passed, vec![bad], vec![good]);
    let long = alloc::format!("certificate:{}", "E".repeat(65));
    vec![
        one(Rule::FieldValue, right.clone().on(long), right.clone()),
        one(Rule::SubjectName, right.clone().on("letter:X"), right.clone()),
        one(Rule::WrongRole, right.clone().by("exporter"), right),
        one(
            Rule::FieldValue,
            file_letter("T2").with("amount_fen", 0),
            file_letter("T2").with("amount_fen", 1),
        ),
        one(Rule::LetterUsed, file_letter(LETTER), file_letter("T2")),
        one(
            Rule::LetterOver,
            file_letter("T2").with("return_by", START),
            file_letter("T2").with("return_by", START + DAY),
        ),
    ]
}

fn submissions() -> Vec<Row> {
    let passed = Port::certifying().passes(apply_form_e("A"));
    let applied = Port::certifying().do_all([apply_form_e("A")]);
    let right = passed.issue(FORM_E, "A");
    vec![
        beside(
            Rule::NotOfficeAsked,
            &passed,
            vec![right.clone().by("hub_customs")],
            vec![right.clone()],
        ),
        beside(
            Rule::NotPassed,
            &applied,
            vec![applied.issue(FORM_E, "A")],
            vec![pass("A"), applied.issue(FORM_E, "A")],
        ),
        beside(
            Rule::NotPassed,
            &Port::signed(),
            vec![passed.issue(SECOND, "A")],
            vec![countersign(FORM_E)],
        ),
        beside(
            Rule::OtherSubmission,
            &passed,
            vec![right.clone().with("application_entry", digest("another entry"))],
            vec![right],
        ),
    ]
}

fn numbers() -> Vec<Row> {
    let passed = Port::certifying().passes(apply_form_e("A"));
    let tiny = |no: &str| {
        let mut apply = apply_drug(no);
        apply.body["kind"] = json!("TINY");
        apply
    };
    let mut port = Port::certifying().do_all([kind("TINY", "X{serial:1}", &["items"])]);
    for n in 1..=9 {
        port = port.issues(&alloc::format!("X{n}"), tiny(&alloc::format!("N{n}")));
    }
    let port = port.passes(tiny("N10"));
    let tenth = port.issue("X10", "N10");
    // A number of one rule that runs on into the serial of another.
    let other = kind("OTHER", "X0{serial:1}", &["items"]);
    let taken = Port::certifying()
        .do_all([kind("TINY", "X{serial:2}", &["items"])])
        .issues("X01", tiny("N1"))
        .do_all([other])
        .passes({
            let mut apply = apply_drug("N2");
            apply.body["kind"] = json!("OTHER");
            apply
        });
    let clash = taken.issue("X01", "N2");
    vec![
        beside(
            Rule::CertificateNumber,
            &passed,
            vec![passed.issue(SECOND, "A")],
            vec![passed.issue(FORM_E, "A")],
        ),
        beside(
            Rule::CertificateNumber,
            &taken,
            vec![clash],
            vec![kind("OTHER", "Y{serial:1}", &["items"]), taken.issue("Y1", "N2")],
        ),
        beside(
            Rule::NumbersUsedUp,
            &port,
            vec![tenth.clone()],
            vec![kind("TINY", "X{serial:2}", &["items"]), tenth],
        ),
    ]
}

/// One live certificate stands for a line of an enterprise's invoice.
fn lines() -> Vec<Row> {
    let invoice = apply_form_e("A").body["invoice"].clone();
    let on_line = |line: Option<u32>| {
        let mut item = item(1);
        item["invoice_item"] = json!(line);
        apply_form_e("B").with("invoice", invoice.clone()).with("items", json!([item]))
    };
    let port = Port::valid();
    let issued = |port: Port, apply: Act| {
        let port = port.passes(apply);
        let issue = port.issue(SECOND, "B");
        (port, issue)
    };
    let row = |(from, bad): (Port, Act), good: Vec<Act>| {
        beside(Rule::InvoiceCertified, &from, vec![bad], good)
    };
    let (first, again) = issued(port.clone(), on_line(Some(1)));
    let (whole, of_whole) = issued(port.clone(), on_line(None));
    let (other, of_other) = issued(port, on_line(Some(2)));
    vec![
        // The first gone, its line is free.
        row((first, again.clone()), vec![revoke(FORM_E), again]),
        // An item that names no line stands for the whole invoice.
        row((whole, of_whole.clone()), vec![revoke(FORM_E), of_whole]),
        beside(
            Rule::OtherSubmission,
            &other,
            vec![of_other.clone().with("application_entry", digest("x"))],
            vec![of_other],
        ),
    ]
}

fn terms() -> Vec<Row> {
    let permit = Port::certifying().passes(apply_permit("P"));
    let issue_permit = permit.issue(PERMIT, "P");
    let short = kind("PERMIT", "P{district}{yy}{serial:6}", &["term"])
        .with("use_mode", "shown")
        .with("valid_days", 18);
    let healthy = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut apply = apply_health("L");
        change(&mut apply.body["isolation"]);
        let port = Port::certifying().passes(apply);
        let issue = port.issue(HEALTH, "L");
        (port, issue)
    };
    let (failed, on_failed) = healthy(&|i| i["samples"][0]["passed"] = json!(false));
    let (open, on_open) = healthy(&|i| {
        i["from"] = json!(START - 9 * DAY);
        i["to"] = json!(START + DAY);
    });
    let less = kind("HEALTH", "H{district}{yy}{serial:6}", &["items"]);
    vec![
        beside(
            Rule::TermOutside,
            &permit,
            vec![short.clone(), issue_permit.clone()],
            vec![short.with("valid_days", 19), issue_permit.clone()],
        ),
        beside(
            Rule::TermOutside,
            &permit.clone().after(20 * DAY),
            vec![issue_permit.clone()],
            vec![file_letter("T2")],
        ),
        beside(Rule::NotIsolated, &failed, vec![on_failed.clone()], vec![less.clone(), on_failed]),
        beside(Rule::NotIsolated, &open, vec![on_open.clone()], vec![less, on_open]),
    ]
}

/// The export of `port`: 300 refrigerators, HS 8418102000, unit 001.
fn declared() -> Vec<Row> {
    let port = Port::declared().certifies();
    let apply = |no: &str, change: &dyn Fn(&mut serde_json::Value)| {
        let mut item = item(1);
        item["unit"] = json!("001");
        item["qty_milli"] = json!(300_000);
        item["declaration_item"] = json!(1);
        change(&mut item);
        apply_form_e(no).with("entry_no", DECLARATION).with("items", json!([item]))
    };
    let port = port
        .passes(apply("RIGHT", &|_| ()))
        .passes(apply("MORE", &|i| i["qty_milli"] = json!(300_001)))
        .passes(apply("HS", &|i| i["hs"] = json!("841811")))
        .passes(apply("NONE", &|i| i["declaration_item"] = json!(2)))
        .passes(apply("ANY", &|i| {
            i["declaration_item"] = json!(null);
            i["hs"] = json!("841811");
        }))
        // Another unit is not compared, and neither is an item that names none.
        .passes(apply("CTN", &|i| {
            i["unit"] = json!("CTN");
            i["qty_milli"] = json!(300_001);
        }));
    let row = |rule, bad: &str, good: &str| {
        beside(rule, &port, vec![port.issue(FORM_E, bad)], vec![port.issue(FORM_E, good)])
    };
    let whole = json!(BOXES);
    let withdrawal = act(
        "river_customs",
        "withdrawal",
        alloc::format!("bill:{EXPORT}"),
        json!({ "containers": whole, "reason": "cancelled", "evidence": [hash()] }),
    );
    vec![
        row(Rule::OverDeclared, "MORE", "RIGHT"),
        row(Rule::OverDeclared, "MORE", "CTN"),
        row(Rule::NotOnDeclaration, "HS", "RIGHT"),
        row(Rule::NotOnDeclaration, "NONE", "RIGHT"),
        row(Rule::NotOnDeclaration, "ANY", "RIGHT"),
        beside(
            Rule::DeclarationGone,
            &port,
            vec![withdrawal, port.issue(FORM_E, "RIGHT")],
            vec![port.issue(FORM_E, "RIGHT")],
        ),
    ]
}

fn replaced() -> Vec<Row> {
    let invoice = apply_form_e("A").body["invoice"].clone();
    let new = apply_form_e("B").with("replaces", FORM_E).with("invoice", invoice);
    let port = Port::valid().passes(new.clone());
    let issue = port.issue(SECOND, "B");
    let missing = Port::valid().passes(apply_form_e("B").with("replaces", "NONE"));
    vec![
        beside(
            Rule::NotReplaceable,
            &port,
            vec![consume(FORM_E, 1), issue.clone()],
            vec![issue.clone()],
        ),
        beside(
            Rule::NotReplaceable,
            &port,
            vec![issue.clone(), revoke(FORM_E), countersign(SECOND)],
            vec![issue, countersign(SECOND)],
        ),
        beside(
            Rule::NotReplaceable,
            &missing,
            vec![missing.issue(SECOND, "B")],
            vec![print(FORM_E, 1)],
        ),
    ]
}

#[test]
fn a_correct_number_is_named_where_another_was_written() {
    let mut port = Port::valid().passes(apply_form_e("B"));
    let refusal = port.tries(&port.clone().issue("E265100123450009", "B")).unwrap_err();
    assert_eq!(refusal.expected, "E265100123450002, the next one");
}

#[test]
fn a_record_of_an_ordinary_certificate_fits_the_code_on_its_page() {
    let port = Port::valid().do_all([print(FORM_E, 1)]);
    let records = port.ledger.records().iter();
    let of = |subject: &str| {
        let found = records.clone().find(|(k, _)| k.subject == subject);
        found.map(|(_, r)| r.bytes().len()).unwrap()
    };
    let ordinary = of(&alloc::format!("certificate:{FORM_E}"));
    assert!((400..=700).contains(&ordinary), "{ordinary} bytes");
}
