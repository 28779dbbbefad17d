//! An application that a row hits, made from what the row leaves to each field.

use alloc::{format, string::String, vec, vec::Vec};

use countersign_record::Digest;

use super::super::{
    Facts,
    profile::Profile,
    span::{Allowed, Numbers},
};
use crate::{
    calendar::{DAY_MS, Day},
    certificate::bodies::{
        Animal, Application, Criterion, Field, Invoice, Isolation, Item, Sample, Term, Transport,
        VehicleGroup,
    },
    guarantee::bodies::Grade,
    limits::DAYS_MAX,
};

/// An application and what its review depends on beside it.
#[derive(Clone, Debug)]
pub(super) struct Witness {
    pub(super) application: Application,
    pub(super) grade: Grade,
    pub(super) at: u64,
}

impl Witness {
    pub(super) fn facts(&self) -> Facts<'_> {
        Facts { application: &self.application, sealed: &[], grade: self.grade, at: self.at }
    }
}

/// The applications that a row leaves possible, the smallest of them.
pub(super) fn witness(profile: &Profile) -> Witness {
    let pick = Pick(profile);
    let at = (DAYS_MAX + 10) * DAY_MS;
    let before = |days: u64| at - days * DAY_MS;
    let items = pick.items();
    let fob_total = items.iter().filter_map(|i| i.fob_minor).sum();
    let invoice = pick.number(Field::InvoiceAgeDays).map(|age| Invoice {
        no: pick.text(Field::InvoiceNo).unwrap(),
        date: before(age),
        total_minor: pick.numbers(Field::InvoiceTotal).unwrap().at_least(fob_total).unwrap(),
        currency: pick.text(Field::InvoiceCurrency).unwrap(),
    });
    let isolation = pick.number(Field::IsolationDays).map(|days| {
        let (from, to) = days_from_now(at, days);
        let failed = pick.number(Field::SamplesFailed).unwrap();
        let sample = |passed| Sample { test: "KHV".into(), report: Digest::ZERO, passed };
        let mut samples: Vec<Sample> = (0..failed).map(|_| sample(false)).collect();
        if failed == 0 {
            samples.push(sample(true));
        }
        Isolation { farm: "Qingyuan".into(), from, to, samples }
    });
    let group = pick.number(Field::AnimalCount).map(|n| {
        let animal =
            |n| Animal { chip: format!("{n:015}"), name_hash: Digest::ZERO, passport: "P".into() };
        let animals = (0..n).map(animal).collect();
        VehicleGroup { plate: "YUE".into(), animals, seal_no: None, letter_no: None }
    });
    let term = pick.number(Field::TermDays).map(|days| {
        let (from, to) = days_from_now(at, days);
        Term { from, to }
    });
    let grade = pick.text(Field::Grade).unwrap();
    let there = !profile.span(Field::Consignee).missing;
    let application = Application {
        kind: "FORM_E".into(),
        office: "5165".into(),
        enterprise_uscc: pick.text(Field::Enterprise).unwrap(),
        country: pick.text(Field::Country).unwrap(),
        transport: Transport {
            mode: u8::try_from(pick.number(Field::TransportMode).unwrap()).unwrap(),
            means: None,
            departs: pick.number(Field::DepartedDays).map(before),
        },
        items,
        consignee: there.then(|| "a buyer".into()),
        route: pick.text(Field::Route),
        invoice,
        entry_no: pick.text(Field::Declaration),
        producer_uscc: pick.text(Field::Producer),
        isolation,
        group,
        term,
        replaces: pick.text(Field::Replaces),
        remarks: None,
    };
    let grade = Grade::ALL.iter().copied().find(|g| g.name() == grade).unwrap();
    Witness { application, grade, at }
}

/// The first and the last moment of so many days.
fn days_from_now(at: u64, days: u64) -> (u64, u64) {
    let first = Day::of(at);
    (at, first.plus(days - 1).end_ms())
}

struct Pick<'a>(&'a Profile);

impl Pick<'_> {
    /// A text, where the field must be there.
    fn text(&self, field: Field) -> Option<String> {
        let span = self.0.span(field);
        match &span.there {
            Allowed::Texts(texts) if !span.missing => texts.first(),
            _ => None,
        }
    }

    /// The smallest number, where the field must be there.
    fn number(&self, field: Field) -> Option<u64> {
        self.numbers(field).and_then(|n| n.at_least(0))
    }

    fn numbers(&self, field: Field) -> Option<&Numbers> {
        self.0.numbers(field).filter(|_| !self.0.span(field).missing)
    }

    /// The item that hits comes first; a second one makes up the sum where it must.
    fn items(&self) -> Vec<Item> {
        let count = self.0.numbers(Field::ItemCount).unwrap();
        let total = self.number(Field::FobTotal);
        let own = self.numbers(Field::Fob);
        let named = own.is_some() || self.0.span(Field::Fob).there.is_empty();
        let hit = match (own, total) {
            (Some(own), Some(total)) if own.contains(total) => Some(total),
            (Some(own), _) => own.at_least(0),
            (None, total) => total.filter(|_| !named),
        };
        let rest = total.unwrap_or(0) - hit.unwrap_or(0);
        let count = count.at_least(if rest > 0 { 2 } else { 0 }).unwrap();
        let plain = |no: u64| Item {
            no: u32::try_from(no).unwrap(),
            description: "GOODS".into(),
            marks: "N/M".into(),
            qty_milli: 1,
            unit: "CTN".into(),
            gross_g: 1,
            hs: None,
            criterion: None,
            rvc_permyriad: None,
            fob_minor: None,
            invoice_item: None,
            declaration_item: None,
        };
        let mut items: Vec<Item> = (1..=count).map(plain).collect();
        if let Some(item) = items.first_mut() {
            let criterion = self.text(Field::Criterion);
            *item = Item {
                marks: self.text(Field::Marks).unwrap(),
                qty_milli: self.number(Field::Quantity).unwrap(),
                unit: self.text(Field::Unit).unwrap(),
                gross_g: self.number(Field::Gross).unwrap(),
                hs: self.text(Field::Hs),
                criterion: criterion
                    .map(|name| Criterion::ALL.iter().copied().find(|c| c.name() == name).unwrap()),
                rvc_permyriad: self.number(Field::Rvc).map(|n| u32::try_from(n).unwrap()),
                fob_minor: hit,
                ..plain(1)
            };
        }
        if let Some(item) = items.get_mut(1).filter(|_| rest > 0) {
            item.fob_minor = Some(rest);
        }
        items
    }
}

#[test]
fn a_row_without_demands_is_met_by_the_barest_application() {
    let row = crate::certificate::bodies::RuleRow {
        no: 1,
        when: vec![],
        outcome: crate::certificate::bodies::Outcome::Manual,
        reason: crate::certificate::bodies::Text { en: "x".into(), zh: "x".into() },
    };
    let bare = witness(&Profile::of(&row));
    assert_eq!((bare.application.items.len(), bare.application.invoice), (0, None));
}
