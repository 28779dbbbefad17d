//! Deadlines: they fire by themselves on ledger time, once, and go out when put right.

use alloc::{format, string::String, vec, vec::Vec};

use crate::{
    combined_port::{
        Event,
        events::{BillEvent, Deadline},
        state::State,
    },
    execute::Cause,
    family,
    testing::port::*,
};

/// From a ledger: quiet until just before `span` has passed, then this alert, and after the acts
/// that put it right none.
fn fires(from: &Port, span: u64, kind: &str, subject: &str, cure: Vec<Act>) {
    let before = from.alerts();
    assert!(before.iter().all(|(k, _)| *k != kind), "{kind}: {before:?}");
    let mut port = from.clone();
    port.wait(span - 1);
    assert!(port.alerts().iter().all(|(k, _)| *k != kind), "{kind} too early");
    let history = port.ledger.history.len();
    port.wait(1);
    let found: Vec<String> =
        port.alerts().into_iter().filter(|(k, _)| *k == kind).map(|(_, s)| s).collect();
    assert_eq!(found, vec![subject], "{kind}");
    let fired = &port.ledger.history[history..];
    assert!(fired.iter().any(|h| h.cause == Cause::Clock && h.subject.subject == subject));
    // It fires once.
    let history = port.ledger.history.len();
    port.wait(1);
    assert_eq!(port.ledger.history.len(), history);
    let cured = port.do_all(cure);
    assert!(cured.alerts().iter().all(|(k, _)| *k != kind), "{kind} stays");
    assert_eq!(cured.ledger.not_folds(), vec![]);
}

#[test]
fn each_deadline_fires_and_goes_out() {
    let bill = format!("bill:{EXPORT}");
    let noticed = Port::declared().do_all([notice()]);
    fires(&noticed, 4 * HOUR, "relocation_overdue", &bill, vec![feedback()]);

    let advance = Port::gated().do_all([declaration().with("advance", true)]);
    let arrivals = BOXES.map(|c| arrival(c, EXPORT)).into();
    fires(&advance, 3 * DAY, "arrival_overdue", &bill, arrivals);

    let sailed = Port::sailed();
    let all = tally(&BOXES.map(|c| (c, "ok")));
    fires(&sailed, 6 * HOUR, "tally_overdue", &bill, vec![all]);

    let under_way = Port::under_way();
    fires(&under_way, 2 * DAY, "transit_overdue", "plan:TP1", vec![arrive("TP1")]);
    let ship = format!("ship:{BARGE}");
    fires(&under_way, HOUR / 2, "signal_lost", &ship, vec![position(START + 1)]);
    fires(&under_way, HOUR / 2, "signal_lost", &ship, vec![arrive("TP1")]);

    let summarised = Port::import_arrived().do_all([summary()]);
    let firm = format!("enterprise:{}", id("importer"));
    fires(&summarised, 14 * DAY, "complete_declaration_overdue", &firm, vec![complete()]);
}

#[test]
fn an_import_is_tallied_in_time_after_unloading() {
    let body = serde_json::json!({ "voyage": "048E", "end_time": START, "bills": [IMPORT] });
    let unloaded = act("hub_wharf", "vessel_unloaded", format!("ship:{VESSEL}"), body);
    let landed = Port::import_landed().do_all([unloaded]);
    let bill = format!("bill:{IMPORT}");
    fires(&landed, 6 * HOUR, "tally_overdue", &bill, vec![import_tally()]);
}

#[test]
fn a_hold_without_an_answer_is_overdue_and_stays_held() {
    let mut port = Port::arrived().do_all([declaration().with("packages", 299)]);
    port.wait(DAY - 1);
    let overdue = |port: &Port| port.bill(EXPORT).holds[0].due.overdue;
    assert!(!overdue(&port));
    port.wait(1);
    assert!(overdue(&port));
    let alerts = port.ledger.alerts();
    let alert = alerts.iter().find(|a| a.kind == "packages_mismatch").unwrap();
    assert!(alert.en.contains("the time to answer has passed"), "{}", alert.en);
    let fired = Event::Bill(BillEvent::Overdue { deadline: Deadline::Hold(1) });
    let last = port.ledger.history.last().unwrap();
    assert_eq!(last.event, family::Event::CombinedPort(fired));
}

#[test]
fn a_relocation_or_arrival_in_time_stops_the_clock() {
    let port = Port::declared().do_all([notice(), feedback()]).after(5 * HOUR);
    assert_eq!(port.alerts(), vec![]);
    let advance = Port::gated().do_all([declaration().with("advance", true)]);
    let port = advance.do_all(BOXES.map(|c| arrival(c, EXPORT))).after(4 * DAY);
    assert_eq!(port.alerts(), vec![]);
}

#[test]
fn a_barge_at_its_berth_owes_no_signal() {
    let port = Port::in_hub().after(DAY);
    let State::Ship(ship) = port.state(&format!("ship:{BARGE}")) else { panic!() };
    assert_eq!((&ship.signal_due, &ship.batch_no), (&None, &None));
}

#[test]
fn doubts_are_accepted_and_shown() {
    let port = Port::arrived().do_all([declaration()
        .with("entry_no", "515020261000123456")
        .with("consignor_uscc", "LEGACY-CODE-1")]);
    let kinds: Vec<&str> = port.alerts().into_iter().map(|(k, _)| k).collect();
    assert_eq!(kinds, vec!["uscc_doubt", "direction_flag_doubt"]);
    // The manifest came less than a day before loading: noted once, for the bill.
    let port = Port::aboard();
    let late: Vec<_> = port.alerts().into_iter().filter(|(k, _)| *k == "late_manifest").collect();
    assert_eq!(late.len(), 1);
}
