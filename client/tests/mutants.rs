//! Files that a stranger hands in, key files that somebody has spoilt, nodes that lie: each decoder
//! that the fuzz targets run answers their seeds and mutants of them, and the seed that is printed
//! repeats what was sent.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

#[path = "../fuzz/src/lib.rs"]
pub mod decoders;

use std::{env, fs, panic, path::Path};

use countersign_contracts::testing::{dice::Dice, fuzz::mutant};
use countersign_print::attachments::attachments;

use decoders::{TARGETS, run};

/// Mutants of each target's seeds; some seconds in all.
const MUTANTS: u64 = 1500;

/// The committed seeds of a target.
fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|f| f.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}

#[test]
fn every_decoder_answers_its_seeds_and_their_mutants() {
    let asked = |name: &str| env::var(name).ok().and_then(|n| n.parse::<u64>().ok());
    let seed = asked("COUNTERSIGN_SEED").unwrap_or(1);
    for (name, _) in TARGETS {
        let seeds = seeds(name);
        assert!(!seeds.is_empty(), "{name} has no seeds");
        seeds.iter().for_each(|bytes| run(name, bytes));
        let mut dice = Dice::new(seed);
        for n in 0..asked("COUNTERSIGN_MUTANTS").unwrap_or(MUTANTS) {
            let bytes = mutant(&mut dice, &seeds);
            let ended = panic::catch_unwind(|| run(name, &bytes));
            assert!(
                ended.is_ok(),
                "{name}: mutant {n} of COUNTERSIGN_SEED={seed} panics: {bytes:?}"
            );
        }
    }
}

/// Seeds that no decoder reads would test nothing.
#[test]
fn the_seeds_are_read() {
    let files = attachments(&seeds("pdf")[0]).unwrap();
    assert_eq!(files, [b"plain".to_vec(), b"one".to_vec()]);
    for pem in seeds("key_file") {
        let pem = String::from_utf8(pem).unwrap();
        let key = countersign_genesis::keyfile::parse(Path::new("key"), &pem, Some("open"));
        // One is of another kind on purpose.
        assert!(key.is_ok() || key.unwrap_err().to_string().contains("expected Ed25519"));
    }
    for json in seeds("draft") {
        serde_json::from_slice::<countersign_client::draft::Draft>(&json).unwrap();
    }
}
