//! The scenes, in the order in which they happen.

use countersign_record::Digest;
use serde_json::{Value, json};

use super::{
    Story, StoryFault, action,
    cargo::{BILL, Boxed, FIRST_BARGE, KEYED_WRONG, LEFT_BEHIND, OPENED, PACKAGES, TARE_KG},
    evidence::{Exhibit, SEAL_PHOTOGRAPH, photograph_of},
    messages,
};
use crate::import::actions::{Context, Leg};

const VESSEL: &str = "UN9912347";
const VESSEL_NAME: &str = "PEARL STAR";
const VOYAGE: &str = "048E";
const NEXT_VOYAGE: &str = "049E";
const DECLARATION: &str = "515020260000123456";
const RIVER: &str = "CNSUD/5150";
const HUB: &str = "CNSHK/5304";
const SIZE: &str = "45G1";
/// Barges: filed number, name, voyage, device, transfer plan.
const BARGES: [Barge; 2] = [
    Barge {
        ship: "PRB0001",
        name: "SHUNDE 1",
        voyage: "B26111",
        device: "BD-0001",
        plan: "TP26110001",
    },
    Barge {
        ship: "PRB0002",
        name: "SHUNDE 2",
        voyage: "B26112",
        device: "BD-0002",
        plan: "TP26110002",
    },
];

struct Barge {
    ship: &'static str,
    name: &'static str,
    voyage: &'static str,
    device: &'static str,
    plan: &'static str,
}

impl Story<'_> {
    /// Forty boxes go down the river (domain.md §7.1).
    pub(super) async fn transfer(&mut self) -> Result<(), StoryFault> {
        self.filings().await?;
        self.manifests().await?;
        self.gate_in().await?;
        self.declaration().await?;
        self.inspection().await?;
        self.release().await?;
        self.plans().await?;
        self.first_barge_loads_and_sails().await?;
        self.second_barge_is_one_short().await?;
        self.first_barge_arrives().await?;
        self.seal_hold().await?;
        self.second_barge_arrives().await?;
        self.replayed_gate_out().await?;
        self.hold_is_cleared().await?;
        self.vessel_sails().await?;
        self.tally().await?;
        self.amendment().await
    }

    async fn filings(&mut self) -> Result<(), StoryFault> {
        self.scene("Ships and barges are filed", "运输工具备案");
        let time = self.at(1, 8, 0);
        let vessel = json!({ "name": VESSEL_NAME, "line_mark": "trunk",
            "voyages": [VOYAGE, NEXT_VOYAGE] });
        let subject = format!("ship:{VESSEL}");
        let filing = vec![action("conveyance_filing", subject, vessel)];
        self.say("ship-agent", "FILE-VESSEL", time, filing).await?;
        for barge in &BARGES {
            let filing = json!({ "name": barge.name, "line_mark": "branch",
                "voyages": [barge.voyage], "device_id": barge.device });
            let filing = vec![action("conveyance_filing", ship(barge), filing)];
            self.say("barge-carrier", &format!("FILE-{}", barge.ship), time, filing).await?;
        }
        Ok(())
    }

    async fn manifests(&mut self) -> Result<(), StoryFault> {
        self.scene(
            "The agent sends the twin manifests of forty boxes",
            "船代发送四十箱的双份预配舱单",
        );
        let time = self.at(1, 8, 5);
        for (code, location, mark) in [("5150", RIVER, "branch"), ("5304", HUB, "trunk")] {
            let manifest = self.manifest(code, location, mark);
            let manifest = vec![action("manifest", bill(), manifest)];
            self.say("ship-agent", &format!("MT2101-{code}"), time, manifest).await?;
        }
        Ok(())
    }

    fn manifest(&self, code: &str, location: &str, mark: &str) -> Value {
        let containers: Vec<_> = self.cargo.boxes.iter().map(manifest_container).collect();
        let packages = PACKAGES * u32::try_from(containers.len()).unwrap_or_default();
        json!({
            "message_type": "MT2101",
            "customs_code": code,
            "location": location,
            "conveyance_id": VESSEL,
            "name": VESSEL_NAME,
            "voyage": VOYAGE,
            "containers": containers,
            "packages": packages,
            "gross_g": self.cargo.gross_kg() * 1000,
            "line_mark": mark,
        })
    }

    async fn gate_in(&mut self) -> Result<(), StoryFault> {
        self.scene(
            "Forty boxes pass the gate at Shunde (an EDIFACT file) and are reported as arrived",
            "四十箱在顺德进闸（EDIFACT 报文）并发送运抵报告",
        );
        let time = self.at(1, 8, 20);
        let text = messages::codeco_gate_in(&self.cargo.boxes, BILL, time);
        let context = Context { place: Some(RIVER.into()), ..Context::default() };
        self.import("shunde-wharf", "codeco-gate-in.edi", &text, context).await?;
        let arrivals = self.cargo.boxes.iter().map(|boxed| {
            let arrival = json!({ "bill_no": BILL, "declaration_office": "5150",
                "size_type": SIZE, "fullness": "full", "arrival_date": time });
            action("arrival", format!("box:{}", boxed.no), arrival)
        });
        let arrivals = arrivals.collect();
        self.say("shunde-wharf", "MT3101-1", self.at(1, 9, 30), arrivals).await?;
        Ok(())
    }

    async fn declaration(&mut self) -> Result<(), StoryFault> {
        self.scene("The goods are declared at Shunde", "在顺德海关申报");
        let gross = self.cargo.gross_kg() * 1000;
        let net = gross - 2_000_000;
        let packages = PACKAGES * u32::try_from(self.cargo.boxes.len()).unwrap_or_default();
        let item = json!({ "hs": "8418102000", "qty_milli": 20_000_000, "unit": "001",
            "net_g": net, "origin": "CHN" });
        let declaration = json!({
            "entry_no": DECLARATION, "trade_mode": "0110", "mode": 2, "exit_customs": "5304",
            "ie_date": "2026-11-21", "consignor_uscc": "91440606MA7DEM040W",
            "agent_uscc": "91440606MA7DEM120G", "packages": packages, "gross_g": gross,
            "net_g": net, "containers": self.cargo.numbers(), "items": [item], "advance": false,
        });
        let time = self.at(1, 10, 0);
        let declaration = vec![action("declaration", bill(), declaration)];
        self.say("declarant", "DEC-1", time, declaration).await?;
        Ok(())
    }

    async fn inspection(&mut self) -> Result<(), StoryFault> {
        self.scene(
            "Customs picks one box, the yard brings it to slot B-07, it is clean and sealed anew",
            "海关布控一箱，场站调箱至 B-07，查验无误并重新施封",
        );
        let opened = self.cargo.boxes[OPENED].no.clone();
        let (noticed, placed, ended) = (self.at(1, 10, 10), self.at(1, 11, 20), self.at(1, 13, 0));
        let notice = json!({
            "entry_no": DECLARATION, "manifest_no": "MT2101-5150", "bill_no": BILL,
            "voyage_or_batch_no": VOYAGE, "conveyance_name": VESSEL_NAME,
            "inspection_customs": "5150", "inspection_method": "opening",
            "check_type": "examination", "weight_mark": "full", "unloading_point": "CNSUD",
            "notice_time": noticed, "other_hint": opened,
        });
        let notice = vec![action("inspection_notice", bill(), notice)];
        self.say("shunde-customs", "NOTICE-1", noticed, notice).await?;
        let feedback = json!({
            "entry_no": DECLARATION, "bill_no": BILL, "conveyance": VESSEL_NAME,
            "inspection_record_no": "IR-1", "place_name": "Shunde inspection yard",
            "place_code": RIVER, "slot_no": "B-07", "in_place_time": placed,
            "container_no": opened,
        });
        let feedback = vec![action("relocation_feedback", bill(), feedback)];
        self.say("shunde-wharf", "SLOT-1", placed, feedback).await?;
        let seal = json!({ "no": "CU-550102", "kind": "mechanical", "issuer": "CU" });
        let result = json!({
            "entry_no": DECLARATION, "inspection_record_no": "IR-1", "result": "clean",
            "officer_hash": Digest::of(b"officer 17, salt 4711"), "end_time": ended,
            "container_no": opened, "new_seals": [seal],
        });
        let result = vec![action("inspection_result", bill(), result)];
        self.say("shunde-customs", "RESULT-1", ended, result).await?;
        let boxed = &mut self.cargo.boxes[OPENED];
        (boxed.seal, boxed.seal_issuer) = ("CU-550102".into(), "CU");
        Ok(())
    }

    async fn release(&mut self) -> Result<(), StoryFault> {
        self.scene("Forty boxes are released", "四十箱放行");
        let time = self.at(1, 13, 5);
        let release = json!({
            "entry_no": DECLARATION, "containers": self.cargo.numbers(), "segment": 1,
            "decision": "release", "officer_hash": Digest::of(b"officer 17, salt 4712"),
            "time": time, "tax": "none_due",
        });
        let release = vec![action("release", bill(), release)];
        self.say("shunde-customs", "RELEASE-1", time, release).await?;
        Ok(())
    }

    async fn plans(&mut self) -> Result<(), StoryFault> {
        self.scene(
            "Two barges are planned, and their carrier confirms",
            "编制两条驳船的调拨计划，承运人确认",
        );
        let time = self.at(1, 13, 30);
        for (barge, boxes) in BARGES.iter().zip([0..FIRST_BARGE, FIRST_BARGE..40]) {
            self.position(barge, "start", time, 227_660_266, 1_130_994_903).await?;
            let containers: Vec<_> = self.cargo.boxes[boxes].iter().map(|b| b.no.clone()).collect();
            let plan = json!({
                "conveyance_id": barge.ship, "voyage": barge.voyage, "origin": RIVER,
                "destination": HUB, "containers": containers, "etd": self.at(1, 16, 0),
                "eta": self.at(2, 6, 0),
            });
            let plan = vec![action("transfer_plan", plan_of(barge), plan)];
            self.say("shunde-wharf", barge.plan, time, plan).await?;
            self.confirm(barge, &containers, time).await?;
        }
        Ok(())
    }

    async fn confirm(
        &mut self,
        barge: &Barge,
        containers: &[String],
        time: u64,
    ) -> Result<(), StoryFault> {
        let mut sorted = containers.to_vec();
        sorted.sort();
        let list: String = sorted.iter().map(|no| format!("{no}\n")).collect();
        let body = json!({ "containers_hash": Digest::of(list.as_bytes()) });
        let confirmation = vec![action("plan_confirmation", plan_of(barge), body)];
        let reference = format!("CONFIRM-{}", barge.plan);
        self.say("barge-carrier", &reference, time, confirmation).await?;
        Ok(())
    }

    async fn position(
        &mut self,
        barge: &Barge,
        tag: &str,
        time: u64,
        lat_e7: i64,
        lon_e7: i64,
    ) -> Result<(), StoryFault> {
        let position = json!({ "lat_e7": lat_e7, "lon_e7": lon_e7, "speed_cm_s": 410,
            "utc": time, "device_id": barge.device });
        let position = vec![action("position", ship(barge), position)];
        let reference = format!("POS-{}-{tag}", barge.ship);
        self.say("barge-carrier", &reference, time, position).await?;
        Ok(())
    }

    async fn first_barge_loads_and_sails(&mut self) -> Result<(), StoryFault> {
        self.scene("Barge 1 loads twenty-four boxes and sails", "第一条驳船装载二十四箱并开航");
        let [first, _] = &BARGES;
        for i in 0..FIRST_BARGE {
            self.load(first, i, self.at(1, 14, 0) + i as u64 * 120_000).await?;
        }
        self.depart(first, "sails", self.at(1, 16, 0)).await?;
        self.position(first, "river", self.at(1, 19, 0), 226_500_000, 1_134_800_000).await
    }

    async fn load(&mut self, barge: &Barge, i: usize, time: u64) -> Result<(), StoryFault> {
        let boxed = self.cargo.boxes[i].clone();
        let load = json!({ "batch_no": barge.plan, "seals": [seal(&boxed)], "crane_time": time,
            "condition": "sound", "vgm_kg": boxed.gross_kg + TARE_KG });
        let load = vec![action("barge_load", format!("box:{}", boxed.no), load)];
        self.say("shunde-wharf", &format!("LOAD-{}", boxed.no), time, load).await?;
        Ok(())
    }

    async fn depart(&mut self, barge: &Barge, tag: &str, time: u64) -> Result<(), StoryFault> {
        let departure = json!({ "departure_time": time });
        let departure = vec![action("departure", plan_of(barge), departure)];
        self.say("barge-carrier", &format!("{tag}-{}", barge.plan), time, departure).await?;
        Ok(())
    }

    async fn second_barge_is_one_short(&mut self) -> Result<(), StoryFault> {
        self.scene("Barge 2 has loaded fifteen of sixteen: its departure is refused until the plan says so",
            "第二条驳船计划十六箱只装十五箱：修改计划前不得开航",
        );
        let [_, second] = &BARGES;
        for i in (FIRST_BARGE..40).filter(|i| *i != LEFT_BEHIND) {
            self.load(second, i, self.at(1, 16, 30) + i as u64 * 60_000).await?;
        }
        let time = self.at(1, 18, 20);
        let departure = json!({ "departure_time": time });
        let departure = vec![action("departure", plan_of(second), departure)];
        self.say_in_vain("barge-carrier", "TOO-EARLY", time, departure, "LoadListIncomplete")
            .await?;
        let loaded: Vec<_> = (FIRST_BARGE..40)
            .filter(|i| *i != LEFT_BEHIND)
            .map(|i| self.cargo.boxes[i].no.clone())
            .collect();
        let amendment = json!({ "containers": loaded, "reason": "one box stays in the yard" });
        let amendment = vec![action("plan_amendment", plan_of(second), amendment)];
        self.say("shunde-wharf", "AMEND-2", self.at(1, 18, 25), amendment).await?;
        self.depart(second, "sails", self.at(1, 18, 30)).await
    }

    async fn first_barge_arrives(&mut self) -> Result<(), StoryFault> {
        self.scene(
            "Barge 1 discharges at Shekou (an EDIFACT file); one seal is keyed in wrongly: a hold",
            "第一条驳船在蛇口卸船（EDIFACT 报文）；一枚封志录入有误：扣留",
        );
        let [first, _] = &BARGES;
        let time = self.at(2, 6, 10);
        self.arrive(first, self.at(2, 6, 0)).await?;
        let mut boxes = self.cargo.boxes[..FIRST_BARGE].to_vec();
        boxes[KEYED_WRONG].seal = "SH-880171".into();
        let text = messages::coarri_discharge(&boxes, BILL, first.voyage, time);
        let context = Context {
            place: Some(HUB.into()),
            batch_no: Some(first.plan.into()),
            leg: Some(Leg::Barge),
            ..Context::default()
        };
        self.import("shekou-wharf", "coarri-discharge.edi", &text, context).await?;
        self.discharged(first, self.at(2, 7, 30)).await
    }

    async fn arrive(&mut self, barge: &Barge, time: u64) -> Result<(), StoryFault> {
        let arrival =
            vec![action("barge_arrival", plan_of(barge), json!({ "arrival_time": time }))];
        self.say("shekou-wharf", &format!("ARRIVE-{}", barge.plan), time, arrival).await?;
        Ok(())
    }

    async fn discharged(&mut self, barge: &Barge, time: u64) -> Result<(), StoryFault> {
        let report = vec![action("discharge_report", plan_of(barge), json!({ "end_time": time }))];
        self.say("shekou-wharf", &format!("DONE-{}", barge.plan), time, report).await?;
        Ok(())
    }

    async fn seal_hold(&mut self) -> Result<(), StoryFault> {
        self.scene(
            "Twenty-three boxes go on board; loading the held one is refused by every node",
            "二十三箱装上海轮；各节点均拒绝装载被扣留的一箱",
        );
        for i in (0..FIRST_BARGE).filter(|i| *i != KEYED_WRONG) {
            self.load_vessel(i, self.at(2, 8, 0) + i as u64 * 120_000).await?;
        }
        let boxed = self.cargo.boxes[KEYED_WRONG].clone();
        let time = self.at(2, 9, 30);
        let load = vessel_load(KEYED_WRONG, &boxed, time);
        self.say_in_vain("shekou-wharf", "LOAD-HELD", time, load, "Held").await
    }

    async fn load_vessel(&mut self, i: usize, time: u64) -> Result<(), StoryFault> {
        let boxed = self.cargo.boxes[i].clone();
        let load = vessel_load(i, &boxed, time);
        self.say("shekou-wharf", &format!("VESSEL-{}", boxed.no), time, load).await?;
        Ok(())
    }

    async fn second_barge_arrives(&mut self) -> Result<(), StoryFault> {
        self.scene(
            "Barge 2 discharges, its fifteen boxes go on board",
            "第二条驳船卸船，十五箱装上海轮",
        );
        let [_, second] = &BARGES;
        self.arrive(second, self.at(2, 9, 40)).await?;
        let aboard: Vec<_> = (FIRST_BARGE..40).filter(|i| *i != LEFT_BEHIND).collect();
        for i in &aboard {
            let boxed = self.cargo.boxes[*i].clone();
            let time = self.at(2, 10, 0) + *i as u64 * 60_000;
            let discharge = json!({ "batch_no": second.plan, "seals": [seal(&boxed)],
                "size_type": SIZE, "crane_time": time, "condition": "sound" });
            let discharge = vec![action("discharge", format!("box:{}", boxed.no), discharge)];
            self.say("shekou-wharf", &format!("DISC-{}", boxed.no), time, discharge).await?;
        }
        self.discharged(second, self.at(2, 11, 0)).await?;
        for i in aboard {
            self.load_vessel(i, self.at(2, 11, 30) + i as u64 * 60_000).await?;
        }
        Ok(())
    }

    async fn replayed_gate_out(&mut self) -> Result<(), StoryFault> {
        self.scene(
            "An old gate-out of a box that sailed is sent again: it cannot be in two places",
            "重放一份已装船箱的出闸报文：一箱不能同处两地",
        );
        let boxed = self.cargo.boxes[0].clone();
        let time = self.at(2, 12, 0);
        let gate = json!({ "direction": "out", "place": RIVER, "fullness": "full",
            "size_type": SIZE, "seals": [seal(&boxed)], "time": time });
        let gate = vec![action("gate", format!("box:{}", boxed.no), gate)];
        self.say_in_vain("shunde-wharf", "REPLAY-1", time, gate, "TwoPlaces").await
    }

    async fn hold_is_cleared(&mut self) -> Result<(), StoryFault> {
        self.scene(
            "Shunde Customs finds the keying error and clears the hold; the box goes on board",
            "顺德海关查明录入错误，凭证据解除扣留；该箱装船",
        );
        let boxed = self.cargo.boxes[KEYED_WRONG].clone();
        let photographed = self.at(1, 15, 0);
        let photograph = Exhibit {
            name: SEAL_PHOTOGRAPH,
            content: photograph_of(&boxed.seal),
            subject: format!("combined_port/box:{}", boxed.no),
            shown: Some((photographed, photographed)),
        };
        let time = self.at(2, 13, 0);
        let evidence = self.anchor("shunde-wharf", "SEAL-PHOTO-1", time, photograph).await?;
        let clear = json!({
            "hold": 1, "evidence": [evidence],
            "reason": "keying error at discharge: 880171 for 880117", "true_value": boxed.seal,
        });
        let time = self.at(2, 13, 30);
        let clear = vec![action("clear_hold", format!("box:{}", boxed.no), clear)];
        self.say("shunde-customs", "CLEAR-1", time, clear).await?;
        self.load_vessel(KEYED_WRONG, self.at(2, 14, 0)).await
    }

    async fn vessel_sails(&mut self) -> Result<(), StoryFault> {
        self.scene("The vessel sails with thirty-nine boxes", "海轮载三十九箱开航");
        let time = self.at(2, 18, 0);
        let sailed = json!({ "voyage": VOYAGE, "departure_time": time, "bills": [BILL] });
        let sailed = vec![action("vessel_departure", format!("ship:{VESSEL}"), sailed)];
        self.say("ship-agent", "SAILED-1", time, sailed).await?;
        Ok(())
    }

    async fn tally(&mut self) -> Result<(), StoryFault> {
        self.scene(
            "The tally counts thirty-nine against forty: one box is short",
            "理货三十九箱，舱单四十箱：短装一箱",
        );
        let (start, end) = (self.at(2, 18, 10), self.at(2, 20, 0));
        let rows: Vec<_> = self
            .cargo
            .boxes
            .iter()
            .enumerate()
            .map(|(i, boxed)| match i {
                LEFT_BEHIND => {
                    json!({ "container_no": boxed.no, "packages": 0, "result": "short" })
                }
                _ => json!({ "container_no": boxed.no, "packages": PACKAGES, "result": "ok",
                    "gross_g": u64::from(boxed.gross_kg) * 1000, "seal_no": boxed.seal }),
            })
            .collect();
        let tally = json!({ "message_type": "MT5102", "conveyance_id": VESSEL, "voyage": VOYAGE,
            "rows": rows, "start_time": start, "end_time": end });
        let tally = vec![action("tally", bill(), tally)];
        self.say("tally", "TALLY-1", end, tally).await?;
        Ok(())
    }

    async fn amendment(&mut self) -> Result<(), StoryFault> {
        self.scene(
            "The agent rolls the box to the next voyage; the bill stays open for it",
            "船代将该箱改配下一航次；提单为其保持开放",
        );
        let boxed = self.cargo.boxes[LEFT_BEHIND].no.clone();
        let amendment = json!({
            "reason": "left behind at Shunde", "rolled": [boxed],
            "conveyance": { "conveyance_id": VESSEL, "name": VESSEL_NAME, "voyage": NEXT_VOYAGE },
        });
        let amendment = vec![action("manifest_amendment", bill(), amendment)];
        self.say("ship-agent", "ROLL-1", self.at(2, 20, 30), amendment).await?;
        Ok(())
    }
}

fn bill() -> String {
    format!("bill:{BILL}")
}

fn ship(barge: &Barge) -> String {
    format!("ship:{}", barge.ship)
}

fn plan_of(barge: &Barge) -> String {
    format!("plan:{}", barge.plan)
}

fn seal(boxed: &Boxed) -> Value {
    json!({ "no": boxed.seal, "kind": "mechanical", "issuer": boxed.seal_issuer })
}

fn manifest_container(boxed: &Boxed) -> Value {
    json!({
        "container_no": boxed.no,
        "size_type": SIZE,
        "gross_g": u64::from(boxed.gross_kg) * 1000,
        "tare_g": u64::from(TARE_KG) * 1000,
    })
}

fn vessel_load(i: usize, boxed: &Boxed, time: u64) -> Vec<super::DraftAction> {
    // Bay, row and tier, one cell a box.
    let stowage = format!("{:03}{:02}{:02}", 10 + 2 * (i / 12), i % 12 / 2, 82 + 2 * (i % 2));
    let load = json!({
        "conveyance_id": VESSEL, "voyage": VOYAGE, "seals": [seal(boxed)], "stowage": stowage,
        "crane_time": time, "condition": "sound", "vgm_kg": boxed.gross_kg + TARE_KG,
    });
    vec![action("vessel_load", format!("box:{}", boxed.no), load)]
}
