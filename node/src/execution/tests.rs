//! Whose clock counts, and when.

mod histories;

use std::sync::Arc;

use countersign_genesis::ClockShift;

use super::{BadBatch, Execution, check_clock};
use crate::{
    batch::Batch,
    consensus::Stage,
    ledger::{
        Ledger,
        tests::{CUSTOMS, genesis},
    },
    runtime::clock::Clock,
};

fn executor(folder: &tempfile::TempDir, ahead_ms: i64) -> Execution {
    let ledger = Arc::new(Ledger::open(folder.path(), genesis()).unwrap());
    Execution::new(ledger, Clock::new(ClockShift::try_from(ahead_ms).unwrap()))
}

/// What a proposer makes whose clock runs so far ahead of ours, and what we say to it.
fn judged(ahead_ms: i64, stage: Stage) -> Result<(), BadBatch> {
    let (theirs, ours) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let made = executor(&theirs, ahead_ms).build(CUSTOMS, Vec::new()).unwrap();
    let batch = Batch { header: made.header.clone(), statements: Vec::new() };
    executor(&ours, 0).check(&batch, stage, |_| None).map(|executed| {
        assert_eq!(executed.header, made.header);
    })
}

#[test]
fn a_proposal_that_runs_ahead_is_not_voted_for() {
    // 10 s are allowed; half a minute more leaves room for a machine that is busy.
    let refused = judged(40_000, Stage::Proposed).unwrap_err().to_string();
    assert!(refused.contains("too far ahead of this node's clock"), "{refused}");
    judged(9_000, Stage::Proposed).unwrap();
}

#[test]
fn a_proposal_of_a_slow_clock_is_voted_for() {
    judged(-3_600_000, Stage::Proposed).unwrap();
}

#[test]
fn a_batch_that_a_quorum_has_decided_stands_whatever_this_clock_says() {
    judged(3_600_000, Stage::Decided).unwrap();
}

#[test]
fn the_bound_is_ten_seconds_to_the_millisecond() {
    let folder = tempfile::tempdir().unwrap();
    let tip = Ledger::open(folder.path(), genesis()).unwrap().tip();
    let now = tip.time + 5_000;
    assert!(check_clock(&tip, now + 10_000, now).is_ok());
    assert!(check_clock(&tip, now + 10_001, now).is_err());
    assert!(check_clock(&tip, now + 11_000, now).is_err());
    // One millisecond after the parent is always right: a slow clock never stops anybody.
    assert!(check_clock(&tip, tip.time + 1, 0).is_ok());
}
