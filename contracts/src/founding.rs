//! The ledger's state before its first batch, out of the founding document.

use alloc::{collections::BTreeMap, format, string::String};
use core::fmt;

use countersign_record::founding::Genesis;

use crate::{
    family::{Event, FamilyName, evolve},
    membership,
    world::{Record, SubjectKey},
};

/// Why a founding document cannot found a network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadFounding(pub String);

impl fmt::Display for BadFounding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the founding document cannot found a network: {}", self.0)
    }
}

impl core::error::Error for BadFounding {}

/// The records of height 0.
///
/// # Errors
/// The first thing in the document that the rules cannot work with.
pub fn found(genesis: &Genesis) -> Result<BTreeMap<SubjectKey, Record>, BadFounding> {
    genesis.validators().map_err(|e| BadFounding(format!("{e}")))?;
    membership::check_parameters(&genesis.parameters).map_err(BadFounding)?;
    membership::check_rules(genesis).map_err(BadFounding)?;
    let mut records = BTreeMap::new();
    for (subject, event) in membership::founding_events(genesis)? {
        let key = SubjectKey::new(FamilyName::Membership, subject);
        let record = evolve(records.remove(&key), &Event::Membership(event));
        records.insert(key, record);
    }
    Ok(records)
}
