//! domain.md §7.1, told from the first manifest to the bill that stays open for one container.

use alloc::{format, string::String, vec::Vec};

use serde_json::{Value, json};

use crate::{
    combined_port::{
        marks::Mark,
        state::{Standing, Status},
    },
    refusal::{Remedy, Rule},
    testing::port::*,
};

/// The forty containers: number i takes its prefix in turn and the serial 700100 + 137·i.
fn forty() -> Vec<String> {
    let prefixes = ["CBHU", "OOLU", "FCIU", "TGHU"];
    let number = |i: usize| {
        let stem = format!("{}{}", prefixes[i % 4], 700_100 + 137 * i);
        let fits = |d: &u8| {
            let number = format!("{stem}{d}");
            crate::identifiers::ContainerNumber::parse("container_no", &number).is_ok()
        };
        let digit = (0..10).find(fits).unwrap();
        format!("{stem}{digit}")
    };
    (0..40).map(number).collect()
}

const OPENED: usize = 5;
const KEYED_WRONG: usize = 16;
const LEFT_BEHIND: usize = 30;

struct Told {
    port: Port,
    boxes: Vec<String>,
}

impl Told {
    fn names(&self, range: core::ops::Range<usize>) -> Vec<&str> {
        self.boxes[range]
            .iter()
            .map(String::as_str)
            .filter(|c| *c != self.boxes[LEFT_BEHIND])
            .collect()
    }

    fn seals(&self, i: usize) -> Value {
        match i {
            OPENED => seal("CU-550102"),
            KEYED_WRONG => seal("SH-880117"),
            _ => seal_of(&self.boxes[i]),
        }
    }

    fn all(&mut self, range: core::ops::Range<usize>, act: impl Fn(&Self, usize) -> Act) {
        for i in range.filter(|i| *i != LEFT_BEHIND) {
            let act = act(self, i);
            self.port.does(&act);
        }
    }

    fn refused(&mut self, act: &Act, rule: Rule) -> crate::refusal::Refusal {
        let refusal = self.port.tries(act).unwrap_err();
        assert_eq!(refusal.rule, rule, "{refusal}");
        *refusal
    }

    fn load(&self, batch: &str, i: usize) -> Act {
        load(batch, &self.boxes[i]).with("seals", self.seals(i))
    }

    fn vessel_load(&self, i: usize) -> Act {
        vessel_load(&self.boxes[i]).with("seals", self.seals(i))
    }
}

#[test]
fn the_transfer_of_forty_containers() {
    let boxes = forty();
    assert_eq!(boxes[..4], ["CBHU7001000", "OOLU7002379", "FCIU7003742", "TGHU7005110"]);
    assert_eq!(boxes[39], "TGHU7054433");
    assert_eq!(boxes[OPENED], "OOLU7007853");
    assert_eq!(boxes[KEYED_WRONG], "CBHU7022929");
    assert_eq!(boxes[LEFT_BEHIND], "FCIU7042100");
    let mut told = Told { port: Port::filed(), boxes };
    ashore(&mut told);
    by_barge(&mut told);
    at_the_hub(&mut told);
    at_sea(&mut told);
    assert_eq!(told.port.ledger.not_folds(), Vec::new());
}

/// Day 1 until the release: gate-in, arrival, declaration, one container inspected and resealed.
fn ashore(told: &mut Told) {
    let barge = file_barge().with("name", "SHUNDE 2").on("ship:PRB0002");
    told.port.does(&barge);
    let names: Vec<String> = told.boxes.clone();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    for twin in ["branch", "trunk"] {
        let manifest = manifest(twin)
            .with("containers", containers(&names))
            .with("packages", 4000)
            .with("gross_g", 400_000_000_u64);
        told.port.does(&manifest);
    }
    for (i, c) in names.iter().enumerate() {
        let seals = if i == KEYED_WRONG { seal("SH-880117") } else { seal_of(c) };
        told.port.does(&gate_in(c).with("seals", seals));
        told.port.does(&arrival(c, EXPORT));
    }
    let item = json!([{ "hs": "8418102000", "qty_milli": 4_000_000, "unit": "001",
        "net_g": 380_000_000_u64, "origin": "CHN" }]);
    let declaration = declaration()
        .with("containers", json!(names))
        .with("packages", 4000)
        .with("gross_g", 400_000_000_u64)
        .with("net_g", 380_000_000_u64)
        .with("items", item);
    told.port.does(&declaration);
    told.port.does(&notice().with("other_hint", names[OPENED]));
    told.refused(&release().with("containers", json!(names)), Rule::NoticeOpen);
    told.port.does(&feedback().with("container_no", names[OPENED]));
    let reseal = json!([{ "no": "CU-550102", "kind": "mechanical", "issuer": "CU" }]);
    told.port.does(&inspected().with("container_no", names[OPENED]).with("new_seals", reseal));
    told.port.does(&release().with("containers", json!(names)));
    assert_eq!(told.port.bill(EXPORT).holds, Vec::new());
}

/// Barge 1 sails with 24; barge 2 has loaded 15 of 16 and may not sail until its plan says so.
fn by_barge(told: &mut Told) {
    told.port.does(&position(START));
    told.port.does(&position(START).on("ship:PRB0002"));
    let boxes = told.boxes.clone();
    let names: Vec<&str> = boxes.iter().map(String::as_str).collect();
    told.port.does(&plan("TP1", &names[..24]));
    told.port.does(&confirm("TP1", &names[..24]));
    told.port.does(&plan("TP2", &names[24..]).with("conveyance_id", "PRB0002"));
    told.port.does(&confirm("TP2", &names[24..]));
    told.all(0..24, |t, i| t.load("TP1", i));
    told.port.does(&depart("TP1"));
    told.all(24..40, |t, i| t.load("TP2", i));
    let refusal = told.refused(&depart("TP2"), Rule::LoadListIncomplete);
    assert_eq!(refusal.found, "15 loaded, without FCIU7042100");
    assert_eq!(refusal.remedy, Remedy::OriginWharf);
    let body = json!({ "containers": told.names(24..40), "reason": "held by the wharf" });
    told.port.does(&act("river_wharf", "plan_amendment", "plan:TP2", body));
    told.port.does(&depart("TP2"));
    // Third: the gate-out of a container that is on the barge, sent again.
    let refusal = told.refused(&gate_out(names[0]), Rule::TwoPlaces);
    assert_eq!(
        (refusal.found.as_str(), refusal.expected.as_str()),
        ("barge PRB0001", "yard CNSUD/5150")
    );
}

/// Barge 1 discharges; one seal reads SH-880171 where SH-880117 was loaded.
fn at_the_hub(told: &mut Told) {
    told.port.does(&arrive("TP1"));
    told.all(0..24, |t, i| {
        let read = if i == KEYED_WRONG { seal("SH-880171") } else { t.seals(i) };
        discharge("TP1", &t.boxes[i]).with("seals", read)
    });
    told.port.does(&discharge_report("TP1"));
    let held = told.boxes[KEYED_WRONG].clone();
    told.all(0..KEYED_WRONG, Told::vessel_load);
    told.all(KEYED_WRONG + 1..24, Told::vessel_load);
    let again = told.vessel_load(KEYED_WRONG);
    let refusal = told.refused(&again, Rule::Held);
    assert_eq!(refusal.field, "seal_no");
    assert_eq!(refusal.found, format!("SH-880171 (stated by {})", id("hub_wharf")));
    assert_eq!(refusal.expected, format!("SH-880117 (stated by {})", id("river_wharf")));
    assert_eq!(refusal.remedy, Remedy::ClearanceCustoms);
    assert!(refusal.chinese().contains("验放地海关"));

    let on = format!("box:{held}");
    let alerts = told.port.ledger.alerts();
    let alert = alerts.iter().find(|a| a.kind == "seal_mismatch").unwrap();
    assert_eq!(alert.subject, on);
    assert_eq!(alert.parties, [id("hub_wharf"), id("river_wharf"), "GACC5150"]);
    let clear = clear_hold(on).with("true_value", "SH-880117");
    told.refused(&clear.clone().by("hub_customs"), Rule::NotClearanceCustoms);
    told.refused(&clear.clone().with("evidence", json!([])), Rule::FieldMissing);
    told.port.does(&clear);
    told.port.does(&again);

    told.port.does(&arrive("TP2"));
    told.all(24..40, |t, i| discharge("TP2", &t.boxes[i]).with("seals", t.seals(i)));
    told.port.does(&discharge_report("TP2"));
    told.all(24..40, Told::vessel_load);
}

/// 39 of 40 sail: the bill stays open for the one that was left behind.
fn at_sea(told: &mut Told) {
    let boxes = told.boxes.clone();
    let row =
        |(i, c): (usize, &String)| tally_row(c, if i == LEFT_BEHIND { "short" } else { "ok" });
    let rows: Value = boxes.iter().enumerate().map(row).collect();
    told.refused(&tally(&[]).with("rows", rows.clone()), Rule::VesselNotSailed);
    told.port.does(&sail());
    told.port.does(&tally(&[]).with("rows", rows));
    let short = |port: &Port| port.alerts().iter().any(|(kind, _)| *kind == "short");
    assert!(short(&told.port));
    let left = boxes[LEFT_BEHIND].as_str();
    let next = json!({ "conveyance_id": VESSEL, "name": "PEARL STAR", "voyage": "049E" });
    told.port.does(&amendment().with("rolled", json!([left])).with("conveyance", next));
    assert!(!short(&told.port));
    let bill = told.port.bill(EXPORT);
    let settled = bill.boxes.values().filter(|b| b.marks.is_settled()).count();
    assert_eq!((bill.standing, settled), (Standing::Open, 39));
    assert!(bill.boxes[left].marks.has(Mark::Rolled));
    assert_eq!(told.port.container(left).status, Status::Arrived);
}
