//! The command line as its users meet it: exit codes, files, wrong input.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use countersign::fleet::Fleet;
use countersign_genesis::sample;
use serde_json::{Value, json};

fn countersign(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_countersign"))
        .args(arguments)
        .env_remove("COUNTERSIGN_PASSPHRASE")
        .env_remove("COUNTERSIGN_GENESIS")
        .output()
        .unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn said(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

fn json_of(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", said(output)))
}

#[test]
fn a_network_is_founded_once_and_its_keys_need_a_passphrase() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("network");
    let out = out.to_str().unwrap();
    let refused = countersign(&["network", "init", "--output", out]);
    assert_eq!(code(&refused), 2);
    assert!(said(&refused).contains("passphrase"));

    let secret = folder.path().join("passphrase");
    fs::write(&secret, "correct horse\n").unwrap();
    let secret = secret.to_str().unwrap();
    let founded =
        countersign(&["network", "init", "--json", "--output", out, "--passphrase-file", secret]);
    assert_eq!(code(&founded), 0, "{}", said(&founded));
    let founded = json_of(&founded);
    let again = countersign(&["network", "init", "--output", out, "--passphrase-file", secret]);
    assert_eq!(code(&again), 2);
    assert!(said(&again).contains("not empty"));

    let genesis = format!("{out}/genesis.json");
    let id = json_of(&countersign(&["network", "id", &genesis, "--json"]));
    assert_eq!(id["network"], founded["network"]);

    let key = format!("{out}/shunde-wharf/keys/entry.pem");
    let closed = countersign(&["key", "show", &key]);
    assert_eq!(code(&closed), 2);
    assert!(said(&closed).contains("passphrase"));
    let open = countersign(&["key", "show", &key, "--passphrase-file", secret, "--json"]);
    assert_eq!(json_of(&open)["key"].as_str().unwrap().len(), 64);
}

#[test]
fn misuse_is_exit_code_two_with_a_sentence() {
    for arguments in [
        vec!["verify", "/nowhere.receipt", "--genesis", "/nowhere.json"],
        vec!["show", "status", "--node", "http://127.0.0.1:1"],
        vec!["node", "run", "--home", "/nowhere"],
        vec!["frobnicate"],
        vec![],
    ] {
        let output = countersign(&arguments);
        assert_eq!(code(&output), 2, "{arguments:?}: {}", said(&output));
        assert!(!said(&output).is_empty() && !said(&output).contains("panicked"), "{arguments:?}");
    }
}

#[expect(clippy::too_many_lines, reason = "one story, told in the order in which a user tells it")]
#[tokio::test(flavor = "multi_thread")]
async fn an_entry_is_written_checked_submitted_and_its_receipt_verified_offline() {
    let folder = tempfile::tempdir().unwrap();
    let exe = Path::new(env!("CARGO_BIN_EXE_countersign"));
    let home = folder.path().join("network");
    let mut fleet = Fleet::found(exe, sample::pearl_river().unwrap(), &home).unwrap();
    fleet.start_all().await.unwrap();
    let node = fleet.nodes()[0].url.clone();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let genesis = fleet.genesis_file().to_str().unwrap().to_owned();
    let key = home.join("ship-agent/keys/entry.pem").to_str().unwrap().to_owned();
    let body = json!({ "name": "PEARL STAR", "line_mark": "trunk", "voyages": ["048E"] });

    let (draft, statement, receipt) = (path("d.json"), path("s.cose"), path("r.receipt"));
    let new = [
        "entry",
        "new",
        "--kind",
        "conveyance_filing",
        "--subject",
        "ship:UN9912347",
        "--reference",
        "FILE-1",
        "--body",
        &body.to_string(),
        "--output",
        &draft,
    ];
    assert_eq!(code(&countersign(&new)), 0);
    let sign =
        ["entry", "sign", &draft, "--key", &key, "--genesis", &genesis, "--output", &statement];
    assert_eq!(code(&countersign(&sign)), 0);
    let check = countersign(&["entry", "check", &statement, "--node", &node]);
    assert_eq!(code(&check), 0, "{}", said(&check));
    let submit = countersign(&[
        "entry",
        "submit",
        &statement,
        "--node",
        &node,
        "--genesis",
        &genesis,
        "--output",
        &receipt,
        "--json",
    ]);
    assert_eq!(code(&submit), 0, "{}", said(&submit));
    let id = json_of(&submit)["entry"].as_str().unwrap().to_owned();

    let standard = path("r.cose");
    let get = ["receipt", "get", &id, "--output", &standard, "--format", "cose", "--node", &node];
    assert_eq!(code(&countersign(&get)), 0);

    // A refusal is exit code 1, with the rule.
    let wrong = path("w.json");
    let kind = [
        "entry",
        "new",
        "--kind",
        "conveyance_filing",
        "--subject",
        "ship:UN9912348",
        "--reference",
        "FILE-2",
        "--body",
        &body.to_string(),
        "--output",
        &wrong,
    ];
    assert_eq!(code(&countersign(&kind)), 0);
    let refused = countersign(&[
        "entry",
        "check",
        &wrong,
        "--key",
        &key,
        "--genesis",
        &genesis,
        "--node",
        &node,
    ]);
    assert_eq!(code(&refused), 1, "{}", said(&refused));
    assert!(said(&refused).starts_with("122 "), "{}", said(&refused));

    // The network is gone; the receipts stand. Any flipped bit makes them fall.
    fleet.kill_all().await.unwrap();
    for file in [&receipt, &standard] {
        let verified = countersign(&["verify", file, "--genesis", &genesis, "--json"]);
        assert_eq!(code(&verified), 0, "{}", said(&verified));
        assert_eq!(json_of(&verified)["entry"], id.as_str());
        let good = fs::read(file).unwrap();
        let bent = path("bent");
        for at in (0..good.len()).step_by(97) {
            let mut bytes = good.clone();
            bytes[at] ^= 1 << (at % 8);
            fs::write(&bent, &bytes).unwrap();
            let verified = countersign(&["verify", &bent, "--genesis", &genesis]);
            assert_eq!(code(&verified), 1, "byte {at}: {}", said(&verified));
        }
    }
    let chinese = countersign(&["verify", &receipt, "--genesis", &genesis, "--lang", "zh"]);
    assert!(said(&chinese).contains("超过三分之二验证人签名"));
}
