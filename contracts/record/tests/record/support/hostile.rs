//! Vectors that must be refused, each beside the step that refuses it.

use countersign_record::{
    Digest, encoding,
    keys::{PublicKey, SignatureBytes, Signer as _, sig_structure},
    receipt::{Claim, Receipt},
    statement::{Payload, Statement},
};
use serde_json::{Value, json};

use super::{
    Network, Tree, cbor, commit, key, link, public, set_of, unreduced,
    vectors::{network, protected},
};

/// The neutral element: a key of order 1, under which a lenient verifier takes R = A, S = 0.
const WEAK: PublicKey = PublicKey([
    1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
]);

fn weak_signature() -> SignatureBytes {
    let mut bytes = [0; 64];
    bytes[0] = 1;
    SignatureBytes(bytes)
}

/// A tagged COSE_Sign1 with an empty unprotected map, put together byte by byte.
fn sign1(protected: &[u8], payload: &[u8], signature: &[u8]) -> Vec<u8> {
    let bstr = |b: &[u8]| {
        let len = b.len() as u16;
        let head = if b.len() < 24 {
            vec![0x40 | len as u8]
        } else if b.len() < 256 {
            vec![0x58, len as u8]
        } else {
            [&[0x59][..], &len.to_be_bytes()].concat()
        };
        [head, b.to_vec()].concat()
    };
    [&[0xd2, 0x84][..], &bstr(protected), &[0xa0], &bstr(payload), &bstr(signature)].concat()
}

/// A payload in some bytes, signed as it stands.
fn signed(code: i8, payload: &[u8]) -> Vec<u8> {
    let protected = protected(code, &public("entry 0").thumbprint());
    let signature = key("entry 0").sign(&sig_structure(&protected, payload));
    sign1(&protected, payload, &signature.0)
}

fn twisted(bytes: &[u8], twist: cbor::Twist) -> Vec<u8> {
    let all = cbor::twisted(bytes);
    all.into_iter().find(|(t, _)| *t == twist).expect("there is such an item").1
}

fn statement_case(about: &str, bytes: Vec<u8>, signer: PublicKey, why: &str) -> Value {
    let refused_by = match Statement::parse(&bytes) {
        Err(_) => "parse",
        Ok(_) => "signature",
    };
    json!({ "about": about, "bytes": hex::encode(bytes), "signer": signer, "refused_by": refused_by, "why": why })
}

fn unreadable(about: &str, bytes: Vec<u8>, why: &str) -> Value {
    statement_case(about, bytes, public("entry 0"), why)
}

pub(crate) fn statements() -> Value {
    let good = network().statement("REF-1");
    let mut cases = misspelt_statements(&good);
    cases.extend(forbidden_statements(&good));
    cases.extend(unsigned_statements(&good));
    json!({
        "about": "Statements to refuse: 'parse' before a signature is looked at, 'signature' under the key given",
        "cases": cases,
    })
}

fn misspelt_statements(good: &Statement) -> Vec<Value> {
    let payload = encoding::encode(good.payload());
    let spelled = |about: &str, twist| {
        unreadable(about, signed(-8, &twisted(&payload, twist)), "statement payload is malformed")
    };
    let mut receipts_inside = good.bytes().to_vec();
    receipts_inside.splice(42..43, [0xa1, 0x18, 0x2a, 0x00]);
    vec![
        spelled("a number in more bytes than it needs", cbor::Twist::Long),
        spelled("an indefinite length", cbor::Twist::Indefinite),
        spelled("keys in another order", cbor::Twist::Swapped),
        spelled("a key twice", cbor::Twist::Doubled),
        spelled("an unknown key", cbor::Twist::Unknown),
        unreadable("a trailing byte", [good.bytes(), &[0]].concat(), "1 trailing bytes"),
        unreadable(
            "a long length in the envelope",
            twisted(good.bytes(), cbor::Twist::Long),
            "not the deterministic encoding",
        ),
        unreadable(
            "without its tag",
            good.bytes()[1..].to_vec(),
            "statement is malformed at byte 0",
        ),
        unreadable(
            "something in the unprotected header",
            receipts_inside,
            "the unprotected header is not empty",
        ),
    ]
}

fn forbidden_statements(good: &Statement) -> Vec<Value> {
    let payload = encoding::encode(good.payload());
    let kid = public("entry 0").thumbprint();
    let fields = |change: fn(&mut Payload)| {
        let mut payload = good.payload().clone();
        change(&mut payload);
        signed(-8, &encoding::encode(&payload))
    };
    vec![
        unreadable("ES256 instead of Ed25519", signed(-7, &payload), "found algorithm -7"),
        unreadable(
            "a signature of 63 bytes",
            sign1(&protected(-8, &kid), &payload, &[0; 63]),
            "expected a signature of 64 bytes",
        ),
        unreadable(
            "a float in the payload",
            signed(-8, &[0xa1, 0x01, 0xf9, 0x3c, 0x00]),
            "statement payload is malformed",
        ),
        unreadable("no action", fields(|p| p.actions.clear()), "0 actions, expected 1 to 128"),
        unreadable(
            "text that runs from right to left",
            fields(|p| p.reference = "A\u{202e}B".into()),
            "invisible character",
        ),
        unreadable(
            "a family in look-alike letters",
            fields(|p| p.actions[0].family = "\u{441}ustoms".into()),
            "expected ASCII letters",
        ),
    ]
}

fn unsigned_statements(good: &Statement) -> Vec<Value> {
    let payload = encoding::encode(good.payload());
    let kid = public("entry 0").thumbprint();
    let other_s = {
        let tbs = sig_structure(&protected(-8, &kid), &payload);
        unreduced(key("entry 0").sign(&tbs))
    };
    vec![
        statement_case(
            "a scalar that is not reduced",
            sign1(&protected(-8, &kid), &payload, &other_s.0),
            public("entry 0"),
            "signature",
        ),
        statement_case(
            "a key of small order",
            sign1(&protected(-8, &WEAK.thumbprint()), &payload, &weak_signature().0),
            WEAK,
            "signature",
        ),
        statement_case(
            "another party's key",
            good.bytes().to_vec(),
            public("entry 1"),
            "signature",
        ),
        statement_case(
            "signed by this key, and said to be signed by another",
            {
                let protected = protected(-8, &public("entry 1").thumbprint());
                let signature = key("entry 0").sign(&sig_structure(&protected, &payload));
                sign1(&protected, &payload, &signature.0)
            },
            public("entry 0"),
            "signature",
        ),
    ]
}

fn receipt_case(about: &str, bytes: Vec<u8>, step: &str) -> Value {
    json!({ "about": about, "bytes": hex::encode(bytes), "refused_by": step })
}

/// The good receipt with a change in it.
fn changed(
    network: &Network,
    about: &str,
    step: &str,
    change: fn(&Network, &mut Receipt),
) -> Value {
    let mut receipt = network.receipt(9, 4, &[0, 1, 3]);
    change(network, &mut receipt);
    receipt_case(about, receipt.to_compact(), step)
}

pub(crate) fn receipts() -> Value {
    let network = network();
    let mut elsewhere = Network::of(&[1, 1, 1, 1]);
    elsewhere.genesis.name = "elsewhere".into();
    let mut cases = unsigned_receipts(&network, &elsewhere);
    cases.extend(untrue_receipts(&network, &elsewhere));
    cases.extend(badly_followed(&network));
    cases.extend(mixed_receipts(&network));
    json!({
        "about": "Receipts to refuse under this founding document, or the case's own, and the first step that refuses",
        "genesis": network.genesis,
        "cases": cases,
    })
}

fn unsigned_receipts(network: &Network, elsewhere: &Network) -> Vec<Value> {
    let case = receipt_case;
    let changed = |about: &str, step: &str, change| changed(network, about, step, change);
    let good = network.receipt(9, 4, &[0, 1, 3]);
    vec![
        case("a trailing byte", [good.to_compact(), vec![0]].concat(), "Form"),
        case("a key twice", twisted(&good.to_compact(), cbor::Twist::Doubled), "Form"),
        case(
            "a long length among the standard receipts",
            twisted(&good.to_cose().unwrap(), cbor::Twist::Long),
            "Form",
        ),
        case("a bare statement", network.statement("REF-1").bytes().to_vec(), "Form"),
        changed("another network", "Quorum", |_, r| r.commit.header.network = Digest::of(b"other")),
        case(
            "a receipt of another network",
            elsewhere.receipt(9, 4, &[0, 1, 3]).to_compact(),
            "Quorum",
        ),
        case("a lone precommit", network.receipt(9, 4, &[0]).to_compact(), "Quorum"),
        case(
            "a lone precommit, standard form",
            network.receipt(9, 4, &[0]).to_cose().unwrap(),
            "Quorum",
        ),
        case("two of four", network.receipt(9, 4, &[0, 1]).to_compact(), "Quorum"),
        case("a signer twice", network.receipt(9, 4, &[0, 1, 1]).to_compact(), "Quorum"),
        changed("a stranger among the signers", "Quorum", |_, r| {
            r.commit =
                commit(r.commit.header.clone(), 0, ["validator 0", "validator 1", "stranger"]);
        }),
        changed("signatures of two rounds", "Quorum", |n, r| {
            r.commit.signatures[2] = n.sign(r.commit.header.clone(), 1, &[2]).signatures[0].clone();
        }),
        changed("a precommit whose scalar is not reduced", "Quorum", |_, r| {
            r.commit.signatures[0].signature = unreduced(r.commit.signatures[0].signature);
        }),
        changed("another validator set", "Quorum", |_, r| {
            r.commit.header.validators = set_of(&["a"]).digest();
            r.commit = commit(r.commit.header.clone(), 0, ["a"]);
        }),
        changed("a change that the old set did not sign", "Membership", |n, r| {
            let next = set_of(&["a"]);
            r.links = vec![link(n, 3, &n.set(), &["a"], &next)];
        }),
        changed("a change after the batch", "Membership", |n, r| {
            let (old, next) = (["validator 0", "validator 1", "validator 2"], set_of(&["a"]));
            r.links = vec![link(n, 7, &n.set(), &old, &next)];
        }),
    ]
}

fn untrue_receipts(network: &Network, elsewhere: &Network) -> Vec<Value> {
    let case = receipt_case;
    let changed = |about: &str, step: &str, change| changed(network, about, step, change);
    let weak = weak_signer(network);
    let mut smuggled = smuggled(network, elsewhere.statement("REF-1").bytes());
    let from_elsewhere = smuggled.to_compact();
    smuggled.claim = Claim::Accepted {
        statement: network.statement("REF-2").bytes().to_vec(),
        signer: public("entry 0"),
    };
    vec![
        changed("another party's key", "Signature", |n, r| {
            let statement = n.statement("REF-1").bytes().to_vec();
            r.claim = Claim::Accepted { statement, signer: public("entry 1") };
        }),
        case("a signer of small order", weak.to_compact(), "Signature"),
        case("a statement for another network", from_elsewhere, "Signature"),
        case("a statement that is not that leaf", smuggled.to_compact(), "Inclusion"),
        changed("another path", "Inclusion", |_, r| r.path[1] = r.path[0]),
        changed("a shorter path", "Inclusion", |_, r| r.path.truncate(3)),
        changed("another leaf number", "Inclusion", |_, r| r.index = 5),
        changed("a leaf number outside of the log", "Inclusion", |_, r| r.index = u64::MAX),
    ]
}

/// Changes of the validator set that lead nowhere, and a quorum that is none by a hair.
fn badly_followed(network: &Network) -> Vec<Value> {
    const OLD: [&str; 3] = ["validator 0", "validator 1", "validator 2"];
    let changed = |about: &str, step: &str, change| changed(network, about, step, change);
    let three = Network::of(&[1, 1, 1]);
    let mut two_of_three =
        receipt_case("exactly two thirds", three.receipt(9, 4, &[0, 1]).to_compact(), "Quorum");
    two_of_three["genesis"] = json!(three.genesis);
    // One key to a validator, so that the encodings are as long as each other.
    let (next, encoded) = (set_of(&["a", "b"]), |seed| encoding::encode(&set_of(&[seed])));
    let mut turned = network.receipt(9, 4, &[0, 1, 3]);
    turned.links = vec![link(network, 3, &network.set(), &OLD, &next)];
    let (turned, a, b) = (turned.to_compact(), &encoded("a")[1..], &encoded("b")[1..]);
    vec![
        two_of_three,
        changed("a change to another set than the header names", "Membership", |n, r| {
            r.links = vec![link(n, 3, &n.set(), &OLD, &set_of(&["a"]))];
            r.links[0].next = set_of(&["b"]);
        }),
        changed("a change that changes nothing", "Membership", |n, r| {
            r.links = vec![link(n, 3, &n.set(), &OLD, &n.set())];
        }),
        changed("two changes at one height", "Membership", |n, r| {
            let next = set_of(&["a"]);
            let first = link(n, 3, &n.set(), &OLD, &next);
            r.links = vec![first, link(n, 3, &next, &["a"], &set_of(&["b"]))];
        }),
        receipt_case(
            "validators out of order",
            replaced(&turned, &[a, b].concat(), &[b, a].concat(), 0),
            "Form",
        ),
    ]
}

/// Standard receipts that do not all say the same, or not what the header beside them says.
fn mixed_receipts(network: &Network) -> Vec<Value> {
    let receipt = network.receipt(9, 4, &[0, 1, 3]);
    let (good, header) = (receipt.to_cose().unwrap(), receipt.commit.header.digest());
    let round = |n: u8| [&[7, n, 0x58, 0x20][..], &header.0].concat();
    let mut sibling = receipt.path[0].0;
    sibling[0] ^= 1;
    let mixed = |about: &str, from: &[u8], to: &[u8], which: usize| {
        receipt_case(about, replaced(&good, from, to, which), "Form")
    };
    vec![
        mixed("another tree size in a standard receipt", &[0x83, 9, 4], &[0x83, 10, 4], 0),
        mixed("another leaf number in a standard receipt", &[0x83, 9, 4], &[0x83, 9, 5], 1),
        mixed("another path in a standard receipt", &receipt.path[0].0, &sibling, 1),
        mixed("another round in a standard receipt", &round(0), &round(1), 1),
        mixed("another header beside the standard receipts", b"fPARTY0", b"fPARTY1", 0),
    ]
}

/// The bytes with one occurrence of a piece replaced.
fn replaced(bytes: &[u8], from: &[u8], to: &[u8], which: usize) -> Vec<u8> {
    let mut found = (0..bytes.len()).filter(|at| bytes[*at..].starts_with(from));
    let at = found.nth(which).expect("there is such a piece");
    [&bytes[..at], to, &bytes[at + from.len()..]].concat()
}

/// A receipt of a quorum over a log whose only leaf is this statement.
fn smuggled(network: &Network, statement: &[u8]) -> Receipt {
    let mut tree = Tree::default();
    tree.append(statement);
    Receipt {
        claim: Claim::Accepted { statement: statement.to_vec(), signer: public("entry 0") },
        index: 0,
        path: vec![],
        commit: network.sign(network.header(&tree), 0, &[0, 1, 2]),
        links: vec![],
    }
}

/// As if a lenient node had let a statement in that a key of small order "signed".
fn weak_signer(network: &Network) -> Receipt {
    let payload = encoding::encode(&network.payload("REF-1"));
    let protected = protected(-8, &WEAK.thumbprint());
    let statement = sign1(&protected, &payload, &weak_signature().0);
    let mut receipt = smuggled(network, &statement);
    receipt.claim = Claim::Accepted { statement, signer: WEAK };
    receipt
}
