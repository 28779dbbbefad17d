//! Writes the seeds of the fuzz targets into `contracts/fuzz/corpus`:
//! `cargo run --release -p countersign-contracts --features testing --example corpus`.

use std::{fs, io, path::Path};

use countersign_contracts::testing::fuzz::{Seed, TARGETS, seeds};

fn main() -> io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    for target in TARGETS {
        let folder = folder.join(target.name);
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(folder)?;
    }
    for Seed { target, name, bytes } in seeds() {
        fs::write(folder.join(target).join(name), bytes)?;
    }
    Ok(())
}
