//! Statements: one spelling each, both names of the algorithm, and every bound.

use countersign_record::{
    encoding,
    keys::{Signer as _, sig_structure},
    limits,
    statement::{Action, Algorithm, Payload, Statement},
};
use proptest::prelude::*;

use crate::support::{self, Network, action, cbor, key, public};

/// A COSE_Sign1 from its parts, written by a library that is not ours.
fn cose(protected: &[u8], payload: Option<&[u8]>, signature: &[u8]) -> Vec<u8> {
    use coset::TaggedCborSerializable as _;
    coset::CoseSign1 {
        protected: coset::ProtectedHeader {
            original_data: Some(protected.to_vec()),
            header: coset::Header::default(),
        },
        unprotected: coset::Header::default(),
        payload: payload.map(<[u8]>::to_vec),
        signature: signature.to_vec(),
    }
    .to_tagged_vec()
    .unwrap()
}

fn protected(algorithm: u8) -> Vec<u8> {
    [&[0xa2, 0x01, algorithm, 0x04, 0x58, 0x20][..], &public("entry 0").thumbprint().0].concat()
}

fn signed(algorithm: u8, payload: &[u8]) -> Vec<u8> {
    let protected = protected(algorithm);
    let signature = key("entry 0").sign(&sig_structure(&protected, payload));
    cose(&protected, Some(payload), &signature.0)
}

#[test]
fn what_was_signed_is_read_and_verified() {
    let network = Network::of(&[1]);
    let statement = network.statement("REF-1");
    let read = Statement::parse(statement.bytes()).unwrap();
    assert_eq!(read, statement);
    assert_eq!(read.payload(), &network.payload("REF-1"));
    assert_eq!(read.id(), countersign_record::Digest::of(statement.bytes()));
    assert!(read.is_signed_by(&public("entry 0")));
    assert!(!read.is_signed_by(&public("entry 1")));
}

#[test]
fn another_library_writes_and_reads_the_same_bytes() {
    use coset::{CborSerializable as _, TaggedCborSerializable as _};
    let network = Network::of(&[1]);
    for (algorithm, code, name) in [
        (Algorithm::EdDsa, 0x27, coset::iana::Algorithm::EdDSA),
        (Algorithm::Ed25519, 0x32, coset::iana::Algorithm::Ed25519),
    ] {
        let payload = network.payload("REF-1");
        let statement = Statement::sign_as(algorithm, payload.clone(), &key("entry 0")).unwrap();
        assert_eq!(statement.bytes(), signed(code, &encoding::encode(&payload)));
        let read = Statement::parse(statement.bytes()).unwrap();
        assert_eq!(read.algorithm(), algorithm);
        assert!(read.is_signed_by(&public("entry 0")));

        let theirs = coset::CoseSign1::from_tagged_slice(statement.bytes()).unwrap();
        let kid = public("entry 0").thumbprint().0.to_vec();
        let header = coset::HeaderBuilder::new().algorithm(name).key_id(kid).build();
        assert_eq!(theirs.protected.header, header);
        assert_eq!(theirs.protected.original_data, Some(header.to_vec().unwrap()));
        let tbs = theirs.tbs_data(&[]);
        assert_eq!(tbs, sig_structure(&protected(code), &encoding::encode(&payload)));
    }
}

#[test]
fn other_spellings_of_the_envelope_are_refused() {
    let bytes = Network::of(&[1]).statement("REF-1").bytes().to_vec();
    for (twist, other) in cbor::twisted(&bytes) {
        let first = bytes.iter().zip(&other).take_while(|(a, b)| a == b).count();
        let fault = Statement::parse(&other).unwrap_err();
        assert!(fault.at <= other.len(), "{twist:?} at {first}: {fault}");
        assert!(fault.to_string().contains("malformed at byte"), "{fault}");
    }
    let trailing = [&bytes[..], &[0]].concat();
    let fault = Statement::parse(&trailing).unwrap_err();
    assert_eq!((fault.at, &*fault.why), (bytes.len(), "1 trailing bytes after a complete item"));
}

#[test]
fn other_spellings_of_the_header_and_payload_are_refused_though_they_are_signed() {
    let network = Network::of(&[1]);
    let payload = encoding::encode(&network.payload("REF-1"));
    assert!(Statement::parse(&signed(0x27, &payload)).is_ok());
    for (twist, other) in cbor::twisted(&payload) {
        let fault = Statement::parse(&signed(0x27, &other)).unwrap_err();
        assert_eq!(fault.what, "statement payload", "{twist:?}: {fault}");
        let first = payload.iter().zip(&other).take_while(|(a, b)| a == b).count();
        assert!(fault.at >= first.min(other.len()), "{twist:?} at {first}: {fault}");
    }
    let plain = protected(0x27);
    for (twist, other) in cbor::twisted(&plain) {
        let signature = key("entry 0").sign(&sig_structure(&other, &payload));
        let fault = Statement::parse(&cose(&other, Some(&payload), &signature.0)).unwrap_err();
        assert_eq!(fault.what, "statement protected header", "{twist:?}: {fault}");
    }
}

#[test]
fn every_flipped_bit_of_a_statement_is_noticed() {
    let statement = Network::of(&[1]).statement("REF-1");
    for bit in 0..statement.bytes().len() * 8 {
        let mut bytes = statement.bytes().to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let fine = Statement::parse(&bytes).is_ok_and(|s| s.is_signed_by(&public("entry 0")));
        assert!(!fine, "bit {bit}");
    }
}

/// One broken bound a row, and what its message names. The row beside is [`Network::payload`].
#[test]
fn every_bound_has_its_refusal() {
    type Row = (&'static str, fn(&mut Payload));
    let rows: [Row; 18] = [
        ("reference has 0 bytes", |p| p.reference = String::new()),
        ("reference has 65 bytes", |p| p.reference = "x".repeat(65)),
        ("reference begins or ends", |p| p.reference = " REF".into()),
        ("reference holds the invisible character \\u{a}", |p| p.reference = "A\nB".into()),
        ("reference holds the invisible character \\u{202e}", |p| {
            p.reference = "A\u{202e}B".into();
        }),
        ("reference holds the invisible character \\u{200b}", |p| {
            p.reference = "A\u{200b}B".into();
        }),
        ("33 source documents", |p| p.documents = vec![p.network; 33]),
        ("0 actions", |p| p.actions.clear()),
        ("129 actions", |p| p.actions = vec![action(); 129]),
        ("family has 0 bytes", |p| p.actions[0].family = String::new()),
        ("family has 33 bytes", |p| p.actions[0].family = "x".repeat(33)),
        ("family holds '港'", |p| p.actions[0].family = "港".into()),
        ("family holds '\u{430}'", |p| p.actions[0].family = "combined_port\u{430}".into()),
        ("kind has 33 bytes", |p| p.actions[0].kind = "x".repeat(33)),
        ("subject has 97 bytes", |p| p.actions[0].subject = "x".repeat(97)),
        ("subject has 0 bytes", |p| p.actions[0].subject = String::new()),
        ("sealed fields", |p| p.actions[0].sealed = Some([].into())),
        ("sealed fields", |p| {
            let salted = p.network;
            p.actions[0].sealed = Some((0..33).map(|i| (i, salted)).collect());
        }),
    ];
    let network = Network::of(&[1]);
    for (names, breaks) in rows {
        let mut payload = network.payload("REF-1");
        breaks(&mut payload);
        let bytes = signed(0x27, &encoding::encode(&payload));
        for fault in [
            Statement::parse(&bytes).unwrap_err(),
            Statement::sign(payload, &key("entry 0")).unwrap_err(),
        ] {
            assert!(fault.to_string().contains(names), "{names}: {fault}");
        }
    }
}

#[test]
fn the_largest_of_everything_is_taken() {
    let network = Network::of(&[1]);
    let mut payload = network.payload(&"参".repeat(21));
    payload.documents = vec![payload.network; limits::DOCUMENTS_MAX];
    let names = Action { family: "f".repeat(32), kind: "K_9".into(), ..action() };
    payload.actions = vec![names; limits::ACTIONS_MAX];
    payload.actions[0].subject = "s".repeat(96);
    let statement = Statement::sign(payload.clone(), &key("entry 0")).unwrap();
    assert_eq!(Statement::parse(statement.bytes()).unwrap().payload(), &payload);

    let room = limits::STATEMENT_BYTES_MAX - statement.bytes().len();
    // The body's own head grows by two bytes on the way.
    payload.actions[0].body = vec![0; room + 4 - 2];
    let full = Statement::sign(payload.clone(), &key("entry 0")).unwrap();
    assert_eq!(full.bytes().len(), limits::STATEMENT_BYTES_MAX);
    payload.actions[0].body.push(0);
    let fault = Statement::sign(payload, &key("entry 0")).unwrap_err();
    assert!(fault.why.contains("65537 bytes, at most 65536"), "{fault}");
}

#[test]
fn the_json_view_takes_no_unknown_field() {
    let payload = Network::of(&[1]).payload("REF-1");
    let json = serde_json::to_string(&payload).unwrap();
    assert_eq!(serde_json::from_str::<Payload>(&json).unwrap(), payload);
    let slip = json.replace("\"seen\":", "\"saw\":");
    let fault = serde_json::from_str::<Payload>(&slip).unwrap_err().to_string();
    assert!(fault.contains("unknown field `saw`"), "{fault}");
}

prop_compose! {
    fn any_action()(
        family in "[a-z0-9_]{1,32}",
        kind in "[A-Za-z0-9_]{1,32}",
        schema: u32,
        subject in "[a-zA-Z0-9:港]{1,32}",
        body in proptest::collection::vec(any::<u8>(), 0..300),
        seen in proptest::option::of(any::<u64>()),
        sealed in proptest::option::of(
            proptest::collection::btree_map(any::<u32>(), any::<[u8; 32]>(), 1..=32)),
    ) -> Action {
        let digest = countersign_record::Digest;
        let sealed = sealed.map(|s| s.into_iter().map(|(k, v)| (k, digest(v))).collect());
        Action { family, kind, schema, subject, body, seen, sealed }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_statement_reads_back_and_has_no_second_spelling(
        reference in "[!-~海]{1,20}",
        event_time: u64,
        expires: u64,
        documents in proptest::collection::vec(any::<[u8; 32]>(), 0..=32),
        actions in proptest::collection::vec(any_action(), 1..4),
        at: prop::sample::Index,
    ) {
        let documents = documents.into_iter().map(countersign_record::Digest).collect();
        let payload = Payload {
            reference, event_time, expires, documents, actions, ..support::Network::of(&[1]).payload("x")
        };
        let statement = Statement::sign(payload.clone(), &key("entry 0")).unwrap();
        let read = Statement::parse(statement.bytes()).unwrap();
        prop_assert_eq!(read.payload(), &payload);
        let json = serde_json::to_string(&payload).unwrap();
        prop_assert_eq!(serde_json::from_str::<Payload>(&json).unwrap(), payload.clone());
        let others = cbor::twisted(&encoding::encode(&payload));
        let (twist, other) = at.get(&others);
        prop_assert!(Statement::parse(&signed(0x27, other)).is_err(), "{:?}", twist);
    }

    #[test]
    fn any_bytes_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..2_000)) {
        let _ = Statement::parse(&bytes);
        let tagged = [&[0xd2, 0x84][..], &bytes].concat();
        let _ = Statement::parse(&tagged);
        let _ = countersign_record::receipt::Receipt::parse(&bytes);
        let _ = countersign_record::receipt::Receipt::parse(&tagged);
    }
}
