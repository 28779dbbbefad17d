//! Pick-up and what hangs on a container: delivery order, title, receipt, attribute, legacy note
//! (S32, S35).

use alloc::format;

use super::{
    bodies::{DeliveryOrder, EquipmentReceipt, LegacyBox, TitleTransfer, Trade, TradeAttribute},
    events::{BillEvent, BoxEvent},
    holds::HoldKind,
    reading::{bill_of, on_bill, on_box, require_bill, require_box},
    river::moved,
    state::{Flow, Judged, Order, Receipt},
};
use crate::{
    evidence::ties::require_evidence,
    family::{Events, desk::Desk},
    identifiers::ContainerNumber,
    limits::TITLE_TRANSFERS_MAX,
    membership::Role,
    refusal::{Refusal, Remedy, Rule},
    world::No,
};

/// The right to collect, made out by the agent that sent the manifest.
pub(super) fn order(desk: Desk<'_>, bill_no: &str, body: &DeliveryOrder) -> Result<Events, No> {
    let bill = require_bill(desk.world, bill_no)?;
    let senders = bill.hub.iter().chain(&bill.river).map(|m| &m.by);
    if !senders.clone().any(|by| by.party == desk.actor.id)
        && let Some(sender) = senders.into_iter().next()
    {
        desk.require_self("manifest", sender)?;
    }
    bill.require_open()?;
    bill.require_flow(Flow::Import)?;
    if let Some(order) = &bill.order {
        let expected = "a bill without a delivery order";
        return Err(Refusal::new(Rule::OrderExists, "do_no", &order.do_no, expected).into());
    }
    let order = Order {
        by: desk.by(),
        do_no: body.do_no.clone(),
        free_until: body.free_until,
        holder_uscc: body.holder_uscc.clone(),
        transfers: alloc::vec![],
    };
    Ok(alloc::vec![on_bill(bill_no, BillEvent::Ordered { order })])
}

/// The holder hands the goods on.
pub(super) fn transfer(desk: Desk<'_>, bill_no: &str, body: &TitleTransfer) -> Result<Events, No> {
    let bill = require_bill(desk.world, bill_no)?;
    let handed = bill.order.as_ref().map_or(0, |o| o.transfers.len());
    if handed >= TITLE_TRANSFERS_MAX {
        let expected = format!("fewer than {TITLE_TRANSFERS_MAX} transfers");
        return Err(Refusal::new(Rule::FieldValue, "transfers", handed, expected).into());
    }
    bill.require_open()?;
    let Some(order) = bill.order.as_ref().filter(|o| o.do_no == body.do_no) else {
        let expected = bill.order.as_ref().map_or("a delivery order of the bill", |o| &o.do_no);
        let refusal = Refusal::new(Rule::NoOrder, "do_no", &body.do_no, expected);
        return Err(refusal.mended_by(Remedy::Agent).into());
    };
    if order.holder_uscc != desk.actor.id {
        let (found, expected) = (&desk.actor.id, &order.holder_uscc);
        let refusal = Refusal::new(Rule::NotHolder, "holder_uscc", found, expected);
        return Err(refusal.mended_by(Remedy::Holder).into());
    }
    let by = desk.by();
    let to_uscc = body.to_uscc.clone();
    Ok(alloc::vec![on_bill(bill_no, BillEvent::TitleTransferred { by, to_uscc })])
}

/// A receipt for a container that stands here. As long as only segment 1 is released it prints
/// what remains to be done (S5).
pub(super) fn receipt(
    desk: Desk<'_>,
    container_no: &str,
    body: &EquipmentReceipt,
) -> Result<Events, No> {
    desk.require_number("container_no", container_no)?;
    desk.require_known_place("place", &body.place)?;
    let container = require_box(desk.world, container_no)?;
    desk.require_own_place("place", &body.place)?;
    container.require_yard(&body.place)?;
    let bill = bill_of(desk.world, &container)?.filter(|b| b.flow == Flow::Import);
    let half = bill.is_some_and(|b| b.release_1.is_some() && b.release_2.is_none());
    if half && body.remaining_obligation.is_none() {
        let expected = "what remains to be done before the goods may be sold or used";
        let refusal =
            Refusal::new(Rule::ObligationMissing, "remaining_obligation", "nothing", expected);
        return Err(refusal.into());
    }
    let receipt = Receipt {
        by: desk.by(),
        eir_no: body.eir_no.clone(),
        fullness: body.fullness,
        remaining_obligation: body.remaining_obligation.clone(),
    };
    let damage_codes = body.damage_codes.clone();
    Ok(alloc::vec![on_box(container_no, BoxEvent::ReceiptGiven { receipt, damage_codes })])
}

/// A judgement of a container's trade; where it contradicts the bill or an earlier one, a hold.
pub(super) fn judge(
    desk: Desk<'_>,
    container_no: &str,
    body: &TradeAttribute,
) -> Result<Events, No> {
    desk.require_number("container_no", container_no)?;
    let container = require_box(desk.world, container_no)?;
    if !desk.actor.is(Role::Customs) {
        desk.require_own_place("place", &container.holder.place)?;
    }
    let bill = bill_of(desk.world, &container)?;
    let mut found = desk.mismatches(&container.holds, container.next_hold)?;
    let kind = HoldKind::Attribute;
    if let Some(manifest) = bill.as_ref().and_then(|b| b.river.as_ref().or(b.hub.as_ref())) {
        // A manifest of customs' kind is a statement that the goods are in foreign trade.
        found.same(kind, "attribute", &manifest.by, Trade::Foreign.name(), body.attribute.name());
    } else if let Some(judged) = &container.attribute {
        let (theirs, ours) = (judged.attribute.name(), body.attribute.name());
        found.same(kind, "attribute", &judged.by, theirs, ours);
    }
    let judged = BoxEvent::TradeJudged {
        judged: Judged { attribute: body.attribute, by: desk.by() },
        basis: body.basis.clone(),
        zone: body.zone,
        node: body.node,
        disposal: body.disposal.clone(),
    };
    Ok(moved(container_no, judged, found))
}

/// Customs notes a container whose painted number fails its check digit.
pub(super) fn legacy(desk: Desk<'_>, container_no: &str, body: &LegacyBox) -> Result<Events, No> {
    if ContainerNumber::parse("container_no", container_no).is_ok() {
        let expected = "a container number whose check digit fails";
        return Err(Refusal::new(Rule::FieldValue, "container_no", container_no, expected).into());
    }
    let mut events = require_evidence(desk, &format!("box:{container_no}"), &body.evidence)?;
    let noted = BoxEvent::LegacyNoted {
        by: desk.by(),
        reason: body.reason.clone(),
        evidence: body.evidence.clone(),
    };
    events.push(on_box(container_no, noted));
    Ok(events)
}
