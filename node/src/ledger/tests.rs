//! The ledger alone: a batch is in it wholly or not at all, and every root can be proven.

mod layout;
pub(crate) mod played;
mod proof;
mod prune;
mod snapshot;

use std::{collections::BTreeMap, sync::Arc};

use countersign_contracts::entry::{CheckedEntry, SignedEntry};
use countersign_record::{
    Digest,
    commit::{CommitSignature, precommit_tbs},
    encoding::encode,
    founding::{FoundingParty, Genesis, Names, NodeKeys},
    keys::Signer as _,
    statement::{Action, Payload, Statement},
    verify::{VerifiedOutcome, verify},
};
use ed25519_dalek::SigningKey;

use super::{Kept, Ledger};
use crate::{execution::Execution, runtime::clock::Clock};

pub(crate) const CUSTOMS: &str = "GACC5150";

fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

fn names() -> Names {
    Names { en: "Customs".into(), zh: "海关".into() }
}

pub(crate) fn genesis() -> Genesis {
    let parameters =
        countersign_contracts::family::FamilyName::ALL.iter().flat_map(|f| f.parameters());
    Genesis {
        name: "ledger-test".into(),
        time: 1_700_000_000_000,
        rules: 1,
        parties: vec![FoundingParty {
            id: CUSTOMS.into(),
            names: names(),
            roles: vec!["customs".into()],
            district: Some("5150".into()),
            places: Vec::new(),
            keys: vec![key(1).public(), key(2).public()],
            nodes: vec![NodeKeys {
                network_key: key(3).public(),
                validator_key: Some(key(4).public()),
                power: 1,
            }],
        }],
        districts: BTreeMap::from([("5150".into(), names())]),
        places: BTreeMap::new(),
        parameters: parameters.map(|name| ((*name).to_owned(), 1000)).collect(),
    }
}

/// Customs revokes one of its keys; the last one cannot be revoked, which makes a refusal.
fn revoke(genesis: &Genesis, reference: &str, kid: Digest) -> SignedEntry {
    let body = countersign_contracts::membership::KeyRevocation { kid, reason: "test".into() };
    entry(genesis, reference, "revoke_key", encode(&body))
}

/// Customs brings in one key more.
fn add_key(genesis: &Genesis, reference: &str, new: &SigningKey) -> SignedEntry {
    let proof = new.sign(&countersign_contracts::membership::key_proof(CUSTOMS, &new.public()));
    let body =
        countersign_contracts::membership::KeyRotation { key: new.public(), proof, replaces: None };
    entry(genesis, reference, "rotate_key", encode(&body))
}

fn entry(genesis: &Genesis, reference: &str, kind: &str, body: Vec<u8>) -> SignedEntry {
    let now = Clock::default().now_ms();
    let payload = Payload {
        network: genesis.network(),
        reference: reference.into(),
        event_time: now,
        expires: now + 3_600_000,
        documents: Vec::new(),
        actions: vec![Action {
            family: "membership".into(),
            kind: kind.into(),
            schema: 1,
            subject: format!("party:{CUSTOMS}"),
            body,
            seen: None,
            sealed: None,
        }],
    };
    let statement = Statement::sign(payload, &key(1)).unwrap();
    let checked = CheckedEntry::check(statement, &genesis.network()).unwrap();
    checked.signed_by(&key(1).public()).unwrap()
}

fn commit(ledger: &Arc<Ledger>, entries: Vec<SignedEntry>) {
    let execution = Execution::new(ledger.clone(), Clock::default());
    let executed = execution.build(CUSTOMS, entries).unwrap();
    let header = &executed.header;
    let kid = key(4).public().thumbprint();
    let tbs =
        precommit_tbs(&header.network, header.height, 0, &header.digest(), &header.log_root, &kid);
    let signature = key(4).sign(&tbs);
    ledger.commit(&executed, 0, vec![CommitSignature { kid, signature }]).unwrap();
}

#[test]
fn what_was_committed_is_there_after_a_restart_and_proven() {
    let folder = tempfile::tempdir().unwrap();
    let genesis = genesis();
    let accepted = revoke(&genesis, "R-1", key(2).public().thumbprint());
    let refused = revoke(&genesis, "R-2", key(1).public().thumbprint());
    let before = {
        let ledger = Arc::new(Ledger::open(folder.path(), genesis.clone()).unwrap());
        commit(&ledger, vec![accepted.clone(), refused.clone()]);
        commit(&ledger, Vec::new());
        ledger.tip()
    };
    let ledger = Ledger::open(folder.path(), genesis.clone()).unwrap();
    let after = ledger.tip();
    assert_eq!(after.height, 2);
    assert_eq!((after.parent, after.state_root), (before.parent, before.state_root));
    assert_eq!(after.log.root(), before.log.root());

    let receipt = ledger.receipt(&accepted.id()).unwrap().unwrap();
    for bytes in [receipt.to_compact(), receipt.to_cose().unwrap()] {
        let verified = verify(&genesis, &bytes).unwrap();
        assert!(
            matches!(verified.outcome(), VerifiedOutcome::Accepted(s) if s.id() == accepted.id())
        );
    }
    let receipt = ledger.receipt(&refused.id()).unwrap().unwrap();
    let verified = verify(&genesis, &receipt.to_compact()).unwrap();
    let VerifiedOutcome::Refused(record) = verified.outcome() else { panic!("refused") };
    assert_eq!(record.entry, refused.id());
    assert!(matches!(ledger.place(&refused.id()).unwrap().unwrap().kept, Kept::Refused(0)));
}

#[test]
fn a_record_is_the_fold_of_its_history_and_a_leaf_of_the_state_tree() {
    use countersign_contracts::{
        family::FamilyName,
        world::{Records as _, SubjectKey},
    };
    use countersign_record::state_proof::Found;
    let folder = tempfile::tempdir().unwrap();
    let genesis = genesis();
    let ledger = Arc::new(Ledger::open(folder.path(), genesis.clone()).unwrap());
    let subject = SubjectKey::new(FamilyName::Membership, format!("party:{CUSTOMS}"));
    let founding = ledger.record(&subject).unwrap().unwrap();
    commit(&ledger, vec![revoke(&genesis, "R-1", key(2).public().thumbprint())]);
    let now = ledger.record(&subject).unwrap().unwrap();
    assert_ne!(founding, now);
    assert_eq!(ledger.record_at(&subject, 0).unwrap().unwrap(), founding);
    assert_eq!(ledger.record_at(&subject, 1).unwrap().unwrap(), now);
    let proven = ledger.state_proof(&subject, None).unwrap();
    assert_eq!(proven.found, Found::Record(now.bytes()));
}

#[test]
fn a_batch_that_was_executed_and_not_written_leaves_no_trace() {
    let folder = tempfile::tempdir().unwrap();
    let genesis = genesis();
    let entry = revoke(&genesis, "R-1", key(2).public().thumbprint());
    let before = {
        let ledger = Arc::new(Ledger::open(folder.path(), genesis.clone()).unwrap());
        let before = ledger.tip();
        Execution::new(ledger.clone(), Clock::default())
            .build(CUSTOMS, vec![entry.clone()])
            .unwrap();
        before
    };
    let ledger = Ledger::open(folder.path(), genesis).unwrap();
    assert_eq!(ledger.tip().height, 0);
    assert_eq!(ledger.tip().state_root, before.state_root);
    assert!(ledger.place(&entry.id()).unwrap().is_none());
}

#[test]
fn a_damaged_file_is_refused_with_a_sentence_that_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    drop(Ledger::open(folder.path(), genesis()).unwrap());
    let manifest = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|f| f.unwrap().path())
        .find(|p| p.file_name().unwrap().to_string_lossy().starts_with("MANIFEST"))
        .unwrap();
    std::fs::write(&manifest, b"damaged").unwrap();
    let fault = Ledger::open(folder.path(), genesis()).err().unwrap().to_string();
    assert!(fault.contains("countersign repair"), "{fault}");
}
