//! The founding document: who begins the network, and the parameters that its offices set.
//!
//! Its digest is the network's name, and it is leaf 0 of the log. A verifier needs this document
//! and nothing else.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    format,
    string::String,
    vec::Vec,
};
use core::fmt;

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::{
    digest::Digest,
    encoding::{self, Malformed},
    keys::PublicKey,
    limits,
    membership::{BadSet, Validator, ValidatorSet},
};

/// The founding document.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
#[serde(deny_unknown_fields)]
pub struct Genesis {
    /// A short name for people, for instance `pearl-river-demo`.
    #[n(1)]
    pub name: String,
    /// Ledger time before the first batch: UTC milliseconds since 1970.
    #[n(2)]
    pub time: u64,
    /// The version of the rules that the network starts under.
    #[n(3)]
    pub rules: u32,
    /// The founding parties.
    #[n(4)]
    pub parties: Vec<FoundingParty>,
    /// Customs districts: four digits to their names.
    #[n(5)]
    #[serde(deserialize_with = "each_once")]
    pub districts: BTreeMap<String, Names>,
    /// Supervised places: `UNLOCODE/district` to their names.
    #[n(6)]
    #[serde(deserialize_with = "each_once")]
    pub places: BTreeMap<String, Names>,
    /// Parameters that the law or an office sets, by name; units stand at the end of each name.
    #[n(7)]
    #[serde(deserialize_with = "each_once")]
    pub parameters: BTreeMap<String, i64>,
}

/// A name in both languages of the product.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
#[serde(deny_unknown_fields)]
pub struct Names {
    /// English.
    #[n(1)]
    pub en: String,
    /// 简体中文.
    #[n(2)]
    pub zh: String,
}

/// A founding party.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
#[serde(deny_unknown_fields)]
pub struct FoundingParty {
    /// The unified social credit code of an enterprise, or `GACC` and the district of a customs
    /// office.
    #[n(1)]
    pub id: String,
    /// Its names.
    #[n(2)]
    pub names: Names,
    /// What it may do; the names are those of the membership family.
    #[n(3)]
    pub roles: Vec<String>,
    /// The four-digit district of a customs office.
    #[n(4)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub district: Option<String>,
    /// The supervised places that it runs.
    #[n(5)]
    #[serde(default)]
    pub places: Vec<String>,
    /// The keys that sign its entries.
    #[n(6)]
    pub keys: Vec<PublicKey>,
    /// Its nodes.
    #[n(7)]
    #[serde(default)]
    pub nodes: Vec<NodeKeys>,
}

/// The identities of one node. They are never a party's entry keys.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
#[serde(deny_unknown_fields)]
pub struct NodeKeys {
    /// The key by which the node is let into the peer-to-peer network.
    #[n(1)]
    pub network_key: PublicKey,
    /// The key that signs its votes; a node without one follows.
    #[n(2)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validator_key: Option<PublicKey>,
    /// Its voting power; without meaning where it has no validator key.
    #[n(3)]
    #[serde(default)]
    pub power: u64,
}

impl Genesis {
    /// The one encoding: what is hashed, and leaf 0 of the log.
    pub fn bytes(&self) -> Vec<u8> {
        encoding::encode(self)
    }

    /// The network's name to machines.
    pub fn network(&self) -> Digest {
        Digest::of(&self.bytes())
    }

    /// Reads the JSON form, as it lies in `genesis.json`.
    ///
    /// # Errors
    /// The line and column of the first thing that is wrong.
    pub fn from_json(json: &[u8]) -> Result<Self, Malformed> {
        const WHAT: &str = "founding document";
        if json.len() > limits::GENESIS_BYTES_MAX {
            return Err(Malformed::new(WHAT, limits::GENESIS_BYTES_MAX, "too large"));
        }
        serde_json::from_slice(json).map_err(|e| {
            let lines_before = json.split_inclusive(|b| *b == b'\n').take(e.line().max(1) - 1);
            let at = lines_before.map(<[u8]>::len).sum::<usize>() + e.column().max(1) - 1;
            Malformed::new(WHAT, at, format!("{e}"))
        })
    }

    /// Checks what no single field shows: that parties, keys, districts and places fit together.
    /// Every key has one purpose and one owner, so that a signature means one thing.
    ///
    /// # Errors
    /// The first party or name that does not fit, in the order of the document.
    pub fn check(&self) -> Result<(), BadFounding> {
        let refuse = |why: String| Err(BadFounding(why));
        if self.name.trim().is_empty() || self.name.trim() != self.name {
            return refuse(format!("name is {:?}, expected a short name", self.name));
        }
        for place in self.places.keys() {
            let district = place.split_once('/').map(|(_, district)| district);
            if !district.is_some_and(|d| self.districts.contains_key(d)) {
                return refuse(format!(
                    "place {place}: expected UNLOCODE/district with a district of this document"
                ));
            }
        }
        let (mut parties, mut keys) = (BTreeSet::new(), BTreeSet::new());
        for party in &self.parties {
            if !parties.insert(&party.id) {
                return refuse(format!("party {} stands in the document twice", party.id));
            }
            party.check(self, &mut keys)?;
        }
        self.validators().map(|_| ()).map_err(|e| BadFounding(format!("{e}")))
    }

    /// The validators of height 1.
    ///
    /// # Errors
    /// The document names no set that can agree on anything.
    pub fn validators(&self) -> Result<ValidatorSet, BadSet> {
        let nodes = self.parties.iter().flat_map(|p| p.nodes.iter().map(move |n| (p, n)));
        ValidatorSet::new(
            nodes
                .filter_map(|(party, node)| {
                    let key = node.validator_key?;
                    Some(Validator { party: party.id.clone(), key, power: node.power })
                })
                .collect(),
        )
    }
}

impl FoundingParty {
    fn check(&self, genesis: &Genesis, seen: &mut BTreeSet<PublicKey>) -> Result<(), BadFounding> {
        let id = &self.id;
        let refuse = |why: String| Err(BadFounding(format!("party {id}: {why}")));
        if id.is_empty() || self.roles.is_empty() || self.keys.is_empty() {
            return refuse(String::from("expected an id, at least one role and one entry key"));
        }
        if let Some(district) =
            self.district.as_ref().filter(|d| !genesis.districts.contains_key(*d))
        {
            return refuse(format!("district {district} is not one of this document"));
        }
        if let Some(place) = self.places.iter().find(|p| !genesis.places.contains_key(*p)) {
            return refuse(format!("place {place} is not one of this document"));
        }
        let nodes = self.nodes.iter();
        let node_keys = nodes.flat_map(|n| [Some(n.network_key), n.validator_key]).flatten();
        for key in self.keys.iter().copied().chain(node_keys) {
            if !key.is_usable() {
                return refuse(format!("{key} is not a key that can verify"));
            }
            if !seen.insert(key) {
                return refuse(format!("the key {key} already serves another purpose or party"));
            }
        }
        Ok(())
    }
}

/// Why a founding document cannot found a network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadFounding(String);

impl fmt::Display for BadFounding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl core::error::Error for BadFounding {}

/// Reads a JSON map and refuses a name that stands in it twice: readers elsewhere would disagree
/// on which of the two counts.
fn each_once<'de, D, V>(d: D) -> Result<BTreeMap<String, V>, D::Error>
where
    D: serde::Deserializer<'de>,
    V: Deserialize<'de>,
{
    struct EachOnce<V>(core::marker::PhantomData<V>);

    impl<'de, V: Deserialize<'de>> serde::de::Visitor<'de> for EachOnce<V> {
        type Value = BTreeMap<String, V>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a map")
        }

        fn visit_map<A: serde::de::MapAccess<'de>>(
            self,
            mut map: A,
        ) -> Result<Self::Value, A::Error> {
            let mut read = BTreeMap::new();
            while let Some((name, value)) = map.next_entry::<String, V>()? {
                if read.contains_key(&name) {
                    return Err(serde::de::Error::custom(format!("{name} stands here twice")));
                }
                read.insert(name, value);
            }
            Ok(read)
        }
    }

    d.deserialize_map(EachOnce(core::marker::PhantomData))
}
