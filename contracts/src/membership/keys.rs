//! The keys of a party: registered and revoked by itself, and what a key signs to be registered.

use alloc::{format, vec, vec::Vec};

use countersign_record::keys::PublicKey;

use super::{
    Event, Key,
    bodies::{KeyRevocation, KeyRotation},
    key_subject, party_subject,
    reading::{at, require_free_key, require_key_of, require_own},
};
use crate::{
    family::{Actor, Events},
    limits::KEYS_PER_PARTY_MAX,
    refusal::{Refusal, Rule},
    world::{No, World},
};

/// A party registers a new key, and may revoke an old one.
pub(super) fn rotate(
    world: &World<'_>,
    actor: &Actor,
    id: &str,
    body: &KeyRotation,
) -> Result<Events, No> {
    let party = require_own(world, actor, id)?;
    let kid = body.key.thumbprint();
    require_free_key(world, &body.key)?;
    if !body.key.verifies(&key_proof(id, &body.key), &body.proof) {
        let expected = "the new key's own signature over its proof";
        return Err(Refusal::new(Rule::BadSignature, "proof", body.proof, expected).into());
    }
    if party.keys.len() + party.revoked_keys.len() >= KEYS_PER_PARTY_MAX {
        let found = party.keys.len() + party.revoked_keys.len();
        let expected = format!("fewer than {KEYS_PER_PARTY_MAX}");
        return Err(Refusal::new(Rule::TooManyKeys, "keys", found, expected).into());
    }
    let key = Key { party: id.into(), key: body.key, revoked: None };
    let mut events = vec![
        at(party_subject(id), Event::KeysChanged { added: Some(kid), revoked: body.replaces }),
        at(key_subject(&kid), Event::KeyRegistered { key }),
    ];
    if let Some(old) = body.replaces {
        require_key_of(&party, &old)?;
        let reason = format!("replaced by {kid}");
        events.push(at(key_subject(&old), Event::KeyRevoked { reason }));
    }
    Ok(events)
}

/// A party revokes a key.
pub(super) fn revoke(
    world: &World<'_>,
    actor: &Actor,
    id: &str,
    body: &KeyRevocation,
) -> Result<Events, No> {
    let party = require_own(world, actor, id)?;
    require_key_of(&party, &body.kid)?;
    if party.keys.len() == 1 {
        let expected = "another valid key; register it with rotate_key first";
        return Err(Refusal::new(Rule::LastKey, "kid", body.kid, expected).into());
    }
    Ok(vec![
        at(party_subject(id), Event::KeysChanged { added: None, revoked: Some(body.kid) }),
        at(key_subject(&body.kid), Event::KeyRevoked { reason: body.reason.clone() }),
    ])
}

/// What a new key signs to show that it belongs to the party that registers it.
pub fn key_proof(party: &str, key: &PublicKey) -> Vec<u8> {
    [b"countersign key of ", party.as_bytes(), b" ", &key.0].concat()
}

/// What a validator key signs to show that it belongs to the party whose node is to vote with it.
/// Nothing that a validator votes on begins like this.
pub fn validator_proof(party: &str, key: &PublicKey) -> Vec<u8> {
    [b"countersign validator key of ", party.as_bytes(), b" ", &key.0].concat()
}
