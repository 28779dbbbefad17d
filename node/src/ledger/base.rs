//! Where a ledger begins that does not hold every batch: the first height that is kept, and the
//! records as they stood before it.

use std::sync::{MutexGuard, PoisonError, atomic::Ordering};

use countersign_contracts::{
    family::FamilyName,
    world::{Record, Records as _, SubjectKey},
};

use super::{
    FIRST_HEIGHT, Ledger, LedgerFault, NotProvable, columns, columns::Column, store::Writes,
};

impl Ledger {
    /// The first height whose batch is kept here: 1, unless this ledger began from a snapshot or
    /// was pruned. May be one above the last height, where no batch is kept at all. Of heights
    /// before it there are the last header and those that changed the validator set, and no more.
    pub fn first_height(&self) -> u64 {
        self.first.load(Ordering::Acquire)
    }

    pub(super) fn set_first_height(&self, first: u64) {
        self.first.store(first, Ordering::Release);
    }

    /// Waits until nobody else changes what a subject's history is.
    pub(super) fn alone(&self) -> MutexGuard<'_, ()> {
        self.changing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn kept_first_height(&self) -> Result<u64, LedgerFault> {
        let Some(bytes) = self.get(Column::Meta, b"first")? else { return Ok(FIRST_HEIGHT) };
        let bytes = <[u8; 8]>::try_from(bytes);
        let damaged = |_| LedgerFault::Storage("the first height is damaged".into());
        bytes.map(u64::from_be_bytes).map_err(damaged)
    }

    /// Whether the batch of a height is kept here.
    ///
    /// # Errors
    /// [`NotProvable::Pruned`]: it was, or was never here.
    pub fn keeps_batch(&self, height: u64) -> Result<(), NotProvable> {
        let first = self.first_height();
        if height >= first { Ok(()) } else { Err(NotProvable::Pruned { asked: height, first }) }
    }

    /// Why something of a batch is not there: it was pruned, or the store is damaged.
    pub(super) fn gone(&self, height: u64, what: String) -> LedgerFault {
        let first = self.first_height();
        match height < first {
            true => LedgerFault::Pruned { asked: height, first },
            false => LedgerFault::Storage(format!("{what} is missing")),
        }
    }

    /// Whether the records as they stood after a height can be told: those after the height before
    /// the first one that is kept are the oldest.
    ///
    /// # Errors
    /// [`NotProvable::Pruned`].
    pub fn keeps_state(&self, height: u64) -> Result<(), NotProvable> {
        self.keeps_batch(height.saturating_add(1)).map_err(|no| match no {
            NotProvable::Pruned { first, .. } => NotProvable::Pruned { asked: height, first },
            other => other,
        })
    }

    /// A subject's record before the first height that is kept, whose history begins there.
    ///
    /// A record that has not changed since is not kept twice: it is the present one. So the present
    /// one is read first. If there is no history then, nothing had changed when it was read; if
    /// there is, the record from before was kept in the same write.
    pub(super) fn first_record(&self, key: &SubjectKey) -> Result<Option<Record>, LedgerFault> {
        if self.first_height() == FIRST_HEIGHT {
            // The founding makes records of one family only.
            let founded = key.family == FamilyName::Membership;
            return if founded { self.founding_record(key) } else { Ok(None) };
        }
        let name = columns::subject(key);
        let present = self.record(key).map_err(|e| LedgerFault::Storage(e.0))?;
        if !self.has_history(&name, self.first_height())? {
            return Ok(present);
        }
        let before = self.get(Column::Before, &name)?;
        before.map(|b| Record::parse(&b).map_err(|e| LedgerFault::Storage(e.0))).transpose()
    }

    /// Whether something happened to a subject from a height on. Looking from there spares the
    /// store the way over what was deleted.
    pub(super) fn has_history(&self, name: &[u8], from: u64) -> Result<bool, LedgerFault> {
        let from = [name, &from.to_be_bytes()].concat();
        Ok(self.scan(Column::History, name, &from)?.next().transpose()?.is_some())
    }

    /// Keeps a record that is about to change for the first time since the first height.
    pub(super) fn keep_before(
        &self,
        write: &mut Writes,
        key: &SubjectKey,
    ) -> Result<(), LedgerFault> {
        if self.first_height() == FIRST_HEIGHT {
            return Ok(());
        }
        let name = columns::subject(key);
        let present = self.record(key).map_err(|e| LedgerFault::Storage(e.0))?;
        if let Some(record) = present
            && !self.has_history(&name, self.first_height())?
        {
            write.put(Column::Before, name, record.bytes());
        }
        Ok(())
    }
}
