//! A certificate's life: its rules as tables, its stories, and what must hold whatever comes.

mod deadlines;
mod issue;
mod order;
mod papers;
mod properties;
mod public;
mod told;
mod uses;

use alloc::vec::Vec;

use crate::{refusal::Rule, testing::table};

/// Every table of this half of the family, run; the rules that they cover.
pub(crate) fn all() -> Vec<Rule> {
    [issue::rows(), papers::rows(), uses::rows()].into_iter().flat_map(table::hold).collect()
}

#[test]
fn certificates_are_issued_by_their_rules() {
    table::hold(issue::rows());
}

#[test]
fn certificates_are_signed_printed_and_delivered_by_their_rules() {
    table::hold(papers::rows());
}

#[test]
fn certificates_are_used_by_their_rules() {
    table::hold(uses::rows());
}
