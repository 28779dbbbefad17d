//! A damaged ledger made right: what holds is kept, what does not is left to the other nodes.
//!
//! The batches are executed again into a new folder, as far as they hold; then the folders change
//! places. What is missing comes from the other nodes when the node runs, each batch checked against
//! its commit proof as any that was missed. The engine's journal and whatever else guards against
//! signing twice are not touched.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context as _, ensure};
use countersign_record::founding::Genesis;
use rustix::fs::{FlockOperation, fcntl_lock};

use super::{
    Audited, Divergence, Step, open_kept,
    replay::{Replay, body_fits},
};
use crate::{
    ledger::Ledger,
    runtime::{clock::Clock, config::Home},
};

/// What a repair came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Repaired {
    /// Everything holds; nothing was changed.
    Sound(Audited),
    /// The ledger was made anew.
    Rebuilt {
        /// What of it holds and was kept; the node fetches the rest from the others.
        kept: Audited,
        /// What was wrong.
        damage: Divergence,
        /// Where the damaged folder lies now.
        moved_to: PathBuf,
    },
}

/// Repairs the ledger of a node that does not run.
///
/// # Errors
/// A node runs on it, there is no ledger, it is another network's or version's, or the disk failed.
/// The old folder is in its place then.
pub fn repair(
    home: &Home,
    genesis: &Genesis,
    told: &mut dyn FnMut(Step),
) -> anyhow::Result<Repaired> {
    let folder = home.ledger_dir();
    ensure!(
        folder.is_dir(),
        "{} is not there: nothing to repair. Start the node, it fetches everything from the others",
        folder.display()
    );
    let lock = lock(&folder)?;
    ensure!(lock.is_some(), "a node runs on {}: stop it first", home.path().display());
    let rebuilt = home.data_dir().join("ledger.rebuilt");
    clear(&rebuilt)?;
    let (kept, damage) = rebuild(&folder, genesis, &rebuilt, told)?;
    let Some(damage) = damage else {
        clear(&rebuilt)?;
        return Ok(Repaired::Sound(kept));
    };
    let moved_to = home.data_dir().join(format!("ledger.damaged-{}", Clock::default().now_ms()));
    exchange(&folder, &rebuilt, &moved_to)?;
    Ok(Repaired::Rebuilt { kept, damage, moved_to })
}

/// Whether a process has the ledger in a folder open.
///
/// # Errors
/// The lock cannot be asked.
pub fn is_in_use(folder: &Path) -> anyhow::Result<bool> {
    Ok(lock(folder)?.is_none())
}

/// Executes what holds into a new folder, durably; says what does not.
fn rebuild(
    folder: &Path,
    genesis: &Genesis,
    rebuilt: &Path,
    told: &mut dyn FnMut(Step),
) -> anyhow::Result<(Audited, Option<Divergence>)> {
    let onto = Arc::new(Ledger::open_scratch(rebuilt, genesis.clone())?);
    let kept = match open_kept(folder, genesis)? {
        Ok(kept) => kept,
        Err(damage) => {
            onto.sync()?;
            return Ok((Audited::default(), Some(damage)));
        }
    };
    let report = Replay::new(&kept, onto.clone()).run(told)?;
    if report.divergence.is_some() {
        // Proposals that may yet be decided: this node may have voted for them.
        let waiting = kept.all_undecided().into_iter().flatten();
        for proposal in waiting.filter(|p| p.height > report.audited.last) {
            if body_fits(&proposal).is_ok() {
                onto.keep_undecided(&proposal)?;
            }
        }
        onto.sync()?;
    }
    Ok((report.audited, report.divergence))
}

/// Puts the new folder in the place of the old one.
fn exchange(folder: &Path, rebuilt: &Path, moved_to: &Path) -> anyhow::Result<()> {
    let failed =
        |from: &Path, to: &Path| format!("{} cannot be moved to {}", from.display(), to.display());
    fs::rename(folder, moved_to).with_context(|| failed(folder, moved_to))?;
    if let Err(e) = fs::rename(rebuilt, folder) {
        fs::rename(moved_to, folder).with_context(|| failed(moved_to, folder))?;
        return Err(e).with_context(|| failed(rebuilt, folder));
    }
    if let Some(parent) = folder.parent() {
        File::open(parent)?.sync_all()?;
    }
    Ok(())
}

/// Takes the lock that a store holds while it is open; nothing where another process has it.
fn lock(folder: &Path) -> anyhow::Result<Option<File>> {
    let path = folder.join("LOCK");
    let file = File::options().create(true).truncate(false).write(true).open(&path);
    let file = file.with_context(|| format!("{} cannot be opened", path.display()))?;
    match fcntl_lock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(Some(file)),
        Err(rustix::io::Errno::ACCESS | rustix::io::Errno::AGAIN) => Ok(None),
        Err(e) => Err(e).with_context(|| format!("{} cannot be locked", path.display())),
    }
}

fn clear(folder: &Path) -> anyhow::Result<()> {
    if folder.exists() {
        let failed = || format!("{} cannot be removed", folder.display());
        fs::remove_dir_all(folder).with_context(failed)?;
    }
    Ok(())
}
