//! Short and rolled containers, withdrawals, and statements taken back.

use alloc::{format, vec};

use serde_json::json;

use crate::{
    combined_port::{
        marks::Mark,
        state::{Standing, Status},
    },
    testing::port::*,
};

/// A bill of which one container stayed at the river port: two are tallied.
fn one_short() -> Port {
    let two = &BOXES[..2];
    let port = Port::released().do_all([position(START), plan("TP1", two), confirm("TP1", two)]);
    let port = port.do_all(two.iter().map(|c| load("TP1", c)));
    let port = port.do_all([depart("TP1"), arrive("TP1")]);
    let port = port.do_all(two.iter().map(|c| discharge("TP1", c)));
    let port = port.do_all(two.iter().map(|c| vessel_load(c)));
    port.do_all([sail(), tally(&[(BOXES[0], "ok"), (BOXES[1], "ok")])])
}

fn is_short(port: &Port) -> bool {
    port.alerts().iter().any(|(kind, _)| *kind == "short")
}

#[test]
fn a_container_that_the_tally_does_not_name_is_short_until_the_agent_rolls_it() {
    let port = one_short();
    let bill = port.bill(EXPORT);
    assert!(bill.boxes[BOXES[2]].marks.has(Mark::Short));
    assert_eq!(bill.standing, Standing::Open);
    assert!(is_short(&port));

    let next = json!({ "conveyance_id": VESSEL, "name": "PEARL STAR", "voyage": "049E" });
    let roll = amendment().with("rolled", json!([BOXES[2]])).with("conveyance", next);
    let port = port.do_all([roll]);
    assert!(!is_short(&port));
    assert_eq!(port.bill(EXPORT).standing, Standing::Open);

    // It goes with the next barge and the next voyage, and the bill closes by itself.
    let c = &BOXES[2..];
    let second = plan("TP2", c).with("voyage", "B2");
    let port = port
        .do_all([position(START + 1), second, confirm("TP2", c), load("TP2", c[0])])
        .do_all([depart("TP2"), arrive("TP2"), discharge("TP2", c[0])])
        .do_all([vessel_load(c[0]).with("voyage", "049E"), sail().with("voyage", "049E")])
        .do_all([tally(&[(c[0], "ok")]).with("voyage", "049E")]);
    assert_eq!(port.bill(EXPORT).standing, Standing::Closed);
    assert_eq!(port.bill(EXPORT).holds, vec![]);
}

#[test]
fn a_short_container_that_is_withdrawn_closes_the_bill_and_leaves_by_land() {
    let port = one_short().do_all([withdrawal(&BOXES[2..])]);
    assert_eq!(port.bill(EXPORT).standing, Standing::Closed);
    let port = port.do_all([gate_out(BOXES[2])]);
    assert_eq!(port.container(BOXES[2]).status, Status::Returned);
}

#[test]
fn a_bill_that_is_withdrawn_as_a_whole_is_over() {
    let port = Port::planned().do_all([withdrawal(&BOXES)]).do_all(BOXES.map(gate_out));
    assert_eq!(port.bill(EXPORT).standing, Standing::Withdrawn);
    assert_eq!(port.ledger.not_folds(), vec![]);
}

#[test]
fn what_is_taken_back_can_be_said_again() {
    let bill = format!("bill:{EXPORT}");
    let mut port = Port::filed();
    let wrong = port.does(&manifest("branch").with("packages", 30));
    port = port.do_all([void("agent", &bill, wrong), manifest("branch"), manifest("trunk")]);
    port = port.do_all(BOXES.map(gate_in)).do_all(BOXES.map(|c| arrival(c, EXPORT)));
    let entry = port.does(&declaration());
    // The same number may be used again for the same bill, and for no other.
    port = port.do_all([void("exporter", &bill, entry), declaration()]);
    let entry = port.does(&notice());
    port = port.do_all([void("river_customs", &bill, entry), release()]);
    let numbers = &BOXES[..1];
    port = port.do_all([position(START), plan("TP1", numbers), confirm("TP1", numbers)]);
    let entry = port.does(&load("TP1", BOXES[0]));
    let on = format!("box:{}", BOXES[0]);
    port = port.do_all([void("river_wharf", &on, entry), load("TP1", BOXES[0]), depart("TP1")]);
    assert_eq!(port.container(BOXES[0]).status, Status::LoadedBarge);
    assert_eq!(port.ledger.not_folds(), vec![]);
    assert_eq!(port.bill(EXPORT).holds, vec![]);
}

#[test]
fn a_gate_in_or_arrival_that_is_taken_back_leaves_the_container_as_it_was() {
    let mut port = Port::manifested();
    let on = format!("box:{}", BOXES[0]);
    let entry = port.does(&gate_in(BOXES[0]));
    port.does(&void("river_wharf", &on, entry));
    assert_eq!(port.container(BOXES[0]).trip, None);
    port.does(&gate_in(BOXES[0]));
    let entry = port.does(&arrival(BOXES[0], EXPORT));
    port.does(&void("river_wharf", &on, entry));
    assert_eq!(port.container(BOXES[0]).status, Status::GatedIn);
    // A void is no report that could itself be taken back.
    let again = port.does(&arrival(BOXES[0], EXPORT));
    let voiding = port.does(&void("river_wharf", &on, again));
    assert!(port.tries(&void("river_wharf", &on, voiding)).is_err());
}

#[test]
fn an_overlanded_container_may_join_the_manifest_after_release() {
    let rows = [(BOXES[0], "ok"), (BOXES[1], "ok"), (BOXES[2], "ok"), (STRANGER, "over")];
    let port = Port::sailed().do_all([tally(&rows)]);
    let all = containers(&[BOXES[0], BOXES[1], BOXES[2], STRANGER]);
    let port = port.do_all([amendment().with("containers", all).with("packages", 400)]);
    let bill = port.bill(EXPORT);
    assert!(!bill.boxes[STRANGER].marks.has(Mark::Over));
    assert_eq!(bill.standing, Standing::Open);
}
