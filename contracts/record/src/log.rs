//! The Merkle log of RFC 9162: what a node keeps to append to it and to prove inclusion.
//!
//! Verification of proofs is the library's (`ct-merkle`). Here is only what it lacks: appending
//! without holding the tree in memory, and naming the nodes so that a store can keep them.

use alloc::vec::Vec;

use sha2::{Digest as _, Sha256};

use crate::{digest::Digest, limits};

/// The hash of a leaf (RFC 9162 section 2.1.1).
pub fn leaf_hash(entry: &[u8]) -> Digest {
    Digest::of_parts(&[&[0x00], entry])
}

/// The hash of an inner node.
pub fn node_hash(left: &Digest, right: &Digest) -> Digest {
    Digest::of_parts(&[&[0x01], &left.0, &right.0])
}

/// A complete subtree: the position of its root in the in-order numbering of the tree (leaf `i` is
/// `2i`), under which a store keeps its hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NodeIndex(pub u64);

impl NodeIndex {
    fn new(first_leaf: u64, height: u32) -> Self {
        // Wrapping: a size above LOG_SIZE_MAX names nodes that no store has, and must not panic.
        Self(first_leaf.wrapping_mul(2).wrapping_add((1 << height) - 1))
    }

    /// The node of a height over a leaf; nothing where no log is so high.
    pub fn over(leaf: u64, height: usize) -> Option<Self> {
        let height = u32::try_from(height).ok().filter(|h| *h < u64::BITS - 1)?;
        Some(Self::new(leaf >> height << height, height))
    }

    /// The number of the first leaf after those under this node.
    pub fn end(self) -> u64 {
        // A node ends in as many ones as it is high, and stands in the middle of its leaves.
        let width = 1_u64.checked_shl(self.0.trailing_ones()).unwrap_or(u64::MAX);
        self.0.saturating_add(1).saturating_add(width) / 2
    }
}

/// A log as far as appending needs it: its size and the roots of its complete subtrees.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Log {
    size: u64,
    /// Largest subtree first; one for each bit that is set in `size`.
    peaks: Vec<Digest>,
}

impl Log {
    /// A log of which `size` leaves are already kept, its peaks read through `node`.
    pub fn open<E>(
        size: u64,
        mut node: impl FnMut(NodeIndex) -> Result<Digest, E>,
    ) -> Result<Self, E> {
        let peaks = peaks_of(0, size).map(&mut node).collect::<Result<_, E>>()?;
        Ok(Self { size, peaks })
    }

    /// Leaves in the log.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends a leaf and hands every subtree that it completes to `keep`.
    pub fn append(&mut self, leaf: Digest, mut keep: impl FnMut(NodeIndex, Digest)) {
        let (mut hash, mut height, mut first) = (leaf, 0, self.size);
        keep(NodeIndex::new(first, height), hash);
        while self.size >> height & 1 == 1 {
            // The bit says that a peak of this height is there.
            let Some(left) = self.peaks.pop() else { break };
            hash = node_hash(&left, &hash);
            first -= 1 << height;
            height += 1;
            keep(NodeIndex::new(first, height), hash);
        }
        self.peaks.push(hash);
        self.size += 1;
    }

    /// The complete subtrees that all leaves fall into, largest first: all that appending needs,
    /// and proving whatever is appended.
    pub fn peaks(&self) -> impl Iterator<Item = (NodeIndex, Digest)> + '_ {
        peaks_of(0, self.size).zip(self.peaks.iter().copied())
    }

    /// The root over all leaves.
    pub fn root(&self) -> Digest {
        fold_peaks(&self.peaks)
    }
}

/// The root over a short list of leaves, for instance a batch's refusal records.
pub fn root_of<'a>(entries: impl IntoIterator<Item = &'a [u8]>) -> Digest {
    let mut log = Log::default();
    for entry in entries {
        log.append(leaf_hash(entry), |_, _| ());
    }
    log.root()
}

/// The inclusion path of leaf `index` in the log of `size` leaves, from the kept complete subtrees.
///
/// # Errors
/// Whatever `node` answers; `None` where `index` is not in a log of that size, or no log is so
/// large.
pub fn inclusion_path<E>(
    size: u64,
    index: u64,
    mut node: impl FnMut(NodeIndex) -> Result<Digest, E>,
) -> Result<Option<Vec<Digest>>, E> {
    if index >= size || size > limits::LOG_SIZE_MAX {
        return Ok(None);
    }
    // Walk down from the root over the leaves [first, first + count): at each fork the other side
    // is a sibling. The path is read from the leaf upwards, so it is turned round at the end.
    let (mut first, mut count, mut path) = (0, size, Vec::new());
    while count > 1 {
        let left = 1 << (u64::BITS - 1 - (count - 1).leading_zeros());
        let (sibling_first, sibling_count) = if index < first + left {
            let right = (first + left, count - left);
            count = left;
            right
        } else {
            let whole = (first, left);
            (first, count) = (first + left, count - left);
            whole
        };
        let peaks: Vec<Digest> =
            peaks_of(sibling_first, sibling_count).map(&mut node).collect::<Result<_, E>>()?;
        path.push(fold_peaks(&peaks));
    }
    path.reverse();
    Ok(Some(path))
}

/// The complete subtrees that `count` leaves from `first` on fall into, largest first.
fn peaks_of(first: u64, count: u64) -> impl Iterator<Item = NodeIndex> {
    let mut start = first;
    (0..u64::BITS).rev().filter(move |h| count >> h & 1 == 1).map(move |height| {
        let node = NodeIndex::new(start, height);
        start += 1 << height;
        node
    })
}

fn fold_peaks(peaks: &[Digest]) -> Digest {
    let mut from_right = peaks.iter().rev();
    match from_right.next() {
        None => Digest(Sha256::digest([]).into()),
        Some(last) => from_right.fold(*last, |right, left| node_hash(left, &right)),
    }
}

/// Whether `entry` is leaf `index` of the log with this size and root.
pub fn includes(size: u64, root: &Digest, index: u64, entry: &[u8], path: &[Digest]) -> bool {
    // The library refuses an index outside the log and a path of the wrong length, but the size
    // must leave room for its numbering.
    if size > limits::LOG_SIZE_MAX || path.len() > limits::PATH_MAX {
        return false;
    }
    let path =
        ct_merkle::InclusionProof::<Sha256>::from_bytes(path.iter().flat_map(|d| d.0).collect());
    ct_merkle::RootHash::<Sha256>::new(root.0.into(), size)
        .verify_inclusion(&entry, index, &path)
        .is_ok()
}
