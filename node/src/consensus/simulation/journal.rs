//! The disk under the engine's own journal: what was not synchronised may be lost or torn.

use std::{
    io::{self, Read, Seek, SeekFrom, Write},
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use countersign_contracts::testing::dice::Dice;
use malachitebft_app_channel::app::wal::{Storage, log::Log};

use crate::{consensus::engine::LOG_HEADER_BYTES, ledger::memory::DISK_FAILED};

/// The engine's journal on such a disk.
pub(super) type Journal = Log<File>;

/// A disk with one file. Its copies are the same disk.
#[derive(Clone, Default)]
pub(super) struct Platter(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    /// What the process sees.
    seen: Vec<u8>,
    /// What is on the disk for certain.
    durable: Vec<u8>,
    /// What was done since, in order.
    pending: Vec<Change>,
    fail_next: bool,
}

enum Change {
    Write(usize, Vec<u8>),
    Cut(usize),
}

impl Change {
    fn apply(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::Write(at, data) => {
                let end = at + data.len();
                bytes.resize(bytes.len().max(end), 0);
                bytes[*at..end].copy_from_slice(data);
            }
            Self::Cut(size) => bytes.resize(*size, 0),
        }
    }
}

impl Platter {
    /// What the engine would find: a stump of a journal is taken away before it looks.
    pub(super) fn clear_stump(&self) {
        if (self.lock().seen.len() as u64) < LOG_HEADER_BYTES {
            self.remove();
        }
    }

    /// Takes the file away.
    pub(super) fn remove(&self) {
        let mut inner = self.lock();
        *inner = Inner { fail_next: inner.fail_next, ..Inner::default() };
    }

    /// Lets the next synchronisation fail.
    pub(super) fn fail_next(&self) {
        self.lock().fail_next = true;
    }

    /// The process is gone: of what was not synchronised some is there, in order, the last of it
    /// perhaps in part.
    pub(super) fn crash(&self, dice: &mut Dice) {
        let mut inner = self.lock();
        let pending = std::mem::take(&mut inner.pending);
        let mut left = std::mem::take(&mut inner.durable);
        let landed = match dice.below(3) {
            0 => 0,
            1 => pending.len(),
            _ => dice.below(pending.len() as u64 + 1) as usize,
        };
        pending[..landed].iter().for_each(|change| change.apply(&mut left));
        if let Some(Change::Write(at, data)) = pending.get(landed) {
            let torn = dice.below(data.len() as u64 + 1) as usize;
            Change::Write(*at, data[..torn].to_vec()).apply(&mut left);
        }
        inner.seen = left.clone();
        inner.durable = left;
        inner.fail_next = false;
    }

    /// Takes back a failure that has not happened yet.
    pub(super) fn recover(&self) {
        self.lock().fail_next = false;
    }

    fn change(&self, change: Change) {
        let mut inner = self.lock();
        change.apply(&mut inner.seen);
        inner.pending.push(change);
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The open file.
pub(super) struct File {
    platter: Platter,
    at: usize,
}

impl Read for File {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let inner = self.platter.lock();
        let rest = inner.seen.get(self.at..).unwrap_or_default();
        let read = rest.len().min(into.len());
        into[..read].copy_from_slice(&rest[..read]);
        self.at += read;
        Ok(read)
    }
}

impl Write for File {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        self.platter.change(Change::Write(self.at, data.to_vec()));
        self.at += data.len();
        Ok(data.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seek for File {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let (from, by) = match to {
            SeekFrom::Start(at) => (0, i64::try_from(at).map_err(io::Error::other)?),
            SeekFrom::Current(by) => (self.at, by),
            SeekFrom::End(by) => (self.platter.lock().seen.len(), by),
        };
        let at = i64::try_from(from).map_err(io::Error::other)?.checked_add(by);
        let at = at.and_then(|at| usize::try_from(at).ok());
        self.at = at.ok_or_else(|| io::Error::other("outside of the file"))?;
        Ok(self.at as u64)
    }
}

impl Storage for File {
    type OpenOptions = Platter;

    fn open_with(_: impl AsRef<Path>, platter: Platter) -> io::Result<Self> {
        Ok(Self { platter, at: 0 })
    }

    fn size_bytes(&self) -> io::Result<u64> {
        Ok(self.platter.lock().seen.len() as u64)
    }

    fn truncate_to(&mut self, size: u64) -> io::Result<()> {
        self.platter.change(Change::Cut(usize::try_from(size).map_err(io::Error::other)?));
        Ok(())
    }

    fn sync_all(&mut self) -> io::Result<()> {
        let mut inner = self.platter.lock();
        if std::mem::take(&mut inner.fail_next) {
            return Err(io::Error::other(DISK_FAILED));
        }
        inner.durable = inner.seen.clone();
        inner.pending.clear();
        Ok(())
    }
}
