//! A ledger opened for other ends than to be run on: to be looked at, or to be made anew.

use std::path::Path;

use countersign_record::founding::Genesis;

use super::{
    FORMAT_KEY, Ledger, LedgerFault, check_format,
    columns::Column,
    is_disk_full,
    store::{Rocks, Store},
};

impl Ledger {
    /// Opens the data directory to look at what is kept, batch by batch. Nothing in it changes, and
    /// a node may run on it. Where the ledger stands is not read: what is there may be damaged.
    ///
    /// # Errors
    /// A sentence for the operator.
    pub(crate) fn open_to_read(path: &Path, genesis: Genesis) -> Result<Self, LedgerFault> {
        let fault = |why: String| LedgerFault::Open { path: path.to_path_buf(), why };
        let foreign = Rocks::foreign(path, FORMAT_KEY).map_err(fault)?;
        check_format(path, foreign)?;
        let store = Rocks::open_to_read(path).map_err(fault)?;
        Self::kept_on(Box::new(store), path, genesis)
    }

    /// What is kept in a store, with the founding's tip.
    pub(crate) fn kept_on(
        store: Box<dyn Store>,
        path: &Path,
        genesis: Genesis,
    ) -> Result<Self, LedgerFault> {
        let Some(found) = store.get(Column::Meta, b"network")? else {
            return Err(LedgerFault::Storage("the founding was not written".into()));
        };
        Self::check_directory(&*store, path, &found, genesis.network())?;
        let tip = Self::founding_tip(&genesis)?;
        Ok(Self::assemble(store, path, genesis, tip))
    }

    /// A ledger in a folder of its own whose writes are durable after [`Ledger::sync`], not before.
    ///
    /// # Errors
    /// A sentence for the operator.
    pub(crate) fn open_scratch(path: &Path, genesis: Genesis) -> Result<Self, LedgerFault> {
        let fault = |why: String| match is_disk_full(&why) {
            true => LedgerFault::DiskFull(why),
            false => LedgerFault::Open { path: path.to_path_buf(), why },
        };
        Self::on(Box::new(Rocks::open_scratch(path).map_err(fault)?), path, genesis)
    }

    /// Makes all writes so far durable.
    ///
    /// # Errors
    /// The disk failed.
    pub(crate) fn sync(&self) -> Result<(), LedgerFault> {
        self.store.sync()
    }
}
