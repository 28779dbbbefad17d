//! Entries that wait to be proposed: bounded, and fair between the parties.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicUsize, Ordering},
    },
};

use countersign_contracts::entry::SignedEntry;
use countersign_record::statement::EntryId;
use tokio::sync::Notify;

use crate::{
    admission::AdmittedEntry,
    limits::{
        BACKLOG_BYTES_MAX, BACKLOG_ENTRIES_MAX, BACKLOG_PARTY_SHARE, BATCH_ENTRIES_MAX,
        BATCH_FILL_BYTES_MAX,
    },
};

/// Why an entry cannot wait here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Full {
    /// The party has its share of the backlog.
    Party,
    /// The backlog is full.
    All,
}

/// The entries that wait.
#[derive(Default)]
pub struct Backlog {
    queues: Mutex<Queues>,
    waiting: AtomicUsize,
    work: Arc<Notify>,
}

#[derive(Default)]
struct Queues {
    by_id: HashMap<EntryId, SignedEntry>,
    by_party: BTreeMap<String, Queue>,
    bytes: usize,
    /// The party after which the next batch begins to take, so that nobody is always first.
    last: Option<String>,
}

/// What waits of one party.
#[derive(Default)]
struct Queue {
    ids: VecDeque<EntryId>,
    bytes: usize,
}

impl Backlog {
    /// Lets an entry wait. `false` where it waits already.
    ///
    /// # Errors
    /// There is no room; the submitter should try again in a moment.
    pub fn push(&self, admitted: &AdmittedEntry) -> Result<bool, Full> {
        let mut queues = self.lock();
        let entry = admitted.entry();
        if queues.by_id.contains_key(&entry.id()) {
            return Ok(false);
        }
        let size = entry.statement().bytes().len();
        if queues.by_id.len() >= BACKLOG_ENTRIES_MAX || queues.bytes + size > BACKLOG_BYTES_MAX {
            return Err(Full::All);
        }
        let queue = queues.by_party.entry(admitted.party().into()).or_default();
        // Few large entries take as much room as many small ones.
        if queue.ids.len() >= BACKLOG_ENTRIES_MAX / BACKLOG_PARTY_SHARE
            || queue.bytes + size > BACKLOG_BYTES_MAX / BACKLOG_PARTY_SHARE
        {
            return Err(Full::Party);
        }
        queue.ids.push_back(entry.id());
        queue.bytes += size;
        queues.bytes += size;
        queues.by_id.insert(entry.id(), entry.clone());
        self.waiting.store(queues.by_id.len(), Ordering::Relaxed);
        drop(queues);
        self.work.notify_one();
        Ok(true)
    }

    /// What a batch should hold now: one entry of each party in turn, until it is full.
    pub fn take_for_batch(&self) -> Vec<SignedEntry> {
        let mut queues = self.lock();
        let (mut taken, mut bytes) = (Vec::new(), 0);
        let after = queues.last.clone().unwrap_or_default();
        let (late, early): (Vec<_>, Vec<_>) =
            queues.by_party.keys().cloned().partition(|p| *p > after);
        let parties: Vec<String> = late.into_iter().chain(early).collect();
        queues.last = parties.first().cloned();
        'rounds: for turn in 0.. {
            let mut any = false;
            for party in &parties {
                let id = queues.by_party.get(party).and_then(|q| q.ids.get(turn)).copied();
                let Some(entry) = id.and_then(|id| queues.by_id.get(&id)) else { continue };
                bytes += entry.statement().bytes().len();
                if taken.len() >= BATCH_ENTRIES_MAX || bytes > BATCH_FILL_BYTES_MAX {
                    break 'rounds;
                }
                any = true;
                taken.push(entry.clone());
            }
            if !any {
                break;
            }
        }
        taken
    }

    /// An entry that waits, checked when it came in.
    pub fn get(&self, id: &EntryId) -> Option<SignedEntry> {
        self.lock().by_id.get(id).cloned()
    }

    /// Forgets entries that are in the ledger now.
    pub fn remove(&self, ids: impl IntoIterator<Item = EntryId>) {
        let mut queues = self.lock();
        let mut gone = false;
        for id in ids {
            if let Some(entry) = queues.by_id.remove(&id) {
                queues.bytes -= entry.statement().bytes().len();
                gone = true;
            }
        }
        if gone {
            let Queues { by_id, by_party, .. } = &mut *queues;
            by_party.retain(|_, queue| {
                let mut bytes = 0;
                queue.ids.retain(|id| {
                    let entry = by_id.get(id);
                    bytes += entry.map_or(0, |entry| entry.statement().bytes().len());
                    entry.is_some()
                });
                queue.bytes = bytes;
                !queue.ids.is_empty()
            });
        }
        self.waiting.store(queues.by_id.len(), Ordering::Relaxed);
    }

    /// How many entries wait.
    pub fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    /// How many bytes they have.
    pub fn bytes(&self) -> usize {
        self.lock().bytes
    }

    /// Rung whenever an entry comes in.
    pub fn work(&self) -> Arc<Notify> {
        self.work.clone()
    }

    fn lock(&self) -> MutexGuard<'_, Queues> {
        match self.queues.lock() {
            Ok(queues) => queues,
            // No code here can panic between two changes that belong together.
            Err(poisoned) => poisoned.into_inner(),
        }
    }
}
