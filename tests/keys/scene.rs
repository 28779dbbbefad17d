//! A network of real processes, and what is done with its keys.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    time::Duration,
};

use countersign::{fleet::Fleet, ledger_facts::roots_equal};
use countersign_client::{
    cli::entry::now_ms,
    draft::{Draft, DraftAction},
    http::Client,
};
use countersign_genesis::{keyfile, sample};
use countersign_record::{Digest, keys::Signer as _, receipt::Receipt, verify::verify};
use serde_json::{Value, json};

/// Until when something must have happened that takes seconds on a fast machine.
const PATIENCE: Duration = Duration::from_secs(180);
pub(crate) const VOTERS: [&str; 4] =
    ["shunde-customs", "shekou-customs", "shunde-wharf", "shekou-wharf"];
/// The party whose keys this is about.
pub(crate) const OURS: usize = 3;

pub(crate) struct Scene {
    pub(crate) fleet: Fleet,
    pub(crate) clients: Vec<Client>,
    pub(crate) folder: tempfile::TempDir,
    pub(crate) receipts: Vec<PathBuf>,
}

impl Scene {
    pub(crate) fn found() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let exe = Path::new(env!("CARGO_BIN_EXE_countersign"));
        let home = folder.path().join("network");
        let fleet = Fleet::found(exe, sample::pearl_river().unwrap(), &home).unwrap();
        let clients = fleet.nodes().iter().map(|n| Client::new(&n.url).unwrap()).collect();
        Self { fleet, clients, folder, receipts: Vec::new() }
    }

    pub(crate) async fn open() -> Self {
        let mut scene = Self::found();
        scene.fleet.start_all().await.unwrap();
        scene
    }

    /// Waits until every node is as high as the first one is now; then their roots are the same.
    pub(crate) async fn all_agree(&self) {
        let wanted = self.height(0).await;
        patiently("all have caught up", async {
            for i in 0..4 {
                while self.height(i).await < wanted {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        })
        .await;
        assert!(roots_equal(&self.clients).await.unwrap());
    }

    pub(crate) fn id(slug: &str) -> String {
        let plan = sample::pearl_river().unwrap();
        plan.parties.into_iter().find(|p| p.slug == slug).unwrap().id
    }

    pub(crate) fn home(&self, i: usize) -> &Path {
        &self.fleet.nodes()[i].home
    }

    /// Submits through the first node; its receipt is kept.
    pub(crate) async fn record(
        &mut self,
        who: &str,
        reference: &str,
        action: DraftAction,
    ) -> Receipt {
        let mut parties = self.fleet.parties(Some(OURS)).unwrap();
        let party = parties.remove(who).unwrap();
        let draft = Draft::of(reference, now_ms(), action);
        let id = party.sign(&draft).unwrap().id();
        party.record(&draft).await.unwrap_or_else(|no| panic!("{who} {reference}: {no}"));
        let bytes = party.client().receipt(&id, false).await.unwrap();
        let file = self.folder.path().join(format!("{who}-{reference}.receipt"));
        fs::write(&file, &bytes).unwrap();
        self.receipts.push(file);
        Receipt::parse(&bytes).unwrap()
    }

    /// An entry of every day.
    pub(crate) async fn file(&mut self, reference: &str) -> Receipt {
        let body = json!({ "name": "PEARL STAR", "line_mark": "trunk", "voyages": [reference] });
        let action = DraftAction::new("combined_port", "conveyance_filing", "ship:UN9912347", body);
        self.record("ship-agent", reference, action).await
    }

    pub(crate) async fn status(&self, i: usize) -> Value {
        self.clients[i].json("/v1/status").await.unwrap()
    }

    pub(crate) async fn height(&self, i: usize) -> u64 {
        self.status(i).await["height"].as_u64().unwrap()
    }

    /// Works on until a batch carries the signature of a key.
    pub(crate) async fn signs(&mut self, name: &str, kid: Digest) {
        let work = async {
            for n in 0.. {
                let receipt = self.file(&format!("{name}-{n}")).await;
                if receipt.commit.signatures.iter().any(|s| s.kid == kid) {
                    return;
                }
            }
        };
        patiently(&format!("{name} signs"), work).await;
    }

    /// How our node's operator asks for the change to another validator key.
    pub(crate) fn change_to(&self, key: &str) -> Vec<String> {
        let network = self.home(OURS).join("keys/network.pem");
        let (party, network) = (Self::id(VOTERS[OURS]), network.to_str().unwrap().to_owned());
        let node = ["membership", "node", "--party", &party, "--network-key", &network];
        let key = ["--validator-key", key, "--power", "1"];
        node.iter().chain(&key).map(|word| (*word).to_owned()).collect()
    }

    /// Brings a change in by a vote; the height.
    pub(crate) async fn votes_in(&mut self, name: &str, change: Value) -> u64 {
        let height = self.height(0).await + 15;
        let subject = format!("proposal:{name}");
        let body = json!({ "change": change, "effective_height": height, "reason": "a test" });
        let action = DraftAction::new("membership", "propose", &subject, body);
        self.record(VOTERS[0], &format!("propose-{name}"), action).await;
        for who in &VOTERS[1..3] {
            let action = DraftAction::new("membership", "approve", &subject, json!({}));
            self.record(who, &format!("approve-{name}"), action).await;
        }
        height
    }

    /// Nobody was accused of signing contradictions.
    pub(crate) async fn nobody_is_accused(&self) {
        self.nobody_is_accused_by(&[0, 1, 2]).await;
    }

    /// The same, by these nodes.
    pub(crate) async fn nobody_is_accused_by(&self, nodes: &[usize]) {
        for node in nodes.iter().map(|i| &self.fleet.nodes()[*i]) {
            let metrics = reqwest::get(format!("{}/metrics", node.url)).await.unwrap();
            let metrics = metrics.text().await.unwrap();
            assert!(metrics.contains("countersign_evidence_total 0"), "{metrics}");
        }
    }

    pub(crate) fn log(&self, i: usize) -> String {
        fs::read_to_string(self.home(i).join("data/node.log")).unwrap()
    }

    pub(crate) fn all_receipts_verify(&self) {
        for file in &self.receipts {
            verify(self.fleet.genesis(), &fs::read(file).unwrap()).unwrap();
        }
    }
}

pub(crate) fn countersign(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_countersign"))
        .args(arguments)
        .env_remove("COUNTERSIGN_PASSPHRASE")
        .env_remove("COUNTERSIGN_GENESIS")
        .output()
        .unwrap()
}

pub(crate) fn said(output: &Output) -> String {
    let (out, err) = (&output.stdout, &output.stderr);
    format!("{}{}", String::from_utf8_lossy(out), String::from_utf8_lossy(err))
}

pub(crate) fn json_of(arguments: &[&str]) -> Value {
    let output = countersign(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", said(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

pub(crate) fn kid_of(file: &Path) -> Digest {
    keyfile::load(file, None).unwrap().public().thumbprint()
}

pub(crate) async fn patiently<F: Future<Output = ()>>(what: &str, wait: F) {
    assert!(tokio::time::timeout(PATIENCE, wait).await.is_ok(), "never came true: {what}");
}

/// A node outside of the fleet, ended with this.
pub(crate) struct Spare(std::process::Child);

impl Spare {
    pub(crate) fn start(home: &Path, variables: &[(&str, &Path)]) -> Self {
        let log = fs::File::create(home.join("data/node.log")).unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_countersign"))
            .args(["node", "run", "--home"])
            .arg(home)
            .envs(variables.iter().copied())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn();
        Self(child.unwrap())
    }
}

impl Drop for Spare {
    fn drop(&mut self) {
        let _gone = self.0.kill();
        let _waited = self.0.wait();
    }
}
