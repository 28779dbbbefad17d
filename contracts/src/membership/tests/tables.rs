//! The rules of parties and keys as tables.

use alloc::{format, vec, vec::Vec};

use countersign_record::keys::PublicKey;
use serde_json::json;

use super::*;
use crate::{
    refusal::Rule,
    testing::table::{Row, beside},
};

fn one(rule: Rule, bad: Act, good: Act) -> Row {
    beside(rule, &Port::new(), vec![bad], vec![good])
}

pub(super) fn admission_rows() -> Vec<Row> {
    let with_keys = |n: usize| {
        let keys: Vec<PublicKey> = (0..n).map(|i| public(&format!("key {i}"))).collect();
        admission().with("keys", json!(keys))
    };
    let on = |subject: alloc::string::String| Act { subject, ..admission() };
    vec![
        one(Rule::WrongRole, admission().by("carrier"), admission()),
        one(Rule::SubjectName, on("roster".into()), admission()),
        one(Rule::Uscc, on("party:91440606MA7DEM120H".into()), admission()),
        one(Rule::Place, admission().with("places", json!(["CNBIJ/5150"])), {
            admission().with("places", json!([RIVER]))
        }),
        one(Rule::DuplicateItem, admission().with("keys", json!([public("x"), public("x")])), {
            admission().with("keys", json!([public("x"), public("y")]))
        }),
        one(Rule::PartyExists, on(format!("party:{}", id("tally"))), admission()),
        one(Rule::KeyInUse, admission().with("keys", json!([public("agent")])), admission()),
        one(Rule::KeyInUse, with_node("river_customs", |_| ()), with_node("broker", |_| ())),
        one(Rule::WeakKey, admission().with("keys", json!(["00".repeat(32)])), admission()),
        one(Rule::TooManyKeys, with_keys(65), with_keys(64)),
        one(Rule::TooManyKeys, admission().with("keys", json!([])), admission()),
        one(Rule::UnknownRole, admission().with("roles", json!(["customs"])), admission()),
    ]
}

/// What one customs office alone may not do about votes, under version 1 of the rules.
pub(super) fn power_rows() -> Vec<Row> {
    let vote = node("broker", 1).validator_key;
    let four =
        voting(&[("river_customs", 1), ("hub_customs", 1), ("river_wharf", 1), ("hub_wharf", 1)]);
    let uneven =
        voting(&[("river_customs", 2), ("hub_customs", 2), ("river_wharf", 2), ("hub_wharf", 1)]);
    vec![
        one(
            Rule::VoteByOneOffice,
            with_node("broker", |n| (n.power, n.validator_key) = (1, vote)),
            with_node("broker", |_| ()),
        ),
        one(
            Rule::VoteByOneOffice,
            with_node("broker", |n| n.validator_key = vote),
            with_node("broker", |_| ()),
        ),
        one(
            Rule::VoteByOneOffice,
            with_node("broker", |n| n.power = u64::MAX),
            with_node("broker", |_| ()),
        ),
        beside(
            Rule::NoValidatorsLeft,
            &voting(&[("river_wharf", 1)]),
            vec![suspend("river_wharf")],
            vec![suspend("hub_wharf")],
        ),
        // The second of four would leave the customs offices by themselves.
        beside(
            Rule::TooMuchSuspended,
            &four,
            vec![suspend("hub_wharf"), suspend("river_wharf")],
            vec![suspend("hub_wharf"), reinstate("hub_wharf"), suspend("river_wharf")],
        ),
        // Two of seven are less than a third, yet four of the five that are left are a quorum.
        beside(
            Rule::CustomsAlone,
            &uneven,
            vec![suspend("river_wharf")],
            vec![suspend("hub_wharf")],
        ),
    ]
}

pub(super) fn standing_rows() -> Vec<Row> {
    let suspended = Port::new().do_all([suspend("carrier")]);
    vec![
        one(
            Rule::NoSuchParty,
            about_party("river_customs", "suspend", BROKER, json!({ "reason": "x" })),
            suspend("tally"),
        ),
        one(Rule::CustomsNotSuspended, suspend("hub_customs"), suspend("tally")),
        one(Rule::AlreadySo, reinstate("tally"), suspend("tally")),
        beside(Rule::AlreadySo, &suspended, vec![suspend("carrier")], vec![reinstate("carrier")]),
    ]
}

pub(super) fn key_rows() -> Vec<Row> {
    let two_keys = Port::new().do_all([rotate("carrier", "carrier 2", None)]);
    let second = || rotate("carrier", "carrier 2", None);
    vec![
        one(Rule::KeyInUse, rotate("carrier", "agent", None), second()),
        one(Rule::BadSignature, second().with("key", json!(public("carrier 3"))), second()),
        one(
            Rule::NoSuchKey,
            rotate("carrier", "carrier 2", Some("agent")),
            rotate("carrier", "carrier 2", Some("carrier")),
        ),
        beside(
            Rule::NoSuchKey,
            &two_keys,
            vec![revoke("carrier", "agent")],
            vec![revoke("carrier", "carrier 2")],
        ),
        beside(
            Rule::LastKey,
            &two_keys,
            vec![revoke("carrier", "carrier 2"), revoke("carrier", "carrier")],
            vec![revoke("carrier", "carrier 2")],
        ),
        one(Rule::OtherPartysKey, second().by("agent"), second()),
    ]
}
