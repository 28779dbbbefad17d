//! State proofs from the ledger, and the lists of subjects.

use std::sync::Arc;

use crate::ledger::store::Writes;
use countersign_contracts::{
    family::FamilyName,
    membership::key_subject,
    world::{Record, Records as _, SubjectKey},
};
use countersign_record::{
    keys::Signer as _,
    state_proof::{Found, VerifiedState, verify},
};

use super::{super::NotProvable, CUSTOMS, Ledger, add_key, commit, genesis, key, revoke};

fn customs() -> SubjectKey {
    SubjectKey::new(FamilyName::Membership, format!("party:{CUSTOMS}"))
}

fn nobody(i: u32) -> SubjectKey {
    SubjectKey::new(FamilyName::CombinedPort, format!("box:absent-{i}"))
}

/// Proves, checks the file offline as a stranger does, and returns what it proves.
fn prove(ledger: &Ledger, subject: &SubjectKey, height: Option<u64>) -> VerifiedState {
    let proof = ledger.state_proof(subject, height).unwrap();
    let verified = verify(ledger.genesis(), &proof.to_bytes()).unwrap();
    verified.is_of(subject.family.name(), &subject.subject).unwrap();
    verified.is_at(height.unwrap_or(ledger.tip().height)).unwrap();
    verified
}

/// One key is revoked at height 2, nothing happens at 1, 3 and 4.
fn ledger_of_four(folder: &std::path::Path) -> Arc<Ledger> {
    let genesis = genesis();
    let ledger = Arc::new(Ledger::open(folder, genesis.clone()).unwrap());
    commit(&ledger, Vec::new());
    commit(&ledger, vec![revoke(&genesis, "R-1", key(2).public().thumbprint())]);
    commit(&ledger, Vec::new());
    commit(&ledger, Vec::new());
    ledger
}

#[test]
fn a_record_is_proven_at_every_kept_height_also_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let founding = {
        let ledger = ledger_of_four(folder.path());
        let founding = ledger.record_at(&customs(), 0).unwrap().unwrap();
        assert_eq!(prove(&ledger, &customs(), None).height(), 4);
        founding
    };
    let ledger = Ledger::open(folder.path(), genesis()).unwrap();
    let now = ledger.record(&customs()).unwrap().unwrap();
    assert_ne!(founding, now);
    for (height, record) in [(1, &founding), (2, &now), (3, &now), (4, &now)] {
        let verified = prove(&ledger, &customs(), Some(height));
        let proven = Record::parse(verified.record().unwrap()).unwrap();
        assert_eq!(&proven, record, "height {height}");
        assert_eq!(verified.time(), ledger.commit_proof(height).unwrap().unwrap().header.time);
    }
    let revoked =
        SubjectKey::new(FamilyName::Membership, key_subject(&key(2).public().thumbprint()));
    assert_ne!(
        prove(&ledger, &revoked, Some(1)).record(),
        prove(&ledger, &revoked, Some(2)).record()
    );
}

#[test]
fn an_absence_is_proven_in_both_shapes() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = ledger_of_four(folder.path());
    let (mut empty, mut beside) = (0, 0);
    for i in 0..64 {
        match ledger.state_proof(&nobody(i), None).unwrap().found {
            Found::Nothing => empty += 1,
            Found::Other(_) => beside += 1,
            Found::Record(_) => panic!("nobody has a record"),
        }
        assert_eq!(prove(&ledger, &nobody(i), Some(1)).record(), None);
    }
    assert!(empty > 0 && beside > 0, "{empty} in an empty place, {beside} beside a leaf");
}

#[test]
fn heights_outside_of_the_window_are_refused_with_the_window() {
    let folder = tempfile::tempdir().unwrap();
    let genesis = genesis();
    let mut ledger = Ledger::open(folder.path(), genesis.clone()).unwrap();
    ledger.tree_window = 2;
    let ledger = Arc::new(ledger);
    assert!(matches!(ledger.state_proof(&customs(), None), Err(NotProvable::Founding)));
    // Every batch changes the record, so that each makes nodes of the tree before it stale.
    for seed in 10..16 {
        commit(&ledger, vec![add_key(&genesis, &format!("K-{seed}"), &key(seed))]);
    }
    assert!(matches!(ledger.state_proof(&customs(), Some(0)), Err(NotProvable::Founding)));
    for height in 1..=3 {
        match ledger.state_proof(&customs(), Some(height)) {
            Err(NotProvable::Forgotten { asked, first, last }) => {
                assert_eq!((asked, first, last), (height, 4, 6));
            }
            other => panic!("height {height}: {other:?}"),
        }
    }
    let mut records = Vec::new();
    for height in 4..=6 {
        records.push(prove(&ledger, &customs(), Some(height)).record().unwrap().to_vec());
        assert_eq!(prove(&ledger, &nobody(0), Some(height)).record(), None);
    }
    records.dedup();
    assert_eq!(records.len(), 3, "each height has a record of its own");
    match ledger.state_proof(&customs(), Some(7)) {
        Err(NotProvable::NotYet { asked: 7, last: 6 }) => {}
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_subject_is_listed_under_others_for_ever_and_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(folder.path(), genesis()).unwrap();
    let subject = |name: &str| SubjectKey::new(FamilyName::CombinedPort, name);
    let put = |name: &str, groups: &[&str]| {
        let mut write = Writes::default();
        let groups: Vec<String> = groups.iter().map(|g| (*g).to_owned()).collect();
        ledger.put_listed(&mut write, &subject(name), &groups).unwrap();
        ledger.write(write).unwrap();
    };
    put("draw:3", &["line:A"]);
    put("draw:1", &["line:A", "line:B"]);
    put("draw:2", &["line:A"]);
    put("draw:9", &["line:AB"]);
    // Once more, and then under nothing: the list stays as it is.
    put("draw:1", &["line:A", "line:B"]);
    put("draw:1", &[]);
    let listed = |group: &str, after: Option<&str>, most: usize| -> Vec<String> {
        let after = after.map(subject);
        let found = ledger.listed(&subject(group), after.as_ref(), most).unwrap();
        found.into_iter().map(|key| key.subject).collect()
    };
    assert_eq!(listed("line:A", None, 10), ["draw:1", "draw:2", "draw:3"]);
    assert_eq!(listed("line:A", None, 2), ["draw:1", "draw:2"]);
    assert_eq!(listed("line:A", Some("draw:2"), 2), ["draw:3"]);
    assert_eq!(listed("line:A", Some("draw:3"), 2), [""; 0]);
    assert_eq!(listed("line:B", None, 10), ["draw:1"]);
    assert_eq!(listed("line:AB", None, 10), ["draw:9"]);
    assert_eq!(listed("line:", None, 10), [""; 0]);
    let other_family = SubjectKey::new(FamilyName::Membership, "line:A");
    assert!(ledger.listed(&other_family, None, 10).unwrap().is_empty());
    drop(ledger);
    let ledger = Ledger::open(folder.path(), genesis()).unwrap();
    assert_eq!(ledger.listed(&subject("line:A"), None, 10).unwrap().len(), 3);
}
