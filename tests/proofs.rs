//! State proofs of a network of four processes, checked by the binary when the network is gone.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use countersign::fleet::Fleet;
use countersign_client::{
    cli::entry::now_ms,
    draft::{Draft, DraftAction},
    http::{Client, ClientFault, Submitted},
};
use countersign_genesis::{keyfile, sample};
use countersign_record::{
    state_proof::{Found, StateFault, StateProof, verify, verify_parsed},
    verify::Step,
};
use serde_json::{Value, json};

const EXPORTER: &str = "party:91440606MA7DEM040W";
/// Nobody of that name is in the sample network, or ever comes.
const NOBODY: &str = "party:91440606MA7DEM0400";

fn countersign(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_countersign"))
        .args(arguments)
        .env_remove("COUNTERSIGN_GENESIS")
        .env_remove("COUNTERSIGN_LANG")
        .output()
        .unwrap()
}

fn said(output: &Output) -> String {
    let (out, err) = (&output.stdout, &output.stderr);
    format!("{}{}", String::from_utf8_lossy(out), String::from_utf8_lossy(err))
}

/// Runs the binary, expects this exit code, and returns what it printed.
fn run(code: i32, arguments: &[&str]) -> String {
    let output = countersign(arguments);
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", said(&output));
    said(&output)
}

fn json_of(code: i32, arguments: &[&str]) -> Value {
    let text = run(code, &[arguments, &["--json"]].concat());
    serde_json::from_str(&text).unwrap_or_else(|_| panic!("{text}"))
}

/// Four nodes, and a folder for files.
struct Scene {
    fleet: Fleet,
    folder: tempfile::TempDir,
}

impl Scene {
    async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let exe = Path::new(env!("CARGO_BIN_EXE_countersign"));
        let home = folder.path().join("network");
        let mut fleet = Fleet::found(exe, sample::pearl_river().unwrap(), &home).unwrap();
        fleet.start_all().await.unwrap();
        Self { fleet, folder }
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    fn genesis(&self) -> String {
        self.fleet.genesis_file().to_str().unwrap().to_owned()
    }

    fn node(&self, i: usize) -> String {
        self.fleet.nodes()[i].url.clone()
    }

    /// Shunde Customs suspends the exporter or takes it in again; the height at which it was final.
    async fn move_exporter(&self, reference: &str, kind: &str) -> u64 {
        let body = json!({ "reason": "a test" });
        let action = DraftAction::new("membership", kind, EXPORTER, body);
        let key: PathBuf = self.folder.path().join("network/shunde-customs/keys/entry.pem");
        let statement = Draft::of(reference, now_ms(), action)
            .sign(self.fleet.genesis().network(), &keyfile::load(&key, None).unwrap())
            .unwrap();
        let client = Client::new(&self.node(0)).unwrap();
        let Submitted::Final(receipt) = client.submit(statement.bytes(), true).await.unwrap()
        else {
            panic!("not final in time")
        };
        let receipt = countersign_record::verify::verify(self.fleet.genesis(), &receipt).unwrap();
        receipt.header().header().height
    }

    /// Fetches a proof with the binary and returns its file.
    fn fetch(&self, file: &str, subject: &str, at: Option<u64>) -> String {
        let (path, node, at) = (self.path(file), self.node(1), at.map(|at| at.to_string()));
        let mut arguments = vec!["show", "subject", subject, "--proof", &path, "--node", &node];
        arguments.extend(at.iter().flat_map(|at| ["--at", at]));
        let fetched = json_of(0, &arguments);
        assert_eq!(fetched["file"], path.as_str());
        path
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn presence_and_absence_are_fetched_and_verified_when_the_network_is_gone() {
    let mut scene = Scene::open().await;
    let suspended = scene.move_exporter("S-1", "suspend").await;
    let reinstated = scene.move_exporter("S-2", "reinstate").await;
    assert!(suspended < reinstated);
    reaches(&scene, 1, reinstated).await;
    let name = format!("membership/{EXPORTER}");
    let then = scene.fetch("then.proof", &name, Some(suspended));
    let now = scene.fetch("now.proof", &name, None);
    let nobody = format!("membership/{NOBODY}");
    let absent = scene.fetch("absent.proof", &nobody, None);
    fetched_and_checked_at_once(&scene, &nobody);
    scene.fleet.kill_all().await.unwrap();

    let genesis = scene.genesis();
    let check = |file: &str| json_of(0, &["verify", file, "--genesis", &genesis]);
    let (then_said, now_said, absent_said) = (check(&then), check(&now), check(&absent));
    assert_eq!(then_said["height"], suspended);
    assert_eq!(then_said["record"]["state"]["active"], false);
    assert_eq!(now_said["record"]["state"]["active"], true);
    assert_eq!(now_said["subject"], EXPORTER);
    assert!(now_said["signed_by"].as_array().unwrap().len() >= 3);
    assert_eq!((&absent_said["state"], &absent_said["record"]), (&json!("absent"), &Value::Null));

    let text = run(0, &["verify", &now, "--genesis", &genesis]);
    for line in ["✓ more than two thirds signed", "✓ place in the state tree", "\"active\": true"]
    {
        assert!(text.contains(line), "{text}");
    }
    let text = run(0, &["verify", &absent, "--genesis", &genesis]);
    assert!(text.contains("no such subject at height"), "{text}");
    let text = run(0, &["verify", &absent, "--genesis", &genesis, "--lang", "zh"]);
    assert!(text.contains("无此对象") && text.contains("状态树中的位置"), "{text}");
    answers_the_question(&genesis, &then, suspended, &name);
    every_kind_of_forgery_is_refused(&scene, [&then, &now, &absent]);
}

async fn reaches(scene: &Scene, node: usize, height: u64) {
    let client = Client::new(&scene.node(node)).unwrap();
    let wait = async {
        while client.json("/v1/status").await.unwrap()["height"].as_u64() < Some(height) {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(120), wait).await.unwrap();
}

fn fetched_and_checked_at_once(scene: &Scene, nobody: &str) {
    let (file, node, genesis) = (scene.path("once.proof"), scene.node(2), scene.genesis());
    let show =
        ["show", "subject", nobody, "--proof", &file, "--node", &node, "--genesis", &genesis];
    let text = run(0, &show);
    assert!(text.contains("✓ what was asked about"), "{text}");
    assert!(text.contains("no such subject at height"), "{text}");
    let text = run(0, &show[..7]);
    assert!(text.contains("not checked yet"), "{text}");
    let show_box = ["show", "box", "CBHU7022929", "--proof", &file, "--node", &node];
    assert_eq!(json_of(0, &show_box)["subject"], "box:CBHU7022929");
    // Without a proof, what is not there is a negative answer.
    run(1, &["show", "subject", nobody, "--node", &node]);
    let history = ["--history", "--proof", &file, "--node", &node];
    run(2, &[&["show", "subject", nobody][..], &history].concat());
}

/// A true proof that answers another question than the one that was asked.
fn answers_the_question(genesis: &str, file: &str, height: u64, name: &str) {
    let (right, wrong) = (height.to_string(), (height + 1).to_string());
    let asked = |code: i32, more: &[&str]| -> String {
        run(code, &[&["verify", file, "--genesis", genesis], more].concat())
    };
    let text = asked(0, &["--subject", name, "--height", &right]);
    assert!(text.contains("✓ what was asked about"), "{text}");
    let text = asked(1, &["--height", &wrong]);
    assert!(text.contains(&format!("of height {height}, expected {wrong}")), "{text}");
    let text = asked(1, &["--subject", "membership/party:GACC5150", "--json"]);
    let neighbour: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(neighbour["step"], "what was asked about");
    asked(2, &["--subject", EXPORTER]);
}

/// Each file is changed as somebody would who wants it to say something else.
fn every_kind_of_forgery_is_refused(scene: &Scene, [then, now, absent]: [&str; 3]) {
    let genesis = scene.fleet.genesis();
    let read = |file: &str| StateProof::parse(&fs::read(file).unwrap()).unwrap();
    let refused = |proof: StateProof| verify_parsed(genesis, proof).unwrap_err();
    let (then_proof, now_proof, absent_proof) = (read(then), read(now), read(absent));
    let mixed = StateProof { commit: now_proof.commit.clone(), ..then_proof.clone() };
    assert!(matches!(refused(mixed), StateFault::NotPresent(_)));
    let neighbour = StateProof { subject: "party:GACC5150".into(), ..then_proof.clone() };
    assert!(matches!(refused(neighbour), StateFault::NotPresent(_)));
    let denied = StateProof { found: Found::Nothing, ..then_proof.clone() };
    assert!(matches!(refused(denied), StateFault::NotAbsent(_)));
    let mut few = then_proof.clone();
    few.commit.signatures.truncate(2);
    assert_eq!(refused(few).step(), Step::Quorum);
    let mut elsewhere = genesis.clone();
    elsewhere.name = "elsewhere".into();
    let foreign = verify_parsed(&elsewhere, now_proof).unwrap_err();
    assert_eq!(foreign.step(), Step::Quorum);
    assert_eq!(verify_parsed(genesis, absent_proof).unwrap().record(), None);

    // Any flipped bit: all of them by the library, some by the binary.
    let (bent, genesis_file) = (scene.path("bent.proof"), scene.genesis());
    for file in [then, absent] {
        let good = fs::read(file).unwrap();
        for bit in 0..good.len() * 8 {
            let mut bytes = good.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert!(verify(genesis, &bytes).is_err(), "bit {bit} of {file}");
            if bit % 1511 == 0 {
                fs::write(&bent, &bytes).unwrap();
                run(1, &["verify", &bent, "--genesis", &genesis_file]);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn heights_and_names_without_a_proof_are_answered_with_a_sentence() {
    let scene = Scene::open().await;
    let height = scene.move_exporter("S-1", "suspend").await;
    let client = Client::new(&scene.node(0)).unwrap();
    let no = async |subject: &str, at: Option<u64>| match client
        .state_proof("membership", subject, at)
        .await
    {
        Err(ClientFault::Problem(p)) => (p.status, p.detail, p.detail_zh),
        other => panic!("expected a problem, found {other:?}"),
    };
    let (status, detail, zh) = no(EXPORTER, Some(0)).await;
    assert_eq!(status, 404);
    assert!(detail.contains("founding document") && zh.unwrap().contains("创始文件"), "{detail}");
    let (status, detail, _) = no(EXPORTER, Some(height + 1_000_000)).await;
    assert_eq!((status, detail.contains("the last is")), (404, true), "{detail}");
    let (status, detail, _) = no(&"x".repeat(97), None).await;
    assert_eq!((status, detail.contains("97 bytes")), (400, true), "{detail}");
    let (status, _, _) = no(" x", None).await;
    assert_eq!(status, 400);
    assert!(matches!(client.state_proof("nothing", "x", None).await, Err(ClientFault::Problem(_))));

    // The nodes answer with the same state, whichever is asked, and as what it is.
    let first = client.state_proof("membership", EXPORTER, Some(height)).await.unwrap();
    let url = format!("{}/v1/subjects/membership/{EXPORTER}?proof=true&at={height}", scene.node(3));
    reaches(&scene, 3, height).await;
    let answer = reqwest::get(url).await.unwrap();
    let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "application/vnd.countersign.state-proof+cbor");
    assert_eq!(header("countersign-height"), height.to_string());
    let other = StateProof::parse(&answer.bytes().await.unwrap()).unwrap();
    let first = StateProof::parse(&first).unwrap();
    assert_eq!((&first.found, &first.path), (&other.found, &other.path));
    assert_eq!(first.commit.header, other.commit.header);
    let document = client.json("/openapi.json").await.unwrap();
    let show = &document["paths"]["/v1/subjects/{family}/{subject}"]["get"];
    let named = |p: &Value| p["name"] == "proof";
    assert!(show["parameters"].as_array().unwrap().iter().any(named), "{show}");
    let kinds = &show["responses"]["200"]["content"];
    assert!(kinds["application/vnd.countersign.state-proof+cbor"].is_object(), "{kinds}");
    assert!(kinds["application/json"].is_object() && show["responses"]["410"].is_object());
}
