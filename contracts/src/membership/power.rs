//! Who votes, what approvals weigh, and how far the set of validators may change at once.
//!
//! Batches are decided by more than two thirds of the voting power. Whoever is new may be late, and
//! whoever leaves may be gone already: so a change of the set is let happen only where those who
//! stay as they are, counted at the lesser of their powers before and after, are more than two
//! thirds of the set before *and* of the set after. Whatever the others do, the network then goes
//! on with those who stay. Two sets that follow each other always share a quorum.
//!
//! Under version 1 of the rules one customs office alone suspended parties that vote, as long as it
//! took less than a third of the voting power away; that remains here for the replay of such ledgers.

use alloc::{collections::BTreeMap, format, string::String, vec::Vec};

use countersign_record::{
    founding::NodeKeys,
    membership::{BadSet, Validator, ValidatorSet},
};

use super::{
    Member, Role, Roster,
    reading::{read_party, roster},
};
use crate::{
    family::{desk::By, shapes::part},
    refusal::{Refusal, Remedy, Rule},
    world::{No, Unreadable, World},
};

part! {
    /// How the approvals of a proposal stand.
    Tally {
        /// The voting power of all.
        1 power: u64,
        /// The power of the parties that approved and vote now.
        2 approved: u64,
        /// The power that a quorum needs.
        3 needed: u64,
        /// The parties that vote and have not approved.
        4 missing: Vec<String>,
    }
}

impl Tally {
    /// Weighs approvals by a set of validators: each party has the power of its nodes that vote.
    pub(super) fn of(set: &ValidatorSet, approvals: &[By]) -> Self {
        let mut powers = BTreeMap::<&String, u64>::new();
        for v in set.validators() {
            let power = powers.entry(&v.party).or_default();
            *power = power.saturating_add(v.power);
        }
        let power = set.total_power();
        for by in approvals {
            powers.remove(&by.party);
        }
        let missing = powers.values().fold(0, |sum: u64, power| sum.saturating_add(*power));
        Self {
            power,
            approved: power.saturating_sub(missing),
            needed: quorum_of(power),
            missing: powers.into_keys().cloned().collect(),
        }
    }

    /// Whether the approvals are a quorum.
    pub fn is_carried(&self) -> bool {
        self.approved >= self.needed
    }
}

part! {
    /// What a change does to the voting power.
    Balance {
        /// The power of all before it.
        1 before: u64,
        /// The power of all after it.
        2 after: u64,
        /// The power of those who stay as they are, at the lesser of both.
        3 stays: u64,
        /// The power that may fail without stopping the network, before.
        4 may_fail_before: u64,
        /// The power that may fail without stopping the network, after.
        5 may_fail_after: u64,
    }
}

impl Balance {
    fn of(now: &ValidatorSet, next: &ValidatorSet) -> Self {
        let before: BTreeMap<_, _> =
            now.validators().iter().map(|v| ((&v.party, &v.key), v.power)).collect();
        let stays = next.validators().iter().filter_map(|v| {
            let power = before.get(&(&v.party, &v.key))?;
            Some((*power).min(v.power))
        });
        let (before, after) = (now.total_power(), next.total_power());
        Self {
            before,
            after,
            stays: stays.fold(0, u64::saturating_add),
            may_fail_before: before.saturating_sub(quorum_of(before)),
            may_fail_after: after.saturating_sub(quorum_of(after)),
        }
    }

    fn is_gentle(&self) -> bool {
        self.stays >= quorum_of(self.before) && self.stays >= quorum_of(self.after)
    }
}

/// The least power that is more than two thirds. Powers of a set add up to at most a third of what
/// 64 bits hold.
fn quorum_of(power: u64) -> u64 {
    (power.saturating_mul(2) / 3).saturating_add(1)
}

/// The validators of the next height.
///
/// # Errors
/// A store that could not answer, or one that holds a roster which no rule would have made.
pub fn validators(world: &World<'_>) -> Result<ValidatorSet, Unreadable> {
    set_of(&roster(world)?).map_err(|e| Unreadable(format!("the roster: {e}")))
}

fn set_of(roster: &Roster) -> Result<ValidatorSet, BadSet> {
    let active = roster.members.iter().filter(|(_, m)| m.active);
    let nodes = active.flat_map(|(party, m)| m.nodes.iter().map(move |n| (party, n)));
    let validators = nodes.filter_map(|(party, node)| {
        let key = node.validator_key?;
        Some(Validator { party: party.clone(), key, power: node.power })
    });
    ValidatorSet::new(validators.collect())
}

/// Whether a party has a node that votes, or would if the party were not suspended.
pub(super) fn votes(roster: &Roster, party: &str) -> bool {
    roster.members.get(party).is_some_and(|member| power_of(member) > 0)
}

/// What a change of the roster does to the voting power; nothing where the set stays the same.
///
/// # Errors
/// [`Rule::NoValidatorsLeft`], [`Rule::CustomsAlone`] or [`Rule::TooMuchAtOnce`].
pub(super) fn weigh(world: &World<'_>, next: &Roster) -> Result<Option<Balance>, No> {
    let before = validators(world)?;
    let after = set_of(next).map_err(|e| {
        Refusal::new(Rule::NoValidatorsLeft, "change", e, "a validator set that can still agree")
    })?;
    if after == before {
        return Ok(None);
    }
    let balance = Balance::of(&before, &after);
    let customs = customs_power(world, &after)?;
    if after.is_quorum(customs) && !before.is_quorum(customs_power(world, &before)?) {
        let found = format!("{customs} of {}", balance.after);
        let expected = "no quorum of customs offices alone";
        return Err(Refusal::new(Rule::CustomsAlone, "change", found, expected).into());
    }
    if balance.is_gentle() {
        return Ok(Some(balance));
    }
    let Balance { before, after, stays, .. } = balance;
    let found = format!("{stays} that stays as it is, of {before} before and {after} after");
    let most = quorum_of(before).max(quorum_of(after));
    let expected = format!("at least {most}, more than two thirds of both; change less at once");
    Err(Refusal::new(Rule::TooMuchAtOnce, "change", found, expected).into())
}

fn customs_power(world: &World<'_>, set: &ValidatorSet) -> Result<u64, Unreadable> {
    let mut power = 0_u64;
    for v in set.validators() {
        if is_customs(world, &v.party)? {
            power = power.saturating_add(v.power);
        }
    }
    Ok(power)
}

fn is_customs(world: &World<'_>, party: &str) -> Result<bool, Unreadable> {
    Ok(read_party(world, party)?.is_some_and(|p| p.roles.contains(&Role::Customs)))
}

/// Refuses a node that would vote: one office alone lets in followers only.
pub(super) fn require_follower(nodes: &[NodeKeys]) -> Result<(), Refusal> {
    match nodes.iter().find(|n| n.power > 0 || n.validator_key.is_some()) {
        None => Ok(()),
        Some(node) => {
            let found = format!("a node of power {}", node.power);
            let expected = "power 0 and no validator_key: a node that follows";
            let refusal = Refusal::new(Rule::VoteByOneOffice, "nodes", found, expected);
            Err(refusal.mended_by(Remedy::Voters))
        }
    }
}

/// Version 1 of the rules: refuses a suspension that one office may not decide alone. `next` is the
/// roster after it.
pub(super) fn require_balance(world: &World<'_>, next: &Roster) -> Result<(), No> {
    let now = roster(world)?;
    let left = set_of(next).map_err(|e| {
        Refusal::new(Rule::NoValidatorsLeft, "nodes", e, "a validator set that can still agree")
    })?;
    let all: u128 = now.members.values().map(power_of).sum();
    let voting = u128::from(left.total_power());
    if !is_quorum(voting, all) {
        let found = format!("{} of {all}", all.saturating_sub(voting));
        let expected = "less than a third of the voting power suspended";
        let refusal = Refusal::new(Rule::TooMuchSuspended, "power", found, expected);
        return Err(refusal.mended_by(Remedy::Founders).into());
    }
    // Customs offices are never suspended: their power is the same before and after.
    let mut customs = 0;
    for (party, member) in next.members.iter().filter(|(_, m)| power_of(m) > 0) {
        if is_customs(world, party)? {
            customs += power_of(member);
        }
    }
    let before = now.members.values().filter(|m| m.active).map(power_of).sum();
    if is_quorum(customs, voting) && !is_quorum(customs, before) {
        let found = format!("{customs} of {voting}");
        let expected = "no quorum of customs offices alone";
        let refusal = Refusal::new(Rule::CustomsAlone, "power", found, expected);
        return Err(refusal.mended_by(Remedy::Founders).into());
    }
    Ok(())
}

fn power_of(member: &Member) -> u128 {
    let voting = member.nodes.iter().filter(|n| n.validator_key.is_some());
    voting.map(|n| u128::from(n.power)).sum()
}

/// More than two thirds. Powers are of 64 bits and at most some thousands of them are added up: 128
/// bits hold three times any sum.
fn is_quorum(power: u128, of: u128) -> bool {
    power.saturating_mul(3) > of.saturating_mul(2)
}
