//! What this machine can do at all, in the same minute: signatures, hashes, and the disk.

use std::{
    fs::{self, File},
    hint::black_box,
    io::Write as _,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use countersign_genesis::keyfile;
use countersign_record::{Digest, keys::Signer as _};
use serde::Serialize;

use super::{
    figures::{Latency, ratio},
    machine::thread_cpu_ns,
};

/// The message of the reference signature, bytes: an entry's size.
const MESSAGE_BYTES: usize = 600;
/// The piece that is hashed, bytes.
const HASHED_BYTES: usize = 1024 * 1024;
/// Most writes of one size.
const WRITES_MAX: usize = 200;

/// What one core and the disk do by themselves.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Reference {
    /// Processor seconds for 1,000 checks of a signature by the strict rule.
    pub(super) verify_strict_s_per_1000: f64,
    /// Checks a second on one core.
    pub(super) verify_strict_per_s: f64,
    /// SHA-256, MB a second on one core.
    pub(super) sha256_mb_per_s: f64,
    /// Appending 4 kB and waiting until the disk has it.
    pub(super) fdatasync_4k_ms: Latency,
    /// The same with 1 MB.
    pub(super) fdatasync_1m_ms: Latency,
}

impl Reference {
    /// Measures each for about so long. Files are written to, and removed from, the folder.
    ///
    /// # Errors
    /// The folder cannot be written to.
    pub(super) fn measure(folder: &Path, each: Duration) -> anyhow::Result<Self> {
        let key = keyfile::generate()?;
        let message = [0x5a; MESSAGE_BYTES];
        let (public, signature) = (key.public(), key.sign(&message));
        anyhow::ensure!(public.verifies(&message, &signature), "a new key does not verify");
        let verify = seconds_each(each, || public.verifies(black_box(&message), &signature));
        let piece = vec![0x5a; HASHED_BYTES];
        let hash = seconds_each(each, || Digest::of(black_box(&piece)));
        Ok(Self {
            verify_strict_s_per_1000: verify * 1000.0,
            verify_strict_per_s: ratio(1.0, verify),
            sha256_mb_per_s: ratio(HASHED_BYTES as f64 / 1e6, hash),
            fdatasync_4k_ms: sync_writes(folder, 4096, each)?,
            fdatasync_1m_ms: sync_writes(folder, 1_000_000, each)?,
        })
    }
}

/// Processor seconds of one call; by the clock where the system does not count them.
fn seconds_each<T>(at_least: Duration, mut work: impl FnMut() -> T) -> f64 {
    let (began, cpu_began) = (Instant::now(), thread_cpu_ns());
    let mut calls = 0_u32;
    while calls == 0 || began.elapsed() < at_least {
        black_box(work());
        calls += 1;
    }
    let took = match (cpu_began, thread_cpu_ns()) {
        (Some(from), Some(to)) if to > from => Duration::from_nanos(to - from),
        _ => began.elapsed(),
    };
    took.as_secs_f64() / f64::from(calls)
}

fn sync_writes(folder: &Path, bytes: usize, at_least: Duration) -> anyhow::Result<Latency> {
    let path = folder.join("fdatasync.reference");
    let cannot = || format!("{} cannot be written", path.display());
    let mut file = File::create(&path).with_context(cannot)?;
    let piece = vec![0x5a; bytes];
    let (began, mut took) = (Instant::now(), Vec::new());
    while took.is_empty() || (began.elapsed() < at_least && took.len() < WRITES_MAX) {
        let one = Instant::now();
        file.write_all(&piece).and_then(|()| file.sync_data()).with_context(cannot)?;
        took.push(one.elapsed());
    }
    fs::remove_file(&path).with_context(|| format!("{} cannot be removed", path.display()))?;
    Ok(Latency::of(took))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reference_is_measured_and_nothing_stays() {
        let folder = tempfile::tempdir().expect("a folder");
        let found = Reference::measure(folder.path(), Duration::from_millis(5)).expect("figures");
        assert!(found.verify_strict_s_per_1000 > 0.0);
        assert!(found.sha256_mb_per_s > 0.0);
        assert!(found.fdatasync_1m_ms.p50 > 0.0);
        assert_eq!(fs::read_dir(folder.path()).expect("the folder").count(), 0);
    }
}
