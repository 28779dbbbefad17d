//! Parties: customs admits them, suspends them and lets them act again.

use alloc::{format, vec, vec::Vec};

use countersign_record::keys::PublicKey;

use super::{
    Event, Key, Party, ROSTER, Role, Roster,
    bodies::Admission,
    key_subject, party_subject,
    power::{require_balance, require_follower, votes},
    reading::{at, read_party, require_free_key, require_name, require_party, roster},
};
use crate::{
    family::Events,
    limits::KEYS_PER_PARTY_MAX,
    refusal::{Refusal, Remedy, Rule},
    versions,
    world::{Moment, No, World},
};

pub(super) fn check_admission(body: &Admission) -> Result<(), Refusal> {
    if body.roles.is_empty() || body.roles.contains(&Role::Customs) {
        let found = body.roles.iter().map(|r| r.name()).collect::<Vec<_>>().join(", ");
        let expected = "one or more roles, none of them customs: customs offices are founders";
        return Err(Refusal::new(Rule::UnknownRole, "roles", found, expected));
    }
    let mut keys: Vec<&PublicKey> = body.keys.iter().collect();
    keys.extend(body.nodes.iter().map(|n| &n.network_key));
    keys.extend(body.nodes.iter().filter_map(|n| n.validator_key.as_ref()));
    if body.keys.is_empty() || body.keys.len() > KEYS_PER_PARTY_MAX {
        let expected = format!("1 to {KEYS_PER_PARTY_MAX} keys");
        return Err(Refusal::new(Rule::TooManyKeys, "keys", body.keys.len(), expected));
    }
    keys.iter().try_for_each(|key| check_key("keys", key))?;
    require_follower(&body.nodes)?;
    // The entry key, the network key and the validator key are different keys.
    keys.sort();
    match keys.windows(2).find(|pair| pair[0] == pair[1]) {
        None => Ok(()),
        Some(pair) => {
            Err(Refusal::new(Rule::DuplicateItem, "keys", pair[0], "a key for one purpose only"))
        }
    }
}

pub(super) fn check_key(field: &str, key: &PublicKey) -> Result<(), Refusal> {
    if key.is_usable() {
        return Ok(());
    }
    Err(Refusal::new(Rule::WeakKey, field, key, "an Ed25519 key that is not of small order"))
}

/// Customs admits an enterprise.
pub(super) fn admit(world: &World<'_>, id: &str, body: &Admission) -> Result<Events, No> {
    if read_party(world, id)?.is_some() {
        let refusal = Refusal::new(Rule::PartyExists, "subject", id, "a party that is new");
        return Err(refusal.mended_by(Remedy::Customs).into());
    }
    for place in &body.places {
        require_name(world, "place", place, Rule::Place)?;
    }
    for key in &body.keys {
        require_free_key(world, key)?;
    }
    let roster = roster(world)?;
    let nodes = roster.members.values().flat_map(|m| &m.nodes);
    for known in nodes {
        let taken = body.nodes.iter().find(|n| n.network_key == known.network_key);
        if let Some(node) = taken {
            let expected = "keys that no other node uses";
            return Err(Refusal::new(Rule::KeyInUse, "nodes", node.network_key, expected).into());
        }
    }
    let party = Party {
        names: body.names.clone(),
        roles: body.roles.clone(),
        district: None,
        places: body.places.clone(),
        keys: body.keys.iter().map(PublicKey::thumbprint).collect(),
        revoked_keys: vec![],
        active: true,
        reason: None,
    };
    let mut events = vec![at(party_subject(id), Event::Admitted { party })];
    events.extend(body.keys.iter().map(|key| {
        let key = Key { party: id.into(), key: *key, revoked: None };
        at(key_subject(&key.key.thumbprint()), Event::KeyRegistered { key })
    }));
    let listed = Event::NodesListed { party: id.into(), nodes: body.nodes.clone(), active: true };
    events.push(at(ROSTER.into(), listed));
    Ok(events)
}

/// Customs suspends an enterprise, or lets it act again. From version 2 of the rules on, a party
/// that votes is not one office's to suspend.
pub(super) fn switch(
    world: &World<'_>,
    now: Moment,
    id: &str,
    reason: &str,
    active: bool,
) -> Result<Events, No> {
    let (next, events) = switched(world, id, reason, active)?;
    if votes(&next, id) && now.rules >= versions::STANDING_BY_VOTE {
        let expected = "a party whose nodes follow; propose this, to be voted on";
        let refusal = Refusal::new(Rule::NeedsVote, "subject", id, expected);
        return Err(refusal.mended_by(Remedy::Voters).into());
    }
    if votes(&next, id) && !active {
        require_balance(world, &next)?;
    }
    Ok(events)
}

/// The roster after a party was suspended or reinstated, and what happens.
///
/// # Errors
/// [`Rule::NoSuchParty`], [`Rule::CustomsNotSuspended`] or [`Rule::AlreadySo`].
pub(super) fn switched(
    world: &World<'_>,
    id: &str,
    reason: &str,
    active: bool,
) -> Result<(Roster, Events), No> {
    let party = require_party(world, id)?;
    if party.roles.contains(&Role::Customs) {
        let expected = "an enterprise";
        let refusal = Refusal::new(Rule::CustomsNotSuspended, "subject", id, expected);
        return Err(refusal.mended_by(Remedy::Founders).into());
    }
    if party.active == active {
        let (found, expected) =
            if active { ("active", "suspended") } else { ("suspended", "active") };
        return Err(Refusal::new(Rule::AlreadySo, "standing", found, expected).into());
    }
    let mut next = roster(world)?;
    if let Some(member) = next.members.get_mut(id) {
        member.active = active;
    }
    let events = vec![
        at(party_subject(id), Event::StandingChanged { active, reason: reason.into() }),
        at(ROSTER.into(), Event::NodesSwitched { party: id.into(), active }),
    ];
    Ok((next, events))
}
