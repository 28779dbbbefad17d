//! What a stranger's snapshot does: a reason why not. See `crate::fuzz`.

use super::{Part, file::Reader, restore::read_record};

/// A snapshot, part by part, as a restore reads it.
pub(crate) fn snapshot(bytes: &[u8]) {
    let Ok(mut parts) = Reader::new(bytes) else { return };
    while let Ok(part) = parts.next() {
        match part {
            Part::End(_) => return,
            Part::Records(all) => all.iter().for_each(|kept| drop(read_record(kept))),
            Part::Tip(_) | Part::Links(_) | Part::Batches(_) => {}
        }
        assert!(parts.bytes() <= bytes.len() as u64);
    }
}

/// A snapshot of nothing much, whole, and one that ends in the middle.
#[cfg(test)]
pub(crate) fn seeds() -> Vec<Vec<u8>> {
    use countersign_record::Digest;

    use super::{Batch, Kept, file};

    let record = include_bytes!("../../../../contracts/fuzz/corpus/stored/evidence-file");
    let records = Part::Records(vec![Kept {
        family: "evidence".into(),
        subject: format!("file:{}", Digest::of(b"x")),
        record: record.to_vec().into(),
    }]);
    let batches = Part::Batches(vec![Batch {
        later: 5,
        proposer: Some("GACC5150".into()),
        state_root: Some(Digest::of(b"x")),
        next_validators: None,
        rules: Some(2),
        accepted: vec![vec![1; 40].into()],
        refused: Vec::new(),
    }]);
    let mut whole = Vec::new();
    let mut writer = file::Writer::new(&mut whole).unwrap();
    for part in [Part::Links(Vec::new()), records, batches] {
        writer.put(&part).unwrap();
    }
    writer.end().unwrap();
    let half = whole[..whole.len() / 2].to_vec();
    vec![whole, half]
}
