//! Customs suspends a party that runs a validator and lets it back in; receipts outlive both.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use countersign::{fleet::Fleet, ledger_facts::roots_equal};
use countersign_client::{
    cli::entry::now_ms,
    draft::{Draft, DraftAction},
    http::{Client, ClientFault},
    party::NotFinal,
};
use countersign_genesis::sample;
use countersign_record::verify::{VerifiedReceipt, verify};
use serde_json::{Value, json};

/// Until when something must have happened that takes a second on a fast machine.
const PATIENCE: Duration = Duration::from_secs(180);
/// The node of the party that is suspended.
const OUT: usize = 3;
const OUT_SLUG: &str = "shekou-wharf";

/// Four running nodes, and the receipts that were given so far.
struct Scene {
    fleet: Fleet,
    clients: Vec<Client>,
    folder: tempfile::TempDir,
    /// The suspended party's id.
    party: String,
    receipts: Vec<PathBuf>,
}

impl Scene {
    async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let exe = Path::new(env!("CARGO_BIN_EXE_countersign"));
        let home = folder.path().join("network");
        let mut fleet = Fleet::found(exe, sample::pearl_river().unwrap(), &home).unwrap();
        fleet.start_all().await.unwrap();
        let clients = fleet.nodes().iter().map(|n| Client::new(&n.url).unwrap()).collect();
        let plan = sample::pearl_river().unwrap();
        let party = plan.parties.into_iter().find(|p| p.slug == OUT_SLUG).unwrap().id;
        assert_eq!(fleet.nodes()[OUT].slug, OUT_SLUG);
        Self { fleet, clients, folder, party, receipts: Vec::new() }
    }

    async fn record(
        &mut self,
        who: &str,
        reference: &str,
        action: DraftAction,
    ) -> Result<VerifiedReceipt, NotFinal> {
        let mut parties = self.fleet.parties(Some(OUT)).unwrap();
        let party = parties.remove(who).unwrap();
        let draft = Draft::of(reference, now_ms(), action);
        let id = party.sign(&draft).unwrap().id();
        let receipt = party.record(&draft).await?;
        let file = self.folder.path().join(format!("{reference}.receipt"));
        fs::write(&file, party.client().receipt(&id, false).await.unwrap()).unwrap();
        self.receipts.push(file);
        Ok(receipt)
    }

    async fn file(&mut self, reference: &str) -> VerifiedReceipt {
        self.record("ship-agent", reference, filing(reference)).await.unwrap()
    }

    async fn switch(&mut self, kind: &str) -> VerifiedReceipt {
        let subject = format!("party:{}", self.party);
        let action = DraftAction::new("membership", kind, &subject, json!({ "reason": "a test" }));
        self.record("shunde-customs", kind, action).await.unwrap()
    }

    async fn status(&self, i: usize) -> Value {
        self.clients[i].json("/v1/status").await.unwrap()
    }

    async fn height(&self, i: usize) -> u64 {
        self.status(i).await["height"].as_u64().unwrap()
    }

    /// Whether a node has a connection to the suspended party's.
    async fn sees_it(&self, i: usize) -> bool {
        let status = self.status(i).await;
        status["consensus"]["connected"].as_array().unwrap().contains(&json!(self.party))
    }

    /// Whether the validator has signed what its own node holds about an entry.
    async fn has_its_vote(&self, receipt: &VerifiedReceipt) -> bool {
        let height = receipt.header().header().height;
        while self.height(OUT).await < height {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let batch = self.clients[OUT].json(&format!("/v1/batches/{height}")).await.unwrap();
        batch["signed_by"].as_array().unwrap().contains(&json!(self.party))
    }
}

fn filing(reference: &str) -> DraftAction {
    let body = json!({ "name": "PEARL STAR", "line_mark": "trunk", "voyages": [reference] });
    DraftAction::new("combined_port", "conveyance_filing", "ship:UN9912347", body)
}

async fn patiently<F: Future<Output = ()>>(what: &str, wait: F) {
    assert!(tokio::time::timeout(PATIENCE, wait).await.is_ok(), "never came true: {what}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_validator_is_shut_out_and_comes_back() {
    let mut scene = Scene::open().await;
    scene.file("BEFORE").await;
    let suspended = scene.switch("suspend").await;
    patiently("nobody is connected to the suspended party's node", async {
        while scene.sees_it(0).await || scene.sees_it(1).await || scene.sees_it(2).await {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await;

    // The network goes on with three, and the fourth hears nothing of it.
    let stays_at = scene.height(OUT).await;
    for reference in ["DURING-1", "DURING-2", "DURING-3"] {
        let receipt = scene.file(reference).await;
        assert_eq!(receipt.header().signers().len(), 3);
    }
    assert_eq!(scene.status(0).await["validators"].as_array().unwrap().len(), 3);
    assert_eq!(scene.height(OUT).await, stays_at);
    match scene.record(OUT_SLUG, "MUTE", filing("MUTE")).await {
        Err(NotFinal::Client(ClientFault::Problem(no))) => assert_eq!(no.rule(), Some(105)),
        other => panic!("{other:?}"),
    }

    let reinstated = scene.switch("reinstate").await;
    assert!(reinstated.header().header().height > suspended.header().header().height + 3);
    patiently("it votes again", async {
        for n in 0.. {
            let receipt = scene.file(&format!("AFTER-{n}")).await;
            if scene.has_its_vote(&receipt).await {
                return;
            }
        }
    })
    .await;
    assert_eq!(scene.status(0).await["validators"].as_array().unwrap().len(), 4);
    let height = scene.height(0).await;
    patiently("it has caught up", async {
        while scene.height(OUT).await < height {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await;
    assert!(roots_equal(&scene.clients).await.unwrap());

    // Offline, from the founding document alone: the set of validators has changed twice since.
    scene.fleet.kill_all().await.unwrap();
    assert!(scene.receipts.len() >= 7);
    for file in &scene.receipts {
        verify(scene.fleet.genesis(), &fs::read(file).unwrap()).unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_countersign"))
            .arg("verify")
            .arg(file)
            .arg("--genesis")
            .arg(scene.fleet.genesis_file())
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}
