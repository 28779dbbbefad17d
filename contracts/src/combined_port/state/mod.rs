//! The records of this family: what the ledger knows of a bill, a container, a plan, a ship.

/// Declares a part of a record: its CBOR map and its JSON form. Fields after the `;` are optional.
macro_rules! part {
    (
        $(#[$meta:meta])*
        $name:ident {
            $( $(#[$doc:meta])* $n:literal $field:ident: $ty:ty, )*
            $( ; $( $(#[$odoc:meta])* $on:literal $ofield:ident: $oty:ty, )* )?
        }
    ) => {
        $(#[$meta])*
        #[derive(
            Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode, serde::Serialize,
        )]
        #[cbor(map)]
        pub struct $name {
            $( $(#[$doc])* #[n($n)] pub $field: $ty, )*
            $( $(
                $(#[$odoc])*
                #[n($on)]
                #[serde(skip_serializing_if = "Option::is_none")]
                pub $ofield: Option<$oty>,
            )* )?
        }
    };
}
pub(crate) use part;

mod bill;
mod container;
mod plan;

use alloc::{boxed::Box, string::String};

use countersign_record::Digest;
use minicbor::{Decode, Encode};
use serde::Serialize;

pub use bill::*;
pub use container::*;
pub use plan::*;

/// The state of a subject of this family.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(untagged)]
pub enum State {
    /// `bill:NO`.
    #[n(0)]
    Bill(#[n(0)] Box<Bill>),
    /// `box:NO`.
    #[n(1)]
    Box(#[n(0)] Box<BoxRecord>),
    /// `plan:BATCH`.
    #[n(2)]
    Plan(#[n(0)] Box<Plan>),
    /// `ship:ID`.
    #[n(3)]
    Ship(#[n(0)] Box<Ship>),
    /// `enterprise:USCC`.
    #[n(4)]
    Enterprise(#[n(0)] Box<Enterprise>),
    /// `declaration:NO`.
    #[n(5)]
    Declaration(#[n(0)] Box<DeclarationRecord>),
}

part! {
    /// Who said something, and in which entry.
    By {
        /// The party.
        1 party: String,
        /// The entry.
        2 entry: Digest,
        /// Ledger time, UTC milliseconds since 1970.
        3 at: u64,
    }
}

part! {
    /// A deadline in ledger time.
    Due {
        /// UTC milliseconds since 1970.
        1 by: u64,
        /// Whether it has passed.
        2 overdue: bool,
    }
}
