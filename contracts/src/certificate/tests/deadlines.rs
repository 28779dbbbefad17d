//! What falls due by itself: an application that waits for an officer, once, with words for it.

use alloc::{format, vec, vec::Vec};

use crate::{
    execute::Cause,
    testing::{certificate::*, port::*},
};

fn waits(act: &Act, kind: &str, cures: Vec<Act>) {
    let mut port = Port::reviewing().do_all([act.clone()]);
    let due = port.case(CASE).due.unwrap().by;
    assert_eq!(due, port.time + 3 * DAY);
    port.wait(due - 1 - port.time);
    assert_eq!(port.alerts(), vec![], "{kind} too early");
    let history = port.ledger.history.len();
    port.wait(1);
    let subject = format!("application:{CASE}");
    assert_eq!(port.alerts(), vec![(port.ledger.alerts()[0].kind, subject)]);
    let alert = port.ledger.alerts().remove(0);
    assert_eq!(alert.kind, kind);
    assert_eq!(alert.parties, vec![id("exporter"), "GACC5165"]);
    assert!(alert.en.is_ascii() && !alert.zh.is_ascii());
    let fired = &port.ledger.history[history..];
    assert!(fired.len() == 1 && fired[0].cause == Cause::Clock, "{fired:?}");
    port.wait(DAY);
    assert_eq!(port.ledger.history.len(), history + 1, "{kind} fires twice");
    for cure in cures {
        let port = port.clone().do_all([cure]);
        assert_eq!(port.alerts(), vec![], "{kind} stays");
        assert_eq!(port.ledger.not_folds(), vec![]);
    }
}

#[test]
fn an_application_does_not_wait_for_ever() {
    let manual = apply(CASE).with_item("rvc_permyriad", 3980);
    let cures = ["approve", "return", "refuse"].map(|word| rule_on(CASE, word));
    let cures = cures.into_iter().chain([withdraw_application(CASE)]).collect();
    waits(&manual, "review_overdue", cures);
    let enquiry = apply(CASE).with("producer_uscc", FLAGGED);
    let cures = vec![rule_on(CASE, "approve"), rule_on(CASE, "refuse")];
    waits(&enquiry, "investigation_overdue", cures);
}
