//! Histories of membership: admissions, keys, suspensions, and votes on everything that is voted
//! on. Only nodes that followed at the founding ever win or lose a vote, so that whoever builds a
//! network on this knows who votes for certain.

use alloc::{format, string::String, vec::Vec};

use serde_json::json;

use super::{Accepted, Lots, Step, choose, pick, up_to};
use crate::{
    identifiers::Uscc,
    membership::{Member, State, key_subject},
    testing::{membership::*, port::*},
};

const SLA: &str = "combined_port.hold_response_ms";
/// Parties without which the others' stories go on.
const SPARE: [&str; 4] = ["other_carrier", "other_courier", "other_wharf", "other_supplier"];
/// Parties that change their keys.
const ROTATES: [&str; 5] = ["tally", "bank", "hub_wharf", "courier", "warehouse"];
/// Names of keys that a party may come to have.
const KEYS_MAX: u32 = 5;

/// The name of the nth key of a party; the first bears the party's.
fn key_name(who: &str, n: u32) -> String {
    if n == 0 { who.into() } else { format!("{who} {n}") }
}

/// Whether a key is registered, and whether it is valid.
fn standing_of(port: &Port, name: &str) -> Option<bool> {
    match port.membership(&key_subject(&public(name).thumbprint())) {
        Some(State::Key(key)) => Some(key.revoked.is_none()),
        _ => None,
    }
}

/// The name of a key with which a party can sign now; its first, where it has none.
pub(crate) fn key_in_use(port: &Port, who: &str) -> String {
    let mut names = (0..=KEYS_MAX).rev().map(|n| key_name(who, n));
    names.find(|name| standing_of(port, name) == Some(true)).unwrap_or_else(|| who.into())
}

/// Who followed at the founding, by name.
fn guests(port: &Port) -> Vec<&'static str> {
    let Some(State::Roster(roster)) = port.founded_roster() else { return Vec::new() };
    let follows = |(party, member): (&String, &Member)| {
        let follows = member.nodes.iter().any(|node| node.validator_key.is_none());
        follows.then(|| name_of(party)).flatten()
    };
    roster.members.iter().filter_map(follows).collect()
}

/// One step of a history.
pub(crate) fn step(port: &Port, _: &[Accepted], lots: Lots) -> Step {
    let [what, a, b, c, d, _] = lots;
    match choose(what, &[12, 4, 1, 1, 1, 2, 1, 1]) {
        0 => approval(port, a, b).or_else(|| proposal(port, [a, b, c, d])),
        1 => proposal(port, [a, b, c, d]),
        2 => {
            let open = open(port);
            let name = open.get(pick(a, open.len().max(1)));
            name.map(|(name, proposer)| withdraw(name).by(proposer))
        }
        3 => Some(admitted(a)),
        4 => Some(suspend(SPARE[pick(a, SPARE.len())])),
        5 => Some(reinstate(SPARE[pick(a, SPARE.len())])),
        6 => rotation(port, a, b.is_multiple_of(2)),
        _ => revocation(port, a),
    }
    .map_or(Step::Nothing, Step::Act)
}

/// The open proposals with their proposers.
fn open(port: &Port) -> Vec<(String, &'static str)> {
    let open = port.schedule().open;
    open.values().filter_map(|s| Some((s.proposal.clone(), name_of(&s.party)?))).collect()
}

fn voters(port: &Port) -> Vec<&'static str> {
    port.voters().validators().iter().filter_map(|v| name_of(&v.party)).collect()
}

/// A party that votes approves what it has not approved yet.
fn approval(port: &Port, which: u32, who: u32) -> Option<Act> {
    let open = open(port);
    let (name, _) = open.get(pick(which, open.len().max(1)))?;
    let Some(State::Proposal(proposal)) = port.membership(&format!("proposal:{name}")) else {
        return None;
    };
    let missing: Vec<_> = proposal.tally.missing.iter().filter_map(|id| name_of(id)).collect();
    let who = missing.get(pick(who, missing.len().max(1)))?;
    Some(approve(who, name))
}

/// A party that votes proposes something, for a height that is near.
fn proposal(port: &Port, [what, who, a, b]: [u32; 4]) -> Option<Act> {
    let guests = guests(port);
    let guest = guests.get(pick(a, guests.len().max(1))).copied();
    let change = match (choose(what, &[8, 3, 1, 1, 1, 2, 1]), guest) {
        (0, Some(guest)) => seat(guest, guest, 1 + u64::from(b % 2)),
        (1, Some(guest)) => seat(guest, guest, 0),
        (2, Some(guest)) => unseat(guest, guest),
        (3, Some(guest)) => json!({ "suspend": { "party": id(guest) } }),
        (4, Some(guest)) => json!({ "reinstate": { "party": id(guest) } }),
        (6, _) => json!({ "set_rules": { "version": 2 } }),
        _ => set_parameter(SLA, i64::try_from(DAY + u64::from(b % 5)).ok()?),
    };
    let height = port.ledger.moment().height;
    let voters = voters(port);
    let proposer = *voters.get(pick(who, voters.len().max(1)))?;
    let name = format!("P{height}-{}", b % 1000);
    Some(propose(&name, height + 2 + up_to(a, 5), change).by(proposer))
}

/// Customs admits one of ten brokers.
fn admitted(lot: u32) -> Act {
    let n = lot % 10;
    let first = format!("91440606MA7DEM12{n}");
    let last = Uscc::check_character(&first).unwrap_or('0');
    let mut act = admission().on(format!("party:{first}{last}"));
    act.body["keys"] = json!([public(&format!("broker {n}"))]);
    act
}

/// A party signs with another key from now on, and the old one is revoked or not.
fn rotation(port: &Port, lot: u32, replaces: bool) -> Option<Act> {
    let who = ROTATES[pick(lot, ROTATES.len())];
    let new = (1..=KEYS_MAX).map(|n| key_name(who, n)).find(|n| standing_of(port, n).is_none())?;
    let old = key_in_use(port, who);
    Some(rotate(who, &new, replaces.then_some(&old)))
}

/// A party revokes the key with which it signs.
fn revocation(port: &Port, lot: u32) -> Option<Act> {
    let who = ROTATES[pick(lot, ROTATES.len())];
    // Never the last one: nobody could speak for the party any more.
    let valid: Vec<_> = (0..=KEYS_MAX)
        .map(|n| key_name(who, n))
        .filter(|name| standing_of(port, name) == Some(true))
        .collect();
    let (_, rest) = valid.split_last()?;
    Some(revoke(who, rest.get(pick(lot / 8, rest.len().max(1)))?))
}
