//! Drawdowns on their way: reserved when the declaration is accepted, drawn when the goods are
//! released, adjusted by the assessment, or never needed.

use alloc::{boxed::Box, string::String};

use super::{
    bodies::{Adjustment, Draw, Grade, Reason, Reservation},
    events::{DrawdownEvent, Freeing},
    lines::require_creditworthy,
    reading::{
        district_of, find_drawdown, find_grade, find_line_of, require_drawdown, require_line,
        shown, with_line,
    },
    state::{Drawdown, Line, Stage},
};
use crate::{
    combined_port::{OnLedger, declaration_on_ledger},
    family::{Events, desk::Desk},
    refusal::{Refusal, Remedy, Rule},
    world::No,
};

/// A declaration takes its part of the limit. Whoever comes first in the order of the ledger has
/// it; the next is told what is left.
pub(super) fn reserve(desk: Desk<'_>, entry_no: &str, body: &Reservation) -> Result<Events, No> {
    let district = district_of(entry_no);
    desk.require_known_district("entry_no", district)?;
    let line = require_line(desk.world, &body.filing_no)?;
    desk.require_user(&line, entry_no)?;
    let before = find_drawdown(desk.world, entry_no)?;
    require_not_live(entry_no, before.as_deref())?;
    desk.require_usable(&line)?;
    line.require_beneficiary(district)?;
    line.require_scope(body.scope)?;
    require_grade(desk, &line)?;
    require_same_firm(&line.enterprise, declaration_on_ledger(desk.world, entry_no)?)?;
    line.require_headroom(body.amount_fen)?;
    let drawdown = Drawdown {
        stage: Stage::Reserved,
        filing_no: body.filing_no.clone(),
        enterprise: line.enterprise.clone(),
        amount_fen: body.amount_fen,
        paid_fen: 0,
        late_fee_fen: 0,
        guarantor_fen: 0,
        due: desk.due(Some(body.scope), body.due)?,
        due_stated: body.due.is_some(),
        by: desk.by(),
        scope: Some(body.scope),
        guarantor: line.guarantor.clone(),
        drawn: None,
        tax_bill_no: None,
        claim: None,
        payment_ref: None,
    };
    let nothing = Drawdown { stage: Stage::Freed, ..drawdown.clone() };
    Ok(with_line(entry_no, &nothing, DrawdownEvent::Reserved { drawdown: Box::new(drawdown) }))
}

/// Whoever was never graded is registered.
fn require_grade(desk: Desk<'_>, line: &Line) -> Result<(), No> {
    let grade = find_grade(desk.world, &line.enterprise)?.unwrap_or(Grade::Registered);
    Ok(require_creditworthy(grade, line.guarantor_kind)?)
}

/// A declaration has one live drawdown.
pub(super) fn require_not_live(entry_no: &str, found: Option<&Drawdown>) -> Result<(), Refusal> {
    let Some((drawdown, live)) = found.and_then(|d| Some((d, d.live(entry_no)?))) else {
        return Ok(());
    };
    let found = alloc::format!("{}, {}", drawdown.stage.name(), shown(&live));
    Err(Refusal::new(Rule::DrawdownLive, "entry_no", found, "a declaration without a drawdown")
        .mended_by(Remedy::Customs))
}

/// A declaration that this ledger knows is the enterprise's own, and under way.
pub(super) fn require_same_firm(
    enterprise: &str,
    declared: Option<OnLedger>,
) -> Result<(), Refusal> {
    let Some(declared) = declared else { return Ok(()) };
    if declared.withdrawn {
        let expected = "a declaration that is under way";
        return Err(Refusal::new(Rule::DeclarationOver, "entry_no", "withdrawn", expected));
    }
    if declared.consignor_uscc != enterprise {
        let found = declared.consignor_uscc;
        return Err(Refusal::new(Rule::OtherConsignor, "consignor_uscc", found, enterprise)
            .mended_by(Remedy::Declarant));
    }
    Ok(())
}

/// What was reserved is not needed: whoever may reserve says so. Customs may also say so after the
/// release, for instance of goods that were withdrawn.
pub(super) fn cancel(desk: Desk<'_>, entry_no: &str, body: &Reason) -> Result<Events, No> {
    let before = require_drawdown(desk.world, entry_no)?;
    // A drawdown of no line is a waiver, which customs alone gave.
    let line = find_line_of(desk.world, &before)?;
    match &line {
        Some(line) => desk.require_user(line, entry_no)?,
        None => desk.require_office_of(entry_no)?,
    }
    let unpaid = matches!(before.stage, Stage::Drawn | Stage::Adjusted) && before.paid_fen == 0;
    let fits = before.stage == Stage::Reserved || unpaid && desk.is_office_of(entry_no);
    before.require_stage(fits, "reserved; for customs also drawn, with nothing paid")?;
    let reason = Some(body.reason.clone());
    let freed = DrawdownEvent::Freed { by: desk.by(), freeing: Freeing::Cancelled, reason };
    Ok(with_line(entry_no, &before, freed))
}

/// The goods are released, for a declaration that is not on this ledger; for one that is, the
/// release itself draws. Tax that customs assesses after that release is drawn here as well.
pub(super) fn draw(desk: Desk<'_>, entry_no: &str, body: &Draw) -> Result<Events, No> {
    let before = require_drawdown(desk.world, entry_no)?;
    desk.require_office_of(entry_no)?;
    before.require_stage(before.stage == Stage::Reserved, "reserved")?;
    if declaration_on_ledger(desk.world, entry_no)?.is_some_and(|d| !d.released) {
        let expected = "the release of its bill, which draws";
        let found = "a declaration on this ledger";
        return Err(Refusal::new(Rule::DrawnByRelease, "entry_no", found, expected).into());
    }
    let bill = Some(body.tax_bill_no.clone());
    let drawn = drawn(desk, &before, body.due, bill)?;
    Ok(with_line(entry_no, &before, drawn))
}

/// The tax of a reservation falls due: on the stated day, or by the rule from now.
pub(super) fn drawn(
    desk: Desk<'_>,
    before: &Drawdown,
    due: Option<u64>,
    tax_bill_no: Option<String>,
) -> Result<DrawdownEvent, No> {
    let stated = due.or(before.due_stated.then_some(before.due));
    Ok(DrawdownEvent::Drawn {
        by: desk.by(),
        due: desk.due(before.scope, stated)?,
        due_stated: stated.is_some(),
        tax_bill_no,
    })
}

/// The assessment changes the amount or the day. More than before is a new draw on the line; less
/// is not, whatever has become of the line.
pub(super) fn adjust(desk: Desk<'_>, entry_no: &str, body: &Adjustment) -> Result<Events, No> {
    let before = require_drawdown(desk.world, entry_no)?;
    desk.require_office_of(entry_no)?;
    let fits = before.stage == Stage::Reserved || before.stage.is_owed();
    before.require_stage(fits, "reserved, drawn, adjusted or overdue")?;
    let more_fen = body.amount_fen.saturating_sub(before.amount_fen);
    if more_fen > 0
        && let Some(line) = find_line_of(desk.world, &before)?
    {
        desk.require_usable(&line)?;
        require_grade(desk, &line)?;
        line.require_headroom(more_fen)?;
    }
    let stated = body.due.or(before.due_stated.then_some(before.due));
    let due = match stated {
        Some(stated) => desk.due(before.scope, Some(stated))?,
        None => before.due,
    };
    if body.amount_fen == before.amount_fen && due == before.due {
        let expected = "another amount or another due day";
        let found = body.amount_fen;
        return Err(Refusal::new(Rule::NothingChanges, "amount_fen", found, expected).into());
    }
    if body.amount_fen < before.paid_fen {
        let expected = alloc::format!("at least {}, what is paid", before.paid_fen);
        let found = body.amount_fen;
        return Err(Refusal::new(Rule::AssessedBelowPaid, "amount_fen", found, expected).into());
    }
    let adjusted = DrawdownEvent::Adjusted {
        by: desk.by(),
        tax_bill_no: body.tax_bill_no.clone(),
        amount_fen: body.amount_fen,
        due,
        due_stated: stated.is_some(),
    };
    Ok(with_line(entry_no, &before, adjusted))
}
