//! The records of this family: what the ledger knows of a bill, a container, a plan, a ship.

mod bill;
mod container;
mod plan;

use minicbor::{Decode, Encode};
use serde::Serialize;

pub use bill::*;
pub use container::*;
pub use plan::*;

pub use crate::family::desk::{By, Due};
use crate::shared::Shared;

/// The state of a subject of this family.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(untagged)]
pub enum State {
    /// `bill:NO`.
    #[n(0)]
    Bill(#[n(0)] Shared<Bill>),
    /// `box:NO`.
    #[n(1)]
    Box(#[n(0)] Shared<BoxRecord>),
    /// `plan:BATCH`.
    #[n(2)]
    Plan(#[n(0)] Shared<Plan>),
    /// `ship:ID`.
    #[n(3)]
    Ship(#[n(0)] Shared<Ship>),
    /// `enterprise:USCC`.
    #[n(4)]
    Enterprise(#[n(0)] Shared<Enterprise>),
    /// `declaration:NO`.
    #[n(5)]
    Declaration(#[n(0)] Shared<DeclarationRecord>),
}
