//! What each change does: the same judgement when it is proposed, approved, and when its height
//! comes.

use alloc::{collections::BTreeMap, format, string::String, vec, vec::Vec};

use countersign_record::{
    founding::NodeKeys,
    keys::{PublicKey, SignatureBytes},
};

use super::{
    Event, Member, PARAMETERS_SUBJECT, ROSTER, RULES_PARAMETER,
    bodies::{Change, Setting},
    keys::validator_proof,
    parties::{check_key, switched},
    power::{Balance, weigh},
    reading::{at, parameters, require_free_key, require_party, roster},
};
use crate::{
    family::{Events, fields::Fields},
    limits::{CODE_BYTES_MAX, SETTINGS_MAX},
    refusal::{Refusal, Rule},
    world::{Moment, No, World},
};

/// What a change makes happen, and what it does to the voting power.
pub(super) struct Planned {
    /// What happens.
    pub(super) events: Events,
    /// Nothing where the set of validators stays as it is.
    pub(super) balance: Option<Balance>,
}

impl Change {
    /// Checks what needs no state.
    pub(super) fn check(&self, fields: &mut Fields) {
        match self {
            Self::SetNode { party, node, proof } => {
                fields.code("change.party", party);
                check_node(party, node, proof.as_ref(), fields);
            }
            Self::RemoveNode { party, .. }
            | Self::Suspend { party }
            | Self::Reinstate { party } => fields.code("change.party", party),
            Self::SetParameters { parameters } => {
                fields.count("change.parameters", parameters.len(), SETTINGS_MAX);
                fields.unique("change.parameters", parameters.iter().map(|s| s.name.as_str()));
                for Setting { name, value } in parameters {
                    fields.text("change.parameters.name", name, 2 * CODE_BYTES_MAX);
                    let field = format!("change.parameters.{name}");
                    fields.ensure(*value >= 0, &field, value, "0 or more");
                }
            }
            Self::SetRules { .. } => {}
        }
    }

    /// Judges the change on the ledger as it stands.
    ///
    /// # Errors
    /// The first rule that stands against it, or a store that could not answer.
    pub(super) fn plan(&self, world: &World<'_>, now: Moment, reason: &str) -> Result<Planned, No> {
        match self {
            Self::SetNode { party, node, .. } => set_node(world, party, node),
            Self::RemoveNode { party, network_key } => remove_node(world, party, network_key),
            Self::Suspend { party } => stand(world, party, reason, false),
            Self::Reinstate { party } => stand(world, party, reason, true),
            Self::SetParameters { parameters } => set_parameters(world, parameters),
            Self::SetRules { version } => set_rules(world, now, *version),
        }
    }
}

/// A node that votes has a key that can verify, a power, and the key's own word; one that follows
/// has none of them.
fn check_node(party: &str, node: &NodeKeys, proof: Option<&SignatureBytes>, fields: &mut Fields) {
    fields.read(check_key("change.node.network_key", &node.network_key));
    let Some(key) = &node.validator_key else {
        let follows = node.power == 0 && proof.is_none();
        let expected = "power 0 and no proof, or a validator_key: a node that follows has none";
        fields.ensure(follows, "change.node.power", node.power, expected);
        return;
    };
    fields.read(check_key("change.node.validator_key", key));
    fields.ensure(
        node.power > 0,
        "change.node.power",
        node.power,
        "1 or more for a node that votes",
    );
    if *key == node.network_key {
        let expected = "a key for one purpose only";
        fields.no(Refusal::new(Rule::DuplicateItem, "change.node.validator_key", key, expected));
    }
    let signed = proof.is_some_and(|proof| key.verifies(&validator_proof(party, key), proof));
    if !signed {
        let found = proof.map_or_else(|| "nothing".into(), |p| format!("{p}"));
        let expected = "the validator key's own signature over its proof for this party";
        fields.no(Refusal::new(Rule::BadSignature, "change.proof", found, expected));
    }
}

fn set_node(world: &World<'_>, party: &str, node: &NodeKeys) -> Result<Planned, No> {
    require_party(world, party)?;
    let mut next = roster(world)?;
    let used = next.members.iter().flat_map(|(p, m)| m.nodes.iter().map(move |n| (p, n)));
    for (owner, known) in used {
        let own = owner == party && known.network_key == node.network_key;
        if !own {
            require_other_keys(known, node)?;
        }
    }
    for key in [Some(&node.network_key), node.validator_key.as_ref()].into_iter().flatten() {
        require_free_key(world, key)?;
    }
    let member = next.members.entry(party.into());
    let member = member.or_insert(Member { nodes: Vec::new(), active: true });
    match member.nodes.iter_mut().find(|n| n.network_key == node.network_key) {
        Some(known) if known == node => {
            let found = format!("power {}", node.power);
            return Err(no_change("change.node", &found, "another node, key or power").into());
        }
        Some(known) => *known = node.clone(),
        None => member.nodes.push(node.clone()),
    }
    let listed = listed(party, member);
    Ok(Planned { events: vec![listed], balance: weigh(world, &next)? })
}

/// Two nodes share no key, whatever each is used for.
fn require_other_keys(known: &NodeKeys, node: &NodeKeys) -> Result<(), Refusal> {
    let known = [Some(&known.network_key), known.validator_key.as_ref()];
    let ours = [Some(&node.network_key), node.validator_key.as_ref()];
    let mut ours = ours.into_iter().flatten();
    match ours.find(|key| known.contains(&Some(key))) {
        None => Ok(()),
        Some(key) => {
            let expected = "keys that no other node uses";
            Err(Refusal::new(Rule::KeyInUse, "change.node", key, expected))
        }
    }
}

fn remove_node(world: &World<'_>, party: &str, network_key: &PublicKey) -> Result<Planned, No> {
    require_party(world, party)?;
    let mut next = roster(world)?;
    let member = next.members.get_mut(party);
    let known = member.filter(|m| m.nodes.iter().any(|n| n.network_key == *network_key));
    let Some(member) = known else {
        let expected = "the network key of a node of this party";
        return Err(
            Refusal::new(Rule::NoSuchNode, "change.network_key", network_key, expected).into()
        );
    };
    member.nodes.retain(|n| n.network_key != *network_key);
    let listed = listed(party, member);
    Ok(Planned { events: vec![listed], balance: weigh(world, &next)? })
}

fn listed(party: &str, member: &Member) -> (crate::world::SubjectKey, crate::family::Event) {
    let (nodes, active) = (member.nodes.clone(), member.active);
    at(ROSTER.into(), Event::NodesListed { party: party.into(), nodes, active })
}

fn stand(world: &World<'_>, party: &str, reason: &str, active: bool) -> Result<Planned, No> {
    let (next, events) = switched(world, party, reason, active)?;
    Ok(Planned { events, balance: weigh(world, &next)? })
}

fn set_parameters(world: &World<'_>, settings: &[Setting]) -> Result<Planned, No> {
    let before = parameters(world)?;
    let mut after = before.clone().take();
    for Setting { name, value } in settings {
        if name == RULES_PARAMETER || !is_known(&before, name) {
            let expected = "a parameter of this network; the version of the rules has a change of \
                            its own, set_rules";
            let refusal = Refusal::new(Rule::UnknownParameter, "change.parameters", name, expected);
            return Err(refusal.into());
        }
        after.insert(name.clone(), *value);
    }
    if after == *before {
        return Err(no_change("change.parameters", "the present values", "another value").into());
    }
    Ok(set(after))
}

/// A parameter that the network has, or a further one of a list that it has: its name differs from
/// one that is there in the third of four words only, for instance in the grade of oil.
fn is_known(parameters: &BTreeMap<String, i64>, name: &str) -> bool {
    let words = |name: &str| -> Option<[String; 3]> {
        let mut words = name.splitn(4, '.').map(String::from);
        let (family, list, item) = (words.next()?, words.next()?, words.next()?);
        let last = words.next().filter(|last| !item.is_empty() && !last.contains('.'))?;
        Some([family, list, last])
    };
    parameters.contains_key(name)
        || words(name).is_some_and(|new| parameters.keys().any(|n| words(n) == Some(new.clone())))
}

fn set_rules(world: &World<'_>, now: Moment, version: u32) -> Result<Planned, No> {
    let next = now.rules.saturating_add(1);
    if version != next {
        let expected = format!("{next}: the rules go up one version at a time");
        return Err(Refusal::new(Rule::RulesStep, "change.version", version, expected).into());
    }
    let mut after = parameters(world)?.take();
    after.insert(RULES_PARAMETER.into(), i64::from(version));
    Ok(set(after))
}

fn set(parameters: BTreeMap<String, i64>) -> Planned {
    let event = at(PARAMETERS_SUBJECT.into(), Event::ParametersSet { parameters });
    Planned { events: vec![event], balance: None }
}

fn no_change(field: &str, found: &str, expected: &str) -> Refusal {
    Refusal::new(Rule::NoChange, field, found, expected)
}
