//! Entries of the combined port: manifests, gate moves, positions, and a terminal's whole files.

use countersign_client::draft::DraftAction;
use countersign_contracts::identifiers::{ContainerNumber, Imo};
use countersign_record::{Digest, limits::ACTIONS_MAX};
use serde_json::{Value, json};

use super::{Kind, Workload};

/// Barges that send positions.
const BARGES: usize = 1024;
/// Sea-going ships that manifests name.
const VESSELS: usize = 16;
/// Voyages that each of them has filed.
const VOYAGES: usize = 12;
/// Containers that manifests name, over and over.
const LISTED_BOXES: usize = 4096;
/// Containers of one owner.
const SERIALS: usize = 1_000_000;
/// Owners whose containers pass gates one by one.
const OWNERS: [&str; 6] = ["CBHU", "OOLU", "FCIU", "MSKU", "CSNU", "TCNU"];
/// Owners whose containers pass gates in files.
const OWNERS_IN_FILES: [&str; 6] = ["TEMU", "TRLU", "GESU", "HLXU", "EMCU", "CAIU"];

impl Workload {
    /// Ships and barges with their voyages.
    pub(super) fn ships(&self) -> anyhow::Result<Vec<Vec<u8>>> {
        let vessels = self.vessels.iter().enumerate().map(|(i, id)| {
            let voyages: Vec<_> = (0..VOYAGES).map(voyage).collect();
            let body = json!({ "name": vessel_name(i), "line_mark": "trunk", "voyages": voyages });
            action("conveyance_filing", format!("ship:{id}"), body)
        });
        let barges: Vec<_> = (0..BARGES)
            .map(|i| {
                let body = json!({ "name": format!("PEARL BARGE {i}"), "line_mark": "branch",
                    "voyages": ["B26001"], "device_id": device(i) });
                action("conveyance_filing", format!("ship:{}", barge(i)), body)
            })
            .collect();
        let mut signed = vec![self.sign("ship-agent", "FILE-VESSELS", vessels.collect(), [])?];
        for (i, part) in barges.chunks(ACTIONS_MAX).enumerate() {
            let reference = format!("FILE-BARGES-{i}");
            signed.push(self.sign("barge-carrier", &reference, part.to_vec(), [])?);
        }
        Ok(signed)
    }

    pub(super) fn manifest(
        &self,
        reference: &str,
        bill: usize,
        kind: Kind,
    ) -> anyhow::Result<Vec<u8>> {
        let (code, location, mark) = match kind {
            Kind::Hub => ("5304", "CNSHK/5304", "trunk"),
            _ => ("5150", "CNSUD/5150", "branch"),
        };
        let listed = 6 + bill % 11;
        let containers: Vec<_> = (0..listed)
            .map(|c| {
                let no = &self.boxes[(bill * 16 + c) % self.boxes.len()];
                let gross_g = 18_000_000 + 100_000 * (c % 7);
                json!({ "container_no": no, "size_type": "45G1", "gross_g": gross_g,
                    "tare_g": 3_900_000 })
            })
            .collect();
        let ship = bill % self.vessels.len();
        let body = json!({
            "message_type": "MT2101", "customs_code": code, "location": location,
            "conveyance_id": self.vessels[ship], "name": vessel_name(ship),
            "voyage": voyage(bill % VOYAGES), "containers": containers,
            "packages": 500 * listed, "gross_g": 18_300_000 * listed, "line_mark": mark,
            "house_bill": format!("HB{bill:010}"),
        });
        let mut manifest = action("manifest", format!("bill:BNCH{bill:08}"), body);
        // Rivals share the ledger: who buys what from whom stands in seals.
        let seal = |field: u32| (field, Digest::of(format!("{bill} {field}").as_bytes()));
        manifest.sealed = Some([seal(12), seal(13), seal(14)].into());
        let document = Digest::of(reference.as_bytes());
        self.sign("ship-agent", reference, vec![manifest], [document])
    }

    pub(super) fn gate(&self, reference: &str, i: usize) -> anyhow::Result<Vec<u8>> {
        let document = Digest::of(reference.as_bytes());
        let (wharf, place) = gate_of(i);
        self.sign(wharf, reference, vec![self.gate_move(&OWNERS, i, place)], [document])
    }

    /// A terminal's file: so many gate moves of one wharf in one statement, from this number on.
    pub(super) fn file(&self, first: usize, moves: usize) -> anyhow::Result<Vec<u8>> {
        let (wharf, place) = gate_of(first / moves);
        let moves = (first..first + moves).map(|i| self.gate_move(&OWNERS_IN_FILES, i, place));
        self.sign(wharf, &format!("CODECO-{first:09}"), moves.collect(), [])
    }

    fn gate_move(&self, owners: &[&str], i: usize, place: &str) -> DraftAction {
        let owner = owners[i / SERIALS % owners.len()];
        let seal = json!({ "no": format!("SH-{i:08}"), "kind": "mechanical", "issuer": "SH" });
        let body = json!({
            "direction": "in", "place": place, "fullness": "full", "size_type": "45G1",
            "seals": [seal], "time": self.began, "booking_no": format!("BK{i:010}"),
            "driver_hash": Digest::of(format!("driver {i}").as_bytes()),
        });
        let mut gate = action("gate", format!("box:{}", container(owner, i % SERIALS)), body);
        gate.sealed = Some([(11, Digest::of(format!("plate {i}").as_bytes()))].into());
        gate
    }

    pub(super) fn position(&self, reference: &str, i: usize) -> anyhow::Result<Vec<u8>> {
        let (ship, turn) = (i % BARGES, i / BARGES);
        let moved = 137 * turn;
        let body = json!({
            "lat_e7": 227_660_266 - moved, "lon_e7": 1_130_994_903 + moved + ship,
            "speed_cm_s": 410, "utc": self.began + 1000 * turn as u64, "device_id": device(ship),
        });
        let position = action("position", format!("ship:{}", barge(ship)), body);
        self.sign("barge-carrier", reference, vec![position], [])
    }
}

/// Numbers of the sea-going ships.
pub(super) fn vessels() -> Vec<String> {
    (991_200..).filter_map(imo).take(VESSELS).map(|no| format!("UN{no}")).collect()
}

/// Numbers of the containers that manifests name.
pub(super) fn listed_boxes() -> Vec<String> {
    (0..LISTED_BOXES).map(|i| container("TGHU", 100_000 + i)).collect()
}

/// River manifests are more than hub manifests by half: two of three have their twin.
pub(super) fn bill_of_river(i: usize) -> usize {
    i
}

pub(super) fn bill_of_hub(i: usize) -> usize {
    i / 2 * 3 + i % 2
}

/// The barge of this number, as entries name it.
pub(super) fn barge_of(i: usize) -> String {
    barge(i % BARGES)
}

fn gate_of(i: usize) -> (&'static str, &'static str) {
    match i % 2 {
        0 => ("shunde-wharf", "CNSUD/5150"),
        _ => ("shekou-wharf", "CNSHK/5304"),
    }
}

fn action(kind: &str, subject: String, body: Value) -> DraftAction {
    DraftAction::new("combined_port", kind, subject, body)
}

fn vessel_name(i: usize) -> String {
    format!("PEARL STAR {i}")
}

fn voyage(i: usize) -> String {
    format!("{:03}E", 40 + i)
}

fn barge(i: usize) -> String {
    format!("PRB{i:04}")
}

fn device(i: usize) -> String {
    format!("BD-{i:04}")
}

/// A container number with the check digit that fits.
fn container(owner: &str, serial: usize) -> String {
    let numbers = (0..10).map(|check| format!("{owner}{serial:06}{check}"));
    let mut right = numbers.filter(|no| ContainerNumber::parse("container_no", no).is_ok());
    right.next().unwrap_or_default()
}

/// A ship's number with the check digit that fits.
pub(super) fn imo(serial: u32) -> Option<String> {
    let mut numbers = (0..10).map(|check| format!("{serial}{check}"));
    numbers.find(|no| Imo::parse("conveyance_id", no).is_ok())
}
