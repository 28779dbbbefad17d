//! The OpenAPI document is true: software that we did not write reads it, asks a node with the whole
//! story on its ledger what it may and may not, and finds no answer that the document does not have,
//! and none that is the node's own fault.

use std::{
    env, fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
};

use countersign_client::story::{ACCOUNT, BILL, DELIVERED, GUARANTOR, LINE, VEHICLE};
use serde_json::{Value, json};

use crate::support::Guarded;

/// How many requests to make of each route; `DOORS_EXAMPLES` asks for another number.
const EXAMPLES: &str = "30";
/// Where chance begins: `DOORS_SEED` asks for other requests. Fixed, so that a build does not depend
/// on the day.
const SEED: &str = "20261128";
/// What is checked of every answer.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
                      response_headers_conformance,response_schema_conformance,unsupported_method";

/// The folder with what schemathesis is told.
fn hooks() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/schemathesis")
}

/// A Python with what the script needs, or why there is none.
fn python() -> Result<PathBuf, String> {
    let requirements = hooks().join("requirements.txt");
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("schemathesis-venv");
    let (python, stamp) = (home.join("bin/python"), home.join("requirements.txt"));
    let wanted = fs::read_to_string(&requirements).unwrap();
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(home);
    }
    let run = |command: &mut Command| -> Result<(), String> {
        let output = command.output().map_err(|e| format!("{command:?}: {e}"))?;
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        output.status.success().then_some(()).ok_or(format!("{command:?}: {text}"))
    };
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&home))?;
    run(Command::new(&python).args(["-m", "pip", "install", "-q", "-r"]).arg(requirements))?;
    fs::write(stamp, wanted).map_err(|e| e.to_string())?;
    Ok(home)
}

/// Past the harness, which hides what a passing test prints.
fn say(text: &str) {
    std::io::stderr().write_all(format!("{text}\n").as_bytes()).unwrap();
}

/// The document with examples of what is on this ledger, so that not everything is asked in vain.
fn with_examples(mut document: Value, entry: &str) -> Value {
    let examples = [
        ("/v1/entries/{id}", "id", entry),
        ("/v1/entries/{id}/receipt", "id", entry),
        ("/v1/exposure/{guarantor}", "guarantor", GUARANTOR),
        ("/v1/lines/{filing_no}", "filing_no", LINE),
        ("/v1/accounts/{account}", "account", ACCOUNT),
        ("/v1/deliveries/{bdn_no}/note", "bdn_no", DELIVERED),
        ("/v1/certificates/{no}", "no", VEHICLE),
        ("/v1/subjects/{family}", "family", "guarantee"),
    ];
    let mut set = |path: &str, name: &str, value: &str| {
        let parameters = document["paths"][path]["get"]["parameters"].as_array_mut().unwrap();
        let found = parameters.iter_mut().find(|p| p["name"] == name).unwrap();
        found["example"] = json!(value);
    };
    for (path, name, value) in examples {
        set(path, name, value);
    }
    for after in ["", "/history", "/evidence"] {
        let path = format!("/v1/subjects/{{family}}/{{subject}}{after}");
        set(&path, "family", "combined_port");
        set(&path, "subject", &format!("bill:{BILL}"));
    }
    document
}

#[tokio::test(flavor = "multi_thread")]
async fn other_software_finds_every_answer_described_and_no_fault() {
    let venv = match python() {
        Ok(venv) => venv,
        Err(why) => {
            assert!(env::var("CI").is_err(), "Python and its packages are needed in CI: {why}");
            say(&format!("SKIPPED: no Python with what tests/schemathesis needs: {why}"));
            return;
        }
    };
    let node = Guarded::start("").await;
    node.play().await;
    let history = format!("/v1/subjects/guarantee/line:{LINE}/history");
    let (_, _, history) = node.get_as(&history, "shunde-customs").await;
    let entry = history["history"][0]["entry"].as_str().unwrap().to_owned();
    let (_, _, document) = node.get("/openapi.json", None).await;
    let file = node.folder().join("openapi.json");
    fs::write(&file, with_examples(document, &entry).to_string()).unwrap();
    let seed = env::var("DOORS_SEED").unwrap_or_else(|_| SEED.into());
    let examples = env::var("DOORS_EXAMPLES").unwrap_or_else(|_| EXAMPLES.into());
    say(&format!("schemathesis: DOORS_SEED={seed} DOORS_EXAMPLES={examples}"));
    // Customs sees all there is; a party that nothing concerns meets every no.
    for who in ["shunde-customs", "truck-carrier"] {
        let token = format!("Authorization: Bearer {}", node.token(who));
        let mut command = Command::new(venv.join("bin/schemathesis"));
        command
            .current_dir(node.folder())
            .env("PYTHONUTF8", "1")
            .env("PYTHONPATH", hooks())
            .env("SCHEMATHESIS_HOOKS", "hooks")
            .arg("run")
            .arg(&file)
            .args(["--url", &node.url, "--header", &token, "--checks", CHECKS])
            .args(["--phases", "examples,coverage,fuzzing", "--mode", "all"])
            .args(["--max-examples", &examples, "--seed", &seed, "--continue-on-failure"])
            // More than one worker trips over a cache of hypothesis now and then.
            .args(["--workers", "1", "--no-color", "--warnings", "off", "--request-timeout", "60"])
            // A stream without an end: its own tests read it.
            .args(["--exclude-path", "/v1/events"])
            .args(["--suppress-health-check", "all", "--no-shrink"]);
        let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let err = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{who}, DOORS_SEED={seed}:\n{said}{err}");
        let counted = said.lines().filter(|l| l.contains("generated") || l.contains("passed"));
        say(&format!("schemathesis as {who}: {}", counted.collect::<Vec<_>>().join("; ")));
    }
}
