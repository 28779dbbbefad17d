//! The bunker delivery note 燃油交付单: one view of a delivery with every field of MARPOL Annex VI,
//! appendix V, for JSON and for a printed page.

use alloc::{string::String, vec::Vec};

use countersign_record::Digest;
use serde::Serialize;

use super::{
    bodies::{FuelDeclaration, Measurement, Product, Ship},
    state::{Application, Basis, By, DeliveryRecord, DeliveryStage},
};

/// A bunker delivery note. The note stays on board for three years; the sample until the fuel is
/// used up, and for at least twelve months (regulations 18.6 and 18.8.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DeliveryNote {
    /// The number of the note.
    pub bdn_no: String,
    /// The application that it was made under.
    pub application_no: String,
    /// Where it stands.
    pub stage: DeliveryStage,
    /// The receiving ship: name and IMO number, flag and voyage.
    pub ship: Ship,
    /// Port of the delivery, `UNLOCODE/n4`.
    pub port: String,
    /// When it began, UTC milliseconds since 1970.
    pub start_time: u64,
    /// The supplier.
    pub supplier: Supplier,
    /// What oil.
    pub product: Product,
    /// Quantity that holds, thousandths of a tonne; nothing while barge and ship disagree, or
    /// before the ship has stated its figures.
    pub qty_kg: Option<u64>,
    /// Whose figure that is.
    pub basis: Option<Basis>,
    /// Density at 15 °C, g/m³.
    pub density15_g_m3: u32,
    /// Sulphur content, thousandths of a per cent of mass.
    pub sulphur_pct_milli: u32,
    /// Flashpoint, tenths of a degree Celsius.
    pub flash_c_deci: i32,
    /// Whether it was measured to be at or above that, and no closer.
    pub flash_at_or_above: bool,
    /// Kinematic viscosity, thousandths of mm²/s.
    pub viscosity_cst_milli: Option<u32>,
    /// The declaration of the supplier's representative.
    pub declaration: FuelDeclaration,
    /// Seals of the supplier's sample.
    pub sample_seals: Vec<String>,
    /// What the barge measured.
    pub barge: Measurement,
    /// What the ship measured.
    pub receiver: Option<Receiver>,
    /// The surveyor's finding, where there was a dispute.
    pub finding: Option<String>,
    /// The declaration that it stands in.
    pub declaration_no: Option<String>,
    /// Who signed what, in order: barge, ship, surveyor.
    pub signatures: Vec<Signature>,
}

/// The supplier as the note names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Supplier {
    /// Its id.
    pub party: String,
    /// Its name.
    pub name: String,
    /// Its address.
    pub address: String,
    /// Its telephone number.
    pub phone: String,
}

/// What the receiving ship stated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Receiver {
    /// What was measured on board.
    pub measured: Measurement,
    /// Digest of the chief engineer's identity.
    pub engineer_hash: Digest,
    /// Seals of the sample that stays on board.
    pub sample_seals: Vec<String>,
    /// A letter of protest or other remark.
    pub remarks: Option<String>,
}

/// An entry that signed the note.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Signature {
    /// As what: `bunker_barge`, `receiving_ship` or `surveyor`.
    pub role: &'static str,
    /// Who, in which entry, when.
    #[serde(flatten)]
    pub by: By,
}

impl DeliveryNote {
    /// The note of a delivery under its application.
    pub fn of(bdn_no: &str, delivery: &DeliveryRecord, application: &Application) -> Self {
        let note = &delivery.note;
        let settled = delivery.settled.as_ref();
        Self {
            bdn_no: bdn_no.into(),
            application_no: note.application_no.clone(),
            stage: delivery.stage,
            ship: application.ship.clone(),
            port: note.port.clone(),
            start_time: note.start_time,
            supplier: Supplier {
                party: delivery.supplier.clone(),
                name: note.supplier_name.clone(),
                address: note.supplier_address.clone(),
                phone: note.supplier_phone.clone(),
            },
            product: note.product.clone(),
            qty_kg: settled.map(|s| s.qty_kg),
            basis: settled.map(|s| s.basis),
            density15_g_m3: note.measured.density15_g_m3,
            sulphur_pct_milli: note.sulphur_pct_milli,
            flash_c_deci: note.flash_c_deci,
            flash_at_or_above: note.flash_at_or_above,
            viscosity_cst_milli: note.viscosity_cst_milli,
            declaration: note.declaration.clone(),
            sample_seals: note.sample_seals.clone(),
            barge: note.measured.clone(),
            receiver: delivery.ship.as_ref().map(|s| Receiver {
                measured: s.stated.measured.clone(),
                engineer_hash: s.stated.engineer_hash,
                sample_seals: s.stated.sample_seals.clone(),
                remarks: s.stated.remarks.clone(),
            }),
            finding: settled.and_then(|s| s.finding.clone()),
            declaration_no: delivery.declaration_no.clone(),
            signatures: signatures(delivery),
        }
    }
}

fn signatures(delivery: &DeliveryRecord) -> Vec<Signature> {
    let barge = Signature { role: "bunker_barge", by: delivery.by.clone() };
    let ship = delivery.ship.as_ref();
    let ship = ship.map(|s| Signature { role: "receiving_ship", by: s.by.clone() });
    let surveyor = delivery.settled.as_ref().filter(|s| s.basis == Basis::Surveyor);
    let surveyor = surveyor.map(|s| Signature { role: "surveyor", by: s.by.clone() });
    [Some(barge), ship, surveyor].into_iter().flatten().collect()
}
