//! What every family's rules decide by, and what its records say of who said what until when.

use alloc::{boxed::Box, format, string::String};

use countersign_record::Digest;

use super::{Actor, Alert, FamilyName, Said, shapes::part};
use crate::{
    membership,
    refusal::{Refusal, Rule},
    world::{Moment, No, Unreadable, World},
};

part! {
    /// Who said something, and in which entry.
    By {
        /// The party.
        1 party: String,
        /// The entry.
        2 entry: Digest,
        /// Ledger time, UTC milliseconds since 1970.
        3 at: u64,
    }
}

part! {
    /// A deadline in ledger time.
    Due {
        /// UTC milliseconds since 1970.
        1 by: u64,
        /// Whether it has passed.
        2 overdue: bool,
    }
}

/// Everything that a rule decides by: the ledger, who acts, and when.
#[derive(Clone, Copy)]
pub(crate) struct Desk<'a> {
    /// Whose rules these are.
    pub(crate) family: FamilyName,
    /// The ledger.
    pub(crate) world: &'a World<'a>,
    /// Who acts.
    pub(crate) actor: &'a Actor,
    /// When.
    pub(crate) now: Moment,
}

impl Desk<'_> {
    /// The actor's statement, for the record.
    pub(crate) fn by(&self) -> By {
        By { party: self.actor.id.clone(), entry: self.actor.entry, at: self.now.time }
    }

    /// A parameter of this family.
    pub(crate) fn parameter(&self, name: &str) -> Result<u64, Unreadable> {
        membership::parameter(self.world, &format!("{}.{name}", self.family.name()))
    }

    /// Ledger time after a span that a parameter sets.
    pub(crate) fn after(&self, name: &str) -> Result<u64, Unreadable> {
        Ok(self.now.time.saturating_add(self.parameter(name)?))
    }

    /// Refuses a place that the network does not know.
    pub(crate) fn require_known_place(&self, field: &str, place: &str) -> Result<(), No> {
        require_name(self.world, field, "place", place, Rule::Place)
    }

    /// Refuses a district that the network does not know.
    pub(crate) fn require_known_district(&self, field: &str, code: &str) -> Result<(), No> {
        require_name(self.world, field, "district", code, Rule::District)
    }

    /// Refuses a place that the actor does not run.
    pub(crate) fn require_own_place(&self, field: &str, place: &str) -> Result<(), Refusal> {
        if self.actor.places.iter().any(|p| p == place) {
            return Ok(());
        }
        let own = self.actor.places.join(", ");
        Err(Refusal::new(Rule::PlaceNotYours, field, place, format!("one of: {own}")))
    }

    /// Refuses an actor that is not the one whose statement it is.
    pub(crate) fn require_self(&self, field: &str, owner: &By) -> Result<(), Refusal> {
        if self.actor.id == owner.party {
            return Ok(());
        }
        Err(Refusal::new(Rule::NotYours, field, &self.actor.id, &owner.party))
    }
}

fn require_name(
    world: &World<'_>,
    field: &str,
    what: &str,
    code: &str,
    rule: Rule,
) -> Result<(), No> {
    membership::require_name(world, what, code, rule).map_err(|no| match no {
        No::Refused(refusal) => No::Refused(Box::new(Refusal { field: field.into(), ..*refusal })),
        other => other,
    })
}

/// The party id of a customs office.
pub(crate) fn office(district: &str) -> String {
    format!("GACC{district}")
}

/// An alert without a second statement.
pub(crate) struct Plain<'a> {
    /// Its stable name.
    pub(crate) kind: &'static str,
    /// The subject.
    pub(crate) subject: &'a str,
    /// The field.
    pub(crate) field: &'a str,
    /// What was stated.
    pub(crate) value: String,
    /// By whom.
    pub(crate) by: &'a By,
    /// The customs district that it concerns, or nothing.
    pub(crate) clearance: &'a str,
    /// The deadline in question.
    pub(crate) deadline: Option<u64>,
    /// In English, without the subject.
    pub(crate) en: String,
    /// In Chinese, without the subject.
    pub(crate) zh: String,
}

impl Plain<'_> {
    /// The alert.
    pub(crate) fn alert(self) -> Alert {
        let mut parties = alloc::vec![self.by.party.clone()];
        if !self.clearance.is_empty() {
            parties.push(office(self.clearance));
        }
        let said = Said { party: self.by.party.clone(), entry: self.by.entry, value: self.value };
        Alert {
            kind: self.kind,
            subject: self.subject.into(),
            field: Some(self.field.into()),
            statements: [said].into(),
            parties,
            since: self.deadline.unwrap_or(self.by.at),
            deadline: self.deadline,
            en: format!("{}: {}", self.subject, self.en),
            zh: format!("{}：{}", self.subject, self.zh),
        }
    }
}
