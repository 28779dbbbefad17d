//! The one table of kinds: name, subject, body, who may sign. Rules read every field of this family,
//! so none may be sealed.

use super::bodies;
use crate::family::shapes::{kinds, names};

names! {
    /// A guarantee line, by its filing number 担保备案编号.
    Line "line";
    /// What a declaration draws on a line, by the declaration's number: a declaration has one.
    Drawdown "drawdown";
    /// An enterprise and its credit grade, by its USCC.
    Enterprise "enterprise";
}

/// The version of every body's schema.
pub const SCHEMA: u32 = 1;

kinds! {
    /// Registered-place customs files an instrument.
    GuaranteeFile(GuaranteeFile) "guarantee_file" ["line"] [Customs] [];
    /// The guarantor puts its own signature under what customs filed.
    Activate(Activation) "activate" ["line"] [Guarantor, Customs] [];
    /// No new draws for now.
    Suspend(Reason) "suspend" ["line"] [Customs] [];
    /// New draws again.
    Resume(Reason) "resume" ["line"] [Customs] [];
    /// Another limit or term; the guarantor signs.
    Amend(Amendment) "amend" ["line"] [Guarantor, Customs] [];
    /// The line ends.
    Close(Reason) "close" ["line"] [Customs] [];

    /// A declaration takes its part of the limit.
    Reserve(Reservation) "reserve" ["drawdown"] [Declarant, Customs] [];
    /// What was reserved is not needed.
    Cancel(Reason) "cancel" ["drawdown"] [Declarant, Customs] [];
    /// The goods are released, for a declaration that is not on this ledger.
    Draw(Draw) "draw" ["drawdown"] [Customs] [];
    /// The assessment changes the amount.
    Adjust(Adjustment) "adjust" ["drawdown"] [Customs] [];
    /// The enterprise has paid, wholly or in part.
    Restore(Restoration) "restore" ["drawdown"] [Customs] [];
    /// Customs calls the guarantor.
    Claim(Claim) "claim" ["drawdown"] [Customs] [];
    /// Customs takes its claim back.
    WithdrawClaim(Reason) "withdraw_claim" ["drawdown"] [Customs] [];
    /// The guarantor has paid; cash is booked by customs.
    Settle(Settlement) "settle" ["drawdown"] [Guarantor, Customs] [];

    /// Customs grades an enterprise.
    CreditGrade(CreditGrading) "credit_grade" ["enterprise"] [Customs] [];
}
