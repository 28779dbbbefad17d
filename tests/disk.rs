//! Disks that fill up under running nodes: a node without room takes in nothing and keeps still, the
//! others go on; with room it goes on by itself, and nothing that was acknowledged is lost.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::{
    ffi::OsString,
    fs::{self, File},
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use countersign::{fleet::Fleet, ledger_facts::roots_equal};
use countersign_client::{
    cli::entry::now_ms,
    draft::{Draft, DraftAction},
    http::Client,
    party::Party,
};
use countersign_genesis::sample;
use countersign_record::{Digest, verify::verify};
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(180);
const VICTIM: usize = 3;
const DISK_MIB: usize = 128;
const RESERVE_MIB: usize = 24;

/// A small file system, for as long as this lives.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(path: PathBuf) -> Option<Self> {
        fs::create_dir_all(&path).unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("size={DISK_MIB}m"), "tmpfs"]).arg(&path);
        let done = mount.output().ok()?;
        done.status.success().then(|| Self(path))
    }

    /// Leaves only so many MiB of it, or nothing at all.
    fn fill(&self, leave_mib: usize) {
        let mut file = File::create(self.0.join("fill")).unwrap();
        let chunk = vec![0; 64 * 1024];
        while leave_mib == 0 || free_mib(&self.0) > leave_mib {
            // What still fits is taken; the write that fails is the end.
            if file.write_all(&chunk).is_err() {
                return;
            }
        }
    }

    fn make_room(&self) {
        fs::remove_file(self.0.join("fill")).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // A node that is just being ended may hold it for a moment: let go when it does.
        let _left_mounted = Command::new("umount").arg("--lazy").arg(&self.0).output();
    }
}

fn files_of(folder: &Path) -> Vec<(OsString, Vec<u8>)> {
    let files = fs::read_dir(folder).unwrap().map(Result::unwrap);
    files.map(|file| (file.file_name(), fs::read(file.path()).unwrap())).collect()
}

fn free_mib(path: &Path) -> usize {
    let found = rustix::fs::statvfs(path).unwrap();
    (found.f_bavail * found.f_frsize / 1024 / 1024) as usize
}

/// Four nodes, some of them on small disks. The disks go last.
struct Harbour {
    fleet: Fleet,
    disks: Vec<SmallDisk>,
    _folder: tempfile::TempDir,
}

impl Harbour {
    /// Nothing without the right to mount, said aloud.
    async fn found(on_small_disks: &[usize], reserve_mib: usize) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let exe = Path::new(env!("CARGO_BIN_EXE_countersign"));
        let home = folder.path().join("network");
        let mut fleet = Fleet::found(exe, sample::pearl_river().unwrap(), &home).unwrap();
        let mut disks = Vec::new();
        for i in on_small_disks {
            let home = &fleet.nodes()[*i].home;
            let guard = home.join("data/guard");
            let written = files_of(&guard);
            let Some(disk) = SmallDisk::mount(home.join("data")) else {
                // Past the test harness, so that it is seen.
                let words = "SKIPPED: mounting a small disk needs rights";
                let _unseen = writeln!(std::io::stderr(), "{words}");
                return None;
            };
            disks.push(disk);
            // That nothing was signed yet is said by the founding; the small disk hides it.
            fs::create_dir_all(&guard).unwrap();
            for (name, bytes) in written {
                fs::write(guard.join(name), bytes).unwrap();
            }
            let config = home.join("config/node.toml");
            let text = fs::read_to_string(&config).unwrap();
            let text = text.replace("heartbeat_ms = 5000", "heartbeat_ms = 1000");
            fs::write(&config, format!("disk_reserve_mib = {reserve_mib}\n{text}")).unwrap();
        }
        fleet.start_all().await.unwrap();
        Some(Self { fleet, disks, _folder: folder })
    }

    fn client(&self, i: usize) -> Client {
        Client::new(&self.fleet.nodes()[i].url).unwrap()
    }

    fn clients(&self) -> Vec<Client> {
        (0..self.fleet.nodes().len()).map(|i| self.client(i)).collect()
    }

    fn agent(&self) -> Party {
        self.fleet.parties(Some(VICTIM)).unwrap().remove("ship-agent").unwrap()
    }

    async fn status(&self, i: usize) -> Value {
        self.client(i).json("/v1/status").await.unwrap_or_default()
    }

    async fn height(&self, i: usize) -> u64 {
        self.status(i).await["height"].as_u64().unwrap_or_default()
    }

    async fn is_full(&self, i: usize) -> bool {
        self.status(i).await["disk"]["full"] == true
    }

    /// Waits until something is so, however slow the machine is.
    async fn until(&self, what: &str, is_so: impl AsyncFn() -> bool) {
        let so = async {
            while !is_so().await {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        };
        if tokio::time::timeout(PATIENCE, so).await.is_err() {
            let logs = self.fleet.nodes().iter().map(|n| n.end_of_log());
            panic!("{what}:\n{}", logs.collect::<Vec<_>>().join("\n\n"));
        }
    }

    /// All nodes have what the foremost has, with equal roots.
    async fn until_all_are_level(&self) {
        let mut foremost = 0;
        for i in 0..self.fleet.nodes().len() {
            foremost = foremost.max(self.height(i).await);
        }
        for i in 0..self.fleet.nodes().len() {
            self.until("the node catches up", async || self.height(i).await > foremost).await;
        }
        assert!(roots_equal(&self.clients()).await.unwrap());
    }

    /// A validator's vote stands in a batch of the newest.
    async fn until_it_votes(&self, i: usize) {
        let party = self.status(i).await["party"].as_str().unwrap().to_owned();
        let other = self.client((i + 1) % self.fleet.nodes().len());
        self.until("the node votes again", async || {
            let newest = other.json("/v1/batches?limit=1").await.unwrap_or_default();
            let signed = newest["items"][0]["signed_by"].as_array().cloned();
            signed.unwrap_or_default().iter().any(|p| p == party.as_str())
        })
        .await;
    }

    async fn all_there(&self, i: usize, recorded: &[Digest]) {
        for id in recorded {
            let receipt = self.client(i).receipt(id, false).await.unwrap();
            verify(self.fleet.genesis(), &receipt).unwrap();
        }
    }
}

fn filing(reference: &str) -> Draft {
    let filing = json!({ "name": "PEARL STAR", "line_mark": "trunk", "voyages": [reference] });
    let action = DraftAction::new("combined_port", "conveyance_filing", "ship:UN9912347", filing);
    Draft::of(reference, now_ms(), action)
}

async fn record(agent: &Party, reference: &str) -> Digest {
    let draft = filing(reference);
    agent.record(&draft).await.unwrap();
    // Signing again gives the same statement.
    agent.sign(&draft).unwrap().id()
}

/// Something large, whatever becomes of it: it is stored even where a rule refuses it.
async fn load(harbour: &Harbour, agent: &Party, number: usize) {
    let voyages: Vec<_> = (0..40).map(|v| format!("L{number:05}-{v:03}")).collect();
    let filing = json!({ "name": "PEARL STAR", "line_mark": "trunk", "voyages": voyages });
    let action = DraftAction::new("combined_port", "conveyance_filing", "ship:UN9912347", filing);
    let mut draft = Draft::of(format!("LOAD-{number}"), now_ms(), action.clone());
    draft.actions = vec![action; 120];
    let statement = agent.sign(&draft).unwrap();
    let answer = post(&harbour.client(number % 4), statement.bytes()).await.status().as_u16();
    assert!([202, 429, 503].contains(&answer), "{answer}");
}

fn http() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}

async fn post(client: &Client, statement: &[u8]) -> reqwest::Response {
    let post = http().post(format!("{}/v1/entries", client.url()));
    let post = post.header("content-type", "application/cose").body(statement.to_vec());
    post.send().await.unwrap()
}

/// The value of a metric.
async fn metric(client: &Client, name: &str) -> f64 {
    let text = client.text("/metrics").await.unwrap();
    let line = text.lines().find(|l| l.starts_with(&format!("{name} "))).unwrap();
    line.rsplit(' ').next().unwrap().parse().unwrap()
}

/// What a node without room says at every door.
async fn says_that_it_is_full(harbour: &Harbour, i: usize, statement: &[u8]) {
    let client = harbour.client(i);
    let refused = post(&client, statement).await;
    assert_eq!(refused.status(), 503);
    assert_eq!(refused.headers()["content-type"], "application/problem+json");
    assert!(refused.headers()["retry-after"].to_str().unwrap().parse::<u32>().unwrap() > 0);
    let problem: Value = serde_json::from_str(&refused.text().await.unwrap()).unwrap();
    assert_eq!(problem["type"], "urn:countersign:problem:disk-full");
    assert!(problem["detail"].as_str().unwrap().contains("MiB are free"), "{problem}");
    assert!(problem["detail_zh"].as_str().unwrap().contains("磁盘已满"), "{problem}");

    let exe = env!("CARGO_BIN_EXE_countersign");
    let asked = ["why-stuck", "--json", "--node", client.url()];
    let output = tokio::process::Command::new(exe).args(asked).output().await.unwrap();
    let why: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(why["cause"], "disk_full", "{why}");

    let ready = http().get(format!("{}/readyz", client.url())).send().await.unwrap();
    assert_eq!(ready.status(), 503);
    assert!(ready.text().await.unwrap().contains("is full"));
    harbour
        .until("the metric", async || metric(&client, "countersign_disk_full").await == 1.0)
        .await;
    let free = harbour.status(i).await["disk"]["free_bytes"].as_u64().unwrap();
    assert!(free < (RESERVE_MIB * 1024 * 1024) as u64 * 5 / 4, "{free}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_without_room_keeps_still_and_goes_on_by_itself() {
    let Some(harbour) = Harbour::found(&[VICTIM], RESERVE_MIB).await else { return };
    let agent = harbour.agent();
    let mut recorded = vec![record(&agent, "ROOM-0").await];
    harbour.until_it_votes(VICTIM).await;
    assert_eq!(metric(&harbour.client(VICTIM), "countersign_disk_full").await, 0.0);

    harbour.disks[0].fill(RESERVE_MIB / 2);
    harbour.until("the disk is full", async || harbour.is_full(VICTIM).await).await;
    let refused = agent.sign(&filing("ROOM-1")).unwrap();
    says_that_it_is_full(&harbour, VICTIM, refused.bytes()).await;
    let log = harbour.fleet.nodes()[VICTIM].end_of_log();
    assert!(log.contains("is full"), "{log}");

    // The height that was open may still be decided there; nothing more is begun.
    let stands = harbour.height(VICTIM).await + 1;
    for i in 2..8 {
        recorded.push(record(&agent, &format!("ROOM-{i}")).await);
    }
    harbour.until("the others go on", async || harbour.height(0).await > stands + 3).await;
    assert!(harbour.height(VICTIM).await <= stands);

    harbour.disks[0].make_room();
    harbour.until("there is room", async || !harbour.is_full(VICTIM).await).await;
    harbour.until_all_are_level().await;
    harbour.until_it_votes(VICTIM).await;
    harbour.all_there(VICTIM, &recorded).await;
    // The very statement that was turned away.
    let taken = post(&harbour.client(VICTIM), refused.bytes()).await;
    assert!(taken.status().is_success(), "{}", taken.status());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_without_room_stands_and_goes_on_with_everything() {
    let Some(harbour) = Harbour::found(&[0, 1, 2, 3], RESERVE_MIB).await else { return };
    let agent = harbour.agent();
    let recorded = vec![record(&agent, "ALL-0").await, record(&agent, "ALL-1").await];
    for disk in &harbour.disks {
        disk.fill(RESERVE_MIB / 2);
    }
    let refused = agent.sign(&filing("ALL-2")).unwrap();
    for i in 0..4 {
        harbour.until("the disk is full", async || harbour.is_full(i).await).await;
        says_that_it_is_full(&harbour, i, refused.bytes()).await;
    }
    // A height that was open may still be decided; three heartbeats later nothing has followed.
    let stands = harbour.height(0).await + 1;
    tokio::time::sleep(Duration::from_secs(3)).await;
    for i in 0..4 {
        assert!(harbour.height(i).await <= stands, "node {i} goes on without room");
    }
    for disk in &harbour.disks {
        disk.make_room();
    }
    harbour.until_all_are_level().await;
    for i in 0..4 {
        harbour.all_there(i, &recorded).await;
    }
    record(&agent, "ALL-3").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn writes_that_fail_lose_nothing_and_the_process_goes_on() {
    // Without a reserve nothing comes before the write that fails.
    let Some(harbour) = Harbour::found(&[0, 1, 2, 3], 0).await else { return };
    let agent = harbour.agent();
    let mut recorded = vec![record(&agent, "HARD-0").await];
    let pid = harbour.fleet.pid(VICTIM);

    harbour.disks[VICTIM].fill(0);
    let sent = AtomicUsize::new(0);
    let more = || sent.fetch_add(1, Ordering::Relaxed);
    harbour
        .until("a write fails", async || {
            load(&harbour, &agent, more()).await;
            harbour.is_full(VICTIM).await
        })
        .await;
    for i in 1..4 {
        recorded.push(record(&agent, &format!("HARD-{i}")).await);
    }
    let refused = agent.sign(&filing("HARD-6")).unwrap();
    says_that_it_is_full(&harbour, VICTIM, refused.bytes()).await;
    harbour.disks[VICTIM].make_room();
    harbour.until_all_are_level().await;
    harbour.until_it_votes(VICTIM).await;
    assert_eq!(harbour.fleet.pid(VICTIM), pid, "it is the same process");
    let log = fs::read_to_string(harbour.disks[VICTIM].0.join("node.log")).unwrap();
    assert!(log.contains("beginning anew"), "no write has failed:\n{log}");

    // And everybody at once.
    for disk in &harbour.disks {
        disk.fill(0);
    }
    // Where two have stopped, the others have no quorum and nothing more to write.
    harbour
        .until("writes fail", async || {
            load(&harbour, &agent, more()).await;
            let mut full = 0;
            for i in 0..4 {
                full += usize::from(harbour.is_full(i).await);
            }
            full >= 2
        })
        .await;
    for disk in &harbour.disks {
        disk.make_room();
    }
    harbour.until_all_are_level().await;
    record(&agent, "HARD-7").await;
    for i in 0..4 {
        harbour.all_there(i, &recorded).await;
    }
}
