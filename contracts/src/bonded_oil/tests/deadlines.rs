//! Deadlines fire by themselves, once, at the right ledger time; and go out when put right.

use alloc::{format, string::String, vec, vec::Vec};

use crate::{
    calendar::Day,
    execute::Cause,
    testing::{oil::*, port::*},
};

/// Waits until just before a deadline and past it; the alert rises once and goes out by the cure.
fn fires(from: &Port, by: u64, kind: &str, subject: &str, cure: Vec<Act>) {
    let mut port = from.clone();
    port.wait(by - 1 - port.time);
    let has = |port: &Port| port.alerts().iter().any(|(k, s)| *k == kind && s == subject);
    assert!(!has(&port), "{kind} too early");
    let history = port.ledger.history.len();
    port.wait(1);
    assert!(has(&port), "{kind}: {:?}", port.alerts());
    let fired = &port.ledger.history[history..];
    let ours = fired.iter().filter(|h| h.subject.subject == subject);
    assert_eq!(ours.filter(|h| h.cause == Cause::Clock).count(), 1);
    let history = port.ledger.history.len();
    port.wait(1);
    assert_eq!(port.ledger.history.len(), history, "{kind} fires again");
    let cured = port.do_all(cure);
    assert!(!has(&cured), "{kind} stays");
    assert_eq!(cured.ledger.not_folds(), vec![]);
}

fn on_delivery(bdn_no: &str) -> String {
    format!("delivery:{bdn_no}")
}

#[test]
fn each_deadline_fires_and_goes_out() {
    let delivered = Port::delivered();
    let stated = delivered.delivery(NOTES[0]).by.at;
    let cure = vec![ship_confirms(NOTES[0], first())];
    fires(&delivered, stated + DAY, "delivery_unconfirmed", &on_delivery(NOTES[0]), cure);

    // Month end and ten days, in China: 10 December, the last millisecond.
    let settled = Port::settled();
    let due = settled.delivery(NOTES[1]).declaration_due.by;
    assert_eq!(Day::of(due).civil(), (2026, 12, 10));
    assert_eq!(Day::of(due + 1).civil(), (2026, 12, 11));
    let cure = vec![declare(&NOTES, 1_198_600)];
    fires(&settled, due, "declaration_overdue", &on_delivery(NOTES[1]), cure);

    let application = format!("application:{APPLICATION}");
    let cure = vec![bring_back("RET-1", returned()), lose("LOSS-1", 500)];
    fires(&settled, START + 5 * DAY, "oil_still_out", &application, cure);
}

#[test]
fn a_dispute_without_a_surveyor_says_that_it_is_late() {
    let mut port = Port::disputed();
    let due = port.delivery(NOTES[1]).dispute_due.unwrap().by;
    let text = |port: &Port| {
        let alerts = port.ledger.alerts();
        alerts.into_iter().find(|a| a.kind == "delivery_disputed").map(|a| (a.en, a.zh))
    };
    port.wait(due - 1 - port.time);
    assert!(!text(&port).unwrap().0.contains("has passed"));
    port.wait(1);
    let (en, zh) = text(&port).unwrap();
    assert!(en.contains("the time to settle it has passed") && zh.contains("已超过解决时限"));
    port.does(&settle(NOTES[1], 498_600));
    assert_eq!(text(&port), None);
}

#[test]
fn what_is_done_in_time_fires_nothing() {
    let mut port = Port::written_off();
    let history = port.ledger.history.len();
    port.wait(400 * DAY);
    assert_eq!(port.ledger.history.len(), history);
    assert_eq!(port.alerts(), vec![]);
}

#[test]
fn a_window_without_oil_out_ends_quietly() {
    let mut port = Port::acknowledged();
    port.wait(6 * DAY);
    assert_eq!(port.alerts(), vec![]);
    // Oil that the supplier has not countersigned is out all the same.
    let mut port = Port::acknowledged().do_all([outbound("OUT-1", first())]);
    port.wait(6 * DAY);
    assert_eq!(port.alerts()[0].0, "oil_still_out");
}

#[test]
fn a_dip_that_differs_is_shown_until_customs_adjusts_the_book() {
    let port = Port::stocked().do_all([dip("T-3", tonnes(2_990))]);
    let alerts = port.ledger.alerts();
    assert_eq!(
        (alerts[0].kind, alerts[0].subject.as_str()),
        ("dip_differs", "account:L5160A000001")
    );
    assert!(
        alerts[0].en.contains("the dip is 2990.000 t, the book 3000.000 t"),
        "{}",
        alerts[0].en
    );
    assert_eq!(alerts[0].parties, [id("warehouse"), "GACC5160"]);
    let port = port.do_all([adjust("T-3", -10_000)]);
    assert_eq!(port.alerts(), vec![]);
    assert_eq!(port.account().tanks["T-3"].book_kg(), 2_990_000);
    // Within 0.3 % nothing is said.
    assert_eq!(Port::stocked().do_all([dip("T-3", tonnes(2_991))]).alerts(), vec![]);
}

#[test]
fn a_loss_beyond_what_is_usual_is_shown() {
    // 0.2 % of 1,200 t: 2.400 t.
    let usual = Port::outbound().do_all([lose("LOSS-1", 2_400)]);
    assert_eq!(usual.alerts(), vec![]);
    let more = usual.do_all([lose("LOSS-2", 1)]);
    let alerts = more.ledger.alerts();
    assert_eq!(alerts[0].kind, "loss_over_allowance");
    assert!(alerts[0].en.contains("2.401 t is stated as lost, 2.400 t is usual"));
}

#[test]
fn the_month_is_that_of_ledger_time_in_china() {
    // 30 November 24:00 in China is 16:00 UTC.
    let end = Day::of(START).month_end().end_ms();
    let window = |port: Port| port.do_all([apply().with("window_to", end + DAY)]);
    let mut port = window(Port::stocked()).do_all([
        approve(),
        acknowledge(),
        outbound("OUT-1", tonnes(1_200)),
        countersign("OUT-1", 1_200_000),
    ]);
    port.wait(end - 1000 - port.time);
    port.does(&deliver(NOTES[0], first()));
    port.does(&deliver(NOTES[1], second()));
    assert_eq!(port.delivery(NOTES[0]).period, 202_611);
    assert_eq!(port.delivery(NOTES[1]).period, 202_612);
    let due = |n: usize| Day::of(port.delivery(NOTES[n]).declaration_due.by).civil();
    assert_eq!((due(0), due(1)), ((2026, 12, 10), (2027, 1, 10)));
}
