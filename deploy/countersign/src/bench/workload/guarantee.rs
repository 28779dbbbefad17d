//! Guarantee lines, and draws on them: in the mix on many lines, in runs of their own on one or on
//! many.

use countersign_client::draft::DraftAction;
use countersign_contracts::calendar::DAY_MS;
use countersign_record::Digest;
use serde_json::{Value, json};

use super::{Workload, papers};

/// Guarantee lines: the first is the hot one, the others share all other draws.
pub(in crate::bench) const LINES: usize = 65;
/// What every line guarantees: a limit that no run comes near, fen.
pub(in crate::bench) const LIMIT_FEN: u64 = 1_000_000_000_000_000;
/// The smallest draw, fen.
pub(in crate::bench) const DRAW_FEN: usize = 1_500_000;
/// The enterprise of every line.
const ENTERPRISE: &str = "91440606MA7DEM040W";
/// The guarantor of every line.
const BANK: &str = "91440101MA7DEM059P";
/// A declarant that every line names.
const DECLARANT: &str = "91440606MA7DEM120G";
/// Who draws in turn, and the district in whose declarations' names.
const DRAWERS: [(&str, &str); 4] = [
    ("exporter", "5150"),
    ("declarant", "5304"),
    ("shunde-customs", "5150"),
    ("shekou-customs", "5304"),
];
/// What a declarant's system files away beside a draw: declaration, invoice, packing list, bill,
/// contract, licence, insurance, certificate, authority. It makes the statement as long as the
/// others are.
const PAPERS: usize = 9;

impl Workload {
    /// The guarantee lines, filed and activated.
    pub(super) fn lines(&self) -> anyhow::Result<Vec<Vec<u8>>> {
        let digest = Digest::of(b"letter of guarantee");
        let filed = (0..LINES).map(|i| {
            let body = json!({
                "instrument_no": format!("LG-{i:04}"), "guarantor_kind": "bank",
                "enterprise_uscc": ENTERPRISE, "credit_grade": "registered",
                "beneficiaries": ["51", "53"], "limit_fen": LIMIT_FEN,
                "scope": ["payment_term"], "valid_from": self.began - DAY_MS,
                "valid_to": self.began + 365 * DAY_MS, "covers_late_fee": true,
                "data_digest": digest, "declarants": [DECLARANT], "guarantor_uscc": BANK,
            });
            action("guarantee_file", line(i), body)
        });
        let signed =
            (0..LINES).map(|i| action("activate", line(i), json!({ "data_digest": digest })));
        Ok(vec![
            self.sign("shunde-customs", "FILE-LINES", filed.collect(), [])?,
            self.sign("bank", "SIGN-LINES", signed.collect(), [])?,
        ])
    }

    /// A draw of the mix.
    pub(super) fn draw(&self, reference: &str, i: usize) -> anyhow::Result<Vec<u8>> {
        // Declarations of import: those of the runs of draws are of export.
        self.reserve(reference, i, 1 + i % (LINES - 1), '1')
    }

    /// A draw of a run of nothing but draws.
    pub(super) fn measured_draw(&self, n: usize, hot: bool) -> anyhow::Result<Vec<u8>> {
        let on = if hot { 0 } else { 1 + n % (LINES - 1) };
        self.reserve(&format!("DRAW-{n:08}"), n, on, '0')
    }

    fn reserve(&self, reference: &str, n: usize, on: usize, flag: char) -> anyhow::Result<Vec<u8>> {
        let (drawer, district) = DRAWERS[n % DRAWERS.len()];
        let body = json!({ "filing_no": line_no(on), "amount_fen": DRAW_FEN + n,
            "scope": "payment_term", "due": self.began + 30 * DAY_MS });
        let draw = action("reserve", format!("drawdown:{district}2026{flag}{n:09}"), body);
        self.sign(drawer, reference, vec![draw], papers(reference, PAPERS))
    }
}

fn action(kind: &str, subject: String, body: Value) -> DraftAction {
    DraftAction::new("guarantee", kind, subject, body)
}

fn line_no(i: usize) -> String {
    format!("BENCH{i:04}")
}

fn line(i: usize) -> String {
    format!("line:{}", line_no(i))
}
