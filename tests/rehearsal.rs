//! Clocks: a rehearsal moves those of all nodes and plays months in seconds; a slow one stops nobody.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::{
    fs,
    path::Path,
    process::{Command, Output},
    time::Duration,
};

use countersign::{fleet::Fleet, ledger_facts::roots_equal};
use countersign_client::{
    cli::entry::now_ms,
    draft::{Draft, DraftAction},
    http::{Client, ClientFault},
    party::NotFinal,
};
use countersign_genesis::{ClockShift, load_genesis, sample};
use countersign_record::verify::VerifiedReceipt;
use serde_json::{Value, json};

/// Until when something must have happened that takes a second on a fast machine.
const PATIENCE: Duration = Duration::from_secs(180);
const DAY_MS: i64 = 24 * 3_600_000;
const MONTH_MS: i64 = 30 * DAY_MS;

fn shift(ms: i64) -> ClockShift {
    ClockShift::try_from(ms).unwrap()
}

fn countersign(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_countersign")).args(arguments).output().unwrap()
}

/// Runs the binary, expects this exit code, and returns what it said.
fn run(code: i32, arguments: &[&str]) -> String {
    let output = countersign(arguments);
    let said = [&output.stdout[..], &output.stderr[..]].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
    said
}

/// Four nodes that do not run yet.
fn fleet(folder: &Path) -> Fleet {
    let exe = Path::new(env!("CARGO_BIN_EXE_countersign"));
    Fleet::found(exe, sample::pearl_river().unwrap(), &folder.join("network")).unwrap()
}

/// A ship files a voyage, in a statement of that time.
async fn file(fleet: &Fleet, reference: &str, time: u64) -> Result<VerifiedReceipt, NotFinal> {
    let filing = json!({ "name": "PEARL STAR", "line_mark": "trunk", "voyages": [reference] });
    let action = DraftAction::new("combined_port", "conveyance_filing", "ship:UN9912347", filing);
    let mut parties = fleet.parties(Some(3)).unwrap();
    parties.remove("ship-agent").unwrap().record(&Draft::of(reference, time, action)).await
}

fn rule_of(fault: &NotFinal) -> Option<u64> {
    match fault {
        NotFinal::Client(ClientFault::Problem(problem)) => problem.rule(),
        _ => None,
    }
}

fn clients(fleet: &Fleet) -> Vec<Client> {
    fleet.nodes().iter().map(|n| Client::new(&n.url).unwrap()).collect()
}

async fn status(client: &Client) -> Value {
    client.json("/v1/status").await.unwrap()
}

async fn reaches(client: &Client, height: u64) {
    let wait = async {
        while status(client).await["height"].as_u64().unwrap() < height {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(PATIENCE, wait).await.expect("the node catches up");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_whose_clock_is_moved_a_month_ahead_keeps_its_ledger_and_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let mut fleet = fleet(folder.path());
    fleet.start_all().await.unwrap();
    let first = file(&fleet, "FILE-1", now_ms()).await.unwrap();
    let before = first.header().header().clone();
    let clients = clients(&fleet);
    assert!(status(&clients[0]).await.get("clock_ahead_ms").is_none());
    fleet.kill_all().await.unwrap();

    (0..4).for_each(|i| fleet.move_clock(i, shift(MONTH_MS)).unwrap());
    fleet.start_all().await.unwrap();
    for client in &clients {
        assert_eq!(status(client).await["clock_ahead_ms"], MONTH_MS);
    }
    assert!(fleet.nodes()[0].end_of_log().contains("this node's clock is moved: a rehearsal"));

    // What is of today came a month too late; what is of that day is recorded on that day.
    let late = file(&fleet, "FILE-2", now_ms()).await.unwrap_err();
    assert_eq!(rule_of(&late), Some(106), "{late}");
    let then = now_ms() + MONTH_MS.unsigned_abs();
    let second = file(&fleet, "FILE-3", then).await.unwrap();
    let after = second.header().header();
    assert!(after.time >= before.time + MONTH_MS.unsigned_abs(), "{before:?} {after:?}");
    assert!(after.height > before.height && after.log_size > before.log_size);
    let kept = clients[0].json(&format!("/v1/batches/{}", before.height)).await.unwrap();
    assert_eq!(kept["header"]["state_root"], json!(before.state_root));
    run(0, &["why-stuck", "--node", clients[0].url()]);
    for client in &clients {
        reaches(client, after.height).await;
    }
    assert!(roots_equal(&clients).await.unwrap());

    // A ledger's time never goes back: a rehearsal that would wait for weeks is not begun.
    fleet.kill(0).await.unwrap();
    fleet.move_clock(0, shift(DAY_MS)).unwrap();
    let fault = fleet.start(0).await.unwrap_err().to_string();
    assert!(fault.contains("ledger time never goes back: set clock_ahead_ms"), "{fault}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_validator_whose_clock_is_an_hour_slow_stops_nobody_and_keeps_up() {
    let folder = tempfile::tempdir().unwrap();
    let mut fleet = fleet(folder.path());
    (0..3).for_each(|i| fleet.move_clock(i, shift(3_600_000)).unwrap());
    fleet.start_all().await.unwrap();
    let mut height = 0;
    for n in 1..=4 {
        let receipt = file(&fleet, &format!("FILE-{n}"), now_ms()).await.unwrap();
        height = receipt.header().header().height;
    }
    let clients = clients(&fleet);
    reaches(&clients[3], height).await;
    let ours = clients[3].json(&format!("/v1/batches/{height}")).await.unwrap();
    assert!(ours["header"]["time"].as_u64().unwrap() > now_ms() + 3_000_000);
    assert!(roots_equal(&clients).await.unwrap());
    // The network moves; the node that lags is told so by itself.
    let said = names(&clients[3], "clock_lags").await;
    assert!(said["clock_off_ms"].as_i64().unwrap() < -3_000_000, "{said}");
    names(&clients[0], "moves").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_validator_whose_clock_is_an_hour_fast_is_named_by_itself_and_by_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let mut fleet = fleet(folder.path());
    (0..4).for_each(|i| fleet.set(i, "heartbeat_ms", "1000").unwrap());
    fleet.move_clock(3, shift(3_600_000)).unwrap();
    fleet.start_all().await.unwrap();
    let clients = clients(&fleet);
    let said = names(&clients[3], "clock_leads").await;
    assert!(said["clock_off_ms"].as_i64().unwrap() > 3_000_000, "{said}");
    let said = names(&clients[0], "others_clock").await;
    let party = status(&clients[3]).await["party"].as_str().unwrap().to_owned();
    assert!(said["what"].as_str().unwrap().contains(&party), "{said}");
}

/// Waits until a node that moves names this cause, and hands out what it says.
async fn names(client: &Client, cause: &str) -> Value {
    let asked = async {
        loop {
            // Before the first batch a clock that leads makes the founding look long ago.
            let output = countersign(&["why-stuck", "--json", "--node", client.url()]);
            let said: Value = serde_json::from_slice(&output.stdout).unwrap();
            if said["cause"] == cause && output.status.code() == Some(0) {
                return said;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(PATIENCE, asked).await.unwrap_or_else(|_| panic!("no {cause} is named"))
}

#[test]
fn a_rehearsal_is_founded_with_its_clock_and_a_wrong_one_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("network");
    let out = out.to_str().unwrap();
    let init = ["network", "init", "--unencrypted", "--output", out];
    for wrong in ["--clock-ahead-ms=soon", "--clock-ahead-ms=1576800000001"] {
        let said = run(2, &[&init[..], &[wrong]].concat());
        assert!(said.contains("expected whole milliseconds"), "{said}");
        assert!(!Path::new(out).exists());
    }
    run(0, &[&init[..], &["--clock-ahead-ms", "-2592000000"]].concat());
    let genesis = load_genesis(&folder.path().join("network/genesis.json")).unwrap();
    assert!(genesis.time <= now_ms() - MONTH_MS.unsigned_abs());
    let config = |slug: &str| folder.path().join("network").join(slug).join("config/node.toml");
    for slug in ["shunde-customs", "shekou-customs", "shunde-wharf", "shekou-wharf"] {
        let text = fs::read_to_string(config(slug)).unwrap();
        let read: toml::Table = text.parse().unwrap();
        assert_eq!(read["clock_ahead_ms"].as_integer(), Some(-MONTH_MS));
    }
    let home = folder.path().join("network/shunde-wharf");
    for wrong in ["1576800000001", "\"a month\""] {
        fs::write(config("shunde-wharf"), node_toml(wrong)).unwrap();
        let said = run(2, &["node", "run", "--home", home.to_str().unwrap()]);
        assert!(said.contains("node.toml is not valid"), "{said}");
        assert!(said.contains("clock_ahead_ms"), "{said}");
    }
}

fn node_toml(clock: &str) -> String {
    format!(
        "party = \"91440606MA7DEM016C\"\nmoniker = \"x\"\napi_listen = \"127.0.0.1:0\"\n\
         p2p_listen = \"/ip4/127.0.0.1/tcp/0\"\nclock_ahead_ms = {clock}\n"
    )
}
