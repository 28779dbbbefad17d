//! What each kind of entry carries: one body a kind, in its one encoding and as JSON.
//!
//! What names the subject (the certificate number, the code of the kind, the application number)
//! stands in the action's subject and not again in the body. Times are UTC milliseconds since 1970;
//! quantities are thousandths of the unit (`_milli`); money is in the smallest unit of its currency
//! (`_minor`). Persons stand as salted digests only. A field after the `;` may be absent.

mod application;
mod life;
mod register;

pub use application::{
    Animal, Application, Criterion, Decision, Invoice, Isolation, Item, Ruling, Sample, Term,
    Transport, VehicleGroup,
};
pub use life::{
    Amendment, AnimalsReturned, ArchivePrint, Countersignature, CourierEvent, CourierStep,
    Delivery, DeliveryMode, GateScan, Issue, ItemUse, LetterFile, Print, Purpose, Revocation,
    RevocationCause, Use,
};
pub use register::{
    Comparison, Condition, ExporterFiling, Field, KindRegistration, Outcome, Part, RuleActivation,
    RuleRow, RuleSet, Text, UseMode, Values,
};

use alloc::string::String;

use crate::family::shapes::body;

body! {
    /// Body of `withdraw`.
    Reason {
        /// Why, for people.
        1 reason: String,
    }
}
