//! The mix is sound: every entry passes the door, none comes twice, and no twin is sent twice.

use std::collections::BTreeSet;

use countersign::fleet::Fleet;
use countersign_contracts::entry::CheckedEntry;
use countersign_genesis::sample;
use countersign_record::statement::Statement;

use super::{
    port::{bill_of_hub, bill_of_river},
    *,
};

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
    others.extend(workload.prepare_files(3, 32).expect("files"));
    others.extend(workload.prepare_files(3, 128).expect("files"));
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
    let (mut references, mut families) = (BTreeSet::new(), BTreeSet::new());
    for bytes in first.iter().chain(&more) {
        let statement = Statement::parse(bytes).expect("a statement");
        let payload = statement.payload().clone();
        assert!(references.insert(payload.reference));
        families.extend(payload.actions.iter().map(|a| a.family.to_string()));
        for action in payload.actions.iter().filter(|a| a.kind == "manifest") {
            // The location tells the twins apart.
            let hub = action.body.windows(10).any(|w| w == b"CNSHK/5304");
            assert!(manifests.insert((action.subject.clone(), hub)), "{}", action.subject);
        }
    }
    assert_eq!(references.len(), 1200);
    let all = ["bonded_oil", "certificate", "combined_port", "evidence", "guarantee"];
    assert!(families.iter().eq(all), "{families:?}");
}

#[test]
fn every_hub_manifest_has_its_twin() {
    let bills: BTreeSet<_> = (0..300).map(bill_of_river).collect();
    let hubs: BTreeSet<_> = (0..200).map(bill_of_hub).collect();
    assert_eq!(hubs.len(), 200);
    assert!(hubs.is_subset(&bills));
}

#[test]
fn no_container_passes_two_gates_in_files() {
    let (mut workload, _) = workload();
    let mut files = workload.prepare_files(4, 128).expect("files");
    files.extend(workload.prepare_files(4, 32).expect("files"));
    let mut boxes = BTreeSet::new();
    for bytes in &files {
        let statement = Statement::parse(bytes).expect("a statement");
        for action in &statement.payload().actions {
            assert!(boxes.insert(action.subject.clone()), "{}", action.subject);
        }
    }
    assert_eq!(boxes.len(), 4 * 160);
}
