//! The record of a container.

use alloc::{string::String, vec::Vec};

use minicbor::{Decode, Encode};
use serde::Serialize;

use super::{By, Flow};
use crate::{
    combined_port::{
        bodies::{Fullness, Trade},
        holds::Hold,
    },
    family::shapes::part,
};

/// Where a container can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Spot {
    /// Outside the ports.
    #[n(0)]
    Outside,
    /// In the yard of a wharf.
    #[n(1)]
    Yard,
    /// On a barge.
    #[n(2)]
    Barge,
    /// On a sea-going ship.
    #[n(3)]
    Vessel,
}

part! {
    /// The one place where a container is.
    Holder {
        /// What kind of place.
        1 spot: Spot,
        /// The place code of a yard; the ship of a barge or vessel; empty outside.
        2 place: String,
    }
}

/// The last thing that happened to a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Status {
    /// Known, and nothing has happened.
    #[n(0)]
    Known,
    /// In through the gate.
    #[n(1)]
    GatedIn,
    /// The yard has reported its arrival.
    #[n(2)]
    Arrived,
    /// On a barge.
    #[n(3)]
    LoadedBarge,
    /// Off a barge.
    #[n(4)]
    Discharged,
    /// On a sea-going ship.
    #[n(5)]
    LoadedVessel,
    /// Off a sea-going ship.
    #[n(6)]
    VesselDischarged,
    /// Out through the gate.
    #[n(7)]
    GatedOut,
    /// Out through the gate again, without having sailed.
    #[n(8)]
    Returned,
}

part! {
    /// A container.
    BoxRecord {
        /// Where it is.
        1 holder: Holder,
        /// The last thing that happened to it.
        2 status: Status,
        /// The office that clears its holds; empty before its first trip.
        3 clearance: String,
        /// The number of the next hold.
        4 next_hold: u32,
        /// Open holds.
        5 holds: Vec<Hold>,
        ;
        /// Who says that it happened.
        6 moved_by: By,
        /// The trip that it is on.
        7 trip: Trip,
        /// Its seals.
        8 seals: SealsOnRecord,
        /// Verified gross mass, kg.
        9 vgm_kg: u32,
        /// Its cell.
        10 stowage: String,
        /// The trade that it was judged to be in.
        11 attribute: Judged,
        /// Its equipment receipt.
        12 receipt: Receipt,
        /// Who noted that its number fails the check digit.
        13 legacy: By,
        /// Whether the last crane or gate saw damage.
        14 damaged: bool,
        /// How full it was last reported to be.
        15 fullness: Fullness,
    }
}

part! {
    /// One trip of a container: one bill.
    Trip {
        /// The bill.
        1 bill_no: String,
        /// Which way.
        2 flow: Flow,
        /// ISO 6346.
        3 size_type: String,
        /// Who brought it into the trip.
        4 bound: By,
        ;
        /// Who reported its arrival at the river port.
        5 arrived: By,
        /// The transfer plan under which it was last loaded.
        6 batch_no: String,
    }
}

part! {
    /// The seals of a container as last agreed.
    SealsOnRecord {
        /// Their numbers, ascending.
        1 numbers: Vec<String>,
        /// Who says so.
        2 by: By,
    }
}

part! {
    /// A judgement of a container's trade.
    Judged {
        /// Domestic or foreign.
        1 attribute: Trade,
        /// Who judged.
        2 by: By,
    }
}

part! {
    /// An equipment receipt.
    Receipt {
        /// Who gave it.
        1 by: By,
        /// Its number.
        2 eir_no: String,
        /// How full.
        3 fullness: Fullness,
        ;
        /// What remains to be done.
        4 remaining_obligation: String,
    }
}
