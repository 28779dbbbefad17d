//! What a rule may look at: the application, the enterprise's grade, the time of submission.

use crate::{
    calendar::Day,
    certificate::bodies::{Application, Field, Item},
    guarantee::bodies::Grade,
    limits::DAYS_MAX,
};

/// The number of the body's field `consignee`, which may be sealed.
const CONSIGNEE: u32 = 7;

/// All that a review depends on beside the rule set.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The application.
    pub application: &'a Application,
    /// Numbers of its fields that stand sealed.
    pub sealed: &'a [u32],
    /// The enterprise's credit grade.
    pub grade: Grade,
    /// Ledger time of the submission, UTC milliseconds since 1970.
    pub at: u64,
}

/// A field's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value<'a> {
    /// A text.
    Text(&'a str),
    /// A number.
    Number(u64),
    /// There, and not to be looked at.
    There,
}

impl<'a> Facts<'a> {
    /// The value of a field, of that item where it is a field of items; nothing where it is absent
    /// or empty.
    pub(super) fn value(&self, field: Field, item: Option<&'a Item>) -> Option<Value<'a>> {
        if field.is_of_item() {
            return item.and_then(|item| of_item(field, item));
        }
        let a = self.application;
        let number = |n: usize| Value::Number(u64::try_from(n).unwrap_or(u64::MAX));
        let invoice = a.invoice.as_ref();
        let since = |moment: u64| {
            let days = Day::of(self.at).since(Day::of(moment));
            Value::Number(days.min(DAYS_MAX))
        };
        match field {
            Field::Enterprise => text(&a.enterprise_uscc),
            Field::Producer => a.producer_uscc.as_deref().and_then(text),
            Field::Grade => text(self.grade.name()),
            Field::Country => text(&a.country),
            Field::TransportMode => Some(Value::Number(a.transport.mode.into())),
            Field::Consignee => {
                let clear = a.consignee.as_deref().and_then(text).is_some();
                (clear || self.sealed.contains(&CONSIGNEE)).then_some(Value::There)
            }
            Field::Route => a.route.as_deref().and_then(text),
            Field::InvoiceNo => invoice.and_then(|i| text(&i.no)),
            Field::InvoiceAgeDays => invoice.map(|i| since(i.date)),
            Field::InvoiceTotal => invoice.map(|i| Value::Number(i.total_minor)),
            Field::InvoiceCurrency => invoice.and_then(|i| text(&i.currency)),
            Field::DepartedDays => a.transport.departs.map(since),
            Field::Declaration => a.entry_no.as_deref().and_then(text),
            Field::ItemCount => Some(number(a.items.len())),
            Field::FobTotal => a.fob_total_minor().map(Value::Number),
            Field::IsolationDays => a.isolation.as_ref().map(|i| Value::Number(i.days())),
            Field::SamplesFailed => a.isolation.as_ref().map(|i| number(i.samples_failed())),
            Field::AnimalCount => a.group.as_ref().map(|g| number(g.animals.len())),
            Field::TermDays => a.term.as_ref().map(|t| Value::Number(t.days())),
            Field::Replaces => a.replaces.as_deref().and_then(text),
            Field::Hs
            | Field::Criterion
            | Field::Rvc
            | Field::Quantity
            | Field::Unit
            | Field::Gross
            | Field::Fob
            | Field::Marks => None,
        }
    }
}

fn of_item(field: Field, item: &Item) -> Option<Value<'_>> {
    match field {
        Field::Hs => item.hs.as_deref().and_then(text),
        Field::Criterion => item.criterion.and_then(|c| text(c.name())),
        Field::Rvc => item.rvc_permyriad.map(|n| Value::Number(n.into())),
        Field::Quantity => Some(Value::Number(item.qty_milli)),
        Field::Unit => text(&item.unit),
        Field::Gross => Some(Value::Number(item.gross_g)),
        Field::Fob => item.fob_minor.map(Value::Number),
        Field::Marks => text(&item.marks),
        _ => None,
    }
}

/// An empty text is as good as none.
fn text(text: &str) -> Option<Value<'_>> {
    (!text.trim().is_empty()).then_some(Value::Text(text))
}
