//! Family `membership`: parties, their roles and keys, districts, places and parameters.
//!
//! ```text
//!   founding document ──► party ACTIVE ◄── admit (customs; its nodes follow)
//!                            │  ▲
//!            suspend (customs)  reinstate (customs)
//!                            ▼  │
//!                         SUSPENDED: signs nothing, its nodes leave the network
//!
//!   key ACTIVE ── rotate_key / revoke_key (the party itself) ──► REVOKED for ever
//! ```
//!
//! A key that was revoked refuses new entries; it never spoils old receipts, since those rest on
//! the validators' signatures. What one office may do about votes is in `power`. Each subject is one record: `party:ID`, `key:THUMBPRINT`,
//! `district:CODE`, `place:LOCODE/DISTRICT`, `parameters`, and `roster`, which lists the nodes.

mod power;
mod rules;
#[cfg(test)]
pub(crate) mod tests;

use alloc::{collections::BTreeMap, string::String, vec::Vec};

use countersign_record::{
    Digest,
    founding::{Names, NodeKeys},
    keys::{PublicKey, SignatureBytes},
};
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::family::{Alert, shapes::words};
pub use power::validators;
pub use rules::{body_from_json, evolve, founding_events, key_proof, roster, signer};
pub(crate) use rules::{parameter, parameters, read_party, require_name};

words! {
    /// What a party may do. One enterprise may have several roles.
    Role {
        /// A customs office 海关.
        0 Customs = "customs",
        /// A wharf, river or sea 码头.
        1 Wharf = "wharf",
        /// A supervised yard that brings boxes to inspection 口岸作业场站.
        2 Yard = "yard",
        /// A barge carrier 驳船承运人.
        3 Carrier = "carrier",
        /// A ship agent or manifest sender 船代/舱单传输人.
        4 Agent = "agent",
        /// A declarant 申报人: also the enterprise whose goods or guarantee it is.
        5 Declarant = "declarant",
        /// A tally company 理货公司.
        6 Tally = "tally",
        /// A truck carrier 拖车公司.
        7 Truck = "truck",
        /// A guarantor 担保人.
        8 Guarantor = "guarantor",
        /// A supplier of bonded oil 供油企业.
        9 Supplier = "supplier",
        /// A bonded warehouse 保税仓库.
        10 Warehouse = "warehouse",
        /// A bunker barge 供油船.
        11 BunkerBarge = "bunker_barge",
        /// A receiving ship, by its chief engineer or agent 受油船.
        12 ReceivingShip = "receiving_ship",
        /// A surveyor 公估.
        13 Surveyor = "surveyor",
        /// A courier for public matters 政务专递.
        14 Courier = "courier",
        /// An authority abroad or in Hong Kong that knows certificates of ours 境外主管机构.
        15 Authority = "authority",
    }
}

impl Role {
    /// The role of that name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|r| r.name() == name)
    }
}

/// The kinds of entry of this family, with their bodies read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Action {
    /// Customs admits an enterprise.
    Admit {
        /// Its id.
        party: String,
        /// What is admitted.
        #[serde(flatten)]
        body: Admission,
    },
    /// Customs suspends an enterprise.
    Suspend {
        /// Its id.
        party: String,
        /// Why.
        #[serde(flatten)]
        body: Reason,
    },
    /// Customs lets a suspended enterprise act again.
    Reinstate {
        /// Its id.
        party: String,
        /// Why.
        #[serde(flatten)]
        body: Reason,
    },
    /// A party registers a new key, and may revoke an old one in the same step.
    RotateKey {
        /// Its id.
        party: String,
        /// The keys.
        #[serde(flatten)]
        body: KeyRotation,
    },
    /// A party revokes a key.
    RevokeKey {
        /// Its id.
        party: String,
        /// The key.
        #[serde(flatten)]
        body: KeyRevocation,
    },
}

/// Body of `admit`.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
#[serde(deny_unknown_fields)]
pub struct Admission {
    /// Its names.
    #[n(1)]
    pub names: Names,
    /// What it may do; never `customs`.
    #[n(2)]
    pub roles: Vec<Role>,
    /// The supervised places that it runs.
    #[n(3)]
    #[serde(default)]
    pub places: Vec<String>,
    /// The keys that sign its entries.
    #[n(4)]
    pub keys: Vec<PublicKey>,
    /// Its nodes.
    #[n(5)]
    #[serde(default)]
    pub nodes: Vec<NodeKeys>,
}

/// Body of `suspend` and `reinstate`.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// Why, for people.
    #[n(1)]
    pub reason: String,
}

/// Body of `rotate_key`.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
#[serde(deny_unknown_fields)]
pub struct KeyRotation {
    /// The new key.
    #[n(1)]
    pub key: PublicKey,
    /// The new key's signature over [`key_proof`]: nobody registers a key that is not theirs.
    #[n(2)]
    pub proof: SignatureBytes,
    /// The thumbprint of the key that it replaces.
    #[n(3)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<Digest>,
}

/// Body of `revoke_key`.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
#[serde(deny_unknown_fields)]
pub struct KeyRevocation {
    /// The thumbprint of the key.
    #[n(1)]
    pub kid: Digest,
    /// Why, for people.
    #[n(2)]
    pub reason: String,
}

/// What happened to a subject of this family.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// A party came in.
    #[n(0)]
    Admitted {
        /// The party.
        #[n(0)]
        party: Party,
    },
    /// A party was suspended or reinstated.
    #[n(1)]
    StandingChanged {
        /// Whether it may act now.
        #[n(0)]
        active: bool,
        /// Why.
        #[n(1)]
        reason: String,
    },
    /// A key was registered for a party.
    #[n(2)]
    KeyRegistered {
        /// The key.
        #[n(0)]
        key: Key,
    },
    /// A key was revoked.
    #[n(3)]
    KeyRevoked {
        /// Why.
        #[n(0)]
        reason: String,
    },
    /// A party's list of keys changed.
    #[n(4)]
    KeysChanged {
        /// The key that was added.
        #[n(0)]
        added: Option<Digest>,
        /// The key that was revoked.
        #[n(1)]
        revoked: Option<Digest>,
    },
    /// A party's nodes were listed.
    #[n(5)]
    NodesListed {
        /// The party.
        #[n(0)]
        party: String,
        /// Its nodes.
        #[n(1)]
        nodes: Vec<NodeKeys>,
        /// Whether they take part.
        #[n(2)]
        active: bool,
    },
    /// A party's nodes were let in or shut out.
    #[n(6)]
    NodesSwitched {
        /// The party.
        #[n(0)]
        party: String,
        /// Whether they take part now.
        #[n(1)]
        active: bool,
    },
    /// A district or place was named.
    #[n(7)]
    Named {
        /// Its names.
        #[n(0)]
        names: Names,
    },
    /// The parameters were set.
    #[n(8)]
    ParametersSet {
        /// Name to value.
        #[n(0)]
        parameters: BTreeMap<String, i64>,
    },
}

/// The state of a subject of this family.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(untagged)]
pub enum State {
    /// `party:ID`.
    #[n(0)]
    Party(#[n(0)] Party),
    /// `key:THUMBPRINT`.
    #[n(1)]
    Key(#[n(0)] Key),
    /// `roster`.
    #[n(2)]
    Roster(#[n(0)] Roster),
    /// `district:CODE` and `place:CODE`.
    #[n(3)]
    Name(#[n(0)] Names),
    /// `parameters`.
    #[n(4)]
    Parameters(#[n(0)] BTreeMap<String, i64>),
}

/// A party as the ledger knows it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[cbor(map)]
pub struct Party {
    /// Its names.
    #[n(1)]
    pub names: Names,
    /// What it may do.
    #[n(2)]
    pub roles: Vec<Role>,
    /// The district of a customs office.
    #[n(3)]
    pub district: Option<String>,
    /// The supervised places that it runs.
    #[n(4)]
    pub places: Vec<String>,
    /// Its valid keys.
    #[n(5)]
    pub keys: Vec<Digest>,
    /// Its revoked keys.
    #[n(6)]
    pub revoked_keys: Vec<Digest>,
    /// Whether it may act.
    #[n(7)]
    pub active: bool,
    /// Why it may not, where it may not.
    #[n(8)]
    pub reason: Option<String>,
}

/// A key as the ledger knows it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[cbor(map)]
pub struct Key {
    /// Whose it is.
    #[n(1)]
    pub party: String,
    /// The key.
    #[n(2)]
    pub key: PublicKey,
    /// Why it was revoked, where it was.
    #[n(3)]
    pub revoked: Option<String>,
}

/// Every party's nodes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, Serialize)]
#[cbor(map)]
pub struct Roster {
    /// Party id to its nodes.
    #[n(1)]
    pub members: BTreeMap<String, Member>,
}

/// One party's nodes.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[cbor(map)]
pub struct Member {
    /// The nodes.
    #[n(1)]
    pub nodes: Vec<NodeKeys>,
    /// Whether they take part.
    #[n(2)]
    pub active: bool,
}

/// The name of a party's subject.
pub fn party_subject(id: &str) -> String {
    alloc::format!("party:{id}")
}

/// The name of a key's subject.
pub fn key_subject(kid: &Digest) -> String {
    alloc::format!("key:{kid}")
}

/// The subject that lists the nodes.
pub const ROSTER: &str = "roster";
/// The subject that holds the parameters.
pub const PARAMETERS_SUBJECT: &str = "parameters";
/// The parameters that the founding document must set for this family: none.
pub const PARAMETERS: &[&str] = &[];

impl State {
    /// No deadline runs in this family.
    pub fn next_deadline(&self) -> Option<u64> {
        None
    }

    /// Nothing happens by itself in this family.
    pub fn expire(&self, _time: u64) -> Vec<Event> {
        Vec::new()
    }

    /// Nothing in this family needs a person's attention by itself.
    pub fn alerts(&self, _subject: &str) -> Vec<Alert> {
        Vec::new()
    }

    /// Subjects of this family are found by their names.
    pub fn listed_under(&self) -> Vec<String> {
        Vec::new()
    }
}
