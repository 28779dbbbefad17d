//! What the engine's journal still knows of our own signatures, read before the engine opens it.

use std::path::Path;

use malachitebft_app_channel::app::wal::Log;
use malachitebft_core_consensus::{Input, SignedConsensusMsg};
use malachitebft_engine::wal::decode_entry;

use super::Place;
use crate::consensus::{
    boundary::Fault,
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
        let ours = entries.into_iter().filter_map(|input| {
            let said = match input {
                Input::Vote(vote) if vote.message.address == me => {
                    checker.said(&SignedConsensusMsg::Vote(vote))
                }
                Input::Proposal(proposal) if proposal.message.address == me => {
                    checker.said(&SignedConsensusMsg::Proposal(proposal))
                }
                _ => None,
            }?;
            Some(said.place)
        });
        Self { height: Some(height), last: ours.max() }
    }

    /// A journal about a height.
    #[cfg(test)]
    pub(super) fn with(height: u64, last: Option<Place>) -> Self {
        Self { height: Some(height), last }
    }

    pub(crate) fn height(&self) -> Option<u64> {
        self.height
    }

    pub(crate) fn last(&self) -> Option<Place> {
        self.last
    }
}
