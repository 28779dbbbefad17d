//! A copy of the whole ledger, taken while another process writes to it, and put back.
//!
//! The running node is not asked: whoever may read its files opens them beside it, as they stood at
//! that moment, and copies all columns but one. Proposals that were voted on and are not decided stay
//! out: a copy is old when it is put back, and what it would say about votes is no longer true.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use countersign_record::founding::Genesis;

use super::{
    Ledger, LedgerFault,
    columns::Column,
    snapshot::SnapshotFault,
    store::{Rocks, Store as _, Writes},
};
use crate::limits::COPY_BYTES;

/// How often a ledger is opened that a running node changes meanwhile.
const OPEN_TRIES: u32 = 5;

/// What was copied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Copied {
    /// The last height in the copy.
    pub height: u64,
    /// Keys.
    pub items: u64,
    /// Bytes of keys and values.
    pub bytes: u64,
}

impl Ledger {
    /// Opens a ledger that another process may be writing to, as it stands now. Nothing can be
    /// written here, and what is written there afterwards is not seen.
    ///
    /// # Errors
    /// A sentence for the operator.
    pub fn open_beside(path: &Path, genesis: &Genesis) -> Result<Self, LedgerFault> {
        let mut tries = OPEN_TRIES;
        loop {
            let opened = Self::open_to_read(path, genesis.clone())
                .and_then(|ledger| ledger.recover().map(|()| ledger));
            tries -= 1;
            match opened {
                // A node that runs may have taken a file away between two looks.
                Err(LedgerFault::Open { .. } | LedgerFault::Storage(_)) if tries > 0 => {}
                opened => return opened,
            }
        }
    }

    /// Copies everything into a folder, where nothing may be yet.
    ///
    /// # Errors
    /// Something cannot be read or written; nothing is left then.
    pub fn copy(
        &self,
        folder: &Path,
        mut progress: impl FnMut(u64),
    ) -> Result<Copied, SnapshotFault> {
        let beside = beside(folder)?;
        let copied = self.copy_to(&beside, &mut progress);
        if copied.is_err() {
            fs::remove_dir_all(&beside)?;
            return copied;
        }
        put_in_place(&beside, folder)?;
        copied
    }

    fn copy_to(
        &self,
        folder: &Path,
        progress: &mut impl FnMut(u64),
    ) -> Result<Copied, SnapshotFault> {
        let to = Rocks::open_scratch(folder).map_err(io::Error::other)?;
        let mut copied = Copied { height: self.tip().height, ..Copied::default() };
        for column in Column::ALL {
            if *column == Column::Undecided {
                continue;
            }
            let (mut write, mut waiting) = (Writes::default(), 0);
            for item in self.scan(*column, &[], &[])? {
                let (key, value) = item?;
                let bytes = key.len() + value.len();
                copied.items += 1;
                copied.bytes += bytes as u64;
                waiting += bytes;
                write.put(*column, key, value);
                if waiting >= COPY_BYTES {
                    to.write(std::mem::take(&mut write))?;
                    waiting = 0;
                    progress(copied.bytes);
                }
            }
            to.write(write)?;
        }
        to.sync()?;
        Ok(copied)
    }
}

/// The folder beside one that is to be made, in which it is made; where that is there already,
/// it is what a crash has left, and goes.
///
/// # Errors
/// There is something where the folder is to be made.
pub(super) fn beside(folder: &Path) -> Result<PathBuf, SnapshotFault> {
    if fs::read_dir(folder).is_ok_and(|mut items| items.next().is_some()) {
        return Err(SnapshotFault::Occupied(folder.display().to_string()));
    }
    let mut name = folder.file_name().unwrap_or_default().to_owned();
    name.push(".unfinished");
    let beside = folder.with_file_name(name);
    if beside.exists() {
        fs::remove_dir_all(&beside)?;
    }
    fs::create_dir_all(&beside)?;
    Ok(beside)
}

/// Moves a folder that is whole to its place, durably.
pub(super) fn put_in_place(beside: &Path, folder: &Path) -> io::Result<()> {
    fs::rename(beside, folder)?;
    match folder.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        Some(parent) => File::open(parent)?.sync_all(),
        None => Ok(()),
    }
}
