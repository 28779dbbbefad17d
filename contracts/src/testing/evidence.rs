//! Evidence on the network of `port`: files, the statements about them, and readers.

use alloc::{
    boxed::Box,
    format,
    string::{String, ToString},
    vec::Vec,
};

use countersign_record::{Digest, statement::EntryId};
use serde_json::{Value, json};

use super::{MemoryLedger, port::*};
use crate::{
    evidence::{
        Event, State,
        events::{EntryEvent, FileEvent},
        state::{AnchoringEntry, By, File, Standing, Whole},
    },
    family::{self, FamilyName},
    world::SubjectKey,
};

/// What the founding document says of evidence: days.
pub(crate) const RETENTION_DAYS: u64 = 30;

pub(crate) fn parameters() -> Vec<(String, i64)> {
    let days = i64::try_from(RETENTION_DAYS).unwrap();
    [("evidence.retention_days_min".into(), days)].into()
}

/// One file of evidence that was anchored before everything else, by the entry [`hash`].
pub(crate) fn anchored_before(ledger: &mut MemoryLedger) {
    let key = |name: String| SubjectKey::new(FamilyName::Evidence, name);
    let entry = Digest::of(b"evidence");
    let by = By { party: id("river_customs").into(), entry, at: START };
    let digest = Digest::of(b"a photograph");
    let file = File {
        standing: Standing::Kept,
        by: by.clone(),
        media_type: "image/jpeg".into(),
        bytes: 12,
        kept_at: "customs archive".into(),
        // No deadline of this file falls into a test.
        retention_until: u64::MAX,
        subjects: Vec::new(),
        readers: Vec::new(),
        shown_from: None,
        shown_until: None,
        device: None,
        place: None,
        officer_hash: None,
        job_sheet_hash: None,
        segment: None,
        ended: None,
    };
    let anchored = Event::File(FileEvent::Anchored { file: Box::new(file) });
    let noted = Event::Entry(EntryEvent::Anchored { by, file: digest });
    ledger.begin_with(Vec::from([
        (key(format!("file:{digest}")), family::Event::Evidence(anchored)),
        (key(format!("entry:{entry}")), family::Event::Evidence(noted)),
    ]));
}

/// The digest of a file that holds these words.
pub(crate) fn file(words: &str) -> String {
    Digest::of(words.as_bytes()).to_string()
}

fn on(who: &'static str, kind: &'static str, words: &str, body: Value) -> Act {
    Act { family: "evidence", ..act(who, kind, format!("file:{}", file(words)), body) }
}

/// The river wharf anchors a photograph of the first container.
pub(crate) fn anchor(words: &str) -> Act {
    let body = json!({
        "media_type": "image/jpeg", "bytes": words.len(), "kept_at": "wharf archive, shelf 4",
        "retention_until": START + 60 * DAY, "subjects": [box_of(0)],
        "readers": ["customs", id("agent")],
    });
    on("river_wharf", "anchor", words, body)
}

/// Customs anchors a photograph that shows none of the goods, so that it can be the first of all.
pub(crate) fn photograph() -> Act {
    let about = format!("membership/party:{}", id("river_wharf"));
    Act { who: "river_customs", ..anchor("photograph").with("subjects", json!([about])) }
}

/// A segment of a film.
pub(crate) fn segment(words: &str, no: u32, of: u32) -> Act {
    let whole = Digest::of(b"film").to_string();
    anchor(words).with("segment", json!({ "no": no, "of": of, "whole": whole }))
}

/// A container with its family.
pub(crate) fn box_of(n: usize) -> String {
    format!("combined_port/box:{}", BOXES[n])
}

pub(crate) fn link(words: &str, subject: &str) -> Act {
    on("river_wharf", "link", words, json!({ "subject": subject }))
}

pub(crate) fn withdraw(words: &str) -> Act {
    on("river_wharf", "withdraw", words, json!({ "reason": "of another box" }))
}

pub(crate) fn retain(words: &str, until: u64) -> Act {
    let body = json!({ "retention_until": until, "reason": "a case is pending" });
    on("river_wharf", "retain", words, body)
}

pub(crate) fn destroy(words: &str) -> Act {
    on("river_wharf", "destroy", words, json!({ "reason": "time is over" }))
}

/// Customs notes a container whose number fails its check digit, citing these entries.
pub(crate) fn citing(entries: &[EntryId]) -> Act {
    let cited: Value = entries.iter().map(|e| json!(e.to_string())).collect();
    let body = json!({ "reason": "painted before 1995", "evidence": cited });
    act("river_customs", "legacy_box", "box:CSQU3054384", body)
}

impl Port {
    /// A photograph of the first container is anchored.
    pub(crate) fn anchored() -> Self {
        Self::gated().do_all([anchor("photo")])
    }

    fn evidence(&self, subject: &str) -> Option<State> {
        let key = SubjectKey::new(FamilyName::Evidence, subject);
        match &self.ledger.records().get(&key)?.state {
            family::State::Evidence(state) => Some(state.clone()),
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn file(&self, words: &str) -> File {
        match self.evidence(&format!("file:{}", file(words))) {
            Some(State::File(file)) => file.take(),
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn anchoring(&self, entry: &EntryId) -> AnchoringEntry {
        match self.evidence(&format!("entry:{entry}")) {
            Some(State::Entry(entry)) => entry.take(),
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn whole(&self, words: &str) -> Whole {
        match self.evidence(&format!("whole:{}", file(words))) {
            Some(State::Whole(whole)) => whole.take(),
            other => panic!("{other:?}"),
        }
    }
}
