//! Seeds and mutants of them, through every decoder; the seed that is printed repeats what was sent.

use std::{
    env, fs,
    panic::{AssertUnwindSafe, RefUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::{Arc, atomic::AtomicU64},
};

use countersign_contracts::testing::{
    dice::Dice,
    fuzz::mutant,
    histories::{Parties, throw},
};

use super::*;
use crate::{
    admission::Admission,
    ledger::{Ledger as Books, memory::Disk},
    runtime::clock::Clock,
};

/// Mutants of each target's seeds; some seconds in all.
const MUTANTS: u64 = 3000;
/// Set, the seeds are written instead of compared.
const WRITE: &str = "COUNTERSIGN_WRITE_SEEDS";

const REQUESTS: [&str; 2] = [
    "/v1/subjects/combined_port/bill:1?at=7&proof=true\nhost: 127.0.0.1:26657\n\
     x-forwarded-for: 192.0.2.1, 2001:db8::1\ncontent-type: application/cose; a=b\n",
    "/v1/entries/e8671610daa5dc152578d9bfe8e25346aa73fa600f908b235f55bf51d0eb5a05?wait=final\n\
     host: [::1]:1\nforwarded: for=192.0.2.1\nauthorization: Bearer d2\n",
];
const SETTINGS: &str = "party = \"91440606MA7DEM016C\"\nmoniker = \"x\"\n\
    api_listen = \"127.0.0.1:26657\"\np2p_listen = \"/ip4/127.0.0.1/tcp/26656\"\n\
    peers = [\"/dns4/x.example/tcp/1/p2p/12D3KooWGg4pZKUDo1Bj4bKtHJfPDrvvAWp4KkUCFLJUA5bMVgJZ\"]\n\
    clock_ahead_ms = 5\nkeep_days = 9\napi.behind_proxy = true\n";

/// Target, name of the file, content.
fn seeds() -> Vec<(&'static str, String, Vec<u8>)> {
    let mut all = consensus::fuzz::seeds::seeds();
    all.extend(ledger::fuzz::seeds());
    for (n, request) in REQUESTS.iter().enumerate() {
        all.push(("request", n.to_string(), request.as_bytes().to_vec()));
    }
    all.push(("settings", "toml".into(), SETTINGS.as_bytes().to_vec()));
    all
}

#[test]
fn the_committed_seeds_are_those_that_are_made_here() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    let write = env::var_os(WRITE).is_some();
    let mut known: Vec<PathBuf> = Vec::new();
    for (target, name, bytes) in seeds() {
        let path = folder.join(target).join(name);
        if write {
            fs::create_dir_all(folder.join(target)).unwrap();
            fs::write(&path, &bytes).unwrap();
        }
        let kept = fs::read(&path).unwrap_or_default();
        assert!(kept == bytes, "{path:?}: this test writes it anew where {WRITE} is set");
        known.push(path);
    }
    for (target, _) in TARGETS {
        for entry in fs::read_dir(folder.join(target)).unwrap() {
            let path = entry.unwrap().path();
            assert!(known.contains(&path), "{path:?} is no seed any more");
        }
    }
}

/// Sends seeds and mutants through a decoder; what panics is shown.
fn all_answered(name: &str, seeds: &[Vec<u8>], decode: impl Fn(&[u8]) + RefUnwindSafe) {
    let asked = |name: &str| env::var(name).ok().and_then(|n| n.parse::<u64>().ok());
    let seed = asked("COUNTERSIGN_SEED").unwrap_or(1);
    let mut dice = Dice::new(seed);
    assert!(!seeds.is_empty(), "{name} has no seeds");
    seeds.iter().for_each(|bytes| decode(bytes));
    for _ in 0..asked("COUNTERSIGN_MUTANTS").unwrap_or(MUTANTS) {
        let bytes = mutant(&mut dice, seeds);
        let ended = catch_unwind(|| decode(&bytes));
        let shown = hex::encode(&bytes);
        assert!(ended.is_ok(), "{name}: COUNTERSIGN_SEED={seed} panics at {shown}");
    }
}

#[test]
fn every_decoder_answers_its_seeds_and_their_mutants() {
    for (name, run) in TARGETS {
        let own = seeds().into_iter().filter(|(target, ..)| *target == name);
        let own: Vec<_> = own.map(|(_, _, bytes)| bytes).collect();
        all_answered(name, &own, run);
    }
}

/// Seeds that no decoder reads would test nothing.
#[test]
fn the_seeds_are_read() {
    for (target, name, bytes) in seeds() {
        let read = match target {
            "batch" => {
                let statements = Batch::parse(&bytes).unwrap().statements;
                statements.iter().all(|statement| Statement::parse(statement).is_ok())
            }
            "settings" => toml::from_str::<Config>(SETTINGS).is_ok(),
            _ => true,
        };
        assert!(read, "{target} {name}");
    }
}

/// What HTTP takes in and what other nodes send goes through one door.
#[test]
fn every_entry_at_the_door_is_answered() {
    let mut parties = Parties::new(4, 0);
    let genesis = parties.genesis().clone();
    let time = genesis.time + 1000;
    let mut dice = Dice::new(1);
    let seeds: Vec<Vec<u8>> = (0..60)
        .filter_map(|_| parties.next(time, throw(&mut dice)))
        .map(|statement| statement.bytes().to_vec())
        .collect();
    let ledger = Arc::new(Books::on_disk(Disk::default(), genesis).unwrap());
    let clock = Clock::by_hand(Box::leak(Box::new(AtomicU64::new(time))));
    let door = AssertUnwindSafe(Admission::new(ledger, clock));
    let true_ones = seeds.iter().filter(|seed| door.admit(seed).is_ok()).count();
    assert!(true_ones * 2 > seeds.len(), "{true_ones} of {} seeds are let in", seeds.len());
    all_answered("door", &seeds, move |bytes| {
        if let Ok(admitted) = door.admit(bytes) {
            assert_eq!(admitted.entry().statement().bytes(), bytes);
        }
    });
}
