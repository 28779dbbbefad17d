//! A row for every kind of subject: whom it concerns, and that it concerns nobody else.

use alloc::{
    collections::BTreeSet,
    format,
    string::{String, ToString},
    vec,
    vec::Vec,
};

use serde_json::json;

use super::{Asker, concerns, is_public};
use crate::{
    family::FamilyName,
    membership::Role,
    testing::{certificate as rules, evidence, guarantee, life, port::*},
    world::{SubjectKey, World},
};

/// Whom everything concerns.
const CUSTOMS: [&str; 4] = ["river_customs", "hub_customs", "supply_customs", "receiving_customs"];
/// All others.
const OTHERS: [&str; 22] = [
    "river_wharf",
    "hub_wharf",
    "carrier",
    "agent",
    "exporter",
    "importer",
    "tally",
    "other_carrier",
    "other_wharf",
    "supplier",
    "other_supplier",
    "warehouse",
    "other_warehouse",
    "bunker_barge",
    "other_bunker_barge",
    "receiving_ship",
    "surveyor",
    "bank",
    "insurer",
    "courier",
    "other_courier",
    "authority",
];

fn asker(port: &Port, name: &str) -> Asker {
    Asker::find(&World::new(&port.ledger), id(name)).unwrap().unwrap()
}

fn concerned(port: &Port, key: &SubjectKey) -> Vec<&'static str> {
    let world = World::new(&port.ledger);
    for office in CUSTOMS {
        assert!(concerns(&world, key, &asker(port, office)).unwrap(), "{key}: {office}");
    }
    OTHERS.into_iter().filter(|n| concerns(&world, key, &asker(port, n)).unwrap()).collect()
}

/// The first subject whose name, with its family before it, begins so.
fn subject(port: &Port, prefix: &str) -> SubjectKey {
    let found = port.ledger.records().keys().find(|k| k.to_string().starts_with(prefix));
    found.unwrap_or_else(|| panic!("no {prefix}")).clone()
}

type Row = (Port, String, Vec<&'static str>);

fn row(port: Port, subject: &str, whom: &[&'static str]) -> Row {
    (port, subject.into(), whom.into())
}

fn cargo() -> Vec<Row> {
    let bill = "combined_port/bill:";
    let a_box = "combined_port/box:CBHU7001000";
    let ends = ["river_wharf", "hub_wharf", "agent"];
    let handlers = ["carrier", "agent", "tally", "other_carrier", "other_wharf"];
    vec![
        // The wharves at both ends from the manifests on; a declarant once it has declared.
        row(Port::manifested(), bill, &ends),
        row(Port::declared(), bill, &["river_wharf", "hub_wharf", "agent", "exporter"]),
        row(Port::closed(), bill, &["river_wharf", "hub_wharf", "agent", "exporter", "tally"]),
        row(Port::import_ordered(), bill, &["river_wharf", "hub_wharf", "agent", "importer"]),
        // The carrier with the plan under which the box is loaded.
        row(Port::declared(), a_box, &["river_wharf", "hub_wharf", "agent", "exporter"]),
        row(
            Port::under_way(),
            a_box,
            &["river_wharf", "hub_wharf", "carrier", "agent", "exporter"],
        ),
        row(Port::planned(), "combined_port/plan:", &["river_wharf", "hub_wharf", "carrier"]),
        row(
            Port::under_way(),
            "combined_port/ship:PRB0001",
            &[&["river_wharf", "hub_wharf"][..], &handlers].concat(),
        ),
        // What is declared is not the wharves' matter.
        row(Port::declared(), "combined_port/declaration:", &["exporter"]),
        row(Port::import_arrived().do_all([summary()]), "combined_port/enterprise:", &["importer"]),
    ]
}

fn bonded_oil() -> Vec<Row> {
    let (supply, delivery) = (
        ["supplier", "warehouse", "bunker_barge", "receiving_ship"],
        "bonded_oil/delivery:BDN-0002",
    );
    let surveyors =
        ["supplier", "other_supplier", "warehouse", "bunker_barge", "receiving_ship", "surveyor"];
    vec![
        row(Port::stocked(), "bonded_oil/account:", &["supplier", "warehouse"]),
        row(Port::applied(), "bonded_oil/application:", &supply),
        row(Port::delivered(), delivery, &supply),
        // Any surveyor may be called; the one who settled it stays.
        row(Port::disputed(), delivery, &surveyors),
        row(Port::settled(), delivery, &[&supply[..], &["surveyor"]].concat()),
        row(Port::centrally_declared(), "bonded_oil/declaration:", &["supplier"]),
    ]
}

fn guarantees() -> Vec<Row> {
    let graded = Port::new().do_all([guarantee::grade("importer", "advanced")]);
    vec![
        // The bank once it has signed; the exporter may declare for the importer.
        row(Port::line_active(), "guarantee/line:", &["exporter", "importer", "bank"]),
        row(Port::drawn(), "guarantee/drawdown:", &["importer", "bank"]),
        row(graded, "guarantee/enterprise:", &["importer", "bank", "insurer"]),
    ]
}

fn certificates() -> Vec<Row> {
    let printed = Port::valid().do_all([life::print(life::FORM_E, 1)]);
    let sent = Port::valid().do_all([life::send(life::FORM_E)]);
    let applied = Port::reviewing().do_all([rules::apply(rules::CASE)]);
    let graded = Port::declared().do_all([guarantee::grade("exporter", "advanced")]);
    let archived = graded.do_all([life::archive(DECLARATION, "audit")]);
    let of = |name: &str| format!("certificate/{name}:");
    vec![
        row(Port::reviewing(), &of("kind"), &OTHERS),
        row(Port::reviewing(), &of("review"), &OTHERS),
        row(Port::reviewing(), &of("ruleset"), &[]),
        row(Port::reviewing(), &of("exporter"), &["exporter"]),
        row(applied, &of("application"), &["exporter"]),
        row(Port::signed(), &of("certificate"), &["exporter", "authority"]),
        row(sent, &of("certificate"), &["exporter", "courier", "authority"]),
        row(printed, &of("paper"), &["exporter", "authority"]),
        row(Port::valid(), &of("invoice"), &["exporter"]),
        row(Port::valid(), &of("serial"), &[]),
        row(Port::certifying(), &of("letter"), &["importer"]),
        // The wharf has read the vehicle at its gate.
        row(Port::imported(), &of("animal"), &["river_wharf", "importer", "authority"]),
        row(archived, &of("archive"), &["exporter"]),
    ]
}

fn files() -> Vec<Row> {
    let photo = format!("evidence/file:{}", evidence::file("photo"));
    let by_role = evidence::anchor("photo").with("readers", json!(["tally"]));
    let mut port = Port::gated();
    let entry = port.does(&evidence::anchor("photo"));
    vec![
        row(port, &photo, &["river_wharf", "agent"]),
        row(Port::gated().do_all([by_role]), &photo, &["river_wharf", "tally"]),
        row(Port::anchored(), &format!("evidence/entry:{entry}"), &["river_wharf"]),
        row(
            Port::gated().do_all([evidence::segment("one", 1, 2)]),
            "evidence/whole:",
            &["river_wharf"],
        ),
    ]
}

fn members() -> Vec<Row> {
    let prefixes = ["party:", "key:", "roster", "district:", "place:", "parameters"];
    prefixes.map(|p| row(Port::new(), &format!("membership/{p}"), &OTHERS)).into()
}

fn rows() -> Vec<Row> {
    let groups = [members(), cargo(), bonded_oil(), guarantees(), certificates(), files()];
    groups.into_iter().flatten().collect()
}

#[test]
fn a_subject_concerns_those_whose_matter_it_is_and_nobody_else() {
    let wrong = rows().into_iter().filter_map(|(port, prefix, expected)| {
        let key = subject(&port, &prefix);
        let found = concerned(&port, &key);
        (found != expected).then(|| format!("{key}\n  found    {found:?}\n  expected {expected:?}"))
    });
    let wrong: Vec<_> = wrong.collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_kind_of_subject_has_its_row() {
    let kind = |key: &SubjectKey| {
        let kind = key.subject.split_once(':').map_or(&*key.subject, |(kind, _)| kind);
        format!("{}/{kind}", key.family.name())
    };
    let rows = rows();
    let tested = rows.iter().map(|(port, prefix, _)| kind(&subject(port, prefix)));
    // Proposals and the schedule are of one arm with the rest of their family.
    let known = ["membership/proposal", "membership/schedule"];
    let tested: BTreeSet<_> = tested.chain(known.map(Into::into)).collect();
    let there: BTreeSet<_> =
        rows.iter().flat_map(|(port, ..)| port.ledger.records().keys().map(kind)).collect();
    let missing: Vec<_> = there.difference(&tested).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn what_is_not_there_concerns_customs_alone() {
    let port = Port::new();
    let key = SubjectKey::new(FamilyName::CombinedPort, "bill:NONE");
    assert_eq!(concerned(&port, &key), [""; 0]);
}

#[test]
fn a_suspended_party_asks_for_nothing() {
    let suspend = Act {
        family: "membership",
        ..act(
            "river_customs",
            "suspend",
            format!("party:{}", id("exporter")),
            json!({ "reason": "a test" }),
        )
    };
    let port = Port::new();
    let find = |port: &Port| Asker::find(&World::new(&port.ledger), id("exporter")).unwrap();
    assert!(find(&port).is_some_and(|a| a.is(Role::Declarant)));
    assert_eq!(find(&port.do_all([suspend])), None);
}

#[test]
fn certificates_and_their_pages_are_public_and_nothing_else_is() {
    let public = |family, subject: &str| is_public(&SubjectKey::new(family, subject));
    assert!(public(FamilyName::Certificate, "certificate:E265100123450001"));
    assert!(public(FamilyName::Certificate, "paper:00"));
    assert!(!public(FamilyName::Certificate, "application:A"));
    assert!(!public(FamilyName::Certificate, "certificate"));
    assert!(!public(FamilyName::CombinedPort, "certificate:X"));
}
