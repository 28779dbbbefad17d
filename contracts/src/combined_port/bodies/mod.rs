//! What each kind of entry carries: one body a kind, in its one encoding and as JSON.
//!
//! The field that names the subject (`bill_no`, `container_no`, `batch_no`, `conveyance_id`) stands
//! in the action's subject and not again in the body, except in the inspection notice and the
//! relocation feedback, whose fields are exactly those that case S3 lists.
//!
//! Units stand at the end of a name: `_g` grams, `_kg` kilograms, `_milli` thousandths, `_e7` 1e-7
//! degrees. Times are UTC milliseconds since 1970. A field after the `;` may be absent; the fields
//! that no rule reads (consignee, goods, values, plates) may be absent because they are sealed.

use crate::family::shapes::{body, words};

mod bill;
mod container;
mod corrections;
mod plan;
mod ship;

pub use bill::*;
pub use container::*;
pub use corrections::*;
pub use plan::*;
pub use ship::*;

use alloc::string::String;

words! {
    /// The leg of a conveyance or manifest 干线/支线标记.
    LineMark {
        /// The sea leg, hub-coded 干线.
        0 Trunk = "trunk",
        /// The river leg, coded for the river port 支线.
        1 Branch = "branch",
    }
}

words! {
    /// How full a container is (code list of MT3101: 4, 5, 7, 8).
    Fullness {
        /// Empty 空箱.
        4 Empty = "empty",
        /// Full 重箱.
        5 Full = "full",
        /// Less than container load 拼箱.
        7 Lcl = "lcl",
        /// Full container load 整箱.
        8 Fcl = "fcl",
    }
}

words! {
    /// The condition of a container as a crane or gate sees it.
    Condition {
        /// Sound 完好.
        0 Sound = "sound",
        /// Damaged 残损.
        1 Damaged = "damaged",
    }
}

words! {
    /// Who put a seal on (EDIFACT 9303).
    SealIssuer {
        /// Carrier 承运人.
        0 Carrier = "CA",
        /// Shipper 发货人.
        1 Shipper = "SH",
        /// Customs 海关.
        2 Customs = "CU",
    }
}

words! {
    /// What a seal is.
    SealKind {
        /// A mechanical seal 机械封志.
        0 Mechanical = "mechanical",
        /// An electronic lock 智能电子锁.
        1 Electronic = "electronic",
    }
}

body! {
    /// A seal as somebody read it.
    Seal {
        /// Its number, an..15.
        1 no: String,
        /// What it is.
        2 kind: SealKind,
        /// Who put it on.
        3 issuer: SealIssuer,
    }
}

body! {
    /// An amount of money.
    Money {
        /// Hundredths of the currency's unit; fen for CNY.
        1 amount_minor: u64,
        /// ISO 4217.
        2 currency: String,
    }
}

body! {
    /// A ship on a voyage.
    ShipVoyage {
        /// `UN` and the IMO number, or the filed ship number.
        1 conveyance_id: String,
        /// The ship's name, an..35.
        2 name: String,
        /// The voyage number, an..17, unique per ship and year.
        3 voyage: String,
    }
}
