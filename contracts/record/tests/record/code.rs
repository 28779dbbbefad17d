//! State codes: they prove what the proof proved that they were made from, in fewer bytes, and no
//! bit of them can change unnoticed.

use countersign_record::{
    Digest, limits,
    state_code::{StateCode, TEXT_PREFIX},
    state_proof::{Found, StateFault, StateProof, verify_parsed},
    state_tree::EMPTY,
    verify::Step,
};
use proptest::prelude::*;

use crate::support::{
    Network, cbor,
    code::{Parts, code},
    state::{FAMILY, State},
};

const QUORUM: &[usize] = &[0, 1, 3];

#[test]
fn a_code_proves_what_its_proof_proves() {
    let network = Network::of(&[1, 1, 1, 1]);
    let state = State::of(20);
    let proof = network.state_proof(7, &state, "box:3", Some(b"record 3"), &[0, 1, 2, 3]);
    let whole = verify_parsed(&network.genesis, proof.clone()).unwrap();
    for (made, record) in [
        (code(&network, &proof), Some(&b"record 3"[..])),
        (code(&network, &proof).without_record(), None),
        (code(&network, &proof).without_record().without_record(), None),
    ] {
        let bytes = made.to_bytes();
        assert_eq!(StateCode::parse(&bytes).as_ref(), Ok(&made));
        assert_eq!(StateCode::parse_text(&made.to_text()).as_ref(), Ok(&made));
        let verified = made.verify(&network.genesis).unwrap();
        assert_eq!(verified.header().header(), whole.header().header());
        assert_eq!(verified.header().signers().len(), 3);
        assert_eq!((verified.family(), verified.subject()), (FAMILY, "box:3"));
        assert_eq!((verified.digest(), verified.record()), (Digest::of(b"record 3"), record));
    }
}

#[test]
fn the_fewest_signatures_that_are_a_quorum_stand_in_it() {
    for (powers, signers, kept) in [
        (&[1, 1, 1, 1][..], &[0, 1, 2, 3][..], &["PARTY0", "PARTY1", "PARTY2"][..]),
        (&[1, 1, 1, 1], &[3, 1, 0], &["PARTY0", "PARTY1", "PARTY3"]),
        (&[1, 1, 10, 1], &[0, 1, 2, 3], &["PARTY2"]),
        (&[4, 1, 1, 4], &[0, 1, 2, 3], &["PARTY0", "PARTY3"]),
        (&[1], &[0], &["PARTY0"]),
    ] {
        let network = Network::of(powers);
        let proof = network.state_proof(7, &State::of(3), "box:1", Some(b"record 1"), signers);
        let verified = code(&network, &proof).verify(&network.genesis).unwrap();
        assert_eq!(verified.header().signers(), kept);
    }
}

#[test]
fn only_a_true_proof_of_a_record_has_a_code() {
    let network = Network::of(&[1, 1, 1, 1]);
    let state = State::of(20);
    for beside in [false, true] {
        let absent = network.state_proof(7, &state, &state.absent(beside), None, QUORUM);
        let no = StateCode::of(&network.genesis, &absent).unwrap_err();
        assert!(no.to_string().contains("an absence has no code"), "{no}");
    }
    let few = network.state_proof(7, &state, "box:3", Some(b"record 3"), &[0, 1]);
    assert_eq!(StateCode::of(&network.genesis, &few).unwrap_err().step(), Step::Quorum);
    let untrue = network.state_proof(7, &state, "box:3", Some(b"record 4"), QUORUM);
    assert!(matches!(
        StateCode::of(&network.genesis, &untrue),
        Err(StateFault::NotPresent(root)) if root == state.root()
    ));
}

fn holds(network: &Network, bytes: &[u8]) -> bool {
    StateCode::parse(bytes).is_ok_and(|code| code.verify(&network.genesis).is_ok())
}

#[test]
fn every_flipped_bit_is_noticed() {
    let network = Network::of(&[1, 1, 1, 1]);
    // A path with a place where nothing stands, which another key's bits would leave as it is.
    let state = State::of(20);
    let proof = network.state_proof(7, &state, "box:3", Some(b"record 3"), QUORUM);
    for made in [code(&network, &proof), code(&network, &proof).without_record()] {
        let mut bytes = made.to_bytes();
        assert!(holds(&network, &bytes));
        for bit in 0..bytes.len() * 8 {
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert!(!holds(&network, &bytes), "bit {bit} went unnoticed");
            bytes[bit / 8] ^= 1 << (bit % 8);
        }
        for end in 0..bytes.len() {
            assert!(StateCode::parse(&bytes[..end]).is_err(), "cut at {end}");
        }
        for (twist, other) in cbor::twisted(&bytes) {
            assert!(!holds(&network, &other), "{twist:?}");
        }
    }
}

#[test]
fn a_text_is_read_as_a_scanner_gives_it_and_in_no_other_way() {
    let network = Network::of(&[1, 1, 1, 1]);
    let proof = network.state_proof(7, &State::of(20), "box:3", Some(b"record 3"), QUORUM);
    let made = code(&network, &proof);
    let text = made.to_text();
    for end in ["", "\n", "\r\n"] {
        assert_eq!(StateCode::parse_text(&format!("{text}{end}")).as_ref(), Ok(&made));
    }
    let endless = format!("{TEXT_PREFIX}{}", "0".repeat(2 * limits::STATE_CODE_BYTES_MAX + 1));
    for (other, why) in [
        ("", "does not begin with CSGN1:"),
        ("https://example.com", "does not begin with CSGN1:"),
        (&text.to_lowercase(), "does not begin with CSGN1:"),
        (&text.replacen("CSGN1", "CSGN2", 1), "does not begin with CSGN1:"),
        (&format!("{text} "), "malformed"),
        (&format!("{text}a"), "is no character of Base45"),
        (TEXT_PREFIX, "malformed"),
        (&endless, "no code has as many"),
    ] {
        let fault = StateCode::parse_text(other).unwrap_err().to_string();
        assert!(fault.contains(why), "{fault}");
    }
    let large = vec![0x92; limits::STATE_CODE_BYTES_MAX + 1];
    assert!(StateCode::parse(&large).unwrap_err().why.contains("at most 2860"));
}

/// The figures that the size of the printed code was chosen by.
#[test]
fn a_code_of_a_million_subjects_has_room_for_a_certificate() {
    let network = Network::of(&[1, 1, 1, 1]);
    let proof = network.state_proof(7, &State::of(1), "box:0", Some(b"record 0"), &[0, 1, 2, 3]);
    let small = code(&network, &proof).to_bytes();
    let of = |siblings: usize, record: usize| {
        let mut parts = Parts::of(&small);
        parts.path = EMPTY.0.repeat(siblings);
        parts.record = Some(vec![0xff; record]);
        parts.bytes().len()
    };
    let whole = |siblings: usize, record: usize| {
        let (path, found) = (vec![EMPTY; siblings], Found::Record(vec![0xff; record]));
        StateProof { path, found, ..proof.clone() }.to_bytes().len()
    };
    // A tree of a thousand subjects has paths of some 10 siblings, one of a million of some 20.
    let sizes = [(10, 400), (10, 700), (20, 400), (20, 700)];
    assert_eq!(sizes.map(|(path, record)| of(path, record)), [1_045, 1_345, 1_365, 1_665]);
    assert_eq!(sizes.map(|(path, record)| whole(path, record)), [1_489, 1_789, 1_829, 2_129]);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_bytes_arrive_are_answered(
        bytes in prop::collection::vec(any::<u8>(), 0..300), text in ".{0,300}",
    ) {
        let genesis = Network::of(&[1]).genesis;
        prop_assert!(StateCode::parse(&bytes).is_err());
        prop_assert!(StateCode::parse_text(&text).is_err());
        let with_prefix = StateCode::parse_text(&format!("{TEXT_PREFIX}{text}"));
        prop_assert!(with_prefix.map_or(true, |code| code.verify(&genesis).is_err()));
    }

    #[test]
    fn every_state_has_its_codes(size in 1_u64..40, at in any::<prop::sample::Index>()) {
        let network = Network::of(&[1, 1, 1, 1]);
        let i = at.index(size as usize);
        let (subject, record) = (format!("box:{i}"), format!("record {i}").into_bytes());
        let proof = network.state_proof(9, &State::of(size), &subject, Some(&record), QUORUM);
        let verified = code(&network, &proof).verify(&network.genesis).unwrap();
        prop_assert_eq!(verified.record(), Some(&record[..]));
    }
}
