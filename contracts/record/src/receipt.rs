//! The ledger's proof about one entry, in its two forms: compact, and as standard COSE receipts.

use alloc::vec::Vec;

use minicbor::{Decode, Decoder, Encode};

use crate::{
    commit::{CommitProof, CommitSignature, Link, precommit_protected, read_precommit},
    cose::{self, Sign1},
    digest::Digest,
    encoding::{self, Malformed},
    keys::PublicKey,
    limits,
    statement::Statement,
};

/// Our private label in the unprotected header of a statement with receipts: what a check of
/// finality needs beside them ([`Context`]).
const CONTEXT_LABEL: i64 = -65542;

/// What is proven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// The statement was accepted: it is a leaf of the log.
    Accepted {
        /// The tagged statement.
        statement: Vec<u8>,
        /// The key that signed it; its thumbprint is the statement's `kid`.
        signer: PublicKey,
    },
    /// The entry was refused: its record is a leaf of the batch's refusals tree.
    Refused {
        /// The encoded [`crate::refused::RefusedEntry`].
        record: Vec<u8>,
    },
}

/// A receipt: a claim, its place in a tree, and the quorum that signed the root of that tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// What is proven.
    pub claim: Claim,
    /// The number of the leaf.
    pub index: u64,
    /// The siblings on the way from the leaf to the root.
    pub path: Vec<Digest>,
    /// The header that holds the root, and its signatures.
    pub commit: CommitProof,
    /// Every change of the validator set between the founding and that header; or between a set
    /// that the verifier trusts and that header, which is no longer proof for others then.
    pub links: Vec<Link>,
}

/// The compact form as it is encoded.
#[derive(Encode, Decode)]
#[cbor(map)]
struct Compact {
    #[cbor(n(1), with = "minicbor::bytes")]
    statement: Option<Vec<u8>>,
    #[n(2)]
    signer: Option<PublicKey>,
    #[cbor(n(3), with = "minicbor::bytes")]
    refused: Option<Vec<u8>>,
    #[n(4)]
    index: u64,
    #[n(5)]
    path: Vec<Digest>,
    #[n(6)]
    commit: CommitProof,
    #[n(7)]
    links: Vec<Link>,
}

/// What the standard form carries beside the receipts.
#[derive(Encode, Decode)]
#[cbor(map)]
struct Context {
    #[n(1)]
    signer: PublicKey,
    #[n(2)]
    header: crate::header::Header,
    #[n(3)]
    links: Vec<Link>,
}

impl Receipt {
    /// The compact form: the path once, between the signatures. It fits a QR code.
    pub fn to_compact(&self) -> Vec<u8> {
        let (statement, signer, refused) = match self.claim.clone() {
            Claim::Accepted { statement, signer } => (Some(statement), Some(signer), None),
            Claim::Refused { record } => (None, None, Some(record)),
        };
        encoding::encode(&Compact {
            statement,
            signer,
            refused,
            index: self.index,
            path: self.path.clone(),
            commit: self.commit.clone(),
            links: self.links.clone(),
        })
    }

    /// Reads either form.
    ///
    /// # Errors
    /// The bytes are neither, or not in their one encoding.
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        if bytes.len() > limits::RECEIPT_BYTES_MAX {
            return Err(Malformed::new("receipt", limits::RECEIPT_BYTES_MAX, "too large"));
        }
        let receipt = match bytes.first() {
            Some(&cose::TAGGED_SIGN1) => Self::from_cose(bytes)?,
            _ => Self::from_compact(bytes)?,
        };
        if receipt.path.len() > limits::PATH_MAX {
            return Err(Malformed::new("receipt", 0, "longer than any log can need"));
        }
        Ok(receipt)
    }

    fn from_compact(bytes: &[u8]) -> Result<Self, Malformed> {
        let compact: Compact = encoding::decode("receipt", bytes)?;
        let claim = match (compact.statement, compact.signer, compact.refused) {
            (Some(statement), Some(signer), None) => Claim::Accepted { statement, signer },
            (None, None, Some(record)) => Claim::Refused { record },
            _ => {
                let why = "expected either a statement with its signer or a refusal record";
                return Err(Malformed::new("receipt", 0, why));
            }
        };
        let Compact { index, path, commit, links, .. } = compact;
        Ok(Self { claim, index, path, commit, links })
    }

    /// The standard receipts (RFC 9942), one for each validator that signed. There are none for a
    /// refusal: what the validators sign is the root of the log, and a refusal is not in it.
    ///
    /// **One of them alone is not finality**: a lone precommit may belong to a round that did not
    /// decide. Only more than two thirds of the voting power over the same batch are.
    ///
    /// A tool that knows only RFC 9942 takes the tree size as it stands in the proof, where nobody
    /// signed it; [`crate::verify::verify`] takes the size from the header, which is signed.
    pub fn cose_receipts(&self) -> Vec<Vec<u8>> {
        if matches!(self.claim, Claim::Refused { .. }) {
            return Vec::new();
        }
        let CommitProof { header, round, signatures } = &self.commit;
        let digest = header.digest();
        let proofs = proofs_header(header.log_size, self.index, &self.path);
        let receipt = |s: &CommitSignature| {
            let protected =
                precommit_protected(&header.network, header.height, *round, &digest, &s.kid);
            Sign1 {
                protected: &protected,
                unprotected: &proofs,
                payload: None,
                signature: s.signature,
            }
            .to_bytes()
        };
        signatures.iter().map(receipt).collect()
    }

    /// The standard form: the statement with its receipts attached in the unprotected header
    /// (label 394), a *transparent statement* of RFC 9943. There is none for a refusal.
    pub fn to_cose(&self) -> Option<Vec<u8>> {
        let Claim::Accepted { statement, signer } = &self.claim else { return None };
        let bare = Sign1::read("statement", statement).ok()?;
        let context = Context {
            signer: *signer,
            header: self.commit.header.clone(),
            links: self.links.clone(),
        };
        let (receipts, context) = (self.cose_receipts(), encoding::encode(&context));
        let unprotected = encoding::build(|e| {
            e.map(2)?.i64(cose::RECEIPTS)?.array(receipts.len() as u64)?;
            for receipt in &receipts {
                e.bytes(receipt)?;
            }
            e.i64(CONTEXT_LABEL)?.bytes(&context)?.ok()
        });
        Some(Sign1 { unprotected: &unprotected, ..bare }.to_bytes())
    }

    fn from_cose(bytes: &[u8]) -> Result<Self, Malformed> {
        const WHAT: &str = "statement with receipts";
        let outer = Sign1::read(WHAT, bytes)?;
        if outer.unprotected == cose::EMPTY_MAP {
            let why = "no receipts (label 394): a bare statement proves nothing";
            return Err(Malformed::new(WHAT, 0, why));
        }
        let d = &mut Decoder::new(outer.unprotected);
        let (receipts, context) = attached(d)
            .map_err(|e| Malformed::decoding("unprotected header of the receipts", d, &e))?;
        let context: Context = encoding::decode("receipt context", context)?;
        let Some(first) = receipts.first().cloned() else {
            return Err(Malformed::new(WHAT, 0, "an empty list of receipts"));
        };
        let CoseReceipt { index, path, round, .. } = first;
        let signatures = receipts.into_iter().map(|r| r.signature).collect();
        let statement = Sign1 { unprotected: cose::EMPTY_MAP, ..outer }.to_bytes();
        let receipt = Self {
            claim: Claim::Accepted { statement, signer: context.signer },
            index,
            path,
            commit: CommitProof { header: context.header, round, signatures },
            links: context.links,
        };
        // Rebuilding the file from what was read proves that every byte of it was read, and that
        // the receipts differ in nothing but the signer.
        encoding::same_bytes(WHAT, bytes, &receipt.to_cose().unwrap_or_default())?;
        Ok(receipt)
    }

    /// The statement, where one was accepted.
    ///
    /// # Errors
    /// Its bytes are not a statement.
    pub fn statement(&self) -> Result<Option<Statement>, Malformed> {
        match &self.claim {
            Claim::Accepted { statement, .. } => Statement::parse(statement).map(Some),
            Claim::Refused { .. } => Ok(None),
        }
    }
}

/// What one standard receipt says beyond its neighbours' common header.
#[derive(Clone)]
struct CoseReceipt {
    index: u64,
    path: Vec<Digest>,
    round: u32,
    signature: CommitSignature,
}

/// The receipts and the encoded context in the unprotected header of a transparent statement.
fn attached<'b>(
    d: &mut Decoder<'b>,
) -> Result<(Vec<CoseReceipt>, &'b [u8]), minicbor::decode::Error> {
    cose::expect("a map of receipts (394) and context (-65542)", 0, d.map()? == Some(2))?;
    cose::expect_label(d, cose::RECEIPTS)?;
    let at = d.position();
    let count = d.array()?.filter(|n| *n <= limits::VALIDATORS_MAX as u64);
    cose::expect("a list of receipts, one a validator", at, count.is_some())?;
    let mut receipts = Vec::new();
    for _ in 0..count.unwrap_or_default() {
        let at = d.position();
        // An error inside the receipt counts from its own start: name the receipt instead.
        receipts.push(read_cose_receipt(d.bytes()?).map_err(|e| e.at(at))?);
    }
    cose::expect_label(d, CONTEXT_LABEL)?;
    Ok((receipts, d.bytes()?))
}

fn read_cose_receipt(bytes: &[u8]) -> Result<CoseReceipt, minicbor::decode::Error> {
    let sign1 = Sign1::read("receipt", bytes).map_err(minicbor::decode::Error::message)?;
    let (round, kid) = read_precommit(sign1.protected)?;
    let (index, path) = read_proofs_header(sign1.unprotected)?;
    Ok(CoseReceipt {
        index,
        path,
        round,
        signature: CommitSignature { kid, signature: sign1.signature },
    })
}

/// The unprotected header of a standard receipt: one inclusion proof.
fn proofs_header(size: u64, index: u64, path: &[Digest]) -> Vec<u8> {
    let proof = encoding::build(|e| {
        e.array(3)?.u64(size)?.u64(index)?.array(path.len() as u64)?;
        for sibling in path {
            e.encode(sibling)?;
        }
        Ok(())
    });
    encoding::build(|e| {
        e.map(1)?.i64(cose::PROOFS)?.map(1)?.i64(cose::INCLUSION)?.array(1)?.bytes(&proof)?.ok()
    })
}

fn read_proofs_header(bytes: &[u8]) -> Result<(u64, Vec<Digest>), minicbor::decode::Error> {
    let d = &mut Decoder::new(bytes);
    cose::expect("a map of one", 0, d.map()? == Some(1))?;
    cose::expect_label(d, cose::PROOFS)?;
    cose::expect("a map of one", d.position(), d.map()? == Some(1))?;
    cose::expect_label(d, cose::INCLUSION)?;
    cose::expect("one inclusion proof", d.position(), d.array()? == Some(1))?;
    let (_, index, path): (u64, u64, Vec<Digest>) = minicbor::decode(d.bytes()?)?;
    Ok((index, path))
}
