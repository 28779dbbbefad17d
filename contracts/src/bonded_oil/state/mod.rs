//! The records of this family: an account, an application, a delivery, a central declaration.

mod account;
mod application;
mod delivery;

use minicbor::{Decode, Encode};
use serde::Serialize;

pub use account::*;
pub use application::*;
pub use delivery::*;

pub use crate::family::desk::{By, Due};
use crate::shared::Shared;

/// The state of a subject of this family.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(untagged)]
pub enum State {
    /// `account:NO`.
    #[n(0)]
    Account(#[n(0)] Shared<Account>),
    /// `application:NO`.
    #[n(1)]
    Application(#[n(0)] Shared<Application>),
    /// `delivery:NO`.
    #[n(2)]
    Delivery(#[n(0)] Shared<DeliveryRecord>),
    /// `declaration:NO`.
    #[n(3)]
    Declaration(#[n(0)] Shared<DeclarationRecord>),
}
