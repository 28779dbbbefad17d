//! State proofs: they read back, prove what they say and nothing else, and no bit of them can
//! change unnoticed. The tree is compared with the crate that the nodes keep it with.

use std::collections::BTreeMap;

use countersign_record::{
    Digest,
    commit::ProofFault,
    encoding::Malformed,
    receipt::Receipt,
    state_proof::{
        Found, OtherLeaf, STEPS, StateFault, StateProof, VerifiedState, is_state_proof, verify,
        verify_parsed,
    },
    state_tree::{EMPTY, hash_of_value, key_of, root_over, shared_bits, value_of},
    verify::Step,
};
use jmt::{KeyHash, RootHash, Sha256Jmt, mock::MockTreeStore};
use proptest::prelude::*;

use crate::support::{
    Network, cbor, commit, link, set_of,
    state::{FAMILY, State},
};

const QUORUM: &[usize] = &[0, 1, 3];

fn network() -> Network {
    Network::of(&[1, 1, 1, 1])
}

/// One proof of each kind over the same state: present, absent in an empty place, absent beside
/// another leaf.
fn one_of_each(network: &Network, state: &State) -> [StateProof; 3] {
    let (empty, beside) = (state.absent(false), state.absent(true));
    [
        network.state_proof(7, state, "box:3", Some(b"record 3"), QUORUM),
        network.state_proof(7, state, &empty, None, QUORUM),
        network.state_proof(7, state, &beside, None, QUORUM),
    ]
}

fn fault(network: &Network, proof: StateProof) -> StateFault {
    // The file of it must say the same.
    let from_file = verify(&network.genesis, &proof.to_bytes());
    let parsed = verify_parsed(&network.genesis, proof);
    assert_eq!(from_file, parsed);
    parsed.unwrap_err()
}

#[test]
fn presence_and_absence_are_proven() {
    let network = network();
    let state = State::of(20);
    let proofs = one_of_each(&network, &state);
    assert!(matches!(proofs[1].found, Found::Nothing));
    assert!(matches!(proofs[2].found, Found::Other(_)));
    for (proof, record) in proofs.into_iter().zip([Some(&b"record 3"[..]), None, None]) {
        let bytes = proof.to_bytes();
        assert_eq!(StateProof::parse(&bytes).as_ref(), Ok(&proof));
        assert!(is_state_proof(&bytes));
        let verified: VerifiedState = verify(&network.genesis, &bytes).unwrap();
        assert_eq!(verified.record(), record);
        assert_eq!((verified.family(), verified.subject()), (FAMILY, proof.subject.as_str()));
        assert_eq!((verified.height(), verified.header().signers().len()), (7, 3));
        assert_eq!(verified.time(), proof.commit.header.time);
        assert_eq!(verified.is_of(FAMILY, &proof.subject), Ok(()));
        assert_eq!(verified.is_at(7), Ok(()));
    }
    assert_eq!(STEPS.last(), Some(&Step::State));
}

#[test]
fn a_state_of_one_subject_and_of_none_is_proven_too() {
    let network = network();
    let none = network.state_proof(1, &State::default(), "box:0", None, QUORUM);
    assert_eq!((none.found.clone(), none.path.len()), (Found::Nothing, 0));
    assert_eq!(verify_parsed(&network.genesis, none).unwrap().record(), None);
    let one = State::of(1);
    let present = network.state_proof(1, &one, "box:0", Some(b"record 0"), QUORUM);
    assert!(verify_parsed(&network.genesis, present).unwrap().record().is_some());
    let absent = network.state_proof(1, &one, "box:1", None, QUORUM);
    assert!(matches!(absent.found, Found::Other(_)) && absent.path.is_empty());
    assert_eq!(verify_parsed(&network.genesis, absent).unwrap().record(), None);
}

#[test]
fn a_receipt_is_no_state_proof_and_the_other_way_round() {
    let network = network();
    let receipt = network.receipt(9, 4, QUORUM);
    let files = [receipt.to_compact(), receipt.to_cose().unwrap()];
    for bytes in files.into_iter().chain([network.refusal(QUORUM).to_compact(), vec![]]) {
        assert!(!is_state_proof(&bytes));
        assert!(matches!(verify(&network.genesis, &bytes), Err(StateFault::Form(_))));
    }
    for proof in one_of_each(&network, &State::of(20)) {
        assert!(Receipt::parse(&proof.to_bytes()).is_err());
    }
}

#[test]
fn every_flipped_bit_is_noticed() {
    let network = network();
    for proof in one_of_each(&network, &State::of(20)) {
        every_flipped_bit_fails(&network, &proof.to_bytes());
    }
}

#[test]
fn every_flipped_bit_of_a_change_of_validators_is_noticed() {
    let network = Network::of(&[1]);
    let next = set_of(&["a"]);
    let mut proof = network.state_proof(7, &State::of(2), "box:1", Some(b"record 1"), &[]);
    proof.commit.header.validators = next.digest();
    proof.commit = commit(proof.commit.header, 0, ["a"]);
    let without = proof.clone();
    proof.links = vec![link(&network, 3, &network.set(), &["validator 0"], &next)];
    every_flipped_bit_fails(&network, &proof.to_bytes());
    let fault = fault(&network, without);
    assert!(matches!(fault, StateFault::Quorum(ProofFault::OtherValidators(_))), "{fault}");
}

fn every_flipped_bit_fails(network: &Network, bytes: &[u8]) {
    verify(&network.genesis, bytes).unwrap();
    let mut flipped = bytes.to_vec();
    for bit in 0..bytes.len() * 8 {
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert!(verify(&network.genesis, &flipped).is_err(), "bit {bit} went unnoticed");
        flipped[bit / 8] ^= 1 << (bit % 8);
    }
}

#[test]
fn other_spellings_and_pieces_are_refused() {
    let network = network();
    for proof in one_of_each(&network, &State::of(20)) {
        let bytes = proof.to_bytes();
        for (twist, other) in cbor::twisted(&bytes) {
            assert!(StateProof::parse(&other).is_err(), "{twist:?}");
        }
        assert!(StateProof::parse(&[&bytes[..], &[0]].concat()).is_err());
        for end in 0..bytes.len() {
            assert!(StateProof::parse(&bytes[..end]).is_err(), "cut at {end}");
        }
    }
}

#[test]
fn too_few_signatures_another_network_and_strange_validators_are_refused() {
    let network = network();
    let state = State::of(20);
    let with =
        |signers: &[usize]| network.state_proof(7, &state, "box:3", Some(b"record 3"), signers);
    for few in [&[][..], &[0], &[0, 1]] {
        let no_quorum = ProofFault::NoQuorum { signed: few.len() as u64, total: 4 };
        assert_eq!(fault(&network, with(few)), StateFault::Quorum(no_quorum));
    }
    let twice = fault(&network, with(&[0, 1, 1]));
    assert!(matches!(twice, StateFault::Quorum(ProofFault::SignedTwice(_))), "{twice}");

    let mut elsewhere = Network::of(&[1, 1, 1, 1]);
    elsewhere.genesis.name = "elsewhere".into();
    let foreign = elsewhere.state_proof(7, &state, "box:3", Some(b"record 3"), QUORUM);
    let other = StateFault::Quorum(ProofFault::OtherNetwork(elsewhere.id()));
    assert_eq!(other.step(), Step::Quorum);
    assert_eq!(fault(&network, foreign), other);

    let mut nobody = Network::of(&[1]);
    nobody.genesis.parties.clear();
    assert_eq!(fault(&nobody, with(QUORUM)).step(), Step::Founding);
    let mut early = with(QUORUM);
    early.links = vec![link(&network, 7, &network.set(), &["validator 0"], &set_of(&["a"]))];
    assert_eq!(fault(&network, early).step(), Step::Membership);
}

#[test]
fn the_proof_of_another_height_is_refused() {
    let network = network();
    let (before, mut after) = (State::of(20), State::of(20));
    after.put("box:3", b"record 3, later");
    let then = network.state_proof(7, &before, "box:3", Some(b"record 3"), QUORUM);
    let now = network.state_proof(8, &after, "box:3", Some(b"record 3, later"), QUORUM);
    let mixed = StateProof { commit: now.commit.clone(), ..then.clone() };
    assert_eq!(fault(&network, mixed), StateFault::NotPresent(after.root()));
    let mixed = StateProof { found: now.found.clone(), ..then.clone() };
    assert_eq!(fault(&network, mixed), StateFault::NotPresent(before.root()));

    // What was absent and came: the old absence is none any more.
    let name = before.absent(false);
    after.put(&name, b"new");
    let then_absent = network.state_proof(7, &before, &name, None, QUORUM);
    let commit = network.sign(network.state_header(8, &after), 0, QUORUM);
    let stale = StateProof { commit, ..then_absent };
    assert_eq!(fault(&network, stale), StateFault::NotAbsent(after.root()));

    // A true proof that answers another question.
    let verified = verify_parsed(&network.genesis, then).unwrap();
    let asked = StateFault::OtherHeight { asked: 8, proven: 7 };
    assert_eq!((verified.is_at(8), asked.step()), (Err(asked), Step::Question));
}

#[test]
fn the_proof_of_a_neighbouring_subject_is_refused() {
    let network = network();
    let state = State::of(20);
    let three = network.state_proof(7, &state, "box:3", Some(b"record 3"), QUORUM);
    let four = network.state_proof(7, &state, "box:4", Some(b"record 4"), QUORUM);
    let renamed = StateProof { subject: "box:4".into(), ..three.clone() };
    assert_eq!(fault(&network, renamed), StateFault::NotPresent(state.root()));
    let swapped = StateProof { found: four.found.clone(), ..three.clone() };
    assert_eq!(fault(&network, swapped), StateFault::NotPresent(state.root()));
    let other_family = StateProof { family: "guarantee".into(), ..three.clone() };
    assert_eq!(fault(&network, other_family), StateFault::NotPresent(state.root()));

    let verified = verify_parsed(&network.genesis, three).unwrap();
    let not = verified.is_of(FAMILY, "box:4").unwrap_err();
    assert_eq!(not.step(), Step::Question);
    assert!(not.to_string().contains("of combined_port/box:3, expected combined_port/box:4"));
    assert!(verified.is_of("guarantee", "box:3").is_err());
}

#[test]
fn an_absence_that_is_false_is_refused_for_its_reason() {
    let network = network();
    let state = State::of(20);
    let present = network.state_proof(7, &state, "box:3", Some(b"record 3"), QUORUM);
    let claim = |found: Found| fault(&network, StateProof { found, ..present.clone() });
    let own = OtherLeaf {
        key: key_of(FAMILY, "box:3"),
        value_hash: hash_of_value(&value_of(b"record 3")),
    };
    assert_eq!(claim(Found::Nothing), StateFault::NotAbsent(state.root()));
    assert_eq!(claim(Found::Other(own)), StateFault::OwnLeaf);
    // A key beside the own, which would have to stand under the same place.
    let mut beside = own;
    beside.key.0[31] ^= 1;
    assert_eq!(claim(Found::Other(beside)), StateFault::NotAbsent(state.root()));

    // Another subject's leaf and its true path, which do not touch this subject's place.
    let four = network.state_proof(7, &state, "box:4", Some(b"record 4"), QUORUM);
    let key = key_of(FAMILY, "box:4");
    let leaf = OtherLeaf { key, value_hash: hash_of_value(&value_of(b"record 4")) };
    let elsewhere = StateProof { found: Found::Other(leaf), path: four.path.clone(), ..present };
    let shared = shared_bits(&key, &key_of(FAMILY, "box:3"));
    let depth = four.path.len();
    assert!(shared < depth);
    assert_eq!(fault(&network, elsewhere), StateFault::LeafElsewhere { shared, depth });

    // A presence that is false.
    let absent = network.state_proof(7, &state, &state.absent(true), None, QUORUM);
    let found = Found::Record(b"made up".to_vec());
    let made_up = StateProof { found, ..absent };
    assert_eq!(fault(&network, made_up), StateFault::NotPresent(state.root()));
}

#[test]
fn names_that_would_move_the_border_between_family_and_subject_are_refused() {
    let network = network();
    // One key, two readings: a family's name with a stroke in it.
    assert_eq!(key_of("combined_port", "x/box:3"), key_of("combined_port/x", "box:3"));
    let proof = network.state_proof(7, &State::of(20), "box:3", Some(b"record 3"), QUORUM);
    let named = |family: &str, subject: &str| {
        let named = StateProof { family: family.into(), subject: subject.into(), ..proof.clone() };
        StateProof::parse(&named.to_bytes()).err().map(|Malformed { why, .. }| why)
    };
    assert_eq!(named(&"f".repeat(32), &"s".repeat(96)), None);
    for (family, subject, why) in [
        ("combined_port/x", "box:3", "family holds '/'"),
        ("", "box:3", "family has 0 bytes"),
        (&"f".repeat(33), "box:3", "family has 33 bytes"),
        (FAMILY, "", "subject has 0 bytes"),
        (FAMILY, &"s".repeat(97), "subject has 97 bytes"),
        (FAMILY, "box\u{0}:3", "invisible character"),
        (FAMILY, "box:3\u{200b}", "invisible character"),
        (FAMILY, " box:3", "begins or ends with a space"),
    ] {
        let found = named(family, subject).unwrap_or_default();
        assert!(found.contains(why), "{family}/{subject}: {found}");
    }
    // A true absence whose name was changed alone: of the name that it has now nobody asked.
    let state = State::of(20);
    let bytes = network.state_proof(7, &state, &state.absent(false), None, QUORUM).to_bytes();
    let at = bytes.windows(7).position(|w| w == b"absent-").unwrap();
    let mut renamed = bytes.clone();
    renamed[at] = b'A';
    let refused = StateProof::parse(&renamed).unwrap_err();
    assert!(refused.why.contains("is not that of the subject"), "{refused}");
}

#[test]
fn what_no_state_can_need_is_refused_before_it_is_followed() {
    let network = network();
    let mut proof = network.state_proof(7, &State::of(2), "box:1", Some(b"record 1"), QUORUM);
    proof.path = vec![EMPTY; 256];
    assert!(StateProof::parse(&proof.to_bytes()).is_ok());
    assert!(root_over(&EMPTY, EMPTY, &proof.path).is_some());
    proof.path.push(EMPTY);
    assert!(StateProof::parse(&proof.to_bytes()).unwrap_err().why.contains("longer than"));
    assert_eq!(root_over(&EMPTY, EMPTY, &proof.path), None);
    assert!(matches!(proof.check_path(), Err(StateFault::NotPresent(_))));

    let too_large = vec![0xa7; countersign_record::limits::STATE_PROOF_BYTES_MAX + 1];
    assert!(StateProof::parse(&too_large).unwrap_err().why.contains("at most 20971520"));
    // A record and another leaf at once.
    let bytes = network.state_proof(7, &State::of(1), "box:1", None, QUORUM).to_bytes();
    let at = bytes.windows(2).rposition(|b| b == [0x0c, 0x82]).unwrap();
    let mut both = [&bytes[..at], &[0x0b, 0x41, 0x00], &bytes[at..]].concat();
    both[0] = 0xa8;
    assert!(StateProof::parse(&both).unwrap_err().why.contains("either a record or another leaf"));
}

/// What the crate's proof holds, in its own encoding: it gives its siblings to nobody.
#[derive(borsh::BorshDeserialize)]
struct Theirs {
    leaf: Option<([u8; 32], [u8; 32])>,
    siblings: Vec<Node>,
}

#[derive(borsh::BorshDeserialize)]
enum Node {
    Nothing,
    Inner([u8; 32], [u8; 32]),
    Leaf([u8; 32], [u8; 32]),
}

impl Node {
    fn hash(&self) -> Digest {
        use countersign_record::state_tree::{leaf_hash, node_hash};
        match self {
            Self::Nothing => EMPTY,
            Self::Inner(left, right) => node_hash(&Digest(*left), &Digest(*right)),
            Self::Leaf(key, value) => leaf_hash(&Digest(*key), &Digest(*value)),
        }
    }
}

fn bent(mut key: Digest, bit: usize) -> Digest {
    key.0[bit / 8] ^= 0x80 >> (bit % 8);
    key
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// The same roots, the same paths and the same verdicts as the crate's own, also where keys
    /// share many bits.
    #[test]
    fn the_tree_is_the_one_that_nodes_keep(
        seeds in prop::collection::vec((any::<u64>(), prop::option::of(0..256_usize)), 0..24),
        asked in (any::<u64>(), prop::option::of(0..256_usize)),
        bend in any::<prop::sample::Index>(),
    ) {
        let digest = |seed: u64| Digest::of(&seed.to_be_bytes());
        let mut values = BTreeMap::new();
        let mut last = digest(0);
        for (seed, near) in &seeds {
            last = near.map_or(digest(*seed), |bit| bent(last, bit));
            values.insert(last, digest(seed ^ 1));
        }
        let state = State(values.iter().map(|(k, v)| (*k, hash_of_value(v))).collect());
        let store = MockTreeStore::default();
        let tree = Sha256Jmt::new(&store);
        let put = values.iter().map(|(k, v)| (KeyHash(k.0), Some(v.0.to_vec())));
        let (root, update) = tree.put_value_set(put, 0).unwrap();
        store.write_tree_update_batch(update).unwrap();
        prop_assert_eq!(Digest(root.0), state.root());

        let asked = asked.1.map_or(digest(asked.0), |bit| bent(last, bit));
        for key in values.keys().copied().chain([asked]) {
            let (value, proof) = tree.get_with_proof(KeyHash(key.0), 0).unwrap();
            let theirs: Theirs = borsh::from_slice(&borsh::to_vec(&proof).unwrap()).unwrap();
            let (leaf, path) = state.path(&key);
            let siblings: Vec<Digest> = theirs.siblings.iter().map(Node::hash).collect();
            prop_assert_eq!(&siblings, &path);
            prop_assert_eq!(theirs.leaf.map(|(k, v)| (Digest(k), Digest(v))),
                leaf.map(|l| (l.key, l.value_hash)));
            prop_assert_eq!(value.as_deref(), values.get(&key).map(|v| &v.0[..]));
            let place = theirs.leaf.map_or(EMPTY, |(k, v)| Node::Leaf(k, v).hash());
            prop_assert_eq!(root_over(&key, place, &path), Some(state.root()));
            // A bit of the key that turns on the way, and one of a sibling.
            if !path.is_empty() {
                let turned = bent(key, bend.index(path.len()));
                let ours = root_over(&turned, place, &path) == Some(state.root());
                let same = proof.verify(RootHash(root.0), KeyHash(turned.0), value.clone()).is_ok();
                prop_assert!(!ours && !same);
            }
        }
    }
}
