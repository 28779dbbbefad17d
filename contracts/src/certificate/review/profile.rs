//! What a row leaves to all fields together: those that come with each other, and those that add up.

use alloc::{collections::BTreeMap, vec::Vec};

use super::span::{Allowed, Numbers, Span};
use crate::certificate::bodies::{Field, RuleRow};

/// Fields that are all there or all missing, since one part of an application carries them.
const TOGETHER: [&[Field]; 2] = [
    &[Field::InvoiceNo, Field::InvoiceAgeDays, Field::InvoiceTotal, Field::InvoiceCurrency],
    &[Field::IsolationDays, Field::SamplesFailed],
];

/// What the applications that a row hits look like; of the fields of items, the item that hits.
#[derive(Clone, Debug)]
pub(super) struct Profile {
    spans: BTreeMap<Field, Span>,
    /// The fields that the row names, each once.
    named: Vec<Field>,
}

impl Profile {
    /// The profile of a row whose conditions fit their fields.
    pub(super) fn of(row: &RuleRow) -> Self {
        let mut spans: BTreeMap<Field, Span> =
            Field::ALL.iter().map(|f| (*f, Span::of(*f))).collect();
        let mut named: Vec<Field> = row.when.iter().map(|c| c.field).collect();
        named.sort();
        named.dedup();
        for condition in &row.when {
            if let Some(span) = spans.get_mut(&condition.field) {
                span.and(condition);
            }
        }
        let mut profile = Self { spans, named };
        profile.close();
        profile
    }

    /// What is left to a field.
    pub(super) fn span(&self, field: Field) -> &Span {
        // Every field has its span from the start.
        &self.spans[&field]
    }

    /// Whether the row looks at items.
    pub(super) fn is_of_items(&self) -> bool {
        self.named.iter().any(|f| f.is_of_item())
    }

    /// The first field to which nothing is left.
    pub(super) fn impossible(&self) -> Option<Field> {
        self.spans.iter().find(|(_, span)| span.is_empty()).map(|(field, _)| *field)
    }

    /// Whether every application that this row hits is hit by the other one too.
    pub(super) fn implies(&self, other: &Self, conditions: &RuleRow) -> bool {
        let items_there = || !self.numbers(Field::ItemCount).is_some_and(|n| n.contains(0));
        (!other.is_of_items() || items_there())
            && other.named.iter().all(|field| {
                let mut span = Span::of(*field);
                let own = conditions.when.iter().filter(|c| c.field == *field);
                own.for_each(|c| span.and(c));
                span.includes(self.span(*field))
            })
    }

    /// Carries what the conditions say from one field to those that go with it.
    fn close(&mut self) {
        for together in TOGETHER {
            let there = together.iter().any(|f| !self.spans[f].missing);
            let missing = together.iter().any(|f| self.spans[f].there.is_empty());
            for field in together {
                self.settle(*field, there, missing);
            }
        }
        if self.is_of_items() || !self.spans[&Field::FobTotal].missing {
            self.raise(Field::ItemCount, 1);
        }
        self.close_values();
        // An invoice is at least as large as its items, where both are there.
        if !self.spans[&Field::InvoiceTotal].missing
            && let Some(least) = self.present_least(Field::FobTotal)
        {
            self.raise(Field::InvoiceTotal, least);
        }
    }

    /// The values of items and their sum.
    fn close_values(&mut self) {
        let most = self.numbers(Field::ItemCount).and_then(Numbers::largest);
        if most == Some(0) {
            self.settle(Field::FobTotal, false, true);
        }
        if !self.is_of_items() {
            return;
        }
        // The item that hits states its value, so the sum is there and at least as large.
        if let Some(least) = self.present_least(Field::Fob) {
            self.settle(Field::FobTotal, true, false);
            self.raise(Field::FobTotal, least);
        }
        // The value of a single item is the sum.
        if most == Some(1) {
            let (item, sum) =
                (self.spans[&Field::Fob].clone(), self.spans[&Field::FobTotal].clone());
            self.spans.entry(Field::Fob).and_modify(|span| span.meet(&sum));
            self.spans.entry(Field::FobTotal).and_modify(|span| span.meet(&item));
        }
    }

    fn settle(&mut self, field: Field, there: bool, missing: bool) {
        if let Some(span) = self.spans.get_mut(&field) {
            span.missing &= !there;
            if missing {
                span.there = Allowed::Nothing;
            }
        }
    }

    fn raise(&mut self, field: Field, low: u64) {
        if let Some(Span { there: Allowed::Numbers(numbers), .. }) = self.spans.get_mut(&field) {
            numbers.raise(low);
        }
    }

    /// The numbers that are left to a field.
    pub(super) fn numbers(&self, field: Field) -> Option<&Numbers> {
        match &self.spans[&field].there {
            Allowed::Numbers(numbers) => Some(numbers),
            _ => None,
        }
    }

    /// The smallest number of a field that is not missing.
    fn present_least(&self, field: Field) -> Option<u64> {
        let span = &self.spans[&field];
        self.numbers(field).filter(|_| !span.missing).and_then(|n| n.at_least(0))
    }
}
