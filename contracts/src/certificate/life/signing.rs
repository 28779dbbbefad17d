//! The enterprise's signature, and the office's word that a certificate is no longer worth anything.

use alloc::vec;

use super::{
    issue::{replace, replaceable},
    reading::{on_certificate, require_certificate},
};
use crate::{
    certificate::{
        bodies::{Countersignature, Revocation},
        events::CertificateEvent,
        state::{Signature, Standing},
    },
    family::{Events, desk::Desk},
    refusal::{Refusal, Rule},
    world::No,
};

/// The enterprise signs: from now on the certificate is valid, and what it replaces is not.
pub(in crate::certificate) fn countersign(
    desk: Desk<'_>,
    no: &str,
    body: &Countersignature,
) -> Result<Events, No> {
    let certificate = require_certificate(desk.world, no)?;
    desk.require_enterprise(&certificate)?;
    match certificate.require_standing(desk.now.time) {
        Err(awaits) if awaits.rule == Rule::AwaitsEnterprise => {}
        Err(refusal) => return Err(refusal.into()),
        Ok(()) => {
            let (found, expected) = (certificate.standing.name(), Standing::Signed.name());
            return Err(Refusal::new(Rule::SignedAlready, "standing", found, expected).into());
        }
    }
    let of = (certificate.enterprise.as_str(), certificate.office.as_str());
    let replaced = replaceable(desk, certificate.replaces.as_ref(), of)?;
    let signature = Signature { by: desk.by(), officer_hash: body.officer_hash };
    let mut events = vec![on_certificate(no, CertificateEvent::Countersigned { signature })];
    events.extend(replaced.map(|old| replace(desk, old, no)));
    Ok(events)
}

/// The office revokes. One that is used up may be revoked too: whoever checks it should know.
pub(in crate::certificate) fn revoke(
    desk: Desk<'_>,
    no: &str,
    body: &Revocation,
) -> Result<Events, No> {
    let certificate = require_certificate(desk.world, no)?;
    desk.require_issuing_office(&certificate)?;
    match certificate.require_standing(desk.now.time) {
        Err(refusal) if refusal.rule != Rule::AwaitsEnterprise => return Err(refusal.into()),
        _ => {}
    }
    let (by, cause, reason) = (desk.by(), body.cause, body.reason.clone());
    Ok(vec![on_certificate(no, CertificateEvent::Revoked { by, cause, reason })])
}
