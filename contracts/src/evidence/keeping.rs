//! How long a file's original is kept, and how its record ends: destroyed in time, or withdrawn.

use alloc::{format, string::ToString};

use super::{
    bodies::{Reason, Retention},
    events::{EntryEvent, FileEvent, WholeEvent},
    reading::{digest_of, entry_of, on_entry, on_file, on_whole, require_file},
    state::{Ended, Standing},
};
use crate::{
    family::{Events, desk::Desk},
    refusal::{Refusal, Rule},
    world::No,
};

/// The file was anchored in error. What a decision rests on stays.
pub(super) fn withdraw(desk: Desk<'_>, file: &str, body: &Reason) -> Result<Events, No> {
    let anchored = require_file(desk.world, file)?;
    desk.require_anchorer(&anchored)?;
    anchored.require_live()?;
    let cited = entry_of(desk.world, &anchored)?.map_or(0, |e| e.cited);
    if cited > 0 {
        let found = format!("entry {}, cited {cited} times", anchored.by.entry);
        let expected = "a file whose entry nobody has cited";
        return Err(Refusal::new(Rule::CitedAlready, "file", found, expected).into());
    }
    let ended = Ended { by: desk.by(), reason: body.reason.clone() };
    let withdrawn = EntryEvent::Withdrawn { file: digest_of(file) };
    let mut events = alloc::vec![
        on_file(file, FileEvent::Withdrawn { ended }),
        on_entry(&anchored.by.entry.to_string(), withdrawn),
    ];
    events.extend(
        anchored
            .segment
            .as_ref()
            .map(|s| on_whole(&s.whole.to_string(), WholeEvent::SegmentWithdrawn { no: s.no })),
    );
    Ok(events)
}

/// The original is kept for longer, also after its time was over.
pub(super) fn retain(desk: Desk<'_>, file: &str, body: &Retention) -> Result<Events, No> {
    let anchored = require_file(desk.world, file)?;
    desk.require_anchorer_or_customs(&anchored)?;
    anchored.require_live()?;
    let last = anchored.retention_until.max(desk.now.time);
    if body.retention_until <= last {
        let (found, expected) = (body.retention_until, format!("later than {last}"));
        let refusal = Refusal::new(Rule::RetentionShort, "retention_until", found, expected);
        return Err(refusal.into());
    }
    let retained = FileEvent::Retained {
        by: desk.by(),
        retention_until: body.retention_until,
        reason: body.reason.clone(),
    };
    Ok(alloc::vec![on_file(file, retained)])
}

/// The original is destroyed, its time being over. The digest stays, and so does what cites it.
pub(super) fn destroy(desk: Desk<'_>, file: &str, body: &Reason) -> Result<Events, No> {
    let anchored = require_file(desk.world, file)?;
    desk.require_anchorer(&anchored)?;
    anchored.require_live()?;
    if anchored.standing != Standing::RetentionOver && desk.now.time <= anchored.retention_until {
        let expected = format!("a time after {}", anchored.retention_until);
        let found = desk.now.time;
        return Err(Refusal::new(Rule::RetentionRuns, "retention_until", found, expected).into());
    }
    let ended = Ended { by: desk.by(), reason: body.reason.clone() };
    Ok(alloc::vec![on_file(file, FileEvent::Destroyed { ended })])
}
