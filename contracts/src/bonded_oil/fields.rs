//! `check`: what a body must be by itself, before any state is read.

use alloc::{format, string::String};

use super::{
    bodies::{
        AccountOpen, CentralDeclaration, Confirmation, Decision, Delivery, Measurement,
        OilApplication, Product, SulphurStatement, TankOpening, WarehouseUse,
    },
    kinds::{Action, Subject},
};
use crate::{
    family::fields::Fields,
    identifiers::{DeclarationNumber, District, Hs, Imo, PlaceCode, Uscc},
    limits::{
        DELIVERIES_PER_DECLARATION_MAX, OIL_C_DECI_MAX, OIL_C_DECI_MIN, OIL_KG_MAX, SEALS_MAX,
        SUPPLIERS_PER_ACCOUNT_MAX, TANKS_PER_ACCOUNT_MAX,
    },
    refusal::Refusal,
};

/// Longest number of an account, application, note or voucher.
const NUMBER_BYTES_MAX: usize = 35;
/// The flashpoint of which a note may say "at or above" (MARPOL Annex VI, appendix V).
const FLASH_AT_OR_ABOVE_C_DECI: i32 = 700;

impl Fields {
    fn product(&mut self, product: &Product) {
        for (field, name) in [("grade", &product.grade), ("sulphur_class", &product.sulphur_class)]
        {
            let fits = (1..=16).contains(&name.len())
                && name.bytes().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
            self.ensure(fits, field, name, "1 to 16 capital letters and digits");
        }
    }

    fn oil_kg(&mut self, field: &str, kg: u64) {
        let fits = (1..=OIL_KG_MAX).contains(&kg);
        self.ensure(fits, field, kg, format!("1 to {OIL_KG_MAX} thousandths of a tonne"));
    }

    /// A measurement within what the tables and the arithmetic are for.
    fn measured(&mut self, m: &Measurement) {
        self.volume(m);
        self.oil_kg("qty_kg", m.qty_kg);
    }

    fn volume(&mut self, m: &Measurement) {
        self.ensure(m.gov_l <= OIL_KG_MAX, "gov_l", m.gov_l, format!("at most {OIL_KG_MAX} l"));
        let range = OIL_C_DECI_MIN..=OIL_C_DECI_MAX;
        let expected = format!("{OIL_C_DECI_MIN} to {OIL_C_DECI_MAX} tenths of a degree");
        self.ensure(range.contains(&m.temp_c_deci), "temp_c_deci", m.temp_c_deci, expected);
        let fits = (500_000..=1_200_000).contains(&m.density15_g_m3);
        let expected = "500000 to 1200000 g/m3";
        self.ensure(fits, "density15_g_m3", m.density15_g_m3, expected);
    }

    fn tanks(&mut self, tanks: &[TankOpening]) {
        let expected = format!("at most {TANKS_PER_ACCOUNT_MAX}");
        self.ensure(tanks.len() <= TANKS_PER_ACCOUNT_MAX, "tanks", tanks.len(), expected);
        for t in tanks {
            self.text("tank", &t.tank, 16);
            self.product(&t.product);
            let expected = format!("at most {OIL_KG_MAX} thousandths of a tonne");
            self.ensure(t.opening_kg <= OIL_KG_MAX, "opening_kg", t.opening_kg, expected);
        }
        self.unique("tanks", tanks.iter().map(|t| t.tank.as_str()));
    }

    fn suppliers(&mut self, suppliers: &[String]) {
        let expected = format!("at most {SUPPLIERS_PER_ACCOUNT_MAX}");
        let fits = suppliers.len() <= SUPPLIERS_PER_ACCOUNT_MAX;
        self.ensure(fits, "suppliers", suppliers.len(), expected);
        suppliers.iter().for_each(|s| self.read(Uscc::parse("suppliers", s)));
        self.unique("suppliers", suppliers.iter().map(String::as_str));
    }

    fn account(&mut self, body: &AccountOpen) {
        self.code("warehouse_code", &body.warehouse_code);
        self.read(District::parse("district", &body.district));
        self.count("tanks", body.tanks.len(), TANKS_PER_ACCOUNT_MAX);
        self.tanks(&body.tanks);
        self.count("suppliers", body.suppliers.len(), SUPPLIERS_PER_ACCOUNT_MAX);
        self.suppliers(&body.suppliers);
        if body.warehouse_use == WarehouseUse::Own {
            let count = body.suppliers.len();
            self.ensure(count <= 1, "suppliers", count, "one supplier: the warehouse is own-use");
        }
    }

    fn application(&mut self, body: &OilApplication) {
        self.text("account_no", &body.account_no, NUMBER_BYTES_MAX);
        self.text("tank", &body.tank, 16);
        self.product(&body.product);
        self.oil_kg("qty_kg", body.qty_kg);
        self.read(Imo::parse("imo", &body.ship.imo));
        self.text("ship.name", &body.ship.name, 35);
        let flag = &body.ship.flag;
        let fits = flag.len() == 3 && flag.bytes().all(|c| c.is_ascii_uppercase());
        self.ensure(fits, "flag", flag, "three letters (ISO 3166 alpha-3)");
        self.text("voyage", &body.ship.voyage, 17);
        self.read(PlaceCode::parse("place", &body.place));
        let ordered = body.window_from < body.window_to;
        let expected = format!("later than window_from, {}", body.window_from);
        self.ensure(ordered, "window_to", body.window_to, expected);
        self.code("barge_party", &body.barge_party);
        self.code("ship_party", &body.ship_party);
    }

    /// A no has its reason, and approves nothing.
    fn decision(&mut self, decision: Decision, reason: Option<&str>) {
        self.maybe("reason", reason);
        self.present("reason", decision == Decision::Accept || reason.is_some());
    }

    fn seals_of(&mut self, field: &str, seals: &[String]) {
        self.ensure(seals.len() <= SEALS_MAX, field, seals.len(), format!("at most {SEALS_MAX}"));
        seals.iter().for_each(|s| self.text(field, s, 15));
        self.unique(field, seals.iter().map(String::as_str));
    }

    fn delivery(&mut self, body: &Delivery) {
        self.text("application_no", &body.application_no, NUMBER_BYTES_MAX);
        self.read(Imo::parse("imo", &body.imo));
        self.text("ship_name", &body.ship_name, 35);
        self.read(PlaceCode::parse("port", &body.port));
        self.words("supplier_name", &body.supplier_name);
        self.words("supplier_address", &body.supplier_address);
        self.code("supplier_phone", &body.supplier_phone);
        self.product(&body.product);
        self.measured(&body.measured);
        let sulphur = body.sulphur_pct_milli;
        self.ensure(sulphur <= 100_000, "sulphur_pct_milli", sulphur, "at most 100000: 100 %");
        let flash = body.flash_c_deci;
        self.ensure((0..=3000).contains(&flash), "flash_c_deci", flash, "0 to 3000");
        if body.flash_at_or_above {
            let fits = flash == FLASH_AT_OR_ABOVE_C_DECI;
            let expected = format!("{FLASH_AT_OR_ABOVE_C_DECI}: at or above 70 degrees");
            self.ensure(fits, "flash_c_deci", flash, expected);
        }
        let declared = &body.declaration;
        let purchaser = declared.sulphur == SulphurStatement::Purchaser;
        let limit = declared.purchaser_limit_pct_milli;
        self.present("purchaser_limit_pct_milli", !purchaser || limit.is_some());
        self.count("sample_seals", body.sample_seals.len(), SEALS_MAX);
        self.seals_of("sample_seals", &body.sample_seals);
    }

    fn confirmation(&mut self, body: &Confirmation) {
        self.measured(&body.measured);
        self.count("sample_seals", body.sample_seals.len(), SEALS_MAX);
        self.seals_of("sample_seals", &body.sample_seals);
        self.maybe("remarks", body.remarks.as_deref());
    }

    fn central(&mut self, body: &CentralDeclaration) {
        self.text("account_no", &body.account_no, NUMBER_BYTES_MAX);
        let (year, month) = (body.period / 100, body.period % 100);
        let fits = (2000..2100).contains(&year) && (1..=12).contains(&month);
        self.ensure(fits, "period", body.period, "year and month, for instance 202611");
        self.count("deliveries", body.deliveries.len(), DELIVERIES_PER_DECLARATION_MAX);
        body.deliveries.iter().for_each(|d| self.text("deliveries", d, NUMBER_BYTES_MAX));
        self.unique("deliveries", body.deliveries.iter().map(String::as_str));
        self.read(Hs::parse("hs", &body.hs, 10));
        self.digits("trade_mode", &body.trade_mode, 4);
    }
}

impl Action {
    /// Everything about the body that needs no state.
    pub(super) fn check_fields(&self) -> Result<(), Refusal> {
        let mut f = Fields::default();
        match self.subject() {
            Subject::Account(no) => f.text("account_no", no, NUMBER_BYTES_MAX),
            Subject::Application(no) => f.text("application_no", no, NUMBER_BYTES_MAX),
            Subject::Delivery(no) => f.text("bdn_no", no, NUMBER_BYTES_MAX),
            Subject::Declaration(no) => f.read(DeclarationNumber::parse("entry_no", no)),
        }
        self.check_body(&mut f);
        f.answer()
    }

    fn check_body(&self, f: &mut Fields) {
        match self {
            Self::Application { body, .. } => f.application(body),
            Self::Approval { body, .. } => {
                f.decision(body.decision, body.reason.as_deref());
                body.approved_kg.into_iter().for_each(|kg| f.oil_kg("approved_kg", kg));
            }
            Self::Acknowledgement { body, .. } => {
                f.decision(body.decision, body.reason.as_deref());
            }
            Self::Outbound { body, .. } => {
                f.text("voucher_no", &body.voucher_no, NUMBER_BYTES_MAX);
                f.measured(&body.measured);
                f.seals_of("seals", &body.seals);
            }
            Self::Countersignature { body, .. } => {
                f.text("voucher_no", &body.voucher_no, NUMBER_BYTES_MAX);
            }
            Self::Return { body, .. } => {
                f.text("voucher_no", &body.voucher_no, NUMBER_BYTES_MAX);
                f.text("tank", &body.tank, 16);
                f.measured(&body.measured);
            }
            Self::Loss { body, .. } => {
                f.text("voucher_no", &body.voucher_no, NUMBER_BYTES_MAX);
                f.oil_kg("qty_kg", body.qty_kg);
                f.words("reason", &body.reason);
                f.evidence(&body.evidence);
            }
            Self::Delivery { body, .. } => f.delivery(body),
            Self::Confirmation { body, .. } => f.confirmation(body),
            Self::Settlement { body, .. } => {
                f.oil_kg("qty_kg", body.qty_kg);
                f.words("finding", &body.finding);
                f.evidence(&body.evidence);
            }
            Self::Declaration { body, .. } => f.central(body),
            Self::Void { body, .. } => f.words("reason", &body.reason),
            _ => self.check_account_body(f),
        }
    }

    fn check_account_body(&self, f: &mut Fields) {
        match self {
            Self::AccountOpen { body, .. } => f.account(body),
            Self::AccountAmendment { body, .. } => {
                f.present("tanks", !body.tanks.is_empty() || !body.suppliers.is_empty());
                f.tanks(&body.tanks);
                f.suppliers(&body.suppliers);
                f.words("reason", &body.reason);
            }
            Self::StockIn { body, .. } => {
                f.text("tank", &body.tank, 16);
                f.product(&body.product);
                f.measured(&body.measured);
                f.read(DeclarationNumber::parse("entry_no", &body.entry_no));
            }
            Self::TankDip { body, .. } => {
                f.text("tank", &body.tank, 16);
                // An empty tank is measured too.
                f.volume(&body.measured);
            }
            Self::Adjustment { body, .. } => {
                f.text("tank", &body.tank, 16);
                f.oil_kg("change_kg", body.change_kg.unsigned_abs());
                f.words("reason", &body.reason);
                f.evidence(&body.evidence);
            }
            _ => {}
        }
    }
}
