//! What the transfer family lets happen here, by the same entry: a release draws, a withdrawal or a
//! declaration that is taken back frees.

use alloc::string::String;

use super::{
    bodies::Grade,
    draws::{drawn, require_not_live, require_same_firm},
    events::{DrawdownEvent, Freeing},
    reading::{find_drawdown, find_grade, on_drawdown, with_line},
    state::{Drawdown, Stage},
};
use crate::{
    combined_port::declaration_on_ledger,
    family::{Events, FamilyName, desk::Desk},
    refusal::{Refusal, Remedy, Rule},
    world::{No, Unreadable, World},
};

/// The credit grade of an enterprise; whoever was never graded is registered.
///
/// # Errors
/// A store that could not answer.
pub(crate) fn grade_of(world: &World<'_>, enterprise: &str) -> Result<Grade, Unreadable> {
    Ok(find_grade(world, enterprise)?.unwrap_or(Grade::Registered))
}

fn own(desk: Desk<'_>) -> Desk<'_> {
    Desk { family: FamilyName::Guarantee, ..desk }
}

/// A release on security: the declaration's reservation on that line is drawn; what an earlier
/// release drew stays drawn. Answers what happens, and the guarantor that is not cash.
///
/// # Errors
/// [`Rule::NotSecured`] or [`Rule::OtherConsignor`].
pub(crate) fn release_secured(
    desk: Desk<'_>,
    entry_no: &str,
    filing_no: &str,
) -> Result<(Events, Option<String>), No> {
    let desk = own(desk);
    let found = find_drawdown(desk.world, entry_no)?;
    let secured = found.filter(|d| d.stage.is_live() && d.filing_no == filing_no);
    if let Some(drawdown) = &secured {
        require_same_firm(&drawdown.enterprise, declaration_on_ledger(desk.world, entry_no)?)?;
    }
    let drawdown = secured.ok_or_else(|| not_secured(entry_no, filing_no))?;
    if drawdown.stage != Stage::Reserved {
        return Ok((Events::new(), drawdown.guarantor.clone()));
    }
    let event = drawn(desk, &drawdown, None, None)?;
    Ok((with_line(entry_no, &drawdown, event), drawdown.guarantor.clone()))
}

fn not_secured(entry_no: &str, filing_no: &str) -> Refusal {
    let found = alloc::format!("no live drawdown of {entry_no} on {filing_no}");
    let expected = "the filing number on which this declaration has a reservation";
    Refusal::new(Rule::NotSecured, "tax_reference", found, expected).mended_by(Remedy::Declarant)
}

/// A release without security, because the tax is paid or none is due: a reservation is freed.
///
/// # Errors
/// A store that could not answer.
pub(crate) fn release_unsecured(desk: Desk<'_>, entry_no: &str) -> Result<Events, No> {
    free(desk, entry_no, Freeing::NotNeeded)
}

/// A release without security in the two-step declaration of an advanced AEO: a zero entry (S7).
///
/// # Errors
/// [`Rule::DrawdownLive`], [`Rule::WaiverOneStep`] or [`Rule::WaiverGrade`].
pub(crate) fn release_waived(
    desk: Desk<'_>,
    entry_no: &str,
    enterprise: &str,
    two_step: bool,
) -> Result<Events, No> {
    let found = find_drawdown(desk.world, entry_no)?;
    let reserved = |d: &Drawdown| d.stage == Stage::Reserved;
    require_not_live(entry_no, found.as_deref().filter(|d| !reserved(d)))?;
    if !two_step {
        let expected = "a declaration in two steps";
        return Err(Refusal::new(Rule::WaiverOneStep, "tax", "in one step", expected).into());
    }
    let grade = grade_of(desk.world, enterprise)?;
    if grade != Grade::Advanced {
        return Err(Refusal::new(Rule::WaiverGrade, "tax", grade.name(), Grade::Advanced.name())
            .mended_by(Remedy::Enterprise)
            .into());
    }
    if found.is_some_and(|d| d.stage == Stage::Waived) {
        return Ok(Events::new());
    }
    let mut events = free(desk, entry_no, Freeing::NotNeeded)?;
    let waived = DrawdownEvent::Waived { by: desk.by(), enterprise: enterprise.into() };
    events.push(on_drawdown(entry_no, waived));
    Ok(events)
}

/// The goods of a declaration are withdrawn, or it is taken back: its reservation is freed. What
/// is drawn stays until customs says otherwise.
///
/// # Errors
/// A store that could not answer.
pub(crate) fn free(desk: Desk<'_>, entry_no: &str, freeing: Freeing) -> Result<Events, No> {
    let found = find_drawdown(desk.world, entry_no)?;
    let Some(before) = found.filter(|d| d.stage == Stage::Reserved) else {
        return Ok(Events::new());
    };
    let freed = DrawdownEvent::Freed { by: desk.by(), freeing, reason: None };
    Ok(with_line(entry_no, &before, freed))
}

/// A release is taken back: what it drew is reserved again, what it waived is not waived.
///
/// # Errors
/// [`Rule::RestsOnIt`] where the tax was claimed or partly paid meanwhile.
pub(crate) fn take_release_back(
    desk: Desk<'_>,
    entry_no: &str,
    release: &countersign_record::Digest,
) -> Result<Events, No> {
    let Some(before) = find_drawdown(desk.world, entry_no)? else { return Ok(Events::new()) };
    if before.stage == Stage::Waived && before.by.entry == *release {
        let freed = DrawdownEvent::Freed { by: desk.by(), freeing: Freeing::Voided, reason: None };
        return Ok(with_line(entry_no, &before, freed));
    }
    let drew = before.drawn.as_ref().is_some_and(|by| by.entry == *release);
    if !drew || !before.stage.is_live() {
        return Ok(Events::new());
    }
    if before.stage == Stage::Claimed || before.paid_fen > 0 {
        let found = alloc::format!("{}, {} fen paid", before.stage.name(), before.paid_fen);
        let expected = "a drawdown of which nothing is claimed or paid";
        return Err(Refusal::new(Rule::RestsOnIt, "tax", found, expected).into());
    }
    Ok(with_line(entry_no, &before, DrawdownEvent::Undrawn { by: desk.by() }))
}
