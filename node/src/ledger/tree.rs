//! The state tree (D9): a Jellyfish Merkle tree over the digests of all records, in RocksDB.

use countersign_record::Digest;
use jmt::{
    KeyHash, OwnedValue, Sha256Jmt, Version,
    storage::{LeafNode, Node, NodeKey, TreeReader, TreeUpdateBatch},
};
use minicbor::bytes::ByteVec;

use super::{
    Changes, EncodedChanges, KeptTip, Ledger, LedgerFault, Tip, columns,
    columns::Column,
    read::bytes_of,
    store::{Read, Writes},
};
use crate::limits::TREE_LEVELS_KEPT;

/// The keys of the nodes that a height's changes replaced.
type StaleNodes = Vec<ByteVec>;

/// The state tree after a batch, not written yet.
#[derive(Debug)]
pub(super) struct NextTree {
    /// The tree's newest version: unchanged where no record changed.
    pub(super) version: u64,
    /// Its root.
    pub(super) root: Digest,
    update: Option<TreeUpdateBatch>,
}

/// The tree in one view of the store, which no later write changes.
pub(super) struct Reader<'a> {
    ledger: &'a Ledger,
    view: Box<dyn Read + 'a>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(ledger: &'a Ledger) -> Self {
        Self { ledger, view: ledger.store.snapshot() }
    }

    pub(super) fn get(&self, column: Column, key: &[u8]) -> Result<Option<Vec<u8>>, LedgerFault> {
        self.view.get(column, key)
    }

    /// The newest height in this view.
    pub(super) fn last_height(&self) -> Result<u64, LedgerFault> {
        let tip = self.get(Column::Meta, b"tip")?;
        let tip = tip.ok_or_else(|| LedgerFault::Storage("the tip is missing".into()))?;
        Ok(self.ledger.decode::<KeptTip>("tip", &tip)?.height)
    }

    /// The version that the tree had after the batch of a height.
    pub(super) fn version_at(&self, height: u64) -> Result<Version, LedgerFault> {
        let found = self.view.last_until(Column::TreeVersions, &height.to_be_bytes())?;
        found
            .and_then(|(_, version)| <[u8; 8]>::try_from(&version[..]).ok())
            .map(Version::from_be_bytes)
            .ok_or_else(|| LedgerFault::Storage("a version of the state tree is missing".into()))
    }
}

impl TreeReader for Reader<'_> {
    fn get_node_option(&self, at: &NodeKey) -> anyhow::Result<Option<Node>> {
        let key = node_key(at)?;
        if let Some(node) = self.ledger.tree_nodes.get(&key) {
            return Ok(Some(node));
        }
        let Some(bytes) = self.get(Column::Tree, &key)? else { return Ok(None) };
        let node = borsh::from_slice(&bytes)?;
        if is_remembered(at, &node) {
            self.ledger.tree_nodes.put(key, node.clone());
        }
        Ok(Some(node))
    }

    /// Asked only for a leaf that was found. A value is the digest of a record, and the leaf names
    /// its hash: it is not kept a second time, and what comes back here is not looked at.
    fn get_value_option(&self, _: Version, _: KeyHash) -> anyhow::Result<Option<OwnedValue>> {
        Ok(Some(OwnedValue::new()))
    }

    fn get_rightmost_leaf(&self) -> anyhow::Result<Option<(NodeKey, LeafNode)>> {
        // Asked only by the library's own restoring, which takes leaves in the order of their keys;
        // this ledger puts records in as changes.
        anyhow::bail!("the state tree is not restored leaf by leaf")
    }
}

impl Ledger {
    /// The state tree with these records changed, on top of what is kept.
    pub(super) fn next_tree(
        &self,
        tip: &Tip,
        changes: &Changes,
        encoded: &EncodedChanges,
    ) -> Result<NextTree, LedgerFault> {
        // Before the first batch the tree is empty: its first version is numbered 0.
        let founding = tip.height == 0 && tip.log.size() == 0;
        if changes.is_empty() && !founding {
            return Ok(NextTree { version: tip.tree_version, root: tip.state_root, update: None });
        }
        let version = if founding { 0 } else { tip.tree_version + 1 };
        self.tree_at(version, changes, encoded)
    }

    /// The tree of the version before with these records changed; of version 0, with these alone.
    pub(super) fn tree_at(
        &self,
        version: Version,
        changes: &Changes,
        encoded: &EncodedChanges,
    ) -> Result<NextTree, LedgerFault> {
        let values = changes.keys().zip(&encoded.0).map(|(subject, record)| {
            (columns::tree_key(subject), Some(Digest::of(record).0.to_vec()))
        });
        let (root, update) = Sha256Jmt::new(&Reader::new(self))
            .put_value_set(values, version)
            .map_err(|e| LedgerFault::Storage(format!("state tree: {e:#}")))?;
        Ok(NextTree { version, root: Digest(root.0), update: Some(update) })
    }

    /// Adds a tree to the one write of its height, and drops what fell out of the window.
    pub(super) fn put_tree(
        &self,
        write: &mut Writes,
        height: u64,
        tree: &NextTree,
    ) -> Result<(), LedgerFault> {
        if let Some(update) = &tree.update {
            write.put(Column::TreeVersions, height.to_be_bytes(), tree.version.to_be_bytes());
            put_nodes(write, update)?;
            let stale = update.stale_node_index_batch.iter();
            let stale: StaleNodes = stale
                .map(|index| node_key(&index.node_key).map(ByteVec::from))
                .collect::<Result<_, _>>()?;
            write.put(Column::TreeStale, height.to_be_bytes(), bytes_of(&stale));
        }
        let Some(old) = height.checked_sub(self.tree_window) else { return Ok(()) };
        let old = old.to_be_bytes();
        if let Some(stale) = self.get(Column::TreeStale, &old)? {
            let stale: StaleNodes = self.decode("stale nodes of the state tree", &stale)?;
            for node in stale {
                write.delete(Column::Tree, Vec::from(node));
            }
            write.delete(Column::TreeStale, old);
        }
        Ok(())
    }

    /// Remembers the upper levels of a tree that was written, and forgets what they replaced.
    pub(super) fn remember_tree(&self, tree: &NextTree) -> Result<(), LedgerFault> {
        let Some(update) = &tree.update else { return Ok(()) };
        for (key, node) in update.node_batch.nodes() {
            if is_remembered(key, node) {
                self.tree_nodes.put(node_key(key)?, node.clone());
            }
        }
        for stale in &update.stale_node_index_batch {
            if is_upper(&stale.node_key) {
                self.tree_nodes.forget(&node_key(&stale.node_key)?);
            }
        }
        Ok(())
    }

    /// Adds a tree that no height's proofs begin at: the nodes that it made stale go at once.
    pub(super) fn put_planted(
        &self,
        write: &mut Writes,
        tree: &NextTree,
    ) -> Result<(), LedgerFault> {
        let Some(update) = &tree.update else { return Ok(()) };
        put_nodes(write, update)?;
        for index in &update.stale_node_index_batch {
            write.delete(Column::Tree, node_key(&index.node_key)?);
        }
        Ok(())
    }
}

/// The key of a node names its version: what stands under it never changes. Those further down are
/// too many, and few are read twice.
fn is_remembered(key: &NodeKey, node: &Node) -> bool {
    is_upper(key) && matches!(node, Node::Internal(_))
}

fn is_upper(key: &NodeKey) -> bool {
    key.nibble_path().num_nibbles() < TREE_LEVELS_KEPT
}

fn put_nodes(write: &mut Writes, update: &TreeUpdateBatch) -> Result<(), LedgerFault> {
    for (key, node) in update.node_batch.nodes() {
        write.put(Column::Tree, node_key(key)?, borsh_bytes(node)?);
    }
    Ok(())
}

fn node_key(key: &NodeKey) -> Result<Vec<u8>, LedgerFault> {
    Ok([&key.version().to_be_bytes()[..], &borsh_bytes(key.nibble_path())?].concat())
}

fn borsh_bytes(value: &impl borsh::BorshSerialize) -> Result<Vec<u8>, LedgerFault> {
    borsh::to_vec(value).map_err(|e| LedgerFault::Storage(format!("state tree: {e}")))
}
