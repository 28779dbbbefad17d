//! Bonded oil on the same small network: the statements of domain.md §7.2, and the states on their
//! way.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use countersign_record::statement::EntryId;
use serde_json::{Value, json};

use super::port::{Act, DAY, ELSEWHERE, HOUR, Port, START, hash, id};
use crate::{
    bonded_oil::{
        self,
        state::{Account, Application, DeliveryRecord},
    },
    family::{self, FamilyName},
    world::SubjectKey,
};

pub(crate) const ACCOUNT: &str = "L5160A000001";
pub(crate) const APPLICATION: &str = "OIL-2026-0001";
/// The deliveries of §7.2.
pub(crate) const NOTES: [&str; 2] = ["BDN-0001", "BDN-0002"];
pub(crate) const CENTRAL: &str = "516020260000000001";
/// The month of [`START`], as declarations name it.
pub(crate) const MONTH: u32 = 202_611;

/// What the founding document says of oil.
pub(crate) fn parameters() -> impl Iterator<Item = (String, i64)> {
    [
        ("mass_tolerance_permyriad", 10),
        ("delivery_tolerance_permyriad", 50),
        ("dip_tolerance_permyriad", 30),
        ("loss_allowance_permyriad", 20),
        ("air_buoyancy_g_m3", 1_100),
        ("sulphur_14_1_pct_milli", 500),
        ("sulphur_14_4_pct_milli", 100),
        ("declaration_days", 10),
        ("confirmation_ms", 86_400_000),
        ("dispute_response_ms", 432_000_000),
        ("group.1.k0_e4", 1_869_696),
        ("group.1.k1_e4", 4_862),
        ("group.1.density_min_g_m3", 838_313),
        ("group.1.density_max_g_m3", 1_163_500),
        ("group.2.k0_e4", 5_945_418),
        ("group.2.k1_e4", 0),
        ("group.2.density_min_g_m3", 787_520),
        ("group.2.density_max_g_m3", 838_312),
        ("grade.RMG380.density_max_g_m3", 991_000),
        ("grade.RMG380.viscosity_max_cst_milli", 380_000),
        ("grade.RMG380.flash_min_c_deci", 600),
        ("grade.DMA.density_max_g_m3", 890_000),
        ("grade.DMA.flash_min_c_deci", 600),
        ("sulphur.VLSFO.max_pct_milli", 500),
        ("sulphur.ULSFO.max_pct_milli", 100),
    ]
    .into_iter()
    .map(|(name, value)| (format!("bonded_oil.{name}"), value))
}

fn oil(who: &'static str, kind: &'static str, subject: String, body: Value) -> Act {
    Act { who, family: "bonded_oil", kind, subject, body }
}

fn on_account(who: &'static str, kind: &'static str, body: Value) -> Act {
    oil(who, kind, format!("account:{ACCOUNT}"), body)
}

fn on_application(who: &'static str, kind: &'static str, body: Value) -> Act {
    oil(who, kind, format!("application:{APPLICATION}"), body)
}

pub(crate) fn rmg380() -> Value {
    json!({ "grade": "RMG380", "sulphur_class": "VLSFO" })
}

/// A measurement at the temperature and density of §7.2, with the weight that the tables give.
pub(crate) fn measured(gov_l: u64, qty_kg: u64) -> Value {
    json!({ "gov_l": gov_l, "temp_c_deci": 455, "density15_g_m3": 941_200, "vcf_e4": 9777,
        "qty_kg": qty_kg })
}

/// So many tonnes, measured.
pub(crate) fn tonnes(tonnes: u64) -> Value {
    let litres = tonnes * 1_000 * 10_000_000_000 / (9777 * 940_100);
    measured(litres, tonnes * 1_000)
}

pub(crate) fn tank(name: &str, opening_kg: u64) -> Value {
    json!({ "tank": name, "product": rmg380(), "opening_kg": opening_kg })
}

pub(crate) fn open_account() -> Act {
    let body = json!({
        "warehouse_code": "B5160001", "warehouse_use": "public", "district": "5160",
        "tanks": [tank("T-3", 3_000_000), tank("T-4", 0)], "suppliers": [id("supplier")],
    });
    on_account("warehouse", "account_open", body)
}

pub(crate) fn amend_account(tanks: &[Value], suppliers: &[&str]) -> Act {
    let body = json!({ "tanks": tanks, "suppliers": suppliers, "reason": "grows" });
    on_account("warehouse", "account_amendment", body)
}

pub(crate) fn stock_in(tank: &str, measured: Value) -> Act {
    let body = json!({ "tank": tank, "product": rmg380(), "measured": measured,
        "entry_no": "516020261000000009" });
    on_account("warehouse", "stock_in", body)
}

pub(crate) fn dip(tank: &str, measured: Value) -> Act {
    on_account("warehouse", "tank_dip", json!({ "tank": tank, "measured": measured }))
}

/// An empty tank, dipped.
pub(crate) fn dip_empty(tank: &str) -> Act {
    dip(tank, measured(0, 0))
}

pub(crate) fn adjust(tank: &str, change_kg: i64) -> Act {
    let body = json!({ "tank": tank, "change_kg": change_kg, "evidence": [hash()],
        "reason": "stock-taking" });
    on_account("supply_customs", "adjustment", body)
}

pub(crate) fn close_period(period_no: u32) -> Act {
    on_account("warehouse", "period_close", json!({ "period_no": period_no }))
}

pub(crate) fn apply() -> Act {
    let ship = json!({ "imo": "9988774", "name": "OCEAN LANTERN", "flag": "LBR",
        "voyage": "112W", "international": true });
    let body = json!({
        "account_no": ACCOUNT, "tank": "T-3", "product": rmg380(), "qty_kg": 1_200_000,
        "ship": ship, "place": ELSEWHERE, "window_from": START, "window_to": START + 5 * DAY,
        "barge_party": id("bunker_barge"), "ship_party": id("receiving_ship"),
    });
    on_application("supplier", "application", body)
}

pub(crate) fn approve() -> Act {
    let body = json!({ "decision": "accept", "officer_hash": hash() });
    on_application("supply_customs", "approval", body)
}

pub(crate) fn acknowledge() -> Act {
    let body = json!({ "decision": "accept", "officer_hash": hash() });
    on_application("receiving_customs", "acknowledgement", body)
}

pub(crate) fn outbound(voucher_no: &str, measured: Value) -> Act {
    let body = json!({ "voucher_no": voucher_no, "measured": measured, "seals": ["BW-1"] });
    on_application("warehouse", "outbound", body)
}

pub(crate) fn countersign(voucher_no: &str, qty_kg: u64) -> Act {
    let body = json!({ "voucher_no": voucher_no, "qty_kg": qty_kg });
    on_application("supplier", "outbound_countersignature", body)
}

pub(crate) fn bring_back(voucher_no: &str, measured: Value) -> Act {
    let body = json!({ "voucher_no": voucher_no, "tank": "T-3", "measured": measured });
    on_application("warehouse", "return", body)
}

pub(crate) fn lose(voucher_no: &str, qty_kg: u64) -> Act {
    let body = json!({ "voucher_no": voucher_no, "qty_kg": qty_kg, "reason": "clingage",
        "evidence": [hash()] });
    on_application("supplier", "loss", body)
}

pub(crate) fn write_off() -> Act {
    on_application("supply_customs", "write_off", json!({ "officer_hash": hash() }))
}

pub(crate) fn deliver(bdn_no: &str, measured: Value) -> Act {
    let declaration = json!({ "conforms_18_3": true, "sulphur": "14.1",
        "representative_hash": hash() });
    let body = json!({
        "application_no": APPLICATION, "imo": "9988774", "ship_name": "OCEAN LANTERN",
        "port": ELSEWHERE, "start_time": START + HOUR,
        "supplier_name": "Panyu Bunker Supply", "supplier_address": "Lianhuashan Port, Panyu",
        "supplier_phone": "+86 20 0000 0000", "product": rmg380(), "measured": measured,
        "sulphur_pct_milli": 470, "flash_c_deci": 700, "flash_at_or_above": true,
        "declaration": declaration, "sample_seals": ["MS-0001"],
        "viscosity_cst_milli": 361_500,
    });
    oil("bunker_barge", "delivery", format!("delivery:{bdn_no}"), body)
}

pub(crate) fn ship_confirms(bdn_no: &str, measured: Value) -> Act {
    let body = json!({ "measured": measured, "engineer_hash": hash(),
        "sample_seals": ["MS-0002"] });
    oil("receiving_ship", "delivery_confirmation", format!("delivery:{bdn_no}"), body)
}

pub(crate) fn settle(bdn_no: &str, qty_kg: u64) -> Act {
    let body = json!({ "qty_kg": qty_kg, "evidence": [hash()],
        "finding": "the ship's sounding table was of another tank" });
    oil("surveyor", "settlement", format!("delivery:{bdn_no}"), body)
}

pub(crate) fn declare(notes: &[&str], total_kg: u64) -> Act {
    let body = json!({ "account_no": ACCOUNT, "period": MONTH, "deliveries": notes,
        "total_kg": total_kg, "hs": "2710192200", "trade_mode": "1234" });
    oil("supplier", "declaration", format!("declaration:{CENTRAL}"), body)
}

pub(crate) fn void_oil(who: &'static str, subject: &str, entry: EntryId) -> Act {
    let body = json!({ "entry": entry.to_string(), "reason": "sent in error" });
    oil(who, "void", subject.into(), body)
}

/// 700.000 t as §7.2 measures them.
pub(crate) fn first() -> Value {
    measured(761_585, 700_000)
}

/// 498.600 t as the barge of §7.2 measures them.
pub(crate) fn second() -> Value {
    measured(542_466, 498_600)
}

/// 487.142 t as the ship of §7.2 measures them.
pub(crate) fn by_the_ship() -> Value {
    measured(530_000, 487_142)
}

/// 0.900 t.
pub(crate) fn returned() -> Value {
    measured(979, 900)
}

/// The states of domain.md §2.2 on the way of §7.2.
impl Port {
    pub(crate) fn stocked() -> Self {
        Self::new().do_all([open_account()])
    }

    pub(crate) fn applied() -> Self {
        Self::stocked().do_all([apply()])
    }

    pub(crate) fn approved() -> Self {
        Self::applied().do_all([approve()])
    }

    pub(crate) fn acknowledged() -> Self {
        Self::approved().do_all([acknowledge()])
    }

    pub(crate) fn outbound() -> Self {
        Self::acknowledged()
            .do_all([outbound("OUT-1", tonnes(1_200)), countersign("OUT-1", 1_200_000)])
    }

    pub(crate) fn delivered() -> Self {
        Self::outbound().do_all([deliver(NOTES[0], first()), deliver(NOTES[1], second())])
    }

    pub(crate) fn disputed() -> Self {
        Self::delivered()
            .do_all([ship_confirms(NOTES[0], first()), ship_confirms(NOTES[1], by_the_ship())])
    }

    pub(crate) fn settled() -> Self {
        Self::disputed().do_all([settle(NOTES[1], 498_600)])
    }

    pub(crate) fn centrally_declared() -> Self {
        Self::settled().do_all([declare(&NOTES, 1_198_600)])
    }

    pub(crate) fn balanced() -> Self {
        Self::centrally_declared().do_all([bring_back("RET-1", returned()), lose("LOSS-1", 500)])
    }

    pub(crate) fn written_off() -> Self {
        Self::balanced().do_all([write_off()])
    }

    pub(crate) fn oil(&self, subject: &str) -> bonded_oil::State {
        let key = SubjectKey::new(FamilyName::BondedOil, subject);
        match &self.ledger.records()[&key].state {
            family::State::BondedOil(state) => state.clone(),
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn has_account(&self) -> bool {
        let key = SubjectKey::new(FamilyName::BondedOil, format!("account:{ACCOUNT}"));
        self.ledger.records().contains_key(&key)
    }

    pub(crate) fn account(&self) -> Account {
        match self.oil(&format!("account:{ACCOUNT}")) {
            bonded_oil::State::Account(account) => account.take(),
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn application(&self) -> Application {
        match self.oil(&format!("application:{APPLICATION}")) {
            bonded_oil::State::Application(application) => application.take(),
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn delivery(&self, bdn_no: &str) -> DeliveryRecord {
        match self.oil(&format!("delivery:{bdn_no}")) {
            bonded_oil::State::Delivery(delivery) => delivery.take(),
            other => panic!("{other:?}"),
        }
    }

    /// Every subject of this family with its state.
    pub(crate) fn all_oil(&self) -> Vec<(&str, &bonded_oil::State)> {
        let records = self.ledger.records().iter();
        records
            .filter_map(|(k, r)| match &r.state {
                family::State::BondedOil(state) => Some((k.subject.as_str(), state)),
                _ => None,
            })
            .collect()
    }
}
