//! Bodies whose subject is an application to supply one ship.

use alloc::{string::String, vec::Vec};

use countersign_record::Digest;

use super::{Measurement, Product};
use crate::family::shapes::{body, words};

body! {
    /// The ship that is supplied 受油船.
    Ship {
        /// Its IMO number, seven digits.
        1 imo: String,
        /// Its name.
        2 name: String,
        /// Its flag, three letters (ISO 3166).
        3 flag: String,
        /// Its voyage.
        4 voyage: String,
        /// Whether that voyage is international 国际航行.
        5 international: bool,
    }
}

body! {
    /// Body of `application`, by the supplier.
    OilApplication {
        /// The logistics account 物流账册.
        1 account_no: String,
        /// The tank.
        2 tank: String,
        /// What oil.
        3 product: Product,
        /// How much, thousandths of a tonne.
        4 qty_kg: u64,
        /// For which ship.
        5 ship: Ship,
        /// Where: `UNLOCODE/n4`. Its district's office is receiving customs.
        6 place: String,
        /// The first moment at which a delivery may begin.
        7 window_from: u64,
        /// The last one.
        8 window_to: u64,
        /// The party that runs the bunker barge and signs its notes.
        9 barge_party: String,
        /// The party that signs for the ship's chief engineer.
        10 ship_party: String,
    }
}

words! {
    /// What an office says to an application.
    Decision {
        /// Yes 同意.
        0 Accept = "accept",
        /// No 不同意: that ends it.
        1 Refuse = "refuse",
    }
}

body! {
    /// Body of `approval`, by supply customs.
    Approval {
        /// Yes or no.
        1 decision: Decision,
        /// Digest of the officer's identity.
        2 officer_hash: Digest,
        ;
        /// How much is approved, thousandths of a tonne, where it is less than was applied for.
        3 approved_kg: u64,
        /// Why; mandatory where the answer is no.
        4 reason: String,
    }
}

body! {
    /// Body of `acknowledgement`, by receiving customs.
    Acknowledgement {
        /// Yes or no.
        1 decision: Decision,
        /// Digest of the officer's identity.
        2 officer_hash: Digest,
        ;
        /// Why; mandatory where the answer is no.
        3 reason: String,
    }
}

body! {
    /// Body of `outbound`, by the warehouse; the supplier countersigns it.
    Outbound {
        /// The number of the outbound voucher, unique within the application.
        1 voucher_no: String,
        /// What was measured.
        2 measured: Measurement,
        /// Seals on the barge's tanks.
        3 seals: Vec<String>,
    }
}

body! {
    /// Body of `outbound_countersignature`, by the supplier.
    Countersignature {
        /// The outbound voucher.
        1 voucher_no: String,
        /// Its quantity as the supplier has it, thousandths of a tonne.
        2 qty_kg: u64,
    }
}

body! {
    /// Body of `return`, by the warehouse.
    Return {
        /// The number of the return voucher, unique within the application.
        1 voucher_no: String,
        /// The tank that it went into.
        2 tank: String,
        /// What was measured.
        3 measured: Measurement,
    }
}

body! {
    /// Body of `loss`, by the supplier.
    Loss {
        /// The number of the loss voucher, unique within the application.
        1 voucher_no: String,
        /// How much, thousandths of a tonne.
        2 qty_kg: u64,
        /// Why, for people.
        3 reason: String,
        /// Entries that anchored the evidence, at least one.
        4 evidence: Vec<Digest>,
    }
}

body! {
    /// Body of `write_off` 核销, by supply customs.
    WriteOff {
        /// Digest of the officer's identity.
        1 officer_hash: Digest,
    }
}
