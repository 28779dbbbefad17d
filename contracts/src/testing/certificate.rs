//! Certificates on the network of `port`: the statements of domain.md §2.4, and readers.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use serde_json::{Value, json};

use super::port::*;
use crate::{
    certificate::{
        State,
        bodies::RuleSet,
        state::{Applied, Reviewed},
    },
    family::{self, FamilyName},
    world::SubjectKey,
};

/// The office that reviews, and the kind of domain.md §7.4.
pub(crate) const OFFICE: &str = "5165";
pub(crate) const FORM_E: &str = "FORM_E";
/// An application, and the officer's identity.
pub(crate) const CASE: &str = "A-2026-1";
/// A producer that the rules send to investigation.
pub(crate) const FLAGGED: &str = "91440113MA7DEM219B";

/// The founding document's parameters of this family.
pub(crate) fn parameters() -> Vec<(String, i64)> {
    [("certificate.review_ms".to_string(), i64::try_from(3 * DAY).unwrap())].into()
}

fn on(who: &'static str, kind: &'static str, subject: String, body: Value) -> Act {
    Act { family: "certificate", ..act(who, kind, subject, body) }
}

pub(crate) fn both(text: &str) -> Value {
    json!({ "en": text, "zh": text })
}

pub(crate) fn register_kind(code: &str) -> Act {
    let body = json!({
        "title": both("CERTIFICATE OF ORIGIN"), "parts": ["items", "invoice"],
        "use_mode": "quantity", "number": "E{yy}{registration}{serial:4}", "valid_days": 365,
        "countersigned": true, "advanced_only": false, "isolation_days": 0, "animals_max": 0,
        "retroactive_after_days": 3,
    });
    on("receiving_customs", "register_kind", format!("kind:{code}"), body)
}

/// A kind that is a health certificate: animals of a farm, isolated for ten days.
pub(crate) fn register_health(code: &str) -> Act {
    register_kind(code)
        .with("parts", json!(["items", "isolation", "term", "group"]))
        .with("number", "H{yy}{district}{serial:6}")
        .with("valid_days", 30)
        .with("isolation_days", 10)
        .with("animals_max", 2)
}

pub(crate) fn file_exporter() -> Act {
    let body = json!({ "names": both("Shunde Appliances"), "address": both("Shunde"),
        "registration": "510012345" });
    on("river_customs", "file_exporter", format!("exporter:{}", id("exporter")), body)
}

pub(crate) fn condition(field: &str, is: &str, values: Value) -> Value {
    match values {
        Value::Null => json!({ "field": field, "is": is }),
        values if values[0].is_string() => {
            json!({ "field": field, "is": is, "values": { "texts": values } })
        }
        values => json!({ "field": field, "is": is, "values": { "numbers": values } }),
    }
}

pub(crate) fn rule_row(no: u32, outcome: &str, when: &[Value]) -> Value {
    json!({ "no": no, "when": when, "outcome": outcome, "reason": both("as the office says") })
}

/// The rules of domain.md §7.4.
pub(crate) fn form_e_rows() -> Vec<Value> {
    let none = Value::Null;
    [
        rule_row(10, "return", &[condition("item.hs", "missing", none.clone())]),
        rule_row(20, "return", &[condition("country", "not_in", json!(["THA", "VNM", "SGP"]))]),
        rule_row(
            30,
            "return",
            &[
                condition("item.criterion", "in", json!(["RVC"])),
                condition("item.rvc_permyriad", "missing", none.clone()),
            ],
        ),
        rule_row(
            40,
            "manual",
            &[
                condition("item.criterion", "in", json!(["RVC"])),
                condition("item.rvc_permyriad", "below", json!([4000])),
            ],
        ),
        rule_row(50, "investigate", &[condition("producer_uscc", "in", json!([FLAGGED]))]),
        rule_row(60, "manual", &[condition("grade", "in", json!(["discredited"]))]),
        rule_row(70, "return", &[condition("consignee", "missing", none)]),
    ]
    .into()
}

pub(crate) fn register_rules(version: u32) -> Act {
    register_rows(version, &form_e_rows())
}

pub(crate) fn register_rows(version: u32, rows: &[Value]) -> Act {
    let body = json!({ "rows": rows, "note": "first rules" });
    let subject = format!("ruleset:{OFFICE}.{FORM_E}.{version}");
    on("receiving_customs", "register_rules", subject, body)
}

pub(crate) fn activate_rules(version: u32) -> Act {
    let body = json!({ "version": version, "reason": "in force" });
    on("receiving_customs", "activate_rules", format!("review:{OFFICE}.{FORM_E}"), body)
}

pub(crate) fn item(no: u32) -> Value {
    json!({ "no": no, "description": "RICE COOKERS", "marks": "N/M", "qty_milli": 1_000_000,
        "unit": "CTN", "gross_g": 4_000_000, "hs": "851660", "criterion": "RVC",
        "rvc_permyriad": 4000, "fob_minor": 1_000_000, "invoice_item": no })
}

/// An application that every rule passes.
pub(crate) fn application_body() -> Value {
    json!({
        "kind": FORM_E, "office": OFFICE, "enterprise_uscc": id("exporter"), "country": "THA",
        "transport": { "mode": 2, "means": "PEARL STAR 048E", "departs": START + DAY },
        "items": [item(1)], "consignee": "SIAM TRADING",
        "invoice": { "no": "INV-1", "date": START - DAY, "total_minor": 1_000_000,
            "currency": "USD" },
    })
}

pub(crate) fn apply(no: &str) -> Act {
    on("exporter", "apply", format!("application:{no}"), application_body())
}

/// The same body, with what a health certificate asks for.
pub(crate) fn apply_health(no: &str) -> Act {
    let animal = |n: u32| json!({ "chip": format!("344000000000{n}"), "name_hash": hash(), "passport": "P-1" });
    apply(no)
        .with(
            "isolation",
            json!({ "farm": "Qingyuan 7", "from": START - 10 * DAY,
            "to": START - DAY, "samples": [{ "test": "KHV", "report": hash(), "passed": true }] }),
        )
        .with("term", json!({ "from": START, "to": START + 10 * DAY }))
        .with("group", json!({ "plate": "YUE-ZA123", "animals": [animal(101), animal(102)] }))
}

pub(crate) fn resubmit(no: &str) -> Act {
    Act { kind: "resubmit", ..apply(no) }
}

pub(crate) fn withdraw_application(no: &str) -> Act {
    on("exporter", "withdraw", format!("application:{no}"), json!({ "reason": "not needed" }))
}

pub(crate) fn rule_on(no: &str, decision: &str) -> Act {
    let body = json!({ "decision": decision, "reason": "cost sheet seen", "officer_hash": hash(),
        "evidence": [] });
    on("receiving_customs", "rule", format!("application:{no}"), body)
}

impl Act {
    /// The same act with a field of its first item changed, or taken away with null.
    pub(crate) fn with_item(mut self, field: &str, value: impl Into<Value>) -> Self {
        match value.into() {
            Value::Null => {
                self.body["items"][0].as_object_mut().unwrap().remove(field);
            }
            value => self.body["items"][0][field] = value,
        }
        self
    }
}

/// The states of domain.md §2.4.
impl Port {
    /// A kind and an exporter, no rules.
    pub(crate) fn kind_registered() -> Self {
        Self::new().do_all([register_kind(FORM_E), file_exporter()])
    }

    /// The rules in force.
    pub(crate) fn reviewing() -> Self {
        Self::kind_registered().do_all([register_rules(1), activate_rules(1)])
    }

    /// The rules that an office registered.
    pub(crate) fn rule_set(&self, name: &str) -> RuleSet {
        match self.certificate_state(&format!("ruleset:{name}")) {
            State::Rules(rules) => rules.take().set,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn case(&self, no: &str) -> Applied {
        match self.certificate_state(&format!("application:{no}")) {
            State::Application(applied) => applied.take(),
            other => panic!("{other:?}"),
        }
    }

    /// The last review of an application.
    pub(crate) fn reviewed(&self, no: &str) -> Reviewed {
        self.case(no).reviews.last().unwrap().clone()
    }

    pub(crate) fn certificate_state(&self, subject: &str) -> State {
        let key = SubjectKey::new(FamilyName::Certificate, subject);
        match &self.ledger.records()[&key].state {
            family::State::Certificate(state) => state.clone(),
            other => panic!("{other:?}"),
        }
    }
}
