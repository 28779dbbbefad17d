//! Movements to entries: what each kind needs, how files are split, that twice is the same.

use ed25519_dalek::SigningKey;

use super::*;
use crate::import::{Options, import};

const GATE_IN: &[u8] = include_bytes!("../../testdata/edifact/gate_in_d00b.edi");
const BARGE_LOAD: &[u8] = include_bytes!("../../testdata/edifact/barge_load_d95b.edi");

fn report(file: impl AsRef<[u8]>) -> Report {
    import("test", file.as_ref(), &Options::default())
}

fn codes(plan: &Plan) -> Vec<(Code, &str)> {
    plan.left_out.iter().flat_map(|l| &l.reasons).map(|r| (r.code, &*r.expected)).collect()
}

/// A COARRI or CODECO with one full container.
fn one_box(kind: &str, bgm: &str, head: &str, body: &str) -> Report {
    let eqd = format!("EQD+CN+CBHU7001000+22G1:102:5+++5'{body}");
    let count = (head.matches('\'').count() + eqd.matches('\'').count() + 3).to_string();
    report(format!("UNH+1+{kind}:D:95B:UN'BGM+{bgm}+1+9'{head}{eqd}UNT+{count}+1'"))
}

#[test]
fn a_gate_file_becomes_one_statement() {
    let report = report(GATE_IN);
    let none = plan(&report, &Context::default());
    assert_eq!(codes(&none), [(Code::NeedsPlace, "--place CNSUD/5150"); 2]);
    let context = Context { place: Some("CNSUD/5150".into()), ..Context::default() };
    let plan = plan(&report, &context);
    assert_eq!((plan.drafts.len(), plan.actions(), codes(&plan)), (1, 2, vec![]));
    let draft = &plan.drafts[0];
    assert_eq!(draft.documents, [report.file.sha256]);
    assert_eq!(draft.event_time, 1_793_664_240_000);
    let action = &draft.actions[0];
    assert_eq!((&*action.kind, &*action.subject), ("gate", "box:CBHU7001000"));
    assert_eq!(
        action.body,
        serde_json::json!({
            "direction": "in", "place": "CNSUD/5150", "fullness": "full", "size_type": "22G1",
            "seals": [
                {"no": "SH-880117", "kind": "mechanical", "issuer": "SH"},
                {"no": "CU-550101", "kind": "mechanical", "issuer": "CU"},
            ],
            "time": 1_793_664_000_000_u64, "bill_no": "SDSK26110001", "booking_no": "BK26110001",
        })
    );
    let other = Context { place: Some("CNSHK/5304".into()), ..Context::default() };
    assert_eq!(codes(&super::plan(&report, &other)), [(Code::PlaceDiffers, "CNSHK/5304"); 2]);
}

#[test]
fn a_barge_file_needs_its_plan_and_its_seals() {
    let report = report(BARGE_LOAD);
    let batch = (Code::NeedsPlan, "--batch");
    let seal = (Code::NeedsSeal, "--seal OOLU7002379=NUMBER:ISSUER");
    let all = plan(&report, &Context::default());
    assert_eq!(codes(&all), [batch, batch, seal, batch], "everything that is missing, at once");
    let mut context = Context { batch_no: Some("B26110301".into()), ..Context::default() };
    let without = plan(&report, &context);
    assert_eq!(codes(&without), [seal]);
    assert_eq!(without.actions(), 2);
    let seals = vec![("SH880118".to_owned(), SealIssuer::Shipper)];
    context.containers.insert("OOLU7002379".into(), Given { seals, ..Given::default() });
    let with = plan(&report, &context);
    assert_eq!((with.actions(), with.left_out.len()), (3, 0));
    assert!(with.drafts[0].actions.iter().all(|a| a.kind == "barge_load"));
    assert_ne!(with.drafts[0].reference, without.drafts[0].reference, "other content");
    context.only_undoubted = true;
    assert_eq!(plan(&report, &context).actions(), 1);
}

#[test]
fn each_kind_says_what_it_lacks() {
    let vessel = "TDT+20+048E+1+13+CSL:172+++9912347:146'";
    let river = "TDT+20+B1+8+++++ABC12'";
    let whole = "DTM+203:202611030800:203'LOC+147+0100112::5'SEL+A1+CA'RFF+BM:B1'";
    let full = Context {
        place: Some("CNSHK/5304".into()),
        batch_no: Some("P1".into()),
        ..Context::default()
    };
    for (kind, bgm, head, body, made) in [
        ("COARRI", "46", river, whole, Ok("barge_load")),
        ("COARRI", "44", river, whole, Ok("discharge")),
        ("COARRI", "46", vessel, whole, Ok("vessel_load")),
        ("COARRI", "44", vessel, whole, Ok("vessel_discharge")),
        ("CODECO", "36", "", whole, Ok("gate")),
        ("COARRI", "46", "TDT+20+048E+1+++++ABC12'", whole, Err(Code::NeedsLeg)),
        ("COARRI", "46", vessel, "DTM+203:202611030800:203'SEL+A1+CA'", Err(Code::NeedsStowage)),
        ("COARRI", "44", vessel, "DTM+203:202611030800:203'SEL+A1+CA'", Err(Code::NeedsBill)),
        ("COARRI", "46", river, "SEL+A1+CA'", Err(Code::NeedsTime)),
        ("COARRI", "46", river, "DTM+203:202611030800:203'SEL+A1'", Err(Code::NeedsSealIssuer)),
        ("COARRI", "46", river, "DTM+203:202611030800:203'SEL+Y'", Err(Code::NeedsSeal)),
        ("CODECO", "34", "", "DTM+7:202611030800:203'SEL+A1+CA'", Err(Code::NeedsBill)),
        (
            "COARRI",
            "46",
            river,
            "DTM+203:202611030800:203'SEL+A1234567890123456+CA'",
            Err(Code::RulesRefuse),
        ),
        ("COARRI", "46", "TDT+20++1+++++9912347'", whole, Err(Code::NeedsVoyage)),
    ] {
        let report = one_box(kind, bgm, head, body);
        assert_eq!(report.movements().count(), 1);
        let plan = plan(&report, &full);
        assert_eq!(plan.actions() + plan.left_out.len(), 1);
        match made {
            Ok(kind) => assert_eq!(plan.drafts[0].actions[0].kind, kind, "{:?}", plan.left_out),
            Err(code) => assert_eq!(plan.left_out[0].reasons[0].code, code, "{bgm} {body}"),
        }
    }
    let call_sign = one_box("COARRI", "46", "TDT+20+048E+1+++++ABC12'", whole);
    let mut context = Context { leg: Some(Leg::Vessel), ..full };
    assert_eq!(plan(&call_sign, &context).left_out[0].reasons[0].code, Code::NeedsVessel);
    context.conveyance_id = Some("UN9912347".into());
    assert_eq!(plan(&call_sign, &context).drafts[0].actions[0].kind, "vessel_load");
    let silent = report(
        "UNH+1+COARRI:D:95B:UN'BGM+44+1'TDT+20+1+8+++++ABC12'EQD+CN+CBHU7001000+40EM'DTM+203:202611030800:203'UNT+6+1'",
    );
    context.leg = None;
    assert_eq!(plan(&silent, &context).left_out[0].reasons[0].code, Code::NeedsFullness);
    context.fullness = Some(Fullness::Empty);
    let unknown_type = plan(&silent, &context);
    assert_eq!(unknown_type.drafts[0].actions[0].body["size_type"], "0000");
}

/// A container number with the right check digit.
fn number(serial: u32) -> String {
    use countersign_contracts::identifiers::ContainerNumber;
    let stem = format!("CBHU{serial:06}");
    let fits = |d: &u32| ContainerNumber::parse("container", &format!("{stem}{d}")).is_ok();
    let digit = (0..10).find(fits).unwrap();
    format!("{stem}{digit}")
}

#[test]
fn large_files_are_split_and_twice_is_the_same() {
    let mut file = String::from("UNH+1+COARRI:D:95B:UN'BGM+46+1+9'TDT+20+B1+8+++++ABC12'");
    for serial in 0..300 {
        let eqd = format!(
            "EQD+CN+{}+22G1+++5'DTM+203:202611030800:203'SEL+A{}+CA'",
            number(serial),
            serial + 1
        );
        file.push_str(&eqd);
    }
    let context = Context { batch_no: Some("P1".into()), ..Context::default() };
    let plan_of = |file: &str| plan(&report(file), &context);
    let first = plan_of(&file);
    let sizes: Vec<_> = first.drafts.iter().map(|d| d.actions.len()).collect();
    assert_eq!(sizes, [128, 128, 44]);
    let key = SigningKey::from_bytes(&[7; 32]);
    let signed = |plan: &Plan| -> Vec<_> {
        plan.drafts.iter().map(|d| d.sign(Digest::ZERO, &key).unwrap().id()).collect()
    };
    assert_eq!(signed(&first), signed(&plan_of(&file)));
    let mut references: Vec<_> = first.drafts.iter().map(|d| d.reference.clone()).collect();
    references.dedup();
    assert_eq!(references.len(), 3);
}
