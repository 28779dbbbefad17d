//! The hub wharf: off the barge and onto the ship, or off the ship for the river.

use alloc::{format, string::String};

use super::{
    bodies::{Condition, Discharge, ShipVoyage, VesselDischarge, VesselLoad},
    events::{BillEvent, BoxEvent, PlanEvent},
    holds::{Doubt, DoubtKind, HoldKind, Mismatches, require_free},
    inspection::seal_numbers,
    plan::require_in,
    reading::{
        bill_of, find_box, is_trip_over, on_bill, on_plan, require_bill, require_box, require_plan,
        require_ship,
    },
    river::{compare_seals, compare_sizes, compare_vgm, compare_with_bill, moved, trip_of},
    state::{Bill, BoxRecord, Flow, Plan, Spot, Stage, Status},
};
use crate::{
    family::{Events, desk::Desk},
    identifiers::PlaceCode,
    refusal::{Refusal, Remedy, Rule},
    world::{No, Unreadable},
};

/// Off a barge.
pub(super) fn discharge(
    desk: Desk<'_>,
    container_no: &str,
    body: &Discharge,
) -> Result<Events, No> {
    desk.require_number("container_no", container_no)?;
    let plan = require_plan(desk.world, &body.batch_no)?;
    let known = find_box(desk.world, container_no)?;
    desk.require_own_place("destination", &plan.destination)?;
    let aboard = plan.boxes.get(container_no) == Some(&Stage::Loaded);
    if let Some(container) = &known {
        require_can_be_here(&plan, &body.batch_no, container, aboard)?;
    }
    require_in(&plan)?;
    let (open, next) = known.as_ref().map_or((&[][..], 1), |b| (&b.holds[..], b.next_hold));
    let mut found = desk.mismatches(open, next)?;
    if !aboard {
        hold_over(&mut found, &plan, &body.batch_no, container_no, known.as_deref());
    }
    if let Some(container) = &known {
        compare_seals(&mut found, container, &body.seals);
        if let Some(trip) = &container.trip {
            compare_sizes(&mut found, &trip.bound, &trip.size_type, &body.size_type);
        }
    }
    let off = BoxEvent::Discharged {
        by: desk.by(),
        place: plan.destination.clone(),
        batch_no: body.batch_no.clone(),
        seals: seal_numbers(&body.seals),
        damaged: body.condition == Condition::Damaged,
        clearance: PlaceCode::district_of(&plan.origin).into(),
    };
    let mut events = moved(container_no, off, found);
    let noted = PlanEvent::BoxDischarged { container_no: container_no.into(), over: !aboard };
    events.push(on_plan(&body.batch_no, noted));
    Ok(events)
}

/// A container that the barge did not load may still stand at its origin by the ledger: then it is
/// over, and held. From any other place it cannot have come.
fn require_can_be_here(
    plan: &Plan,
    batch_no: &str,
    container: &BoxRecord,
    aboard: bool,
) -> Result<(), Refusal> {
    let batch = container.trip.as_ref().and_then(|t| t.batch_no.as_deref());
    let on_board = container.holder.spot == Spot::Barge && (!aboard || batch == Some(batch_no));
    let at_origin = container.holder.spot == Spot::Yard && container.holder.place == plan.origin;
    if on_board || (!aboard && (at_origin || container.status == Status::Known)) {
        return Ok(());
    }
    let expected = format!("barge {}, batch {batch_no}", plan.conveyance_id);
    Err(Refusal::new(Rule::TwoPlaces, "place", container.holder.text(), expected))
}

fn hold_over(
    found: &mut Mismatches<'_>,
    plan: &Plan,
    batch_no: &str,
    container_no: &str,
    known: Option<&BoxRecord>,
) {
    let last = known.and_then(|b| Some((b.moved_by.as_ref()?, b.holder.text())));
    let (by, theirs) =
        last.unwrap_or_else(|| (&plan.by, format!("not on the load list of {batch_no}")));
    let ours = format!("{container_no} discharged, {batch_no}");
    found.raise(HoldKind::BoxSet, "container_no", by, theirs, ours);
}

/// Onto the sea-going ship.
pub(super) fn load_vessel(
    desk: Desk<'_>,
    container_no: &str,
    body: &VesselLoad,
) -> Result<Events, No> {
    desk.require_number("container_no", container_no)?;
    let container = require_box(desk.world, container_no)?;
    require_ship(desk.world, &body.conveyance_id)?;
    desk.require_own_place("place", &container.holder.place)?;
    let bill = bill_of(desk.world, &container)?;
    require_may_load_vessel(container_no, &container, bill.as_deref())?;
    let (Some(bill), Some(trip)) = (bill, &container.trip) else { return Ok(Events::new()) };
    let mut found = desk.mismatches(&container.holds, container.next_hold)?;
    if let Some((by, due)) = expected_ship(&bill, container_no) {
        let kind = HoldKind::Conveyance;
        found.same(kind, "conveyance_id", by, &due.conveyance_id, &body.conveyance_id);
        found.same(kind, "voyage", by, &due.voyage, &body.voyage);
    }
    compare_seals(&mut found, &container, &body.seals);
    compare_vgm(desk, &mut found, container_no, &bill, body.vgm_kg)?;
    let loaded = BoxEvent::LoadedVessel {
        by: desk.by(),
        vessel: body.conveyance_id.clone(),
        voyage: body.voyage.clone(),
        seals: seal_numbers(&body.seals),
        stowage: body.stowage.clone(),
        vgm_kg: body.vgm_kg,
        damaged: body.condition == Condition::Damaged,
    };
    let bill_no = trip.bill_no.clone();
    let mut events = moved(container_no, loaded, found);
    if let Some(doubt) = late_manifest(desk, &bill)? {
        events.push(on_bill(&bill_no, BillEvent::Doubted { doubt }));
    }
    Ok(events)
}

/// May a container in the hub's yard go on its ship?
pub(super) fn require_may_load_vessel(
    container_no: &str,
    container: &BoxRecord,
    bill: Option<&Bill>,
) -> Result<(), Refusal> {
    let Some(bill) = bill else {
        let expected = "a container on a bill";
        return Err(Refusal::new(Rule::WrongStatus, "bill_no", "none", expected));
    };
    bill.require_open()?;
    bill.require_flow(Flow::Export)?;
    let hub = bill.hub.as_ref().map_or("", |m| &m.customs_code);
    if container.holder.spot != Spot::Yard || container.yard_district() != hub {
        let expected = format!("a yard of district {hub}");
        return Err(Refusal::new(Rule::TwoPlaces, "place", container.holder.text(), expected));
    }
    if container.status != Status::Discharged {
        let expected = "discharged from a barge";
        let found = container.status.name();
        return Err(Refusal::new(Rule::WrongStatus, "status", found, expected));
    }
    if bill.withdrew(container_no) {
        let expected = "a container that is to sail";
        return Err(Refusal::new(Rule::NotOnBill, "container_no", "withdrawn", expected));
    }
    require_free(&container.holds)?;
    require_free(&bill.holds)?;
    bill.require_released()
}

/// The ship and voyage that a container is to sail with, and who says so. A container that was
/// rolled before its next ship was known may sail with any.
pub(super) fn expected_ship<'b>(
    bill: &'b Bill,
    container_no: &str,
) -> Option<(&'b super::state::By, &'b ShipVoyage)> {
    let manifest = bill.hub.as_ref().or(bill.river.as_ref())?;
    let listed = bill.boxes.get(container_no)?;
    match &listed.rolled_to {
        Some(next) => Some((&manifest.by, next)),
        None if listed.marks.has(super::marks::Mark::Rolled) => None,
        None => Some((&manifest.by, &manifest.conveyance)),
    }
}

/// The manifest's other data are due so long before loading (Decree 172): later is noted once.
fn late_manifest(desk: Desk<'_>, bill: &Bill) -> Result<Option<Doubt>, Unreadable> {
    let ahead = desk.parameter("manifest_before_loading_ms")?;
    let noted = bill.doubts.iter().any(|d| d.kind == DoubtKind::LateManifest);
    let Some(hub) = bill.hub.as_ref().filter(|_| !noted) else { return Ok(None) };
    if hub.by.at.saturating_add(ahead) <= desk.now.time {
        return Ok(None);
    }
    let found = format!("{} ms before loading", desk.now.time.saturating_sub(hub.by.at));
    let by = hub.by.clone();
    Ok(Some(Doubt { kind: DoubtKind::LateManifest, field: "manifest".into(), found, by }))
}

/// Off the sea-going ship: an import's trip begins.
pub(super) fn discharge_vessel(
    desk: Desk<'_>,
    container_no: &str,
    body: &VesselDischarge,
) -> Result<Events, No> {
    desk.require_number("container_no", container_no)?;
    desk.require_known_place("place", &body.place)?;
    let bill = require_bill(desk.world, &body.bill_no)?;
    let known = find_box(desk.world, container_no)?;
    require_ship(desk.world, &body.conveyance_id)?;
    desk.require_own_place("place", &body.place)?;
    bill.require_open()?;
    bill.require_flow(Flow::Import)?;
    if let Some(b) = known.as_ref().filter(|b| matches!(b.holder.spot, Spot::Yard | Spot::Barge)) {
        let expected = format!("vessel {}", body.conveyance_id);
        return Err(Refusal::new(Rule::TwoPlaces, "place", b.holder.text(), expected).into());
    }
    if let Some(b) = &known
        && !is_trip_over(desk.world, container_no, b)?
    {
        let found = b.trip.as_ref().map_or(String::new(), |t| t.bill_no.clone());
        let expected = "a container whose former bill is closed, withdrawn or tallied";
        let refusal = Refusal::new(Rule::TripNotOver, "bill_no", found, expected);
        return Err(refusal.mended_by(Remedy::Tally).into());
    }
    bill.require_twins()?;
    let (open, next) = known.as_ref().map_or((&[][..], 1), |b| (&b.holds[..], b.next_hold));
    let mut found = desk.mismatches(open, next)?;
    compare_with_bill(&mut found, container_no, &body.bill_no, &bill, &body.size_type);
    if let Some(hub) = &bill.hub {
        let (kind, stated) = (HoldKind::Conveyance, &hub.conveyance);
        found.same(kind, "conveyance_id", &hub.by, &stated.conveyance_id, &body.conveyance_id);
        found.same(kind, "voyage", &hub.by, &stated.voyage, &body.voyage);
        let code = PlaceCode::district_of(&body.place);
        found.same(HoldKind::CustomsCode, "place", &hub.by, &hub.customs_code, code);
    }
    let by = desk.by();
    let off = BoxEvent::VesselDischarged {
        trip: trip_of(&body.bill_no, &bill, &body.size_type, &by),
        by,
        place: body.place.clone(),
        seals: seal_numbers(&body.seals),
        damaged: body.condition == Condition::Damaged,
        clearance: bill.clearance().into(),
    };
    Ok(moved(container_no, off, found))
}
