//! Receipts in both forms: they read back, and no bit of them can change unnoticed.

use countersign_record::{
    receipt::{Claim, Receipt},
    statement::{Algorithm, Statement},
    verify::{NotVerified, Step, VerifiedOutcome, Verifier, steps, verify, verify_parsed},
};

use crate::support::{Network, Tree, cbor, commit, key, link, public, refusal_record, set_of};

fn step<T>(outcome: Result<T, NotVerified>) -> Option<Step> {
    outcome.err().map(|e| e.step)
}

#[test]
fn both_forms_read_back_and_verify() {
    let network = Network::of(&[1, 1, 1, 1]);
    for (size, index) in [(2, 1), (3, 2), (9, 4), (70, 69), (1_000, 3)] {
        let receipt = network.receipt(size, index, &[0, 2, 3]);
        for bytes in [receipt.to_compact(), receipt.to_cose().unwrap()] {
            assert_eq!(Receipt::parse(&bytes).as_ref(), Ok(&receipt), "{index} of {size}");
            let verified = verify(&network.genesis, &bytes).unwrap();
            let statement = network.statement("REF-1");
            assert_eq!(verified.outcome(), &VerifiedOutcome::Accepted(statement));
            assert_eq!((verified.index(), verified.header().signers().len()), (index, 3));
            assert_eq!(steps(&verified).len(), 6);
        }
    }
}

#[test]
fn a_statement_under_the_newer_name_of_the_algorithm_is_proven_too() {
    let network = Network::of(&[1]);
    let payload = network.payload("REF-1");
    let statement = Statement::sign_as(Algorithm::Ed25519, payload, &key("entry 0")).unwrap();
    let mut tree = Tree::default();
    tree.append(&network.genesis.bytes());
    tree.append(statement.bytes());
    let receipt = Receipt {
        claim: Claim::Accepted { statement: statement.bytes().into(), signer: public("entry 0") },
        index: 1,
        path: tree.path(1),
        commit: network.sign(network.header(&tree), 0, &[0]),
        links: vec![],
    };
    for bytes in [receipt.to_compact(), receipt.to_cose().unwrap()] {
        verify(&network.genesis, &bytes).unwrap();
    }
}

#[test]
fn a_refusal_is_proven_and_has_no_standard_form() {
    let network = Network::of(&[1, 1, 1, 1]);
    let receipt = network.refusal(&[1, 2, 3]);
    let verified = verify(&network.genesis, &receipt.to_compact()).unwrap();
    assert_eq!(verified.outcome(), &VerifiedOutcome::Refused(refusal_record(1)));
    assert_eq!(receipt.to_cose(), None);
    assert!(receipt.cose_receipts().is_empty(), "the log's root does not hold a refusal");
    assert_eq!(receipt.statement(), Ok(None));

    let mut other = receipt.clone();
    other.claim = Claim::Refused { record: refusal_record(2).bytes() };
    assert_eq!(step(verify_parsed(&network.genesis, &other)), Some(Step::Inclusion));
    other.index = 2;
    assert_eq!(step(verify_parsed(&network.genesis, &other)), Some(Step::Inclusion));
    // The record of a refusal is no leaf of the log, and a statement is none of the refusals.
    let mut other = network.receipt(3, 1, &[0, 1, 2]);
    other.claim = Claim::Refused { record: network.statement("REF-1").bytes().to_vec() };
    assert_eq!(step(verify_parsed(&network.genesis, &other)), Some(Step::Form));
}

fn every_flipped_bit_fails(network: &Network, bytes: &[u8]) {
    // One that remembers the true signatures must not overlook the others for it.
    let mut remembers = Verifier::new(network.genesis.clone()).unwrap();
    let verified = verify(&network.genesis, bytes).unwrap();
    assert_eq!(remembers.verify(bytes), Ok(verified.clone()));
    assert_eq!(remembers.verify(bytes), Ok(verified), "and again, out of its memory");
    let mut flipped = bytes.to_vec();
    for bit in 0..bytes.len() * 8 {
        flipped[bit / 8] ^= 1 << (bit % 8);
        let alone = verify(&network.genesis, &flipped);
        assert!(alone.is_err(), "bit {bit} went unnoticed");
        assert_eq!(remembers.verify(&flipped), alone, "bit {bit}");
        flipped[bit / 8] ^= 1 << (bit % 8);
    }
}

#[test]
fn every_flipped_bit_of_a_compact_receipt_is_noticed() {
    let network = Network::of(&[1, 1, 1, 1]);
    every_flipped_bit_fails(&network, &network.receipt(9, 4, &[0, 1, 3]).to_compact());
    every_flipped_bit_fails(&network, &network.refusal(&[0, 1, 2, 3]).to_compact());
}

#[test]
fn every_flipped_bit_of_a_transparent_statement_is_noticed() {
    let network = Network::of(&[1, 1, 1, 1]);
    let receipt = network.receipt(9, 4, &[0, 1, 3]);
    every_flipped_bit_fails(&network, &receipt.to_cose().unwrap());
}

#[test]
fn other_spellings_of_a_receipt_are_refused() {
    let network = Network::of(&[1, 1, 1, 1]);
    let receipt = network.receipt(9, 4, &[0, 1, 3]);
    for bytes in [receipt.to_compact(), receipt.to_cose().unwrap()] {
        for (twist, other) in cbor::twisted(&bytes) {
            assert!(Receipt::parse(&other).is_err(), "{twist:?}");
        }
        assert!(Receipt::parse(&[&bytes[..], &[0]].concat()).is_err());
        for end in 0..bytes.len() {
            assert!(Receipt::parse(&bytes[..end]).is_err(), "cut at {end}");
        }
    }
    let context = receipt.to_cose().unwrap();
    let at = context.windows(5).position(|w| w == [0x3a, 0, 1, 0, 5]).unwrap();
    assert!(at > 0, "the context stands under label -65542");
}

#[test]
fn a_compact_receipt_of_a_quorum_of_four_is_small_at_a_million_leaves() {
    let network = Network::of(&[1, 1, 1, 1]);
    let receipt = network.receipt(1_000_000, 123_456, &[0, 1, 2]);
    verify_parsed(&network.genesis, &receipt).unwrap();
    let Claim::Accepted { statement, .. } = &receipt.claim else { unreachable!() };
    let (whole, cose) = (receipt.to_compact().len(), receipt.cose_receipts());
    let beside = whole - statement.len();
    assert_eq!(receipt.path.len(), 20);
    assert!(beside <= 1_500, "{beside} bytes beside a statement of {}", statement.len());
    assert!(cose.iter().all(|r| r.len() <= 1_000), "{} bytes a COSE receipt", cose[0].len());
}

#[test]
fn each_step_refuses_what_it_is_there_for() {
    let network = Network::of(&[1, 1, 1, 1]);
    let good = network.receipt(9, 4, &[0, 1, 3]);
    let verified = |receipt: &Receipt| step(verify_parsed(&network.genesis, receipt));
    assert_eq!(verified(&good), None);

    let two = network.receipt(9, 4, &[0, 1]);
    assert_eq!(verified(&two), Some(Step::Quorum));
    let mut other = good.clone();
    other.path[1] = other.path[0];
    assert_eq!(verified(&other), Some(Step::Inclusion));
    let mut other = good.clone();
    other.claim = Claim::Accepted {
        statement: network.statement("REF-2").bytes().to_vec(),
        signer: public("entry 0"),
    };
    assert_eq!(verified(&other), Some(Step::Inclusion));
    let mut other = good.clone();
    let Claim::Accepted { statement, .. } = good.claim.clone() else { unreachable!() };
    other.claim = Claim::Accepted { statement, signer: public("entry 1") };
    assert_eq!(verified(&other), Some(Step::Signature));

    let mut elsewhere = Network::of(&[1, 1, 1, 1]);
    elsewhere.genesis.name = "elsewhere".into();
    assert_eq!(step(verify_parsed(&elsewhere.genesis, &good)), Some(Step::Quorum));
    let mut nobody = Network::of(&[1]);
    nobody.genesis.parties.clear();
    assert_eq!(step(verify_parsed(&nobody.genesis, &good)), Some(Step::Founding));
}

/// A statement of another network that was smuggled into the log.
#[test]
fn a_statement_for_another_network_is_refused() {
    let (network, mut elsewhere) = (Network::of(&[1]), Network::of(&[1]));
    elsewhere.genesis.name = "elsewhere".into();
    let statement = elsewhere.statement("REF-1");
    let mut tree = Tree::default();
    tree.append(statement.bytes());
    let receipt = Receipt {
        claim: Claim::Accepted { statement: statement.bytes().into(), signer: public("entry 0") },
        index: 0,
        path: vec![],
        commit: network.sign(network.header(&tree), 0, &[0]),
        links: vec![],
    };
    let refused = verify_parsed(&network.genesis, &receipt).unwrap_err();
    assert_eq!(refused.step, Step::Signature);
    assert!(refused.why.contains("another network"), "{refused}");
}

#[test]
fn changes_of_the_validator_set_are_followed() {
    let network = Network::of(&[1, 1, 1, 1]);
    let founders = network.set();
    let old = ["validator 0", "validator 1", "validator 2"];
    let (first, second) = (set_of(&["a", "b", "c", "d"]), set_of(&["e"]));
    let to_first = link(&network, 3, &founders, &old, &first);
    let to_second = link(&network, 5, &first, &["a", "b", "d"], &second);

    let mut good = network.receipt(9, 4, &[]);
    good.commit.header.validators = second.digest();
    good.commit = commit(good.commit.header, 0, ["e"]);
    good.links = vec![to_first.clone(), to_second.clone()];
    verify(&network.genesis, &good.to_compact()).unwrap();
    verify(&network.genesis, &good.to_cose().unwrap()).unwrap();

    let with =
        |links: Vec<_>| step(verify_parsed(&network.genesis, &Receipt { links, ..good.clone() }));
    assert_eq!(with(vec![]), Some(Step::Quorum));
    assert_eq!(with(vec![to_first.clone()]), Some(Step::Quorum));
    assert_eq!(with(vec![to_second.clone()]), Some(Step::Membership));
    assert_eq!(with(vec![to_second.clone(), to_first.clone()]), Some(Step::Membership));
    // Signed by two of four; by the new set instead of the old; another set than was committed to.
    let few = link(&network, 3, &founders, &old[..2], &first);
    assert_eq!(with(vec![few, to_second.clone()]), Some(Step::Membership));
    let themselves = link(&network, 3, &founders, &["a", "b", "c"], &first);
    assert_eq!(with(vec![themselves, to_second.clone()]), Some(Step::Membership));
    let mut swapped = to_first.clone();
    swapped.next = second.clone();
    assert_eq!(with(vec![swapped]), Some(Step::Membership));
    // At or after the height of the receipt; not later than the change before; no change at all.
    let late = link(&network, 7, &first, &["a", "b", "d"], &second);
    assert_eq!(with(vec![to_first.clone(), late]), Some(Step::Membership));
    let same_height = link(&network, 3, &first, &["a", "b", "d"], &second);
    assert_eq!(with(vec![to_first.clone(), same_height]), Some(Step::Membership));
    let idle = link(&network, 4, &first, &["a", "b", "d"], &first);
    assert_eq!(with(vec![to_first, idle, to_second]), Some(Step::Membership));
}

#[test]
fn every_flipped_bit_of_a_change_is_noticed() {
    let network = Network::of(&[1]);
    let next = set_of(&["a"]);
    let mut receipt = network.receipt(2, 1, &[]);
    receipt.commit.header.validators = next.digest();
    receipt.commit = commit(receipt.commit.header, 0, ["a"]);
    receipt.links = vec![link(&network, 3, &network.set(), &["validator 0"], &next)];
    every_flipped_bit_fails(&network, &receipt.to_compact());
    every_flipped_bit_fails(&network, &receipt.to_cose().unwrap());
}
