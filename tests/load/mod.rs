//! What tests of faults share: entries written without end, receipts held against every node, and
//! the question why the network is stuck, put to the real command.

use std::{
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use countersign::fleet::Fleet;
use countersign_client::{
    cli::entry::now_ms,
    draft::{Draft, DraftAction},
    http::{Client, Submitted},
    party::Party,
};
use countersign_record::{Digest, statement::Statement, verify::verify};
use serde_json::{Value, json};
use tokio::{process::Command, task::JoinSet};

/// Until when something must have happened that takes seconds on a fast machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(180);
/// How often a condition is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// How long a client waits for one node before it goes to the next.
const CLIENT_WAITS: Duration = Duration::from_secs(3);
/// A client's pause between two entries, and before it tries again.
const PAUSE: Duration = Duration::from_millis(20);

/// The binary under test.
pub(crate) fn exe() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_countersign"))
}

/// Whether the faults are to be played at full length: `make faults`.
pub(crate) fn is_full() -> bool {
    std::env::var_os("COUNTERSIGN_FAULTS").is_some_and(|length| length == "full")
}

/// A seed, printed so that the moments can be chosen again: `COUNTERSIGN_SEED`.
pub(crate) fn seed() -> u64 {
    let given = std::env::var("COUNTERSIGN_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = given.unwrap_or_else(now_ms);
    println!("COUNTERSIGN_SEED={seed}");
    seed
}

/// Waits until a condition holds.
pub(crate) async fn until<F: Future<Output = bool>>(
    what: &str,
    mut holds: impl FnMut() -> F,
) -> Duration {
    let begun = Instant::now();
    while !holds().await {
        assert!(begun.elapsed() < PATIENCE, "it does not come: {what}");
        tokio::time::sleep(LOOK_EVERY).await;
    }
    begun.elapsed()
}

/// One client a node.
pub(crate) fn clients(fleet: &Fleet) -> Vec<Client> {
    fleet.nodes().iter().map(|n| Client::new(&n.url).unwrap()).collect()
}

/// The height of a node; 0 where it does not answer.
pub(crate) async fn height(client: &Client) -> u64 {
    let asked = tokio::time::timeout(CLIENT_WAITS, client.json("/v1/status")).await;
    let status = asked.ok().and_then(Result::ok).unwrap_or_default();
    status["height"].as_u64().unwrap_or_default()
}

/// The greatest height of some nodes.
pub(crate) async fn highest(clients: &[Client]) -> u64 {
    let mut highest = 0;
    for client in clients {
        highest = highest.max(height(client).await);
    }
    highest
}

/// Waits until every one of these nodes has a height.
pub(crate) async fn all_reach(clients: &[Client], wanted: u64) -> Duration {
    let begun = Instant::now();
    for client in clients {
        let what = format!("{} has height {wanted}", client.url());
        until(&what, || async { height(client).await >= wanted }).await;
    }
    begun.elapsed()
}

/// What `countersign why-stuck` says of a node: its exit code, and its JSON.
pub(crate) async fn why_stuck(url: &str) -> (i32, Value) {
    let mut command = Command::new(exe());
    let output = command.args(["why-stuck", "--json", "--node", url]).output().await.unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let json = serde_json::from_str(&said).unwrap_or_else(|e| {
        panic!("{e}: {said}{}", String::from_utf8_lossy(&output.stderr));
    });
    (output.status.code().unwrap(), json)
}

/// Waits until a node names this cause with this exit code, and hands out all that it says.
pub(crate) async fn names(url: &str, code: i32, cause: &str) -> Value {
    let mut last = (0, Value::Null);
    let begun = Instant::now();
    while last.0 != code || last.1["cause"] != cause {
        assert!(begun.elapsed() < PATIENCE, "{url} does not say {cause} with {code}: {last:?}");
        tokio::time::sleep(LOOK_EVERY).await;
        last = why_stuck(url).await;
    }
    assert!(!last.1["remedy"].as_str().unwrap().is_empty());
    println!("{url}: {}", last.1["what"].as_str().unwrap());
    last.1
}

/// A ship for an entry: one ship has only so many voyages a year. The last digit of its number
/// follows from the others.
fn ship(reference: &str) -> String {
    let digest = Digest::of(reference.as_bytes());
    let number = 100_000 + u32::from_be_bytes(*digest.0.first_chunk().unwrap()) % 900_000;
    let digits = number.to_string();
    let sum: u32 = digits.bytes().zip((2..=7).rev()).map(|(d, w)| u32::from(d - b'0') * w).sum();
    format!("ship:UN{number}{}", sum % 10)
}

/// A party that writes entries, each under a reference of its own.
pub(crate) struct Scribe {
    party: Party,
    clients: Vec<Client>,
}

impl Scribe {
    pub(crate) fn new(fleet: &Fleet) -> Self {
        let party = fleet.parties(None).unwrap().remove("ship-agent").unwrap();
        Self { party, clients: clients(fleet) }
    }

    /// An entry of every day.
    pub(crate) fn sign(&self, reference: &str) -> Statement {
        let body = json!({ "name": "PEARL STAR", "line_mark": "trunk", "voyages": [reference] });
        let action = DraftAction::new("combined_port", "conveyance_filing", ship(reference), body);
        self.party.sign(&Draft::of(reference, now_ms(), action)).unwrap()
    }

    /// Gives it to a node, and returns whether the node has answered with a receipt that proves it.
    pub(crate) async fn acknowledged(&self, statement: &Statement, node: usize) -> bool {
        let submit = self.clients[node].submit(statement.bytes(), true);
        match tokio::time::timeout(CLIENT_WAITS, submit).await {
            Ok(Ok(Submitted::Final(receipt))) => {
                verify(self.party.genesis(), &receipt).unwrap();
                true
            }
            _ => false,
        }
    }

    /// Hands a statement in without waiting for its receipt.
    pub(crate) async fn hand_in(&self, statement: &Statement, node: usize) {
        self.clients[node].submit(statement.bytes(), false).await.unwrap();
    }

    /// Writes an entry through a node until it is acknowledged.
    pub(crate) async fn record(&self, reference: &str, node: usize) -> Digest {
        let statement = self.sign(reference);
        until(reference, || self.acknowledged(&statement, node)).await;
        statement.id()
    }
}

/// Parties that write without end; each goes to another node with every entry, and with every
/// failure.
pub(crate) struct Load {
    acknowledged: Arc<Mutex<Vec<Digest>>>,
    stop: Arc<AtomicBool>,
    tasks: JoinSet<()>,
    checked: AtomicUsize,
}

impl Load {
    pub(crate) fn start(fleet: &Fleet, writers: usize) -> Self {
        let acknowledged = Arc::<Mutex<Vec<Digest>>>::default();
        let stop = Arc::<AtomicBool>::default();
        let mut tasks = JoinSet::new();
        for writer in 0..writers {
            let (scribe, nodes) = (Scribe::new(fleet), fleet.nodes().len());
            let (acknowledged, stop) = (acknowledged.clone(), stop.clone());
            tasks.spawn(async move {
                for n in 0.. {
                    let statement = scribe.sign(&format!("LOAD-{writer}-{n}"));
                    let mut node = writer + n;
                    while !scribe.acknowledged(&statement, node % nodes).await {
                        if stop.load(Ordering::Relaxed) {
                            return;
                        }
                        node += 1;
                        tokio::time::sleep(PAUSE).await;
                    }
                    acknowledged.lock().unwrap().push(statement.id());
                    if stop.load(Ordering::Relaxed) {
                        return;
                    }
                    tokio::time::sleep(PAUSE).await;
                }
            });
        }
        Self { acknowledged, stop, tasks, checked: AtomicUsize::new(0) }
    }

    /// How many entries were answered with a receipt so far.
    pub(crate) fn count(&self) -> usize {
        self.acknowledged.lock().unwrap().len()
    }

    /// Waits until so many more are acknowledged.
    pub(crate) async fn flows(&self, more: usize) {
        let wanted = self.count() + more;
        until("entries are acknowledged", || async { self.count() >= wanted }).await;
    }

    /// Every entry that was acknowledged since the last check is on every node, with a receipt that
    /// proves it.
    pub(crate) async fn check_new(&self, fleet: &Fleet) {
        let ids = self.acknowledged.lock().unwrap().clone();
        let checked = self.checked.swap(ids.len(), Ordering::Relaxed);
        all_there(fleet, &ids[checked..]).await;
    }

    /// Ends the writing, and checks everything once more. Returns how many entries there were.
    pub(crate) async fn finish(mut self, fleet: &Fleet) -> usize {
        self.stop.store(true, Ordering::Relaxed);
        while let Some(ended) = self.tasks.join_next().await {
            ended.unwrap();
        }
        self.checked.store(0, Ordering::Relaxed);
        self.check_new(fleet).await;
        self.count()
    }
}

/// Entries are on every node, each with a receipt that verifies offline.
pub(crate) async fn all_there(fleet: &Fleet, ids: &[Digest]) {
    let wanted = highest(&clients(fleet)).await;
    let mut checks = JoinSet::new();
    for client in clients(fleet) {
        let (ids, genesis) = (ids.to_vec(), fleet.genesis().clone());
        checks.spawn(async move {
            all_reach(std::slice::from_ref(&client), wanted).await;
            for id in ids {
                let receipt = client.receipt(&id, false).await;
                let receipt = receipt.unwrap_or_else(|e| panic!("{} lost {id}: {e}", client.url()));
                verify(&genesis, &receipt).unwrap();
            }
        });
    }
    while let Some(checked) = checks.join_next().await {
        checked.unwrap();
    }
}
