use serde_json::{Value, json};

use super::*;
use crate::language::Language;

/// A node of four that have one vote each, and all is well.
fn status() -> Value {
    let validator = |party: &str| json!({ "party": party, "power": 1, "names": { "en": format!("{party}-en"), "zh": party } });
    let validators = ["A", "B", "C", "D"].map(validator);
    json!({
        "party": "A",
        "height": 100,
        "time": 1_000_000,
        "last_batch_age_ms": 100,
        "heartbeat_ms": 5000,
        "backlog": 0,
        "backlog_max": 1000,
        "backlog_bytes": 0,
        "backlog_bytes_max": 64000,
        "clock": { "now": 1_000_000, "others_ahead_ms": { "B": -20, "C": 10, "D": 300 } },
        "roots": { "cannot_follow": null, "differ": {} },
        "rules_known": 2,
        "rules_to_come": null,
        "validators": validators,
        "consensus": {
            "height": 101, "round": 0, "phase": "idle",
            "connected": ["B", "C", "D"], "missing": [],
            "tips": { "B": 100, "C": 101, "D": 100 },
            "last_fault": null, "silence": null,
        },
    })
}

fn changed(changes: &[(&str, Value)]) -> Facts {
    let mut status = status();
    for (place, value) in changes {
        *status.pointer_mut(place).unwrap() = value.clone();
    }
    Facts::read(&status, 0)
}

fn found(changes: &[(&str, Value)]) -> (bool, Cause) {
    let finding = diagnose(&changed(changes));
    (finding.stuck, finding.cause)
}

const AGE: &str = "/last_batch_age_ms";
const MISSING: &str = "/consensus/missing";
const CONNECTED: &str = "/consensus/connected";
const TIPS: &str = "/consensus/tips";
const CLOCKS: &str = "/clock/others_ahead_ms";
const DIFFER: &str = "/roots/differ";
const FAULT: &str = "/consensus/last_fault";
const SILENCE: &str = "/consensus/silence";

/// In this state no batch is made.
fn long() -> (&'static str, Value) {
    (AGE, json!(20_001))
}

#[test]
fn a_network_is_stuck_after_four_heartbeats() {
    assert_eq!(found(&[]), (false, Cause::Moves));
    assert_eq!(found(&[(AGE, json!(20_000))]), (false, Cause::Moves));
    assert_eq!(found(&[long()]), (true, Cause::Unexplained));
    assert_eq!(found(&[long(), ("/heartbeat_ms", json!(6000))]), (false, Cause::Moves));
}

#[test]
fn who_is_missing_is_weighed() {
    let one = (MISSING, json!(["B"]));
    let two = (MISSING, json!(["B", "C"]));
    let three = (MISSING, json!(["B", "C", "D"]));
    let nobody = (CONNECTED, json!([]));
    assert_eq!(found(std::slice::from_ref(&one)), (false, Cause::Moves));
    assert_eq!(found(&[one, long()]), (true, Cause::Unexplained));
    assert_eq!(found(&[two.clone(), long()]), (true, Cause::QuorumLost));
    assert_eq!(found(std::slice::from_ref(&two)), (false, Cause::QuorumLost));
    assert_eq!(found(&[three.clone(), nobody.clone(), long()]), (true, Cause::Alone));
    // One validator is a network of its own.
    let only = ("/validators", json!([{ "party": "A", "power": 1 }]));
    assert_eq!(found(&[nobody, only]), (false, Cause::Moves));
    // Power counts, not heads.
    let heavy = [("A", 7), ("B", 1), ("C", 1), ("D", 1)]
        .map(|(party, power)| json!({ "party": party, "power": power }));
    assert_eq!(found(&[two, long(), ("/validators", json!(heavy))]), (true, Cause::Unexplained));
    // Exactly two thirds decide nothing.
    let three_voters = ["A", "B", "C"].map(|party| json!({ "party": party, "power": 1 }));
    let facts = changed(&[(MISSING, json!(["B"])), ("/validators", json!(three_voters)), long()]);
    assert_eq!((facts.power_needed(), diagnose(&facts).cause), (3, Cause::QuorumLost));
    // Who does not vote may reach few and follow all the same.
    let follower = ("/party", json!("F"));
    assert_eq!(found(&[three.clone(), follower.clone()]), (false, Cause::Moves));
    assert_eq!(found(&[three, follower, long()]), (true, Cause::QuorumLost));
}

#[test]
fn who_is_behind_catches_up_or_is_left_behind_and_one_liar_says_nothing() {
    let ahead = (TIPS, json!({ "B": 150, "C": 160, "D": 100 }));
    let one = (TIPS, json!({ "B": 100, "C": u64::MAX, "D": 100 }));
    let hair = (TIPS, json!({ "B": 101, "C": 101, "D": 101 }));
    assert_eq!(changed(std::slice::from_ref(&ahead)).behind, 50);
    assert_eq!(found(std::slice::from_ref(&ahead)), (false, Cause::CatchingUp));
    assert_eq!(found(&[ahead, long()]), (true, Cause::LeftBehind));
    assert_eq!(found(&[one]), (false, Cause::Moves));
    assert_eq!(found(&[hair]), (false, Cause::Moves));
}

#[test]
fn roots_that_differ_are_named() {
    let difference = json!({ "height": 101, "field": "state_root", "here": "a", "there": "b" });
    let theirs = (DIFFER, json!({ "C": difference.clone() }));
    let ours = ("/roots/cannot_follow", difference);
    assert_eq!(changed(std::slice::from_ref(&theirs)).differ, ["C"]);
    assert_eq!(found(std::slice::from_ref(&theirs)), (false, Cause::RootsDiffer));
    assert_eq!(found(&[theirs.clone(), long()]), (true, Cause::RootsDiffer));
    assert_eq!(found(std::slice::from_ref(&ours)), (false, Cause::OwnRootsDiffer));
    assert_eq!(found(&[ours.clone(), theirs, long()]), (true, Cause::OwnRootsDiffer));
    let said = Cause::OwnRootsDiffer.what(&changed(&[ours]), Language::En);
    assert!(said.contains("batch 101") && said.contains("state_root"), "{said}");
}

#[test]
fn a_clock_is_off_where_most_others_say_so() {
    let clocks = |b: i64, c: i64, d: i64| (CLOCKS, json!({ "B": b, "C": c, "D": d }));
    assert_eq!(found(&[clocks(10_001, 60_000, 10_001)]), (false, Cause::ClockLags));
    assert_eq!(found(&[clocks(-10_001, -60_000, 0)]), (false, Cause::ClockLeads));
    assert_eq!(found(&[clocks(60_000, 0, 0)]), (false, Cause::OthersClock));
    assert_eq!(found(&[clocks(10_000, 10_000, -10_000)]), (false, Cause::Moves));
    assert_eq!(found(&[clocks(10_001, 60_000, 10_001), long()]), (true, Cause::ClockLags));
    assert_eq!(found(&[clocks(i64::MIN, i64::MIN, i64::MIN)]), (false, Cause::ClockLeads));
    // One other alone does not outvote this node, and of two the milder counts.
    assert_eq!(found(&[(CLOCKS, json!({ "B": 60_000 }))]), (false, Cause::OthersClock));
    assert_eq!(found(&[(CLOCKS, json!({ "B": 60_000, "C": 0 }))]), (false, Cause::OthersClock));
    let ledger = |time: u64| ("/time", json!(time));
    assert_eq!(found(&[ledger(1_010_001)]), (false, Cause::ClockLags));
    assert_eq!(found(&[ledger(1_010_000)]), (false, Cause::Moves));
    let said = Cause::ClockLags.what(&changed(&[ledger(4_600_000)]), Language::En);
    assert!(said.contains("3600 s"), "{said}");
}

#[test]
fn what_stops_this_node_itself_goes_before_the_rest() {
    let mut full = status();
    full["disk"] = json!({ "free_bytes": 5_000_000, "full": true });
    let facts = Facts::read(&full, 0);
    assert_eq!(diagnose(&facts).cause, Cause::DiskFull);
    assert!(Cause::DiskFull.what(&facts, Language::Zh).contains("5 MB"));
    full["disk"]["full"] = json!(false);
    assert_eq!(diagnose(&Facts::read(&full, 0)).cause, Cause::Moves);
    let guard = (FAULT, json!("double-sign guard: round 3 was signed already"));
    assert_eq!(found(&[guard.clone(), (MISSING, json!(["B", "C"]))]), (false, Cause::DoubleSign));
    assert_eq!(found(&[(FAULT, json!("a turn passed"))]), (false, Cause::Moves));
    let silent = (SILENCE, json!("double-sign guard: what this key has signed is not known"));
    assert_eq!(found(&[silent.clone(), (MISSING, json!(["B", "C"]))]), (false, Cause::Silent));
    let said = Cause::Silent.what(&changed(&[silent]), Language::En);
    assert!(said.ends_with("is not known"), "{said}");
}

#[test]
fn rules_to_come_and_a_full_queue_are_told_in_time() {
    let rules = |version: u32| ("/rules_to_come", json!({ "version": version, "height": 500 }));
    assert_eq!(found(&[rules(3)]), (false, Cause::RulesUnknown));
    assert_eq!(found(&[rules(2)]), (false, Cause::Moves));
    assert_eq!(found(&[("/backlog", json!(900))]), (false, Cause::QueueFull));
    assert_eq!(found(&[("/backlog", json!(899))]), (false, Cause::Moves));
    assert_eq!(found(&[("/backlog_bytes", json!(57_600))]), (false, Cause::QueueFull));
    assert_eq!(found(&[("/backlog_bytes", json!(57_599))]), (false, Cause::Moves));
}

#[test]
fn a_node_of_another_version_and_nonsense_are_read_as_far_as_they_go() {
    // What nodes said before: the age from the time of the last batch.
    let old = json!({ "time": 1_000, "validators": [], "consensus": { "missing": [] } });
    assert!(diagnose(&Facts::read(&old, 22_000)).stuck);
    assert!(!diagnose(&Facts::read(&old, 21_000)).stuck);
    for nonsense in [json!(null), json!([1]), json!({ "consensus": 7, "validators": "x" })] {
        let facts = Facts::read(&nonsense, 0);
        assert!(!Cause::Unexplained.what(&facts, Language::En).is_empty());
    }
}

#[test]
fn every_cause_has_its_words_in_both_languages() {
    let mut codes = std::collections::BTreeSet::new();
    let facts = changed(&[(MISSING, json!(["B", "C"])), (FAULT, json!("{here} is not filled"))]);
    for cause in Cause::ALL {
        assert!(codes.insert(cause.code()));
        for (language, chinese) in [(Language::En, false), (Language::Zh, true)] {
            for text in [cause.what(&facts, language), cause.remedy(&facts, language)] {
                assert_eq!(text.chars().any(|c| c as u32 > 0x2e80), chinese, "{text}");
                assert!(!text.replace("{here} is not", "").contains(['{', '}']), "{text}");
            }
        }
    }
    let said = Cause::QuorumLost.what(&facts, Language::En);
    assert!(said.contains("2 of 4 voting power, and 3 are needed"), "{said}");
    assert!(said.contains("B-en (B), C-en (C)"), "{said}");
}
