//! Commit proofs: one row a fault, and the row beside it that passes.

use countersign_record::{
    Digest,
    commit::{CommitProof, ProofFault, precommit_protected, precommit_tbs},
    encoding,
    header::Header,
    keys::SignatureBytes,
};

use crate::support::{Network, Tree, cbor, commit, public, unreduced};

fn header(network: &Network) -> Header {
    let mut tree = Tree::default();
    tree.append(&network.genesis.bytes());
    network.header(&tree)
}

#[test]
fn a_quorum_makes_a_header_final() {
    for (powers, signers) in [
        (&[1][..], &[0][..]),
        (&[1, 1, 1, 1], &[0, 1, 2]),
        (&[1, 1, 1, 1], &[3, 1, 0, 2]),
        (&[1, 1, 1, 1, 1, 1, 1], &[6, 5, 4, 3, 2]),
        (&[7, 1, 1, 1], &[0]),
    ] {
        let network = Network::of(powers);
        let proof = network.sign(header(&network), 2, signers);
        let last = proof.verify(&network.id(), &network.set()).unwrap();
        assert_eq!(last.header(), &proof.header);
        let names: Vec<String> = signers.iter().map(|i| format!("PARTY{i}")).collect();
        assert_eq!(last.signers(), names);
    }
}

#[test]
fn every_fault_has_its_name() {
    let network = Network::of(&[1, 1, 1, 1]);
    let good = network.sign(header(&network), 2, &[0, 1, 2]);
    let verify = |proof: &CommitProof| proof.verify(&network.id(), &network.set());
    assert!(verify(&good).is_ok());

    let mut proof = good.clone();
    proof.header.network = Digest::of(b"other");
    assert_eq!(verify(&proof), Err(ProofFault::OtherNetwork(proof.header.network)));

    let mut proof = good.clone();
    proof.header.validators = Digest::of(b"other");
    assert_eq!(verify(&proof), Err(ProofFault::OtherValidators(proof.header.validators)));

    let stranger = commit(header(&network), 2, ["validator 0", "validator 1", "stranger"]);
    let kid = public("stranger").thumbprint();
    assert_eq!(verify(&stranger), Err(ProofFault::NotAValidator(kid)));

    let doubled = network.sign(header(&network), 2, &[0, 1, 1]);
    assert_eq!(verify(&doubled), Err(ProofFault::SignedTwice("PARTY1".into())));

    let two = network.sign(header(&network), 2, &[0, 1]);
    assert_eq!(verify(&two), Err(ProofFault::NoQuorum { signed: 2, total: 4 }));
    let none = network.sign(header(&network), 2, &[]);
    assert_eq!(verify(&none), Err(ProofFault::NoQuorum { signed: 0, total: 4 }));

    let bad = Err(ProofFault::BadSignature("PARTY0".into()));
    let breaks: [fn(&mut CommitProof); 7] = [
        |p| p.round = 3,
        |p| p.header.height += 1,
        |p| p.header.state_root = Digest::ZERO,
        |p| p.header.log_size += 1,
        |p| p.header.log_root = Digest::ZERO,
        |p| p.signatures[0].signature = p.signatures[1].signature,
        |p| p.signatures[0].signature = unreduced(p.signatures[0].signature),
    ];
    for break_it in breaks {
        let mut proof = good.clone();
        break_it(&mut proof);
        assert_eq!(verify(&proof), bad);
    }
}

#[test]
fn a_lone_precommit_is_not_finality() {
    let network = Network::of(&[1, 1, 1, 1]);
    for i in 0..4 {
        let proof = network.sign(header(&network), 0, &[i]);
        let fault = proof.verify(&network.id(), &network.set()).unwrap_err();
        assert_eq!(fault, ProofFault::NoQuorum { signed: 1, total: 4 });
        let text = fault.to_string();
        assert_eq!(text, "voting power 1 of 4 signed, expected more than two thirds");
    }
}

#[test]
fn signatures_of_two_rounds_do_not_add_up() {
    let network = Network::of(&[1, 1, 1, 1]);
    let mut proof = network.sign(header(&network), 0, &[0, 1]);
    proof.signatures.extend(network.sign(header(&network), 1, &[2]).signatures);
    let fault = proof.verify(&network.id(), &network.set()).unwrap_err();
    assert_eq!(fault, ProofFault::BadSignature("PARTY2".into()));
}

#[test]
fn one_bad_signature_spoils_a_proof_that_has_enough() {
    let network = Network::of(&[1, 1, 1, 1]);
    let mut proof = network.sign(header(&network), 0, &[0, 1, 2, 3]);
    proof.signatures[3].signature = SignatureBytes([0; 64]);
    let fault = proof.verify(&network.id(), &network.set()).unwrap_err();
    assert_eq!(fault, ProofFault::BadSignature("PARTY3".into()));
}

#[test]
fn a_precommit_is_the_header_of_a_standard_receipt() {
    use coset::{CborSerializable as _, Label, cbor::Value};
    let (network, digest, kid) = (Digest::of(b"n"), Digest::of(b"h"), public("a").thumbprint());
    let bytes = precommit_protected(&network, 1 << 40, 3, &digest, &kid);
    let header = coset::Header::from_slice(&bytes).unwrap();
    // The library keeps the order it read, so this says that the keys are in theirs.
    assert_eq!(header.clone().to_vec().unwrap(), bytes);
    assert_eq!(header.alg, Some(coset::iana::Algorithm::EdDSA.into()));
    assert_eq!(header.key_id, kid.0);
    let claims = Value::Map(vec![
        (1.into(), Value::Text(format!("urn:countersign:{}", &network.to_string()[..16]))),
        (2.into(), Value::Text("log".into())),
    ]);
    let batch = Value::Array(vec![
        Value::Bytes(network.0.to_vec()),
        (1_u64 << 40).into(),
        3.into(),
        Value::Bytes(digest.0.to_vec()),
    ]);
    let rest = vec![
        (Label::Int(15), claims),
        (Label::Int(395), Value::from(1)),
        (Label::Int(-65541), batch),
    ];
    assert_eq!(header.rest, rest);
    let root = Digest::of(b"root");
    let protected = coset::ProtectedHeader { original_data: Some(bytes), header };
    assert_eq!(
        precommit_tbs(&network, 1 << 40, 3, &digest, &root, &kid),
        coset::sig_structure_data(
            coset::SignatureContext::CoseSign1,
            protected,
            None,
            &[],
            &root.0
        ),
    );
}

#[test]
fn headers_and_proofs_have_one_spelling() {
    let network = Network::of(&[1, 1, 1, 1]);
    let proof = network.sign(header(&network), 2, &[0, 1, 2]);
    let bytes = encoding::encode(&proof);
    assert_eq!(encoding::decode::<CommitProof>("proof", &bytes), Ok(proof.clone()));
    for (twist, other) in cbor::twisted(&bytes) {
        assert!(encoding::decode::<CommitProof>("proof", &other).is_err(), "{twist:?}");
    }
    let bytes = proof.header.bytes();
    assert_eq!(encoding::decode::<Header>("header", &bytes), Ok(proof.header.clone()));
    for (twist, other) in cbor::twisted(&bytes) {
        let fault = encoding::decode::<Header>("header", &other).unwrap_err();
        let first = bytes.iter().zip(&other).take_while(|(a, b)| a == b).count();
        assert!(fault.at >= first.min(other.len()), "{twist:?} at {first}: {fault}");
    }
    let json = serde_json::to_string(&proof.header).unwrap();
    assert_eq!(serde_json::from_str::<Header>(&json).unwrap(), proof.header);
}
