//! What happens to a bill.

use alloc::{string::String, vec::Vec};

use countersign_record::Digest;
use minicbor::{Decode, Encode};
use serde::Serialize;

use super::Deadline;
use crate::combined_port::{
    bodies::{InspectionOutcome, LineMark, ManifestContainer, ShipVoyage, TallyRow},
    holds::{Clearing, Doubt, Hold},
    state::{By, Declared, Flow, LateFiling, Notice, Order, Released, Relocated, SentManifest},
};

/// What a `void` took back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Taken {
    /// The manifest of the river port.
    #[n(0)]
    River,
    /// The manifest of the hub.
    #[n(1)]
    Hub,
    /// The declaration.
    #[n(2)]
    Declaration,
    /// The inspection notice.
    #[n(3)]
    Notice,
    /// The release of segment 1.
    #[n(4)]
    Release1,
    /// The release of segment 2.
    #[n(5)]
    Release2,
    /// The delivery order.
    #[n(6)]
    Order,
}

/// Something that happened to a bill.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum BillEvent {
    /// One of the twin manifests came in.
    #[n(0)]
    Manifested {
        /// Export or import.
        #[n(0)]
        flow: Flow,
        /// Which twin.
        #[n(1)]
        twin: LineMark,
        /// The manifest.
        #[n(2)]
        manifest: SentManifest,
        /// Its containers.
        #[n(3)]
        containers: Vec<ManifestContainer>,
    },
    /// Both manifests were changed.
    #[n(1)]
    ManifestAmended {
        /// Who.
        #[n(0)]
        by: By,
        /// Why.
        #[n(1)]
        reason: String,
        /// The new list.
        #[n(2)]
        containers: Option<Vec<ManifestContainer>>,
        /// Packages.
        #[n(3)]
        packages: Option<u64>,
        /// Grams.
        #[n(4)]
        gross_g: Option<u64>,
        /// Another ship or voyage.
        #[n(5)]
        conveyance: Option<ShipVoyage>,
        /// Containers that were left behind.
        #[n(6)]
        rolled: Option<Vec<String>>,
    },
    /// It was declared, in one step or in the first of two.
    #[n(2)]
    Declared {
        /// The declaration.
        #[n(0)]
        declaration: Declared,
        /// The containers declared.
        #[n(1)]
        containers: Vec<String>,
        /// The containers that had arrived, where it was declared in advance.
        #[n(2)]
        arrived: Vec<String>,
    },
    /// The second step was filed.
    #[n(3)]
    DeclarationCompleted {
        /// Who.
        #[n(0)]
        by: By,
        /// Packages.
        #[n(1)]
        packages: u64,
        /// Grams.
        #[n(2)]
        gross_g: u64,
        /// The containers declared.
        #[n(3)]
        containers: Vec<String>,
    },
    /// A container arrived whose goods were declared in advance.
    #[n(4)]
    BoxArrived {
        /// The container.
        #[n(0)]
        container_no: String,
    },
    /// Customs wants to see the goods.
    #[n(5)]
    InspectionNoticed {
        /// The notice.
        #[n(0)]
        notice: Notice,
    },
    /// A container stands in its slot.
    #[n(6)]
    Relocated {
        /// Where.
        #[n(0)]
        relocated: Relocated,
    },
    /// The inspection ended, and with it the notice.
    #[n(7)]
    Inspected {
        /// The office.
        #[n(0)]
        by: By,
        /// The job.
        #[n(1)]
        inspection_record_no: String,
        /// What it came to.
        #[n(2)]
        result: InspectionOutcome,
        /// The evidence, by the entries that anchored it.
        #[n(3)]
        evidence: Vec<Digest>,
    },
    /// A segment was released.
    #[n(8)]
    Released {
        /// 1 or 2.
        #[n(0)]
        segment: u8,
        /// The release.
        #[n(1)]
        release: Released,
    },
    /// The delivery order was made out.
    #[n(9)]
    Ordered {
        /// The order.
        #[n(0)]
        order: Order,
    },
    /// The goods have a new holder.
    #[n(10)]
    TitleTransferred {
        /// The old holder.
        #[n(0)]
        by: By,
        /// The new holder.
        #[n(1)]
        to_uscc: String,
    },
    /// Its ship sailed or was unloaded: the tally is due.
    #[n(11)]
    TallyAwaited {
        /// The voyage.
        #[n(0)]
        voyage: String,
        /// Until when.
        #[n(1)]
        due: u64,
    },
    /// It was tallied.
    #[n(12)]
    Tallied {
        /// The tally company.
        #[n(0)]
        by: By,
        /// The voyage.
        #[n(1)]
        voyage: String,
        /// What was counted.
        #[n(2)]
        rows: Vec<TallyRow>,
        /// Containers expected on this voyage that the tally does not name.
        #[n(3)]
        unseen: Vec<String>,
    },
    /// A container left through the gate (import).
    #[n(13)]
    BoxGatedOut {
        /// The container.
        #[n(0)]
        container_no: String,
    },
    /// Containers were withdrawn from the export.
    #[n(14)]
    Withdrawn {
        /// The office.
        #[n(0)]
        by: By,
        /// Which.
        #[n(1)]
        containers: Vec<String>,
        /// Why.
        #[n(2)]
        reason: String,
        /// What it rests on.
        #[n(3)]
        evidence: Vec<Digest>,
    },
    /// A party took a statement back.
    #[n(15)]
    Voided {
        /// Who.
        #[n(0)]
        by: By,
        /// What.
        #[n(1)]
        what: Taken,
        /// The entry that had said it.
        #[n(2)]
        entry: Digest,
        /// Why.
        #[n(3)]
        reason: String,
    },
    /// Every container is accounted for: the manifest is written off by itself.
    #[n(16)]
    Closed {
        /// Ledger time.
        #[n(0)]
        at: u64,
    },
    /// Two statements disagree.
    #[n(17)]
    Held {
        /// On what.
        #[n(0)]
        hold: Hold,
    },
    /// Customs ended a hold.
    #[n(18)]
    HoldCleared {
        /// How.
        #[n(0)]
        clearing: Clearing,
    },
    /// Somebody should look at this.
    #[n(19)]
    Doubted {
        /// What.
        #[n(0)]
        doubt: Doubt,
    },
    /// A deadline passed.
    #[n(20)]
    Overdue {
        /// Which.
        #[n(0)]
        deadline: Deadline,
    },
    /// The second step of its declaration came late.
    #[n(21)]
    FiledLate {
        /// How late, and the fee.
        #[n(0)]
        late: LateFiling,
    },
}
