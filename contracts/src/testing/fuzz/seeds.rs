//! What fuzzing begins with: the vectors of the formats, and one body of each kind that the stories
//! say. None of it is anybody's real message.

use alloc::{
    collections::BTreeMap,
    format,
    string::{String, ToString},
    vec::Vec,
};
use std::sync::LazyLock;

use countersign_record::{
    Digest, encoding,
    receipt::Receipt,
    token::{Claims, Token},
};
use ed25519_dalek::SigningKey;
use serde_json::Value;

use crate::{
    bonded_oil, certificate, combined_port, evidence,
    family::kind::Kind,
    guarantee, membership,
    testing::{
        certificate::{application_body, form_e_rows},
        histories,
        port::{Act, Port},
    },
};

/// One file to begin with.
#[derive(Clone, Debug)]
pub struct Seed {
    /// The target that it is for.
    pub target: &'static str,
    /// The name of the file.
    pub name: String,
    /// What stands in it.
    pub bytes: Vec<u8>,
}

/// The kinds of every family.
pub(super) const KINDS: [(&str, &[Kind]); 6] = [
    ("membership", membership::KINDS),
    ("combined_port", combined_port::KINDS),
    ("bonded_oil", bonded_oil::KINDS),
    ("guarantee", guarantee::KINDS),
    ("certificate", certificate::KINDS),
    ("evidence", evidence::KINDS),
];

/// Target, vectors, and the fields of a case that are seeds.
const VECTORS: [(&str, &str, &[&str]); 10] = [
    ("statement", include_str!("../../../../tests/vectors/statement.json"), &["statement"]),
    ("statement", include_str!("../../../../tests/vectors/hostile-statements.json"), &["bytes"]),
    (
        "receipt",
        include_str!("../../../../tests/vectors/receipt.json"),
        &["compact", "transparent_statement"],
    ),
    ("receipt", include_str!("../../../../tests/vectors/refusal.json"), &["compact"]),
    ("receipt", RECEIPTS, &["bytes"]),
    ("state_proof", include_str!("../../../../tests/vectors/state-proof.json"), &["proof"]),
    ("state_code", include_str!("../../../../tests/vectors/state-code.json"), &["code"]),
    ("state_code", include_str!("../../../../tests/vectors/hostile-state-codes.json"), &["bytes"]),
    ("commit", include_str!("../../../../tests/vectors/header.json"), &["cbor"]),
    ("genesis", include_str!("../../../../tests/vectors/genesis.json"), &["cbor"]),
];
const RECEIPTS: &str = include_str!("../../../../tests/vectors/hostile-receipts.json");
/// Seeds of one file of vectors; the rest differs from them in little.
const CASES_MAX: usize = 6;

/// The founding document under which the vectors verify, as JSON.
pub(super) static GENESIS: LazyLock<Vec<u8>> =
    LazyLock::new(|| vectors(RECEIPTS)["genesis"].to_string().into_bytes());

fn vectors(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn unhex(text: &str) -> Vec<u8> {
    let digits = text.as_bytes().chunks(2).map(|pair| core::str::from_utf8(pair).unwrap());
    digits.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
}

/// Every seed.
pub fn seeds() -> Vec<Seed> {
    let mut all = Vec::new();
    let mut add = |target, name: String, bytes| all.push(Seed { target, name, bytes });
    for (file, (target, text, fields)) in VECTORS.iter().enumerate() {
        let vectors = vectors(text);
        for (n, case) in vectors["cases"].as_array().unwrap().iter().take(CASES_MAX).enumerate() {
            for field in *fields {
                let bytes = unhex(case[field].as_str().unwrap_or_default());
                add(target, format!("{file}-{n}-{field}"), bytes);
            }
        }
    }
    for (n, case) in vectors(VECTORS[2].1)["cases"].as_array().unwrap().iter().enumerate() {
        let receipt = Receipt::parse(&unhex(case["compact"].as_str().unwrap())).unwrap();
        add("commit", format!("proof-{n}"), encoding::encode(&receipt.commit));
    }
    for (n, case) in vectors(VECTORS[6].1)["cases"].as_array().unwrap().iter().enumerate() {
        let text = case["text"].as_str().unwrap();
        add("state_code", format!("text-{n}"), text.as_bytes().to_vec());
    }
    add("genesis", "json".into(), GENESIS.clone());
    let set = serde_json::json!({ "rows": form_e_rows(), "note": "first rules" }).to_string();
    let application = application_body().to_string();
    let length = u16::try_from(set.len()).unwrap().to_be_bytes();
    add("review", "form_e".into(), [&length, set.as_bytes(), application.as_bytes()].concat());
    let claims = Claims { network: Digest::of(b"x"), issued_s: 1_795_000_000, expires_s: u64::MAX };
    let token = Token::sign(claims, &SigningKey::from_bytes(&[7; 32]));
    add("token", "text".into(), token.to_text().into_bytes());
    add("token", "bytes".into(), token.to_bytes());
    for ((family, kind), act) in said() {
        let json = act.body.to_string();
        add(
            "body",
            format!("{}-{}", act.family, act.kind),
            [&[family, kind], json.as_bytes()].concat(),
        );
    }
    for (name, bytes) in records() {
        add("stored", name, bytes);
    }
    all
}

/// The stories that the parties of a simulation tell.
fn stories() -> [Port; 5] {
    [
        Port::sailed(),
        Port::balanced(),
        Port::claimed(),
        Port::imported(),
        Port::import_ordered().do_all(histories::guarantee::lines()),
    ]
}

/// One act of each kind that a story has, by the numbers of its family and kind.
fn said() -> BTreeMap<(u8, u8), Act> {
    let mut said = BTreeMap::new();
    for act in stories().into_iter().flat_map(|port| port.acts) {
        let number = KINDS.iter().position(|(family, _)| *family == act.family).unwrap();
        let kind = KINDS[number].1.iter().position(|kind| kind.name == act.kind).unwrap();
        said.entry((number as u8, kind as u8)).or_insert(act);
    }
    said
}

/// One record of each family and kind of subject that a story has.
fn records() -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for port in stories() {
        for (key, record) in port.ledger.records() {
            let kind = key.subject.split(':').next().unwrap_or_default();
            let name = format!("{}-{kind}", key.family.name());
            found.entry(name).or_insert_with(|| record.bytes());
        }
    }
    found
}
