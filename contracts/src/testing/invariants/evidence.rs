//! What must hold on every ledger with evidence, by name.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    format,
    string::String,
};

use crate::{
    evidence::{Event, State, events::EntryEvent, state::Standing},
    family,
    testing::port::*,
};

/// What holds after every step.
pub(crate) fn invariants(port: &Port) {
    invariant_a_file_is_anchored_once(port);
    invariant_what_is_cited_exists_and_stays(port);
}

/// Between two anchors of one file lies its withdrawal.
fn invariant_a_file_is_anchored_once(port: &Port) {
    let mut live = BTreeSet::new();
    for happening in &port.ledger.history {
        match &happening.event {
            family::Event::Evidence(Event::Entry(EntryEvent::Anchored { file, .. })) => {
                assert!(live.insert(*file), "{file} anchored twice");
            }
            family::Event::Evidence(Event::Entry(EntryEvent::Withdrawn { file })) => {
                assert!(live.remove(file), "{file} withdrawn twice");
            }
            _ => {}
        }
    }
}

/// Every citation on record points at an entry whose file stands, and is counted there.
fn invariant_what_is_cited_exists_and_stays(port: &Port) {
    let mut citations: BTreeMap<String, u64> = BTreeMap::new();
    for happening in &port.ledger.history {
        if let family::Event::Evidence(Event::Entry(EntryEvent::Cited { .. })) = &happening.event {
            *citations.entry(happening.subject.subject.clone()).or_default() += 1;
        }
    }
    for (key, record) in port.ledger.records() {
        let family::State::Evidence(state) = &record.state else { continue };
        match state {
            State::Entry(entry) => {
                let cited = citations.remove(&key.subject).unwrap_or(0);
                assert_eq!(entry.cited, cited, "{key}");
                assert!(cited == 0 || entry.withdrawn.is_empty(), "{key} is cited and withdrawn");
                assert!(!entry.files.is_empty(), "{key}");
            }
            State::File(file) => {
                let entry = port.anchoring(&file.by.entry);
                let gone = entry.withdrawn.iter().any(|f| key.subject == format!("file:{f}"));
                assert_eq!(gone, file.standing == Standing::Withdrawn, "{key}");
            }
            State::Whole(whole) => {
                assert!(whole.segments.keys().all(|no| (1..=whole.of).contains(no)), "{key}");
            }
        }
    }
    assert!(citations.is_empty(), "cited without a record: {citations:?}");
}
