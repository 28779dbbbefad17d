//! A quorum's signatures over a header: the bytes a validator signs, and the proof they add up to.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    format,
    string::String,
    vec::Vec,
};
use core::fmt;

use minicbor::{Decode, Decoder, Encode};
use serde::Serialize;

use crate::{
    cose::{self, sig_structure},
    digest::Digest,
    encoding,
    header::Header,
    keys::SignatureBytes,
    membership::{Validator, ValidatorSet},
};

/// Our private label: [network, height, round, header digest]. Not -65537, which a common tool
/// reads as something else.
pub const BATCH_LABEL: i64 = -65541;
/// `EdDSA`: what every tool for receipts reads today.
const ALG_EDDSA: i64 = -8;

/// The protected header of the receipt that a precommit is (RFC 9942).
pub fn precommit_protected(
    network: &Digest,
    height: u64,
    round: u32,
    header: &Digest,
    kid: &Digest,
) -> Vec<u8> {
    let name = format!("{network}");
    let issuer = format!("urn:countersign:{}", name.get(..16).unwrap_or_default());
    encoding::build(|e| {
        e.map(5)?.i64(cose::ALG)?.i64(ALG_EDDSA)?.i64(cose::KID)?.encode(kid)?;
        e.i64(cose::CWT_CLAIMS)?.map(2)?.u8(1)?.str(&issuer)?.u8(2)?.str("log")?;
        e.i64(cose::VDS)?.i64(cose::VDS_RFC9162_SHA256)?;
        e.i64(BATCH_LABEL)?.array(4)?.encode(network)?.u64(height)?.u32(round)?.encode(header)?.ok()
    })
}

/// Reads what differs between the precommits for one batch: the round and the signer's `kid`. The
/// caller must compare the rest with [`precommit_protected`].
pub(crate) fn read_precommit(bytes: &[u8]) -> Result<(u32, Digest), minicbor::decode::Error> {
    let d = &mut Decoder::new(bytes);
    cose::expect("a map of five", 0, d.map()? == Some(5))?;
    cose::expect_label(d, cose::ALG)?;
    d.skip()?;
    cose::expect_label(d, cose::KID)?;
    let kid = d.decode()?;
    for label in [cose::CWT_CLAIMS, cose::VDS] {
        cose::expect_label(d, label)?;
        d.skip()?;
    }
    cose::expect_label(d, BATCH_LABEL)?;
    cose::expect("an array of four", d.position(), d.array()? == Some(4))?;
    d.skip()?;
    d.skip()?;
    Ok((d.u32()?, kid))
}

/// What a validator signs when it precommits a batch: the `Sig_structure` of a COSE receipt whose
/// detached payload is the log root.
pub fn precommit_tbs(
    network: &Digest,
    height: u64,
    round: u32,
    header: &Digest,
    log_root: &Digest,
    kid: &Digest,
) -> Vec<u8> {
    sig_structure(&precommit_protected(network, height, round, header, kid), &log_root.0)
}

/// One validator's precommit.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
pub struct CommitSignature {
    /// The thumbprint of its key.
    #[n(0)]
    pub kid: Digest,
    /// Its signature over [`precommit_tbs`].
    #[n(1)]
    pub signature: SignatureBytes,
}

/// A header with the signatures that made it final.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[cbor(map)]
pub struct CommitProof {
    /// The header.
    #[n(1)]
    pub header: Header,
    /// The round of the agreement in which it was decided.
    #[n(2)]
    pub round: u32,
    /// Signatures of more than two thirds of the voting power.
    #[n(3)]
    pub signatures: Vec<CommitSignature>,
}

/// A header that a quorum is known to have signed. Only [`CommitProof::verify`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FinalHeader {
    header: Header,
    signers: Vec<String>,
}

impl FinalHeader {
    /// The header.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The parties whose nodes signed.
    pub fn signers(&self) -> &[String] {
        &self.signers
    }
}

/// Why a commit proof proves nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProofFault {
    /// The header belongs to another network.
    OtherNetwork(Digest),
    /// The header names another validator set than the one that is known for its height.
    OtherValidators(Digest),
    /// A signature of a key that is not in the validator set.
    NotAValidator(Digest),
    /// A validator signed twice.
    SignedTwice(String),
    /// A signature does not fit.
    BadSignature(String),
    /// The valid signatures carry too little power.
    NoQuorum {
        /// The power that signed.
        signed: u64,
        /// The power of the whole set.
        total: u64,
    },
}

impl fmt::Display for ProofFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherNetwork(d) => write!(f, "the header belongs to the network {d}"),
            Self::OtherValidators(d) => {
                write!(f, "the header names the validator set {d}, which is not the known one")
            }
            Self::NotAValidator(kid) => write!(f, "{kid} is no validator of this height"),
            Self::SignedTwice(party) => write!(f, "{party} is counted twice"),
            Self::BadSignature(party) => write!(f, "the signature of {party} does not fit"),
            Self::NoQuorum { signed, total } => {
                write!(f, "voting power {signed} of {total} signed, expected more than two thirds")
            }
        }
    }
}

impl core::error::Error for ProofFault {}

impl CommitProof {
    /// Checks that more than two thirds of `set` signed this header.
    ///
    /// Every signature must be good: one that is not spoils the proof, so that no byte of it can
    /// be changed unnoticed.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn verify(&self, network: &Digest, set: &ValidatorSet) -> Result<FinalHeader, ProofFault> {
        let header = &self.header;
        if header.network != *network {
            return Err(ProofFault::OtherNetwork(header.network));
        }
        if header.validators != set.digest() {
            return Err(ProofFault::OtherValidators(header.validators));
        }
        let digest = header.digest();
        let kids: BTreeMap<Digest, &Validator> =
            set.validators().iter().map(|v| (v.key.thumbprint(), v)).collect();
        let (mut seen, mut power, mut signers) = (BTreeSet::new(), 0_u64, Vec::new());
        for CommitSignature { kid, signature } in &self.signatures {
            let validator = *kids.get(kid).ok_or(ProofFault::NotAValidator(*kid))?;
            if !seen.insert(*kid) {
                return Err(ProofFault::SignedTwice(validator.party.clone()));
            }
            let tbs =
                precommit_tbs(network, header.height, self.round, &digest, &header.log_root, kid);
            if !validator.key.verifies(&tbs, signature) {
                return Err(ProofFault::BadSignature(validator.party.clone()));
            }
            power += validator.power;
            signers.push(validator.party.clone());
        }
        if !set.is_quorum(power) {
            return Err(ProofFault::NoQuorum { signed: power, total: set.total_power() });
        }
        Ok(FinalHeader { header: header.clone(), signers })
    }
}

/// A change of the validator set: a final header that commits to the set of the next height, and
/// that set.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[cbor(map)]
pub struct Link {
    /// The last header that the old set signed.
    #[n(1)]
    pub commit: CommitProof,
    /// The set of the next height.
    #[n(2)]
    pub next: ValidatorSet,
}
