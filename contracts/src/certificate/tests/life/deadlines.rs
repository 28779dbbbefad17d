//! What ends by itself: at the right ledger time, once, on its own subject.

use alloc::{format, string::String, vec, vec::Vec};

use crate::{
    certificate::state::Standing,
    execute::Cause,
    refusal::Rule,
    testing::{life::*, port::*},
};

/// Nothing happens until a moment; then one thing does, to this subject, and never again.
fn fires(from: &Port, at: u64, subject: &str) -> Port {
    let mut port = from.clone();
    let before = port.ledger.history.len();
    port.wait(at - 1 - port.time);
    assert_eq!(port.ledger.history.len(), before, "{subject} too early");
    port.wait(1);
    let fired: Vec<_> = port.ledger.history[before..].iter().collect();
    assert_eq!(fired.len(), 1, "{fired:?}");
    assert_eq!((fired[0].cause, fired[0].subject.subject.as_str()), (Cause::Clock, subject));
    port.wait(1);
    assert_eq!(port.ledger.history.len(), before + 1, "{subject} fires twice");
    assert_eq!(port.ledger.not_folds(), vec![]);
    port
}

#[test]
fn a_certificate_ends_with_its_term() {
    let subject = format!("certificate:{FORM_E}");
    for from in [Port::signed(), Port::valid(), Port::valid().do_all([consume(FORM_E, 1)])] {
        let end = from.certificate(FORM_E).valid_to;
        let mut port = fires(&from, end + 1, &subject);
        let over = port.certificate(FORM_E);
        assert_eq!((over.standing, over.since()), (Standing::Expired, (end + 1, None)));
        for act in [countersign(FORM_E), print(FORM_E, 1), consume(FORM_E, 1), revoke(FORM_E)] {
            assert_eq!(port.tries(&act).unwrap_err().rule, Rule::CertificateExpired, "{act:?}");
        }
    }
}

#[test]
fn what_is_over_already_does_not_end_again() {
    let used = Port::slip().do_all([consume(DRUG, 5000)]);
    for (no, from) in [(DRUG, used), (FORM_E, Port::valid().do_all([revoke(FORM_E)]))] {
        let before = from.certificate(no);
        let port = from.after(400 * DAY);
        assert_eq!(port.certificate(no), before);
    }
}

#[test]
fn a_term_whose_end_is_not_recorded_yet_is_over_all_the_same() {
    let mut port = Port::valid();
    port.time = port.certificate(FORM_E).valid_to;
    let refusal = port.tries(&consume(FORM_E, 1)).unwrap_err();
    assert_eq!(refusal.rule, Rule::CertificateExpired);
}

#[test]
fn a_letter_whose_animals_are_not_back_is_overdue() {
    let subject = format!("letter:{LETTER}");
    let at = START + 60 * DAY + 1;
    // The vehicle's certificate is used, so that nothing else ends meanwhile.
    let port = fires(&Port::imported(), at, &subject);
    let alerts: Vec<(&str, String)> = port.alerts();
    assert_eq!(alerts, vec![("letter_overdue", subject.clone())]);
    let eleven = port.clone().do_all([back(LETTER, &chips(1..=11))]);
    let alert = eleven.ledger.alerts().remove(0);
    assert_eq!((alert.kind, alert.deadline), ("letter_overdue", Some(at - 1)));
    assert!(alert.en.contains(&chip(12)) && alert.zh.contains(&chip(12)));
    assert_eq!(alert.parties, ["91440101MA7DEM104Q", "GACC5150"]);
    // Late is late, and still written off when all are back.
    let done = port.do_all([back(LETTER, &chips(1..=12))]);
    assert!(done.letter(LETTER).written_off.is_some());
    assert_eq!(done.alerts(), vec![]);
}

#[test]
fn a_letter_without_animals_is_never_overdue() {
    let port = Port::certifying().after(100 * DAY);
    assert!(!port.letter(LETTER).return_by.overdue);
    assert_eq!(port.alerts(), vec![]);
}

#[test]
fn subjects_are_listed_under_those_who_look_for_them() {
    let port = Port::valid().do_all([print(FORM_E, 1)]);
    let under = |subject: &str| port.certified(subject).unwrap().listed_under();
    let enterprise = |name| format!("exporter:{}", id(name));
    assert_eq!(under(&format!("certificate:{FORM_E}")), [enterprise("exporter")]);
    assert_eq!(under(&format!("letter:{LETTER}")), [enterprise("importer")]);
    let paper = format!("paper:{}", digest(FORM_E));
    assert_eq!(under(&paper), [format!("certificate:{FORM_E}")]);
}
