//! What is remembered of a key's signatures, and what follows for the next one.

use std::fmt;

use borsh::{BorshDeserialize, BorshSerialize};
use countersign_record::Digest;

use crate::consensus::{
    boundary::{Fault, ValueId},
    limits,
};

/// The kinds of signature of a round, in their order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, BorshSerialize, BorshDeserialize)]
pub(crate) enum Step {
    Proposal,
    Prevote,
    Precommit,
}

/// Where something is signed; what is signed later compares greater.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, BorshSerialize, BorshDeserialize)]
pub(crate) struct Place {
    pub(crate) height: u64,
    pub(crate) round: u32,
    pub(crate) step: Step,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let step = match self.step {
            Step::Proposal => "proposal",
            Step::Prevote => "prevote",
            Step::Precommit => "precommit",
        };
        write!(f, "{step} of height {}, round {}", self.height, self.round)
    }
}

/// Something signed, or to be signed.
#[derive(Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub(crate) struct Said {
    pub(crate) place: Place,
    /// For a batch, or for none.
    pub(crate) value: Option<ValueId>,
    /// Digest of the bytes that are signed.
    pub(crate) bytes: [u8; 32],
}

impl Said {
    pub(crate) fn new(place: Place, value: Option<ValueId>, bytes: &[u8]) -> Self {
        Self { place, value, bytes: Digest::of(bytes).0 }
    }

    fn is_same(&self, other: &Self) -> bool {
        self.place == other.place && self.bytes == other.bytes
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.value {
            Some(id) => write!(f, "the {} for {id}", self.place),
            None => write!(f, "the {} for no batch", self.place),
        }
    }
}

impl fmt::Debug for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What is to be done about something to be signed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Sign {
    /// It was signed before: an Ed25519 signature over the same is the same.
    Again,
    /// It comes after everything that was signed: remembered first.
    Anew,
}

/// All that is remembered: some hundred bytes in most heights, however long the key has signed.
#[derive(Clone, PartialEq, Eq, Debug, Default, BorshSerialize, BorshDeserialize)]
pub(crate) struct Record {
    /// Nothing is signed at this height and below it.
    floor: u64,
    /// What was signed at the last height that anything was signed at, in order. All of it: what a
    /// node signs while it reads its journal again does not get into the journal, and the next
    /// life has to sign the same again to come as far.
    said: Vec<Said>,
    /// The last place that this node knows to have signed at by any record of its own, the journal
    /// included: a signature for it or before it need not be somebody else's.
    #[borsh(skip)]
    reach: Option<Place>,
    /// Of a validator that is to misbehave.
    #[borsh(skip)]
    unbound: bool,
}

impl Record {
    #[cfg(test)]
    pub(crate) fn unbound() -> Self {
        Self { unbound: true, ..Self::default() }
    }

    /// A record of a key that may sign above a height.
    pub(crate) fn above(floor: u64) -> Self {
        Self { floor, ..Self::default() }
    }

    /// The last place that was signed at.
    pub(crate) fn last(&self) -> Option<Place> {
        self.said.iter().map(|said| said.place).max()
    }

    pub(crate) fn is_silent_at(&self, height: u64) -> bool {
        height <= self.floor
    }

    /// Takes note of the journal's last signature of this key.
    pub(crate) fn reaches(&mut self, place: Option<Place>) {
        self.reach = self.reach.max(self.last()).max(place);
    }

    /// Takes back what was signed after a place, or all of it.
    pub(crate) fn forget_after(&mut self, place: Option<Place>) {
        self.said.retain(|said| Some(said.place) <= place);
    }

    /// What was signed at or below the height is of no use any more.
    pub(crate) fn silent_up_to(&self, height: u64) -> Self {
        let said = self.said.iter().filter(|said| said.place.height > height).cloned().collect();
        Self { floor: self.floor.max(height), said, ..self.clone() }
    }

    pub(crate) fn with(&self, said: Said) -> Self {
        let mut next = self.clone();
        next.said.retain(|s| s.place.height == said.place.height);
        if next.said.len() >= limits::GUARD_SAID_MAX {
            next.said.remove(0);
        }
        next.said.push(said);
        next
    }

    /// Whether something may be signed.
    ///
    /// # Errors
    /// Why it must not be.
    pub(crate) fn allows(&self, tip: u64, said: &Said) -> Result<Sign, Fault> {
        if self.unbound {
            return Ok(Sign::Again);
        }
        let height = said.place.height;
        if height <= tip {
            return Err(Fault(format!("{said} is not signed: batch {tip} is committed here")));
        }
        if self.is_silent_at(height) {
            return Err(Fault(format!(
                "{said} is not signed: this node is silent up to height {}",
                self.floor
            )));
        }
        if let Some(before) = self.said.iter().find(|s| s.place == said.place) {
            if before.is_same(said) {
                return Ok(Sign::Again);
            }
            return Err(Fault(format!("{said} is not signed: {before} was signed before")));
        }
        match self.last() {
            Some(last) if last > said.place => {
                Err(Fault(format!("{said} is not signed: this node has signed the {last} already")))
            }
            _ => Ok(Sign::Anew),
        }
    }

    /// Whether somebody else must have given a signature: it is for later than anything that was
    /// given here, or contradicts what was.
    pub(crate) fn is_foreign(&self, said: &Said) -> bool {
        let height = said.place.height;
        if self.unbound || self.is_silent_at(height) {
            return false;
        }
        match self.said.iter().find(|s| s.place == said.place) {
            Some(before) => !before.is_same(said),
            None => self.last().max(self.reach).is_none_or(|last| said.place > last),
        }
    }

    /// What to say of such a signature.
    pub(crate) fn foreign(&self, said: &Said) -> Fault {
        let own = match self.said.iter().max_by_key(|s| s.place) {
            Some(own) => format!("{own} is the last that was signed here"),
            None => "nothing was signed here".to_owned(),
        };
        Fault(format!(
            "double-sign guard: {said} carries a signature of this node's key that this node has \
             not given; {own}. Another process signs with the same key, or this home folder is an \
             older copy. Find the other process and leave one of the two running. If there is \
             none, `countersign node reset-guard` lets this node follow in silence until it may \
             vote again"
        ))
    }
}
