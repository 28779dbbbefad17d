//! Review by rules that are data.
//!
//! A row hits where all its conditions on the application hold and, if it has conditions on items,
//! one item meets all of those. Every row is looked at; the severest outcome of those that hit
//! stands. The work is bounded by the values of the rule set times the items of the application,
//! both of which are limited where they are registered and submitted.

mod facts;
mod field;
mod profile;
mod rules;
mod span;
#[cfg(test)]
mod tests;
mod text;

pub use facts::Facts;
pub use field::{Form, TextForm};
pub use rules::check_rules;

use alloc::vec::Vec;

use super::{
    bodies::{Comparison, Condition, Outcome, RuleRow, RuleSet},
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
        let among = || match value {
            Value::Text(text) => self.texts().iter().any(|t| t == text),
            Value::Number(number) => self.numbers().contains(number),
            Value::There => false,
        };
        let bound = self.numbers().first();
        match (self.is, value) {
            (Comparison::Missing, _) => false,
            (Comparison::Present, _) => true,
            (Comparison::In, _) => among(),
            (Comparison::NotIn, _) => !among(),
            (Comparison::StartsWith, Value::Text(text)) => {
                self.texts().iter().any(|t| text.starts_with(&**t))
            }
            (Comparison::Below, Value::Number(n)) => bound.is_some_and(|bound| n < bound),
            (Comparison::Above, Value::Number(n)) => bound.is_some_and(|bound| n > bound),
            _ => false,
        }
    }
}
