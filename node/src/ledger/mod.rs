//! What this node keeps: one RocksDB, written once a height, atomically and durably.
//!
//! A batch is either wholly in here or not at all, whenever the process or the machine dies.

mod backup;
mod base;
mod cache;
mod columns;
mod commit;
mod compare;
mod fault;
#[cfg(any(test, feature = "fuzz"))]
pub(crate) mod fuzz;
mod listed;
mod opening;
mod proof;
mod prune;
mod read;
pub mod snapshot;
mod store;
#[cfg(test)]
pub(crate) mod tests;
mod tree;
mod undecided;
mod view;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, RwLock, atomic::AtomicU64},
};

use countersign_contracts::{
    founding::found,
    membership::Roster,
    world::{Record, SubjectKey},
};
use countersign_record::{
    Digest, encoding, founding::Genesis, header::Header, keys::ReadKey, log::Log,
    membership::ValidatorSet,
};

pub use backup::Copied;
pub use commit::Executed;
pub(crate) use compare::Difference;
pub use fault::LedgerFault;
pub use proof::NotProvable;
pub use prune::Pruned;
pub use read::{EntryPlace, Happened, Kept};
pub use view::View;
#[cfg(test)]
pub(crate) use {columns::Column as StoredColumn, store::memory};

use crate::limits::{KEY_CACHE_MAX, LOG_CACHE_MAX, TREE_CACHE_MAX, TREE_WINDOW};
use cache::{RecordCache, Unchanging};
use columns::Column;
use fault::is_disk_full;
use store::{Item, Rocks, Store};

/// The layout of the data directory. A directory of another layout is refused.
const FORMAT: u32 = 5;
/// The height of the first batch of every network.
const FIRST_HEIGHT: u64 = 1;
/// Where the layout stands, in [`Column::Meta`]. No version may ever move it.
const FORMAT_KEY: &[u8] = b"format";

/// Where the ledger stands after its last batch: what the next one is built on.
#[derive(Clone, Debug)]
pub struct Tip {
    /// The height of the last batch; 0 before the first.
    pub height: u64,
    /// The digest of its header; zeros before the first.
    pub parent: Digest,
    /// Its time.
    pub time: u64,
    /// The log after it.
    pub log: Log,
    /// The newest version of the state tree, and its root.
    pub tree_version: u64,
    /// See [`Tip::tree_version`].
    pub state_root: Digest,
    /// The validators of the next height.
    pub validators: ValidatorSet,
    /// All nodes of all parties.
    pub roster: Arc<Roster>,
    /// The version of the rules of the next height.
    pub rules: u32,
}

/// The ledger of one node.
pub struct Ledger {
    store: Box<dyn Store>,
    path: PathBuf,
    genesis: Genesis,
    network: Digest,
    tip: RwLock<Arc<Tip>>,
    /// See [`Ledger::first_height`].
    first: AtomicU64,
    /// Held by whoever changes what a subject's history is.
    changing: Mutex<()>,
    cache: RecordCache,
    /// Keys whose points were read, by their thumbprints; whether they are registered is asked of
    /// the records.
    keys: Unchanging<Digest, ReadKey>,
    /// Nodes of the Merkle log: each receipt names as many as the log is high.
    log_nodes: Unchanging<u64, Digest>,
    /// Inner nodes of the state tree, whose upper levels every change goes through.
    tree_nodes: Unchanging<Vec<u8>, jmt::storage::Node>,
    /// See [`TREE_WINDOW`]; less in tests.
    tree_window: u64,
}

impl Ledger {
    /// Opens the data directory, and founds the ledger if it is empty.
    ///
    /// # Errors
    /// A sentence for the operator.
    pub fn open(path: &Path, genesis: Genesis) -> Result<Self, LedgerFault> {
        let fault = |why: String| match is_disk_full(&why) {
            true => LedgerFault::DiskFull(why),
            false => LedgerFault::Open { path: path.to_path_buf(), why },
        };
        let foreign = Rocks::foreign(path, FORMAT_KEY).map_err(fault)?;
        check_format(path, foreign)?;
        Self::on(Box::new(Rocks::open(path).map_err(fault)?), path, genesis)
    }

    /// The ledger on a disk in memory.
    #[cfg(test)]
    pub(crate) fn on_disk(disk: memory::Disk, genesis: Genesis) -> Result<Self, LedgerFault> {
        Self::on(Box::new(disk), Path::new("memory"), genesis)
    }

    /// The ledger in a store that is open.
    fn on(store: Box<dyn Store>, path: &Path, genesis: Genesis) -> Result<Self, LedgerFault> {
        let network = genesis.network();
        let founded = store.get(Column::Meta, b"network")?;
        let tip = Self::founding_tip(&genesis)?;
        match founded {
            None => {
                let records = found(&genesis).map_err(|e| LedgerFault::Founding(e.to_string()))?;
                let ledger = Self::assemble(store, path, genesis, tip);
                ledger.write_founding(&records)?;
                Ok(ledger)
            }
            Some(found) => {
                Self::check_directory(&*store, path, &found, network)?;
                let ledger = Self::assemble(store, path, genesis, tip);
                ledger.recover()?;
                Ok(ledger)
            }
        }
    }

    fn assemble(store: Box<dyn Store>, path: &Path, genesis: Genesis, tip: Tip) -> Self {
        Self {
            store,
            path: path.to_path_buf(),
            network: genesis.network(),
            genesis,
            tip: RwLock::new(Arc::new(tip)),
            first: AtomicU64::new(FIRST_HEIGHT),
            changing: Mutex::default(),
            cache: RecordCache::default(),
            keys: Unchanging::new(KEY_CACHE_MAX),
            log_nodes: Unchanging::new(LOG_CACHE_MAX),
            tree_nodes: Unchanging::new(TREE_CACHE_MAX),
            tree_window: TREE_WINDOW,
        }
    }

    fn check_directory(
        store: &dyn Store,
        path: &Path,
        found: &[u8],
        network: Digest,
    ) -> Result<(), LedgerFault> {
        if found != network.0 {
            let found = <[u8; 32]>::try_from(found).map(Digest);
            return Err(LedgerFault::OtherNetwork {
                path: path.to_path_buf(),
                found: found.map_or_else(|_| "of unknown name".into(), |d| d.to_string()),
                expected: network,
            });
        }
        // A founded directory without a layout is of the time before there was one.
        let format = store.get(Column::Meta, FORMAT_KEY)?.unwrap_or_default();
        check_format(path, Some(format))
    }

    fn founding_tip(genesis: &Genesis) -> Result<Tip, LedgerFault> {
        let validators = genesis.validators().map_err(|e| LedgerFault::Founding(e.to_string()))?;
        Ok(Tip {
            height: 0,
            parent: Digest::ZERO,
            time: genesis.time,
            log: Log::default(),
            tree_version: 0,
            state_root: Digest::ZERO,
            validators,
            roster: Arc::default(),
            rules: genesis.rules,
        })
    }

    /// Reads back where the ledger stood when the process ended.
    fn recover(&self) -> Result<(), LedgerFault> {
        let Some(bytes) = self.get(Column::Meta, b"tip")? else {
            return Err(LedgerFault::Storage("the founding was not written".into()));
        };
        let kept: KeptTip = self.decode("tip", &bytes)?;
        self.set_first_height(self.kept_first_height()?);
        let log = Log::open(kept.log_size, |node| self.log_node(node))?;
        let header = self.commit_proof(kept.height)?.map(|c| c.header);
        if header.as_ref().is_some_and(|h| h.log_root != log.root()) {
            let why = format!("the log does not lead to the root of height {}", kept.height);
            return Err(LedgerFault::Storage(why));
        }
        let tip = self.tip_after(kept, header.as_ref(), log)?;
        self.set_tip(tip);
        Ok(())
    }

    fn tip_after(
        &self,
        kept: KeptTip,
        header: Option<&Header>,
        log: Log,
    ) -> Result<Tip, LedgerFault> {
        Ok(Tip {
            height: kept.height,
            parent: header.map_or(Digest::ZERO, Header::digest),
            time: header.map_or(self.genesis.time, |h| h.time),
            log,
            tree_version: kept.tree_version,
            state_root: kept.state_root,
            validators: self.validators_at(kept.height + 1)?,
            roster: Arc::new(self.roster()?),
            rules: self.rules()?,
        })
    }

    /// Where the ledger stands.
    pub fn tip(&self) -> Arc<Tip> {
        match self.tip.read() {
            Ok(tip) => tip.clone(),
            // A writer only ever stores a whole value; what is there is good.
            Err(poisoned) => poisoned.into_inner().clone(),
        }
    }

    fn set_tip(&self, tip: Tip) {
        match self.tip.write() {
            Ok(mut slot) => *slot = Arc::new(tip),
            Err(poisoned) => *poisoned.into_inner() = Arc::new(tip),
        }
    }

    /// The network's name to machines.
    pub fn network(&self) -> Digest {
        self.network
    }

    /// The founding document.
    pub fn genesis(&self) -> &Genesis {
        &self.genesis
    }

    /// The data directory.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Lets no file change any more: what is on the disk now is what a crash would leave.
    #[cfg(test)]
    pub(crate) fn freeze(&self) {
        self.store.freeze();
    }

    fn decode<T>(&self, what: &'static str, bytes: &[u8]) -> Result<T, LedgerFault>
    where
        T: for<'b> minicbor::Decode<'b, ()> + minicbor::Encode<()>,
    {
        encoding::decode(what, bytes).map_err(|e| LedgerFault::Storage(e.to_string()))
    }
}

/// Refuses a directory that says it has another layout.
fn check_format(path: &Path, found: Option<Vec<u8>>) -> Result<(), LedgerFault> {
    let Some(found) = found else { return Ok(()) };
    match <[u8; 4]>::try_from(found).map_or(0, u32::from_be_bytes) {
        FORMAT => Ok(()),
        found => Err(LedgerFault::OtherFormat { path: path.to_path_buf(), found }),
    }
}

/// The part of the tip that cannot be read from elsewhere.
#[derive(Clone, Copy, minicbor::Encode, minicbor::Decode)]
struct KeptTip {
    #[n(0)]
    height: u64,
    #[n(1)]
    log_size: u64,
    #[n(2)]
    tree_version: u64,
    #[n(3)]
    state_root: Digest,
}

/// Records that changed, by subject.
type Changes = BTreeMap<SubjectKey, Record>;

/// The one encoding of each of some records, in their order: hashed for the state tree, and kept.
#[derive(Debug)]
struct EncodedChanges(Vec<Vec<u8>>);

impl EncodedChanges {
    fn of(changes: &Changes) -> Self {
        Self(changes.values().map(Record::bytes).collect())
    }
}
