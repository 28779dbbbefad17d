//! What becomes of a file: its record, who cites it, and what falls due by itself.

use alloc::{format, string::ToString, vec};

use countersign_record::Digest;
use serde_json::json;

use crate::{
    evidence::state::Standing,
    execute::Cause,
    refusal::{Remedy, Rule},
    testing::{evidence::*, port::*},
};

#[test]
fn a_record_says_what_was_anchored_when_by_whom_and_for_what() {
    let mut port = Port::gated();
    let shown = json!(Digest::of(b"salted").to_string());
    let film = anchor("film")
        .with("media_type", "video/mp4")
        .with("shown_from", START)
        .with("shown_until", START + HOUR)
        .with("device", "CAM-7")
        .with("place", "gate lane 2")
        .with("officer_hash", shown.clone())
        .with("job_sheet_hash", shown);
    let entry = port.does(&film);
    let file = port.file("film");
    assert_eq!((file.standing, file.by.entry), (Standing::Kept, entry));
    assert_eq!((file.by.party.as_str(), file.by.at), (id("river_wharf"), port.time));
    assert_eq!(file.subjects, [box_of(0)]);
    assert_eq!(file.readers, ["customs", id("agent")]);
    assert_eq!(port.anchoring(&entry).files, [Digest::of(b"film")]);
    let port = port.do_all([link("film", &box_of(1)).by("hub_customs")]);
    assert_eq!(port.file("film").subjects, [box_of(0), box_of(1)]);
    assert_eq!(port.ledger.not_folds(), vec![]);
}

#[test]
fn what_is_cited_stays_and_says_where() {
    let mut port = Port::anchored();
    let entry = port.file("photo").by.entry;
    let citing = port.does(&citing(&[entry]));
    let anchoring = port.anchoring(&entry);
    assert_eq!((anchoring.cited, anchoring.is_withdrawn()), (1, false));
    let mut last = port.ledger.history.iter().filter(|h| h.subject.family.name() == "evidence");
    let json = serde_json::to_value(&last.next_back().unwrap().event).unwrap();
    assert_eq!((&json["event"], &json["by"]["entry"]), (&json!("cited"), &json!(citing)));
    assert_eq!(json["subject"], "combined_port/box:CSQU3054384");
    let no = port.tries(&withdraw("photo")).unwrap_err();
    assert_eq!((no.rule, no.remedy), (Rule::CitedAlready, Remedy::Signer));
    // The time of keeping ends all the same, and so does the original.
    let port = port.after(70 * DAY).do_all([destroy("photo")]);
    assert_eq!(port.file("photo").standing, Standing::Destroyed);
    assert_eq!(port.ledger.not_folds(), vec![]);
}

#[test]
fn a_file_that_is_cited_in_place_of_its_entry_is_told_the_entry() {
    let mut port = Port::anchored();
    let entry = port.file("photo").by.entry;
    let no = port.tries(&citing(&[Digest::of(b"photo")])).unwrap_err();
    assert_eq!(no.expected, format!("{entry}, the entry that anchored this file"));
    assert_eq!(no.found, file("photo"));
    let no = port.tries(&citing(&[Digest::of(b"nothing")])).unwrap_err();
    assert!(no.expected.contains("countersign evidence add"), "{no}");
    assert!(no.rule.is_transient());
}

/// An entry of two files can be cited as long as one of them stands.
#[test]
fn an_entry_of_many_files_is_withdrawn_with_the_last_of_them() {
    let mut port = Port::gated();
    let both = [anchor("one").action(), anchor("two").action()];
    let statement = port.statement("river_wharf", both.into());
    port.time += 1000;
    let entry = port.ledger.submit(port.time, statement).unwrap();
    let mut half = port.do_all([withdraw("one")]);
    assert_eq!(half.anchoring(&entry).withdrawn, [Digest::of(b"one")]);
    half.clone().does(&citing(&[entry]));
    half.does(&withdraw("two"));
    assert_eq!(half.tries(&citing(&[entry])).unwrap_err().rule, Rule::EvidenceWithdrawn);
    assert_eq!(half.ledger.not_folds(), vec![]);
}

#[test]
fn a_film_is_anchored_segment_by_segment() {
    let port = Port::gated().do_all([segment("a", 1, 3), segment("c", 3, 3)]);
    let whole = port.whole("film");
    assert_eq!((whole.of, whole.by.party.as_str()), (3, id("river_wharf")));
    let numbers: alloc::vec::Vec<u32> = whole.segments.keys().copied().collect();
    assert_eq!(numbers, [1, 3]);
    // Once all are taken back it may be cut otherwise, and by somebody else.
    let port = port.do_all([withdraw("a"), withdraw("c"), segment("a", 1, 2).by("agent")]);
    assert_eq!((port.whole("film").of, port.whole("film").by.party.as_str()), (2, id("agent")));
    assert_eq!(port.ledger.not_folds(), vec![]);
}

#[test]
fn the_time_of_keeping_ends_by_itself_and_the_digest_stays() {
    let mut port = Port::anchored();
    let until = port.file("photo").retention_until;
    let subject = format!("file:{}", file("photo"));
    let told =
        |port: &Port| port.alerts().iter().any(|a| *a == ("retention_over", subject.clone()));
    port.wait(until - port.time);
    assert!(!told(&port));
    let before = port.ledger.history.len();
    port.wait(1);
    assert!(told(&port));
    let fired = &port.ledger.history[before..];
    assert!(fired.iter().any(|h| h.cause == Cause::Clock && h.subject.subject == subject));
    port.wait(DAY);
    assert_eq!(
        port.ledger.history.iter().filter(|h| h.subject.subject == subject).count(),
        2,
        "anchored, and over once"
    );
    let alert = port.ledger.alerts().into_iter().find(|a| a.subject == subject).unwrap();
    assert_eq!((alert.parties, alert.deadline), (vec![id("river_wharf").to_string()], Some(until)));
    // Kept for longer, it falls due again; destroyed, never.
    let longer = port.time + 10 * DAY;
    let mut kept = port.clone().do_all([retain("photo", longer).by("hub_customs")]);
    assert!(!told(&kept));
    kept.wait(10 * DAY + 1);
    assert!(told(&kept));
    let gone = port.do_all([destroy("photo")]);
    assert!(!told(&gone));
    assert_eq!(gone.file("photo").ended.unwrap().reason, "time is over");
    // It still is what was anchored, and may be cited.
    let entry = gone.file("photo").by.entry;
    assert_eq!(gone.do_all([citing(&[entry])]).ledger.not_folds(), vec![]);
}
