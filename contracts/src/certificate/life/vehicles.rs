//! Vehicles: what is read at a gate, and corrections that two authorities agree on (case 40).

use alloc::{boxed::Box, format, string::ToString, vec};

use super::reading::{on_certificate, on_paper, require_certificate, require_letter};
use crate::{
    certificate::{
        bodies::{Amendment, Countersignature, GateScan},
        events::{CertificateEvent, PaperEvent},
        reading::require_kind,
        state::{Correction, Scan, Signature},
    },
    family::{Events, desk::Desk},
    membership::Role,
    refusal::{Refusal, Remedy, Rule},
    world::No,
};

/// The chips in a vehicle are read. Where they are not those on the list, it is held until another
/// reading or a correction makes them agree.
pub(in crate::certificate) fn gate_scan(
    desk: Desk<'_>,
    no: &str,
    body: &GateScan,
) -> Result<Events, No> {
    desk.require_known_place("place", &body.place)?;
    if !desk.actor.is(Role::Customs) {
        desk.require_own_place("place", &body.place)?;
    }
    let certificate = require_certificate(desk.world, no)?;
    certificate.require_open(desk.now.time)?;
    let listed = &certificate.require_group()?.chips;
    let scan = Scan::of(desk.by(), body.place.clone(), listed, &body.chips);
    Ok(vec![on_certificate(no, CertificateEvent::Scanned { scan })])
}

/// The issuing office corrects it. A later correction takes the place of one that waits.
pub(in crate::certificate) fn amend(
    desk: Desk<'_>,
    no: &str,
    body: &Amendment,
) -> Result<Events, No> {
    let certificate = require_certificate(desk.world, no)?;
    desk.require_issuing_office(&certificate)?;
    certificate.require_open(desk.now.time)?;
    if let Some(group) = &body.group {
        certificate.require_group()?;
        let most = require_kind(desk.world, &certificate.kind)?.registered.animals_max;
        let count = group.animals.len();
        if u32::try_from(count).is_ok_and(|count| count > most) {
            let expected = format!("at most {most} in one vehicle");
            return Err(Refusal::new(Rule::TooManyAnimals, "group.animals", count, expected).into());
        }
        if let Some(letter_no) = &group.letter_no {
            let letter = require_letter(desk.world, letter_no)?;
            letter.require_for(letter_no, &certificate.enterprise, desk.now.time)?;
        }
    }
    let correction = Box::new(Correction {
        by: desk.by(),
        reason: body.reason.clone(),
        group: body.group.clone(),
        remarks: body.remarks.clone(),
    });
    Ok(vec![on_certificate(no, CertificateEvent::Corrected { correction })])
}

/// The other authority agrees: the correction stands, and pages that were printed are outdated.
pub(in crate::certificate) fn agree(
    desk: Desk<'_>,
    no: &str,
    body: &Countersignature,
) -> Result<Events, No> {
    let certificate = require_certificate(desk.world, no)?;
    certificate.require_open(desk.now.time)?;
    if certificate.correction.is_none() {
        let expected = "a correction by the issuing office";
        return Err(Refusal::new(Rule::NoCorrection, "correction", "none", expected)
            .mended_by(Remedy::IssuingOffice)
            .into());
    }
    if desk.actor.district.as_deref() == Some(&certificate.office) {
        let expected = "another customs office, or the authority of the other side";
        return Err(Refusal::new(Rule::SameAuthority, "signer", &desk.actor.id, expected)
            .mended_by(Remedy::OtherAuthority)
            .into());
    }
    let agreed = Signature { by: desk.by(), officer_hash: body.officer_hash };
    let mut events = vec![on_certificate(no, CertificateEvent::Amended { agreed })];
    let page = certificate.pdf.map(|pdf| pdf.to_string());
    events.extend(page.map(|p| on_paper(&p, PaperEvent::PageOutdated { by: desk.by() })));
    Ok(events)
}
