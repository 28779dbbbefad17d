//! Proposals that were voted on and are not decided: a crash must not lose the body of a vote.

use countersign_record::Digest;
use minicbor::{Decode, Encode, bytes::ByteVec};

use super::{Ledger, LedgerFault, columns, columns::Column, read::bytes_of, store::Writes};
use crate::consensus::{Undecided, ValueId};

#[derive(Encode, Decode)]
struct KeptProposal {
    #[n(0)]
    valid_round: Option<u32>,
    #[n(1)]
    proposer: Digest,
    #[n(2)]
    body: ByteVec,
}

impl Ledger {
    /// Keeps a proposal, durably.
    ///
    /// # Errors
    /// The disk failed: the proposal must not be voted on.
    pub fn keep_undecided(&self, undecided: &Undecided) -> Result<(), LedgerFault> {
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
            .map(|item| {
                let (key, bytes) = item?;
                let damaged = || LedgerFault::Storage("a kept proposal is damaged".into());
                let round = key.get(8..12).and_then(|r| <[u8; 4]>::try_from(r).ok());
                let id = key.get(12..).and_then(|i| <[u8; 64]>::try_from(i).ok());
                let kept: KeptProposal = self.decode("kept proposal", &bytes)?;
                Ok(Undecided {
                    height,
                    round: round.map(u32::from_be_bytes).ok_or_else(damaged)?,
                    valid_round: kept.valid_round,
                    proposer: kept.proposer,
                    id: ValueId(id.ok_or_else(damaged)?),
                    body: Vec::from(kept.body).into(),
                })
            })
            .collect()
    }

    /// Forgets the proposals up to a height that is decided.
    pub(super) fn forget_undecided(
        &self,
        write: &mut Writes,
        height: u64,
    ) -> Result<(), LedgerFault> {
        let prefix = 0_u64.to_be_bytes();
        let until = (height + 1).to_be_bytes();
        for item in self.scan(Column::Undecided, &[], &prefix)? {
            let (key, _) = item?;
            if key[..] >= until[..] {
                break;
            }
            write.delete(Column::Undecided, key);
        }
        Ok(())
    }
}
