//! Whom a subject concerns: which parties may be shown its record, and what happened to it.
//!
//! Pure, as the rules are, but no rule reads it: it says nothing about what may be recorded. Every
//! answer follows from the record of the subject, and from those records that it names. Customs is
//! concerned by everything; nobody is by what is not there.

use alloc::string::String;

use super::{FamilyName, State, desk::By};
use crate::{
    membership::{Party, Role, read_party},
    shared::Shared,
    world::{SubjectKey, Unreadable, World},
};

/// A party that asks, as the ledger knows it now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asker {
    id: String,
    party: Shared<Party>,
}

impl Asker {
    /// The party of that id, where there is one and it may act.
    ///
    /// # Errors
    /// The store could not answer.
    pub fn find(world: &World<'_>, id: &str) -> Result<Option<Self>, Unreadable> {
        let party = read_party(world, id)?.filter(|p| p.active);
        Ok(party.map(|party| Self { id: id.into(), party }))
    }

    /// Its id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Whether it has a role.
    pub fn is(&self, role: Role) -> bool {
        self.party.roles.contains(&role)
    }

    /// Whether it is a customs office, which everything concerns.
    pub fn is_customs(&self) -> bool {
        self.is(Role::Customs)
    }

    /// Whether it is this party.
    pub(crate) fn is_party(&self, id: &str) -> bool {
        self.id == id
    }

    /// Whether it said this.
    pub(crate) fn said(&self, by: &By) -> bool {
        self.is_party(&by.party)
    }

    /// Whether it said this, where anybody has.
    pub(crate) fn has_said(&self, by: Option<&By>) -> bool {
        by.is_some_and(|by| self.said(by))
    }

    /// Whether it runs a supervised place.
    pub(crate) fn runs(&self, place: &str) -> bool {
        self.party.places.iter().any(|own| own == place)
    }
}

/// Whether a subject concerns a party as it stands now. Of a subject that is not there, nobody but
/// customs learns anything.
///
/// # Errors
/// The store could not answer.
pub fn concerns(world: &World<'_>, key: &SubjectKey, asker: &Asker) -> Result<bool, Unreadable> {
    if asker.is_customs() {
        return Ok(true);
    }
    match world.record(key)? {
        None => Ok(false),
        Some(record) => record.state.concerns(name_of(key), asker, world),
    }
}

/// Whether anybody at all may ask how this subject stands, and be given its proof or the proof that
/// it is not there: what a certificate or a printed page shows is meant to be checked.
pub fn is_public(key: &SubjectKey) -> bool {
    let kind = key.subject.split_once(':').map(|(kind, _)| kind);
    key.family == FamilyName::Certificate && matches!(kind, Some("certificate" | "paper"))
}

/// What stands after the colon of a subject's name.
fn name_of(key: &SubjectKey) -> &str {
    key.subject.split_once(':').map_or(&*key.subject, |(_, name)| name)
}

impl State {
    /// Whether a subject that is read with this record concerns a party; see [`concerns`].
    ///
    /// # Errors
    /// The store could not answer.
    pub fn concerns_subject(
        &self,
        key: &SubjectKey,
        asker: &Asker,
        world: &World<'_>,
    ) -> Result<bool, Unreadable> {
        Ok(asker.is_customs() || self.concerns(name_of(key), asker, world)?)
    }
}

#[cfg(test)]
mod tests;
