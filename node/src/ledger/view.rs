//! One height of the ledger as a whole: several records that belong together, none of them newer
//! than the others.

use countersign_contracts::world::{Record, SubjectKey};
use countersign_record::state_proof::StateProof;

use super::{Ledger, LedgerFault, NotProvable, columns, columns::Column, tree::Reader};

/// The ledger after one batch. Later batches do not change what is read here.
pub struct View<'a> {
    ledger: &'a Ledger,
    reader: Reader<'a>,
    height: u64,
    newest: bool,
}

impl Ledger {
    /// The ledger after the batch of a height; after the newest where none is given.
    ///
    /// # Errors
    /// There is no such height yet, or the store could not answer.
    pub fn view(&self, height: Option<u64>) -> Result<View<'_>, NotProvable> {
        let reader = Reader::new(self);
        let last = reader.last_height()?;
        let height = height.unwrap_or(last);
        if height > last {
            return Err(NotProvable::NotYet { asked: height, last });
        }
        if height != last {
            self.keeps_state(height)?;
        }
        Ok(View { ledger: self, reader, height, newest: height == last })
    }
}

impl View<'_> {
    /// The height.
    pub fn height(&self) -> u64 {
        self.height
    }

    /// Ledger time of that height, UTC milliseconds since 1970.
    ///
    /// # Errors
    /// The store could not answer.
    pub fn time(&self) -> Result<u64, LedgerFault> {
        let proof = self.ledger.commit_proof(self.height)?;
        Ok(proof.map_or(self.ledger.genesis.time, |p| p.header.time))
    }

    /// A subject's record at that height.
    ///
    /// # Errors
    /// The store could not answer.
    pub fn record(&self, key: &SubjectKey) -> Result<Option<Record>, LedgerFault> {
        if !self.newest {
            return self.ledger.record_at(key, self.height);
        }
        let bytes = self.reader.get(Column::Records, &columns::subject(key))?;
        bytes.map(|bytes| Record::parse(&bytes).map_err(|e| LedgerFault::Storage(e.0))).transpose()
    }

    /// The subjects that are listed under another one and were there at that height, with their
    /// records, in order of their names.
    ///
    /// # Errors
    /// The store could not answer.
    pub fn listed(&self, group: &SubjectKey) -> Result<Vec<(SubjectKey, Record)>, LedgerFault> {
        let mut found = Vec::new();
        for key in self.ledger.listed(group, None, usize::MAX)? {
            if let Some(record) = self.record(&key)? {
                found.push((key, record));
            }
        }
        Ok(found)
    }

    /// The proof of a subject's record at that height.
    ///
    /// # Errors
    /// That height has no proof any more, or the store could not answer.
    pub fn state_proof(&self, key: &SubjectKey) -> Result<StateProof, NotProvable> {
        self.ledger.state_proof(key, Some(self.height))
    }
}
