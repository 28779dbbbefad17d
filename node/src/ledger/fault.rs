//! Why the ledger cannot be used, in words for its operator.

use std::path::PathBuf;

use countersign_record::Digest;

use super::FORMAT;

/// Why the ledger cannot be used, as a sentence that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum LedgerFault {
    /// The data directory cannot be opened.
    #[error(
        "the data directory {path} cannot be opened: {why}. If another process uses it, stop that \
         process. If it is damaged, run `countersign repair --home` with this node's home folder \
         and start it again: what is right is kept, the rest is fetched from the other nodes"
    )]
    Open {
        /// The directory.
        path: PathBuf,
        /// What RocksDB says.
        why: String,
    },
    /// The disk is full.
    #[error(
        "the disk that holds the data directory is full: {0}. Make room and start again; nothing \
         that was acknowledged is lost"
    )]
    DiskFull(String),
    /// The data directory belongs to another network.
    #[error(
        "the data directory {path} belongs to the network {found}, but genesis.json founds \
         {expected}. Use the home folder of the right network, or move the directory away"
    )]
    OtherNetwork {
        /// The directory.
        path: PathBuf,
        /// The network it belongs to.
        found: String,
        /// The network of the founding document.
        expected: Digest,
    },
    /// The data directory has another layout.
    #[error(
        "the data directory {path} has layout {found}, this program writes layout {FORMAT}. {}. \
         Nothing in it was changed",
        other_version(.found)
    )]
    OtherFormat {
        /// The directory.
        path: PathBuf,
        /// Its layout.
        found: u32,
    },
    /// What belongs to a batch that is not kept any more.
    #[error("nothing is kept of the batch of height {asked}; the first that is kept is {first}")]
    Pruned {
        /// The height of the batch.
        asked: u64,
        /// The first height that is kept.
        first: u64,
    },
    /// What needs every batch was asked of a ledger that has not all of them.
    #[error(
        "this ledger was pruned or began from a snapshot: it keeps the batches from height {0} on, \
         and cannot be executed again from the founding. Do it on a node that keeps all"
    )]
    BeginsLater(u64),
    /// The founding document cannot found a network.
    #[error("{0}")]
    Founding(String),
    /// Reading or writing failed while running.
    #[error(
        "the ledger cannot be read or written: {0}. Check the disk (free space, errors). If the \
         data folder is damaged, stop the node, run `countersign repair --home` with its home folder \
         and start it again: what is right is kept, the rest is fetched from the other nodes"
    )]
    Storage(String),
}

impl From<LedgerFault> for countersign_contracts::world::Unreadable {
    fn from(e: LedgerFault) -> Self {
        Self(e.to_string())
    }
}

fn other_version(found: &u32) -> &'static str {
    if *found > FORMAT {
        "A newer version of this program made it: run that version or a later one"
    } else {
        "An older version of this program made it: run that version, or move the directory away, \
         and the node fetches everything from the others"
    }
}

/// RocksDB hands the system's errors on as text.
pub(super) fn is_disk_full(why: &str) -> bool {
    ["No space left on device", "StorageFull", "Disk quota exceeded"]
        .iter()
        .any(|w| why.contains(w))
}
