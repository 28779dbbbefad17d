//! Files that a stranger hands in, and key files that somebody has spoilt: each decoder answers true
//! seeds and mutants of them, and the seed that is printed repeats what was sent.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::{env, fs, panic};

use countersign_client::import::{Options, import};
use countersign_contracts::testing::{dice::Dice, fuzz::mutant};
use countersign_genesis::keyfile;
use countersign_print::attachments::attachments;
use ed25519_dalek::SigningKey;

const TRADE: [&[u8]; 2] = [
    include_bytes!("../testdata/edifact/gate_in_d00b.edi"),
    include_bytes!("../testdata/edifact/barge_load_d95b.edi"),
];
/// A PDF as far as it matters here: a plain attachment, and one that is packed with zlib.
const PDF: &[u8] =
    b"%PDF-1.7\n4 0 obj\n<</Type/EmbeddedFile/Length 5>>stream\r\nplain\r\nendstream\n\
    5 0 obj\n<</Type/EmbeddedFile/Filter/FlateDecode/Length 11>>\nstream\n\
    \x78\x9c\xcb\xcf\x4b\x05\x00\x02\x91\x01\x43\nendstream\nendobj\n";

/// So many mutants, or as many as are asked for.
fn all_answered(name: &str, seeds: &[Vec<u8>], most: u64, decode: impl Fn(&[u8])) {
    let asked = |name: &str| env::var(name).ok().and_then(|n| n.parse::<u64>().ok());
    let seed = asked("COUNTERSIGN_SEED").unwrap_or(1);
    let mut dice = Dice::new(seed);
    seeds.iter().for_each(|bytes| decode(bytes));
    for n in 0..asked("COUNTERSIGN_MUTANTS").unwrap_or(most) {
        let bytes = mutant(&mut dice, seeds);
        let ended = panic::catch_unwind(panic::AssertUnwindSafe(|| decode(&bytes)));
        assert!(ended.is_ok(), "{name}: mutant {n} of COUNTERSIGN_SEED={seed} panics: {bytes:?}");
    }
}

#[test]
fn every_trade_file_is_answered() {
    let seeds = TRADE.map(<[u8]>::to_vec);
    all_answered("import", &seeds, 1500, |bytes| {
        let report = import("mutant", bytes, &Options::default());
        for counts in [report.messages, report.containers] {
            assert_eq!(counts.seen, counts.taken + counts.doubted + counts.refused);
        }
        serde_json::to_value(&report).unwrap();
    });
}

#[test]
fn every_pdf_is_answered() {
    assert_eq!(attachments(PDF).unwrap(), [b"plain".to_vec(), b"one".to_vec()]);
    all_answered("pdf", &[PDF.to_vec()], 5000, |bytes| {
        let _files = attachments(bytes);
    });
}

#[test]
fn every_key_file_is_answered() {
    let folder = tempfile::tempdir().unwrap();
    let key = SigningKey::from_bytes(&[7; 32]);
    let written = |name: &str, passphrase: Option<&str>| {
        let path = folder.path().join(name);
        keyfile::write(&path, &key, passphrase).unwrap();
        fs::read(path).unwrap()
    };
    let (plain, sealed) = (written("plain", None), written("sealed", Some("open")));
    let path = folder.path().join("mutant");
    keyfile::write(&path, &key, None).unwrap();
    let load = |bytes: &[u8], passphrase: Option<&str>| {
        fs::write(&path, bytes).unwrap();
        if let Ok(found) = keyfile::load(&path, passphrase) {
            let _public = found.verifying_key();
        }
        let _sealed = keyfile::is_encrypted(&path);
    };
    all_answered("plain key", &[plain], 1000, |bytes| load(bytes, None));
    // Opening one takes memory and time on purpose.
    all_answered("sealed key", &[sealed], 60, |bytes| load(bytes, Some("open")));
}
