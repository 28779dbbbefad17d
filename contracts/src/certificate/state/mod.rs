//! The records of this family: what the ledger knows of a kind, an exporter, an office's rules, an
//! application.

mod application;
mod beside;
mod certificate;
mod register;

use minicbor::{Decode, Encode};
use serde::Serialize;

pub use application::{Applied, Reviewed, Ruled, Stage};
pub use beside::{AnimalRecord, ArchiveRecord, InvoiceLines, Letter, Paper, SerialRecord};
pub use certificate::{
    Amended, Carriage, Certificate, CertifiedItem, Correction, Group, Handover, Scan, Signature,
    Standing,
};
pub use register::{Activated, Exporter, Kind, Review, Rules};

pub use crate::family::desk::{By, Due};
use crate::shared::Shared;

/// The state of a subject of this family.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(untagged)]
pub enum State {
    /// `kind:CODE`.
    #[n(0)]
    Kind(#[n(0)] Shared<Kind>),
    /// `exporter:USCC`.
    #[n(1)]
    Exporter(#[n(0)] Shared<Exporter>),
    /// `ruleset:DISTRICT.KIND.VERSION`.
    #[n(2)]
    Rules(#[n(0)] Shared<Rules>),
    /// `review:DISTRICT.KIND`.
    #[n(3)]
    Review(#[n(0)] Shared<Review>),
    /// `application:NO`.
    #[n(4)]
    Application(#[n(0)] Shared<Applied>),
    /// `certificate:NO`.
    #[n(5)]
    Certificate(#[n(0)] Shared<Certificate>),
    /// `letter:NO`.
    #[n(6)]
    Letter(#[n(0)] Shared<Letter>),
    /// `archive:ENTRY_NO`.
    #[n(7)]
    Archive(#[n(0)] Shared<ArchiveRecord>),
    /// `invoice:USCC.NO`.
    #[n(8)]
    Invoice(#[n(0)] Shared<InvoiceLines>),
    /// `serial:STEM`.
    #[n(9)]
    Serial(#[n(0)] Shared<SerialRecord>),
    /// `paper:SHA256`.
    #[n(10)]
    Paper(#[n(0)] Shared<Paper>),
    /// `animal:CHIP`.
    #[n(11)]
    Animal(#[n(0)] Shared<AnimalRecord>),
}
