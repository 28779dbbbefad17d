//! What anybody may know: how a certificate stands, since when, by whose signature, and no more.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use serde_json::{Value, json};

use crate::{
    certificate::{State, paper_standing, standing},
    testing::{life::*, port::*},
};

fn seen(port: &Port, no: &str, application: &str) -> Value {
    let applied = match port.certified(&format!("application:{application}")) {
        Some(State::Application(applied)) => Some(applied),
        _ => None,
    };
    let shown = standing(no, &port.certificate(no), applied.as_deref(), port.time);
    serde_json::to_value(shown).unwrap()
}

#[test]
fn a_certificate_says_since_when_it_stands_so_and_by_whose_signature() {
    let signed = Port::signed();
    let valid = signed.clone().do_all([countersign(FORM_E)]);
    let partly = valid.clone().do_all([consume(FORM_E, 1)]);
    let revoked = partly.clone().do_all([revoke(FORM_E)]);
    let used = valid.clone().do_all([consume(FORM_E, 1000)]);
    let second = "E265100123450002";
    let invoice = apply_form_e("A").body["invoice"].clone();
    let new = apply_form_e("B").with("replaces", FORM_E).with("invoice", invoice);
    let replaced = valid.clone().issues(second, new).do_all([countersign(second)]);
    for (port, word, at, by) in [
        (&signed, "not_countersigned", signed.time, "GACC5150"),
        (&valid, "valid", valid.time, id("exporter")),
        // That part of it is used stays between those who use it.
        (&partly, "valid", valid.time, id("exporter")),
        (&revoked, "revoked", revoked.time, "GACC5150"),
        (&used, "used_up", used.time, "GACC5304"),
        (&replaced, "replaced", replaced.time, id("exporter")),
    ] {
        let shown = seen(port, FORM_E, "A");
        let found = (&shown["standing"], &shown["since"], &shown["by"]["party"]);
        assert_eq!(found, (&json!(word), &json!(at), &json!(by)), "{word}");
    }
    assert_eq!(seen(&revoked, FORM_E, "A")["cause"], "buyer_cancelled");
    assert_eq!(seen(&replaced, FORM_E, "A")["replaced_by"], second);
}

#[test]
fn terms_begin_and_end_by_the_clock() {
    let permit = Port::certifying().issues(PERMIT, apply_permit("P"));
    assert_eq!(seen(&permit, PERMIT, "P")["standing"], "not_yet_valid");
    let begun = permit.clone().after(3 * DAY);
    let shown = seen(&begun, PERMIT, "P");
    assert_eq!((&shown["standing"], &shown["since"]), (&json!("valid"), &json!(START + 2 * DAY)));
    // The page of a node whose last batch is old, too.
    let mut late = begun;
    late.time = START + 21 * DAY;
    let shown = seen(&late, PERMIT, "P");
    let end = START + 20 * DAY;
    assert_eq!((&shown["standing"], &shown["since"]), (&json!("expired"), &json!(end + 1)));
    assert_eq!(shown.get("by"), None);
}

#[test]
fn it_shows_what_the_page_shows_and_nothing_else() {
    let port = Port::valid().do_all([
        print(FORM_E, 1),
        send(FORM_E),
        consume(FORM_E, 100).with("entry_no", "530420260000000001"),
    ]);
    let shown = seen(&port, FORM_E, "A");
    let keys: Vec<String> = shown.as_object().unwrap().keys().cloned().collect();
    let expected = "by certificate countersigned enterprise issued items office retroactive since \
                    standing title valid_from valid_to version";
    assert_eq!(keys.join(" "), expected);
    let item = json!({ "no": 1, "description": "REFRIGERATORS", "hs": "841810",
        "certified_milli": 1_000_000, "unit": "CTN" });
    assert_eq!(shown["items"], json!([item]));
    let text = shown.to_string();
    for hidden in ["530420260000000001", "EMS1", "BAG-7", "SLIP", &digest("recipient")] {
        assert!(!text.contains(hidden), "{hidden}");
    }
    // Words of another application are not shown.
    let other = seen(&port.clone().passes(apply_drug("S")), FORM_E, "S");
    assert_eq!(other["items"][0].get("description"), None);
    let horses = Port::horses();
    assert_eq!(seen(&horses, HORSES, "H")["vehicle"]["chips"], json!(chips(1..=12)));
}

#[test]
fn a_page_leads_to_its_certificate_and_says_whether_it_is_outdated() {
    let port = Port::horses().do_all([print(HORSES, 1).by("importer")]);
    let paper = |port: &Port| {
        let page = paper_standing(&port.paper(&digest(HORSES)).unwrap());
        serde_json::to_value(page).unwrap()
    };
    let shown = paper(&port);
    assert_eq!((&shown["certificate"], &shown["version"]), (&json!(HORSES), &json!(0)));
    assert_eq!(shown.get("outdated"), None);
    let port = port.do_all([correct(HORSES, &wrong()), agree(HORSES)]);
    assert_eq!(paper(&port)["outdated"]["party"], id("authority"));
    assert_eq!(port.paper(&digest("never printed")), None);
}
