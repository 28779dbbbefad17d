//! Those who vote change who votes, a parameter and the rules, while real nodes run; receipts
//! outlive every change.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, missing_docs)]
#![allow(dead_code, reason = "the helpers serve several files")]

mod load;

use std::{
    fs,
    path::{Path, PathBuf},
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
use countersign_genesis::{Plan, ceremony::PlannedNode, keyfile, sample};
use countersign_record::{
    Digest,
    keys::Signer as _,
    receipt::Receipt,
    verify::{VerifiedReceipt, verify},
};
use serde_json::{Value, json};

/// Until when something must have happened that takes a second on a fast machine.
const PATIENCE: Duration = Duration::from_secs(180);
/// The founders that vote, by the places of their nodes.
const VOTERS: [&str; 4] = ["shunde-customs", "shekou-customs", "shunde-wharf", "shekou-wharf"];
/// The party that a vote suspends.
const OUT: usize = 3;
/// The party that comes to vote.
const FIFTH: usize = 4;
const FIFTH_SLUG: &str = "barge-carrier";

/// Running nodes, and the receipts that were given so far.
struct Scene {
    fleet: Fleet,
    clients: Vec<Client>,
    folder: tempfile::TempDir,
    receipts: Vec<PathBuf>,
}

/// What an entry came to: its receipt, or the number of the rule that refused it.
type Answered = Result<VerifiedReceipt, u64>;

impl Scene {
    async fn open(plan: Plan) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let exe = Path::new(env!("CARGO_BIN_EXE_countersign"));
        let home = folder.path().join("network");
        let mut fleet = Fleet::found(exe, plan, &home).unwrap();
        fleet.start_all().await.unwrap();
        let clients = fleet.nodes().iter().map(|n| Client::new(&n.url).unwrap()).collect();
        for (node, slug) in fleet.nodes().iter().zip(VOTERS) {
            assert_eq!(node.slug, slug);
        }
        Self { fleet, clients, folder, receipts: Vec::new() }
    }

    /// The id of a party by its short name.
    fn id(slug: &str) -> String {
        let plan = sample::pearl_river().unwrap();
        plan.parties.into_iter().find(|p| p.slug == slug).unwrap().id
    }

    /// Submits through the first node, whose party is never voted on here.
    async fn record(&mut self, who: &str, reference: &str, action: DraftAction) -> Answered {
        let genesis = self.fleet.genesis().clone();
        let key = self.folder.path().join("network").join(who).join("keys/entry.pem");
        let key = Box::new(keyfile::load(&key, None).unwrap());
        let client = Client::new(&self.fleet.nodes()[0].url).unwrap();
        let party = countersign_client::party::Party::new(genesis, client, key);
        let draft = Draft::of(reference, now_ms(), action);
        let id = party.sign(&draft).unwrap().id();
        match party.record(&draft).await {
            Ok(receipt) => {
                let file = self.folder.path().join(format!("{who}-{reference}.receipt"));
                fs::write(&file, party.client().receipt(&id, false).await.unwrap()).unwrap();
                self.receipts.push(file);
                Ok(receipt)
            }
            Err(NotFinal::Client(ClientFault::Problem(no))) if no.rule().is_some() => {
                Err(no.rule().unwrap())
            }
            Err(other) => panic!("{who} {reference}: {other}"),
        }
    }

    /// An entry of every day.
    async fn file(&mut self, reference: &str) -> VerifiedReceipt {
        let body = json!({ "name": "PEARL STAR", "line_mark": "trunk", "voyages": [reference] });
        let action = DraftAction::new("combined_port", "conveyance_filing", "ship:UN9912347", body);
        self.record("ship-agent", reference, action).await.unwrap()
    }

    /// One customs office alone suspends or reinstates a party.
    async fn switch(&mut self, kind: &str, slug: &str, reference: &str) -> Answered {
        let subject = format!("party:{}", Self::id(slug));
        let action = DraftAction::new("membership", kind, &subject, json!({ "reason": "a test" }));
        self.record("shunde-customs", reference, action).await
    }

    /// Proposes a change for some heights ahead, lets these approve, and works on until it is in
    /// force; the height.
    async fn carries(&mut self, name: &str, change: Value, approve: &[&str]) -> u64 {
        let height = self.propose(name, change).await;
        self.approved(name, approve).await;
        self.works_until(name, height).await;
        height
    }

    async fn propose(&mut self, name: &str, change: Value) -> u64 {
        let height = self.height(0).await + 15;
        let body = json!({ "change": change, "effective_height": height, "reason": "a test" });
        let subject = format!("proposal:{name}");
        let action = DraftAction::new("membership", "propose", &subject, body);
        self.record(VOTERS[0], &format!("propose-{name}"), action).await.unwrap();
        height
    }

    async fn approved(&mut self, name: &str, by: &[&str]) {
        for who in by {
            let subject = format!("proposal:{name}");
            let action = DraftAction::new("membership", "approve", &subject, json!({}));
            self.record(who, &format!("approve-{name}"), action).await.unwrap();
        }
    }

    /// Entries of every day until a height has come.
    async fn works_until(&mut self, name: &str, height: u64) {
        for n in 0.. {
            if self.height(0).await >= height {
                return;
            }
            self.file(&format!("{name}-{n}")).await;
        }
    }

    async fn status(&self, i: usize) -> Value {
        self.clients[i].json("/v1/status").await.unwrap()
    }

    async fn height(&self, i: usize) -> u64 {
        self.status(i).await["height"].as_u64().unwrap()
    }

    async fn validators(&self) -> Vec<Value> {
        self.status(0).await["validators"].as_array().unwrap().clone()
    }

    async fn stage(&self, name: &str) -> String {
        let path = format!("/v1/subjects/membership/proposal:{name}");
        self.clients[0].json(&path).await.unwrap()["state"]["stage"].as_str().unwrap().to_owned()
    }

    /// Whether a node has a connection to a party's.
    async fn sees(&self, i: usize, slug: &str) -> bool {
        let status = self.status(i).await;
        status["consensus"]["connected"].as_array().unwrap().contains(&json!(Self::id(slug)))
    }

    /// Works on until a batch carries the signature of a key.
    async fn signs(&mut self, name: &str, kid: Digest) {
        let work = async {
            for n in 0.. {
                self.file(&format!("{name}-signs-{n}")).await;
                let receipt = fs::read(self.receipts.last().unwrap()).unwrap();
                if signers(&receipt).contains(&kid) {
                    return;
                }
            }
        };
        patiently(&format!("{name} signs"), work).await;
    }

    async fn has_caught_up(&self, i: usize) {
        let height = self.height(0).await;
        patiently("a node has caught up", async {
            while self.height(i).await < height {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        })
        .await;
    }

    /// Every receipt so far verifies offline, from the founding document alone.
    fn all_receipts_verify(&self) {
        for file in &self.receipts {
            verify(self.fleet.genesis(), &fs::read(file).unwrap()).unwrap();
            let file = file.to_str().unwrap();
            let genesis = self.fleet.genesis_file().to_str().unwrap();
            let output = countersign(&["verify", file, "--genesis", genesis]);
            assert!(output.status.success(), "{}", said(&output));
        }
    }

    fn home(&self, i: usize) -> PathBuf {
        self.fleet.nodes()[i].home.clone()
    }

    /// Makes a validator key for a node, in a file of its own; its thumbprint.
    fn make_key(&self, i: usize, name: &str) -> Digest {
        let key = keyfile::generate().unwrap();
        keyfile::write(&self.home(i).join("keys").join(name), &key, None).unwrap();
        key.public().thumbprint()
    }

    /// The change by which a node votes, as its operator prints it on its machine.
    fn change_of(&self, i: usize, slug: &str, key: &str) -> Value {
        let keys = self.home(i).join("keys");
        let (network, validator) = (keys.join("network.pem"), keys.join(key));
        let output = countersign(&[
            "membership",
            "node",
            "--party",
            &Self::id(slug),
            "--network-key",
            network.to_str().unwrap(),
            "--validator-key",
            validator.to_str().unwrap(),
            "--power",
            "1",
        ]);
        assert!(output.status.success(), "{}", said(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

fn countersign(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_countersign"))
        .args(arguments)
        .env_remove("COUNTERSIGN_PASSPHRASE")
        .env_remove("COUNTERSIGN_GENESIS")
        .output()
        .unwrap()
}

fn said(output: &Output) -> String {
    let (out, err) = (&output.stdout, &output.stderr);
    format!("{}{}", String::from_utf8_lossy(out), String::from_utf8_lossy(err))
}

/// The keys that signed the batch of a receipt.
fn signers(receipt: &[u8]) -> Vec<Digest> {
    let receipt = Receipt::parse(receipt).unwrap();
    receipt.commit.signatures.iter().map(|s| s.kid).collect()
}

async fn patiently<F: Future<Output = ()>>(what: &str, wait: F) {
    assert!(tokio::time::timeout(PATIENCE, wait).await.is_ok(), "never came true: {what}");
}

/// The sample network, with a follower of the barge carrier beside the four that vote.
fn with_a_follower() -> Plan {
    let mut plan = sample::pearl_river().unwrap();
    let carrier = plan.parties.iter_mut().find(|p| p.slug == FIFTH_SLUG).unwrap();
    let here = std::net::Ipv4Addr::LOCALHOST.into();
    carrier.node = Some(PlannedNode { power: 0, host: here, operator_only: false });
    plan
}

/// The dry run shows the arithmetic of a vote and stores nothing.
async fn the_dry_run_shows_the_arithmetic(scene: &Scene, change: &Value) {
    let key = scene.home(0).join("keys/entry.pem");
    let height = (scene.height(0).await + 100).to_string();
    let propose = |change: &str| {
        countersign(&[
            "membership",
            "propose",
            "dry",
            "--change",
            change,
            "--height",
            &height,
            "--reason",
            "a question",
            "--key",
            key.to_str().unwrap(),
            "--dry-run",
            "--node",
            &scene.fleet.nodes()[0].url,
        ])
    };
    let would = propose(&change.to_string());
    assert!(would.status.success(), "{}", said(&would));
    let text = said(&would);
    assert!(text.contains("approved by 1 of 4, 3 needed"), "{text}");
    assert!(text.contains("voting power 4 before, 5 after, of which 4 stays"), "{text}");
    let mut heavy = change.clone();
    heavy["set_node"]["node"]["power"] = json!(2);
    let refused = propose(&heavy.to_string());
    assert_eq!(refused.status.code(), Some(1), "{}", said(&refused));
    let text = said(&refused);
    assert!(text.starts_with("229 ") && text.contains("of 4 before and 6 after"), "{text}");
    assert!(scene.clients[0].json("/v1/subjects/membership/proposal:dry").await.is_err());
}

/// The node that is to vote has no ledger, and takes one from a node that runs, as people type it.
async fn begun_from_a_snapshot(scene: &mut Scene) {
    fs::remove_dir_all(scene.home(FIFTH).join("data/ledger")).unwrap();
    fs::remove_dir_all(scene.home(FIFTH).join("data/consensus")).unwrap();
    let file = scene.folder.path().join("ledger.snapshot");
    let (file, to) = (file.to_str().unwrap(), scene.home(FIFTH));
    let (from, to) = (scene.home(0), to.to_str().unwrap());
    let made = countersign(&["snapshot", "create", "--home", from.to_str().unwrap(), "-o", file]);
    assert!(made.status.success(), "{}", said(&made));
    let mut bad = fs::read(file).unwrap();
    let middle = bad.len() / 2;
    bad[middle] ^= 1;
    let spoilt = format!("{file}.spoilt");
    fs::write(&spoilt, bad).unwrap();
    let refused = countersign(&["snapshot", "restore", &spoilt, "--home", to]);
    assert_eq!(refused.status.code(), Some(1), "{}", said(&refused));
    assert!(said(&refused).contains("not restored"), "{}", said(&refused));
    let restored = countersign(&["snapshot", "restore", file, "--home", to]);
    assert!(restored.status.success(), "{}", said(&restored));
    assert!(said(&restored).contains("entries/s"), "{}", said(&restored));
    let again = countersign(&["snapshot", "restore", file, "--home", to]);
    assert_eq!(again.status.code(), Some(2), "{}", said(&again));

    scene.fleet.start(FIFTH).await.unwrap();
    scene.has_caught_up(FIFTH).await;
    let first = scene.status(FIFTH).await["first_height"].as_u64().unwrap();
    assert!(first > 1, "{first}");
    let no = scene.clients[FIFTH].json("/v1/batches/1").await.unwrap_err().to_string();
    assert!(no.contains("Ask a node that keeps all of them"), "{no}");
}

/// Who has followed the changes needs none of them in a receipt, and nobody else can do without.
fn short_receipts_hold_for_who_has_followed(scene: &Scene) {
    let file = scene.folder.path().join("who-votes");
    let short = scene.folder.path().join("short.receipt");
    let (file, short) = (file.to_str().unwrap(), short.to_str().unwrap());
    let genesis = scene.fleet.genesis_file().to_str().unwrap();
    let url = &scene.fleet.nodes()[0].url;
    let follow = ["membership", "follow", "--genesis", genesis, "--trusted", file, "--node", url];
    let followed = countersign(&follow);
    assert!(said(&followed).starts_with("3 changes followed"), "{}", said(&followed));
    let again = countersign(&follow);
    assert!(said(&again).starts_with("0 changes followed"), "{}", said(&again));

    // Between the last two changes: after the last, the founders vote alone again.
    let mut all = scene.receipts.iter().map(|r| Receipt::parse(&fs::read(r).unwrap()).unwrap());
    let between = all.rfind(|receipt| receipt.links.len() == 2).unwrap();
    let id = between.statement().unwrap().unwrap().id().to_string();
    let since = between.links[1].commit.header.height.to_string();
    let get = ["receipt", "get", &id, "-o", short, "--since", &since, "--node", url];
    let got = countersign(&get);
    assert!(got.status.success(), "{}", said(&got));
    assert_eq!(Receipt::parse(&fs::read(short).unwrap()).unwrap().links.len(), 0);
    let check = ["verify", short, "--genesis", genesis];
    let unknown = countersign(&check);
    assert_eq!(unknown.status.code(), Some(1), "{}", said(&unknown));
    // What is trusted must not be newer than the proof: then the founders are all there is.
    let late = countersign(&[&check[..], &["--trusted", file]].concat());
    assert_eq!(late.status.code(), Some(1), "{}", said(&late));
    let until = between.commit.header.height.to_string();
    fs::remove_file(file).unwrap();
    let followed = countersign(&[&follow[..], &["--until", &until]].concat());
    assert!(said(&followed).starts_with("2 changes followed"), "{}", said(&followed));
    let known = countersign(&[&check[..], &["--trusted", file]].concat());
    assert!(known.status.success(), "{}", said(&known));
}

/// A node that has pruned nearly everything still has every change, and gives whole receipts.
async fn the_changes_outlive_old_batches(scene: &mut Scene) {
    let newest = scene.receipts.last().unwrap().clone();
    scene.fleet.kill(1).await.unwrap();
    let home = scene.home(1);
    let newest = Receipt::parse(&fs::read(newest).unwrap()).unwrap();
    let before = newest.commit.header.height.to_string();
    let home = home.to_str().unwrap();
    let pruned = countersign(&["prune", "--home", home, "--before", &before]);
    assert!(pruned.status.success(), "{}", said(&pruned));
    scene.fleet.start(1).await.unwrap();
    let file = scene.folder.path().join("who-votes-pruned");
    let genesis = scene.fleet.genesis_file().to_str().unwrap();
    let followed = countersign(&[
        "membership",
        "follow",
        "--genesis",
        genesis,
        "--trusted",
        file.to_str().unwrap(),
        "--node",
        &scene.fleet.nodes()[1].url,
    ]);
    assert!(said(&followed).starts_with("3 changes followed"), "{}", said(&followed));
    let id = newest.statement().unwrap().unwrap().id();
    let again = scene.clients[1].receipt(&id, false).await.unwrap();
    assert_eq!(Receipt::parse(&again).unwrap().links.len(), newest.links.len());
    verify(scene.fleet.genesis(), &again).unwrap();
}

/// The commands of the runbook, as people type them.
async fn voted_out_by_hand(scene: &mut Scene) {
    let node = scene.change_of(FIFTH, FIFTH_SLUG, "validator.pem")["set_node"]["node"].clone();
    let network_key = &node["network_key"];
    let party = Scene::id(FIFTH_SLUG);
    let change = json!({ "remove_node": { "party": party, "network_key": network_key } });
    let height = scene.height(0).await + 15;
    let url = scene.fleet.nodes()[0].url.clone();
    let vote = |who: usize, arguments: &[&str]| {
        let key = scene.home(who).join("keys/entry.pem");
        let hand = ["--key", key.to_str().unwrap(), "--node", &url];
        let output = countersign(&[&["membership"], arguments, &hand].concat());
        assert!(output.status.success(), "{}", said(&output));
    };
    let (change, at) = (change.to_string(), height.to_string());
    vote(0, &["propose", "out", "--change", &change, "--height", &at, "--reason", "it moves"]);
    vote(1, &["approve", "out"]);
    vote(2, &["approve", "out"]);
    let shown = said(&countersign(&["membership", "show", "--node", &url]));
    let missing = [Scene::id(VOTERS[OUT]), party].join(", ");
    assert!(shown.contains("voting power 5, 4 decide, 1 may fail"), "{shown}");
    assert!(
        shown.contains(&format!("approved by 3 of 5, 4 needed; not yet: {missing}")),
        "{shown}"
    );
    vote(OUT, &["approve", "out"]);
    scene.works_until("out", height).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fifth_validator_is_voted_in_rotates_its_key_and_is_voted_out() {
    let mut scene = Scene::open(with_a_follower()).await;
    scene.file("BEFORE").await;

    // It begins from a snapshot, and has its key before it votes: it follows until the height comes.
    let first = scene.make_key(FIFTH, "validator.pem");
    scene.fleet.kill(FIFTH).await.unwrap();
    begun_from_a_snapshot(&mut scene).await;
    let change = scene.change_of(FIFTH, FIFTH_SLUG, "validator.pem");
    the_dry_run_shows_the_arithmetic(&scene, &change).await;
    let joined = scene.propose("join", change).await;
    scene.approved("join", &VOTERS[1..2]).await;
    assert_eq!(scene.validators().await.len(), 4);
    scene.approved("join", &VOTERS[2..3]).await;
    scene.works_until("join", joined).await;
    assert_eq!(scene.stage("join").await, "enacted");
    assert_eq!(scene.validators().await.len(), 5);
    scene.signs("first", first).await;

    // The new key is in place before its height, and the network goes on with the other four.
    let second = scene.make_key(FIFTH, "next.pem");
    let change = scene.change_of(FIFTH, FIFTH_SLUG, "next.pem");
    let rotated = scene.propose("rotate", change).await;
    scene.approved("rotate", &VOTERS[1..]).await;
    scene.fleet.kill(FIFTH).await.unwrap();
    let keys = scene.home(FIFTH).join("keys");
    fs::rename(keys.join("validator.pem"), keys.join("old.pem")).unwrap();
    fs::rename(keys.join("next.pem"), keys.join("validator.pem")).unwrap();
    scene.fleet.start(FIFTH).await.unwrap();
    scene.works_until("rotate", rotated).await;
    assert_eq!(scene.stage("rotate").await, "enacted");
    scene.signs("second", second).await;
    for file in &scene.receipts {
        let receipt = Receipt::parse(&fs::read(file).unwrap()).unwrap();
        let (height, signers) = (receipt.commit.header.height, signers(&fs::read(file).unwrap()));
        assert!(height < rotated || !signers.contains(&first), "the old key signs at {height}");
        assert!(height >= rotated || !signers.contains(&second), "the new key signs at {height}");
        assert!(height >= joined || !signers.contains(&first), "signed before it joined: {height}");
    }

    voted_out_by_hand(&mut scene).await;
    assert_eq!(scene.stage("out").await, "enacted");
    assert_eq!(scene.validators().await.len(), 4);
    patiently("nobody is connected to the node that left", async {
        while scene.sees(0, FIFTH_SLUG).await || scene.sees(1, FIFTH_SLUG).await {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await;
    scene.file("AFTER").await;
    for i in 1..4 {
        scene.has_caught_up(i).await;
    }
    assert!(roots_equal(&scene.clients[..4]).await.unwrap());

    // The set of validators has changed three times since the first of these was given.
    short_receipts_hold_for_who_has_followed(&scene);
    the_changes_outlive_old_batches(&mut scene).await;
    scene.fleet.kill_all().await.unwrap();
    scene.all_receipts_verify();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_validator_is_suspended_and_reinstated_by_a_vote_alone() {
    let mut scene = Scene::open(sample::pearl_river().unwrap()).await;
    scene.file("BEFORE").await;
    let slug = VOTERS[OUT];
    assert_eq!(scene.switch("suspend", slug, "alone").await.unwrap_err(), 217);
    let stand = |kind: &str| json!({ kind: { "party": Scene::id(slug) } });
    scene.carries("suspend", stand("suspend"), &VOTERS[1..3]).await;
    patiently("nobody is connected to the suspended party's node", async {
        while scene.sees(0, slug).await || scene.sees(1, slug).await || scene.sees(2, slug).await {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await;

    // The network goes on with three, and the fourth hears nothing of it.
    let stays_at = scene.height(OUT).await;
    for reference in ["DURING-1", "DURING-2", "DURING-3"] {
        assert_eq!(scene.file(reference).await.header().signers().len(), 3);
    }
    assert_eq!(scene.validators().await.len(), 3);
    assert_eq!(scene.height(OUT).await, stays_at);
    assert_eq!(scene.switch("reinstate", slug, "alone-2").await.unwrap_err(), 217);
    let mute = DraftAction::new("membership", "approve", "proposal:suspend", json!({}));
    assert_eq!(scene.record(slug, "mute", mute).await.unwrap_err(), 105);

    scene.carries("reinstate", stand("reinstate"), &VOTERS[1..3]).await;
    assert_eq!(scene.validators().await.len(), 4);
    let key = keyfile::load(&scene.home(OUT).join("keys/validator.pem"), None).unwrap();
    scene.signs("back", key.public().thumbprint()).await;
    scene.has_caught_up(OUT).await;
    assert!(roots_equal(&scene.clients).await.unwrap());
    scene.fleet.kill_all().await.unwrap();
    scene.all_receipts_verify();
}

/// A network under the first version of the rules.
fn under_the_first_rules() -> Plan {
    let mut plan = sample::pearl_river().unwrap();
    plan.rules = 1;
    plan.parameters.insert("membership.rules".into(), 1);
    plan
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rules_go_up_at_a_height_and_old_batches_replay_under_their_own() {
    let mut scene = Scene::open(under_the_first_rules()).await;
    let slug = VOTERS[OUT];
    // Under version 1 one office alone suspends a party that votes.
    scene.switch("suspend", slug, "alone").await.unwrap();
    scene.switch("reinstate", slug, "alone-2").await.unwrap();
    // This node will meet both versions when it comes back.
    scene.fleet.kill(OUT).await.unwrap();
    let sla = "combined_port.hold_response_ms";
    let change = json!({ "set_parameters": { "parameters": [{ "name": sla, "value": 7 }] } });
    let set = scene.carries("sla", change, &VOTERS[1..3]).await;
    for (at, counts) in [(set - 2, false), (set - 1, true)] {
        let path = format!("/v1/subjects/membership/parameters?at={at}");
        let parameters = scene.clients[0].json(&path).await.unwrap();
        assert_eq!(parameters["state"][sla] == json!(7), counts, "after the batch of {at}");
    }
    let rules = json!({ "set_rules": { "version": 2 } });
    let since = scene.carries("rules-2", rules, &VOTERS[1..3]).await;
    for (height, version) in [(since - 1, 1), (since, 2)] {
        let batch = scene.clients[0].json(&format!("/v1/batches/{height}")).await.unwrap();
        assert_eq!(batch["header"]["rules"], version, "at {height}");
    }
    assert_eq!(scene.switch("suspend", slug, "alone-3").await.unwrap_err(), 217);
    scene.fleet.start(OUT).await.unwrap();
    scene.has_caught_up(OUT).await;
    assert!(roots_equal(&scene.clients).await.unwrap());

    // What a vote has set is there after a restart of all.
    scene.fleet.kill_all().await.unwrap();
    scene.fleet.start_all().await.unwrap();
    assert_eq!(scene.status(0).await["rules"], 2);
    assert_eq!(scene.switch("suspend", slug, "alone-4").await.unwrap_err(), 217);
    scene.all_receipts_verify();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_stops_before_rules_that_it_does_not_know_and_says_what_to_do() {
    let mut scene = Scene::open(sample::pearl_river().unwrap()).await;
    let next = scene.status(0).await["rules_known"].as_u64().unwrap() + 1;
    let height = scene.propose("next", json!({ "set_rules": { "version": next } })).await;
    let coming = json!({ "version": next, "height": height });
    assert_eq!(scene.status(0).await["rules_to_come"], coming);
    let why = load::names(&scene.fleet.nodes()[0].url, 0, "rules_unknown").await;
    assert!(why["what"].as_str().unwrap().contains(&next.to_string()), "{why}");
    scene.approved("next", &VOTERS[1..3]).await;
    // The batches up to the height come by themselves, the last one a heartbeat later.
    for n in 0..20 {
        let at = scene.clients[0].json("/v1/status").await;
        if at.is_err() || at.unwrap()["height"].as_u64().unwrap() + 2 >= height {
            break;
        }
        scene.file(&format!("work-{n}")).await;
    }
    let sentence = format!("from height {height} on the ledger is under version {next}");
    patiently("every node has stopped with the sentence", async {
        for node in scene.fleet.nodes() {
            while !node.end_of_log().contains(&format!("the node stopped: {sentence}")) {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    })
    .await;
    let why = load::names(&scene.fleet.nodes()[0].url, 2, "unreachable").await;
    assert!(why["remedy"].as_str().unwrap().contains("the end of its log says why"), "{why}");
    scene.fleet.kill_all().await.unwrap();
    let again = scene.fleet.start(0).await.unwrap_err().to_string();
    assert!(again.contains(&format!("countersign: {sentence}")), "{again}");
    assert!(again.contains("Install a newer countersign"), "{again}");
    scene.all_receipts_verify();
}
