//! Alerts: everything that needs a person, read from the records and never stored beside them.

use alloc::{format, string::String, vec::Vec};

use super::{
    money::yuan,
    reading::district_of,
    state::{Drawdown, Line, Stage, Standing, State},
};
use crate::{
    calendar::DAY_MS,
    family::{Alert, desk::Plain},
};

impl State {
    /// What needs a person's attention on the subject of that name.
    pub fn alerts(&self, subject: &str) -> Vec<Alert> {
        match self {
            Self::Line(line) => line.alert(subject).into_iter().collect(),
            Self::Drawdown(drawdown) => drawdown.alert(subject).into_iter().collect(),
            Self::Enterprise(_) => Vec::new(),
        }
    }
}

/// The alert, which concerns these parties too.
fn concerning(plain: Plain<'_>, others: impl IntoIterator<Item = String>) -> Alert {
    let mut alert = plain.alert();
    alert.parties.extend(others);
    alert.parties.sort();
    alert.parties.dedup();
    alert
}

impl Line {
    /// A term that ends, or has ended, over live drawdowns.
    fn alert(&self, subject: &str) -> Option<Alert> {
        if self.live == 0 {
            return None;
        }
        let used = format!("{} drawdowns, {}", self.live, yuan(self.used_fen));
        let (kind, since, en, zh) = match (self.standing, self.notice_days) {
            (Standing::Expired, _) => (
                "line_expired_with_draws",
                self.valid_to.saturating_add(1),
                format!("the term is over with {used} live; they stay secured"),
                format!(
                    "担保已到期，尚有{}笔未结（{}），担保责任不变",
                    self.live,
                    yuan(self.used_fen)
                ),
            ),
            (Standing::Active | Standing::Suspended, days) if days > 0 => (
                "line_expiring_with_draws",
                self.valid_to.saturating_sub(days.saturating_mul(DAY_MS)),
                format!("the term ends within {days} days with {used} live"),
                format!(
                    "担保将于{days}日内到期，尚有{}笔未结（{}）",
                    self.live,
                    yuan(self.used_fen)
                ),
            ),
            _ => return None,
        };
        let plain = Plain {
            kind,
            subject,
            field: "valid_to",
            value: format!("{}", self.valid_to),
            by: &self.by,
            clearance: &self.office,
            deadline: Some(self.valid_to),
            en,
            zh,
        };
        let mut alert = concerning(plain, self.guarantor.iter().chain([&self.enterprise]).cloned());
        alert.since = since;
        Some(alert)
    }
}

impl Drawdown {
    /// Tax that is overdue, or a claim without an answer.
    fn alert(&self, subject: &str) -> Option<Alert> {
        let entry_no = subject.split_once(':').map_or(subject, |(_, name)| name);
        let open = yuan(self.open_fen());
        let unanswered =
            self.claim.as_ref().filter(|c| self.stage == Stage::Claimed && c.due.overdue);
        let plain = match (self.stage, unanswered) {
            (Stage::Overdue, _) => Plain {
                kind: "drawdown_overdue",
                subject,
                field: "due",
                value: open.clone(),
                by: self.drawn.as_ref().unwrap_or(&self.by),
                clearance: district_of(entry_no),
                deadline: Some(self.due),
                en: format!(
                    "{open} of tax secured on {} is overdue; the enterprise pays, or customs \
                     claims from the guarantor",
                    self.filing_no
                ),
                zh: format!(
                    "担保 {} 项下税款 {open} 逾期未缴；由企业缴纳或由海关向担保人索赔",
                    self.filing_no
                ),
            },
            (_, Some(claim)) => Plain {
                kind: "claim_unanswered",
                subject,
                field: "claim",
                value: yuan(claim.total_fen()),
                by: &claim.by,
                clearance: district_of(entry_no),
                deadline: Some(claim.due.by),
                en: format!(
                    "the guarantor has not paid the claim of {} on {} in time",
                    yuan(claim.total_fen()),
                    self.filing_no
                ),
                zh: format!(
                    "担保人未按时支付担保 {} 项下索赔款 {}",
                    self.filing_no,
                    yuan(claim.total_fen())
                ),
            },
            _ => return None,
        };
        Some(concerning(plain, self.guarantor.iter().chain([&self.enterprise]).cloned()))
    }
}
