//! The guard's file: two slots written in turn, so that a write torn by a crash leaves the former.

use std::{
    fs::{self, File, TryLockError},
    io,
    os::unix::fs::{FileExt as _, MetadataExt as _},
    path::Path,
};

use borsh::{BorshDeserialize, BorshSerialize};
use countersign_genesis::home::{GUARD_NEVER_SIGNED, guard_file};
use countersign_record::Digest;

use super::record::Record;
use crate::consensus::{boundary::Fault, limits};

/// What a slot begins with.
const MAGIC: [u8; 8] = *b"CSGUARD1";
/// Slots are written in pieces of this size, bytes.
const PAGE: usize = 4096;
/// The digest before a slot's contents, and their length.
const HEAD: usize = 32 + 4;

/// Where a record is kept.
pub(crate) trait Slots: Send {
    /// Makes a record durable: a crash meanwhile leaves this one or the former.
    ///
    /// # Errors
    /// It may not be there; nothing may be signed on it.
    fn write(&mut self, record: &Record) -> io::Result<()>;
}

/// What was there.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// The record that this home folder wrote last, or that of a key that has never signed.
    Kept(Record),
    /// A record that was written elsewhere.
    Copied(Record),
    /// None that can be read.
    Lost,
}

#[derive(BorshSerialize, BorshDeserialize)]
struct Slot {
    magic: [u8; 8],
    /// Counts the writes.
    number: u64,
    /// The machine and the file that it was written on: a copy has another.
    mark: [u8; 32],
    record: Record,
}

/// The open, locked file.
pub(crate) struct GuardFile {
    file: File,
    mark: [u8; 32],
    number: u64,
}

impl GuardFile {
    pub(super) fn open(folder: &Path, kid: &Digest) -> Result<(Self, Found), Fault> {
        let path = guard_file(folder, kid);
        let in_words = |e: io::Error| {
            Fault(format!("double-sign guard: {} cannot be used: {e}", path.display()))
        };
        fs::create_dir_all(folder).map_err(in_words)?;
        let mut options = File::options();
        options.read(true).write(true).create(true).truncate(false);
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path).map_err(in_words)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(Fault(format!(
                    "another process already runs a node with the key of {}; two nodes with one \
                     key would contradict each other",
                    path.display()
                )));
            }
            Err(TryLockError::Error(e)) => return Err(in_words(e)),
        }
        let mark = mark(&file).map_err(in_words)?;
        let mut guard = Self { file, mark, number: 0 };
        let found = guard.read().map_err(in_words)?;
        // The name of a new file has to outlive a power cut as well.
        File::open(folder).and_then(|f| f.sync_all()).map_err(in_words)?;
        Ok((guard, found))
    }

    fn read(&mut self) -> io::Result<Found> {
        let slots = [0, 1].map(|n| self.read_slot(n));
        let Some(last) = slots.into_iter().flatten().max_by_key(|slot| slot.number) else {
            // The first record goes into the second slot: where a crash tears it, the founding's
            // word still stands in the first, and nothing was signed.
            let mut start = vec![0; GUARD_NEVER_SIGNED.len()];
            let there = self.file.read_exact_at(&mut start, 0).is_ok();
            let never = there && start == GUARD_NEVER_SIGNED.as_bytes();
            return Ok(if never { Found::Kept(Record::default()) } else { Found::Lost });
        };
        self.number = last.number;
        let kept = last.mark == self.mark;
        Ok(if kept { Found::Kept(last.record) } else { Found::Copied(last.record) })
    }

    /// A slot that was written wholly.
    fn read_slot(&self, n: u64) -> Option<Slot> {
        let mut bytes = vec![0; limits::GUARD_SLOT_BYTES];
        let at = n * limits::GUARD_SLOT_BYTES as u64;
        let mut read = 0;
        // The second slot of a file that was written once is shorter, or not there.
        while read < bytes.len() {
            match self.file.read_at(&mut bytes[read..], at + read as u64) {
                Ok(0) | Err(_) => break,
                Ok(more) => read += more,
            }
        }
        slot_in(&bytes)
    }
}

/// What a slot holds that was written wholly.
fn slot_in(bytes: &[u8]) -> Option<Slot> {
    let digest = bytes.get(..32)?;
    let length = u32::from_be_bytes(bytes.get(32..HEAD)?.try_into().ok()?);
    let contents = bytes.get(HEAD..)?.get(..usize::try_from(length).ok()?)?;
    if Digest::of(contents).0 != digest {
        return None;
    }
    let slot = Slot::try_from_slice(contents).ok()?;
    (slot.magic == MAGIC).then_some(slot)
}

fn slot_of(slot: &Slot) -> io::Result<Vec<u8>> {
    let contents = borsh::to_vec(slot)?;
    let length = u32::try_from(contents.len()).map_err(io::Error::other)?;
    Ok([&Digest::of(&contents).0, &length.to_be_bytes()[..], &contents].concat())
}

/// Reads bytes as a slot, and as its contents, which a digest guards otherwise.
#[cfg(any(test, feature = "fuzz"))]
pub(crate) fn any_slot(bytes: &[u8]) {
    let slots = [slot_in(bytes), Slot::try_from_slice(bytes).ok()];
    for slot in slots.into_iter().flatten() {
        let again = slot_of(&slot).ok().and_then(|bytes| slot_in(&bytes));
        let same = again.is_some_and(|again| again.record == slot.record);
        assert!(same || slot.magic != MAGIC, "a slot is not read as it was written");
        let _last = (slot.record.last(), slot.record.is_silent_at(slot.number));
    }
}

impl Slots for GuardFile {
    fn write(&mut self, record: &Record) -> io::Result<()> {
        let number = self.number + 1;
        let slot = Slot { magic: MAGIC, number, mark: self.mark, record: record.clone() };
        let mut bytes = slot_of(&slot)?;
        if bytes.len() > limits::GUARD_SLOT_BYTES {
            return Err(io::Error::other("the record does not fit its slot"));
        }
        // Whole pages: after the first writes the file keeps its length, and what is synchronised
        // is this data and nothing else.
        bytes.resize(bytes.len().next_multiple_of(PAGE), 0);
        self.file.write_all_at(&bytes, (number % 2) * limits::GUARD_SLOT_BYTES as u64)?;
        self.file.sync_data()?;
        self.number = number;
        Ok(())
    }
}

/// What tells a file from its copies: the machine, and the file's number on its disk.
fn mark(file: &File) -> io::Result<[u8; 32]> {
    let machine = fs::read("/etc/machine-id").unwrap_or_default();
    let number = file.metadata()?.ino().to_be_bytes();
    Ok(Digest::of_parts(&[b"countersign guard", &machine, &number]).0)
}

/// Replaces what is known of a key. Without a height nothing is: the node follows in silence at
/// first. With one, the key may sign above it.
///
/// # Errors
/// A running node has it, or it cannot be written.
pub(crate) fn reset(folder: &Path, kid: &Digest, above: Option<u64>) -> Result<(), Fault> {
    let (mut guard, _) = GuardFile::open(folder, kid)?;
    let path = guard_file(folder, kid);
    let done = match above {
        Some(height) => guard.write(&Record::above(height)),
        None => guard.file.set_len(0).and_then(|()| guard.file.sync_all()),
    };
    done.map_err(|e| Fault(format!("double-sign guard: {} cannot be written: {e}", path.display())))
}

/// Slots as they are written, one of a key that has signed and one of a key that has not.
#[cfg(test)]
pub(crate) fn some_slots() -> Vec<Vec<u8>> {
    use super::record::{Place, Said, Step};

    let place = Place { height: 7, round: 2, step: Step::Precommit };
    let value = Some(crate::consensus::ValueId([9; 64]));
    let signed = Record::above(5).with(Said::new(place, value, b"a vote"));
    let slots = [signed, Record::default()]
        .map(|record| slot_of(&Slot { magic: MAGIC, number: 3, mark: [1; 32], record }).unwrap());
    let contents = slots.iter().map(|slot| slot[HEAD..].to_vec());
    slots.iter().cloned().chain(contents).collect()
}

/// Guards without a disk, for tests.
#[cfg(test)]
pub(crate) mod memory {
    use std::{
        io,
        sync::{Arc, Mutex, PoisonError},
    };

    use super::{super::Guard, Found, Record, Slots};

    /// A disk with one record on it. Its copies are the same disk.
    #[derive(Clone, Default)]
    pub(crate) struct Disk(Arc<Mutex<Inner>>);

    #[derive(Default)]
    struct Inner {
        kept: Record,
        fails_next: bool,
    }

    impl Disk {
        /// The guard as a process finds it; of a key that has never signed at first.
        pub(crate) fn open(&self) -> Arc<Guard> {
            let inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let kept = inner.kept.clone();
            drop(inner);
            Guard::on(Box::new(self.clone()), Found::Kept(kept))
        }

        /// The guard as a process finds it after the disk was emptied.
        pub(crate) fn lost(&self) -> Arc<Guard> {
            Guard::on(Box::new(self.clone()), Found::Lost)
        }

        /// Lets the next write fail, and leave what was there.
        pub(crate) fn fail_next(&self) {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).fails_next = true;
        }
    }

    impl Disk {
        /// Takes back a failure that has not happened yet.
        pub(crate) fn recover(&self) {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).fails_next = false;
        }
    }

    impl Slots for Disk {
        fn write(&mut self, record: &Record) -> io::Result<()> {
            let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if std::mem::take(&mut inner.fails_next) {
                return Err(io::Error::other(crate::ledger::memory::DISK_FAILED));
            }
            inner.kept = record.clone();
            Ok(())
        }
    }

    /// A disk that keeps nothing.
    pub(crate) struct Nowhere;

    impl Slots for Nowhere {
        fn write(&mut self, _: &Record) -> io::Result<()> {
            Ok(())
        }
    }
}
