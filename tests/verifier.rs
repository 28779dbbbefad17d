//! The second verifier, in TypeScript, and the one in Rust say the same of all that a network of four
//! processes gives out, and of what is nearly that: verified or not, and by which step.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, missing_docs)]

use std::{
    env, fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
};

use countersign::fleet::Fleet;
use countersign_client::{
    cli::entry::now_ms,
    draft::{Draft, DraftAction},
    http::{Client, ClientFault},
    party::{NotFinal, Party},
};
use countersign_contracts::{
    calendar::DAY_MS,
    guarantee::{is_line_statement, verify_statement},
};
use countersign_genesis::{keyfile, sample};
use countersign_record::{
    Digest,
    founding::Genesis,
    state_code::{StateCode, TEXT_PREFIX},
    state_proof::{self, StateFault, StateProof, is_state_proof},
    statement::EntryId,
    verify::{Step, VerifiedOutcome, verify},
};
use serde_json::{Value, json};

/// Those that approve what is voted on, beside the one that proposes it.
const VOTERS: [&str; 3] = ["shunde-customs", "shekou-customs", "shunde-wharf"];
/// The party that loses its vote and gets it back.
const OUT: &str = "shekou-wharf";
const EXPORTER: &str = "party:91440606MA7DEM040W";
const NOBODY: &str = "party:91440606MA7DEM0400";
/// A guarantee line of the exporter.
const LINE: &str = "GZ2026000123";
/// Mutants of each file.
const MUTANTS: usize = 150;

/// What a verifier says of a file: what it proves, or the step that failed.
type Said = Result<Value, String>;

/// The package, built; or why there is none.
fn package() -> Result<PathBuf, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../client/verifier");
    let npm = |arguments: &[&str]| -> Result<(), String> {
        let output = Command::new("npm").args(arguments).current_dir(&folder).output();
        let output = output.map_err(|e| format!("npm {arguments:?}: {e}"))?;
        let text = format!("npm {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        output.status.success().then_some(()).ok_or(text)
    };
    if !folder.join("node_modules/.package-lock.json").exists() {
        npm(&["ci", "--silent"])?;
    }
    npm(&["run", "--silent", "build"])?;
    Ok(folder.join("bin/countersign-verify.js"))
}

/// Four nodes, and the proofs that they have given so far.
struct Scene {
    fleet: Fleet,
    folder: tempfile::TempDir,
    proofs: Vec<(String, Vec<u8>)>,
}

impl Scene {
    async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let exe = Path::new(env!("CARGO_BIN_EXE_countersign"));
        let home = folder.path().join("network");
        let mut fleet = Fleet::found(exe, sample::pearl_river().unwrap(), &home).unwrap();
        fleet.start_all().await.unwrap();
        Self { fleet, folder, proofs: Vec::new() }
    }

    fn client(&self) -> Client {
        Client::new(&self.fleet.nodes()[0].url).unwrap()
    }

    /// Records an entry; its name, and whether it was accepted.
    async fn record(&self, who: &str, reference: &str, action: DraftAction) -> (EntryId, bool) {
        let key = self.folder.path().join("network").join(who).join("keys/entry.pem");
        let key = Box::new(keyfile::load(&key, None).unwrap());
        let party = Party::new(self.fleet.genesis().clone(), self.client(), key);
        let draft = Draft::of(reference, now_ms(), action);
        let id = party.sign(&draft).unwrap().id();
        match party.record(&draft).await {
            Ok(_) => (id, true),
            Err(NotFinal::Client(ClientFault::Problem(no))) if no.rule().is_some() => (id, false),
            Err(other) => panic!("{who} {reference}: {other}"),
        }
    }

    async fn file(&self, reference: &str) -> EntryId {
        let body = json!({ "name": "PEARL STAR", "line_mark": "trunk", "voyages": [reference] });
        let action = DraftAction::new("combined_port", "conveyance_filing", "ship:UN9912347", body);
        self.record("ship-agent", reference, action).await.0
    }

    /// Carries a vote about the party that goes and comes, and works until it is in force.
    async fn votes(&self, kind: &str) {
        let height = async || self.client().json("/v1/status").await.unwrap()["height"].as_u64();
        let plan = sample::pearl_river().unwrap();
        let party = plan.parties.into_iter().find(|p| p.slug == OUT).unwrap().id;
        let effective = height().await.unwrap() + 8;
        let body = json!({ "change": { kind: { "party": party } }, "effective_height": effective,
            "reason": "a test" });
        let subject = format!("proposal:{kind}");
        for (who, kind, body) in [
            (VOTERS[0], "propose", body),
            (VOTERS[1], "approve", json!({})),
            (VOTERS[2], "approve", json!({})),
        ] {
            let action = DraftAction::new("membership", kind, &subject, body);
            assert!(self.record(who, &format!("{kind} {subject}"), action).await.1, "{who} {kind}");
        }
        for n in 0.. {
            if height().await >= Some(effective) {
                return;
            }
            self.file(&format!("{kind}-{n}")).await;
        }
    }

    /// Keeps both kinds of receipt of an entry that was accepted, and two state proofs.
    async fn keep(&mut self, when: &str) {
        let (id, client) = (self.file(&format!("{when} kept")).await, self.client());
        let mut keep = |what: &str, bytes| self.proofs.push((format!("{when}-{what}"), bytes));
        keep("compact", client.receipt(&id, false).await.unwrap());
        keep("cose", client.receipt(&id, true).await.unwrap());
        for (what, subject) in [("present", EXPORTER), ("absent", NOBODY)] {
            keep(what, client.state_proof("membership", subject, None).await.unwrap());
        }
    }

    /// Keeps the statement of a guarantee line on which two drawdowns live.
    async fn keep_statement(&mut self) {
        let (digest, now) = (Digest::of(b"letter of guarantee"), now_ms());
        let filed = json!({
            "instrument_no": "LG-1", "guarantor_kind": "bank", "limit_fen": 500_000_000,
            "enterprise_uscc": "91440606MA7DEM040W", "credit_grade": "registered",
            "beneficiaries": ["51"], "scope": ["payment_term"], "valid_from": now - DAY_MS,
            "valid_to": now + 90 * DAY_MS, "covers_late_fee": true, "data_digest": digest,
            "declarants": [], "guarantor_uscc": "91440101MA7DEM059P",
        });
        let reserved = json!({ "filing_no": LINE, "amount_fen": 120_000_000,
            "scope": "payment_term", "due": now + 30 * DAY_MS });
        let line = format!("line:{LINE}");
        let drawdown = |n: u8| format!("drawdown:51502026000090000{n}");
        for (who, kind, subject, body) in [
            ("shunde-customs", "guarantee_file", line.clone(), filed),
            ("bank", "activate", line, json!({ "data_digest": digest })),
            ("exporter", "reserve", drawdown(2), reserved.clone()),
            ("exporter", "reserve", drawdown(1), reserved),
        ] {
            let reference = format!("{kind} {subject}");
            let action = DraftAction::new("guarantee", kind, subject, body);
            assert!(self.record(who, &reference, action).await.1, "{who} {kind}");
        }
        let statement = self.client().line_statement(LINE, None).await.unwrap();
        self.proofs.push(("statement".into(), statement));
    }

    /// Keeps the receipt of an entry that is refused: the exporter is no suspended party.
    async fn keep_refusal(&mut self) {
        let action =
            DraftAction::new("membership", "reinstate", EXPORTER, json!({ "reason": "a test" }));
        let (id, accepted) = self.record(VOTERS[0], "refused", action).await;
        assert!(!accepted);
        let receipt = self.client().receipt(&id, false).await.unwrap();
        self.proofs.push(("refused".into(), receipt));
    }

    /// Keeps the code that a page would carry of what is proven, with the record and without.
    fn keep_codes(&mut self) {
        let proof = |name: &str| {
            let (_, bytes) = self.proofs.iter().find(|(kept, _)| kept == name).unwrap();
            StateProof::parse(bytes).unwrap()
        };
        let code = StateCode::of(self.fleet.genesis(), &proof("first-present")).unwrap();
        let short = code.clone().without_record().to_text().into_bytes();
        self.proofs.extend([("code".into(), code.to_text().into_bytes()), ("short".into(), short)]);
    }
}

/// What the verifier in Rust says of a file.
fn in_rust(genesis: &Genesis, bytes: &[u8]) -> Said {
    let step = |step: Step| step.text().0.to_owned();
    if is_line_statement(bytes) {
        let verified = verify_statement(genesis, bytes).map_err(|no| step(no.step()))?;
        return Ok(
            json!({ "height": verified.state().height(), "filing_no": verified.filing_no() }),
        );
    }
    if is_state_proof(bytes) {
        let state = state_proof::verify(genesis, bytes).map_err(|no| step(no.step()))?;
        let record = state.record();
        return Ok(json!({ "family": state.family(), "subject": state.subject(),
            "height": state.height(), "time": state.time(), "digest": record.map(Digest::of),
            "record": record.map(hex), "signed_by": state.header().signers() }));
    }
    if let Some(text) = str::from_utf8(bytes).ok().filter(|t| t.starts_with(TEXT_PREFIX)) {
        let code = StateCode::parse_text(text).map_err(StateFault::Form);
        let code = code.and_then(|c| c.verify(genesis)).map_err(|no| step(no.step()))?;
        let header = code.header().header();
        return Ok(json!({ "family": code.family(), "subject": code.subject(),
            "height": header.height, "time": header.time, "digest": code.digest(),
            "record": code.record().map(hex), "signed_by": code.header().signers() }));
    }
    let receipt = verify(genesis, bytes).map_err(|no| step(no.step))?;
    let header = receipt.header().header();
    let (entry, refusal) = match receipt.outcome() {
        VerifiedOutcome::Accepted(statement) => (statement.id(), None),
        VerifiedOutcome::Refused(record) => (record.entry, Some(record)),
    };
    Ok(json!({ "entry": entry, "refusal": refusal, "height": header.height, "time": header.time,
        "leaf": receipt.index(), "log_size": header.log_size,
        "signed_by": receipt.header().signers() }))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What the program of the package says of each file, in their order.
fn in_typescript(program: &Path, genesis: &Path, folder: &Path, files: &[Vec<u8>]) -> Vec<Value> {
    fs::create_dir_all(folder).unwrap();
    let paths: Vec<PathBuf> = (0..files.len()).map(|i| folder.join(i.to_string())).collect();
    for (path, bytes) in paths.iter().zip(files) {
        fs::write(path, bytes).unwrap();
    }
    let mut node = Command::new("node");
    node.arg(program).args(["--json", "--genesis"]).arg(genesis).args(&paths);
    let output = node.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let said: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let all = said.iter().all(|s| s["verified"] == true);
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(i32::from(!all)), "{error}");
    assert_eq!(said.len(), files.len(), "{error}");
    said
}

/// Fails unless both say the same; whether they verified it.
fn agree(what: &str, rust: &Said, typescript: &Value) -> bool {
    match rust {
        Ok(facts) => {
            assert_eq!(typescript["verified"], true, "{what}: {typescript}");
            for (name, value) in facts.as_object().unwrap() {
                assert_eq!(&typescript[name], value, "{what}: {name}");
            }
        }
        Err(step) => {
            assert_eq!(typescript["verified"], false, "{what}: Rust refuses it at '{step}'");
            assert_eq!(&typescript["step"], step, "{what}: {typescript}");
        }
    }
    rust.is_ok()
}

/// Some bytes changed here and there, now and then with a piece of another file.
fn mutant(dice: &mut fastrand::Rng, good: &[u8], other: &[u8]) -> Vec<u8> {
    let mut bytes = good.to_vec();
    for _ in 0..dice.usize(1..3) {
        let from = dice.usize(..bytes.len());
        let to = bytes.len().min(from + dice.usize(1..40));
        match dice.u8(..6) {
            0 | 1 => bytes[from] ^= 1 << dice.u8(..8),
            2 => bytes[from] = dice.u8(..),
            3 => drop(bytes.drain(from..to)),
            4 => bytes.insert(from, dice.u8(..)),
            _ => {
                let piece = &other[from.min(other.len())..to.min(other.len())];
                drop(bytes.splice(from..to, piece.iter().copied()));
            }
        }
        if bytes.is_empty() {
            bytes.push(0);
        }
    }
    bytes
}

#[tokio::test(flavor = "multi_thread")]
async fn both_verifiers_say_the_same() {
    let program = match package() {
        Ok(program) => program,
        Err(why) => {
            assert!(env::var("CI").is_err(), "Node and npm are needed in CI: {why}");
            // Past the harness, which hides what a passing test prints.
            let skipped = format!("SKIPPED: no Node with the second verifier: {why}\n");
            std::io::stderr().write_all(skipped.as_bytes()).unwrap();
            return;
        }
    };
    let mut scene = Scene::open().await;
    scene.keep("first").await;
    scene.keep_refusal().await;
    scene.keep_statement().await;
    scene.votes("suspend").await;
    scene.keep("second").await;
    scene.votes("reinstate").await;
    scene.keep("third").await;
    scene.keep_codes();
    scene.fleet.kill_all().await.unwrap();

    let (genesis, file) = (scene.fleet.genesis(), scene.fleet.genesis_file());
    let (names, good): (Vec<String>, Vec<Vec<u8>>) = scene.proofs.iter().cloned().unzip();
    let good_said = in_typescript(&program, file, &scene.folder.path().join("good"), &good);
    for ((name, bytes), said) in names.iter().zip(&good).zip(&good_said) {
        assert!(agree(name, &in_rust(genesis, bytes), said), "{name} does not hold: {said}");
    }

    let seed = env::var("VERIFIER_SEED").map_or_else(|_| fastrand::u64(..), |s| s.parse().unwrap());
    println!("VERIFIER_SEED={seed}");
    let mut dice = fastrand::Rng::with_seed(seed);
    let mutants: Vec<Vec<u8>> = (0..good.len() * MUTANTS)
        .map(|i| mutant(&mut dice, &good[i % good.len()], &good[(i / 7) % good.len()]))
        .collect();
    let folder = scene.folder.path().join("mutants");
    let said = in_typescript(&program, file, &folder, &mutants);
    let steps = mutants.iter().zip(&said).enumerate().map(|(i, (bytes, said))| {
        let what = format!("mutant {i} of {}, seed {seed}", names[i % good.len()]);
        let rust = in_rust(genesis, bytes);
        if agree(&what, &rust, said) {
            assert!(good.contains(bytes) || bytes.starts_with(TEXT_PREFIX.as_bytes()), "{what}");
        }
        rust.err().unwrap_or_default()
    });
    let steps: std::collections::BTreeSet<String> = steps.collect();
    assert!(steps.len() >= 5, "the mutants reach few steps only: {steps:?}");
}
