//! Certificate numbers: the next one of the kind's rule, given once.

use alloc::{format, string::String};

use super::reading::{find_certificate, find_serial};
use crate::{
    calendar::Day,
    certificate::{bodies::KindRegistration, number::NumberRule, reading::find_exporter},
    family::desk::Desk,
    refusal::{Refusal, Remedy, Rule},
    world::No,
};

/// A number that may be given now.
pub(super) struct Next {
    /// What stands before the serial.
    pub(super) stem: String,
    /// The serial.
    pub(super) serial: u64,
}

/// The number rule of a kind, and the registration that its numbers carry; empty where they carry
/// none.
pub(super) fn require_registration(
    desk: Desk<'_>,
    kind: &KindRegistration,
    enterprise: &str,
) -> Result<(NumberRule, String), No> {
    let rule = NumberRule::parse(&kind.number)?;
    if !rule.needs_registration() {
        return Ok((rule, String::new()));
    }
    let Some(exporter) = find_exporter(desk.world, enterprise)? else {
        let expected = "an exporter that customs has filed";
        return Err(Refusal::new(Rule::ExporterNotFiled, "enterprise_uscc", enterprise, expected)
            .mended_by(Remedy::Customs)
            .into());
    };
    Ok((rule, exporter.filed.registration.clone()))
}

/// Refuses a number that is not the next one under its rule, and says which is.
pub(super) fn require_next(
    desk: Desk<'_>,
    no: &str,
    of: &(NumberRule, String),
    office: &str,
) -> Result<Next, No> {
    let (rule, registration) = of;
    let year = Day::of(desk.now.time).civil().0;
    let stem = rule.stem(year, office, registration);
    let serial = find_serial(desk.world, &stem)?.map_or(0, |s| s.last).saturating_add(1);
    let Some(wanted) = rule.number(&stem, serial) else {
        let found = format!("all {} numbers after {stem} are given", serial.saturating_sub(1));
        let expected = "a rule whose serial has more digits";
        return Err(Refusal::new(Rule::NumbersUsedUp, "certificate", found, expected)
            .mended_by(Remedy::Customs)
            .into());
    };
    if no != wanted {
        let expected = format!("{wanted}, the next one");
        return Err(Refusal::new(Rule::CertificateNumber, "certificate", no, expected).into());
    }
    // Two rules can give one number only where the text of one runs on into the serial of another.
    if let Some(taken) = find_certificate(desk.world, no)? {
        let found = format!("{no}, of kind {}", taken.kind);
        let expected = "a number rule whose numbers no other rule gives";
        return Err(Refusal::new(Rule::CertificateNumber, "certificate", found, expected)
            .mended_by(Remedy::Customs)
            .into());
    }
    Ok(Next { stem, serial })
}
