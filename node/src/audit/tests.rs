//! What is right is found right; any bit that is turned in a stored value is found.
//!
//! `COUNTERSIGN_SEED` repeats the turns of a run that failed.

use std::{
    collections::BTreeMap,
    env,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use countersign_contracts::testing::{
    dice::Dice,
    histories::{Parties, throw},
    port,
};
use countersign_record::{
    commit::{CommitSignature, precommit_tbs},
    founding::Genesis,
    keys::Signer as _,
};

use super::{
    Divergence, Report,
    replay::{Replay, body_fits},
};
use crate::{
    batch::Batch,
    consensus::{Undecided, ValueId},
    execution::Execution,
    ledger::{Ledger, LedgerFault, StoredColumn, memory::Disk},
    runtime::clock::Clock,
};

const VALIDATORS: usize = 2;
const HEIGHTS: u64 = 30;
/// Turned bits for each column.
const TURNS: u64 = 5;

/// A ledger with histories of all families, decided by all validators.
fn written(seed: u64) -> (Disk, Genesis) {
    let mut dice = Dice::new(seed);
    let mut parties = Parties::new(VALIDATORS, 0);
    let genesis = parties.genesis().clone();
    let disk = Disk::default();
    let ledger = Arc::new(Ledger::on_disk(disk.clone(), genesis.clone()).unwrap());
    let hand: &'static AtomicU64 = Box::leak(Box::new(AtomicU64::new(genesis.time)));
    let execution = Execution::new(ledger.clone(), Clock::by_hand(hand));
    for _ in 0..HEIGHTS {
        let now = hand.fetch_add(3_600_000, Ordering::Relaxed) + 3_600_000;
        let mut entries = BTreeMap::new();
        for _ in 0..8 {
            let said = parties.next(now, throw(&mut dice));
            let entry = said.and_then(|s| parties.admit(s));
            entries.extend(entry.map(|e| (e.id(), e)));
        }
        entries.retain(|id, _| ledger.place(id).unwrap().is_none());
        let proposer = port::id(port::validators(VALIDATORS)[0]);
        let executed = execution.build(proposer, entries.into_values().collect()).unwrap();
        parties.execute(executed.header.time, &executed.entries).unwrap();
        let header = &executed.header;
        let sign = |name: &&str| {
            let key = port::validator_key(name);
            let (kid, digest) = (key.public().thumbprint(), header.digest());
            let (network, height) = (&header.network, header.height);
            let tbs = precommit_tbs(network, height, 0, &digest, &header.log_root, &kid);
            CommitSignature { kid, signature: key.sign(&tbs) }
        };
        let signatures = port::validators(VALIDATORS).iter().map(sign).collect();
        ledger.commit(&executed, 0, signatures).unwrap();
        execution.forget();
    }
    let made = execution.build(port::id(port::validators(VALIDATORS)[0]), Vec::new()).unwrap();
    let batch = Batch { header: made.header.clone(), statements: Vec::new() };
    let undecided = Undecided {
        height: made.header.height,
        round: 0,
        valid_round: None,
        proposer: made.header.parent,
        id: ValueId::new(made.header.digest(), made.header.log_root),
        body: batch.bytes().into(),
    };
    assert_eq!(body_fits(&undecided), Ok(()));
    ledger.keep_undecided(&undecided).unwrap();
    (disk, genesis)
}

fn audited(disk: &Disk, genesis: &Genesis) -> Result<Report, LedgerFault> {
    let store = Box::new(disk.clone());
    let kept = Ledger::kept_on(store, Path::new("memory"), genesis.clone())?;
    let onto = Arc::new(Ledger::on_disk(Disk::default(), genesis.clone())?);
    Replay::new(&kept, onto).run(&mut |_| {})
}

fn seed() -> u64 {
    let asked = env::var("COUNTERSIGN_SEED").ok().and_then(|n| n.parse().ok());
    asked.unwrap_or_else(|| Clock::default().now_ms())
}

#[test]
fn a_bit_that_is_turned_in_any_stored_value_is_found() {
    let seed = seed();
    let (disk, genesis) = written(seed);
    let report = audited(&disk, &genesis).unwrap();
    assert_eq!(report.divergence, None, "COUNTERSIGN_SEED={seed}");
    assert_eq!(report.audited.last, HEIGHTS);
    assert!(report.audited.entries > 0 && report.audited.values > 0);
    assert_eq!(report.audited.votes, HEIGHTS * VALIDATORS as u64);

    let mut by_column: BTreeMap<StoredColumn, Vec<_>> = BTreeMap::new();
    for place in disk.places() {
        by_column.entry(place.0).or_default().push(place);
    }
    let mut dice = Dice::new(seed);
    let decided = by_column.into_iter().filter(|(column, _)| *column != StoredColumn::Undecided);
    let mut turned = 0;
    for (column, places) in decided {
        for _ in 0..TURNS {
            let (place, bit) = (dice.one_of(&places), dice.next());
            let spoilt = disk.copy();
            spoilt.flip(place, bit);
            // What names the network and the layout is refused before anything is read.
            let found = !audited(&spoilt, &genesis).is_ok_and(|r| r.divergence.is_none());
            assert!(found, "{column:?} {place:?} bit {bit}; COUNTERSIGN_SEED={seed} repeats it");
            turned += 1;
        }
    }
    // Of 19 columns, two may be empty in a short history.
    assert!(turned >= TURNS * 16, "{turned}");
}

fn divergence(disk: &Disk, genesis: &Genesis, column: StoredColumn, nth: usize) -> Divergence {
    let places = disk.places();
    let mut places = places.iter().filter(|place| place.0 == column);
    let spoilt = disk.copy();
    // In the last byte: in a statement or a proof that is the signature.
    spoilt.flip(places.nth(nth).unwrap(), 3);
    audited(&spoilt, genesis).unwrap().divergence.unwrap()
}

#[test]
fn a_divergence_names_its_height_its_entry_and_what_differs() {
    let (disk, genesis) = written(7);
    let proof = divergence(&disk, &genesis, StoredColumn::Commits, 4);
    assert_eq!((proof.height, proof.what.as_str()), (Some(5), "the commit proof"));
    assert!(proof.found.contains("does not fit"), "{proof}");

    let statement = divergence(&disk, &genesis, StoredColumn::Statements, 0);
    assert!(statement.height.is_some() && statement.entry.is_some(), "{statement}");
    assert!(statement.what.starts_with("statement 0"), "{statement}");

    let happened = divergence(&disk, &genesis, StoredColumn::Happenings, 0);
    assert!(happened.height.is_some() && happened.entry.is_some(), "{happened}");

    let place = divergence(&disk, &genesis, StoredColumn::Entries, 0);
    assert!(place.height.is_some() && place.entry.is_some(), "{place}");
    assert!(place.to_string().contains("expected"), "{place}");

    let record = divergence(&disk, &genesis, StoredColumn::Records, 0);
    assert!(record.what.starts_with("the record of "), "{record}");
    assert_ne!(record.found, record.expected);

    let kept = divergence(&disk, &genesis, StoredColumn::Undecided, 0);
    assert_eq!(kept.height, Some(HEIGHTS + 1), "{kept}");
    assert!(kept.what.starts_with("the proposal that is kept"), "{kept}");
}

#[test]
fn a_missing_batch_is_found() {
    let (disk, genesis) = written(8);
    let spoilt = disk.copy();
    spoilt.lose(StoredColumn::Commits, &HEIGHTS.to_be_bytes());
    let missing = audited(&spoilt, &genesis).unwrap();
    let found = missing.divergence.unwrap();
    assert_eq!((found.height, missing.audited.last), (Some(HEIGHTS), HEIGHTS - 1), "{found}");

    let spoilt = disk.copy();
    spoilt.lose(StoredColumn::Commits, &1_u64.to_be_bytes());
    let nothing = audited(&spoilt, &genesis).unwrap();
    assert_eq!((nothing.divergence.unwrap().height, nothing.audited.last), (Some(1), 0));
}
