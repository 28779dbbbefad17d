//! The entries of the benchmark: what agents, wharves and carriers send all day, signed beforehand.
//!
//! No entry waits for another, so that any order in which they arrive is acceptable: twin manifests
//! of bills of their own, gate moves of containers of their own, and positions of many barges in
//! turn, a thousand positions between two of the same barge. Beside this mix there are draws on
//! guarantee lines, on one line or on many.

use std::collections::BTreeMap;

use anyhow::Context as _;
use countersign_client::{
    draft::{Draft, DraftAction},
    party::Party,
};
use countersign_contracts::{
    calendar::DAY_MS,
    identifiers::{ContainerNumber, Imo},
};
use countersign_record::{Digest, limits::ACTIONS_MAX};
use rayon::prelude::*;
use serde_json::{Value, json};

/// Barges that send positions.
const BARGES: usize = 1024;
/// Sea-going ships that manifests name.
const VESSELS: usize = 16;
/// Voyages that each of them has filed.
const VOYAGES: usize = 12;
/// Containers that manifests name, over and over.
const LISTED_BOXES: usize = 4096;
/// Guarantee lines: the first is the hot one, the others share the draws of their run.
pub(super) const LINES: usize = 65;
/// The enterprise of every line.
const ENTERPRISE: &str = "91440606MA7DEM040W";
/// The guarantor of every line.
const BANK: &str = "91440101MA7DEM059P";
/// A declarant that every line names.
const DECLARANT: &str = "91440606MA7DEM120G";
/// Who draws in turn, and the district in whose declarations' names.
const DRAWERS: [(&str, &str); 4] = [
    ("exporter", "5150"),
    ("declarant", "5304"),
    ("shunde-customs", "5150"),
    ("shekou-customs", "5304"),
];
/// Which kind comes when, over and over. Twins stand together.
const CYCLE: [Kind; 10] = [
    Kind::River,
    Kind::Hub,
    Kind::Gate,
    Kind::Position,
    Kind::Gate,
    Kind::River,
    Kind::Hub,
    Kind::Position,
    Kind::River,
    Kind::Gate,
];

/// A kind of entry in the mix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// A manifest for the river port.
    River,
    /// Its twin for the hub; one river manifest of three still waits for its own.
    Hub,
    /// A container passes a gate.
    Gate,
    /// A barge says where it is.
    Position,
}

impl Kind {
    /// How many of this kind there are in the first `before` places of a cycle.
    fn among(self, before: usize) -> usize {
        CYCLE.iter().take(before).filter(|k| **k == self).count()
    }
}

/// Makes entries, none twice.
pub(super) struct Workload {
    parties: BTreeMap<String, Party>,
    /// UTC milliseconds since 1970 when the benchmark began.
    began: u64,
    vessels: Vec<String>,
    boxes: Vec<String>,
    made: usize,
    bytes: usize,
    drawn: usize,
}

impl Workload {
    /// A workload of the parties of the sample network.
    pub(super) fn new(parties: BTreeMap<String, Party>, began: u64) -> Self {
        let vessels = (991_200..).filter_map(imo).take(VESSELS).collect();
        let boxes = (0..LISTED_BOXES).map(|i| container("TGHU", 100_000 + i)).collect();
        Self { parties, began, vessels, boxes, made: 0, bytes: 0, drawn: 0 }
    }

    /// What must be in the ledger before anything else: ships and barges with their voyages.
    ///
    /// # Errors
    /// A party is missing.
    pub(super) fn filings(&self) -> anyhow::Result<Vec<Vec<u8>>> {
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

    /// The guarantee lines, filed and activated.
    ///
    /// # Errors
    /// A party is missing.
    pub(super) fn lines(&self) -> anyhow::Result<Vec<Vec<u8>>> {
        let digest = Digest::of(b"letter of guarantee");
        let filed = (0..LINES).map(|i| {
            let body = json!({
                "instrument_no": format!("LG-{i:04}"), "guarantor_kind": "bank",
                "enterprise_uscc": ENTERPRISE, "credit_grade": "registered",
                "beneficiaries": ["51", "53"], "limit_fen": 1_000_000_000_000_000_u64,
                "scope": ["payment_term"], "valid_from": self.began - DAY_MS,
                "valid_to": self.began + 365 * DAY_MS, "covers_late_fee": true,
                "data_digest": digest, "declarants": [DECLARANT], "guarantor_uscc": BANK,
            });
            guarantee("guarantee_file", line(i), body)
        });
        let signed =
            (0..LINES).map(|i| guarantee("activate", line(i), json!({ "data_digest": digest })));
        Ok(vec![
            self.sign("shunde-customs", "FILE-LINES", filed.collect(), [])?,
            self.sign("bank", "SIGN-LINES", signed.collect(), [])?,
        ])
    }

    /// So many draws more, on one line or spread over all others.
    ///
    /// # Errors
    /// A party is missing.
    pub(super) fn prepare_draws(
        &mut self,
        count: usize,
        hot: bool,
    ) -> anyhow::Result<Vec<Vec<u8>>> {
        let numbers = self.drawn..self.drawn + count;
        let signed =
            numbers.into_par_iter().map(|n| self.draw(n, hot)).collect::<Result<Vec<_>, _>>()?;
        self.drawn += count;
        Ok(signed)
    }

    fn draw(&self, n: usize, hot: bool) -> anyhow::Result<Vec<u8>> {
        let (drawer, district) = DRAWERS[n % DRAWERS.len()];
        let on = if hot { 0 } else { 1 + n % (LINES - 1) };
        let reference = format!("DRAW-{n:08}");
        let body = json!({ "filing_no": line_no(on), "amount_fen": 150_000_000 + n,
            "scope": "payment_term", "due": self.began + 30 * DAY_MS });
        let draw = guarantee("reserve", format!("drawdown:{district}20260{n:09}"), body);
        // What a declarant's system files away beside it: declaration, invoice, packing list, bill,
        // contract, licence, insurance, certificate, authority. It makes the statement as long as
        // the others are.
        let papers = (0..9).map(|i| Digest::of(format!("{reference} {i}").as_bytes()));
        self.sign(drawer, &reference, vec![draw], papers)
    }

    /// So many entries more.
    ///
    /// # Errors
    /// A party is missing.
    pub(super) fn prepare(&mut self, count: usize) -> anyhow::Result<Vec<Vec<u8>>> {
        let numbers = self.made..self.made + count;
        let signed =
            numbers.into_par_iter().map(|n| self.entry(n)).collect::<Result<Vec<_>, _>>()?;
        self.made += count;
        self.bytes += signed.iter().map(Vec::len).sum::<usize>();
        Ok(signed)
    }

    /// The mean size of what was prepared.
    pub(super) fn mean_bytes(&self) -> f64 {
        super::figures::ratio(self.bytes as f64, self.made as f64)
    }

    fn entry(&self, n: usize) -> anyhow::Result<Vec<u8>> {
        let (round, place) = (n / CYCLE.len(), n % CYCLE.len());
        let kind = CYCLE[place];
        // The number among those of its kind.
        let i = round * kind.among(CYCLE.len()) + kind.among(place);
        let reference = format!("BENCH-{n:08}");
        match kind {
            Kind::River => self.manifest(&reference, bill_of_river(i), Kind::River),
            Kind::Hub => self.manifest(&reference, bill_of_hub(i), Kind::Hub),
            Kind::Gate => self.gate(&reference, i),
            Kind::Position => self.position(&reference, i),
        }
    }

    fn manifest(&self, reference: &str, bill: usize, kind: Kind) -> anyhow::Result<Vec<u8>> {
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

    fn gate(&self, reference: &str, i: usize) -> anyhow::Result<Vec<u8>> {
        let (wharf, place) = match i % 2 {
            0 => ("shunde-wharf", "CNSUD/5150"),
            _ => ("shekou-wharf", "CNSHK/5304"),
        };
        let owner = ["CBHU", "OOLU", "FCIU", "MSKU", "CSNU", "TCNU"][i / 1_000_000 % 6];
        let seal = json!({ "no": format!("SH-{i:08}"), "kind": "mechanical", "issuer": "SH" });
        let body = json!({
            "direction": "in", "place": place, "fullness": "full", "size_type": "45G1",
            "seals": [seal], "time": self.began, "booking_no": format!("BK{i:010}"),
            "driver_hash": Digest::of(format!("driver {i}").as_bytes()),
        });
        let no = container(owner, i % 1_000_000);
        let mut gate = action("gate", format!("box:{no}"), body);
        gate.sealed = Some([(11, Digest::of(format!("plate {i}").as_bytes()))].into());
        let document = Digest::of(reference.as_bytes());
        self.sign(wharf, reference, vec![gate], [document])
    }

    fn position(&self, reference: &str, i: usize) -> anyhow::Result<Vec<u8>> {
        let (ship, turn) = (i % BARGES, i / BARGES);
        let moved = 137 * turn;
        let body = json!({
            "lat_e7": 227_660_266 - moved, "lon_e7": 1_130_994_903 + moved + ship,
            "speed_cm_s": 410, "utc": self.began + 1000 * turn as u64, "device_id": device(ship),
        });
        let position = action("position", format!("ship:{}", barge(ship)), body);
        self.sign("barge-carrier", reference, vec![position], [])
    }

    fn sign(
        &self,
        party: &str,
        reference: &str,
        actions: Vec<DraftAction>,
        documents: impl IntoIterator<Item = Digest>,
    ) -> anyhow::Result<Vec<u8>> {
        let signer = self.parties.get(party);
        let signer = signer.with_context(|| format!("there is no party '{party}'"))?;
        let draft = Draft {
            reference: reference.into(),
            event_time: self.began,
            expires: None,
            documents: documents.into_iter().collect(),
            actions,
        };
        Ok(signer.sign(&draft)?.bytes().to_vec())
    }
}

/// River manifests are more than hub manifests by half: two of three have their twin.
fn bill_of_river(i: usize) -> usize {
    i
}

fn bill_of_hub(i: usize) -> usize {
    i / 2 * 3 + i % 2
}

fn action(kind: &str, subject: String, body: Value) -> DraftAction {
    DraftAction::new("combined_port", kind, subject, body)
}

fn guarantee(kind: &str, subject: String, body: Value) -> DraftAction {
    DraftAction::new("guarantee", kind, subject, body)
}

fn line_no(i: usize) -> String {
    format!("BENCH{i:04}")
}

fn line(i: usize) -> String {
    format!("line:{}", line_no(i))
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
fn imo(serial: u32) -> Option<String> {
    let numbers = (0..10).map(|check| format!("{serial}{check}"));
    let mut right = numbers.filter(|no| Imo::parse("conveyance_id", no).is_ok());
    right.next().map(|no| format!("UN{no}"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use countersign::fleet::Fleet;
    use countersign_contracts::entry::CheckedEntry;
    use countersign_genesis::sample;
    use countersign_record::statement::Statement;

    use super::*;

    fn workload() -> (Workload, Digest) {
        let folder = tempfile::tempdir().expect("a folder");
        let exe = std::env::current_exe().expect("this program");
        let plan = sample::pearl_river().expect("the sample");
        let fleet = Fleet::found(&exe, plan, &folder.path().join("net")).expect("a network");
        let parties = fleet.parties(None).expect("its parties");
        (Workload::new(parties, 1_790_000_000_000), fleet.genesis().network())
    }

    #[test]
    fn entries_have_the_size_of_the_budget_table_and_pass_the_door() {
        let (mut workload, network) = workload();
        let entries = workload.prepare(1000).expect("entries");
        assert!((550.0..=650.0).contains(&workload.mean_bytes()), "{}", workload.mean_bytes());
        let mut others = workload.filings().expect("filings");
        others.extend(workload.lines().expect("lines"));
        let draws = workload.prepare_draws(100, true).expect("draws");
        let mean = draws.iter().map(Vec::len).sum::<usize>() / draws.len();
        assert!((500..=650).contains(&mean), "{mean}");
        others.extend(draws);
        for bytes in entries.iter().chain(&others) {
            let statement = Statement::parse(bytes).expect("a statement");
            CheckedEntry::check(statement, &network).expect("an entry that passes every check");
        }
    }

    #[test]
    fn no_entry_comes_twice_and_no_twin_is_sent_twice() {
        let (mut workload, _) = workload();
        let first = workload.prepare(600).expect("entries");
        let more = workload.prepare(600).expect("entries");
        let mut manifests = BTreeSet::new();
        let mut references = BTreeSet::new();
        for bytes in first.iter().chain(&more) {
            let statement = Statement::parse(bytes).expect("a statement");
            let payload = statement.payload().clone();
            assert!(references.insert(payload.reference));
            for action in payload.actions.iter().filter(|a| a.kind == "manifest") {
                // The location tells the twins apart.
                let hub = action.body.windows(10).any(|w| w == b"CNSHK/5304");
                assert!(manifests.insert((action.subject.clone(), hub)), "{}", action.subject);
            }
        }
        assert_eq!(references.len(), 1200);
    }

    #[test]
    fn every_hub_manifest_has_its_twin() {
        let bills: BTreeSet<_> = (0..300).map(bill_of_river).collect();
        let hubs: BTreeSet<_> = (0..200).map(bill_of_hub).collect();
        assert_eq!(hubs.len(), 200);
        assert!(hubs.is_subset(&bills));
    }
}
