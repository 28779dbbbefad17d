//! A small Pearl River network: parties, cargo, and the statements that bring it from one state of
//! domain.md §2.1 to the next.

use alloc::{
    boxed::Box,
    collections::BTreeMap,
    format,
    string::{String, ToString},
    vec,
    vec::Vec,
};

use countersign_record::{
    Digest,
    founding::{FoundingParty, Genesis, Names, NodeKeys},
    keys::{PublicKey, Signer},
    statement::{Action, EntryId, Payload, Statement},
};
use ed25519_dalek::SigningKey;
use serde_json::{Value, json};

use super::MemoryLedger;
use crate::{
    combined_port::{self, container_list_hash},
    family::{self, Actor, Events, FamilyName, body_from_json},
    membership,
    refusal::Refusal,
    world::{Moment, No, SubjectKey, Unreadable, World},
};

pub(crate) const RIVER: &str = "CNSUD/5150";
pub(crate) const HUB: &str = "CNSHK/5304";
pub(crate) const ELSEWHERE: &str = "CNNSA/5165";
pub(crate) const VESSEL: &str = "UN9912347";
pub(crate) const BARGE: &str = "PRB0001";
pub(crate) const EXPORT: &str = "SDSK26110001";
pub(crate) const IMPORT: &str = "SKSD26110002";
pub(crate) const DECLARATION: &str = "515020260000123456";
pub(crate) const IMPORT_DECLARATION: &str = "515020261000123457";
/// Containers of the export and, after them, of the import; then one that is on neither.
pub(crate) const BOXES: [&str; 3] = ["CBHU7001000", "OOLU7002379", "FCIU7003742"];
pub(crate) const IMPORTED: [&str; 2] = ["TGHU7005110", "OOLU7007853"];
pub(crate) const STRANGER: &str = "CBHU7022929";
pub(crate) const START: u64 = 1_795_000_000_000;
pub(crate) const HOUR: u64 = 3_600_000;
pub(crate) const DAY: u64 = 24 * HOUR;

/// Name, id, roles, places.
const PARTIES: &[(&str, &str, &[&str], &[&str])] = &[
    ("river_customs", "GACC5150", &["customs"], &[]),
    ("hub_customs", "GACC5304", &["customs"], &[]),
    ("river_wharf", "91440606MA7DEM016C", &["wharf", "yard"], &[RIVER]),
    ("hub_wharf", "91440300MA7DEM0241", &["wharf"], &[HUB]),
    ("carrier", "91440606MA7DEM0322", &["carrier"], &[]),
    ("agent", "91440300MA7DEM112F", &["agent"], &[]),
    ("exporter", "91440606MA7DEM040W", &["declarant"], &[]),
    ("importer", "91440101MA7DEM104Q", &["declarant"], &[]),
    ("tally", "91440300MA7DEM0834", &["tally"], &[]),
    ("other_carrier", "91440606MA7DEM251C", &["carrier", "agent", "declarant"], &[]),
    ("other_wharf", "91440117MA7DEM0919", &["wharf", "yard"], &[ELSEWHERE]),
    // Bonded oil.
    ("supply_customs", "GACC5160", &["customs"], &[]),
    ("receiving_customs", "GACC5165", &["customs"], &[]),
    ("supplier", "91440113MA7DEM075R", &["supplier"], &[]),
    ("other_supplier", "91440101MA7DEM243F", &["supplier", "surveyor"], &[]),
    ("warehouse", "91440113MA7DEM219B", &["warehouse"], &[]),
    ("other_warehouse", "91440606MA7DEM26X4", &["warehouse"], &[]),
    ("bunker_barge", "91440113MA7DEM2276", &["bunker_barge"], &[]),
    ("other_bunker_barge", "91440606MA7DEM2784", &["bunker_barge"], &[]),
    ("receiving_ship", "91440115MA7DEM235X", &["receiving_ship"], &[]),
    ("surveyor", "91440300MA7DEM286Q", &["surveyor"], &[]),
    ("bank", "91440101MA7DEM059P", &["guarantor"], &[]),
    ("insurer", "91110000MA7DEM067E", &["guarantor"], &[]),
    // Certificates.
    ("courier", "91440101MA7DEM294P", &["courier"], &[]),
    ("other_courier", "91440300MA7DEM3154", &["courier"], &[]),
    ("authority", "91440101MA7DEM307D", &["authority"], &[]),
];

/// The id of a party by its name here.
pub fn id(name: &str) -> &'static str {
    PARTIES.iter().find(|p| p.0 == name).unwrap().1
}

/// The name here of the party with that id.
pub(crate) fn name_of(id: &str) -> Option<&'static str> {
    PARTIES.iter().find(|p| p.1 == id).map(|p| p.0)
}

pub(crate) fn key_of(name: &str) -> SigningKey {
    SigningKey::from_bytes(&Digest::of(name.as_bytes()).0)
}

/// One statement with one action.
#[derive(Clone, Debug)]
pub(crate) struct Act {
    pub(crate) who: &'static str,
    pub(crate) family: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) subject: String,
    pub(crate) body: Value,
}

pub(crate) fn act(
    who: &'static str,
    kind: &'static str,
    subject: impl Into<String>,
    body: Value,
) -> Act {
    Act { who, family: "combined_port", kind, subject: subject.into(), body }
}

impl Act {
    /// The same act with another value of a field.
    pub(crate) fn with(mut self, field: &str, value: impl Into<Value>) -> Self {
        self.body[field] = value.into();
        self
    }

    /// The same act without a field.
    pub(crate) fn without(mut self, field: &str) -> Self {
        self.body.as_object_mut().unwrap().remove(field);
        self
    }

    /// The same act by somebody else.
    pub(crate) fn by(mut self, who: &'static str) -> Self {
        self.who = who;
        self
    }

    /// The same act about something else.
    pub(crate) fn on(mut self, subject: impl Into<String>) -> Self {
        self.subject = subject.into();
        self
    }

    pub(crate) fn action(&self) -> Action {
        let json = self.body.to_string();
        let body = body_from_json(self.family, self.kind, json.as_bytes());
        Action {
            family: self.family.into(),
            kind: self.kind.into(),
            schema: 1,
            subject: self.subject.clone(),
            body: body.unwrap_or_else(|e| panic!("{} {json}: {e}", self.kind)),
            seen: None,
            sealed: None,
        }
    }
}

/// The founding document.
pub(crate) fn genesis() -> Genesis {
    genesis_of(&validators(2))
}

/// The parties that run so many validators.
pub fn validators(count: usize) -> Vec<&'static str> {
    PARTIES.iter().map(|p| p.0).take(count).collect()
}

/// The key with which a party's node votes.
pub fn validator_key(name: &str) -> SigningKey {
    key_of(&format!("{name} validator"))
}

/// The founding document of a network with these validators.
pub(crate) fn genesis_of(validators: &[&str]) -> Genesis {
    genesis_with(validators, &[])
}

/// The founding document of a network with these validators, and nodes that follow.
pub(crate) fn genesis_with(validators: &[&str], followers: &[&str]) -> Genesis {
    let names = |text: &str| Names { en: text.into(), zh: text.into() };
    let parties = PARTIES.iter().map(|(name, id, roles, places)| FoundingParty {
        id: (*id).into(),
        names: names(name),
        roles: roles.iter().map(|r| (*r).into()).collect(),
        district: id.strip_prefix("GACC").map(Into::into),
        places: places.iter().map(|p| (*p).into()).collect(),
        keys: vec![key_of(name).public()],
        nodes: if validators.contains(name) {
            vec![node(name, 1)]
        } else if followers.contains(name) {
            vec![super::membership::follower(name)]
        } else {
            vec![]
        },
    });
    let parameters = [
        ("relocation_sla_ms", 4 * HOUR),
        ("transit_sla_ms", 2 * DAY),
        ("advance_declaration_ms", 3 * DAY),
        ("complete_declaration_ms", 14 * DAY),
        ("tally_after_departure_ms", 6 * HOUR),
        ("tally_after_unloading_ms", 6 * HOUR),
        ("position_gap_ms", HOUR / 2),
        ("gross_tolerance_permille", 30),
        ("hold_response_ms", DAY),
        ("manifest_before_loading_ms", DAY),
        ("late_filing_per_100000_a_day", 50),
    ];
    Genesis {
        name: "test-river".into(),
        time: START,
        rules: 1,
        parties: parties.collect(),
        districts: ["5150", "5304", "5165", "5160", "5141"].map(|d| (d.into(), names(d))).into(),
        places: [RIVER, HUB, ELSEWHERE].map(|p| (p.into(), names(p))).into(),
        parameters: parameters
            .into_iter()
            .map(|(n, v)| (format!("combined_port.{n}"), i64::try_from(v).unwrap()))
            .chain(super::oil::parameters())
            .chain(super::guarantee::parameters())
            .chain(super::certificate::parameters())
            .chain(super::evidence::parameters())
            .collect(),
    }
}

/// A node of a party.
pub(crate) fn node(name: &str, power: u64) -> NodeKeys {
    NodeKeys {
        network_key: key_of(&format!("{name} network")).public(),
        validator_key: Some(validator_key(name).public()),
        power,
    }
}

/// The network and its clock.
#[derive(Clone, Debug)]
pub(crate) struct Port {
    pub(crate) ledger: MemoryLedger,
    pub(crate) time: u64,
    /// What was done on the way here.
    pub(crate) acts: Vec<Act>,
    count: u64,
}

impl Port {
    pub(crate) fn new() -> Self {
        Self::founded_at(START)
    }

    /// The same network, founded at another time.
    pub(crate) fn founded_at(time: u64) -> Self {
        Self::founded(&Genesis { time, ..genesis() })
    }

    /// The network of another founding document.
    pub(crate) fn founded(genesis: &Genesis) -> Self {
        let mut ledger = MemoryLedger::found(genesis).unwrap();
        super::evidence::anchored_before(&mut ledger);
        Self::of(ledger)
    }

    /// The network of a ledger.
    pub(crate) fn of(ledger: MemoryLedger) -> Self {
        let time = ledger.moment().time;
        Self { ledger, time, acts: vec![], count: 0 }
    }

    /// A statement of a party with these actions.
    pub(crate) fn statement(&mut self, who: &str, actions: Vec<Action>) -> Statement {
        self.count += 1;
        let payload = Payload {
            network: self.ledger.network(),
            reference: format!("ref-{}", self.count),
            event_time: self.time,
            expires: self.time + 7 * DAY - 1,
            documents: vec![],
            actions,
        };
        Statement::sign(payload, &key_of(who)).unwrap()
    }

    /// A statement with one act, signed with the party's key of that name.
    pub(crate) fn signed_with(&mut self, key: &str, act: &Act) -> Statement {
        self.statement(key, vec![act.action()])
    }

    /// What an act would make happen now, or which rule stands against it.
    pub(crate) fn would(&self, act: &Act) -> Result<Events, No> {
        let world = World::new(&self.ledger);
        let action = family::Action::check(&act.action())?;
        let Some(party) = membership::read_party(&world, id(act.who))? else {
            return Err(Unreadable(format!("{} is no party", act.who)).into());
        };
        let actor = Actor {
            id: id(act.who).into(),
            roles: party.roles.clone(),
            district: party.district.clone(),
            places: party.places.clone(),
            entry: Digest::of(b"an entry that is never made"),
            event_time: self.time,
        };
        let last = self.ledger.moment();
        action.decide(&world, &actor, Moment { height: last.height + 1, time: self.time, ..last })
    }

    /// Submits an act in a batch of its own, one second later.
    pub(crate) fn tries(&mut self, act: &Act) -> Result<EntryId, Box<Refusal>> {
        self.time += 1000;
        let statement = self.statement(act.who, vec![act.action()]);
        self.ledger.submit(self.time, statement)
    }

    /// Submits an act that must be accepted.
    pub(crate) fn does(&mut self, act: &Act) -> EntryId {
        self.acts.push(act.clone());
        self.tries(act).unwrap_or_else(|no| panic!("{} on {}: {no}", act.kind, act.subject))
    }

    pub(crate) fn do_all(mut self, acts: impl IntoIterator<Item = Act>) -> Self {
        acts.into_iter().for_each(|act| {
            self.does(&act);
        });
        self
    }

    /// Lets time pass.
    pub(crate) fn wait(&mut self, span: u64) {
        self.time += span;
        self.ledger.wait_until(self.time).unwrap();
    }

    pub(crate) fn after(mut self, span: u64) -> Self {
        self.wait(span);
        self
    }

    pub(crate) fn state(&self, subject: &str) -> combined_port::State {
        let key = SubjectKey::new(FamilyName::CombinedPort, subject);
        match &self.ledger.records()[&key].state {
            family::State::CombinedPort(state) => state.clone(),
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn json(&self, subject: &str) -> Value {
        serde_json::to_value(self.state(subject)).unwrap()
    }

    /// Kind and subject of every alert.
    pub(crate) fn alerts(&self) -> Vec<(&'static str, String)> {
        self.ledger.alerts().into_iter().map(|a| (a.kind, a.subject)).collect()
    }

    /// The entry that made the last thing happen.
    pub(crate) fn bill(&self, bill_no: &str) -> combined_port::state::Bill {
        match self.state(&format!("bill:{bill_no}")) {
            combined_port::State::Bill(bill) => bill.take(),
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn container(&self, container_no: &str) -> combined_port::state::BoxRecord {
        match self.state(&format!("box:{container_no}")) {
            combined_port::State::Box(container) => container.take(),
            other => panic!("{other:?}"),
        }
    }
}

pub(crate) fn seal(no: &str) -> Value {
    json!([{ "no": no, "kind": "mechanical", "issuer": "SH" }])
}

/// The seal that a container has from the start.
pub(crate) fn seal_of(c: &str) -> Value {
    seal(&format!("SH-{}", &c[5..]))
}

/// A digest; also the id of the entry of evidence that every port begins with.
pub(crate) fn hash() -> Value {
    json!(Digest::of(b"evidence").to_string())
}

pub(crate) fn file_vessel() -> Act {
    let body = json!({ "name": "PEARL STAR", "line_mark": "trunk", "voyages": ["048E", "049E"] });
    act("agent", "conveyance_filing", format!("ship:{VESSEL}"), body)
}

pub(crate) fn file_barge() -> Act {
    let body = json!({ "name": "SHUNDE 1", "line_mark": "branch", "voyages": ["B1", "B2"],
        "device_id": "BD-1" });
    act("carrier", "conveyance_filing", format!("ship:{BARGE}"), body)
}

pub(crate) fn containers(numbers: &[&str]) -> Value {
    let one = |c: &&str| {
        json!({ "container_no": c, "size_type": "22G1", "gross_g": 10_000_000,
            "tare_g": 2_200_000 })
    };
    numbers.iter().map(one).collect()
}

/// One of the twins of the export.
pub(crate) fn manifest(twin: &str) -> Act {
    let (code, location) = if twin == "branch" { ("5150", RIVER) } else { ("5304", HUB) };
    let body = json!({
        "message_type": "MT2101", "customs_code": code, "location": location,
        "conveyance_id": VESSEL, "name": "PEARL STAR", "voyage": "048E",
        "containers": containers(&BOXES), "packages": 300, "gross_g": 30_000_000_u64,
        "line_mark": twin,
    });
    act("agent", "manifest", format!("bill:{EXPORT}"), body)
}

pub(crate) fn gate_in(c: &str) -> Act {
    let body = json!({ "direction": "in", "place": RIVER, "fullness": "full",
        "size_type": "22G1", "seals": seal_of(c), "time": START, "bill_no": EXPORT });
    act("river_wharf", "gate", format!("box:{c}"), body)
}

pub(crate) fn gate_out(c: &str) -> Act {
    let body = json!({ "direction": "out", "place": RIVER, "fullness": "full",
        "size_type": "22G1", "seals": seal_of(c), "time": START, "eir_no": format!("EIR-{c}") });
    act("river_wharf", "gate", format!("box:{c}"), body)
}

pub(crate) fn arrival(c: &str, bill_no: &str) -> Act {
    let body = json!({ "bill_no": bill_no, "declaration_office": "5150", "size_type": "22G1",
        "fullness": "full", "arrival_date": START });
    act("river_wharf", "arrival", format!("box:{c}"), body)
}

pub(crate) fn declaration() -> Act {
    let item = json!({ "hs": "8418102000", "qty_milli": 300_000, "unit": "001",
        "net_g": 28_000_000_u64, "origin": "CHN" });
    let body = json!({
        "entry_no": DECLARATION, "trade_mode": "0110", "mode": 2, "exit_customs": "5304",
        "ie_date": "2026-11-21", "consignor_uscc": id("exporter"), "agent_uscc": id("exporter"),
        "packages": 300, "gross_g": 30_000_000_u64, "net_g": 28_000_000_u64,
        "containers": BOXES, "items": [item], "advance": false,
    });
    act("exporter", "declaration", format!("bill:{EXPORT}"), body)
}

pub(crate) fn summary() -> Act {
    let body = json!({
        "entry_no": IMPORT_DECLARATION, "consignor_uscc": id("importer"), "mode": 2,
        "conveyance_id": VESSEL, "voyage": "048E", "trade_mode": "0110", "hs": "841810",
        "qty_milli": 200_000, "unit": "001", "origin": "DEU", "inspection_required": false,
        "duty_due": true, "licensed": false, "advance": false,
    });
    act("importer", "summary_declaration", format!("bill:{IMPORT}"), body)
}

pub(crate) fn complete() -> Act {
    let act = import_declaration();
    Act { kind: "complete_declaration", ..act }
}

pub(crate) fn import_declaration() -> Act {
    declaration()
        .with("entry_no", IMPORT_DECLARATION)
        .with("consignor_uscc", id("importer"))
        .with("agent_uscc", id("importer"))
        .with("packages", 200)
        .with("gross_g", 20_000_000_u64)
        .with("net_g", 19_000_000_u64)
        .with(
            "items",
            json!([{ "hs": "8418102000", "qty_milli": 200_000, "unit": "001",
            "net_g": 19_000_000_u64, "origin": "DEU" }]),
        )
        .with("containers", json!(IMPORTED))
        .by("importer")
        .on(format!("bill:{IMPORT}"))
}

pub(crate) fn notice() -> Act {
    let body = json!({
        "entry_no": DECLARATION, "manifest_no": "M-1", "bill_no": EXPORT,
        "voyage_or_batch_no": "048E", "conveyance_name": "PEARL STAR",
        "inspection_customs": "5150", "inspection_method": "opening",
        "check_type": "examination", "weight_mark": "full", "unloading_point": "CNSUD",
        "notice_time": START, "other_hint": BOXES[0],
    });
    act("river_customs", "inspection_notice", format!("bill:{EXPORT}"), body)
}

pub(crate) fn feedback() -> Act {
    let body = json!({
        "entry_no": DECLARATION, "bill_no": EXPORT, "conveyance": "PEARL STAR",
        "inspection_record_no": "IR-1", "place_name": "Shunde yard", "place_code": RIVER,
        "slot_no": "B-07", "in_place_time": START, "container_no": BOXES[0],
    });
    act("river_wharf", "relocation_feedback", format!("bill:{EXPORT}"), body)
}

pub(crate) fn inspected() -> Act {
    let body = json!({
        "entry_no": DECLARATION, "inspection_record_no": "IR-1", "result": "clean",
        "officer_hash": hash(), "end_time": START, "container_no": BOXES[0],
    });
    act("river_customs", "inspection_result", format!("bill:{EXPORT}"), body)
}

pub(crate) fn release() -> Act {
    let body = json!({ "entry_no": DECLARATION, "containers": BOXES, "segment": 1,
        "decision": "release", "officer_hash": hash(), "time": START, "tax": "none_due" });
    act("river_customs", "release", format!("bill:{EXPORT}"), body)
}

pub(crate) fn position(utc: u64) -> Act {
    let body = json!({ "lat_e7": 227_660_266, "lon_e7": 1_130_994_903, "speed_cm_s": 410,
        "utc": utc, "device_id": "BD-1" });
    act("carrier", "position", format!("ship:{BARGE}"), body)
}

pub(crate) fn plan(batch: &str, numbers: &[&str]) -> Act {
    let body = json!({ "conveyance_id": BARGE, "voyage": "B1", "origin": RIVER,
        "destination": HUB, "containers": numbers, "etd": START, "eta": START + DAY });
    act("river_wharf", "transfer_plan", format!("plan:{batch}"), body)
}

pub(crate) fn confirm(batch: &str, numbers: &[&str]) -> Act {
    let hash = container_list_hash(numbers.iter().copied()).to_string();
    let body = json!({ "containers_hash": hash });
    act("carrier", "plan_confirmation", format!("plan:{batch}"), body)
}

pub(crate) fn load(batch: &str, c: &str) -> Act {
    let body = json!({ "batch_no": batch, "seals": seal_of(c), "crane_time": START,
        "condition": "sound", "vgm_kg": 12_200 });
    act("river_wharf", "barge_load", format!("box:{c}"), body)
}

pub(crate) fn depart(batch: &str) -> Act {
    act("carrier", "departure", format!("plan:{batch}"), json!({ "departure_time": START }))
}

pub(crate) fn arrive(batch: &str) -> Act {
    act("hub_wharf", "barge_arrival", format!("plan:{batch}"), json!({ "arrival_time": START }))
}

pub(crate) fn discharge(batch: &str, c: &str) -> Act {
    let body = json!({ "batch_no": batch, "seals": seal_of(c), "size_type": "22G1",
        "crane_time": START, "condition": "sound" });
    act("hub_wharf", "discharge", format!("box:{c}"), body)
}

pub(crate) fn discharge_report(batch: &str) -> Act {
    act("hub_wharf", "discharge_report", format!("plan:{batch}"), json!({ "end_time": START }))
}

pub(crate) fn vessel_load(c: &str) -> Act {
    let body = json!({ "conveyance_id": VESSEL, "voyage": "048E", "seals": seal_of(c),
        "stowage": "0100282", "crane_time": START, "condition": "sound", "vgm_kg": 12_200 });
    act("hub_wharf", "vessel_load", format!("box:{c}"), body)
}

pub(crate) fn sail() -> Act {
    let body = json!({ "voyage": "048E", "departure_time": START, "bills": [EXPORT] });
    act("agent", "vessel_departure", format!("ship:{VESSEL}"), body)
}

pub(crate) fn tally_row(c: &str, result: &str) -> Value {
    let packages = if result == "short" { 0 } else { 100 };
    json!({ "container_no": c, "packages": packages, "result": result })
}

pub(crate) fn tally(rows: &[(&str, &str)]) -> Act {
    let rows: Value = rows.iter().map(|(c, result)| tally_row(c, result)).collect();
    let body = json!({ "message_type": "MT5102", "conveyance_id": VESSEL, "voyage": "048E",
        "rows": rows, "start_time": START, "end_time": START });
    act("tally", "tally", format!("bill:{EXPORT}"), body)
}

pub(crate) fn clear_hold(subject: String) -> Act {
    let body = json!({ "hold": 1, "evidence": [hash()], "reason": "keying error" });
    act("river_customs", "clear_hold", subject, body)
}

pub(crate) fn amendment() -> Act {
    act("agent", "manifest_amendment", format!("bill:{EXPORT}"), json!({ "reason": "correction" }))
}

pub(crate) fn void(who: &'static str, subject: &str, entry: EntryId) -> Act {
    let body = json!({ "entry": entry.to_string(), "reason": "sent in error" });
    act(who, "void", subject, body)
}

pub(crate) fn withdrawal(numbers: &[&str]) -> Act {
    let body = json!({ "containers": numbers, "reason": "sale cancelled", "evidence": [hash()] });
    act("river_customs", "withdrawal", format!("bill:{EXPORT}"), body)
}

// The import.

pub(crate) fn import_manifest(twin: &str) -> Act {
    manifest(twin)
        .with("message_type", "MT1101")
        .with("containers", containers(&IMPORTED))
        .with("packages", 200)
        .with("gross_g", 20_000_000_u64)
        .on(format!("bill:{IMPORT}"))
}

pub(crate) fn vessel_discharge(c: &str) -> Act {
    let body = json!({ "bill_no": IMPORT, "conveyance_id": VESSEL, "voyage": "048E",
        "place": HUB, "seals": seal_of(c), "size_type": "22G1", "crane_time": START,
        "condition": "sound" });
    act("hub_wharf", "vessel_discharge", format!("box:{c}"), body)
}

pub(crate) fn import_tally() -> Act {
    let rows: Value = IMPORTED.iter().map(|c| tally_row(c, "ok")).collect();
    tally(&[]).with("message_type", "MT5101").with("rows", rows).on(format!("bill:{IMPORT}"))
}

pub(crate) fn import_release(segment: u8) -> Act {
    release()
        .with("entry_no", IMPORT_DECLARATION)
        .with("containers", json!(IMPORTED))
        .with("segment", segment)
        .with("tax", "paid")
        .with("tax_reference", "TB-1")
        .on(format!("bill:{IMPORT}"))
}

pub(crate) fn order() -> Act {
    let body = json!({ "do_no": "DO-1", "free_until": START + DAY,
        "holder_uscc": id("importer") });
    act("agent", "delivery_order", format!("bill:{IMPORT}"), body)
}

pub(crate) fn title(to: &str) -> Act {
    let body = json!({ "do_no": "DO-1", "to_uscc": id(to) });
    act("importer", "title_transfer", format!("bill:{IMPORT}"), body)
}

pub(crate) fn receipt(c: &str) -> Act {
    let body = json!({ "eir_no": format!("EIR-{c}"), "fullness": "full", "damage_codes": [],
        "place": RIVER, "time": START, "remaining_obligation": "not to be sold or used" });
    act("river_wharf", "equipment_receipt", format!("box:{c}"), body)
}

pub(crate) fn attribute(c: &str, attribute: &str) -> Act {
    let body = json!({ "attribute": attribute, "basis": "lane camera", "zone": "gate_lane",
        "node": "arrival" });
    act("river_wharf", "trade_attribute", format!("box:{c}"), body)
}

/// The states of domain.md §2.1 on the way of the export.
impl Port {
    pub(crate) fn filed() -> Self {
        Self::new().do_all([file_vessel(), file_barge()])
    }

    pub(crate) fn manifested() -> Self {
        Self::filed().do_all([manifest("branch"), manifest("trunk")])
    }

    pub(crate) fn gated() -> Self {
        Self::manifested().do_all(BOXES.map(gate_in))
    }

    pub(crate) fn arrived() -> Self {
        Self::gated().do_all(BOXES.map(|c| arrival(c, EXPORT)))
    }

    pub(crate) fn declared() -> Self {
        Self::arrived().do_all([declaration()])
    }

    pub(crate) fn released() -> Self {
        Self::declared().do_all([release()])
    }

    pub(crate) fn planned() -> Self {
        Self::released().do_all([position(START), plan("TP1", &BOXES), confirm("TP1", &BOXES)])
    }

    pub(crate) fn loaded() -> Self {
        Self::planned().do_all(BOXES.map(|c| load("TP1", c)))
    }

    pub(crate) fn under_way() -> Self {
        Self::loaded().do_all([depart("TP1")])
    }

    pub(crate) fn in_hub() -> Self {
        Self::under_way().do_all([arrive("TP1")])
    }

    pub(crate) fn discharged() -> Self {
        Self::in_hub().do_all(BOXES.map(|c| discharge("TP1", c)))
    }

    pub(crate) fn aboard() -> Self {
        Self::discharged().do_all(BOXES.map(vessel_load))
    }

    pub(crate) fn sailed() -> Self {
        Self::aboard().do_all([sail()])
    }

    pub(crate) fn closed() -> Self {
        Self::sailed().do_all([tally(&BOXES.map(|c| (c, "ok")))])
    }
}

/// The states of the import branch of §2.6.
impl Port {
    pub(crate) fn import_manifested() -> Self {
        Self::filed().do_all([import_manifest("branch"), import_manifest("trunk")])
    }

    pub(crate) fn import_landed() -> Self {
        Self::import_manifested().do_all(IMPORTED.map(vessel_discharge))
    }

    pub(crate) fn import_under_way() -> Self {
        let plan = plan("TP2", &IMPORTED)
            .with("origin", HUB)
            .with("destination", RIVER)
            .with("voyage", "B2")
            .by("hub_wharf");
        Self::import_landed()
            .do_all([position(START), plan, confirm("TP2", &IMPORTED)])
            .do_all(IMPORTED.map(|c| load("TP2", c).by("hub_wharf")))
            .do_all([depart("TP2")])
    }

    pub(crate) fn import_arrived() -> Self {
        Self::import_under_way()
            .do_all([arrive("TP2").by("river_wharf")])
            .do_all(IMPORTED.map(|c| discharge("TP2", c).by("river_wharf")))
            .do_all(IMPORTED.map(|c| arrival(c, IMPORT)))
    }

    pub(crate) fn import_declared() -> Self {
        Self::import_arrived().do_all([import_declaration()])
    }

    pub(crate) fn import_released() -> Self {
        Self::import_declared().do_all([import_release(1)])
    }

    pub(crate) fn import_ordered() -> Self {
        Self::import_released().do_all([order()]).do_all(IMPORTED.map(receipt))
    }
}

/// Keys by the name of their party, for tests that sign by hand.
pub(crate) fn public(name: &str) -> PublicKey {
    key_of(name).public()
}

/// Every subject's state, for comparing whole ledgers.
pub(crate) fn snapshot(port: &Port) -> BTreeMap<String, Vec<u8>> {
    port.ledger.records().iter().map(|(k, r)| (k.to_string(), r.bytes())).collect()
}
