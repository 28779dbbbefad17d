//! What is answered to somebody who drops a file and has signed nothing yet: the report, and all
//! that he would sign.

use serde::Serialize;

use super::{
    LeftOut, Plan, Report,
    limits::DROPPED_CONTAINERS_MAX,
    reason::{Code, Position, Reason},
};
use crate::draft::{Draft, VALID_FOR_MS};

/// A file with the entries that it would make.
#[derive(Debug, Serialize)]
pub struct Dropped {
    /// What is in the file.
    pub report: Report,
    /// Movements that make no entry.
    pub left_out: Vec<LeftOut>,
    /// The entries to be, as `countersign entry submit` takes them; `expires` is filled in.
    pub drafts: Vec<Draft>,
    /// Of each draft the body of each action, encoded: hexadecimal digits, ready to be signed.
    pub bodies: Vec<Vec<String>>,
}

impl Dropped {
    /// Puts a report and its plan together. A report of very many containers is left to the command
    /// line: the file is refused as a whole.
    pub fn new(report: Report, plan: Plan) -> Self {
        let seen = report.containers.seen;
        if seen > DROPPED_CONTAINERS_MAX {
            let (found, expected) = (seen.to_string(), DROPPED_CONTAINERS_MAX.to_string());
            let at = Position { line: 1, segment: 1, offset: 0 };
            let why = Reason::new(Code::TooManyDropped, at, &found, &expected);
            let report = Report::new(report.file, Some(why), Vec::new());
            return Self { report, left_out: Vec::new(), drafts: Vec::new(), bodies: Vec::new() };
        }
        let Plan { mut drafts, left_out, bodies } = plan;
        for draft in &mut drafts {
            draft.expires = Some(draft.event_time.saturating_add(VALID_FOR_MS));
        }
        let bodies = bodies.iter().map(|of| of.iter().map(hex::encode).collect()).collect();
        Self { report, left_out, drafts, bodies }
    }
}
