//! The fields of an application and of an officer's word on it.

use alloc::{collections::BTreeSet, format, string::String};

use crate::{
    certificate::bodies::{
        Animal, Application, Invoice, Isolation, Item, Ruling, Term, VehicleGroup,
    },
    family::fields::Fields,
    identifiers::{DeclarationNumber, District, Hs, Uscc},
    limits::{
        AMOUNT_MINOR_MAX, ANIMALS_PER_VEHICLE_MAX, CERTIFICATE_NO_BYTES_MAX, DAYS_MAX,
        EVIDENCE_MAX, GROSS_G_MAX, ITEMS_PER_CERTIFICATE_MAX, QUANTITY_MILLI_MAX,
        RVC_PERMYRIAD_MAX, SAMPLES_MAX, TRANSPORT_MODE_MAX,
    },
    refusal::{Refusal, Rule},
};

/// Digits of an ISO 11784 chip.
const CHIP_DIGITS: usize = 15;
/// Digits of the HS code of a certificate.
const HS_DIGITS: usize = 6;

impl Fields {
    /// An application: whatever it carries is well formed, whether or not its kind asks for it.
    pub(super) fn applied_for(&mut self, b: &Application) {
        self.kind_code("kind", &b.kind);
        self.read(District::parse("office", &b.office));
        self.read(Uscc::parse("enterprise_uscc", &b.enterprise_uscc));
        self.letters("country", &b.country, "ISO 3166 alpha-3");
        let mode = b.transport.mode;
        let expected = format!("0 to {TRANSPORT_MODE_MAX}");
        self.ensure(mode <= TRANSPORT_MODE_MAX, "transport.mode", mode, expected);
        self.maybe("transport.means", b.transport.means.as_deref());
        self.items(&b.items);
        self.maybe("consignee", b.consignee.as_deref());
        self.maybe("route", b.route.as_deref());
        b.invoice.iter().for_each(|i| self.invoice(i, b.fob_total_minor()));
        b.entry_no.iter().for_each(|no| self.read(DeclarationNumber::parse("entry_no", no)));
        b.producer_uscc.iter().for_each(|p| self.read(Uscc::parse("producer_uscc", p)));
        b.isolation.iter().for_each(|i| self.isolation(i));
        b.group.iter().for_each(|g| self.group(g));
        b.term.iter().for_each(|t| self.term(t));
        b.replaces.iter().for_each(|no| self.text("replaces", no, CERTIFICATE_NO_BYTES_MAX));
        self.maybe("remarks", b.remarks.as_deref());
    }

    fn letters(&mut self, field: &str, text: &str, which: &str) {
        let fits = text.len() == 3 && text.bytes().all(|c| c.is_ascii_uppercase());
        self.ensure(fits, field, text, format!("three capital letters, {which}"));
    }

    fn items(&mut self, items: &[Item]) {
        let most = format!("at most {ITEMS_PER_CERTIFICATE_MAX}");
        let count = items.len();
        self.ensure(count <= ITEMS_PER_CERTIFICATE_MAX, "items", count, most);
        for (expected, item) in (1_u32..).zip(items) {
            let field = |name: &str| format!("items.{expected}.{name}");
            self.ensure(item.no == expected, &field("no"), item.no, expected);
            self.words(&field("description"), &item.description);
            self.words(&field("marks"), &item.marks);
            self.quantity(&field("qty_milli"), item.qty_milli, QUANTITY_MILLI_MAX);
            self.code(&field("unit"), &item.unit);
            self.quantity(&field("gross_g"), item.gross_g, GROSS_G_MAX);
            item.hs.iter().for_each(|hs| self.read(Hs::parse(&field("hs"), hs, HS_DIGITS)));
            if let Some(rvc) = item.rvc_permyriad {
                let most = format!("at most {RVC_PERMYRIAD_MAX}, hundredths of a per cent");
                self.ensure(rvc <= RVC_PERMYRIAD_MAX, &field("rvc_permyriad"), rvc, most);
            }
            item.fob_minor
                .iter()
                .for_each(|n| self.quantity(&field("fob_minor"), *n, AMOUNT_MINOR_MAX));
        }
        let total: u64 = items.iter().filter_map(|i| i.fob_minor).fold(0, u64::saturating_add);
        let most = format!("at most {AMOUNT_MINOR_MAX}");
        self.ensure(total <= AMOUNT_MINOR_MAX, "items.fob_total_minor", total, most);
        self.once_each("invoice_item", items.iter().filter_map(|i| i.invoice_item));
    }

    fn once_each(&mut self, name: &str, lines: impl Iterator<Item = u32>) {
        let mut seen = BTreeSet::new();
        for line in lines {
            if !seen.insert(line) {
                let field = format!("items.{name}");
                self.no(Refusal::new(Rule::DuplicateItem, field, line, "each line once"));
            }
        }
    }

    fn quantity(&mut self, field: &str, found: u64, max: u64) {
        self.ensure((1..=max).contains(&found), field, found, format!("1 to {max}"));
    }

    fn invoice(&mut self, invoice: &Invoice, fob_total: Option<u64>) {
        self.code("invoice.no", &invoice.no);
        self.quantity("invoice.total_minor", invoice.total_minor, AMOUNT_MINOR_MAX);
        self.letters("invoice.currency", &invoice.currency, "ISO 4217");
        if let Some(total) = fob_total.filter(|total| *total > invoice.total_minor) {
            let expected = format!("at most {}, the invoice's total", invoice.total_minor);
            self.no(Refusal::new(Rule::InvoiceTooSmall, "items.fob_total_minor", total, expected));
        }
    }

    fn isolation(&mut self, isolation: &Isolation) {
        self.words("isolation.farm", &isolation.farm);
        let (from, to) = (isolation.from, isolation.to);
        self.span("isolation.to", from, to, isolation.days());
        self.count("isolation.samples", isolation.samples.len(), SAMPLES_MAX);
        isolation.samples.iter().for_each(|s| self.words("isolation.samples.test", &s.test));
    }

    pub(in crate::certificate) fn group(&mut self, group: &VehicleGroup) {
        self.code("group.plate", &group.plate);
        self.count("group.animals", group.animals.len(), ANIMALS_PER_VEHICLE_MAX);
        for Animal { chip, passport, .. } in &group.animals {
            self.digits("group.animals.chip", chip, CHIP_DIGITS);
            self.code("group.animals.passport", passport);
        }
        let chips = group.animals.iter().map(|a| a.chip.as_str());
        self.unique("group.animals.chip", chips);
        group.seal_no.iter().for_each(|seal| self.code("group.seal_no", seal));
        group.letter_no.iter().for_each(|no| self.code("group.letter_no", no));
    }

    fn term(&mut self, term: &Term) {
        self.span("term.to", term.from, term.to, term.days());
    }

    /// Two moments in their order, and not so far apart that no rule could tell.
    fn span(&mut self, field: &str, from: u64, to: u64, days: u64) {
        let expected = format!("after {from}, at most {DAYS_MAX} days later");
        self.ensure(to > from && days <= DAYS_MAX, field, to, expected);
    }

    /// An officer's word.
    pub(super) fn ruling(&mut self, b: &Ruling) {
        self.words("reason", &b.reason);
        let most = format!("at most {EVIDENCE_MAX}");
        self.ensure(b.evidence.len() <= EVIDENCE_MAX, "evidence", b.evidence.len(), most);
        let named: alloc::vec::Vec<String> = b.evidence.iter().map(|e| format!("{e}")).collect();
        self.unique("evidence", named.iter().map(String::as_str));
    }
}
