//! What the parts may know of each other, and what no file may hold: read from the manifests and
//! the files themselves, because prose drifts.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use toml::{Table, Value};

const RECORD: &str = "countersign-record";
const CONTRACTS: &str = "countersign-contracts";
const GENESIS: &str = "countersign-genesis";
const NODE: &str = "countersign-node";
const PRINT: &str = "countersign-print";
const CLIENT: &str = "countersign-client";
const BINARY: &str = "countersign";

/// Who may import whom (ARCHITECTURE.md). Every crate of the workspace stands here.
const MAY_IMPORT: [(&str, &[&str]); 7] = [
    (RECORD, &[]),
    (CONTRACTS, &[RECORD]),
    (GENESIS, &[RECORD]),
    (NODE, &[RECORD, CONTRACTS, GENESIS]),
    (PRINT, &[RECORD, CONTRACTS]),
    (CLIENT, &[RECORD, CONTRACTS, GENESIS, PRINT]),
    (BINARY, &[RECORD, CONTRACTS, GENESIS, NODE, CLIENT, PRINT]),
];

/// All that the pure heart is built from. `no_std` does not hold a dependency back from using a
/// clock or a file, so each one is looked at before it is listed here.
const HEART: [(&str, &str, &[&str]); 2] = [
    (
        RECORD,
        "contracts/record/src/lib.rs",
        &["ct-merkle", "ed25519-dalek", "hex", "minicbor", "serde", "serde_json", "sha2"],
    ),
    (
        CONTRACTS,
        "contracts/src/lib.rs",
        &[RECORD, "curve25519-dalek", "ed25519-dalek", "minicbor", "serde", "serde_json", "sha2"],
    ),
];

/// Libraries that one place each may name, so that they can be changed in one place.
const AT_HOME: [(&str, &[&str]); 5] = [
    ("rocksdb::", &["node/src/ledger/"]),
    ("libp2p::", &["node/src/consensus/"]),
    ("axum::", &["node/src/access/", "node/src/runtime/service.rs"]),
    ("typst::", &["client/print/src/"]),
    ("cryptoki::", &["genesis/src/pkcs11.rs"]),
];

/// The agreement engine lives here and nowhere else.
const ENGINE_HOME: &str = "node/src/consensus/";
const ENGINE: &str = concat!("malachite", "bft");

/// Each of these setters silently selects yamux 0.12, which a peer can make panic (deny.toml).
const OLD_MULTIPLEXER: [&str; 4] = [
    concat!("set_max_num", "_streams("),
    concat!("set_max_buffer", "_size("),
    concat!("set_receive_window", "_size("),
    concat!("set_window_update", "_mode("),
];

/// Where printing is the purpose.
const COMMAND_LINE: [&str; 2] = ["client/src/cli/", "deploy/countersign/src/"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn manifest(folder: &str) -> Table {
    let path = root().join(folder).join("Cargo.toml");
    fs::read_to_string(&path).unwrap().parse().unwrap_or_else(|e| panic!("{path:?}: {e}"))
}

fn strings(value: &Value) -> Vec<String> {
    value.as_array().unwrap().iter().map(|v| v.as_str().unwrap().to_owned()).collect()
}

/// Name and manifest of every crate of the workspace.
fn crates() -> BTreeMap<String, Table> {
    let members = strings(&manifest("")["workspace"]["members"]);
    let named = members.iter().map(|folder| {
        let manifest = manifest(folder);
        (manifest["package"]["name"].as_str().unwrap().to_owned(), manifest)
    });
    named.collect()
}

/// The packages that a section of a manifest names, those for single targets included, under the
/// names that they really have.
fn dependencies(manifest: &Table, section: &str) -> BTreeSet<String> {
    let shared = self::manifest("");
    let shared = shared["workspace"]["dependencies"].as_table().unwrap();
    let package = |of: &Value| of.get("package").and_then(Value::as_str).map(str::to_owned);
    let targets = manifest.get("target").and_then(Value::as_table);
    let targets = targets.into_iter().flat_map(Table::values).filter_map(|t| t.get(section));
    let tables = manifest.get(section).into_iter().chain(targets).filter_map(Value::as_table);
    tables
        .flatten()
        .map(|(key, value)| {
            let inherited = shared.get(key).filter(|_| value.get("workspace").is_some());
            package(value).or_else(|| package(inherited?)).unwrap_or_else(|| key.clone())
        })
        .collect()
}

fn ours(of: BTreeSet<String>) -> BTreeSet<String> {
    of.into_iter().filter(|name| MAY_IMPORT.iter().any(|(known, _)| known == name)).collect()
}

/// Every text file of the project by its path from the root, as a listing of the repository would
/// have it.
fn files() -> Vec<(String, String)> {
    let (root, mut found) = (root(), Vec::new());
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            let built =
                name.starts_with("target") || ["node_modules", "__pycache__"].contains(&name);
            if path.is_symlink() || built || [".git", ".venv"].contains(&name) {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(text) = String::from_utf8(fs::read(&path).unwrap_or_default()) {
                let name = path.strip_prefix(&root).unwrap().to_str().unwrap();
                found.push((name.to_owned(), text));
            }
        }
    }
    found.sort();
    found
}

/// Every Rust file but this one, which has to name what it forbids.
fn sources() -> Vec<(String, String)> {
    let mut files = files();
    files.retain(|(name, _)| name.ends_with(".rs") && name != "tests/architecture.rs");
    assert!(files.len() > 50, "found {} sources only: is this the root?", files.len());
    files
}

fn lines_with<'a>(text: &'a str, word: &str) -> impl Iterator<Item = (usize, &'a str)> {
    text.lines().enumerate().filter(move |(_, line)| line.contains(word)).map(|(i, l)| (i + 1, l))
}

fn none(found: &[String], why: &str) {
    assert!(found.is_empty(), "{why}:\n{}", found.join("\n"));
}

#[test]
fn imports_run_one_way() {
    let crates = crates();
    let known: BTreeSet<_> = MAY_IMPORT.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(crates.keys().cloned().collect::<BTreeSet<_>>(), known);
    for (name, may) in MAY_IMPORT {
        let may: BTreeSet<_> = may.iter().map(|n| (*n).to_owned()).collect();
        for section in ["dependencies", "build-dependencies"] {
            let found = ours(dependencies(&crates[name], section));
            let wrong: Vec<_> = found.difference(&may).collect();
            assert!(wrong.is_empty(), "{name} must not import {wrong:?}");
        }
        // Tests may look sideways at what is pure; nobody but the binary's tests sees a node.
        let tests_may: &[&str] = match name {
            RECORD => &[],
            BINARY => &[RECORD, CONTRACTS, GENESIS, NODE, CLIENT, PRINT],
            _ => &[RECORD, CONTRACTS, GENESIS],
        };
        let found = ours(dependencies(&crates[name], "dev-dependencies"));
        let wrong: Vec<_> = found.iter().filter(|n| !tests_may.contains(&n.as_str())).collect();
        assert!(wrong.is_empty(), "the tests of {name} must not import {wrong:?}");
    }
}

#[test]
fn every_crate_obeys_the_lints_of_the_workspace() {
    for (name, manifest) in crates() {
        let inherits = manifest.get("lints").and_then(|l| l.get("workspace")?.as_bool());
        assert_eq!(inherits, Some(true), "{name} lacks [lints] workspace = true");
    }
}

#[test]
fn the_heart_has_no_machine_under_it() {
    let crates = crates();
    for (name, lib, may) in HEART {
        let text = fs::read_to_string(root().join(lib)).unwrap();
        assert!(text.lines().any(|l| l.trim() == "#![no_std]"), "{lib} is not no_std");
        let found = dependencies(&crates[name], "dependencies");
        let wrong: Vec<_> = found.iter().filter(|n| !may.contains(&n.as_str())).collect();
        assert!(wrong.is_empty(), "{name} is not to be built from {wrong:?}");
    }
    let rules = fs::read_to_string(root().join("contracts/src/lib.rs")).unwrap();
    assert!(rules.contains("#![deny(clippy::float_arithmetic)]"));
    let found: Vec<_> = sources()
        .iter()
        .filter(|(name, _)| name.starts_with("contracts/") && name.contains("src/"))
        // The tests of the rules may have it.
        .map(|(name, text)| {
            let of_tests = "#[cfg(any(test, feature = \"testing\"))]\nextern crate std;";
            (name, text.replace(of_tests, ""))
        })
        .filter(|(_, text)| text.contains("extern crate std"))
        .map(|(name, _)| name.clone())
        .collect();
    none(&found, "the pure heart brings std back in");
}

#[test]
fn only_consensus_knows_the_engine() {
    for (name, manifest) in crates() {
        let all = ["dependencies", "dev-dependencies", "build-dependencies"];
        let named =
            all.iter().any(|s| dependencies(&manifest, s).iter().any(|d| d.contains(ENGINE)));
        assert!(!named || name == NODE, "{name} must not depend on the engine");
    }
    let mut found = Vec::new();
    for (name, text) in sources().iter().filter(|(name, _)| !name.starts_with(ENGINE_HOME)) {
        for (at, line) in lines_with(text, ENGINE) {
            // The target of a log filter (`name=level`) is a word of the log, not of the code.
            let only_targets = line.split(ENGINE).skip(1).all(|after| {
                after.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_').starts_with('=')
            });
            if !only_targets {
                found.push(format!("{name}:{at}: {}", line.trim()));
            }
        }
    }
    none(&found, "the engine is named outside node/src/consensus");
}

#[test]
fn a_library_that_may_be_changed_is_named_in_one_place() {
    let mut found = Vec::new();
    for (name, text) in sources().iter().filter(|(name, _)| name.contains("src/")) {
        for (word, homes) in AT_HOME {
            if !homes.iter().any(|home| name.starts_with(home)) {
                found.extend(lines_with(text, word).map(|(at, l)| format!("{name}:{at}: {l}")));
            }
        }
    }
    none(&found, "named outside its place");
}

#[test]
fn the_multiplexer_stays_the_new_one() {
    let sources = sources();
    let found: Vec<_> = sources
        .iter()
        .flat_map(|(name, text)| {
            let calls = OLD_MULTIPLEXER.into_iter().flat_map(|setter| lines_with(text, setter));
            calls.map(move |(at, line)| format!("{name}:{at}: {}", line.trim()))
        })
        .collect();
    none(&found, "this selects yamux 0.12, which a peer can make panic");
}

#[test]
fn only_the_command_line_prints() {
    let allows = |text: &str| {
        ["print_stdout", "print_stderr", "dbg_macro"]
            .iter()
            .flat_map(|lint| lines_with(text, lint))
            .any(|(_, line)| line.contains("allow(") || line.contains("expect("))
    };
    let found: Vec<_> = sources()
        .into_iter()
        .filter(|(name, _)| name.contains("src/"))
        .filter(|(name, _)| !COMMAND_LINE.iter().any(|place| name.starts_with(place)))
        .filter(|(_, text)| allows(text))
        .map(|(name, _)| name)
        .collect();
    none(&found, "libraries return what they have to say");
}

/// Names of package registries, in two halves so that this file does not hold them.
fn registries() -> Vec<String> {
    let hosts = [
        ("crates", "io"),
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("proxy.golang", "org"),
        ("goproxy", "cn"),
        ("rsproxy", "cn"),
        ("mirrors.aliyun", "com"),
        ("mirrors.ustc.edu", "cn"),
        ("tuna.tsinghua.edu", "cn"),
    ];
    hosts.map(|(name, domain)| format!("{name}.{domain}")).into()
}

/// Whether a line holds an absolute path of somebody's own machine.
fn names_a_machine(line: &str) -> bool {
    let own = ["home", "Users", "root", "work"].map(|folder| format!("/{folder}/"));
    own.iter().any(|path| {
        line.match_indices(path).any(|(at, _)| {
            let before = line[..at].chars().next_back();
            before.is_none_or(|c| !(c.is_alphanumeric() || "._-})>*".contains(c)))
        })
    })
}

#[test]
fn no_file_names_a_registry_or_somebodys_machine() {
    let registries = registries();
    let mut found = Vec::new();
    for (name, text) in files() {
        for (at, line) in (1..).zip(text.lines()) {
            // Cargo writes the name of its registry into lock files, those of fuzz targets included.
            let registry =
                !name.ends_with("Cargo.lock") && registries.iter().any(|r| line.contains(r));
            if registry || names_a_machine(line) {
                found.push(format!("{name}:{at}: {}", line.trim()));
            }
        }
    }
    none(&found, "this does not belong into the repository");
}

/// The levels of the headings, and the commands of the shell examples without their comments.
fn skeleton(text: &str) -> (Vec<usize>, Vec<String>) {
    let (mut levels, mut commands, mut fence) = (Vec::new(), Vec::new(), None);
    for line in text.lines() {
        match (line.strip_prefix("```"), fence) {
            (Some(language), None) => fence = Some(language.trim()),
            (Some(_), Some(_)) => fence = None,
            (None, Some("sh")) => {
                let command = line.split(" #").next().unwrap_or_default().trim();
                if !command.is_empty() && !command.starts_with('#') {
                    commands.push(command.to_owned());
                }
            }
            (None, None) if line.starts_with('#') => {
                levels.push(line.chars().take_while(|c| *c == '#').count());
            }
            (None, _) => {}
        }
    }
    (levels, commands)
}

#[test]
fn both_readmes_say_the_same() {
    for (english, chinese) in
        [("README.md", "README.zh-CN.md"), ("deploy/runbook.md", "deploy/runbook.zh-CN.md")]
    {
        let read = |name: &str| skeleton(&fs::read_to_string(root().join(name)).unwrap());
        let (en, zh) = (read(english), read(chinese));
        assert_eq!(en.0, zh.0, "the headings of {english} and {chinese} differ");
        assert_eq!(en.1, zh.1, "the commands of {english} and {chinese} differ");
    }
}
