//! The river wharf: gate, arrival report, loading on a barge.

use alloc::{format, string::String};

use super::{
    bodies::{Arrival, BargeLoad, Condition, Direction, Fullness, Gate, Seal, Trade},
    events::{BillEvent, BoxEvent, PlanEvent},
    holds::{HoldKind, Mismatches, require_free},
    inspection::seal_numbers,
    plan::{require_confirmed, require_ready},
    reading::{
        bill_of, find_bill, find_box, is_trip_over, on_bill, on_box, on_plan, require_bill,
        require_box, require_plan, with_closing,
    },
    state::{Bill, BoxRecord, By, Flow, PlanStage, Spot, Stage, Status, Trip},
};
use crate::{
    family::{Events, desk::Desk},
    identifiers::{PlaceCode, SizeType},
    refusal::{Refusal, Remedy, Rule},
    world::{No, Unreadable, World},
};

/// Through the gate of a wharf.
pub(super) fn gate(desk: Desk<'_>, container_no: &str, body: &Gate) -> Result<Events, No> {
    desk.require_number("container_no", container_no)?;
    desk.require_known_place("place", &body.place)?;
    match body.direction {
        Direction::In => gate_in(desk, container_no, body),
        Direction::Out => gate_out(desk, container_no, body),
    }
}

fn gate_in(desk: Desk<'_>, container_no: &str, body: &Gate) -> Result<Events, No> {
    let bill = match &body.bill_no {
        Some(bill_no) => Some((bill_no, require_bill(desk.world, bill_no)?)),
        None => None,
    };
    let known = find_box(desk.world, container_no)?;
    desk.require_own_place("place", &body.place)?;
    if let Some((_, bill)) = &bill {
        bill.require_open()?;
        bill.require_flow(Flow::Export)?;
    }
    if let Some(b) = known.as_ref().filter(|b| b.holder.spot != Spot::Outside)
        && !is_ended_voyage(desk.world, container_no, b)?
    {
        let expected = format!("outside, before it comes in at {}", body.place);
        let refusal = Refusal::new(Rule::TwoPlaces, "place", b.holder.text(), expected);
        return Err(refusal.into());
    }
    if let Some((bill_no, bill)) = &bill {
        if bill.withdrew(container_no) {
            let found = format!("{container_no}, withdrawn from {bill_no}");
            let expected = "a container that is to sail";
            return Err(Refusal::new(Rule::NotOnBill, "container_no", found, expected).into());
        }
        bill.require_twins()?;
    }
    let by = desk.by();
    let trip = bill.as_ref().map(|(bill_no, bill)| trip_of(bill_no, bill, &body.size_type, &by));
    let clearance = bill.as_ref().map_or("", |(_, b)| b.clearance());
    let next = known.as_ref().map_or(1, |b| b.next_hold);
    let open = known.as_ref().map_or(&[][..], |b| &b.holds);
    let mut found = desk.mismatches(open, next)?;
    if let Some((bill_no, bill)) = &bill {
        compare_with_bill(&mut found, container_no, bill_no, bill, &body.size_type);
        if let Some(river) = &bill.river {
            let code = PlaceCode::district_of(&body.place);
            found.same(HoldKind::CustomsCode, "place", &river.by, &river.customs_code, code);
        }
    }
    let came = BoxEvent::GatedIn {
        by,
        place: body.place.clone(),
        fullness: body.fullness,
        seals: seal_numbers(&body.seals),
        trip,
        clearance: clearance.into(),
    };
    Ok(moved(container_no, came, found))
}

/// A container on a sea-going ship whose bill is settled has left for good, and may come back by
/// land as if from outside.
fn is_ended_voyage(
    world: &World<'_>,
    container_no: &str,
    container: &BoxRecord,
) -> Result<bool, Unreadable> {
    Ok(container.holder.spot == Spot::Vessel && is_trip_over(world, container_no, container)?)
}

/// The trip that begins when a container is first seen for a bill.
pub(super) fn trip_of(bill_no: &str, bill: &Bill, size_type: &str, by: &By) -> Trip {
    Trip {
        bill_no: bill_no.into(),
        flow: bill.flow,
        size_type: size_type.into(),
        bound: by.clone(),
        arrived: None,
        batch_no: None,
    }
}

/// Container number and size type: manifest = what is seen.
pub(super) fn compare_with_bill(
    found: &mut Mismatches<'_>,
    container_no: &str,
    bill_no: &str,
    bill: &Bill,
    size_type: &str,
) {
    let Some(manifest) = bill.river.as_ref().or(bill.hub.as_ref()) else { return };
    match bill.boxes.get(container_no).filter(|b| b.marks.is_manifested()) {
        None => {
            let theirs = format!("{} containers without it", bill.containers().len());
            let ours = format!("{container_no}, for {bill_no}");
            found.raise(HoldKind::Containers, "container_no", &manifest.by, theirs, ours);
        }
        Some(listed) => compare_sizes(found, &manifest.by, &listed.size_type, size_type),
    }
}

/// Size and type as two statements have it.
pub(super) fn compare_sizes(found: &mut Mismatches<'_>, by: &By, theirs: &str, ours: &str) {
    let read = |text| SizeType::parse("size_type", text).ok();
    if let (Some(a), Some(b)) = (read(theirs), read(ours))
        && !a.agrees_with(&b)
    {
        found.raise(HoldKind::SizeType, "size_type", by, theirs.into(), ours.into());
    }
}

/// The seal of record = the seal as read: release, barge load, discharge and vessel load.
pub(super) fn compare_seals(found: &mut Mismatches<'_>, container: &BoxRecord, read: &[Seal]) {
    if let Some(seals) = &container.seals {
        let text = |numbers: &[String]| match numbers {
            [] => String::from("none"),
            numbers => numbers.join(", "),
        };
        let (theirs, ours) = (text(&seals.numbers), text(&seal_numbers(read)));
        found.same(HoldKind::Seal, "seal_no", &seals.by, theirs, ours);
    }
}

/// The weight of a container: goods and tare of the manifest = verified gross mass.
pub(super) fn compare_vgm(
    desk: Desk<'_>,
    found: &mut Mismatches<'_>,
    container_no: &str,
    bill: &Bill,
    vgm_kg: Option<u32>,
) -> Result<(), Unreadable> {
    let listed = bill.boxes.get(container_no).and_then(|b| Some((b.gross_g?, b.tare_g?)));
    let manifest = bill.river.as_ref().or(bill.hub.as_ref());
    if let (Some((gross_g, tare_g)), Some(vgm_kg), Some(manifest)) = (listed, vgm_kg, manifest) {
        let tolerance = desk.parameter("gross_tolerance_permille")?;
        let stated = gross_g.saturating_add(tare_g) / 1000;
        found.weight("vgm_kg", &manifest.by, stated, u64::from(vgm_kg), tolerance);
    }
    Ok(())
}

/// A container's event with the holds that it raised.
pub(super) fn moved(container_no: &str, event: BoxEvent, found: Mismatches<'_>) -> Events {
    let held = found.raised.into_iter().map(|hold| BoxEvent::Held { hold });
    core::iter::once(event).chain(held).map(|e| on_box(container_no, e)).collect()
}

fn gate_out(desk: Desk<'_>, container_no: &str, body: &Gate) -> Result<Events, No> {
    let container = require_box(desk.world, container_no)?;
    desk.require_own_place("place", &body.place)?;
    container.require_yard(&body.place)?;
    let bill = bill_of(desk.world, &container)?;
    require_may_gate_out(container_no, &container, bill.as_deref(), body.fullness)?;
    let import =
        bill.as_deref().zip(container.trip.as_ref()).filter(|(b, _)| b.flow == Flow::Import);
    if import.is_some() {
        require_receipt(&container, body.eir_no.as_deref())?;
    }
    let withdrawn = bill.as_deref().is_some_and(|b| b.withdrew(container_no));
    let went = BoxEvent::GatedOut {
        by: desk.by(),
        fullness: body.fullness,
        returned: withdrawn,
        eir_no: body.eir_no.clone(),
    };
    let mut events = alloc::vec![on_box(container_no, went)];
    if let Some((bill, trip)) = import {
        let gone = BillEvent::BoxGatedOut { container_no: container_no.into() };
        let closing = with_closing(bill, alloc::vec![gone], desk.now);
        events.extend(closing.into_iter().map(|e| on_bill(&trip.bill_no, e)));
    }
    Ok(events)
}

/// May a container in a yard leave by land? Foreign goods never do unreleased.
pub(super) fn require_may_gate_out(
    container_no: &str,
    container: &BoxRecord,
    bill: Option<&Bill>,
    fullness: Fullness,
) -> Result<(), Refusal> {
    require_free(&container.holds)?;
    let Some(bill) = bill else {
        let domestic = container.attribute.as_ref().is_some_and(|j| j.attribute == Trade::Domestic);
        if fullness == Fullness::Empty || domestic {
            return Ok(());
        }
        let found = "full, without a bill";
        let expected = "an empty container, or one judged to be in domestic trade";
        return Err(Refusal::new(Rule::NotReleased, "attribute", found, expected)
            .mended_by(Remedy::Customs));
    };
    if bill.withdrew(container_no) {
        return Ok(());
    }
    require_free(&bill.holds)?;
    if bill.flow == Flow::Export {
        let expected = "a withdrawal by clearance customs";
        return Err(Refusal::new(Rule::NotWithdrawn, "withdrawal", "none", expected)
            .mended_by(Remedy::ClearanceCustoms));
    }
    bill.require_released()?;
    if container.trip.as_ref().is_none_or(|t| t.arrived.is_none()) {
        let found = container.status.name();
        let expected = "reported as arrived at the river port";
        return Err(Refusal::new(Rule::NotReleased, "arrival", found, expected)
            .mended_by(Remedy::OriginWharf));
    }
    if bill.order.is_none() {
        let expected = "a delivery order";
        return Err(Refusal::new(Rule::NoOrder, "delivery_order", "none", expected)
            .mended_by(Remedy::Agent));
    }
    Ok(())
}

/// The receipt that a gate-out names is the container's.
fn require_receipt(container: &BoxRecord, eir_no: Option<&str>) -> Result<(), Refusal> {
    let issued = container.receipt.as_ref().map(|r| r.eir_no.as_str());
    if issued.is_some() && issued == eir_no {
        return Ok(());
    }
    let found = eir_no.unwrap_or("none");
    let expected = issued.unwrap_or("an equipment receipt, issued before");
    Err(Refusal::new(Rule::NoReceipt, "eir_no", found, expected))
}

/// The yard says that the goods are in.
pub(super) fn arrival(desk: Desk<'_>, container_no: &str, body: &Arrival) -> Result<Events, No> {
    desk.require_number("container_no", container_no)?;
    desk.require_known_district("declaration_office", &body.declaration_office)?;
    let stated = require_bill(desk.world, &body.bill_no)?;
    let container = require_box(desk.world, container_no)?;
    desk.require_own_place("place", &container.holder.place)?;
    let bound = match &container.trip {
        Some(trip) => find_bill(desk.world, &trip.bill_no)?.map(|b| (trip, b)),
        None => None,
    };
    bound.as_ref().map_or(&stated, |(_, b)| b).require_open()?;
    let ready = match bound.as_ref().map(|(_, b)| b.flow) {
        Some(Flow::Export) => container.status == Status::GatedIn,
        Some(Flow::Import) => {
            container.status == Status::Discharged
                && Some(container.yard_district()) == bound.as_ref().map(|(_, b)| b.clearance())
        }
        None => false,
    };
    let Some((trip, bill)) = bound.filter(|_| ready) else {
        let expected = "in through the gate with its bill, or off the barge at the river port";
        let found = container.status.name();
        return Err(Refusal::new(Rule::WrongStatus, "status", found, expected).into());
    };
    let mut found = desk.mismatches(&container.holds, container.next_hold)?;
    found.same(HoldKind::BillNo, "bill_no", &trip.bound, &trip.bill_no, &body.bill_no);
    if let Some(river) = &bill.river {
        let (kind, code) = (HoldKind::CustomsCode, &body.declaration_office);
        found.same(kind, "declaration_office", &river.by, &river.customs_code, code);
    }
    compare_with_bill(&mut found, container_no, &body.bill_no, &stated, &body.size_type);
    let awaited = bill.declaration.as_ref().is_some_and(|d| d.advance);
    let arrived = BoxEvent::Arrived { by: desk.by(), fullness: body.fullness };
    let bill_no = trip.bill_no.clone();
    let mut events = moved(container_no, arrived, found);
    if awaited {
        let arrived = BillEvent::BoxArrived { container_no: container_no.into() };
        events.push(on_bill(&bill_no, arrived));
    }
    Ok(events)
}

/// Onto a barge, by the plan.
pub(super) fn load(desk: Desk<'_>, container_no: &str, body: &BargeLoad) -> Result<Events, No> {
    desk.require_number("container_no", container_no)?;
    let plan = require_plan(desk.world, &body.batch_no)?;
    let container = require_box(desk.world, container_no)?;
    desk.require_own_place("origin", &plan.origin)?;
    let bill = bill_of(desk.world, &container)?;
    if let Some(bill) = &bill {
        bill.require_open()?;
    }
    container.require_yard(&plan.origin)?;
    require_may_load(container_no, &container, bill.as_deref())?;
    if plan.stage != PlanStage::Planned {
        let (found, expected) = (plan.stage.name(), "planned: the barge is still here");
        return Err(Refusal::new(Rule::PlanLeft, "stage", found, expected).into());
    }
    require_confirmed(&plan)?;
    if plan.boxes.get(container_no) != Some(&Stage::Planned) {
        let found = format!("{container_no} not in {}", body.batch_no);
        let expected = "a container of the plan, or an amended plan";
        return Err(Refusal::new(Rule::NotInPlan, "container_no", found, expected).into());
    }
    let mut found = desk.mismatches(&container.holds, container.next_hold)?;
    compare_seals(&mut found, &container, &body.seals);
    if let Some(bill) = &bill {
        compare_vgm(desk, &mut found, container_no, bill, body.vgm_kg)?;
    }
    let loaded = BoxEvent::LoadedBarge {
        by: desk.by(),
        batch_no: body.batch_no.clone(),
        barge: plan.conveyance_id.clone(),
        seals: seal_numbers(&body.seals),
        stowage: body.stowage.clone(),
        vgm_kg: body.vgm_kg,
        damaged: body.condition == Condition::Damaged,
    };
    let mut events = moved(container_no, loaded, found);
    let noted = PlanEvent::BoxLoaded { container_no: container_no.into() };
    events.push(on_plan(&body.batch_no, noted));
    Ok(events)
}

/// May a container in its yard go on a barge?
pub(super) fn require_may_load(
    container_no: &str,
    container: &BoxRecord,
    bill: Option<&Bill>,
) -> Result<(), Refusal> {
    require_ready(container_no, container)?;
    if bill.is_some_and(|b| b.withdrew(container_no)) {
        let expected = "a container that is to sail";
        return Err(Refusal::new(Rule::NotOnBill, "container_no", "withdrawn", expected));
    }
    require_free(&container.holds)?;
    let Some(bill) = bill else { return Ok(()) };
    require_free(&bill.holds)?;
    // An import is released at the river port, after the barge.
    if bill.flow == Flow::Export { bill.require_released() } else { Ok(()) }
}
