//! What is paid: by the enterprise, which restores the limit; or by the guarantor, on a claim.

use alloc::format;

use super::{
    bodies::{Claim, Reason, Restoration, Settlement},
    events::{DrawdownEvent, LineEvent},
    money::yuan,
    reading::{district_of, find_line_of, head_of, on_line, require_drawdown, with_line},
    state::{Claimed, Drawdown, Due, Line, Stage},
};
use crate::{
    family::{Events, desk::Desk},
    refusal::{Refusal, Remedy, Rule},
    world::No,
};

/// The enterprise has paid: the limit comes back by itself, as far as the tax was paid.
pub(super) fn restore(desk: Desk<'_>, entry_no: &str, body: &Restoration) -> Result<Events, No> {
    let before = require_drawdown(desk.world, entry_no)?;
    desk.require_office_of(entry_no)?;
    before.require_stage(before.stage.is_owed(), "drawn, adjusted or overdue")?;
    let open = before.open_fen();
    if body.paid_fen > open {
        let expected = format!("at most {open} ({}), what is open", yuan(open));
        let found = format!("{} ({})", body.paid_fen, yuan(body.paid_fen));
        return Err(Refusal::new(Rule::RestoredTooMuch, "paid_fen", found, expected).into());
    }
    // Nobody pays in the future, whatever the office's clock says.
    let paid_at = body.paid_at.min(desk.now.time);
    let (late_fee_fen, days) = desk.late_fee(body.paid_fen, before.due, paid_at)?;
    if let Some(stated) = body.late_fee_fen.filter(|f| *f != late_fee_fen) {
        let expected = format!("{late_fee_fen}, of {days} days");
        return Err(Refusal::new(Rule::LateFeeDiffers, "late_fee_fen", stated, expected).into());
    }
    let restored = DrawdownEvent::Restored {
        by: desk.by(),
        tax_bill_no: body.tax_bill_no.clone(),
        paid_fen: body.paid_fen,
        late_fee_fen,
        paid_at,
    };
    Ok(with_line(entry_no, &before, restored))
}

/// Customs calls the guarantor for what is overdue: the tax that is open, and the late fee until
/// today where the line covers it.
pub(super) fn claim(desk: Desk<'_>, entry_no: &str, body: &Claim) -> Result<Events, No> {
    let before = require_drawdown(desk.world, entry_no)?;
    let line = find_line_of(desk.world, &before)?;
    require_claimant(desk, entry_no, line.as_deref())?;
    before.require_stage(before.stage.is_owed(), "drawn, adjusted or overdue")?;
    let now = desk.now.time;
    if !before.is_overdue(now) {
        let expected = format!("more than {}, the end of the due day", before.due);
        return Err(Refusal::new(Rule::NotOverdue, "due", now, expected)
            .mended_by(Remedy::Enterprise)
            .into());
    }
    let principal_fen = before.open_fen();
    let (fee, days_late) = desk.late_fee(principal_fen, before.due, now)?;
    let late_fee_fen = if line.is_some_and(|l| l.covers_late_fee) { fee } else { 0 };
    for (field, stated, right) in [
        ("principal_fen", body.principal_fen, principal_fen),
        ("late_fee_fen", body.late_fee_fen, late_fee_fen),
    ] {
        if stated != right {
            let expected = format!("{right} ({}), {days_late} days after the due day", yuan(right));
            return Err(Refusal::new(Rule::ClaimDiffers, field, stated, expected).into());
        }
    }
    let due = Due { by: desk.after("claim_answer_ms")?, overdue: false };
    let claim = Claimed { by: desk.by(), principal_fen, late_fee_fen, days_late, due };
    let mut events = with_line(entry_no, &before, DrawdownEvent::Claimed { claim });
    let opened = LineEvent::ClaimOpened { entry_no: entry_no.into() };
    events.push(on_line(&before.filing_no, opened));
    Ok(events)
}

/// The office where it is declared, or another in the district of a beneficiary.
fn require_claimant(desk: Desk<'_>, entry_no: &str, line: Option<&Line>) -> Result<(), Refusal> {
    let own = desk.actor.district.as_deref().unwrap_or_default();
    let is_beneficiary = |l: &Line| l.beneficiaries.iter().any(|b| b == head_of(own));
    if desk.is_office_of(entry_no) || line.is_some_and(is_beneficiary) {
        return Ok(());
    }
    let expected = format!("{} or a beneficiary", district_of(entry_no));
    Err(desk.wrong_office(&expected))
}

fn require_claim(before: &Drawdown) -> Result<&Claimed, Refusal> {
    before.claim.as_ref().filter(|_| before.stage == Stage::Claimed).ok_or_else(|| {
        let expected = "a claim that is open";
        Refusal::new(Rule::NoClaim, "stage", before.stage.name(), expected)
            .mended_by(Remedy::Customs)
    })
}

/// Customs takes its claim back, for instance because the enterprise pays after all.
pub(super) fn withdraw_claim(desk: Desk<'_>, entry_no: &str, body: &Reason) -> Result<Events, No> {
    let before = require_drawdown(desk.world, entry_no)?;
    let is_claimant = before.claim.as_ref().is_some_and(|c| c.by.party == desk.actor.id);
    if !is_claimant {
        desk.require_office_of(entry_no)?;
    }
    require_claim(&before)?;
    let (by, reason) = (desk.by(), body.reason.clone());
    let mut events = with_line(entry_no, &before, DrawdownEvent::ClaimWithdrawn { by, reason });
    let ended = LineEvent::ClaimEnded { entry_no: entry_no.into(), paid_fen: 0 };
    events.push(on_line(&before.filing_no, ended));
    Ok(events)
}

/// The guarantor has paid exactly what was claimed. For cash the office where it is declared books
/// the deposit: nobody else signs for it.
pub(super) fn settle(desk: Desk<'_>, entry_no: &str, body: &Settlement) -> Result<Events, No> {
    let before = require_drawdown(desk.world, entry_no)?;
    match &before.guarantor {
        None => desk.require_office_of(entry_no)?,
        Some(guarantor) if *guarantor != desk.actor.id => {
            let found = &desk.actor.id;
            return Err(Refusal::new(Rule::NotGuarantor, "guarantor", found, guarantor)
                .mended_by(Remedy::Guarantor)
                .into());
        }
        Some(_) => {}
    }
    let owed = require_claim(&before)?.total_fen();
    if body.paid_fen != owed {
        let expected = format!("{owed} ({}), principal and late fee", yuan(owed));
        return Err(Refusal::new(Rule::PaymentDiffers, "paid_fen", body.paid_fen, expected).into());
    }
    let settled = DrawdownEvent::Settled {
        by: desk.by(),
        payment_ref: body.payment_ref.clone(),
        paid_fen: body.paid_fen,
    };
    let mut events = with_line(entry_no, &before, settled);
    let ended = LineEvent::ClaimEnded { entry_no: entry_no.into(), paid_fen: body.paid_fen };
    events.push(on_line(&before.filing_no, ended));
    Ok(events)
}
