//! A ledger of one validator with random histories of all families in it, and others that follow it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use countersign_contracts::{
    entry::SignedEntry,
    family::FamilyName,
    testing::{
        dice::Dice,
        histories::{Parties, throw},
        port,
    },
    world::{Record, SubjectKey},
};
use countersign_record::{
    commit::{CommitSignature, precommit_tbs},
    founding::Genesis,
    header::Header,
    keys::Signer as _,
};

use crate::{
    batch::Batch,
    consensus::Stage,
    execution::Execution,
    ledger::{Executed, Ledger, store::memory::Disk},
    runtime::clock::Clock,
};

/// What was played so far, and the ledger that it is in.
pub(crate) struct Played {
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) chain: Vec<Batch>,
    parties: Parties,
    dice: Dice,
    clock: &'static AtomicU64,
    party: &'static str,
    waiting: Vec<SignedEntry>,
}

impl Played {
    /// Plays so many heights. Some of them are empty.
    pub(crate) fn of(seed: u64, heights: usize) -> Self {
        let parties = Parties::new(1, 0);
        let ledger = Ledger::on_disk(Disk::default(), parties.genesis().clone()).unwrap();
        let clock = Box::leak(Box::new(AtomicU64::new(parties.genesis().time)));
        let party = port::validators(1)[0];
        let mut played = Self {
            ledger: Arc::new(ledger),
            chain: Vec::new(),
            parties,
            dice: Dice::new(seed),
            clock,
            party,
            waiting: Vec::new(),
        };
        played.play(heights);
        played
    }

    pub(crate) fn genesis(&self) -> Genesis {
        self.parties.genesis().clone()
    }

    pub(crate) fn height(&self) -> u64 {
        self.chain.len() as u64
    }

    pub(crate) fn play(&mut self, heights: usize) {
        let execution = Execution::new(self.ledger.clone(), Clock::by_hand(self.clock));
        for _ in 0..heights {
            let now = self.clock.load(Ordering::Relaxed) + 1 + self.dice.below(6 * 3_600_000);
            self.clock.store(now, Ordering::Relaxed);
            for _ in 0..self.dice.below(12) {
                let lots = throw(&mut self.dice);
                let said = self.parties.next(now, lots);
                self.waiting.extend(said.and_then(|s| self.parties.admit(s)));
            }
            let mut seen = BTreeSet::new();
            let ledger = &self.ledger;
            let mut entries = std::mem::take(&mut self.waiting);
            entries.retain(|e| ledger.place(&e.id()).unwrap().is_none() && seen.insert(e.id()));
            let made = execution.build(port::id(self.party), entries).unwrap();
            self.parties.execute(made.header.time, &made.entries).unwrap();
            self.chain.push(batch_of(&made));
            self.commit(&self.ledger, &made);
            execution.forget();
        }
    }

    fn commit(&self, ledger: &Ledger, made: &Executed) {
        let signature = sign(self.party, &made.header);
        ledger.commit(made, 0, vec![signature]).unwrap();
    }

    /// Lets another ledger take every batch that it has not.
    pub(crate) fn followed_by(&self, other: &Arc<Ledger>) {
        let execution = Execution::new(other.clone(), Clock::by_hand(self.clock));
        while other.tip().height < self.height() {
            let batch = &self.chain[other.tip().height as usize];
            let made = execution.check(batch, Stage::Decided, |_| None).unwrap_or_else(|no| {
                panic!("height {} does not follow: {no}", batch.header.height)
            });
            self.commit(other, &made);
            execution.forget();
        }
    }
}

fn sign(party: &str, header: &Header) -> CommitSignature {
    let key = port::validator_key(party);
    let kid = key.public().thumbprint();
    let tbs =
        precommit_tbs(&header.network, header.height, 0, &header.digest(), &header.log_root, &kid);
    CommitSignature { kid, signature: key.sign(&tbs) }
}

fn batch_of(executed: &Executed) -> Batch {
    let bytes = |e: &SignedEntry| e.statement().bytes().to_vec().into();
    Batch {
        header: executed.header.clone(),
        statements: executed.entries.iter().map(bytes).collect(),
    }
}

/// All records of a ledger.
pub(crate) fn records(ledger: &Ledger) -> BTreeMap<SubjectKey, Record> {
    let of = |f: &FamilyName| ledger.subjects(*f, "", None, usize::MAX).unwrap();
    FamilyName::ALL.iter().flat_map(of).collect()
}
