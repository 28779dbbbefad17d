//! A statement on its way in: each stage takes the former stage's type and alone makes its own.

use alloc::{sync::Arc, vec::Vec};

use countersign_record::{
    Digest,
    keys::{PublicKey, ReadKey},
    limits::EXPIRY_AHEAD_MS_MAX,
    statement::{EntryId, Statement},
};

use crate::{
    family::Action,
    refusal::{Refusal, Rule},
};

/// A statement whose actions were read and pass every check that needs no state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedEntry {
    statement: Statement,
    actions: Vec<Action>,
}

/// A checked entry whose signature was verified. Only [`CheckedEntry::signed_by`] makes one. It is
/// never changed, and a clone is the same entry: it waits, is proposed, executed and kept as one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedEntry(Arc<CheckedEntry>);

/// A refusal with the action that it is about, counted from 0.
pub type RefusedAction = (u32, Refusal);

impl CheckedEntry {
    /// Checks a statement for a network.
    ///
    /// # Errors
    /// The first rule that is broken, and by which action.
    pub fn check(statement: Statement, network: &Digest) -> Result<Self, RefusedAction> {
        let payload = statement.payload();
        if payload.network != *network {
            let refusal = Refusal::new(Rule::OtherNetwork, "network", payload.network, network);
            return Err((0, refusal));
        }
        let horizon = payload.event_time.saturating_add(EXPIRY_AHEAD_MS_MAX);
        if payload.expires > horizon {
            let expected = alloc::format!("at most {horizon}, seven days after the event");
            return Err((
                0,
                Refusal::new(Rule::ExpiresTooLate, "expires", payload.expires, expected),
            ));
        }
        let numbered = (0_u32..).zip(&payload.actions);
        let actions = numbered
            .map(|(i, action)| Action::check(action).map_err(|refusal| (i, refusal)))
            .collect::<Result<_, _>>()?;
        Ok(Self { statement, actions })
    }

    /// Verifies the signature, once.
    ///
    /// # Errors
    /// [`Rule::BadSignature`].
    pub fn signed_by(self, key: &PublicKey) -> Result<SignedEntry, Refusal> {
        match key.read() {
            Some(key) => self.signed_by_read(&key),
            None => Err(self.bad_signature()),
        }
    }

    /// The same, with a key that was read before.
    ///
    /// # Errors
    /// [`Rule::BadSignature`].
    pub fn signed_by_read(self, key: &ReadKey) -> Result<SignedEntry, Refusal> {
        if self.statement.is_signed_by_read(key) {
            return Ok(SignedEntry(Arc::new(self)));
        }
        Err(self.bad_signature())
    }

    fn bad_signature(&self) -> Refusal {
        let found = "a signature of another key or content";
        Refusal::new(Rule::BadSignature, "signature", found, self.statement.kid())
    }

    /// The statement.
    pub fn statement(&self) -> &Statement {
        &self.statement
    }

    /// Its actions, read.
    pub fn actions(&self) -> &[Action] {
        &self.actions
    }
}

impl SignedEntry {
    /// The entry's name.
    pub fn id(&self) -> EntryId {
        self.0.statement.id()
    }

    /// The statement.
    pub fn statement(&self) -> &Statement {
        &self.0.statement
    }

    /// Its actions, read.
    pub fn actions(&self) -> &[Action] {
        &self.0.actions
    }
}
