//! A state tree worked out from its definition, as a reader of `record.cddl` would write it.

use std::collections::BTreeMap;

use countersign_record::{
    Digest,
    header::Header,
    state_proof::{Found, OtherLeaf, StateProof},
    state_tree::{EMPTY, hash_of_value, key_of, leaf_hash, node_hash, value_of},
};

use super::{Network, Tree};

pub(crate) const FAMILY: &str = "combined_port";

/// The leaves by their keys: what each holds.
#[derive(Clone, Default)]
pub(crate) struct State(pub(crate) BTreeMap<Digest, Digest>);

type Leaf<'a> = (&'a Digest, &'a Digest);

fn bit(key: &Digest, depth: usize) -> bool {
    key.0[depth / 8] & (0x80 >> (depth % 8)) != 0
}

fn root(leaves: &[Leaf<'_>], depth: usize) -> Digest {
    match leaves {
        [] => EMPTY,
        [(key, value_hash)] => leaf_hash(key, value_hash),
        _ => {
            let (left, right) = fork(leaves, depth);
            node_hash(&root(left, depth + 1), &root(right, depth + 1))
        }
    }
}

/// The leaves are in the order of their keys.
fn fork<'s, 'a>(leaves: &'s [Leaf<'a>], depth: usize) -> (&'s [Leaf<'a>], &'s [Leaf<'a>]) {
    leaves.split_at(leaves.partition_point(|(key, _)| !bit(key, depth)))
}

impl State {
    /// `size` subjects: `box:0` and so on, with the records `record 0` and so on.
    pub(crate) fn of(size: u64) -> Self {
        let mut state = Self::default();
        for i in 0..size {
            state.put(&format!("box:{i}"), format!("record {i}").as_bytes());
        }
        state
    }

    pub(crate) fn put(&mut self, subject: &str, record: &[u8]) {
        self.0.insert(key_of(FAMILY, subject), hash_of_value(&value_of(record)));
    }

    fn leaves(&self) -> Vec<Leaf<'_>> {
        self.0.iter().collect()
    }

    pub(crate) fn root(&self) -> Digest {
        root(&self.leaves(), 0)
    }

    /// The leaf at a key's place, if there is one, and the siblings from there upwards.
    pub(crate) fn path(&self, key: &Digest) -> (Option<OtherLeaf>, Vec<Digest>) {
        let all = self.leaves();
        let (mut leaves, mut siblings) = (&all[..], Vec::new());
        while leaves.len() > 1 {
            let depth = siblings.len();
            let (left, right) = fork(leaves, depth);
            let (mine, other) = if bit(key, depth) { (right, left) } else { (left, right) };
            siblings.push(root(other, depth + 1));
            leaves = mine;
        }
        siblings.reverse();
        let leaf = leaves.first().map(|l| OtherLeaf { key: *l.0, value_hash: *l.1 });
        (leaf, siblings)
    }

    /// The first name of a box that is absent, with or without another leaf in its place.
    pub(crate) fn absent(&self, beside_a_leaf: bool) -> String {
        let named = |i: u32| format!("box:absent-{i}");
        let fits = |name: &String| {
            let key = key_of(FAMILY, name);
            !self.0.contains_key(&key) && self.path(&key).0.is_some() == beside_a_leaf
        };
        (0..).map(named).find(fits).unwrap()
    }
}

impl Network {
    /// The header of a height with this state.
    pub(crate) fn state_header(&self, height: u64, state: &State) -> Header {
        let mut tree = Tree::default();
        tree.append(&self.genesis.bytes());
        Header { height, state_root: state.root(), ..self.header(&tree) }
    }

    /// The proof of a subject that has this record, or is absent.
    pub(crate) fn state_proof(
        &self,
        height: u64,
        state: &State,
        subject: &str,
        record: Option<&[u8]>,
        signers: &[usize],
    ) -> StateProof {
        let (leaf, path) = state.path(&key_of(FAMILY, subject));
        let found = match (record, leaf) {
            (Some(record), _) => Found::Record(record.to_vec()),
            (None, None) => Found::Nothing,
            (None, Some(leaf)) => Found::Other(leaf),
        };
        let commit = self.sign(self.state_header(height, state), 0, signers);
        StateProof {
            family: FAMILY.into(),
            subject: subject.into(),
            found,
            path,
            commit,
            links: vec![],
        }
    }
}
