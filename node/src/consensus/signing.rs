//! What a validator signs: a precommit is a receipt's signature, all else is marked as its own kind.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use countersign_record::{Digest, commit::precommit_tbs};
use ed25519_dalek::VerifyingKey;
use malachitebft_core_consensus::{LivenessMsg, SignedConsensusMsg};
use malachitebft_core_types::{
    NilOrVal, Round, SignedMessage, ValidatorProof, VoteExtensionScope, VoteType,
};
use malachitebft_signing::{Error, Signer, VerificationResult, Verifier};
use tokio::runtime::{Handle, RuntimeFlavor};

use super::{
    boundary::Fault,
    context::{Address, Ledger, Proposal, Signature, Vote},
    guard::{Guard, No, Place, Said, Step},
    halt::Halt,
    horizon::Horizon,
    voter::Voter,
};

/// Stands where a signature was not given: no key verifies it, and nothing that carries it leaves.
const WITHHELD: Signature = Signature([0; 64]);

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
    /// Whose signatures only this node gives.
    own: Option<Own>,
    /// Signatures are checksums: for simulations, in which nobody forges.
    #[cfg(test)]
    cheap: bool,
}

/// The key of this node, as it is looked out for.
#[derive(Clone)]
struct Own {
    me: Address,
    guard: Arc<Guard>,
    halt: Halt,
}

/// Signs as one validator of one network. The key signs nothing else, and nothing that its guard
/// does not allow.
#[derive(Clone)]
pub(crate) struct Hand {
    checker: Checker,
    voter: Voter,
    horizon: Arc<Horizon>,
    halt: Halt,
}

impl Checker {
    pub(crate) fn new(network: Digest) -> Self {
        Self {
            network,
            own: None,
            #[cfg(test)]
            cheap: false,
        }
    }

    /// Takes a checksum over key and message for a signature.
    #[cfg(test)]
    pub(crate) fn cheap(network: Digest) -> Self {
        Self { cheap: true, ..Self::new(network) }
    }

    /// One that also looks out for signatures of this node's key that this node has not given:
    /// at the first it stops the node.
    pub(crate) fn looking_out(mut self, voter: &Voter, halt: Halt) -> Self {
        self.own = Some(Own { me: voter.address(), guard: voter.guard.clone(), halt });
        self
    }

    /// What the guard remembers of a message; nothing where it has no round.
    pub(crate) fn said(&self, message: &SignedConsensusMsg<Ledger>) -> Option<Said> {
        Some(match message {
            SignedConsensusMsg::Vote(vote) => self.vote_said(&vote.message)?.0,
            SignedConsensusMsg::Proposal(proposal) => self.proposal_said(&proposal.message)?.0,
        })
    }

    fn vote_said(&self, vote: &Vote) -> Option<(Said, Vec<u8>)> {
        let bytes = self.vote_bytes(vote)?;
        let step = match vote.kind {
            VoteType::Prevote => Step::Prevote,
            VoteType::Precommit => Step::Precommit,
        };
        let place = Place { height: vote.height.0, round: vote.round.as_u32()?, step };
        let value = match vote.value {
            NilOrVal::Nil => None,
            NilOrVal::Val(id) => Some(id),
        };
        Some((Said::new(place, value, &bytes), bytes))
    }

    fn proposal_said(&self, proposal: &Proposal) -> Option<(Said, Vec<u8>)> {
        let bytes = self.proposal_bytes(proposal);
        let (height, round) = (proposal.height.0, proposal.round.as_u32()?);
        let place = Place { height, round, step: Step::Proposal };
        Some((Said::new(place, Some(proposal.value.0), &bytes), bytes))
    }

    /// A valid signature was seen.
    fn look_at(&self, signer: Address, said: impl FnOnce() -> Option<Said>) {
        let Some(own) = self.own.as_ref().filter(|own| own.me == signer) else { return };
        if let Some(fault) = said().and_then(|said| own.guard.seen(&said)) {
            own.halt.because(fault);
        }
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
        let Some(bytes) = self.vote_bytes(vote) else { return Ok(VerificationResult::Invalid) };
        let found = self.strict(key, &bytes, signature);
        if found.is_valid() {
            self.look_at(vote.address, || Some(self.vote_said(vote)?.0));
        }
        Ok(found)
    }

    async fn verify_signed_proposal(
        &self,
        proposal: &Proposal,
        signature: &Signature,
        key: &VerifyingKey,
    ) -> Result<VerificationResult, Error> {
        let found = self.strict(key, &self.proposal_bytes(proposal), signature);
        if found.is_valid() {
            self.look_at(proposal.address, || Some(self.proposal_said(proposal)?.0));
        }
        Ok(found)
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
    /// A hand on top of a ledger that `horizon` follows; what must not be goes to `halt`.
    pub(crate) fn new(checker: Checker, voter: Voter, horizon: Arc<Horizon>, halt: Halt) -> Self {
        Self { checker, voter, horizon, halt }
    }

    #[cfg(test)]
    pub(crate) fn address(&self) -> Address {
        self.voter.address()
    }

    fn make(&self, bytes: &[u8]) -> Result<Signature, Fault> {
        #[cfg(test)]
        if self.checker.cheap
            && let countersign_genesis::signer::SecretKey::File(key) = &*self.voter.key
        {
            return Ok(Checker::checksum(&key.verifying_key(), bytes));
        }
        let given = self.voter.key.sign(bytes).map_err(|e| {
            Fault(format!("this node's validator key gives no signature, so the node stopped: {e}"))
        })?;
        Ok(Signature(given.0))
    }

    /// The signature, or [`WITHHELD`]: the engine goes on as if it had voted, its own check drops
    /// the vote, and the network does not send it.
    fn sign(&self, said: Said, bytes: &[u8]) -> Result<Signature, Error> {
        let tip = self.horizon.tip();
        match blocking(|| self.voter.guard.sign(tip, said, || self.make(bytes))) {
            Ok(signature) => Ok(signature),
            Err(No::Withheld(why)) => {
                tracing::info!("{why}");
                Ok(WITHHELD)
            }
            Err(No::Stop(fault)) => {
                self.halt.because(fault.clone());
                Err(Error::from_source(fault))
            }
        }
    }
}

/// Work that waits for the disk, without keeping the other tasks of this thread waiting.
fn blocking<T>(work: impl FnOnce() -> T) -> T {
    match Handle::try_current().map(|handle| handle.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(work),
        _ => work(),
    }
}

/// Whether a message carries no signature and must not leave.
pub(crate) fn is_withheld(message: &SignedConsensusMsg<Ledger>) -> bool {
    match message {
        SignedConsensusMsg::Vote(vote) => vote.signature == WITHHELD,
        SignedConsensusMsg::Proposal(proposal) => proposal.signature == WITHHELD,
    }
}

/// The same of what is said again.
pub(crate) fn is_withheld_again(message: &LivenessMsg<Ledger>) -> bool {
    matches!(message, LivenessMsg::Vote(vote) if vote.signature == WITHHELD)
}

#[async_trait]
impl Signer<Ledger> for Hand {
    async fn sign_vote(&self, vote: Vote) -> Result<SignedMessage<Ledger, Vote>, Error> {
        let (said, bytes) = self
            .checker
            .vote_said(&vote)
            .ok_or_else(|| Error::from_source("a vote without a round is not signed"))?;
        let signature = self.sign(said, &bytes)?;
        Ok(SignedMessage::new(vote, signature))
    }

    async fn sign_proposal(
        &self,
        proposal: Proposal,
    ) -> Result<SignedMessage<Ledger, Proposal>, Error> {
        let (said, bytes) = self
            .checker
            .proposal_said(&proposal)
            .ok_or_else(|| Error::from_source("a proposal without a round is not signed"))?;
        let signature = self.sign(said, &bytes)?;
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
        // Says who runs where, and nothing about any height.
        let bytes = ValidatorProof::<Ledger>::signing_bytes(&public_key, &peer_id);
        let signature = self.make(&bytes).map_err(Error::from_source)?;
        Ok(ValidatorProof::new(public_key, peer_id, signature))
    }
}
