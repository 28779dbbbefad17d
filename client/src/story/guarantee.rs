//! Act three: thirty declarations draw on one guarantee line (domain.md §7.3).

use countersign_contracts::calendar::DAY_MS;
use countersign_record::Digest;
use serde_json::{Value, json};

use super::{DraftAction, Story, StoryFault};

/// Scenes of this act.
pub(super) const SCENES: usize = 6;

/// The line.
pub const LINE: &str = "GZ2026000123";
const ENTERPRISE: &str = "91440606MA7DEM040W";
const DECLARANT: &str = "91440606MA7DEM120G";
/// A firm that customs has graded as discredited.
const DISCREDITED: &str = "91440101MA7DEM104Q";
/// The bank that stands behind it.
pub const BANK: &str = "91440101MA7DEM059P";
/// The declaration in two steps whose tax is not secured, its bill and its container.
pub const WAIVED: &str = "515020260000900099";
const WAIVED_BILL: &str = "SDSK26110099";
const WAIVED_BOX: &str = "CBHU6192031";
/// Thousands of yuan: D01 to D30.
const DRAWS: [u64; 30] = [
    1200, 2450, 980, 3100, 1750, 2200, 640, 4000, 1330, 2870, 1900, 3450, 720, 2600, 1480, 5200,
    2050, 1160, 3300, 2400, 1850, 2950, 1420, 2500, 1100, 2240, 960, 1780, 3060, 840,
];
/// D12, which nobody pays.
const UNPAID: usize = 12;
/// Fen in a thousand yuan.
const THOUSAND: u64 = 100_000;
/// Days from the beginning of the story until the line expires, and until D12 falls due.
const TERM_DAYS: u64 = 30;
const UNPAID_DUE_DAYS: u64 = 25;
/// How many days later customs calls the guarantor.
const CLAIMED_DAYS_LATE: u64 = 15;

impl Story<'_> {
    /// A line of fifty million, drawn, restored, and raced for.
    pub(super) async fn guarantee(&mut self) -> Result<(), StoryFault> {
        self.line().await?;
        self.first_draws().await?;
        self.paid_and_drawn_again().await?;
        self.out_of_scope().await?;
        self.waiver().await?;
        self.race().await
    }

    async fn line(&mut self) -> Result<(), StoryFault> {
        self.scene(
            "Customs files a bank's guarantee of CNY 50,000,000, and the bank signs the same",
            "海关备案银行保函 5,000 万元，银行签署一致",
        );
        let (time, digest) = (self.at(1, 9, 0), Digest::of(b"letter of guarantee"));
        for (i, (firm, grade)) in
            [(ENTERPRISE, "advanced"), (DISCREDITED, "discredited")].into_iter().enumerate()
        {
            let graded = json!({ "grade": grade, "reason": "annual review" });
            let graded = action("credit_grade", format!("enterprise:{firm}"), graded);
            self.say("shunde-customs", &format!("GRADE-{i}"), time, vec![graded]).await?;
        }
        let filed = self.filing("LG-2026-0123", ENTERPRISE, "advanced", digest);
        let filed = vec![action("guarantee_file", line(LINE), filed)];
        self.say("shunde-customs", "FILE-LINE", time, filed).await?;
        let signed = action("activate", line(LINE), json!({ "data_digest": digest }));
        self.say("bank", "SIGN-LINE", time, vec![signed]).await?;
        Ok(())
    }

    fn filing(&self, instrument: &str, firm: &str, grade: &str, digest: Digest) -> Value {
        json!({
            "instrument_no": instrument, "guarantor_kind": "bank", "enterprise_uscc": firm,
            "credit_grade": grade, "beneficiaries": ["51", "53"], "limit_fen": 50_000 * THOUSAND,
            "scope": ["consolidated", "payment_term"], "valid_from": self.at(1, 0, 0),
            "valid_to": self.line_ends(), "covers_late_fee": true, "data_digest": digest,
            "declarants": [DECLARANT], "guarantor_uscc": BANK,
        })
    }

    /// The last moment of the line's term.
    fn line_ends(&self) -> u64 {
        self.morning + TERM_DAYS * DAY_MS
    }

    async fn first_draws(&mut self) -> Result<(), StoryFault> {
        self.scene(
            "Twenty-two declarations use 49,580,000; the twenty-third finds 420,000 left",
            "二十二票报关单占用 4,958 万元；第二十三票仅余 42 万元，被拒绝",
        );
        for n in 1..=22 {
            self.reserve(n, "").await?;
        }
        self.reserve_in_vain(23, "FIRST").await
    }

    async fn paid_and_drawn_again(&mut self) -> Result<(), StoryFault> {
        self.scene(
            "Taxes are paid and restore the line; it is drawn again, up to 47,160,000",
            "缴税后恢复额度，继续核扣至 4,716 万元",
        );
        for n in 1..=6 {
            self.pay(n).await?;
        }
        for n in 23..=28 {
            self.reserve(n, "").await?;
        }
        self.reserve_in_vain(29, "FIRST").await?;
        self.pay(7).await?;
        self.reserve_in_vain(29, "SECOND").await?;
        self.pay(8).await?;
        self.reserve(29, "").await?;
        self.reserve(30, "").await
    }

    async fn out_of_scope(&mut self) -> Result<(), StoryFault> {
        self.scene(
            "A draw outside the line's scope is refused, and so is a discredited firm",
            "超出保函适用范围的核扣被拒绝，失信企业亦被拒绝",
        );
        let time = self.at(2, 9, 0);
        let elements = reservation(LINE, 1500 * THOUSAND, "tax_elements");
        let elements = vec![action("reserve", drawdown(40), elements)];
        self.say_in_vain("exporter", "SCOPE", time, elements, "ScopeMissing").await?;
        let filed = self.filing("LG-2026-0124", DISCREDITED, "discredited", Digest::of(b"letter"));
        let filed = vec![action("guarantee_file", line("GZ2026000124"), filed)];
        self.say_in_vain("shunde-customs", "FILE-BAD", time, filed, "Discredited").await
    }

    async fn waiver(&mut self) -> Result<(), StoryFault> {
        self.scene(
            "An advanced certified enterprise declares in two steps: released without security",
            "高级认证企业两步申报：免担保放行",
        );
        let time = self.at(2, 9, 10);
        for (code, location, mark) in
            [("5150", "CNSUD/5150", "branch"), ("5304", "CNSHK/5304", "trunk")]
        {
            let listed = json!({ "container_no": WAIVED_BOX, "size_type": "22G1" });
            let manifest = json!({ "message_type": "MT2101", "customs_code": code,
                "location": location, "conveyance_id": "UN9912347", "name": "PEARL STAR",
                "voyage": "049E", "containers": [listed], "packages": 200,
                "gross_g": 9_000_000, "line_mark": mark });
            let manifest = vec![port("manifest", waived_bill(), manifest)];
            self.say("ship-agent", &format!("MT2101-AEO-{code}"), time, manifest).await?;
        }
        let gate = json!({ "direction": "in", "place": "CNSUD/5150", "fullness": "full",
            "size_type": "22G1", "seals": [], "time": time, "bill_no": WAIVED_BILL });
        let arrival = json!({ "bill_no": WAIVED_BILL, "declaration_office": "5150",
            "size_type": "22G1", "fullness": "full", "arrival_date": time });
        let subject = format!("box:{WAIVED_BOX}");
        let gated = vec![port("gate", subject.clone(), gate), port("arrival", subject, arrival)];
        self.say("shunde-wharf", "AEO-IN", time, gated).await?;
        let summary = json!({ "entry_no": WAIVED, "consignor_uscc": ENTERPRISE, "mode": 2,
            "conveyance_id": "UN9912347", "voyage": "049E", "trade_mode": "0110",
            "hs": "841810", "qty_milli": 200_000, "unit": "001", "origin": "CHN",
            "inspection_required": false, "duty_due": true, "licensed": false,
            "advance": false });
        let summary = vec![port("summary_declaration", waived_bill(), summary)];
        self.say("exporter", "AEO-SUMMARY", time, summary).await?;
        let release = json!({ "entry_no": WAIVED, "containers": [WAIVED_BOX], "segment": 1,
            "decision": "release", "officer_hash": Digest::of(b"officer"), "time": time,
            "tax": "aeo_waiver" });
        let release = vec![port("release", waived_bill(), release)];
        self.say("shunde-customs", "AEO-RELEASE", time, release).await?;
        Ok(())
    }

    async fn race(&mut self) -> Result<(), StoryFault> {
        self.scene(
            "Two declarants race for 1,500,000 each with 2,840,000 left: one wins, one sees 1,340,000",
            "两票同时各核扣 150 万元，余额 284 万元：一票成功，另一票仅见余额 134 万元",
        );
        let time = self.at(2, 9, 30);
        let (first, second) = ("exporter", "declarant");
        let draft = |n: usize, reference: &str| {
            let reserved = reservation(LINE, 1500 * THOUSAND, "payment_term");
            self.draft(reference, time, vec![action("reserve", drawdown(n), reserved)])
        };
        let (a, b) = (draft(31, "RACE-A"), draft(32, "RACE-B"));
        // Truly at once, each through the node of its own.
        let (a, b) = tokio::join!(self.party(first)?.record(&a), self.party(second)?.record(&b));
        let (won, lost) = match a.is_ok() {
            true => ((first, "RACE-A", a), (second, "RACE-B", b)),
            false => ((second, "RACE-B", b), (first, "RACE-A", a)),
        };
        self.expect_receipt(won.0, won.1, won.2)?;
        self.expect_refusal(lost.0, lost.1, "NoHeadroom", lost.2)
    }

    /// Declaration number n is accepted and released: its tax is reserved, and drawn.
    async fn reserve(&mut self, n: usize, again: &str) -> Result<(), StoryFault> {
        let time = self.at(1, 10, 0);
        let reserved = vec![action("reserve", drawdown(n), self.reserved(n))];
        self.say("exporter", &format!("D{n:02}{again}"), time, reserved).await?;
        let drawn = json!({ "tax_bill_no": format!("TB{n:04}") });
        let drawn = vec![action("draw", drawdown(n), drawn)];
        self.say("shunde-customs", &format!("DRAW-D{n:02}"), time, drawn).await?;
        Ok(())
    }

    async fn reserve_in_vain(&mut self, n: usize, which: &str) -> Result<(), StoryFault> {
        let reserved = vec![action("reserve", drawdown(n), self.reserved(n))];
        let reference = format!("D{n:02}-{which}");
        self.say_in_vain("exporter", &reference, self.at(1, 10, 0), reserved, "NoHeadroom").await
    }

    fn reserved(&self, n: usize) -> Value {
        let mut body = reservation(LINE, DRAWS[n - 1] * THOUSAND, "payment_term");
        let days = if n == UNPAID { UNPAID_DUE_DAYS } else { CLAIMED_DAYS_LATE + TERM_DAYS + 30 };
        body["due"] = (self.morning + days * DAY_MS).into();
        body
    }

    async fn pay(&mut self, n: usize) -> Result<(), StoryFault> {
        let time = self.at(2, 8, 0);
        let paid = json!({ "tax_bill_no": format!("TB{n:04}"),
            "paid_fen": DRAWS[n - 1] * THOUSAND, "paid_at": time });
        let paid = vec![action("restore", drawdown(n), paid)];
        self.say("shunde-customs", &format!("PAY-D{n:02}"), time, paid).await?;
        Ok(())
    }

    /// What comes weeks later, for a network whose clock was moved there: the line has expired by
    /// itself, D12 was never paid, and the bank pays.
    ///
    /// # Errors
    /// The first thing that does not go as it should.
    pub async fn guarantee_later(&mut self) -> Result<(), StoryFault> {
        let later = self.claim_day();
        self.expires = later + DAY_MS;
        let late = reservation(LINE, 100 * THOUSAND, "payment_term");
        let late = vec![action("reserve", drawdown(41), late)];
        self.say_in_vain("exporter", "TOO-LATE", later, late, "LineExpired").await?;
        let (principal, fee) = (3_450 * THOUSAND, 2_587_500);
        let claim = json!({ "principal_fen": principal, "late_fee_fen": fee });
        let claim = vec![action("claim", drawdown(UNPAID), claim)];
        self.say("shunde-customs", "CLAIM-D12", later, claim).await?;
        let paid = json!({ "payment_ref": "BANK-PAY-1", "paid_fen": principal + fee });
        let paid = vec![action("settle", drawdown(UNPAID), paid)];
        self.say("bank", "SETTLE-D12", later, paid).await?;
        Ok(())
    }

    /// The moment at which the claim of the story is made, UTC milliseconds since 1970: the
    /// network's clock must stand on that day.
    pub fn claim_day(&self) -> u64 {
        self.morning + (UNPAID_DUE_DAYS + CLAIMED_DAYS_LATE) * DAY_MS
    }
}

fn action(kind: &str, subject: String, body: Value) -> DraftAction {
    DraftAction::new("guarantee", kind, subject, body)
}

fn port(kind: &str, subject: String, body: Value) -> DraftAction {
    DraftAction::new("combined_port", kind, subject, body)
}

fn waived_bill() -> String {
    format!("bill:{WAIVED_BILL}")
}

fn line(filing_no: &str) -> String {
    format!("line:{filing_no}")
}

/// The drawdown of declaration number n of the story.
fn drawdown(n: usize) -> String {
    format!("drawdown:5150202600009{n:05}")
}

fn reservation(filing_no: &str, amount_fen: u64, scope: &str) -> Value {
    json!({ "filing_no": filing_no, "amount_fen": amount_fen, "scope": scope })
}
