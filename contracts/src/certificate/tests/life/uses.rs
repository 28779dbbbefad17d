//! Use, vehicles and their letters.

use alloc::{format, vec, vec::Vec};

use serde_json::json;

use crate::{
    refusal::Rule,
    testing::{
        life::*,
        port::*,
        table::{Row, beside},
    },
};

pub(super) fn rows() -> Vec<Row> {
    [fields(), quantities(), declared(), vehicles(), letters()].into_iter().flatten().collect()
}

fn fields() -> Vec<Row> {
    let slip = Port::slip();
    let one = |rule, bad: Act, good: Act| beside(rule, &slip, vec![bad], vec![good]);
    let rows = |rows: serde_json::Value| consume(DRUG, 1).with("items", rows);
    let row = |lot: &str| json!({ "item": 1, "qty_milli": 1, "lot_no": lot });
    vec![
        one(Rule::FieldMissing, consume(DRUG, 1).without("slip_no"), consume(DRUG, 1)),
        one(
            Rule::DeclarationNumber,
            consume(DRUG, 1).with("entry_no", "5304"),
            consume(DRUG, 1).with("entry_no", "530420260000000001"),
        ),
        one(Rule::FieldValue, consume(DRUG, 0), consume(DRUG, 1)),
        one(
            Rule::DuplicateItem,
            rows(json!([row("L1"), row("L1")])),
            rows(json!([row("L1"), row("L2")])),
        ),
    ]
}

fn quantities() -> Vec<Row> {
    let slip = Port::slip();
    let half = slip.clone().do_all([consume(DRUG, 4999)]);
    let health = Port::certifying().issues(HEALTH, apply_health("L"));
    let permit = Port::certifying().issues(PERMIT, apply_permit("P"));
    let begun = permit.clone().after(2 * DAY - (permit.time - START));
    let second = json!([{ "item": 2, "qty_milli": 1 }]);
    let one = |rule, from: &Port, bad: Act, good: Act| beside(rule, from, vec![bad], vec![good]);
    vec![
        one(Rule::OverCertified, &slip, consume(DRUG, 5001), consume(DRUG, 5000)),
        one(Rule::OverCertified, &half, consume(DRUG, 2), consume(DRUG, 1)),
        one(Rule::NoSuchItem, &slip, consume(DRUG, 1).with("items", second), consume(DRUG, 1)),
        one(Rule::OtherUse, &slip, consume_whole(DRUG), consume(DRUG, 1)),
        one(Rule::OtherUse, &health, consume(HEALTH, 1), consume_whole(HEALTH)),
        beside(
            Rule::CertificateUsedUp,
            &slip,
            vec![consume(DRUG, 5000), consume(DRUG, 1)],
            vec![consume(DRUG, 4999), consume(DRUG, 1)],
        ),
        beside(
            Rule::CertificateUsedUp,
            &health,
            vec![consume_whole(HEALTH), consume_whole(HEALTH)],
            vec![consume_whole(HEALTH)],
        ),
        one(Rule::CertificateNotBegun, &permit, consume_whole(PERMIT), {
            // Anybody sees it before its term begins, and it may be printed.
            print(PERMIT, 1).by("importer")
        }),
        beside(
            Rule::OtherUse,
            &begun,
            vec![consume(PERMIT, 1)],
            vec![consume_whole(PERMIT), consume_whole(PERMIT)],
        ),
    ]
}

/// Use against the import of `port`: HS 8418102000.
fn declared() -> Vec<Row> {
    let port = Port::import_declared().certifies();
    let apply = |no: &str, hs: &str| {
        let mut apply = apply_drug(no);
        apply.body["items"][0]["hs"] = json!(hs);
        apply
    };
    let second = "T515026000002";
    let foreign = "E265100123450001";
    let port = port.issues(DRUG, apply("RIGHT", "841810")).issues(second, apply("HS", "300215"));
    let port = port.issues(foreign, apply_form_e("A")).do_all([countersign(foreign)]);
    let on = |no: &str, item: Option<u32>| {
        let items = json!([{ "item": 1, "qty_milli": 1, "declaration_item": item }]);
        consume(no, 1).with("items", items).with("entry_no", IMPORT_DECLARATION)
    };
    let one = |rule, bad: Act| beside(rule, &port, vec![bad], vec![on(DRUG, Some(1))]);
    vec![
        one(Rule::NotOnDeclaration, on(DRUG, Some(2))),
        one(Rule::NotOnDeclaration, on(DRUG, Some(0))),
        one(Rule::NotOnDeclaration, on(second, Some(1))),
        one(Rule::NotOnDeclaration, on(second, None)),
        one(Rule::DeclarationOfOther, on(foreign, Some(1))),
        beside(
            Rule::NotOnDeclaration,
            &port,
            vec![on(second, None)],
            // A declaration that is not on this ledger is not compared.
            vec![on(second, None).with("entry_no", "530420260000000001")],
        ),
    ]
}

fn vehicles() -> Vec<Row> {
    let horses = Port::horses();
    let held = Port::held();
    let corrected = held.clone().do_all([correct(HORSES, &wrong())]);
    let thirteen = chips(1..=13);
    let slip = Port::slip();
    let all = chips(1..=12);
    let one = |rule, from: &Port, bad: Act, good: Act| beside(rule, from, vec![bad], vec![good]);
    let twice = [chip(1), chip(1)];
    vec![
        beside(
            Rule::NotScanned,
            &horses,
            vec![consume_whole(HORSES)],
            vec![scan(HORSES, &all), consume_whole(HORSES)],
        ),
        beside(
            Rule::AnimalsDiffer,
            &held,
            vec![consume_whole(HORSES)],
            vec![correct(HORSES, &wrong()), agree(HORSES), consume_whole(HORSES)],
        ),
        beside(
            Rule::AnimalsDiffer,
            &horses,
            vec![scan(HORSES, &all), scan(HORSES, &[]), consume_whole(HORSES)],
            vec![scan(HORSES, &[]), scan(HORSES, &all), consume_whole(HORSES)],
        ),
        one(Rule::DuplicateItem, &horses, scan(HORSES, &twice), scan(HORSES, &twice[..1])),
        one(
            Rule::FieldValue,
            &horses,
            scan(HORSES, &["34400000000010".into()]),
            scan(HORSES, &["344000000000101".into()]),
        ),
        one(
            Rule::PlaceNotYours,
            &horses,
            scan(HORSES, &all).with("place", HUB),
            scan(HORSES, &all).with("place", HUB).by("river_customs"),
        ),
        one(
            Rule::Place,
            &horses,
            scan(HORSES, &all).with("place", "CNSHA/2200").by("river_customs"),
            scan(HORSES, &all).by("river_customs"),
        ),
        one(Rule::NoVehicle, &slip, scan(DRUG, &all), consume(DRUG, 1)),
        one(
            Rule::NoVehicle,
            &slip,
            correct(DRUG, &all),
            correct(DRUG, &all).without("group").with("remarks", "2 boxes"),
        ),
        one(Rule::TooManyAnimals, &horses, correct(HORSES, &thirteen), correct(HORSES, &all)),
        one(
            Rule::FieldMissing,
            &horses,
            correct(HORSES, &all).without("group"),
            correct(HORSES, &all),
        ),
        beside(
            Rule::NoCorrection,
            &held,
            vec![agree(HORSES)],
            vec![correct(HORSES, &wrong()), agree(HORSES)],
        ),
        one(
            Rule::SameAuthority,
            &corrected,
            agree(HORSES).by("river_customs"),
            agree(HORSES).by("hub_customs"),
        ),
        one(
            Rule::NotIssuingOffice,
            &held,
            correct(HORSES, &wrong()).by("hub_customs"),
            correct(HORSES, &wrong()),
        ),
    ]
}

fn letters() -> Vec<Row> {
    let imported = Port::imported();
    let all = chips(1..=12);
    let with_letter = |no: &str, letter: &str, first: u64| {
        let mut group = group(&chips(first..=first + 1));
        group["letter_no"] = json!(letter);
        apply_horses(no).with("group", group)
    };
    let second = "AV51502600002";
    let other = file_letter("TI-2").with("enterprise_uscc", id("exporter"));
    let port = Port::certifying().do_all([other]);
    let port = port
        .passes(with_letter("RIGHT", LETTER, 1))
        .passes(with_letter("NONE", "TI-9", 1))
        .passes(with_letter("OTHER", "TI-2", 1));
    let issue = |application: &str| vec![port.issue(HORSES, application)];
    // A horse that is in under the letter, in a second vehicle; and one that is not.
    let again = imported.clone().issues(second, with_letter("H2", LETTER, 12));
    let again = again.do_all([scan(second, &chips(12..=13))]);
    let over = Port::horses().do_all([scan(HORSES, &all)]);
    let late = file_letter("TI-3").with("return_by", START + DAY);
    let late = Port::certifying().do_all([late]).issues(HORSES, with_letter("H", "TI-3", 1));
    let late = late.do_all([scan(HORSES, &chips(1..=2))]).after(2 * DAY);
    let extended = with_letter("", LETTER, 1).body["group"].clone();
    vec![
        beside(Rule::NoSuchLetter, &port, issue("NONE"), issue("RIGHT")),
        beside(Rule::OtherLetter, &port, issue("OTHER"), issue("RIGHT")),
        beside(Rule::NoSuchLetter, &imported, vec![back("NONE", &all)], vec![back(LETTER, &all)]),
        beside(
            Rule::LetterOver,
            &late,
            vec![consume_whole(HORSES)],
            vec![
                correct(HORSES, &[]).with("group", extended),
                agree(HORSES),
                consume_whole(HORSES),
            ],
        ),
        beside(
            Rule::AnimalInAlready,
            &again,
            vec![consume_whole(second)],
            vec![back(LETTER, &chips([12])), consume_whole(second)],
        ),
        beside(
            Rule::AnimalNotAway,
            &imported,
            vec![back(LETTER, &[chip(13)])],
            vec![back(LETTER, &[chip(12)])],
        ),
        beside(
            Rule::AnimalNotAway,
            &imported,
            vec![back(LETTER, &[chip(12)]), back(LETTER, &[chip(12)])],
            vec![back(LETTER, &[chip(12)]), back(LETTER, &[chip(11)])],
        ),
        beside(
            Rule::NotScanned,
            &Port::horses(),
            vec![consume_whole(HORSES)],
            vec![scan(HORSES, &all), consume_whole(HORSES)],
        ),
        beside(
            Rule::CertificateUsedUp,
            &over,
            vec![consume_whole(HORSES), scan(HORSES, &all)],
            vec![scan(HORSES, &all), consume_whole(HORSES)],
        ),
    ]
}

/// A letter's record is bounded.
#[test]
fn a_letter_takes_only_so_many_animals_at_a_time() {
    let wide = kind("WIDE", "W{serial:3}", &["group"]).with("use_mode", "once");
    let mut port = Port::certifying().do_all([wide.with("animals_max", 64)]);
    let vehicle = |port: Port, n: u64| {
        let (no, animals) = (format!("W{n:03}"), chips(100 * n..100 * n + 60));
        let mut apply = apply_horses(&no).with("group", group(&animals));
        apply.body["kind"] = json!("WIDE");
        port.issues(&no, apply).do_all([scan(&no, &animals)])
    };
    for n in 1..=3 {
        port = vehicle(port, n).do_all([consume_whole(&format!("W{n:03}"))]);
    }
    let mut port = vehicle(port, 4);
    assert_eq!(port.tries(&consume_whole("W004")).unwrap_err().rule, Rule::RecordFull);
    port.does(&back(LETTER, &chips(100..160)));
    port.does(&consume_whole("W004"));
}
