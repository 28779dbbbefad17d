//! What a member may see: the operator everything, a customs office everything, any other party
//! what concerns it. What concerns it not is answered as what is not there.

use std::sync::Arc;

use countersign_contracts::{
    family::{FamilyName, concern::concerns},
    world::{Record, SubjectKey, World},
};
use countersign_record::{Digest, statement::Statement};

use super::{
    Problem, Shared,
    caller::{Member, Session},
};
use crate::ledger::Happened;

impl Member {
    /// Whether everything is shown to it.
    pub(super) fn sees_all(&self) -> bool {
        match self {
            Self::Operator => true,
            Self::Party(session) => session.asker.is_customs(),
        }
    }

    /// Whether it is this party, or sees everything.
    pub(super) fn is_or_sees_all(&self, party: &str) -> bool {
        self.sees_all() || self.party().is_some_and(|id| id == party)
    }

    /// Its party, where it has shown one.
    pub(super) fn party(&self) -> Option<&str> {
        match self {
            Self::Operator => None,
            Self::Party(session) => Some(session.asker.id()),
        }
    }

    /// Whether its party is among these.
    pub(super) fn is_named_in(&self, parties: &[String]) -> bool {
        self.party().is_some_and(|id| parties.iter().any(|p| p == id))
    }

    /// Whether a subject concerns it.
    pub(super) fn sees(&self, node: &Shared, key: &SubjectKey) -> Result<bool, Problem> {
        match self {
            Self::Operator => Ok(true),
            Self::Party(session) => Ok(concerns(&World::new(&*node.ledger), key, &session.asker)?),
        }
    }

    /// Whether the subject of a record that was read anyway concerns it.
    pub(super) fn sees_record(
        &self,
        node: &Shared,
        key: &SubjectKey,
        record: &Record,
    ) -> Result<bool, Problem> {
        match self {
            Self::Operator => Ok(true),
            Self::Party(session) => {
                let world = World::new(&*node.ledger);
                Ok(record.state.concerns_subject(key, &session.asker, &world)?)
            }
        }
    }

    /// Goes on where a subject concerns it; answers what `missing` says where it does not.
    pub(super) fn require(
        &self,
        node: &Shared,
        key: &SubjectKey,
        missing: impl FnOnce() -> Problem,
    ) -> Result<(), Problem> {
        if self.sees(node, key)? { Ok(()) } else { Err(missing()) }
    }

    /// Whether it may see an entry: who signed it may, and whom one of its subjects concerns.
    pub(super) fn sees_entry(&self, node: &Shared, entry: &Statement) -> Result<bool, Problem> {
        if self.sees_all() || self.has_signed(node, &entry.kid())? {
            return Ok(true);
        }
        for action in &entry.payload().actions {
            let Some(family) = FamilyName::find(&action.family) else { continue };
            if self.sees(node, &SubjectKey::new(family, &*action.subject))? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether a key is, or was, its party's own.
    fn has_signed(&self, node: &Shared, kid: &Digest) -> Result<bool, Problem> {
        let signer = node.ledger.key(kid)?.map(|key| key.party);
        Ok(self.party().is_some() && self.party() == signer.as_deref())
    }

    /// Refuses to take a statement from another party than the one that signed it: what becomes of
    /// it is told to who hands it in.
    pub(super) fn require_own(&self, node: &Shared, bytes: &[u8]) -> Result<(), Problem> {
        let Some(own) = self.party() else { return Ok(()) };
        // What is no statement, or whose key nobody knows, is refused with the reason further in.
        let Ok(statement) = Statement::parse(bytes) else { return Ok(()) };
        let Some(key) = node.ledger.key(&statement.kid())? else { return Ok(()) };
        if key.party == own {
            return Ok(());
        }
        let signer = key.party;
        Err(Problem::forbidden(format!(
            "the statement is signed by {signer}, and the token by {own}: each party hands in its own"
        )))
    }

    /// What happened in a batch, as far as it concerns the member.
    pub(super) fn seen_of(
        &self,
        node: &Shared,
        happenings: Vec<Happened>,
    ) -> Result<Vec<Happened>, Problem> {
        if self.sees_all() {
            return Ok(happenings);
        }
        let mut seen = Vec::new();
        for happened in happenings {
            if self.sees(node, &happened.subject)? {
                seen.push(happened);
            }
        }
        Ok(seen)
    }

    /// The same member as it is now, for an answer that goes on for long.
    pub(super) fn renew(&self, node: &Arc<Shared>) -> Result<Self, Problem> {
        match self {
            Self::Operator => Ok(Self::Operator),
            Self::Party(session) => Session::renew(session, node).map(Self::Party),
        }
    }
}
