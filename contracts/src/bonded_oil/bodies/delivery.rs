//! Bodies whose subject is a delivery, and the central declaration over many of them.

use alloc::{string::String, vec::Vec};

use countersign_record::Digest;

use super::{Measurement, Product};
use crate::family::shapes::{body, words};

words! {
    /// Which limit of MARPOL Annex VI the supplier declares the sulphur to keep (appendix V).
    SulphurStatement {
        /// The limit of regulation 14.1, everywhere.
        0 Global = "14.1",
        /// The limit of regulation 14.4, in emission control areas.
        1 ControlArea = "14.4",
        /// The limit that the purchaser has specified.
        2 Purchaser = "purchaser",
    }
}

body! {
    /// The supplier's declaration of MARPOL Annex VI, appendix V.
    FuelDeclaration {
        /// Whether the fuel conforms with regulation 18.3.
        1 conforms_18_3: bool,
        /// Which limit its sulphur keeps.
        2 sulphur: SulphurStatement,
        /// Digest of the identity of the supplier's representative who signed.
        3 representative_hash: Digest,
        ;
        /// The purchaser's limit, where that is meant.
        4 purchaser_limit_pct_milli: u32,
    }
}

body! {
    /// Body of `delivery` 燃油交付单, by the bunker barge: every field of MARPOL Annex VI,
    /// appendix V, and what was measured.
    Delivery {
        /// The application that it is made under.
        1 application_no: String,
        /// The receiving ship's IMO number.
        2 imo: String,
        /// The receiving ship's name.
        3 ship_name: String,
        /// Where: `UNLOCODE/n4`.
        4 port: String,
        /// When it began.
        5 start_time: u64,
        /// The supplier's name.
        6 supplier_name: String,
        /// The supplier's address.
        7 supplier_address: String,
        /// The supplier's telephone number.
        8 supplier_phone: String,
        /// What oil.
        9 product: Product,
        /// What was measured; quantity in tonnes and density at 15 °C are in it.
        10 measured: Measurement,
        /// Sulphur content.
        11 sulphur_pct_milli: u32,
        /// Flashpoint, or 70 °C with the next field.
        12 flash_c_deci: i32,
        /// Whether the flashpoint was measured to be at or above 70 °C, and no closer.
        13 flash_at_or_above: bool,
        /// What the supplier declares.
        14 declaration: FuelDeclaration,
        /// Numbers of the seals of the MARPOL sample, at least one.
        15 sample_seals: Vec<String>,
        ;
        /// Kinematic viscosity, at the temperature that the grade names.
        16 viscosity_cst_milli: u32,
    }
}

body! {
    /// Body of `delivery_confirmation`, by the receiving ship: its chief engineer's own figures.
    Confirmation {
        /// What was measured on board.
        1 measured: Measurement,
        /// Digest of the chief engineer's identity.
        2 engineer_hash: Digest,
        /// Numbers of the seals of the sample that stays on board, at least one.
        3 sample_seals: Vec<String>,
        ;
        /// A letter of protest or other remark.
        4 remarks: String,
    }
}

body! {
    /// Body of `settlement`, by a surveyor: what was delivered in fact.
    Settlement {
        /// Thousandths of a tonne.
        1 qty_kg: u64,
        /// Entries that anchored the survey report and what it rests on, at least one.
        2 evidence: Vec<Digest>,
        /// In words, for people.
        3 finding: String,
    }
}

body! {
    /// Body of `declaration` 集中申报, by the supplier: many deliveries of one account and month.
    CentralDeclaration {
        /// The account.
        1 account_no: String,
        /// The month of the deliveries as year × 100 + month, for instance 202611.
        2 period: u32,
        /// The deliveries.
        3 deliveries: Vec<String>,
        /// The sum of their settled quantities, thousandths of a tonne.
        4 total_kg: u64,
        /// Tariff code, 10 digits.
        5 hs: String,
        /// Supervision mode, 4 digits 监管方式.
        6 trade_mode: String,
    }
}
