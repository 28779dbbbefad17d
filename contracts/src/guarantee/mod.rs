//! Family `guarantee`: one security for many taxes, used and restored (case 7, with case 5).
//!
//! ```text
//!  LINE   FILED ──activate──► ACTIVE ◄──resume/suspend──► SUSPENDED
//!         (registered-place    │  amend: limit and term      │
//!          customs)            │  (guarantor)                │
//!           │                  └── valid_to passes by itself ┘
//!           │                              ▼
//!           └──────────────────────────► EXPIRED ──► CLOSED, with nothing live
//!
//!  DRAWDOWN, one live a declaration
//!         reserve ──► RESERVED ──release / draw──► DRAWN ──adjust──► ADJUSTED
//!   (declaration        │   ▲                       └──────┬────────────┘
//!    accepted)          │   └──release taken back──        ├── restore (tax paid) ──► PAID
//!                       ▼                                  ▼ the due day passes by itself
//!                     FREED                             OVERDUE ── restore ──► PAID
//!       withdrawn, taken back, cancelled, not needed       │ claim (customs: tax and late fee)
//!                                                          ▼
//!  WAIVED: a zero entry for an advanced AEO             CLAIMED ── settle (guarantor) ──► SETTLED
//! ```
//!
//! *Used* is the sum of what is open on a line's live drawdowns, and never more than its limit:
//! `reserve` is decided in the order of the ledger, so of two that race for the last yuan one has
//! it, and the other is told what is left. The end of a line stops new draws; it never ends the
//! liability for what was drawn or reserved before. Suspension stops new draws too, not the release
//! of what is already reserved.
//!
//! A line may be hot, with many parties drawing on it and thousands of drawdowns alive. Its record
//! therefore keeps their number, their sum and a commitment to them (`set`), not their list; a
//! drawdown is a subject of its own, `drawdown:ENTRY_NO`. Where what the line commits to stays the
//! same (a release, the passing of the due day), the line is not touched at all.
//!
//! Late fees do not count as used. They run from the day after the due day to the day of payment or
//! claim, at a rate that the founding document sets, rounded half up to the fen once.
//!
//! Subjects: `line:FILING_NO`, `drawdown:ENTRY_NO`, `enterprise:USCC` (its credit grade).

mod alerts;
pub mod bodies;
mod concern;
mod deadlines;
mod draws;
pub mod events;
mod exposure;
mod fields;
mod kinds;
mod lines;
mod money;
mod payments;
mod reading;
mod set;
pub mod state;
mod statement;
pub(crate) mod ties;

#[cfg(test)]
pub(crate) mod tests;

pub use events::{Event, evolve};
pub use exposure::{Amount, Exposure, Holding, LineExposure, OpenClaim, exposure};
pub use kinds::{Action, KINDS, SCHEMA, Subject, body_from_json, body_to_json};
pub use money::{daily_fee, days_late};
pub use set::{BadListing, Live, LiveSet, check_listing, check_live};
pub use state::State;
pub use statement::{
    LineStatement, StatementFault, VerifiedStatement, is_line_statement, verify_statement,
};

use crate::{
    family::{Actor, Events, FamilyName, desk::Desk},
    world::{Moment, No, World},
};

/// Parameters that the founding document must set.
pub const PARAMETERS: &[&str] = &[
    // Hundred-thousandths of the tax a day: 50 is 0.05 %.
    "guarantee.late_fee_per_100000_a_day",
    // Days from the tax bill to the due day.
    "guarantee.tax_due_days",
    // Consolidated tax falls due on the nth working day of the next month.
    "guarantee.consolidated_due_working_day",
    // How long a guarantor may take to pay a claim before an alert is raised, milliseconds.
    "guarantee.claim_answer_ms",
];

impl Action {
    /// Decides on state: what happens, or why not.
    ///
    /// # Errors
    /// The first rule that is broken, or a store that could not answer.
    pub fn decide(&self, world: &World<'_>, actor: &Actor, now: Moment) -> Result<Events, No> {
        let desk = Desk { family: FamilyName::Guarantee, world, actor, now };
        let name = self.subject().name();
        match self {
            Self::GuaranteeFile { body, .. } => lines::file(desk, name, body),
            Self::Activate { body, .. } => lines::activate(desk, name, body),
            Self::Suspend { body, .. } => lines::suspend(desk, name, body),
            Self::Resume { body, .. } => lines::resume(desk, name, body),
            Self::Amend { body, .. } => lines::amend(desk, name, body),
            Self::Close { body, .. } => lines::close(desk, name, body),
            Self::Reserve { body, .. } => draws::reserve(desk, name, body),
            Self::Cancel { body, .. } => draws::cancel(desk, name, body),
            Self::Draw { body, .. } => draws::draw(desk, name, body),
            Self::Adjust { body, .. } => draws::adjust(desk, name, body),
            Self::Restore { body, .. } => payments::restore(desk, name, body),
            Self::Claim { body, .. } => payments::claim(desk, name, body),
            Self::WithdrawClaim { body, .. } => payments::withdraw_claim(desk, name, body),
            Self::Settle { body, .. } => payments::settle(desk, name, body),
            Self::CreditGrade { body, .. } => lines::grade(desk, name, body),
        }
    }
}
