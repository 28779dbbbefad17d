//! The keys that a node votes with, each with its double-sign guard.

use std::{
    fmt,
    path::Path,
    sync::{Arc, PoisonError, RwLock},
};

use countersign_genesis::signer::SecretKey;
use countersign_record::Digest;

use super::{
    boundary::Fault,
    context::{Address, ValidatorSet},
    guard::{self, Guard},
};

/// A validator key, ready to sign.
#[derive(Clone)]
pub struct Voter {
    pub(crate) key: Arc<SecretKey>,
    pub(crate) guard: Arc<Guard>,
}

impl Voter {
    /// Takes a key into use: its guard in this folder is opened, and kept from other processes.
    ///
    /// # Errors
    /// Another process has it, or it cannot be read or written.
    pub fn open(key: SecretKey, guards: &Path) -> Result<Self, Fault> {
        let guard = Guard::open(guards, &key.public().thumbprint())?;
        Ok(Self { key: Arc::new(key), guard })
    }

    /// Thumbprint of the key.
    pub fn kid(&self) -> Digest {
        self.key.public().thumbprint()
    }

    /// Replaces what is known of a key that no running node has. Without a height nothing is
    /// known: the node follows in silence at first. With one, the key may sign above it.
    ///
    /// # Errors
    /// A running node has it, or it cannot be written.
    pub fn reset_guard(kid: &Digest, guards: &Path, above: Option<u64>) -> Result<(), Fault> {
        guard::reset(guards, kid, above)
    }

    pub(crate) fn address(&self) -> Address {
        Address(self.kid().0)
    }

    /// A key that has never signed, guarded in memory.
    #[cfg(test)]
    pub(crate) fn in_memory(key: ed25519_dalek::SigningKey) -> Self {
        let guard = guard::memory::Disk::default().open();
        Self { key: Arc::new(key.into()), guard }
    }

    /// A key that is to misbehave.
    #[cfg(test)]
    pub(crate) fn unguarded(key: ed25519_dalek::SigningKey) -> Self {
        Self { key: Arc::new(key.into()), guard: Guard::none() }
    }

    /// A key of which nobody knows what it has signed.
    #[cfg(test)]
    pub(crate) fn with_a_lost_guard(key: ed25519_dalek::SigningKey) -> Self {
        Self { key: Arc::new(key.into()), guard: guard::memory::Disk::default().lost() }
    }
}

impl fmt::Debug for Voter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Voter").field(&self.kid()).finish()
    }
}

/// The keys of one node; more may come while it runs. Copies are the same list.
#[derive(Clone, Debug, Default)]
pub struct Voters(Arc<RwLock<Vec<Voter>>>);

impl Voters {
    /// One more key. It votes from the first height whose set it is in.
    pub fn add(&self, voter: Voter) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).push(voter);
    }

    /// All of them.
    pub(crate) fn all(&self) -> Vec<Voter> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The one that votes in a set.
    pub(crate) fn in_set(&self, set: &ValidatorSet) -> Option<Voter> {
        self.all().into_iter().find(|v| set.power_of(&v.kid()) > 0)
    }

    /// The one that votes in a set; the first where none does.
    pub(crate) fn in_use(&self, set: &ValidatorSet) -> Option<Voter> {
        self.in_set(set).or_else(|| self.all().into_iter().next())
    }
}

impl From<Voter> for Voters {
    fn from(voter: Voter) -> Self {
        let voters = Self::default();
        voters.add(voter);
        voters
    }
}
