//! Act two: bonded oil for one ship (domain.md §7.2), from the application to the write-off.

use countersign_record::Digest;
use serde_json::{Value, json};

use super::{DraftAction, Story, StoryFault, evidence::Exhibit};

/// Scenes of this act.
pub(super) const SCENES: usize = 5;

/// The account whose tank the oil leaves.
pub const ACCOUNT: &str = "LZ5160000001";
/// The application.
pub const APPLICATION: &str = "YL2026110001";
/// The delivery that both sides measured alike.
pub const DELIVERED: &str = "BDN26110001";
/// The delivery that they measured differently.
pub const DISPUTED: &str = "BDN26110002";
const DECLARATION: &str = "516020260000456789";
const SUPPLIER: &str = "91440113MA7DEM075R";
const BARGE: &str = "91440113MA7DEM2276";
const SHIP: &str = "91440115MA7DEM235X";
const IMO: &str = "9988774";
const SHIP_NAME: &str = "HARBOUR LIGHT";
const PLACE: &str = "CNNSA/5165";
const TANK: &str = "T-3";
/// Tables 54B at 45.5 °C and 941.2 kg/m³.
const VCF_E4: u32 = 9777;
const SURVEY: &str = "Survey of BDN26110002 (fictitious)\n\
    The barge's meter was right: 498.600 t. The ship's gauge was read at an angle.\n";
const LINE_SURVEY: &str = "Line survey under YL2026110001 (fictitious)\n\
    Left in the barge's lines and not to be recovered: 0.500 t.\n";

impl Story<'_> {
    /// Twelve hundred tonnes under bond.
    pub(super) async fn oil(&mut self) -> Result<(), StoryFault> {
        self.application().await?;
        self.outbound().await?;
        self.first_delivery().await?;
        self.second_delivery().await?;
        self.write_off().await
    }

    async fn application(&mut self) -> Result<(), StoryFault> {
        self.scene(
            "A supplier applies for 1,200 t of bonded oil; two customs offices say yes",
            "供油企业申请 1,200 吨保税油；两地海关分别同意与确认",
        );
        let time = self.at(1, 9, 0);
        let tank = json!({ "tank": TANK, "product": product(), "opening_kg": 5_000_000 });
        let account = json!({ "warehouse_code": "B516000001", "warehouse_use": "public",
            "district": "5160", "tanks": [tank], "suppliers": [SUPPLIER] });
        self.oil_says("bonded-warehouse", "ACCOUNT-1", time, "account_open", account_of(), account)
            .await?;
        let ship = json!({ "imo": IMO, "name": SHIP_NAME, "flag": "PAN", "voyage": "112W",
            "international": true });
        let application = json!({ "account_no": ACCOUNT, "tank": TANK, "product": product(),
            "qty_kg": 1_200_000, "ship": ship, "place": PLACE, "window_from": self.at(1, 0, 0),
            "window_to": self.expires, "barge_party": BARGE, "ship_party": SHIP });
        self.oil_says("bunker-supplier", "APPLY-1", time, "application", applied(), application)
            .await?;
        let officer = Digest::of(b"officer");
        let yes = json!({ "decision": "accept", "officer_hash": officer });
        let time = self.at(1, 9, 20);
        self.oil_says("panyu-customs", "APPROVE-1", time, "approval", applied(), yes.clone())
            .await?;
        self.oil_says("nansha-customs", "ACK-1", time, "acknowledgement", applied(), yes).await
    }

    async fn outbound(&mut self) -> Result<(), StoryFault> {
        self.scene(
            "1,200 t leave the tank for the barge; five more would be over the approval",
            "1,200 吨出库装供油船；再出 5 吨超出批准数量，被拒绝",
        );
        let time = self.at(1, 11, 0);
        let outbound = outbound("OUT-1", 1_305_575, 1_200_000);
        self.oil_says("bonded-warehouse", "OUT-1", time, "outbound", applied(), outbound).await?;
        let more = vec![action("outbound", applied(), self::outbound("OUT-2", 5_440, 5_000))];
        self.say_in_vain("bonded-warehouse", "OUT-2", time, more, "OverApproved").await?;
        let countersigned = json!({ "voucher_no": "OUT-1", "qty_kg": 1_200_000 });
        let kind = "outbound_countersignature";
        self.oil_says("bunker-supplier", "OUT-1-YES", time, kind, applied(), countersigned).await
    }

    async fn first_delivery(&mut self) -> Result<(), StoryFault> {
        self.scene(
            "The barge delivers 700 t, and the chief engineer signs the same",
            "供油船交付 700 吨，轮机长确认一致",
        );
        let time = self.at(1, 15, 0);
        let note = delivery(time, measured(761_585, 700_000), 480);
        self.oil_says("bunker-barge", "BDN-1", time, "delivery", delivered(DELIVERED), note)
            .await?;
        let same = confirmation(measured(761_585, 700_000));
        let kind = "delivery_confirmation";
        self.oil_says("receiving-ship", "BDN-1-YES", time, kind, delivered(DELIVERED), same).await
    }

    async fn second_delivery(&mut self) -> Result<(), StoryFault> {
        self.scene(
            "Sulphur of 0.53 % is no delivery; then barge and ship differ by 2.3 %: a dispute",
            "硫含量 0.53% 不得交付；随后供受双方计量相差 2.3%：争议",
        );
        let time = self.at(1, 18, 0);
        let sour = delivery(time, measured(542_466, 498_600), 530);
        let sour = vec![action("delivery", delivered(DISPUTED), sour)];
        self.say_in_vain("bunker-barge", "BDN-2-SOUR", time, sour, "SulphurLimit").await?;
        let note = delivery(time, measured(542_466, 498_600), 490);
        self.oil_says("bunker-barge", "BDN-2", time, "delivery", delivered(DISPUTED), note).await?;
        let less = confirmation(measured(530_000, 487_142));
        let kind = "delivery_confirmation";
        self.oil_says("receiving-ship", "BDN-2-NO", time, kind, delivered(DISPUTED), less).await?;
        let early = vec![action("declaration", declared(), self.central_declaration())];
        self.say_in_vain("bunker-supplier", "DECLARE-EARLY", time, early, "Disputed").await
    }

    async fn write_off(&mut self) -> Result<(), StoryFault> {
        self.scene(
            "The surveyor settles, the rest is returned or lost, all is declared and written off",
            "公估定论，余油退库并核定损耗，集中申报后核销",
        );
        let time = self.at(2, 10, 0);
        let report = Exhibit::paper("survey-report.txt", SURVEY, delivered(DISPUTED));
        let report = self.anchor("surveyor", "SURVEY-REPORT-1", time, report).await?;
        let finding = json!({ "qty_kg": 498_600, "evidence": [report],
            "finding": "the barge's meter was right; the ship's gauge was read at an angle" });
        self.oil_says("surveyor", "SURVEY-1", time, "settlement", delivered(DISPUTED), finding)
            .await?;
        let back = json!({ "voucher_no": "BACK-1", "tank": TANK, "measured": measured(979, 900) });
        self.oil_says("bonded-warehouse", "BACK-1", time, "return", applied(), back).await?;
        let lines = Exhibit::paper("line-survey.txt", LINE_SURVEY, applied());
        let lines = self.anchor("bunker-supplier", "LINE-SURVEY-1", time, lines).await?;
        let loss = json!({ "voucher_no": "LOSS-1", "qty_kg": 500, "reason": "left in the lines",
            "evidence": [lines] });
        self.oil_says("bunker-supplier", "LOSS-1", time, "loss", applied(), loss).await?;
        let declaration = self.central_declaration();
        self.oil_says("bunker-supplier", "DECLARE-1", time, "declaration", declared(), declaration)
            .await?;
        let write_off = json!({ "officer_hash": Digest::of(b"officer") });
        self.oil_says("panyu-customs", "WRITE-OFF-1", time, "write_off", applied(), write_off).await
    }

    fn central_declaration(&self) -> Value {
        json!({ "account_no": ACCOUNT, "period": month(self.at(1, 15, 0)),
            "deliveries": [DELIVERED, DISPUTED], "total_kg": 1_198_600, "hs": "2710192200",
            "trade_mode": "1233" })
    }

    /// One entry of one action of this act, accepted.
    async fn oil_says(
        &mut self,
        party: &'static str,
        reference: &str,
        time: u64,
        kind: &str,
        subject: String,
        body: Value,
    ) -> Result<(), StoryFault> {
        self.say(party, reference, time, vec![action(kind, subject, body)]).await?;
        Ok(())
    }
}

fn action(kind: &str, subject: String, body: Value) -> DraftAction {
    DraftAction::new("bonded_oil", kind, subject, body)
}

fn account_of() -> String {
    format!("account:{ACCOUNT}")
}

fn applied() -> String {
    format!("application:{APPLICATION}")
}

fn delivered(note: &str) -> String {
    format!("delivery:{note}")
}

fn declared() -> String {
    format!("declaration:{DECLARATION}")
}

fn product() -> Value {
    json!({ "grade": "RMG380", "sulphur_class": "VLSFO" })
}

fn measured(gov_l: u64, qty_kg: u64) -> Value {
    json!({ "gov_l": gov_l, "temp_c_deci": 455, "density15_g_m3": 941_200, "vcf_e4": VCF_E4,
        "qty_kg": qty_kg })
}

fn outbound(voucher_no: &str, gov_l: u64, qty_kg: u64) -> Value {
    json!({ "voucher_no": voucher_no, "measured": measured(gov_l, qty_kg), "seals": ["GT-7711"] })
}

fn delivery(time: u64, measured: Value, sulphur_pct_milli: u32) -> Value {
    json!({
        "application_no": APPLICATION, "imo": IMO, "ship_name": SHIP_NAME, "port": PLACE,
        "start_time": time, "supplier_name": "Panyu Bonded Bunker (fictitious)",
        "supplier_address": "1 Wharf Road, Panyu, Guangzhou", "supplier_phone": "+86 20 0000 0000",
        "product": product(), "measured": measured, "sulphur_pct_milli": sulphur_pct_milli,
        "flash_c_deci": 700, "flash_at_or_above": true,
        "declaration": { "conforms_18_3": true, "sulphur": "14.1",
            "representative_hash": Digest::of(b"representative") },
        "sample_seals": ["MS-26-0451", "MS-26-0452"], "viscosity_cst_milli": 352_000,
    })
}

fn confirmation(measured: Value) -> Value {
    json!({ "measured": measured, "engineer_hash": Digest::of(b"chief engineer"),
        "sample_seals": ["MS-26-0453"] })
}

/// Year × 100 + month of a moment, on the calendar of China.
fn month(ms: u64) -> u64 {
    let (year, month, _) = countersign_contracts::calendar::Day::of(ms).civil();
    year * 100 + month
}
