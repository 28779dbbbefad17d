//! Use: item by item until what is certified is used up, once as a whole, or shown.

use alloc::{collections::BTreeMap, format, string::String, vec};

use super::{
    declared::require_used_on,
    letters::import,
    reading::{on_certificate, require_certificate},
};
use crate::{
    certificate::{
        bodies::{ItemUse, Use, UseMode},
        events::CertificateEvent,
        state::Certificate,
    },
    family::{Events, desk::Desk},
    refusal::{Refusal, Remedy, Rule},
    world::No,
};

/// A customs office consumes.
pub(in crate::certificate) fn consume(desk: Desk<'_>, no: &str, body: &Use) -> Result<Events, No> {
    let certificate = require_certificate(desk.world, no)?;
    certificate.require_open(desk.now.time)?;
    certificate.require_begun(desk.now.time)?;
    certificate.require_items(&body.items)?;
    certificate.require_left(&body.items)?;
    require_used_on(desk, body.entry_no.as_ref(), &certificate, &body.items)?;
    certificate.require_scanned()?;
    let used = CertificateEvent::Used {
        by: desk.by(),
        items: body.items.clone(),
        entry_no: body.entry_no.clone(),
        slip_no: body.slip_no.clone(),
    };
    let mut events = vec![on_certificate(no, used)];
    events.extend(import(desk, no, &certificate)?);
    Ok(events)
}

impl Certificate {
    fn require_begun(&self, now: u64) -> Result<(), Refusal> {
        if now >= self.valid_from {
            return Ok(());
        }
        let expected = format!("{} or later, when its term begins", self.valid_from);
        Err(Refusal::new(Rule::CertificateNotBegun, "valid_from", now, expected))
    }

    /// The use names items where the kind is drawn down by items, and nowhere else.
    fn require_items(&self, used: &[ItemUse]) -> Result<(), Refusal> {
        let by_items = self.use_mode == UseMode::Quantity;
        if by_items != used.is_empty() {
            return Ok(());
        }
        let found = format!("{} items", used.len());
        let expected = match self.use_mode {
            UseMode::Quantity => "items and quantities: this kind is used item by item",
            UseMode::Once | UseMode::Shown => "no items: this kind is used as a whole",
        };
        Err(Refusal::new(Rule::OtherUse, "items", found, expected))
    }

    /// No item is used beyond what is certified; the refusal says what is left.
    fn require_left(&self, used: &[ItemUse]) -> Result<(), Refusal> {
        let mut taken: BTreeMap<u32, u64> = BTreeMap::new();
        for row in used {
            let Some(item) = self.items.iter().find(|i| i.no == row.item) else {
                let expected = format!("one of {} items", self.items.len());
                return Err(Refusal::new(Rule::NoSuchItem, "item", row.item, expected));
            };
            // Rows of one item, lot by lot, count together.
            let before = taken.entry(item.no).or_default();
            let left = item.left_milli().saturating_sub(*before);
            *before = before.saturating_add(row.qty_milli);
            if row.qty_milli > left {
                let found = format!("{} {} of item {}", shown(row.qty_milli), item.unit, item.no);
                let expected = format!("at most {} {}, what is left", shown(left), item.unit);
                return Err(Refusal::new(Rule::OverCertified, "qty_milli", found, expected)
                    .mended_by(Remedy::Applicant));
            }
        }
        Ok(())
    }

    /// Exactly the listed animals were read in the vehicle (case 40).
    fn require_scanned(&self) -> Result<(), Refusal> {
        let Some(group) = &self.group else { return Ok(()) };
        match &self.scan {
            Some(scan) if scan.fits() => Ok(()),
            Some(scan) => {
                let found = format!(
                    "missing: {}; not listed: {}",
                    scan.missing.join(", "),
                    scan.extra.join(", ")
                );
                let expected = "the animals on the list, each once";
                Err(Refusal::new(Rule::AnimalsDiffer, "chips", found, expected)
                    .mended_by(Remedy::IssuingOffice))
            }
            None => {
                let expected = format!("a reading of the animals in {}", group.plate);
                Err(Refusal::new(Rule::NotScanned, "chips", "none", expected))
            }
        }
    }
}

/// Thousandths as a decimal number.
fn shown(milli: u64) -> String {
    match milli % 1000 {
        0 => format!("{}", milli / 1000),
        rest => format!("{}.{rest:03}", milli / 1000),
    }
}
