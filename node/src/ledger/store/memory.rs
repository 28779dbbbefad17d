//! A disk in memory that outlives the process on it, and fails as it is told to.

use std::{
    collections::BTreeMap,
    ops::Bound,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::{Item, Items, Read, Store, Writes};
use crate::ledger::{LedgerFault, columns::Column};

type Keys = BTreeMap<Vec<u8>, Arc<[u8]>>;
type Columns = BTreeMap<Column, Arc<Keys>>;

/// What a failure of these disks says.
pub(crate) const DISK_FAILED: &str = "the simulated disk failed";

/// What becomes of the next write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// Nothing of it is there, and the writer is told so.
    Lost,
    /// All of it is there, and the writer is told that it failed.
    Landed,
}

/// A disk. Its copies are the same disk.
#[derive(Clone, Default)]
pub(crate) struct Disk(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    columns: Columns,
    failure: Option<Failure>,
}

impl Disk {
    /// Lets the next write fail.
    pub(crate) fn fail_next(&self, failure: Failure) {
        self.lock().failure = Some(failure);
    }

    /// Whether a failure that was asked for has not happened yet; it is taken back.
    pub(crate) fn recover(&self) -> bool {
        self.lock().failure.take().is_some()
    }

    /// Another disk that holds the same.
    pub(crate) fn copy(&self) -> Self {
        let columns = self.lock().columns.clone();
        Self(Arc::new(Mutex::new(Inner { columns, failure: None })))
    }

    /// Every value, by its column's name and its key.
    pub(crate) fn places(&self) -> Vec<(Column, Vec<u8>)> {
        let columns = self.lock().columns.clone();
        let keys = columns.iter().flat_map(|(c, keys)| keys.keys().map(|key| (*c, key.clone())));
        keys.collect()
    }

    /// Turns one bit of a value; of its key where the value is empty.
    pub(crate) fn flip(&self, (column, key): &(Column, Vec<u8>), bit: u64) {
        let mut inner = self.lock();
        let keys = Arc::make_mut(inner.columns.get_mut(column).unwrap());
        let (mut key, mut value) = (key.clone(), keys.remove(key).unwrap().to_vec());
        let bytes = if value.is_empty() { &mut key } else { &mut value };
        let bit = bit % (bytes.len() as u64 * 8);
        bytes[(bit / 8) as usize] ^= 1 << (bit % 8);
        keys.insert(key, value.into());
    }

    /// Takes a value away.
    pub(crate) fn lose(&self, column: Column, key: &[u8]) {
        let mut inner = self.lock();
        let lost = inner.columns.get_mut(&column).and_then(|keys| Arc::make_mut(keys).remove(key));
        assert!(lost.is_some(), "there was no such value");
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn columns(&self) -> Moment {
        Moment(self.lock().columns.clone())
    }
}

/// The disk as it stood at one moment.
struct Moment(Columns);

fn item((key, value): (&Vec<u8>, &Arc<[u8]>)) -> Item {
    (key.clone().into(), Box::from(&value[..]))
}

impl Read for Moment {
    fn get(&self, column: Column, key: &[u8]) -> Result<Option<Vec<u8>>, LedgerFault> {
        Ok(self.0.get(&column).and_then(|keys| keys.get(key)).map(|value| value.to_vec()))
    }

    fn from<'a>(&'a self, column: Column, key: &[u8]) -> Result<Items<'a>, LedgerFault> {
        let from = (Bound::Included(key.to_vec()), Bound::Unbounded);
        let keys = self.0.get(&column).into_iter();
        Ok(Box::new(keys.flat_map(move |keys| keys.range(from.clone())).map(|i| Ok(item(i)))))
    }

    fn last_until(&self, column: Column, key: &[u8]) -> Result<Option<Item>, LedgerFault> {
        let keys = self.0.get(&column);
        Ok(keys.and_then(|keys| keys.range(..=key.to_vec()).next_back()).map(item))
    }
}

impl Read for Disk {
    fn get(&self, column: Column, key: &[u8]) -> Result<Option<Vec<u8>>, LedgerFault> {
        let inner = self.lock();
        Ok(inner.columns.get(&column).and_then(|keys| keys.get(key)).map(|value| value.to_vec()))
    }

    fn from<'a>(&'a self, column: Column, key: &[u8]) -> Result<Items<'a>, LedgerFault> {
        let keys = self.lock().columns.get(&column).cloned().unwrap_or_default();
        let mut next = Bound::Included(key.to_vec());
        Ok(Box::new(std::iter::from_fn(move || {
            let found = keys.range((next.clone(), Bound::Unbounded)).next().map(item)?;
            next = Bound::Excluded(found.0.to_vec());
            Some(Ok(found))
        })))
    }

    fn last_until(&self, column: Column, key: &[u8]) -> Result<Option<Item>, LedgerFault> {
        self.columns().last_until(column, key)
    }
}

impl Store for Disk {
    fn snapshot(&self) -> Box<dyn Read + '_> {
        Box::new(self.columns())
    }

    fn write(&self, writes: Writes) -> Result<(), LedgerFault> {
        let mut inner = self.lock();
        let failure = inner.failure.take();
        if failure != Some(Failure::Lost) {
            for (column, key, value) in writes.0 {
                let keys = Arc::make_mut(inner.columns.entry(column).or_default());
                match value {
                    Some(value) => keys.insert(key, value.into()),
                    None => keys.remove(&key),
                };
            }
        }
        match failure {
            None => Ok(()),
            Some(_) => Err(LedgerFault::Storage(DISK_FAILED.into())),
        }
    }
}
