//! A node whose disk is full or whose files are damaged stops with a sentence; the others go on.

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
    http::Client,
};
use countersign_genesis::sample;
use serde_json::json;

const PATIENCE: Duration = Duration::from_secs(180);
const VICTIM: usize = 3;

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_node_says_what_to_do_and_fetches_everything_from_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let exe = Path::new(env!("CARGO_BIN_EXE_countersign"));
    let home = folder.path().join("network");
    let mut fleet = Fleet::found(exe, sample::pearl_river().unwrap(), &home).unwrap();
    fleet.start_all().await.unwrap();
    file_a_ship(&fleet, "FILE-1").await;
    fleet.kill(VICTIM).await.unwrap();

    let ledger = fleet.nodes()[VICTIM].home.join("data/ledger");
    fs::write(manifest_of(&ledger), b"damaged").unwrap();
    let fault = fleet.start(VICTIM).await.unwrap_err().to_string();
    assert!(fault.contains("move the whole data folder away"), "{fault}");
    fleet.kill(VICTIM).await.unwrap();

    // The other three are a quorum.
    file_a_ship(&fleet, "FILE-2").await;

    // The journal stays: what it says was decided and whose body went with the ledger is fetched.
    fs::rename(&ledger, folder.path().join("damaged-ledger")).unwrap();
    fleet.start(VICTIM).await.unwrap();
    let clients: Vec<_> = fleet.nodes().iter().map(|n| Client::new(&n.url).unwrap()).collect();
    let wanted = height(&clients[0]).await;
    let catch_up = async {
        while height_of(&fleet, VICTIM).await < wanted {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(PATIENCE, catch_up).await.expect("the node catches up");
    assert!(roots_equal(&clients).await.unwrap());
}

async fn height(client: &Client) -> u64 {
    client.json("/v1/status").await.unwrap()["height"].as_u64().unwrap()
}

async fn height_of(fleet: &Fleet, i: usize) -> u64 {
    let node = &fleet.nodes()[i];
    let status = Client::new(&node.url).unwrap().json("/v1/status").await;
    let status = status.unwrap_or_else(|e| panic!("{e}\n{}", node.end_of_log()));
    status["height"].as_u64().unwrap()
}

async fn file_a_ship(fleet: &Fleet, reference: &str) {
    let filing = json!({ "name": "PEARL STAR", "line_mark": "trunk", "voyages": [reference] });
    let action = DraftAction::new("combined_port", "conveyance_filing", "ship:UN9912347", filing);
    let mut parties = fleet.parties(Some(VICTIM)).unwrap();
    let agent = parties.remove("ship-agent").unwrap();
    agent.record(&Draft::of(reference, now_ms(), action)).await.unwrap();
}

fn manifest_of(ledger: &Path) -> PathBuf {
    let files = fs::read_dir(ledger).unwrap().map(|f| f.unwrap().path());
    files
        .filter(|p| p.file_name().unwrap().to_string_lossy().starts_with("MANIFEST"))
        .max()
        .unwrap()
}

/// A file system of one megabyte, for as long as this lives.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(path: PathBuf) -> Option<Self> {
        fs::create_dir_all(&path).unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=1m", "tmpfs"]).arg(&path);
        let done = mount.output().ok()?;
        done.status.success().then(|| Self(path))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _left_mounted = Command::new("umount").arg(&self.0).output();
    }
}

#[test]
fn a_full_disk_at_the_start_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let exe = Path::new(env!("CARGO_BIN_EXE_countersign"));
    let home = folder.path().join("network");
    let fleet = Fleet::found(exe, sample::pearl_river().unwrap(), &home).unwrap();
    let node = &fleet.nodes()[0].home;
    let Some(disk) = SmallDisk::mount(node.join("data")) else {
        use std::io::Write as _;
        // Past the test harness, so that it is seen.
        let _unseen = writeln!(std::io::stderr(), "SKIPPED: mounting a small disk needs rights");
        return;
    };
    // Whatever still fits is taken; the write that fails is the point.
    let _full = fs::write(disk.0.join("fill"), vec![0; 2 * 1024 * 1024]);
    let output = Command::new(exe).args(["node", "run", "--home"]).arg(node).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("is full") && said.contains("Make room"), "{said}");
}
