//! Golden vectors of the state tree and of state proofs, and the hostile ones beside them.

use countersign_record::{
    Digest,
    commit::ProofFault,
    state_proof::{Found, OtherLeaf, StateFault, StateProof, verify},
    state_tree::{hash_of_value, key_of, leaf_hash, value_of},
};
use serde_json::{Value, json};

use super::{
    Network, cbor, commit, link, set_of,
    state::{FAMILY, State},
    vectors::network,
};

const QUORUM: &[usize] = &[0, 1, 3];

fn record_of(i: u64) -> Vec<u8> {
    format!("record {i}").into_bytes()
}

pub(crate) fn tree() -> Value {
    let case = |size: u64| {
        let state = State::of(size);
        let leaf = |i: u64| {
            let key = key_of(FAMILY, &format!("box:{i}"));
            let value_hash = hash_of_value(&value_of(&record_of(i)));
            json!({ "key": key, "value_hash": value_hash, "leaf": leaf_hash(&key, &value_hash),
                "path": state.path(&key).1 })
        };
        json!({ "size": size, "root": state.root(), "leaves": (0..size).map(leaf).collect::<Vec<_>>() })
    };
    json!({
        "about": "The state tree over the first subjects box:0, box:1, … of the family combined_port, whose records are the ASCII texts 'record 0', 'record 1', …: the root, and for each subject its key, leaf and path, from its place upwards",
        "cases": (0..=9).map(case).collect::<Vec<_>>(),
    })
}

/// A proof over one change of the validator set.
pub(crate) fn moved(network: &Network, state: &State) -> StateProof {
    let next = set_of(&["a", "b", "c", "d"]);
    let old = ["validator 0", "validator 1", "validator 3"];
    let mut proof = network.state_proof(7, state, "box:5", Some(b"record 5"), &[]);
    proof.commit.header.validators = next.digest();
    proof.commit = commit(proof.commit.header, 0, ["a", "b", "d"]);
    proof.links = vec![link(network, 3, &network.set(), &old, &next)];
    proof
}

pub(crate) fn proofs() -> Value {
    let (network, state) = (network(), State::of(20));
    let case = |about: &str, proof: StateProof| {
        let verified = verify(&network.genesis, &proof.to_bytes()).unwrap();
        json!({
            "about": about,
            "genesis": network.genesis,
            "height": verified.height(),
            "time": verified.time(),
            "state_root": proof.commit.header.state_root,
            "family": proof.family,
            "subject": proof.subject,
            "key": proof.key(),
            "record": verified.record().map(hex::encode),
            "signers": verified.header().signers().len(),
            "proof": hex::encode(proof.to_bytes()),
        })
    };
    let absent = |name: String| network.state_proof(7, &state, &name, None, QUORUM);
    let none = network.state_proof(1, &State::default(), "box:0", None, QUORUM);
    json!({
        "about": "State proofs that verify: of a record, and of both kinds of absence ('record' is null)",
        "cases": [
            case("present", network.state_proof(7, &state, "box:3", Some(b"record 3"), QUORUM)),
            case("absent: nothing stands in its place", absent(state.absent(false))),
            case("absent: another leaf stands in its place", absent(state.absent(true))),
            case("absent from a state of nothing", none),
            case("present after a change of the validator set", moved(&network, &state)),
        ],
    })
}

/// The name of a fault, for readers in other languages: its step, and what was wrong in it.
pub(crate) fn name(fault: &StateFault) -> String {
    let inner = match fault {
        StateFault::Quorum(ProofFault::OtherNetwork(_)) => "OtherNetwork",
        StateFault::Quorum(ProofFault::OtherValidators(_)) => "OtherValidators",
        StateFault::Quorum(ProofFault::NotAValidator(_)) => "NotAValidator",
        StateFault::Quorum(ProofFault::SignedTwice(_)) => "SignedTwice",
        StateFault::Quorum(ProofFault::BadSignature(_)) => "BadSignature",
        StateFault::Quorum(ProofFault::NoQuorum { .. }) => "NoQuorum",
        StateFault::NotPresent(_) => "NotPresent",
        StateFault::NotAbsent(_) => "NotAbsent",
        StateFault::OwnLeaf => "OwnLeaf",
        StateFault::LeafElsewhere { .. } => "LeafElsewhere",
        other => return format!("{:?}", other.step()),
    };
    format!("{:?}/{inner}", fault.step())
}

pub(crate) fn case(about: &str, bytes: &[u8], refused_by: &str) -> Value {
    json!({ "about": about, "bytes": hex::encode(bytes), "refused_by": refused_by })
}

pub(crate) fn hostile() -> Value {
    let network = network();
    let mut cases = malformed(&network);
    cases.extend(unsigned(&network));
    cases.extend(untrue(&network));
    json!({
        "about": "State proofs to refuse under this founding document, with the first step that refuses, and what is wrong in it",
        "genesis": network.genesis,
        "cases": cases,
    })
}

pub(crate) fn good(network: &Network, signers: &[usize]) -> StateProof {
    network.state_proof(7, &State::of(20), "box:3", Some(b"record 3"), signers)
}

pub(crate) fn twisted(bytes: &[u8], twist: cbor::Twist) -> Vec<u8> {
    cbor::twisted(bytes).into_iter().find(|(t, _)| *t == twist).expect("there is such an item").1
}

fn malformed(network: &Network) -> Vec<Value> {
    let good = good(network, QUORUM);
    let bytes = good.to_bytes();
    let form = |about: &str, bytes: &[u8]| case(about, bytes, "Form");
    let named = |family: &str, subject: &str| {
        let (family, subject) = (family.into(), subject.into());
        StateProof { family, subject, ..good.clone() }.to_bytes()
    };
    let mut renamed = bytes.clone();
    let at = bytes.windows(5).position(|w| w == b"box:3").expect("the subject's name");
    renamed[at + 4] = b'4';
    let long = StateProof { path: vec![Digest::ZERO; 257], ..good.clone() }.to_bytes();
    vec![
        form("a trailing byte", &[&bytes[..], &[0]].concat()),
        form("a key twice", &twisted(&bytes, cbor::Twist::Doubled)),
        form("a number in more bytes than it needs", &twisted(&bytes, cbor::Twist::Long)),
        form("a receipt", &network.receipt(9, 4, QUORUM).to_compact()),
        form("a path longer than a key", &long),
        form("another subject's name beside the same key", &renamed),
        form("a family with a stroke in its name", &named("combined_port/x", "box:3")),
        form("a subject with a zero in its name", &named(FAMILY, "box:3\u{0}")),
    ]
}

fn unsigned(network: &Network) -> Vec<Value> {
    let mut elsewhere = Network::of(&[1, 1, 1, 1]);
    elsewhere.genesis.name = "elsewhere".into();
    let signed = |signers: &[usize]| good(network, signers).to_bytes();
    let mut touched = good(network, QUORUM);
    touched.commit.header.state_root = State::of(21).root();
    let mut strangers = good(network, QUORUM);
    strangers.commit.header.validators = set_of(&["a"]).digest();
    strangers.commit = commit(strangers.commit.header, 0, ["a"]);
    let mut unsigned_change = good(network, QUORUM);
    let next = set_of(&["a"]);
    unsigned_change.links = vec![link(network, 3, &network.set(), &["a"], &next)];
    let foreign = good(&elsewhere, QUORUM).to_bytes();
    vec![
        case("a proof of another network", &foreign, "Quorum/OtherNetwork"),
        case("one signature of four", &signed(&[0]), "Quorum/NoQuorum"),
        case("two signatures of four", &signed(&[0, 1]), "Quorum/NoQuorum"),
        case("a signer twice", &signed(&[0, 1, 1]), "Quorum/SignedTwice"),
        case("a state root that nobody signed", &touched.to_bytes(), "Quorum/BadSignature"),
        case("another validator set", &strangers.to_bytes(), "Quorum/OtherValidators"),
        case("a change that the old set did not sign", &unsigned_change.to_bytes(), "Membership"),
    ]
}

fn untrue(network: &Network) -> Vec<Value> {
    let state = State::of(20);
    let mut later = State::of(20);
    later.put("box:3", b"record 3, later");
    let good = good(network, QUORUM);
    let neighbour = network.state_proof(7, &state, "box:4", Some(b"record 4"), QUORUM);
    let absent = network.state_proof(7, &state, &state.absent(true), None, QUORUM);
    let next_commit = network.sign(network.state_header(8, &later), 0, QUORUM);
    let leaf = |i: u64| OtherLeaf {
        key: key_of(FAMILY, &format!("box:{i}")),
        value_hash: hash_of_value(&value_of(&record_of(i))),
    };
    let with = |found: Found| StateProof { found, ..good.clone() };
    let row = |about: &str, proof: StateProof, what: &str| {
        case(about, &proof.to_bytes(), &format!("State/{what}"))
    };
    let mut bent = good.clone();
    bent.path[0].0[0] ^= 1;
    let mut short = good.clone();
    short.path.pop();
    vec![
        row("another record", with(Found::Record(b"record 4".to_vec())), "NotPresent"),
        row(
            "the path of one height under the header of the next",
            StateProof { commit: next_commit, ..good.clone() },
            "NotPresent",
        ),
        row(
            "the record and path of a neighbour under this name",
            StateProof { subject: "box:3".into(), ..neighbour.clone() },
            "NotPresent",
        ),
        row("another sibling", bent, "NotPresent"),
        row("a shorter path", short, "NotPresent"),
        row(
            "a record that was made up for an absent subject",
            StateProof { found: Found::Record(b"made up".to_vec()), ..absent },
            "NotPresent",
        ),
        row("an absence of what is there", with(Found::Nothing), "NotAbsent"),
        row("an absence that shows the subject's own leaf", with(Found::Other(leaf(3))), "OwnLeaf"),
        row(
            "an absence that shows a leaf from elsewhere, on its own true path",
            StateProof { found: Found::Other(leaf(4)), path: neighbour.path, ..good.clone() },
            "LeafElsewhere",
        ),
    ]
}
