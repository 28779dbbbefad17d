//! `check` of the bodies of a certificate's life: what they must be by themselves.

use alloc::{format, string::String};

use crate::{
    certificate::bodies::{
        Amendment, AnimalsReturned, CourierEvent, Delivery, DeliveryMode, GateScan, LetterFile,
        Print, Use,
    },
    family::fields::Fields,
    identifiers::{DeclarationNumber, PlaceCode},
    limits::{ANIMALS_PER_LETTER_MAX, FEN_MAX, ITEMS_PER_CERTIFICATE_MAX, QUANTITY_MILLI_MAX},
};

/// Digits of a chip (ISO 11784).
const CHIP_DIGITS: usize = 15;

impl Fields {
    pub(in crate::certificate) fn print(&mut self, b: &Print) {
        self.ensure(b.copy_no > 0, "copy_no", b.copy_no, "1 or more");
    }

    /// A courier, its number and the bag stand together, and with a courier only.
    pub(in crate::certificate) fn deliver(&mut self, b: &Delivery) {
        let fields = [
            ("courier_no", &b.courier_no),
            ("bag_no", &b.bag_no),
            ("courier_party", &b.courier_party),
        ];
        for (field, value) in fields {
            match (b.mode, value) {
                (DeliveryMode::Courier, Some(value)) => self.code(field, value),
                (DeliveryMode::Courier, None) => self.present(field, false),
                (_, Some(value)) => self.ensure(false, field, value, "none, without a courier"),
                (_, None) => {}
            }
        }
    }

    pub(in crate::certificate) fn courier(&mut self, b: &CourierEvent) {
        self.words("place", &b.place);
        self.code("bag_no", &b.bag_no);
    }

    /// What is used of which item, each once, against a declaration or a slip.
    pub(in crate::certificate) fn used(&mut self, b: &Use) {
        let (count, most) = (b.items.len(), ITEMS_PER_CERTIFICATE_MAX);
        self.ensure(count <= most, "items", count, format!("at most {most}"));
        for row in &b.items {
            let fits = (1..=QUANTITY_MILLI_MAX).contains(&row.qty_milli);
            let expected = format!("more than 0 and at most {QUANTITY_MILLI_MAX}");
            self.ensure(fits, "qty_milli", row.qty_milli, expected);
            row.lot_no.iter().for_each(|lot| self.code("lot_no", lot));
        }
        // A lot may be of one item twice; the same item and lot twice is one row.
        let rows: alloc::vec::Vec<String> = b
            .items
            .iter()
            .map(|r| format!("item {}, lot {}", r.item, r.lot_no.as_deref().unwrap_or("-")))
            .collect();
        self.unique("items", rows.iter().map(String::as_str));
        self.present("entry_no", b.entry_no.is_some() || b.slip_no.is_some());
        b.entry_no.iter().for_each(|no| self.read(DeclarationNumber::parse("entry_no", no)));
        b.slip_no.iter().for_each(|no| self.code("slip_no", no));
    }

    /// Chips, each once.
    pub(in crate::certificate) fn chips(&mut self, chips: &[String]) {
        self.count("chips", chips.len(), ANIMALS_PER_LETTER_MAX);
        chips.iter().for_each(|chip| self.digits("chips", chip, CHIP_DIGITS));
        self.unique("chips", chips.iter().map(String::as_str));
    }

    pub(in crate::certificate) fn scanned(&mut self, b: &GateScan) {
        // An empty vehicle is a reading too.
        if !b.chips.is_empty() {
            self.chips(&b.chips);
        }
        self.read(PlaceCode::parse("place", &b.place));
    }

    pub(in crate::certificate) fn back(&mut self, b: &AnimalsReturned) {
        self.chips(&b.chips);
        self.read(PlaceCode::parse("place", &b.place));
    }

    pub(in crate::certificate) fn corrected(&mut self, b: &Amendment) {
        self.words("reason", &b.reason);
        self.present("group", b.group.is_some() || b.remarks.is_some());
        b.group.iter().for_each(|group| self.group(group));
        self.maybe("remarks", b.remarks.as_deref());
    }

    pub(in crate::certificate) fn letter(&mut self, b: &LetterFile) {
        self.code("enterprise_uscc", &b.enterprise_uscc);
        let fits = (1..=FEN_MAX).contains(&b.amount_fen);
        let expected = format!("more than 0 and at most {FEN_MAX}");
        self.ensure(fits, "amount_fen", b.amount_fen, expected);
    }
}
