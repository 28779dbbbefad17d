//! Random histories of every family: what chance decides about one step, and who plays it.

pub(crate) mod certificate;
pub(crate) mod evidence;
pub(crate) mod guarantee;
pub(crate) mod membership;
pub(crate) mod oil;
pub(crate) mod port;

use alloc::{
    collections::{BTreeMap, VecDeque},
    string::{String, ToString as _},
    vec::Vec,
};

use countersign_record::{
    founding::Genesis,
    membership::ValidatorSet,
    statement::{EntryId, Statement},
};

use super::{
    MemoryLedger,
    dice::Dice,
    evidence::photograph,
    port::{Act, Port, genesis_with, hash, validators},
};
use crate::{
    entry::SignedEntry,
    execute::{Cause, Outcome},
};

/// What chance decides about one step: the same lots on the same ledger give the same step.
pub type Lots = [u32; 6];

/// Lots from dice.
pub fn throw(dice: &mut Dice) -> Lots {
    core::array::from_fn(|_| (dice.next() >> 32) as u32)
}

/// Lots for up to so many steps: fewer and smaller ones are simpler.
#[cfg(test)]
pub(crate) fn lots(most: usize) -> impl proptest::strategy::Strategy<Value = Vec<Lots>> {
    proptest::collection::vec(proptest::arbitrary::any::<Lots>(), 1..most)
}

/// One step of a history.
pub(crate) enum Step {
    /// Somebody says something.
    Act(Act),
    /// Time passes, milliseconds.
    Wait(u64),
    /// What chance wanted is not possible now.
    Nothing,
}

/// An act that was accepted, and its entry.
#[derive(Clone, Debug)]
pub(crate) struct Accepted {
    pub(crate) act: Act,
    pub(crate) entry: EntryId,
}

/// The next step of a family's history, from the ledger, what was accepted so far, and the lots.
type Next = fn(&Port, &[Accepted], Lots) -> Step;

/// Whose histories [`Parties`] write.
const FAMILIES: [Next; 6] =
    [guarantee::step, oil::step, port::step, certificate::step, evidence::step, membership::step];

fn pick(lot: u32, count: usize) -> usize {
    lot as usize % count
}

fn up_to(lot: u32, bound: u64) -> u64 {
    ((u128::from(lot) * u128::from(bound)) >> 32) as u64
}

/// The place of the weight that a lot falls on.
fn choose(lot: u32, weights: &[u64]) -> usize {
    let mut left = up_to(lot, weights.iter().sum());
    let falls = |weight: &u64| {
        let here = left < *weight;
        left = left.saturating_sub(*weight);
        here
    };
    weights.iter().position(falls).unwrap_or_default()
}

/// What a family accepted so many acts ago.
fn back<'a>(accepted: &'a [Accepted], family: &str, steps: usize) -> Option<&'a Accepted> {
    accepted.iter().rev().filter(|a| a.act.family == family).nth(steps)
}

/// Plays a history, each act in a batch of its own, and looks at the ledger after each step.
/// Answers the statements with their times, to be played again.
pub(crate) fn play(
    port: &mut Port,
    next: Next,
    lots: &[Lots],
    mut after: impl FnMut(&Port, Option<&Accepted>),
) -> Vec<(u64, Statement)> {
    let mut said = Vec::new();
    let mut accepted = Vec::new();
    for lots in lots {
        let act = match next(port, &accepted, *lots) {
            Step::Act(act) => act,
            Step::Wait(span) => {
                port.wait(span);
                after(port, None);
                continue;
            }
            Step::Nothing => continue,
        };
        port.time += 1000;
        let statement = port.statement(act.who, alloc::vec![act.action()]);
        said.push((port.time, statement.clone()));
        let before = port.ledger.history.len();
        match port.ledger.submit(port.time, statement) {
            Ok(entry) => {
                accepted.push(Accepted { act, entry });
                after(port, accepted.last());
            }
            Err(_) => {
                // A refusal changes nothing; only deadlines may have passed meanwhile.
                let since = &port.ledger.history[before..];
                assert!(since.iter().all(|h| h.cause == Cause::Clock));
                after(port, None);
            }
        }
    }
    said
}

/// Parties who write histories of all families at once, good entries and bad ones, and the ledger
/// in memory that says what should come of them.
pub struct Parties {
    genesis: Genesis,
    model: Port,
    /// What is told first, so that random acts find a ledger in the middle of things.
    story: VecDeque<Act>,
    said: BTreeMap<EntryId, Act>,
    sent: Vec<Statement>,
    accepted: Vec<Accepted>,
}

impl Parties {
    /// The parties of a network with so many validators, and so many nodes that only follow until
    /// a vote lets them vote. Nobody else ever wins or loses a vote.
    pub fn new(validators: usize, followers: usize) -> Self {
        let nodes = self::validators(validators + followers);
        let (voting, following) = nodes.split_at(validators);
        let genesis = genesis_with(voting, following);
        let stories = [
            certificate::registered(),
            Port::import_ordered().acts,
            guarantee::lines().into(),
            Port::balanced().acts,
            Port::sailed().acts,
        ];
        Self {
            model: Port::of(MemoryLedger::found(&genesis).unwrap()),
            genesis,
            // Evidence comes first: what the others say cites it.
            story: core::iter::once(photograph()).chain(stories.into_iter().flatten()).collect(),
            said: BTreeMap::new(),
            sent: Vec::new(),
            accepted: Vec::new(),
        }
    }

    /// The founding document of their network.
    pub fn genesis(&self) -> &Genesis {
        &self.genesis
    }

    /// The ledger as it should be after all that was executed.
    pub fn model(&self) -> &MemoryLedger {
        &self.model.ledger
    }

    /// Who votes on the next batch.
    pub fn voters(&self) -> ValidatorSet {
        self.model.voters()
    }

    /// How many entries of each family were accepted.
    pub fn accepted(&self) -> BTreeMap<&'static str, u64> {
        let mut count = BTreeMap::new();
        for accepted in &self.accepted {
            *count.entry(accepted.act.family).or_default() += 1;
        }
        count
    }

    /// What somebody says next, at a time; nothing where chance wants what is not possible.
    pub fn next(&mut self, time: u64, lots: Lots) -> Option<Statement> {
        self.model.time = time;
        let act = match choose(lots[5], &[8, 1, 4, 4, 3, 4, 2, 4]) {
            0 => self.story.pop_front()?,
            1 => {
                let before = self.sent.len().checked_sub(1)?;
                return self.sent.get(before - pick(lots[0], 40).min(before)).cloned();
            }
            family => {
                let next: Next = FAMILIES[family - 2];
                match next(&self.model, &self.accepted, lots) {
                    Step::Act(act) => act,
                    Step::Wait(_) | Step::Nothing => return None,
                }
            }
        };
        let act = self.citing(act);
        let key = membership::key_in_use(&self.model, act.who);
        let statement = self.model.signed_with(&key, &act);
        self.said.insert(statement.id(), act);
        self.sent.push(statement.clone());
        Some(statement)
    }

    /// An act that cites the evidence of this ledger where the builders cite theirs.
    fn citing(&self, mut act: Act) -> Act {
        let first = photograph().subject;
        let anchored = self.accepted.iter().find(|a| a.act.subject == first);
        let cited = act.body.get_mut("evidence").and_then(|c| c.as_array_mut());
        if let (Some(anchored), Some(cited)) = (anchored, cited) {
            for entry in cited.iter_mut().filter(|e| **e == hash()) {
                *entry = anchored.entry.to_string().into();
            }
        }
        act
    }

    /// Admits a statement as a node does; nothing where it is refused at the door.
    pub fn admit(&self, statement: Statement) -> Option<SignedEntry> {
        self.model.ledger.admit(statement).ok()
    }

    /// Reads a statement that stands in a batch; nothing where none may hold it.
    pub fn signed(&self, statement: Statement) -> Option<SignedEntry> {
        self.model.ledger.read_signed(statement).ok()
    }

    /// Executes a batch as every node should.
    ///
    /// # Errors
    /// A rule met a record that it cannot read.
    pub fn execute(&mut self, time: u64, entries: &[SignedEntry]) -> Result<Outcome, String> {
        let outcome = self.model.ledger.execute(time, entries).map_err(|fault| fault.0)?;
        for (entry, verdict) in entries.iter().zip(&outcome.verdicts) {
            let entry = entry.id();
            if let (Ok(()), Some(act)) = (verdict, self.said.get(&entry)) {
                self.accepted.push(Accepted { act: act.clone(), entry });
            }
        }
        Ok(outcome)
    }
}
