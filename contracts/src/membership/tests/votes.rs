//! Votes from beginning to end: what takes effect, when, and what does not.

use alloc::{string::ToString as _, vec, vec::Vec};

use serde_json::{Value, json};

use super::*;
use crate::{
    execute::{Cause, Outcome, execute},
    family,
    membership::{self, Proposal, SCHEDULE, Stage},
    world::{Moment, SubjectKey},
};

const SLA: &str = "combined_port.relocation_sla_ms";

impl Port {
    fn member(&self, subject: &str) -> membership::State {
        let key = SubjectKey::new(family::FamilyName::Membership, subject);
        match &self.ledger.records()[&key].state {
            family::State::Membership(state) => state.clone(),
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn proposal(&self, name: &str) -> Proposal {
        match self.member(&format!("proposal:{name}")) {
            membership::State::Proposal(proposal) => proposal.take(),
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn height(&self) -> u64 {
        self.ledger.moment().height
    }

    /// Parties and powers, in the set's order.
    pub(super) fn votes(&self) -> Vec<(String, u64)> {
        let set = membership::validators(&World::new(&self.ledger)).unwrap();
        set.validators().iter().map(|v| (v.party.clone(), v.power)).collect()
    }

    pub(super) fn set_to(&self, name: &str) -> i64 {
        membership::parameters(&World::new(&self.ledger)).unwrap()[name]
    }

    /// A batch without entries.
    fn beat(&mut self) -> Outcome {
        self.time += 1000;
        self.ledger.wait_until(self.time).unwrap()
    }

    /// Batches without entries, up to a height.
    fn until(&mut self, height: u64) {
        while self.height() < height {
            self.beat();
        }
    }

    /// Proposes, has it approved by all but the last of these, and goes on to its height.
    fn carries(&mut self, name: &str, change: Value) {
        let height = self.height() + 4;
        self.does(&propose(name, height, change));
        self.does(&approve("hub_customs", name));
        self.does(&approve("river_wharf", name));
        self.until(height - 1);
    }
}

#[test]
fn a_fifth_validator_joins_at_the_stated_height_and_not_before() {
    let mut port = four();
    port.does(&propose("fifth", 6, seat("carrier", "carrier", 1)));
    port.does(&approve("hub_customs", "fifth"));
    assert_eq!(port.proposal("fifth").tally.approved, 2);
    assert_eq!(port.alerts(), [("proposal_open", "proposal:fifth".into())]);
    port.does(&approve("hub_wharf", "fifth"));
    assert_eq!(port.alerts(), []);
    let before = port.votes();
    assert_eq!(port.beat().validators, None);
    assert_eq!((port.height(), port.votes()), (4, before.clone()));
    // The header of height 5 names the validators of height 6.
    let outcome = port.beat();
    assert_eq!(outcome.validators.unwrap().total_power(), 5);
    assert!(outcome.happenings.iter().all(|h| h.cause == Cause::Clock));
    assert_eq!(port.votes().len(), 5);
    let done = port.proposal("fifth");
    assert_eq!(done.stage, Stage::Enacted);
    let balance = done.balance.unwrap();
    assert_eq!((balance.before, balance.after, balance.stays), (4, 5, 4));
    assert_eq!((balance.may_fail_before, balance.may_fail_after), (1, 1));
    // And it is a voter like the others.
    port.carries("out", unseat("carrier", "carrier"));
    assert_eq!(port.proposal("out").tally.needed, 4);
    assert_eq!(port.proposal("out").stage, Stage::Lapsed);
    assert_eq!(port.votes().len(), 5);
    let height = port.height() + 5;
    port.does(&propose("out-2", height, unseat("carrier", "carrier")));
    for who in ["hub_customs", "river_wharf", "carrier"] {
        port.does(&approve(who, "out-2"));
    }
    port.until(height - 1);
    assert_eq!(port.votes(), before);
    assert_eq!(port.ledger.not_folds(), vec![]);
}

#[test]
fn a_proposal_without_a_quorum_lapses_by_itself() {
    let mut port = four();
    port.does(&propose("short", 4, set_parameter(SLA, 1)));
    port.does(&approve("hub_wharf", "short"));
    let before = port.set_to(SLA);
    port.until(6);
    let proposal = port.proposal("short");
    assert_eq!((proposal.stage, proposal.against), (Stage::Lapsed, None));
    assert_eq!(proposal.tally.missing, [id("river_wharf"), id("hub_customs")]);
    assert_eq!(port.set_to(SLA), before);
    assert_eq!(port.tries(&approve("river_wharf", "short")).unwrap_err().rule, Rule::ProposalOver);
    assert_eq!(port.alerts(), []);
    match port.member(SCHEDULE) {
        membership::State::Schedule(schedule) => assert!(schedule.open.is_empty()),
        other => panic!("{other:?}"),
    }
}

/// Approvals count with the powers of the moment at which the height comes.
#[test]
fn approvals_are_weighed_when_the_height_comes() {
    let mut port = four();
    let late = port.height() + 20;
    port.does(&propose("late", late, set_parameter(SLA, 1)));
    port.does(&approve("hub_customs", "late"));
    port.does(&approve("hub_wharf", "late"));
    assert!(port.proposal("late").tally.is_carried());
    // One of those who approved loses its vote, and another one comes: two of four are left.
    port.carries("out", unseat("hub_wharf", "hub_wharf"));
    assert_eq!(port.proposal("out").stage, Stage::Enacted);
    let height = port.height() + 5;
    port.does(&propose("in", height, seat("carrier", "carrier", 1)));
    port.does(&approve("hub_customs", "in"));
    port.does(&approve("river_wharf", "in"));
    port.until(height - 1);
    assert_eq!(port.proposal("in").stage, Stage::Enacted);
    port.until(late);
    let proposal = port.proposal("late");
    assert_eq!((proposal.stage, proposal.tally.approved), (Stage::Lapsed, 2));
}

/// What could be done when it was approved is judged again when its height comes.
#[test]
fn a_carried_change_that_can_no_longer_be_done_lapses_with_the_rule() {
    let mut port = four();
    let late = port.height() + 20;
    port.does(&propose("late", late, unseat("hub_wharf", "hub_wharf")));
    port.does(&approve("hub_customs", "late"));
    port.does(&approve("river_wharf", "late"));
    port.carries("first", unseat("hub_wharf", "hub_wharf"));
    port.until(late);
    let proposal = port.proposal("late");
    assert_eq!(proposal.stage, Stage::Lapsed);
    let against = proposal.against.unwrap();
    assert_eq!(against.rule, Rule::NoSuchNode as u32);
    assert!(against.en.contains("network_key") && against.zh.contains("节点"), "{against:?}");
}

#[test]
fn a_parameter_counts_from_the_stated_height_on_and_never_within_a_batch() {
    let mut port = four();
    port.does(&propose("sla", 5, set_parameter(SLA, 7)));
    port.does(&approve("hub_customs", "sla"));
    let before = port.set_to(SLA);
    // In the batch before the height, entries still meet the old value: the change comes after them.
    let last = approve("river_wharf", "sla");
    port.until(3);
    port.does(&last);
    assert_eq!((port.height(), port.set_to(SLA)), (4, 7));
    assert_ne!(before, 7);
    let history = &port.ledger.history;
    let set = history.iter().position(|h| h.subject.subject == "parameters").unwrap();
    let approved = history.iter().rposition(|h| h.cause != Cause::Clock).unwrap();
    assert!(approved < set);
}

#[test]
fn a_validator_key_is_rotated_by_the_same_change() {
    let mut port = four();
    let new =
        NodeKeys { validator_key: Some(key_of("new validator").public()), ..node("hub_wharf", 1) };
    port.carries("rotate", set_node("hub_wharf", "new", &new));
    let set = membership::validators(&World::new(&port.ledger)).unwrap();
    assert!(set.find(&new.validator_key.unwrap().thumbprint()).is_some());
    assert!(set.find(&node("hub_wharf", 1).validator_key.unwrap().thumbprint()).is_none());
    assert_eq!(set.total_power(), 4);
    let balance = port.proposal("rotate").balance.unwrap();
    assert_eq!((balance.before, balance.stays), (4, 3));
}

#[test]
fn a_party_that_votes_is_suspended_by_a_vote_and_its_own_vote_counts() {
    let mut port = four();
    port.carries("suspend", json!({ "suspend": { "party": id("hub_wharf") } }));
    assert_eq!(port.votes().len(), 3);
    let mute = port.tries(&propose("mute", 90, set_parameter(SLA, 1)).by("hub_wharf")).unwrap_err();
    assert_eq!(mute.rule, Rule::PartySuspended);
    assert_eq!(port.tries(&reinstate("hub_wharf")).unwrap_err().rule, Rule::NeedsVote);
    port.carries("reinstate", json!({ "reinstate": { "party": id("hub_wharf") } }));
    assert_eq!(port.votes().len(), 4);
    assert_eq!(port.ledger.not_folds(), vec![]);
}

/// The dry run of a refusal shows the arithmetic.
#[test]
fn a_change_that_is_too_large_says_what_would_stay_and_what_is_needed() {
    let no = four().tries(&propose("big", 9, seat("carrier", "carrier", 2))).unwrap_err();
    assert_eq!(no.found, "4 that stays as it is, of 4 before and 6 after");
    assert!(no.expected.starts_with("at least 5, more than two thirds of both"), "{no}");
}

#[test]
fn of_two_broken_rules_the_first_in_the_rulebook_is_answered() {
    let mut port = four();
    let by_nobody = propose("a", 0, unseat("carrier", "carrier")).by("tally");
    assert_eq!(port.tries(&by_nobody).unwrap_err().rule, Rule::NotAVoter);
    let late = propose("a", 0, unseat("carrier", "carrier"));
    assert_eq!(port.tries(&late).unwrap_err().rule, Rule::EffectiveHeight);
    let customs = propose("a", 0, json!({ "suspend": { "party": id("hub_customs") } }));
    assert_eq!(port.tries(&customs.by("tally")).unwrap_err().rule, Rule::CustomsNotSuspended);
}

/// Two versions of the rules in one program: each height under its own.
#[test]
fn the_rules_change_at_a_height_by_a_vote() {
    let mut port = voting(&FOUR);
    // Under version 1, one office suspends a party that votes.
    port.does(&suspend("hub_wharf"));
    port.does(&reinstate("hub_wharf"));
    port.carries("rules-2", json!({ "set_rules": { "version": 2 } }));
    assert_eq!(port.ledger.moment().rules, 2);
    assert_eq!(port.tries(&suspend("hub_wharf")).unwrap_err().rule, Rule::NeedsVote);
    // A later change of a parameter leaves the version as it is.
    port.carries("sla", set_parameter(SLA, 9));
    assert_eq!((port.ledger.moment().rules, port.set_to(SLA)), (2, 9));
    assert_eq!(port.ledger.not_folds(), vec![]);
}

#[test]
fn rules_that_this_program_does_not_know_are_not_guessed_at() {
    let mut port = four();
    let next = versions::NEWEST + 1;
    port.carries("next", json!({ "set_rules": { "version": next } }));
    assert_eq!(port.ledger.moment().rules, next);
    let now = Moment { height: port.height() + 1, ..port.ledger.moment() };
    let why = execute(&port.ledger, now, &[]).unwrap_err().to_string();
    let from = format!("from height {} on the ledger is under version {next}", port.height() + 1);
    assert!(why.starts_with(&from) && why.contains("Install a newer countersign"), "{why}");
    let unknown = Genesis { rules: next, ..genesis() };
    assert!(found(&unknown).unwrap_err().to_string().contains("Install a newer countersign"));
    let mut two = genesis();
    two.parameters.insert("membership.rules".into(), 2);
    assert!(found(&two).unwrap_err().to_string().contains("the parameter membership.rules is 2"));
}
