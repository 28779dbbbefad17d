//! Certificates on the network of `port`: kinds, applications that an officer passes, and the
//! statements of a certificate's life.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use countersign_record::{Digest, statement::EntryId};
use serde_json::{Value, json};

use super::port::*;
use crate::{
    certificate::{
        State,
        state::{Certificate, Letter, Paper},
    },
    family::{self, FamilyName},
    world::SubjectKey,
};

/// The first certificate of each kind here.
pub(crate) const FORM_E: &str = "E265100123450001";
pub(crate) const DRUG: &str = "T515026000001";
pub(crate) const HORSES: &str = "AV51502600001";
pub(crate) const HEALTH: &str = "H515026000001";
pub(crate) const PERMIT: &str = "P515026000001";
/// A guarantee letter of a temporary import.
pub(crate) const LETTER: &str = "TI-2026-0001";
/// A plate as case 40 has it.
pub(crate) const PLATE: &str = "粤ZA123港";

fn on(who: &'static str, kind: &'static str, subject: String, body: Value) -> Act {
    Act { family: "certificate", ..act(who, kind, subject, body) }
}

fn about(who: &'static str, kind: &'static str, no: &str, body: Value) -> Act {
    on(who, kind, format!("certificate:{no}"), body)
}

pub(crate) fn digest(text: &str) -> String {
    Digest::of(text.as_bytes()).to_string()
}

/// The nth horse of §7.5: 1 is …101.
pub(crate) fn chip(n: u64) -> String {
    format!("344000000000{:03}", 100 + n)
}

pub(crate) fn chips(numbers: impl IntoIterator<Item = u64>) -> Vec<String> {
    numbers.into_iter().map(chip).collect()
}

/// A kind: quantity, without a second signature.
pub(crate) fn kind(code: &str, number: &str, parts: &[&str]) -> Act {
    let body = json!({
        "title": { "en": format!("Certificate {code}"), "zh": format!("证书{code}") },
        "parts": parts, "use_mode": "quantity", "number": number, "valid_days": 365,
        "countersigned": false, "advanced_only": false, "isolation_days": 0, "animals_max": 0,
        "retroactive_after_days": 0,
    });
    on("river_customs", "register_kind", format!("kind:{code}"), body)
}

fn kinds() -> [Act; 5] {
    [
        kind("FORM_E", "E{yy}{registration}{serial:4}", &["items", "invoice"])
            .with("countersigned", true)
            .with("retroactive_after_days", 3),
        kind("DRUG", "T{district}{yy}{serial:6}", &["items"]),
        kind("HORSES", "AV{district}{yy}{serial:5}", &["group"])
            .with("use_mode", "once")
            .with("animals_max", 12)
            .with("valid_days", 10),
        kind("HEALTH", "H{district}{yy}{serial:6}", &["items", "isolation"])
            .with("use_mode", "once")
            .with("isolation_days", 10),
        kind("PERMIT", "P{district}{yy}{serial:6}", &["term"])
            .with("use_mode", "shown")
            .with("valid_days", 30),
    ]
}

fn exporter() -> Act {
    let text = json!({ "en": "Foshan Appliances", "zh": "佛山电器" });
    let body = json!({ "names": text, "address": text, "registration": "510012345" });
    on("river_customs", "file_exporter", format!("exporter:{}", id("exporter")), body)
}

/// An item of 1,000 cartons of refrigerators.
pub(crate) fn item(no: u32) -> Value {
    json!({ "no": no, "description": "REFRIGERATORS", "marks": "N/M", "qty_milli": 1_000_000,
        "unit": "CTN", "gross_g": 50_000_000, "hs": "841810", "criterion": "RVC",
        "rvc_permyriad": 4500, "fob_minor": 1_000_000, "invoice_item": no })
}

fn apply(who: &'static str, no: &str, kind: &str) -> Act {
    let body = json!({ "kind": kind, "office": "5150", "enterprise_uscc": id(who),
        "country": "VNM", "transport": { "mode": 2, "departs": START + 10 * DAY }, "items": [] });
    on(who, "apply", format!("application:{no}"), body)
}

pub(crate) fn apply_form_e(no: &str) -> Act {
    let invoice = json!({ "no": format!("INV-{no}"), "date": START, "total_minor": 9_000_000,
        "currency": "USD" });
    apply("exporter", no, "FORM_E").with("items", json!([item(1)])).with("invoice", invoice)
}

/// 5,000 vials.
pub(crate) fn apply_drug(no: &str) -> Act {
    let mut vials = item(1);
    vials["qty_milli"] = json!(5_000_000);
    vials["unit"] = json!("VIAL");
    vials["hs"] = json!("300215");
    apply("importer", no, "DRUG").with("items", json!([vials]))
}

/// The vehicle of §7.5 with these horses.
pub(crate) fn group(horses: &[String]) -> Value {
    let animal = |chip: &String| json!({ "chip": chip, "name_hash": digest(chip), "passport": format!("HK{}", &chip[12..]) });
    let animals: Vec<Value> = horses.iter().map(animal).collect();
    json!({ "plate": PLATE, "animals": animals, "seal_no": "S-40", "letter_no": LETTER })
}

pub(crate) fn apply_horses(no: &str) -> Act {
    apply("importer", no, "HORSES").with("group", group(&chips(1..=12)))
}

pub(crate) fn apply_health(no: &str) -> Act {
    let samples = json!([{ "test": "SVC", "report": digest("report"), "passed": true }]);
    let isolation = json!({ "farm": "QY-1", "from": START - 10 * DAY, "to": START - HOUR,
        "samples": samples });
    apply("exporter", no, "HEALTH").with("items", json!([item(1)])).with("isolation", isolation)
}

pub(crate) fn apply_permit(no: &str) -> Act {
    let term = json!({ "from": START + 2 * DAY, "to": START + 20 * DAY });
    apply("importer", no, "PERMIT").with("term", term)
}

/// An officer passes it: no rules are in force here.
pub(crate) fn pass(no: &str) -> Act {
    let body = json!({ "decision": "approve", "reason": "in order",
        "officer_hash": digest("reviewer"), "evidence": [] });
    on("river_customs", "rule", format!("application:{no}"), body)
}

/// The office issues on an application that was submitted in an entry.
pub(crate) fn issue(no: &str, application: &str, entry: EntryId) -> Act {
    let body = json!({ "application": application, "application_entry": entry,
        "officer_hash": digest("signatory") });
    about("river_customs", "issue", no, body)
}

pub(crate) fn countersign(no: &str) -> Act {
    about("exporter", "countersign", no, json!({ "officer_hash": digest("manager") }))
}

pub(crate) fn print(no: &str, copy_no: u32) -> Act {
    about("exporter", "print", no, json!({ "copy_no": copy_no, "pdf": digest(no) }))
}

pub(crate) fn deliver(no: &str, mode: &str) -> Act {
    let body = json!({ "mode": mode, "recipient_hash": digest("recipient") });
    about("river_customs", "deliver", no, body)
}

pub(crate) fn send(no: &str) -> Act {
    deliver(no, "courier")
        .with("courier_no", "EMS1")
        .with("bag_no", "BAG-7")
        .with("courier_party", id("courier"))
}

pub(crate) fn courier(no: &str, step: &str) -> Act {
    let body = json!({ "step": step, "place": "Foshan", "bag_no": "BAG-7" });
    about("courier", "courier_event", no, body)
}

/// So many units of item 1.
pub(crate) fn consume(no: &str, units: u64) -> Act {
    let items = json!([{ "item": 1, "qty_milli": units * 1000 }]);
    about("hub_customs", "use", no, json!({ "items": items, "slip_no": "SLIP-1" }))
}

/// All of it.
pub(crate) fn consume_whole(no: &str) -> Act {
    about("hub_customs", "use", no, json!({ "items": [], "slip_no": "SLIP-1" }))
}

pub(crate) fn scan(no: &str, chips: &[String]) -> Act {
    about("river_wharf", "gate_scan", no, json!({ "chips": chips, "place": RIVER }))
}

pub(crate) fn correct(no: &str, horses: &[String]) -> Act {
    let body = json!({ "reason": "the wrong horse was listed", "group": group(horses) });
    about("river_customs", "amend", no, body)
}

pub(crate) fn agree(no: &str) -> Act {
    let body = json!({ "officer_hash": digest("veterinary officer") });
    about("authority", "countersign_amendment", no, body)
}

pub(crate) fn revoke(no: &str) -> Act {
    let body = json!({ "cause": "buyer_cancelled", "reason": "the buyer cancelled" });
    about("river_customs", "revoke", no, body)
}

pub(crate) fn file_letter(no: &str) -> Act {
    let body = json!({ "enterprise_uscc": id("importer"), "amount_fen": 100_000_000,
        "return_by": START + 60 * DAY, "data_digest": digest(no) });
    on("river_customs", "file_letter", format!("letter:{no}"), body)
}

pub(crate) fn back(no: &str, chips: &[String]) -> Act {
    let body = json!({ "chips": chips, "place": RIVER });
    on("river_customs", "animals_returned", format!("letter:{no}"), body)
}

pub(crate) fn archive(entry_no: &str, purpose: &str) -> Act {
    let body = json!({ "purpose": purpose, "copy": digest("copy") });
    on("exporter", "archive_print", format!("archive:{entry_no}"), body)
}

/// The states of domain.md §2.4, from the issue on.
impl Port {
    /// Kinds, an exporter, a guarantee letter.
    pub(crate) fn certifying() -> Self {
        Self::new().certifies()
    }

    pub(crate) fn certifies(self) -> Self {
        self.do_all(kinds()).do_all([exporter(), file_letter(LETTER)])
    }

    /// An application that an officer has passed.
    pub(crate) fn passes(self, apply: Act) -> Self {
        let no = apply.subject.split_once(':').unwrap().1.to_string();
        self.do_all([apply, pass(&no)])
    }

    /// The act that issues on an application as it stands.
    pub(crate) fn issue(&self, no: &str, application: &str) -> Act {
        match self.certified(&format!("application:{application}")) {
            Some(State::Application(applied)) => issue(no, application, applied.by.entry),
            other => panic!("{other:?}"),
        }
    }

    /// Applied for, passed and issued.
    pub(crate) fn issues(self, no: &str, apply: Act) -> Self {
        let application = apply.subject.split_once(':').unwrap().1.to_string();
        let port = self.passes(apply);
        let issue = port.issue(no, &application);
        port.do_all([issue])
    }

    /// The office alone has signed.
    pub(crate) fn signed() -> Self {
        Self::certifying().issues(FORM_E, apply_form_e("A"))
    }

    pub(crate) fn valid() -> Self {
        Self::signed().do_all([countersign(FORM_E)])
    }

    pub(crate) fn slip() -> Self {
        Self::certifying().issues(DRUG, apply_drug("S"))
    }

    pub(crate) fn horses() -> Self {
        Self::certifying().issues(HORSES, apply_horses("H"))
    }

    /// Another horse than a listed one was read.
    pub(crate) fn held() -> Self {
        Self::horses().do_all([scan(HORSES, &wrong())])
    }

    /// Read as listed and used: all twelve are in under the letter.
    pub(crate) fn imported() -> Self {
        Self::horses().do_all([scan(HORSES, &chips(1..=12)), consume_whole(HORSES)])
    }

    pub(crate) fn certified(&self, subject: &str) -> Option<State> {
        let key = SubjectKey::new(FamilyName::Certificate, subject);
        match &self.ledger.records().get(&key)?.state {
            family::State::Certificate(state) => Some(state.clone()),
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn certificate(&self, no: &str) -> Certificate {
        match self.certified(&format!("certificate:{no}")) {
            Some(State::Certificate(certificate)) => certificate.take(),
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn letter(&self, no: &str) -> Letter {
        match self.certified(&format!("letter:{no}")) {
            Some(State::Letter(letter)) => letter.take(),
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn paper(&self, pdf: &str) -> Option<Paper> {
        match self.certified(&format!("paper:{pdf}"))? {
            State::Paper(paper) => Some(paper.take()),
            other => panic!("{other:?}"),
        }
    }

    /// Every certificate.
    pub(crate) fn certificates(&self) -> Vec<(&str, &Certificate)> {
        let mut found = Vec::new();
        for (key, record) in self.ledger.records() {
            if let family::State::Certificate(State::Certificate(certificate)) = &record.state {
                found.push((key.subject.strip_prefix("certificate:").unwrap(), &**certificate));
            }
        }
        found
    }
}

/// The list of §7.5 with …113 in the place of …108.
pub(crate) fn wrong() -> Vec<String> {
    chips((1..=13).filter(|n| *n != 8))
}
