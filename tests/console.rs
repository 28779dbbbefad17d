//! The web console in a real browser, against four real nodes: each user's main question, both
//! languages, a line that breaks, files that verify. The questions stand in
//! `client/console/e2e/run.mjs`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, missing_docs)]

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

fn console() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../client/console").canonicalize().unwrap()
}

/// What is missing on this machine for a test with a browser.
fn lacks() -> Option<&'static str> {
    let runs = |program: &str| Command::new(program).arg("--version").output().is_ok();
    let chromium = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
    if !runs("node") {
        Some("Node.js")
    } else if !console().join("node_modules/playwright-core").exists() {
        Some("what `npm ci` installs in client/console")
    } else if env::var_os("COUNTERSIGN_CHROMIUM").is_none()
        && !chromium.iter().any(|path| Path::new(path).exists())
    {
        Some("Chromium")
    } else if !console().join("dist/index.html").exists() {
        Some("the console itself: `make build` builds it before the program")
    } else {
        None
    }
}

/// Whether there is what the test needs; in a continuous build there must be.
fn may_run() -> bool {
    let Some(what) = lacks() else { return true };
    assert!(env::var("CI").is_err(), "needed in CI: {what}");
    println!("SKIPPED: missing: {what}");
    false
}

#[test]
fn each_user_gets_an_answer_in_a_browser() {
    if !may_run() {
        return;
    }
    let output = Command::new("node")
        .current_dir(console())
        .args(["e2e/run.mjs", env!("CARGO_BIN_EXE_countersign")])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    println!("{said}");
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn the_parts_of_the_console_hold() {
    if !may_run() {
        return;
    }
    let output = Command::new("npx")
        .current_dir(console())
        .args(["--no-install", "vitest", "run"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
}

/// The lock file pins every package by its digest, and names no registry.
#[test]
fn packages_are_pinned_by_their_digests() {
    let lock: serde_json::Value =
        serde_json::from_slice(&fs::read(console().join("package-lock.json")).unwrap()).unwrap();
    let packages = lock["packages"].as_object().unwrap();
    assert!(packages.len() > 50);
    for (name, package) in packages {
        let own = name.is_empty() || package["link"] == true || !name.contains("node_modules");
        assert!(own || package["integrity"].is_string(), "{name} is not pinned");
    }
}
