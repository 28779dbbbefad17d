//! What the guard signs and what it does not, row beside row; and what becomes of its file.

use std::{fs, path::Path, sync::Arc};

use countersign_genesis::home::{GUARD_NEVER_SIGNED, guard_file};
use countersign_record::Digest;

use super::*;
use crate::consensus::{boundary::ValueId, limits};

const KID: Digest = Digest([7; 32]);

fn place(height: u64, round: u32, step: Step) -> Place {
    Place { height, round, step }
}

/// Something for batch `n`, or for none.
fn said(height: u64, round: u32, step: Step, n: u8) -> Said {
    let value = (n > 0).then_some(ValueId([n; 64]));
    Said::new(place(height, round, step), value, &[height as u8, round as u8, step as u8, n])
}

fn sign(guard: &Guard, said: Said) -> Result<Signature, No> {
    let signature = said.bytes[0];
    guard.sign(0, said, || Ok(Signature([signature; 64])))
}

fn withheld(outcome: Result<Signature, No>, why: &str) {
    match outcome {
        Err(No::Withheld(Fault(text))) => assert!(text.contains(why), "{text}"),
        other => panic!("{other:?} in place of: {why}"),
    }
}

use Step::{Precommit, Prevote, Proposal};

#[test]
fn a_place_is_signed_once_and_in_order() {
    let guard = memory::Disk::default().open();
    let first = sign(&guard, said(5, 1, Prevote, 1)).unwrap();
    // The same again is the same; everything else at this place or before it is not signed.
    assert_eq!(sign(&guard, said(5, 1, Prevote, 1)).unwrap(), first);
    withheld(sign(&guard, said(5, 1, Prevote, 2)), "was signed before");
    withheld(sign(&guard, said(5, 1, Prevote, 0)), "was signed before");
    withheld(sign(&guard, said(5, 1, Proposal, 1)), "has signed the prevote of height 5, round 1");
    withheld(sign(&guard, said(5, 0, Precommit, 1)), "already");
    withheld(sign(&guard, said(4, 9, Precommit, 1)), "already");
    // What comes after is, and does not make the earlier steps of the round forgotten.
    sign(&guard, said(5, 1, Precommit, 1)).unwrap();
    assert_eq!(sign(&guard, said(5, 1, Prevote, 1)).unwrap(), first);
    sign(&guard, said(5, 2, Proposal, 3)).unwrap();
    // Nor the earlier rounds of the height.
    assert_eq!(sign(&guard, said(5, 1, Prevote, 1)).unwrap(), first);
    withheld(sign(&guard, said(5, 1, Prevote, 2)), "was signed before");
    withheld(sign(&guard, said(5, 2, Proposal, 1)), "was signed before");
    sign(&guard, said(6, 0, Prevote, 0)).unwrap();
}

#[test]
fn nothing_is_signed_at_a_height_that_is_decided() {
    let guard = memory::Disk::default().open();
    let give = || Ok(Signature([1; 64]));
    withheld(guard.sign(5, said(5, 0, Prevote, 1), give), "batch 5 is committed here");
    withheld(guard.sign(9, said(5, 0, Prevote, 1), give), "batch 9 is committed here");
    guard.sign(4, said(5, 0, Prevote, 1), give).unwrap();
}

#[test]
fn a_new_process_knows_what_the_former_signed() {
    let disk = memory::Disk::default();
    let first = sign(&disk.open(), said(5, 0, Precommit, 1)).unwrap();
    let again = disk.open();
    withheld(sign(&again, said(5, 0, Precommit, 2)), "was signed before");
    assert_eq!(sign(&again, said(5, 0, Precommit, 1)).unwrap(), first);
}

#[test]
fn what_cannot_be_written_is_not_signed_and_nothing_is_afterwards() {
    let disk = memory::Disk::default();
    let guard = disk.open();
    disk.fail_next();
    let Err(No::Stop(fault)) = sign(&guard, said(1, 0, Prevote, 1)) else { panic!("it signs") };
    assert!(fault.0.starts_with("double-sign guard: ") && fault.0.contains("disk"), "{fault}");
    assert_eq!(sign(&guard, said(2, 0, Prevote, 1)), Err(No::Stop(fault)));
    // The next process has a disk that works, and nothing was signed.
    sign(&disk.open(), said(1, 0, Prevote, 2)).unwrap();
}

#[test]
fn a_key_that_gives_no_signature_leaves_no_trace() {
    let guard = memory::Disk::default().open();
    let fault = || Err(Fault::new("the token is gone"));
    let outcome = guard.sign(0, said(1, 0, Prevote, 1), fault);
    assert_eq!(outcome, Err(No::Stop(Fault::new("the token is gone"))));
    sign(&guard, said(1, 0, Prevote, 2)).unwrap();
}

/// A journal about a height that holds these.
fn journal(height: u64, holds: &[Said]) -> Journal {
    Journal::with(height, holds.iter().map(|s| s.place).max())
}

#[test]
fn without_its_journal_a_node_is_silent_at_the_height_it_was_working_on() {
    let vote = said(5, 0, Prevote, 1);
    let open = || {
        let disk = memory::Disk::default();
        sign(&disk.open(), vote.clone()).unwrap();
        (disk.open(), disk)
    };
    let lost = [Journal::default(), journal(4, &[]), journal(6, &[])];
    for gone in lost {
        let (guard, disk) = open();
        guard.begin(4, &gone).unwrap();
        withheld(sign(&guard, said(5, 0, Prevote, 1)), "silent up to height 5");
        withheld(sign(&guard, said(5, 7, Precommit, 1)), "silent up to height 5");
        assert!(!guard.signs_at(5) && guard.signs_at(6), "the journal of 5 is of no use");
        sign(&guard, said(6, 0, Prevote, 1)).unwrap();
        // A second start, with a journal that was begun anew meanwhile, changes nothing.
        let again = disk.open();
        again.begin(4, &journal(6, &[])).unwrap();
        withheld(sign(&again, said(5, 1, Prevote, 1)), "silent up to height");
    }
    // The ledger went as well: the journal will be begun anew on the way.
    let (guard, _disk) = open();
    guard.begin(0, &journal(5, std::slice::from_ref(&vote))).unwrap();
    withheld(sign(&guard, said(1, 0, Prevote, 1)), "silent up to height 5");
    // With ledger and journal it goes on.
    let (guard, _disk) = open();
    guard.begin(4, &journal(5, std::slice::from_ref(&vote))).unwrap();
    withheld(sign(&guard, said(5, 0, Prevote, 2)), "was signed before");
    sign(&guard, said(5, 0, Precommit, 1)).unwrap();
    // What it worked on is decided: the journal is of no use any more.
    let (guard, _disk) = open();
    guard.begin(5, &Journal::default()).unwrap();
    sign(&guard, said(6, 0, Prevote, 1)).unwrap();
}

#[test]
fn without_a_body_that_its_journal_calls_good_a_node_is_silent_at_that_height() {
    let vote = said(5, 0, Prevote, 1);
    for signed in [true, false] {
        let disk = memory::Disk::default();
        if signed {
            sign(&disk.open(), vote.clone()).unwrap();
        }
        let kept = if signed { std::slice::from_ref(&vote) } else { &[] };
        let guard = disk.open();
        guard.begin(4, &journal(5, kept).without_a_body()).unwrap();
        withheld(sign(&guard, vote.clone()), "silent up to height 5");
        withheld(sign(&guard, said(5, 3, Prevote, 1)), "silent up to height 5");
        sign(&guard, said(6, 0, Prevote, 1)).unwrap();
        // With the body it says the same again; a journal of another height is not asked.
        for (tip, kept) in [(4, journal(5, kept)), (5, journal(5, kept).without_a_body())] {
            let guard = memory::Disk::default().open();
            guard.begin(tip, &kept).unwrap();
            sign(&guard, said(tip + 1, 0, Prevote, 1)).unwrap();
        }
    }
}

#[test]
fn what_never_reached_the_journal_was_never_sent_and_binds_nobody() {
    let disk = memory::Disk::default();
    let (prevote, precommit) = (said(5, 0, Prevote, 1), said(5, 0, Precommit, 1));
    let guard = disk.open();
    sign(&guard, prevote.clone()).unwrap();
    sign(&guard, precommit).unwrap();
    let guard = disk.open();
    guard.begin(4, &journal(5, std::slice::from_ref(&prevote))).unwrap();
    withheld(sign(&guard, said(5, 0, Prevote, 2)), "was signed before");
    sign(&guard, said(5, 0, Precommit, 0)).unwrap();
}

#[test]
fn what_was_signed_while_the_journal_was_read_is_signed_again() {
    let disk = memory::Disk::default();
    let guard = disk.open();
    for round in 0..3 {
        sign(&guard, said(5, round, Prevote, 1)).unwrap();
    }
    // The journal holds the last alone: the others were signed on the way to it.
    let guard = disk.open();
    guard.begin(4, &journal(5, &[said(5, 2, Prevote, 1)])).unwrap();
    for round in 0..3 {
        sign(&guard, said(5, round, Prevote, 1)).unwrap();
        withheld(sign(&guard, said(5, round, Prevote, 2)), "was signed before");
    }
    sign(&guard, said(5, 2, Precommit, 1)).unwrap();
}

#[test]
fn however_long_a_height_takes_its_record_fits_the_slot() {
    let folder = founded();
    let guard = open(folder.path());
    for round in 0..limits::GUARD_SAID_MAX as u32 {
        sign(&guard, said(5, round, Prevote, 1)).unwrap();
        sign(&guard, said(5, round, Precommit, 1)).unwrap();
    }
    drop(guard);
    let guard = open(folder.path());
    let last = limits::GUARD_SAID_MAX as u32 - 1;
    withheld(sign(&guard, said(5, last, Precommit, 2)), "was signed before");
    // The oldest are forgotten, and so not signed again.
    withheld(sign(&guard, said(5, 0, Prevote, 1)), "already");
    sign(&guard, said(5, last + 1, Prevote, 2)).unwrap();
}

#[test]
fn what_the_journal_replays_is_not_taken_for_somebody_elses() {
    // Nothing is remembered of the round that the journal ends with.
    let disk = memory::Disk::default();
    sign(&disk.open(), said(5, 1, Prevote, 1)).unwrap();
    let kept = [said(5, 0, Prevote, 1), said(5, 0, Precommit, 1)];
    let guard = disk.open();
    guard.begin(4, &journal(5, &kept)).unwrap();
    assert!(kept.iter().all(|said| guard.seen(said).is_none()));
    assert!(guard.seen(&said(5, 2, Prevote, 1)).is_some());
    // A person has said that the key may sign here, and the journal is whole.
    let guard = memory::Disk::default().open();
    guard.begin(4, &journal(5, &kept)).unwrap();
    assert!(kept.iter().all(|said| guard.seen(said).is_none()));
    assert!(guard.seen(&said(5, 1, Prevote, 1)).is_some());
}

#[test]
fn a_signature_that_the_guard_did_not_give_shuts_it() {
    let mine = said(5, 1, Prevote, 1);
    // Seen again, or from before what is remembered: nothing to say about it.
    for harmless in [mine.clone(), said(5, 0, Precommit, 2), said(4, 9, Prevote, 2)] {
        let guard = memory::Disk::default().open();
        sign(&guard, mine.clone()).unwrap();
        assert_eq!(guard.seen(&harmless), None, "{harmless}");
        sign(&guard, said(5, 1, Precommit, 1)).unwrap();
    }
    let foreign = [said(5, 1, Prevote, 2), said(5, 1, Precommit, 1), said(6, 0, Proposal, 1)];
    for foreign in foreign {
        let guard = memory::Disk::default().open();
        sign(&guard, mine.clone()).unwrap();
        let fault = guard.seen(&foreign).unwrap();
        assert!(fault.0.starts_with("double-sign guard: "), "{fault}");
        assert!(fault.0.contains(&foreign.to_string()), "{fault}");
        assert!(fault.0.contains(&mine.to_string()), "{fault}");
        assert_eq!(sign(&guard, said(9, 0, Prevote, 1)), Err(No::Stop(fault)));
    }
}

fn lost() -> Arc<Guard> {
    Guard::on(Box::new(memory::Disk::default()), Found::Lost)
}

#[test]
fn a_key_without_a_record_follows_until_it_cannot_have_signed_what_it_signs() {
    let guard = lost();
    let first = said(13, 0, Prevote, 1);
    withheld(sign(&guard, first.clone()), "what this validator key has signed is not known");
    // The first height may have come out of the journal; a fetched one is old.
    guard.committed(10, true, false).unwrap();
    guard.committed(11, false, false).unwrap();
    guard.committed(12, true, false).unwrap();
    withheld(sign(&guard, first.clone()), "1 more heights");
    // A signature of its own begins the count anew.
    guard.committed(13, true, true).unwrap();
    guard.committed(14, true, false).unwrap();
    assert!(guard.silence().is_some() && !guard.signs_at(15));
    guard.committed(15, true, false).unwrap();
    assert_eq!(guard.silence(), None);
    assert!(!guard.signs_at(15) && guard.signs_at(16));
    withheld(sign(&guard, said(15, 3, Precommit, 1)), "silent up to height 15");
    sign(&guard, said(16, 0, Prevote, 1)).unwrap();
}

#[test]
fn while_it_follows_only_what_is_signed_now_is_somebody_elses() {
    let guard = lost();
    guard.committed(10, false, false).unwrap();
    assert_eq!(guard.seen(&said(10, 0, Precommit, 1)), None);
    guard.committed(11, true, true).unwrap();
    // Its former life may have had a hand in the first that it saw decided.
    assert_eq!(guard.seen(&said(11, 2, Precommit, 1)), None);
    assert!(guard.seen(&said(12, 0, Prevote, 1)).is_some());
    assert!(matches!(sign(&guard, said(20, 0, Prevote, 1)), Err(No::Stop(_))));
}

fn founded() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(guard_file(folder.path(), &KID), GUARD_NEVER_SIGNED).unwrap();
    folder
}

fn open(folder: &Path) -> Arc<Guard> {
    Guard::open(folder, &KID).unwrap()
}

#[test]
fn the_file_says_what_was_signed_and_one_process_has_it() {
    let folder = founded();
    let guard = open(folder.path());
    let Err(fault) = Guard::open(folder.path(), &KID) else { panic!("two have it") };
    assert!(fault.0.contains("another process already runs a node"), "{fault}");
    for height in 1..6 {
        sign(&guard, said(height, 0, Prevote, 1)).unwrap();
        drop(open_later(folder.path(), guard.clone()));
    }
    drop(guard);
    let guard = open(folder.path());
    assert_eq!(guard.silence(), None);
    withheld(sign(&guard, said(5, 0, Prevote, 2)), "was signed before");
    sign(&guard, said(5, 0, Precommit, 1)).unwrap();
}

/// While a guard lives nobody else gets it.
fn open_later(folder: &Path, guard: Arc<Guard>) -> Arc<Guard> {
    assert!(Guard::open(folder, &KID).is_err());
    guard
}

#[test]
fn a_torn_write_leaves_the_former_record() {
    let folder = founded();
    let path = guard_file(folder.path(), &KID);
    let mut before = fs::read(&path).unwrap();
    for height in 1..5 {
        let guard = open(folder.path());
        sign(&guard, said(height, 0, Prevote, 1)).unwrap();
        drop(guard);
        let after = fs::read(&path).unwrap();
        // A crash in the middle: the beginning of what was written is there, the rest is not.
        before.resize(after.len(), 0);
        let changed: Vec<_> = (0..after.len()).filter(|i| before[*i] != after[*i]).collect();
        let mut torn = before.clone();
        for at in &changed[..changed.len() / 2] {
            torn[*at] = after[*at];
        }
        fs::write(&path, &torn).unwrap();
        let guard = open(folder.path());
        assert_eq!(guard.silence(), None, "height {height}");
        if height > 1 {
            withheld(sign(&guard, said(height - 1, 0, Prevote, 2)), "was signed before");
        }
        sign(&guard, said(height, 0, Prevote, 1)).unwrap();
        drop(guard);
        fs::write(&path, &after).unwrap();
        before = after;
    }
}

#[test]
fn what_is_lost_damaged_or_copied_is_not_believed() {
    let folder = founded();
    let path = guard_file(folder.path(), &KID);
    sign(&open(folder.path()), said(5, 0, Prevote, 1)).unwrap();

    let elsewhere = tempfile::tempdir().unwrap();
    fs::copy(&path, guard_file(elsewhere.path(), &KID)).unwrap();
    let copy = open(elsewhere.path());
    assert!(copy.silence().unwrap().contains("a copy from another place"));
    // It has a record of its own once it may sign.
    for height in 6..9 {
        copy.committed(height, true, false).unwrap();
    }
    drop(copy);
    let copy = open(elsewhere.path());
    assert_eq!(copy.silence(), None);
    withheld(sign(&copy, said(8, 0, Prevote, 1)), "silent up to height 8");
    sign(&copy, said(9, 0, Prevote, 1)).unwrap();

    assert_eq!(open(folder.path()).silence(), None);
    let good = fs::read(&path).unwrap();
    let mut damaged = good.clone();
    damaged[limits::GUARD_SLOT_BYTES + 40] ^= 1;
    damaged[0] ^= 1;
    for bytes in [&damaged[..], b"never", b""] {
        fs::write(&path, bytes).unwrap();
        assert!(open(folder.path()).silence().unwrap().contains("not here"));
    }
    fs::remove_file(&path).unwrap();
    assert!(open(folder.path()).silence().is_some());
}

#[test]
fn a_person_may_say_what_a_key_has_signed() {
    let folder = founded();
    let guard = open(folder.path());
    sign(&guard, said(5, 0, Prevote, 1)).unwrap();
    assert!(reset(folder.path(), &KID, None).is_err(), "a running node has it");
    drop(guard);
    reset(folder.path(), &KID, None).unwrap();
    assert!(open(folder.path()).silence().is_some());
    reset(folder.path(), &KID, Some(4)).unwrap();
    let guard = open(folder.path());
    withheld(sign(&guard, said(4, 0, Prevote, 1)), "silent up to height 4");
    sign(&guard, said(5, 0, Prevote, 2)).unwrap();
}
