//! The rules of proposals as tables.

use alloc::{format, string::String, vec, vec::Vec};

use serde_json::{Value, json};

use super::*;
use crate::{
    limits::{HEIGHTS_AHEAD_MAX, PROPOSALS_PER_PARTY_MAX},
    refusal::Rule,
    testing::table::{Row, beside},
};

/// A height that no row reaches.
const LATER: u64 = 50;
const SLA: &str = "combined_port.hold_response_ms";

fn hold(name: &str, height: u64) -> Act {
    propose(name, height, set_parameter(SLA, 1))
}

fn one(rule: Rule, bad: Act, good: Act) -> Row {
    beside(rule, &four(), vec![bad], vec![good])
}

/// Two changes, proposed: one that a rule refuses, one that passes.
fn changes(rule: Rule, bad: Value, good: Value) -> Row {
    one(rule, propose("a", LATER, bad), propose("a", LATER, good))
}

pub(super) fn proposal_rows() -> Vec<Row> {
    let ahead = HEIGHTS_AHEAD_MAX;
    let many = |last: Act| {
        let mut acts: Vec<Act> = (0_u64..)
            .take(PROPOSALS_PER_PARTY_MAX)
            .map(|n| hold(&format!("p{n}"), LATER + n))
            .collect();
        acts.push(last);
        acts.push(hold("further", LATER + 40));
        acts
    };
    let long = "x".repeat(65);
    vec![
        one(Rule::NotAVoter, hold("a", LATER).by("tally"), hold("a", LATER).by("hub_wharf")),
        beside(
            Rule::ProposalExists,
            &four(),
            vec![hold("a", LATER), hold("a", LATER + 1)],
            vec![hold("a", LATER), hold("b", LATER + 1)],
        ),
        // The first batch is that of height 1.
        one(Rule::EffectiveHeight, hold("a", 1), hold("a", 2)),
        one(Rule::EffectiveHeight, hold("a", 2 + ahead), hold("a", 1 + ahead)),
        beside(
            Rule::EffectiveHeight,
            &four(),
            vec![hold("a", LATER), hold("b", LATER).by("hub_wharf")],
            vec![hold("a", LATER), hold("b", LATER + 1).by("hub_wharf")],
        ),
        beside(
            Rule::TooManyProposals,
            &four(),
            many(hold("another's", LATER + 30).by("hub_wharf")),
            many(withdraw("p2")),
        ),
        one(Rule::FieldMissing, hold("a", LATER).with("reason", " "), hold("a", LATER)),
        one(Rule::FieldValue, hold(&long, LATER), hold(&long[1..], LATER)),
    ]
}

pub(super) fn approval_rows() -> Vec<Row> {
    let open = || four().do_all([hold("a", LATER)]);
    let from = |rule, bad: Vec<Act>, good: Vec<Act>| beside(rule, &open(), bad, good);
    let agreed = || vec![approve("hub_wharf", "a"), approve("river_wharf", "a")];
    vec![
        from(Rule::NotAVoter, vec![approve("tally", "a")], vec![approve("hub_wharf", "a")]),
        from(
            Rule::NoSuchProposal,
            vec![approve("hub_wharf", "b")],
            vec![approve("hub_wharf", "a")],
        ),
        from(Rule::NoSuchProposal, vec![withdraw("b")], vec![withdraw("a")]),
        from(
            Rule::ProposalOver,
            vec![withdraw("a"), approve("hub_wharf", "a")],
            vec![approve("hub_wharf", "a")],
        ),
        from(Rule::ProposalOver, vec![withdraw("a"), withdraw("a")], vec![withdraw("a")]),
        from(
            Rule::ApprovedAlready,
            vec![approve("river_customs", "a")],
            vec![approve("hub_customs", "a")],
        ),
        from(Rule::NotProposer, vec![withdraw("a").by("hub_wharf")], vec![withdraw("a")]),
        from(
            Rule::ProposalCarried,
            [agreed(), vec![withdraw("a")]].concat(),
            vec![approve("hub_wharf", "a"), withdraw("a")],
        ),
        from(Rule::FieldMissing, vec![withdraw("a").with("reason", "")], vec![withdraw("a")]),
    ]
}

pub(super) fn node_rows() -> Vec<Row> {
    let fifth = || seat("carrier", "carrier", 1);
    let stranger = json!({ "set_node": { "party": "91440606MA7DEM120G",
        "node": follower("carrier") } });
    let weak = NodeKeys { network_key: PublicKey([0; 32]), ..node("carrier", 1) };
    let same =
        NodeKeys { network_key: node("carrier", 1).validator_key.unwrap(), ..node("carrier", 1) };
    let idle = NodeKeys { power: 1, ..follower("carrier") };
    let powerless = NodeKeys { power: 0, ..node("carrier", 1) };
    let of = |node: &NodeKeys| set_node("carrier", "carrier", node);
    vec![
        changes(Rule::NoSuchParty, stranger, seat("carrier", "carrier", 0)),
        changes(Rule::WeakKey, of(&weak), fifth()),
        changes(Rule::DuplicateItem, of(&same), fifth()),
        changes(Rule::FieldValue, of(&idle), fifth()),
        changes(Rule::FieldValue, of(&powerless), fifth()),
        changes(Rule::NoSuchNode, unseat("hub_wharf", "carrier"), unseat("hub_wharf", "hub_wharf")),
        changes(Rule::NoSuchNode, unseat("carrier", "hub_wharf"), unseat("hub_wharf", "hub_wharf")),
        changes(
            Rule::NoChange,
            seat("hub_wharf", "hub_wharf", 1),
            seat("hub_wharf", "hub_wharf", 0),
        ),
        changes(
            Rule::CustomsNotSuspended,
            json!({ "suspend": { "party": id("hub_customs") } }),
            json!({ "suspend": { "party": id("hub_wharf") } }),
        ),
        changes(
            Rule::AlreadySo,
            json!({ "reinstate": { "party": id("hub_wharf") } }),
            json!({ "suspend": { "party": id("hub_wharf") } }),
        ),
    ]
}

pub(super) fn key_rows() -> Vec<Row> {
    let fifth = || seat("carrier", "carrier", 1);
    let unproven = |proof: Value| {
        let mut change = fifth();
        change["set_node"]["proof"] = proof;
        change
    };
    let other_partys = seat("hub_wharf", "carrier", 1)["set_node"]["proof"].clone();
    let with_keys = |network: &PublicKey, validator: &str| {
        let key = key_of(&format!("{validator} validator")).public();
        let node = NodeKeys { network_key: *network, validator_key: Some(key), power: 1 };
        set_node("carrier", validator, &node)
    };
    let own = node("carrier", 1).network_key;
    vec![
        changes(Rule::BadSignature, unproven(Value::Null), fifth()),
        changes(Rule::BadSignature, unproven(other_partys), fifth()),
        // The keys of another node, and the key that signs a party's entries.
        changes(Rule::KeyInUse, with_keys(&node("tally", 1).network_key, "hub_wharf"), fifth()),
        changes(Rule::KeyInUse, with_keys(&node("hub_wharf", 1).network_key, "tally"), fifth()),
        changes(
            Rule::KeyInUse,
            with_keys(&node("hub_wharf", 1).validator_key.unwrap(), "tally"),
            fifth(),
        ),
        changes(Rule::KeyInUse, with_keys(&public("agent"), "tally"), with_keys(&own, "tally")),
    ]
}

pub(super) fn power_rows() -> Vec<Row> {
    let suspended = || json!({ "suspend": { "party": id("hub_wharf") } });
    let three = || voting_under(versions::NEWEST, &FOUR[..3]);
    let seven = || {
        let powers = [("river_customs", 2), ("hub_customs", 2), ("river_wharf", 2)];
        voting_under(versions::NEWEST, &[powers[0], powers[1], powers[2], ("hub_wharf", 1)])
    };
    let at = |from: Port, rule, bad: Value, good: Value| {
        let (bad, good) = (propose("a", LATER, bad), propose("a", LATER, good));
        beside(rule, &from, vec![bad], vec![good])
    };
    vec![
        // From version 2 on, one office decides on parties that do not vote.
        one(Rule::NeedsVote, suspend("hub_wharf"), suspend("tally")),
        beside(
            Rule::NeedsVote,
            &four(),
            vec![suspend("hub_wharf")],
            vec![propose("a", LATER, suspended())],
        ),
        at(
            voting_under(versions::NEWEST, &[("river_customs", 1)]),
            Rule::NoValidatorsLeft,
            unseat("river_customs", "river_customs"),
            set_parameter(SLA, 1),
        ),
        // Two of seven are less than a third, yet four of the five that are left are a quorum.
        at(
            seven(),
            Rule::CustomsAlone,
            unseat("river_wharf", "river_wharf"),
            unseat("hub_wharf", "hub_wharf"),
        ),
        // Four that stay are a quorum of five, and none of six.
        changes(Rule::TooMuchAtOnce, seat("carrier", "carrier", 2), seat("carrier", "carrier", 1)),
        // Two that stay are no quorum of three; three of four are one.
        at(three(), Rule::TooMuchAtOnce, unseat("hub_customs", "hub_customs"), {
            seat("carrier", "carrier", 1)
        }),
        changes(
            Rule::TooMuchAtOnce,
            seat("hub_wharf", "hub_wharf", 3),
            seat("hub_wharf", "hub_wharf", 2),
        ),
    ]
}

pub(super) fn parameter_rows() -> Vec<Row> {
    let rules = |version: u32| json!({ "set_rules": { "version": version } });
    let grade = |name: &str| set_parameter(&format!("bonded_oil.grade.{name}"), 1);
    let twice = json!({ "set_parameters": { "parameters":
        [{ "name": SLA, "value": 1 }, { "name": SLA, "value": 2 }] } });
    let none = json!({ "set_parameters": { "parameters": [] } });
    let day = i64::try_from(DAY).unwrap();
    let long = |n: usize| {
        set_parameter(&format!("bonded_oil.grade.{}.density_max_g_m3", "x".repeat(n)), 1)
    };
    let taken = String::from("bonded_oil.grade.RMG500.density_max_g_m3");
    vec![
        changes(
            Rule::UnknownParameter,
            set_parameter("combined_port.patience_ms", 1),
            set_parameter(SLA, 1),
        ),
        // A further grade of oil; its words are those of the grades that are there.
        changes(Rule::UnknownParameter, grade("RMG500.colour"), set_parameter(&taken, 991_000)),
        changes(
            Rule::UnknownParameter,
            grade(".density_max_g_m3"),
            grade("RMG500.density_max_g_m3"),
        ),
        changes(
            Rule::UnknownParameter,
            set_parameter("membership.rules", 2),
            set_parameter(SLA, 2),
        ),
        changes(Rule::FieldValue, set_parameter(SLA, -1), set_parameter(SLA, 0)),
        changes(Rule::FieldValue, long(95), long(94)),
        changes(Rule::DuplicateItem, twice, set_parameter(SLA, 1)),
        changes(Rule::FieldMissing, none, set_parameter(SLA, 1)),
        changes(Rule::NoChange, set_parameter(SLA, day), set_parameter(SLA, day + 1)),
        changes(Rule::RulesStep, rules(versions::NEWEST + 2), rules(versions::NEWEST + 1)),
        changes(Rule::RulesStep, rules(versions::NEWEST), rules(versions::NEWEST + 1)),
    ]
}
