//! Who may vote, and how many make a quorum.

use alloc::{collections::BTreeSet, format, string::String, vec::Vec};
use core::fmt;

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::{digest::Digest, encoding, keys::PublicKey, limits};

/// One voting node.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
pub struct Validator {
    /// The party that runs it.
    #[n(1)]
    pub party: String,
    /// The key that signs its votes. It signs nothing else.
    #[n(2)]
    pub key: PublicKey,
    /// Its weight, at least 1.
    #[n(3)]
    pub power: u64,
}

/// The validators of one height, in the order of their parties' names. Never empty, never doubled.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Serialize)]
#[cbor(transparent)]
#[serde(transparent)]
pub struct ValidatorSet {
    #[n(0)]
    validators: Vec<Validator>,
}

/// Why a list of validators is not a set that can agree on anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadSet(String);

impl fmt::Display for BadSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl core::error::Error for BadSet {}

impl ValidatorSet {
    /// A set in canonical order.
    ///
    /// # Errors
    /// It is empty or too large, a key stands in it twice or cannot verify, a power is zero, or the
    /// powers do not fit.
    pub fn new(mut validators: Vec<Validator>) -> Result<Self, BadSet> {
        validators.sort_by(|a, b| (&a.party, &a.key).cmp(&(&b.party, &b.key)));
        if validators.is_empty() || validators.len() > limits::VALIDATORS_MAX {
            let n = validators.len();
            return Err(BadSet(format!(
                "{n} validators, expected 1 to {}",
                limits::VALIDATORS_MAX
            )));
        }
        let mut keys = BTreeSet::new();
        let mut total = 0_u64;
        for v in &validators {
            if !keys.insert(v.key) {
                return Err(BadSet(format!("the key {} stands in the set twice", v.key)));
            }
            if !v.key.is_usable() {
                return Err(BadSet(format!("{} is not a key that can verify", v.key)));
            }
            // A third of the range keeps the quorum's threefold inside 64 bits.
            total = total
                .checked_add(v.power)
                .filter(|t| v.power > 0 && *t <= u64::MAX / 3)
                .ok_or_else(|| {
                    BadSet(format!("the power {} of {} does not fit", v.power, v.party))
                })?;
        }
        Ok(Self { validators })
    }

    /// The validators in canonical order.
    pub fn validators(&self) -> &[Validator] {
        &self.validators
    }

    /// The validator whose key has this thumbprint.
    pub fn find(&self, kid: &Digest) -> Option<&Validator> {
        self.validators.iter().find(|v| v.key.thumbprint() == *kid)
    }

    /// The power of all together.
    pub fn total_power(&self) -> u64 {
        self.validators.iter().map(|v| v.power).sum()
    }

    /// Whether this much power is more than two thirds: enough to decide, and so much that two
    /// such groups always share an honest member.
    pub fn is_quorum(&self, power: u64) -> bool {
        power <= u64::MAX / 3 && power * 3 > self.total_power() * 2
    }

    /// The digest that headers commit to.
    pub fn digest(&self) -> Digest {
        Digest::of(&encoding::encode(self))
    }
}

impl<'b, C> Decode<'b, C> for ValidatorSet {
    fn decode(d: &mut minicbor::Decoder<'b>, ctx: &mut C) -> Result<Self, minicbor::decode::Error> {
        let at = d.position();
        Self::new(Decode::decode(d, ctx)?).map_err(|e| minicbor::decode::Error::message(e).at(at))
    }
}

impl<'de> Deserialize<'de> for ValidatorSet {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Self::new(Vec::deserialize(d)?).map_err(serde::de::Error::custom)
    }
}
