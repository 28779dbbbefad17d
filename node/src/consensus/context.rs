//! The engine's view of our types: heights, addresses, votes, proposals, parts, validator sets.

use std::{fmt, sync::Arc};

use borsh::{BorshDeserialize, BorshSerialize};
use bytes::Bytes;
use countersign_record::{Digest, keys::thumbprint, membership};
use ed25519_dalek::{SigningKey, VerifyingKey};
use malachitebft_core_types as core;
use malachitebft_core_types::{LinearTimeouts, NilOrVal, Round, SignedExtension, VoteType};

use super::boundary::{Fault, ValueId};

/// Ties the types below together for the engine.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ledger;

#[derive(
    Clone,
    Copy,
    Default,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    BorshSerialize,
    BorshDeserialize,
)]
pub(crate) struct Height(pub(crate) u64);

impl fmt::Display for Height {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl core::Height for Height {
    const ZERO: Self = Self(0);
    const INITIAL: Self = Self(1);

    fn increment_by(&self, n: u64) -> Self {
        Self(self.0.saturating_add(n))
    }
    fn decrement_by(&self, n: u64) -> Option<Self> {
        self.0.checked_sub(n).map(Self)
    }
    fn as_u64(&self) -> u64 {
        self.0
    }
}

/// Thumbprint of a validator key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize)]
pub(crate) struct Address(pub(crate) [u8; 32]);

impl Address {
    pub(crate) fn of(key: &VerifyingKey) -> Self {
        Self(thumbprint(key.as_bytes()).0)
    }
    pub(crate) fn kid(&self) -> Digest {
        Digest(self.0)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0[..8].iter().try_for_each(|b| write!(f, "{b:02x}"))
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl core::Address for Address {}

/// A value as consensus carries it: the id alone; bodies travel as parts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, BorshSerialize, BorshDeserialize)]
pub(crate) struct LightValue(pub(crate) ValueId);

impl core::Value for LightValue {
    type Id = ValueId;
    fn id(&self) -> ValueId {
        self.0
    }
}

/// The signature of one validator.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, BorshSerialize, BorshDeserialize)]
pub(crate) struct Signature(pub(crate) [u8; 64]);

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0[..8].iter().try_for_each(|b| write!(f, "{b:02x}"))
    }
}

/// Ed25519, strictly verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ed25519;

impl core::SigningScheme for Ed25519 {
    type DecodingError = &'static str;
    type Signature = Signature;
    type PublicKey = VerifyingKey;
    type PrivateKey = SigningKey;

    fn decode_signature(bytes: &[u8]) -> Result<Signature, Self::DecodingError> {
        bytes.try_into().map(Signature).map_err(|_| "a signature has 64 bytes")
    }
    fn encode_signature(signature: &Signature) -> Vec<u8> {
        signature.0.to_vec()
    }
    fn decode_public_key(bytes: &[u8]) -> Result<VerifyingKey, Self::DecodingError> {
        let bytes = bytes.try_into().map_err(|_| "a public key has 32 bytes")?;
        VerifyingKey::from_bytes(bytes).map_err(|_| "not a point of the curve")
    }
    fn encode_public_key(key: &VerifyingKey) -> Vec<u8> {
        key.as_bytes().to_vec()
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Validator {
    address: Address,
    key: VerifyingKey,
    power: u64,
}

impl core::Validator<Ledger> for Validator {
    fn address(&self) -> &Address {
        &self.address
    }
    fn public_key(&self) -> &VerifyingKey {
        &self.key
    }
    fn voting_power(&self) -> u64 {
        self.power
    }
}

/// The validators of one height, in the ledger's canonical order; cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ValidatorSet(Arc<Vec<Validator>>);

impl ValidatorSet {
    /// Takes over the ledger's set.
    pub(crate) fn of(set: &membership::ValidatorSet) -> Result<Self, Fault> {
        let one = |v: &membership::Validator| {
            let key = VerifyingKey::from_bytes(&v.key.0).map_err(|_| {
                Fault(format!("the validator key of {} is not an Ed25519 key", v.party))
            })?;
            Ok(Validator { address: Address::of(&key), key, power: v.power })
        };
        let validators: Vec<_> = set.validators().iter().map(one).collect::<Result<_, Fault>>()?;
        if validators.is_empty() {
            return Err(Fault::new("the validator set of the next height is empty"));
        }
        Ok(Self(Arc::new(validators)))
    }

    pub(crate) fn power_of(&self, kid: &Digest) -> u64 {
        self.0.iter().find(|v| v.address.0 == kid.0).map_or(0, |v| v.power)
    }

    pub(crate) fn total_power(&self) -> u64 {
        self.0.iter().fold(0, |sum, v| sum.saturating_add(v.power))
    }

    pub(crate) fn kids(&self) -> impl Iterator<Item = Digest> {
        self.0.iter().map(|v| v.address.kid())
    }
}

impl core::ValidatorSet<Ledger> for ValidatorSet {
    fn count(&self) -> usize {
        self.0.len()
    }
    fn total_voting_power(&self) -> u64 {
        self.total_power()
    }
    fn get_by_address(&self, address: &Address) -> Option<&Validator> {
        self.0.iter().find(|v| v.address == *address)
    }
    fn get_by_index(&self, index: usize) -> Option<&Validator> {
        self.0.get(index)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub(crate) struct Proposal {
    pub(crate) height: Height,
    pub(crate) round: Round,
    pub(crate) value: LightValue,
    pub(crate) pol_round: Round,
    pub(crate) address: Address,
}

impl core::Proposal<Ledger> for Proposal {
    fn height(&self) -> Height {
        self.height
    }
    fn round(&self) -> Round {
        self.round
    }
    fn value(&self) -> &LightValue {
        &self.value
    }
    fn take_value(self) -> LightValue {
        self.value
    }
    fn pol_round(&self) -> Round {
        self.pol_round
    }
    fn validator_address(&self) -> &Address {
        &self.address
    }
}

#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub(crate) struct Vote {
    pub(crate) kind: VoteType,
    pub(crate) height: Height,
    pub(crate) round: Round,
    pub(crate) value: NilOrVal<ValueId>,
    pub(crate) address: Address,
}

impl core::Vote<Ledger> for Vote {
    fn height(&self) -> Height {
        self.height
    }
    fn round(&self) -> Round {
        self.round
    }
    fn value(&self) -> &NilOrVal<ValueId> {
        &self.value
    }
    fn take_value(self) -> NilOrVal<ValueId> {
        self.value
    }
    fn vote_type(&self) -> VoteType {
        self.kind
    }
    fn validator_address(&self) -> &Address {
        &self.address
    }
    // Vote extensions are switched off: a vote neither carries nor takes one.
    fn extension(&self) -> Option<&SignedExtension<Ledger>> {
        None
    }
    fn take_extension(&mut self) -> Option<SignedExtension<Ledger>> {
        None
    }
    fn extend(self, _: SignedExtension<Ledger>) -> Self {
        self
    }
}

/// What a stream of parts announces first.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub(crate) struct PartHead {
    pub(crate) height: Height,
    pub(crate) round: Round,
    pub(crate) valid_round: Round,
    pub(crate) proposer: Address,
    pub(crate) id: ValueId,
    /// Length of the whole body.
    pub(crate) bytes: u32,
}

/// One piece of a proposed body; the stream's own end mark closes it.
#[derive(Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub(crate) enum Part {
    Head(PartHead),
    Data(Bytes),
}

impl fmt::Debug for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Head(head) => head.fmt(f),
            Self::Data(data) => write!(f, "{} bytes", data.len()),
        }
    }
}

impl core::ProposalPart<Ledger> for Part {
    fn is_first(&self) -> bool {
        matches!(self, Self::Head(_))
    }
    fn is_last(&self) -> bool {
        false
    }
}

impl core::Context for Ledger {
    type Address = Address;
    type Height = Height;
    type ProposalPart = Part;
    type Proposal = Proposal;
    type Validator = Validator;
    type ValidatorSet = ValidatorSet;
    type Timeouts = LinearTimeouts;
    type Value = LightValue;
    type Vote = Vote;
    type Extension = Bytes;
    type SigningScheme = Ed25519;

    /// Everyone in turn, in the set's canonical order, whatever their power.
    fn select_proposer<'a>(
        &self,
        set: &'a ValidatorSet,
        height: Height,
        round: Round,
    ) -> &'a Validator {
        let turn = height.0.wrapping_add(u64::from(round.as_u32().unwrap_or(0)));
        // A set is never empty: `ValidatorSet::of` is the only way to make one.
        let index = turn % (set.0.len() as u64);
        &set.0[index as usize]
    }

    fn new_proposal(
        &self,
        height: Height,
        round: Round,
        value: LightValue,
        pol_round: Round,
        address: Address,
    ) -> Proposal {
        Proposal { height, round, value, pol_round, address }
    }

    fn new_prevote(
        &self,
        height: Height,
        round: Round,
        value: NilOrVal<ValueId>,
        address: Address,
    ) -> Vote {
        Vote { kind: VoteType::Prevote, height, round, value, address }
    }

    fn new_precommit(
        &self,
        height: Height,
        round: Round,
        value: NilOrVal<ValueId>,
        address: Address,
    ) -> Vote {
        Vote { kind: VoteType::Precommit, height, round, value, address }
    }
}
