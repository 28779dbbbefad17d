//! The rules of membership: `check`, `decide`, `evolve`, and what other families ask of it.

use alloc::{
    collections::BTreeMap,
    format,
    string::{String, ToString},
    vec,
    vec::Vec,
};

use countersign_record::{
    Digest, encoding::Malformed, founding::Genesis, keys::PublicKey, statement,
};

use super::{
    Action, Event, Key, KeyRevocation, KeyRotation, Member, PARAMETERS_SUBJECT, Party, ROSTER,
    Role, Roster, State, key_subject, party_subject,
    power::{require_balance, require_follower},
};
use crate::{
    family::{self, Actor, Events, FamilyName, check_sealed, encode_json, read_body},
    founding::BadFounding,
    identifiers::Uscc,
    limits::KEYS_PER_PARTY_MAX,
    refusal::{Refusal, Remedy, Rule},
    world::{Moment, No, SubjectKey, Unreadable, World},
};

const SCHEMA: u32 = 1;

impl Action {
    /// Reads a body and applies the checks that need no state.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub fn check(action: &statement::Action) -> Result<Self, Refusal> {
        check_sealed(action.sealed.as_ref(), &[])?;
        let party = action
            .subject
            .strip_prefix("party:")
            .ok_or_else(|| Refusal::new(Rule::SubjectName, "subject", &action.subject, "party:ID"))?
            .to_string();
        match action.kind.as_str() {
            "admit" => {
                let body: super::Admission = read_body(action, SCHEMA)?;
                Uscc::parse("party", &party)?;
                check_admission(&body)?;
                Ok(Self::Admit { party, body })
            }
            "suspend" => Ok(Self::Suspend { party, body: read_body(action, SCHEMA)? }),
            "reinstate" => Ok(Self::Reinstate { party, body: read_body(action, SCHEMA)? }),
            "rotate_key" => {
                let body: KeyRotation = read_body(action, SCHEMA)?;
                check_key("key", &body.key)?;
                Ok(Self::RotateKey { party, body })
            }
            "revoke_key" => Ok(Self::RevokeKey { party, body: read_body(action, SCHEMA)? }),
            other => {
                let known = "admit, suspend, reinstate, rotate_key, revoke_key";
                Err(Refusal::new(Rule::UnknownKind, "kind", other, known))
            }
        }
    }

    /// The roles of which the signer needs one; none means any party.
    pub fn signers(&self) -> &'static [Role] {
        match self {
            Self::Admit { .. } | Self::Suspend { .. } | Self::Reinstate { .. } => &[Role::Customs],
            Self::RotateKey { .. } | Self::RevokeKey { .. } => &[],
        }
    }

    /// Decides on state.
    ///
    /// # Errors
    /// The first rule that is broken, or a store that could not answer.
    pub fn decide(&self, world: &World<'_>, actor: &Actor, _: Moment) -> Result<Events, No> {
        match self {
            Self::Admit { party, body } => admit(world, party, body),
            Self::Suspend { party, body } => switch(world, party, &body.reason, false),
            Self::Reinstate { party, body } => switch(world, party, &body.reason, true),
            Self::RotateKey { party, body } => rotate(world, actor, party, body),
            Self::RevokeKey { party, body } => revoke(world, actor, party, body),
        }
    }
}

fn check_admission(body: &super::Admission) -> Result<(), Refusal> {
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

fn check_key(field: &str, key: &PublicKey) -> Result<(), Refusal> {
    if key.is_usable() {
        return Ok(());
    }
    Err(Refusal::new(Rule::WeakKey, field, key, "an Ed25519 key that is not of small order"))
}

fn admit(world: &World<'_>, id: &str, body: &super::Admission) -> Result<Events, No> {
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

fn switch(world: &World<'_>, id: &str, reason: &str, active: bool) -> Result<Events, No> {
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
    if !active {
        require_balance(world, id, &next)?;
    }
    Ok(vec![
        at(party_subject(id), Event::StandingChanged { active, reason: reason.into() }),
        at(ROSTER.into(), Event::NodesSwitched { party: id.into(), active }),
    ])
}

fn rotate(world: &World<'_>, actor: &Actor, id: &str, body: &KeyRotation) -> Result<Events, No> {
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

fn revoke(world: &World<'_>, actor: &Actor, id: &str, body: &KeyRevocation) -> Result<Events, No> {
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

/// The only writer of this family's state.
pub fn evolve(state: Option<State>, event: &Event) -> State {
    match (state, event.clone()) {
        (_, Event::Admitted { party }) => State::Party(party),
        (Some(State::Party(mut party)), Event::StandingChanged { active, reason }) => {
            party.active = active;
            party.reason = (!active).then_some(reason);
            State::Party(party)
        }
        (Some(State::Party(mut party)), Event::KeysChanged { added, revoked }) => {
            party.keys.extend(added);
            party.keys.retain(|k| Some(*k) != revoked);
            party.revoked_keys.extend(revoked);
            State::Party(party)
        }
        (_, Event::KeyRegistered { key }) => State::Key(key),
        (Some(State::Key(mut key)), Event::KeyRevoked { reason }) => {
            key.revoked = Some(reason);
            State::Key(key)
        }
        (roster, Event::NodesListed { party, nodes, active }) => {
            let mut roster = roster_of(roster);
            roster.members.insert(party, Member { nodes, active });
            State::Roster(roster)
        }
        (roster, Event::NodesSwitched { party, active }) => {
            let mut roster = roster_of(roster);
            if let Some(member) = roster.members.get_mut(&party) {
                member.active = active;
            }
            State::Roster(roster)
        }
        (_, Event::Named { names }) => State::Name(names),
        (_, Event::ParametersSet { parameters }) => State::Parameters(parameters),
        // `decide` makes these three only for a subject that is there; a fold that meets another
        // keeps what it has.
        (Some(state), _) => state,
        (None, _) => State::Roster(Roster::default()),
    }
}

fn roster_of(state: Option<State>) -> Roster {
    match state {
        Some(State::Roster(roster)) => roster,
        _ => Roster::default(),
    }
}

/// The party behind a key, if both may act now.
///
/// # Errors
/// [`Rule::UnknownKey`], [`Rule::KeyRevoked`], [`Rule::PartySuspended`], or a store that could not
/// answer.
pub fn signer(world: &World<'_>, kid: &Digest) -> Result<(String, Party), No> {
    let key = match read(world, key_subject(kid))? {
        Some(State::Key(key)) => key,
        _ => {
            let expected = "a key that a party has registered";
            return Err(Refusal::new(Rule::UnknownKey, "kid", kid, expected).into());
        }
    };
    if let Some(reason) = &key.revoked {
        return Err(Refusal::new(Rule::KeyRevoked, "kid", reason, "a valid key").into());
    }
    let party = require_party(world, &key.party)?;
    if !party.active {
        let found = party.reason.unwrap_or_default();
        let refusal = Refusal::new(Rule::PartySuspended, "party", found, "an active party");
        return Err(refusal.mended_by(Remedy::Customs).into());
    }
    Ok((key.party, party))
}

/// The nodes of all parties.
///
/// # Errors
/// A store that could not answer.
pub fn roster(world: &World<'_>) -> Result<Roster, Unreadable> {
    Ok(roster_of(read(world, ROSTER.into())?))
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

fn check_founder(
    genesis: &Genesis,
    party: &countersign_record::founding::FoundingParty,
    roles: &[Role],
) -> Result<(), String> {
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

/// Refuses a district or place that the network does not know.
pub(crate) fn require_name(
    world: &World<'_>,
    what: &str,
    code: &str,
    rule: Rule,
) -> Result<(), No> {
    match read(world, format!("{what}:{code}"))? {
        Some(State::Name(_)) => Ok(()),
        _ => {
            let expected = format!("a {what} that the network has registered");
            Err(Refusal::new(rule, what, code, expected).into())
        }
    }
}

/// A parameter that the law or an office sets.
pub(crate) fn parameter(world: &World<'_>, name: &str) -> Result<u64, Unreadable> {
    let missing = || Unreadable(format!("the parameter {name} is missing"));
    parameters(world)?.get(name).and_then(|v| u64::try_from(*v).ok()).ok_or_else(missing)
}

/// Every parameter, those among them that a founding document need not set, for instance what it
/// says of a grade of oil.
pub(crate) fn parameters(world: &World<'_>) -> Result<BTreeMap<String, i64>, Unreadable> {
    match read(world, PARAMETERS_SUBJECT.into())? {
        Some(State::Parameters(all)) => Ok(all),
        _ => Err(Unreadable("the parameters are missing".into())),
    }
}

fn require_party(world: &World<'_>, id: &str) -> Result<Party, No> {
    read_party(world, id)?.ok_or_else(|| {
        Refusal::new(Rule::NoSuchParty, "subject", id, "a party of this network").into()
    })
}

/// The party of that id.
pub(crate) fn read_party(world: &World<'_>, id: &str) -> Result<Option<Party>, Unreadable> {
    Ok(match read(world, party_subject(id))? {
        Some(State::Party(party)) => Some(party),
        _ => None,
    })
}

fn require_own(world: &World<'_>, actor: &Actor, id: &str) -> Result<Party, No> {
    if actor.id != id {
        return Err(Refusal::new(Rule::OtherPartysKey, "subject", id, &actor.id).into());
    }
    require_party(world, id)
}

fn require_key_of(party: &Party, kid: &Digest) -> Result<(), No> {
    if party.keys.contains(kid) {
        return Ok(());
    }
    Err(Refusal::new(Rule::NoSuchKey, "kid", kid, "a valid key of this party").into())
}

fn require_free_key(world: &World<'_>, key: &PublicKey) -> Result<(), No> {
    match read(world, key_subject(&key.thumbprint()))? {
        None => Ok(()),
        Some(_) => {
            Err(Refusal::new(Rule::KeyInUse, "key", key, "a key that was never registered").into())
        }
    }
}

fn read(world: &World<'_>, subject: String) -> Result<Option<State>, Unreadable> {
    let record = world.record(&SubjectKey::new(FamilyName::Membership, subject))?;
    Ok(record.and_then(|r| match r.state {
        family::State::Membership(state) => Some(state),
        _ => None,
    }))
}

fn at(subject: String, event: Event) -> (SubjectKey, family::Event) {
    (SubjectKey::new(FamilyName::Membership, subject), family::Event::Membership(event))
}

/// The one encoding of a body that is written as JSON; what clients sign.
///
/// # Errors
/// There is no such kind, or the line and column of the first thing that is wrong.
pub fn body_from_json(kind: &str, json: &[u8]) -> Result<Vec<u8>, Malformed> {
    match kind {
        "admit" => encode_json::<super::Admission>(json),
        "suspend" | "reinstate" => encode_json::<super::Reason>(json),
        "rotate_key" => encode_json::<KeyRotation>(json),
        "revoke_key" => encode_json::<KeyRevocation>(json),
        other => Err(Malformed::new("kind", 0, format!("there is no kind '{other}'"))),
    }
}
