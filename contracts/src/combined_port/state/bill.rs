//! The record of a bill, and of the declarations and firms that hang on it.

use alloc::{collections::BTreeMap, string::String, vec::Vec};

use minicbor::{Decode, Encode};
use serde::Serialize;

use super::{By, Due};
use crate::{
    combined_port::{
        bodies::{CheckType, Decision, Money, ShipVoyage, TaxBasis},
        holds::{Doubt, Hold},
        marks::Marks,
    },
    family::shapes::part,
};

/// Which way the goods of a bill go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Flow {
    /// From the river to the sea.
    #[n(0)]
    Export,
    /// From the sea to the river.
    #[n(1)]
    Import,
}

/// How a bill stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Standing {
    /// Under way.
    #[n(0)]
    Open,
    /// Every container is accounted for; the manifest was written off by itself 结关.
    #[n(1)]
    Closed,
    /// Withdrawn as a whole 退关.
    #[n(2)]
    Withdrawn,
}

part! {
    /// A bill of lading.
    Bill {
        /// Which way the goods go.
        1 flow: Flow,
        /// How it stands.
        2 standing: Standing,
        /// Every container that any statement names, and which statements do.
        3 boxes: BTreeMap<String, BillBox>,
        /// Packages tallied so far.
        4 packages_tallied: u64,
        /// The number of the next hold.
        5 next_hold: u32,
        /// Open holds.
        6 holds: Vec<Hold>,
        /// Things that somebody should look at.
        7 doubts: Vec<Doubt>,
        ;
        /// The manifest with the river port's code.
        8 river: SentManifest,
        /// Its twin with the hub's code.
        9 hub: SentManifest,
        /// The declaration.
        10 declaration: Declared,
        /// The open inspection notice.
        11 notice: Notice,
        /// Segment 1: may leave the port.
        12 release_1: Released,
        /// Segment 2: may go to the market.
        13 release_2: Released,
        /// The right to collect (import).
        14 order: Order,
        /// Until when it should be tallied.
        15 tally_due: Due,
        /// When it closed.
        16 closed_at: u64,
        /// The last tally.
        17 tallied: By,
        /// How late the second step of the declaration came, where a fee is due for it.
        18 late_filing: LateFiling,
    }
}

part! {
    /// A second step that came late.
    LateFiling {
        /// Days after the due day.
        1 days: u64,
        /// The fee's rate: hundred-thousandths of the value a day.
        2 per_100000_a_day: u64,
        ;
        /// The declared value; none where it is sealed.
        3 value: Money,
        /// The fee; none where the value is sealed, so that customs counts it.
        4 fee: Money,
    }
}

part! {
    /// A container as its bill knows it.
    BillBox {
        /// ISO 6346.
        1 size_type: String,
        /// Which statements name it, and what happened to it.
        2 marks: Marks,
        ;
        /// Gross weight of the goods in it, grams.
        3 gross_g: u64,
        /// Weight of the empty container, grams.
        4 tare_g: u64,
        /// The voyage that it was rolled to.
        5 rolled_to: ShipVoyage,
    }
}

part! {
    /// A manifest on file; its containers stand in the bill's list.
    SentManifest {
        /// Who sent it.
        1 by: By,
        /// Customs district.
        2 customs_code: String,
        /// `UNLOCODE/n4`.
        3 location: String,
        /// The sea-going ship and its voyage.
        4 conveyance: ShipVoyage,
        /// Packages.
        5 packages: u64,
        /// Gross weight in grams.
        6 gross_g: u64,
    }
}

/// How far a declaration has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum DeclarationStep {
    /// Made in one step.
    #[n(0)]
    Full,
    /// The first of two steps.
    #[n(1)]
    Summary,
    /// Both of two steps.
    #[n(2)]
    Completed,
}

part! {
    /// A declaration on file.
    Declared {
        /// Who signed it.
        1 by: By,
        /// Its number.
        2 entry_no: String,
        /// How far it has come.
        3 step: DeclarationStep,
        /// The domestic consignor or consignee.
        4 consignor_uscc: String,
        /// Whether it was made before the goods arrived.
        5 advance: bool,
        ;
        /// Packages; a summary has none.
        6 packages: u64,
        /// Gross weight in grams; a summary has none.
        7 gross_g: u64,
        /// Until when goods that were declared in advance should arrive.
        8 arrival_due: Due,
    }
}

part! {
    /// An open inspection notice.
    Notice {
        /// Who signed it.
        1 by: By,
        /// The declaration.
        2 entry_no: String,
        /// Quarantine, examination or inspection.
        3 check_type: CheckType,
        /// How.
        4 inspection_method: String,
        /// Until when the container should stand in its slot.
        5 due: Due,
        /// Where the containers stand.
        6 relocated: Vec<Relocated>,
    }
}

part! {
    /// A container in its inspection slot.
    Relocated {
        /// Which yard says so.
        1 by: By,
        /// The job.
        2 inspection_record_no: String,
        /// `UNLOCODE/n4`.
        3 place_code: String,
        /// The slot.
        4 slot_no: String,
        ;
        /// The container.
        5 container_no: String,
    }
}

part! {
    /// The effective release of a segment.
    Released {
        /// The office.
        1 by: By,
        /// Release, or release with an obligation.
        2 decision: Decision,
        /// Why the tax does not stand in the way.
        3 tax: TaxBasis,
        ;
        /// Tax bill or filing number of the guarantee.
        4 tax_reference: String,
        /// What remains to be done.
        5 obligation: String,
    }
}

part! {
    /// A delivery order.
    Order {
        /// The agent.
        1 by: By,
        /// Its number.
        2 do_no: String,
        /// Free time ends.
        3 free_until: u64,
        /// Who may collect.
        4 holder_uscc: String,
        /// Former holders, and the entries by which they handed it on.
        5 transfers: Vec<By>,
    }
}

part! {
    /// A firm with declarations that wait for their second step.
    Enterprise {
        /// Declaration number to what is open.
        1 open: BTreeMap<String, OpenSummary>,
    }
}

part! {
    /// A declaration that waits for its second step.
    OpenSummary {
        /// The bill.
        1 bill_no: String,
        /// The declarant.
        2 by: By,
        /// Until when.
        3 due: Due,
        ;
        /// The guarantor that secures its tax since the release.
        4 guarantor: String,
    }
}

part! {
    /// A declaration number and the one bill that it stands for.
    DeclarationRecord {
        /// The bill.
        1 bill_no: String,
        /// Who signed it.
        2 by: By,
        /// What is declared, in the order of its items; of a summary what it names.
        3 items: Vec<DeclaredItem>,
    }
}

part! {
    /// An item of a declaration, as far as others compare with it.
    DeclaredItem {
        /// HS code, n10; of a summary n6.
        1 hs: String,
        /// Quantity in thousandths of the unit.
        2 qty_milli: u64,
        /// GACC unit code, n3.
        3 unit: String,
    }
}
