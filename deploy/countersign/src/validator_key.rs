//! `countersign node next-key` and `reset-guard`: the validator key of a node, beside its run.

use std::path::{Path, PathBuf};

use countersign_client::cli::{Answer, Common, key::PassphraseArg, output};
use countersign_genesis::{
    home::{GUARD_NEVER_SIGNED, guard_file},
    keyfile,
};
use countersign_node::{consensus::Voter, runtime::config::Home};
use countersign_record::{Digest, keys::Signer as _};
use serde_json::json;

/// The key that takes the place of the present one, beside it.
pub(crate) const NEXT: &str = "validator.next";

/// Makes the key that takes the place of the present one.
pub(crate) fn next_key(
    home: &Home,
    unencrypted: bool,
    passphrase: &PassphraseArg,
    common: &Common,
) -> anyhow::Result<Answer> {
    let words = passphrase.read()?;
    anyhow::ensure!(
        unencrypted || words.is_some(),
        "the key needs a passphrase: give --passphrase-file, set COUNTERSIGN_PASSPHRASE, or say \
         --unencrypted for a demonstration"
    );
    let key = keyfile::generate()?;
    let kid = key.public().thumbprint();
    // Nothing was ever signed with it: said before the key is there, so that no node finds one
    // without the other.
    let guards = home.guard_dir();
    std::fs::create_dir_all(&guards)?;
    std::fs::write(guard_file(&guards, &kid), GUARD_NEVER_SIGNED)?;
    let words = words.filter(|_| !unencrypted);
    // Under its name only once it is whole: a running node looks for it all the time.
    let (begun, file) = (home.key_file("validator.begun"), home.key_file(NEXT));
    anyhow::ensure!(
        !file.exists(),
        "{} exists already and is not overwritten; where it votes, rename it to validator.pem",
        file.display()
    );
    keyfile::write(&begun, &key, words.as_deref())?;
    std::fs::rename(&begun, &file)?;
    print_key(&file, &key.public().to_string(), &kid, common);
    Ok(Answer::Yes)
}

fn print_key(file: &Path, key: &str, kid: &Digest, common: &Common) {
    if common.json {
        output::json(&json!({ "file": file, "key": key, "kid": kid }));
    } else {
        output::line(format_args!("made {}", file.display()));
        output::line(format_args!("key {key}"));
        output::line(format_args!("kid {kid}"));
    }
}

/// Replaces what the double-sign guard of a stopped node knows.
pub(crate) fn reset_guard(
    home: &Home,
    key: Option<PathBuf>,
    above: Option<u64>,
    passphrase: &PassphraseArg,
    common: &Common,
) -> anyhow::Result<Answer> {
    let file = key.unwrap_or_else(|| home.key_file("validator"));
    let kid = passphrase.open(&file)?.public().thumbprint();
    Voter::reset_guard(&kid, &home.guard_dir(), above)?;
    if common.json {
        output::json(&json!({ "kid": kid, "above": above }));
    } else {
        output::line(match above {
            Some(height) => format!("the key {kid} may sign above height {height}"),
            None => format!("the node follows in silence until the key {kid} may sign again"),
        });
    }
    Ok(Answer::Yes)
}
