//! A row for each refusal, and beside it the row that just passes.

mod applications;
mod register;
mod rules;

use alloc::vec::Vec;

use crate::{refusal::Rule, testing::table};

/// Every table of this family, run; the rules that they cover.
pub(crate) fn all() -> Vec<Rule> {
    let reviewed = [register::rows(), rules::rows(), applications::rows()];
    reviewed.into_iter().flat_map(table::hold).chain(super::life::all()).collect()
}

#[test]
fn what_customs_registers_keeps_its_rules() {
    table::hold(register::rows());
}

#[test]
fn rule_sets_keep_their_rules() {
    table::hold(rules::rows());
}

#[test]
fn applications_keep_their_rules() {
    table::hold(applications::rows());
}
