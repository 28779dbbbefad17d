//! Membership rules as a table, and what a founding document must bring.

use alloc::{format, vec, vec::Vec};

use countersign_record::keys::{PublicKey, Signer};
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

/// This family's table.
fn rows() -> Vec<Row> {
    let port = Port::new();
    let two_keys = Port::new().do_all([rotate("carrier", "carrier 2", None)]);
    let suspended = Port::new().do_all([suspend("carrier")]);
    let one = |rule, bad: Act, good: Act| beside(rule, &port, vec![bad], vec![good]);
    let with_keys = |n: usize| {
        let keys: Vec<PublicKey> = (0..n).map(|i| public(&format!("key {i}"))).collect();
        admission().with("keys", json!(keys))
    };
    let with_node = |power: u64| {
        admission().with("nodes", serde_json::to_value([node("broker", power)]).unwrap())
    };
    vec![
        one(Rule::WrongRole, admission().by("carrier"), admission()),
        one(Rule::SubjectName, Act { subject: "roster".into(), ..admission() }, admission()),
        one(
            Rule::Uscc,
            Act { subject: "party:91440606MA7DEM120H".into(), ..admission() },
            admission(),
        ),
        one(Rule::Place, admission().with("places", json!(["CNBIJ/5150"])), {
            admission().with("places", json!([RIVER]))
        }),
        one(Rule::DuplicateItem, admission().with("keys", json!([public("x"), public("x")])), {
            admission().with("keys", json!([public("x"), public("y")]))
        }),
        one(
            Rule::NoSuchParty,
            act("river_customs", "suspend", BROKER, json!({ "reason": "x" })),
            suspend("tally"),
        ),
        one(
            Rule::PartyExists,
            Act { subject: format!("party:{}", id("tally")), ..admission() },
            admission(),
        ),
        one(Rule::CustomsNotSuspended, suspend("hub_customs"), suspend("tally")),
        one(Rule::AlreadySo, reinstate("tally"), suspend("tally")),
        beside(Rule::AlreadySo, &suspended, vec![suspend("carrier")], vec![reinstate("carrier")]),
        one(Rule::KeyInUse, admission().with("keys", json!([public("agent")])), admission()),
        one(Rule::KeyInUse, rotate("carrier", "agent", None), rotate("carrier", "carrier 2", None)),
        one(
            Rule::KeyInUse,
            admission().with("nodes", serde_json::to_value([node("river_customs", 1)]).unwrap()),
            with_node(1),
        ),
        one(
            Rule::BadSignature,
            rotate("carrier", "carrier 2", None).with("key", json!(public("carrier 3"))),
            rotate("carrier", "carrier 2", None),
        ),
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
        one(Rule::WeakKey, admission().with("keys", json!(["00".repeat(32)])), admission()),
        one(Rule::TooManyKeys, with_keys(65), with_keys(64)),
        one(Rule::TooManyKeys, admission().with("keys", json!([])), admission()),
        one(Rule::NoValidatorsLeft, with_node(u64::MAX), with_node(1)),
        one(Rule::UnknownRole, admission().with("roles", json!(["customs"])), admission()),
        one(
            Rule::OtherPartysKey,
            rotate("carrier", "carrier 2", None).by("agent"),
            rotate("carrier", "carrier 2", None),
        ),
    ]
}

/// Runs this family's table; the rules that it covers.
pub(crate) fn tables() -> Vec<Rule> {
    table::hold(rows())
}

#[test]
fn membership_keeps_its_rules() {
    tables();
}

#[test]
fn a_party_that_customs_admits_may_sign_and_its_node_may_vote() {
    let node = node("broker", 1);
    let admission = admission().with("nodes", serde_json::to_value([node.clone()]).unwrap());
    let mut port = Port::new();
    port.does(&admission);
    let set = super::validators(&World::new(&port.ledger)).unwrap();
    assert_eq!(set.validators().len(), 3);
    assert!(
        set.validators().iter().any(|v| v.party == BROKER && Some(v.key) == node.validator_key)
    );
    let (party, _) =
        super::signer(&World::new(&port.ledger), &public("broker").thumbprint()).unwrap();
    assert_eq!(party, BROKER);
    port.does(&act("river_customs", "suspend", BROKER, json!({ "reason": "x" })));
    let set = super::validators(&World::new(&port.ledger)).unwrap();
    assert_eq!(set.validators().len(), 2);
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
