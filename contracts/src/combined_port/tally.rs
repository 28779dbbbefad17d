//! Tally: what was counted on or off the sea-going ship, and the closing that follows from it.

use alloc::{format, string::String, vec::Vec};

use super::{
    bodies::{Tally, TallyOutcome, TallyRow, TallyType},
    events::BillEvent,
    holds::{HoldKind, Mismatches},
    hub::expected_ship,
    marks::Mark,
    reading::{find_box, on_bill, require_bill, require_ship, with_closing},
    state::{Bill, By, Flow, Ship, Spot},
};
use crate::{
    family::{Events, desk::Desk},
    refusal::{Refusal, Remedy, Rule},
    world::{No, Unreadable},
};

/// A tally of one voyage.
pub(super) fn tally(desk: Desk<'_>, bill_no: &str, body: &Tally) -> Result<Events, No> {
    for row in &body.rows {
        desk.require_number("rows", &row.container_no)?;
    }
    let bill = require_bill(desk.world, bill_no)?;
    let ship = require_ship(desk.world, &body.conveyance_id)?;
    bill.require_open()?;
    let flow = match body.message_type {
        TallyType::Mt5101 => Flow::Import,
        TallyType::Mt5102 => Flow::Export,
    };
    bill.require_flow(flow)?;
    require_sailed(&ship, body, flow)?;
    require_untallied(&bill, &body.rows)?;

    let unseen = unseen(&bill, body);
    let tallied = BillEvent::Tallied {
        by: desk.by(),
        voyage: body.voyage.clone(),
        rows: body.rows.clone(),
        unseen,
    };
    let after = bill.clone().take().after(&tallied);
    let mut found = desk.mismatches(&bill.holds, bill.next_hold)?;
    compare_ship(&mut found, &bill, body);
    compare_boxes(desk, &mut found, bill_no, &bill, body)?;
    if let (true, Some(manifest)) =
        (after.is_tallied(), after.hub.as_ref().or(after.river.as_ref()))
    {
        let (kind, counted) = (HoldKind::Packages, after.packages_tallied);
        found.same(
            kind,
            "packages",
            &manifest.by,
            expected_packages(&after, manifest.packages),
            counted,
        );
    }
    let mut events = alloc::vec![tallied];
    events.extend(found.raised.into_iter().map(|hold| BillEvent::Held { hold }));
    let events = with_closing(&bill, events, desk.now);
    Ok(events.into_iter().map(|e| on_bill(bill_no, e)).collect())
}

/// Where a container was withdrawn the manifest's packages cannot be compared with the count.
fn expected_packages(bill: &Bill, manifest: u64) -> u64 {
    let partial = bill.boxes.values().any(|b| b.marks.has(Mark::Withdrawn));
    if partial { bill.packages_tallied } else { manifest }
}

fn require_sailed(ship: &Ship, body: &Tally, flow: Flow) -> Result<(), Refusal> {
    let sailed = ship.voyages.get(&body.voyage).and_then(|v| v.sailed_at);
    // An import is tallied while it is unloaded.
    if flow == Flow::Import || sailed.is_some() {
        return Ok(());
    }
    let found = format!("{} not sailed", body.voyage);
    Err(Refusal::new(Rule::VesselNotSailed, "voyage", found, "a vessel departure")
        .mended_by(Remedy::HubWharf))
}

fn require_untallied(bill: &Bill, rows: &[TallyRow]) -> Result<(), Refusal> {
    let tallied = |row: &&TallyRow| {
        bill.boxes.get(&row.container_no).is_some_and(|b| b.marks.has(Mark::Tallied))
    };
    match rows.iter().find(tallied) {
        None => Ok(()),
        Some(row) => {
            let expected = "a container that is not tallied yet";
            Err(Refusal::new(Rule::TalliedAlready, "rows", &row.container_no, expected))
        }
    }
}

/// The containers expected on this voyage that the tally does not name: short.
fn unseen(bill: &Bill, body: &Tally) -> Vec<String> {
    let expected = |c: &&str| {
        let settled = bill.boxes.get(*c).is_some_and(|b| b.marks.is_settled());
        let due = expected_ship(bill, c).is_some_and(|(_, s)| s.voyage == body.voyage);
        let named = body.rows.iter().any(|r| r.container_no == **c);
        due && !settled && !named
    };
    bill.containers().into_iter().filter(expected).map(String::from).collect()
}

/// Voyage and ship: manifest = tally (S21).
fn compare_ship(found: &mut Mismatches<'_>, bill: &Bill, body: &Tally) {
    for row in body.rows.iter().filter(|r| r.result != TallyOutcome::Short) {
        let Some((by, due)) = expected_ship(bill, &row.container_no) else { continue };
        let kind = HoldKind::Conveyance;
        found.same(kind, "conveyance_id", by, &due.conveyance_id, &body.conveyance_id);
        found.same(kind, "voyage", by, &due.voyage, &body.voyage);
    }
}

/// Container numbers: manifest = vessel load = tally.
fn compare_boxes(
    desk: Desk<'_>,
    found: &mut Mismatches<'_>,
    bill_no: &str,
    bill: &Bill,
    body: &Tally,
) -> Result<(), Unreadable> {
    let Some(manifest) = bill.hub.as_ref().or(bill.river.as_ref()) else { return Ok(()) };
    for row in body.rows.iter().filter(|r| r.result != TallyOutcome::Short) {
        let c = &row.container_no;
        if !bill.lists(c) || row.result == TallyOutcome::Over {
            let theirs = format!("{c} not on the manifest");
            over(found, &manifest.by, theirs, c, &body.voyage);
            continue;
        }
        let container = find_box(desk.world, c)?;
        let bound = container.filter(|b| b.is_bound_for(bill_no));
        let there = match bill.flow {
            Flow::Export => bound.as_ref().is_some_and(|b| {
                b.holder.spot == Spot::Vessel && b.holder.place == body.conveyance_id
            }),
            Flow::Import => bound.is_some(),
        };
        if !there {
            let last = bound.as_ref().and_then(|b| Some((b.moved_by.as_ref()?, b.holder.text())));
            let none = || (&manifest.by, String::from("never seen in the ports"));
            let (by, place) = last.unwrap_or_else(none);
            over(found, by, format!("{c} in {place}"), c, &body.voyage);
        }
    }
    Ok(())
}

fn over(found: &mut Mismatches<'_>, by: &By, theirs: String, c: &str, voyage: &str) {
    let ours = format!("{c} tallied on {voyage}");
    found.raise(HoldKind::Containers, "container_no", by, theirs, ours);
}
