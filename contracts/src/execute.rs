//! One batch through the rules: deadlines first, then the entries in their order, and at the end
//! what was voted on for the next height.

use alloc::{collections::BTreeMap, string::ToString as _, vec::Vec};

use countersign_record::{membership::ValidatorSet, refused::RefusedEntry};
use minicbor::{Decode, Encode};
use serde::Serialize;

use crate::{
    entry::SignedEntry,
    family::{Actor, Event, Events, evolve},
    limits::DEADLINES_PER_BATCH_MAX,
    membership,
    refusal::{Refusal, Rule},
    versions::require_known,
    world::{Moment, No, Record, Records, SubjectKey, Unreadable, World},
};

/// What made something happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// A deadline passed, or the height of something that was voted on came.
    #[n(0)]
    Clock,
    /// An action of an accepted entry of this batch: the entry's place among the batch's
    /// statements, and the action's place in the entry, both counted from 0.
    #[n(1)]
    Entry(#[n(0)] u32, #[n(1)] u32),
}

/// Something that happened to a subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happening {
    /// The subject.
    pub subject: SubjectKey,
    /// Why.
    pub cause: Cause,
    /// What.
    pub event: Event,
}

/// Everything that a batch does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// For each statement whether it was accepted.
    pub verdicts: Vec<Result<(), (RefusedEntry, Refusal)>>,
    /// What happened, in order.
    pub happenings: Vec<Happening>,
    /// The new record of every subject that changed.
    pub changed: BTreeMap<SubjectKey, Record>,
    /// The validator set of the next height, where this batch changed it.
    pub validators: Option<ValidatorSet>,
}

impl Outcome {
    /// The refused entries, in order: the leaves of the batch's refusals tree.
    pub fn refused(&self) -> impl Iterator<Item = &RefusedEntry> {
        self.verdicts.iter().filter_map(|v| v.as_ref().err().map(|(record, _)| record))
    }
}

/// Executes a batch on the ledger as it stands after its parent.
///
/// # Errors
/// The store could not answer, or the rules of this height are not known here; the batch has no
/// outcome then.
pub fn execute(
    records: &dyn Records,
    now: Moment,
    entries: &[SignedEntry],
) -> Result<Outcome, Unreadable> {
    require_known(now.rules, now.height).map_err(|e| Unreadable(e.to_string()))?;
    let mut world = World::new(records);
    let mut happenings = fire_deadlines(&mut world, now)?;
    let mut verdicts = Vec::with_capacity(entries.len());
    for (place, entry) in (0_u32..).zip(entries) {
        match apply(&world, now, entry) {
            Ok(applied) => {
                world.absorb(applied.changed);
                world.use_reference(
                    &applied.party,
                    &entry.statement().payload().reference,
                    entry.id(),
                );
                happenings.extend(applied.happened.into_iter().map(|(action, subject, event)| {
                    Happening { subject, cause: Cause::Entry(place, action), event }
                }));
                verdicts.push(Ok(()));
            }
            Err((action, No::Refused(refusal))) => {
                verdicts.push(Err((refusal.record(entry.id(), action), *refusal)));
            }
            Err((_, No::Unreadable(fault))) => return Err(fault),
        }
    }
    for (subject, event) in membership::enact(&world, now)? {
        let record = world.take(&subject)?;
        world.put(subject.clone(), evolve(record, &event));
        happenings.push(Happening { subject, cause: Cause::Clock, event });
    }
    let touched = happenings.iter().any(|h| matches!(h.event, Event::Membership(_)));
    let validators = if touched { Some(membership::validators(&world)?) } else { None };
    Ok(Outcome { verdicts, happenings, changed: world.into_changed(), validators })
}

/// What one entry would do now: the dry run behind `entry check`.
///
/// # Errors
/// The refusal it would meet, and for which action; or a store that could not answer.
pub fn dry_run(
    records: &dyn Records,
    now: Moment,
    entry: &SignedEntry,
) -> Result<Events, (u32, No)> {
    require_known(now.rules, now.height).map_err(|e| (0, Unreadable(e.to_string()).into()))?;
    let applied = apply(&World::new(records), now, entry)?;
    Ok(applied.happened.into_iter().map(|(_, subject, event)| (subject, event)).collect())
}

struct Applied {
    party: alloc::string::String,
    happened: Vec<(u32, SubjectKey, Event)>,
    changed: BTreeMap<SubjectKey, Record>,
}

/// Applies an entry on a scratch world: all of its actions, or none.
fn apply(world: &World<'_>, now: Moment, entry: &SignedEntry) -> Result<Applied, (u32, No)> {
    let actor = identify(world, now, entry).map_err(|no| (0, no))?;
    let scratch = world.scratch();
    let mut inner = World::new(&scratch);
    let mut happened = Vec::new();
    let sent = entry.statement().payload().actions.iter();
    for (i, (action, sent)) in (0_u32..).zip(entry.actions().iter().zip(sent)) {
        let events = check_role(action.signers(), &actor)
            .and_then(|()| check_seen(&inner, sent))
            .and_then(|()| action.decide(&inner, &actor, now))
            .map_err(|no| (i, no))?;
        for (subject, event) in events {
            let record = inner.take(&subject).map_err(|e| (i, e.into()))?;
            inner.put(subject.clone(), evolve(record, &event));
            happened.push((i, subject, event));
        }
    }
    Ok(Applied { party: actor.id, happened, changed: inner.into_changed() })
}

/// The party behind the key, if it may act at this moment.
fn identify(world: &World<'_>, now: Moment, entry: &SignedEntry) -> Result<Actor, No> {
    let statement = entry.statement();
    let payload = statement.payload();
    let (party_id, party) = membership::signer(world, &statement.kid())?;
    if payload.expires < now.time {
        return Err(Refusal::new(Rule::Expired, "expires", payload.expires, now.time).into());
    }
    if let Some(first) = world.reference(&party_id, &payload.reference)? {
        let expected = alloc::format!("a new reference; {first} used it first");
        return Err(
            Refusal::new(Rule::ReferenceUsed, "reference", &payload.reference, expected).into()
        );
    }
    Ok(Actor {
        id: party_id,
        roles: party.roles.clone(),
        district: party.district.clone(),
        places: party.places.clone(),
        entry: statement.id(),
        event_time: payload.event_time,
    })
}

fn check_role(signers: &'static [membership::Role], actor: &Actor) -> Result<(), No> {
    if signers.is_empty() || signers.iter().any(|role| actor.is(*role)) {
        return Ok(());
    }
    let names =
        |roles: &[membership::Role]| roles.iter().map(|r| r.name()).collect::<Vec<_>>().join(", ");
    Err(Refusal::new(Rule::WrongRole, "roles", names(&actor.roles), names(signers)).into())
}

fn check_seen(world: &World<'_>, action: &countersign_record::statement::Action) -> Result<(), No> {
    let Some(seen) = action.seen else { return Ok(()) };
    let Some(family) = crate::family::FamilyName::find(&action.family) else { return Ok(()) };
    let key = SubjectKey::new(family, action.subject.clone());
    let version = world.record(&key)?.map_or(0, |r| r.version);
    if version == seen {
        return Ok(());
    }
    Err(Refusal::new(Rule::SubjectMoved, "seen", seen, version).into())
}

/// Lets everything happen that falls due by itself, earliest first.
fn fire_deadlines(world: &mut World<'_>, now: Moment) -> Result<Vec<Happening>, Unreadable> {
    let mut happenings = Vec::new();
    for subject in world.due(now.time, DEADLINES_PER_BATCH_MAX)? {
        let Some(mut record) = world.take(&subject)? else { continue };
        for event in record.state.expire(now.time) {
            record = evolve(Some(record), &event);
            happenings.push(Happening { subject: subject.clone(), cause: Cause::Clock, event });
        }
        world.put(subject, record);
    }
    Ok(happenings)
}
