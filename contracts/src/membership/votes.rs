//! Proposals: made, approved and withdrawn by the parties that vote, and what happens when the
//! height of one comes.
//!
//! There is no state between open and enacted: whether a proposal is carried is a matter of the
//! approvals that it has and of the powers of those who gave them, and both are weighed again at
//! the end of the batch before its height.

use alloc::{boxed::Box, format, vec, vec::Vec};

use countersign_record::membership::ValidatorSet;

use super::{
    Against, Event, Proposal, SCHEDULE, Schedule, Scheduled, Stage,
    bodies::{Approval, Proposing, Reason},
    power::{Tally, validators},
    proposal_subject,
    reading::{at, find_proposal, schedule},
};
use crate::{
    family::{Actor, Events, desk::Desk, fields::Fields},
    limits::{HEIGHTS_AHEAD_MAX, PROPOSALS_PER_PARTY_MAX},
    refusal::{Refusal, Remedy, Rule},
    world::{Moment, No, Unreadable, World},
};

/// A party that votes proposes a change, and approves it by that.
pub(super) fn propose(desk: Desk<'_>, name: &str, body: &Proposing) -> Result<Events, No> {
    let set = validators(desk.world)?;
    let planned = body.change.plan(desk.world, desk.now, &body.reason);
    let mut fields = Fields::default();
    fields.read(require_voter(&set, desk.actor));
    if find_proposal(desk.world, name)?.is_some() {
        fields.no(Refusal::new(Rule::ProposalExists, "subject", name, "a name that is new"));
    }
    let schedule = schedule(desk.world)?;
    fields.read(require_height(&schedule, desk.now, body.effective_height));
    fields.read(require_room(&schedule, &desk.actor.id));
    let planned = unless(fields, planned)?;
    let approvals = vec![desk.by()];
    let proposal = Proposal {
        change: body.change.clone(),
        effective_height: body.effective_height,
        reason: body.reason.clone(),
        proposed: desk.by(),
        tally: Tally::of(&set, &approvals),
        approvals,
        stage: Stage::Open,
        balance: planned.balance,
        withdrawn: None,
        against: None,
    };
    let scheduled = Scheduled { proposal: name.into(), party: desk.actor.id.clone() };
    Ok(vec![
        at(proposal_subject(name), Event::Proposed { proposal: Box::new(proposal) }),
        at(SCHEDULE.into(), Event::Scheduled { height: body.effective_height, scheduled }),
    ])
}

/// A party that votes approves. What the change would do is judged anew: whoever approves sees the
/// arithmetic of today.
pub(super) fn approve(desk: Desk<'_>, name: &str, _: &Approval) -> Result<Events, No> {
    let set = validators(desk.world)?;
    let mut fields = Fields::default();
    fields.read(require_voter(&set, desk.actor));
    let Some(proposal) = find_proposal(desk.world, name)? else {
        fields.no(no_such(name));
        return fields.answer().map(|()| Vec::new()).map_err(No::from);
    };
    fields.read(require_open(&proposal));
    if proposal.approvals.iter().any(|by| by.party == desk.actor.id) {
        let expected = "a party that has not approved yet";
        fields.no(Refusal::new(Rule::ApprovedAlready, "party", &desk.actor.id, expected));
    }
    let planned = proposal.change.plan(desk.world, desk.now, &proposal.reason);
    let planned = unless(fields, planned)?;
    let mut approvals = proposal.approvals.clone();
    approvals.push(desk.by());
    let tally = Tally::of(&set, &approvals);
    let event = Event::Approved { by: desk.by(), tally, balance: planned.balance };
    Ok(vec![at(proposal_subject(name), event)])
}

/// The proposer takes its proposal back, as long as no quorum has approved.
pub(super) fn withdraw(desk: Desk<'_>, name: &str, body: &Reason) -> Result<Events, No> {
    let proposal = find_proposal(desk.world, name)?.ok_or_else(|| no_such(name))?;
    require_open(&proposal)?;
    let proposer = &proposal.proposed.party;
    if *proposer != desk.actor.id {
        return Err(Refusal::new(Rule::NotProposer, "party", &desk.actor.id, proposer).into());
    }
    let tally = Tally::of(&validators(desk.world)?, &proposal.approvals);
    if tally.is_carried() {
        let found = format!("{} of {}", tally.approved, tally.power);
        let expected = format!("less than {}; propose what undoes it", tally.needed);
        return Err(Refusal::new(Rule::ProposalCarried, "approvals", found, expected).into());
    }
    Ok(vec![
        at(proposal_subject(name), Event::Withdrawn { reason: body.reason.clone() }),
        at(SCHEDULE.into(), Event::Unscheduled { height: proposal.effective_height }),
    ])
}

/// What happens at the end of a batch because of the votes on the next height: at most one proposal
/// takes effect there, or lapses. The header of this batch names the validators of the next one, so
/// this is the moment.
///
/// # Errors
/// A store that could not answer.
pub(crate) fn enact(world: &World<'_>, now: Moment) -> Result<Events, Unreadable> {
    let height = now.height.saturating_add(1);
    let Some(due) = schedule(world)?.open.remove(&height) else { return Ok(Vec::new()) };
    let name = due.proposal;
    let Some(proposal) = find_proposal(world, &name)? else {
        return Err(Unreadable(format!("the proposal {name} is missing")));
    };
    let mut events = vec![at(SCHEDULE.into(), Event::Unscheduled { height })];
    let tally = Tally::of(&validators(world)?, &proposal.approvals);
    let planned = if tally.is_carried() {
        Some(proposal.change.plan(world, now, &proposal.reason))
    } else {
        None
    };
    let event = match planned {
        Some(Ok(planned)) => {
            events.extend(planned.events);
            Event::Enacted { tally, balance: planned.balance }
        }
        Some(Err(No::Refused(refusal))) => {
            let (rule, en, zh) = (refusal.rule as u32, refusal.english(), refusal.chinese());
            Event::Lapsed { tally, against: Some(Against { rule, en, zh }) }
        }
        Some(Err(No::Unreadable(fault))) => return Err(fault),
        None => Event::Lapsed { tally, against: None },
    };
    events.push(at(proposal_subject(&name), event));
    Ok(events)
}

/// The result, unless something that stands earlier in the rulebook is wrong.
fn unless<T>(mut fields: Fields, result: Result<T, No>) -> Result<T, No> {
    match result {
        Ok(found) => Ok(fields.answer().map(|()| found)?),
        Err(No::Refused(refusal)) => {
            fields.no(*refusal.clone());
            Err(fields.answer().map_or_else(No::from, |()| No::Refused(refusal)))
        }
        Err(unreadable) => Err(unreadable),
    }
}

fn require_voter(set: &ValidatorSet, actor: &Actor) -> Result<(), Refusal> {
    if set.validators().iter().any(|v| v.party == actor.id) {
        return Ok(());
    }
    let expected = "a party whose node votes";
    let refusal = Refusal::new(Rule::NotAVoter, "party", &actor.id, expected);
    Err(refusal.mended_by(Remedy::Voters))
}

fn require_open(proposal: &Proposal) -> Result<(), Refusal> {
    if proposal.stage == Stage::Open {
        return Ok(());
    }
    Err(Refusal::new(Rule::ProposalOver, "stage", proposal.stage.name(), Stage::Open.name()))
}

fn require_height(schedule: &Schedule, now: Moment, height: u64) -> Result<(), Refusal> {
    let no = |found, expected| {
        Err(Refusal::new(Rule::EffectiveHeight, "effective_height", found, expected))
    };
    let last = now.height.saturating_add(HEIGHTS_AHEAD_MAX);
    if height <= now.height || height > last {
        return no(format!("{height}"), format!("{} to {last}", now.height.saturating_add(1)));
    }
    match schedule.open.get(&height) {
        None => Ok(()),
        Some(taken) => {
            let found = format!("{height}, at which {} takes effect", taken.proposal);
            no(found, "a height of its own".into())
        }
    }
}

fn require_room(schedule: &Schedule, party: &str) -> Result<(), Refusal> {
    let open = schedule.open.values().filter(|s| s.party == party).count();
    if open < PROPOSALS_PER_PARTY_MAX {
        return Ok(());
    }
    let expected = format!("fewer than {PROPOSALS_PER_PARTY_MAX} open; withdraw one");
    Err(Refusal::new(Rule::TooManyProposals, "proposals", open, expected))
}

fn no_such(name: &str) -> Refusal {
    Refusal::new(Rule::NoSuchProposal, "subject", name, "a proposal that was made")
}
