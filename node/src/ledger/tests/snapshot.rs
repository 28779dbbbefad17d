//! A ledger begins from a file of which nothing is believed, and goes on as the others do.

use std::{collections::BTreeSet, env, fs, sync::Arc};

use countersign_contracts::{testing::dice::Dice, world::Records as _};
use countersign_record::{Digest, state_proof, statement::Statement, verify::verify};
use sha2::{Digest as _, Sha256};

use super::played::{Played, records};
use crate::{
    consensus::{Undecided, ValueId},
    ledger::{
        Ledger, NotProvable,
        columns::Column,
        snapshot::{SnapshotFault, restore},
        store::memory::Disk,
    },
};

pub(super) fn file_of(ledger: &Ledger) -> Vec<u8> {
    let mut file = Vec::new();
    let made = ledger.snapshot(&mut file, |_, _| ()).unwrap();
    assert_eq!(made.bytes, file.len() as u64);
    file
}

/// Restores on a disk in memory.
pub(super) fn taken(file: &[u8], played: &Played) -> Result<Arc<Ledger>, SnapshotFault> {
    let (disk, genesis) = (Disk::default(), played.genesis());
    let tip = Ledger::founding_tip(&genesis).unwrap();
    let empty = Ledger::assemble(Box::new(disk.clone()), "memory".as_ref(), genesis.clone(), tip);
    empty.take_snapshot(file, |_| ())?;
    Ok(Arc::new(Ledger::on_disk(disk, genesis).unwrap()))
}

#[test]
fn a_ledger_goes_on_from_a_snapshot_as_the_one_that_it_is_of() {
    let mut played = Played::of(1, 30);
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("ledger");
    let file = file_of(&played.ledger);
    let restored = restore(&file[..], &place, played.genesis(), |_| ()).unwrap();
    assert_eq!((restored.height, restored.bytes), (30, file.len() as u64));
    let other = Arc::new(Ledger::open(&place, played.genesis()).unwrap());
    let (a, b) = (played.ledger.tip(), other.tip());
    assert_eq!((a.height, a.parent, a.time), (b.height, b.parent, b.time));
    assert_eq!((a.state_root, &a.log, a.rules), (b.state_root, &b.log, b.rules));
    assert_eq!((&a.validators, &a.roster), (&b.validators, &b.roster));
    assert_eq!(other.first_height(), 31);
    assert!(records(&other) == records(&played.ledger));
    for column in [Column::Due, Column::Alerts, Column::References] {
        let all = |ledger: &Ledger| -> Vec<_> {
            ledger.scan(column, &[], &[]).unwrap().map(Result::unwrap).collect()
        };
        assert!(all(&other) == all(&played.ledger), "{column:?}");
    }

    played.play(30);
    played.followed_by(&other);
    assert_eq!(other.tip().parent, played.ledger.tip().parent);
    for batch in &played.chain {
        for bytes in &batch.statements {
            let id = Statement::parse(bytes).unwrap().id();
            let here = other.place(&id).unwrap().unwrap();
            let there = played.ledger.place(&id).unwrap().unwrap();
            assert_eq!((here.height, here.kept), (there.height, there.kept));
            if here.height > 30 {
                let receipt = other.receipt(&id).unwrap().unwrap();
                assert_eq!(receipt, played.ledger.receipt(&id).unwrap().unwrap());
                verify(other.genesis(), &receipt.to_compact()).unwrap();
            }
        }
    }
    same_states(&played.ledger, &other);
}

/// The records of every height that both keep, in both, and their proofs.
pub(super) fn same_states(full: &Ledger, short: &Ledger) {
    let first = short.first_height() - 1;
    let last = short.tip().height;
    for key in records(full).keys() {
        for height in first..=last {
            let record = full.record_at(key, height).unwrap();
            assert!(short.record_at(key, height).unwrap() == record, "{key} at {height}");
        }
        assert!(short.record(key).unwrap() == full.record(key).unwrap());
        let proof = short.state_proof(key, Some(first)).unwrap();
        assert_eq!(proof, full.state_proof(key, Some(first)).unwrap());
        state_proof::verify(short.genesis(), &proof.to_bytes()).unwrap();
    }
    let (asked, first) = (first - 1, first + 1);
    let pruned = |no: NotProvable| no.to_string().contains("keeps the batches from height");
    assert!(short.keeps_state(asked).is_err_and(pruned));
    assert!(short.view(Some(asked)).err().is_some_and(pruned));
    assert!(short.keeps_batch(first - 1).is_err_and(pruned));
    short.keeps_state(asked + 1).unwrap();
    short.keeps_batch(first).unwrap();
}

fn seed() -> u64 {
    let asked = env::var("COUNTERSIGN_SEED").ok().and_then(|s| s.parse().ok());
    let seed = asked.unwrap_or_else(|| u64::from(std::process::id()));
    use std::io::Write as _;
    let _unseen = writeln!(std::io::stderr(), "COUNTERSIGN_SEED={seed} repeats this");
    seed
}

#[test]
fn every_flipped_bit_is_noticed() {
    let mut dice = Dice::new(seed());
    let played = Played::of(2, 12);
    let file = file_of(&played.ledger);
    taken(&file, &played).unwrap();
    for _ in 0..400 {
        let mut bad = file.clone();
        let at = dice.below(bad.len() as u64) as usize;
        bad[at] ^= 1 << dice.below(8);
        assert!(taken(&bad, &played).is_err(), "byte {at}");
    }
}

/// The contents of a file's frames, without the last.
fn frames(file: &[u8]) -> Vec<Vec<u8>> {
    let (mut rest, mut frames) = (&file[8..], Vec::new());
    while !rest.is_empty() {
        let packed = u32::from_be_bytes(rest[..4].try_into().unwrap()) as usize;
        frames.push(miniz_oxide::inflate::decompress_to_vec(&rest[8..8 + packed]).unwrap());
        rest = &rest[8 + packed..];
    }
    frames.pop();
    frames
}

/// A file of these frames whose digest is right, as whoever lies would write it.
fn forged(frames: &[Vec<u8>]) -> Vec<u8> {
    fn put(file: &mut Vec<u8>, plain: &[u8]) {
        let packed = miniz_oxide::deflate::compress_to_vec(plain, 1);
        file.extend_from_slice(&(packed.len() as u32).to_be_bytes());
        file.extend_from_slice(&(plain.len() as u32).to_be_bytes());
        file.extend_from_slice(&packed);
    }
    let mut file = b"CSSNAP\x00\x01".to_vec();
    frames.iter().for_each(|frame| put(&mut file, frame));
    let digest: [u8; 32] = Sha256::digest(&file).into();
    put(&mut file, &[&[0x82, 4, 0x81, 0x58, 32][..], &digest].concat());
    file
}

#[test]
fn whoever_lies_about_a_bit_is_caught_at_the_step_that_it_breaks() {
    let mut dice = Dice::new(seed());
    let played = Played::of(3, 12);
    let good = frames(&file_of(&played.ledger));
    taken(&forged(&good), &played).unwrap();
    let mut steps = BTreeSet::new();
    for _ in 0..800 {
        let mut bad = good.clone();
        let frame = dice.below(bad.len() as u64) as usize;
        let at = dice.below(bad[frame].len() as u64) as usize;
        bad[frame][at] ^= 1 << dice.below(8);
        match taken(&forged(&bad), &played).err() {
            Some(SnapshotFault::NotVerified { step, .. }) => steps.insert(format!("{step:?}")),
            other => panic!("frame {frame}, byte {at}: {other:?}"),
        };
    }
    for step in ["File", "Quorum", "State", "Headers", "Signers"] {
        assert!(steps.contains(step), "{step} was never it: {steps:?}");
    }
}

#[test]
fn a_file_that_is_cut_or_goes_on_or_is_another_networks_is_refused() {
    let played = Played::of(4, 8);
    let file = file_of(&played.ledger);
    let why = |bytes: &[u8]| taken(bytes, &played).err().unwrap().to_string();
    assert!(why(&[]).contains("it ends at byte 0"));
    for cut in [7, 9, file.len() / 2, file.len() - 1] {
        assert!(why(&file[..cut]).contains("it ends at byte"), "{}", why(&file[..cut]));
    }
    assert!(why(&[&file[..], b"x"].concat()).contains("more after its end"));
    assert!(why(b"CSSNAP\x00\x02........").contains("no snapshot, or one of another version"));
    let huge = [&b"CSSNAP\x00\x01"[..], &[0xff; 8]].concat();
    assert!(why(&huge).contains("at most 16777216 are taken"), "{}", why(&huge));
    let parts = frames(&file);
    for missing in 0..parts.len() {
        let mut fewer = parts.clone();
        fewer.remove(missing);
        assert!(taken(&forged(&fewer), &played).is_err(), "without part {missing}");
        let mut more = parts.clone();
        more.insert(missing, parts[missing].clone());
        assert!(taken(&forged(&more), &played).is_err(), "part {missing} twice");
    }

    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("ledger");
    let mut elsewhere = played.genesis();
    elsewhere.name = "elsewhere".into();
    let fault = restore(&file[..], &place, elsewhere, |_| ()).unwrap_err();
    assert!(fault.to_string().contains("belongs to the network"), "{fault}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is left");
    restore(&file[..], &place, played.genesis(), |_| ()).unwrap();
    let fault = restore(&file[..], &place, played.genesis(), |_| ()).unwrap_err();
    assert!(matches!(fault, SnapshotFault::Occupied(_)), "{fault}");
}

#[test]
fn a_snapshot_is_made_of_all_batches_or_not_at_all() {
    let played = Played::of(5, 6);
    let short = taken(&file_of(&played.ledger), &played).unwrap();
    let fault = short.snapshot(Vec::new(), |_, _| ()).unwrap_err();
    assert!(matches!(fault, SnapshotFault::NotAll(7)), "{fault}");
    let empty = Ledger::on_disk(Disk::default(), played.genesis()).unwrap();
    assert!(matches!(empty.snapshot(Vec::new(), |_, _| ()), Err(SnapshotFault::NoBatch)));
}

#[test]
fn a_copy_is_made_of_a_ledger_that_is_written_to_and_goes_on() {
    let mut played = Played::of(6, 10);
    let folder = tempfile::tempdir().unwrap();
    let live = folder.path().join("live");
    let running = Arc::new(Ledger::open(&live, played.genesis()).unwrap());
    played.followed_by(&running);
    // What a node has voted on is its own word of today, and in no copy of yesterday.
    let voted_on = Undecided {
        height: 11,
        round: 0,
        valid_round: None,
        proposer: Digest::ZERO,
        id: ValueId([7; 64]),
        body: b"a body".to_vec().into(),
    };
    running.keep_undecided(&voted_on).unwrap();
    let beside = Ledger::open_beside(&live, &played.genesis()).unwrap();
    assert_eq!(beside.undecided(11, None).unwrap().len(), 1);
    // What comes now is not in the copy.
    played.play(5);
    played.followed_by(&running);
    let place = folder.path().join("copy");
    let copied = beside.copy(&place, |_| ()).unwrap();
    assert_eq!(copied.height, 10);
    assert!(matches!(beside.copy(&place, |_| ()), Err(SnapshotFault::Occupied(_))));
    let copy = Arc::new(Ledger::open(&place, played.genesis()).unwrap());
    assert_eq!((copy.tip().height, copy.first_height()), (10, 1));
    assert_eq!(copy.undecided(11, None).unwrap().len(), 0);
    played.followed_by(&copy);
    assert_eq!(copy.tip().parent, running.tip().parent);
    assert!(records(&copy) == records(&running));

    let nothing = Ledger::open_beside(&folder.path().join("none"), &played.genesis());
    assert!(nothing.is_err());
}
