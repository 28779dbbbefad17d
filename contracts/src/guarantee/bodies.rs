//! What each kind of entry carries: one body a kind, in its one encoding and as JSON.
//!
//! The filing number, the declaration number and the graded enterprise stand in the action's
//! subject and not again in the body. Amounts are fen of CNY (`_fen`); times are UTC milliseconds
//! since 1970. A field after the `;` may be absent.

use alloc::{string::String, vec::Vec};

use countersign_record::Digest;

use crate::family::shapes::{body, words};

words! {
    /// Who stands behind a line (case 7).
    GuarantorKind {
        /// A bank's letter of guarantee 银行保函.
        0 Bank = "bank",
        /// Duty bond insurance 关税保证保险.
        1 Insurer = "insurer",
        /// The finance company of the group 集团财务公司.
        2 FinanceCompany = "finance_company",
        /// Another firm 第三方企业增信担保.
        3 ThirdParty = "third_party",
        /// A cash deposit, held by customs: nobody else signs for it 保证金.
        4 Cash = "cash",
    }
}

words! {
    /// A class of customs matter that a line secures (announcement 2021/100).
    Scope {
        /// Tax paid once a month 汇总征税.
        0 Consolidated = "consolidated",
        /// Tax paid within its term 纳税期限.
        1 PaymentTerm = "payment_term",
        /// Tax whose elements are still to be settled 征税要素.
        2 TaxElements = "tax_elements",
    }
}

words! {
    /// How customs grades an enterprise's credit.
    Grade {
        /// Advanced certified enterprise 高级认证企业.
        0 Advanced = "advanced",
        /// Registered; also every enterprise that was never graded 注册登记和备案企业.
        1 Registered = "registered",
        /// Discredited: secures with cash only 失信企业.
        2 Discredited = "discredited",
    }
}

body! {
    /// Body of `guarantee_file`, by registered-place customs.
    GuaranteeFile {
        /// The number of the letter, policy or deposit, an..64.
        1 instrument_no: String,
        /// Who stands behind it.
        2 guarantor_kind: GuarantorKind,
        /// The enterprise whose taxes it secures.
        3 enterprise_uscc: String,
        /// Its grade; where the ledger knows one, the same.
        4 credit_grade: Grade,
        /// The directly affiliated offices in whose districts it may be used, n2 each: the one of
        /// the signing office, and those where goods are declared.
        5 beneficiaries: Vec<String>,
        /// The limit, more than 0.
        6 limit_fen: u64,
        /// What it secures, at least one.
        7 scope: Vec<Scope>,
        /// The first moment at which it may be drawn on.
        8 valid_from: u64,
        /// The last moment at which it may be drawn on.
        9 valid_to: u64,
        /// Whether the guarantor also answers for late fees.
        10 covers_late_fee: bool,
        /// Digest of the instrument's electronic data, as customs received them.
        11 data_digest: Digest,
        /// Declarants that may reserve on it beside the enterprise; none is none.
        12 declarants: Vec<String>,
        ;
        /// The guarantor; absent with a cash deposit alone.
        13 guarantor_uscc: String,
    }
}

body! {
    /// Body of `activate`, by the guarantor; by the filing office where the line is cash.
    Activation {
        /// Digest of the electronic data that the guarantor holds: the same that customs filed.
        1 data_digest: Digest,
    }
}

body! {
    /// Body of `suspend`, `resume`, `close`, `cancel` and `withdraw_claim`.
    Reason {
        /// Why, for people.
        1 reason: String,
    }
}

body! {
    /// Body of `amend`, by the guarantor; by the filing office where the line is cash.
    Amendment {
        /// Why, for people.
        1 reason: String,
        ;
        /// The new limit, at least what is used.
        2 limit_fen: u64,
        /// The new last moment, still to come.
        3 valid_to: u64,
    }
}

body! {
    /// Body of `reserve`: by the line's enterprise, a declarant that the line names, or the office
    /// where it is declared.
    Reservation {
        /// The line.
        1 filing_no: String,
        /// The tax to be secured, more than 0.
        2 amount_fen: u64,
        /// Under which class of matter; one of the line's.
        3 scope: Scope,
        ;
        /// A moment of the day on which the tax falls due. Absent: by the office's rule, counted
        /// from the release.
        4 due: u64,
    }
}

body! {
    /// Body of `draw`, by the office where it is declared.
    Draw {
        /// The tax bill, an..64.
        1 tax_bill_no: String,
        ;
        /// A moment of the day on which the tax falls due. Absent: as reserved, or by the rule.
        2 due: u64,
    }
}

body! {
    /// Body of `adjust`, by the office where it is declared.
    Adjustment {
        /// The tax bill.
        1 tax_bill_no: String,
        /// The whole tax as assessed now, more than 0 and at least what is paid.
        2 amount_fen: u64,
        ;
        /// A moment of the day on which the tax falls due. Absent: as before.
        3 due: u64,
    }
}

body! {
    /// Body of `restore`, by the office where it is declared.
    Restoration {
        /// The tax bill.
        1 tax_bill_no: String,
        /// How much of the tax was paid, more than 0 and at most what is open.
        2 paid_fen: u64,
        /// When it was paid. Late fees are counted up to that day.
        3 paid_at: u64,
        ;
        /// The late fee that was paid with it; where it is stated, what the rule gives.
        4 late_fee_fen: u64,
    }
}

body! {
    /// Body of `claim`, by the office where it is declared, or another beneficiary.
    Claim {
        /// The tax that is open.
        1 principal_fen: u64,
        /// The late fee until the day of the claim; 0 where the line does not cover it.
        2 late_fee_fen: u64,
    }
}

body! {
    /// Body of `settle`, by the guarantor; by the office where it is declared where it is cash.
    Settlement {
        /// The reference of the payment, an..64.
        1 payment_ref: String,
        /// What was paid: principal and late fee of the claim.
        2 paid_fen: u64,
    }
}

body! {
    /// Body of `credit_grade`.
    CreditGrading {
        /// The grade from now on.
        1 grade: Grade,
        /// Why, for people.
        2 reason: String,
    }
}
