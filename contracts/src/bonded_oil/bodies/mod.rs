//! What each kind of entry carries: one body a kind, in its one encoding and as JSON.
//!
//! The number that names the subject (`account_no`, `application_no`, `bdn_no`, `entry_no`) stands
//! in the action's subject and not again in the body.
//!
//! Units stand at the end of a name: `_kg` thousandths of a tonne in air, `_l` litres (thousandths
//! of a cubic metre), `_g_m3` thousandths of a kg/m³, `_c_deci` tenths of a degree Celsius,
//! `_pct_milli` thousandths of a per cent of mass, `_cst_milli` thousandths of mm²/s, `_e4`
//! ten-thousandths. Times are UTC milliseconds since 1970. A field after the `;` may be absent.

use alloc::string::String;

use countersign_record::Digest;

use crate::family::shapes::body;

mod account;
mod application;
mod delivery;

pub use account::*;
pub use application::*;
pub use delivery::*;

body! {
    /// What oil it is.
    Product {
        /// The grade (ISO 8217) by its name in the founding document, for instance `RMG380`.
        1 grade: String,
        /// The sulphur class by its name in the founding document, for instance `VLSFO`.
        2 sulphur_class: String,
    }
}

body! {
    /// A volume as it was measured, and the weight that its party computed from it. Every node
    /// computes it again.
    Measurement {
        /// Gross observed volume, litres.
        1 gov_l: u64,
        /// Temperature of the oil, tenths of a degree Celsius.
        2 temp_c_deci: i32,
        /// Density at 15 °C, g/m³.
        3 density15_g_m3: u32,
        /// Volume correction factor to 15 °C, ten-thousandths 体积修正系数.
        4 vcf_e4: u32,
        /// Weight in air, thousandths of a tonne.
        5 qty_kg: u64,
    }
}

body! {
    /// Body of `void`: the party that signed an entry takes it back, as long as nothing rests on it.
    Void {
        /// The entry.
        1 entry: Digest,
        /// Why, for people.
        2 reason: String,
    }
}
