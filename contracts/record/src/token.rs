//! What a party shows at a node's HTTP interface: a CWT (RFC 8392), signed with one of its entry
//! keys, good for hours.
//!
//! Whose key it is, and whether it may still be used, the ledger says at that moment: a token of a
//! key that was revoked, or of a party that was suspended, is worth nothing at once. It says nothing
//! but "this party asks": its protected header names a type that no statement has, so neither can
//! ever be taken for the other.

use alloc::{format, string::String, vec::Vec};

use minicbor::Decoder;

use crate::{
    cose::{self, Sign1, sig_structure},
    digest::Digest,
    encoding::{self, Malformed},
    keys::{PublicKey, SignatureBytes, Signer},
    limits,
};

const WHAT: &str = "token";
/// COSE algorithm EdDSA (RFC 9053).
const EDDSA: i64 = -8;
/// The type of a token in its protected header (RFC 9596).
const TYPE: &str = "application/vnd.countersign.token+cwt";
/// Claims of a CWT: audience, expiration time, issued at.
const AUDIENCE: i64 = 3;
const EXPIRES: i64 = 4;
const ISSUED: i64 = 6;

/// What a token claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claims {
    /// The network at whose nodes it is shown.
    pub network: Digest,
    /// When it was made: UTC seconds since 1970, by the party's clock.
    pub issued_s: u64,
    /// The last second in which it is good.
    pub expires_s: u64,
}

/// A token whose form is canonical. Its signature is not checked yet: see [`Token::is_signed_by`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    kid: Digest,
    claims: Claims,
    signature: SignatureBytes,
}

impl Token {
    /// Signs one.
    pub fn sign(claims: Claims, key: &dyn Signer) -> Self {
        let kid = key.public().thumbprint();
        let signature = key.sign(&sig_structure(&protected(&kid), &payload(&claims)));
        Self { kid, claims, signature }
    }

    /// Reads what stands in an `Authorization` header after `Bearer`: hexadecimal digits.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn parse_text(text: &str) -> Result<Self, Malformed> {
        if text.len() > limits::TOKEN_BYTES_MAX * 2 {
            let max = limits::TOKEN_BYTES_MAX * 2;
            let why = format!("{} digits, at most {max} are taken", text.len());
            return Err(Malformed::new(WHAT, max, why));
        }
        let bytes = hex::decode(text).map_err(|e| Malformed::new(WHAT, 0, format!("{e}")))?;
        Self::parse(&bytes)
    }

    /// Reads a token and refuses anything but its one encoding.
    ///
    /// # Errors
    /// The first byte that is wrong.
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        let read = Sign1::read(WHAT, bytes)?;
        let kid = read_protected(read.protected)?;
        let payload =
            read.payload.ok_or_else(|| Malformed::new(WHAT, 0, "the payload is detached"))?;
        let token = Self { kid, claims: read_claims(payload)?, signature: read.signature };
        // Rebuilding from the fields alone proves that nothing else was in there.
        encoding::same_bytes(WHAT, bytes, &token.to_bytes())?;
        Ok(token)
    }

    /// The one encoding.
    pub fn to_bytes(&self) -> Vec<u8> {
        let (protected, payload) = (&*protected(&self.kid), payload(&self.claims));
        let (unprotected, payload) = (cose::EMPTY_MAP, Some(&*payload));
        Sign1 { protected, unprotected, payload, signature: self.signature }.to_bytes()
    }

    /// What stands after `Bearer`.
    pub fn to_text(&self) -> String {
        hex::encode(self.to_bytes())
    }

    /// Whether this key signed it: the strict rule, and the key that the header names.
    pub fn is_signed_by(&self, key: &PublicKey) -> bool {
        let signed = || sig_structure(&protected(&self.kid), &payload(&self.claims));
        key.thumbprint() == self.kid && key.verifies(&signed(), &self.signature)
    }

    /// The thumbprint of the key that is said to have signed it.
    pub fn kid(&self) -> Digest {
        self.kid
    }

    /// What it claims.
    pub fn claims(&self) -> &Claims {
        &self.claims
    }
}

fn audience(network: &Digest) -> String {
    format!("urn:countersign:{network}")
}

fn protected(kid: &Digest) -> Vec<u8> {
    encoding::build(|e| {
        e.map(3)?.i64(cose::ALG)?.i64(EDDSA)?.i64(cose::KID)?.encode(kid)?;
        e.i64(cose::TYP)?.str(TYPE)?.ok()
    })
}

fn payload(claims: &Claims) -> Vec<u8> {
    encoding::build(|e| {
        e.map(3)?.i64(AUDIENCE)?.str(&audience(&claims.network))?;
        e.i64(EXPIRES)?.u64(claims.expires_s)?.i64(ISSUED)?.u64(claims.issued_s)?.ok()
    })
}

fn read_protected(bytes: &[u8]) -> Result<Digest, Malformed> {
    let d = &mut Decoder::new(bytes);
    let kid = kid_of(d).map_err(|e| Malformed::decoding("token protected header", d, &e))?;
    encoding::same_bytes("token protected header", bytes, &protected(&kid))?;
    Ok(kid)
}

fn kid_of(d: &mut Decoder<'_>) -> Result<Digest, minicbor::decode::Error> {
    let three = "a map of the algorithm (1), the kid (4) and the type (16)";
    cose::expect(three, 0, d.map()? == Some(3))?;
    cose::expect_label(d, cose::ALG)?;
    let at = d.position();
    cose::expect("algorithm -8 (EdDSA)", at, d.i64()? == EDDSA)?;
    cose::expect_label(d, cose::KID)?;
    let kid = d.decode()?;
    cose::expect_label(d, cose::TYP)?;
    let at = d.position();
    cose::expect(TYPE, at, d.str()? == TYPE)?;
    Ok(kid)
}

fn read_claims(bytes: &[u8]) -> Result<Claims, Malformed> {
    let d = &mut Decoder::new(bytes);
    let claims = claims_of(d).map_err(|e| Malformed::decoding("token claims", d, &e))?;
    encoding::same_bytes("token claims", bytes, &payload(&claims))?;
    Ok(claims)
}

fn claims_of(d: &mut Decoder<'_>) -> Result<Claims, minicbor::decode::Error> {
    let three = "a map of audience (3), expiry (4) and issue (6)";
    cose::expect(three, 0, d.map()? == Some(3))?;
    cose::expect_label(d, AUDIENCE)?;
    let at = d.position();
    let network = d.str()?.strip_prefix("urn:countersign:").and_then(|text| text.parse().ok());
    let network = network.ok_or_else(|| {
        let why = "expected urn:countersign: and the 64 digits of a network";
        minicbor::decode::Error::message(why).at(at)
    })?;
    cose::expect_label(d, EXPIRES)?;
    let expires_s = d.u64()?;
    cose::expect_label(d, ISSUED)?;
    Ok(Claims { network, issued_s: d.u64()?, expires_s })
}
