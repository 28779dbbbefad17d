//! What a validator signs: a precommit is a receipt's signature, all else is marked as its own kind.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use countersign_record::{Digest, commit::precommit_tbs};
use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};
use malachitebft_core_types::{
    NilOrVal, Round, SignedMessage, ValidatorProof, VoteExtensionScope, VoteType,
};
use malachitebft_signing::{Error, Signer, VerificationResult, Verifier};

use super::context::{Address, Ledger, Proposal, Signature, Vote};

/// First byte of everything signed here that is not a non-nil precommit. A COSE `Sig_structure`
/// begins with 0x84, so no vote can be taken for a receipt, or the other way round.
const NOT_A_RECEIPT: u8 = 0x00;

/// The kinds of statement behind [`NOT_A_RECEIPT`].
#[derive(Clone, Copy)]
enum Kind {
    Prevote = 1,
    NilPrecommit = 2,
    Proposal = 3,
}

/// Checks what validators of one network sign.
#[derive(Clone)]
pub(crate) struct Checker {
    network: Digest,
    /// Signatures are checksums: for simulations, in which nobody forges.
    #[cfg(test)]
    cheap: bool,
}

/// Signs as one validator of one network. The key signs nothing else.
#[derive(Clone)]
pub(crate) struct Hand {
    checker: Checker,
    key: Arc<SigningKey>,
}

impl Checker {
    pub(crate) fn new(network: Digest) -> Self {
        Self {
            network,
            #[cfg(test)]
            cheap: false,
        }
    }

    /// Takes a checksum over key and message for a signature.
    #[cfg(test)]
    pub(crate) fn cheap(network: Digest) -> Self {
        Self { network, cheap: true }
    }

    #[cfg(test)]
    fn checksum(key: &VerifyingKey, message: &[u8]) -> Signature {
        let mut bytes = [0; 64];
        bytes[..32].copy_from_slice(&Digest::of_parts(&[key.as_bytes(), message]).0);
        Signature(bytes)
    }

    fn strict(
        &self,
        key: &VerifyingKey,
        message: &[u8],
        signature: &Signature,
    ) -> VerificationResult {
        #[cfg(test)]
        if self.cheap {
            return VerificationResult::from_bool(*signature == Self::checksum(key, message));
        }
        let signature = ed25519_dalek::Signature::from_bytes(&signature.0);
        VerificationResult::from_bool(key.verify_strict(message, &signature).is_ok())
    }

    fn begin(&self, kind: Kind, round: Round) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(192);
        bytes.extend([NOT_A_RECEIPT, kind as u8]);
        bytes.extend(self.network.0);
        bytes.extend(round.as_i64().to_be_bytes());
        bytes
    }

    /// `None` for a vote without a round: no honest node makes one.
    fn vote_bytes(&self, vote: &Vote) -> Option<Vec<u8>> {
        let round = vote.round.as_u32()?;
        let (kind, id) = match (vote.kind, &vote.value) {
            (VoteType::Precommit, NilOrVal::Val(id)) => {
                return Some(precommit_tbs(
                    &self.network,
                    vote.height.0,
                    round,
                    &id.header_hash(),
                    &id.log_root(),
                    &vote.address.kid(),
                ));
            }
            (VoteType::Precommit, NilOrVal::Nil) => (Kind::NilPrecommit, None),
            (VoteType::Prevote, NilOrVal::Nil) => (Kind::Prevote, None),
            (VoteType::Prevote, NilOrVal::Val(id)) => (Kind::Prevote, Some(id)),
        };
        let mut bytes = self.begin(kind, vote.round);
        bytes.extend(vote.height.0.to_be_bytes());
        match id {
            None => bytes.push(0),
            Some(id) => {
                bytes.push(1);
                bytes.extend(id.0);
            }
        }
        bytes.extend(vote.address.0);
        Some(bytes)
    }

    fn proposal_bytes(&self, proposal: &Proposal) -> Vec<u8> {
        let mut bytes = self.begin(Kind::Proposal, proposal.round);
        bytes.extend(proposal.height.0.to_be_bytes());
        bytes.extend(proposal.pol_round.as_i64().to_be_bytes());
        bytes.extend(proposal.value.0.0);
        bytes.extend(proposal.address.0);
        bytes
    }
}

#[async_trait]
impl Verifier<Ledger> for Checker {
    async fn verify_signed_vote(
        &self,
        vote: &Vote,
        signature: &Signature,
        key: &VerifyingKey,
    ) -> Result<VerificationResult, Error> {
        Ok(match self.vote_bytes(vote) {
            Some(bytes) => self.strict(key, &bytes, signature),
            None => VerificationResult::Invalid,
        })
    }

    async fn verify_signed_proposal(
        &self,
        proposal: &Proposal,
        signature: &Signature,
        key: &VerifyingKey,
    ) -> Result<VerificationResult, Error> {
        Ok(self.strict(key, &self.proposal_bytes(proposal), signature))
    }

    async fn verify_signed_vote_extension(
        &self,
        _: &VoteExtensionScope<Ledger>,
        _: &Bytes,
        _: &Signature,
        _: &VerifyingKey,
    ) -> Result<VerificationResult, Error> {
        // Vote extensions are switched off, so none can be right.
        Ok(VerificationResult::Invalid)
    }

    async fn verify_validator_proof(
        &self,
        proof: &ValidatorProof<Ledger>,
    ) -> Result<VerificationResult, Error> {
        Ok(match proof.decoded_public_key() {
            Ok(key) => self.strict(&key, &proof.preimage(), &proof.signature),
            Err(_) => VerificationResult::Invalid,
        })
    }
}

impl Hand {
    pub(crate) fn new(network: Digest, key: SigningKey) -> Self {
        Self { checker: Checker::new(network), key: Arc::new(key) }
    }

    /// Signs with checksums.
    #[cfg(test)]
    pub(crate) fn cheap(network: Digest, key: SigningKey) -> Self {
        Self { checker: Checker::cheap(network), key: Arc::new(key) }
    }

    pub(crate) fn address(&self) -> Address {
        Address::of(&self.key.verifying_key())
    }

    fn sign(&self, bytes: &[u8]) -> Signature {
        #[cfg(test)]
        if self.checker.cheap {
            return Checker::checksum(&self.key.verifying_key(), bytes);
        }
        Signature(self.key.sign(bytes).to_bytes())
    }
}

#[async_trait]
impl Signer<Ledger> for Hand {
    async fn sign_vote(&self, vote: Vote) -> Result<SignedMessage<Ledger, Vote>, Error> {
        let bytes = self
            .checker
            .vote_bytes(&vote)
            .ok_or_else(|| Error::from_source("a vote without a round is not signed"))?;
        let signature = self.sign(&bytes);
        Ok(SignedMessage::new(vote, signature))
    }

    async fn sign_proposal(
        &self,
        proposal: Proposal,
    ) -> Result<SignedMessage<Ledger, Proposal>, Error> {
        let signature = self.sign(&self.checker.proposal_bytes(&proposal));
        Ok(SignedMessage::new(proposal, signature))
    }

    async fn sign_vote_extension(
        &self,
        _: VoteExtensionScope<Ledger>,
        _: Bytes,
    ) -> Result<SignedMessage<Ledger, Bytes>, Error> {
        Err(Error::from_source("vote extensions are switched off"))
    }

    async fn sign_validator_proof(
        &self,
        public_key: Vec<u8>,
        peer_id: Vec<u8>,
    ) -> Result<ValidatorProof<Ledger>, Error> {
        let signature = self.sign(&ValidatorProof::<Ledger>::signing_bytes(&public_key, &peer_id));
        Ok(ValidatorProof::new(public_key, peer_id, signature))
    }
}
