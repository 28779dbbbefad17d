//! Deadlines: a line's end and the notices before it, a drawdown's due day, a claim without an
//! answer. Each falls on its own subject alone, so that the clock never touches a hot line.

use alloc::{format, string::String, vec::Vec};

use super::{
    events::{DrawdownEvent, Event, Expiry, LineEvent},
    state::{Drawdown, Line, Stage, Standing, State},
};
use crate::calendar::DAY_MS;

/// Days before the end of a line's term on which a notice is given, the earlier first.
const NOTICES: [u64; 2] = [30, 7];

impl State {
    /// The earliest deadline that runs for this subject, in ledger time.
    pub fn next_deadline(&self) -> Option<u64> {
        match self {
            Self::Line(line) => line.next_deadline(),
            Self::Drawdown(drawdown) => drawdown.next_deadline(),
            Self::Enterprise(_) => None,
        }
    }

    /// What happens by itself because deadlines up to `time` have passed.
    pub fn expire(&self, time: u64) -> Vec<Event> {
        if self.next_deadline().is_none_or(|by| by > time) {
            return Vec::new();
        }
        match self {
            Self::Line(line) => line.expiry(time).map(Event::Line).into_iter().collect(),
            Self::Drawdown(drawdown) => {
                drawdown.overdue().map(Event::Drawdown).into_iter().collect()
            }
            Self::Enterprise(_) => Vec::new(),
        }
    }

    /// The subjects under which this one is listed: a line under its guarantor and its enterprise,
    /// a drawdown under its line.
    pub fn listed_under(&self) -> Vec<String> {
        match self {
            Self::Line(line) => {
                let guarantor = line.guarantor.iter().map(|g| format!("guarantor:{g}"));
                guarantor.chain([format!("enterprise:{}", line.enterprise)]).collect()
            }
            Self::Drawdown(drawdown) if !drawdown.filing_no.is_empty() => {
                [format!("line:{}", drawdown.filing_no)].into()
            }
            Self::Drawdown(_) | Self::Enterprise(_) => Vec::new(),
        }
    }
}

impl Line {
    /// Notices that are still to be given, and when.
    fn notices(&self) -> impl Iterator<Item = (u64, u64)> {
        let given = self.notice_days;
        let end = self.valid_to;
        let open = NOTICES.into_iter().filter(move |days| given == 0 || *days < given);
        open.map(move |days| (days, end.saturating_sub(days.saturating_mul(DAY_MS))))
    }

    /// The term includes its last moment.
    fn end(&self) -> u64 {
        self.valid_to.saturating_add(1)
    }

    fn next_deadline(&self) -> Option<u64> {
        if matches!(self.standing, Standing::Expired | Standing::Closed) {
            return None;
        }
        self.notices().map(|(_, at)| at).chain([self.end()]).min()
    }

    fn expiry(&self, time: u64) -> Option<LineEvent> {
        let passed = self.notices().filter(|(_, at)| *at <= time).map(|(days, _)| days);
        let nearest = passed.min().map(Expiry::Within);
        let expiry = if self.end() <= time { Some(Expiry::Over) } else { nearest };
        expiry.map(|expiry| LineEvent::Expiring { expiry })
    }
}

impl Drawdown {
    fn next_deadline(&self) -> Option<u64> {
        match self.stage {
            // The due day includes its last moment.
            Stage::Drawn | Stage::Adjusted => Some(self.due.saturating_add(1)),
            Stage::Claimed => {
                self.claim.as_ref().filter(|c| !c.due.overdue).map(|claim| claim.due.by)
            }
            _ => None,
        }
    }

    fn overdue(&self) -> Option<DrawdownEvent> {
        match self.stage {
            Stage::Drawn | Stage::Adjusted => Some(DrawdownEvent::Overdue),
            Stage::Claimed => Some(DrawdownEvent::ClaimUnanswered),
            _ => None,
        }
    }
}
