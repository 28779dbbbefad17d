//! Act five: twelve horses in one vehicle, on one certificate (domain.md §7.5).

use countersign_contracts::calendar::DAY_MS;
use countersign_record::Digest;
use serde_json::{Value, json};

use super::{
    Story, StoryFault,
    certificate::{action, applied, certificate, issue},
};

/// Scenes of this act.
pub(super) const SCENES: usize = 4;

/// The certificate of the vehicle.
pub const VEHICLE: &str = "AH26512500000001";
/// The guarantee letter of their temporary import.
pub const LETTER: &str = "ZJ2026110001";
const STABLES: &str = "91440117MA7DEM0919";
const APPLICATION: &str = "MA-2026-1";
/// The chip of the first horse; the others follow.
const FIRST_CHIP: u64 = 344_000_000_000_101;
const HORSES: u64 = 12;
/// Which horse is listed wrongly, from 0, and the chip that is really in it.
const MISLISTED: u64 = 7;
const REALLY: u64 = 344_000_000_000_113;
const PLACE: &str = "CNSHK/5304";
const DECLARATION: &str = "530420260000600001";

impl Story<'_> {
    /// One vehicle, one certificate.
    pub(super) async fn horses(&mut self) -> Result<(), StoryFault> {
        self.vehicle().await?;
        self.other_chip().await?;
        self.corrected().await?;
        self.all_back().await
    }

    async fn vehicle(&mut self) -> Result<(), StoryFault> {
        self.scene(
            "Twelve horses get one certificate for their vehicle, under one guarantee letter",
            "十二匹马同乘一车，凭一份检疫证书与一份暂进保函",
        );
        let time = self.at(1, 10, 0);
        let letter = json!({ "enterprise_uscc": STABLES, "amount_fen": 1_200_000_000_u64,
            "return_by": self.morning + 60 * DAY_MS, "data_digest": Digest::of(b"letter") });
        let letter = vec![action("file_letter", &self::letter(), letter)];
        self.say("conghua-customs", "LETTER-1", time, letter).await?;
        let application = json!({ "kind": "ANIMAL_VEHICLE", "office": "5125",
            "enterprise_uscc": STABLES, "country": "HKG",
            "transport": { "mode": 4, "means": "粤ZA123港", "departs": self.at(1, 20, 0) },
            "items": [], "group": group(listed()),
            "isolation": { "farm": "CONGHUA-01", "from": self.morning - 20 * DAY_MS,
                "to": self.morning - 5 * DAY_MS, "samples": [{ "test": "equine influenza",
                    "report": Digest::of(b"laboratory"), "passed": true }] } });
        let sent = vec![action("apply", &applied(APPLICATION), application)];
        let entry = self.entry("stables", "APPLY-HORSES", time, sent).await?;
        let ruling = json!({ "decision": "approve", "officer_hash": Digest::of(b"veterinarian"),
            "reason": "isolation and samples in order", "evidence": [] });
        let ruling = vec![action("rule", &applied(APPLICATION), ruling)];
        self.say("conghua-customs", "RULE-HORSES", time, ruling).await?;
        let signed = vec![action("issue", &certificate(VEHICLE), issue(APPLICATION, entry))];
        self.say("conghua-customs", "ISSUE-HORSES", time, signed).await?;
        let yes = json!({ "officer_hash": Digest::of(b"stable manager") });
        let yes = vec![action("countersign", &certificate(VEHICLE), yes)];
        self.say("stables", "COUNTERSIGN-HORSES", time, yes).await?;
        Ok(())
    }

    async fn other_chip(&mut self) -> Result<(), StoryFault> {
        self.scene(
            "The gate reads chip …113 in place of …108: the vehicle is held, the certificate unused",
            "卡口读到芯片 …113 而非 …108：车辆扣留，证书不得使用",
        );
        let time = self.at(1, 18, 0);
        self.scan("SCAN-1", time).await?;
        let used = vec![action("use", &certificate(VEHICLE), used())];
        self.say_in_vain("shekou-customs", "USE-HORSES-1", time, used, "AnimalsDiffer").await
    }

    async fn corrected(&mut self) -> Result<(), StoryFault> {
        self.scene(
            "The office corrects the list, the other authority countersigns; used once, never twice",
            "签发海关更正清单，对方主管机构会签；使用一次，不得再用",
        );
        let time = self.at(1, 19, 0);
        let amended = json!({ "reason": "the eighth horse was replaced before loading",
            "group": group(present()) });
        let amended = vec![action("amend", &certificate(VEHICLE), amended)];
        self.say("conghua-customs", "AMEND-HORSES", time, amended).await?;
        let yes = json!({ "officer_hash": Digest::of(b"veterinary officer") });
        let yes = vec![action("countersign_amendment", &certificate(VEHICLE), yes)];
        self.say("authority", "AMEND-HORSES-YES", time, yes).await?;
        self.scan("SCAN-2", time).await?;
        let once = vec![action("use", &certificate(VEHICLE), used())];
        self.say("shekou-customs", "USE-HORSES-2", time, once).await?;
        let twice = vec![action("use", &certificate(VEHICLE), used())];
        self.say_in_vain("shekou-customs", "USE-HORSES-3", time, twice, "CertificateUsedUp").await
    }

    async fn all_back(&mut self) -> Result<(), StoryFault> {
        self.scene(
            "Eleven horses are back and one is missing by name of its chip; with it the letter ends",
            "十一匹返回，缺一匹并指明芯片号；最后一匹返回后保函核销",
        );
        let time = self.at(2, 9, 0);
        let all = present();
        let (most, last) = all.split_at(all.len() - 1);
        for (reference, chips) in [("BACK-HORSES-1", most), ("BACK-HORSES-2", last)] {
            let back = json!({ "chips": chips, "place": PLACE });
            let back = vec![action("animals_returned", &letter(), back)];
            self.say("shekou-customs", reference, time, back).await?;
        }
        Ok(())
    }

    async fn scan(&mut self, reference: &str, time: u64) -> Result<(), StoryFault> {
        let scan = json!({ "chips": present(), "place": PLACE });
        let scan = vec![action("gate_scan", &certificate(VEHICLE), scan)];
        self.say("shekou-wharf", reference, time, scan).await?;
        Ok(())
    }
}

fn letter() -> String {
    format!("letter:{LETTER}")
}

/// The chips as they were listed first.
fn listed() -> Vec<String> {
    (0..HORSES).map(|n| (FIRST_CHIP + n).to_string()).collect()
}

/// The chips that are really in the vehicle.
fn present() -> Vec<String> {
    let chip = |n| if n == MISLISTED { REALLY } else { FIRST_CHIP + n };
    (0..HORSES).map(|n| chip(n).to_string()).collect()
}

fn group(chips: Vec<String>) -> Value {
    let animal = |chip: String| {
        json!({ "name_hash": Digest::of(chip.as_bytes()), "passport": format!("HKJC-{}", &chip[12..]),
            "chip": chip })
    };
    let animals: Vec<Value> = chips.into_iter().map(animal).collect();
    json!({ "plate": "粤ZA123港", "animals": animals, "seal_no": "CH-0451", "letter_no": LETTER })
}

fn used() -> Value {
    json!({ "items": [], "entry_no": DECLARATION })
}
