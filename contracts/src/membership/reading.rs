//! What the rules of this and of other families read here.

use alloc::{
    collections::BTreeMap,
    format,
    string::{String, ToString},
};

use countersign_record::{Digest, keys::PublicKey};

use super::{
    Event, PARAMETERS_SUBJECT, Party, Proposal, ROSTER, RULES_PARAMETER, Roster, SCHEDULE,
    Schedule, State,
    bodies::Change,
    events::{roster_of, schedule_of},
    key_subject, party_subject, proposal_subject,
};
use crate::{
    family::{self, Actor, FamilyName},
    refusal::{Refusal, Remedy, Rule},
    shared::Shared,
    world::{No, SubjectKey, Unreadable, World},
};

/// The party behind a key, if both may act now.
///
/// # Errors
/// [`Rule::UnknownKey`], [`Rule::KeyRevoked`], [`Rule::PartySuspended`], or a store that could not
/// answer.
pub fn signer(world: &World<'_>, kid: &Digest) -> Result<(String, Shared<Party>), No> {
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
        let found = party.reason.clone().unwrap_or_default();
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

/// The version of the rules at the next height, where a vote has set one; else the founding
/// document's counts.
///
/// # Errors
/// A store that could not answer, or one that holds a version which no rule would have set.
pub fn rules_version(world: &World<'_>) -> Result<Option<u32>, Unreadable> {
    let set = parameters(world)?.get(RULES_PARAMETER).copied();
    let read = |v: i64| {
        u32::try_from(v).map_err(|_| Unreadable(format!("the parameter {RULES_PARAMETER} is {v}")))
    };
    set.map(read).transpose()
}

/// The next version of the rules and the height at which it would begin, where an open proposal
/// names one; the earliest of several. Whether it is carried shows at that height.
///
/// # Errors
/// A store that could not answer.
pub fn rules_to_come(world: &World<'_>) -> Result<Option<(u32, u64)>, Unreadable> {
    for (height, scheduled) in schedule(world)?.open {
        let change = find_proposal(world, &scheduled.proposal)?.map(|p| p.change.clone());
        if let Some(Change::SetRules { version }) = change {
            return Ok(Some((version, height)));
        }
    }
    Ok(None)
}

/// The proposals that are open.
pub(super) fn schedule(world: &World<'_>) -> Result<Schedule, Unreadable> {
    Ok(schedule_of(read(world, SCHEDULE.to_string())?))
}

/// The proposal of that name.
pub(super) fn find_proposal(
    world: &World<'_>,
    name: &str,
) -> Result<Option<Shared<Proposal>>, Unreadable> {
    Ok(match read(world, proposal_subject(name))? {
        Some(State::Proposal(proposal)) => Some(proposal),
        _ => None,
    })
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
pub(crate) fn parameters(world: &World<'_>) -> Result<Shared<BTreeMap<String, i64>>, Unreadable> {
    match read(world, PARAMETERS_SUBJECT.into())? {
        Some(State::Parameters(all)) => Ok(all),
        _ => Err(Unreadable("the parameters are missing".into())),
    }
}

pub(super) fn require_party(world: &World<'_>, id: &str) -> Result<Shared<Party>, No> {
    read_party(world, id)?.ok_or_else(|| {
        Refusal::new(Rule::NoSuchParty, "subject", id, "a party of this network").into()
    })
}

/// The party of that id.
pub(crate) fn read_party(world: &World<'_>, id: &str) -> Result<Option<Shared<Party>>, Unreadable> {
    Ok(match read(world, party_subject(id))? {
        Some(State::Party(party)) => Some(party),
        _ => None,
    })
}

pub(super) fn require_own(world: &World<'_>, actor: &Actor, id: &str) -> Result<Shared<Party>, No> {
    if actor.id != id {
        return Err(Refusal::new(Rule::OtherPartysKey, "subject", id, &actor.id).into());
    }
    require_party(world, id)
}

pub(super) fn require_key_of(party: &Party, kid: &Digest) -> Result<(), No> {
    if party.keys.contains(kid) {
        return Ok(());
    }
    Err(Refusal::new(Rule::NoSuchKey, "kid", kid, "a valid key of this party").into())
}

pub(super) fn require_free_key(world: &World<'_>, key: &PublicKey) -> Result<(), No> {
    match read(world, key_subject(&key.thumbprint()))? {
        None => Ok(()),
        Some(_) => {
            Err(Refusal::new(Rule::KeyInUse, "key", key, "a key that was never registered").into())
        }
    }
}

pub(super) fn read(world: &World<'_>, subject: String) -> Result<Option<State>, Unreadable> {
    let record = world.record(&SubjectKey::new(FamilyName::Membership, subject))?;
    Ok(record.and_then(|r| match r.state {
        family::State::Membership(state) => Some(state),
        _ => None,
    }))
}

pub(super) fn at(subject: String, event: Event) -> (SubjectKey, family::Event) {
    (SubjectKey::new(FamilyName::Membership, subject), family::Event::Membership(event))
}
