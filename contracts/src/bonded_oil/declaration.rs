//! Central declarations: many deliveries of one account and month under one number.

use alloc::{collections::BTreeSet, format, string::String, vec::Vec};

use super::{
    bodies::CentralDeclaration,
    events::{DeclarationEvent, DeliveryEvent},
    reading::{
        find_declaration, on_declaration, on_delivery, on_share, require_account, require_delivery,
        tonnes,
    },
    state::{DeclarationRecord, DeliveryRecord, DeliveryStage},
};
use crate::{
    family::{Events, desk::Desk},
    identifiers::DeclarationNumber,
    refusal::{Refusal, Remedy, Rule},
    shared::Shared,
    world::No,
};

/// The supplier declares. Only settled deliveries, each once, with their exact sum.
pub(super) fn declare(
    desk: Desk<'_>,
    entry_no: &str,
    body: &CentralDeclaration,
) -> Result<Events, No> {
    let number = DeclarationNumber::parse("entry_no", entry_no)?;
    desk.require_known_district("entry_no", number.district().as_str())?;
    require_account(desk.world, &body.account_no)?;
    let mut deliveries = Vec::with_capacity(body.deliveries.len());
    for bdn_no in &body.deliveries {
        deliveries.push((bdn_no.as_str(), require_delivery(desk.world, bdn_no)?));
    }
    for (_, delivery) in &deliveries {
        desk.require_named("deliveries", &delivery.supplier, Remedy::Supplier)?;
    }
    if find_declaration(desk.world, entry_no)?.is_some() {
        let expected = "a number that no central declaration has had";
        return Err(Refusal::new(Rule::OilDeclarationUsed, "entry_no", entry_no, expected).into());
    }
    require_stages(&deliveries)?;
    require_alike(body, &deliveries)?;
    let sum = deliveries.iter().fold(0_u64, |sum, (_, d)| sum.saturating_add(d.qty_kg()));
    if body.total_kg != sum {
        let expected = format!("{}, the sum of {} deliveries", tonnes(sum), deliveries.len());
        let found = tonnes(body.total_kg);
        return Err(Refusal::new(Rule::DeclaredTotal, "total_kg", found, expected).into());
    }
    Ok(file(desk, entry_no, body, &deliveries))
}

fn require_stages(deliveries: &[(&str, Shared<DeliveryRecord>)]) -> Result<(), Refusal> {
    let at = |stage: DeliveryStage| {
        let found = deliveries.iter().find(|(_, d)| d.stage == stage);
        found.map(|(bdn_no, d)| (*bdn_no, d))
    };
    if let Some((bdn_no, d)) = at(DeliveryStage::Disputed) {
        let ship_kg = d.ship.as_ref().map_or(0, |s| s.stated.measured.qty_kg);
        let (barge, ship) = (tonnes(d.note.measured.qty_kg), tonnes(ship_kg));
        let found = format!("{bdn_no}: {barge} by the barge, {ship} by the ship");
        let expected = "a delivery that both agree on, or that a surveyor has settled";
        return Err(
            Refusal::new(Rule::Disputed, "deliveries", found, expected).mended_by(Remedy::Surveyor)
        );
    }
    if let Some((bdn_no, _)) = at(DeliveryStage::Stated) {
        let expected = "a delivery that the receiving ship has confirmed";
        return Err(Refusal::new(Rule::NotSettled, "deliveries", bdn_no, expected)
            .mended_by(Remedy::ReceivingShip));
    }
    if let Some((bdn_no, d)) = at(DeliveryStage::Declared) {
        let number = d.declaration_no.as_deref().unwrap_or_default();
        let found = format!("{bdn_no}, in declaration {number}");
        let expected = "a delivery that stands in no declaration";
        return Err(Refusal::new(Rule::DeliveryDeclared, "deliveries", found, expected));
    }
    Ok(())
}

fn require_alike(
    body: &CentralDeclaration,
    deliveries: &[(&str, Shared<DeliveryRecord>)],
) -> Result<(), Refusal> {
    if let Some((bdn_no, d)) = deliveries.iter().find(|(_, d)| d.period != body.period) {
        let found = format!("{bdn_no}: {}", d.period);
        return Err(Refusal::new(Rule::OtherPeriod, "deliveries", found, body.period));
    }
    if let Some((bdn_no, d)) = deliveries.iter().find(|(_, d)| d.account_no != body.account_no) {
        let found = format!("{bdn_no}: {}", d.account_no);
        return Err(Refusal::new(Rule::OtherAccount, "deliveries", found, &body.account_no));
    }
    Ok(())
}

fn file(
    desk: Desk<'_>,
    entry_no: &str,
    body: &CentralDeclaration,
    deliveries: &[(&str, Shared<DeliveryRecord>)],
) -> Events {
    let applications: BTreeSet<&String> =
        deliveries.iter().map(|(_, d)| &d.note.application_no).collect();
    let declaration = DeclarationRecord {
        by: desk.by(),
        declared: body.clone(),
        void: false,
        applications: applications.into_iter().cloned().collect(),
    };
    let filed = DeclarationEvent::CentrallyDeclared { declaration };
    let mut events = alloc::vec![on_declaration(entry_no, filed)];
    for (bdn_no, d) in deliveries {
        let declared = DeliveryEvent::Declared { by: desk.by(), declaration_no: entry_no.into() };
        events.push(on_delivery(bdn_no, declared));
        let no = &d.note.application_no;
        events.push(on_share(no, bdn_no, d.qty_kg(), DeliveryStage::Declared));
    }
    events
}
