//! Act four: certificates that rules review, that are used up or revoked (domain.md §7.4).

use std::path::PathBuf;

use countersign_contracts::calendar::DAY_MS;
use countersign_print::fonts::Fonts;
use countersign_record::{Digest, statement::EntryId, verify::VerifiedOutcome};
use serde_json::{Value, json};

use super::{DraftAction, Story, StoryFault, evidence::Exhibit};
use crate::certificate::Certificates;

/// Scenes of this act.
pub(super) const SCENES: usize = 8 + super::copies::SCENES;

/// The certificate that is printed, used in part and revoked.
pub const PRINTED: &str = "E265100123450001";
/// The application that an officer approves.
pub const APPROVED_BY_HAND: &str = "CO-2026-C";
const SLIP: &str = "YT26516500000001";
const EXPORTER: &str = "91440606MA7DEM040W";
const IMPORTER: &str = "91440101MA7DEM104Q";
/// A producer that the rules of the story send to investigation.
const FLAGGED: &str = "91440113MA7DEM219B";
const ISSUER: &str = "5165";
pub(super) const OFFICE: &str = "nansha-customs";

/// What the officer sees.
const COST_SHEET: &str =
    "Cost sheet CO-2026-C (fictitious): regional content with inland freight 40.2 %";

/// What differs between the four applications of §7.4.
struct Case {
    no: &'static str,
    invoice: &'static str,
    hs: Option<&'static str>,
    rvc_permyriad: u32,
    producer: Option<&'static str>,
}

const A: Case = Case {
    no: "CO-2026-A",
    invoice: "INV-A",
    hs: Some("851660"),
    rvc_permyriad: 4520,
    producer: None,
};
const B: Case = Case { no: "CO-2026-B", invoice: "INV-B", hs: None, ..A };
const C: Case = Case { no: APPROVED_BY_HAND, invoice: "INV-C", rvc_permyriad: 3980, ..A };
const D: Case = Case { no: "CO-2026-D", invoice: "INV-D", producer: Some(FLAGGED), ..A };

impl Story<'_> {
    /// Four applications, and a slip for five thousand vials.
    pub(super) async fn certificates(&mut self) -> Result<(), StoryFault> {
        self.registers().await?;
        self.passed().await?;
        self.returned().await?;
        self.by_hand().await?;
        self.investigated().await?;
        self.used().await?;
        self.revoked().await?;
        self.lots().await?;
        self.copies().await
    }

    async fn registers(&mut self) -> Result<(), StoryFault> {
        self.scene(
            "Customs registers kinds of certificate, the exporters, and its rules of review as data",
            "海关登记证书种类、出口商，并以数据形式登记审核规则",
        );
        let time = self.at(1, 8, 30);
        let kinds: Value = data(include_str!("certificate/kinds.json"))?;
        let kinds = kinds.as_object().into_iter().flatten();
        let kinds = kinds
            .map(|(code, body)| action("register_kind", &format!("kind:{code}"), body.clone()))
            .collect();
        self.say(OFFICE, "KINDS-1", time, kinds).await?;
        let filed = |uscc: &str, en: &str, zh: &str, registration: &str| {
            let body = json!({ "names": { "en": en, "zh": zh },
                "address": { "en": "1 Demonstration Road, Guangdong", "zh": "广东省演示路1号" },
                "registration": registration });
            action("file_exporter", &format!("exporter:{uscc}"), body)
        };
        let exporters = vec![
            filed(
                EXPORTER,
                "Shunde Appliance Exporter (fictitious)",
                "顺德家电出口企业（虚构）",
                "510012345",
            ),
            filed(IMPORTER, "Guangzhou Importer (fictitious)", "广州进口企业（虚构）", "510054321"),
        ];
        self.say(OFFICE, "EXPORTERS-1", time, exporters).await?;
        let rules = data(include_str!("certificate/rules-form-e.json"))?;
        let rules = vec![
            action("register_rules", &format!("ruleset:{ISSUER}.FORM_E.1"), rules),
            action(
                "activate_rules",
                &format!("review:{ISSUER}.FORM_E"),
                json!({ "version": 1, "reason": "the first rules for this form" }),
            ),
        ];
        self.say(OFFICE, "RULES-1", time, rules).await?;
        Ok(())
    }

    async fn passed(&mut self) -> Result<(), StoryFault> {
        self.scene(
            "An application passes at once; office and exporter sign, and the exporter prints",
            "申请即时审核通过；海关与企业双方签署，企业自助打印",
        );
        let time = self.at(1, 9, 0);
        let entry = self.apply(&A, "apply", time).await?;
        self.issue(A.no, entry, PRINTED, "exporter", time).await?;
        self.print(time).await
    }

    /// The exporter sets the page from what its node proves, twice: every copy is the same file.
    async fn print(&mut self, time: u64) -> Result<(), StoryFault> {
        let said = |e: &dyn std::fmt::Display| StoryFault::File(e.to_string());
        let fonts = Fonts::find(&[]).map_err(|e| said(&e))?;
        let path = self.printed();
        let mut digest = None;
        for copy_no in 1..=2 {
            let party = self.party("exporter")?;
            let (client, genesis) = (party.client(), party.genesis());
            let proven = Certificates { client, genesis }.prove(PRINTED, None).await;
            let pdf = proven.map_err(|e| said(&e))?.print(&fonts).map_err(|e| said(&e))?;
            std::fs::write(&path, &pdf).map_err(|e| said(&e))?;
            let copy = Digest::of(&pdf);
            if *digest.get_or_insert(copy) != copy {
                return Err(StoryFault::File(format!("{PRINTED}: two copies are two files")));
            }
            let printed = json!({ "copy_no": copy_no, "pdf": copy });
            let printed = vec![action("print", &certificate(PRINTED), printed)];
            self.say("exporter", &format!("PRINT-{copy_no}"), time, printed).await?;
        }
        Ok(())
    }

    /// Where the printed certificate lies, once it is printed.
    pub fn printed(&self) -> PathBuf {
        self.folder.join(format!("{PRINTED}.pdf"))
    }

    async fn returned(&mut self) -> Result<(), StoryFault> {
        self.scene(
            "One without an HS code comes back with the reason, is resent, and passes",
            "缺少税号的申请附原因退回，修改后重新提交并通过",
        );
        let time = self.at(1, 9, 10);
        self.apply(&B, "apply", time).await?;
        let mended = Case { hs: A.hs, ..B };
        let entry = self.apply(&mended, "resubmit", time).await?;
        self.issue(B.no, entry, "E265100123450002", "exporter", time).await
    }

    async fn by_hand(&mut self) -> Result<(), StoryFault> {
        self.scene(
            "39.8 % regional value against 40 % goes to an officer, who sees the cost sheet and issues",
            "区域价值成分 39.8%，不足 40%，转人工复核；关员查看成本表后签发",
        );
        let time = self.at(1, 9, 20);
        let entry = self.apply(&C, "apply", time).await?;
        let sheet = Exhibit {
            name: "cost-sheet.txt",
            content: COST_SHEET.as_bytes().to_vec(),
            subject: format!("certificate/{}", applied(C.no)),
            shown: None,
        };
        let sheet = self.anchor("exporter", "COST-SHEET-C", time, sheet).await?;
        let ruling = json!({ "decision": "approve", "officer_hash": Digest::of(b"officer"),
            "reason": "the cost sheet shows 40.2 % with the inland freight",
            "evidence": [sheet] });
        let ruling = vec![action("rule", &applied(C.no), ruling)];
        self.say(OFFICE, "RULE-C", time, ruling).await?;
        self.issue(C.no, entry, "E265100123450003", "exporter", time).await
    }

    async fn investigated(&mut self) -> Result<(), StoryFault> {
        self.scene(
            "A flagged producer is investigated; no certificate without an officer, who refuses",
            "生产企业被列入核查名单，转调查；未经关员结论不得签发，最终不予签发",
        );
        let time = self.at(1, 9, 30);
        let entry = self.apply(&D, "apply", time).await?;
        let early = issue(D.no, entry);
        let early = vec![action("issue", "certificate:E265100123450004", early)];
        self.say_in_vain(OFFICE, "ISSUE-EARLY", time, early, "NotPassed").await?;
        let ruling = json!({ "decision": "refuse", "officer_hash": Digest::of(b"officer"),
            "reason": "the producer could not show where the goods were made", "evidence": [] });
        let ruling = vec![action("rule", &applied(D.no), ruling)];
        self.say(OFFICE, "RULE-D", time, ruling).await?;
        Ok(())
    }

    async fn used(&mut self) -> Result<(), StoryFault> {
        self.scene(
            "Two declarations use 800 of 1,000 cartons; a third finds only 200 left",
            "两票报关单使用 1,000 箱中的 800 箱；第三票仅余 200 箱，被拒绝",
        );
        let time = self.at(1, 14, 0);
        for (n, qty) in [(1, 500_000), (2, 300_000)] {
            let used = used_for(n, qty);
            let used = vec![action("use", &certificate(PRINTED), used)];
            self.say("shekou-customs", &format!("USE-{n}"), time, used).await?;
        }
        let over = vec![action("use", &certificate(PRINTED), used_for(3, 250_000))];
        self.say_in_vain("shekou-customs", "USE-3", time, over, "OverCertified").await
    }

    async fn revoked(&mut self) -> Result<(), StoryFault> {
        self.scene(
            "The buyer cancels: the certificate is revoked while its print is in circulation",
            "买方取消：证书撤销，而打印件仍在流通",
        );
        let time = self.at(2, 9, 0);
        let why = json!({ "cause": "buyer_cancelled", "reason": "the contract was cancelled" });
        let revoked = vec![action("revoke", &certificate(PRINTED), why)];
        self.say(OFFICE, "REVOKE-A", time, revoked).await?;
        let used = vec![action("use", &certificate(PRINTED), used_for(4, 200_000))];
        self.say_in_vain("shekou-customs", "USE-4", time, used, "CertificateRevoked").await
    }

    async fn lots(&mut self) -> Result<(), StoryFault> {
        self.scene(
            "One slip for 5,000 vials lets out 2,000 and 1,800; 1,300 more are refused",
            "一份药品通关单 5,000 支，先后出区 2,000 与 1,800 支；再出 1,300 支被拒绝",
        );
        let time = self.at(1, 15, 0);
        let application = json!({ "kind": "DRUG_SLIP", "office": ISSUER, "enterprise_uscc": IMPORTER,
            "country": "DEU", "transport": { "mode": 5 },
            "items": [{ "no": 1, "description": "Serum, 10 ml", "marks": "N/M",
                "qty_milli": 5_000_000, "unit": "VIAL", "gross_g": 250_000, "hs": "300212" }] });
        let sent = vec![action("apply", &applied("YT-2026-1"), application)];
        let entry = self.entry("importer", "APPLY-YT", time, sent).await?;
        let ruling = json!({ "decision": "approve", "officer_hash": Digest::of(b"officer"),
            "reason": "registered drug", "evidence": [] });
        let ruling = vec![action("rule", &applied("YT-2026-1"), ruling)];
        self.say(OFFICE, "RULE-YT", time, ruling).await?;
        self.issue("YT-2026-1", entry, SLIP, "importer", time).await?;
        for (n, qty) in [(1, 2_000_000), (2, 1_800_000)] {
            let lot = vec![action("use", &certificate(SLIP), lot(n, qty))];
            self.say(OFFICE, &format!("LOT-{n}"), time, lot).await?;
        }
        let over = vec![action("use", &certificate(SLIP), lot(3, 1_300_000))];
        self.say_in_vain(OFFICE, "LOT-3", time, over, "OverCertified").await
    }

    /// Submits one of the four applications; answers the entry.
    async fn apply(&mut self, case: &Case, kind: &str, time: u64) -> Result<EntryId, StoryFault> {
        let mut item = json!({ "no": 1, "description": "Electric rice cookers", "marks": "HARBOUR/1-1000",
            "qty_milli": 1_000_000, "unit": "CTN", "gross_g": 6_200_000, "criterion": "RVC",
            "rvc_permyriad": case.rvc_permyriad, "fob_minor": 4_800_000, "invoice_item": 1 });
        if let Some(hs) = case.hs {
            item["hs"] = hs.into();
        }
        let mut application = json!({ "kind": "FORM_E", "office": ISSUER, "enterprise_uscc": EXPORTER,
            "country": "MYS", "transport": { "mode": 2, "means": "HARBOUR LIGHT 048E",
                "departs": self.at(2, 20, 0) },
            "items": [item], "consignee": "Port Klang Trading (fictitious), Port Klang",
            "route": "from Shekou to Port Klang by sea",
            "invoice": { "no": case.invoice, "date": self.at(1, 0, 0) - 3 * DAY_MS,
                "total_minor": 4_800_000, "currency": "USD" } });
        if let Some(producer) = case.producer {
            application["producer_uscc"] = producer.into();
        }
        let reference = format!("{kind}-{}", case.no);
        let sent = vec![action(kind, &applied(case.no), application)];
        self.entry("exporter", &reference, time, sent).await
    }

    /// The office signs, and the enterprise signs.
    async fn issue(
        &mut self,
        application: &str,
        entry: EntryId,
        number: &str,
        enterprise: &'static str,
        time: u64,
    ) -> Result<(), StoryFault> {
        let signed = vec![action("issue", &certificate(number), issue(application, entry))];
        self.say(OFFICE, &format!("ISSUE-{number}"), time, signed).await?;
        let yes = json!({ "officer_hash": Digest::of(b"signatory of the enterprise") });
        let yes = vec![action("countersign", &certificate(number), yes)];
        self.say(enterprise, &format!("COUNTERSIGN-{number}"), time, yes).await?;
        Ok(())
    }

    /// Says something that is accepted; answers the entry.
    pub(super) async fn entry(
        &mut self,
        party: &'static str,
        reference: &str,
        time: u64,
        actions: Vec<DraftAction>,
    ) -> Result<EntryId, StoryFault> {
        let receipt = self.say(party, reference, time, actions).await?;
        match receipt.outcome() {
            VerifiedOutcome::Accepted(statement) => Ok(statement.id()),
            VerifiedOutcome::Refused(refused) => Ok(refused.entry),
        }
    }
}

/// Data of the story that customs registers.
pub(super) fn data(json: &str) -> Result<Value, StoryFault> {
    serde_json::from_str(json).map_err(|e| StoryFault::File(e.to_string()))
}

pub(super) fn action(kind: &str, subject: &str, body: Value) -> DraftAction {
    DraftAction::new("certificate", kind, subject, body)
}

pub(super) fn applied(no: &str) -> String {
    format!("application:{no}")
}

pub(super) fn certificate(no: &str) -> String {
    format!("certificate:{no}")
}

pub(super) fn issue(application: &str, entry: EntryId) -> Value {
    json!({ "application": application, "application_entry": entry,
        "officer_hash": Digest::of(b"signatory of the office") })
}

fn used_for(n: u64, qty_milli: u64) -> Value {
    json!({ "items": [{ "item": 1, "qty_milli": qty_milli, "declaration_item": 1 }],
        "entry_no": format!("5304202600005000{n:02}") })
}

fn lot(n: u64, qty_milli: u64) -> Value {
    json!({ "items": [{ "item": 1, "qty_milli": qty_milli, "lot_no": format!("LOT-{n}") }],
        "slip_no": format!("CQ2026{n:04}") })
}
