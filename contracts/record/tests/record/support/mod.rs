//! A small network from fixed seeds: its founding document, its log and its receipts.

pub(crate) mod cbor;
pub(crate) mod code;
mod hostile;
pub(crate) mod state;
pub(crate) mod state_vectors;
mod strict;
pub(crate) mod vectors;

use std::collections::BTreeMap;

use countersign_record::{
    Digest,
    commit::{CommitProof, CommitSignature, Link, precommit_tbs},
    founding::{FoundingParty, Genesis, Names, NodeKeys},
    header::Header,
    keys::{PublicKey, SignatureBytes, Signer as _},
    log::{self, Log, NodeIndex},
    membership::{Validator, ValidatorSet},
    receipt::{Claim, Receipt},
    refused::RefusedEntry,
    statement::{Action, Payload, Statement},
};
use ed25519_dalek::SigningKey;

/// 2026-11-23 00:00 UTC.
pub(crate) const START: u64 = 1_795_392_000_000;

/// The key that a word stands for.
pub(crate) fn key(seed: &str) -> SigningKey {
    SigningKey::from_bytes(&Digest::of(seed.as_bytes()).0)
}

pub(crate) fn public(seed: &str) -> PublicKey {
    key(seed).public()
}

/// Validators with these powers; each is a party of its own and signs entries with another key.
pub(crate) struct Network {
    pub(crate) genesis: Genesis,
}

impl Network {
    pub(crate) fn of(powers: &[u64]) -> Self {
        let names = |en: &str, zh: &str| Names { en: en.into(), zh: zh.into() };
        let party = |(i, power): (usize, &u64)| FoundingParty {
            id: format!("PARTY{i}"),
            names: names(&format!("Party {i}"), &format!("当事方{i}")),
            roles: vec!["wharf".into()],
            district: None,
            places: vec!["CNSUD/5150".into()],
            keys: vec![public(&format!("entry {i}"))],
            nodes: vec![NodeKeys {
                network_key: public(&format!("network {i}")),
                validator_key: Some(public(&format!("validator {i}"))),
                power: *power,
            }],
        };
        let genesis = Genesis {
            name: "test".into(),
            time: START,
            rules: 1,
            parties: powers.iter().enumerate().map(party).collect(),
            districts: BTreeMap::from([("5150".into(), names("Shunde", "顺德海关"))]),
            places: BTreeMap::from([("CNSUD/5150".into(), names("Shunde", "顺德新港"))]),
            parameters: BTreeMap::from([("combined_port.transit_sla_ms".into(), 172_800_000)]),
        };
        Self { genesis }
    }

    pub(crate) fn id(&self) -> Digest {
        self.genesis.network()
    }

    pub(crate) fn set(&self) -> ValidatorSet {
        self.genesis.validators().unwrap()
    }

    pub(crate) fn payload(&self, reference: &str) -> Payload {
        Payload {
            network: self.id(),
            reference: reference.into(),
            event_time: START + 1_000,
            expires: START + 3_600_000,
            documents: vec![Digest::of(b"EDIFACT")],
            actions: vec![action()],
        }
    }

    pub(crate) fn statement(&self, reference: &str) -> Statement {
        Statement::sign(self.payload(reference), &key("entry 0")).unwrap()
    }

    /// A header of height 7 over this log.
    pub(crate) fn header(&self, tree: &Tree) -> Header {
        let set = self.set().digest();
        Header {
            network: self.id(),
            height: 7,
            parent: Digest::of(b"parent"),
            time: START + 5_000,
            log_size: tree.log.size(),
            log_root: tree.log.root(),
            state_root: Digest::of(b"state"),
            refusals_size: 0,
            refusals_root: log::root_of([]),
            validators: set,
            next_validators: set,
            rules: 1,
            proposer: "PARTY0".into(),
        }
    }

    pub(crate) fn sign(&self, header: Header, round: u32, signers: &[usize]) -> CommitProof {
        let seeds: Vec<String> = signers.iter().map(|i| format!("validator {i}")).collect();
        commit(header, round, seeds.iter().map(String::as_str))
    }

    /// A receipt for leaf `index` of a log of `size` leaves.
    pub(crate) fn receipt(&self, size: u64, index: u64, signers: &[usize]) -> Receipt {
        let statement = self.statement("REF-1");
        let mut tree = Tree::default();
        tree.append(&self.genesis.bytes());
        for i in 1..size {
            let filler = i.to_be_bytes();
            tree.append(if i == index { statement.bytes() } else { &filler });
        }
        Receipt {
            claim: Claim::Accepted {
                statement: statement.bytes().to_vec(),
                signer: public("entry 0"),
            },
            index,
            path: tree.path(index),
            commit: self.sign(self.header(&tree), 0, signers),
            links: vec![],
        }
    }

    /// A receipt for the second of three refusals of one batch.
    pub(crate) fn refusal(&self, signers: &[usize]) -> Receipt {
        let mut refused = Tree::default();
        for i in 0..3 {
            refused.append(&refusal_record(i).bytes());
        }
        let mut tree = Tree::default();
        tree.append(&self.genesis.bytes());
        let header = Header {
            refusals_size: refused.log.size(),
            refusals_root: refused.log.root(),
            ..self.header(&tree)
        };
        Receipt {
            claim: Claim::Refused { record: refusal_record(1).bytes() },
            index: 1,
            path: refused.path(1),
            commit: self.sign(header, 0, signers),
            links: vec![],
        }
    }
}

pub(crate) fn action() -> Action {
    Action {
        family: "combined_port".into(),
        kind: "arrival".into(),
        schema: 1,
        subject: "bill:SDSK26110001".into(),
        body: vec![0xa1, 0x01, 0x18, 0x28],
        seen: Some(3),
        sealed: Some(BTreeMap::from([(4, Digest::of(b"salted value"))])),
    }
}

pub(crate) fn refusal_record(i: u32) -> RefusedEntry {
    RefusedEntry {
        entry: Digest::of(&i.to_be_bytes()),
        action: i,
        rule: 1_017,
        field: "seal_no".into(),
        found: "SH-880171".into(),
        expected: "SH-880117".into(),
        remedy: "hub_wharf".into(),
    }
}

/// The commit proof in which the keys of these seeds sign a header.
pub(crate) fn commit<'a>(
    header: Header,
    round: u32,
    seeds: impl IntoIterator<Item = &'a str>,
) -> CommitProof {
    let digest = header.digest();
    let sign = |seed: &str| {
        let (signer, kid) = (key(seed), public(seed).thumbprint());
        let tbs =
            precommit_tbs(&header.network, header.height, round, &digest, &header.log_root, &kid);
        CommitSignature { kid, signature: countersign_record::keys::Signer::sign(&signer, &tbs) }
    };
    let signatures = seeds.into_iter().map(sign).collect();
    CommitProof { header, round, signatures }
}

/// The set of the validators that these seeds stand for, one power each.
pub(crate) fn set_of(seeds: &[&str]) -> ValidatorSet {
    let validator = |seed: &&str| Validator { party: (*seed).into(), key: public(seed), power: 1 };
    ValidatorSet::new(seeds.iter().map(validator).collect()).unwrap()
}

/// The link in which the keys of `seeds` hand over to `next` at a height.
pub(crate) fn link(
    network: &Network,
    height: u64,
    old: &ValidatorSet,
    seeds: &[&str],
    next: &ValidatorSet,
) -> Link {
    let mut tree = Tree::default();
    tree.append(&network.genesis.bytes());
    let header = Header {
        height,
        validators: old.digest(),
        next_validators: next.digest(),
        ..network.header(&tree)
    };
    Link { commit: commit(header, 0, seeds.iter().copied()), next: next.clone() }
}

/// A log with every node that a store would keep.
#[derive(Default)]
pub(crate) struct Tree {
    pub(crate) log: Log,
    pub(crate) nodes: BTreeMap<NodeIndex, Digest>,
}

impl Tree {
    pub(crate) fn append(&mut self, entry: &[u8]) {
        let nodes = &mut self.nodes;
        self.log.append(log::leaf_hash(entry), |at, hash| {
            assert_eq!(nodes.insert(at, hash), None, "a node is kept twice");
        });
    }

    pub(crate) fn node(&self, at: NodeIndex) -> Result<Digest, NodeIndex> {
        self.nodes.get(&at).copied().ok_or(at)
    }

    pub(crate) fn path(&self, index: u64) -> Vec<Digest> {
        log::inclusion_path(self.log.size(), index, |at| self.node(at)).unwrap().unwrap()
    }
}

/// The order of the group, 2^252 + 27742317777372353535851937790883648493, little-endian.
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// The same signature with the group order added to its scalar.
pub(crate) fn unreduced(signature: SignatureBytes) -> SignatureBytes {
    let (mut bytes, mut carry) = (signature.0, 0);
    for (byte, order) in bytes[32..].iter_mut().zip(ORDER) {
        let sum = u16::from(*byte) + u16::from(order) + carry;
        (*byte, carry) = (sum as u8, sum >> 8);
    }
    SignatureBytes(bytes)
}
