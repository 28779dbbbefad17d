//! The store on a real disk: one RocksDB, each write synchronous.

use std::{collections::BTreeSet, path::Path};

use rocksdb::{
    BlockBasedOptions, Cache, ColumnFamily, ColumnFamilyDescriptor, DB, DBCompactionStyle,
    DBCompressionType, DBRecoveryMode, Direction, Env, InfoLogger, IteratorMode, LogLevel, Options,
    Snapshot, UniversalCompactOptions, WriteBatch, WriteOptions,
};

use super::{Item, Items, Read, Store, Writes};
use crate::ledger::{LedgerFault, columns::Column};

/// Blocks of tables that are kept in memory, all columns together.
const BLOCK_CACHE_BYTES: usize = 16 * 1024 * 1024;
/// What a column holds in memory before it becomes a table, where [`JOURNAL_BYTES`] are not reached
/// before.
const WRITE_BUFFER_BYTES: usize = 8 * 1024 * 1024;
/// The journal's length at which what it holds is put into tables, and so about what all columns
/// hold in memory, and what is read again after a crash. A table of each column is made each time:
/// a shorter one makes more and smaller tables.
const JOURNAL_BYTES: u64 = 16 * 1024 * 1024;
/// What is read ahead of each table that is merged. RocksDB's own 2 MiB would be 32 MiB a merge.
const MERGE_READ_BYTES: usize = 256 * 1024;
/// RocksDB begins another log of its own at this length, and keeps the last two.
const LOG_FILE_BYTES: usize = 4 * 1024 * 1024;
/// Files of tables that stay open. Opening one again reads its index and its filter anew.
const OPEN_FILES_MAX: i32 = 512;

/// An open RocksDB with all columns.
pub(in crate::ledger) struct Rocks {
    db: DB,
    /// Whether a write is on the disk when it returns.
    durable: bool,
}

/// What becomes of a damaged record in the store's journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ledger) enum Damage {
    /// The store is not opened.
    Refuse,
    /// What was written before it is read, what came after is not.
    ReadUpToIt,
}

impl Rocks {
    /// The layout of a folder that another version of this program has made, by its columns: what
    /// it says of itself under a key. Nothing where the columns are ours, or nothing was founded.
    ///
    /// # Errors
    /// What RocksDB or the system says.
    pub(in crate::ledger) fn foreign(path: &Path, key: &[u8]) -> Result<Option<Vec<u8>>, String> {
        if !path.join("CURRENT").exists() {
            return Ok(None);
        }
        let found = DB::list_cf(&Options::default(), path).map_err(|e| e.into_string())?;
        let found: BTreeSet<_> = found.iter().map(String::as_str).collect();
        if found == Column::ALL.iter().map(|c| c.name()).collect::<BTreeSet<_>>() {
            return Ok(None);
        }
        // Opening it as ours would add our columns, and the version that made it would refuse it.
        let meta = ColumnFamilyDescriptor::new(Column::Meta.name(), Options::default());
        let mut options = Options::default();
        quiet(&mut options);
        let db = DB::open_cf_descriptors_read_only(&options, path, [meta], false);
        db.and_then(|db| db.get(key)).map_err(|e| e.into_string())
    }

    /// Opens a folder, which is made where it is missing.
    ///
    /// # Errors
    /// What RocksDB or the system says.
    pub(in crate::ledger) fn open(path: &Path) -> Result<Self, String> {
        std::fs::create_dir_all(path).map_err(|e| e.to_string())?;
        let db = DB::open_cf_descriptors(&database_options()?, path, families())
            .map_err(|e| e.into_string())?;
        Ok(Self { db, durable: true })
    }

    /// Opens a folder whose writes become durable when [`Store::sync`] is called, not before.
    ///
    /// # Errors
    /// What RocksDB or the system says.
    pub(in crate::ledger) fn open_scratch(path: &Path) -> Result<Self, String> {
        Ok(Self { durable: false, ..Self::open(path)? })
    }

    /// Opens what is there now, to be read only. A node may run on it: what that writes meanwhile
    /// is not seen.
    ///
    /// # Errors
    /// What RocksDB or the system says.
    pub(in crate::ledger) fn open_to_read(path: &Path, damage: Damage) -> Result<Self, String> {
        let mut options = database_options()?;
        options.create_if_missing(false);
        options.create_missing_column_families(false);
        // All files at once, and kept: a node that runs may take them away.
        options.set_max_open_files(-1);
        quiet(&mut options);
        if damage == Damage::ReadUpToIt {
            options.set_wal_recovery_mode(DBRecoveryMode::PointInTime);
        }
        let db = DB::open_cf_descriptors_read_only(&options, path, families(), false)
            .map_err(|e| e.into_string())?;
        Ok(Self { db, durable: true })
    }

    fn column(&self, column: Column) -> Result<&ColumnFamily, LedgerFault> {
        let name = column.name();
        self.db
            .cf_handle(name)
            .ok_or_else(|| LedgerFault::Storage(format!("the column family '{name}' is missing")))
    }
}

impl Read for Rocks {
    fn get(&self, column: Column, key: &[u8]) -> Result<Option<Vec<u8>>, LedgerFault> {
        Ok(self.db.get_cf(self.column(column)?, key)?)
    }

    fn from<'a>(&'a self, column: Column, key: &[u8]) -> Result<Items<'a>, LedgerFault> {
        let mode = IteratorMode::From(key, Direction::Forward);
        let items = self.db.iterator_cf(self.column(column)?, mode);
        Ok(Box::new(items.map(|item| item.map_err(LedgerFault::from))))
    }

    fn last_until(&self, column: Column, key: &[u8]) -> Result<Option<Item>, LedgerFault> {
        let mode = IteratorMode::From(key, Direction::Reverse);
        Ok(self.db.iterator_cf(self.column(column)?, mode).next().transpose()?)
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
        Box::new(Moment { store: self, view: self.db.snapshot() })
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
        options.set_sync(self.durable);
        Ok(self.db.write_opt(write, &options)?)
    }

    fn sync(&self) -> Result<(), LedgerFault> {
        Ok(self.db.flush_wal(true)?)
    }

    fn compact(&self) -> Result<(), LedgerFault> {
        for column in Column::ALL {
            self.db.compact_range_cf(self.column(*column)?, None::<&[u8]>, None::<&[u8]>);
        }
        Ok(())
    }

    #[cfg(test)]
    fn freeze(&self) {
        self.db.cancel_all_background_work(true);
    }
}

impl From<rocksdb::Error> for LedgerFault {
    fn from(e: rocksdb::Error) -> Self {
        let why = e.into_string();
        if super::super::is_disk_full(&why) { Self::DiskFull(why) } else { Self::Storage(why) }
    }
}

/// RocksDB would begin a log of its own in a folder that is only read.
fn quiet(options: &mut Options) {
    options.set_info_logger(InfoLogger::new_callback_logger(LogLevel::Fatal, |_, _| {}));
}

fn families() -> impl Iterator<Item = ColumnFamilyDescriptor> {
    let cache = Cache::new_lru_cache(BLOCK_CACHE_BYTES);
    Column::ALL
        .iter()
        .map(move |c| ColumnFamilyDescriptor::new(c.name(), column_options(*c, &cache)))
}

fn column_options(column: Column, cache: &Cache) -> Options {
    let mut options = Options::default();
    let mut blocks = BlockBasedOptions::default();
    blocks.set_block_cache(cache);
    if column.ascends() {
        // Tables that follow one another need no filter: their first and last keys say where to
        // look. Larger blocks make for a smaller index.
        blocks.set_block_size(8 * 1024);
    } else {
        // Most look-ups are for what is not there: a new entry's name, a new reference, a new
        // subject.
        blocks.set_bloom_filter(10.0, false);
        options.set_memtable_whole_key_filtering(true);
        options.set_memtable_prefix_bloom_ratio(0.05);
    }
    options.set_block_based_table_factory(&blocks);
    options.set_compression_type(match column {
        // Digests do not get smaller.
        Column::Log | Column::Entries => DBCompressionType::None,
        _ => DBCompressionType::Lz4,
    });
    options.set_write_buffer_size(WRITE_BUFFER_BYTES);
    merge_tables(column, &mut options);
    options
}

/// How tables are merged as they become more. By levels, each small table would be merged with all
/// that is there already while that is below 256 MiB: the cost of an entry would grow with the
/// ledger. By size, a row is written again each time that what came after it has grown as large:
/// as many times as the ledger has doubled a few times.
fn merge_tables(column: Column, options: &mut Options) {
    options.set_compaction_style(DBCompactionStyle::Universal);
    let mut by_size = UniversalCompactOptions::default();
    by_size.set_size_ratio(10);
    options.set_universal_compaction_options(&by_size);
    // A look-up asks the filter of each run of tables; where they follow one another, of none, and
    // they are merged only so that they do not become too many files.
    let runs = if column.ascends() { 32 } else { 6 };
    options.set_level_zero_file_num_compaction_trigger(runs);
    options.set_level_zero_slowdown_writes_trigger(2 * runs + 32);
    options.set_level_zero_stop_writes_trigger(3 * runs + 48);
}

fn database_options() -> Result<Options, String> {
    let mut options = Options::default();
    // Merging can wait, entries cannot: its threads take the processor when nobody else wants it.
    // Where it falls too far behind, writing waits for it.
    let mut environment = Env::new().map_err(|e| e.into_string())?;
    environment.lower_thread_pool_cpu_priority();
    options.set_env(&environment);
    options.create_if_missing(true);
    options.create_missing_column_families(true);
    options.set_paranoid_checks(true);
    // RocksDB's own choice would be to drop everything after a damaged record and say nothing. A
    // record that a crash has cut off at the end was never acknowledged, and is dropped.
    options.set_wal_recovery_mode(DBRecoveryMode::TolerateCorruptedTailRecords);
    options.set_max_open_files(OPEN_FILES_MAX);
    options.set_max_total_wal_size(JOURNAL_BYTES);
    options.set_compaction_readahead_size(MERGE_READ_BYTES);
    // It would note each merge that it thinks of: 24 MB for a million entries, in one file.
    options.set_log_level(LogLevel::Warn);
    options.set_max_log_file_size(LOG_FILE_BYTES);
    options.set_keep_log_file_num(2);
    options.set_max_background_jobs(2);
    Ok(options)
}
