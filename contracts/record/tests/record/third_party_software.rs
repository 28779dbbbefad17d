//! Statements and receipts are verified by software that we did not write (tests/conformance).

use std::{
    env, fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
};

use countersign_record::{
    encoding,
    receipt::Receipt,
    state_code::StateCode,
    statement::{Algorithm, Statement},
    token::{Claims, Token},
};
use ed25519_dalek::pkcs8::{EncodePublicKey as _, spki::der::pem::LineEnding};
use serde_json::{Value, json};

use crate::support::{
    Network, code::code, key, public, refusal_record, state::State, state_vectors::good,
};

/// The folder that the script is given, and what lies in it.
struct Folder(PathBuf);

impl Folder {
    fn put(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
        name.to_owned()
    }

    fn put_key(&self, seed: &str) -> String {
        let pem = key(seed).verifying_key().to_public_key_pem(LineEnding::LF).unwrap();
        self.put(&format!("keys/{}.pem", seed.replace(' ', "-")), pem.as_bytes())
    }

    fn put_format(&self, rule: &str, items: &[Vec<u8>], others: &[&str]) -> Value {
        let put =
            |(i, bytes): (usize, &Vec<u8>)| self.put(&format!("formats/{rule}-{i}.cbor"), bytes);
        let files: Vec<String> = items.iter().enumerate().map(put).collect();
        json!({ "rule": rule, "files": files, "not": others })
    }

    fn put_case(&self, name: &str, receipt: &Receipt, signers: &[usize], exact: bool) -> Value {
        let cose = receipt.cose_receipts();
        let put = |(bytes, i): (&Vec<u8>, &usize)| {
            let file = self.put(&format!("{name}/{i}.cose"), bytes);
            json!({ "file": file, "key": self.put_key(&format!("validator {i}")), "power": 1 })
        };
        let receipts: Vec<Value> = cose.iter().zip(signers).map(put).collect();
        let leaf = receipt.statement().unwrap().unwrap();
        json!({
            "name": name,
            "leaf": self.put(&format!("{name}/leaf.cbor"), leaf.bytes()),
            "transparent": self.put(&format!("{name}/transparent.cose"), &receipt.to_cose().unwrap()),
            "signer": self.put_key("entry 0"),
            "stranger": self.put_key("stranger"),
            "receipts": receipts,
            "root": receipt.commit.header.log_root,
            "size": receipt.commit.header.log_size,
            "index": receipt.index,
            "power": 4,
            "final": signers.len() >= 3,
            "every_flip_fails": exact,
        })
    }
}

fn statements(folder: &Folder, network: &Network) -> Vec<Value> {
    let case = |(algorithm, code): (Algorithm, i64)| {
        let payload = network.payload("REF-1");
        let statement = Statement::sign_as(algorithm, payload, &key("entry 0")).unwrap();
        let file = folder.put(&format!("statement{code}.cbor"), statement.bytes());
        json!({ "file": file, "key": folder.put_key("entry 0"), "algorithm": code })
    };
    [(Algorithm::EdDsa, -8), (Algorithm::Ed25519, -19)].map(case).to_vec()
}

fn formats(folder: &Folder, network: &Network, receipt: &Receipt) -> Vec<Value> {
    let statement = network.statement("REF-1");
    let bytes = statement.bytes().to_vec();
    let header = bytes[4..42].to_vec();
    let (state, signers) = (State::of(20), &[0, 1, 2][..]);
    let refusal = network.refusal(&[0, 1, 2]);
    let precommit = countersign_record::commit::precommit_protected(
        &network.id(),
        7,
        0,
        &receipt.commit.header.digest(),
        &public("validator 0").thumbprint(),
    );
    let record = "formats/refusal-record-0.cbor";
    let put = |rule: &str, items: &[Vec<u8>]| folder.put_format(rule, items, &[record]);
    vec![
        folder.put_format("refusal-record", &[refusal_record(0).bytes()], &[]),
        put("genesis", &[network.genesis.bytes(), Network::of(&[5]).genesis.bytes()]),
        put("payload", &[encoding::encode(statement.payload())]),
        put("statement-header-map", &[header]),
        put("statement", &[bytes]),
        put("header", &[receipt.commit.header.bytes()]),
        put("precommit-header-map", &[precommit]),
        put("validator-set", &[encoding::encode(&network.set())]),
        put("commit-proof", &[encoding::encode(&receipt.commit)]),
        put("accepted-receipt", &[receipt.to_compact()]),
        put("refused-receipt", &[refusal.to_compact()]),
        put(
            "present",
            &[network.state_proof(7, &state, "box:3", Some(b"record 3"), signers).to_bytes()],
        ),
        put(
            "absent",
            &[false, true].map(|beside| {
                network.state_proof(7, &state, &state.absent(beside), None, signers).to_bytes()
            }),
        ),
        put("state-code", &state_codes(network)),
        put("cose-receipt", &receipt.cose_receipts()),
        put("transparent-statement", &[receipt.to_cose().unwrap()]),
        put("token", &[token(network)]),
    ]
}

fn token(network: &Network) -> Vec<u8> {
    let claims =
        Claims { network: network.id(), issued_s: 1_795_000_000, expires_s: 1_795_003_600 };
    Token::sign(claims, &key("entry 0")).to_bytes()
}

fn state_codes(network: &Network) -> [Vec<u8>; 2] {
    let proof = good(network, &[0, 1, 2]);
    [code(network, &proof).to_bytes(), code(network, &proof).without_record().to_bytes()]
}

/// The texts of codes, and all that a reader must have beside them.
fn codes(network: &Network) -> Value {
    let texts = state_codes(network).map(|bytes| StateCode::parse(&bytes).unwrap().to_text());
    let keys: Vec<_> = network.set().validators().iter().map(|v| v.key).collect();
    json!({ "network": network.id(), "validators": network.set().digest(), "keys": keys,
        "subject": "combined_port/box:3", "record": hex::encode("record 3"), "texts": texts })
}

fn write(folder: &Folder, cddl: &Path) {
    let network = Network::of(&[1, 1, 1, 1]);
    let (three, one): (&[usize], &[usize]) = (&[0, 1, 3], &[2]);
    let small = network.receipt(9, 8, three);
    let cases = vec![
        // In a tree of nine only nine gives leaf eight a path of one: a size is as good as signed.
        folder.put_case("nine", &small, three, true),
        folder.put_case("thousand", &network.receipt(1_000, 5, three), three, false),
        folder.put_case("lone", &network.receipt(9, 8, one), one, true),
    ];
    let manifest = json!({
        "cddl": cddl.to_str().unwrap(),
        "statements": statements(folder, &network),
        "cases": cases,
        "states": ["formats/present-0.cbor", "formats/absent-0.cbor", "formats/absent-1.cbor"],
        "codes": codes(&network),
        "formats": formats(folder, &network, &network.receipt(9, 4, three)),
    });
    folder.put("manifest.json", manifest.to_string().as_bytes());
}

/// A Python with what the script needs, or why there is none.
fn python(requirements: &Path) -> Result<PathBuf, String> {
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("conformance-venv");
    let (python, stamp) = (home.join("bin/python"), home.join("requirements.txt"));
    let wanted = fs::read_to_string(requirements).unwrap();
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(python);
    }
    let run = |command: &mut Command| -> Result<(), String> {
        let output = command.output().map_err(|e| format!("{command:?}: {e}"))?;
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        output.status.success().then_some(()).ok_or(format!("{command:?}: {text}"))
    };
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&home))?;
    run(Command::new(&python).args(["-m", "pip", "install", "-q", "-r"]).arg(requirements))?;
    fs::write(stamp, wanted).map_err(|e| e.to_string())?;
    Ok(python)
}

#[test]
fn third_party_software() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let conformance = here.join("../../tests/conformance");
    let python = match python(&conformance.join("requirements.txt")) {
        Ok(python) => python,
        Err(why) => {
            assert!(env::var("CI").is_err(), "Python and its packages are needed in CI: {why}");
            // Past the harness, which hides what a passing test prints.
            let skipped = format!("SKIPPED: no Python with what tests/conformance needs: {why}\n");
            std::io::stderr().write_all(skipped.as_bytes()).unwrap();
            return;
        }
    };
    let folder = Folder(Path::new(env!("CARGO_TARGET_TMPDIR")).join("conformance"));
    write(&folder, &here.join("record.cddl"));
    let script = conformance.join("check.py");
    let output = Command::new(python).arg(script).arg(&folder.0).output().unwrap();
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, err) = (said(&output.stdout), said(&output.stderr));
    assert!(output.status.success(), "{out}{err}");
}

/// What a stock tool cannot see: the size of the tree is not signed where it reads it. Our own
/// check takes it from the header.
#[test]
fn a_tree_size_that_nobody_signed_is_refused_here() {
    let network = Network::of(&[1, 1, 1, 1]);
    let receipt = network.receipt(1_000, 5, &[0, 1, 3]);
    let mut other = receipt.clone();
    other.commit.header.log_size = 999;
    let good = receipt.to_cose().unwrap();
    // The proofs of the other size, beside the header and the signatures of the right one.
    let swapped: Vec<u8> = {
        let (right, wrong) = ([0x83, 0x19, 0x03, 0xe8, 0x05], [0x83, 0x19, 0x03, 0xe7, 0x05]);
        let mut bytes = good.clone();
        while let Some(at) = bytes.windows(5).position(|w| w == right) {
            bytes[at..at + 5].copy_from_slice(&wrong);
        }
        bytes
    };
    assert_ne!(swapped, good);
    assert!(Receipt::parse(&good).is_ok());
    let fault = Receipt::parse(&swapped).unwrap_err();
    assert!(fault.why.contains("deterministic"), "{fault}");
    assert!(other.commit.verify(&network.id(), &network.set()).is_err());
}
