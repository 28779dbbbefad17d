//! Keys while real nodes run: one key on two machines, crashes at any moment, a key that takes the
//! place of another, a key in a hardware module, a key that was stolen.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, missing_docs)]
#![allow(dead_code, reason = "the helpers serve several files")]

mod load;
#[path = "keys/scene.rs"]
mod scene;
#[path = "keys/tokens.rs"]
mod tokens;

use std::{fs, path::Path, process::Command, time::Duration};

use countersign_client::{
    cli::entry::now_ms,
    draft::{Draft, DraftAction},
};
use countersign_genesis::home::guard_file;
use countersign_record::{Digest, receipt::Receipt};
use serde_json::json;

use load::names;
use scene::{OURS, Scene, Spare, countersign, json_of, kid_of, said};

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

/// Other ports for a copy of a home; where its HTTP interface is then.
fn move_ports(home: &Path) -> String {
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
    format!("http://127.0.0.1:{}", port(&one))
}

#[tokio::test(flavor = "multi_thread")]
async fn of_one_home_on_two_machines_one_signs_and_the_other_says_why_not() {
    let mut scene = Scene::open().await;
    let kid = kid_of(&scene.home(OURS).join("keys/validator.pem"));
    scene.signs("before", kid).await;
    scene.fleet.kill(OURS).await.unwrap();
    let spare = scene.folder.path().join("spare");
    copy(scene.home(OURS), &spare);
    let spare_url = move_ports(&spare);
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
    let why = names(&spare_url, 0, "guard_silent").await;
    assert!(why["what"].as_str().unwrap().contains("a copy from another place"), "{why}");
    // The others go on and say so; so does the node that had the key all the time.
    for i in [0, OURS] {
        names(&scene.fleet.nodes()[i].url, 0, "moves").await;
    }
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
    let why = names(&scene.fleet.nodes()[OURS].url, 0, "guard_silent").await;
    assert!(why["what"].as_str().unwrap().contains("its record is not here"), "{why}");
    scene.signs("again", kid).await;
    scene.nobody_is_accused().await;
}

/// An older ledger is put back under a guard that knows what was signed since.
#[tokio::test(flavor = "multi_thread")]
async fn an_older_backup_under_a_kept_guard_catches_up_and_contradicts_nothing() {
    let mut scene = Scene::open().await;
    let kid = kid_of(&scene.home(OURS).join("keys/validator.pem"));
    scene.signs("before", kid).await;
    let home = scene.home(OURS).to_str().unwrap().to_owned();
    let copy = scene.folder.path().join("copy").to_str().unwrap().to_owned();
    let made = json_of(&["backup", "create", "--home", &home, "-o", &copy, "--json"]);
    let old = made["height"].as_u64().unwrap();
    for n in 0..6 {
        scene.file(&format!("since-{n}")).await;
    }
    scene.signs("kept", kid).await;
    scene.fleet.kill(OURS).await.unwrap();
    let guard = guard_file(&scene.home(OURS).join("data/guard"), &kid);
    let signed = fs::read(&guard).unwrap();
    // The journal goes as well: what it says belongs to the ledger that is gone.
    fs::remove_dir_all(scene.home(OURS).join("data/ledger")).unwrap();
    fs::remove_dir_all(scene.home(OURS).join("data/consensus")).unwrap();
    json_of(&["backup", "restore", &copy, "--home", &home, "--json"]);
    assert_eq!(fs::read(&guard).unwrap(), signed, "a backup has no say about what was signed");
    assert!(scene.height(0).await > old);
    scene.fleet.start(OURS).await.unwrap();
    scene.signs("again", kid).await;
    scene.nobody_is_accused().await;
    // From here on nothing is decided without it: the other two are too few.
    scene.fleet.kill(1).await.unwrap();
    for n in 0..3 {
        let receipt = scene.file(&format!("needed-{n}")).await;
        assert!(receipt.commit.signatures.iter().any(|s| s.kid == kid));
    }
    scene.nobody_is_accused_by(&[0, 2]).await;
    scene.fleet.start(1).await.unwrap();
    scene.all_agree().await;
    let log = scene.log(OURS);
    assert!(!log.contains("carries a signature of this node's key"), "{log}");
    scene.all_receipts_verify();
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_moment_under_load_no_honest_vote_is_refused() {
    let mut scene = Scene::open().await;
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
    scene.all_agree().await;
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
