//! The records of this family: what the ledger knows of a line, a drawdown, an enterprise.

use alloc::{string::String, vec::Vec};

use countersign_record::Digest;
use minicbor::{Decode, Encode};
use serde::Serialize;

use super::{
    bodies::{Grade, GuarantorKind, Scope},
    set::{Live, LiveSet},
};
pub use crate::family::desk::{By, Due};
use crate::{
    family::shapes::{part, words},
    shared::Shared,
};

/// The state of a subject of this family.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(untagged)]
pub enum State {
    /// `line:FILING_NO`.
    #[n(0)]
    Line(#[n(0)] Shared<Line>),
    /// `drawdown:ENTRY_NO`.
    #[n(1)]
    Drawdown(#[n(0)] Shared<Drawdown>),
    /// `enterprise:USCC`.
    #[n(2)]
    Enterprise(#[n(0)] Shared<Enterprise>),
}

words! {
    /// How a line stands.
    Standing {
        /// Filed by customs; the guarantor has not signed 备案.
        0 Filed = "filed",
        /// May be drawn on within its term 有效.
        1 Active = "active",
        /// No new draws until customs resumes it 暂停.
        2 Suspended = "suspended",
        /// Its term is over; what was drawn stays secured 到期.
        3 Expired = "expired",
        /// Ended, with nothing drawn 注销.
        4 Closed = "closed",
    }
}

part! {
    /// A guarantee line. Its size does not depend on how many drawdowns live on it.
    Line {
        /// How it stands.
        1 standing: Standing,
        /// The office that filed it.
        2 by: By,
        /// That office's district, n4.
        3 office: String,
        /// The letter, policy or deposit.
        4 instrument_no: String,
        /// Who stands behind it.
        5 guarantor_kind: GuarantorKind,
        /// The enterprise whose taxes it secures.
        6 enterprise: String,
        /// Directly affiliated offices in whose districts it may be used, n2.
        7 beneficiaries: Vec<String>,
        /// What may be drawn at most, fen.
        8 limit_fen: u64,
        /// What is drawn: the sum of what is open on its live drawdowns, fen.
        9 used_fen: u64,
        /// How many drawdowns live on it.
        10 live: u64,
        /// The commitment to them all.
        11 live_set: LiveSet,
        /// What it secures.
        12 scope: Vec<Scope>,
        /// The first moment of its term.
        13 valid_from: u64,
        /// The last moment of its term.
        14 valid_to: u64,
        /// Whether the guarantor answers for late fees.
        15 covers_late_fee: bool,
        /// Digest of the instrument's electronic data.
        16 data_digest: Digest,
        /// Declarants that may reserve on it beside the enterprise.
        17 declarants: Vec<String>,
        /// Claims that are not settled.
        18 claims_open: u64,
        /// What the guarantor has paid so far, fen.
        19 settled_fen: u64,
        /// The last notice of its end that was given, in days before it; 0 for none.
        20 notice_days: u64,
        ;
        /// The guarantor; none where it is cash.
        21 guarantor: String,
        /// Who activated it.
        22 activated: By,
    }
}

impl Line {
    /// What is left of the limit, fen.
    pub fn headroom_fen(&self) -> u64 {
        self.limit_fen.saturating_sub(self.used_fen)
    }

    /// Whether it is cash, for which no third party signs.
    pub fn is_cash(&self) -> bool {
        self.guarantor_kind == GuarantorKind::Cash
    }
}

words! {
    /// How a drawdown stands.
    Stage {
        /// The declaration was accepted 预留.
        0 Reserved = "reserved",
        /// The goods were released 核扣.
        1 Drawn = "drawn",
        /// The assessment changed it after the release 核税变更.
        2 Adjusted = "adjusted",
        /// The due day passed 逾期.
        3 Overdue = "overdue",
        /// Customs has called the guarantor 索赔.
        4 Claimed = "claimed",
        /// The enterprise paid; the limit is restored 已缴/恢复额度.
        5 Paid = "paid",
        /// The guarantor paid 代偿.
        6 Settled = "settled",
        /// Never needed 释放.
        7 Freed = "freed",
        /// Waived for an advanced AEO: a zero entry 免担保.
        8 Waived = "waived",
    }
}

impl Stage {
    /// Whether the line still answers for it.
    pub fn is_live(self) -> bool {
        matches!(
            self,
            Self::Reserved | Self::Drawn | Self::Adjusted | Self::Overdue | Self::Claimed
        )
    }

    /// Whether the tax is owed and nobody was called yet.
    pub fn is_owed(self) -> bool {
        matches!(self, Self::Drawn | Self::Adjusted | Self::Overdue)
    }
}

part! {
    /// What a declaration draws on a line.
    Drawdown {
        /// How it stands.
        1 stage: Stage,
        /// The line; empty where it is waived.
        2 filing_no: String,
        /// The enterprise whose tax it is.
        3 enterprise: String,
        /// The tax as assessed, fen.
        4 amount_fen: u64,
        /// How much of it the enterprise has paid, fen.
        5 paid_fen: u64,
        /// Late fees that the enterprise has paid, fen.
        6 late_fee_fen: u64,
        /// What the guarantor has paid, fen.
        7 guarantor_fen: u64,
        /// The last moment of the day on which the tax falls due.
        8 due: u64,
        /// Whether that day was stated, not counted by the rule.
        9 due_stated: bool,
        /// Who reserved it, or waived it.
        10 by: By,
        ;
        /// Under which class of matter; none where it is waived.
        11 scope: Scope,
        /// The guarantor; none where it is cash or waived.
        12 guarantor: String,
        /// Who released the goods on it.
        13 drawn: By,
        /// The last tax bill.
        14 tax_bill_no: String,
        /// The claim on the guarantor.
        15 claim: Claimed,
        /// The reference of the guarantor's payment.
        16 payment_ref: String,
    }
}

impl Drawdown {
    /// What the line still answers for, without late fees, fen.
    pub fn open_fen(&self) -> u64 {
        if self.stage.is_live() { self.amount_fen.saturating_sub(self.paid_fen) } else { 0 }
    }

    /// What the line commits to, as long as it lives.
    pub fn live(&self, entry_no: &str) -> Option<Live> {
        self.scope.filter(|_| self.stage.is_live()).map(|scope| Live {
            entry_no: entry_no.into(),
            open_fen: self.open_fen(),
            scope,
            due: self.due,
            enterprise: self.enterprise.clone(),
        })
    }
}

part! {
    /// A claim on a guarantor.
    Claimed {
        /// The office.
        1 by: By,
        /// The tax, fen.
        2 principal_fen: u64,
        /// The late fee that the guarantor owes, fen.
        3 late_fee_fen: u64,
        /// Days from the due day to the claim.
        4 days_late: u64,
        /// Until when the guarantor should pay.
        5 due: Due,
    }
}

impl Claimed {
    /// What the guarantor owes, fen.
    pub fn total_fen(&self) -> u64 {
        self.principal_fen.saturating_add(self.late_fee_fen)
    }
}

part! {
    /// An enterprise and its credit grade.
    Enterprise {
        /// The grade.
        1 grade: Grade,
        /// The office that gave it.
        2 by: By,
        /// Why.
        3 reason: String,
    }
}
