//! The state tree: under which root a record stands, and under which there is none of that name.
//!
//! It is the Jellyfish Merkle tree of the crate `jmt`, over SHA-256. A key is the digest of a
//! subject's name, and its bits, the most significant first, lead from the root to the subject's
//! place: 0 left, 1 right. A subtree that holds one leaf *is* that leaf, one that holds none is
//! [`EMPTY`]. So a place below which there is nothing, or only another key, proves an absence.
//!
//! Here are only the few lines that check a path. That crate could not check it for us in less:
//! the proofs that it reads are in a form of its own, and it would bring a dozen crates with it
//! into what a verifier must trust. The tests compare both.

use crate::digest::Digest;

/// The hash of a subtree without a leaf.
pub const EMPTY: Digest = Digest(*b"SPARSE_MERKLE_PLACEHOLDER_HASH__");
/// Longest path: one sibling for each bit of a key.
pub const DEPTH_MAX: usize = 256;

/// The key of a subject in the tree: the digest of its family, a stroke, its name and a zero.
///
/// A family's name holds no stroke and a subject's name no zero, so that no two subjects share one.
pub fn key_of(family: &str, subject: &str) -> Digest {
    Digest::of_parts(&[family.as_bytes(), b"/", subject.as_bytes(), &[0]])
}

/// What is kept under a subject's key: the digest of its record.
pub fn value_of(record: &[u8]) -> Digest {
    Digest::of(record)
}

/// What the leaf of a value holds: the tree hashes each value once more.
pub fn hash_of_value(value: &Digest) -> Digest {
    Digest::of(&value.0)
}

/// The hash of a leaf.
pub fn leaf_hash(key: &Digest, value_hash: &Digest) -> Digest {
    Digest::of_parts(&[b"JMT::LeafNode", &key.0, &value_hash.0])
}

/// The hash of an inner node. The word is misspelt in every such tree.
pub fn node_hash(left: &Digest, right: &Digest) -> Digest {
    Digest::of_parts(&[b"JMT::IntrnalNode", &left.0, &right.0])
}

/// How many bits two keys have in common, from the root on.
pub fn shared_bits(a: &Digest, b: &Digest) -> usize {
    let differ = a.0.iter().zip(&b.0).enumerate().find(|(_, (a, b))| a != b);
    differ.map_or(DEPTH_MAX, |(at, (a, b))| at * 8 + (a ^ b).leading_zeros() as usize)
}

/// The root over what stands at a key's place, with the siblings from there upwards; nothing where
/// the path is longer than a key.
pub fn root_over(key: &Digest, place: Digest, siblings: &[Digest]) -> Option<Digest> {
    if siblings.len() > DEPTH_MAX {
        return None;
    }
    // The last sibling hangs at the root, under the key's first bit.
    let depths = (0..siblings.len()).rev();
    Some(depths.zip(siblings).fold(place, |below, (depth, sibling)| {
        match turns_right(key, depth) {
            true => node_hash(sibling, &below),
            false => node_hash(&below, sibling),
        }
    }))
}

fn turns_right(key: &Digest, depth: usize) -> bool {
    key.0.get(depth / 8).is_some_and(|byte| byte >> (7 - depth % 8) & 1 == 1)
}
