//! What happens to a container.

use alloc::{string::String, vec::Vec};

use countersign_record::Digest;
use minicbor::{Decode, Encode};
use serde::Serialize;

use super::Deadline;
use crate::combined_port::{
    bodies::{Fullness, Node, Zone},
    holds::{Clearing, Hold},
    state::{By, Holder, Judged, Receipt, Status, Trip},
};

/// Something that happened to a container.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum BoxEvent {
    /// In through the gate.
    #[n(0)]
    GatedIn {
        /// The wharf.
        #[n(0)]
        by: By,
        /// Its place.
        #[n(1)]
        place: String,
        /// How full.
        #[n(2)]
        fullness: Fullness,
        /// The seals as read.
        #[n(3)]
        seals: Vec<String>,
        /// The trip that begins.
        #[n(4)]
        trip: Option<Trip>,
        /// The office that clears holds on this trip.
        #[n(5)]
        clearance: String,
    },
    /// Out through the gate.
    #[n(1)]
    GatedOut {
        /// The wharf.
        #[n(0)]
        by: By,
        /// How full.
        #[n(1)]
        fullness: Fullness,
        /// Whether it never sailed.
        #[n(2)]
        returned: bool,
        /// The equipment receipt.
        #[n(3)]
        eir_no: Option<String>,
    },
    /// Its arrival was reported.
    #[n(2)]
    Arrived {
        /// The wharf.
        #[n(0)]
        by: By,
        /// How full.
        #[n(1)]
        fullness: Fullness,
    },
    /// Onto a barge.
    #[n(3)]
    LoadedBarge {
        /// The wharf.
        #[n(0)]
        by: By,
        /// The plan.
        #[n(1)]
        batch_no: String,
        /// The barge.
        #[n(2)]
        barge: String,
        /// The seals as read.
        #[n(3)]
        seals: Vec<String>,
        /// Its cell.
        #[n(4)]
        stowage: Option<String>,
        /// Kilograms.
        #[n(5)]
        vgm_kg: Option<u32>,
        /// Whether it is damaged.
        #[n(6)]
        damaged: bool,
    },
    /// Off a barge.
    #[n(4)]
    Discharged {
        /// The wharf.
        #[n(0)]
        by: By,
        /// Its place.
        #[n(1)]
        place: String,
        /// The plan.
        #[n(2)]
        batch_no: String,
        /// The seals as read.
        #[n(3)]
        seals: Vec<String>,
        /// Whether it is damaged.
        #[n(4)]
        damaged: bool,
        /// The office that clears holds, where none was known.
        #[n(5)]
        clearance: String,
    },
    /// Onto a sea-going ship.
    #[n(5)]
    LoadedVessel {
        /// The wharf.
        #[n(0)]
        by: By,
        /// The ship.
        #[n(1)]
        vessel: String,
        /// The voyage.
        #[n(2)]
        voyage: String,
        /// The seals as read.
        #[n(3)]
        seals: Vec<String>,
        /// Its cell.
        #[n(4)]
        stowage: String,
        /// Kilograms.
        #[n(5)]
        vgm_kg: Option<u32>,
        /// Whether it is damaged.
        #[n(6)]
        damaged: bool,
    },
    /// Off a sea-going ship.
    #[n(6)]
    VesselDischarged {
        /// The wharf.
        #[n(0)]
        by: By,
        /// Its place.
        #[n(1)]
        place: String,
        /// The seals as read.
        #[n(2)]
        seals: Vec<String>,
        /// Whether it is damaged.
        #[n(3)]
        damaged: bool,
        /// The trip that begins.
        #[n(4)]
        trip: Trip,
        /// The office that clears holds on this trip.
        #[n(5)]
        clearance: String,
    },
    /// Customs put on new seals: a new chain.
    #[n(7)]
    Resealed {
        /// The office.
        #[n(0)]
        by: By,
        /// The new numbers.
        #[n(1)]
        seals: Vec<String>,
    },
    /// An equipment receipt was given.
    #[n(8)]
    ReceiptGiven {
        /// The receipt.
        #[n(0)]
        receipt: Receipt,
        /// Damage codes.
        #[n(1)]
        damage_codes: Vec<String>,
    },
    /// Its trade was judged.
    #[n(9)]
    TradeJudged {
        /// The judgement.
        #[n(0)]
        judged: Judged,
        /// On what grounds.
        #[n(1)]
        basis: String,
        /// Where.
        #[n(2)]
        zone: Zone,
        /// At which step.
        #[n(3)]
        node: Node,
        /// What was done.
        #[n(4)]
        disposal: Option<String>,
    },
    /// Customs noted that its number fails the check digit.
    #[n(10)]
    LegacyNoted {
        /// The office.
        #[n(0)]
        by: By,
        /// Why.
        #[n(1)]
        reason: String,
        /// What it rests on.
        #[n(2)]
        evidence: Vec<Digest>,
    },
    /// The wharf took its last report back.
    #[n(11)]
    MoveVoided {
        /// The wharf.
        #[n(0)]
        by: By,
        /// The entry that had said it.
        #[n(1)]
        entry: Digest,
        /// Why.
        #[n(2)]
        reason: String,
        /// Where it is then.
        #[n(3)]
        holder: Holder,
        /// How it stands then.
        #[n(4)]
        status: Status,
    },
    /// Two statements disagree.
    #[n(12)]
    Held {
        /// On what.
        #[n(0)]
        hold: Hold,
    },
    /// Customs ended a hold.
    #[n(13)]
    HoldCleared {
        /// How.
        #[n(0)]
        clearing: Clearing,
    },
    /// A deadline passed.
    #[n(14)]
    Overdue {
        /// Which.
        #[n(0)]
        deadline: Deadline,
    },
}
