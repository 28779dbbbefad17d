//! A row for each refusal, and beside it the row that just passes.

mod limits;
mod lines;
mod payments;

use alloc::vec::Vec;

use crate::{refusal::Rule, testing::table};

/// Every table of this family, run; the rules that they cover.
pub(crate) fn all() -> Vec<Rule> {
    [lines::rows(), limits::rows(), payments::rows()].into_iter().flat_map(table::hold).collect()
}

#[test]
fn lines_and_drawdowns_keep_their_rules() {
    table::hold(lines::rows());
}

#[test]
fn limits_and_terms_keep_their_rules() {
    table::hold(limits::rows());
}

#[test]
fn payments_and_releases_keep_their_rules() {
    table::hold(payments::rows());
}
