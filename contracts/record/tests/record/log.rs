//! The log against the roots of RFC 6962 implementations and against a library's tree in memory.

use countersign_record::{
    Digest, limits,
    log::{self, Log},
};
use ct_merkle::mem_backed_tree::MemoryBackedTree;
use proptest::prelude::*;
use sha2::Sha256;

use crate::support::Tree;

/// The leaves that the Certificate Transparency implementations test with, and the roots over the
/// first 0, 1, … 8 of them.
const LEAVES: [&str; 8] = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
];
const ROOTS: [&str; 9] = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

#[test]
fn roots_are_those_of_certificate_transparency() {
    let leaves: Vec<Vec<u8>> = LEAVES.iter().map(|l| hex::decode(l).unwrap()).collect();
    for (size, root) in ROOTS.iter().enumerate() {
        let found = log::root_of(leaves.iter().take(size).map(Vec::as_slice));
        assert_eq!(found.to_string(), *root, "the first {size} leaves");
    }
}

/// Builds a log both ways, compares the roots at each size, then every path of the last one.
fn compare(size: u64) {
    let mut theirs = MemoryBackedTree::<Sha256, Vec<u8>>::new();
    let mut ours = Tree::default();
    for i in 0..size {
        theirs.push(i.to_be_bytes().to_vec());
        ours.append(&i.to_be_bytes());
        assert_eq!(ours.log.root().0, <[u8; 32]>::from(*theirs.root().as_bytes()));
        assert_eq!(Log::open(i + 1, |at| ours.node(at)).as_ref(), Ok(&ours.log));
    }
    let root = ours.log.root();
    for index in 0..size {
        let path = ours.path(index);
        let flat: Vec<u8> = path.iter().flat_map(|d| d.0).collect();
        assert_eq!(flat, theirs.prove_inclusion(index as usize).as_bytes(), "{index} of {size}");
        let entry = index.to_be_bytes();
        assert!(log::includes(size, &root, index, &entry, &path));
        assert!(!log::includes(size, &root, index, b"other", &path));
        assert!(!log::includes(size, &root, index ^ 1, &entry, &path) || size == 1);
        let longer = [&path[..], &[root]].concat();
        assert!(!log::includes(size, &root, index, &entry, &longer));
        assert!(path.is_empty() || !log::includes(size, &root, index, &entry, &path[1..]));
    }
}

#[test]
fn small_logs_agree_with_the_library_in_every_path() {
    (1..=70).for_each(compare);
}

#[test]
fn an_index_outside_has_no_path() {
    let mut tree = Tree::default();
    assert_eq!(log::inclusion_path(0, 0, |at| tree.node(at)), Ok(None));
    tree.append(b"leaf");
    assert_eq!(log::inclusion_path(1, 0, |at| tree.node(at)), Ok(Some(vec![])));
    assert_eq!(log::inclusion_path(1, 1, |at| tree.node(at)), Ok(None));
    assert!(!log::includes(0, &tree.log.root(), 0, b"leaf", &[]));
}

#[test]
fn an_unfinished_store_is_named_by_its_missing_node() {
    let tree = Tree::default();
    assert!(Log::open(3, |at| tree.node(at)).is_err());
    assert!(log::inclusion_path(3, 1, |at| tree.node(at)).is_err());
}

#[test]
fn sizes_at_the_edge_of_the_numbers_are_answered() {
    let (zero, path) = (Digest::ZERO, vec![Digest::ZERO; 62]);
    for size in [limits::LOG_SIZE_MAX, limits::LOG_SIZE_MAX - 1] {
        for index in [0, size / 2, size - 1, size, u64::MAX] {
            assert!(!log::includes(size, &zero, index, b"", &path));
        }
        let depth = log::inclusion_path(size, 0, |_| Ok::<_, ()>(zero)).unwrap().unwrap().len();
        assert_eq!(depth, limits::PATH_MAX);
    }
    for size in [limits::LOG_SIZE_MAX + 1, u64::MAX - 1, u64::MAX] {
        assert!(!log::includes(size, &zero, 5, b"", &path));
        assert_eq!(log::inclusion_path(size, 5, |_| Ok::<_, ()>(zero)), Ok(None));
        let opened = Log::open(size, |_| Ok::<_, ()>(zero)).unwrap();
        assert_eq!(opened.size(), size);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn larger_logs_agree_with_the_library_in_every_path(size in 71_u64..900) {
        compare(size);
    }
}

#[test]
fn a_node_ends_where_the_leaf_was_that_completed_it_and_peaks_are_enough_to_go_on() {
    let mut log = Log::default();
    for i in 0..70_u64 {
        log.append(log::leaf_hash(&i.to_be_bytes()), |node, _| {
            assert_eq!(node.end(), i + 1);
            let over = (0..limits::PATH_MAX).filter_map(|h| log::NodeIndex::over(i, h));
            assert_eq!(over.filter(|n| *n == node).count(), 1);
        });
        let peaks: Vec<_> = log.peaks().collect();
        let kept = |node| peaks.iter().find(|(at, _)| *at == node).map(|(_, hash)| *hash);
        let again = Log::open(log.size(), |node| kept(node).ok_or(node)).unwrap();
        assert_eq!(again, log);
    }
    assert_eq!(log::NodeIndex(u64::MAX).end(), u64::MAX / 2);
}

proptest! {
    #[test]
    fn leaves_are_proven_from_the_peaks_before_them(before in 0_u64..200, after in 1_u64..100) {
        let mut tree = Tree::default();
        (0..before).for_each(|i| tree.append(&i.to_be_bytes()));
        let peaks: Vec<_> = tree.log.peaks().map(|(node, _)| node).collect();
        (before..before + after).for_each(|i| tree.append(&i.to_be_bytes()));
        tree.nodes.retain(|node, _| node.end() > before || peaks.contains(node));
        for index in before..before + after {
            let path = tree.path(index);
            let (size, root) = (tree.log.size(), tree.log.root());
            prop_assert!(log::includes(size, &root, index, &index.to_be_bytes(), &path));
        }
    }
}
