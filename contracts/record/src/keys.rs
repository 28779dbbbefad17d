//! Ed25519 keys, their thumbprints, and the one rule of signature validity.

use ed25519_dalek::{Signature, Verifier as _, VerifyingKey};

pub use crate::cose::sig_structure;
use crate::digest::{Digest, fixed_bytes};

fixed_bytes!(
    /// An Ed25519 public key as it stands in documents.
    PublicKey, 32, "expected a key of 32 bytes (64 hexadecimal digits)"
);

fixed_bytes!(
    /// An Ed25519 signature as it stands in documents.
    SignatureBytes, 64, "expected a signature of 64 bytes (128 hexadecimal digits)"
);

impl PublicKey {
    /// The COSE key thumbprint (RFC 9679): the `kid` that statements and receipts carry.
    pub fn thumbprint(&self) -> Digest {
        thumbprint(&self.0)
    }

    /// Whether `signature` over `message` is valid, by the strict rule that every node applies.
    ///
    /// It is `verify_strict`, which refuses keys and nonces of small order and a scalar that is not
    /// reduced, where lenient verifiers disagree with each other; two nodes that disagree would be
    /// a fork. It takes a second spelling of the same key, so that is refused here.
    pub fn verifies(&self, message: &[u8], signature: &SignatureBytes) -> bool {
        self.point().is_some_and(|point| fits(&point, message, signature))
    }

    /// This key with its point read, for whoever checks many of its signatures: reading the point is
    /// a tenth of a check. Nothing where the bytes are no point in its one spelling.
    pub fn read(&self) -> Option<ReadKey> {
        Some(ReadKey { thumbprint: self.thumbprint(), point: self.point()? })
    }

    fn point(&self) -> Option<VerifyingKey> {
        self.is_reduced().then(|| VerifyingKey::from_bytes(&self.0).ok()).flatten()
    }

    /// Whether these bytes are a point that can verify anything.
    pub fn is_usable(&self) -> bool {
        self.point().is_some_and(|point| !point.is_weak())
    }

    /// Whether the y coordinate is below 2^255 - 19, as RFC 8032 section 5.1.3 demands.
    fn is_reduced(&self) -> bool {
        let [lowest, middle @ .., highest] = &self.0;
        highest & 0x7f < 0x7f || *lowest < 0xed || middle.iter().any(|b| *b != 0xff)
    }
}

/// A public key whose point was read. Only [`PublicKey::read`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadKey {
    thumbprint: Digest,
    point: VerifyingKey,
}

impl ReadKey {
    /// See [`PublicKey::thumbprint`].
    pub fn thumbprint(&self) -> Digest {
        self.thumbprint
    }

    /// See [`PublicKey::verifies`]: the same rule.
    pub fn verifies(&self, message: &[u8], signature: &SignatureBytes) -> bool {
        fits(&self.point, message, signature)
    }
}

/// The answer of `verify_strict`, for six sevenths of its price: it reads the point R only to learn
/// its order. `verify` works out which R would fit and compares the bytes, so R is never read there,
/// has one spelling only, and the five coordinates below are all that is left to refuse.
#[expect(clippy::disallowed_methods, reason = "with what stands before it, it is verify_strict")]
fn fits(point: &VerifyingKey, message: &[u8], signature: &SignatureBytes) -> bool {
    let signature = Signature::from_bytes(&signature.0);
    !point.is_weak()
        && !is_of_small_order(*signature.r_bytes())
        && point.verify(message, &signature).is_ok()
}

/// The y coordinates of the eight points whose order divides eight: 1, -1, 0, and two of order
/// eight, each other's negative.
const SMALL_ORDER_Y: [[u8; 32]; 5] = [
    [
        1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0,
    ],
    [
        0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xff, 0x7f,
    ],
    [0; 32],
    [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98,
        0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53,
        0xfc, 0x05,
    ],
    [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67,
        0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac,
        0x03, 0x7a,
    ],
];

/// Whether an encoded point, in the one spelling that a point is compressed to, has an order that
/// divides eight.
fn is_of_small_order(mut point: [u8; 32]) -> bool {
    // The sign of x. A point and its negative have the same order.
    point[31] &= 0x7f;
    SMALL_ORDER_Y.contains(&point)
}

/// The COSE key thumbprint (RFC 9679) of an Ed25519 public key: SHA-256 over the deterministic
/// `COSE_Key` map {1: 1 (OKP), -1: 6 (Ed25519), -2: x}.
pub fn thumbprint(key: &[u8; 32]) -> Digest {
    // a3: a map of three; 01 01; 20 06; 21 5820 and then x.
    const PREFIX: [u8; 8] = [0xa3, 0x01, 0x01, 0x20, 0x06, 0x21, 0x58, 0x20];
    Digest::of_parts(&[&PREFIX, key])
}

/// Something that can sign: a key in memory, a file, a hardware module.
pub trait Signer {
    /// The public half.
    fn public(&self) -> PublicKey;
    /// An Ed25519 signature over `message`.
    fn sign(&self, message: &[u8]) -> SignatureBytes;
}

impl Signer for ed25519_dalek::SigningKey {
    fn public(&self) -> PublicKey {
        PublicKey(self.verifying_key().to_bytes())
    }
    fn sign(&self, message: &[u8]) -> SignatureBytes {
        SignatureBytes(ed25519_dalek::Signer::sign(self, message).to_bytes())
    }
}
