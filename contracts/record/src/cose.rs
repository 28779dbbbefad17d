//! The few COSE messages of this ledger (RFC 9052), written and read without a general library.
//!
//! A general reader follows whatever a sender nests, for instance counter-signatures whose headers
//! hold counter-signatures: a statement of 64 KiB can so exhaust the stack of a node. This one
//! knows the one shape that is meant, never recurses and copies nothing.

use alloc::{format, vec::Vec};

use minicbor::Decoder;

use crate::{
    encoding::{self, Malformed},
    keys::SignatureBytes,
};

/// The first byte of every tagged COSE_Sign1: tag 18 in its shortest form.
pub(crate) const TAGGED_SIGN1: u8 = 0xd2;
const TAG_SIGN1: u64 = 18;
/// An empty map: the unprotected header of a statement that carries no receipts.
pub(crate) const EMPTY_MAP: &[u8] = &[0xa0];

/// COSE header labels: algorithm and key id (RFC 9052), CWT claims (RFC 9597).
pub(crate) const ALG: i64 = 1;
pub(crate) const KID: i64 = 4;
pub(crate) const CWT_CLAIMS: i64 = 15;
/// COSE header label: the type of the message (RFC 9596).
pub(crate) const TYP: i64 = 16;
/// COSE header labels of RFC 9942: receipts, verifiable data structure, verifiable data proofs.
pub(crate) const RECEIPTS: i64 = 394;
pub(crate) const VDS: i64 = 395;
pub(crate) const PROOFS: i64 = 396;
/// The verifiable data structure of RFC 9162, and its kind of proof that a leaf is included.
pub(crate) const VDS_RFC9162_SHA256: i64 = 1;
pub(crate) const INCLUSION: i64 = -1;

/// A tagged COSE_Sign1 in its parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sign1<'b> {
    /// The encoded protected header: what the byte string holds.
    pub(crate) protected: &'b [u8],
    /// The unprotected header as it is encoded, a map.
    pub(crate) unprotected: &'b [u8],
    /// The payload, or nothing where it is detached.
    pub(crate) payload: Option<&'b [u8]>,
    /// The signature.
    pub(crate) signature: SignatureBytes,
}

impl<'b> Sign1<'b> {
    /// Reads the parts. Spelling is not checked here: compare with [`Self::to_bytes`].
    pub(crate) fn read(what: &'static str, bytes: &'b [u8]) -> Result<Self, Malformed> {
        let d = &mut Decoder::new(bytes);
        Self::parts(d, bytes).map_err(|e| Malformed::decoding(what, d, &e))
    }

    fn parts(d: &mut Decoder<'b>, bytes: &'b [u8]) -> Result<Self, minicbor::decode::Error> {
        expect("a COSE_Sign1, tag 18", 0, d.tag()?.as_u64() == TAG_SIGN1)?;
        let at = d.position();
        expect("an array of four", at, d.array()? == Some(4))?;
        let protected = d.bytes()?;
        let from = d.position();
        d.skip()?;
        let unprotected = bytes.get(from..d.position()).unwrap_or_default();
        let payload = if d.datatype()? == minicbor::data::Type::Null {
            d.null()?;
            None
        } else {
            Some(d.bytes()?)
        };
        let signature = d.decode()?;
        Ok(Self { protected, unprotected, payload, signature })
    }

    /// The one encoding.
    pub(crate) fn to_bytes(self) -> Vec<u8> {
        encoding::build(|e| {
            e.tag(minicbor::data::Tag::new(TAG_SIGN1))?.array(4)?.bytes(self.protected)?;
            e.writer_mut().extend_from_slice(self.unprotected);
            match self.payload {
                Some(payload) => e.bytes(payload)?,
                None => e.null()?,
            };
            e.encode(self.signature)?.ok()
        })
    }
}

/// The `Sig_structure` of RFC 9052 section 4.4 for one signer and no external data: what every
/// COSE signature in this crate is made over.
pub fn sig_structure(protected: &[u8], payload: &[u8]) -> Vec<u8> {
    encoding::build(|e| {
        e.array(4)?.str("Signature1")?.bytes(protected)?.bytes(&[])?.bytes(payload)?.ok()
    })
}

/// Fails unless what was read is what this place must hold.
pub(crate) fn expect(what: &str, at: usize, holds: bool) -> Result<(), minicbor::decode::Error> {
    if holds {
        return Ok(());
    }
    Err(minicbor::decode::Error::message(format!("expected {what}")).at(at))
}

/// Reads a map key and fails unless it is this label.
pub(crate) fn expect_label(d: &mut Decoder<'_>, label: i64) -> Result<(), minicbor::decode::Error> {
    let at = d.position();
    let found = d.i64()?;
    if found == label {
        return Ok(());
    }
    Err(minicbor::decode::Error::message(format!("found label {found}, expected {label}")).at(at))
}
