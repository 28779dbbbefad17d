//! What a party signs: a COSE_Sign1 statement (RFC 9052) with one or more actions.

use alloc::{collections::BTreeMap, format, string::String, vec::Vec};

use minicbor::{Decode, Decoder, Encode};
use serde::{Deserialize, Serialize};

use crate::{
    cose::{self, Sign1, sig_structure},
    digest::Digest,
    encoding::{self, Malformed},
    keys::{PublicKey, ReadKey, SignatureBytes, Signer},
    limits,
};

/// The name of an entry: SHA-256 of its tagged statement with an empty unprotected map.
pub type EntryId = Digest;

/// The signature algorithm that the protected header names. Both mean Ed25519 for a key that is
/// registered as Ed25519; the first is what today's tools write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// `EdDSA`, COSE algorithm -8 (RFC 9053).
    EdDsa,
    /// `Ed25519`, COSE algorithm -19 (RFC 9864).
    Ed25519,
}

/// One thing that a party did: who it concerns and what happened.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
#[serde(deny_unknown_fields)]
pub struct Action {
    /// The contract module, for instance `combined_port`: ASCII letters, digits and underscores.
    #[n(1)]
    pub family: String,
    /// The transition within the family, for instance `arrival`, in the same letters.
    #[n(2)]
    pub kind: String,
    /// The version of the body's schema.
    #[n(3)]
    pub schema: u32,
    /// The business object that is acted on, for instance `bill:SDSK26110001`.
    #[n(4)]
    pub subject: String,
    /// The body: deterministic CBOR that only the family can read.
    #[cbor(n(5), with = "minicbor::bytes")]
    #[serde(with = "hex::serde")]
    pub body: Vec<u8>,
    /// The version of the subject that the signer had seen. If it has moved on, the statement is
    /// refused rather than applied to something else.
    #[n(6)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<u64>,
    /// Body fields that were replaced by a salted commitment: field number to digest. The fields
    /// themselves are then absent from the body. Fields that a rule reads cannot be sealed.
    #[n(7)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed: Option<BTreeMap<u32, Digest>>,
}

/// The signed content of a statement.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
#[serde(deny_unknown_fields)]
pub struct Payload {
    /// The network it is meant for: the digest of its founding document.
    #[n(1)]
    pub network: Digest,
    /// The party's own reference, unique for that party for ever.
    #[n(2)]
    pub reference: String,
    /// When it happened, by the party's clock: UTC milliseconds since 1970. A claim; deadlines run
    /// on ledger time.
    #[n(3)]
    pub event_time: u64,
    /// Ledger time after which the statement is refused: UTC milliseconds since 1970.
    #[n(4)]
    pub expires: u64,
    /// SHA-256 of the documents it was made from, for instance the EDIFACT file.
    #[n(5)]
    pub documents: Vec<Digest>,
    /// What happened: accepted or refused as a whole, in order.
    #[n(6)]
    pub actions: Vec<Action>,
}

/// A statement whose form is canonical. Its signature is not checked yet: see
/// [`Statement::is_signed_by`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    bytes: Vec<u8>,
    id: EntryId,
    algorithm: Algorithm,
    kid: Digest,
    payload: Payload,
    payload_bytes: Vec<u8>,
    signature: SignatureBytes,
}

impl Statement {
    /// Signs a payload, and says `EdDSA` in the header: what today's tools read.
    ///
    /// # Errors
    /// The payload breaks a bound of [`limits`].
    pub fn sign(payload: Payload, key: &dyn Signer) -> Result<Self, Malformed> {
        Self::sign_as(Algorithm::EdDsa, payload, key)
    }

    /// Signs a payload under the name of the algorithm that the reader wants.
    ///
    /// # Errors
    /// The payload breaks a bound of [`limits`].
    pub fn sign_as(
        algorithm: Algorithm,
        payload: Payload,
        key: &dyn Signer,
    ) -> Result<Self, Malformed> {
        check_bounds(&payload)?;
        let kid = key.public().thumbprint();
        let payload_bytes = encoding::encode(&payload);
        let signature = key.sign(&sig_structure(&protected(algorithm, &kid), &payload_bytes));
        let bytes = assemble(algorithm, &kid, &payload_bytes, signature);
        if bytes.len() > limits::STATEMENT_BYTES_MAX {
            return Err(too_large(bytes.len()));
        }
        let id = Digest::of(&bytes);
        Ok(Self { bytes, id, algorithm, kid, payload, payload_bytes, signature })
    }

    /// Reads a statement and refuses anything but its one encoding.
    ///
    /// # Errors
    /// The first byte that is wrong, or the bound that is broken.
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        const WHAT: &str = "statement";
        if bytes.len() > limits::STATEMENT_BYTES_MAX {
            return Err(too_large(bytes.len()));
        }
        let Sign1 { protected, unprotected, payload, signature } = Sign1::read(WHAT, bytes)?;
        let (algorithm, kid) = read_protected(protected)?;
        if unprotected != cose::EMPTY_MAP {
            let why = "the unprotected header is not empty: receipts and notes stay outside";
            return Err(Malformed::new(WHAT, 0, why));
        }
        let payload_bytes =
            payload.ok_or_else(|| Malformed::new(WHAT, 0, "the payload is detached"))?.to_vec();
        // Rebuilding from the fields alone proves that nothing else was in there.
        encoding::same_bytes(WHAT, bytes, &assemble(algorithm, &kid, &payload_bytes, signature))?;
        let payload: Payload = encoding::decode("statement payload", &payload_bytes)?;
        check_bounds(&payload)?;
        let (id, bytes) = (Digest::of(bytes), bytes.to_vec());
        Ok(Self { bytes, id, algorithm, kid, payload, payload_bytes, signature })
    }

    /// Whether this key signed it: the strict rule, and the key the header names.
    pub fn is_signed_by(&self, key: &PublicKey) -> bool {
        key.read().is_some_and(|key| self.is_signed_by_read(&key))
    }

    /// The same, of a key that was read before.
    pub fn is_signed_by_read(&self, key: &ReadKey) -> bool {
        key.thumbprint() == self.kid
            && key.verifies(
                &sig_structure(&protected(self.algorithm, &self.kid), &self.payload_bytes),
                &self.signature,
            )
    }

    /// The tagged statement with an empty unprotected map: the log's leaf.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Its name.
    pub fn id(&self) -> EntryId {
        self.id
    }

    /// The algorithm that its header names.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The thumbprint of the key that is said to have signed it.
    pub fn kid(&self) -> Digest {
        self.kid
    }

    /// What was signed.
    pub fn payload(&self) -> &Payload {
        &self.payload
    }
}

fn too_large(found: usize) -> Malformed {
    let max = limits::STATEMENT_BYTES_MAX;
    Malformed::new("statement", max, format!("{found} bytes, at most {max} are taken"))
}

fn code_of(algorithm: Algorithm) -> i64 {
    match algorithm {
        Algorithm::EdDsa => -8,
        Algorithm::Ed25519 => -19,
    }
}

fn protected(algorithm: Algorithm, kid: &Digest) -> Vec<u8> {
    encoding::build(|e| {
        e.map(2)?.i64(cose::ALG)?.i64(code_of(algorithm))?.i64(cose::KID)?.encode(kid)?.ok()
    })
}

fn read_protected(bytes: &[u8]) -> Result<(Algorithm, Digest), Malformed> {
    const WHAT: &str = "statement protected header";
    let d = &mut Decoder::new(bytes);
    let (algorithm, kid) = protected_parts(d).map_err(|e| Malformed::decoding(WHAT, d, &e))?;
    encoding::same_bytes(WHAT, bytes, &protected(algorithm, &kid))?;
    Ok((algorithm, kid))
}

fn protected_parts(d: &mut Decoder<'_>) -> Result<(Algorithm, Digest), minicbor::decode::Error> {
    cose::expect("a map of the algorithm (1) and the kid (4)", 0, d.map()? == Some(2))?;
    cose::expect_label(d, cose::ALG)?;
    let at = d.position();
    let code = d.i64()?;
    let known = [Algorithm::EdDsa, Algorithm::Ed25519].into_iter().find(|a| code_of(*a) == code);
    let algorithm = known.ok_or_else(|| {
        let why = format!("found algorithm {code}, expected -8 (EdDSA) or -19 (Ed25519)");
        minicbor::decode::Error::message(why).at(at)
    })?;
    cose::expect_label(d, cose::KID)?;
    Ok((algorithm, d.decode()?))
}

fn assemble(
    algorithm: Algorithm,
    kid: &Digest,
    payload: &[u8],
    signature: SignatureBytes,
) -> Vec<u8> {
    let (protected, payload) = (&*protected(algorithm, kid), Some(payload));
    Sign1 { protected, unprotected: cose::EMPTY_MAP, payload, signature }.to_bytes()
}

/// Characters that nobody sees, or that turn the text beside them round: a name must look like
/// what it is on every screen and paper.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

fn text_fault(name: &str, value: &str, max: usize) -> Option<String> {
    if value.is_empty() || value.len() > max {
        return Some(format!("{name} has {} bytes, expected 1 to {max}", value.len()));
    }
    if value.trim() != value {
        return Some(format!("{name} begins or ends with a space"));
    }
    value
        .chars()
        .find(|c| is_invisible(*c))
        .map(|c| format!("{name} holds the invisible character {}", c.escape_unicode()))
}

/// What is wrong with the name of a family or a kind.
pub(crate) fn name_fault(name: &str, value: &str) -> Option<String> {
    text_fault(name, value, limits::NAME_BYTES_MAX).or_else(|| {
        let wrong = value.chars().find(|c| !c.is_ascii_alphanumeric() && *c != '_')?;
        Some(format!("{name} holds {wrong:?}, expected ASCII letters, digits and underscores"))
    })
}

/// What is wrong with the name of a subject.
pub(crate) fn subject_fault(value: &str) -> Option<String> {
    text_fault("subject", value, limits::SUBJECT_BYTES_MAX)
}

fn check_bounds(payload: &Payload) -> Result<(), Malformed> {
    let refuse = |why: String| Err(Malformed::new("statement payload", 0, why));
    if let Some(why) = text_fault("reference", &payload.reference, limits::REFERENCE_BYTES_MAX) {
        return refuse(why);
    }
    if payload.documents.len() > limits::DOCUMENTS_MAX {
        return refuse(format!(
            "{} source documents, at most {} are taken",
            payload.documents.len(),
            limits::DOCUMENTS_MAX
        ));
    }
    if payload.actions.is_empty() || payload.actions.len() > limits::ACTIONS_MAX {
        return refuse(format!(
            "{} actions, expected 1 to {}",
            payload.actions.len(),
            limits::ACTIONS_MAX
        ));
    }
    for action in &payload.actions {
        let fault = name_fault("family", &action.family)
            .or_else(|| name_fault("kind", &action.kind))
            .or_else(|| subject_fault(&action.subject));
        if let Some(why) = fault {
            return refuse(why);
        }
        let sealed = action.sealed.as_ref().map(BTreeMap::len);
        if sealed.is_some_and(|n| n == 0 || n > limits::SEALED_MAX) {
            return refuse(format!("sealed fields, expected 1 to {}", limits::SEALED_MAX));
        }
    }
    Ok(())
}
