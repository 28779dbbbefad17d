//! One node: what survives a crash, and what a crash ends.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use countersign_contracts::testing::{dice::Dice, port};
use countersign_record::{Digest, founding::Genesis};
use ed25519_dalek::SigningKey;
use malachitebft_app_channel::app::metrics::Metrics;
use malachitebft_core_consensus::State;
use malachitebft_core_types::Timeout;
use malachitebft_sync::RawDecidedValue;
use tokio::{sync::watch, time::Instant};

use super::{
    journal::{Journal, Platter},
    mutation::{Mutant, Mutation},
    villain::Vices,
};
use crate::{
    admission::Admission,
    agreement::Agreement,
    backlog::Backlog,
    consensus::{
        Application,
        app::desk::Desk,
        codec::Wire,
        context::{Address, Ledger as Engine},
        guard::{self, Guard, memory},
        halt::Halt,
        handle::Progress,
        horizon::{Horizon, Standing},
        network::EnginePeerId,
        parts::Assembly,
        signing::{Checker, Hand},
        voter::Voter,
    },
    execution::Execution,
    ledger::{Ledger, memory::Disk},
    runtime::{clock::Clock, metrics::Metrics as Counters},
};

/// How votes are signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scheme {
    /// By a checksum over key and message: nobody here forges.
    Cheap,
    /// By Ed25519.
    Real,
}

/// A node with its disks.
pub(super) struct Node {
    pub(super) party: &'static str,
    pub(super) me: Address,
    pub(super) peer: EnginePeerId,
    pub(super) disk: Disk,
    pub(super) platter: Platter,
    /// What its key has signed; not lost with the rest.
    pub(super) guard: memory::Disk,
    /// Reads this far ahead of everybody's time, milliseconds.
    pub(super) ahead_ms: i64,
    pub(super) clock: &'static AtomicU64,
    /// How often it was started: what was meant for a former life is dropped.
    pub(super) life: u64,
    pub(super) running: Option<Running>,
    /// The number of effects until it dies.
    pub(super) fuse: Option<u64>,
    /// None of an honest node.
    pub(super) vices: Option<Vices>,
    /// The last height that it said was on its disk.
    pub(super) durable: u64,
    key: SigningKey,
}

/// What lives in the process.
pub(super) struct Running {
    /// The engine's core, once it has begun.
    pub(super) core: Option<Box<State<Engine>>>,
    pub(super) metrics: Metrics,
    pub(super) hand: Hand,
    pub(super) checker: Checker,
    pub(super) ledger: Arc<Ledger>,
    pub(super) backlog: Arc<Backlog>,
    pub(super) admission: Admission,
    pub(super) desk: Desk,
    pub(super) assembly: Assembly,
    pub(super) journal: Journal,
    pub(super) timers: Vec<(Timeout, u64)>,
    /// The journal is being read: nothing is added to it.
    pub(super) recovering: bool,
    /// It votes at this height.
    pub(super) voting: bool,
    /// The height whose commit was begun last.
    pub(super) begun: u64,
    pub(super) finalized: u64,
    /// It waits for the heartbeat.
    pub(super) idle: bool,
    /// Numbers its part streams.
    pub(super) streams: u64,
    /// The highest height that somebody else was seen to work on.
    pub(super) ahead: u64,
    /// The open sync request: when it was sent, and to whom.
    pub(super) asked: Option<(u64, usize)>,
    /// Who did not answer the last one.
    pub(super) mute: Option<usize>,
    /// Batches that came by sync, with their senders.
    pub(super) synced: BTreeMap<u64, (usize, RawDecidedValue<Engine>)>,
}

impl Node {
    pub(super) fn new(
        number: usize,
        party: &'static str,
        genesis: &Genesis,
        dice: &mut Dice,
    ) -> Self {
        let key = port::validator_key(party);
        // An identity hash of 32 bytes, as the engine takes it for a key.
        let mut peer = [number as u8; 34];
        peer[..2].copy_from_slice(&[0, 32]);
        Self {
            party,
            me: Address::of(&key.verifying_key()),
            peer: EnginePeerId::from_bytes(&peer).unwrap(),
            disk: Disk::default(),
            platter: Platter::default(),
            guard: memory::Disk::default(),
            ahead_ms: dice.below(4000) as i64 - 2000,
            // Lives as long as the test: eight bytes a node.
            clock: Box::leak(Box::new(AtomicU64::new(genesis.time))),
            life: 0,
            running: None,
            fuse: None,
            vices: None,
            durable: 0,
            key,
        }
    }

    pub(super) fn is_honest(&self) -> bool {
        self.vices.is_none()
    }

    pub(super) fn set_clock(&self, time: u64) {
        self.clock.store(time.saturating_add_signed(self.ahead_ms), Ordering::Relaxed);
    }

    pub(super) fn height(&self) -> u64 {
        self.running.as_ref().map_or(0, |running| running.ledger.tip().height)
    }

    /// Starts the process on what its disks hold.
    pub(super) fn start(
        &mut self,
        genesis: &Genesis,
        scheme: Scheme,
        mutation: Option<Mutation>,
    ) -> Result<(), String> {
        let network: Digest = genesis.network();
        let ledger = Ledger::on_disk(self.disk.clone(), genesis.clone());
        let ledger = Arc::new(ledger.map_err(|e| format!("the ledger: {e}"))?);
        self.platter.clear_stump();
        let mut journal = open_journal(&self.platter)?;
        let clock = Clock::by_hand(self.clock);
        let backlog = Arc::new(Backlog::default());
        let counters = Arc::new(Counters::new());
        let party = Some(port::id(self.party).to_owned());
        let inner = Agreement::new(ledger.clone(), backlog.clone(), party, clock, counters);
        let app: Arc<dyn Application> = match mutation.filter(|_| self.is_honest()) {
            None => Arc::new(inner),
            Some(mutation) => Arc::new(Mutant {
                inner,
                ledger: ledger.clone(),
                execution: Execution::new(ledger.clone(), clock),
                mutation,
                unkept: Default::default(),
            }),
        };
        let standing = Standing::of(&app.tip()).map_err(|e| e.to_string())?;
        let begun = standing.tip;
        let progress = watch::Sender::new(Progress::default());
        let horizon = Horizon::new(standing);
        if mutation == Some(Mutation::SignsWithoutItsGuard) {
            self.guard = memory::Disk::default();
        }
        let guard = if self.is_honest() { self.guard.open() } else { Guard::none() };
        let voter = Voter { key: Arc::new(self.key.clone().into()), guard };
        let halt = Halt::new();
        let checker = match scheme {
            Scheme::Cheap => Checker::cheap(network),
            Scheme::Real => Checker::new(network),
        };
        let checker = checker.looking_out(&voter, halt.clone());
        let hand = Hand::new(checker.clone(), voter.clone(), horizon.clone(), halt.clone());
        let mut ours = read_journal(&mut journal, &checker, self.me)?;
        ours.look_for_bodies(&*app, horizon.tip()).map_err(|e| e.to_string())?;
        voter.guard.begin(horizon.tip(), &ours).map_err(|e| e.to_string())?;
        if !voter.guard.signs_at(horizon.tip() + 1) {
            self.platter.remove();
            journal = open_journal(&self.platter)?;
        }
        let desk = Desk::new(app, self.me, voter.into(), horizon, halt, progress, Instant::now());
        self.life += 1;
        self.running = Some(Running {
            core: None,
            metrics: Metrics::default(),
            hand,
            checker,
            admission: Admission::new(ledger.clone(), clock),
            ledger,
            backlog,
            desk,
            assembly: Assembly::default(),
            journal,
            timers: Vec::new(),
            recovering: false,
            voting: false,
            begun,
            finalized: 0,
            idle: false,
            // A restart must not repeat a number while a peer holds the old stream's beginning.
            streams: self.life << 32,
            ahead: 0,
            asked: None,
            mute: None,
            synced: BTreeMap::new(),
        });
        Ok(())
    }

    /// The process is gone, and what was not on its disks.
    pub(super) fn crash(&mut self, dice: &mut Dice) {
        self.running = None;
        self.fuse = None;
        self.disk.recover();
        self.platter.crash(dice);
        self.guard.recover();
    }
}

fn open_journal(platter: &Platter) -> Result<Journal, String> {
    Journal::open_with("", platter.clone()).map_err(|e| format!("the journal: {e}"))
}

/// What the guard is told of the journal, as a starting node reads it.
fn read_journal(
    journal: &mut Journal,
    checker: &Checker,
    me: Address,
) -> Result<guard::Journal, String> {
    let height = journal.sequence();
    let entries = journal.iter().map_err(|e| format!("the journal: {e}"))?;
    let entries: Vec<_> = entries.map_while(Result::ok).collect();
    let inputs = entries
        .iter()
        .filter_map(|entry| malachitebft_engine::wal::decode_entry(&Wire, &entry[..]).ok());
    Ok(guard::Journal::of(height, inputs, checker, me))
}
