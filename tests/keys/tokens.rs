//! Keys in a hardware module, here one of software.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use countersign_client::{
    cli::entry::now_ms,
    draft::{Draft, DraftAction},
};
use countersign_record::{Digest, receipt::Receipt};
use serde_json::{Value, json};

use super::scene::{OURS, Scene, Spare, countersign, kid_of, said};

const SOFTHSM: &str = "/usr/lib/softhsm/libsofthsm2.so";

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
