//! Family `certificate`: what an office certifies for an enterprise, reviewed by rules that are data
//! (cases 8, 16, 24, 33, 37, 40).
//!
//! ```text
//!  KIND         data: what an application carries, how it is numbered, used, signed
//!  RULESET      data: rows of conditions, an outcome, a reason; a version never changes
//!  REVIEW       an office's version in force for a kind ◄── activate_rules
//!
//!  APPLICATION  apply ──► reviewed in the same step by the rules in force
//!                 ├── pass ─────────► PASSED ──────────────── issue ──► ISSUED
//!                 ├── return ───────► RETURNED ── resubmit ──► reviewed again
//!                 ├── manual ───────► MANUAL ──────── rule ──► PASSED, RETURNED or REFUSED
//!                 └── investigate ──► INVESTIGATED ── rule ──► PASSED or REFUSED
//!               withdraw, before issue and not under investigation ──► WITHDRAWN
//! ```
//!
//! Every row of a rule set is looked at, and of those that hit the severest outcome stands, so the
//! order of rows decides nothing. A review names the rule set, the rows that hit and the version of
//! the engine: with the application, the grade of that day and the time, which the record keeps, it
//! can be repeated for ever with the same result ([`fn@review_again`]). Where an office has no rules in
//! force, every application waits for an officer.
//!
//! Subjects: `kind:CODE`, `exporter:USCC`, `ruleset:DISTRICT.KIND.VERSION`, `review:DISTRICT.KIND`,
//! `application:NO`; and, in [`life`], `certificate:NO`, `letter:NO`, `animal:CHIP`,
//! `invoice:USCC.NO`, `serial:STEM`, `paper:SHA256`, `archive:ENTRY_NO`.

mod alerts;
mod application;
pub mod bodies;
mod deadlines;
pub mod events;
mod fields;
mod kinds;
mod life;
pub mod number;
mod reading;
mod register;
pub mod review;
pub mod state;

#[cfg(test)]
pub(crate) mod tests;

pub use application::require_fit;
pub use events::{Event, evolve};
pub use kinds::{Action, KINDS, SCHEMA, Subject, body_from_json, body_to_json};
pub use life::{
    PaperStanding, PublicStanding, ShownItem, Signed, Vehicle, Word, paper_standing, standing,
};
pub use review::{ENGINE, Facts, Verdict, check_rules, review, review_again};
pub use state::State;

use crate::{
    family::{Actor, Events, FamilyName, desk::Desk},
    world::{Moment, No, World},
};

/// Parameters that the founding document must set.
pub const PARAMETERS: &[&str] = &[
    // How long an application may wait for an officer before an alert is raised, milliseconds.
    "certificate.review_ms",
];

impl Action {
    /// Decides on state: what happens, or why not.
    ///
    /// # Errors
    /// The first rule that is broken, or a store that could not answer.
    pub fn decide(&self, world: &World<'_>, actor: &Actor, now: Moment) -> Result<Events, No> {
        let desk = Desk { family: FamilyName::Certificate, world, actor, now };
        let name = self.subject().name();
        match self {
            Self::RegisterKind { body, .. } => register::kind(desk, name, body),
            Self::FileExporter { body, .. } => Ok(register::exporter(desk, name, body)),
            Self::RegisterRules { body, .. } => register::rules(desk, name, body),
            Self::ActivateRules { body, .. } => register::activate(desk, name, body),
            Self::Apply { body, sealed, .. } => application::apply(desk, name, body, sealed),
            Self::Resubmit { body, sealed, .. } => application::resubmit(desk, name, body, sealed),
            Self::Withdraw { body, .. } => application::withdraw(desk, name, body),
            Self::Rule { body, .. } => application::rule(desk, name, body),
            Self::Issue { body, .. } => life::issue::issue(desk, name, body),
            Self::Countersign { body, .. } => life::signing::countersign(desk, name, body),
            Self::Print { body, .. } => life::papers::print(desk, name, body),
            Self::Deliver { body, .. } => life::papers::deliver(desk, name, body),
            Self::CourierEvent { body, .. } => life::papers::courier_event(desk, name, body),
            Self::Use { body, .. } => life::uses::consume(desk, name, body),
            Self::GateScan { body, .. } => life::vehicles::gate_scan(desk, name, body),
            Self::Amend { body, .. } => life::vehicles::amend(desk, name, body),
            Self::CountersignAmendment { body, .. } => life::vehicles::agree(desk, name, body),
            Self::Revoke { body, .. } => life::signing::revoke(desk, name, body),
            Self::FileLetter { body, .. } => life::letters::file(desk, name, body),
            Self::AnimalsReturned { body, .. } => life::letters::returned(desk, name, body),
            Self::ArchivePrint { body, .. } => life::archive::print(desk, name, body),
        }
    }
}
