//! domain.md §7.4 and §7.5 from the issue on, and cases 16, 24, 33 and 37, figure by figure.

use alloc::{
    string::{String, ToString},
    vec,
    vec::Vec,
};

use serde_json::json;

use crate::{
    certificate::{bodies::CourierStep, state::Standing},
    refusal::Rule,
    testing::{guarantee::grade, life::*, port::*},
};

const SECOND: &str = "E265100123450002";

#[test]
fn an_origin_certificate_is_printed_used_and_revoked() {
    let mut port = Port::signed();
    assert_eq!(port.certificate(FORM_E).standing, Standing::Signed);
    assert!(port.tries(&print(FORM_E, 1)).is_err());
    port.does(&countersign(FORM_E));
    port.does(&print(FORM_E, 1));
    port.does(&print(FORM_E, 2));
    let printed = port.certificate(FORM_E);
    assert_eq!((printed.prints, printed.pdf.unwrap().to_string()), (2, digest(FORM_E)));

    // 800 of 1,000 cartons by two declarations that others keep; a third for 250 is too much.
    let on = |units: u64, no: &str| consume(FORM_E, units).without("slip_no").with("entry_no", no);
    port.does(&on(500, "530420260000000001"));
    port.does(&on(300, "530420260000000002"));
    let used = port.certificate(FORM_E);
    assert_eq!((used.standing, used.uses), (Standing::PartlyUsed, 2));
    let refusal = port.tries(&on(250, "530420260000000003")).unwrap_err();
    assert_eq!(refusal.rule, Rule::OverCertified);
    assert_eq!(refusal.found, "250 CTN of item 1");
    assert_eq!(refusal.expected, "at most 200 CTN, what is left");

    // The next one has the next number, whoever applies first.
    let port = port.issues(SECOND, apply_form_e("B"));
    let mut port = port.do_all([countersign(SECOND)]);

    port.does(&revoke(FORM_E));
    let revoked = port.certificate(FORM_E);
    assert_eq!(revoked.standing, Standing::Revoked);
    assert_eq!(revoked.since(), (port.time, revoked.ended.as_ref()));
    let refusal = port.tries(&on(100, "530420260000000003")).unwrap_err();
    assert_eq!(
        (refusal.rule, refusal.found.as_str()),
        (Rule::CertificateRevoked, "revoked: buyer_cancelled")
    );
    for act in [print(FORM_E, 3), deliver(FORM_E, "window"), revoke(FORM_E)] {
        assert_eq!(port.tries(&act).unwrap_err().rule, Rule::CertificateRevoked);
    }
    // The page that is in circulation still leads to the certificate, and so to its revocation.
    assert_eq!(port.paper(&digest(FORM_E)).unwrap().certificate, FORM_E);
    assert_eq!(port.certificate(SECOND).standing, Standing::Valid);
    assert_eq!(port.ledger.not_folds(), vec![]);
}

#[test]
fn a_drug_slip_is_drawn_down_lot_by_lot() {
    let mut port = Port::slip();
    assert_eq!(port.certificate(DRUG).standing, Standing::Valid);
    let lot = |units: u64, lot: &str| {
        let items = json!([{ "item": 1, "qty_milli": units * 1000, "lot_no": lot }]);
        consume(DRUG, units).with("items", items)
    };
    port.does(&lot(2000, "L1"));
    port.does(&lot(1800, "L2"));
    let refusal = port.tries(&lot(1300, "L3")).unwrap_err();
    assert_eq!(refusal.rule, Rule::OverCertified);
    assert_eq!(refusal.expected, "at most 1200 VIAL, what is left");
    port.does(&lot(1200, "L3"));
    let slip = port.certificate(DRUG);
    assert_eq!((slip.standing, slip.items[0].left_milli()), (Standing::Exhausted, 0));
    assert_eq!(port.tries(&lot(1, "L4")).unwrap_err().rule, Rule::CertificateUsedUp);
}

#[test]
fn two_lots_of_one_item_count_together() {
    let mut port = Port::slip();
    let lots = |a: u64, b: u64| {
        let row = |lot: &str, n: u64| json!({ "item": 1, "qty_milli": n * 1000, "lot_no": lot });
        consume(DRUG, 1).with("items", json!([row("L1", a), row("L2", b)]))
    };
    let refusal = port.tries(&lots(4000, 1001)).unwrap_err();
    assert_eq!(refusal.expected, "at most 1000 VIAL, what is left");
    port.does(&lots(4000, 1000));
    assert_eq!(port.certificate(DRUG).standing, Standing::Exhausted);
}

#[test]
fn twelve_horses_one_of_which_is_another() {
    let mut port = Port::horses();
    let missing = |port: &Port| -> (Vec<String>, Vec<String>) {
        port.certificate(HORSES).scan.map(|s| (s.missing, s.extra)).unwrap()
    };
    port.does(&scan(HORSES, &wrong()));
    assert_eq!(missing(&port), (vec![chip(8)], vec![chip(13)]));
    let alerts = port.ledger.alerts();
    let held = alerts.iter().find(|a| a.kind == "animals_differ").unwrap();
    for text in [&held.en, &held.zh] {
        assert!(text.contains("344000000000108") && text.contains("344000000000113"), "{text}");
    }
    let refusal = port.tries(&consume_whole(HORSES)).unwrap_err();
    assert_eq!(refusal.rule, Rule::AnimalsDiffer);
    assert_eq!(refusal.found, "missing: 344000000000108; not listed: 344000000000113");

    // The office corrects the list; it stands when the other authority agrees.
    port.does(&print(HORSES, 1).by("importer"));
    port.does(&correct(HORSES, &wrong()));
    assert!(port.certificate(HORSES).is_held());
    assert_eq!(port.tries(&consume_whole(HORSES)).unwrap_err().rule, Rule::AnimalsDiffer);
    assert_eq!(
        port.tries(&agree(HORSES).by("river_customs")).unwrap_err().rule,
        Rule::SameAuthority
    );
    port.does(&agree(HORSES));
    let corrected = port.certificate(HORSES);
    assert_eq!((corrected.is_held(), corrected.version()), (false, 1));
    assert_eq!(missing(&port), (vec![], vec![]));
    assert_eq!(port.alerts(), vec![]);
    // The page of the list before is outdated; the next copy is another page.
    assert!(port.paper(&digest(HORSES)).unwrap().outdated.is_some());
    assert_eq!(port.tries(&print(HORSES, 2).by("importer")).unwrap_err().rule, Rule::PageKnown);
    port.does(&print(HORSES, 2).by("importer").with("pdf", digest("corrected")));
    assert_eq!(port.paper(&digest("corrected")).unwrap().version, 1);

    port.does(&consume_whole(HORSES));
    assert_eq!(port.certificate(HORSES).standing, Standing::Exhausted);
    assert_eq!(port.tries(&consume_whole(HORSES)).unwrap_err().rule, Rule::CertificateUsedUp);
    assert_eq!(port.letter(LETTER).away, wrong());

    // All twelve are back: written off by the same entry.
    let entry = port.clone().does(&back(LETTER, &wrong()));
    let done = port.clone().do_all([back(LETTER, &wrong())]);
    assert_eq!(done.letter(LETTER).written_off.unwrap().entry, entry);
    assert_eq!(done.alerts(), vec![]);

    // Eleven are back: it stays open, with the missing one named.
    let eleven: Vec<String> = wrong().into_iter().filter(|c| *c != chip(5)).collect();
    port.does(&back(LETTER, &eleven));
    let letter = port.letter(LETTER);
    assert_eq!((letter.away, letter.written_off), (vec![chip(5)], None));
    let alerts = port.ledger.alerts();
    assert_eq!((alerts.len(), alerts[0].kind), (1, "animals_missing"));
    assert!(alerts[0].en.contains(&chip(5)) && alerts[0].zh.contains(&chip(5)));
    port.does(&back(LETTER, &[chip(5)]));
    assert!(port.letter(LETTER).written_off.is_some());
    assert_eq!((port.alerts(), port.ledger.not_folds()), (vec![], vec![]));
}

#[test]
fn a_second_reading_that_fits_ends_the_hold() {
    let port = Port::held();
    assert!(port.certificate(HORSES).is_held());
    let port = port.do_all([scan(HORSES, &chips((1..=12).rev())), consume_whole(HORSES)]);
    assert_eq!(port.letter(LETTER).imported, 12);
    // What was read before the list was corrected is compared with the corrected list.
    let fits = Port::horses().do_all([scan(HORSES, &chips(1..=12))]);
    let differs = fits.do_all([correct(HORSES, &wrong()), agree(HORSES)]);
    let scan = differs.certificate(HORSES).scan.unwrap();
    assert_eq!((scan.missing, scan.extra), (vec![chip(13)], vec![chip(8)]));
}

#[test]
fn one_letter_serves_two_vehicles() {
    let second = "AV51502600002";
    let two = apply_horses("H2").with("group", group(&chips(21..=23)));
    let port = Port::imported().issues(second, two);
    let port = port.do_all([scan(second, &chips(21..=23)), consume_whole(second)]);
    assert_eq!(port.letter(LETTER).away.len(), 15);
    let port = port.do_all([back(LETTER, &chips(1..=12))]);
    assert_eq!(port.letter(LETTER).written_off, None);
    let port = port.do_all([back(LETTER, &chips(21..=23))]);
    assert!(port.letter(LETTER).written_off.is_some());
}

#[test]
fn a_certificate_gives_way_when_the_new_one_is_valid() {
    let port = Port::valid().do_all([print(FORM_E, 1)]);
    // The same line of the same invoice, in the place of the first.
    let same = apply_form_e("A2").with("replaces", FORM_E);
    let invoice = apply_form_e("A").body["invoice"].clone();
    let mut port = port.issues(SECOND, same.with("invoice", invoice));
    assert_eq!(port.certificate(FORM_E).standing, Standing::Valid);
    // Used meanwhile, it is not replaced: what was used counts where it was certified.
    let used = port.clone().do_all([consume(FORM_E, 1)]);
    let refusal = used.clone().tries(&countersign(SECOND)).unwrap_err();
    assert_eq!(refusal.rule, Rule::NotReplaceable);
    let entry = port.does(&countersign(SECOND));
    let old = port.certificate(FORM_E);
    assert_eq!((old.standing, old.replaced_by.as_deref()), (Standing::Replaced, Some(SECOND)));
    assert_eq!(old.ended.unwrap().entry, entry);
    assert_eq!(port.tries(&consume(FORM_E, 1)).unwrap_err().rule, Rule::CertificateReplaced);
    port.does(&consume(SECOND, 1));
}

#[test]
fn an_inspection_proof_goes_by_courier_in_a_sealed_bag() {
    let mut port = Port::valid().do_all([send(FORM_E)]);
    for step in ["accepted", "in_transit", "in_transit", "delivered"] {
        port.does(&courier(FORM_E, step));
    }
    let carriage = port.certificate(FORM_E).handover.unwrap().carriage.unwrap();
    assert_eq!((carriage.step, carriage.other_bag), (Some(CourierStep::Delivered), None));
    assert_eq!(port.alerts(), vec![]);
    assert_eq!(port.tries(&courier(FORM_E, "returned")).unwrap_err().rule, Rule::CourierOrder);

    let other = Port::valid()
        .do_all([send(FORM_E), courier(FORM_E, "accepted").with("bag_no", "BAG-8")])
        .do_all([courier(FORM_E, "returned")]);
    let alerts = other.ledger.alerts();
    assert_eq!((alerts.len(), alerts[0].kind), (1, "bag_differs"));
    assert!(alerts[0].en.contains("BAG-7") && alerts[0].zh.contains("BAG-8"));
    assert_eq!(other.do_all([deliver(FORM_E, "window")]).alerts(), vec![]);
}

#[test]
fn a_late_certificate_is_marked_retroactive() {
    let departs = |days: u64| {
        let transport = json!({ "mode": 2, "departs": START - days * DAY });
        let port =
            Port::certifying().issues(FORM_E, apply_form_e("A").with("transport", transport));
        port.certificate(FORM_E).retroactive
    };
    assert!(departs(3) && !departs(2));
    assert!(!Port::valid().certificate(FORM_E).retroactive);
}

#[test]
fn sealed_copies_of_a_declaration_are_counted() {
    let port = Port::declared().do_all([grade("exporter", "advanced")]);
    let port = port.do_all(["audit", "forex", "audit"].map(|p| archive(DECLARATION, p)));
    let state = port.certified(&alloc::format!("archive:{DECLARATION}")).unwrap();
    let json = serde_json::to_value(state).unwrap();
    assert_eq!(
        (&json["audit"], &json["forex"], &json["finance"]),
        (&json!(2), &json!(1), &json!(0))
    );
}
