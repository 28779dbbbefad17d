//! Bodies whose subject is a ship: filing, positions, sailing.

use alloc::{string::String, vec::Vec};

use countersign_record::keys::{PublicKey, SignatureBytes};

use super::LineMark;
use crate::family::shapes::body;

body! {
    /// Body of `conveyance_filing` (S11): by the carrier for a barge, by the agent for a sea-going
    /// ship. Filing again adds voyages and replaces the rest.
    ConveyanceFiling {
        /// The ship's name, an..35.
        1 name: String,
        /// Sea-going ship (trunk) or barge (branch).
        2 line_mark: LineMark,
        /// Voyages, an..17 each, unique per ship and year.
        3 voyages: Vec<String>,
        ;
        /// The position device on board; a barge needs one to be planned.
        4 device_id: String,
        /// The device's key; where it is filed, positions must carry the device's signature.
        5 device_key: PublicKey,
    }
}

body! {
    /// Body of `position`: where a barge is.
    Position {
        /// Latitude WGS-84, 1e-7 degrees, north positive.
        1 lat_e7: i64,
        /// Longitude WGS-84, 1e-7 degrees, east positive.
        2 lon_e7: i64,
        /// Speed over ground, centimetres a second.
        3 speed_cm_s: u32,
        /// When the device took it.
        4 utc: u64,
        /// The device.
        5 device_id: String,
        ;
        /// The device's Ed25519 signature over
        /// [`position_proof`](crate::combined_port::position_proof).
        6 signature: SignatureBytes,
    }
}

body! {
    /// Body of `vessel_departure`, by the hub wharf or the agent: what sailed 装载舱单. It starts
    /// the tally's deadline for the bills that it lists; sent again, it adds bills.
    VesselDeparture {
        /// The voyage.
        1 voyage: String,
        /// When.
        2 departure_time: u64,
        /// Bills that sailed, whole or in part.
        3 bills: Vec<String>,
    }
}

body! {
    /// Body of `vessel_unloaded`, by the hub wharf or the agent: unloading has ended (import). It
    /// starts the tally's deadline for the bills that it lists.
    VesselUnloaded {
        /// The voyage.
        1 voyage: String,
        /// When.
        2 end_time: u64,
        /// Bills that were unloaded.
        3 bills: Vec<String>,
    }
}
