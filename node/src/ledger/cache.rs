//! What the ledger keeps decoded in memory.

use std::{hash::Hash, sync::Mutex};

use countersign_contracts::world::{Record, SubjectKey};
use hashlink::LruCache;

use super::Changes;
use crate::limits::RECORD_CACHE_MAX;

/// Values that never change under their keys: those that were put or asked for last.
pub(super) struct Unchanging<K, V>(Mutex<LruCache<K, V>>);

impl<K: Eq + Hash, V: Clone> Unchanging<K, V> {
    pub(super) fn new(most: usize) -> Self {
        Self(Mutex::new(LruCache::new(most)))
    }

    pub(super) fn get(&self, key: &K) -> Option<V> {
        self.0.lock().ok()?.get(key).cloned()
    }

    pub(super) fn put(&self, key: K, value: V) {
        self.put_each([(key, value)]);
    }

    pub(super) fn put_each(&self, values: impl IntoIterator<Item = (K, V)>) {
        if let Ok(mut kept) = self.0.lock() {
            for (key, value) in values {
                kept.insert(key, value);
            }
        }
    }

    /// Nobody will ask for it any more.
    pub(super) fn forget(&self, key: &K) {
        if let Ok(mut values) = self.0.lock() {
            values.remove(key);
        }
    }
}

/// Decoded records of the subjects that were asked for or changed last.
pub(super) struct RecordCache(Mutex<Cached>);

struct Cached {
    records: LruCache<SubjectKey, Record>,
    /// Commits so far.
    commits: u64,
}

impl Default for RecordCache {
    fn default() -> Self {
        Self(Mutex::new(Cached { records: LruCache::new(RECORD_CACHE_MAX), commits: 0 }))
    }
}

impl RecordCache {
    /// What a question about a record gives; or, where it is not here, the commits before which it
    /// is about to be read.
    pub(super) fn look_at<T>(
        &self,
        key: &SubjectKey,
        ask: impl FnOnce(&Record) -> T,
    ) -> Result<T, u64> {
        let Ok(mut cached) = self.0.lock() else { return Err(u64::MAX) };
        let commits = cached.commits;
        cached.records.get(key).map(ask).ok_or(commits)
    }

    /// Remembers what was read, unless a commit came between: it may be of the time before.
    pub(super) fn read(&self, key: SubjectKey, record: Record, commits: u64) {
        let Ok(mut cached) = self.0.lock() else { return };
        if cached.commits == commits {
            cached.records.insert(key, record);
        }
    }

    /// Remembers what was committed.
    pub(super) fn committed(&self, changed: &Changes) {
        let Ok(mut cached) = self.0.lock() else { return };
        cached.commits += 1;
        for (key, record) in changed {
            cached.records.insert(key.clone(), record.clone());
        }
    }
}
