//! Inspection and release: notice, relocation, result, and the two segments (S3, S5).

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use super::{
    bodies::{
        InspectionNotice, InspectionOutcome, InspectionResult, Release, RelocationFeedback, Seal,
    },
    declaration::{arrived, require_all_arrived, require_declared, require_entry_no},
    events::{BillEvent, BoxEvent},
    holds::{HoldKind, require_free},
    marks::Mark,
    reading::{find_box, on_bill, on_box, require_bill, require_box, with_closing},
    state::{Bill, DeclarationStep, Due, Flow, Notice, Released, Relocated},
    ties::secure,
};
use crate::{
    evidence::ties::require_evidence,
    family::{Events, desk::Desk},
    refusal::{Refusal, Remedy, Rule},
    world::No,
};

/// Customs wants to see the goods: at most one open notice a bill.
pub(super) fn notice(desk: Desk<'_>, bill_no: &str, body: &InspectionNotice) -> Result<Events, No> {
    desk.require_known_district("inspection_customs", &body.inspection_customs)?;
    let bill = require_bill(desk.world, bill_no)?;
    desk.require_clearance(bill.clearance())?;
    bill.require_open()?;
    let declared = require_declared(&bill)?;
    require_entry_no(declared, &body.entry_no)?;
    if let Some(open) = &bill.notice {
        let found = format!("the notice of entry {}", open.by.entry);
        let refusal = Refusal::new(Rule::NoticeOpen, "notice", found, "no open notice");
        return Err(refusal.mended_by(Remedy::Yard).into());
    }
    if declared.step == DeclarationStep::Completed {
        // Selection happens on the summary alone (P).
        let expected = "a notice before the complete declaration";
        let refusal = Refusal::new(Rule::SelectionOver, "declaration", "completed", expected);
        return Err(refusal.into());
    }
    // An import may still be checked at its destination, between the segments.
    let last = if bill.flow == Flow::Import { &bill.release_2 } else { &bill.release_1 };
    if last.is_some() {
        let expected = "a notice before release";
        return Err(Refusal::new(Rule::AlreadyReleased, "release", "released", expected).into());
    }
    let notice = Notice {
        by: desk.by(),
        entry_no: body.entry_no.clone(),
        check_type: body.check_type,
        inspection_method: body.inspection_method.clone(),
        due: Due { by: desk.after("relocation_sla_ms")?, overdue: false },
        relocated: Vec::new(),
    };
    Ok(alloc::vec![on_bill(bill_no, BillEvent::InspectionNoticed { notice })])
}

fn require_notice(bill: &Bill) -> Result<&Notice, Refusal> {
    bill.notice.as_ref().ok_or_else(|| {
        Refusal::new(Rule::NoNotice, "notice", "none", "an open inspection notice")
            .mended_by(Remedy::ClearanceCustoms)
    })
}

/// The yard says that the goods stand in their slot.
pub(super) fn relocate(
    desk: Desk<'_>,
    bill_no: &str,
    body: &RelocationFeedback,
) -> Result<Events, No> {
    if let Some(c) = &body.container_no {
        desk.require_number("container_no", c)?;
    }
    desk.require_known_place("place_code", &body.place_code)?;
    let bill = require_bill(desk.world, bill_no)?;
    let container = match &body.container_no {
        Some(c) => Some(require_box(desk.world, c)?),
        None => None,
    };
    desk.require_own_place("place_code", &body.place_code)?;
    bill.require_open()?;
    if let Some(container) = &container {
        container.require_yard(&body.place_code)?;
    }
    if let Some(c) = &body.container_no {
        bill.require_listed(c)?;
    }
    let declared = require_declared(&bill)?;
    require_entry_no(declared, &body.entry_no)?;
    require_notice(&bill)?;
    let relocated = Relocated {
        by: desk.by(),
        inspection_record_no: body.inspection_record_no.clone(),
        place_code: body.place_code.clone(),
        slot_no: body.slot_no.clone(),
        container_no: body.container_no.clone(),
    };
    Ok(alloc::vec![on_bill(bill_no, BillEvent::Relocated { relocated })])
}

/// The inspection is over: clean, or with a discrepancy that holds the bill.
pub(super) fn result(desk: Desk<'_>, bill_no: &str, body: &InspectionResult) -> Result<Events, No> {
    if let Some(c) = &body.container_no {
        desk.require_number("container_no", c)?;
    }
    let bill = require_bill(desk.world, bill_no)?;
    let container = match &body.container_no {
        Some(c) if body.new_seals.is_some() => Some((c, require_box(desk.world, c)?)),
        _ => None,
    };
    desk.require_clearance(bill.clearance())?;
    bill.require_open()?;
    if let Some(c) = &body.container_no {
        bill.require_listed(c)?;
    }
    let declared = require_declared(&bill)?;
    require_entry_no(declared, &body.entry_no)?;
    let notice = require_notice(&bill)?;
    let in_slot =
        |r: &Relocated| body.container_no.is_none() || r.container_no == body.container_no;
    if !notice.relocated.iter().any(in_slot) {
        let found = body.container_no.as_deref().unwrap_or("no container");
        let expected = "a relocation feedback for it";
        let refusal = Refusal::new(Rule::NotRelocated, "container_no", found, expected);
        return Err(refusal.mended_by(Remedy::Yard).into());
    }
    let evidence = body.evidence.as_deref().unwrap_or_default();
    let cited = require_evidence(desk, &format!("bill:{bill_no}"), evidence)?;
    let inspected = BillEvent::Inspected {
        by: desk.by(),
        inspection_record_no: body.inspection_record_no.clone(),
        result: body.result,
        evidence: evidence.to_vec(),
    };
    let mut events = alloc::vec![on_bill(bill_no, inspected)];
    if let (InspectionOutcome::Discrepancy, Some(field), Some(found)) =
        (body.result, &body.field, &body.found)
    {
        let said = match field.as_str() {
            "packages" => declared.packages.map(|p| p.to_string()),
            "gross_g" => declared.gross_g.map(|g| g.to_string()),
            _ => None,
        };
        let said = said.unwrap_or_else(|| format!("as declared in {}", declared.entry_no));
        let mut mismatches = desk.mismatches(&bill.holds, bill.next_hold)?;
        mismatches.raise(HoldKind::Inspection, field, &declared.by, said, found.clone());
        let raised = mismatches.raised.into_iter();
        events.extend(raised.map(|hold| on_bill(bill_no, BillEvent::Held { hold })));
    }
    if let (Some((c, _)), Some(seals)) = (container, &body.new_seals) {
        // Customs reseals: a new chain begins (S20).
        let resealed = BoxEvent::Resealed { by: desk.by(), seals: seal_numbers(seals) };
        events.push(on_box(c, resealed));
    }
    events.extend(cited);
    Ok(events)
}

/// The numbers of seals in the one order in which they are compared.
pub(super) fn seal_numbers(seals: &[Seal]) -> Vec<String> {
    let mut numbers: Vec<String> = seals.iter().map(|s| s.no.clone()).collect();
    numbers.sort();
    numbers
}

/// Release of a segment: at most one is effective.
pub(super) fn release(desk: Desk<'_>, bill_no: &str, body: &Release) -> Result<Events, No> {
    for c in &body.containers {
        desk.require_number("containers", c)?;
    }
    let bill = require_bill(desk.world, bill_no)?;
    desk.require_clearance(bill.clearance())?;
    bill.require_open()?;
    require_free(&bill.holds)?;
    require_boxes_free(desk, bill_no, &bill)?;
    bill.require_twins()?;
    let arrived = arrived(desk, bill_no, &bill)?;
    require_all_arrived(&bill, &arrived)?;
    let declared = require_declared(&bill)?;
    require_entry_no(declared, &body.entry_no)?;
    if body.segment == 2 && declared.step == DeclarationStep::Summary {
        let expected = "the complete declaration before segment 2";
        let refusal = Refusal::new(Rule::SummaryOnly, "declaration", "summary", expected);
        return Err(refusal.mended_by(Remedy::Declarant).into());
    }
    if let Some(open) = &bill.notice {
        let found = format!("the notice of entry {}", open.by.entry);
        return Err(Refusal::new(Rule::NoticeOpen, "notice", found, "no open notice").into());
    }
    require_segment(&bill, body)?;
    let listed = bill.containers();
    let mut stated: Vec<&str> = body.containers.iter().map(String::as_str).collect();
    stated.sort_unstable();
    if stated != listed {
        let other = |a: &[&str], b: &[&str]| {
            let only: Vec<&str> = a.iter().copied().filter(|x| !b.contains(x)).collect();
            format!("{} containers, alone with: {}", a.len(), super::holds::some_of(&only))
        };
        let (found, expected) = (other(&stated, &listed), other(&listed, &stated));
        return Err(Refusal::new(Rule::ReleaseSet, "containers", found, expected).into());
    }
    let release = Released {
        by: desk.by(),
        decision: body.decision,
        tax: body.tax,
        tax_reference: body.tax_reference.clone(),
        obligation: body.obligation.clone(),
    };
    let secured = secure(desk, declared, body)?;
    let events = alloc::vec![BillEvent::Released { segment: body.segment, release }];
    let events = with_closing(&bill, events, desk.now);
    Ok(events.into_iter().map(|e| on_bill(bill_no, e)).chain(secured).collect())
}

fn require_segment(bill: &Bill, body: &Release) -> Result<(), Refusal> {
    let released = if body.segment == 1 { &bill.release_1 } else { &bill.release_2 };
    if let Some(released) = released {
        let found = format!("released by entry {}", released.by.entry);
        return Err(Refusal::new(Rule::AlreadyReleased, "segment", found, "not yet released"));
    }
    if body.segment == 2 && bill.release_1.is_none() {
        return Err(Refusal::new(Rule::SegmentOrder, "segment", 2, "segment 1 first"));
    }
    Ok(())
}

/// A hold on one container stops the release that would cover it.
fn require_boxes_free(desk: Desk<'_>, bill_no: &str, bill: &Bill) -> Result<(), No> {
    for c in bill.containers() {
        if bill.boxes.get(c).is_some_and(|b| b.marks.has(Mark::Gone)) {
            continue;
        }
        let Some(container) = find_box(desk.world, c)? else { continue };
        if container.is_bound_for(bill_no) {
            require_free(&container.holds)?;
        }
    }
    Ok(())
}
