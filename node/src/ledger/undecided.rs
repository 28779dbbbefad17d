//! Proposals that were voted on and are not decided: a crash must not lose the body of a vote.

use countersign_record::Digest;
use minicbor::{Decode, Encode, bytes::ByteVec};

use super::{Item, Ledger, LedgerFault, columns, columns::Column, read::bytes_of, store::Writes};
use crate::consensus::{Undecided, ValueId};

#[derive(Encode, Decode)]
pub(super) struct KeptProposal {
    #[n(0)]
    pub(super) valid_round: Option<u32>,
    #[n(1)]
    pub(super) proposer: Digest,
    #[n(2)]
    pub(super) body: ByteVec,
}

impl Ledger {
    /// Keeps a proposal, durably.
    ///
    /// # Errors
    /// The disk failed: the proposal must not be voted on.
    pub fn keep_undecided(&self, undecided: &Undecided) -> Result<(), LedgerFault> {
        if undecided.height <= self.tip().height {
            // It is decided: nobody votes on it any more, and nothing would take it away.
            return Ok(());
        }
        let mut write = Writes::default();
        let kept = KeptProposal {
            valid_round: undecided.valid_round,
            proposer: undecided.proposer,
            body: undecided.body.to_vec().into(),
        };
        let key = columns::undecided(undecided.height, undecided.round, &undecided.id.0);
        write.put(Column::Undecided, key, bytes_of(&kept));
        self.write(write)
    }

    /// The proposals that are kept for a height, those of one round only where it is given.
    ///
    /// # Errors
    /// The store could not answer.
    pub fn undecided(
        &self,
        height: u64,
        round: Option<u32>,
    ) -> Result<Vec<Undecided>, LedgerFault> {
        let prefix = match round {
            Some(round) => columns::numbered(height, round).to_vec(),
            None => height.to_be_bytes().to_vec(),
        };
        self.scan(Column::Undecided, &prefix, &prefix)?
            .map(|item| self.kept_proposal(item))
            .collect()
    }

    /// Every proposal that is kept, or why it cannot be read.
    pub(crate) fn all_undecided(&self) -> Vec<Result<Undecided, LedgerFault>> {
        match self.store.from(Column::Undecided, &[]) {
            Ok(items) => items.map(|item| self.kept_proposal(item)).collect(),
            Err(fault) => vec![Err(fault)],
        }
    }

    fn kept_proposal(&self, item: Result<Item, LedgerFault>) -> Result<Undecided, LedgerFault> {
        let (key, bytes) = item?;
        let damaged = || LedgerFault::Storage("a kept proposal is damaged".into());
        let (height, rest) = key.split_first_chunk::<8>().ok_or_else(damaged)?;
        let (round, id) = rest.split_first_chunk::<4>().ok_or_else(damaged)?;
        let kept: KeptProposal = self.decode("kept proposal", &bytes)?;
        Ok(Undecided {
            height: u64::from_be_bytes(*height),
            round: u32::from_be_bytes(*round),
            valid_round: kept.valid_round,
            proposer: kept.proposer,
            id: ValueId(<[u8; 64]>::try_from(id).map_err(|_| damaged())?),
            body: Vec::from(kept.body).into(),
        })
    }

    /// Forgets the proposals of the height that is decided. Those of heights before it went with
    /// their heights: to look for them would lead over all that was deleted since.
    pub(super) fn forget_undecided(
        &self,
        write: &mut Writes,
        height: u64,
    ) -> Result<(), LedgerFault> {
        let prefix = height.to_be_bytes();
        for item in self.scan(Column::Undecided, &prefix, &prefix)? {
            write.delete(Column::Undecided, item?.0);
        }
        Ok(())
    }
}
