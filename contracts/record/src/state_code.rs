//! A state proof short enough to be printed: what a reader with the founding document can work out
//! for himself is left out, and the signatures are the fewest that make a quorum.
//!
//! It is the proof of one record at one height, as [`crate::state_proof`] has it, for a code on
//! paper. A record that is too large for a code may stand in it as its digest: then the code says
//! that the record with this digest stood under this name, and the record itself comes with the
//! file. There is no code for an absence.
//!
//! Nothing in it is believed for itself. The state root follows from the record and the path, the
//! rest of the header stands here, and a quorum must have signed the digest of the header that
//! comes out: whatever was changed makes another header.

use alloc::{format, string::String, vec::Vec};

use minicbor::{Decode, Encode};

use crate::{
    base45,
    commit::{CommitProof, CommitSignature, FinalHeader, Link},
    digest::Digest,
    encoding::{self, Malformed},
    founding::Genesis,
    header::Header,
    keys::SignatureBytes,
    limits, log,
    membership::ValidatorSet,
    state_proof::{Found, StateFault, StateProof, name_refused, verify_parsed},
    state_tree,
    succession::Succession,
};

const WHAT: &str = "state code";

/// What the text of a code begins with: the format and its version.
pub const TEXT_PREFIX: &str = "CSGN1:";

/// One validator's precommit, by its place in the set of that height.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
struct Signed {
    #[n(0)]
    validator: u32,
    #[n(1)]
    signature: SignatureBytes,
}

/// A state code, not checked yet.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct StateCode {
    #[n(0)]
    family: String,
    #[n(1)]
    subject: String,
    /// Either the record stands here or its digest below.
    #[cbor(n(2), with = "minicbor::bytes")]
    record: Option<Vec<u8>>,
    #[n(3)]
    digest: Option<Digest>,
    /// The siblings, one after the other.
    #[cbor(n(4), with = "minicbor::bytes")]
    path: Vec<u8>,
    #[n(5)]
    height: u64,
    #[n(6)]
    time: u64,
    #[n(7)]
    parent: Digest,
    #[n(8)]
    log_size: u64,
    #[n(9)]
    log_root: Digest,
    #[n(10)]
    refusals_size: u64,
    /// Left out where it is the root of nothing.
    #[n(11)]
    refusals_root: Option<Digest>,
    /// Left out where the set stays as it is.
    #[n(12)]
    next_validators: Option<Digest>,
    #[n(13)]
    rules: u32,
    #[n(14)]
    proposer: String,
    #[n(15)]
    round: u32,
    #[n(16)]
    signatures: Vec<Signed>,
    #[n(17)]
    links: Vec<Link>,
}

/// What a state code proves once it was checked. Only [`StateCode::verify`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedCode {
    header: FinalHeader,
    family: String,
    subject: String,
    digest: Digest,
    record: Option<Vec<u8>>,
}

impl VerifiedCode {
    /// The final header, with the parties that signed.
    pub fn header(&self) -> &FinalHeader {
        &self.header
    }

    /// The family of the subject.
    pub fn family(&self) -> &str {
        &self.family
    }

    /// The subject's name within its family.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The digest of the subject's record at that height.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// The record, where the code had room for it.
    pub fn record(&self) -> Option<&[u8]> {
        self.record.as_deref()
    }
}

fn no(why: impl Into<String>) -> StateFault {
    StateFault::Form(Malformed::new(WHAT, 0, why))
}

/// The fewest signatures that make a quorum, the strongest first, in the order of the set.
fn fewest(set: &ValidatorSet, signatures: &[CommitSignature]) -> Vec<Signed> {
    let place = |s: &CommitSignature| {
        set.validators().iter().zip(0_u32..).find(|(v, _)| v.key.thumbprint() == s.kid)
    };
    let mut all: Vec<_> = signatures.iter().filter_map(|s| Some((place(s)?, s))).collect();
    all.sort_by_key(|((validator, at), _)| (core::cmp::Reverse(validator.power), *at));
    let mut power = 0_u64;
    let needed = all.iter().take_while(|((validator, _), _)| {
        let more = !set.is_quorum(power);
        power = power.saturating_add(validator.power);
        more
    });
    let mut signed: Vec<Signed> =
        needed.map(|((_, at), s)| Signed { validator: *at, signature: s.signature }).collect();
    signed.sort_by_key(|s| s.validator);
    signed
}

/// The validators of a height. A code is checked from the founders on: it is for whoever has no more
/// than their document.
fn validators_at(
    genesis: &Genesis,
    links: &[Link],
    height: u64,
) -> Result<ValidatorSet, StateFault> {
    let founders = Succession::founders(genesis);
    founders.and_then(|known| known.set_at(links, height)).map_err(StateFault::Validators)
}

impl StateCode {
    /// The code of a state proof, which must hold under this founding document.
    ///
    /// # Errors
    /// The proof does not hold, or proves an absence.
    pub fn of(genesis: &Genesis, proof: &StateProof) -> Result<Self, StateFault> {
        let Found::Record(record) = &proof.found else {
            return Err(no("an absence has no code, expected the proof of a record"));
        };
        verify_parsed(genesis, proof.clone())?;
        let header = proof.commit.header.clone();
        let set = validators_at(genesis, &proof.links, header.height)?;
        let other = |digest: Digest, than: Digest| (digest != than).then_some(digest);
        Ok(Self {
            family: proof.family.clone(),
            subject: proof.subject.clone(),
            record: Some(record.clone()),
            digest: None,
            path: proof.path.iter().flat_map(|sibling| sibling.0).collect(),
            height: header.height,
            time: header.time,
            parent: header.parent,
            log_size: header.log_size,
            log_root: header.log_root,
            refusals_size: header.refusals_size,
            refusals_root: other(header.refusals_root, log::root_of([])),
            next_validators: other(header.next_validators, header.validators),
            rules: header.rules,
            proposer: header.proposer,
            round: proof.commit.round,
            signatures: fewest(&set, &proof.commit.signatures),
            links: proof.links.clone(),
        })
    }

    /// The same with the record's digest in the place of the record.
    #[must_use]
    pub fn without_record(self) -> Self {
        let digest = self.record.as_deref().map(Digest::of).or(self.digest);
        Self { record: None, digest, ..self }
    }

    /// The bytes of the code.
    pub fn to_bytes(&self) -> Vec<u8> {
        encoding::encode(self)
    }

    /// The code as text in the characters that a QR code takes in its alphanumeric mode: the prefix
    /// and the bytes in Base45 (RFC 9285).
    pub fn to_text(&self) -> String {
        format!("{TEXT_PREFIX}{}", base45::encode(&self.to_bytes()))
    }

    /// Reads the bytes of a code.
    ///
    /// # Errors
    /// They are no code, not in its one encoding, or break a bound of [`limits`].
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        let max = limits::STATE_CODE_BYTES_MAX;
        if bytes.len() > max {
            let why = format!("{} bytes, at most {max} are taken", bytes.len());
            return Err(Malformed::new(WHAT, max, why));
        }
        encoding::decode(WHAT, bytes)
    }

    /// Reads the text of a code, as a scanner gives it: a line's end after it is no part of it.
    ///
    /// # Errors
    /// It does not begin as a code does, is not Base45, or holds no code.
    pub fn parse_text(text: &str) -> Result<Self, Malformed> {
        let text = text.trim_end_matches(['\r', '\n']);
        let Some(body) = text.strip_prefix(TEXT_PREFIX) else {
            let why = format!("it does not begin with {TEXT_PREFIX}");
            return Err(Malformed::new(WHAT, 0, why));
        };
        if body.len() > limits::STATE_CODE_BYTES_MAX * 2 {
            let why = format!("{} characters, no code has as many", body.len());
            return Err(Malformed::new(WHAT, 0, why));
        }
        Self::parse(&base45::decode(WHAT, body)?)
    }

    /// Checks the code against the founding document alone.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn verify(self, genesis: &Genesis) -> Result<VerifiedCode, StateFault> {
        let digest = self.check_form()?;
        let network = genesis.network();
        let set = validators_at(genesis, &self.links, self.height)?;
        let commit = CommitProof {
            header: self.header(network, set.digest(), &digest)?,
            round: self.round,
            signatures: self.signatures(&set)?,
        };
        let header = commit.verify(&network, &set).map_err(StateFault::Quorum)?;
        let Self { family, subject, record, .. } = self;
        Ok(VerifiedCode { header, family, subject, digest, record })
    }

    /// The digest of the record, where nothing in the code is written in two ways.
    fn check_form(&self) -> Result<Digest, StateFault> {
        if let Some(why) = name_refused(&self.family, &self.subject) {
            return Err(no(why));
        }
        if self.refusals_root == Some(log::root_of([])) {
            return Err(no("the root of no refusals is written out, expected it left out"));
        }
        match (&self.record, self.digest) {
            (Some(record), None) => Ok(state_tree::value_of(record)),
            (None, Some(digest)) => Ok(digest),
            _ => Err(no("expected either a record or its digest")),
        }
    }

    fn header(
        &self,
        network: Digest,
        validators: Digest,
        digest: &Digest,
    ) -> Result<Header, StateFault> {
        if self.next_validators == Some(validators) {
            return Err(no("a validator set that stays is written out, expected it left out"));
        }
        let key = state_tree::key_of(&self.family, &self.subject);
        let place = state_tree::leaf_hash(&key, &state_tree::hash_of_value(digest));
        let (siblings, rest) = self.path.as_chunks::<32>();
        let path: Vec<Digest> = siblings.iter().map(|sibling| Digest(*sibling)).collect();
        let root = state_tree::root_over(&key, place, &path).filter(|_| rest.is_empty());
        let root = root.ok_or_else(|| no("the path is no row of at most 256 digests"))?;
        Ok(Header {
            network,
            height: self.height,
            parent: self.parent,
            time: self.time,
            log_size: self.log_size,
            log_root: self.log_root,
            state_root: root,
            refusals_size: self.refusals_size,
            refusals_root: self.refusals_root.unwrap_or_else(|| log::root_of([])),
            validators,
            next_validators: self.next_validators.unwrap_or(validators),
            rules: self.rules,
            proposer: self.proposer.clone(),
        })
    }

    fn signatures(&self, set: &ValidatorSet) -> Result<Vec<CommitSignature>, StateFault> {
        if !self.signatures.is_sorted_by(|a, b| a.validator < b.validator) {
            return Err(no("the signatures are not in the order of the validators"));
        }
        let signature = |s: &Signed| {
            let validator = usize::try_from(s.validator).ok();
            let validator = validator.and_then(|at| set.validators().get(at)).ok_or_else(|| {
                let last = set.validators().len().saturating_sub(1);
                no(format!("a signature of validator {}, the last is {last}", s.validator))
            })?;
            Ok(CommitSignature { kid: validator.key.thumbprint(), signature: s.signature })
        };
        self.signatures.iter().map(signature).collect()
    }
}
