//! One container's move as we read it from a CODECO or COARRI message.

use serde::Serialize;

use super::{reason::Position, time::Moment};

/// What a message reports (BGM 1001).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// CODECO 34: in through the gate.
    GateIn,
    /// CODECO 36: out through the gate.
    GateOut,
    /// COARRI 44 or 98: off the ship or barge.
    Discharge,
    /// COARRI 46 or 270: onto the ship or barge.
    Load,
}

impl Kind {
    /// The codes that are taken.
    pub const CODES: &'static str = "34, 36, 44, 46, 98, 270";

    /// Reads a BGM code.
    pub fn of(code: &str) -> Option<Self> {
        match code.trim() {
            "34" => Some(Self::GateIn),
            "36" => Some(Self::GateOut),
            "44" | "98" => Some(Self::Discharge),
            "46" | "270" => Some(Self::Load),
            _ => None,
        }
    }

    /// The message type in which it belongs.
    pub fn message_type(self) -> &'static str {
        if self.is_gate() { "CODECO" } else { "COARRI" }
    }

    /// Whether it is a move through a gate, and not by a crane.
    pub fn is_gate(self) -> bool {
        matches!(self, Self::GateIn | Self::GateOut)
    }

    /// Its name in English and in Chinese.
    pub fn texts(self) -> (&'static str, &'static str) {
        match self {
            Self::GateIn => ("gate in", "进闸"),
            Self::GateOut => ("gate out", "出闸"),
            Self::Discharge => ("discharge", "卸载"),
            Self::Load => ("load", "装载"),
        }
    }
}

/// How full a container is (EDIFACT 8169).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fullness {
    /// 4.
    Empty,
    /// 5.
    Full,
    /// 7: full, of several consignments.
    Lcl,
    /// 8: full, of one consignment.
    Fcl,
}

/// A seal as the sender wrote it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SealRead {
    /// Its number; absent where the sender only says that there is one.
    pub number: Option<String>,
    /// What stands in the file.
    pub as_read: String,
    /// Who put it on (9303): CA carrier, SH shipper, CU customs, others; empty where not said.
    pub issuer: String,
}

/// A reference with its qualifier (1153): BN booking, BM bill of lading, AAE declaration, others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reference {
    /// The qualifier.
    pub qualifier: String,
    /// The number.
    pub number: String,
}

/// A place: its code, and the terminal or berth in it where one is named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Place {
    /// UN/LOCODE as a rule; what the sender wrote in any case.
    pub code: String,
    /// The terminal or berth, empty where not said.
    pub terminal: String,
}

/// On what the gross weight rests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WeightBasis {
    /// Said as gross weight (G, or WT without a qualifier).
    Declared,
    /// Estimated or not verified (EGW, AET).
    Estimated,
}

/// A ship, barge, truck or train.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Transport {
    /// The voyage or trip number.
    pub voyage: String,
    /// The mode (8067): 1 sea, 2 rail, 3 road, 8 inland water.
    pub mode: String,
    /// The carrier's code.
    pub carrier: String,
    /// Call sign, plate or wagon number as written.
    pub id: String,
    /// The IMO number, where the id is one whose check digit fits.
    pub imo: Option<String>,
    /// The name.
    pub name: String,
}

/// A damage (DAM): type, area and severity as coded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Damage {
    /// What, for instance `DEN`.
    pub kind: String,
    /// Where, for instance `LEFT`.
    pub area: String,
    /// How bad, for instance `MIN`.
    pub severity: String,
}

/// One container's move.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Movement {
    /// What happened.
    pub kind: Kind,
    /// Where its EQD stands.
    pub at: Position,
    /// The message's reference (UNH).
    pub message: String,
    /// The container, ISO 6346; its check digit fits.
    pub container: String,
    /// The number as it stands in the file.
    pub container_as_read: String,
    /// The size-type, ISO 6346 of today; absent where it says nothing certain.
    pub size_type: Option<String>,
    /// The size-type as it stands in the file.
    pub size_type_as_read: String,
    /// How full.
    pub fullness: Option<Fullness>,
    /// Equipment status (8249): 1 continental, 2 export, 3 import, 6 transhipment.
    pub status: String,
    /// Seals.
    pub seals: Vec<SealRead>,
    /// Gross weight with the container, kg, rounded half up.
    pub gross_kg: Option<u32>,
    /// On what it rests.
    pub gross_basis: Option<WeightBasis>,
    /// Verified gross mass, kg, rounded half up.
    pub vgm_kg: Option<u32>,
    /// Weight of the empty container, kg.
    pub tare_kg: Option<u32>,
    /// References of the container, then those of the message.
    pub references: Vec<Reference>,
    /// When.
    pub time: Option<Moment>,
    /// Where it happened.
    pub place: Option<Place>,
    /// Port of loading.
    pub port_of_loading: Option<Place>,
    /// Port of discharge.
    pub port_of_discharge: Option<Place>,
    /// The cell, `BBBRRTT`.
    pub stowage: Option<String>,
    /// The ship or barge (TDT+20).
    pub ship: Option<Transport>,
    /// The truck, train or barge at the gate (TDT+1).
    pub inland: Option<Transport>,
    /// Damages; none said where empty.
    pub damages: Vec<Damage>,
    /// UN numbers of dangerous goods in it.
    pub dangerous: Vec<String>,
    /// Equipment attached to it (EQA), for instance a chassis.
    pub attached: Vec<String>,
    /// The carrier (NAD CA, else CF).
    pub carrier: Option<String>,
}

impl Movement {
    fn reference(&self, qualifiers: &[&str]) -> Option<&str> {
        let find = |q: &&str| self.references.iter().find(|r| r.qualifier == *q);
        qualifiers.iter().find_map(find).map(|r| &*r.number)
    }

    /// The bill of lading (RFF BM).
    pub fn bill_no(&self) -> Option<&str> {
        self.reference(&["BM"])
    }

    /// The booking (RFF BN).
    pub fn booking_no(&self) -> Option<&str> {
        self.reference(&["BN"])
    }
}
