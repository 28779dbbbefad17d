//! Directories that are not this program's own: another network's, an older or a newer version's.
//! And what the store is told of the columns of its own.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use rocksdb::{DB, Options};

use super::{Genesis, Ledger, genesis, played::Played};
use crate::ledger::{FORMAT, FORMAT_KEY, columns::Column, store::Writes};

#[test]
fn the_directory_of_another_network_is_refused_with_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    drop(Ledger::open(folder.path(), genesis()).unwrap());
    let other = Genesis { name: "another".into(), ..genesis() };
    let fault = Ledger::open(folder.path(), other).err().unwrap().to_string();
    assert!(fault.contains("belongs to the network"), "{fault}");
}

/// A directory that says it has a layout.
fn of_layout(path: &Path, format: u32) {
    let ledger = Ledger::open(path, genesis()).unwrap();
    let mut write = Writes::default();
    write.put(Column::Meta, FORMAT_KEY, format.to_be_bytes());
    ledger.write(write).unwrap();
}

fn refusal(path: &Path) -> String {
    let fault = Ledger::open(path, genesis()).err().unwrap().to_string();
    let read = Ledger::open_to_read(path, genesis()).err().unwrap().to_string();
    assert_eq!(fault, read);
    fault
}

#[test]
fn the_directory_of_another_version_is_refused_with_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    of_layout(folder.path(), FORMAT);
    drop(Ledger::open(folder.path(), genesis()).unwrap());
    drop(Ledger::open_to_read(folder.path(), genesis()).unwrap());

    of_layout(folder.path(), FORMAT - 1);
    let older = refusal(folder.path());
    assert!(older.contains(&format!("layout {}", FORMAT - 1)), "{older}");
    assert!(older.contains("An older version of this program made it"), "{older}");

    let folder = tempfile::tempdir().unwrap();
    of_layout(folder.path(), FORMAT + 1);
    let newer = refusal(folder.path());
    assert!(newer.contains(&format!("layout {}", FORMAT + 1)), "{newer}");
    assert!(newer.contains("A newer version of this program made it"), "{newer}");
}

/// What another version left behind: its columns, its layout.
fn foreign(path: &Path, columns: &[&str], format: u32) {
    let mut options = Options::default();
    options.create_if_missing(true);
    options.create_missing_column_families(true);
    let store = DB::open_cf(&options, path, columns).unwrap();
    store.put(FORMAT_KEY, format.to_be_bytes()).unwrap();
    store.put(b"network", genesis().network().0).unwrap();
}

fn columns_of(path: &Path) -> Vec<String> {
    let mut names = DB::list_cf(&Options::default(), path).unwrap();
    names.sort();
    names
}

#[test]
fn a_directory_with_other_columns_is_refused_and_left_as_it_is() {
    let ours = Column::ALL.iter().map(|c| c.name());
    let fewer: Vec<_> = ours.clone().skip(3).chain(["default"]).collect();
    let more: Vec<_> = ours.chain(["of_the_future"]).collect();
    for (columns, format, who) in [(fewer, 1, "An older version"), (more, 99, "A newer version")] {
        let folder = tempfile::tempdir().unwrap();
        foreign(folder.path(), &columns, format);
        let before = columns_of(folder.path());
        let fault = refusal(folder.path());
        assert!(fault.contains(who) && fault.contains(&format!("layout {format}")), "{fault}");
        assert_eq!(columns_of(folder.path()), before, "the other version has to read it still");
    }
}

/// The keys of every column that is said to ascend.
fn ascending(ledger: &Ledger) -> BTreeMap<Column, BTreeSet<Box<[u8]>>> {
    let columns = Column::ALL.iter().filter(|column| column.ascends());
    let keys = |column: &Column| {
        let items = ledger.store.from(*column, &[]).unwrap();
        (*column, items.map(|item| item.unwrap().0).collect())
    };
    columns.map(keys).collect()
}

#[test]
fn what_comes_later_stands_behind_in_every_column_that_ascends() {
    let mut played = Played::of(12, 1);
    let mut grown = BTreeSet::new();
    for _ in 0..60 {
        let before = ascending(&played.ledger);
        played.play(1);
        for (column, keys) in ascending(&played.ledger) {
            let last = before[&column].last();
            for key in keys.difference(&before[&column]) {
                assert!(Some(key) > last, "{column:?}: {key:02x?} came after {last:02x?}");
                grown.insert(column);
            }
        }
    }
    // One validator changes nothing among validators, and proposals are kept by the desk.
    let quiet = BTreeSet::from([Column::Validators, Column::Undecided]);
    let all: BTreeSet<_> = ascending(&played.ledger).into_keys().collect();
    assert_eq!(&all - &grown, quiet);
}
