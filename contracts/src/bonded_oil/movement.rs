//! Oil out of a tank, back into it, or lost on the way.

use alloc::{format, vec::Vec};

use super::{
    bodies::{Countersignature, Loss, Outbound, Return},
    events::{AccountEvent, ApplicationEvent},
    product::{Book, require_product},
    reading::{account_of, on_account, on_application, require_application, tonnes},
    state::{Application, Voucher, VoucherKind},
};
use crate::{
    evidence::ties::require_evidence,
    family::{Events, desk::Desk},
    limits::VOUCHERS_PER_APPLICATION_MAX,
    refusal::{Refusal, Remedy, Rule},
    world::No,
};

/// The warehouse states what went out: it is off the tank's book at once, and may be delivered
/// when the supplier has countersigned it.
pub(super) fn outbound(desk: Desk<'_>, no: &str, body: &Outbound) -> Result<Events, No> {
    let application = require_application(desk.world, no)?;
    let account = account_of(desk.world, &application)?;
    desk.require_named("outbound", &account.by.party, Remedy::Warehouse)?;
    require_new_voucher(&application, &body.voucher_no)?;
    Book::open(desk)?.require_measured(&application.product, &body.measured)?;
    let qty_kg = body.measured.qty_kg;
    account.tank_of(&application)?.require_stock(qty_kg)?;
    application.require_acknowledged()?;
    let out = application.outbound_kg();
    let free = application.approved_kg.saturating_sub(out);
    if qty_kg > free {
        let approved = tonnes(application.approved_kg);
        let expected =
            format!("at most {}: {approved} approved, {} out", tonnes(free), tonnes(out));
        return Err(Refusal::new(Rule::OverApproved, "qty_kg", tonnes(qty_kg), expected)
            .mended_by(Remedy::Supplier)
            .into());
    }
    if desk.now.time > application.window.by {
        let expected = format!("at most {}: the end of the window", application.window.by);
        return Err(Refusal::new(Rule::OutsideWindow, "window_to", desk.now.time, expected)
            .mended_by(Remedy::Supplier)
            .into());
    }
    let voucher = Voucher {
        by: desk.by(),
        kind: VoucherKind::Outbound,
        qty_kg,
        tank: application.tank.clone(),
        period_no: account.period_no,
        countersigned: None,
    };
    let taken = AccountEvent::TakenOut {
        tank: application.tank.clone(),
        qty_kg,
        application_no: no.into(),
        voucher_no: body.voucher_no.clone(),
    };
    let moved = ApplicationEvent::Moved {
        voucher_no: body.voucher_no.clone(),
        voucher,
        seals: body.seals.clone(),
        reason: None,
        evidence: Vec::new(),
    };
    Ok(alloc::vec![on_application(no, moved), on_account(&application.account_no, taken)])
}

fn require_new_voucher(application: &Application, voucher_no: &str) -> Result<(), Refusal> {
    if application.vouchers.contains_key(voucher_no) {
        let expected = "a voucher number that the application has not";
        return Err(Refusal::new(Rule::VoucherExists, "voucher_no", voucher_no, expected));
    }
    if application.vouchers.len() >= VOUCHERS_PER_APPLICATION_MAX {
        let (found, field) = (application.vouchers.len(), "voucher_no");
        let expected = format!("at most {VOUCHERS_PER_APPLICATION_MAX} vouchers an application");
        return Err(Refusal::new(Rule::RecordFull, field, found, expected));
    }
    Ok(())
}

/// The supplier states the same figure as the warehouse, to the thousandth of a tonne.
pub(super) fn countersign(desk: Desk<'_>, no: &str, body: &Countersignature) -> Result<Events, No> {
    let application = require_application(desk.world, no)?;
    let voucher = application
        .vouchers
        .get(&body.voucher_no)
        .filter(|v| v.kind == VoucherKind::Outbound)
        .ok_or_else(|| {
            let expected = "an outbound that the warehouse has stated";
            Refusal::new(Rule::NoSuchVoucher, "voucher_no", &body.voucher_no, expected)
                .mended_by(Remedy::Warehouse)
        })?;
    desk.require_named("outbound", &application.by.party, Remedy::Supplier)?;
    if voucher.countersigned.is_some() {
        let expected = "a voucher without a countersignature";
        let found = &body.voucher_no;
        return Err(Refusal::new(Rule::CountersignedAlready, "voucher_no", found, expected).into());
    }
    if body.qty_kg != voucher.qty_kg {
        let expected = format!("{}, as the warehouse states", tonnes(voucher.qty_kg));
        return Err(Refusal::new(
            Rule::CountersignDiffers,
            "qty_kg",
            tonnes(body.qty_kg),
            expected,
        )
        .mended_by(Remedy::Warehouse)
        .into());
    }
    let out = application.countersigned_kg().saturating_add(voucher.qty_kg);
    let allowance = u128::from(desk.parameter("loss_allowance_permyriad")?);
    let allowed = u128::from(out).saturating_mul(allowance) / 10_000;
    let countersigned = ApplicationEvent::Countersigned {
        by: desk.by(),
        voucher_no: body.voucher_no.clone(),
        loss_allowed_kg: u64::try_from(allowed).unwrap_or(u64::MAX),
    };
    Ok(alloc::vec![on_application(no, countersigned)])
}

/// Oil comes back into a tank of the account.
pub(super) fn bring_back(desk: Desk<'_>, no: &str, body: &Return) -> Result<Events, No> {
    let application = require_application(desk.world, no)?;
    let account = account_of(desk.world, &application)?;
    let tank = account.require_tank(&body.tank)?;
    desk.require_named("return", &account.by.party, Remedy::Warehouse)?;
    require_new_voucher(&application, &body.voucher_no)?;
    require_product(&tank.product, &application.product)?;
    Book::open(desk)?.require_measured(&application.product, &body.measured)?;
    application.require_acknowledged()?;
    let qty_kg = body.measured.qty_kg;
    application.require_out(qty_kg)?;
    let voucher = Voucher {
        by: desk.by(),
        kind: VoucherKind::Return,
        qty_kg,
        tank: body.tank.clone(),
        period_no: account.period_no,
        countersigned: None,
    };
    let back = AccountEvent::BroughtBack {
        tank: body.tank.clone(),
        qty_kg,
        application_no: no.into(),
        voucher_no: body.voucher_no.clone(),
    };
    let moved = ApplicationEvent::Moved {
        voucher_no: body.voucher_no.clone(),
        voucher,
        seals: Vec::new(),
        reason: None,
        evidence: Vec::new(),
    };
    Ok(alloc::vec![on_application(no, moved), on_account(&application.account_no, back)])
}

/// The supplier states what is neither delivered nor returned.
pub(super) fn lose(desk: Desk<'_>, no: &str, body: &Loss) -> Result<Events, No> {
    let application = require_application(desk.world, no)?;
    desk.require_named("loss", &application.by.party, Remedy::Supplier)?;
    require_new_voucher(&application, &body.voucher_no)?;
    application.require_acknowledged()?;
    application.require_out(body.qty_kg)?;
    let mut events = require_evidence(desk, &format!("application:{no}"), &body.evidence)?;
    let voucher = Voucher {
        by: desk.by(),
        kind: VoucherKind::Loss,
        qty_kg: body.qty_kg,
        tank: alloc::string::String::new(),
        period_no: 0,
        countersigned: None,
    };
    let moved = ApplicationEvent::Moved {
        voucher_no: body.voucher_no.clone(),
        voucher,
        seals: Vec::new(),
        reason: Some(body.reason.clone()),
        evidence: body.evidence.clone(),
    };
    events.push(on_application(no, moved));
    Ok(events)
}
