//! The door: a statement becomes an admitted entry here, or it is refused and nothing is stored.

use std::sync::Arc;

use countersign_contracts::{
    entry::{CheckedEntry, RefusedAction, SignedEntry},
    membership,
    refusal::{Refusal, Rule},
    world::{No, Records as _, World},
};
use countersign_record::{
    encoding::Malformed,
    statement::{EntryId, Statement},
};
use rayon::prelude::*;

use crate::{
    ledger::{EntryPlace, Ledger, LedgerFault},
    runtime::clock::Clock,
};

/// Fewer statements than this are not worth waking another processor for: some hundred microseconds.
const ADMITTED_EACH_MIN: usize = 8;

/// An entry that may wait to be proposed. Only [`Admission::admit`] makes one.
#[derive(Clone, Debug)]
pub struct AdmittedEntry {
    entry: SignedEntry,
    party: String,
}

impl AdmittedEntry {
    /// The entry.
    pub fn entry(&self) -> &SignedEntry {
        &self.entry
    }

    /// The party that signed it.
    pub fn party(&self) -> &str {
        &self.party
    }
}

/// Why a statement was not admitted.
#[derive(Debug)]
pub enum NotAdmitted {
    /// Its bytes are no statement.
    Malformed(Malformed),
    /// It breaks a rule that needs no business state.
    Refused(RefusedAction),
    /// It is in the ledger already: accepted or refused, for ever.
    Known(EntryId, EntryPlace),
    /// The store could not answer.
    Ledger(LedgerFault),
}

impl From<LedgerFault> for NotAdmitted {
    fn from(fault: LedgerFault) -> Self {
        Self::Ledger(fault)
    }
}

impl From<Refusal> for NotAdmitted {
    fn from(refusal: Refusal) -> Self {
        Self::Refused((0, refusal))
    }
}

/// Decides who comes in.
pub struct Admission {
    ledger: Arc<Ledger>,
    clock: Clock,
}

impl Admission {
    /// The door of a ledger.
    pub fn new(ledger: Arc<Ledger>, clock: Clock) -> Self {
        Self { ledger, clock }
    }

    /// Admits a statement, or says why not. The cheap checks come first; the signature last.
    ///
    /// # Errors
    /// See [`NotAdmitted`].
    pub fn admit(&self, bytes: &[u8]) -> Result<AdmittedEntry, NotAdmitted> {
        let statement = Statement::parse(bytes).map_err(NotAdmitted::Malformed)?;
        if let Some(at) = self.ledger.place(&statement.id())? {
            return Err(NotAdmitted::Known(statement.id(), at));
        }
        let checked =
            CheckedEntry::check(statement, &self.ledger.network()).map_err(NotAdmitted::Refused)?;
        let party = self.check_standing(&checked)?;
        let kid = checked.statement().kid();
        let key = self.ledger.read_key(&kid)?.ok_or_else(|| {
            Refusal::new(Rule::UnknownKey, "kid", kid, "a key that a party has registered")
        })?;
        let entry = checked.signed_by_read(&key)?;
        Ok(AdmittedEntry { entry, party })
    }

    /// Admits statements that have come at about the same time, each for itself and in any order,
    /// on as many processors as they are worth.
    pub fn admit_each<T: Send>(
        &self,
        statements: Vec<T>,
        bytes: impl Fn(&T) -> &[u8] + Sync,
        told: impl Fn(T, Result<AdmittedEntry, NotAdmitted>) + Sync,
    ) {
        let admit = |statement: T| {
            let outcome = self.admit(bytes(&statement));
            told(statement, outcome);
        };
        if statements.len() < 2 * ADMITTED_EACH_MIN {
            return statements.into_iter().for_each(admit);
        }
        statements.into_par_iter().with_min_len(ADMITTED_EACH_MIN).for_each(admit);
    }

    /// Who signs, whether it may, and whether the statement is still of use.
    fn check_standing(&self, checked: &CheckedEntry) -> Result<String, NotAdmitted> {
        let statement = checked.statement();
        let payload = statement.payload();
        let world = World::new(&*self.ledger);
        let (id, party) = membership::signer(&world, &statement.kid()).map_err(from_no)?;
        let now = self.clock.now_ms().max(self.ledger.tip().time);
        if payload.expires < now {
            return Err(Refusal::new(Rule::Expired, "expires", payload.expires, now).into());
        }
        let used = self.ledger.reference(&id, &payload.reference);
        if let Some(first) = used.map_err(|e| LedgerFault::Storage(e.0))? {
            let expected = format!("a new reference; {first} used it first");
            let found = &payload.reference;
            return Err(Refusal::new(Rule::ReferenceUsed, "reference", found, expected).into());
        }
        for (i, action) in (0_u32..).zip(checked.actions()) {
            let signers = action.signers();
            if !signers.is_empty() && !signers.iter().any(|r| party.roles.contains(r)) {
                let names = |roles: &[membership::Role]| {
                    roles.iter().map(|r| r.name()).collect::<Vec<_>>().join(", ")
                };
                let refusal =
                    Refusal::new(Rule::WrongRole, "roles", names(&party.roles), names(signers));
                return Err(NotAdmitted::Refused((i, refusal)));
            }
        }
        Ok(id)
    }
}

fn from_no(no: No) -> NotAdmitted {
    match no {
        No::Refused(refusal) => NotAdmitted::Refused((0, *refusal)),
        No::Unreadable(fault) => NotAdmitted::Ledger(LedgerFault::Storage(fault.0)),
    }
}
