//! Rules of review on the command line: tried before anything is signed, and reviews of a network of
//! four processes repeated by the rules of their day.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use countersign::fleet::Fleet;
use countersign_client::{
    cli::entry::now_ms,
    draft::{Draft, DraftAction},
    http::{Client, Submitted},
};
use countersign_genesis::{keyfile, sample};
use serde_json::{Value, json};

const RULES: &str = include_str!("../client/src/story/certificate/rules-form-e.json");
const KINDS: &str = include_str!("../client/src/story/certificate/kinds.json");
const APPLICATION: &str = include_str!("../client/src/story/certificate/application-form-e.json");
const EXPORTER: &str = "91440606MA7DEM040W";

fn countersign(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_countersign"))
        .args(arguments)
        .env_remove("COUNTERSIGN_GENESIS")
        .env_remove("COUNTERSIGN_LANG")
        .output()
        .unwrap()
}

/// Runs the binary, expects this exit code, and returns what it printed.
fn run(code: i32, arguments: &[&str]) -> String {
    let output = countersign(arguments);
    let said = [output.stdout, output.stderr].map(|b| String::from_utf8(b).unwrap()).concat();
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
    said
}

fn json_of(code: i32, arguments: &[&str]) -> Value {
    let text = run(code, &[arguments, &["--json"]].concat());
    serde_json::from_str(&text).unwrap_or_else(|_| panic!("{text}"))
}

fn parsed(json: &str) -> Value {
    serde_json::from_str(json).unwrap()
}

/// A folder with files of JSON.
struct Files(tempfile::TempDir);

impl Files {
    fn with(&self, name: &str, value: &Value) -> String {
        let path = self.0.path().join(name);
        fs::write(&path, value.to_string()).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

#[test]
fn rules_are_tried_before_anything_is_signed() {
    let files = Files(tempfile::tempdir().unwrap());
    let rules = files.with("rules.json", &parsed(RULES));
    let kinds = files.with("kinds.json", &parsed(KINDS));
    let asked = |application: &Value| files.with("application.json", application);
    let application = parsed(APPLICATION);

    let tried = ["certificate", "try", &rules, &asked(&application), "--kind", &kinds];
    let verdict = json_of(0, &tried);
    assert_eq!((&verdict["outcome"], &verdict["hits"][0]["row"]), (&json!("manual"), &json!(40)));
    let chinese = run(0, &[&tried[..], &["--lang", "zh"]].concat());
    assert!(chinese.contains("人工复核") && chinese.contains("低于40%"), "{chinese}");
    let discredited = json_of(0, &[&tried[..], &["--grade", "discredited"]].concat());
    assert_eq!(discredited["hits"].as_array().unwrap().len(), 2);
    run(2, &[&tried[..], &["--grade", "famous"]].concat());

    // What the kind asks for, and what every application must be.
    let mut bare = application.clone();
    bare.as_object_mut().unwrap().remove("invoice");
    let refused = json_of(1, &["certificate", "try", &rules, &asked(&bare), "--kind", &kinds]);
    assert_eq!(refused["refused"]["name"], "PartMissing");
    bare["office"] = json!("516");
    let refused = json_of(1, &["certificate", "try", &rules, &asked(&bare)]);
    assert_eq!(refused["refused"]["name"], "District");

    // Rules that cannot work: the row is named.
    let good = asked(&application);
    let mut bad = parsed(RULES);
    bad["rows"][3]["when"][1]["values"]["numbers"] = json!([0]);
    let path = files.with("never.json", &bad);
    let refused = json_of(1, &["certificate", "try", &path, &good]);
    assert_eq!(refused["refused"]["name"], "NeverMet");
    assert_eq!(refused["refused"]["field"], "rows.40.when.item.rvc_permyriad");
    bad["rows"][3]["when"][1]["field"] = json!("item.colour");
    let path = files.with("unknown.json", &bad);
    let text = run(2, &["certificate", "try", &path, &good]);
    assert!(text.contains("row 4 of the list: unknown variant `item.colour`"), "{text}");
}

/// Says something on the network, and waits until it is final.
async fn say(fleet: &Fleet, network: &Path, who: &str, reference: &str, actions: Vec<DraftAction>) {
    let key: PathBuf = network.join(who).join("keys/entry.pem");
    let mut actions = actions.into_iter();
    let mut draft = Draft::of(reference, now_ms(), actions.next().unwrap());
    draft.actions.extend(actions);
    let key = keyfile::load(&key, None).unwrap();
    let statement = draft.sign(fleet.genesis().network(), &key).unwrap();
    let client = Client::new(&fleet.nodes()[0].url).unwrap();
    let submitted = client.submit(statement.bytes(), true).await;
    assert!(matches!(submitted, Ok(Submitted::Final(_))), "{reference}: {submitted:?}");
}

fn action(kind: &str, subject: &str, body: Value) -> DraftAction {
    DraftAction::new("certificate", kind, subject, body)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_review_is_repeated_by_the_rules_of_its_day() {
    let folder = tempfile::tempdir().unwrap();
    let exe = Path::new(env!("CARGO_BIN_EXE_countersign"));
    let home = folder.path().join("network");
    let mut fleet = Fleet::found(exe, sample::pearl_river().unwrap(), &home).unwrap();
    fleet.start_all().await.unwrap();
    // The node where all of it is final.
    let node = fleet.nodes()[0].url.clone();
    let genesis = fleet.genesis_file().to_str().unwrap().to_owned();

    let both = |text: &str| json!({ "en": text, "zh": text });
    let filing = json!({ "names": both("Exporter"), "address": both("Shunde"),
        "registration": "510012345" });
    let activate = |version: u32| json!({ "version": version, "reason": "a test" });
    let registers = vec![
        action("register_kind", "kind:FORM_E", parsed(KINDS)["FORM_E"].clone()),
        action("file_exporter", &format!("exporter:{EXPORTER}"), filing),
        action("register_rules", "ruleset:5165.FORM_E.1", parsed(RULES)),
        action("activate_rules", "review:5165.FORM_E", activate(1)),
    ];
    say(&fleet, &home, "nansha-customs", "RULES-1", registers).await;
    let applied = vec![action("apply", "application:A-1", parsed(APPLICATION))];
    say(&fleet, &home, "exporter", "APPLY-1", applied).await;
    // Afterwards nothing below 30 % is let through at all.
    let mut other = parsed(RULES);
    other["rows"][3]["when"][1]["values"]["numbers"] = json!([3000]);
    let changed = vec![
        action("register_rules", "ruleset:5165.FORM_E.2", other),
        action("activate_rules", "review:5165.FORM_E", activate(2)),
    ];
    say(&fleet, &home, "nansha-customs", "RULES-2", changed).await;

    let review = ["certificate", "review", "A-1", "--node", &node, "--genesis", &genesis];
    let found = json_of(0, &review);
    assert_eq!((&found["same"], &found["verified"]), (&json!(true), &json!(true)), "{found}");
    assert_eq!(found["ruleset"], "5165.FORM_E.1");
    assert_eq!(found["then"], json!({ "outcome": "manual", "hits": [40] }));
    let unchecked = json_of(0, &["certificate", "review", "A-1", "--node", &node]);
    assert_eq!(unchecked["verified"], false);
    run(1, &["certificate", "review", "A-2", "--node", &node, "--genesis", &genesis]);
}
