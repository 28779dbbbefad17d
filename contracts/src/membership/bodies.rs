//! What the entries of this family say.

use alloc::{string::String, vec::Vec};

use countersign_record::{
    Digest,
    founding::{Names, NodeKeys},
    keys::{PublicKey, SignatureBytes},
};
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use super::Role;
use crate::family::shapes::body;

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
    /// Its nodes: they follow.
    #[n(5)]
    #[serde(default)]
    pub nodes: Vec<NodeKeys>,
}

body! {
    /// Body of `suspend`, `reinstate` and `withdraw`.
    Reason {
        /// Why, for people.
        1 reason: String,
    }
}

body! {
    /// Body of `rotate_key`.
    KeyRotation {
        /// The new key.
        1 key: PublicKey,
        /// The new key's signature over [`key_proof`](super::key_proof): nobody registers a key
        /// that is not theirs.
        2 proof: SignatureBytes,
        ;
        /// The thumbprint of the key that it replaces.
        3 replaces: Digest,
    }
}

body! {
    /// Body of `revoke_key`.
    KeyRevocation {
        /// The thumbprint of the key.
        1 kid: Digest,
        /// Why, for people.
        2 reason: String,
    }
}

body! {
    /// Body of `propose`.
    Proposing {
        /// What would change.
        1 change: Change,
        /// The first height to which the change applies.
        2 effective_height: u64,
        /// Why, for people.
        3 reason: String,
    }
}

body! {
    /// Body of `approve`. A proposal never changes once it is made, so its name says everything.
    Approval {}
}

/// What can be voted on.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Change {
    /// A party's node with this network key is as said here from then on, whether it is new, is
    /// to vote, to vote with another key or power, or to follow.
    #[n(0)]
    SetNode {
        /// The party.
        #[n(0)]
        party: String,
        /// Its node. One that votes has a validator key and a power; one that follows has neither.
        #[n(1)]
        node: NodeKeys,
        /// The validator key's signature over [`validator_proof`](super::validator_proof), where
        /// there is such a key: nobody votes with a key that is not theirs.
        #[n(2)]
        #[serde(default, skip_serializing_if = "Option::is_none")]
        proof: Option<SignatureBytes>,
    },
    /// A party's node leaves the network.
    #[n(1)]
    RemoveNode {
        /// The party.
        #[n(0)]
        party: String,
        /// The network key of its node.
        #[n(1)]
        network_key: PublicKey,
    },
    /// A party signs nothing and its nodes take no part, until it is reinstated.
    #[n(2)]
    Suspend {
        /// The party.
        #[n(0)]
        party: String,
    },
    /// A suspended party acts again, and its nodes take part again.
    #[n(3)]
    Reinstate {
        /// The party.
        #[n(0)]
        party: String,
    },
    /// Parameters have other values.
    #[n(4)]
    SetParameters {
        /// Each with its new value; the others keep theirs.
        #[n(0)]
        parameters: Vec<Setting>,
    },
    /// The next version of the rules.
    #[n(5)]
    SetRules {
        /// The version: one more than the present one.
        #[n(0)]
        version: u32,
    },
}

body! {
    /// A parameter and its value.
    Setting {
        /// Its name, for instance `combined_port.hold_response_ms`.
        1 name: String,
        /// Its value; the unit stands at the end of the name.
        2 value: i64,
    }
}
