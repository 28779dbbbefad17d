//! What the engine's journal still knows of our own signatures, read before the engine opens it.

use std::{collections::BTreeSet, path::Path};

use malachitebft_app_channel::app::wal::Log;
use malachitebft_core_consensus::{Input, SignedConsensusMsg};
use malachitebft_core_types::{NilOrVal, Validity, ValueOrigin};
use malachitebft_engine::wal::decode_entry;

use super::Place;
use crate::consensus::{
    boundary::{Application, Fault, ValueId},
    codec::Wire,
    context::{Address, Ledger},
    signing::Checker,
};

/// The height that a journal is about, and what of ours is in it.
#[derive(Default)]
pub(crate) struct Journal {
    height: Option<u64>,
    /// The last place that it holds something of ours for.
    last: Option<Place>,
    /// The values that an engine which reads it will vote for: judged good here, or voted for.
    good: BTreeSet<ValueId>,
    /// Whether the body of one of them is not here any more.
    bodies_gone: bool,
}

impl Journal {
    /// Reads a journal that no engine has open. One that is not there, or cannot be read, knows
    /// nothing; in the latter case the engine says so itself.
    ///
    /// # Errors
    /// The file is there and cannot be opened.
    pub(crate) fn read(path: &Path, checker: &Checker, me: Address) -> Result<Self, Fault> {
        if !path.exists() {
            return Ok(Self::default());
        }
        let mut log = Log::open(path).map_err(|e| {
            Fault(format!("the consensus log {} cannot be read: {e}", path.display()))
        })?;
        let height = log.sequence();
        let entries: Vec<_> = match log.iter() {
            Ok(entries) => entries.map_while(Result::ok).collect(),
            Err(_) => Vec::new(),
        };
        let inputs = entries.iter().filter_map(|entry| decode_entry(&Wire, &entry[..]).ok());
        Ok(Self::of(height, inputs, checker, me))
    }

    /// What these entries hold.
    pub(crate) fn of(
        height: u64,
        entries: impl IntoIterator<Item = Input<Ledger>>,
        checker: &Checker,
        me: Address,
    ) -> Self {
        let mut good = BTreeSet::new();
        let ours = entries.into_iter().filter_map(|input| {
            let said = match input {
                Input::Vote(vote) if vote.message.address == me => {
                    if let NilOrVal::Val(id) = vote.message.value {
                        good.insert(id);
                    }
                    checker.said(&SignedConsensusMsg::Vote(vote))
                }
                Input::ProposedValue(proposed, ValueOrigin::Consensus) => {
                    if proposed.validity == Validity::Valid {
                        good.insert(proposed.value.0);
                    }
                    None
                }
                Input::Proposal(proposal) if proposal.message.address == me => {
                    checker.said(&SignedConsensusMsg::Proposal(proposal))
                }
                _ => None,
            }?;
            Some(said.place)
        });
        let last = ours.max();
        Self { height: Some(height), last, good, bodies_gone: false }
    }

    /// Looks for the bodies of what it calls good, where it is of the height after `tip`. They were
    /// kept before it was written: one that is not there went with a ledger that was taken away.
    ///
    /// # Errors
    /// The store could not answer.
    pub(crate) fn look_for_bodies(&mut self, app: &dyn Application, tip: u64) -> Result<(), Fault> {
        let Some(height) = self.height.filter(|height| *height == tip + 1) else { return Ok(()) };
        for id in &self.good {
            self.bodies_gone |= app.undecided_by_id(height, id)?.is_none();
        }
        Ok(())
    }

    /// A journal about a height.
    #[cfg(test)]
    pub(super) fn with(height: u64, last: Option<Place>) -> Self {
        Self { height: Some(height), last, ..Self::default() }
    }

    /// The same, without a body that it calls good.
    #[cfg(test)]
    pub(super) fn without_a_body(self) -> Self {
        Self { bodies_gone: true, ..self }
    }

    /// Whether it is of no use at its height, since what it calls good is not here.
    pub(crate) fn bodies_gone(&self) -> bool {
        self.bodies_gone
    }

    pub(crate) fn height(&self) -> Option<u64> {
        self.height
    }

    pub(crate) fn last(&self) -> Option<Place> {
        self.last
    }
}
