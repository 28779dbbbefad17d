//! The golden vectors: every format once, from fixed seeds, as other languages may test themselves.

use std::{collections::BTreeMap, path::PathBuf};

use countersign_record::{
    Digest,
    commit::{precommit_protected, precommit_tbs},
    encoding,
    keys::{Signer as _, sig_structure},
    log,
    receipt::Receipt,
    statement::{Algorithm, Statement},
    token::{Claims, Token},
};
use serde_json::{Value, json};

use super::{
    Network, START, Tree, code, commit, hostile, key, link, public, refusal_record, set_of,
    state_vectors, strict,
};

/// Where the vectors lie.
pub(crate) fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors")
}

/// Every file by its name.
pub(crate) fn all() -> BTreeMap<&'static str, Value> {
    BTreeMap::from([
        ("genesis-texts.json", strict::genesis_texts()),
        ("genesis.json", genesis()),
        ("header.json", header()),
        ("hostile-receipts.json", hostile::receipts()),
        ("hostile-state-codes.json", code::hostile()),
        ("hostile-state-proofs.json", state_vectors::hostile()),
        ("hostile-statements.json", hostile::statements()),
        ("log.json", merkle_log()),
        ("precommit.json", precommit()),
        ("receipt.json", receipt()),
        ("refusal.json", refusal()),
        ("signatures.json", strict::signatures()),
        ("state-code.json", code::codes()),
        ("state-proof.json", state_vectors::proofs()),
        ("state-tree.json", state_vectors::tree()),
        ("statement.json", statement()),
        ("thumbprint.json", thumbprint()),
        ("token.json", token()),
    ])
}

/// The network that all vectors belong to: four validators of power 1.
pub(crate) fn network() -> Network {
    Network::of(&[1, 1, 1, 1])
}

fn file(about: &str, cases: Vec<Value>) -> Value {
    json!({ "about": about, "cases": cases })
}

fn thumbprint() -> Value {
    let case = |seed: &str| {
        let secret = key(seed).to_bytes();
        json!({ "secret": hex::encode(secret), "public": public(seed), "thumbprint": public(seed).thumbprint() })
    };
    file(
        "Ed25519 keys and their COSE key thumbprints (RFC 9679), which are the kid everywhere",
        ["entry 0", "validator 0", "validator 1", "validator 2", "validator 3"].map(case).to_vec(),
    )
}

fn token() -> Value {
    let claims = Claims {
        network: network().id(),
        issued_s: START / 1_000,
        expires_s: START / 1_000 + 3_600,
    };
    let token = Token::sign(claims, &key("entry 0"));
    let case = json!({
        "secret": hex::encode(key("entry 0").to_bytes()), "public": public("entry 0"),
        "network": claims.network, "issued_s": claims.issued_s, "expires_s": claims.expires_s,
        "token": token.to_text(),
    });
    file("Tokens: what a party shows at a node's door, as it stands after 'Bearer'", vec![case])
}

fn genesis() -> Value {
    let case = |network: Network| {
        let bytes = network.genesis.bytes();
        json!({
            "json": network.genesis,
            "cbor": hex::encode(&bytes),
            "network": Digest::of(&bytes),
            "validators": network.set().digest(),
        })
    };
    file(
        "Founding documents: the JSON as it lies in genesis.json, its one CBOR form, the SHA-256 of that, and the digest of the validator set",
        vec![case(network()), case(Network::of(&[7])), case(Network::of(&[10, 1, 1]))],
    )
}

fn statement() -> Value {
    let payload = network().payload("REF-1");
    let case = |algorithm: Algorithm, code: i64| {
        let statement = Statement::sign_as(algorithm, payload.clone(), &key("entry 0")).unwrap();
        let protected = protected(code as i8, &public("entry 0").thumbprint());
        let content = encoding::encode(&payload);
        json!({
            "algorithm": code,
            "secret": hex::encode(key("entry 0").to_bytes()),
            "payload": payload,
            "payload_cbor": hex::encode(&content),
            "signed_bytes": hex::encode(sig_structure(&protected, &content)),
            "statement": hex::encode(statement.bytes()),
            "id": statement.id(),
        })
    };
    file(
        "Statements: the payload as JSON and CBOR, the Sig_structure that is signed, the tagged COSE_Sign1, and its SHA-256",
        vec![case(Algorithm::EdDsa, -8), case(Algorithm::Ed25519, -19)],
    )
}

/// The protected header of a statement, put together byte by byte.
pub(crate) fn protected(code: i8, kid: &Digest) -> Vec<u8> {
    let negative = 0x20 | (-1 - code) as u8;
    [&[0xa2, 0x01, negative, 0x04, 0x58, 0x20][..], &kid.0].concat()
}

fn header() -> Value {
    let header = network().receipt(9, 4, &[]).commit.header;
    file(
        "Headers: JSON, CBOR and SHA-256",
        vec![
            json!({ "json": header, "cbor": hex::encode(header.bytes()), "digest": header.digest() }),
        ],
    )
}

fn precommit() -> Value {
    let case = |height: u64, round: u32| {
        let (network, header, root) = (network().id(), Digest::of(b"header"), Digest::of(b"root"));
        let kid = public("validator 0").thumbprint();
        let tbs = precommit_tbs(&network, height, round, &header, &root, &kid);
        json!({
            "network": network, "height": height, "round": round, "header": header,
            "log_root": root, "kid": kid,
            "protected": hex::encode(precommit_protected(&network, height, round, &header, &kid)),
            "signed_bytes": hex::encode(&tbs),
            "signature": key("validator 0").sign(&tbs),
        })
    };
    file(
        "What a validator signs when it precommits: the Sig_structure of a COSE receipt over the log root, by the key of seed 'validator 0'",
        vec![case(1, 0), case(23, 24), case(1 << 33, 300)],
    )
}

fn merkle_log() -> Value {
    let mut tree = Tree::default();
    let (mut leaves, mut cases) = (Vec::<Vec<u8>>::new(), Vec::new());
    for size in 0..=9_u64 {
        let roots_agree = tree.log.root() == log::root_of(leaves.iter().map(Vec::as_slice));
        assert!(roots_agree, "one log, two ways to build it");
        let paths: Vec<_> = (0..size).map(|i| tree.path(i)).collect();
        cases.push(json!({ "size": size, "root": tree.log.root(), "paths": paths }));
        leaves.push(format!("leaf {size}").into_bytes());
        tree.append(leaves.last().unwrap());
    }
    let about = "The RFC 9162 log: leaf i is the ASCII text 'leaf i'; for each size the root and the path of each leaf, from the leaf upwards";
    file(about, cases)
}

fn refusal() -> Value {
    let records: Vec<_> = (0..3)
        .map(|i| json!({ "json": refusal_record(i), "cbor": hex::encode(refusal_record(i).bytes()) }))
        .collect();
    let receipt = network().refusal(&[1, 2, 3]);
    file(
        "The refusal records of one batch, the root over them, and the compact receipt of the second",
        vec![json!({
            "genesis": network().genesis,
            "records": records,
            "root": receipt.commit.header.refusals_root,
            "compact": hex::encode(receipt.to_compact()),
            "record": refusal_record(1),
        })],
    )
}

/// A receipt over two changes of the validator set.
fn moved() -> Receipt {
    let network = network();
    let (first, second) = (set_of(&["a", "b", "c", "d"]), set_of(&["e"]));
    let old = ["validator 0", "validator 1", "validator 3"];
    let mut receipt = network.receipt(9, 4, &[]);
    receipt.commit.header.validators = second.digest();
    receipt.commit = commit(receipt.commit.header, 0, ["e"]);
    receipt.links = vec![
        link(&network, 3, &network.set(), &old, &first),
        link(&network, 5, &first, &["a", "b", "d"], &second),
    ];
    receipt
}

fn receipt() -> Value {
    let case = |about: &str, receipt: Receipt| {
        let cose: Vec<String> = receipt.cose_receipts().iter().map(hex::encode).collect();
        json!({
            "about": about,
            "genesis": network().genesis,
            "entry": network().statement("REF-1").id(),
            "index": receipt.index,
            "log_size": receipt.commit.header.log_size,
            "log_root": receipt.commit.header.log_root,
            "signers": receipt.commit.signatures.len(),
            "compact": hex::encode(receipt.to_compact()),
            "cose_receipts": cose,
            "transparent_statement": hex::encode(receipt.to_cose().unwrap()),
        })
    };
    let network = network();
    file(
        "Receipts that verify: the compact form, each standard receipt (RFC 9942), and the transparent statement (RFC 9943)",
        vec![
            case("three of four signed", network.receipt(9, 4, &[0, 1, 3])),
            case("all signed; the last leaf", network.receipt(8, 7, &[0, 1, 2, 3])),
            case("after two changes of the validator set", moved()),
        ],
    )
}
