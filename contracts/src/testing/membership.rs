//! Membership on the network of `port`: admissions, keys and votes, and readers.

use alloc::{format, vec::Vec};

use countersign_record::{
    founding::{Genesis, NodeKeys},
    keys::Signer,
    membership::ValidatorSet,
};
use serde_json::{Value, json};

use super::port::*;
use crate::{
    family::{self, FamilyName},
    membership::{self, Proposal, ROSTER, SCHEDULE, Schedule, State, key_proof, validator_proof},
    versions,
    world::{SubjectKey, World},
};

/// A party that is not admitted yet.
pub(crate) const BROKER: &str = "91440606MA7DEM120G";

pub(crate) fn about_party(who: &'static str, kind: &'static str, party: &str, body: Value) -> Act {
    Act { who, family: "membership", kind, subject: format!("party:{party}"), body }
}

pub(crate) fn admission() -> Act {
    let body = json!({
        "names": { "en": "Shunde Customs Broker", "zh": "顺德报关行" },
        "roles": ["declarant"],
        "keys": [public("broker")],
    });
    about_party("river_customs", "admit", BROKER, body)
}

pub(crate) fn suspend(name: &str) -> Act {
    about_party("river_customs", "suspend", id(name), json!({ "reason": "under investigation" }))
}

pub(crate) fn reinstate(name: &str) -> Act {
    about_party("river_customs", "reinstate", id(name), json!({ "reason": "cleared" }))
}

pub(crate) fn rotate(name: &'static str, key: &str, replaces: Option<&str>) -> Act {
    let new = key_of(key);
    let proof = new.sign(&key_proof(id(name), &new.public()));
    let mut body = json!({ "key": new.public(), "proof": proof });
    if let Some(old) = replaces {
        body["replaces"] = json!(public(old).thumbprint());
    }
    about_party(name, "rotate_key", id(name), body)
}

pub(crate) fn revoke(name: &'static str, key: &str) -> Act {
    let body = json!({ "kid": public(key).thumbprint(), "reason": "lost" });
    about_party(name, "revoke_key", id(name), body)
}

/// An admission with one node of another party's name.
pub(crate) fn with_node(name: &str, change: impl Fn(&mut NodeKeys)) -> Act {
    let mut node = follower(name);
    change(&mut node);
    admission().with("nodes", serde_json::to_value([node]).unwrap())
}

pub(crate) fn follower(name: &str) -> NodeKeys {
    NodeKeys { validator_key: None, ..node(name, 0) }
}

/// A network in which these parties vote with these powers, under the first rules.
pub(crate) fn voting(powers: &[(&str, u64)]) -> Port {
    voting_under(1, powers)
}

/// The four parties that vote in most of these tests, alike.
pub(crate) const FOUR: [(&str, u64); 4] =
    [("river_customs", 1), ("hub_customs", 1), ("river_wharf", 1), ("hub_wharf", 1)];

/// A network in which four parties vote alike, under the present rules.
pub(crate) fn four() -> Port {
    voting_under(versions::NEWEST, &FOUR)
}

/// A network in which these parties vote with these powers.
pub(crate) fn voting_under(rules: u32, powers: &[(&str, u64)]) -> Port {
    let mut genesis = Genesis { rules, ..genesis() };
    for party in &mut genesis.parties {
        let power = powers.iter().find(|(name, _)| id(name) == party.id);
        party.nodes = power.map(|(name, power)| node(name, *power)).into_iter().collect();
    }
    Port::founded(&genesis)
}

/// A proposal of river customs.
pub(crate) fn propose(name: &str, effective_height: u64, change: Value) -> Act {
    let body = json!({
        "change": change, "effective_height": effective_height, "reason": "agreed by telephone",
    });
    let subject = format!("proposal:{name}");
    Act { who: "river_customs", family: "membership", kind: "propose", subject, body }
}

pub(crate) fn approve(who: &'static str, name: &str) -> Act {
    let subject = format!("proposal:{name}");
    Act { who, family: "membership", kind: "approve", subject, body: json!({}) }
}

pub(crate) fn withdraw(name: &str) -> Act {
    let subject = format!("proposal:{name}");
    let body = json!({ "reason": "a mistake" });
    Act { who: "river_customs", family: "membership", kind: "withdraw", subject, body }
}

/// A change: this party's node of that name, with this power.
pub(crate) fn seat(party: &str, name: &str, power: u64) -> Value {
    let node = if power > 0 { node(name, power) } else { follower(name) };
    set_node(party, name, &node)
}

/// A change: this node of a party, with the proof of the validator key of that name.
pub(crate) fn set_node(party: &str, name: &str, node: &NodeKeys) -> Value {
    let mut change = json!({ "party": id(party), "node": node });
    if let Some(key) = &node.validator_key {
        let signer = key_of(&format!("{name} validator"));
        change["proof"] = json!(signer.sign(&validator_proof(id(party), key)));
    }
    json!({ "set_node": change })
}

pub(crate) fn unseat(party: &str, name: &str) -> Value {
    json!({ "remove_node": { "party": id(party), "network_key": node(name, 1).network_key } })
}

pub(crate) fn set_parameter(name: &str, value: i64) -> Value {
    json!({ "set_parameters": { "parameters": [{ "name": name, "value": value }] } })
}

/// What this family's records say.
impl Port {
    pub(crate) fn membership(&self, subject: &str) -> Option<State> {
        let key = SubjectKey::new(FamilyName::Membership, subject);
        match &self.ledger.records().get(&key)?.state {
            family::State::Membership(state) => Some(state.clone()),
            other => panic!("{other:?}"),
        }
    }

    /// The nodes that the founding document lists.
    pub(crate) fn founded_roster(&self) -> Option<State> {
        let key = SubjectKey::new(FamilyName::Membership, ROSTER);
        match &self.ledger.founded.get(&key)?.state {
            family::State::Membership(state) => Some(state.clone()),
            other => panic!("{other:?}"),
        }
    }

    /// The rules that the founding document names.
    pub(crate) fn founded_rules(&self) -> u32 {
        self.ledger.founded_under
    }

    /// Who votes on the next batch.
    pub(crate) fn voters(&self) -> ValidatorSet {
        membership::validators(&World::new(&self.ledger)).unwrap()
    }

    /// The proposals that are open, by height.
    pub(crate) fn schedule(&self) -> Schedule {
        match self.membership(SCHEDULE) {
            Some(State::Schedule(schedule)) => schedule,
            None => Schedule::default(),
            other => panic!("{other:?}"),
        }
    }

    /// Every proposal that was made.
    pub(crate) fn proposals(&self) -> Vec<(&str, &Proposal)> {
        let mut found = Vec::new();
        for (key, record) in self.ledger.records() {
            if let family::State::Membership(State::Proposal(proposal)) = &record.state {
                found.push((key.subject.strip_prefix("proposal:").unwrap(), &**proposal));
            }
        }
        found
    }
}
