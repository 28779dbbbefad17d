//! The scheduler: one queue of events by simulated time, and everything that they may change.

use std::collections::{BTreeMap, BTreeSet};

use countersign_contracts::testing::{
    dice::Dice,
    histories::{Parties, throw},
    port,
};
use malachitebft_core_consensus::ProposedValue;
use malachitebft_core_types::{LinearTimeouts, Round, ValueOrigin, ValueResponse};

use super::{
    checker::Known,
    mutation::Mutation,
    node::{Node, Scheme},
    peers::Frame,
    trace::Trace,
    villain::Vices,
    weather::Weather,
};
use crate::consensus::{
    Settings,
    boundary::{Decided, Timeouts, ValueId},
    context::{Address, Height, Ledger as Engine},
    engine::linear,
    limits,
    network::EnginePeerId,
    parts::Arrived,
};
use crate::ledger::memory::DISK_FAILED;

pub(super) const MS: u64 = 1000;
const SECOND: u64 = 1000 * MS;
/// The faults end after this, if the heights that were asked for have not come before.
const STORM_MAX: u64 = 60 * SECOND;
/// Parties say nothing more while so many entries wait at some node.
const WAITING_MAX: usize = 40;
/// Once the faults have ended, every honest node goes on within this.
pub(super) const LIVENESS: u64 = 20 * SECOND;

/// What is played.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plan {
    pub(super) seed: u64,
    pub(super) heights: u64,
    pub(super) scheme: Scheme,
    pub(super) mutation: Option<Mutation>,
    /// Whether anything goes wrong.
    pub(super) calm: bool,
}

/// What happens at a moment.
#[derive(Debug)]
pub(super) enum Event {
    Arrive { from: usize, to: usize, frame: Frame },
    Timer { node: usize, life: u64, id: u64 },
    Mail { node: usize, life: u64, mail: Mail },
    Status { node: usize, life: u64 },
    Start(usize),
    Statement,
    Crash,
    DiskFails,
    Shift,
    Leap,
}

/// What a node has told itself to do: everything that leads to a new input of the core.
#[derive(Debug)]
pub(super) enum Mail {
    Value(Box<ProposedValue<Engine>>, ValueOrigin),
    Propose(Height, Round),
    Commit(Decided),
    Synced(Box<ValueResponse<Engine>>, Address),
    Body(EnginePeerId, Arrived),
    Next(u64),
    Again(u64),
}

/// What came of a seed.
pub(super) struct Played {
    pub(super) heights: u64,
    pub(super) digest: String,
    pub(super) faults: BTreeMap<&'static str, u64>,
    /// From the end of the faults until every honest node had gone on, microseconds.
    pub(super) recovery: u64,
    pub(super) entries: usize,
    /// Accepted entries by family.
    pub(super) families: BTreeMap<&'static str, u64>,
    /// How often a height had other validators than the one before.
    pub(super) set_changes: u64,
    pub(super) simulated: u64,
    pub(super) violations: Vec<String>,
    pub(super) story: String,
}

pub(super) struct World {
    pub(super) now: u64,
    pub(super) dice: Dice,
    pub(super) weather: Weather,
    pub(super) nodes: Vec<Node>,
    pub(super) parties: Parties,
    pub(super) known: Known,
    pub(super) trace: Trace,
    pub(super) violations: Vec<String>,
    pub(super) mutation: Option<Mutation>,
    pub(super) scheme: Scheme,
    pub(super) timeouts: LinearTimeouts,
    /// When the last frame of a lane between two nodes arrives.
    pub(super) lanes: BTreeMap<(usize, usize, u8), u64>,
    /// Batches that a faulty validator proposed and nobody may vote for.
    pub(super) wrong: BTreeSet<ValueId>,
    /// Who does not hear whom.
    pub(super) cut: BTreeSet<(usize, usize)>,
    /// Whether a node has lost its disks.
    pub(super) has_lost: bool,
    /// By how much all clocks have leapt, milliseconds.
    pub(super) leapt: u64,
    queue: BTreeMap<(u64, u64), Event>,
    numbers: u64,
    plan: Plan,
    /// When the faults ended, and the height that every honest node has to reach.
    pub(super) calm: Option<(u64, u64)>,
}

impl World {
    pub(super) fn new(plan: Plan) -> Self {
        let mut dice = Dice::new(plan.seed);
        let (count, villains) = match dice.below(4) {
            0 => (7, dice.below(3)),
            _ => (4, dice.below(2)),
        };
        // A node that only follows at first: votes let it vote, and take its vote away again. It is
        // honest, so that however the set stands, less than a third of it is faulty.
        let guests = dice.below(2) as usize;
        let parties = Parties::new(count, guests);
        let genesis = parties.genesis().clone();
        let mut nodes: Vec<Node> = (0..)
            .zip(port::validators(count + guests))
            .map(|(n, party)| Node::new(n, party, &genesis, &mut dice))
            .collect();
        for _ in 0..villains {
            let villain = dice.below(count as u64) as usize;
            nodes[villain].vices = Some(Vices::of(&mut dice)).filter(|_| !plan.calm);
        }
        let weather = Weather::of(&mut dice);
        let known = Known::founded(parties.voters());
        Self {
            now: 0,
            weather: if plan.calm { Weather::calm() } else { weather },
            dice,
            nodes,
            parties,
            known,
            trace: Trace::new(),
            violations: Vec::new(),
            mutation: plan.mutation,
            scheme: plan.scheme,
            timeouts: linear(Timeouts::default()),
            lanes: BTreeMap::new(),
            wrong: BTreeSet::new(),
            queue: BTreeMap::new(),
            numbers: 0,
            cut: BTreeSet::new(),
            has_lost: false,
            leapt: 0,
            plan,
            calm: None,
        }
    }

    /// Everybody's time, UTC milliseconds.
    pub(super) fn time(&self) -> u64 {
        self.parties.genesis().time + self.leapt + self.now / MS
    }

    pub(super) fn number(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }

    pub(super) fn at(&mut self, after: u64, event: Event) {
        let number = self.number();
        self.queue.insert((self.now + after, number), event);
    }

    pub(super) fn mail(&mut self, node: usize, after_ms: u64, mail: Mail) {
        let life = self.nodes[node].life;
        self.at(after_ms * MS, Event::Mail { node, life, mail });
    }

    /// Work that takes up to so long.
    pub(super) fn work(&mut self, node: usize, most_ms: u64, mail: Mail) {
        let takes = 1 + self.dice.below(most_ms);
        self.mail(node, takes, mail);
    }

    pub(super) fn tell(&mut self, what: String) {
        self.trace.tell(self.now, what);
    }

    pub(super) fn is_cut(&self, from: usize, to: usize) -> bool {
        self.cut.contains(&(from, to))
    }

    /// Silent validators are silent for two seconds, then not, and so on.
    pub(super) fn is_quiet_now(&self) -> bool {
        (self.now / (2 * SECOND)).is_multiple_of(2)
    }

    /// Plays the seed to its end, or to the first violation.
    pub(super) fn play(&mut self) {
        let vices: Vec<_> = self.nodes.iter().map(|n| n.vices).collect();
        self.tell(format!("{:?} {:?} {vices:?}", self.plan, self.weather));
        for n in 0..self.nodes.len() {
            let after = self.dice.below(300) * MS;
            self.at(after, Event::Start(n));
            if self.weather.disk_ms > 0 && self.dice.per_mille(200) {
                // Its journal cannot even be made.
                self.trace.fault("journal torn");
                self.nodes[n].platter.fail_next();
            }
        }
        self.at(500 * MS, Event::Statement);
        for (mean, event) in [
            (self.weather.crash_ms, Event::Crash),
            (self.weather.disk_ms, Event::DiskFails),
            (self.weather.partition_ms, Event::Shift),
            (self.weather.leap_ms, Event::Leap),
        ] {
            self.again(mean, event);
        }
        while self.violations.is_empty() && !self.is_over() {
            let Some(((at, _), event)) = self.queue.pop_first() else { break };
            self.now = at;
            let time = self.time();
            self.nodes.iter().for_each(|node| node.set_clock(time));
            self.happen(event);
        }
        if self.violations.is_empty() {
            self.check_all();
        }
    }

    pub(super) fn played(&self) -> Played {
        let since = self.calm.map_or(self.now, |(since, _)| since);
        Played {
            heights: self.known.head(),
            digest: self.trace.digest(),
            faults: self.trace.faults.clone(),
            recovery: self.now - since,
            entries: self.parties.model().history.len(),
            families: self.parties.accepted(),
            set_changes: self.known.set_changes(),
            simulated: self.now,
            violations: self.violations.clone(),
            story: self.trace.story(),
        }
    }

    /// Ends the storm when there is enough of it; then waits until everybody has gone on.
    fn is_over(&mut self) -> bool {
        let honest = self.nodes.iter().filter(|n| n.is_honest());
        match self.calm {
            None => {
                if self.known.head() >= self.plan.heights || self.now > STORM_MAX {
                    self.end_the_storm();
                }
                false
            }
            Some((since, goal)) => {
                let slowest = honest.map(Node::height).min().unwrap_or_default();
                if slowest < goal && self.now > since + self.patience() {
                    let waited = self.patience() / SECOND;
                    self.violation(format!(
                        "{waited} s after the last fault an honest node is at height {slowest}, \
                         not yet at {goal}"
                    ));
                }
                slowest >= goal
            }
        }
    }

    /// Where a node that lost its journal is silent at a height, each of the others has to be in the
    /// same round, and one turn in four proposes nothing.
    fn patience(&self) -> u64 {
        if self.has_lost { 3 * LIVENESS } else { LIVENESS }
    }

    fn end_the_storm(&mut self) {
        self.tell("the faults end; faulty validators stay what they are".into());
        self.weather = Weather::calm();
        self.cut.clear();
        for n in 0..self.nodes.len() {
            self.nodes[n].fuse = None;
            self.nodes[n].disk.recover();
            self.nodes[n].platter.recover();
            self.nodes[n].guard.recover();
            if self.nodes[n].running.is_none() {
                self.at(0, Event::Start(n));
            }
        }
        self.calm = Some((self.now, self.known.head() + 2));
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Arrive { from, to, frame } => self.on_node(to, |w| w.receive(from, to, frame)),
            Event::Timer { node, life, id } if self.nodes[node].life == life => {
                self.on_node(node, |w| w.on_timer(node, id));
            }
            Event::Mail { node, life, mail } if self.nodes[node].life == life => {
                self.on_node(node, |w| w.on_mail(node, mail));
            }
            Event::Status { node, life } if self.nodes[node].life == life => {
                if self.nodes[node].running.is_some() {
                    self.say_status(node);
                    let every = u64::try_from(limits::STATUS_EVERY.as_micros()).unwrap();
                    self.at(every, Event::Status { node, life });
                }
            }
            // Of a former life.
            Event::Timer { .. } | Event::Mail { .. } | Event::Status { .. } => {}
            Event::Start(n) => self.start(n),
            Event::Statement => self.statement(),
            Event::Crash => self.crash_one(),
            Event::DiskFails => self.disk_fails(),
            Event::Shift => self.shift(),
            Event::Leap => self.leap(),
        }
    }

    /// Lets a node do something; one that has stopped itself is gone afterwards.
    fn on_node(&mut self, n: usize, what: impl FnOnce(&mut Self)) {
        what(self);
        let stopped = self.nodes[n].running.as_ref().is_some_and(|r| r.desk.halt.is_called());
        if stopped {
            self.crash(n, "it stopped itself");
        }
    }

    fn start(&mut self, n: usize) {
        if self.nodes[n].running.is_some() {
            return;
        }
        let genesis = self.parties.genesis().clone();
        if let Err(why) = self.nodes[n].start(&genesis, self.scheme, self.mutation) {
            if !why.contains(DISK_FAILED) {
                return self.violation(format!("node {n} cannot start again: {why}"));
            }
            self.nodes[n].crash(&mut self.dice);
            return self.at(SECOND, Event::Start(n));
        }
        let (life, tip) = (self.nodes[n].life, self.nodes[n].height());
        self.tell(format!("node {n} starts at height {tip}"));
        self.check_ledger(n);
        let first = 100 + self.dice.below(200);
        self.mail(n, first, Mail::Next(tip + 1));
        let status = self.dice.below(SECOND);
        self.at(status, Event::Status { node: n, life });
    }

    /// The process ends here, and starts again after a while.
    pub(super) fn crash(&mut self, n: usize, why: &str) {
        if self.nodes[n].running.is_none() {
            return;
        }
        self.tell(format!("node {n} is gone: {why}"));
        self.nodes[n].crash(&mut self.dice);
        let after = 50 + self.dice.below(if self.calm.is_some() { 500 } else { 3000 });
        self.at(after * MS, Event::Start(n));
    }

    fn on_mail(&mut self, n: usize, mail: Mail) {
        if self.nodes[n].running.is_none() {
            return;
        }
        match mail {
            Mail::Value(value, origin) => {
                self.drive(n, malachitebft_core_consensus::Input::ProposedValue(*value, origin));
            }
            Mail::Propose(height, round) => self.propose(n, height, round),
            Mail::Commit(decided) => self.commit(n, decided),
            Mail::Synced(value, by) => self.on_synced(n, *value, by),
            Mail::Body(from, arrived) => self.on_body(n, from, arrived),
            Mail::Next(height) => self.next_height(n, height),
            Mail::Again(height) => self.start_height(n, height, true),
        }
    }

    fn commit(&mut self, n: usize, decided: Decided) {
        let height = decided.height;
        let Some(running) = &mut self.nodes[n].running else { return };
        if running.desk.commit(decided) {
            self.check_ledger(n);
            self.say_status(n);
            self.pause(n, height);
        } else if !running.desk.halt.is_called() {
            self.tell(format!("node {n} has decided height {height} and lacks its body"));
            self.mail(n, 1, Mail::Again(height));
        }
    }

    /// Idle is quiet: the next height begins when there is a reason, or with the heartbeat.
    fn pause(&mut self, n: usize, height: u64) {
        let Some(running) = &mut self.nodes[n].running else { return };
        let synced = running.desk.synced.load(std::sync::atomic::Ordering::Relaxed);
        let busy = synced >= height
            || running.ahead > height
            || running.synced.contains_key(&(height + 1))
            || running.desk.app.waiting() > 0;
        running.idle = !busy;
        let wait = if busy { 1 } else { Settings::HEARTBEAT.as_millis() as u64 };
        self.mail(n, wait, Mail::Next(height + 1));
    }

    fn next_height(&mut self, n: usize, height: u64) {
        let Some(running) = &self.nodes[n].running else { return };
        let begun = running.core.as_ref().is_some_and(|core| core.height() == Height(height));
        if !begun && running.ledger.tip().height + 1 == height {
            self.start_height(n, height, false);
        }
    }

    /// A party says something to one node or two, while not too much waits already.
    fn statement(&mut self) {
        let after = 2 + self.dice.below(25);
        self.at(after * MS, Event::Statement);
        let waits = |node: &Node| node.running.as_ref().map_or(0, |r| r.backlog.waiting());
        if self.nodes.iter().map(waits).max() > Some(WAITING_MAX) {
            return;
        }
        let time = self.time();
        let lots = throw(&mut self.dice);
        if let Some(statement) = self.parties.next(time, lots) {
            for _ in 0..=self.dice.below(2) {
                let n = self.dice.below(self.nodes.len() as u64) as usize;
                if self.admit(n, statement.bytes()) {
                    let bytes = statement.bytes().to_vec().into();
                    self.send_to_all(n, &Frame::Entry(bytes));
                }
            }
        }
    }
}
