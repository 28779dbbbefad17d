//! A node whose disk is full or whose files are damaged stops with a sentence; the others go on.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, missing_docs)]
#![allow(dead_code, reason = "the helpers serve several files")]

mod load;

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use countersign::{fleet::Fleet, ledger_facts::roots_equal};
use countersign_client::{
    cli::entry::now_ms,
    draft::{Draft, DraftAction},
    http::Client,
};
use countersign_genesis::sample;
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(180);
const VICTIM: usize = 3;
/// How often bits are turned, and how many at a time.
const ROUNDS: usize = 4;
const FLIPS: usize = 3;

/// Numbers that follow from a seed (splitmix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }

    fn one_of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len() as u64) as usize]
    }
}

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
    assert!(fault.contains("countersign repair"), "{fault}");
    fleet.kill(VICTIM).await.unwrap();

    // The other three are a quorum, and say who is missing; the node itself does not answer.
    file_a_ship(&fleet, "FILE-2").await;
    load::names(&fleet.nodes()[VICTIM].url, 2, "unreachable").await;
    let url = fleet.nodes()[0].url.clone();
    load::names(&url, 0, "moves").await;
    let missing = || async {
        load::why_stuck(&url).await.1["missing_validators"].as_array().map(Vec::len) == Some(1)
    };
    load::until("the missing one is named", missing).await;

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

/// What a command answered: its exit code, and what it printed as JSON where it did.
fn ask(command: &str, home: &Path) -> (i32, Value, String) {
    let exe = env!("CARGO_BIN_EXE_countersign");
    let output = Command::new(exe).args(["--json", command, "--home"]).arg(home).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let json = serde_json::from_slice(&output.stdout).unwrap_or_default();
    (output.status.code().unwrap_or(-1), json, said)
}

/// Turns a few bits at random places of the store's files.
fn flip_bits(ledger: &Path, dice: &mut Dice) -> Vec<String> {
    let files = fs::read_dir(ledger).unwrap().map(|f| f.unwrap().path());
    let mut files: Vec<_> = files.filter(|path| holds_records(path)).collect();
    files.sort();
    let turned = (0..FLIPS).map(|_| {
        let path = dice.one_of(&files);
        let mut bytes = fs::read(path).unwrap();
        let at = dice.below(bytes.len() as u64) as usize;
        bytes[at] ^= 1 << dice.below(8);
        fs::write(path, bytes).unwrap();
        format!("{}@{at}", path.file_name().unwrap().to_string_lossy())
    });
    turned.collect()
}

/// Tables, journals, and what lists them; not the words that RocksDB writes for people.
fn holds_records(path: &Path) -> bool {
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    let kept = ["MANIFEST", "CURRENT"].iter().any(|start| name.starts_with(start));
    let kept = kept || [".sst", ".log"].iter().any(|end| name.ends_with(end));
    kept && fs::metadata(path).unwrap().len() > 0
}

async fn caught_up(fleet: &Fleet) {
    let wanted = height_of(fleet, 0).await;
    let catch_up = async {
        while height_of(fleet, VICTIM).await <= wanted {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(PATIENCE, catch_up).await.expect("the node catches up");
    let clients: Vec<_> = fleet.nodes().iter().map(|n| Client::new(&n.url).unwrap()).collect();
    assert!(roots_equal(&clients).await.unwrap());
}

/// The node's vote stands in a newest batch.
async fn votes_again(fleet: &Fleet) {
    let client = |i: usize| Client::new(&fleet.nodes()[i].url).unwrap();
    let party = client(VICTIM).json("/v1/status").await.unwrap()["party"].clone();
    let voted = async {
        loop {
            let newest = client(0).json("/v1/batches?limit=1").await.unwrap();
            if newest["items"][0]["signed_by"].as_array().unwrap().contains(&party) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(PATIENCE, voted).await.expect("the node votes again");
}

#[tokio::test(flavor = "multi_thread")]
async fn turned_bits_are_found_and_one_command_repairs_them() {
    let asked = std::env::var("COUNTERSIGN_SEED").ok().and_then(|n| n.parse().ok());
    let seed = asked.unwrap_or_else(now_ms);
    let mut dice = Dice(seed);
    let folder = tempfile::tempdir().unwrap();
    let exe = Path::new(env!("CARGO_BIN_EXE_countersign"));
    let home = folder.path().join("network");
    let mut fleet = Fleet::found(exe, sample::pearl_river().unwrap(), &home).unwrap();
    fleet.start_all().await.unwrap();
    let victim = fleet.nodes()[VICTIM].home.clone();
    let mut found = 0;
    for round in 0..ROUNDS {
        // Each start writes tables out of the journal.
        for part in 0..2 {
            file_a_ship(&fleet, &format!("FLIP-{round}-{part}")).await;
            fleet.kill(VICTIM).await.unwrap();
            fleet.start(VICTIM).await.unwrap();
        }
        caught_up(&fleet).await;
        // A node that runs can be looked at, and not repaired.
        let (code, report, said) = ask("audit", &victim);
        assert_eq!((code, &report["divergence"]), (0, &Value::Null), "{report} {said}");
        assert!(report["entries"].as_u64().unwrap() > 0 && report["running"] == true, "{report}");
        let (code, _, said) = ask("repair", &victim);
        assert!(code == 2 && said.contains("stop it first"), "{code} {said}");
        fleet.kill(VICTIM).await.unwrap();

        let journal = victim.join("data/consensus/consensus.wal");
        let votes = fs::read(&journal).unwrap();
        let turned = flip_bits(&victim.join("data/ledger"), &mut dice);
        let at = format!("{turned:?}; COUNTERSIGN_SEED={seed} repeats it");
        let (code, report, said) = ask("audit", &victim);
        assert!(code == 0 || code == 1, "{code} {said} {at}");
        assert_eq!(code == 1, !report["divergence"].is_null(), "{report} {at}");
        found += code;
        let (code, repaired, said) = ask("repair", &victim);
        assert_eq!(code, 0, "{said} {at}");
        assert_eq!(fs::read(&journal).unwrap(), votes, "the journal of its votes stays");
        file_a_ship(&fleet, &format!("FLIP-{round}-Z")).await;

        fleet.start(VICTIM).await.unwrap_or_else(|e| panic!("{e} {at} {repaired}"));
        caught_up(&fleet).await;
        votes_again(&fleet).await;
        let (code, report, _) = ask("audit", &victim);
        assert_eq!((code, &report["divergence"]), (0, &Value::Null), "{report} {at}");
    }
    assert!(found > 0, "no turned bit was found in {ROUNDS} rounds; seed {seed}");
    let (code, ..) = ask("audit", folder.path());
    assert_eq!(code, 2, "there is nothing to audit");
}

#[test]
fn the_data_of_another_network_is_refused_by_every_command() {
    let folder = tempfile::tempdir().unwrap();
    let exe = Path::new(env!("CARGO_BIN_EXE_countersign"));
    let found = |name: &str| {
        let home = folder.path().join(name);
        Fleet::found(exe, sample::pearl_river().unwrap(), &home).unwrap().nodes()[0].home.clone()
    };
    let (ours, other) = (found("ours"), found("other"));
    let run = |home: &Path| {
        let mut node = Command::new(exe);
        node.args(["node", "run", "--home"])
            .arg(home)
            .stderr(Stdio::piped())
            .stdout(Stdio::piped());
        node.spawn().unwrap()
    };
    // A node that has begun has founded its ledger.
    let mut node = run(&other);
    let mut line = String::new();
    BufReader::new(node.stdout.take().unwrap()).read_line(&mut line).unwrap();
    node.kill().unwrap();
    node.wait().unwrap();
    assert!(line.contains("listening"), "{line}");
    fs::create_dir_all(ours.join("data")).unwrap();
    fs::rename(other.join("data/ledger"), ours.join("data/ledger")).unwrap();

    let output = run(&ours).wait_with_output().unwrap();
    let started = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{started}");
    let (audit, _, audited) = ask("audit", &ours);
    let (repair, _, repaired) = ask("repair", &ours);
    assert_eq!((audit, repair), (2, 2), "{audited} {repaired}");
    for said in [started, audited, repaired] {
        assert!(said.contains("belongs to the network"), "{said}");
        assert!(said.contains("home folder of the right network"), "{said}");
    }
}
