//! A table of applications and what the rules of domain.md §7.4 make of them.

use alloc::{format, string::ToString, vec, vec::Vec};

use serde_json::{Value, json};

use crate::{
    certificate::{
        ENGINE,
        bodies::Outcome,
        review_again,
        state::{Applied, Stage},
    },
    testing::{certificate::*, guarantee::grade, port::*},
};

fn after(act: &Act) -> Applied {
    Port::reviewing().do_all([act.clone()]).case(CASE)
}

#[test]
fn applications_and_what_becomes_of_them() {
    let two = |second: &str, value: Value| {
        let mut other = item(2);
        other[second] = value;
        other["fob_minor"] = json!(1);
        apply(CASE).with_item("fob_minor", 1).with("items", json!([item(1), other]))
    };
    for (what, act, outcome, hits) in [
        ("A: all rules pass", apply(CASE), Outcome::Pass, vec![]),
        ("B: no HS code", apply(CASE).with_item("hs", Value::Null), Outcome::Return, vec![10]),
        ("C: 39.8 %", apply(CASE).with_item("rvc_permyriad", 3980), Outcome::Manual, vec![40]),
        (
            "D: a flagged producer",
            apply(CASE).with("producer_uscc", FLAGGED),
            Outcome::Investigate,
            vec![50],
        ),
        ("just below", apply(CASE).with_item("rvc_permyriad", 3999), Outcome::Manual, vec![40]),
        (
            "below does not matter without the criterion",
            apply(CASE).with_item("rvc_permyriad", 1).with_item("criterion", "CTH"),
            Outcome::Pass,
            vec![],
        ),
        (
            "the severest stands, all are named",
            apply(CASE)
                .with("producer_uscc", FLAGGED)
                .with("country", "FRA")
                .with_item("rvc_permyriad", 1)
                .without("consignee"),
            Outcome::Investigate,
            vec![20, 40, 50, 70],
        ),
        (
            "a missing value is not below",
            apply(CASE).with_item("rvc_permyriad", Value::Null),
            Outcome::Return,
            vec![30],
        ),
    ] {
        let mut act = act;
        act.body["invoice"]["total_minor"] = json!(2_000_000);
        let applied = after(&act);
        let reviewed = applied.reviews.last().unwrap();
        assert_eq!((reviewed.outcome, &reviewed.hits), (outcome, &hits), "{what}");
        assert_eq!(reviewed.ruleset.as_deref(), Some("5165.FORM_E.1"));
        assert_eq!(reviewed.engine, ENGINE);
        let stage = match outcome {
            Outcome::Pass => Stage::Passed,
            Outcome::Return => Stage::Returned,
            Outcome::Manual => Stage::Manual,
            Outcome::Investigate => Stage::Investigated,
        };
        assert_eq!((applied.stage, applied.due.is_some()), (stage, applied.is_waiting()), "{what}");
    }
    // Conditions on items are met by one item, not by two together.
    let mut mixed = two("criterion", json!("CTH"));
    mixed.body["items"][0]["rvc_permyriad"] = json!(5000);
    mixed.body["items"][1]["rvc_permyriad"] = json!(100);
    mixed.body["items"][0]["fob_minor"] = json!(1);
    assert_eq!(after(&mixed).stage, Stage::Passed);
    mixed.body["items"][1]["criterion"] = json!("RVC");
    assert_eq!(after(&mixed).stage, Stage::Manual);
}

#[test]
fn a_sealed_field_is_there() {
    let mut port = Port::reviewing();
    let act = apply(CASE).without("consignee");
    let mut action = act.action();
    action.sealed = Some([(7, countersign_record::Digest::of(b"salted"))].into());
    port.time += 1000;
    let statement = port.statement(act.who, vec![action]);
    port.ledger.submit(port.time, statement).unwrap();
    let applied = port.case(CASE);
    assert_eq!((applied.stage, applied.sealed.as_slice()), (Stage::Passed, [7].as_slice()));
    let set = port.rule_set("5165.FORM_E.1");
    assert_eq!(review_again(&applied, &set).unwrap().outcome, Outcome::Pass);
}

#[test]
fn without_rules_in_force_an_officer_decides() {
    for port in [Port::kind_registered(), Port::reviewing().do_all([activate_rules(0)])] {
        let port = port.do_all([apply(CASE)]);
        let reviewed = port.reviewed(CASE);
        assert_eq!((reviewed.outcome, reviewed.ruleset), (Outcome::Manual, None));
        assert_eq!(port.case(CASE).stage, Stage::Manual);
    }
}

#[test]
fn the_rules_of_the_day_give_the_result_of_the_day() {
    // The second version lets nothing below 45 % pass; the grade changes afterwards too.
    let mut stricter = form_e_rows();
    stricter[3]["when"][1]["values"]["numbers"] = json!([4500]);
    let port = Port::reviewing().do_all([
        apply(CASE),
        register_rows(2, &stricter),
        activate_rules(2),
        grade("exporter", "discredited"),
        apply("A-2"),
    ]);
    let (old, new) = (port.case(CASE), port.case("A-2"));
    assert_eq!((old.stage, new.stage), (Stage::Passed, Stage::Manual));
    assert_eq!(new.reviews[0].hits, [40, 60]);
    for (applied, version) in [(&old, 1), (&new, 2)] {
        let reviewed = applied.reviews.last().unwrap();
        let name = reviewed.ruleset.clone().unwrap();
        assert_eq!(name, format!("5165.FORM_E.{version}"));
        let again = review_again(applied, &port.rule_set(&name)).unwrap();
        assert_eq!((again.outcome, &again.hits), (reviewed.outcome, &reviewed.hits));
    }
    let other = review_again(&old, &port.rule_set("5165.FORM_E.2")).unwrap();
    assert_eq!((other.outcome, other.hits), (Outcome::Manual, vec![40]));
}

#[test]
fn an_application_and_what_was_said_to_it() {
    let low = apply(CASE).with_item("rvc_permyriad", 3980);
    let mut port = Port::reviewing().do_all([low, rule_on(CASE, "return")]);
    assert_eq!(port.case(CASE).stage, Stage::Returned);
    // Sent again it is a new submission: what the officer said of the former one is history.
    port.does(&resubmit(CASE));
    let applied = port.case(CASE);
    assert_eq!((applied.stage, applied.reviews.len(), &applied.ruled), (Stage::Passed, 2, &None));
    let flagged = apply("A-2").with("producer_uscc", FLAGGED);
    port = port.do_all([flagged, rule_on("A-2", "refuse")]);
    let refused = port.case("A-2");
    assert_eq!(refused.stage, Stage::Refused);
    assert_eq!(refused.ruled.unwrap().by.party, "GACC5165");
    assert_eq!(port.ledger.not_folds(), Vec::new());
}

#[test]
fn a_row_that_cannot_be_read_is_named() {
    let mut rows = form_e_rows();
    rows[4]["when"][0]["field"] = json!("item.colour");
    let set = json!({ "rows": rows, "note": "x" }).to_string();
    let no = crate::family::body_from_json("certificate", "register_rules", set.as_bytes());
    let text = format!("{}", no.unwrap_err());
    assert!(text.contains("row 5 of the list: unknown variant `item.colour`, expected"), "{text}");
    assert_eq!(text.matches(" at line ").count(), 1, "{text}");

    // In its encoding too: the last row's outcome is a number that stands for nothing.
    let mut act = register_rules(1).action();
    let outcome = act.body.windows(2).rposition(|pair| pair == [3, 1]).unwrap();
    act.body[outcome + 1] = 9;
    let mut port = Port::kind_registered();
    port.time += 1000;
    let statement = port.statement("receiving_customs", vec![act]);
    let no = port.ledger.submit(port.time, statement).unwrap_err();
    assert!(no.found.contains("row 7 of the list"), "{no}");
}
