//! Bodies whose subject is a container: gate, arrival, crane moves, receipts, attribute.

use alloc::{string::String, vec::Vec};

use countersign_record::Digest;

use super::{Condition, Fullness, Seal};
use crate::family::shapes::{body, words};

words! {
    /// Which way through the gate.
    Direction {
        /// Into the yard 进闸.
        0 In = "in",
        /// Out of the yard 出闸.
        1 Out = "out",
    }
}

body! {
    /// Body of `gate` (CODECO, BGM 34 in and 36 out), signed by the wharf that runs the gate.
    Gate {
        /// Which way.
        1 direction: Direction,
        /// `UNLOCODE/n4`: one of the signer's places.
        2 place: String,
        /// How full.
        3 fullness: Fullness,
        /// ISO 6346.
        4 size_type: String,
        /// The seals as read; none on an empty container.
        5 seals: Vec<Seal>,
        /// When.
        6 time: u64,
        ;
        /// The bill; mandatory for a container that comes in for export.
        7 bill_no: String,
        /// The booking.
        8 booking_no: String,
        /// The equipment receipt; mandatory for import on the way out.
        9 eir_no: String,
        /// Salted digest of the driver's id.
        10 driver_hash: Digest,
        /// The truck's plate. Sealable.
        11 truck_plate: String,
    }
}

body! {
    /// Body of `arrival` 运抵报告 (MT3101): the yard says that the goods are in.
    Arrival {
        /// The bill.
        1 bill_no: String,
        /// The office of the declaration, n4.
        2 declaration_office: String,
        /// ISO 6346.
        3 size_type: String,
        /// How full.
        4 fullness: Fullness,
        /// When it arrived.
        5 arrival_date: u64,
        ;
        /// The barge, where it came by one (the fields of the sea leg stay empty).
        6 conveyance_id: String,
        /// The barge's voyage.
        7 voyage: String,
    }
}

body! {
    /// Body of `barge_load` (COARRI 46/270), signed by the wharf that loads.
    BargeLoad {
        /// The transfer plan.
        1 batch_no: String,
        /// The seals as read.
        2 seals: Vec<Seal>,
        /// When the crane set it down.
        3 crane_time: u64,
        /// Its condition.
        4 condition: Condition,
        ;
        /// Cell, `BBBRRTT`; barges without cells leave it out.
        5 stowage: String,
        /// Verified gross mass, kg.
        6 vgm_kg: u32,
    }
}

body! {
    /// Body of `discharge` (COARRI 44/98): off the barge, signed by the wharf that discharges.
    Discharge {
        /// The transfer plan.
        1 batch_no: String,
        /// The seals as read.
        2 seals: Vec<Seal>,
        /// ISO 6346.
        3 size_type: String,
        /// When the crane lifted it.
        4 crane_time: u64,
        /// Its condition.
        5 condition: Condition,
    }
}

body! {
    /// Body of `vessel_load`: onto the sea-going ship, signed by the hub wharf.
    VesselLoad {
        /// The ship.
        1 conveyance_id: String,
        /// The voyage.
        2 voyage: String,
        /// The seals as read.
        3 seals: Vec<Seal>,
        /// Cell, `BBBRRTT`.
        4 stowage: String,
        /// When the crane set it down.
        5 crane_time: u64,
        /// Its condition.
        6 condition: Condition,
        ;
        /// Verified gross mass, kg.
        7 vgm_kg: u32,
    }
}

body! {
    /// Body of `vessel_discharge`: off the sea-going ship, signed by the hub wharf (import).
    VesselDischarge {
        /// The bill.
        1 bill_no: String,
        /// The ship.
        2 conveyance_id: String,
        /// The voyage.
        3 voyage: String,
        /// `UNLOCODE/n4`: one of the signer's places.
        4 place: String,
        /// The seals as read.
        5 seals: Vec<Seal>,
        /// ISO 6346.
        6 size_type: String,
        /// When the crane lifted it.
        7 crane_time: u64,
        /// Its condition.
        8 condition: Condition,
    }
}

body! {
    /// Body of `equipment_receipt` 设备交接单 (S32), by the wharf or yard that hands over.
    EquipmentReceipt {
        /// Receipt number, an..35.
        1 eir_no: String,
        /// How full.
        2 fullness: Fullness,
        /// Damage codes (CEDEX), none where sound.
        3 damage_codes: Vec<String>,
        /// `UNLOCODE/n4`: one of the signer's places.
        4 place: String,
        /// When.
        5 time: u64,
        ;
        /// What remains to be done before the goods may be sold or used; mandatory as long as only
        /// segment 1 is released (S5).
        6 remaining_obligation: String,
    }
}

words! {
    /// Whether a container is in domestic or foreign trade 内外贸属性.
    Trade {
        /// Domestic 内贸.
        0 Domestic = "domestic",
        /// Foreign 外贸.
        1 Foreign = "foreign",
    }
}

words! {
    /// Where it was judged (S35).
    Zone {
        /// Gate lane 卡口通道.
        0 GateLane = "gate_lane",
        /// Exception area 异常处置区.
        1 Exception = "exception",
        /// Berth 泊位.
        2 Berth = "berth",
    }
}

words! {
    /// At which step it was judged (S35).
    Node {
        /// Arrival 到达.
        0 Arrival = "arrival",
        /// Lift 起吊.
        1 Lift = "lift",
        /// Departure 离开.
        2 Departure = "departure",
    }
}

body! {
    /// Body of `trade_attribute` (S35), by the wharf's recognition system or by customs.
    TradeAttribute {
        /// Domestic or foreign.
        1 attribute: Trade,
        /// On what grounds, for people.
        2 basis: String,
        /// Where.
        3 zone: Zone,
        /// At which step.
        4 node: Node,
        ;
        /// What was done about it, where something was wrong.
        5 disposal: String,
    }
}

body! {
    /// Body of `legacy_box`: customs notes a container whose painted number fails its check digit.
    LegacyBox {
        /// Why, for people.
        1 reason: String,
        /// Entries that anchored the evidence, for instance a photograph, at least one.
        2 evidence: Vec<Digest>,
    }
}
