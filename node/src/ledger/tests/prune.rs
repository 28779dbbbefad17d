//! Old batches go; what is promised stays.

use std::sync::Arc;

use countersign_record::{statement::Statement, verify::verify};

use super::{
    played::Played,
    snapshot::{file_of, same_states, taken},
};
use crate::{
    audit,
    ledger::{
        Ledger, LedgerFault,
        columns::Column,
        store::memory::{Disk, Failure},
    },
    runtime::config::Home,
};

fn count(ledger: &Ledger, column: Column) -> usize {
    ledger.scan(column, &[], &[]).unwrap().count()
}

/// A ledger that has all that was played.
fn full(played: &Played) -> (Disk, Arc<Ledger>) {
    let disk = Disk::default();
    let ledger = Arc::new(Ledger::on_disk(disk.clone(), played.genesis()).unwrap());
    played.followed_by(&ledger);
    (disk, ledger)
}

/// Every receipt of the heights that are kept, as a ledger that keeps all gives it.
fn same_receipts(played: &Played, short: &Ledger) {
    for batch in &played.chain {
        for bytes in &batch.statements {
            let id = Statement::parse(bytes).unwrap().id();
            let at = short.place(&id).unwrap().unwrap();
            let there = played.ledger.place(&id).unwrap().unwrap();
            assert_eq!((at.height, at.kept), (there.height, there.kept));
            if at.height >= short.first_height() {
                let receipt = short.receipt(&id).unwrap().unwrap();
                assert_eq!(receipt, played.ledger.receipt(&id).unwrap().unwrap());
                verify(short.genesis(), &receipt.to_compact()).unwrap();
            } else {
                assert!(short.keeps_batch(at.height).is_err());
                let gone = short.statement(&at).unwrap_err();
                assert!(matches!(gone, LedgerFault::Pruned { .. }), "{gone}");
            }
        }
    }
}

#[test]
fn what_is_kept_is_as_whole_as_before_and_the_ledger_goes_on() {
    let mut played = Played::of(7, 40);
    let (disk, short) = full(&played);
    let mut before = 1;
    for first in [2, 11, 12, 25, 40] {
        let pruned = short.prune(first, |_| ()).unwrap();
        assert_eq!((pruned.first, pruned.batches), (first, first - before));
        assert_eq!(short.first_height(), first);
        before = first;
        same_states(&played.ledger, &short);
        same_receipts(&played, &short);
    }
    // One batch is left, and the header before it: what stays of the others is bounded.
    assert_eq!(count(&short, Column::Commits), 2);
    assert!(count(&short, Column::Log) < 64 + count(&short, Column::Statements) * 2);
    assert_eq!(count(&short, Column::Entries), count(&played.ledger, Column::Entries));
    assert_eq!(count(&short, Column::References), count(&played.ledger, Column::References));

    drop(short);
    let short = Arc::new(Ledger::on_disk(disk, played.genesis()).unwrap());
    assert_eq!(short.first_height(), 40);
    played.play(30);
    played.followed_by(&short);
    assert_eq!(short.tip().parent, played.ledger.tip().parent);
    same_states(&played.ledger, &short);
    same_receipts(&played, &short);
    // The last batch always stays.
    assert_eq!(short.prune(u64::MAX, |_| ()).unwrap().first, 70);
    assert_eq!(short.prune(3, |_| ()).unwrap().batches, 0);
    same_states(&played.ledger, &short);
}

#[test]
fn a_step_of_pruning_is_done_or_undone() {
    let played = Played::of(8, 20);
    for failure in [Failure::Lost, Failure::Landed] {
        let (disk, short) = full(&played);
        short.prune(5, |_| ()).unwrap();
        disk.fail_next(failure);
        assert!(short.prune(15, |_| ()).is_err());
        drop(short);
        let short = Ledger::on_disk(disk, played.genesis()).unwrap();
        assert_eq!(short.first_height(), if failure == Failure::Lost { 5 } else { 15 });
        same_states(&played.ledger, &short);
        same_receipts(&played, &short);
    }
}

#[test]
fn a_ledger_that_began_from_a_snapshot_is_pruned_as_any_other() {
    let mut played = Played::of(9, 15);
    let short = taken(&file_of(&played.ledger), &played).unwrap();
    played.play(15);
    played.followed_by(&short);
    for first in [16, 17, 24] {
        assert_eq!(short.prune(first, |_| ()).unwrap().first, first);
        same_states(&played.ledger, &short);
        same_receipts(&played, &short);
    }
    played.play(5);
    played.followed_by(&short);
    same_states(&played.ledger, &short);
    assert_eq!(short.tip().parent, played.ledger.tip().parent);
}

#[test]
fn a_pruned_ledger_is_neither_audited_nor_repaired_as_if_it_were_damaged() {
    let played = Played::of(10, 6);
    let (place, scratch) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let home = Home::new(place.path());
    std::fs::create_dir_all(home.data_dir()).unwrap();
    let ledger = Arc::new(Ledger::open(&home.ledger_dir(), played.genesis()).unwrap());
    played.followed_by(&ledger);
    let audited = |scratch: &str, within: &tempfile::TempDir| {
        let scratch = within.path().join(scratch);
        audit::audit(&home, &played.genesis(), &scratch, &mut |_| ())
    };
    assert_eq!(audited("whole", &scratch).unwrap().divergence, None);
    ledger.prune(4, |_| ()).unwrap();
    let fault = audited("pruned", &scratch).unwrap_err();
    assert!(matches!(fault, LedgerFault::BeginsLater(4)), "{fault}");
}
