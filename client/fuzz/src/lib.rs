//! What a stranger's files, a spoilt key and a lying node do to the client: an answer, and never a
//! panic. One function for each decoder; what can be read is gone on with, as the commands do.
//!
//! `client/tests/mutants.rs` includes this file: it may name nothing that only fuzzing has.

use std::path::Path;

use countersign_client::{
    diagnosis::{Facts, diagnose},
    draft::Draft,
    http::Problem,
    import::{Context, Options, import, plan},
    language::Language,
};
use countersign_contracts::entry::CheckedEntry;
use countersign_genesis::{Plan, keyfile};
use countersign_print::attachments::attachments;
use countersign_record::{Digest, statement::Statement};
use ed25519_dalek::SigningKey;

/// A decoder: the name of its fuzz target and of its folder of seeds, and what runs it.
pub type Target = (&'static str, fn(&[u8]));

/// The decoders of the client and of the key files.
pub const TARGETS: [Target; 6] = [
    ("edifact", trade_file),
    ("pdf", pdf),
    ("draft", draft),
    ("key_file", key_file),
    ("status", status),
    ("plan", founding_plan),
];

/// Runs the target of that name; nothing where there is none.
pub fn run(name: &str, bytes: &[u8]) {
    if let Some((_, run)) = TARGETS.iter().find(|(known, _)| *known == name) {
        run(bytes);
    }
}

/// A terminal's file: everything in it is counted once, and what it makes is made again the same.
fn trade_file(bytes: &[u8]) {
    let report = import("file", bytes, &Options::default());
    for counts in [report.messages, report.containers] {
        assert_eq!(counts.seen, counts.taken + counts.doubted + counts.refused);
    }
    assert!(serde_json::to_value(&report).is_ok());
    let entries = plan(&report, &Context::default());
    for made in &entries.drafts {
        let _bounds = made.payload(Digest::of(b"network"));
    }
    assert_eq!(plan(&report, &Context::default()).actions(), entries.actions());
}

/// A printed certificate, or what somebody says is one.
fn pdf(bytes: &[u8]) {
    let _files = attachments(bytes);
}

/// An entry as JSON: what can be signed is a statement that every node reads.
fn draft(bytes: &[u8]) {
    let Ok(draft) = serde_json::from_slice::<Draft>(bytes) else { return };
    let again = serde_json::to_vec(&draft).map(|json| serde_json::from_slice::<Draft>(&json));
    assert!(matches!(again, Ok(Ok(_))), "what was read is not written so that it can be read");
    let network = Digest::of(b"network");
    let Ok(signed) = draft.sign(network, &SigningKey::from_bytes(&[7; 32])) else { return };
    let Ok(statement) = Statement::parse(signed.bytes()) else { panic!("signed, and unreadable") };
    let _refused = CheckedEntry::check(statement, &network);
}

/// A key file, without a passphrase and with one.
fn key_file(bytes: &[u8]) {
    let Ok(pem) = core::str::from_utf8(bytes) else { return };
    for passphrase in [None, Some("open")] {
        match keyfile::parse(Path::new("key.pem"), pem, passphrase) {
            Ok(key) => assert_eq!(key.verifying_key().as_bytes().len(), 32),
            Err(no) => assert!(no.to_string().contains("key.pem"), "{no}"),
        }
    }
}

/// What a node says of itself, or why it says no.
fn status(bytes: &[u8]) {
    if let Ok(problem) = serde_json::from_slice::<Problem>(bytes) {
        let _rule = problem.rule();
    }
    let Ok(status) = serde_json::from_slice(bytes) else { return };
    let facts = Facts::read(&status, 1_795_000_000_000);
    let (cause, _power) = (diagnose(&facts).cause, facts.power_needed());
    for language in [Language::En, Language::Zh] {
        assert!(!cause.what(&facts, language).is_empty());
        assert!(!cause.remedy(&facts, language).is_empty());
    }
}

/// Who founds a network, as JSON.
fn founding_plan(bytes: &[u8]) {
    let Ok(plan) = serde_json::from_slice::<Plan>(bytes) else { return };
    let again = serde_json::to_vec(&plan).map(|json| serde_json::from_slice::<Plan>(&json));
    assert!(matches!(again, Ok(Ok(read)) if read == plan));
}
