//! Membership rules: tables, what a founding document must bring, votes, random histories.

mod ballots;
mod properties;
mod tables;
mod votes;

use alloc::{format, string::String, vec, vec::Vec};

use countersign_record::{
    founding::{Genesis, NodeKeys},
    keys::{PublicKey, Signer},
};
use serde_json::{Value, json};

use super::{key_proof, validator_proof};
use crate::{
    combined_port,
    founding::found,
    refusal::Rule,
    testing::{port::*, table},
    versions,
    world::World,
};

/// A party that is not admitted yet.
const BROKER: &str = "91440606MA7DEM120G";

pub(super) fn act(who: &'static str, kind: &'static str, party: &str, body: Value) -> Act {
    Act { who, family: "membership", kind, subject: format!("party:{party}"), body }
}

pub(super) fn admission() -> Act {
    let body = json!({
        "names": { "en": "Shunde Customs Broker", "zh": "顺德报关行" },
        "roles": ["declarant"],
        "keys": [public("broker")],
    });
    act("river_customs", "admit", BROKER, body)
}

pub(super) fn suspend(name: &str) -> Act {
    act("river_customs", "suspend", id(name), json!({ "reason": "under investigation" }))
}

pub(super) fn reinstate(name: &str) -> Act {
    act("river_customs", "reinstate", id(name), json!({ "reason": "cleared" }))
}

pub(super) fn rotate(name: &'static str, key: &str, replaces: Option<&str>) -> Act {
    let new = key_of(key);
    let proof = new.sign(&key_proof(id(name), &new.public()));
    let mut body = json!({ "key": new.public(), "proof": proof });
    if let Some(old) = replaces {
        body["replaces"] = json!(public(old).thumbprint());
    }
    act(name, "rotate_key", id(name), body)
}

pub(super) fn revoke(name: &'static str, key: &str) -> Act {
    let body = json!({ "kid": public(key).thumbprint(), "reason": "lost" });
    act(name, "revoke_key", id(name), body)
}

/// An admission with one node of another party's name.
pub(super) fn with_node(name: &str, change: impl Fn(&mut NodeKeys)) -> Act {
    let mut node = follower(name);
    change(&mut node);
    admission().with("nodes", serde_json::to_value([node]).unwrap())
}

pub(super) fn follower(name: &str) -> NodeKeys {
    NodeKeys { validator_key: None, ..node(name, 0) }
}

/// A network in which these parties vote with these powers, under the first rules.
pub(super) fn voting(powers: &[(&str, u64)]) -> Port {
    voting_under(1, powers)
}

/// The four parties that vote in most of these tests, alike.
pub(super) const FOUR: [(&str, u64); 4] =
    [("river_customs", 1), ("hub_customs", 1), ("river_wharf", 1), ("hub_wharf", 1)];

/// A network in which four parties vote alike, under the present rules.
pub(super) fn four() -> Port {
    voting_under(versions::NEWEST, &FOUR)
}

/// A network in which these parties vote with these powers.
pub(super) fn voting_under(rules: u32, powers: &[(&str, u64)]) -> Port {
    let mut genesis = Genesis { rules, ..genesis() };
    for party in &mut genesis.parties {
        let power = powers.iter().find(|(name, _)| id(name) == party.id);
        party.nodes = power.map(|(name, power)| node(name, *power)).into_iter().collect();
    }
    Port::founded(&genesis)
}

/// A proposal of river customs.
pub(super) fn propose(name: &str, effective_height: u64, change: Value) -> Act {
    let body = json!({
        "change": change, "effective_height": effective_height, "reason": "agreed by telephone",
    });
    let subject = format!("proposal:{name}");
    Act { who: "river_customs", family: "membership", kind: "propose", subject, body }
}

pub(super) fn approve(who: &'static str, name: &str) -> Act {
    let subject = format!("proposal:{name}");
    Act { who, family: "membership", kind: "approve", subject, body: json!({}) }
}

pub(super) fn withdraw(name: &str) -> Act {
    let subject = format!("proposal:{name}");
    let body = json!({ "reason": "a mistake" });
    Act { who: "river_customs", family: "membership", kind: "withdraw", subject, body }
}

/// A change: this party's node of that name, with this power.
pub(super) fn seat(party: &str, name: &str, power: u64) -> Value {
    let node = if power > 0 { node(name, power) } else { follower(name) };
    set_node(party, name, &node)
}

/// A change: this node of a party, with the proof of the validator key of that name.
pub(super) fn set_node(party: &str, name: &str, node: &NodeKeys) -> Value {
    let mut change = json!({ "party": id(party), "node": node });
    if let Some(key) = &node.validator_key {
        let signer = key_of(&format!("{name} validator"));
        change["proof"] = json!(signer.sign(&validator_proof(id(party), key)));
    }
    json!({ "set_node": change })
}

pub(super) fn unseat(party: &str, name: &str) -> Value {
    json!({ "remove_node": { "party": id(party), "network_key": node(name, 1).network_key } })
}

pub(super) fn set_parameter(name: &str, value: i64) -> Value {
    json!({ "set_parameters": { "parameters": [{ "name": name, "value": value }] } })
}

/// Runs this family's tables; the rules that they cover.
pub(crate) fn tables() -> Vec<Rule> {
    let tables = [
        tables::admission_rows(),
        tables::power_rows(),
        tables::standing_rows(),
        tables::key_rows(),
        ballots::proposal_rows(),
        ballots::approval_rows(),
        ballots::node_rows(),
        ballots::key_rows(),
        ballots::power_rows(),
        ballots::parameter_rows(),
    ];
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
