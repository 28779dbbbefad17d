//! What falls due by itself: at the right ledger time, once, on its own subject, with words for it.

use alloc::{format, string::String, vec, vec::Vec};

use serde_json::json;

use crate::{
    calendar::Day,
    execute::Cause,
    guarantee::state::{Stage, Standing},
    testing::{guarantee::*, port::*},
};

/// Quiet until just before a moment, then this alert once, naming these parties; after the acts
/// that put it right none.
fn fires(from: Port, at: u64, kind: &str, subject: &str, parties: &[&str], cure: Vec<Act>) {
    let found = |port: &Port| -> Vec<(String, Vec<String>)> {
        let alerts = port.ledger.alerts().into_iter().filter(|a| a.kind == kind);
        alerts.map(|a| (a.subject, a.parties)).collect()
    };
    let mut port = from;
    port.wait(at - 1 - port.time);
    assert_eq!(found(&port), vec![], "{kind} too early");
    let history = port.ledger.history.len();
    port.wait(1);
    let parties: Vec<String> = parties.iter().map(|p| (*p).into()).collect();
    assert_eq!(found(&port), vec![(subject.into(), parties)], "{kind}");
    let fired = &port.ledger.history[history..];
    assert!(fired.iter().all(|h| h.cause == Cause::Clock && h.subject.subject == subject));
    assert_eq!(fired.len(), 1, "{fired:?}");
    let history = port.ledger.history.len();
    port.wait(1);
    assert_eq!(port.ledger.history.len(), history, "{kind} fires twice");
    let port = port.do_all(cure);
    assert_eq!(found(&port), vec![], "{kind} stays");
    assert_eq!(port.ledger.not_folds(), vec![]);
}

#[test]
fn tax_falls_overdue_after_its_day_and_a_claim_after_its_answer() {
    let one = entry(1);
    let subject = format!("drawdown:{one}");
    let drawn = Port::drawn();
    let due = drawn.drawdown(&one).due;
    let everybody = [id("importer"), id("bank"), "GACC5150"];
    let all = 100_000 * YUAN;
    let pay = vec![restore(&one, all)];
    fires(drawn.clone(), due + 1, "drawdown_overdue", &subject, &sorted(everybody), pay);
    let later = adjust(&one, all).with("due", due + 9 * DAY);
    fires(drawn, due + 1, "drawdown_overdue", &subject, &sorted(everybody), vec![later]);

    let claimed = Port::claimed();
    let by = claimed.drawdown(&one).claim.unwrap().due.by;
    let paid = vec![settle(&one, all + 50 * YUAN)];
    fires(claimed, by, "claim_unanswered", &subject, &sorted(everybody), paid);
}

fn sorted<const N: usize>(mut parties: [&'static str; N]) -> [&'static str; N] {
    parties.sort_unstable();
    parties
}

#[test]
fn a_line_ends_by_itself_after_notices_and_frees_nobody() {
    let one = entry(1);
    let subject = format!("line:{LINE}");
    let everybody = sorted([id("importer"), id("bank"), "GACC5150"]);
    // The tax falls due after the term, so that nothing else fires on the way.
    let drawn = Port::line_active()
        .do_all([reserve(&one, 1000).with("due", START + 150 * DAY), draw(&one)]);
    let end = START + 100 * DAY;
    let pay = || vec![restore(&one, 1000)];
    let expiring = "line_expiring_with_draws";
    fires(drawn.clone(), end - 30 * DAY, expiring, &subject, &everybody, pay());
    let extend = amend(LINE).with("valid_to", end + 300 * DAY);
    fires(drawn.clone(), end - 30 * DAY, expiring, &subject, &everybody, vec![extend]);

    let noticed = drawn.clone().after(93 * DAY);
    assert_eq!(noticed.line(LINE).notice_days, 7);
    fires(noticed, end + 1, "line_expired_with_draws", &subject, &everybody, pay());

    let port = drawn.after(101 * DAY);
    let line = port.line(LINE);
    assert_eq!((line.standing, line.live, line.used_fen), (Standing::Expired, 1, 1000));
    port.listing(LINE);
    // What was drawn falls due, is claimed and is paid all the same.
    let port = port.after(50 * DAY);
    assert_eq!(port.drawdown(&one).stage, Stage::Overdue);
    let days = Day::of(port.time).since(Day::of(START + 150 * DAY));
    let fee = crate::guarantee::daily_fee(1000, 50, days);
    let port = port.do_all([claim(&one, 1000, fee), settle(&one, 1000 + fee)]);
    let port = port.do_all([because("close", LINE)]);
    assert_eq!((port.line(LINE).standing, port.line(LINE).used_fen), (Standing::Closed, 0));
}

#[test]
fn a_line_whose_end_is_not_recorded_yet_is_over_all_the_same() {
    // In the batch that comes first after the end, the deadline fires before the entries.
    let mut port = Port::line_active();
    port.time = START + 100 * DAY;
    let refusal = port.tries(&reserve(&entry(1), 1)).unwrap_err();
    assert_eq!(refusal.rule, crate::refusal::Rule::LineExpired);
    assert_eq!(port.line(LINE).standing, Standing::Expired);
}

#[test]
fn a_reservation_is_never_overdue() {
    let port = Port::line_active().do_all([reserve(&entry(1), 1000)]).after(40 * DAY);
    assert_eq!(port.drawdown(&entry(1)).stage, Stage::Reserved);
    assert_eq!(port.alerts(), vec![]);
}

#[test]
fn a_line_that_does_not_cover_late_fees_is_claimed_without_them() {
    let one = entry(1);
    let port = Port::new()
        .do_all([file(LINE).with("covers_late_fee", json!(false)), activate(LINE)])
        .do_all([reserve(&one, 1_000_000), draw(&one)])
        .after(20 * DAY)
        .do_all([claim(&one, 1_000_000, 0), settle(&one, 1_000_000)]);
    assert_eq!(port.drawdown(&one).guarantor_fen, 1_000_000);
    assert_eq!(port.line(LINE).settled_fen, 1_000_000);
}

#[test]
fn subjects_are_listed_under_those_who_look_for_them() {
    let port = Port::drawn().do_all([file_cash(CASH)]);
    let under = |subject: &str| port.guarantee(subject).unwrap().listed_under();
    let guarantor = format!("guarantor:{}", id("bank"));
    let enterprise = format!("enterprise:{}", id("importer"));
    assert_eq!(under(&format!("line:{LINE}")), [guarantor, enterprise.clone()]);
    assert_eq!(under(&format!("line:{CASH}")), [enterprise.clone()]);
    assert_eq!(under(&format!("drawdown:{}", entry(1))), [format!("line:{LINE}")]);
    assert_eq!(under(&enterprise), Vec::<String>::new());
}
