//! What a founding document makes of the records of this family.

use alloc::{
    collections::BTreeMap,
    format,
    string::{String, ToString},
    vec,
    vec::Vec,
};

use countersign_record::{
    founding::{FoundingParty, Genesis},
    keys::PublicKey,
};

use super::{
    Event, Key, PARAMETERS_SUBJECT, Party, ROSTER, RULES_PARAMETER, Role, key_subject,
    party_subject,
};
use crate::{family::FamilyName, founding::BadFounding, identifiers::Uscc, versions};

/// Refuses parameters that the rules cannot work with: each that a family needs is there and not
/// negative.
///
/// # Errors
/// The first one that is missing or negative, by its name.
pub(crate) fn check_parameters(parameters: &BTreeMap<String, i64>) -> Result<(), String> {
    let mut needed = FamilyName::ALL.iter().flat_map(|f| f.parameters());
    match needed.find(|name| parameters.get(**name).is_none_or(|v| *v < 0)) {
        None => Ok(()),
        Some(name) => Err(format!("the parameter {name} is missing or negative")),
    }
}

/// Refuses a version of the rules that this program does not know, or that the document gives twice.
pub(crate) fn check_rules(genesis: &Genesis) -> Result<(), String> {
    versions::require_known(genesis.rules, 1).map_err(|e| e.to_string())?;
    match genesis.parameters.get(RULES_PARAMETER) {
        Some(version) if *version != i64::from(genesis.rules) => {
            let rules = genesis.rules;
            Err(format!("rules is {rules}, and the parameter {RULES_PARAMETER} is {version}"))
        }
        _ => Ok(()),
    }
}

/// What a founding document makes happen, subject by subject.
///
/// # Errors
/// The first thing that the rules cannot work with.
pub fn founding_events(genesis: &Genesis) -> Result<Vec<(String, Event)>, BadFounding> {
    let mut events = Vec::new();
    for (code, names) in &genesis.districts {
        events.push((format!("district:{code}"), Event::Named { names: names.clone() }));
    }
    for (code, names) in &genesis.places {
        events.push((format!("place:{code}"), Event::Named { names: names.clone() }));
    }
    let parameters = genesis.parameters.clone();
    events.push((PARAMETERS_SUBJECT.into(), Event::ParametersSet { parameters }));
    for party in &genesis.parties {
        let bad = |why: String| BadFounding(format!("party {}: {why}", party.id));
        let roles = party
            .roles
            .iter()
            .map(|name| Role::find(name).ok_or_else(|| bad(format!("there is no role '{name}'"))));
        let roles = roles.collect::<Result<Vec<_>, _>>()?;
        check_founder(genesis, party, &roles).map_err(bad)?;
        for key in &party.keys {
            let key = Key { party: party.id.clone(), key: *key, revoked: None };
            let subject = key_subject(&key.key.thumbprint());
            if events.iter().any(|(s, _)| *s == subject) {
                return Err(bad(format!("the key {} stands twice", key.key)));
            }
            events.push((subject, Event::KeyRegistered { key }));
        }
        let listed = Event::NodesListed {
            party: party.id.clone(),
            nodes: party.nodes.clone(),
            active: true,
        };
        events.push((ROSTER.into(), listed));
        let subject = party_subject(&party.id);
        if events.iter().any(|(s, _)| *s == subject) {
            return Err(bad("it stands twice".into()));
        }
        let founder = Party {
            names: party.names.clone(),
            roles,
            district: party.district.clone(),
            places: party.places.clone(),
            keys: party.keys.iter().map(PublicKey::thumbprint).collect(),
            revoked_keys: vec![],
            active: true,
            reason: None,
        };
        events.push((subject, Event::Admitted { party: founder }));
    }
    Ok(events)
}

fn check_founder(genesis: &Genesis, party: &FoundingParty, roles: &[Role]) -> Result<(), String> {
    if roles.contains(&Role::Customs) {
        let district = party.district.as_deref().unwrap_or_default();
        if !genesis.districts.contains_key(district) || party.id != format!("GACC{district}") {
            return Err(format!(
                "a customs office of district '{district}' is named GACC and a district of this document"
            ));
        }
    } else {
        Uscc::parse("id", &party.id).map_err(|e| e.to_string())?;
    }
    if let Some(place) = party.places.iter().find(|p| !genesis.places.contains_key(*p)) {
        return Err(format!("the place '{place}' is not in this document"));
    }
    match party.keys.iter().find(|k| !k.is_usable()) {
        Some(key) => Err(format!("the key {key} cannot verify anything")),
        None if party.keys.is_empty() => Err("it has no key".into()),
        None => Ok(()),
    }
}
