//! A party takes its own statement back, as long as nothing rests on it.
//!
//! What came into a tank, was dipped or adjusted is corrected by customs' next adjustment instead;
//! what the ship or the surveyor has stated stands.

use alloc::{format, string::String};

use super::{
    bodies::Void,
    events::{AccountEvent, ApplicationEvent, DeclarationEvent, DeliveryEvent, Taken},
    kinds::Subject,
    reading::{
        account_of, application_of, find_application, find_declaration, find_delivery, on_account,
        on_application, on_declaration, on_delivery, on_share,
    },
    state::{Application, By, DeliveryStage, Stage, Voucher, VoucherKind},
};
use crate::{
    family::{Events, desk::Desk},
    refusal::{Refusal, Rule},
    shared::Shared,
    world::No,
};

/// A party takes its own statement back.
pub(super) fn void(desk: Desk<'_>, subject: &Subject, body: &Void) -> Result<Events, No> {
    match subject {
        Subject::Application(no) => void_on_application(desk, no, body),
        Subject::Delivery(no) => void_delivery(desk, no, body),
        Subject::Declaration(no) => void_declaration(desk, no, body),
        Subject::Account(no) => Err(nothing(no, body).into()),
    }
}

fn nothing(name: &str, body: &Void) -> Refusal {
    let expected = format!("an entry whose statement still stands on {name}");
    Refusal::new(Rule::NothingToVoid, "entry", body.entry, expected)
}

fn rests(what: &str, on: &str) -> Refusal {
    Refusal::new(Rule::RestsOnIt, what, on, "nothing that rests on it")
}

/// What an entry said on an application, and whose it is; the latest step of an entry first.
fn standing(application: &Application, entry: &countersign_record::Digest) -> Option<(Taken, By)> {
    let ours = |by: &Option<By>| by.clone().filter(|b| b.entry == *entry);
    let countersigned = application
        .vouchers
        .iter()
        .find_map(|(no, v)| Some((Taken::Countersignature(no.clone()), ours(&v.countersigned)?)));
    let voucher = application
        .vouchers
        .iter()
        .find(|(_, v)| v.by.entry == *entry)
        .map(|(no, v)| (Taken::Voucher(no.clone()), v.by.clone()));
    ours(&application.written_off)
        .map(|by| (Taken::WriteOff, by))
        .or(countersigned)
        .or(voucher)
        .or_else(|| ours(&application.acknowledged).map(|by| (Taken::Acknowledgement, by)))
        .or_else(|| ours(&application.approved).map(|by| (Taken::Approval, by)))
        .or_else(|| {
            let made = !matches!(application.stage, Stage::Withdrawn | Stage::Refused);
            let by = made.then(|| application.by.clone());
            ours(&by).map(|by| (Taken::Application, by))
        })
}

fn void_on_application(desk: Desk<'_>, no: &str, body: &Void) -> Result<Events, No> {
    let Some(application) = find_application(desk.world, no)? else {
        return Err(nothing(no, body).into());
    };
    let Some((what, by)) = standing(&application, &body.entry) else {
        return Err(nothing(no, body).into());
    };
    desk.require_self("entry", &by)?;
    require_unused(&application, &what)?;
    let mut events = Events::new();
    if let Taken::Voucher(voucher_no) = &what
        && let Some(voucher) = application.vouchers.get(voucher_no)
    {
        events.extend(give_back(desk, &application, voucher)?);
    }
    let (by, entry, reason) = (desk.by(), body.entry, body.reason.clone());
    events.push(on_application(no, ApplicationEvent::Voided { by, what, entry, reason }));
    Ok(events)
}

/// Refuses where a later statement rests on the one that is to be taken back.
fn require_unused(application: &Application, what: &Taken) -> Result<(), Refusal> {
    let moved = || application.vouchers.keys().next();
    if application.stage == Stage::WrittenOff && *what != Taken::WriteOff {
        return Err(rests("write_off", "the application is written off"));
    }
    match what {
        Taken::WriteOff => {}
        Taken::Application => {
            if let Some(voucher_no) = moved() {
                return Err(rests("voucher_no", voucher_no));
            }
        }
        Taken::Acknowledgement => {
            if let Some(voucher_no) = moved() {
                return Err(rests("voucher_no", voucher_no));
            }
            if application.stage != Stage::Acknowledged {
                return Err(rests("stage", application.stage.name()));
            }
        }
        Taken::Approval => {
            if application.stage != Stage::Approved {
                return Err(rests("stage", application.stage.name()));
            }
        }
        Taken::Voucher(voucher_no) => {
            let voucher = application.vouchers.get(voucher_no);
            if voucher.is_some_and(|v| v.countersigned.is_some()) {
                return Err(rests("outbound_countersignature", voucher_no));
            }
        }
        Taken::Countersignature(voucher_no) => {
            let qty = application.vouchers.get(voucher_no).map_or(0, |v| v.qty_kg);
            if qty > application.balance_kg() {
                return Err(rests("deliveries", "delivered, returned or lost"));
            }
        }
    }
    Ok(())
}

/// The tank's book follows, as long as its period is open and holds what has to go.
fn give_back(desk: Desk<'_>, application: &Application, voucher: &Voucher) -> Result<Events, No> {
    let (tank, qty_kg) = (voucher.tank.clone(), voucher.qty_kg);
    let event = match voucher.kind {
        VoucherKind::Loss => return Ok(Events::new()),
        VoucherKind::Outbound => AccountEvent::OutboundVoided { tank, qty_kg },
        VoucherKind::Return => AccountEvent::ReturnVoided { tank, qty_kg },
    };
    let account = account_of(desk.world, application)?;
    if voucher.period_no != account.period_no {
        let found = format!("period {} is closed", voucher.period_no);
        return Err(rests("period_close", &found).into());
    }
    let book = account.tanks.get(&voucher.tank).map_or(0, super::state::Tank::book_kg);
    if voucher.kind == VoucherKind::Return && book < qty_kg {
        return Err(rests("outbound", "the oil has gone out again").into());
    }
    Ok(alloc::vec![on_account(&application.account_no, event)])
}

/// The barge takes its note back before the ship has stated its figures.
fn void_delivery(desk: Desk<'_>, bdn_no: &str, body: &Void) -> Result<Events, No> {
    let stands = |d: &Shared<super::state::DeliveryRecord>| {
        d.by.entry == body.entry && d.stage != DeliveryStage::Void
    };
    let Some(delivery) = find_delivery(desk.world, bdn_no)?.filter(stands) else {
        return Err(nothing(bdn_no, body).into());
    };
    desk.require_self("entry", &delivery.by)?;
    if delivery.ship.is_some() {
        return Err(rests("delivery_confirmation", "the ship has stated its figures").into());
    }
    let (by, entry, reason) = (desk.by(), body.entry, body.reason.clone());
    let voided = DeliveryEvent::DeliveryVoided { by, entry, reason };
    let counted = on_share(&delivery.note.application_no, bdn_no, 0, DeliveryStage::Void);
    Ok(alloc::vec![on_delivery(bdn_no, voided), counted])
}

/// The supplier takes a declaration back before any of its applications is written off.
fn void_declaration(desk: Desk<'_>, entry_no: &str, body: &Void) -> Result<Events, No> {
    let stands = |d: &Shared<super::state::DeclarationRecord>| d.by.entry == body.entry && !d.void;
    let Some(declaration) = find_declaration(desk.world, entry_no)?.filter(stands) else {
        return Err(nothing(entry_no, body).into());
    };
    desk.require_self("entry", &declaration.by)?;
    for no in &declaration.applications {
        if application_of(desk.world, no)?.stage == Stage::WrittenOff {
            return Err(rests("write_off", no).into());
        }
    }
    let (by, entry, reason) = (desk.by(), body.entry, body.reason.clone());
    let voided = DeclarationEvent::DeclarationVoided { by, entry, reason };
    let mut events = alloc::vec![on_declaration(entry_no, voided)];
    for bdn_no in &declaration.declared.deliveries {
        let Some(delivery) = find_delivery(desk.world, bdn_no)? else { continue };
        let (by, declaration_no) = (desk.by(), String::from(entry_no));
        events.push(on_delivery(bdn_no, DeliveryEvent::Undeclared { by, declaration_no }));
        let no = &delivery.note.application_no;
        events.push(on_share(no, bdn_no, delivery.qty_kg(), DeliveryStage::Settled));
    }
    Ok(events)
}
