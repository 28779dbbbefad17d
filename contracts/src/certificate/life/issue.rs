//! Issue: an office signs what it has passed, under the next number.

use alloc::{boxed::Box, collections::BTreeSet, format, string::String, vec, vec::Vec};

use countersign_record::{Digest, encoding};

use super::{
    declared::{require_declared, require_own},
    numbers::{require_next, require_registration},
    reading::{
        find_certificate, find_invoice, on_certificate, on_invoice, on_serial, require_letter,
    },
};
use crate::{
    calendar::{DAY_MS, Day},
    certificate::{
        bodies::{Application, Issue, KindRegistration},
        events::{ApplicationEvent, CertificateEvent, InvoiceEvent, SerialEvent},
        reading::{on_application, require_application, require_kind},
        state::{Applied, Certificate, CertifiedItem, Signature, Stage, Standing},
    },
    family::{Events, desk::Desk},
    limits::CERTIFICATES_PER_INVOICE_MAX,
    refusal::{Refusal, Remedy, Rule},
    world::No,
};

/// The office signs. Where its kind needs no second signature, the certificate is valid at once.
pub(in crate::certificate) fn issue(desk: Desk<'_>, no: &str, body: &Issue) -> Result<Events, No> {
    let applied = require_application(desk.world, &body.application)?;
    let submitted = &applied.application;
    let kind = require_kind(desk.world, &submitted.kind)?.take().registered;
    desk.require_office(&submitted.office)?;
    let enterprise = &submitted.enterprise_uscc;
    let rule = require_registration(desk, &kind, enterprise)?;
    let declared = require_own(desk, submitted.entry_no.as_ref(), enterprise)?;
    require_passed(&applied, body)?;
    let next = require_next(desk, no, &rule, &submitted.office)?;
    let invoice = require_free_lines(desk, no, submitted)?;
    require_isolation(desk, &kind, submitted)?;
    let term = require_term(desk, &kind, submitted)?;
    let replaced = {
        let of = (enterprise.as_str(), submitted.office.as_str());
        require_replaceable(desk, submitted.replaces.as_ref(), of)?
    };
    require_declared(declared.as_ref(), submitted)?;
    if let Some(letter_no) = submitted.group.as_ref().and_then(|g| g.letter_no.as_ref()) {
        let letter = require_letter(desk.world, letter_no)?;
        letter.require_for(letter_no, enterprise, desk.now.time)?;
    }
    let valid = !kind.countersigned;
    let certificate = certificate(desk, &applied, body, kind, term);
    let mut events = vec![
        on_certificate(no, CertificateEvent::Issued { certificate: Box::new(certificate) }),
        on_serial(&next.stem, SerialEvent::SerialGiven { serial: next.serial }),
        on_application(&body.application, ApplicationEvent::Issued { certificate: no.into() }),
    ];
    events.extend(invoice);
    if let Some(old) = replaced.filter(|_| valid) {
        events.push(replace(desk, old, no));
    }
    Ok(events)
}

/// The office signs what was submitted last, once it has passed.
fn require_passed(applied: &Applied, body: &Issue) -> Result<(), Refusal> {
    if applied.stage != Stage::Passed {
        let found = applied.stage.name();
        return Err(Refusal::new(Rule::NotPassed, "stage", found, Stage::Passed.name())
            .mended_by(Remedy::Applicant));
    }
    if applied.by.entry != body.application_entry {
        let (found, expected) = (body.application_entry, applied.by.entry);
        return Err(Refusal::new(Rule::OtherSubmission, "application_entry", found, expected));
    }
    Ok(())
}

/// The record of a new certificate.
fn certificate(
    desk: Desk<'_>,
    applied: &Applied,
    body: &Issue,
    kind: KindRegistration,
    (valid_from, valid_to): (u64, u64),
) -> Certificate {
    let submitted = &applied.application;
    let late_ms = u64::from(kind.retroactive_after_days).saturating_mul(DAY_MS);
    let late = |departs: u64| late_ms > 0 && desk.now.time >= departs.saturating_add(late_ms);
    let item = |item: &crate::certificate::bodies::Item| CertifiedItem {
        no: item.no,
        certified_milli: item.qty_milli,
        used_milli: 0,
        unit: item.unit.clone(),
        hs: item.hs.clone(),
    };
    let applicant = &applied.by.party;
    Certificate {
        standing: if kind.countersigned { Standing::Signed } else { Standing::Valid },
        kind: submitted.kind.clone(),
        title: kind.title,
        use_mode: kind.use_mode,
        office: submitted.office.clone(),
        enterprise: submitted.enterprise_uscc.clone(),
        application: body.application.clone(),
        application_entry: body.application_entry,
        content: Digest::of(&encoding::encode(submitted)),
        valid_from,
        valid_to,
        retroactive: submitted.transport.departs.is_some_and(late),
        issued: Signature { by: desk.by(), officer_hash: body.officer_hash },
        items: submitted.items.iter().map(item).collect(),
        uses: 0,
        prints: 0,
        countersigned: None,
        agent: (*applicant != submitted.enterprise_uscc).then(|| applicant.clone()),
        pdf: None,
        group: submitted.group.as_ref().map(Into::into),
        scan: None,
        handover: None,
        correction: None,
        amended: None,
        replaces: submitted.replaces.clone(),
        replaced_by: None,
        ended: None,
        cause: None,
    }
}

/// From now for as many days as the kind allows, or the term that was asked for within them.
fn require_term(
    desk: Desk<'_>,
    kind: &KindRegistration,
    submitted: &Application,
) -> Result<(u64, u64), Refusal> {
    let (now, days) = (desk.now.time, u64::from(kind.valid_days));
    // The first and the last day count.
    let last = |from: u64| Day::of(from).plus(days.saturating_sub(1)).end_ms();
    let Some(term) = &submitted.term else { return Ok((now, last(now))) };
    let most = last(term.from);
    if term.to < now || term.to > most {
        let expected = format!("at least {now} and at most {most}, {days} days");
        return Err(Refusal::new(Rule::TermOutside, "term.to", term.to, expected)
            .mended_by(Remedy::Applicant));
    }
    Ok((term.from, term.to))
}

/// The isolation lasted long enough, is over, and every sample passed (case 37).
fn require_isolation(
    desk: Desk<'_>,
    kind: &KindRegistration,
    submitted: &Application,
) -> Result<(), Refusal> {
    if kind.isolation_days == 0 {
        return Ok(());
    }
    let refuse = |found: String| {
        let expected = format!(
            "{} whole days that are over, and samples that all passed",
            kind.isolation_days
        );
        Err(Refusal::new(Rule::NotIsolated, "isolation", found, expected)
            .mended_by(Remedy::Applicant))
    };
    let Some(isolation) = &submitted.isolation else { return refuse("none".into()) };
    if isolation.to > desk.now.time {
        return refuse(format!("isolation until {}", isolation.to));
    }
    let days = isolation.days();
    if days < u64::from(kind.isolation_days) {
        return refuse(format!("{days} days"));
    }
    match (isolation.samples.len(), isolation.samples_failed()) {
        (0, _) => refuse("no samples".into()),
        (_, 0) => Ok(()),
        (all, failed) => refuse(format!("{failed} of {all} samples not passed")),
    }
}

/// One live certificate stands for a line of an enterprise's invoice. An item that names no line
/// stands for the whole invoice.
fn require_free_lines(
    desk: Desk<'_>,
    no: &str,
    submitted: &Application,
) -> Result<Option<(crate::world::SubjectKey, crate::family::Event)>, No> {
    let Some(invoice) = &submitted.invoice else { return Ok(None) };
    let mut lines: BTreeSet<u32> =
        submitted.items.iter().map(|i| i.invoice_item.unwrap_or_default()).collect();
    if lines.is_empty() {
        lines.insert(0);
    }
    let name = format!("{}.{}", submitted.enterprise_uscc, invoice.no);
    let known = find_invoice(desk.world, &name)?.map(|i| i.take().certificates).unwrap_or_default();
    let (mut over, mut live) = (Vec::new(), 0_usize);
    for (other, taken) in &known {
        if !find_certificate(desk.world, other)?.is_some_and(|c| c.is_live(desk.now.time)) {
            over.push(other.clone());
            continue;
        }
        live = live.saturating_add(1);
        let clash = |line: &u32| *line == 0 || taken.contains(&0) || taken.contains(line);
        let replaced = submitted.replaces.as_ref() == Some(other);
        if let Some(line) = lines.iter().find(|l| clash(l)).filter(|_| !replaced) {
            let found = format!("{other} on line {line} of {}", invoice.no);
            let expected = "a line for which no live certificate stands";
            return Err(Refusal::new(Rule::InvoiceCertified, "invoice_item", found, expected)
                .mended_by(Remedy::Applicant)
                .into());
        }
    }
    if live >= CERTIFICATES_PER_INVOICE_MAX {
        let expected = format!("at most {CERTIFICATES_PER_INVOICE_MAX}");
        let found = format!("{live} live certificates of one invoice");
        return Err(Refusal::new(Rule::RecordFull, "invoice", found, expected).into());
    }
    let certificate = no.into();
    let certified =
        InvoiceEvent::LinesCertified { certificate, lines: lines.into_iter().collect(), over };
    Ok(Some(on_invoice(&name, certified)))
}

/// The certificate that is to be replaced: valid, unused, of the same enterprise and office.
pub(super) fn require_replaceable<'n>(
    desk: Desk<'_>,
    no: Option<&'n String>,
    (enterprise, office): (&str, &str),
) -> Result<Option<&'n String>, No> {
    let Some(no) = no else { return Ok(None) };
    let old = find_certificate(desk.world, no)?;
    let found = match &old {
        None => format!("{no}, which was never issued"),
        Some(old) if old.enterprise != enterprise => format!("{no}, of {}", old.enterprise),
        Some(old) if old.office != office => format!("{no}, of office {}", old.office),
        Some(old) if old.standing == Standing::Valid && desk.now.time <= old.valid_to => {
            return Ok(Some(no));
        }
        Some(old) => format!("{no}, {}", old.standing.name()),
    };
    let expected = "a valid certificate of the same enterprise and office that was not used";
    Err(Refusal::new(Rule::NotReplaceable, "replaces", found, expected)
        .mended_by(Remedy::Applicant)
        .into())
}

/// The old certificate gives way.
pub(super) fn replace(
    desk: Desk<'_>,
    old: &str,
    new: &str,
) -> (crate::world::SubjectKey, crate::family::Event) {
    on_certificate(old, CertificateEvent::Replaced { by: desk.by(), certificate: new.into() })
}
