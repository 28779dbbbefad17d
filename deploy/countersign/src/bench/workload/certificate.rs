//! Certificates: exporters apply, and the office's rules review each application at once.

use countersign_client::draft::DraftAction;
use countersign_contracts::calendar::DAY_MS;
use serde_json::{Value, json};

use super::{Workload, papers};

const OFFICE: &str = "nansha-customs";
const DISTRICT: &str = "5165";
const EXPORTER: &str = "91440606MA7DEM040W";
/// Papers beside an application: cost sheet, invoice, packing list.
const PAPERS: usize = 3;

impl Workload {
    /// The kind, the exporter, and the rules of review.
    pub(super) fn registers(&self) -> anyhow::Result<Vec<Vec<u8>>> {
        let names = |en: &str, zh: &str| json!({ "en": en, "zh": zh });
        let kind = json!({ "title": names("Form E of the benchmark", "压测用 Form E"),
            "parts": ["items", "invoice"], "use_mode": "quantity",
            "number": "E{yy}{registration}{serial:4}", "valid_days": 365, "countersigned": true,
            "advanced_only": false, "isolation_days": 0, "animals_max": 0,
            "retroactive_after_days": 3, "cert_type": "Y" });
        let exporter = json!({ "names": names("Shunde Appliance Exporter", "顺德家电出口企业"),
            "address": names("1 Benchmark Road, Guangdong", "广东省压测路1号"),
            "registration": "510012345" });
        let row = |no: u32, field: &str, outcome: &str, reason: Value| {
            json!({ "no": no, "when": [{ "field": field, "is": "missing" }], "outcome": outcome,
                "reason": reason })
        };
        let low = json!({ "no": 30, "when": [
            { "field": "item.criterion", "is": "in", "values": { "texts": ["RVC"] } },
            { "field": "item.rvc_permyriad", "is": "below", "values": { "numbers": [4000] } }],
            "outcome": "manual", "reason": names("regional value below 40 %", "区域价值成分低于40%") });
        let rules = json!({ "note": "rules of the benchmark", "rows": [
            row(10, "item.hs", "return", names("no HS code", "缺少税号")),
            row(20, "consignee", "return", names("no consignee", "缺少收货人")),
            low,
        ] });
        let activated = json!({ "version": 1, "reason": "the first rules" });
        let registers = vec![
            action("register_kind", "kind:FORM_E".into(), kind),
            action("file_exporter", format!("exporter:{EXPORTER}"), exporter),
            action("register_rules", format!("ruleset:{DISTRICT}.FORM_E.1"), rules),
            action("activate_rules", format!("review:{DISTRICT}.FORM_E"), activated),
        ];
        Ok(vec![self.sign(OFFICE, "REGISTERS", registers, [])?])
    }

    /// An exporter applies.
    pub(super) fn applied(&self, reference: &str, i: usize) -> anyhow::Result<Vec<u8>> {
        let item = json!({ "no": 1, "description": "Electric rice cookers, 1.8 l",
            "marks": format!("HARBOUR/{i}"), "qty_milli": 1_000_000, "unit": "CTN",
            "gross_g": 6_200_000, "criterion": "RVC", "rvc_permyriad": 4520, "hs": "851660",
            "fob_minor": 4_800_000, "invoice_item": 1 });
        let body = json!({ "kind": "FORM_E", "office": DISTRICT, "enterprise_uscc": EXPORTER,
            "country": "MYS", "items": [item],
            "transport": { "mode": 2, "means": "PEARL STAR 7 048E",
                "departs": self.began + 2 * DAY_MS },
            "consignee": "Port Klang Trading (fictitious), Port Klang",
            "route": "from Shekou to Port Klang by sea",
            "invoice": { "no": format!("INV-{i:09}"), "date": self.began - 3 * DAY_MS,
                "total_minor": 4_800_000, "currency": "USD" } });
        let applied = action("apply", format!("application:CO-{i:09}"), body);
        self.sign("exporter", reference, vec![applied], papers(reference, PAPERS))
    }
}

fn action(kind: &str, subject: String, body: Value) -> DraftAction {
    DraftAction::new("certificate", kind, subject, body)
}
