//! A ledger in memory: bodies are bytes, execution is a hash, and faults can be ordered.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use bytes::Bytes;
use countersign_record::{Digest, membership::ValidatorSet};

use crate::consensus::{
    Application, Candidate, Committed, Decided, Fault, Invalid, Stage, Tip, Undecided, ValueId,
};

#[derive(Default)]
struct Books {
    committed: Vec<(Decided, Bytes)>,
    undecided: BTreeMap<u64, Vec<Undecided>>,
    backlog: VecDeque<Bytes>,
}

pub(super) struct Fake {
    books: Mutex<Books>,
    /// Validators from which height on, ascending.
    sets: Vec<(u64, ValidatorSet)>,
    body_bytes: usize,
    tag: u8,
    pub(super) disk_is_full: AtomicBool,
    pub(super) no_room: AtomicBool,
    pub(super) executed: AtomicU64,
    pub(super) kept: AtomicU64,
}

impl Fake {
    pub(super) fn new(sets: Vec<(u64, ValidatorSet)>, tag: u8, body_bytes: usize) -> Self {
        Self {
            books: Mutex::default(),
            sets,
            body_bytes,
            tag,
            disk_is_full: AtomicBool::new(false),
            no_room: AtomicBool::new(false),
            executed: AtomicU64::new(0),
            kept: AtomicU64::new(0),
        }
    }

    /// The same node with nothing in its books.
    pub(super) fn emptied(&self) -> Self {
        Self::new(self.sets.clone(), self.tag, self.body_bytes)
    }

    pub(super) fn set_at(&self, height: u64) -> ValidatorSet {
        self.sets.iter().rev().find(|(from, _)| *from <= height).unwrap().1.clone()
    }

    pub(super) fn height(&self) -> u64 {
        self.books.lock().unwrap().committed.len() as u64
    }

    pub(super) fn batch(&self, height: u64) -> (Decided, Bytes) {
        self.books.lock().unwrap().committed[height as usize - 1].clone()
    }

    pub(super) fn submit(&self, entry: Bytes) {
        self.books.lock().unwrap().backlog.push_back(entry);
    }

    /// Whether some committed batch carries the entry.
    pub(super) fn has(&self, entry: &[u8]) -> bool {
        let books = self.books.lock().unwrap();
        books.committed.iter().any(|(_, body)| body.windows(entry.len()).any(|w| w == entry))
    }

    fn id(books: &Books, body: &Bytes) -> ValueId {
        let parent = books.committed.last().map_or([0; 64], |(d, _)| d.id.0);
        ValueId::new(Digest::of(body), Digest::of_parts(&[&parent, body]))
    }
}

impl Application for Fake {
    fn tip(&self) -> Tip {
        let height = self.height();
        Tip { height, validators: self.set_at(height + 1) }
    }

    fn propose(&self, height: u64, round: u32) -> Result<Candidate, Fault> {
        let books = self.books.lock().unwrap();
        assert_eq!(height, books.committed.len() as u64 + 1, "asked to propose on another tip");
        let mut body = height.to_be_bytes().to_vec();
        body.extend(round.to_be_bytes());
        body.push(self.tag);
        books.backlog.iter().for_each(|entry| body.extend_from_slice(entry));
        body.resize(body.len().max(self.body_bytes), 0);
        let body = Bytes::from(body);
        Ok(Candidate { id: Self::id(&books, &body), body })
    }

    fn validate(&self, height: u64, body: &Bytes, _: Stage) -> Result<ValueId, Invalid> {
        let books = self.books.lock().unwrap();
        assert_eq!(height, books.committed.len() as u64 + 1, "asked to execute on another tip");
        self.executed.fetch_add(1, Ordering::Relaxed);
        if !body.starts_with(&height.to_be_bytes()) {
            return Err(Invalid("the body is of another height".into()));
        }
        Ok(Self::id(&books, body))
    }

    fn keep_undecided(&self, undecided: Undecided) -> Result<(), Fault> {
        self.kept.fetch_add(1, Ordering::Relaxed);
        self.books.lock().unwrap().undecided.entry(undecided.height).or_default().push(undecided);
        Ok(())
    }

    fn undecided(&self, height: u64, round: u32) -> Result<Vec<Undecided>, Fault> {
        let books = self.books.lock().unwrap();
        let all = books.undecided.get(&height).cloned().unwrap_or_default();
        Ok(all.into_iter().filter(|u| u.round == round).collect())
    }

    fn undecided_by_id(&self, height: u64, id: &ValueId) -> Result<Option<Undecided>, Fault> {
        let books = self.books.lock().unwrap();
        Ok(books.undecided.get(&height).and_then(|all| all.iter().find(|u| u.id == *id).cloned()))
    }

    fn commit(&self, decided: Decided) -> Result<Committed, Fault> {
        if self.disk_is_full.load(Ordering::Relaxed) {
            return Err(Fault::new("no space left on device"));
        }
        {
            let mut books = self.books.lock().unwrap();
            let height = decided.height;
            if height == books.committed.len() as u64 + 1 {
                let kept = books.undecided.remove(&height).unwrap_or_default();
                let Some(kept) = kept.into_iter().find(|u| u.id == decided.id) else {
                    return Ok(Committed::BodyMissing);
                };
                books.backlog.retain(|e| !kept.body.windows(e.len()).any(|w| w == e));
                books.committed.push((decided, kept.body));
            } else {
                assert!(height <= books.committed.len() as u64, "a height was skipped");
            }
        }
        Ok(Committed::Here(self.tip()))
    }

    fn decided(&self, height: u64) -> Result<Option<(Decided, Bytes)>, Fault> {
        Ok(self.books.lock().unwrap().committed.get(height as usize - 1).cloned())
    }

    fn first_height(&self) -> u64 {
        1
    }

    fn has_room(&self) -> bool {
        !self.no_room.load(Ordering::Relaxed)
    }

    fn waiting(&self) -> usize {
        self.books.lock().unwrap().backlog.len()
    }
}
