//! One table a stage: a row for each refusal, and beside it the row that just passes.

mod cargo;
mod fields;
mod pickup;
mod plans;
mod shore;

use alloc::vec::Vec;

use crate::{refusal::Rule, testing::table};

/// Every table of this family, run; the rules that they cover.
pub(crate) fn all() -> Vec<Rule> {
    [fields::rows(), shore::rows(), plans::rows(), cargo::rows(), pickup::rows()]
        .into_iter()
        .flat_map(table::hold)
        .collect()
}

#[test]
fn fields_are_checked() {
    table::hold(fields::rows());
}

#[test]
fn manifests_declarations_and_releases_keep_their_rules() {
    table::hold(shore::rows());
}

#[test]
fn plans_keep_their_rules() {
    table::hold(plans::rows());
}

#[test]
fn containers_keep_their_rules() {
    table::hold(cargo::rows());
}

#[test]
fn pick_up_and_corrections_keep_their_rules() {
    table::hold(pickup::rows());
}
