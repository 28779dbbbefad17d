//! What other families ask of this one: whether what they cite is evidence.

use alloc::{format, string::ToString, vec::Vec};

use countersign_record::Digest;

use super::{
    events::EntryEvent,
    reading::{find_entry, find_file, on_entry},
};
use crate::{
    family::{Events, desk::Desk},
    refusal::{Refusal, Rule},
    world::No,
};

/// Refuses citations of anything but accepted entries that anchor files which are not all
/// withdrawn. Answers what happens to those entries: each notes that it was cited, about which
/// subject of the citing family, so that it stays.
///
/// # Errors
/// [`Rule::NotEvidence`] or [`Rule::EvidenceWithdrawn`].
pub(crate) fn require_evidence(
    desk: Desk<'_>,
    about: &str,
    cited: &[Digest],
) -> Result<Events, No> {
    let mut found = Vec::with_capacity(cited.len());
    for entry in cited {
        let anchoring = find_entry(desk.world, &entry.to_string())?;
        found.push(match anchoring {
            Some(anchoring) => anchoring,
            None => return Err(not_evidence(desk, entry)?.into()),
        });
    }
    let mut pairs = cited.iter().zip(&found);
    if let Some((entry, _)) = pairs.find(|(_, anchoring)| anchoring.is_withdrawn()) {
        let found = format!("{entry}, of which every file was withdrawn");
        let expected = "an entry that still stands";
        return Err(Refusal::new(Rule::EvidenceWithdrawn, "evidence", found, expected).into());
    }
    let subject = format!("{}/{about}", desk.family.name());
    let note = |entry: &Digest| {
        let noted = EntryEvent::Cited { by: desk.by(), subject: subject.clone() };
        on_entry(&entry.to_string(), noted)
    };
    Ok(cited.iter().map(note).collect())
}

/// The refusal of a digest that is no entry of evidence; where it is a file's, with that entry.
fn not_evidence(desk: Desk<'_>, cited: &Digest) -> Result<Refusal, No> {
    let expected = match find_file(desk.world, &cited.to_string())? {
        Some(file) => format!("{}, the entry that anchored this file", file.by.entry),
        None => "the id of an accepted entry that anchored a file; countersign evidence add FILE \
                 makes one"
            .into(),
    };
    Ok(Refusal::new(Rule::NotEvidence, "evidence", cited, expected))
}
