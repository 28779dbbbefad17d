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

#[test]
fn what_executes_to_something_else_is_noted_with_whose_it_is() {
    let (theirs, ours) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let made = executor(&theirs, 0).build(CUSTOMS, Vec::new()).unwrap();
    let right = Batch { header: made.header.clone(), statements: Vec::new() };
    let mut header = made.header.clone();
    header.state_root = countersign_record::Digest([7; 32]);
    let wrong = Batch { header, statements: Vec::new() };
    let judge = executor(&ours, 0);
    let differs = || judge.observed().proposers().get(CUSTOMS).and_then(|p| p.differs.clone());

    judge.check(&wrong, Stage::Proposed, |_| None).unwrap_err();
    let noted = differs().unwrap();
    assert_eq!((noted.height, noted.field), (1, "state_root"));
    assert_eq!(noted.found, made.header.state_root.to_string());
    assert_eq!(judge.observed().cannot_follow(), None);

    judge.check(&wrong, Stage::Decided, |_| None).unwrap_err();
    assert_eq!(judge.observed().cannot_follow(), Some(noted));

    judge.check(&right, Stage::Proposed, |_| None).unwrap();
    assert_eq!(differs(), None);
}

#[test]
fn a_fast_clock_is_noted_though_its_proposal_is_refused() {
    let (theirs, ours) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let made = executor(&theirs, 3_600_000).build(CUSTOMS, Vec::new()).unwrap();
    let batch = Batch { header: made.header.clone(), statements: Vec::new() };
    let judge = executor(&ours, 0);
    judge.check(&batch, Stage::Decided, |_| None).unwrap();
    assert!(judge.observed().proposers().is_empty(), "what is decided says nothing of a clock");
    judge.check(&batch, Stage::Proposed, |_| None).unwrap_err();
    let ahead = judge.observed().proposers()[CUSTOMS].clock_ahead_ms.unwrap();
    assert!(ahead > 3_000_000, "{ahead}");
}
