//! One table a stage: a row for each refusal, and beside it the row that just passes.

mod accounts;
mod applications;
mod declarations;
mod deliveries;
mod fields;
mod fuel;
mod movements;

use alloc::vec::Vec;

use crate::{refusal::Rule, testing::table};

/// Every table of this family, run; the rules that they cover.
pub(crate) fn all() -> Vec<Rule> {
    [
        fields::rows(),
        accounts::rows(),
        applications::rows(),
        movements::rows(),
        fuel::rows(),
        deliveries::rows(),
        declarations::rows(),
    ]
    .into_iter()
    .flat_map(table::hold)
    .collect()
}
