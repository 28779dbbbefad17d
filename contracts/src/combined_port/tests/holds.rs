//! The cross-check table of domain.md §2.1: each fact, who says what, and the hold that follows.

use alloc::{
    format,
    string::{String, ToString},
    vec,
    vec::Vec,
};

use serde_json::json;

use crate::{
    combined_port::{
        State,
        holds::{Hold, HoldKind},
    },
    testing::port::*,
};

/// From a ledger, an act that is accepted and raises exactly this hold.
struct Row {
    from: Port,
    act: Act,
    on: String,
    kind: HoldKind,
    field: &'static str,
    /// Who said what, first and second.
    said: [(&'static str, &'static str); 2],
}

fn holds_of(port: &Port, subject: &str) -> Vec<Hold> {
    match port.state(subject) {
        State::Bill(bill) => bill.take().holds,
        State::Box(container) => container.take().holds,
        other => panic!("{other:?}"),
    }
}

fn raises(rows: Vec<Row>) -> Vec<HoldKind> {
    rows.into_iter()
        .map(|row| {
            let mut port = row.from;
            let entry = port.does(&row.act);
            let holds = holds_of(&port, &row.on);
            assert_eq!(holds.len(), 1, "{:?} {}: {holds:?}", row.kind, row.field);
            let hold = &holds[0];
            assert_eq!((hold.kind, hold.field.as_str(), hold.id), (row.kind, row.field, 1));
            let said = [&hold.first, &hold.second].map(|s| (s.party.clone(), s.value.clone()));
            assert_eq!(said, row.said.map(|(who, value)| (id(who).to_string(), value.to_string())));
            assert_eq!(hold.second.entry, entry);
            assert_eq!(hold.due.by, port.time + DAY);
            let alerts = port.ledger.alerts();
            let alert = alerts.iter().find(|a| a.kind == row.kind.name()).unwrap();
            for party in [id(row.said[0].0), id(row.said[1].0), "GACC5150"] {
                assert!(alert.parties.iter().any(|p| p == party), "{party} in {alert:?}");
            }
            for value in [row.said[0].1, row.said[1].1] {
                assert!(alert.en.contains(value) && alert.zh.contains(value), "{}", alert.en);
            }
            // Clearance customs ends it, and nobody else.
            assert!(port.clone().tries(&clear_hold(row.on.clone()).by("hub_customs")).is_err());
            port.does(&clear_hold(row.on.clone()));
            assert_eq!(holds_of(&port, &row.on), vec![]);
            assert_eq!(port.ledger.not_folds(), vec![]);
            row.kind
        })
        .collect()
}

#[expect(clippy::too_many_lines, reason = "one table, a row a mismatch")]
fn bill_rows() -> Vec<Row> {
    let on = || format!("bill:{EXPORT}");
    let row = |from: &Port, act, kind, field, said| Row {
        from: from.clone(),
        act,
        on: on(),
        kind,
        field,
        said,
    };
    let filed = Port::filed();
    let sent = Port::filed().do_all([manifest("branch")]);
    let arrived = Port::arrived();
    let declared = Port::declared();
    let relocated = Port::declared().do_all([notice(), feedback()]);
    let sailed = Port::sailed();
    let two = sailed.clone().do_all([tally(&[(BOXES[0], "ok"), (BOXES[1], "ok")])]);
    let twin = |value: (&'static str, &'static str)| [("agent", value.0), ("agent", value.1)];
    let doc = |value: (&'static str, &'static str)| [("agent", value.0), ("exporter", value.1)];
    let last = |packages: u32| {
        let row = json!([{ "container_no": BOXES[2], "packages": packages, "result": "ok" }]);
        tally(&[]).with("rows", row)
    };
    vec![
        row(
            &filed,
            manifest("branch").with("name", "PEARL STAR II"),
            HoldKind::Conveyance,
            "name",
            twin(("PEARL STAR", "PEARL STAR II")),
        ),
        row(
            &filed,
            manifest("branch").with("voyage", "050E"),
            HoldKind::Conveyance,
            "voyage",
            twin(("048E, 049E", "050E")),
        ),
        row(
            &sent,
            manifest("trunk").with("packages", 301),
            HoldKind::Twin,
            "packages",
            twin(("300", "301")),
        ),
        row(
            &sent,
            manifest("trunk").with("containers", containers(&BOXES[..2])),
            HoldKind::Twin,
            "containers",
            twin(("3, alone with FCIU7003742", "2")),
        ),
        row(
            &arrived,
            declaration().with("entry_no", "530420260000123456"),
            HoldKind::CustomsCode,
            "customs_code",
            doc(("5150", "5304")),
        ),
        row(
            &arrived,
            declaration().with("packages", 299),
            HoldKind::Packages,
            "packages",
            doc(("300", "299")),
        ),
        row(
            &arrived,
            declaration().with("gross_g", 30_900_001_u64),
            HoldKind::Gross,
            "gross_g",
            doc(("30000000", "30900001")),
        ),
        row(
            &arrived,
            declaration().with("containers", json!(BOXES[..2])),
            HoldKind::Containers,
            "containers",
            doc(("3, alone with FCIU7003742", "2")),
        ),
        row(
            &declared,
            amendment().with("packages", 302),
            HoldKind::Packages,
            "packages",
            [("exporter", "300"), ("agent", "302")],
        ),
        row(
            &relocated,
            inspected()
                .with("result", "discrepancy")
                .with("field", "packages")
                .with("found", "310"),
            HoldKind::Inspection,
            "packages",
            [("exporter", "300"), ("river_customs", "310")],
        ),
        row(&two, last(90), HoldKind::Packages, "packages", [("agent", "300"), ("tally", "290")]),
        row(
            &sailed,
            tally(&[(BOXES[0], "ok"), (STRANGER, "over")]),
            HoldKind::Containers,
            "container_no",
            [
                ("agent", "CBHU7022929 not on the manifest"),
                ("tally", "CBHU7022929 tallied on 048E"),
            ],
        ),
    ]
}

#[expect(clippy::too_many_lines, reason = "one table, a row a mismatch")]
fn box_rows() -> Vec<Row> {
    let a = BOXES[0];
    let row = |from: &Port, act: Act, kind, field, said| Row {
        from: from.clone(),
        on: act.subject.clone(),
        act,
        kind,
        field,
        said,
    };
    let manifested = Port::manifested();
    let gated = Port::gated();
    let planned = Port::planned();
    let in_hub = Port::in_hub();
    let discharged = Port::discharged();
    let wharves = |first, second| [("river_wharf", first), ("hub_wharf", second)];
    vec![
        row(
            &manifested,
            gate_in(STRANGER),
            HoldKind::Containers,
            "container_no",
            [
                ("agent", "3 containers without it"),
                ("river_wharf", "CBHU7022929, for SDSK26110001"),
            ],
        ),
        row(
            &manifested,
            gate_in(a).with("size_type", "45G1"),
            HoldKind::SizeType,
            "size_type",
            [("agent", "22G1"), ("river_wharf", "45G1")],
        ),
        row(
            &gated,
            arrival(a, EXPORT).with("declaration_office", "5304"),
            HoldKind::CustomsCode,
            "declaration_office",
            [("agent", "5150"), ("river_wharf", "5304")],
        ),
        row(
            &gated.clone().do_all([manifest("branch").on("bill:OTHER")]),
            arrival(a, "OTHER"),
            HoldKind::BillNo,
            "bill_no",
            [("river_wharf", EXPORT), ("river_wharf", "OTHER")],
        ),
        row(
            &planned,
            load("TP1", a).with("seals", seal("SH-X")),
            HoldKind::Seal,
            "seal_no",
            [("river_wharf", "SH-001000"), ("river_wharf", "SH-X")],
        ),
        row(
            &planned,
            load("TP1", a).with("vgm_kg", 12_600),
            HoldKind::Gross,
            "vgm_kg",
            [("agent", "12200"), ("river_wharf", "12600")],
        ),
        row(
            &in_hub,
            discharge("TP1", a).with("seals", json!([])),
            HoldKind::Seal,
            "seal_no",
            wharves("SH-001000", "none"),
        ),
        row(
            &in_hub,
            discharge("TP1", a).with("size_type", "45G1"),
            HoldKind::SizeType,
            "size_type",
            wharves("22G1", "45G1"),
        ),
        row(
            &in_hub,
            discharge("TP1", STRANGER),
            HoldKind::BoxSet,
            "container_no",
            wharves("not on the load list of TP1", "CBHU7022929 discharged, TP1"),
        ),
        row(
            &in_hub.clone().do_all([discharge("TP1", BOXES[1]), discharge("TP1", BOXES[2])]),
            discharge_report("TP1"),
            HoldKind::BoxSet,
            "container_no",
            wharves("loaded, TP1", "not discharged, TP1"),
        )
        .about(a),
        row(
            &discharged,
            vessel_load(a).with("voyage", "049E"),
            HoldKind::Conveyance,
            "voyage",
            [("agent", "048E"), ("hub_wharf", "049E")],
        ),
        row(
            &discharged,
            vessel_load(a).with("seals", seal("SH-Y")),
            HoldKind::Seal,
            "seal_no",
            wharves("SH-001000", "SH-Y"),
        ),
        row(
            &gated,
            attribute(a, "domestic"),
            HoldKind::Attribute,
            "attribute",
            [("agent", "foreign"), ("river_wharf", "domestic")],
        ),
        row(
            &Port::import_manifested(),
            vessel_discharge(IMPORTED[0]).with("voyage", "049E"),
            HoldKind::Conveyance,
            "voyage",
            [("agent", "048E"), ("hub_wharf", "049E")],
        ),
    ]
}

impl Row {
    fn about(mut self, c: &str) -> Self {
        self.on = format!("box:{c}");
        self
    }
}

#[test]
fn every_cross_check_raises_its_hold() {
    let mut kinds = raises(bill_rows());
    kinds.extend(raises(box_rows()));
    for kind in HoldKind::ALL {
        assert!(kinds.contains(kind), "no row raises {kind:?}");
    }
}

#[test]
fn just_inside_the_tolerance_nothing_is_held() {
    let port = Port::arrived().do_all([declaration().with("gross_g", 30_900_000_u64)]);
    assert_eq!(port.bill(EXPORT).holds, vec![]);
    let port = Port::planned().do_all([load("TP1", BOXES[0]).with("vgm_kg", 12_566)]);
    assert_eq!(port.container(BOXES[0]).holds, vec![]);
    let port = Port::in_hub().do_all([discharge("TP1", BOXES[0]).with("size_type", "2200")]);
    assert_eq!(port.container(BOXES[0]).holds, vec![]);
}

#[test]
fn the_value_that_customs_names_holds_from_then_on() {
    let a = BOXES[0];
    let wrong = discharge("TP1", a).with("seals", seal("SH-010001"));
    let on = format!("box:{a}");
    // The recorded seal was true: the loading with it passes.
    let port = Port::in_hub().do_all([wrong.clone(), clear_hold(on.clone()), vessel_load(a)]);
    assert_eq!(port.container(a).holds, vec![]);
    // The seal read at the discharge was true: the old one is a mismatch now.
    let cleared = clear_hold(on).with("true_value", "SH-010001");
    let port = Port::in_hub().do_all([wrong, cleared, vessel_load(a)]);
    assert_eq!(port.container(a).holds[0].kind, HoldKind::Seal);
    // The same for packages: the true number is the manifest's and the declaration's.
    let port = Port::arrived().do_all([
        declaration().with("packages", 299),
        clear_hold(format!("bill:{EXPORT}")).with("true_value", "299"),
        amendment().with("gross_g", 30_000_001_u64),
    ]);
    assert_eq!(port.bill(EXPORT).holds, vec![]);
}

#[test]
fn a_customs_reseal_begins_a_new_chain() {
    let resealed = inspected()
        .with("new_seals", json!([{ "no": "CU-550102", "kind": "mechanical", "issuer": "CU" }]));
    let numbers = &BOXES[..1];
    let port = Port::declared().do_all([notice(), feedback(), resealed, release()]);
    let port = port.do_all([position(START), plan("TP1", numbers), confirm("TP1", numbers)]);
    let old = port.clone().do_all([load("TP1", BOXES[0])]);
    assert_eq!(old.container(BOXES[0]).holds[0].first.value, "CU-550102");
    let new = port.do_all([load("TP1", BOXES[0]).with("seals", seal("CU-550102"))]);
    assert_eq!(new.container(BOXES[0]).holds, vec![]);
}

#[test]
fn the_same_mismatch_is_held_once() {
    let mut port = Port::gated();
    port.does(&attribute(BOXES[0], "domestic"));
    port.does(&attribute(BOXES[0], "domestic"));
    assert_eq!(port.container(BOXES[0]).holds.len(), 1);
}

#[test]
fn a_bill_held_at_the_tally_closes_when_customs_clears_it() {
    use crate::combined_port::state::Standing;
    let short_count = json!([{ "container_no": BOXES[2], "packages": 90, "result": "ok" }]);
    let rows = tally(&[]).with("rows", short_count);
    let first = tally(&[(BOXES[0], "ok"), (BOXES[1], "ok")]);
    let port = Port::sailed().do_all([first, rows]);
    assert_eq!(port.bill(EXPORT).standing, Standing::Open);
    let port = port.do_all([clear_hold(format!("bill:{EXPORT}")).with("true_value", "290")]);
    assert_eq!(port.bill(EXPORT).standing, Standing::Closed);
}
