//! Manifests: the twins, their agreement, and their amendment.

use alloc::{format, string::String, vec::Vec};

use super::{
    bodies::{LineMark, Manifest, ManifestAmendment, MessageType, ShipVoyage},
    events::BillEvent,
    holds::{HoldKind, Mismatches},
    marks::Mark,
    reading::{find_bill, find_box, on_bill, require_bill, require_ship, with_closing},
    state::{Bill, Flow, SentManifest, Ship, Spot},
};
use crate::{
    family::{Events, desk::Desk},
    refusal::{Refusal, Remedy, Rule},
    world::{No, Unreadable},
};

/// One of the twin manifests.
pub(super) fn send(desk: Desk<'_>, bill_no: &str, body: &Manifest) -> Result<Events, No> {
    for c in &body.containers {
        desk.require_number("containers", &c.container_no)?;
    }
    desk.require_known_district("customs_code", &body.customs_code)?;
    desk.require_known_place("location", &body.location)?;
    let ship = require_ship(desk.world, &body.conveyance_id)?;
    let before = find_bill(desk.world, bill_no)?;
    let flow = match body.message_type {
        MessageType::Mt2101 => Flow::Export,
        MessageType::Mt1101 => Flow::Import,
    };
    let manifest = SentManifest {
        by: desk.by(),
        customs_code: body.customs_code.clone(),
        location: body.location.clone(),
        conveyance: ShipVoyage {
            conveyance_id: body.conveyance_id.clone(),
            name: body.name.clone(),
            voyage: body.voyage.clone(),
        },
        packages: u64::from(body.packages),
        gross_g: body.gross_g,
    };
    if let Some(bill) = &before {
        require_room(bill, body, flow)?;
    }
    let (open, next) = before.as_ref().map_or((&[][..], 1), |b| (&b.holds[..], b.next_hold));
    let mut found = desk.mismatches(open, next)?;
    compare_with_filing(&mut found, &ship, &manifest.conveyance);
    let twin = before.as_ref().and_then(|b| match body.line_mark {
        LineMark::Branch => b.hub.as_ref(),
        LineMark::Trunk => b.river.as_ref(),
    });
    if let (Some(bill), Some(twin)) = (&before, twin) {
        compare_twins(&mut found, bill, twin, &manifest, body);
    }
    let sent = BillEvent::Manifested {
        flow,
        twin: body.line_mark,
        manifest,
        containers: body.containers.clone(),
    };
    let held = found.raised.into_iter().map(|hold| BillEvent::Held { hold });
    Ok(core::iter::once(sent).chain(held).map(|e| on_bill(bill_no, e)).collect())
}

fn require_room(bill: &Bill, body: &Manifest, flow: Flow) -> Result<(), Refusal> {
    bill.require_open()?;
    let (same, mark) = match body.line_mark {
        LineMark::Branch => (&bill.river, "branch"),
        LineMark::Trunk => (&bill.hub, "trunk"),
    };
    if let Some(sent) = same {
        let expected = format!("an amendment of the manifest of entry {}", sent.by.entry);
        return Err(Refusal::new(Rule::TwinSent, "line_mark", mark, expected));
    }
    let any = bill.river.is_some() || bill.hub.is_some();
    if any && bill.flow != flow {
        let found = if flow == Flow::Export { "MT2101" } else { "MT1101" };
        let expected = if flow == Flow::Export { "MT1101" } else { "MT2101" };
        return Err(Refusal::new(Rule::OtherDirection, "message_type", found, expected));
    }
    Ok(())
}

/// Voyage and ship: manifest = conveyance filing (S21).
fn compare_with_filing(found: &mut Mismatches<'_>, ship: &Ship, stated: &ShipVoyage) {
    found.same(HoldKind::Conveyance, "name", &ship.by, &ship.name, &stated.name);
    if !ship.voyages.contains_key(&stated.voyage) {
        let filed: Vec<&str> = ship.voyages.keys().map(String::as_str).collect();
        let filed = super::holds::some_of(&filed);
        found.raise(HoldKind::Conveyance, "voyage", &ship.by, filed, stated.voyage.clone());
    }
}

/// The hub-coded twin differs only in code and place (S20).
fn compare_twins(
    found: &mut Mismatches<'_>,
    bill: &Bill,
    twin: &SentManifest,
    manifest: &SentManifest,
    body: &Manifest,
) {
    let (a, b) = (&twin.conveyance, &manifest.conveyance);
    let kind = HoldKind::Twin;
    found.same(kind, "conveyance_id", &twin.by, &a.conveyance_id, &b.conveyance_id);
    found.same(kind, "voyage", &twin.by, &a.voyage, &b.voyage);
    found.same(kind, "packages", &twin.by, twin.packages, manifest.packages);
    found.same(kind, "gross_g", &twin.by, twin.gross_g, manifest.gross_g);
    let mark = if body.line_mark == LineMark::Branch { Mark::Hub } else { Mark::River };
    let theirs = bill.marked(mark);
    let ours: Vec<&str> = body.containers.iter().map(|c| c.container_no.as_str()).collect();
    found.same_set(kind, &twin.by, &theirs, &ours);
    let sizes = body.containers.iter().filter_map(|c| {
        let known = bill.boxes.get(&c.container_no)?;
        (known.size_type != c.size_type).then_some((known, c))
    });
    if let Some((known, c)) = sizes.into_iter().next() {
        let text = |size: &str| format!("{} {size}", c.container_no);
        found.raise(kind, "size_type", &twin.by, text(&known.size_type), text(&c.size_type));
    }
}

/// A change of both twins.
pub(super) fn amend(desk: Desk<'_>, bill_no: &str, body: &ManifestAmendment) -> Result<Events, No> {
    for c in body.containers.iter().flatten() {
        desk.require_number("containers", &c.container_no)?;
    }
    let bill = require_bill(desk.world, bill_no)?;
    let ship = match &body.conveyance {
        Some(c) => Some(require_ship(desk.world, &c.conveyance_id)?),
        None => None,
    };
    let mut senders = bill.river.iter().chain(&bill.hub).map(|m| &m.by);
    if !senders.clone().any(|by| by.party == desk.actor.id)
        && let Some(sender) = senders.next()
    {
        desk.require_self("manifest", sender)?;
    }
    bill.require_open()?;
    for c in body.rolled.iter().flatten() {
        bill.require_listed(c)?;
    }
    require_change(&bill, body)?;
    require_unmoved(desk, bill_no, &bill, body)?;
    require_ashore(desk, bill_no, &bill, body)?;
    require_unreleased(&bill, body)?;

    let amended = BillEvent::ManifestAmended {
        by: desk.by(),
        reason: body.reason.clone(),
        containers: body.containers.clone(),
        packages: body.packages.map(u64::from),
        gross_g: body.gross_g,
        conveyance: body.conveyance.clone(),
        rolled: body.rolled.clone(),
    };
    let after = bill.clone().take().after(&amended);
    let mut found = desk.mismatches(&after.holds, after.next_hold)?;
    if let (Some(ship), Some(stated)) = (&ship, &body.conveyance) {
        compare_with_filing(&mut found, ship, stated);
    }
    compare_with_declaration(desk, &mut found, &after)?;
    let mut events = alloc::vec![amended];
    events.extend(found.raised.into_iter().map(|hold| BillEvent::Held { hold }));
    let events = with_closing(&bill, events, desk.now);
    Ok(events.into_iter().map(|e| on_bill(bill_no, e)).collect())
}

fn require_change(bill: &Bill, body: &ManifestAmendment) -> Result<(), Refusal> {
    let mut sent = bill.river.iter().chain(&bill.hub);
    let same = |listed: &super::bodies::ManifestContainer| {
        bill.boxes.get(&listed.container_no).is_some_and(|b| {
            b.marks.is_manifested()
                && b.size_type == listed.size_type
                && b.gross_g == listed.gross_g
                && b.tare_g == listed.tare_g
        })
    };
    let listed = bill.boxes.values().filter(|b| b.marks.is_manifested()).count();
    let keeps_list =
        body.containers.as_ref().is_none_or(|c| c.len() == listed && c.iter().all(same));
    let keeps_rest = sent.all(|m| {
        body.packages.is_none_or(|p| u64::from(p) == m.packages)
            && body.gross_g.is_none_or(|g| g == m.gross_g)
            && body.conveyance.as_ref().is_none_or(|c| *c == m.conveyance)
    });
    if keeps_list && keeps_rest && body.rolled.is_none() {
        let expected = "a value that differs from the manifest";
        return Err(Refusal::new(Rule::NothingToAmend, "manifest", "the same values", expected));
    }
    Ok(())
}

/// What has begun its trip on this bill stays on its list.
fn require_unmoved(
    desk: Desk<'_>,
    bill_no: &str,
    bill: &Bill,
    body: &ManifestAmendment,
) -> Result<(), No> {
    let Some(containers) = &body.containers else { return Ok(()) };
    for (c, known) in bill.boxes.iter().filter(|(_, b)| b.marks.is_manifested()) {
        let kept = containers.iter().any(|k| k.container_no == *c);
        if !kept && (known.marks.is_settled() || is_bound(desk, bill_no, c)?) {
            let expected = "a list with every container that has moved";
            let refusal =
                Refusal::new(Rule::BoxMoved, "containers", format!("without {c}"), expected);
            return Err(refusal.into());
        }
    }
    Ok(())
}

/// Whether a container is on its trip for this bill.
pub(super) fn is_bound(desk: Desk<'_>, bill_no: &str, c: &str) -> Result<bool, Unreadable> {
    Ok(find_box(desk.world, c)?.is_some_and(|b| b.is_bound_for(bill_no)))
}

/// The conveyance may change without a penalty record (S5), but only before the sea-going ship
/// has the goods.
fn require_ashore(
    desk: Desk<'_>,
    bill_no: &str,
    bill: &Bill,
    body: &ManifestAmendment,
) -> Result<(), No> {
    let moved: Vec<&str> = match (&body.rolled, &body.conveyance) {
        (Some(rolled), _) => rolled.iter().map(String::as_str).collect(),
        (None, Some(_)) if bill.flow == Flow::Export => bill.containers(),
        _ => Vec::new(),
    };
    for c in moved {
        let aboard = find_box(desk.world, c)?
            .is_some_and(|b| b.holder.spot == Spot::Vessel && b.is_bound_for(bill_no));
        let tallied = bill.boxes.get(c).is_some_and(|b| b.marks.has(Mark::Tallied));
        if aboard || tallied {
            let refusal = Refusal::new(Rule::VesselLoaded, "container_no", c, "a container ashore");
            return Err(refusal.into());
        }
    }
    Ok(())
}

/// A release covers the list that customs saw; only what the tally found on top may join it.
fn require_unreleased(bill: &Bill, body: &ManifestAmendment) -> Result<(), Refusal> {
    if bill.release_1.is_none() {
        return Ok(());
    }
    let joins = |c: &str| {
        !bill.boxes.get(c).is_some_and(|b| b.marks.is_manifested() || b.marks.has(Mark::Over))
    };
    let containers = body.containers.iter().flatten();
    match containers.map(|c| c.container_no.as_str()).find(|c| joins(c)) {
        None => Ok(()),
        Some(c) => {
            let expected = "no new container after release; customs takes the release back first";
            Err(Refusal::new(Rule::AlreadyReleased, "containers", c, expected)
                .mended_by(Remedy::ClearanceCustoms))
        }
    }
}

/// Packages, weight, containers and place of the declaration against the manifest.
pub(super) fn compare_with_declaration(
    desk: Desk<'_>,
    found: &mut Mismatches<'_>,
    bill: &Bill,
) -> Result<(), Unreadable> {
    let Some(manifest) = bill.river.as_ref().or(bill.hub.as_ref()) else { return Ok(()) };
    let Some(declared) = &bill.declaration else { return Ok(()) };
    // The later of the two statements is the one that the actor makes now.
    let (by, flip) = if declared.by.entry == desk.actor.entry {
        (&manifest.by, false)
    } else {
        (&declared.by, true)
    };
    let order = |m: u64, d: u64| if flip { (d, m) } else { (m, d) };
    if let Some(packages) = declared.packages {
        let (a, b) = order(manifest.packages, packages);
        found.same(HoldKind::Packages, "packages", by, a, b);
    }
    if let Some(gross_g) = declared.gross_g {
        let (a, b) = order(manifest.gross_g, gross_g);
        let tolerance = desk.parameter("gross_tolerance_permille")?;
        found.weight("gross_g", by, a, b, tolerance);
        let (m, d) = (bill.containers(), bill.marked(Mark::Declared));
        let d: Vec<&str> = d.into_iter().filter(|c| !bill.withdrew(c)).collect();
        let (a, b) = if flip { (&d, &m) } else { (&m, &d) };
        found.same_set(HoldKind::Containers, by, a, b);
    }
    Ok(())
}
