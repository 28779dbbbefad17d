//! What becomes of ledgers over the years, on real nodes: a backup is taken while a node runs and put
//! back; old batches go, and whoever is far behind still finds a node that has them.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use countersign::{fleet::Fleet, ledger_facts::roots_equal};
use countersign_client::{
    cli::entry::now_ms,
    draft::{Draft, DraftAction},
    http::Client,
    party::Party,
};
use countersign_genesis::{Plan, ceremony::PlannedNode, sample};
use countersign_record::{Digest, verify::verify};
use serde_json::{Value, json};

/// Until when something must have happened that takes a second on a fast machine.
const PATIENCE: Duration = Duration::from_secs(180);

fn countersign(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_countersign")).args(arguments).output().unwrap()
}

fn done(arguments: &[&str]) -> Value {
    let output = countersign(&[arguments, &["--json"]].concat());
    let (out, err) = (&output.stdout, &output.stderr);
    let said = format!("{}{}", String::from_utf8_lossy(out), String::from_utf8_lossy(err));
    assert!(output.status.success(), "{arguments:?}: {said}");
    serde_json::from_slice(out).unwrap()
}

fn found(folder: &Path, plan: Plan) -> Fleet {
    let exe = Path::new(env!("CARGO_BIN_EXE_countersign"));
    Fleet::found(exe, plan, &folder.join("network")).unwrap()
}

fn home(fleet: &Fleet, i: usize) -> PathBuf {
    fleet.nodes()[i].home.clone()
}

fn client(fleet: &Fleet, i: usize) -> Client {
    Client::new(&fleet.nodes()[i].url).unwrap()
}

async fn status(fleet: &Fleet, i: usize) -> Value {
    let status = client(fleet, i).json("/v1/status").await;
    status.unwrap_or_else(|e| panic!("{e}\n{}", fleet.nodes()[i].end_of_log()))
}

async fn height(fleet: &Fleet, i: usize) -> u64 {
    status(fleet, i).await["height"].as_u64().unwrap()
}

async fn reaches(fleet: &Fleet, i: usize, wanted: u64) {
    let wait = async {
        while height(fleet, i).await < wanted {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let came = tokio::time::timeout(PATIENCE, wait).await;
    assert!(came.is_ok(), "node {i} stays behind:\n{}", fleet.nodes()[i].end_of_log());
}

/// Submits through the first node; the id of the entry, which is final.
async fn file(agent: &Party, reference: &str) -> Digest {
    let body = json!({ "name": "PEARL STAR", "line_mark": "trunk", "voyages": [reference] });
    let action = DraftAction::new("combined_port", "conveyance_filing", "ship:UN9912347", body);
    let draft = Draft::of(reference, now_ms(), action);
    let id = agent.sign(&draft).unwrap().id();
    agent.record(&draft).await.unwrap();
    id
}

fn agent(fleet: &Fleet) -> Party {
    let genesis = fleet.genesis().clone();
    let key = home(fleet, 0).parent().unwrap().join("ship-agent/keys/entry.pem");
    let key = countersign_genesis::keyfile::load(&key, None).unwrap();
    Party::new(genesis, client(fleet, 0), Box::new(key))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_taken_under_load_is_put_back_and_the_node_catches_up() {
    const VICTIM: usize = 3;
    let folder = tempfile::tempdir().unwrap();
    let mut fleet = found(folder.path(), sample::pearl_river().unwrap());
    fleet.start_all().await.unwrap();
    let copy = folder.path().join("copy");
    let (copy, of) = (copy.to_str().unwrap().to_owned(), home(&fleet, VICTIM));
    let of = of.to_str().unwrap().to_owned();
    file(&agent(&fleet), "BEFORE").await;

    let (stop, party) = (AtomicBool::new(false), agent(&fleet));
    let load = async {
        let mut ids = Vec::new();
        for n in 0.. {
            ids.push(file(&party, &format!("LOAD-{n}")).await);
            if stop.load(Ordering::Relaxed) {
                break;
            }
        }
        ids
    };
    let taken = async {
        let (of, to) = (of.clone(), copy.clone());
        let backup = move || done(&["backup", "create", "--home", &of, "-o", &to]);
        let made = tokio::task::spawn_blocking(backup).await.unwrap();
        stop.store(true, Ordering::Relaxed);
        made
    };
    let (ids, made) = tokio::join!(load, taken);
    let kept = made["height"].as_u64().unwrap();
    assert!(kept > 0, "{made}");

    fleet.kill(VICTIM).await.unwrap();
    fs::remove_dir_all(Path::new(&of).join("data/ledger")).unwrap();
    file(&agent(&fleet), "WITHOUT").await;
    done(&["backup", "restore", &copy, "--home", &of]);
    let taken = countersign(&["backup", "restore", &copy, "--home", &of]);
    assert_eq!(taken.status.code(), Some(2), "a ledger is never written over");
    fleet.start(VICTIM).await.unwrap();
    let wanted = height(&fleet, 0).await;
    reaches(&fleet, VICTIM, wanted).await;
    assert_eq!(status(&fleet, VICTIM).await["first_height"], 1);
    let clients: Vec<_> = (0..4).map(|i| client(&fleet, i)).collect();
    assert!(roots_equal(&clients).await.unwrap());
    for id in ids {
        let receipt = client(&fleet, VICTIM).receipt(&id, false).await.unwrap();
        verify(fleet.genesis(), &receipt).unwrap();
    }
    fleet.kill_all().await.unwrap();
}

/// The sample network, with a follower of the barge carrier beside the four that vote.
fn with_a_follower() -> Plan {
    let mut plan = sample::pearl_river().unwrap();
    let carrier = plan.parties.iter_mut().find(|p| p.slug == "barge-carrier").unwrap();
    let here = std::net::Ipv4Addr::LOCALHOST.into();
    carrier.node = Some(PlannedNode { power: 0, host: here, operator_only: false });
    plan
}

#[tokio::test(flavor = "multi_thread")]
async fn beside_pruned_nodes_one_that_keeps_all_brings_up_a_new_node() {
    const NEW: usize = 4;
    let folder = tempfile::tempdir().unwrap();
    let mut fleet = found(folder.path(), with_a_follower());
    for i in 0..NEW {
        fleet.start(i).await.unwrap();
    }
    let mut ids = Vec::new();
    for n in 0..8 {
        ids.push(file(&agent(&fleet), &format!("OLD-{n}")).await);
    }
    let tip = height(&fleet, 0).await;
    for i in 1..NEW {
        reaches(&fleet, i, tip).await;
        fleet.kill(i).await.unwrap();
        let home = home(&fleet, i);
        let before = (tip - 1).to_string();
        let prune = ["prune", "--home", home.to_str().unwrap(), "--before", &before];
        let pruned = done(&prune);
        assert_eq!(pruned["first_height"], tip - 1, "{pruned}");
        assert_eq!(done(&prune)["batches"], 0);
        fleet.start(i).await.unwrap();
    }
    for n in 0..3 {
        ids.push(file(&agent(&fleet), &format!("NEW-{n}")).await);
    }
    // What was pruned is answered for by a sentence, what was not by a receipt.
    let tip_now = height(&fleet, 0).await;
    reaches(&fleet, 1, tip_now).await;
    assert_eq!(status(&fleet, 1).await["first_height"], tip - 1);
    let no = client(&fleet, 1).receipt(&ids[0], false).await.unwrap_err().to_string();
    assert!(no.contains("Ask a node that keeps all of them"), "{no}");
    let at = format!("/v1/subjects/combined_port/ship:UN9912347?at={}", tip - 3);
    let no = client(&fleet, 1).json(&at).await.unwrap_err().to_string();
    assert!(no.contains("Ask a node that keeps all of them"), "{no}");
    for id in &ids[8..] {
        let receipt = client(&fleet, 1).receipt(id, false).await.unwrap();
        verify(fleet.genesis(), &receipt).unwrap();
    }
    let old = client(&fleet, 0).receipt(&ids[0], false).await.unwrap();
    verify(fleet.genesis(), &old).unwrap();

    // It has nothing, and three of the four nodes that it asks have not what it needs first.
    fleet.start(NEW).await.unwrap();
    reaches(&fleet, NEW, tip_now).await;
    let clients: Vec<_> = (0..=NEW).map(|i| client(&fleet, i)).collect();
    assert!(roots_equal(&clients).await.unwrap());
    let first = client(&fleet, NEW).receipt(&ids[0], false).await.unwrap();
    let (first, old) = (verify(fleet.genesis(), &first), verify(fleet.genesis(), &old));
    // Who signed may differ: a node keeps the quorum that it saw.
    assert_eq!(first.unwrap().header().header(), old.unwrap().header().header());
    fleet.kill_all().await.unwrap();
}
