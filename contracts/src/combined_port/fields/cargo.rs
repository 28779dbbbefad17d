//! The fields of bodies about containers, plans and ships.

use alloc::format;

use crate::{
    combined_port::bodies::{self, Fullness},
    family::fields::Fields,
    identifiers::{PlaceCode, SizeType},
    limits::{
        BILLS_PER_REPORT_MAX, CONTAINERS_PER_PLAN_MAX, DAMAGE_CODES_MAX, VOYAGES_PER_SHIP_MAX,
    },
};

impl Fields {
    pub(super) fn gate(&mut self, b: &bodies::Gate) {
        self.read(PlaceCode::parse("place", &b.place));
        self.read(SizeType::parse("size_type", &b.size_type));
        self.seals(&b.seals);
        let sealed_empty = b.fullness == Fullness::Empty && !b.seals.is_empty();
        self.ensure(!sealed_empty, "seals", b.seals.len(), "none on an empty container");
        for (field, text) in
            [("bill_no", &b.bill_no), ("booking_no", &b.booking_no), ("eir_no", &b.eir_no)]
        {
            text.iter().for_each(|t| self.code(field, t));
        }
        self.maybe("truck_plate", b.truck_plate.as_deref());
    }

    pub(super) fn filing(&mut self, b: &bodies::ConveyanceFiling) {
        self.text("name", &b.name, 35);
        self.ensure(
            b.voyages.len() <= VOYAGES_PER_SHIP_MAX,
            "voyages",
            b.voyages.len(),
            format!("at most {VOYAGES_PER_SHIP_MAX}"),
        );
        b.voyages.iter().for_each(|v| self.text("voyage", v, 17));
        self.unique("voyages", b.voyages.iter().map(alloc::string::String::as_str));
        b.device_id.iter().for_each(|d| self.code("device_id", d));
    }

    pub(super) fn bills(&mut self, voyage: &str, bills: &[alloc::string::String]) {
        self.text("voyage", voyage, 17);
        self.count("bills", bills.len(), BILLS_PER_REPORT_MAX);
        bills.iter().for_each(|b| self.text("bills", b, 35));
        self.unique("bills", bills.iter().map(alloc::string::String::as_str));
    }

    pub(super) fn plan(&mut self, b: &bodies::TransferPlan) {
        self.ship(&b.conveyance_id, &b.voyage);
        self.read(PlaceCode::parse("origin", &b.origin));
        self.read(PlaceCode::parse("destination", &b.destination));
        let elsewhere = b.origin != b.destination;
        self.ensure(elsewhere, "destination", &b.destination, "another place than the origin");
        self.containers("containers", &b.containers, CONTAINERS_PER_PLAN_MAX);
        self.ensure(b.etd <= b.eta, "eta", b.eta, "not before etd");
    }

    pub(super) fn position(&mut self, b: &bodies::Position) {
        let lat = (-900_000_000..=900_000_000).contains(&b.lat_e7);
        let lon = (-1_800_000_000..=1_800_000_000).contains(&b.lon_e7);
        self.ensure(lat, "lat_e7", b.lat_e7, "within 90 degrees, in 1e-7 degrees");
        self.ensure(lon, "lon_e7", b.lon_e7, "within 180 degrees, in 1e-7 degrees");
        self.code("device_id", &b.device_id);
    }

    pub(super) fn receipt(&mut self, b: &bodies::EquipmentReceipt) {
        self.text("eir_no", &b.eir_no, 35);
        self.read(PlaceCode::parse("place", &b.place));
        let most = b.damage_codes.len() <= DAMAGE_CODES_MAX;
        self.ensure(
            most,
            "damage_codes",
            b.damage_codes.len(),
            format!("at most {DAMAGE_CODES_MAX}"),
        );
        b.damage_codes.iter().for_each(|c| self.code("damage_codes", c));
        self.maybe("remaining_obligation", b.remaining_obligation.as_deref());
    }
}
