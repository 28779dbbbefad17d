//! Corrections: withdrawal, taking a statement back, and ending a hold.

use alloc::{format, string::String, vec::Vec};

use countersign_record::Digest;

use super::{
    bodies::{ClearHold, Void, Withdrawal},
    events::{BillEvent, BoxEvent, EnterpriseEvent, PlanEvent, Taken},
    holds::{Clearing, Hold},
    kinds::Subject,
    manifest::is_bound,
    marks::Mark,
    reading::{
        find_bill, find_box, find_plan, on_bill, on_box, on_enterprise, on_plan, require_bill,
        require_box, require_plan, with_closing,
    },
    state::{Bill, BoxRecord, By, DeclarationStep, Flow, Holder, PlanStage, Spot, Stage, Status},
    ties,
};
use crate::{
    evidence::ties::require_evidence,
    family::{Events, desk::Desk},
    refusal::{Refusal, Remedy, Rule},
    world::No,
};

/// Customs lets goods out of the export, as long as they are ashore.
pub(super) fn withdraw(desk: Desk<'_>, bill_no: &str, body: &Withdrawal) -> Result<Events, No> {
    let bill = require_bill(desk.world, bill_no)?;
    desk.require_clearance(bill.clearance())?;
    bill.require_open()?;
    bill.require_flow(Flow::Export)?;
    for c in &body.containers {
        bill.require_listed(c)?;
    }
    for c in &body.containers {
        let settled = bill.boxes.get(c).is_some_and(|b| b.marks.is_settled());
        let away = find_box(desk.world, c)?.is_some_and(|b| {
            matches!(b.holder.spot, Spot::Barge | Spot::Vessel) && b.is_bound_for(bill_no)
        });
        if settled || away {
            let expected = "a container ashore that is to sail";
            return Err(Refusal::new(Rule::VesselLoaded, "containers", c, expected).into());
        }
    }
    let cited = require_evidence(desk, &format!("bill:{bill_no}"), &body.evidence)?;
    let withdrawn = BillEvent::Withdrawn {
        by: desk.by(),
        containers: body.containers.clone(),
        reason: body.reason.clone(),
        evidence: body.evidence.clone(),
    };
    let events = with_closing(&bill, alloc::vec![withdrawn], desk.now);
    let freed = ties::withdrawn(desk, &bill, &events)?;
    let events = events.into_iter().map(|e| on_bill(bill_no, e));
    Ok(events.chain(freed).chain(cited).collect())
}

/// A party takes its own statement back.
pub(super) fn void(desk: Desk<'_>, subject: &Subject, body: &Void) -> Result<Events, No> {
    match subject {
        Subject::Bill(no) => void_on_bill(desk, no, body),
        Subject::Box(no) => void_move(desk, no, body),
        Subject::Plan(no) => void_plan(desk, no, body),
        Subject::Ship(no) => Err(nothing(no, body).into()),
    }
}

fn nothing(name: &str, body: &Void) -> Refusal {
    let expected = format!("an entry whose statement still stands on {name}");
    Refusal::new(Rule::NothingToVoid, "entry", body.entry, expected)
}

fn rests(what: &str, on: &str) -> Refusal {
    Refusal::new(Rule::RestsOnIt, what, on, "nothing that rests on it")
}

/// What an entry said on a bill, and whose it is.
fn standing(bill: &Bill, entry: &Digest) -> Option<(Taken, By)> {
    let said = [
        (Taken::River, bill.river.as_ref().map(|m| &m.by)),
        (Taken::Hub, bill.hub.as_ref().map(|m| &m.by)),
        (Taken::Declaration, bill.declaration.as_ref().map(|d| &d.by)),
        (Taken::Notice, bill.notice.as_ref().map(|n| &n.by)),
        // Where one entry released both segments, the later step is taken back first.
        (Taken::Release2, bill.release_2.as_ref().map(|r| &r.by)),
        (Taken::Release1, bill.release_1.as_ref().map(|r| &r.by)),
        (Taken::Order, bill.order.as_ref().map(|o| &o.by)),
    ];
    let found =
        said.into_iter().find_map(|(what, by)| by.filter(|b| b.entry == *entry).map(|b| (what, b)));
    found.map(|(what, by)| (what, by.clone()))
}

fn void_on_bill(desk: Desk<'_>, bill_no: &str, body: &Void) -> Result<Events, No> {
    let bill = require_bill(desk.world, bill_no)?;
    let found = standing(&bill, &body.entry);
    if let Some((_, by)) = &found {
        desk.require_self("entry", by)?;
    }
    bill.require_open()?;
    let (what, _) = found.ok_or_else(|| nothing(bill_no, body))?;
    require_unused(desk, bill_no, &bill, what)?;
    let voided =
        BillEvent::Voided { by: desk.by(), what, entry: body.entry, reason: body.reason.clone() };
    let mut events = alloc::vec![on_bill(bill_no, voided)];
    events.extend(void_security(desk, &bill, what)?);
    if let (Taken::Declaration, Some(d)) = (what, &bill.declaration)
        && d.step == DeclarationStep::Summary
    {
        let settled = EnterpriseEvent::SummarySettled { entry_no: d.entry_no.clone() };
        events.push(on_enterprise(&d.consignor_uscc, settled));
    }
    Ok(events)
}

/// What stood behind the tax of a declaration or release that is taken back.
fn void_security(desk: Desk<'_>, bill: &Bill, what: Taken) -> Result<Events, No> {
    match (what, &bill.declaration, &bill.release_1, &bill.release_2) {
        (Taken::Declaration, Some(declared), _, _) => ties::voided(desk, declared),
        (Taken::Release1, _, Some(released), _) | (Taken::Release2, _, _, Some(released)) => {
            ties::unsecure(desk, bill, released)
        }
        _ => Ok(Events::new()),
    }
}

/// Refuses where a later statement rests on the one that is to be taken back.
fn require_unused(desk: Desk<'_>, bill_no: &str, bill: &Bill, what: Taken) -> Result<(), No> {
    match what {
        Taken::River | Taken::Hub => {
            if bill.declaration.is_some() {
                return Err(rests("declaration", "the bill is declared").into());
            }
            for c in bill.containers() {
                if is_bound(desk, bill_no, c)? {
                    return Err(rests("container_no", c).into());
                }
            }
        }
        Taken::Declaration => {
            if bill.notice.is_some() {
                return Err(rests("notice", "an open inspection notice").into());
            }
            if bill.release_1.is_some() {
                return Err(rests("release", "the bill is released").into());
            }
        }
        Taken::Release1 => {
            if bill.release_2.is_some() {
                return Err(rests("release", "segment 2 is released").into());
            }
            for c in bill.containers() {
                let container = find_box(desk.world, c)?;
                if container.is_some_and(|b| has_left(&b, bill_no, bill.flow)) {
                    return Err(rests("container_no", c).into());
                }
            }
        }
        Taken::Order => {
            let handed = bill.order.as_ref().is_some_and(|o| !o.transfers.is_empty());
            let gone = bill.boxes.values().any(|b| b.marks.has(Mark::Gone));
            if handed || gone {
                return Err(rests("delivery_order", "used").into());
            }
        }
        Taken::Notice | Taken::Release2 => {}
    }
    Ok(())
}

/// Whether a container has gone where only a release lets it.
fn has_left(container: &BoxRecord, bill_no: &str, flow: Flow) -> bool {
    let ours = container.is_bound_for(bill_no);
    let at_start = match flow {
        Flow::Export => matches!(container.status, Status::GatedIn | Status::Arrived),
        Flow::Import => container.holder.spot != Spot::Outside,
    };
    ours && !at_start
}

/// The wharf takes its last report on a container back.
fn void_move(desk: Desk<'_>, container_no: &str, body: &Void) -> Result<Events, No> {
    let container = require_box(desk.world, container_no)?;
    let last = container.moved_by.clone().filter(|by| by.entry == body.entry);
    if let Some(by) = &last {
        desk.require_self("entry", by)?;
    }
    let Some(_) = last else { return Err(nothing(container_no, body).into()) };
    let batch = container.trip.as_ref().and_then(|t| t.batch_no.clone());
    let loaded = match (container.status, &batch) {
        (Status::LoadedBarge, Some(batch)) => {
            find_plan(desk.world, batch)?.map(|plan| (batch.clone(), plan))
        }
        _ => None,
    };
    let (holder, status) = match (container.status, &loaded) {
        (Status::GatedIn, _) => {
            (Holder { spot: Spot::Outside, place: String::new() }, Status::Known)
        }
        (Status::Arrived, _) => {
            require_undeclared(desk, &container)?;
            let back = if container.is_export() { Status::GatedIn } else { Status::Discharged };
            (container.holder.clone(), back)
        }
        (Status::LoadedBarge, Some((_, plan))) => {
            if plan.stage != PlanStage::Planned {
                return Err(rests("departure", plan.stage.name()).into());
            }
            let back =
                if container.is_export() { Status::Arrived } else { Status::VesselDischarged };
            (Holder { spot: Spot::Yard, place: plan.origin.clone() }, back)
        }
        _ => return Err(nothing(container_no, body).into()),
    };
    let reason = body.reason.clone();
    let voided = BoxEvent::MoveVoided { by: desk.by(), entry: body.entry, reason, holder, status };
    let mut events = alloc::vec![on_box(container_no, voided)];
    if let Some((batch, _)) = loaded {
        let unloaded = PlanEvent::LoadVoided { container_no: container_no.into() };
        events.push(on_plan(&batch, unloaded));
    }
    Ok(events)
}

fn require_undeclared(desk: Desk<'_>, container: &BoxRecord) -> Result<(), No> {
    let bill = match &container.trip {
        Some(trip) => find_bill(desk.world, &trip.bill_no)?,
        None => None,
    };
    match bill.as_ref().and_then(|b| b.declaration.as_ref()) {
        Some(declared) => Err(rests("declaration", &declared.entry_no).into()),
        None => Ok(()),
    }
}

fn void_plan(desk: Desk<'_>, batch_no: &str, body: &Void) -> Result<Events, No> {
    let plan = require_plan(desk.world, batch_no)?;
    let stands = plan.by.entry == body.entry && plan.stage != PlanStage::Void;
    if stands {
        desk.require_self("entry", &plan.by)?;
    }
    if plan.stage != PlanStage::Planned && plan.stage != PlanStage::Void {
        let refusal = Refusal::new(Rule::PlanLeft, "stage", plan.stage.name(), "planned");
        return Err(refusal.into());
    }
    if !stands {
        return Err(nothing(batch_no, body).into());
    }
    if let Some(loaded) = plan.boxes_at(Stage::Loaded).first() {
        return Err(rests("container_no", loaded).into());
    }
    let voided =
        PlanEvent::PlanVoided { by: desk.by(), entry: body.entry, reason: body.reason.clone() };
    Ok(alloc::vec![on_plan(batch_no, voided)])
}

/// Clearance customs ends a hold, citing evidence; it may name the value that is true.
pub(super) fn clear(desk: Desk<'_>, subject: &Subject, body: &ClearHold) -> Result<Events, No> {
    let clearing = Clearing {
        hold: body.hold,
        by: desk.by(),
        reason: body.reason.clone(),
        evidence: body.evidence.clone(),
        true_value: body.true_value.clone(),
    };
    let mut events: Events = if let Subject::Bill(bill_no) = subject {
        let bill = require_bill(desk.world, bill_no)?;
        desk.require_clearance(bill.clearance())?;
        require_hold(&bill.holds, body.hold)?;
        let cleared = alloc::vec![BillEvent::HoldCleared { clearing }];
        let events = with_closing(&bill, cleared, desk.now);
        events.into_iter().map(|e| on_bill(bill_no, e)).collect()
    } else {
        let container = require_box(desk.world, subject.name())?;
        desk.require_clearance(&container.clearance)?;
        require_hold(&container.holds, body.hold)?;
        alloc::vec![on_box(subject.name(), BoxEvent::HoldCleared { clearing })]
    };
    events.extend(require_evidence(desk, &format!("{subject}"), &body.evidence)?);
    Ok(events)
}

fn require_hold(holds: &[Hold], id: u32) -> Result<(), Refusal> {
    if holds.iter().any(|h| h.id == id) {
        return Ok(());
    }
    let open: Vec<String> = holds.iter().map(|h| format!("{}", h.id)).collect();
    let expected = format!("an open hold: {}", open.join(", "));
    Err(Refusal::new(Rule::NoSuchHold, "hold", id, expected).mended_by(Remedy::ClearanceCustoms))
}
