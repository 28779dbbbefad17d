//! `check`: what a body must be by itself, before any state is read.

use alloc::{format, string::String};

use super::{
    bodies::{GuaranteeFile, GuarantorKind, Scope},
    kinds::{Action, Subject},
};
use crate::{
    family::fields::Fields,
    identifiers::{DeclarationNumber, Uscc},
    limits::{BENEFICIARIES_MAX, FEN_MAX, NAMED_DECLARANTS_MAX},
    refusal::Refusal,
};

/// Longest filing number, bytes.
const FILING_NO_BYTES: usize = 20;

impl Fields {
    fn amount(&mut self, field: &str, fen: u64) {
        self.ensure(
            (1..=FEN_MAX).contains(&fen),
            field,
            fen,
            format!("more than 0 and at most {FEN_MAX}"),
        );
    }

    fn guarantee(&mut self, b: &GuaranteeFile) {
        self.code("instrument_no", &b.instrument_no);
        self.code("enterprise_uscc", &b.enterprise_uscc);
        self.count("beneficiaries", b.beneficiaries.len(), BENEFICIARIES_MAX);
        b.beneficiaries.iter().for_each(|o| self.digits("beneficiaries", o, 2));
        self.unique("beneficiaries", b.beneficiaries.iter().map(String::as_str));
        self.amount("limit_fen", b.limit_fen);
        self.count("scope", b.scope.len(), Scope::ALL.len());
        self.unique("scope", b.scope.iter().map(|s| s.name()));
        let term = format!("after valid_from, {}", b.valid_from);
        self.ensure(b.valid_to > b.valid_from, "valid_to", b.valid_to, term);
        let most = format!("at most {NAMED_DECLARANTS_MAX}");
        let declarants = b.declarants.len();
        self.ensure(declarants <= NAMED_DECLARANTS_MAX, "declarants", declarants, most);
        b.declarants.iter().for_each(|d| self.code("declarants", d));
        self.unique("declarants", b.declarants.iter().map(String::as_str));
        if b.guarantor_kind == GuarantorKind::Cash {
            let found = b.guarantor_uscc.as_deref().unwrap_or_default();
            self.ensure(b.guarantor_uscc.is_none(), "guarantor_uscc", found, "none, with cash");
        } else {
            self.present("guarantor_uscc", b.guarantor_uscc.is_some());
        }
        if let Some(guarantor) = &b.guarantor_uscc {
            self.read(Uscc::parse("guarantor_uscc", guarantor));
        }
    }
}

impl Action {
    /// Everything about the body that needs no state.
    pub(super) fn check_fields(&self) -> Result<(), Refusal> {
        let mut f = Fields::default();
        match self.subject() {
            Subject::Line(no) => f.text("filing_no", no, FILING_NO_BYTES),
            Subject::Drawdown(no) => f.read(DeclarationNumber::parse("entry_no", no)),
            Subject::Enterprise(uscc) => f.code("enterprise_uscc", uscc),
        }
        self.check_body(&mut f);
        f.answer()
    }

    fn check_body(&self, f: &mut Fields) {
        match self {
            Self::GuaranteeFile { body, .. } => f.guarantee(body),
            // Any digest is a digest.
            Self::Activate { .. } => {}
            Self::Suspend { body, .. }
            | Self::Resume { body, .. }
            | Self::Close { body, .. }
            | Self::Cancel { body, .. }
            | Self::WithdrawClaim { body, .. } => f.words("reason", &body.reason),
            Self::Amend { body, .. } => {
                f.words("reason", &body.reason);
                body.limit_fen.into_iter().for_each(|fen| f.amount("limit_fen", fen));
            }
            Self::Reserve { body, .. } => {
                f.text("filing_no", &body.filing_no, FILING_NO_BYTES);
                f.amount("amount_fen", body.amount_fen);
            }
            Self::Draw { body, .. } => f.code("tax_bill_no", &body.tax_bill_no),
            Self::Adjust { body, .. } => {
                f.code("tax_bill_no", &body.tax_bill_no);
                f.amount("amount_fen", body.amount_fen);
            }
            Self::Restore { body, .. } => {
                f.code("tax_bill_no", &body.tax_bill_no);
                f.amount("paid_fen", body.paid_fen);
            }
            Self::Claim { body, .. } => f.amount("principal_fen", body.principal_fen),
            Self::Settle { body, .. } => f.code("payment_ref", &body.payment_ref),
            Self::CreditGrade { body, .. } => f.words("reason", &body.reason),
        }
    }
}
