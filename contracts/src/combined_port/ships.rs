//! Ships: filing, positions, sailing and unloading (S11, S21).

use alloc::{format, string::String, vec::Vec};

use super::{
    bodies::{ConveyanceFiling, LineMark, Position, VesselDeparture, VesselUnloaded},
    events::{BillEvent, ShipEvent},
    hub::expected_ship,
    reading::{find_ship, on_bill, on_ship, require_bill, require_ship},
    state::{Bill, Fix, Flow, Ship},
};
use crate::{
    family::{Events, desk::Desk},
    limits::{VOYAGE_UNIQUE_MS, VOYAGES_PER_SHIP_MAX},
    membership::Role,
    refusal::{Refusal, Remedy, Rule},
    world::No,
};

/// A ship is filed, or filed again with more voyages.
pub(super) fn file(desk: Desk<'_>, id: &str, body: &ConveyanceFiling) -> Result<Events, No> {
    let role = if body.line_mark == LineMark::Branch { Role::Carrier } else { Role::Agent };
    if !desk.actor.is(role) {
        let found = desk.actor.roles.iter().map(|r| r.name()).collect::<Vec<_>>().join(", ");
        return Err(Refusal::new(Rule::WrongRole, "roles", found, role.name()).into());
    }
    if let Some(ship) = find_ship(desk.world, id)? {
        let live = |filed_at: u64| filed_at.saturating_add(VOYAGE_UNIQUE_MS) > desk.now.time;
        let kept = ship.voyages.values().filter(|v| live(v.filed_at)).count();
        if kept + body.voyages.len() > VOYAGES_PER_SHIP_MAX {
            let found = kept + body.voyages.len();
            let expected = format!("at most {VOYAGES_PER_SHIP_MAX} a year");
            return Err(Refusal::new(Rule::FieldValue, "voyages", found, expected).into());
        }
        desk.require_self("conveyance_id", &ship.by)?;
        let filed = |v: &&String| ship.voyages.get(*v).is_some_and(|f| live(f.filed_at));
        if let Some(voyage) = body.voyages.iter().find(filed) {
            let expected = "a voyage number that is new for this ship and year";
            return Err(Refusal::new(Rule::VoyageFiled, "voyages", voyage, expected).into());
        }
    }
    let filed = ShipEvent::Filed {
        by: desk.by(),
        name: body.name.clone(),
        line_mark: body.line_mark,
        voyages: body.voyages.clone(),
        device_id: body.device_id.clone(),
        device_key: body.device_key,
    };
    Ok(alloc::vec![on_ship(id, filed)])
}

/// What a position device signs: the ship and what it measured, in lines of text.
pub fn position_proof(conveyance_id: &str, body: &Position) -> Vec<u8> {
    let (lat, lon, speed) = (body.lat_e7, body.lon_e7, body.speed_cm_s);
    let device = &body.device_id;
    format!("countersign position\n{conveyance_id}\n{device}\n{lat}\n{lon}\n{speed}\n{}", body.utc)
        .into_bytes()
}

/// Where a barge is.
pub(super) fn position(desk: Desk<'_>, id: &str, body: &Position) -> Result<Events, No> {
    let ship = require_ship(desk.world, id)?;
    desk.require_self("conveyance_id", &ship.by)?;
    let last = ship.position.as_ref().map_or(0, |p| p.utc);
    if body.utc <= last {
        let expected = format!("later than the last position, {last}");
        return Err(Refusal::new(Rule::WrongStatus, "utc", body.utc, expected).into());
    }
    require_device(id, &ship, body)?;
    let position = Fix {
        lat_e7: body.lat_e7,
        lon_e7: body.lon_e7,
        speed_cm_s: body.speed_cm_s,
        utc: body.utc,
        at: desk.now.time,
    };
    // Only a barge under way owes its next signal.
    let due = match ship.batch_no {
        Some(_) => Some(desk.after("position_gap_ms")?),
        None => None,
    };
    Ok(alloc::vec![on_ship(id, ShipEvent::Positioned { position, due })])
}

fn require_device(id: &str, ship: &Ship, body: &Position) -> Result<(), Refusal> {
    let filed = ship.device_id.as_deref().unwrap_or("none filed");
    if body.device_id != filed {
        return Err(Refusal::new(Rule::DeviceDiffers, "device_id", &body.device_id, filed)
            .mended_by(Remedy::Carrier));
    }
    let Some(key) = &ship.device_key else { return Ok(()) };
    let proof = position_proof(id, body);
    if body.signature.as_ref().is_some_and(|s| key.verifies(&proof, s)) {
        return Ok(());
    }
    let expected = "a signature of the filed device";
    Err(Refusal::new(Rule::DeviceDiffers, "signature", "none that fits", expected))
}

/// A sea-going ship has sailed: the tally of the bills on board is due.
pub(super) fn sail(desk: Desk<'_>, id: &str, body: &VesselDeparture) -> Result<Events, No> {
    let due = desk.after("tally_after_departure_ms")?;
    let mut events = report(desk, id, &body.voyage, &body.bills, Flow::Export, due)?;
    let (voyage, bills) = (body.voyage.clone(), body.bills.clone());
    events.insert(0, on_ship(id, ShipEvent::Sailed { by: desk.by(), voyage, bills }));
    Ok(events)
}

/// A sea-going ship was unloaded: the tally of the bills is due.
pub(super) fn unload(desk: Desk<'_>, id: &str, body: &VesselUnloaded) -> Result<Events, No> {
    let due = desk.after("tally_after_unloading_ms")?;
    let mut events = report(desk, id, &body.voyage, &body.bills, Flow::Import, due)?;
    let (voyage, bills) = (body.voyage.clone(), body.bills.clone());
    events.insert(0, on_ship(id, ShipEvent::Unloaded { by: desk.by(), voyage, bills }));
    Ok(events)
}

fn report(
    desk: Desk<'_>,
    id: &str,
    voyage: &str,
    bill_nos: &[String],
    flow: Flow,
    due: u64,
) -> Result<Events, No> {
    let mut bills = Vec::new();
    for bill_no in bill_nos {
        bills.push((bill_no, require_bill(desk.world, bill_no)?));
    }
    let ship = require_ship(desk.world, id)?;
    if !ship.voyages.contains_key(voyage) {
        let expected = "a voyage that the ship's agent has filed";
        let refusal = Refusal::new(Rule::ConveyanceNotFiled, "voyage", voyage, expected);
        return Err(refusal.mended_by(Remedy::Agent).into());
    }
    for (_, bill) in &bills {
        bill.require_open()?;
    }
    for (_, bill) in &bills {
        bill.require_flow(flow)?;
    }
    for (bill_no, bill) in &bills {
        if !sails_on(bill, id, voyage) {
            let found = format!("{bill_no}, {id} {voyage}");
            let expected = "a bill whose manifest names this ship and voyage";
            let refusal = Refusal::new(Rule::NotOnVoyage, "bills", found, expected);
            return Err(refusal.mended_by(Remedy::Agent).into());
        }
    }
    let awaited = |no: &str| on_bill(no, BillEvent::TallyAwaited { voyage: voyage.into(), due });
    // A bill whose last container is tallied waits for no tally.
    Ok(bills.iter().filter(|(_, b)| !b.is_tallied()).map(|(no, _)| awaited(no)).collect())
}

fn sails_on(bill: &Bill, id: &str, voyage: &str) -> bool {
    let on = |c: &&str| match expected_ship(bill, c) {
        Some((_, due)) => due.conveyance_id == id && due.voyage == voyage,
        // Rolled before its next ship was known: it may be this one.
        None => true,
    };
    bill.containers().iter().any(on)
}
