//! State codes with every field open, as a reader of `record.cddl` would write them, and the golden
//! and hostile vectors of codes.

use countersign_record::{
    Digest, commit::Link, keys::SignatureBytes, log, state_code::StateCode, state_proof::StateProof,
};
use minicbor::{Decode, Encode};
use serde_json::{Value, json};

use super::{
    Network, cbor, link, set_of,
    state::State,
    state_vectors::{case, good, moved, twisted},
    vectors::network,
};

#[derive(Clone, Encode, Decode)]
pub(crate) struct Signed {
    #[n(0)]
    pub(crate) validator: u32,
    #[n(1)]
    pub(crate) signature: SignatureBytes,
}

/// The fields of a code, in their order.
#[derive(Clone, Encode, Decode)]
pub(crate) struct Parts {
    #[n(0)]
    pub(crate) family: String,
    #[n(1)]
    pub(crate) subject: String,
    #[cbor(n(2), with = "minicbor::bytes")]
    pub(crate) record: Option<Vec<u8>>,
    #[n(3)]
    pub(crate) digest: Option<Digest>,
    #[cbor(n(4), with = "minicbor::bytes")]
    pub(crate) path: Vec<u8>,
    #[n(5)]
    pub(crate) height: u64,
    #[n(6)]
    pub(crate) time: u64,
    #[n(7)]
    pub(crate) parent: Digest,
    #[n(8)]
    pub(crate) log_size: u64,
    #[n(9)]
    pub(crate) log_root: Digest,
    #[n(10)]
    pub(crate) refusals_size: u64,
    #[n(11)]
    pub(crate) refusals_root: Option<Digest>,
    #[n(12)]
    pub(crate) next_validators: Option<Digest>,
    #[n(13)]
    pub(crate) rules: u32,
    #[n(14)]
    pub(crate) proposer: String,
    #[n(15)]
    pub(crate) round: u32,
    #[n(16)]
    pub(crate) signatures: Vec<Signed>,
    #[n(17)]
    pub(crate) links: Vec<Link>,
}

impl Parts {
    pub(crate) fn of(bytes: &[u8]) -> Self {
        minicbor::decode(bytes).unwrap()
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        minicbor::to_vec(self).unwrap()
    }
}

/// The code of a proof that holds.
pub(crate) fn code(network: &Network, proof: &StateProof) -> StateCode {
    StateCode::of(&network.genesis, proof).unwrap()
}

pub(crate) fn codes() -> Value {
    let (network, state) = (network(), State::of(20));
    let case = |about: &str, code: StateCode| {
        let verified = code.clone().verify(&network.genesis).unwrap();
        let header = verified.header().header();
        json!({
            "about": about,
            "genesis": network.genesis,
            "height": header.height,
            "time": header.time,
            "state_root": header.state_root,
            "header": header.digest(),
            "family": verified.family(),
            "subject": verified.subject(),
            "digest": verified.digest(),
            "record": verified.record().map(hex::encode),
            "signers": verified.header().signers(),
            "code": hex::encode(code.to_bytes()),
            "text": code.to_text(),
        })
    };
    let all = code(&network, &good(&network, &[0, 1, 2, 3]));
    json!({
        "about": "State codes that verify: the record, or ('record' is null) its digest alone; as bytes and as the text of a QR code",
        "cases": [
            case("three of four signed", code(&network, &good(&network, &[0, 1, 3]))),
            case("all four signed: the fewest that are a quorum stand in the code", all.clone()),
            case("the record's digest in its place", all.without_record()),
            case("after a change of the validator set", code(&network, &moved(&network, &state))),
        ],
    })
}

pub(crate) fn hostile() -> Value {
    let network = network();
    let bytes = code(&network, &good(&network, &[0, 1, 3])).to_bytes();
    let mut cases = malformed(&network, &bytes);
    cases.extend(untrue(&network, &bytes));
    json!({
        "about": "State codes to refuse under this founding document, with the first step that refuses, and what is wrong in it",
        "genesis": network.genesis,
        "cases": cases,
    })
}

/// The code with something in it changed.
fn changed(bytes: &[u8], change: impl FnOnce(&mut Parts)) -> Vec<u8> {
    let mut parts = Parts::of(bytes);
    change(&mut parts);
    parts.bytes()
}

fn malformed(network: &Network, bytes: &[u8]) -> Vec<Value> {
    let form = |about: &str, bytes: &[u8]| case(about, bytes, "Form");
    let with = |about: &str, change: fn(&mut Parts)| form(about, &changed(bytes, change));
    let validators = network.set().digest();
    vec![
        form("a trailing byte", &[bytes, &[0]].concat()),
        form("a number in more bytes than it needs", &twisted(bytes, cbor::Twist::Long)),
        form("a list of no stated length", &twisted(bytes, cbor::Twist::Indefinite)),
        form("a state proof", &good(network, &[0, 1, 3]).to_bytes()),
        with("both a record and its digest", |p| p.digest = Some(Digest::ZERO)),
        with("neither a record nor its digest", |p| p.record = None),
        with("a family with a stroke in its name", |p| p.family = "combined_port/x".into()),
        with("a subject with a zero in its name", |p| p.subject = "box:3\u{0}".into()),
        with("a path that is cut within a digest", |p| p.path.truncate(p.path.len() - 1)),
        with("a path longer than a key", |p| p.path = vec![0; 32 * 257]),
        with("the root of no refusals written out", |p| {
            p.refusals_root = Some(log::root_of([]));
        }),
        form(
            "a validator set that stays written out",
            &changed(bytes, |p| p.next_validators = Some(validators)),
        ),
        with("signatures in another order", |p| p.signatures.swap(0, 1)),
        with("a signer twice", |p| p.signatures[1] = p.signatures[0].clone()),
        with("the signature of a fifth validator of four", |p| p.signatures[2].validator = 4),
    ]
}

fn untrue(network: &Network, bytes: &[u8]) -> Vec<Value> {
    let mut elsewhere = Network::of(&[1, 1, 1, 1]);
    elsewhere.genesis.name = "elsewhere".into();
    let foreign = code(&elsewhere, &good(&elsewhere, &[0, 1, 3])).to_bytes();
    let next = set_of(&["a"]);
    let unsigned_change = link(network, 3, &network.set(), &["a"], &next);
    let unsigned = |about: &str, change: fn(&mut Parts)| {
        case(about, &changed(bytes, change), "Quorum/BadSignature")
    };
    vec![
        case("a code of another network", &foreign, "Quorum/BadSignature"),
        case(
            "two signatures of four",
            &changed(bytes, |p| {
                p.signatures.pop();
            }),
            "Quorum/NoQuorum",
        ),
        case(
            "a change that the old set did not sign",
            &changed(bytes, |p| p.links = vec![unsigned_change]),
            "Membership",
        ),
        unsigned("another record", |p| p.record = Some(b"record 4".to_vec())),
        unsigned("the digest of another record", |p| {
            (p.record, p.digest) = (None, Some(Digest::of(b"record 4")));
        }),
        unsigned("another subject's name", |p| p.subject = "box:4".into()),
        unsigned("another family's name", |p| p.family = "guarantee".into()),
        unsigned("a shorter path", |p| p.path.truncate(p.path.len() - 32)),
        unsigned("another height", |p| p.height += 1),
        unsigned("another time", |p| p.time += 1),
        unsigned("another proposer", |p| p.proposer = "PARTY1".into()),
        unsigned("another round", |p| p.round += 1),
        unsigned("a signature under another validator's number", |p| {
            p.signatures[2].validator = 2;
        }),
    ]
}
