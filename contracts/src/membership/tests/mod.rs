//! Membership rules: tables, what a founding document must bring, votes, random histories.

mod ballots;
mod properties;
mod tables;
mod votes;

use alloc::{format, string::String, vec, vec::Vec};

use countersign_record::{
    founding::{Genesis, NodeKeys},
    keys::{PublicKey, Signer},
};
use serde_json::json;

use crate::{
    combined_port,
    founding::found,
    refusal::Rule,
    testing::{membership::*, port::*, table},
    versions,
    world::World,
};

/// Runs this family's tables; the rules that they cover.
pub(crate) fn tables() -> Vec<Rule> {
    let tables = [
        tables::admission_rows(),
        tables::power_rows(),
        tables::standing_rows(),
        tables::key_rows(),
        ballots::proposal_rows(),
        ballots::approval_rows(),
        ballots::node_rows(),
        ballots::key_rows(),
        ballots::power_rows(),
        ballots::parameter_rows(),
    ];
    tables.into_iter().flat_map(table::hold).collect()
}

#[test]
fn membership_keeps_its_rules() {
    tables();
}

#[test]
fn a_party_that_customs_admits_may_sign_and_its_node_may_follow() {
    let mut port = Port::new();
    port.does(&with_node("broker", |_| ()));
    let roster = super::roster(&World::new(&port.ledger)).unwrap();
    assert_eq!(roster.members[BROKER].nodes, [follower("broker")]);
    let votes = |port: &Port| {
        let set = super::validators(&World::new(&port.ledger)).unwrap();
        set.validators().iter().map(|v| v.party.clone()).collect::<Vec<_>>()
    };
    assert_eq!(votes(&port), ["GACC5150", "GACC5304"]);
    let (party, _) =
        super::signer(&World::new(&port.ledger), &public("broker").thumbprint()).unwrap();
    assert_eq!(party, BROKER);
    port.does(&about_party("river_customs", "suspend", BROKER, json!({ "reason": "x" })));
    assert!(!super::roster(&World::new(&port.ledger)).unwrap().members[BROKER].active);
    assert_eq!(votes(&port), ["GACC5150", "GACC5304"]);
    assert_eq!(port.ledger.not_folds(), vec![]);
}

#[test]
fn a_suspended_validator_does_not_vote_until_it_is_reinstated() {
    let powers = [("river_customs", 1), ("hub_customs", 1), ("river_wharf", 1), ("hub_wharf", 1)];
    let mut port = voting(&powers);
    let votes = |port: &Port| super::validators(&World::new(&port.ledger)).unwrap().total_power();
    assert_eq!(votes(&port), 4);
    port.does(&suspend("hub_wharf"));
    assert_eq!(votes(&port), 3);
    port.does(&reinstate("hub_wharf"));
    assert_eq!(votes(&port), 4);
    assert_eq!(port.ledger.not_folds(), vec![]);
}

#[test]
fn a_founding_document_that_the_rules_cannot_work_with_is_named() {
    let broken = |change: &dyn Fn(&mut countersign_record::founding::Genesis)| {
        let mut genesis = genesis();
        change(&mut genesis);
        alloc::string::ToString::to_string(&found(&genesis).unwrap_err())
    };
    assert!(found(&genesis()).is_ok());
    for name in combined_port::PARAMETERS {
        let text = broken(&|g| {
            g.parameters.remove(*name);
        });
        assert!(text.contains(name), "{text}");
    }
    assert!(broken(&|g| g.parties[2].id = "91440606MA7DEM016D".into()).contains("check character"));
    assert!(broken(&|g| g.parties[0].district = Some("9999".into())).contains("9999"));
    assert!(broken(&|g| g.parties[2].places = vec!["CNBIJ/5150".into()]).contains("CNBIJ/5150"));
    assert!(broken(&|g| g.parties[2].keys = vec![]).contains("no key"));
    assert!(broken(&|g| g.parties[3].keys = g.parties[2].keys.clone()).contains("twice"));
    assert!(broken(&|g| g.parties[2].roles = vec!["pilot".into()]).contains("pilot"));
    assert!(
        broken(&|g| g.parties.iter_mut().for_each(|p| p.nodes = vec![])).contains("validators")
    );
}
