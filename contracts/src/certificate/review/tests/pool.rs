//! Rule sets and applications out of a small pool of values, so that rows meet, cover and contradict
//! each other often.

use alloc::{format, string::String, vec, vec::Vec};

use proptest::{prelude::*, sample::Index};

use super::super::{field::Form, rules::comparisons, text::form_of};
use super::witness::{Witness, witness};
use crate::certificate::{
    bodies::{Comparison, Condition, Field, Outcome, RuleRow, RuleSet, Text, Values},
    review::profile::Profile,
};

/// Numbers that lie next to each other and at the ends.
const NUMBERS: [u64; 8] = [0, 1, 2, 3, 5, 9, 50, 4000];

/// A few texts of a field.
fn texts(field: Field) -> Vec<String> {
    let form = form_of(field).unwrap();
    (0..4).map_while(|n| form.nth("", n)).collect()
}

/// A condition that fits its field.
fn condition(fields: &'static [Field]) -> impl Strategy<Value = Condition> {
    let picks = proptest::collection::vec(any::<Index>(), 1..4);
    (any::<Index>(), any::<Index>(), picks, 1..4_usize).prop_map(|(field, is, picks, length)| {
        let field = *field.get(fields);
        let is = *is.get(comparisons(field));
        let plain = matches!(is, Comparison::Missing | Comparison::Present);
        let values = (!plain).then(|| match field.form() {
            Form::Number { min, max } => {
                let fits = NUMBERS.iter().copied().filter(|n| (min..=max).contains(n));
                let fits: Vec<u64> = fits.collect();
                let one = matches!(is, Comparison::Below | Comparison::Above);
                let mut numbers: Vec<u64> = picks.iter().map(|p| *p.get(&fits)).collect();
                numbers.truncate(if one { 1 } else { 3 });
                numbers.sort_unstable();
                numbers.dedup();
                Values { texts: None, numbers: Some(numbers) }
            }
            _ => {
                let texts = texts(field);
                let mut chosen: Vec<String> = picks.iter().map(|p| p.get(&texts).clone()).collect();
                if is == Comparison::StartsWith {
                    chosen.iter_mut().for_each(|t| t.truncate(length.min(t.len())));
                }
                chosen.sort();
                chosen.dedup();
                Values { texts: Some(chosen), numbers: None }
            }
        });
        Condition { field, is, values }
    })
}

fn reason() -> Text {
    Text { en: "x".into(), zh: "x".into() }
}

/// A rule set of rows that fit their fields; whether they make sense is another matter.
pub(super) fn rule_set(fields: &'static [Field]) -> impl Strategy<Value = RuleSet> {
    let outcome =
        prop_oneof![Just(Outcome::Return), Just(Outcome::Manual), Just(Outcome::Investigate)];
    let row = (proptest::collection::vec(condition(fields), 1..5), outcome);
    proptest::collection::vec(row, 1..6).prop_map(|rows| RuleSet {
        rows: (1..)
            .zip(rows)
            .map(|(no, (when, outcome))| RuleRow { no, when, outcome, reason: reason() })
            .collect(),
        note: "x".into(),
    })
}

/// An application that meets a random row, and so may meet others.
pub(super) fn application() -> impl Strategy<Value = Witness> {
    let whens = proptest::collection::vec(condition(Field::ALL), 0..10);
    whens.prop_map(|mut when| {
        // Without the conditions that contradict the ones before.
        let mut kept: Vec<Condition> = vec![];
        for condition in when.drain(..) {
            kept.push(condition);
            let row =
                RuleRow { no: 1, when: kept.clone(), outcome: Outcome::Manual, reason: reason() };
            if Profile::of(&row).impossible().is_some() {
                kept.pop();
            }
        }
        let row = RuleRow { no: 1, when: kept, outcome: Outcome::Manual, reason: reason() };
        witness(&Profile::of(&row))
    })
}

/// Rows that are `row` and not `other` in one of its conditions.
pub(super) fn but_not(row: &RuleRow, other: &RuleRow) -> Vec<RuleRow> {
    let mut found = vec![];
    let mut add = |field: Field, is: Comparison, values: Option<Values>| {
        let mut more = row.clone();
        more.when.push(Condition { field, is, values });
        found.push(more);
    };
    for c in &other.when {
        let bound = c.numbers().first().copied();
        let number = |n: u64| Some(Values { texts: None, numbers: Some(vec![n]) });
        match (c.is, bound) {
            (Comparison::Missing, _) => add(c.field, Comparison::Present, None),
            (Comparison::In, _) => add(c.field, Comparison::NotIn, c.values.clone()),
            (Comparison::NotIn, _) => add(c.field, Comparison::In, c.values.clone()),
            (Comparison::Below, Some(n)) if n > 0 => {
                add(c.field, Comparison::Above, number(n - 1));
            }
            (Comparison::Above, Some(n)) => add(c.field, Comparison::Below, number(n + 1)),
            (Comparison::StartsWith, _) => {
                // Texts that go on otherwise, after what the row itself asks for.
                let form = form_of(c.field).unwrap();
                let own = row.when.iter().filter(|o| o.field == c.field).flat_map(|o| o.texts());
                let begun: Vec<String> = own.cloned().chain([String::new()]).collect();
                let goes_on = |t: &String| {
                    let next = (b'0'..=b'Z').map(char::from).map(move |c| format!("{t}{c}"));
                    next.filter_map(|t| form.nth(&t, 0)).collect::<Vec<_>>()
                };
                let mut texts: Vec<String> = begun.iter().flat_map(goes_on).collect();
                texts.retain(|t| c.texts().iter().all(|p| !t.starts_with(&**p)));
                if !texts.is_empty() {
                    let values = Some(Values { texts: Some(texts), numbers: None });
                    add(c.field, Comparison::In, values);
                }
            }
            _ => {}
        }
        if c.is != Comparison::Missing {
            add(c.field, Comparison::Missing, None);
        }
    }
    found
}
