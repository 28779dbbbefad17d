//! What must hold on every ledger with certificates (domain.md §2.4), by name.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    format,
    string::String,
    vec::Vec,
};

use crate::{
    certificate::{
        Event, State,
        bodies::UseMode,
        events::{CertificateEvent, LetterEvent},
        evolve,
        state::{Certificate, Letter, Standing},
    },
    family,
    testing::port::*,
    world::SubjectKey,
};

/// What holds after every step.
pub(crate) fn invariants(port: &Port) {
    invariant_nothing_after_the_end(port);
    invariant_used_is_the_sum_and_within_what_is_certified(port);
    invariant_one_live_certificate_a_line(port);
    invariant_a_letter_is_written_off_when_all_are_back(port);
}

/// Nothing is printed, delivered, used, read, corrected or agreed to once a certificate is over or
/// before it is valid; a vehicle is used only if what was read is what is listed.
fn invariant_nothing_after_the_end(port: &Port) {
    let mut stood: BTreeMap<&SubjectKey, State> = BTreeMap::new();
    for happening in &port.ledger.history {
        let family::Event::Certificate(event @ Event::Certificate(happened)) = &happening.event
        else {
            continue;
        };
        let before = stood.remove(&happening.subject);
        match &before {
            Some(State::Certificate(before)) => may_happen(before, happened),
            _ => assert!(matches!(happened, CertificateEvent::Issued { .. }), "{happened:?}"),
        }
        stood.insert(&happening.subject, evolve(before, event));
    }
}

fn may_happen(before: &Certificate, event: &CertificateEvent) {
    let open = matches!(before.standing, Standing::Valid | Standing::PartlyUsed);
    match event {
        CertificateEvent::Printed { .. } | CertificateEvent::HandedOver { .. } => {
            assert!(open || before.standing == Standing::Exhausted, "{event:?} on {before:?}");
        }
        CertificateEvent::Used { by, .. } => {
            assert!(open && (before.valid_from..=before.valid_to).contains(&by.at), "{before:?}");
            if before.group.is_some() {
                assert!(before.scan.as_ref().unwrap().fits() && before.uses == 0, "{before:?}");
            }
        }
        CertificateEvent::Scanned { .. }
        | CertificateEvent::Corrected { .. }
        | CertificateEvent::Amended { .. } => assert!(open, "{event:?} on {before:?}"),
        CertificateEvent::Countersigned { .. } => assert_eq!(before.standing, Standing::Signed),
        CertificateEvent::Replaced { .. } => assert_eq!(before.standing, Standing::Valid),
        CertificateEvent::Revoked { .. } => {
            assert!(open || matches!(before.standing, Standing::Signed | Standing::Exhausted));
        }
        CertificateEvent::Expired => assert!(before.standing.is_open()),
        // A courier's report is about the bag, whatever has become of the certificate.
        CertificateEvent::CourierReported { .. } => assert!(before.handover.is_some()),
        CertificateEvent::Issued { .. } => panic!("{before:?} is issued twice"),
    }
}

/// Σ use ≤ certified, item by item, and what the record says is used is what the history used.
fn invariant_used_is_the_sum_and_within_what_is_certified(port: &Port) {
    let mut used: BTreeMap<(&str, u32), u64> = BTreeMap::new();
    let mut uses: BTreeMap<&str, u32> = BTreeMap::new();
    for happening in &port.ledger.history {
        if let family::Event::Certificate(Event::Certificate(CertificateEvent::Used {
            items,
            ..
        })) = &happening.event
        {
            let no = happening.subject.subject.strip_prefix("certificate:").unwrap();
            *uses.entry(no).or_default() += 1;
            for row in items {
                *used.entry((no, row.item)).or_default() += row.qty_milli;
            }
        }
    }
    for (no, certificate) in port.certificates() {
        assert_eq!(uses.get(no).copied().unwrap_or_default(), certificate.uses, "{no}");
        for item in &certificate.items {
            let sum = used.get(&(no, item.no)).copied().unwrap_or_default();
            assert!(item.used_milli <= item.certified_milli, "{no}: {item:?}");
            assert_eq!(sum, item.used_milli, "{no}: {item:?}");
        }
        let whole = match certificate.use_mode {
            UseMode::Quantity => certificate.items.iter().all(|i| i.left_milli() == 0),
            UseMode::Once => certificate.uses == 1,
            UseMode::Shown => false,
        };
        let ended = matches!(certificate.standing, Standing::Revoked);
        assert!(ended || whole == (certificate.standing == Standing::Exhausted), "{no}");
    }
}

/// Of two live certificates for one line of an invoice, one only waits to replace the other.
fn invariant_one_live_certificate_a_line(port: &Port) {
    let mut lines: Vec<(String, BTreeSet<u32>, String, Certificate)> = Vec::new();
    for (no, certificate) in port.certificates() {
        if !certificate.is_live(port.time) {
            continue;
        }
        let Some(State::Application(applied)) =
            port.certified(&format!("application:{}", certificate.application))
        else {
            panic!("{no} without its application");
        };
        let Some(invoice) = &applied.application.invoice else { continue };
        let items = applied.application.items.iter();
        let of: BTreeSet<u32> = items.map(|i| i.invoice_item.unwrap_or_default()).collect();
        let name = format!("{}.{}", certificate.enterprise, invoice.no);
        lines.push((name, of, no.into(), certificate.clone()));
    }
    for (i, (invoice, a, first, left)) in lines.iter().enumerate() {
        for (other, b, second, right) in &lines[i + 1..] {
            let both = a.contains(&0) || b.contains(&0) || !a.is_disjoint(b);
            if invoice != other || !both {
                continue;
            }
            let waits = |new: &Certificate, old: &str| {
                new.standing == Standing::Signed && new.replaces.as_deref() == Some(old)
            };
            assert!(waits(left, second) || waits(right, first), "{first} and {second}");
        }
    }
}

/// A letter is written off if and only if all that came in under it are back; an animal is in under
/// one letter at most.
fn invariant_a_letter_is_written_off_when_all_are_back(port: &Port) {
    let mut seen: BTreeSet<String> = BTreeSet::new();
    for (letter_no, letter) in letters(port) {
        let mut away: BTreeSet<String> = BTreeSet::new();
        let (mut came, mut off) = (0_u32, false);
        for happening in &port.ledger.history {
            if happening.subject.subject.strip_prefix("letter:") != Some(letter_no) {
                continue;
            }
            match &happening.event {
                family::Event::Certificate(Event::Letter(e)) => match e {
                    LetterEvent::AnimalsImported { chips, .. } => {
                        assert!(!off, "{letter_no} is written off");
                        came += u32::try_from(chips.len()).unwrap();
                        away.extend(chips.iter().cloned());
                    }
                    LetterEvent::AnimalsReturned { chips, .. } => {
                        assert!(chips.iter().all(|c| away.remove(c)), "{chips:?}");
                    }
                    LetterEvent::WrittenOff { .. } => off = true,
                    LetterEvent::LetterFiled { .. } | LetterEvent::ReturnOverdue => {}
                },
                other => panic!("{other:?}"),
            }
        }
        assert_eq!((letter.imported, letter.written_off.is_some()), (came, off));
        assert_eq!(letter.away.iter().cloned().collect::<BTreeSet<_>>(), away);
        assert_eq!(off, came > 0 && away.is_empty() && letter.returned.is_some());
        assert!(away.iter().all(|c| seen.insert(c.clone())), "in under two letters");
    }
}

fn letters(port: &Port) -> Vec<(&str, &Letter)> {
    let mut found = Vec::new();
    for (key, record) in port.ledger.records() {
        if let family::State::Certificate(State::Letter(letter)) = &record.state {
            found.push((key.subject.strip_prefix("letter:").unwrap(), &**letter));
        }
    }
    found
}
