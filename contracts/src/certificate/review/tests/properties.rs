//! Over random rule sets and applications: what is accepted works, what is refused could not.

use alloc::{format, string::ToString, vec::Vec};

use countersign_record::{encoding, statement};
use proptest::prelude::*;

use super::{
    super::{Facts, check_rules, hit, profile::Profile, review},
    pool::{application, but_not, rule_set},
    witness::{Witness, witness},
};
use crate::{
    certificate::{
        Action,
        bodies::{Field, Outcome, RuleRow, RuleSet},
    },
    refusal::{Refusal, Rule},
};

/// Fields that say nothing about each other, so that one row covers another only field by field.
const APART: &[Field] = &[
    Field::Hs,
    Field::Rvc,
    Field::Country,
    Field::Grade,
    Field::Route,
    Field::Criterion,
    Field::TransportMode,
    Field::Consignee,
    Field::Producer,
];

/// The row that a refusal names.
fn row_named<'a>(set: &'a RuleSet, no: &Refusal) -> &'a RuleRow {
    let number = no.field.split('.').nth(1).unwrap();
    set.rows.iter().find(|row| row.no.to_string() == number).unwrap()
}

/// The other row that the refusal of one that never decides names.
fn other_named<'a>(set: &'a RuleSet, no: &Refusal) -> &'a RuleRow {
    set.rows.iter().find(|r| no.found.ends_with(&format!("row {} says too", r.no))).unwrap()
}

/// A witness is an application that the ledger takes.
fn admissible(w: &Witness) -> Result<(), Refusal> {
    let action = statement::Action {
        family: "certificate".into(),
        kind: "apply".into(),
        schema: 1,
        subject: "application:1".into(),
        body: encoding::encode(&w.application),
        seen: None,
        sealed: None,
    };
    Action::check(&action).map(|_| ())
}

/// Every row of an accepted set is met by an application that the ledger takes.
fn every_row_hits(set: &RuleSet) {
    for row in &set.rows {
        let found = witness(&Profile::of(row));
        assert!(hit(row, &found.facts()), "row {} is not met by {found:#?}", row.no);
        assert_eq!(admissible(&found), Ok(()), "{found:#?}");
        assert!(review(set, &found.facts()).hits.contains(&row.no));
    }
}

/// For every row of an accepted set and each one that could decide over it, an application that
/// only the first of the two hits.
fn every_row_decides(set: &RuleSet) {
    for row in &set.rows {
        let others = set.rows.iter().filter(|o| o.no != row.no && o.outcome >= row.outcome);
        for other in others {
            let rows = but_not(row, other);
            let profiles = rows.iter().map(Profile::of).filter(|p| p.impossible().is_none());
            let found = profiles.map(|p| witness(&p)).any(|w| {
                let facts = w.facts();
                hit(row, &facts) && !hit(other, &facts)
            });
            assert!(found, "row {} decides nothing over row {}\n{set:#?}", row.no, other.no);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn what_is_refused_could_not_work(
        set in rule_set(Field::ALL),
        applications in proptest::collection::vec(application(), 1..12),
    ) {
        let Err(no) = check_rules(&set) else {
            every_row_hits(&set);
            return Ok(());
        };
        let hits = |row: &RuleRow, facts: &Facts<'_>| hit(row, facts);
        for w in &applications {
            let facts = w.facts();
            match no.rule {
                Rule::NeverMet => {
                    prop_assert!(!hits(row_named(&set, &no), &facts), "{no}\n{w:#?}");
                }
                Rule::NeverDecides => {
                    let (row, other) = (row_named(&set, &no), other_named(&set, &no));
                    prop_assert!(other.outcome >= row.outcome);
                    prop_assert!(!hits(row, &facts) || hits(other, &facts), "{no}\n{w:#?}");
                }
                other => prop_assert!(false, "{other:?} of a set whose values fit: {no}"),
            }
        }
        // The row's own witness is the hardest case.
        if no.rule == Rule::NeverDecides {
            let own = witness(&Profile::of(row_named(&set, &no)));
            prop_assert!(hits(other_named(&set, &no), &own.facts()), "{no}\n{own:#?}");
        }
    }

    #[test]
    fn every_row_of_an_accepted_set_hits_and_decides(set in rule_set(APART)) {
        // Rows that are refused leave, until what is left is accepted.
        let mut set = set;
        while let Err(no) = check_rules(&set) {
            let bad = row_named(&set, &no).no;
            set.rows.retain(|row| row.no != bad);
            if set.rows.is_empty() {
                return Ok(());
            }
        }
        every_row_hits(&set);
        every_row_decides(&set);
    }

    #[test]
    fn a_review_is_the_severest_of_its_hits_and_the_same_again(
        set in rule_set(Field::ALL),
        w in application(),
    ) {
        let verdict = review(&set, &w.facts());
        let hits: Vec<&RuleRow> = set.rows.iter().filter(|r| hit(r, &w.facts())).collect();
        let severest = hits.iter().map(|r| r.outcome).max().unwrap_or(Outcome::Pass);
        prop_assert_eq!(verdict.outcome, severest);
        prop_assert_eq!(&verdict.hits, &hits.iter().map(|r| r.no).collect::<Vec<_>>());
        // In another order of rows, and from their encodings.
        let mut turned = set.clone();
        turned.rows.reverse();
        prop_assert_eq!(review(&turned, &w.facts()).outcome, severest);
        let read: RuleSet = encoding::decode("set", &encoding::encode(&set)).unwrap();
        prop_assert_eq!(review(&read, &w.facts()), verdict);
    }
}
