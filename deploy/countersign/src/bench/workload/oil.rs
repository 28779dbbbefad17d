//! Bonded oil: suppliers apply to bunker ships, and tanks are measured.

use countersign_client::draft::DraftAction;
use countersign_contracts::calendar::DAY_MS;
use serde_json::{Value, json};

use super::{Workload, papers, port};

/// Accounts of the warehouse, and tanks of each.
const ACCOUNTS: usize = 16;
const TANKS: usize = 8;
/// What each tank holds in the beginning, thousandths of a tonne.
const OPENING_KG: u64 = 700_000;
const SUPPLIER: &str = "91440113MA7DEM075R";
const BARGE: &str = "91440113MA7DEM2276";
const SHIP: &str = "91440115MA7DEM235X";
const PLACE: &str = "CNNSA/5165";
/// Papers beside an application: contract, stem, ship's particulars, nomination, licence, agency.
const APPLICATION_PAPERS: usize = 6;
/// Papers beside a dip: sounding, temperature, density, water, calibration, photograph and so on.
const DIP_PAPERS: usize = 9;

impl Workload {
    /// The accounts and their tanks.
    pub(super) fn tanks(&self) -> anyhow::Result<Vec<Vec<u8>>> {
        let opened = (0..ACCOUNTS).map(|i| {
            let tanks: Vec<_> = (0..TANKS)
                .map(|t| json!({ "tank": tank(t), "product": product(), "opening_kg": OPENING_KG }))
                .collect();
            let body = json!({ "warehouse_code": format!("B5160{i:05}"), "warehouse_use": "public",
                "district": "5160", "tanks": tanks, "suppliers": [SUPPLIER] });
            action("account_open", format!("account:{}", account(i)), body)
        });
        Ok(vec![self.sign("bonded-warehouse", "OPEN-ACCOUNTS", opened.collect(), [])?])
    }

    /// A supplier applies.
    pub(super) fn oil(&self, reference: &str, i: usize) -> anyhow::Result<Vec<u8>> {
        let imo = port::imo(910_000 + (i % 1000) as u32);
        let ship = json!({ "imo": imo, "name": format!("HARBOUR LIGHT {}", i % 1000),
            "flag": "PAN", "voyage": format!("{:03}W", i % 1000), "international": true });
        let body = json!({ "account_no": account(i), "tank": tank(i / ACCOUNTS),
            "product": product(), "qty_kg": 200_000 + i % 400_000, "ship": ship, "place": PLACE,
            "window_from": self.began, "window_to": self.began + 30 * DAY_MS,
            "barge_party": BARGE, "ship_party": SHIP });
        let applied = action("application", format!("application:YL{i:010}"), body);
        let papers = papers(reference, APPLICATION_PAPERS);
        self.sign("bunker-supplier", reference, vec![applied], papers)
    }

    /// A tank is measured.
    pub(super) fn dip(&self, reference: &str, i: usize) -> anyhow::Result<Vec<u8>> {
        // Tables 54B at 45.5 °C and 941.2 kg/m³.
        let measured = json!({ "gov_l": 761_585, "temp_c_deci": 455, "density15_g_m3": 941_200,
            "vcf_e4": 9777, "qty_kg": OPENING_KG });
        let body = json!({ "tank": tank(i / ACCOUNTS), "measured": measured });
        let dipped = action("tank_dip", format!("account:{}", account(i)), body);
        self.sign("bonded-warehouse", reference, vec![dipped], papers(reference, DIP_PAPERS))
    }
}

fn action(kind: &str, subject: String, body: Value) -> DraftAction {
    DraftAction::new("bonded_oil", kind, subject, body)
}

fn account(i: usize) -> String {
    format!("LZ5160{:06}", i % ACCOUNTS)
}

fn tank(i: usize) -> String {
    format!("T-{}", i % TANKS)
}

fn product() -> Value {
    json!({ "grade": "RMG380", "sulphur_class": "VLSFO" })
}
