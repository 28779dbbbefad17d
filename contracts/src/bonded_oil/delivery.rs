//! Deliveries: the barge's note, the ship's own figures, and the surveyor where they differ.

use alloc::{boxed::Box, format};

use super::{
    bodies::{Confirmation, Delivery, Settlement},
    events::DeliveryEvent,
    mass::differs,
    product::{Book, require_product},
    reading::{
        application_of, find_delivery, month_of, on_delivery, on_share, require_application,
        require_delivery, tonnes,
    },
    state::{Application, Basis, DeliveryRecord, DeliveryStage, Due, Settled, ShipStatement},
};
use crate::{
    calendar::Day,
    evidence::ties::require_evidence,
    family::{Events, desk::Desk},
    identifiers::PlaceCode,
    limits::DELIVERIES_PER_APPLICATION_MAX,
    refusal::{Refusal, Remedy, Rule},
    world::No,
};

/// The bunker barge states a delivery.
pub(super) fn deliver(desk: Desk<'_>, bdn_no: &str, body: &Delivery) -> Result<Events, No> {
    desk.require_known_place("port", &body.port)?;
    let no = &body.application_no;
    let application = require_application(desk.world, no)?;
    desk.require_named("delivery", &application.barge_party, Remedy::BunkerBarge)?;
    require_new_note(desk, bdn_no, &application)?;
    require_product(&application.product, &body.product)?;
    Book::open(desk)?.require_fuel(body)?;
    application.require_acknowledged()?;
    require_as_approved(&application, body)?;
    application.require_out(body.measured.qty_kg)?;
    let days = desk.parameter("declaration_days")?;
    let declare_by = Day::of(desk.now.time).month_end().plus(days).end_ms();
    let confirm_by = desk.after("confirmation_ms")?;
    let delivery = DeliveryRecord {
        by: desk.by(),
        note: body.clone(),
        account_no: application.account_no.clone(),
        supplier: application.by.party.clone(),
        ship_party: application.ship_party.clone(),
        supply_district: application.supply_district.clone(),
        receiving_district: application.receiving_district.clone(),
        period: month_of(desk.now.time),
        stage: DeliveryStage::Stated,
        declaration_due: Due { by: declare_by, overdue: false },
        confirmation_due: Some(Due { by: confirm_by, overdue: false }),
        dispute_due: None,
        ship: None,
        settled: None,
        declaration_no: None,
    };
    let counted = on_share(no, bdn_no, body.measured.qty_kg, DeliveryStage::Stated);
    Ok(alloc::vec![
        on_delivery(bdn_no, DeliveryEvent::Delivered { delivery: Box::new(delivery) }),
        counted
    ])
}

fn require_new_note(desk: Desk<'_>, bdn_no: &str, application: &Application) -> Result<(), No> {
    if find_delivery(desk.world, bdn_no)?.is_some() {
        let expected = "a number that no delivery note has had";
        return Err(Refusal::new(Rule::DeliveryExists, "bdn_no", bdn_no, expected).into());
    }
    let found = application.deliveries.len();
    if found >= DELIVERIES_PER_APPLICATION_MAX {
        let expected =
            format!("at most {DELIVERIES_PER_APPLICATION_MAX} deliveries an application");
        return Err(Refusal::new(Rule::RecordFull, "deliveries", found, expected).into());
    }
    Ok(())
}

/// Within the window, to the ship that was named, in the acknowledged district. The window is that
/// of the delivery's own beginning, since a barge may report late.
fn require_as_approved(application: &Application, body: &Delivery) -> Result<(), Refusal> {
    let (from, to) = (application.window_from, application.window.by);
    if !(from..=to).contains(&body.start_time) {
        let expected = format!("{from} to {to}");
        return Err(Refusal::new(Rule::OutsideWindow, "start_time", body.start_time, expected));
    }
    let ship = &application.ship;
    if (&body.imo, &body.ship_name) != (&ship.imo, &ship.name) {
        let found = format!("{} {}", body.imo, body.ship_name);
        let expected = format!("{} {}", ship.imo, ship.name);
        return Err(Refusal::new(Rule::OtherShip, "imo", found, expected));
    }
    if PlaceCode::district_of(&body.port) != application.receiving_district {
        let expected = format!("a place of district {}", application.receiving_district);
        return Err(Refusal::new(Rule::OutsideDistrict, "port", &body.port, expected));
    }
    Ok(())
}

/// The ship states its own figures: within the tolerance, in ten-thousandths of the barge's figure,
/// the barge's stands, else it is disputed.
pub(super) fn confirm(desk: Desk<'_>, bdn_no: &str, body: &Confirmation) -> Result<Events, No> {
    let delivery = require_delivery(desk.world, bdn_no)?;
    desk.require_named("delivery_confirmation", &delivery.ship_party, Remedy::ReceivingShip)?;
    // What the ship measured is a claim about this fuel: weighed right, but not held to the grade's
    // limits, which would silence a complaint.
    Book::open(desk)?.require_weighed(&body.measured)?;
    if delivery.stage != DeliveryStage::Stated {
        let expected = "a delivery that waits for the ship's figures";
        let found = delivery.stage.name();
        return Err(Refusal::new(Rule::ConfirmedAlready, "stage", found, expected).into());
    }
    let ship = ShipStatement { by: desk.by(), stated: body.clone() };
    let (barge_kg, ship_kg) = (delivery.note.measured.qty_kg, body.measured.qty_kg);
    let no = &delivery.note.application_no;
    if differs(barge_kg, ship_kg, desk.parameter("delivery_tolerance_permyriad")?) {
        let disputed = DeliveryEvent::Disputed { ship, due: desk.after("dispute_response_ms")? };
        let counted = on_share(no, bdn_no, barge_kg, DeliveryStage::Disputed);
        return Ok(alloc::vec![on_delivery(bdn_no, disputed), counted]);
    }
    let settled = Settled { by: desk.by(), qty_kg: barge_kg, basis: Basis::Barge, finding: None };
    let agreed = DeliveryEvent::Agreed { ship, settled };
    let counted = on_share(no, bdn_no, barge_kg, DeliveryStage::Settled);
    Ok(alloc::vec![on_delivery(bdn_no, agreed), counted])
}

/// A surveyor who is no party to the delivery says what was delivered.
pub(super) fn settle(desk: Desk<'_>, bdn_no: &str, body: &Settlement) -> Result<Events, No> {
    let delivery = require_delivery(desk.world, bdn_no)?;
    let parties = [&delivery.by.party, &delivery.ship_party, &delivery.supplier];
    if parties.contains(&&desk.actor.id) {
        let expected = "neither supplier, bunker barge nor receiving ship";
        return Err(Refusal::new(Rule::NotIndependent, "settlement", &desk.actor.id, expected)
            .mended_by(Remedy::Surveyor)
            .into());
    }
    if delivery.stage != DeliveryStage::Disputed {
        let found = delivery.stage.name();
        return Err(Refusal::new(Rule::NotDisputed, "stage", found, "disputed").into());
    }
    let no = &delivery.note.application_no;
    let application = application_of(desk.world, no)?;
    let most = application.balance_kg().saturating_add(delivery.qty_kg());
    if body.qty_kg > most {
        let expected = format!("at most {}: what is out and not elsewhere", tonnes(most));
        let found = tonnes(body.qty_kg);
        return Err(Refusal::new(Rule::OverOutbound, "qty_kg", found, expected)
            .mended_by(Remedy::Surveyor)
            .into());
    }
    let mut events = require_evidence(desk, &format!("delivery:{bdn_no}"), &body.evidence)?;
    let settled = Settled {
        by: desk.by(),
        qty_kg: body.qty_kg,
        basis: Basis::Surveyor,
        finding: Some(body.finding.clone()),
    };
    let surveyed = DeliveryEvent::Surveyed { settled, evidence: body.evidence.clone() };
    let counted = on_share(no, bdn_no, body.qty_kg, DeliveryStage::Settled);
    events.extend([on_delivery(bdn_no, surveyed), counted]);
    Ok(events)
}
