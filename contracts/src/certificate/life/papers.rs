//! Printed pages, and how they reach the enterprise.

use alloc::{boxed::Box, format, string::ToString, vec};

use countersign_record::Digest;

use super::reading::{find_paper, on_certificate, on_paper, require_certificate};
use crate::{
    certificate::{
        bodies::{CourierEvent, CourierStep, Delivery, Print},
        events::{CertificateEvent, PaperEvent},
        state::{Carriage, Certificate, Handover, Paper},
    },
    family::{Events, desk::Desk},
    membership::{self, Role},
    refusal::{Refusal, Remedy, Rule},
    world::No,
};

/// The enterprise prints the next copy. All copies of a version are one PDF.
pub(in crate::certificate) fn print(desk: Desk<'_>, no: &str, body: &Print) -> Result<Events, No> {
    let certificate = require_certificate(desk.world, no)?;
    desk.require_enterprise(&certificate)?;
    certificate.require_standing(desk.now.time)?;
    let next = certificate.prints.saturating_add(1);
    if body.copy_no != next {
        let expected = format!("{next}, the next copy");
        return Err(Refusal::new(Rule::CopyNumber, "copy_no", body.copy_no, expected).into());
    }
    let printed = CertificateEvent::Printed { by: desk.by(), copy_no: next, pdf: body.pdf };
    let mut events = vec![on_certificate(no, printed)];
    match certificate.pdf {
        Some(pdf) if pdf == body.pdf => {}
        Some(pdf) => return Err(Refusal::new(Rule::PdfDiffers, "pdf", body.pdf, pdf).into()),
        None => events.push(first_page(desk, no, &certificate, &body.pdf)?),
    }
    Ok(events)
}

/// The first page of a version: no other version or certificate was printed as this PDF.
fn first_page(
    desk: Desk<'_>,
    no: &str,
    certificate: &Certificate,
    pdf: &Digest,
) -> Result<(crate::world::SubjectKey, crate::family::Event), No> {
    let name = pdf.to_string();
    if let Some(known) = find_paper(desk.world, &name)? {
        let found = format!("the page of {}, version {}", known.certificate, known.version);
        let expected = format!("the page of {no}, version {}", certificate.version());
        return Err(Refusal::new(Rule::PageKnown, "pdf", found, expected).into());
    }
    let paper = Paper {
        certificate: no.into(),
        version: certificate.version(),
        by: desk.by(),
        outdated: None,
    };
    Ok(on_paper(&name, PaperEvent::PagePrinted { paper }))
}

/// The office hands it over, or gives it to a courier in a sealed bag (case 33).
pub(in crate::certificate) fn deliver(
    desk: Desk<'_>,
    no: &str,
    body: &Delivery,
) -> Result<Events, No> {
    let certificate = require_certificate(desk.world, no)?;
    desk.require_issuing_office(&certificate)?;
    certificate.require_standing(desk.now.time)?;
    let carriage = match (&body.courier_party, &body.courier_no, &body.bag_no) {
        (Some(courier), Some(courier_no), Some(bag_no)) => {
            require_courier(desk, courier)?;
            Some(Carriage {
                courier: courier.clone(),
                courier_no: courier_no.clone(),
                bag_no: bag_no.clone(),
                step: None,
                place: None,
                at: None,
                other_bag: None,
            })
        }
        _ => None,
    };
    let last = certificate.handover.as_ref().and_then(|h| h.carriage.as_ref());
    if let Some(last) = last.filter(|c| c.is_under_way()) {
        let found = format!("{} with {}", last.courier_no, last.courier);
        let expected = "a courier that has delivered it or brought it back";
        return Err(Refusal::new(Rule::DeliveryUnderWay, "courier_no", found, expected)
            .mended_by(Remedy::Courier)
            .into());
    }
    let (mode, recipient_hash) = (body.mode, body.recipient_hash);
    let handover = Box::new(Handover { by: desk.by(), mode, recipient_hash, carriage });
    Ok(vec![on_certificate(no, CertificateEvent::HandedOver { handover })])
}

fn require_courier(desk: Desk<'_>, courier: &str) -> Result<(), No> {
    let party = membership::read_party(desk.world, courier)?;
    if party.is_some_and(|p| p.active && p.roles.contains(&Role::Courier)) {
        return Ok(());
    }
    let expected = "a party of this network in the role of courier";
    Err(Refusal::new(Rule::UnknownCourier, "courier_party", courier, expected)
        .mended_by(Remedy::IssuingOffice)
        .into())
}

/// The courier reports, whatever has become of the certificate meanwhile. Another bag than the one
/// that was sent is recorded, and raises an alert.
pub(in crate::certificate) fn courier_event(
    desk: Desk<'_>,
    no: &str,
    body: &CourierEvent,
) -> Result<Events, No> {
    let certificate = require_certificate(desk.world, no)?;
    let carriage = certificate.handover.as_ref().and_then(|h| h.carriage.as_ref());
    let courier = carriage.map_or("none", |c| &c.courier);
    let Some(carriage) = carriage.filter(|c| c.courier == desk.actor.id) else {
        return Err(Refusal::new(Rule::NotTheCourier, "signer", &desk.actor.id, courier)
            .mended_by(Remedy::IssuingOffice)
            .into());
    };
    let fits = match (carriage.step, body.step) {
        (None, step) => step == CourierStep::Accepted,
        (Some(CourierStep::Accepted | CourierStep::InTransit), step) => {
            step != CourierStep::Accepted
        }
        (Some(CourierStep::Delivered | CourierStep::Returned), _) => false,
    };
    if !fits {
        let last = carriage.step.map_or("sent", CourierStep::name);
        let expected = format!("a step that follows {last}");
        return Err(Refusal::new(Rule::CourierOrder, "step", body.step.name(), expected).into());
    }
    let reported = CertificateEvent::CourierReported {
        by: desk.by(),
        step: body.step,
        place: body.place.clone(),
        bag_no: body.bag_no.clone(),
    };
    Ok(vec![on_certificate(no, reported)])
}
