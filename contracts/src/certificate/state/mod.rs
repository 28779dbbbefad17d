//! The records of this family: what the ledger knows of a kind, an exporter, an office's rules, an
//! application.

mod application;
mod register;

use alloc::boxed::Box;

use minicbor::{Decode, Encode};
use serde::Serialize;

pub use application::{Applied, Reviewed, Ruled, Stage};
pub use register::{Activated, Exporter, Kind, Review, Rules};

/// The state of a subject of this family.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(untagged)]
pub enum State {
    /// `kind:CODE`.
    #[n(0)]
    Kind(#[n(0)] Box<Kind>),
    /// `exporter:USCC`.
    #[n(1)]
    Exporter(#[n(0)] Box<Exporter>),
    /// `ruleset:DISTRICT.KIND.VERSION`.
    #[n(2)]
    Rules(#[n(0)] Box<Rules>),
    /// `review:DISTRICT.KIND`.
    #[n(3)]
    Review(#[n(0)] Box<Review>),
    /// `application:NO`.
    #[n(4)]
    Application(#[n(0)] Box<Applied>),
}
