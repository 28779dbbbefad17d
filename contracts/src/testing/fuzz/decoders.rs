//! One function for each decoder: what can be read is gone on with, as whoever reads it does.

use alloc::string::String;
use std::sync::LazyLock;

use countersign_record::{
    commit::CommitProof,
    encoding,
    founding::Genesis,
    header::Header,
    receipt::Receipt,
    refused::RefusedEntry,
    state_code::StateCode,
    state_proof::{self, StateProof},
    statement::{self, Statement},
    token::Token,
    verify,
};

use super::seeds::{GENESIS, KINDS};
use crate::{
    entry::CheckedEntry,
    family::{Action, body_from_json},
    founding::found,
    world::Record,
};

/// The network of the receipts and proofs among the seeds.
static NETWORK: LazyLock<Genesis> = LazyLock::new(|| Genesis::from_json(&GENESIS).unwrap());

/// A statement at a node's door.
pub(super) fn statement(bytes: &[u8]) {
    let Ok(statement) = Statement::parse(bytes) else { return };
    assert_eq!(statement.bytes(), bytes, "read in another form than its one");
    assert_eq!(Statement::parse(statement.bytes()).unwrap(), statement);
    let network = statement.payload().network;
    if let Ok(checked) = CheckedEntry::check(statement, &network) {
        let _refused = checked.signed_by(&crate::testing::port::public("exporter"));
    }
}

/// An action's body: two bytes say of which kind, the rest is its encoding or its JSON.
pub(super) fn body(bytes: &[u8]) {
    let [family, kind, rest @ ..] = bytes else { return };
    let (family, kinds) = KINDS[usize::from(*family) % KINDS.len()];
    let kind = &kinds[usize::from(*kind) % kinds.len()];
    let body = body_from_json(family, kind.name, rest).unwrap_or_else(|_| rest.to_vec());
    for subject in kind.subjects {
        let mut name = String::from(*subject);
        name.push_str(":1");
        let _refused = Action::check(&statement::Action {
            family: family.into(),
            kind: kind.name.into(),
            schema: 1,
            subject: name,
            body: body.clone(),
            seen: None,
            sealed: None,
        });
    }
}

/// What somebody shows at a node's door, as digits or as bytes.
pub(super) fn token(bytes: &[u8]) {
    let read = match core::str::from_utf8(bytes) {
        Ok(text) => Token::parse_text(text).or_else(|_| Token::parse(bytes)),
        Err(_) => Token::parse(bytes),
    };
    let Ok(token) = read else { return };
    assert_eq!(Token::parse(&token.to_bytes()).unwrap(), token);
    assert_eq!(Token::parse_text(&token.to_text()).unwrap(), token);
    let _signed = token.is_signed_by(&crate::testing::port::public("exporter"));
}

/// A receipt in either form, as the offline verifier takes it.
pub(super) fn receipt(bytes: &[u8]) {
    let Ok(receipt) = Receipt::parse(bytes) else { return };
    let again = Receipt::parse(&receipt.to_compact()).unwrap();
    assert_eq!(again, receipt);
    let _statement = receipt.statement();
    for cose in receipt.cose_receipts() {
        let _receipt = Receipt::parse(&cose);
    }
    if let Some(whole) = receipt.to_cose() {
        let _receipt = Receipt::parse(&whole);
    }
    if let Ok(verified) = verify::verify_parsed(&NETWORK, &receipt) {
        let _steps = verify::steps(&verified);
    }
}

/// A proof of a subject's record or absence.
pub(super) fn state_proof(bytes: &[u8]) {
    let _is_one = state_proof::is_state_proof(bytes);
    let Ok(proof) = StateProof::parse(bytes) else { return };
    assert_eq!(proof.to_bytes(), bytes, "read in another form than its one");
    let _path = proof.check_path();
    let _code = StateCode::of(&NETWORK, &proof);
    if let Ok(verified) = state_proof::verify_parsed(&NETWORK, proof) {
        let _record = verified.record().map(Record::parse);
    }
}

/// The text of a printed code, or its bytes.
pub(super) fn state_code(bytes: &[u8]) {
    let read = match core::str::from_utf8(bytes) {
        Ok(text) => StateCode::parse_text(text).or_else(|_| StateCode::parse(bytes)),
        Err(_) => StateCode::parse(bytes),
    };
    let Ok(code) = read else { return };
    assert_eq!(StateCode::parse_text(&code.to_text()).unwrap(), code);
    if let Ok(verified) = code.verify(&NETWORK) {
        let _record = verified.record().map(Record::parse);
    }
}

/// A header, or one with its commit proof.
pub(super) fn commit(bytes: &[u8]) {
    if let Ok(header) = encoding::decode::<Header>("header", bytes) {
        assert_eq!(header.bytes(), bytes);
    }
    if let Ok(refused) = encoding::decode::<RefusedEntry>("refusal", bytes) {
        assert_eq!(encoding::encode(&refused), bytes);
    }
    if let Ok(proof) = encoding::decode::<CommitProof>("commit proof", bytes) {
        assert_eq!(encoding::encode(&proof), bytes);
        let set = NETWORK.validators().unwrap();
        let _final = proof.verify(&NETWORK.network(), &set);
    }
}

/// A founding document, as JSON or in its one encoding.
pub(super) fn genesis(bytes: &[u8]) {
    let read = Genesis::from_json(bytes).or_else(|_| encoding::decode("founding document", bytes));
    let Ok(genesis) = read else { return };
    let _network = genesis.network();
    if genesis.check().is_ok() {
        let _refused = found(&genesis);
    }
}

/// A record as it lies in a store, or comes with a state proof: what a fold and an alert make of it.
pub(super) fn stored(bytes: &[u8]) {
    let Ok(record) = Record::parse(bytes) else { return };
    assert_eq!(record.bytes(), bytes);
    let (state, subject) = (record.state, "x:1");
    let _read = (state.next_deadline(), state.expire(u64::MAX), state.alerts(subject));
    let _listed = state.listed_under();
}
