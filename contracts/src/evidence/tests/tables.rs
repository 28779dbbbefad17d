//! A row for each refusal, and beside it the row that just passes.

use alloc::{
    format,
    string::{String, ToString},
    vec,
    vec::Vec,
};

use countersign_record::Digest;
use serde_json::{Value, json};

use crate::{
    refusal::Rule,
    testing::{
        evidence::*,
        oil::{self, NOTES},
        port::*,
        table::{self, Row, beside},
    },
};

/// Every table of this family, run; the rules that they cover.
pub(crate) fn all() -> Vec<Rule> {
    [fields(), files(), keeping(), citations()].into_iter().flat_map(table::hold).collect()
}

#[test]
fn bodies_keep_their_rules() {
    table::hold(fields());
}

#[test]
fn files_keep_their_rules() {
    table::hold(files());
}

#[test]
fn originals_keep_their_rules() {
    table::hold(keeping());
}

#[test]
fn citations_keep_their_rules() {
    table::hold(citations());
}

/// A row from a port with the containers gated in: what is refused, and the plain anchor.
fn one(from: &Port, bad: Act, good: Act, rule: Rule) -> Row {
    beside(rule, from, vec![bad], vec![good])
}

fn fields() -> Vec<Row> {
    let gated = Port::gated();
    let a = || anchor("photo");
    let bad = |bad: Act, rule: Rule| one(&gated, bad, a(), rule);
    let of = |field: &str, value: Value| bad(a().with(field, value), Rule::FieldValue);
    let upper = file("photo").to_uppercase();
    let many = |n: usize| -> Value { (0..n).map(|i| json!(format!("R{i}"))).collect() };
    let shown = |from: u64, until: u64| a().with("shown_from", from).with("shown_until", until);
    vec![
        bad(a().on(format!("file:{upper}")), Rule::FieldValue),
        bad(a().on("file:photo"), Rule::FieldValue),
        bad(a().on(format!("entry:{}", file("photo"))), Rule::SubjectName),
        of("media_type", json!("jpeg")),
        of("media_type", json!("Image/JPEG")),
        of("media_type", json!("image/")),
        of("bytes", json!(0)),
        bad(a().with("kept_at", " "), Rule::FieldMissing),
        bad(a().with("subjects", json!([])), Rule::FieldMissing),
        of("subjects", json!([format!("box:{}", BOXES[0])])),
        of("subjects", json!([format!("freight/box:{}", BOXES[0])])),
        of("readers", many(17)),
        bad(a().with("subjects", json!([box_of(0), box_of(0)])), Rule::DuplicateItem),
        bad(a().with("readers", json!(["customs", "customs"])), Rule::DuplicateItem),
        bad(a().with("shown_from", START), Rule::FieldMissing),
        bad(a().with("shown_until", START), Rule::FieldMissing),
        one(&gated, shown(START, START - 1), shown(START, START), Rule::FieldValue),
        one(&gated, segment("photo", 0, 2), segment("photo", 1, 2), Rule::FieldValue),
        one(&gated, segment("photo", 3, 2), segment("photo", 2, 2), Rule::FieldValue),
        one(&gated, segment("photo", 1, 1), segment("photo", 1, 2), Rule::FieldValue),
        one(&gated, segment("photo", 1, 257), segment("photo", 256, 256), Rule::FieldValue),
        one(&Port::anchored(), link("photo", "box:1"), link("photo", &box_of(1)), Rule::FieldValue),
        one(
            &Port::anchored(),
            withdraw("photo").with("reason", ""),
            withdraw("photo"),
            Rule::FieldMissing,
        ),
        // Nothing is cited that is named by something else, nor twice.
        one(
            &gated,
            citing(&[]).with("evidence", json!([hash(), hash()])),
            citing(&[]).with("evidence", json!([hash()])),
            Rule::DuplicateItem,
        ),
        one(&gated, citing(&[]), citing(&[Digest::of(b"evidence")]), Rule::FieldMissing),
    ]
}

fn files() -> Vec<Row> {
    let gated = Port::gated();
    let anchored = Port::anchored();
    let a = || anchor("photo");
    let begun = Port::gated().do_all([segment("one", 1, 3)]);
    let bill = format!("combined_port/bill:{EXPORT}");
    // One subject less than a file may have.
    let all = gated.ledger.records().keys().map(ToString::to_string);
    let keys: Vec<String> = all.filter(|k| k.starts_with("membership/key:")).collect();
    let parties =
        ["agent", "tally", "carrier", "exporter", "importer", "bank", "insurer", "surveyor"];
    let parties = parties.iter().map(|p| format!("membership/party:{}", id(p)));
    let most: Vec<String> = parties.chain(keys).take(31).collect();
    let nearly_full = Port::gated().do_all([a().with("subjects", json!(most))]);
    vec![
        beside(Rule::NoSuchFile, &anchored, vec![withdraw("film")], vec![withdraw("photo")]),
        one(&gated, a().with("subjects", json!(["combined_port/box:X"])), a(), Rule::NoSuchSubject),
        one(
            &anchored,
            link("photo", "combined_port/bill:NONE"),
            link("photo", &bill),
            Rule::NoSuchSubject,
        ),
        // Who anchored it or customs, and nobody else.
        one(
            &anchored,
            link("photo", &bill).by("agent"),
            link("photo", &bill).by("hub_customs"),
            Rule::NotAnchorer,
        ),
        one(&anchored, withdraw("photo").by("river_customs"), withdraw("photo"), Rule::NotAnchorer),
        one(
            &gated,
            a().with("readers", json!(["everybody"])),
            a().with("readers", json!(["wharf", id("agent")])),
            Rule::UnknownReader,
        ),
        // Once, by whomever; anew where it was taken back.
        beside(
            Rule::AnchoredAlready,
            &anchored,
            vec![a().by("agent")],
            vec![withdraw("photo"), a().by("agent")],
        ),
        one(&begun, segment("two", 2, 4), segment("two", 2, 3), Rule::OtherWhole),
        one(&begun, segment("two", 2, 3).by("agent"), segment("two", 2, 3), Rule::OtherWhole),
        beside(
            Rule::SegmentTaken,
            &begun,
            vec![segment("two", 1, 3)],
            vec![withdraw("one"), segment("two", 1, 3)],
        ),
        one(&anchored, link("photo", &box_of(0)), link("photo", &box_of(1)), Rule::LinkedAlready),
        beside(
            Rule::FileOver,
            &anchored,
            vec![withdraw("photo"), link("photo", &box_of(1))],
            vec![link("photo", &box_of(1))],
        ),
        beside(
            Rule::LinksFull,
            &nearly_full,
            vec![link("photo", &box_of(0)), link("photo", &box_of(1))],
            vec![link("photo", &box_of(0))],
        ),
    ]
}

fn keeping() -> Vec<Row> {
    let anchored = Port::anchored();
    let until = anchored.file("photo").retention_until;
    let over = anchored.clone().after(until + 1 - anchored.time);
    let now = Port::gated().time + 1000;
    let least = now + RETENTION_DAYS * DAY;
    let a = |until: u64| anchor("photo").with("retention_until", until);
    let mut cited = Port::anchored();
    let entry = cited.file("photo").by.entry;
    cited.does(&citing(&[entry]));
    cited.does(&anchor("film"));
    vec![
        one(&Port::gated(), a(least - 1), a(least), Rule::RetentionShort),
        one(&anchored, retain("photo", until), retain("photo", until + 1), Rule::RetentionShort),
        one(
            &over,
            retain("photo", over.time),
            retain("photo", over.time + DAY),
            Rule::RetentionShort,
        ),
        one(
            &anchored,
            retain("photo", until + 1).by("agent"),
            retain("photo", until + 1).by("hub_customs"),
            Rule::NotAnchorer,
        ),
        beside(
            Rule::RetentionRuns,
            &over,
            vec![retain("photo", over.time + DAY), destroy("photo")],
            vec![destroy("photo")],
        ),
        one(&over, destroy("photo").by("river_customs"), destroy("photo"), Rule::NotAnchorer),
        beside(
            Rule::FileOver,
            &over,
            vec![destroy("photo"), destroy("photo")],
            vec![destroy("photo")],
        ),
        one(&cited, withdraw("photo"), withdraw("film"), Rule::CitedAlready),
    ]
}

/// Every body that cites evidence, each on a port where it is accepted.
fn citing_acts() -> Vec<(Port, Act)> {
    let held = Port::in_hub().do_all([discharge("TP1", BOXES[0]).with("seals", seal("SH-010001"))]);
    let doubted = Port::arrived().do_all([declaration().with("packages", 299)]);
    vec![
        (Port::gated(), citing(&[])),
        (Port::declared(), withdrawal(&BOXES[..1])),
        (Port::declared().do_all([notice(), feedback()]), inspected()),
        (held, clear_hold(format!("box:{}", BOXES[0]))),
        (doubted, clear_hold(format!("bill:{EXPORT}"))),
        (Port::stocked(), oil::adjust("T-3", 1)),
        (Port::disputed(), oil::settle(NOTES[1], 498_600)),
        (Port::disputed(), oil::lose("LOSS-1", 1)),
    ]
}

fn citations() -> Vec<Row> {
    let mut rows = Vec::new();
    for (mut port, act) in citing_acts() {
        let entry = port.does(&anchor("cited").with("subjects", json!([known()])));
        let gone = port.does(&anchor("gone").with("subjects", json!([known()])));
        port.does(&withdraw("gone"));
        let cites = |cited: Value| act.clone().with("evidence", cited);
        let good = || cites(json!([entry.to_string(), hash()]));
        // The digest of the file is not the entry that anchored it.
        rows.push(one(&port, cites(json!([file("cited")])), good(), Rule::NotEvidence));
        let some = json!([hash(), Digest::of(b"anything").to_string()]);
        rows.push(one(&port, cites(some), good(), Rule::NotEvidence));
        let withdrawn = json!([entry.to_string(), gone.to_string()]);
        rows.push(one(&port, cites(withdrawn), good(), Rule::EvidenceWithdrawn));
    }
    rows
}

/// A subject of every network.
fn known() -> String {
    format!("membership/party:{}", id("agent"))
}
