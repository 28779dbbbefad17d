//! Guarantee lines on the network of `port`: the statements of domain.md §2.3, and readers.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use countersign_record::Digest;
use serde_json::json;

use super::port::*;
use crate::{
    family::{self, FamilyName},
    guarantee::{
        Holding, State, check_listing,
        state::{Drawdown, Line},
    },
    world::SubjectKey,
};

/// A line of the bank for the importer, and one of cash.
pub(crate) const LINE: &str = "GB-2026-0001";
pub(crate) const CASH: &str = "GC-2026-0001";
/// One yuan in fen.
pub(crate) const YUAN: u64 = 100;

/// The founding document's parameters of this family.
pub(crate) fn parameters() -> Vec<(String, i64)> {
    let days = |n: u64| i64::try_from(n * DAY).unwrap();
    [
        ("late_fee_per_100000_a_day", 50),
        ("tax_due_days", 15),
        ("consolidated_due_working_day", 5),
        ("claim_answer_ms", days(10)),
    ]
    .map(|(name, value)| (format!("guarantee.{name}"), value))
    .into()
}

fn on(who: &'static str, kind: &'static str, subject: String, body: serde_json::Value) -> Act {
    Act { family: "guarantee", ..act(who, kind, subject, body) }
}

/// The nth declaration of the river port, not on this ledger.
pub(crate) fn entry(n: u32) -> String {
    format!("515020261{n:09}")
}

fn data() -> String {
    Digest::of(b"letter of guarantee").to_string()
}

pub(crate) fn file(no: &str) -> Act {
    let body = json!({
        "instrument_no": format!("LG-{no}"), "guarantor_kind": "bank",
        "enterprise_uscc": id("importer"), "credit_grade": "registered",
        "beneficiaries": ["51", "53"], "limit_fen": 1_000_000 * YUAN,
        "scope": ["consolidated", "payment_term"], "valid_from": START,
        "valid_to": START + 100 * DAY, "covers_late_fee": true, "data_digest": data(),
        "declarants": [id("exporter")], "guarantor_uscc": id("bank"),
    });
    on("river_customs", "guarantee_file", format!("line:{no}"), body)
}

pub(crate) fn file_cash(no: &str) -> Act {
    file(no).with("guarantor_kind", "cash").without("guarantor_uscc")
}

pub(crate) fn activate(no: &str) -> Act {
    on("bank", "activate", format!("line:{no}"), json!({ "data_digest": data() }))
}

/// One of the kinds that carry a reason alone, on a line.
pub(crate) fn because(kind: &'static str, no: &str) -> Act {
    on("river_customs", kind, format!("line:{no}"), json!({ "reason": "as asked" }))
}

pub(crate) fn amend(no: &str) -> Act {
    on("bank", "amend", format!("line:{no}"), json!({ "reason": "as agreed" }))
}

pub(crate) fn reserve(entry_no: &str, fen: u64) -> Act {
    let body = json!({ "filing_no": LINE, "amount_fen": fen, "scope": "payment_term" });
    on("importer", "reserve", format!("drawdown:{entry_no}"), body)
}

pub(crate) fn cancel(entry_no: &str) -> Act {
    let body = json!({ "reason": "not needed" });
    on("importer", "cancel", format!("drawdown:{entry_no}"), body)
}

pub(crate) fn draw(entry_no: &str) -> Act {
    let body = json!({ "tax_bill_no": "TB-1" });
    on("river_customs", "draw", format!("drawdown:{entry_no}"), body)
}

pub(crate) fn adjust(entry_no: &str, fen: u64) -> Act {
    let body = json!({ "tax_bill_no": "TB-2", "amount_fen": fen });
    on("river_customs", "adjust", format!("drawdown:{entry_no}"), body)
}

pub(crate) fn restore(entry_no: &str, fen: u64) -> Act {
    let body = json!({ "tax_bill_no": "TB-3", "paid_fen": fen, "paid_at": START });
    on("river_customs", "restore", format!("drawdown:{entry_no}"), body)
}

pub(crate) fn claim(entry_no: &str, principal_fen: u64, late_fee_fen: u64) -> Act {
    let body = json!({ "principal_fen": principal_fen, "late_fee_fen": late_fee_fen });
    on("river_customs", "claim", format!("drawdown:{entry_no}"), body)
}

pub(crate) fn withdraw_claim(entry_no: &str) -> Act {
    let body = json!({ "reason": "the enterprise pays" });
    on("river_customs", "withdraw_claim", format!("drawdown:{entry_no}"), body)
}

pub(crate) fn settle(entry_no: &str, fen: u64) -> Act {
    let body = json!({ "payment_ref": "PAY-1", "paid_fen": fen });
    on("bank", "settle", format!("drawdown:{entry_no}"), body)
}

pub(crate) fn grade(name: &str, grade: &str) -> Act {
    let body = json!({ "grade": grade, "reason": "yearly review" });
    on("river_customs", "credit_grade", format!("enterprise:{}", id(name)), body)
}

/// A release of the import on security.
pub(crate) fn release_on(line: &str) -> Act {
    import_release(1).with("tax", "guarantee").with("tax_reference", line)
}

/// A release of the import with the waiver.
pub(crate) fn release_waived() -> Act {
    import_release(1).with("tax", "aeo_waiver").without("tax_reference")
}

/// The states of domain.md §2.3.
impl Port {
    pub(crate) fn line_filed() -> Self {
        Self::new().do_all([file(LINE)])
    }

    pub(crate) fn line_active() -> Self {
        Self::line_filed().do_all([activate(LINE)])
    }

    /// A hundred thousand yuan of declaration 1 are drawn.
    pub(crate) fn drawn() -> Self {
        Self::line_active().do_all([reserve(&entry(1), 100_000 * YUAN), draw(&entry(1))])
    }

    /// Its due day has passed, by a day.
    pub(crate) fn overdue() -> Self {
        Self::drawn().after(16 * DAY)
    }

    /// Customs has called the bank.
    pub(crate) fn claimed() -> Self {
        Self::overdue().do_all([claim(&entry(1), 100_000 * YUAN, 50 * YUAN)])
    }

    pub(crate) fn guarantee(&self, subject: &str) -> Option<State> {
        let key = SubjectKey::new(FamilyName::Guarantee, subject);
        match &self.ledger.records().get(&key)?.state {
            family::State::Guarantee(state) => Some(state.clone()),
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn line(&self, no: &str) -> Line {
        match self.guarantee(&format!("line:{no}")) {
            Some(State::Line(line)) => line.take(),
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn drawdown(&self, entry_no: &str) -> Drawdown {
        match self.guarantee(&format!("drawdown:{entry_no}")) {
            Some(State::Drawdown(drawdown)) => drawdown.take(),
            other => panic!("{other:?}"),
        }
    }

    /// Every line.
    pub(crate) fn lines(&self) -> Vec<(&str, &Line)> {
        let mut lines = Vec::new();
        for (name, state) in self.of_family("line:") {
            if let State::Line(line) = state {
                lines.push((name, &**line));
            }
        }
        lines
    }

    /// Every drawdown, live or not.
    pub(crate) fn drawdowns(&self) -> Vec<(&str, &Drawdown)> {
        let mut drawdowns = Vec::new();
        for (name, state) in self.of_family("drawdown:") {
            if let State::Drawdown(drawdown) = state {
                drawdowns.push((name, &**drawdown));
            }
        }
        drawdowns
    }

    fn of_family<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a State)> {
        self.ledger.records().iter().filter_map(move |(k, r)| match &r.state {
            family::State::Guarantee(state) => Some((k.subject.strip_prefix(prefix)?, state)),
            _ => None,
        })
    }

    /// Every line with its drawdowns.
    pub(crate) fn holdings(&self) -> Vec<Holding<'_>> {
        let drawdowns = self.drawdowns();
        let holding = |(no, line)| Holding::new(no, line, drawdowns.iter().copied());
        self.lines().into_iter().map(holding).collect()
    }

    /// The live drawdowns of a line, proven complete.
    pub(crate) fn listing(&self, no: &str) -> Vec<(&str, &Drawdown)> {
        let ours = |d: &Drawdown| d.filing_no == no && d.stage.is_live();
        let listed: Vec<_> = self.drawdowns().into_iter().filter(|(_, d)| ours(d)).collect();
        check_listing(no, &self.line(no), listed.iter().copied()).unwrap();
        listed
    }
}
