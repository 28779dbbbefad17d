//! The records of a delivery and of a central declaration.

use alloc::{string::String, vec::Vec};

use minicbor::{Decode, Encode};
use serde::Serialize;

use super::{By, Due};
use crate::{
    bonded_oil::bodies::{CentralDeclaration, Confirmation, Delivery},
    family::shapes::part,
};

/// How far a delivery has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum DeliveryStage {
    /// The barge has stated it.
    #[n(0)]
    Stated,
    /// The ship's figures differ; excluded until a surveyor signs.
    #[n(1)]
    Disputed,
    /// Both figures agree, or a surveyor has signed.
    #[n(2)]
    Settled,
    /// It stands in a declaration.
    #[n(3)]
    Declared,
    /// The barge has taken it back.
    #[n(4)]
    Void,
}

/// Whose figure a settled quantity is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Basis {
    /// The barge's: the ship's is within the tolerance.
    #[n(0)]
    Barge,
    /// The surveyor's.
    #[n(1)]
    Surveyor,
}

part! {
    /// What a delivery came to.
    Settled {
        /// The ship whose figures agree, or the surveyor.
        1 by: By,
        /// Thousandths of a tonne.
        2 qty_kg: u64,
        /// Whose figure it is.
        3 basis: Basis,
        ;
        /// The surveyor's finding.
        4 finding: String,
    }
}

part! {
    /// The receiving ship's own statement.
    ShipStatement {
        /// The receiving ship.
        1 by: By,
        /// What it stated.
        2 stated: Confirmation,
    }
}

part! {
    /// A delivery, by its bunker delivery note.
    DeliveryRecord {
        /// The bunker barge.
        1 by: By,
        /// What it stated.
        2 note: Delivery,
        /// The account that the oil is from.
        3 account_no: String,
        /// The supplier, who declares it.
        4 supplier: String,
        /// The party that signs for the ship.
        5 ship_party: String,
        /// The district of supply customs.
        6 supply_district: String,
        /// The district of receiving customs.
        7 receiving_district: String,
        /// The month of the delivery in ledger time, as year × 100 + month.
        8 period: u32,
        /// How far it has come.
        9 stage: DeliveryStage,
        /// Until when it should be declared.
        10 declaration_due: Due,
        ;
        /// Until when the ship should state its figures.
        11 confirmation_due: Due,
        /// Until when a dispute should be settled.
        12 dispute_due: Due,
        /// What the ship stated.
        13 ship: ShipStatement,
        /// What it came to.
        14 settled: Settled,
        /// The declaration that it stands in.
        15 declaration_no: String,
    }
}

part! {
    /// A central declaration.
    DeclarationRecord {
        /// The supplier.
        1 by: By,
        /// What it stated.
        2 declared: CentralDeclaration,
        /// Whether the supplier has taken it back.
        3 void: bool,
        /// The applications whose deliveries it covers.
        4 applications: Vec<String>,
    }
}
