//! The records of a transfer plan and of a ship.

use alloc::{collections::BTreeMap, string::String};

use countersign_record::keys::PublicKey;
use minicbor::{Decode, Encode};
use serde::Serialize;

use super::{By, Due};
use crate::{combined_port::bodies::LineMark, family::shapes::part};

/// How far a container of a plan has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Stage {
    /// To be loaded.
    #[n(0)]
    Planned,
    /// On the barge.
    #[n(1)]
    Loaded,
    /// Off the barge.
    #[n(2)]
    Discharged,
    /// Loaded, and not found on discharge.
    #[n(3)]
    Short,
    /// Found on discharge, and not loaded.
    #[n(4)]
    Over,
}

/// How far a plan has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum PlanStage {
    /// At the origin.
    #[n(0)]
    Planned,
    /// Under way.
    #[n(1)]
    UnderWay,
    /// At the destination.
    #[n(2)]
    Arrived,
    /// Everything is off, or reported short.
    #[n(3)]
    Ended,
    /// Taken back.
    #[n(4)]
    Void,
}

part! {
    /// A transfer plan.
    Plan {
        /// The wharf that made it.
        1 by: By,
        /// The barge.
        2 conveyance_id: String,
        /// Its voyage.
        3 voyage: String,
        /// `UNLOCODE/n4`.
        4 origin: String,
        /// `UNLOCODE/n4`.
        5 destination: String,
        /// How far it has come.
        6 stage: PlanStage,
        /// The containers.
        7 boxes: BTreeMap<String, Stage>,
        /// Estimated arrival, UTC milliseconds since 1970.
        8 eta: u64,
        ;
        /// The carrier that took it.
        9 confirmed: By,
        /// When the barge sailed, in ledger time.
        10 departed_at: u64,
        /// Until when it should be at its destination.
        11 transit_due: Due,
        /// When it arrived, in ledger time.
        12 arrived_at: u64,
    }
}

part! {
    /// A ship or barge on file.
    Ship {
        /// Who filed it.
        1 by: By,
        /// Its name.
        2 name: String,
        /// Sea-going ship or barge.
        3 line_mark: LineMark,
        /// Its voyages of the last year.
        4 voyages: BTreeMap<String, Voyage>,
        ;
        /// The position device.
        5 device_id: String,
        /// The device's key.
        6 device_key: PublicKey,
        /// Where it was last.
        7 position: Fix,
        /// The plan it is under way with.
        8 batch_no: String,
        /// Until when the next signal should come.
        9 signal_due: Due,
    }
}

part! {
    /// A voyage on file.
    Voyage {
        /// When it was filed.
        1 filed_at: u64,
        ;
        /// When it sailed, in ledger time.
        2 sailed_at: u64,
        /// When it was unloaded, in ledger time.
        3 unloaded_at: u64,
    }
}

part! {
    /// A position of a ship.
    Fix {
        /// 1e-7 degrees.
        1 lat_e7: i64,
        /// 1e-7 degrees.
        2 lon_e7: i64,
        /// Centimetres a second.
        3 speed_cm_s: u32,
        /// The device's time.
        4 utc: u64,
        /// Ledger time.
        5 at: u64,
    }
}
