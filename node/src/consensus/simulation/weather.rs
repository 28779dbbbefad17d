//! What the world does to a network, drawn from the seed.

use countersign_contracts::testing::dice::Dice;

use super::{
    journal::Platter,
    mutation::Mutation,
    node::Node,
    world::{Event, MS, World},
};
use crate::ledger::memory::{Disk, Failure};

/// Chances are per mille.
#[derive(Clone, Copy, Debug)]
pub(super) struct Weather {
    /// A message is lost.
    pub(super) loss: u64,
    /// A message comes twice.
    pub(super) twice: u64,
    /// A message is overtaken by later ones.
    pub(super) late: u64,
    /// The longest that an ordinary message takes, milliseconds.
    pub(super) delay_ms: u64,
    /// The mean time between two crashes, milliseconds; 0 for none.
    pub(super) crash_ms: u64,
    /// The mean time between two failures of a disk, milliseconds; 0 for none.
    pub(super) disk_ms: u64,
    /// The mean time between two changes of who hears whom, milliseconds; 0 for none.
    pub(super) partition_ms: u64,
    /// The mean time between two jumps of everybody's clock by days, milliseconds; 0 for none.
    pub(super) leap_ms: u64,
}

impl Weather {
    /// Nothing goes wrong.
    pub(super) fn calm() -> Self {
        Self {
            loss: 0,
            twice: 0,
            late: 0,
            delay_ms: 20,
            crash_ms: 0,
            disk_ms: 0,
            partition_ms: 0,
            leap_ms: 0,
        }
    }

    /// One seed's weather: each kind of fault is absent, rare or frequent.
    pub(super) fn of(dice: &mut Dice) -> Self {
        let mut one = |from: &[u64]| *dice.one_of(from);
        Self {
            loss: one(&[0, 5, 20, 100]),
            twice: one(&[0, 20, 50]),
            late: one(&[0, 5, 50]),
            delay_ms: one(&[5, 50, 50, 400]),
            crash_ms: one(&[0, 1_500, 4_000, 10_000]),
            disk_ms: one(&[0, 0, 2_000, 8_000]),
            partition_ms: one(&[0, 0, 4_000, 15_000]),
            leap_ms: one(&[0, 3_000]),
        }
    }
}

impl World {
    /// The next of a kind of fault, if that kind occurs and faults have not ended.
    pub(super) fn again(&mut self, mean_ms: u64, event: Event) {
        if mean_ms > 0 && self.calm.is_none() {
            let after = 1 + self.dice.below(2 * mean_ms);
            self.at(after * MS, event);
        }
    }

    /// Somebody dies now, or in the middle of what it does next.
    pub(super) fn crash_one(&mut self) {
        self.again(self.weather.crash_ms, Event::Crash);
        if self.calm.is_some() {
            return;
        }
        let n = self.dice.below(self.nodes.len() as u64) as usize;
        self.trace.fault("crash");
        if self.loses_its_disks(n) {
            return;
        }
        if self.dice.per_mille(300) {
            self.crash(n, "between two steps");
        } else if self.nodes[n].running.is_some() {
            self.nodes[n].fuse = Some(self.dice.below(40));
        }
    }

    /// A node loses its journal or its ledger or both, and keeps its guard. Once, and where nobody
    /// else is faulty: at the height that it was working on it is as good as silent.
    fn loses_its_disks(&mut self, n: usize) -> bool {
        let often = self.mutation == Some(Mutation::SignsWithoutItsGuard);
        let chance = if often { 700 } else { 60 };
        let alone = self.nodes.iter().all(Node::is_honest) && (often || !self.has_lost);
        if !alone || !self.dice.per_mille(chance) {
            return false;
        }
        self.has_lost = true;
        self.crash(n, "its disks are exchanged");
        let which = self.dice.below(3);
        if which < 2 {
            self.trace.fault("journal lost");
            self.nodes[n].platter = Platter::default();
        }
        if which > 0 {
            self.trace.fault("ledger lost");
            self.nodes[n].disk = Disk::default();
            self.nodes[n].durable = 0;
        }
        true
    }

    pub(super) fn disk_fails(&mut self) {
        self.again(self.weather.disk_ms, Event::DiskFails);
        if self.calm.is_some() {
            return;
        }
        let n = self.dice.below(self.nodes.len() as u64) as usize;
        match self.dice.below(4) {
            0 => {
                self.trace.fault("write lost");
                self.nodes[n].disk.fail_next(Failure::Lost);
            }
            1 => {
                self.trace.fault("write landed but failed");
                self.nodes[n].disk.fail_next(Failure::Landed);
            }
            2 => {
                self.trace.fault("journal torn");
                self.nodes[n].platter.fail_next();
            }
            _ => {
                self.trace.fault("guard torn");
                self.nodes[n].guard.fail_next();
            }
        }
    }

    /// Other groups hear each other, or one node hears nobody, or everybody hears everybody.
    pub(super) fn shift(&mut self) {
        self.again(self.weather.partition_ms, Event::Shift);
        self.cut.clear();
        if self.calm.is_some() || self.dice.per_mille(500) {
            return;
        }
        let count = self.nodes.len();
        let mask = self.dice.next();
        let one_way = self.dice.per_mille(200);
        for from in 0..count {
            for to in 0..count {
                let (a, b) = (mask & (1 << from) != 0, mask & (1 << to) != 0);
                if (a && !b) || (b && !a && !one_way) {
                    self.cut.insert((from, to));
                }
            }
        }
        let cut = self.cut.clone();
        self.tell(format!("who does not hear whom: {cut:?}"));
    }

    /// Days pass for everybody: deadlines fire.
    pub(super) fn leap(&mut self) {
        self.again(self.weather.leap_ms, Event::Leap);
        let days = self.dice.below(5 * 24 * 3600 * 1000);
        self.leapt += days;
        self.trace.fault("clock leap");
        self.tell(format!("{} hours pass for everybody", days / 3_600_000));
    }
}
