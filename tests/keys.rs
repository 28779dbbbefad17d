//! Keys while real nodes run: one key on two machines, crashes at any moment, a key that takes the
//! place of another, a key in a hardware module, a key that was stolen.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::{
    fs,
    io::Write as _,
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
use countersign_genesis::{home::guard_file, keyfile, sample};
use countersign_record::{Digest, keys::Signer as _, receipt::Receipt, verify::verify};
use serde_json::{Value, json};

/// Until when something must have happened that takes seconds on a fast machine.
const PATIENCE: Duration = Duration::from_secs(180);
const VOTERS: [&str; 4] = ["shunde-customs", "shekou-customs", "shunde-wharf", "shekou-wharf"];
/// The party whose keys this is about.
const OURS: usize = 3;
const SOFTHSM: &str = "/usr/lib/softhsm/libsofthsm2.so";

struct Scene {
    fleet: Fleet,
    clients: Vec<Client>,
    folder: tempfile::TempDir,
    receipts: Vec<PathBuf>,
}

impl Scene {
    fn found() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let exe = Path::new(env!("CARGO_BIN_EXE_countersign"));
        let home = folder.path().join("network");
        let fleet = Fleet::found(exe, sample::pearl_river().unwrap(), &home).unwrap();
        let clients = fleet.nodes().iter().map(|n| Client::new(&n.url).unwrap()).collect();
        Self { fleet, clients, folder, receipts: Vec::new() }
    }

    async fn open() -> Self {
        let mut scene = Self::found();
        scene.fleet.start_all().await.unwrap();
        scene
    }

    fn id(slug: &str) -> String {
        let plan = sample::pearl_river().unwrap();
        plan.parties.into_iter().find(|p| p.slug == slug).unwrap().id
    }

    fn home(&self, i: usize) -> &Path {
        &self.fleet.nodes()[i].home
    }

    /// Submits through the first node; its receipt is kept.
    async fn record(&mut self, who: &str, reference: &str, action: DraftAction) -> Receipt {
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
    async fn file(&mut self, reference: &str) -> Receipt {
        let body = json!({ "name": "PEARL STAR", "line_mark": "trunk", "voyages": [reference] });
        let action = DraftAction::new("combined_port", "conveyance_filing", "ship:UN9912347", body);
        self.record("ship-agent", reference, action).await
    }

    async fn status(&self, i: usize) -> Value {
        self.clients[i].json("/v1/status").await.unwrap()
    }

    async fn height(&self, i: usize) -> u64 {
        self.status(i).await["height"].as_u64().unwrap()
    }

    /// Works on until a batch carries the signature of a key.
    async fn signs(&mut self, name: &str, kid: Digest) {
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
    fn change_to(&self, key: &str) -> Vec<String> {
        let network = self.home(OURS).join("keys/network.pem");
        let (party, network) = (Self::id(VOTERS[OURS]), network.to_str().unwrap().to_owned());
        let node = ["membership", "node", "--party", &party, "--network-key", &network];
        let key = ["--validator-key", key, "--power", "1"];
        node.iter().chain(&key).map(|word| (*word).to_owned()).collect()
    }

    /// Brings a change in by a vote; the height.
    async fn votes_in(&mut self, name: &str, change: Value) -> u64 {
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
    async fn nobody_is_accused(&self) {
        for node in &self.fleet.nodes()[..OURS] {
            let metrics = reqwest::get(format!("{}/metrics", node.url)).await.unwrap();
            let metrics = metrics.text().await.unwrap();
            assert!(metrics.contains("countersign_evidence_total 0"), "{metrics}");
        }
    }

    fn log(&self, i: usize) -> String {
        fs::read_to_string(self.home(i).join("data/node.log")).unwrap()
    }

    fn all_receipts_verify(&self) {
        for file in &self.receipts {
            verify(self.fleet.genesis(), &fs::read(file).unwrap()).unwrap();
        }
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

fn json_of(arguments: &[&str]) -> Value {
    let output = countersign(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", said(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn kid_of(file: &Path) -> Digest {
    keyfile::load(file, None).unwrap().public().thumbprint()
}

async fn patiently<F: Future<Output = ()>>(what: &str, wait: F) {
    assert!(tokio::time::timeout(PATIENCE, wait).await.is_ok(), "never came true: {what}");
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        match entry.file_type().unwrap().is_dir() {
            true => copy(&entry.path(), &to.join(entry.file_name())),
            false => drop(fs::copy(entry.path(), to.join(entry.file_name())).unwrap()),
        }
    }
}

/// A node outside of the fleet, ended with this.
struct Spare(std::process::Child);

impl Spare {
    fn start(home: &Path, variables: &[(&str, &Path)]) -> Self {
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

/// Other ports for a copy of a home.
fn move_ports(home: &Path) {
    let free = || std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let (one, other) = (free(), free());
    let port = |l: &std::net::TcpListener| l.local_addr().unwrap().port();
    let file = home.join("config/node.toml");
    let text: String = fs::read_to_string(&file)
        .unwrap()
        .lines()
        .map(|line| match line.split(' ').next() {
            Some("api_listen") => format!("api_listen = \"127.0.0.1:{}\"\n", port(&one)),
            Some("p2p_listen") => {
                format!("p2p_listen = \"/ip4/127.0.0.1/tcp/{}\"\n", port(&other))
            }
            _ => format!("{line}\n"),
        })
        .collect();
    fs::write(file, text).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn of_one_home_on_two_machines_one_signs_and_the_other_says_why_not() {
    let mut scene = Scene::open().await;
    let kid = kid_of(&scene.home(OURS).join("keys/validator.pem"));
    scene.signs("before", kid).await;
    scene.fleet.kill(OURS).await.unwrap();
    let spare = scene.folder.path().join("spare");
    copy(scene.home(OURS), &spare);
    move_ports(&spare);
    scene.fleet.start(OURS).await.unwrap();

    // The same home once more: refused at once.
    let home = scene.home(OURS).to_str().unwrap().to_owned();
    let twice = countersign(&["node", "run", "--home", &home]);
    assert_eq!(twice.status.code(), Some(2));
    assert!(said(&twice).contains("another process already runs a node"), "{}", said(&twice));
    // Nor is a guard replaced under a running node.
    let reset = countersign(&["node", "reset-guard", "--home", &home]);
    assert_eq!(reset.status.code(), Some(2), "{}", said(&reset));

    // The copy, elsewhere. It has been at work longer than it takes to find out.
    let running = Spare::start(&spare, &[]);
    let log = || fs::read_to_string(spare.join("data/node.log")).unwrap();
    for n in 0..30 {
        scene.file(&format!("both-{n}")).await;
    }
    assert!(log().contains("double-sign guard: "), "{}", log());
    scene.nobody_is_accused().await;
    drop(running);
    // What is signed with this key is signed by the node that had it all the time.
    scene.signs("after", kid).await;
    assert!(!scene.log(OURS).contains("double-sign guard"), "{}", scene.log(OURS));
    scene.nobody_is_accused().await;
    scene.all_receipts_verify();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_whose_guard_is_lost_votes_again_when_it_is_safe() {
    let mut scene = Scene::open().await;
    let kid = kid_of(&scene.home(OURS).join("keys/validator.pem"));
    scene.signs("before", kid).await;
    scene.fleet.kill(OURS).await.unwrap();
    fs::remove_file(guard_file(&scene.home(OURS).join("data/guard"), &kid)).unwrap();
    fs::remove_dir_all(scene.home(OURS).join("data/consensus")).unwrap();
    scene.fleet.start(OURS).await.unwrap();
    let silence = scene.status(OURS).await["consensus"]["silence"].clone();
    assert!(silence.as_str().unwrap().starts_with("double-sign guard: "), "{silence}");
    scene.signs("again", kid).await;
    scene.nobody_is_accused().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_moment_under_load_no_honest_vote_is_refused() {
    let mut scene = Scene::open().await;
    let exe = Path::new(env!("CARGO_BIN_EXE_countersign"));
    assert!(exe.exists());
    for round in 0..8_u64 {
        scene.file(&format!("load-{round}")).await;
        // Somewhere in the next heights, another moment each time.
        let party = scene.fleet.parties(None).unwrap().remove("ship-agent").unwrap();
        let load = tokio::spawn(async move {
            for n in 0.. {
                let body = json!({ "name": "PEARL STAR", "line_mark": "trunk", "voyages": ["V"] });
                let action =
                    DraftAction::new("combined_port", "conveyance_filing", "ship:UN9912347", body);
                let draft = Draft::of(format!("heap-{round}-{n}"), now_ms(), action);
                if party.record(&draft).await.is_err() {
                    return;
                }
            }
        });
        tokio::time::sleep(Duration::from_millis(150 + 37 * round)).await;
        scene.fleet.kill_all().await.unwrap();
        load.abort();
        scene.fleet.start_all().await.unwrap();
    }
    scene.file("after").await;
    for i in 0..4 {
        let log = scene.log(i);
        assert!(!log.contains("is not signed") && !log.contains("double-sign guard"), "{log}");
    }
    let wanted = scene.height(0).await;
    patiently("all have caught up", async {
        for i in 0..4 {
            while scene.height(i).await < wanted {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    })
    .await;
    assert!(roots_equal(&scene.clients).await.unwrap());
    scene.all_receipts_verify();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_validator_key_is_replaced_while_its_node_runs() {
    let mut scene = Scene::open().await;
    let first = kid_of(&scene.home(OURS).join("keys/validator.pem"));
    scene.signs("first", first).await;
    let home = scene.home(OURS).to_str().unwrap().to_owned();
    let made = json_of(&["node", "next-key", "--home", &home, "--unencrypted", "--json"]);
    let file = made["file"].as_str().unwrap().to_owned();
    let second: Digest = serde_json::from_value(made["kid"].clone()).unwrap();
    let again = countersign(&["node", "next-key", "--home", &home, "--unencrypted"]);
    assert!(said(&again).contains("is not overwritten"), "{}", said(&again));

    let pid = scene.fleet.pid(OURS);
    let change = scene.change_to(&file);
    let change = json_of(&change.iter().map(String::as_str).collect::<Vec<_>>());
    let height = scene.votes_in("rotate", change).await;
    scene.signs("second", second).await;
    assert_eq!(scene.fleet.pid(OURS), pid, "it is the same process");
    for file in &scene.receipts {
        let receipt = Receipt::parse(&fs::read(file).unwrap()).unwrap();
        let at = receipt.commit.header.height;
        let signed = |kid| receipt.commit.signatures.iter().any(|s| s.kid == kid);
        assert!(at < height || !signed(first), "the old key signs at {at}");
        assert!(at >= height || !signed(second), "the new key signs at {at}");
    }
    scene.nobody_is_accused().await;

    // The new key takes the old one's name, and the old one is gone.
    scene.fleet.kill(OURS).await.unwrap();
    fs::rename(&file, scene.home(OURS).join("keys/validator.pem")).unwrap();
    scene.fleet.start(OURS).await.unwrap();
    scene.signs("renamed", second).await;
    scene.all_receipts_verify();
}

/// A token of its own for a test; none where there is no SoftHSM.
struct Token {
    folder: PathBuf,
}

impl Token {
    fn make(folder: &Path) -> Option<Self> {
        let conf = folder.join("softhsm2.conf");
        fs::create_dir_all(folder.join("tokens")).unwrap();
        fs::write(&conf, format!("directories.tokendir = {}\n", folder.join("tokens").display()))
            .unwrap();
        fs::write(folder.join("pin"), "1234\n").unwrap();
        let token = Self { folder: folder.to_path_buf() };
        let made = Command::new("softhsm2-util")
            .args(["--init-token", "--free", "--label", "port", "--pin", "1234"])
            .args(["--so-pin", "5678"])
            .env("SOFTHSM2_CONF", &conf)
            .output();
        if !made.is_ok_and(|o| o.status.success()) || !Path::new(SOFTHSM).exists() {
            // Past the test harness, so that it is seen.
            let _unseen = writeln!(
                std::io::stderr(),
                "SKIPPED: keys in a hardware module need SoftHSM (apt-get install softhsm2)"
            );
            return None;
        }
        Some(token)
    }

    fn uri(&self, object: &str) -> String {
        let pin = self.folder.join("pin");
        format!(
            "pkcs11:token=port;object={object}?module-path={SOFTHSM}&pin-source=file:{}",
            pin.display()
        )
    }

    /// The command line, with this token's configuration.
    fn countersign(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_countersign"))
            .args(arguments)
            .env("SOFTHSM2_CONF", self.folder.join("softhsm2.conf"))
            .env_remove("COUNTERSIGN_PASSPHRASE")
            .output()
            .unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_party_signs_with_a_key_in_a_hardware_module_and_the_old_one_is_worth_nothing() {
    let mut scene = Scene::open().await;
    let Some(token) = Token::make(&scene.folder.path().join("hsm")) else { return };
    let ok = |arguments: &[&str]| {
        let output = token.countersign(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", said(&output));
        output
    };
    scene.file("with-the-old-key").await;
    let uri = token.uri("entry");
    let made = ok(&["key", "new", "--output", &uri, "--json"]);
    let shown = ok(&["key", "show", &uri, "--json"]);
    assert_eq!(made.stdout, shown.stdout);
    let taken = token.countersign(&["key", "new", "--output", &uri]);
    assert!(said(&taken).contains("already"), "{}", said(&taken));

    // The old key was stolen: the party puts the token's in its place.
    let url = scene.fleet.nodes()[0].url.clone();
    let party = Scene::id("ship-agent");
    let old = scene.folder.path().join("network/ship-agent/keys/entry.pem");
    let old = old.to_str().unwrap();
    ok(&["key", "rotate", "--party", &party, "--key", old, "--new", &uri, "--node", &url]);

    let draft = scene.folder.path().join("draft.json");
    let body = json!({ "name": "PEARL STAR", "line_mark": "trunk", "voyages": ["HSM"] });
    let action = DraftAction::new("combined_port", "conveyance_filing", "ship:UN9912347", body);
    let written = serde_json::to_string(&Draft::of("hsm-1", now_ms(), action)).unwrap();
    fs::write(&draft, written).unwrap();
    let draft = draft.to_str().unwrap();
    let stolen = countersign(&["entry", "submit", draft, "--key", old, "--node", &url]);
    assert_eq!(stolen.status.code(), Some(1), "{}", said(&stolen));
    ok(&["entry", "submit", draft, "--key", &uri, "--node", &url]);
    // What the old key signed before stands.
    scene.all_receipts_verify();

    for (uri, why) in [
        (uri.replace("object=entry", "object=nobody"), "expected one"),
        (uri.replace("token=port", "token=other"), "0 tokens of this name"),
        (uri.replace("libsofthsm2", "nothing"), "fails"),
        (uri.split('&').next().unwrap().to_owned(), "needs its PIN"),
    ] {
        let no = token.countersign(&["key", "show", &uri]);
        assert_eq!(no.status.code(), Some(2), "{uri}");
        assert!(said(&no).contains(why), "{uri}: {}", said(&no));
    }
    fs::write(token.folder.join("pin"), "4321\n").unwrap();
    let no = token.countersign(&["key", "show", &uri]);
    assert!(said(&no).contains("does not take the PIN"), "{}", said(&no));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_validator_votes_with_a_key_in_a_hardware_module() {
    let mut scene = Scene::open().await;
    let Some(token) = Token::make(&scene.folder.path().join("hsm")) else { return };
    let uri = token.uri("validator");
    let made = token.countersign(&["key", "new", "--output", &uri, "--json"]);
    assert!(made.status.success(), "{}", said(&made));
    let made: Value = serde_json::from_slice(&made.stdout).unwrap();
    let kid: Digest = serde_json::from_value(made["kid"].clone()).unwrap();
    let change = scene.change_to(&uri);
    let change = token.countersign(&change.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(change.status.success(), "{}", said(&change));
    let change = serde_json::from_slice(&change.stdout).unwrap();

    scene.fleet.kill(OURS).await.unwrap();
    let home = scene.home(OURS).to_path_buf();
    let file = home.join("config/node.toml");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, format!("{text}\nvalidator_keys = [\"{uri}\"]\n")).unwrap();
    let _node = Spare::start(&home, &[("SOFTHSM2_CONF", &token.folder.join("softhsm2.conf"))]);
    let old = kid_of(&home.join("keys/validator.pem"));
    scene.signs("old", old).await;
    let height = scene.votes_in("token", change).await;
    scene.signs("token", kid).await;
    let last = Receipt::parse(&fs::read(scene.receipts.last().unwrap()).unwrap()).unwrap();
    assert!(last.commit.header.height >= height);
    scene.nobody_is_accused().await;
    scene.all_receipts_verify();
}

#[test]
fn a_passphrase_comes_from_a_credential_of_the_unit() {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("key.pem");
    let key = key.to_str().unwrap();
    let secrets = folder.path().join("credentials");
    fs::create_dir(&secrets).unwrap();
    fs::write(secrets.join("passphrase"), "correct horse\n").unwrap();
    fs::write(secrets.join("other"), "wrong\n").unwrap();
    let run = |credentials: Option<&Path>, arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
        command.args(arguments).env_remove("COUNTERSIGN_PASSPHRASE");
        match credentials {
            Some(folder) => command.env("CREDENTIALS_DIRECTORY", folder),
            None => command.env_remove("CREDENTIALS_DIRECTORY"),
        };
        let output = command.output().unwrap();
        (output.status.code().unwrap(), said(&output))
    };
    let with = |name: &'static str| ["--passphrase-credential", name];
    let here = Some(secrets.as_path());
    let (code, text) =
        run(here, &[&["key", "new", "--output", key][..], &with("passphrase")].concat());
    assert_eq!(code, 0, "{text}");
    assert!(fs::read_to_string(key).unwrap().contains("ENCRYPTED"));
    let show = |name| [&["key", "show", key][..], &with(name)].concat();
    for (credentials, name, code, why) in [
        (here, "passphrase", 0, "kid "),
        (here, "other", 2, "does not open"),
        (here, "nothing", 2, "no credential 'nothing'"),
        (here, "../key.pem", 2, "is no name of a credential"),
        (None, "passphrase", 2, "there is no CREDENTIALS_DIRECTORY"),
    ] {
        let (found, text) = run(credentials, &show(name));
        assert_eq!(found, code, "{name}: {text}");
        assert!(text.contains(why), "{name}: {text}");
    }
    // Without it the key is closed, and the file of a person works as before.
    let (code, text) = run(None, &["key", "show", key]);
    assert_eq!((code, text.contains("needs its passphrase")), (2, true), "{text}");
    let file = secrets.join("passphrase");
    let file = ["--passphrase-file", file.to_str().unwrap()];
    let (code, text) = run(None, &[&["key", "show", key][..], &file].concat());
    assert_eq!(code, 0, "{text}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        for (mode, code, why) in [
            (0o600, 0, "kid "),
            (0o640, 0, "may be read by others on this machine"),
            (0o644, 2, "may be used by everybody on this machine"),
        ] {
            fs::set_permissions(key, fs::Permissions::from_mode(mode)).unwrap();
            let (found, text) = run(here, &show("passphrase"));
            assert_eq!(found, code, "{mode:o}: {text}");
            assert!(text.contains(why), "{mode:o}: {text}");
        }
    }
}
