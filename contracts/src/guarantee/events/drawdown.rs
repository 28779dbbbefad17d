//! What happens to a drawdown.

use alloc::string::String;

use countersign_record::Digest;
use minicbor::{Decode, Encode};
use serde::Serialize;

use crate::guarantee::state::{By, Claimed, Drawdown, Stage};

/// Why a drawdown was never needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Freeing {
    /// Somebody who may said so.
    #[n(0)]
    Cancelled,
    /// The goods were withdrawn 退关.
    #[n(1)]
    Withdrawn,
    /// The declaration, or the release with its waiver, was taken back.
    #[n(2)]
    Voided,
    /// The goods were released without it: paid, or nothing due.
    #[n(3)]
    NotNeeded,
}

/// Something that happened to a drawdown.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum DrawdownEvent {
    /// It was reserved on a line.
    #[n(0)]
    Reserved {
        /// The drawdown.
        #[n(0)]
        drawdown: Drawdown,
    },
    /// The security was waived: a zero entry.
    #[n(1)]
    Waived {
        /// The office.
        #[n(0)]
        by: By,
        /// Whose tax it is.
        #[n(1)]
        enterprise: String,
    },
    /// It was never needed.
    #[n(2)]
    Freed {
        /// Who.
        #[n(0)]
        by: By,
        /// Why.
        #[n(1)]
        freeing: Freeing,
        /// Why, in words.
        #[n(2)]
        reason: Option<String>,
    },
    /// The goods were released on it.
    #[n(3)]
    Drawn {
        /// The office.
        #[n(0)]
        by: By,
        /// The last moment of the due day.
        #[n(1)]
        due: u64,
        /// Whether that day was stated.
        #[n(2)]
        due_stated: bool,
        /// The tax bill.
        #[n(3)]
        tax_bill_no: Option<String>,
    },
    /// The release was taken back: it is reserved again.
    #[n(4)]
    Undrawn {
        /// The office.
        #[n(0)]
        by: By,
    },
    /// The assessment changed it.
    #[n(5)]
    Adjusted {
        /// The office.
        #[n(0)]
        by: By,
        /// The tax bill.
        #[n(1)]
        tax_bill_no: String,
        /// The whole tax, fen.
        #[n(2)]
        amount_fen: u64,
        /// The last moment of the due day.
        #[n(3)]
        due: u64,
        /// Whether that day was stated.
        #[n(4)]
        due_stated: bool,
    },
    /// The enterprise paid.
    #[n(6)]
    Restored {
        /// The office.
        #[n(0)]
        by: By,
        /// The tax bill.
        #[n(1)]
        tax_bill_no: String,
        /// How much of the tax, fen.
        #[n(2)]
        paid_fen: u64,
        /// The late fee paid with it, fen.
        #[n(3)]
        late_fee_fen: u64,
        /// When.
        #[n(4)]
        paid_at: u64,
    },
    /// The due day passed.
    #[n(7)]
    Overdue,
    /// Customs called the guarantor.
    #[n(8)]
    Claimed {
        /// The claim.
        #[n(0)]
        claim: Claimed,
    },
    /// The guarantor has not paid in time.
    #[n(9)]
    ClaimUnanswered,
    /// Customs took its claim back.
    #[n(10)]
    ClaimWithdrawn {
        /// The office.
        #[n(0)]
        by: By,
        /// Why.
        #[n(1)]
        reason: String,
    },
    /// The guarantor paid.
    #[n(11)]
    Settled {
        /// Who.
        #[n(0)]
        by: By,
        /// The reference of the payment.
        #[n(1)]
        payment_ref: String,
        /// How much, fen.
        #[n(2)]
        paid_fen: u64,
    },
}

/// The drawdown of a declaration that has none.
pub(super) fn none() -> Drawdown {
    Drawdown {
        stage: Stage::Freed,
        filing_no: String::new(),
        enterprise: String::new(),
        amount_fen: 0,
        paid_fen: 0,
        late_fee_fen: 0,
        guarantor_fen: 0,
        due: 0,
        due_stated: false,
        by: By { party: String::new(), entry: Digest::ZERO, at: 0 },
        scope: None,
        guarantor: None,
        drawn: None,
        tax_bill_no: None,
        claim: None,
        payment_ref: None,
    }
}

impl Drawdown {
    /// The drawdown after something happened.
    #[must_use]
    pub(crate) fn after(mut self, event: &DrawdownEvent) -> Self {
        match event.clone() {
            DrawdownEvent::Reserved { drawdown } => return drawdown,
            DrawdownEvent::Waived { by, enterprise } => {
                return Self { stage: Stage::Waived, by, enterprise, ..none() };
            }
            DrawdownEvent::Freed { .. } => self.stage = Stage::Freed,
            DrawdownEvent::Drawn { by, due, due_stated, tax_bill_no } => {
                self.stage = Stage::Drawn;
                self.drawn = Some(by);
                (self.due, self.due_stated) = (due, due_stated);
                self.tax_bill_no = tax_bill_no.or(self.tax_bill_no);
            }
            DrawdownEvent::Undrawn { .. } => {
                self.stage = Stage::Reserved;
                self.drawn = None;
            }
            DrawdownEvent::Adjusted { tax_bill_no, amount_fen, due, due_stated, by } => {
                self.tax_bill_no = Some(tax_bill_no);
                self.amount_fen = amount_fen;
                (self.due, self.due_stated) = (due, due_stated);
                self.reassess(by.at);
            }
            DrawdownEvent::Restored { tax_bill_no, paid_fen, late_fee_fen, .. } => {
                self.tax_bill_no = Some(tax_bill_no);
                self.paid_fen = self.paid_fen.saturating_add(paid_fen);
                self.late_fee_fen = self.late_fee_fen.saturating_add(late_fee_fen);
                if self.open_fen() == 0 {
                    self.stage = Stage::Paid;
                }
            }
            DrawdownEvent::Overdue => self.stage = Stage::Overdue,
            DrawdownEvent::Claimed { claim } => {
                self.stage = Stage::Claimed;
                self.claim = Some(claim);
            }
            DrawdownEvent::ClaimUnanswered => {
                self.claim.iter_mut().for_each(|c| c.due.overdue = true);
            }
            DrawdownEvent::ClaimWithdrawn { .. } => {
                self.stage = Stage::Overdue;
                self.claim = None;
            }
            DrawdownEvent::Settled { payment_ref, paid_fen, .. } => {
                self.stage = Stage::Settled;
                self.payment_ref = Some(payment_ref);
                self.guarantor_fen = self.guarantor_fen.saturating_add(paid_fen);
            }
        }
        self
    }

    /// The stage after an assessment at a moment: a reservation stays one, an assessment of no more
    /// than what is paid ends it, and a later day ends its being overdue.
    fn reassess(&mut self, at: u64) {
        if self.stage == Stage::Reserved {
            return;
        }
        self.stage = if self.open_fen() == 0 {
            Stage::Paid
        } else if self.due < at {
            Stage::Overdue
        } else {
            Stage::Adjusted
        };
    }
}
