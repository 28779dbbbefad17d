//! Filings, manifests, declarations, inspection and release.

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
    let mut rows = manifests();
    rows.extend(amendments());
    rows.extend(declarations());
    rows.extend(two_steps());
    rows.extend(inspections());
    rows.extend(releases());
    rows
}

fn manifests() -> Vec<Row> {
    let filed = Port::filed();
    let sent = Port::filed().do_all([manifest("branch")]);
    let closed = Port::closed();
    let again = |voyage: &str| file_vessel().with("voyages", json!([voyage]));
    vec![
        beside(
            Rule::ConveyanceNotFiled,
            &Port::new(),
            vec![manifest("branch")],
            vec![file_vessel(), manifest("branch")],
        ),
        beside(
            Rule::NotYours,
            &filed,
            vec![again("050E").by("other_carrier")],
            vec![again("050E")],
        ),
        beside(Rule::VoyageFiled, &filed, vec![again("048E")], vec![again("050E")]),
        beside(Rule::WrongRole, &Port::new(), vec![file_barge().by("agent")], vec![file_barge()]),
        beside(Rule::TwinSent, &sent, vec![manifest("branch")], vec![manifest("trunk")]),
        beside(
            Rule::OtherDirection,
            &sent,
            vec![manifest("trunk").with("message_type", "MT1101")],
            vec![manifest("trunk")],
        ),
        beside(
            Rule::BillOver,
            &closed,
            vec![manifest("branch")],
            vec![manifest("branch").on("bill:ANOTHER")],
        ),
    ]
}

fn amendments() -> Vec<Row> {
    let manifested = Port::manifested();
    let gated = Port::gated();
    let released = Port::released();
    let aboard = Port::aboard();
    let amend = |field: &str, value: serde_json::Value| amendment().with(field, value);
    let two = containers(&BOXES[..2]);
    let four = containers(&[BOXES[0], BOXES[1], BOXES[2], STRANGER]);
    let next = json!({ "conveyance_id": VESSEL, "name": "PEARL STAR", "voyage": "049E" });
    vec![
        beside(
            Rule::NoSuchBill,
            &manifested,
            vec![amend("packages", json!(301)).on("bill:NONE")],
            vec![amend("packages", json!(301))],
        ),
        beside(
            Rule::NotYours,
            &manifested,
            vec![amend("packages", json!(301)).by("other_carrier")],
            vec![amend("packages", json!(301))],
        ),
        beside(
            Rule::NothingToAmend,
            &manifested,
            vec![amend("packages", json!(300))],
            vec![amend("packages", json!(301))],
        ),
        beside(
            Rule::BoxMoved,
            &gated,
            vec![amend("containers", two.clone())],
            vec![amend("containers", four.clone())],
        ),
        beside(
            Rule::NotOnBill,
            &gated,
            vec![amend("rolled", json!([STRANGER]))],
            vec![amend("rolled", json!([BOXES[2]]))],
        ),
        beside(
            Rule::VesselLoaded,
            &aboard,
            vec![amend("conveyance", next.clone())],
            vec![amend("packages", json!(301))],
        ),
        beside(
            Rule::VesselLoaded,
            &aboard,
            vec![amend("rolled", json!([BOXES[0]]))],
            vec![amend("packages", json!(299))],
        ),
        beside(
            Rule::AlreadyReleased,
            &released,
            vec![amend("containers", four)],
            vec![amend("conveyance", next)],
        ),
    ]
}

fn declarations() -> Vec<Row> {
    let gated = Port::gated();
    let two = Port::gated().do_all([arrival(BOXES[0], EXPORT), arrival(BOXES[1], EXPORT)]);
    let arrived = Port::arrived();
    let declared = Port::declared();
    let single = Port::filed().do_all([manifest("branch")]);
    let advance = || declaration().with("advance", true);
    vec![
        beside(Rule::TwinMissing, &single, vec![advance()], vec![manifest("trunk"), advance()]),
        beside(
            Rule::NotArrived,
            &two,
            vec![declaration()],
            vec![arrival(BOXES[2], EXPORT), declaration()],
        ),
        beside(Rule::NotArrived, &gated, vec![declaration()], vec![advance()]),
        beside(Rule::NotYours, &arrived, vec![declaration().by("importer")], vec![declaration()]),
        beside(
            Rule::DeclaredAlready,
            &declared,
            vec![declaration().with("entry_no", "515020260000123499")],
            vec![release()],
        ),
        beside(
            Rule::DeclarationUsed,
            &Port::declared().do_all([import_manifest("branch"), import_manifest("trunk")]),
            vec![import_declaration().with("advance", true).with("entry_no", DECLARATION)],
            vec![import_declaration().with("advance", true)],
        ),
        beside(Rule::WrongRole, &arrived, vec![declaration().by("carrier")], vec![declaration()]),
    ]
}

fn two_steps() -> Vec<Row> {
    let arrived = Port::import_arrived();
    let summarised = Port::import_arrived().do_all([summary()]);
    let overdue = Port::import_arrived().do_all([summary()]).after(15 * DAY);
    let second = |bill: &str| {
        [import_manifest("branch"), import_manifest("trunk")]
            .map(|m| m.with("containers", containers(&[STRANGER])).on(format!("bill:{bill}")))
    };
    let later = |bill: &str| {
        summary()
            .with("entry_no", "515020261000123499")
            .with("advance", true)
            .on(format!("bill:{bill}"))
    };
    let [m1, m2] = second("SECOND");
    vec![
        beside(Rule::NotDeclared, &arrived, vec![complete()], vec![summary(), complete()]),
        beside(
            Rule::OtherDeclaration,
            &summarised,
            vec![complete().with("entry_no", "515020261000123499")],
            vec![complete()],
        ),
        beside(Rule::NotSummary, &summarised, vec![complete(), complete()], vec![complete()]),
        beside(Rule::NotYours, &summarised, vec![complete().by("other_carrier")], vec![complete()]),
        beside(
            Rule::SummaryOnly,
            &summarised,
            vec![import_release(1), import_release(2)],
            vec![import_release(1), complete(), import_release(2)],
        ),
        beside(
            Rule::FirmOverdue,
            &overdue,
            vec![m1.clone(), m2.clone(), later("SECOND")],
            vec![m1, m2, complete(), later("SECOND")],
        ),
    ]
}

fn inspections() -> Vec<Row> {
    let arrived = Port::arrived();
    let declared = Port::declared();
    let noticed = Port::declared().do_all([notice()]);
    let relocated = Port::declared().do_all([notice(), feedback()]);
    let import_notice = || {
        notice()
            .with("entry_no", IMPORT_DECLARATION)
            .with("bill_no", IMPORT)
            .on(format!("bill:{IMPORT}"))
    };
    let summarised = Port::import_arrived().do_all([summary()]);
    vec![
        beside(
            Rule::NotClearanceCustoms,
            &declared,
            vec![notice().by("hub_customs")],
            vec![notice()],
        ),
        beside(Rule::NotDeclared, &arrived, vec![notice()], vec![declaration(), notice()]),
        beside(
            Rule::OtherDeclaration,
            &declared,
            vec![notice().with("entry_no", "515020260000123499")],
            vec![notice()],
        ),
        beside(Rule::NoticeOpen, &noticed, vec![notice()], vec![feedback(), inspected(), notice()]),
        beside(Rule::NoticeOpen, &relocated, vec![release()], vec![inspected(), release()]),
        beside(
            Rule::SelectionOver,
            &summarised,
            vec![complete(), import_notice()],
            vec![import_notice()],
        ),
        beside(Rule::AlreadyReleased, &declared, vec![release(), notice()], vec![notice()]),
        beside(Rule::NoNotice, &declared, vec![feedback()], vec![notice(), feedback()]),
        beside(
            Rule::PlaceNotYours,
            &noticed,
            vec![feedback().with("place_code", ELSEWHERE)],
            vec![feedback()],
        ),
        beside(
            Rule::NotOnBill,
            &noticed.clone().do_all([gate_in(STRANGER)]),
            vec![feedback().with("container_no", STRANGER)],
            vec![feedback()],
        ),
        beside(Rule::NotRelocated, &noticed, vec![inspected()], vec![feedback(), inspected()]),
        beside(
            Rule::NotRelocated,
            &relocated,
            vec![inspected().with("container_no", BOXES[1])],
            vec![inspected()],
        ),
    ]
}

fn releases() -> Vec<Row> {
    let declared = Port::declared();
    let released = Port::released();
    let import = Port::import_declared();
    let early = Port::gated().do_all([declaration().with("advance", true)]);
    vec![
        beside(
            Rule::NotClearanceCustoms,
            &declared,
            vec![release().by("hub_customs")],
            vec![release()],
        ),
        beside(
            Rule::AlreadyReleased,
            &released,
            vec![release()],
            vec![release().with("segment", 2)],
        ),
        beside(
            Rule::SegmentOrder,
            &import,
            vec![import_release(2)],
            vec![import_release(1), import_release(2)],
        ),
        beside(
            Rule::ReleaseSet,
            &declared,
            vec![release().with("containers", json!(BOXES[..2]))],
            vec![release()],
        ),
        beside(Rule::NotArrived, &early, vec![release()], {
            let mut acts: Vec<Act> = BOXES.map(|c| arrival(c, EXPORT)).into();
            acts.push(release());
            acts
        }),
        beside(
            Rule::Held,
            &Port::arrived().do_all([declaration().with("packages", 299)]),
            vec![release()],
            vec![clear_hold(format!("bill:{EXPORT}")), release()],
        ),
    ]
}
