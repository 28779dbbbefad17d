//! Membership rules as a table, and what a founding document must bring.

use alloc::{format, vec, vec::Vec};

use countersign_record::{
    founding::NodeKeys,
    keys::{PublicKey, Signer},
};
use serde_json::{Value, json};

use super::key_proof;
use crate::{
    combined_port,
    founding::found,
    refusal::Rule,
    testing::{
        port::*,
        table::{self, Row, beside},
    },
    world::World,
};

/// A party that is not admitted yet.
const BROKER: &str = "91440606MA7DEM120G";

fn act(who: &'static str, kind: &'static str, party: &str, body: Value) -> Act {
    Act { who, family: "membership", kind, subject: format!("party:{party}"), body }
}

fn admission() -> Act {
    let body = json!({
        "names": { "en": "Shunde Customs Broker", "zh": "顺德报关行" },
        "roles": ["declarant"],
        "keys": [public("broker")],
    });
    act("river_customs", "admit", BROKER, body)
}

fn suspend(name: &str) -> Act {
    act("river_customs", "suspend", id(name), json!({ "reason": "under investigation" }))
}

fn reinstate(name: &str) -> Act {
    act("river_customs", "reinstate", id(name), json!({ "reason": "cleared" }))
}

fn rotate(name: &'static str, key: &str, replaces: Option<&str>) -> Act {
    let new = key_of(key);
    let proof = new.sign(&key_proof(id(name), &new.public()));
    let mut body = json!({ "key": new.public(), "proof": proof });
    if let Some(old) = replaces {
        body["replaces"] = json!(public(old).thumbprint());
    }
    act(name, "rotate_key", id(name), body)
}

fn revoke(name: &'static str, key: &str) -> Act {
    let body = json!({ "kid": public(key).thumbprint(), "reason": "lost" });
    act(name, "revoke_key", id(name), body)
}

fn one(rule: Rule, bad: Act, good: Act) -> Row {
    beside(rule, &Port::new(), vec![bad], vec![good])
}

/// An admission with one node of another party's name.
fn with_node(name: &str, change: impl Fn(&mut NodeKeys)) -> Act {
    let mut node = follower(name);
    change(&mut node);
    admission().with("nodes", serde_json::to_value([node]).unwrap())
}

fn follower(name: &str) -> NodeKeys {
    NodeKeys { validator_key: None, ..node(name, 0) }
}

/// A network in which these parties vote with these powers.
fn voting(powers: &[(&str, u64)]) -> Port {
    let mut genesis = genesis();
    for party in &mut genesis.parties {
        let power = powers.iter().find(|(name, _)| id(name) == party.id);
        party.nodes = power.map(|(name, power)| node(name, *power)).into_iter().collect();
    }
    Port::founded(&genesis)
}

fn admission_rows() -> Vec<Row> {
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

/// What one customs office alone may not do about votes.
fn power_rows() -> Vec<Row> {
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

fn standing_rows() -> Vec<Row> {
    let suspended = Port::new().do_all([suspend("carrier")]);
    vec![
        one(
            Rule::NoSuchParty,
            act("river_customs", "suspend", BROKER, json!({ "reason": "x" })),
            suspend("tally"),
        ),
        one(Rule::CustomsNotSuspended, suspend("hub_customs"), suspend("tally")),
        one(Rule::AlreadySo, reinstate("tally"), suspend("tally")),
        beside(Rule::AlreadySo, &suspended, vec![suspend("carrier")], vec![reinstate("carrier")]),
    ]
}

fn key_rows() -> Vec<Row> {
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

/// Runs this family's tables; the rules that they cover.
pub(crate) fn tables() -> Vec<Rule> {
    let tables = [admission_rows(), power_rows(), standing_rows(), key_rows()];
    tables.into_iter().flat_map(table::hold).collect()
}

#[test]
fn membership_keeps_its_rules() {
    tables();
}

#[test]
fn a_party_that_customs_admits_may_sign_and_its_node_may_follow() {
    let mut port = Port::new();
    port.does(&with_node("broker", |_| ()));
    let roster = super::roster(&World::new(&port.ledger)).unwrap();
    assert_eq!(roster.members[BROKER].nodes, [follower("broker")]);
    let votes = |port: &Port| {
        let set = super::validators(&World::new(&port.ledger)).unwrap();
        set.validators().iter().map(|v| v.party.clone()).collect::<Vec<_>>()
    };
    assert_eq!(votes(&port), ["GACC5150", "GACC5304"]);
    let (party, _) =
        super::signer(&World::new(&port.ledger), &public("broker").thumbprint()).unwrap();
    assert_eq!(party, BROKER);
    port.does(&act("river_customs", "suspend", BROKER, json!({ "reason": "x" })));
    assert!(!super::roster(&World::new(&port.ledger)).unwrap().members[BROKER].active);
    assert_eq!(votes(&port), ["GACC5150", "GACC5304"]);
    assert_eq!(port.ledger.not_folds(), vec![]);
}

#[test]
fn a_suspended_validator_does_not_vote_until_it_is_reinstated() {
    let powers = [("river_customs", 1), ("hub_customs", 1), ("river_wharf", 1), ("hub_wharf", 1)];
    let mut port = voting(&powers);
    let votes = |port: &Port| super::validators(&World::new(&port.ledger)).unwrap().total_power();
    assert_eq!(votes(&port), 4);
    port.does(&suspend("hub_wharf"));
    assert_eq!(votes(&port), 3);
    port.does(&reinstate("hub_wharf"));
    assert_eq!(votes(&port), 4);
    assert_eq!(port.ledger.not_folds(), vec![]);
}

#[test]
fn a_founding_document_that_the_rules_cannot_work_with_is_named() {
    let broken = |change: &dyn Fn(&mut countersign_record::founding::Genesis)| {
        let mut genesis = genesis();
        change(&mut genesis);
        alloc::string::ToString::to_string(&found(&genesis).unwrap_err())
    };
    assert!(found(&genesis()).is_ok());
    for name in combined_port::PARAMETERS {
        let text = broken(&|g| {
            g.parameters.remove(*name);
        });
        assert!(text.contains(name), "{text}");
    }
    assert!(broken(&|g| g.parties[2].id = "91440606MA7DEM016D".into()).contains("check character"));
    assert!(broken(&|g| g.parties[0].district = Some("9999".into())).contains("9999"));
    assert!(broken(&|g| g.parties[2].places = vec!["CNBIJ/5150".into()]).contains("CNBIJ/5150"));
    assert!(broken(&|g| g.parties[2].keys = vec![]).contains("no key"));
    assert!(broken(&|g| g.parties[3].keys = g.parties[2].keys.clone()).contains("twice"));
    assert!(broken(&|g| g.parties[2].roles = vec!["pilot".into()]).contains("pilot"));
    assert!(
        broken(&|g| g.parties.iter_mut().for_each(|p| p.nodes = vec![])).contains("validators")
    );
}
