//! Random histories of every family on four replicas: any of them proposes, any of them lags, any
//! of them dies between two steps; and whoever has a height has the same one.
//!
//! `COUNTERSIGN_HISTORIES` asks for more of them, `COUNTERSIGN_SEED` for one that failed.

use std::{
    collections::BTreeMap,
    env, fs, panic,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use countersign_contracts::{
    entry::SignedEntry,
    execute::Happening,
    family::FamilyName,
    testing::{
        MemoryLedger,
        dice::Dice,
        histories::{Parties, throw},
        invariants::all_hold,
        port,
    },
    world::{Moment, Record, SubjectKey},
};
use countersign_record::{founding::Genesis, statement::Statement};
use tempfile::TempDir;

use crate::{
    batch::Batch,
    consensus::Stage,
    execution::Execution,
    ledger::{Executed, Ledger},
    runtime::clock::Clock,
};

const REPLICAS: usize = 4;
const STEPS: u64 = 40;
const DAY: u64 = 24 * 3_600_000;
/// Deadlines fire, at most 256 a batch; no history here comes near that.
const ALL: usize = usize::MAX;

/// One node without its network.
struct Replica {
    party: &'static str,
    clock: &'static AtomicU64,
    running: Option<Running>,
}

struct Running {
    folder: TempDir,
    ledger: Arc<Ledger>,
    execution: Execution,
}

impl Running {
    fn open(folder: TempDir, genesis: &Genesis, clock: &'static AtomicU64) -> Self {
        let ledger = Arc::new(Ledger::open(folder.path(), genesis.clone()).unwrap());
        let execution = Execution::new(ledger.clone(), Clock::by_hand(clock));
        Self { folder, ledger, execution }
    }
}

impl Replica {
    fn new(party: &'static str, genesis: &Genesis) -> Self {
        // Lives as long as the test: eight bytes a replica.
        let clock = Box::leak(Box::new(AtomicU64::new(genesis.time)));
        let running = Running::open(tempfile::tempdir().unwrap(), genesis, clock);
        Self { party, clock, running: Some(running) }
    }

    fn running(&self) -> &Running {
        self.running.as_ref().unwrap()
    }

    fn height(&self) -> u64 {
        self.running().ledger.tip().height
    }

    /// The process dies: what it finds when it starts again is what was on its disk at this moment,
    /// before anything was closed.
    fn crash(&mut self, genesis: &Genesis) {
        let dead = self.running.take().unwrap();
        let disk = tempfile::tempdir().unwrap();
        dead.ledger.freeze();
        copy(dead.folder.path(), disk.path());
        drop(dead);
        self.running = Some(Running::open(disk, genesis, self.clock));
    }

    /// Executes a decided batch, anew where the result went with a crash, and makes it durable.
    fn commit(&self, batch: &Batch) {
        let Running { ledger, execution, .. } = self.running();
        let executed = execution.find(&batch.header.digest()).unwrap_or_else(|| {
            execution.check(batch, Stage::Decided, |_| None).unwrap_or_else(|no| {
                panic!("{} does not follow height {}: {no}", self.party, batch.header.height)
            })
        });
        ledger.commit(&executed, 0, Vec::new()).unwrap();
        execution.forget();
    }
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

/// Four replicas, the parties that write to them, and what was decided so far.
struct World {
    dice: Dice,
    parties: Parties,
    replicas: Vec<Replica>,
    chain: Vec<Batch>,
    waiting: Vec<SignedEntry>,
    now: u64,
    /// Everything that happened, read from the ledgers.
    history: Vec<Happening>,
    accepted: usize,
    refused: usize,
    crashes: usize,
}

impl World {
    fn new(seed: u64) -> Self {
        let parties = Parties::new(REPLICAS, 2);
        let genesis = parties.genesis().clone();
        let replica = |party: &&'static str| Replica::new(party, &genesis);
        Self {
            dice: Dice::new(seed),
            replicas: port::validators(REPLICAS).iter().map(replica).collect(),
            now: genesis.time,
            parties,
            chain: Vec::new(),
            waiting: Vec::new(),
            history: Vec::new(),
            accepted: 0,
            refused: 0,
            crashes: 0,
        }
    }

    fn height(&self) -> u64 {
        self.chain.len() as u64
    }

    fn maybe_crash(&mut self, i: usize) {
        if self.dice.per_mille(60) {
            self.crashes += 1;
            self.replicas[i].crash(self.parties.genesis());
        }
    }

    /// One batch from entries to ledgers.
    fn step(&mut self) {
        self.pass_time();
        self.gather();
        let heads: Vec<usize> =
            (0..REPLICAS).filter(|i| self.replicas[*i].height() == self.height()).collect();
        let proposer = *self.dice.one_of(&heads);
        let batch = self.propose(proposer);
        let mut order = heads;
        shuffle(&mut self.dice, &mut order);
        for i in &order {
            self.maybe_crash(*i);
            // Some come too late to vote.
            if self.dice.per_mille(800) {
                let Running { execution, .. } = self.replicas[*i].running();
                let found = execution.check(&batch, Stage::Proposed, |_| None).unwrap();
                assert_eq!(found.header, batch.header);
            }
            self.maybe_crash(*i);
        }
        self.decided(&batch);
        self.chain.push(batch);
        // One replica at least has the batch; the others may come later.
        for (n, i) in order.into_iter().enumerate() {
            if n == 0 || self.dice.per_mille(700) {
                self.catch_up(i);
            }
        }
        let laggard = self.dice.below(REPLICAS as u64) as usize;
        self.catch_up(laggard);
    }

    /// Mostly moments pass, sometimes days; every clock is a little off.
    fn pass_time(&mut self) {
        let span = if self.dice.per_mille(100) { 5 * DAY } else { 4000 };
        self.now += self.dice.below(span);
        for replica in &self.replicas {
            let off = self.dice.below(8000);
            replica.clock.store(self.now + off - 4000, Ordering::Relaxed);
        }
    }

    fn gather(&mut self) {
        for _ in 0..self.dice.below(16) {
            let lots = throw(&mut self.dice);
            let said = self.parties.next(self.now, lots);
            self.waiting.extend(said.and_then(|s| self.parties.admit(s)));
        }
        shuffle(&mut self.dice, &mut self.waiting);
    }

    fn propose(&mut self, proposer: usize) -> Batch {
        let Replica { party, .. } = self.replicas[proposer];
        let Running { ledger, execution, .. } = self.replicas[proposer].running();
        let taken = self.waiting.len().saturating_sub(self.dice.below(4) as usize);
        let mut entries: Vec<SignedEntry> = self.waiting.drain(..taken).collect();
        // What a node has seen already it does not propose again: `Agreement::propose`.
        entries.retain(|e| ledger.place(&e.id()).unwrap().is_none());
        let mut seen = std::collections::BTreeSet::new();
        entries.retain(|e| seen.insert(e.id()));
        let made = execution.build(port::id(party), entries).unwrap();
        self.spoilt(&made);
        batch_of(&made)
    }

    /// A batch that is not what it says is voted for by nobody.
    fn spoilt(&mut self, made: &Executed) {
        let mut batch = batch_of(made);
        match self.dice.below(4) {
            0 => batch.header.state_root.0[0] ^= 1,
            1 => batch.header.log_size += 1,
            // It belongs to another height's ledger, or comes twice.
            2 if !self.chain.is_empty() => {
                let old = self.dice.one_of(&self.chain).statements.clone();
                let Some(old) = old.into_iter().next() else { return };
                batch.statements.push(old);
            }
            _ => {
                let Some(first) = batch.statements.first().cloned() else { return };
                batch.statements.push(first);
            }
        }
        for replica in self.replicas.iter().filter(|r| r.height() == self.chain.len() as u64) {
            let Running { execution, .. } = replica.running();
            assert!(execution.check(&batch, Stage::Decided, |_| None).is_err());
        }
    }

    /// What is decided is what the rules say in memory, entry by entry.
    fn decided(&mut self, batch: &Batch) {
        let admitted =
            batch.statements.iter().map(|s| self.parties.admit(Statement::parse(s).unwrap()));
        let entries: Vec<_> = admitted.map(Option::unwrap).collect();
        let outcome = self.parties.execute(batch.header.time, &entries).unwrap();
        assert_eq!(outcome.refused().count() as u64, batch.header.refusals_size);
        self.accepted += outcome.verdicts.iter().filter(|v| v.is_ok()).count();
        self.refused += outcome.refused().count();
    }

    fn catch_up(&mut self, i: usize) {
        while self.replicas[i].height() < self.height() {
            self.maybe_crash(i);
            let next = self.replicas[i].height() as usize;
            self.replicas[i].commit(&self.chain[next]);
            self.maybe_crash(i);
            self.same_roots(i);
        }
    }

    fn same_roots(&self, i: usize) {
        let tip = self.replicas[i].running().ledger.tip();
        let header = &self.chain[tip.height as usize - 1].header;
        assert_eq!(tip.parent, header.digest(), "replica {i}");
        assert_eq!(tip.state_root, header.state_root, "replica {i}");
        assert_eq!(tip.log.root(), header.log_root, "replica {i}");
    }

    /// The invariants of all families, on what a ledger holds.
    fn invariants(&mut self) {
        let head = self.replicas.iter().find(|r| r.height() == self.height()).unwrap();
        let Running { ledger, .. } = head.running();
        for happened in ledger.happenings(self.height()).unwrap() {
            self.history.push(Happening {
                subject: happened.subject,
                cause: happened.cause,
                event: happened.event,
            });
        }
        let kept = records(ledger);
        assert!(kept == *self.parties.model().records(), "the records are not the rules' own");
        let tip = ledger.tip();
        let moment = Moment { height: tip.height, time: tip.time, rules: tip.rules };
        let genesis = self.parties.genesis();
        let read = MemoryLedger::read(genesis, moment, kept, self.history.clone()).unwrap();
        all_hold(&read);
        if self.height().is_multiple_of(20) {
            assert_eq!(read.not_folds(), vec![]);
        }
    }
}

fn batch_of(executed: &Executed) -> Batch {
    let bytes = |e: &SignedEntry| e.statement().bytes().to_vec().into();
    Batch {
        header: executed.header.clone(),
        statements: executed.entries.iter().map(bytes).collect(),
    }
}

fn records(ledger: &Ledger) -> BTreeMap<SubjectKey, Record> {
    let of = |f: &FamilyName| ledger.subjects(*f, "", None, ALL).unwrap();
    FamilyName::ALL.iter().flat_map(of).collect()
}

fn shuffle<T>(dice: &mut Dice, all: &mut [T]) {
    for i in (1..all.len()).rev() {
        all.swap(i, dice.below(i as u64 + 1) as usize);
    }
}

fn history(seed: u64) -> World {
    let mut world = World::new(seed);
    for _ in 0..STEPS {
        world.step();
        world.invariants();
    }
    for i in 0..REPLICAS {
        world.catch_up(i);
        world.same_roots(i);
        assert!(records(&world.replicas[i].running().ledger) == *world.parties.model().records());
    }
    world
}

fn number(name: &str) -> Option<u64> {
    env::var(name).ok().and_then(|n| n.parse().ok())
}

#[test]
fn whoever_proposes_and_whoever_dies_all_replicas_hold_the_same_ledger() {
    let seeds = match number("COUNTERSIGN_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("COUNTERSIGN_HISTORIES").unwrap_or(6),
    };
    let (mut accepted, mut refused, mut crashes) = (0, 0, 0);
    for seed in seeds {
        match panic::catch_unwind(|| history(seed)) {
            Ok(world) => {
                accepted += world.accepted;
                refused += world.refused;
                crashes += world.crashes;
            }
            Err(_) => panic!("the history of seed {seed}; COUNTERSIGN_SEED={seed} repeats it"),
        }
    }
    assert!(accepted > 0 && refused > 0 && crashes > 0, "{accepted} {refused} {crashes}");
}
