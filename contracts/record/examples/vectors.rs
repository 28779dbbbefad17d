//! Writes the golden vectors under `tests/vectors`: run it after a format changed on purpose.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a generator for developers")]

#[allow(dead_code, reason = "the tests use the rest")]
#[path = "../tests/record/support/mod.rs"]
mod support;

use std::fs;

fn main() -> std::io::Result<()> {
    let folder = support::vectors::folder();
    fs::create_dir_all(&folder)?;
    for (name, vectors) in support::vectors::all() {
        let text = serde_json::to_string_pretty(&vectors).map_err(std::io::Error::other)?;
        fs::write(folder.join(name), text + "\n")?;
    }
    Ok(())
}
