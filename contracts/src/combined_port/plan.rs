//! Transfer plans: made by the wharf, taken by the carrier, sailed, arrived.

use alloc::{format, string::String, vec::Vec};

use countersign_record::Digest;

use super::{
    bodies::{
        BargeArrival, Departure, DischargeReport, LineMark, PlanAmendment, PlanConfirmation,
        TransferPlan,
    },
    events::{BoxEvent, PlanEvent, ShipEvent},
    holds::{HoldKind, require_free, some_of},
    reading::{
        Bills, find_box, find_plan, on_box, on_plan, on_ship, require_box, require_plan,
        require_ship,
    },
    state::{BoxRecord, Plan, PlanStage, Ship, Stage, Status},
};
use crate::{
    family::{Events, desk::Desk},
    refusal::{Refusal, Remedy, Rule},
    shared::Shared,
    world::{No, Unreadable},
};

/// The digest by which a carrier confirms a list of containers: SHA-256 over the numbers in
/// ascending order, each followed by a line feed.
pub fn container_list_hash<'a>(containers: impl IntoIterator<Item = &'a str>) -> Digest {
    let mut sorted: Vec<&str> = containers.into_iter().collect();
    sorted.sort_unstable();
    let lines: Vec<String> = sorted.into_iter().map(|c| format!("{c}\n")).collect();
    Digest::of_parts(&lines.iter().map(String::as_bytes).collect::<Vec<_>>())
}

/// A plan for released containers at the signer's place.
pub(super) fn make(desk: Desk<'_>, batch_no: &str, body: &TransferPlan) -> Result<Events, No> {
    for c in &body.containers {
        desk.require_number("containers", c)?;
    }
    desk.require_known_place("origin", &body.origin)?;
    desk.require_known_place("destination", &body.destination)?;
    let containers = body.containers.iter().map(String::as_str).collect::<Vec<_>>();
    let records = read_boxes(desk, &containers)?;
    let ship = require_ship(desk.world, &body.conveyance_id)?;
    require_barge(&ship, &body.voyage)?;
    desk.require_own_place("origin", &body.origin)?;
    require_ready_at(desk, &body.origin, &records)?;
    require_all_released(desk, &records)?;
    if find_plan(desk.world, batch_no)?.is_some() {
        let expected = "a batch number that was never used";
        return Err(Refusal::new(Rule::PlanExists, "batch_no", batch_no, expected).into());
    }
    let plan = Plan {
        by: desk.by(),
        conveyance_id: body.conveyance_id.clone(),
        voyage: body.voyage.clone(),
        origin: body.origin.clone(),
        destination: body.destination.clone(),
        stage: PlanStage::Planned,
        boxes: body.containers.iter().map(|c| (c.clone(), Stage::Planned)).collect(),
        eta: body.eta,
        confirmed: None,
        departed_at: None,
        transit_due: None,
        arrived_at: None,
    };
    Ok(alloc::vec![on_plan(batch_no, PlanEvent::Planned { plan, etd: body.etd })])
}

fn read_boxes<'c>(
    desk: Desk<'_>,
    containers: &[&'c str],
) -> Result<Vec<(&'c str, Shared<BoxRecord>)>, No> {
    containers.iter().map(|c| Ok((*c, require_box(desk.world, c)?))).collect()
}

fn require_barge(ship: &Ship, voyage: &str) -> Result<(), Refusal> {
    if ship.line_mark != LineMark::Branch {
        let expected = "branch: a barge";
        return Err(Refusal::new(Rule::ConveyanceNotFiled, "line_mark", "trunk", expected)
            .mended_by(Remedy::Carrier));
    }
    if !ship.voyages.contains_key(voyage) {
        let filed: Vec<&str> = ship.voyages.keys().map(String::as_str).collect();
        let expected = format!("a filed voyage: {}", some_of(&filed));
        return Err(Refusal::new(Rule::ConveyanceNotFiled, "voyage", voyage, expected)
            .mended_by(Remedy::Carrier));
    }
    Ok(())
}

/// Every container stands at the origin, ready, and free of holds.
fn require_ready_at(
    desk: Desk<'_>,
    origin: &str,
    records: &[(&str, Shared<BoxRecord>)],
) -> Result<(), No> {
    for (_, container) in records {
        container.require_yard(origin)?;
    }
    for (c, container) in records {
        require_ready(c, container)?;
    }
    for (_, container) in records {
        require_free(&container.holds)?;
    }
    let mut bills = Bills::new(desk.world);
    for (_, container) in records {
        if let Some(bill) = bills.of(container)? {
            require_free(&bill.holds)?;
        }
    }
    Ok(())
}

/// Nothing leaves segment 1 unreleased. An import is released at the river port, after the barge.
fn require_all_released(desk: Desk<'_>, records: &[(&str, Shared<BoxRecord>)]) -> Result<(), No> {
    let mut bills = Bills::new(desk.world);
    for (_, container) in records.iter().filter(|(_, c)| c.is_export()) {
        if let Some(bill) = bills.of(container)? {
            bill.require_released()?;
        }
    }
    Ok(())
}

/// A container is ready for a barge: arrived for export, off the ship for import.
pub(super) fn require_ready(c: &str, container: &BoxRecord) -> Result<(), Refusal> {
    let expected = if container.is_export() { Status::Arrived } else { Status::VesselDischarged };
    if container.trip.is_some() && container.status == expected {
        return Ok(());
    }
    let expected = if container.is_export() {
        "an arrival report before it is loaded"
    } else {
        "a discharge from the sea-going ship before it is loaded"
    };
    let found = format!("{c}: {}", container.status.name());
    Err(Refusal::new(Rule::WrongStatus, "status", found, expected))
}

/// The carrier takes the list that it saw, with a position device that is live (S11).
pub(super) fn confirm(
    desk: Desk<'_>,
    batch_no: &str,
    body: &PlanConfirmation,
) -> Result<Events, No> {
    let plan = require_plan(desk.world, batch_no)?;
    let ship = require_ship(desk.world, &plan.conveyance_id)?;
    desk.require_self("conveyance_id", &ship.by)?;
    require_at_origin(&plan)?;
    let right = container_list_hash(plan.boxes.keys().map(String::as_str));
    if body.containers_hash != right {
        let refusal = Refusal::new(Rule::PlanHash, "containers_hash", body.containers_hash, right);
        return Err(refusal.into());
    }
    require_live_device(desk, &ship)?;
    Ok(alloc::vec![on_plan(batch_no, PlanEvent::PlanConfirmed { by: desk.by() })])
}

fn require_at_origin(plan: &Plan) -> Result<(), Refusal> {
    if plan.stage == PlanStage::Planned {
        return Ok(());
    }
    let found = plan.stage.name();
    Err(Refusal::new(Rule::PlanLeft, "stage", found, "planned: the barge is still at the origin"))
}

fn require_live_device(desk: Desk<'_>, ship: &Ship) -> Result<(), No> {
    let gap = desk.parameter("position_gap_ms")?;
    let last = ship.position.as_ref().filter(|_| ship.device_id.is_some()).map(|p| p.at);
    if last.is_some_and(|at| at.saturating_add(gap) >= desk.now.time) {
        return Ok(());
    }
    let found = last.map_or_else(|| "no position".into(), |at| format!("last position at {at}"));
    let expected = format!("a position within {gap} ms");
    Err(Refusal::new(Rule::DeviceSilent, "position", found, expected)
        .mended_by(Remedy::Carrier)
        .into())
}

/// Another set of containers, before departure.
pub(super) fn amend(desk: Desk<'_>, batch_no: &str, body: &PlanAmendment) -> Result<Events, No> {
    for c in &body.containers {
        desk.require_number("containers", c)?;
    }
    let plan = require_plan(desk.world, batch_no)?;
    let added: Vec<String> =
        body.containers.iter().filter(|c| !plan.boxes.contains_key(*c)).cloned().collect();
    let removed: Vec<String> =
        plan.boxes.keys().filter(|c| !body.containers.contains(c)).cloned().collect();
    let names: Vec<&str> = added.iter().map(String::as_str).collect();
    let records = read_boxes(desk, &names)?;
    desk.require_self("plan", &plan.by)?;
    require_ready_at(desk, &plan.origin, &records)?;
    if added.is_empty() && removed.is_empty() {
        let expected = "a list that differs from the plan";
        return Err(
            Refusal::new(Rule::NothingToAmend, "containers", "the same list", expected).into()
        );
    }
    if let Some(loaded) = removed.iter().find(|c| plan.boxes.get(*c) == Some(&Stage::Loaded)) {
        let found = format!("without {loaded}");
        let expected = "a list with every container that is loaded";
        return Err(Refusal::new(Rule::BoxMoved, "containers", found, expected).into());
    }
    require_all_released(desk, &records)?;
    require_at_origin(&plan)?;
    let reason = body.reason.clone();
    let amended = PlanEvent::PlanAmended { by: desk.by(), reason, added, removed };
    Ok(alloc::vec![on_plan(batch_no, amended)])
}

/// The barge sails: what is loaded is what was planned, and nothing on board is held.
pub(super) fn depart(desk: Desk<'_>, batch_no: &str, body: &Departure) -> Result<Events, No> {
    let plan = require_plan(desk.world, batch_no)?;
    let ship = require_ship(desk.world, &plan.conveyance_id)?;
    desk.require_self("conveyance_id", &ship.by)?;
    require_cargo_free(desk, &plan)?;
    require_at_origin(&plan)?;
    require_confirmed(&plan)?;
    let missing: Vec<&str> = plan.boxes_at(Stage::Planned);
    if !missing.is_empty() || plan.boxes.is_empty() {
        let loaded = plan.boxes.len() - missing.len();
        let found = format!("{loaded} loaded, without {}", some_of(&missing));
        let expected = format!("{} as planned, or an amended plan", plan.boxes.len());
        return Err(Refusal::new(Rule::LoadListIncomplete, "containers", found, expected)
            .mended_by(Remedy::OriginWharf)
            .into());
    }
    if let Some(other) = &ship.batch_no {
        let found = format!("under way with {other}");
        return Err(Refusal::new(Rule::BargeBusy, "batch_no", found, "moored").into());
    }
    let departed = PlanEvent::Departed {
        by: desk.by(),
        departure_time: body.departure_time,
        due: desk.after("transit_sla_ms")?,
    };
    let under_way =
        ShipEvent::UnderWay { batch_no: batch_no.into(), due: desk.after("position_gap_ms")? };
    Ok(alloc::vec![on_plan(batch_no, departed), on_ship(&plan.conveyance_id, under_way)])
}

fn require_cargo_free(desk: Desk<'_>, plan: &Plan) -> Result<(), No> {
    let mut bills = Bills::new(desk.world);
    for c in plan.boxes_at(Stage::Loaded) {
        let Some(container) = find_box(desk.world, c)? else { continue };
        require_free(&container.holds)?;
        if let Some(bill) = bills.of(&container)? {
            require_free(&bill.holds)?;
        }
    }
    Ok(())
}

/// Refuses a plan that the carrier has not taken.
pub(super) fn require_confirmed(plan: &Plan) -> Result<(), Refusal> {
    if plan.confirmed.is_some() {
        return Ok(());
    }
    let expected = "the carrier's confirmation of this list";
    Err(Refusal::new(Rule::PlanNotConfirmed, "plan_confirmation", "none", expected)
        .mended_by(Remedy::Carrier))
}

/// The barge is in.
pub(super) fn arrive(desk: Desk<'_>, batch_no: &str, body: &BargeArrival) -> Result<Events, No> {
    let plan = require_plan(desk.world, batch_no)?;
    desk.require_own_place("destination", &plan.destination)?;
    if plan.stage != PlanStage::UnderWay {
        let found = plan.stage.name();
        let refusal = Refusal::new(Rule::NotUnderWay, "stage", found, "under way");
        return Err(refusal.mended_by(Remedy::Carrier).into());
    }
    let arrived = PlanEvent::BargeArrived { by: desk.by(), arrival_time: body.arrival_time };
    let moored = ShipEvent::Moored { batch_no: batch_no.into() };
    Ok(alloc::vec![on_plan(batch_no, arrived), on_ship(&plan.conveyance_id, moored)])
}

/// Refuses a plan whose barge is not at its destination.
pub(super) fn require_in(plan: &Plan) -> Result<(), Refusal> {
    if plan.stage == PlanStage::Arrived {
        return Ok(());
    }
    let found = plan.stage.name();
    Err(Refusal::new(Rule::BargeNotIn, "stage", found, "arrived").mended_by(Remedy::HubWharf))
}

/// Nothing more comes off: what was loaded and is not here is short, and held.
pub(super) fn end(desk: Desk<'_>, batch_no: &str, _: &DischargeReport) -> Result<Events, No> {
    let plan = require_plan(desk.world, batch_no)?;
    desk.require_own_place("destination", &plan.destination)?;
    require_in(&plan)?;
    let short: Vec<String> = plan.boxes_at(Stage::Loaded).into_iter().map(String::from).collect();
    let mut events = Vec::new();
    for c in &short {
        events.extend(hold_short(desk, batch_no, c)?);
    }
    events.insert(0, on_plan(batch_no, PlanEvent::DischargeEnded { by: desk.by(), short }));
    Ok(events)
}

fn hold_short(desk: Desk<'_>, batch_no: &str, c: &str) -> Result<Events, Unreadable> {
    let Some(container) = find_box(desk.world, c)? else { return Ok(Vec::new()) };
    let Some(by) = &container.moved_by else { return Ok(Vec::new()) };
    let mut found = desk.mismatches(&container.holds, container.next_hold)?;
    let (loaded, short) = (format!("loaded, {batch_no}"), format!("not discharged, {batch_no}"));
    found.raise(HoldKind::BoxSet, "container_no", by, loaded, short);
    let held = found.raised.into_iter();
    Ok(held.map(|hold| on_box(c, BoxEvent::Held { hold })).collect())
}

impl Plan {
    /// The containers that have come so far.
    pub(super) fn boxes_at(&self, stage: Stage) -> Vec<&str> {
        self.boxes.iter().filter(|(_, s)| **s == stage).map(|(c, _)| c.as_str()).collect()
    }
}

impl PlanStage {
    /// The word in documents.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::UnderWay => "under way",
            Self::Arrived => "arrived",
            Self::Ended => "ended",
            Self::Void => "void",
        }
    }
}

impl Status {
    /// The word in documents.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Known => "known",
            Self::GatedIn => "gated in",
            Self::Arrived => "arrived",
            Self::LoadedBarge => "loaded on a barge",
            Self::Discharged => "discharged from a barge",
            Self::LoadedVessel => "loaded on a sea-going ship",
            Self::VesselDischarged => "discharged from a sea-going ship",
            Self::GatedOut => "gated out",
            Self::Returned => "returned",
        }
    }
}
