//! Where the columns are kept: RocksDB, or in simulations a disk that a scheduler can break.
//!
//! All that the ledger needs is in these two traits: read, look through in order, read from one
//! moment, and write much at once, wholly or not at all.

#[cfg(test)]
pub(crate) mod memory;
mod rocks;

pub(super) use rocks::{Damage, Rocks};

use super::{LedgerFault, columns::Column};

/// A key and its value, as the store hands them out.
pub(crate) type Item = (Box<[u8]>, Box<[u8]>);

/// Items in their order, forwards or backwards.
pub(crate) type Items<'a> = Box<dyn Iterator<Item = Result<Item, LedgerFault>> + 'a>;

/// Something that columns can be read from.
pub(crate) trait Read {
    /// The value of a key.
    fn get(&self, column: Column, key: &[u8]) -> Result<Option<Vec<u8>>, LedgerFault>;
    /// The items at and after a key, in order.
    fn from<'a>(&'a self, column: Column, key: &[u8]) -> Result<Items<'a>, LedgerFault>;
    /// The last item at or before a key.
    fn last_until(&self, column: Column, key: &[u8]) -> Result<Option<Item>, LedgerFault>;
}

/// The one store of a ledger.
pub(crate) trait Store: Read + Send + Sync {
    /// What is there at this moment; later writes do not change it.
    fn snapshot(&self) -> Box<dyn Read + '_>;
    /// Makes changes durable: when this returns they are there for ever, all of them; where it
    /// fails, or the machine dies meanwhile, all of them or none.
    fn write(&self, writes: Writes) -> Result<(), LedgerFault>;
    /// Makes all writes so far durable, in a store that does not do so by itself.
    fn sync(&self) -> Result<(), LedgerFault> {
        Ok(())
    }
    /// Gives the room of what was deleted back to the disk.
    fn compact(&self) -> Result<(), LedgerFault> {
        Ok(())
    }
    /// Lets no file change any more: what is on the disk now is what a crash would leave.
    #[cfg(test)]
    fn freeze(&self) {}
}

/// What one write changes: for each key its new value, or none.
#[derive(Debug, Default)]
pub(crate) struct Writes(Vec<(Column, Vec<u8>, Option<Vec<u8>>)>);

impl Writes {
    /// Sets a key to a value.
    pub(super) fn put(
        &mut self,
        column: Column,
        key: impl Into<Vec<u8>>,
        value: impl Into<Vec<u8>>,
    ) {
        self.0.push((column, key.into(), Some(value.into())));
    }

    /// How many keys it changes.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Takes a key out.
    pub(super) fn delete(&mut self, column: Column, key: impl Into<Vec<u8>>) {
        self.0.push((column, key.into(), None));
    }
}
