//! Who votes, and what one customs office alone may do about it.
//!
//! Until membership is voted on, one office signs alone. So it lets in followers only, it takes at
//! most a third of the voting power away, and it never leaves the customs offices as a quorum of
//! their own. Letting a suspended party back in gives nothing that the founders had not given.

use alloc::{format, vec::Vec};

use countersign_record::{
    founding::NodeKeys,
    membership::{BadSet, Validator, ValidatorSet},
};

use super::{
    Member, Role, Roster,
    rules::{read_party, roster},
};
use crate::{
    refusal::{Refusal, Remedy, Rule},
    world::{No, Unreadable, World},
};

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

/// Refuses a node that would vote: one office alone lets in followers only.
pub(super) fn require_follower(nodes: &[NodeKeys]) -> Result<(), Refusal> {
    match nodes.iter().find(|n| n.power > 0 || n.validator_key.is_some()) {
        None => Ok(()),
        Some(node) => {
            let found = format!("a node of power {}", node.power);
            let expected = "power 0 and no validator_key: a node that follows";
            let refusal = Refusal::new(Rule::VoteByOneOffice, "nodes", found, expected);
            Err(refusal.mended_by(Remedy::Founders))
        }
    }
}

/// Refuses a suspension that one office may not decide alone. `next` is the roster after it.
pub(super) fn require_balance(world: &World<'_>, party: &str, next: &Roster) -> Result<(), No> {
    let now = roster(world)?;
    if now.members.get(party).is_none_or(|member| power_of(member) == 0) {
        return Ok(());
    }
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
    let customs = customs_power(world, next)?;
    let before = now.members.values().filter(|m| m.active).map(power_of).sum();
    if is_quorum(customs, voting) && !is_quorum(customs, before) {
        let found = format!("{customs} of {voting}");
        let expected = "no quorum of customs offices alone";
        let refusal = Refusal::new(Rule::CustomsAlone, "power", found, expected);
        return Err(refusal.mended_by(Remedy::Founders).into());
    }
    Ok(())
}

/// Customs offices are never suspended: their power is the same before and after.
fn customs_power(world: &World<'_>, roster: &Roster) -> Result<u128, Unreadable> {
    let voting: Vec<_> = roster.members.iter().filter(|(_, m)| power_of(m) > 0).collect();
    let mut power = 0;
    for (party, member) in voting {
        if read_party(world, party)?.is_some_and(|p| p.roles.contains(&Role::Customs)) {
            power += power_of(member);
        }
    }
    Ok(power)
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
