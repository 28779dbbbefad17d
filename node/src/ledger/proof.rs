//! State proofs: a subject's record at a height, or that there was none, under the signed root.

use countersign_contracts::world::SubjectKey;
use countersign_record::{
    Digest,
    state_proof::{Found, OtherLeaf, StateProof},
    state_tree,
};
use jmt::Sha256Jmt;

use super::{Ledger, LedgerFault, columns, columns::Column, tree::Reader};

/// Why there is no state proof of a height.
#[derive(Debug, thiserror::Error)]
pub enum NotProvable {
    /// There is no such height yet.
    #[error("there is no height {asked} yet; the last is {last}")]
    NotYet {
        /// The height that was asked about.
        asked: u64,
        /// The last height.
        last: u64,
    },
    /// Nobody signed the state before the first batch.
    #[error(
        "the state before the first batch is signed by nobody: it follows from the founding \
         document. The first height whose state can be proven is 1"
    )]
    Founding,
    /// The state tree of that height is not kept any more.
    #[error(
        "the state tree of height {asked} is not kept any more: this node proves the state of the \
         heights {first} to {last}. A proof that was fetched in time stays good; what happened \
         until then is in the subject's history, and each entry has its receipt"
    )]
    Forgotten {
        /// The height that was asked about.
        asked: u64,
        /// The first height that can be proven.
        first: u64,
        /// The last height.
        last: u64,
    },
    /// The batch of that height is not kept any more, or never was here.
    #[error(
        "this node keeps the batches from height {first} on, and nothing of height {asked}: its \
         ledger was pruned or began from a snapshot. Ask a node that keeps all of them"
    )]
    Pruned {
        /// The height that was asked about.
        asked: u64,
        /// The first height that is kept.
        first: u64,
    },
    /// The store could not answer.
    #[error(transparent)]
    Ledger(#[from] LedgerFault),
}

impl Ledger {
    /// The proof that a subject's record is, or is not, in the state of a height; of the newest
    /// where none is given.
    ///
    /// Any past height inside of the window is read from one view of the store, so that nothing is
    /// pruned from under it.
    ///
    /// # Errors
    /// That height has no proof, or the store could not answer.
    pub fn state_proof(
        &self,
        key: &SubjectKey,
        height: Option<u64>,
    ) -> Result<StateProof, NotProvable> {
        let reader = Reader::new(self);
        let last = reader.last_height()?;
        let height = height.unwrap_or(last);
        let oldest = self.first_height().saturating_sub(1).max(1);
        let first = last.saturating_sub(self.tree_window).max(oldest);
        if height > last {
            return Err(NotProvable::NotYet { asked: height, last });
        }
        if height == 0 {
            return Err(NotProvable::Founding);
        }
        if height < first {
            return Err(NotProvable::Forgotten { asked: height, first, last });
        }
        Ok(self.prove(&reader, key, height)?)
    }

    fn prove(
        &self,
        reader: &Reader<'_>,
        key: &SubjectKey,
        height: u64,
    ) -> Result<StateProof, LedgerFault> {
        let version = reader.version_at(height)?;
        let place = columns::tree_key(key);
        let (_, path) = Sha256Jmt::new(reader)
            .get_with_proof(place, version)
            .map_err(|e| LedgerFault::Storage(format!("state tree: {e:#}")))?;
        let Path { leaf, siblings } = Path::read(&path)?;
        let leaf = leaf.map(|(key, value_hash)| (Digest(key), Digest(value_hash)));
        let found = match leaf {
            Some((key_found, value_hash)) if key_found.0 == place.0 => {
                Found::Record(self.record_of(reader, key, height, &value_hash)?)
            }
            Some((key, value_hash)) => Found::Other(OtherLeaf { key, value_hash }),
            None => Found::Nothing,
        };
        let proof = StateProof {
            family: key.family.name().into(),
            subject: key.subject.clone(),
            found,
            path: siblings.iter().map(Sibling::hash).collect(),
            commit: self.commit_proof(height)?.ok_or_else(|| damaged("a commit proof"))?,
            links: self.links_before(height)?,
        };
        // A proof that does not hold would be found out by others, later: better by its operator.
        proof.check_path().map_err(|e| {
            LedgerFault::Storage(format!("the state of {key} at height {height}: {e}"))
        })?;
        Ok(proof)
    }

    /// The record whose digest is in the tree: mostly the newest one, else the fold until then.
    fn record_of(
        &self,
        reader: &Reader<'_>,
        key: &SubjectKey,
        height: u64,
        value_hash: &Digest,
    ) -> Result<Vec<u8>, LedgerFault> {
        let newest = reader.get(Column::Records, &columns::subject(key))?;
        let is_it = |bytes: &Vec<u8>| {
            state_tree::hash_of_value(&state_tree::value_of(bytes)) == *value_hash
        };
        if let Some(bytes) = newest.filter(is_it) {
            return Ok(bytes);
        }
        let folded = self.record_at(key, height)?.map(|record| record.bytes());
        folded.filter(is_it).ok_or_else(|| damaged(&format!("the record of {key} at {height}")))
    }
}

fn damaged(what: &str) -> LedgerFault {
    LedgerFault::Storage(format!("{what} is missing or is not what the state tree holds"))
}

/// What a proof of the library holds. It hands its siblings to nobody, but writes them as these.
#[derive(borsh::BorshDeserialize)]
struct Path {
    leaf: Option<([u8; 32], [u8; 32])>,
    siblings: Vec<Sibling>,
}

#[derive(borsh::BorshDeserialize)]
enum Sibling {
    Nothing,
    Inner([u8; 32], [u8; 32]),
    Leaf([u8; 32], [u8; 32]),
}

impl Path {
    fn read(proof: &impl borsh::BorshSerialize) -> Result<Self, LedgerFault> {
        let fault = |e| LedgerFault::Storage(format!("state tree: {e}"));
        borsh::from_slice(&borsh::to_vec(proof).map_err(fault)?).map_err(fault)
    }
}

impl Sibling {
    fn hash(&self) -> Digest {
        match self {
            Self::Nothing => state_tree::EMPTY,
            Self::Inner(left, right) => state_tree::node_hash(&Digest(*left), &Digest(*right)),
            Self::Leaf(key, value) => state_tree::leaf_hash(&Digest(*key), &Digest(*value)),
        }
    }
}
