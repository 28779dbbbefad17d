//! The store on a real disk: one RocksDB, each write synchronous.

use std::path::Path;

use rocksdb::{
    BlockBasedOptions, Cache, ColumnFamily, ColumnFamilyDescriptor, DB, DBCompressionType,
    Direction, IteratorMode, Options, Snapshot, WriteBatch, WriteOptions,
};

use super::{Item, Items, Read, Store, Writes};
use crate::ledger::{LedgerFault, columns::Column};

/// An open RocksDB with all columns.
pub(in crate::ledger) struct Rocks(DB);

impl Rocks {
    /// Opens a folder, which is made where it is missing.
    ///
    /// # Errors
    /// What RocksDB or the system says.
    pub(in crate::ledger) fn open(path: &Path) -> Result<Self, String> {
        std::fs::create_dir_all(path).map_err(|e| e.to_string())?;
        let families =
            Column::ALL.iter().map(|c| ColumnFamilyDescriptor::new(c.name(), column_options(*c)));
        let db = DB::open_cf_descriptors(&database_options(), path, families)
            .map_err(|e| e.into_string())?;
        Ok(Self(db))
    }

    /// Opens a folder that another process may be writing to, as it stands now; only to read.
    ///
    /// # Errors
    /// What RocksDB or the system says.
    pub(in crate::ledger) fn open_beside(path: &Path, scratch: &Path) -> Result<Self, String> {
        let mut options = database_options();
        options.create_if_missing(false);
        options.create_missing_column_families(false);
        // All files are held open: the other process may delete them meanwhile.
        options.set_max_open_files(-1);
        let families =
            Column::ALL.iter().map(|c| ColumnFamilyDescriptor::new(c.name(), column_options(*c)));
        DB::open_cf_descriptors_as_secondary(&options, path, scratch, families)
            .map(Self)
            .map_err(|e| e.into_string())
    }

    fn column(&self, column: Column) -> Result<&ColumnFamily, LedgerFault> {
        let name = column.name();
        self.0
            .cf_handle(name)
            .ok_or_else(|| LedgerFault::Storage(format!("the column family '{name}' is missing")))
    }
}

impl Read for Rocks {
    fn get(&self, column: Column, key: &[u8]) -> Result<Option<Vec<u8>>, LedgerFault> {
        Ok(self.0.get_cf(self.column(column)?, key)?)
    }

    fn from<'a>(&'a self, column: Column, key: &[u8]) -> Result<Items<'a>, LedgerFault> {
        let mode = IteratorMode::From(key, Direction::Forward);
        let items = self.0.iterator_cf(self.column(column)?, mode);
        Ok(Box::new(items.map(|item| item.map_err(LedgerFault::from))))
    }

    fn last_until(&self, column: Column, key: &[u8]) -> Result<Option<Item>, LedgerFault> {
        let mode = IteratorMode::From(key, Direction::Reverse);
        Ok(self.0.iterator_cf(self.column(column)?, mode).next().transpose()?)
    }
}

/// The database as it stood at one moment.
struct Moment<'a> {
    store: &'a Rocks,
    view: Snapshot<'a>,
}

impl Read for Moment<'_> {
    fn get(&self, column: Column, key: &[u8]) -> Result<Option<Vec<u8>>, LedgerFault> {
        Ok(self.view.get_cf(self.store.column(column)?, key)?)
    }

    fn from<'a>(&'a self, column: Column, key: &[u8]) -> Result<Items<'a>, LedgerFault> {
        let mode = IteratorMode::From(key, Direction::Forward);
        let items = self.view.iterator_cf(self.store.column(column)?, mode);
        Ok(Box::new(items.map(|item| item.map_err(LedgerFault::from))))
    }

    fn last_until(&self, column: Column, key: &[u8]) -> Result<Option<Item>, LedgerFault> {
        let mode = IteratorMode::From(key, Direction::Reverse);
        Ok(self.view.iterator_cf(self.store.column(column)?, mode).next().transpose()?)
    }
}

impl Store for Rocks {
    fn snapshot(&self) -> Box<dyn Read + '_> {
        Box::new(Moment { store: self, view: self.0.snapshot() })
    }

    fn write(&self, writes: Writes) -> Result<(), LedgerFault> {
        let mut write = WriteBatch::default();
        for (column, key, value) in &writes.0 {
            match value {
                Some(value) => write.put_cf(self.column(*column)?, key, value),
                None => write.delete_cf(self.column(*column)?, key),
            }
        }
        let mut options = WriteOptions::default();
        options.set_sync(true);
        Ok(self.0.write_opt(write, &options)?)
    }

    #[cfg(test)]
    fn freeze(&self) {
        self.0.cancel_all_background_work(true);
    }
}

impl From<rocksdb::Error> for LedgerFault {
    fn from(e: rocksdb::Error) -> Self {
        let why = e.into_string();
        if super::super::is_disk_full(&why) { Self::DiskFull(why) } else { Self::Storage(why) }
    }
}

fn column_options(column: Column) -> Options {
    let mut options = Options::default();
    let mut blocks = BlockBasedOptions::default();
    blocks.set_bloom_filter(10.0, false);
    blocks.set_block_cache(&Cache::new_lru_cache(4 * 1024 * 1024));
    options.set_block_based_table_factory(&blocks);
    options.set_compression_type(DBCompressionType::Lz4);
    options.set_write_buffer_size(match column {
        Column::Undecided | Column::Statements | Column::Happenings => 8 * 1024 * 1024,
        _ => 4 * 1024 * 1024,
    });
    options
}

fn database_options() -> Options {
    let mut options = Options::default();
    options.create_if_missing(true);
    options.create_missing_column_families(true);
    options.set_paranoid_checks(true);
    options.set_max_open_files(256);
    options.set_max_total_wal_size(64 * 1024 * 1024);
    options.set_keep_log_file_num(2);
    options.set_max_background_jobs(2);
    options
}
