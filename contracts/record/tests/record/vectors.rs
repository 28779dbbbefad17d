//! The golden vectors are current, and each of them holds when it is read from its file.

use std::{collections::BTreeSet, fs};

use countersign_record::{
    Digest,
    commit::{precommit_protected, precommit_tbs},
    encoding,
    founding::Genesis,
    header::Header,
    keys::{PublicKey, SignatureBytes},
    log,
    receipt::Receipt,
    refused::RefusedEntry,
    state_code::StateCode,
    state_proof::{self, StateFault},
    state_tree::{hash_of_value, key_of, leaf_hash, root_over, value_of},
    statement::{Payload, Statement},
    token::Token,
    verify::{VerifiedOutcome, verify},
};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::support::{public, state::FAMILY, state_vectors, vectors};

fn field<T: DeserializeOwned>(case: &Value, name: &str) -> T {
    serde_json::from_value(case[name].clone()).unwrap_or_else(|e| panic!("{name}: {e}"))
}

fn bytes(case: &Value, name: &str) -> Vec<u8> {
    hex::decode(case[name].as_str().unwrap()).unwrap()
}

#[test]
fn vectors_are_current() {
    for (name, generated) in vectors::all() {
        let text = fs::read_to_string(vectors::folder().join(name)).unwrap_or_default();
        let committed: Value = serde_json::from_str(&text).unwrap_or_default();
        assert!(
            committed == generated,
            "{name} is not what the code makes: if a format changed on purpose, run \
             `cargo run --release -p countersign-record --example vectors`"
        );
    }
}

#[test]
fn every_vector_file_is_read_and_holds() {
    type Reader = (&'static str, fn(&Value));
    let readers: [Reader; 13] = [
        ("genesis-texts.json", genesis_text),
        ("genesis.json", genesis),
        ("header.json", header),
        ("hostile-statements.json", hostile_statement),
        ("precommit.json", precommit),
        ("receipt.json", receipt),
        ("refusal.json", refusal),
        ("state-code.json", state_code),
        ("state-proof.json", state_proof),
        ("state-tree.json", state_tree),
        ("statement.json", statement),
        ("thumbprint.json", thumbprint),
        ("token.json", token),
    ];
    let mut read = BTreeSet::new();
    let mut open = |name: &str| -> Value {
        read.insert(name.to_owned());
        let text = fs::read(vectors::folder().join(name)).unwrap();
        serde_json::from_slice(&text).unwrap()
    };
    for (name, reader) in readers {
        let file = open(name);
        let cases = file["cases"].as_array().unwrap();
        assert!(!cases.is_empty(), "{name} is empty");
        cases.iter().for_each(reader);
    }
    hostile_receipts(&open("hostile-receipts.json"));
    hostile_state_codes(&open("hostile-state-codes.json"));
    hostile_state_proofs(&open("hostile-state-proofs.json"));
    merkle_log(&open("log.json"));
    signatures(&open("signatures.json"));

    let lying = fs::read_dir(vectors::folder()).unwrap();
    let lying = lying.map(|f| f.unwrap().file_name().into_string().unwrap());
    let unread: Vec<String> = lying.filter(|name| !read.contains(name)).collect();
    assert!(unread.is_empty(), "no test reads {unread:?}");
}

fn thumbprint(case: &Value) {
    let key: PublicKey = field(case, "public");
    assert_eq!(key.thumbprint(), field::<Digest>(case, "thumbprint"));
    let secret: Digest = field(case, "secret");
    let secret = ed25519_dalek::SigningKey::from_bytes(&secret.0);
    assert_eq!(secret.verifying_key().to_bytes(), key.0);
}

fn genesis(case: &Value) {
    let genesis = Genesis::from_json(case["json"].to_string().as_bytes()).unwrap();
    genesis.check().unwrap();
    assert_eq!(genesis.bytes(), bytes(case, "cbor"));
    assert_eq!(genesis.network(), field::<Digest>(case, "network"));
    assert_eq!(genesis.validators().unwrap().digest(), field::<Digest>(case, "validators"));
}

fn token(case: &Value) {
    let token = Token::parse_text(case["token"].as_str().unwrap()).unwrap();
    assert!(token.is_signed_by(&field(case, "public")));
    assert_eq!(token.claims().network, field::<Digest>(case, "network"));
    assert_eq!(token.claims().issued_s, field::<u64>(case, "issued_s"));
    assert_eq!(token.claims().expires_s, field::<u64>(case, "expires_s"));
}

fn genesis_text(case: &Value) {
    let about = case["about"].as_str().unwrap();
    let read = Genesis::from_json(case["text"].as_str().unwrap().as_bytes());
    match case["refused_by"].as_str() {
        None => {
            let genesis = read.expect(about);
            assert_eq!(genesis.check(), Ok(()), "{about}");
            assert_eq!(genesis.network(), field::<Digest>(case, "network"), "{about}");
            let validators = genesis.validators().unwrap().digest();
            assert_eq!(validators, field::<Digest>(case, "validators"), "{about}");
        }
        Some("reading") => assert!(read.is_err(), "{about}"),
        Some("check") => assert!(read.expect(about).check().is_err(), "{about}"),
        Some(other) => panic!("{about}: {other}"),
    }
}

fn signatures(file: &Value) {
    for row in file["keys"].as_array().unwrap() {
        let key: PublicKey = field(row, "public");
        assert_eq!(key.is_usable(), field::<bool>(row, "usable"), "{} {key}", row["about"]);
    }
    for case in file["cases"].as_array().unwrap() {
        let (key, signature): (PublicKey, SignatureBytes) =
            (field(case, "public"), field(case, "signature"));
        let verifies = key.verifies(&bytes(case, "message"), &signature);
        assert_eq!(verifies, field::<bool>(case, "valid"), "{}", case["about"]);
    }
}

fn header(case: &Value) {
    let header: Header = field(case, "json");
    assert_eq!(encoding::decode::<Header>("header", &bytes(case, "cbor")), Ok(header.clone()));
    assert_eq!(header.digest(), field::<Digest>(case, "digest"));
}

fn statement(case: &Value) {
    let statement = Statement::parse(&bytes(case, "statement")).unwrap();
    assert_eq!(statement.payload(), &field::<Payload>(case, "payload"));
    assert_eq!(encoding::encode(statement.payload()), bytes(case, "payload_cbor"));
    assert_eq!(statement.id(), field::<Digest>(case, "id"));
    assert!(statement.is_signed_by(&public("entry 0")));
}

fn precommit(case: &Value) {
    let digest = |name| field::<Digest>(case, name);
    let (network, header, kid) = (digest("network"), digest("header"), digest("kid"));
    let (height, round) = (field(case, "height"), field(case, "round"));
    let protected = precommit_protected(&network, height, round, &header, &kid);
    assert_eq!(protected, bytes(case, "protected"));
    let tbs = precommit_tbs(&network, height, round, &header, &digest("log_root"), &kid);
    assert_eq!(tbs, bytes(case, "signed_bytes"));
    let signature: SignatureBytes = field(case, "signature");
    assert!(public("validator 0").verifies(&tbs, &signature));
}

fn merkle_log(file: &Value) {
    for case in file["cases"].as_array().unwrap() {
        let (size, root): (u64, Digest) = (field(case, "size"), field(case, "root"));
        let leaves: Vec<String> = (0..size).map(|i| format!("leaf {i}")).collect();
        assert_eq!(log::root_of(leaves.iter().map(String::as_bytes)), root);
        let paths: Vec<Vec<Digest>> = field(case, "paths");
        assert_eq!(paths.len() as u64, size);
        for ((path, leaf), index) in paths.iter().zip(&leaves).zip(0..) {
            assert!(log::includes(size, &root, index, leaf.as_bytes(), path), "{index} of {size}");
        }
    }
}

fn refusal(case: &Value) {
    let genesis: Genesis = field(case, "genesis");
    let verified = verify(&genesis, &bytes(case, "compact")).unwrap();
    assert_eq!(verified.outcome(), &VerifiedOutcome::Refused(field(case, "record")));
    let records = case["records"].as_array().unwrap();
    let encoded: Vec<Vec<u8>> = records.iter().map(|r| bytes(r, "cbor")).collect();
    for (record, bytes) in records.iter().zip(&encoded) {
        let read = encoding::decode::<RefusedEntry>("record", bytes);
        assert_eq!(read, Ok(field::<RefusedEntry>(record, "json")));
    }
    let root = log::root_of(encoded.iter().map(Vec::as_slice));
    assert_eq!(root, field::<Digest>(case, "root"));
}

fn receipt(case: &Value) {
    let genesis: Genesis = field(case, "genesis");
    let receipts: Vec<String> = field(case, "cose_receipts");
    for form in ["compact", "transparent_statement"] {
        let verified = verify(&genesis, &bytes(case, form)).unwrap();
        let VerifiedOutcome::Accepted(statement) = verified.outcome() else {
            panic!("{form} is of an accepted entry")
        };
        assert_eq!(statement.id(), field::<Digest>(case, "entry"));
        assert_eq!(verified.index(), field::<u64>(case, "index"));
        let header = verified.header().header();
        assert_eq!(header.log_size, field::<u64>(case, "log_size"));
        assert_eq!(header.log_root, field::<Digest>(case, "log_root"));
        assert_eq!(verified.header().signers().len(), field::<usize>(case, "signers"));
        let read = Receipt::parse(&bytes(case, form)).unwrap();
        let again: Vec<String> = read.cose_receipts().iter().map(hex::encode).collect();
        assert_eq!(again, receipts);
    }
}

fn hostile_statement(case: &Value) {
    let (about, why) = (case["about"].as_str().unwrap(), case["why"].as_str().unwrap());
    match (case["refused_by"].as_str().unwrap(), Statement::parse(&bytes(case, "bytes"))) {
        ("parse", Err(fault)) => {
            assert!(fault.to_string().contains(why), "{about}: {fault}");
        }
        ("signature", Ok(statement)) => {
            assert!(!statement.is_signed_by(&field(case, "signer")), "{about}");
        }
        (step, outcome) => panic!("{about}: expected {step} to refuse, found {outcome:?}"),
    }
}

fn hostile_receipts(file: &Value) {
    let genesis: Genesis = field(file, "genesis");
    for case in file["cases"].as_array().unwrap() {
        let about = case["about"].as_str().unwrap();
        let refused = verify(&genesis, &bytes(case, "bytes")).expect_err(about);
        let step = format!("{:?}", refused.step);
        assert_eq!(step, case["refused_by"].as_str().unwrap(), "{about}: {refused}");
    }
}

fn state_tree(case: &Value) {
    let root: Digest = field(case, "root");
    let leaves = case["leaves"].as_array().unwrap();
    assert_eq!(leaves.len() as u64, field::<u64>(case, "size"));
    for (i, leaf) in leaves.iter().enumerate() {
        let key = key_of(FAMILY, &format!("box:{i}"));
        let value_hash = hash_of_value(&value_of(format!("record {i}").as_bytes()));
        assert_eq!(key, field::<Digest>(leaf, "key"));
        assert_eq!(value_hash, field::<Digest>(leaf, "value_hash"));
        let hash = leaf_hash(&key, &value_hash);
        assert_eq!(hash, field::<Digest>(leaf, "leaf"));
        assert_eq!(root_over(&key, hash, &field::<Vec<Digest>>(leaf, "path")), Some(root));
    }
}

fn state_proof(case: &Value) {
    let verified = state_proof::verify(&field(case, "genesis"), &bytes(case, "proof")).unwrap();
    let (family, subject): (String, String) = (field(case, "family"), field(case, "subject"));
    assert_eq!(verified.is_of(&family, &subject), Ok(()));
    assert_eq!(verified.is_at(field(case, "height")), Ok(()));
    assert_eq!(verified.time(), field::<u64>(case, "time"));
    assert_eq!(verified.record().map(hex::encode), field::<Option<String>>(case, "record"));
    assert_eq!(verified.header().header().state_root, field::<Digest>(case, "state_root"));
    assert_eq!(key_of(&family, &subject), field::<Digest>(case, "key"));
    assert_eq!(verified.header().signers().len(), field::<usize>(case, "signers"));
}

fn hostile_state_proofs(file: &Value) {
    let genesis: Genesis = field(file, "genesis");
    for case in file["cases"].as_array().unwrap() {
        let about = case["about"].as_str().unwrap();
        let refused = state_proof::verify(&genesis, &bytes(case, "bytes")).expect_err(about);
        let name = state_vectors::name(&refused);
        assert_eq!(name, case["refused_by"].as_str().unwrap(), "{about}: {refused}");
    }
}

fn state_code(case: &Value) {
    let code = StateCode::parse(&bytes(case, "code")).unwrap();
    let text: String = field(case, "text");
    assert_eq!(StateCode::parse_text(&text).as_ref(), Ok(&code));
    assert_eq!(code.to_text(), text);
    let verified = code.verify(&field(case, "genesis")).unwrap();
    let header = verified.header().header();
    assert_eq!(header.digest(), field::<Digest>(case, "header"));
    assert_eq!(header.height, field::<u64>(case, "height"));
    assert_eq!(header.time, field::<u64>(case, "time"));
    assert_eq!(header.state_root, field::<Digest>(case, "state_root"));
    assert_eq!(verified.header().signers(), field::<Vec<String>>(case, "signers"));
    assert_eq!(verified.family(), field::<String>(case, "family"));
    assert_eq!(verified.subject(), field::<String>(case, "subject"));
    assert_eq!(verified.digest(), field::<Digest>(case, "digest"));
    assert_eq!(verified.record().map(hex::encode), field::<Option<String>>(case, "record"));
}

fn hostile_state_codes(file: &Value) {
    let genesis: Genesis = field(file, "genesis");
    for case in file["cases"].as_array().unwrap() {
        let about = case["about"].as_str().unwrap();
        let code = StateCode::parse(&bytes(case, "bytes")).map_err(StateFault::Form);
        let refused = code.and_then(|code| code.verify(&genesis)).expect_err(about);
        let name = state_vectors::name(&refused);
        assert_eq!(name, case["refused_by"].as_str().unwrap(), "{about}: {refused}");
    }
}
