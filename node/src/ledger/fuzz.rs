//! What spoilt rows of the store do: a fault, which stops the node safely. See `crate::fuzz`.

use countersign_record::{encoding, membership::ValidatorSet};
use minicbor::{Decode, Encode};

pub(crate) use super::snapshot::fuzz::snapshot;
use super::{EntryPlace, Happened, KeptTip, columns, undecided::KeptProposal};

/// A row of the store: one byte says of which column, the rest is its key or its value. Commit
/// proofs, refusals and records are targets of the rules.
pub(crate) fn row(bytes: &[u8]) {
    let [column, row @ ..] = bytes else { return };
    match column % 7 {
        0 => drop(columns::read_subject(row)),
        1 => again::<KeptTip>(row),
        2 => again::<EntryPlace>(row),
        3 => again::<Happened>(row),
        4 => again::<KeptProposal>(row),
        5 => again::<ValidatorSet>(row),
        _ => drop(borsh::from_slice::<jmt::storage::Node>(row)),
    }
}

/// What was read is written as it was.
fn again<T: for<'b> Decode<'b, ()> + Encode<()>>(bytes: &[u8]) {
    if let Ok(read) = encoding::decode::<T>("row", bytes) {
        assert_eq!(encoding::encode(&read), bytes);
    }
}

/// Target, name of the file, content.
#[cfg(test)]
pub(crate) fn seeds() -> Vec<(&'static str, String, Vec<u8>)> {
    use countersign_contracts::{family::FamilyName, world::SubjectKey};
    use countersign_record::Digest;

    let digest = Digest::of(b"x");
    let subject = columns::subject(&SubjectKey::new(FamilyName::Evidence, "file:1"));
    let tip = KeptTip { height: 9, log_size: 7, tree_version: 3, state_root: digest };
    let kept = KeptProposal { valid_round: Some(1), proposer: digest, body: vec![7; 40].into() };
    let rows = [
        ("subject", 0, subject),
        ("tip", 1, encoding::encode(&tip)),
        ("proposal", 4, encoding::encode(&kept)),
    ];
    let rows =
        rows.map(|(name, column, row)| ("row", name.to_owned(), [&[column][..], &row].concat()));
    let snapshots = super::snapshot::fuzz::seeds().into_iter().enumerate();
    let snapshots = snapshots.map(|(n, bytes)| ("snapshot", n.to_string(), bytes));
    rows.into_iter().chain(snapshots).collect()
}
