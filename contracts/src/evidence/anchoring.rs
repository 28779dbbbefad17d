//! A file comes to the ledger, alone or as a segment of a whole, and is linked to what it is about.

use alloc::{boxed::Box, format, string::ToString};

use super::{
    bodies::{Anchor, Link, Segment},
    events::{EntryEvent, FileEvent, WholeEvent},
    reading::{
        digest_of, find_file, find_whole, on_entry, on_file, on_whole, require_file,
        require_subject,
    },
    state::{File, Standing},
};
use crate::{
    calendar::DAY_MS,
    family::{Events, desk::Desk},
    limits::FILE_SUBJECTS_MAX,
    membership::{self, Role},
    refusal::{Refusal, Rule},
    world::No,
};

/// A party states that it has a file. The first that does is the one: others cite its entry.
pub(super) fn anchor(desk: Desk<'_>, file: &str, body: &Anchor) -> Result<Events, No> {
    for subject in &body.subjects {
        require_subject(desk.world, "subjects", subject)?;
    }
    for reader in &body.readers {
        require_reader(desk, reader)?;
    }
    require_not_anchored(desk, file)?;
    if let Some(segment) = &body.segment {
        require_place_in_whole(desk, segment)?;
    }
    require_retention(desk, body.retention_until)?;
    let anchored = File {
        standing: Standing::Kept,
        by: desk.by(),
        media_type: body.media_type.clone(),
        bytes: body.bytes,
        kept_at: body.kept_at.clone(),
        retention_until: body.retention_until,
        subjects: body.subjects.clone(),
        readers: body.readers.clone(),
        shown_from: body.shown_from,
        shown_until: body.shown_until,
        device: body.device.clone(),
        place: body.place.clone(),
        officer_hash: body.officer_hash,
        job_sheet_hash: body.job_sheet_hash,
        segment: body.segment.clone(),
        ended: None,
    };
    let (by, digest) = (desk.by(), digest_of(file));
    let entry = by.entry.to_string();
    let mut events = alloc::vec![
        on_file(file, FileEvent::Anchored { file: Box::new(anchored) }),
        on_entry(&entry, EntryEvent::Anchored { by: by.clone(), file: digest }),
    ];
    events.extend(body.segment.as_ref().map(|s| {
        let segment = WholeEvent::SegmentAnchored { by, of: s.of, no: s.no, file: digest };
        on_whole(&s.whole.to_string(), segment)
    }));
    Ok(events)
}

/// Refuses a reader that is neither a role nor a party of this network.
fn require_reader(desk: Desk<'_>, reader: &str) -> Result<(), No> {
    if Role::find(reader).is_some() || membership::read_party(desk.world, reader)?.is_some() {
        return Ok(());
    }
    let expected = "the id of a party of this network, or a role as customs or wharf";
    Err(Refusal::new(Rule::UnknownReader, "readers", reader, expected).into())
}

/// Refuses a file that is anchored, unless that was taken back.
fn require_not_anchored(desk: Desk<'_>, file: &str) -> Result<(), No> {
    let found = find_file(desk.world, file)?.filter(|f| f.standing != Standing::Withdrawn);
    let Some(first) = found else { return Ok(()) };
    let found = format!("anchored by {} in entry {}", first.by.party, first.by.entry);
    let expected = "a file that is not anchored; cite that entry, or have it linked";
    Err(Refusal::new(Rule::AnchoredAlready, "file", found, expected).into())
}

/// Refuses a segment that does not fit what is anchored of its whole.
fn require_place_in_whole(desk: Desk<'_>, segment: &Segment) -> Result<(), No> {
    let whole = find_whole(desk.world, &segment.whole.to_string())?;
    let Some(whole) = whole.filter(|w| !w.segments.is_empty()) else { return Ok(()) };
    if (&whole.by.party, whole.of) != (&desk.actor.id, segment.of) {
        let found = format!("{} segments of {}", segment.of, desk.actor.id);
        let expected = format!("{} segments of {}, as begun", whole.of, whole.by.party);
        return Err(Refusal::new(Rule::OtherWhole, "segment.of", found, expected).into());
    }
    if let Some(file) = whole.segments.get(&segment.no) {
        let found = format!("{}, anchored as {file}", segment.no);
        let expected = "a number that no segment of the whole has";
        return Err(Refusal::new(Rule::SegmentTaken, "segment.no", found, expected).into());
    }
    Ok(())
}

/// Refuses a time of keeping that is shorter than the office's rule.
fn require_retention(desk: Desk<'_>, until: u64) -> Result<(), No> {
    let days = desk.parameter("retention_days_min")?;
    let least = desk.now.time.saturating_add(days.saturating_mul(DAY_MS));
    if until >= least {
        return Ok(());
    }
    let expected = format!("{least} or later, {days} days from now");
    Err(Refusal::new(Rule::RetentionShort, "retention_until", until, expected).into())
}

/// The file is about something else too.
pub(super) fn link(desk: Desk<'_>, file: &str, body: &Link) -> Result<Events, No> {
    let anchored = require_file(desk.world, file)?;
    require_subject(desk.world, "subject", &body.subject)?;
    desk.require_anchorer_or_customs(&anchored)?;
    anchored.require_live()?;
    if anchored.subjects.contains(&body.subject) {
        let expected = "a subject that it is not linked to";
        return Err(Refusal::new(Rule::LinkedAlready, "subject", &body.subject, expected).into());
    }
    if anchored.subjects.len() >= FILE_SUBJECTS_MAX {
        let expected = format!("fewer than {FILE_SUBJECTS_MAX} subjects so far");
        let found = anchored.subjects.len();
        return Err(Refusal::new(Rule::LinksFull, "subject", found, expected).into());
    }
    let linked = FileEvent::Linked { by: desk.by(), subject: body.subject.clone() };
    Ok(alloc::vec![on_file(file, linked)])
}
