//! The benchmark does its work: what it accepts is in the log, and what others read of it is there.
//! No timing is asserted.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, missing_docs)]

use std::{fs, path::Path, process::Command};

use serde_json::Value;

/// Runs a quick benchmark; what it prints as JSON.
fn bench(arguments: &[&str], svg: &Path) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_countersign"))
        .args(["bench", "--quick", "--json", "--svg"])
        .arg(svg)
        .args(arguments)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{printed}");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{said}{printed}"))
}

fn require_number(found: &Value, pointer: &str) {
    let value = found.pointer(pointer).and_then(Value::as_f64);
    assert!(value.is_some_and(|v| v >= 0.0), "{pointer}: {found}");
}

/// The keys that others rely on, in the network's figures and in those of PostgreSQL.
const KEYS: [&str; 9] = [
    "/entries_per_s",
    "/latency_ms/p50",
    "/latency_ms/p99",
    "/latency_ms/alone_p50",
    "/latency_ms/alone_p99",
    "/cpu_s_per_1000",
    "/disk_bytes_per_entry",
    "/hot_line_entries_per_s",
    "/rss_mib_max",
];

#[test]
fn every_load_is_accepted_and_every_figure_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let svg = folder.path().join("figures.svg");
    let found = bench(&["--submitters", "4"], &svg);
    assert_eq!(found["sound"], true, "{found}");
    KEYS.iter().for_each(|key| require_number(&found, key));
    require_number(&found, "/bulk/cpu_s_per_1000");
    require_number(&found, "/verify_strict_s_per_1000");
    require_number(&found, "/reference/sha256_mb_per_s");
    require_number(&found, "/reference/fdatasync_4k_ms/p50");
    require_number(&found, "/reference/fdatasync_1m_ms/p50");
    match &found["postgres"] {
        Value::Null => println!("PostgreSQL is not measured: {}", found["postgres_absent"]),
        postgres => {
            KEYS.iter().for_each(|key| require_number(postgres, key));
            assert!(postgres.get("verify_strict_s_per_1000").is_some(), "{postgres}");
        }
    }
    assert!(found["postgres"].is_null() != found["postgres_absent"].is_null(), "{found}");
    let loads: Vec<_> = found["runs"].as_array().unwrap().iter().map(|r| &r["load"]).collect();
    assert_eq!(loads, ["alone", "closed", "open", "bulk", "draws", "draws", "files", "files"]);
    assert!(fs::read_to_string(&svg).unwrap().contains("submitters"));

    let file = folder.path().join("run.json");
    fs::write(&file, found.to_string()).unwrap();
    let file = file.to_str().unwrap();
    let compared = Command::new(env!("CARGO_BIN_EXE_countersign"))
        .args(["bench", "--json", "--base", file, "--this", file])
        .output()
        .unwrap();
    assert!(compared.status.success());
    let compared: Value = serde_json::from_slice(&compared.stdout).unwrap();
    let ratios = compared["ratios"].as_array().unwrap();
    assert!(ratios.len() > 6, "{compared}");
    assert!(ratios.iter().all(|r| r["verdict"] == "same"), "{compared}");
}

#[test]
fn a_larger_network_with_long_lines_and_entries_in_its_ledger_is_measured() {
    let folder = tempfile::tempdir().unwrap();
    let svg = folder.path().join("scale.svg");
    let asked = ["--validators", "5", "--one-way-delay", "3", "--ledger", "300,100"];
    let found = bench(&[&asked[..], &["--submitters", "4"]].concat(), &svg);
    assert_eq!(found["sound"], true, "{found}");
    let points = found["scale"].as_array().unwrap();
    assert_eq!(points.len(), 2, "{found}");
    for (point, least) in points.iter().zip([100, 300]) {
        assert_eq!((&point["validators"], &point["one_way_ms"]), (&5.into(), &3.into()));
        assert!(point["ledger_entries"].as_u64().unwrap() >= least, "{found}");
        require_number(point, "/cpu_s_per_1000");
        // A proposal and two votes cross the lines before anybody has a receipt.
        assert!(point["alone_ms"]["p50"].as_f64().unwrap() >= 9.0, "{found}");
    }
    assert!(fs::read_to_string(&svg).unwrap().contains("entries in the ledger"));
}

#[test]
fn what_cannot_be_measured_is_refused_with_a_sentence() {
    for (arguments, word) in [
        (&["bench", "--validators", "3"][..], "4..=24"),
        (&["bench", "--this", "no-such-file"], "--base"),
        (&["bench", "--this", "no-such-file", "--base", "no-such-file"], "no-such-file"),
    ] {
        let output =
            Command::new(env!("CARGO_BIN_EXE_countersign")).args(arguments).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(word), "{said}");
    }
}
