//! Lines: filed, activated, suspended, amended, closed; and the credit grades of enterprises.

use alloc::format;

use super::{
    bodies::{Activation, Amendment, CreditGrading, Grade, GuaranteeFile, GuarantorKind, Reason},
    events::{EnterpriseEvent, LineEvent},
    money::yuan,
    reading::{find_grade, find_line, on_enterprise, on_line, require_among, require_line},
    set::LiveSet,
    state::{Line, Standing},
};
use crate::{
    family::{Events, desk::Desk},
    membership::{self, Role},
    refusal::{Refusal, Remedy, Rule},
    world::No,
};

/// Registered-place customs files an instrument. A grade that the ledger does not know is recorded.
pub(super) fn file(desk: Desk<'_>, filing_no: &str, body: &GuaranteeFile) -> Result<Events, No> {
    if let Some(used) = find_line(desk.world, filing_no)? {
        let found = format!("{filing_no}, filed in entry {}", used.by.entry);
        return Err(Refusal::new(Rule::FilingUsed, "filing_no", found, "a new number").into());
    }
    if let Some(guarantor) = &body.guarantor_uscc {
        require_guarantor_role(desk, guarantor)?;
    }
    let grade = find_grade(desk.world, &body.enterprise_uscc)?;
    if let Some(grade) = grade.filter(|g| *g != body.credit_grade) {
        let found = body.credit_grade.name();
        return Err(Refusal::new(Rule::GradeDiffers, "credit_grade", found, grade.name()).into());
    }
    let office = desk.actor.district.clone().unwrap_or_default();
    require_among(&body.beneficiaries, &office)?;
    require_creditworthy(body.credit_grade, body.guarantor_kind)?;
    require_to_come(desk.now.time, body.valid_to)?;
    let line = Line {
        standing: Standing::Filed,
        by: desk.by(),
        office,
        instrument_no: body.instrument_no.clone(),
        guarantor_kind: body.guarantor_kind,
        enterprise: body.enterprise_uscc.clone(),
        beneficiaries: body.beneficiaries.clone(),
        limit_fen: body.limit_fen,
        used_fen: 0,
        live: 0,
        live_set: LiveSet::EMPTY,
        scope: body.scope.clone(),
        valid_from: body.valid_from,
        valid_to: body.valid_to,
        covers_late_fee: body.covers_late_fee,
        data_digest: body.data_digest,
        declarants: body.declarants.clone(),
        claims_open: 0,
        settled_fen: 0,
        notice_days: 0,
        guarantor: body.guarantor_uscc.clone(),
        activated: None,
    };
    let mut events = alloc::vec![on_line(filing_no, LineEvent::Filed { line })];
    if grade.is_none() {
        let reason = format!("as filed with {filing_no}");
        let graded = EnterpriseEvent::Graded { by: desk.by(), grade: body.credit_grade, reason };
        events.push(on_enterprise(&body.enterprise_uscc, graded));
    }
    Ok(events)
}

fn require_guarantor_role(desk: Desk<'_>, guarantor: &str) -> Result<(), No> {
    let party = membership::read_party(desk.world, guarantor)?;
    if party.is_some_and(|p| p.active && p.roles.contains(&Role::Guarantor)) {
        return Ok(());
    }
    let expected = "a party of this network in the role of guarantor";
    Err(Refusal::new(Rule::UnknownGuarantor, "guarantor_uscc", guarantor, expected)
        .mended_by(Remedy::Customs)
        .into())
}

/// A discredited enterprise secures with cash only.
pub(super) fn require_creditworthy(grade: Grade, kind: GuarantorKind) -> Result<(), Refusal> {
    if grade != Grade::Discredited || kind == GuarantorKind::Cash {
        return Ok(());
    }
    let found = format!("{}, with {}", grade.name(), kind.name());
    Err(Refusal::new(Rule::Discredited, "credit_grade", found, "cash, or a better grade")
        .mended_by(Remedy::Enterprise))
}

/// A term ends later than it begins, and later than now.
fn require_to_come(than: u64, valid_to: u64) -> Result<(), Refusal> {
    if valid_to > than {
        return Ok(());
    }
    Err(Refusal::new(Rule::TermOver, "valid_to", valid_to, format!("more than {than}")))
}

/// The guarantor holds the same data that customs filed: the line may be drawn on.
pub(super) fn activate(desk: Desk<'_>, filing_no: &str, body: &Activation) -> Result<Events, No> {
    let line = require_line(desk.world, filing_no)?;
    desk.require_guarantor(&line)?;
    if body.data_digest != line.data_digest {
        let (found, expected) = (body.data_digest, format!("{}, as filed", line.data_digest));
        return Err(Refusal::new(Rule::DataDiffers, "data_digest", found, expected)
            .mended_by(Remedy::Customs)
            .into());
    }
    line.require_standing(&[Standing::Filed])?;
    line.require_term(desk.now.time)?;
    Ok(alloc::vec![on_line(filing_no, LineEvent::Activated { by: desk.by() })])
}

/// No new draws until the office resumes the line.
pub(super) fn suspend(desk: Desk<'_>, filing_no: &str, body: &Reason) -> Result<Events, No> {
    let line = require_line(desk.world, filing_no)?;
    desk.require_filing_office(&line)?;
    line.require_standing(&[Standing::Active])?;
    let suspended = LineEvent::Suspended { by: desk.by(), reason: body.reason.clone() };
    Ok(alloc::vec![on_line(filing_no, suspended)])
}

/// New draws again, within the term.
pub(super) fn resume(desk: Desk<'_>, filing_no: &str, body: &Reason) -> Result<Events, No> {
    let line = require_line(desk.world, filing_no)?;
    desk.require_filing_office(&line)?;
    line.require_standing(&[Standing::Suspended])?;
    let resumed = LineEvent::Resumed { by: desk.by(), reason: body.reason.clone() };
    Ok(alloc::vec![on_line(filing_no, resumed)])
}

/// Another limit or term, as long as the line's term runs.
pub(super) fn amend(desk: Desk<'_>, filing_no: &str, body: &Amendment) -> Result<Events, No> {
    let line = require_line(desk.world, filing_no)?;
    desk.require_guarantor(&line)?;
    line.require_standing(&[Standing::Active, Standing::Suspended])?;
    line.require_term(desk.now.time)?;
    if let Some(limit) = body.limit_fen.filter(|l| *l < line.used_fen) {
        let expected =
            format!("at least {} ({}), what is used", line.used_fen, yuan(line.used_fen));
        let found = format!("{limit} ({})", yuan(limit));
        return Err(Refusal::new(Rule::LimitBelowUsed, "limit_fen", found, expected).into());
    }
    if let Some(valid_to) = body.valid_to {
        require_to_come(line.valid_from.max(desk.now.time), valid_to)?;
    }
    let same = body.limit_fen.is_none_or(|l| l == line.limit_fen)
        && body.valid_to.is_none_or(|t| t == line.valid_to);
    if same {
        let expected = "another limit or another end of the term";
        return Err(Refusal::new(Rule::NothingChanges, "limit_fen", "the same", expected).into());
    }
    let amended = LineEvent::Amended {
        by: desk.by(),
        reason: body.reason.clone(),
        limit_fen: body.limit_fen,
        valid_to: body.valid_to,
    };
    Ok(alloc::vec![on_line(filing_no, amended)])
}

/// The line ends: nothing may live on it.
pub(super) fn close(desk: Desk<'_>, filing_no: &str, body: &Reason) -> Result<Events, No> {
    let line = require_line(desk.world, filing_no)?;
    desk.require_filing_office(&line)?;
    line.require_standing(&[
        Standing::Filed,
        Standing::Active,
        Standing::Suspended,
        Standing::Expired,
    ])?;
    if line.live > 0 {
        let found = format!("{} live drawdowns, {}", line.live, yuan(line.used_fen));
        return Err(Refusal::new(Rule::DrawsLive, "live", found, "none")
            .mended_by(Remedy::Enterprise)
            .into());
    }
    let closed = LineEvent::Closed { by: desk.by(), reason: body.reason.clone() };
    Ok(alloc::vec![on_line(filing_no, closed)])
}

/// Customs grades an enterprise; what was drawn before stays as it is.
pub(super) fn grade(desk: Desk<'_>, uscc: &str, body: &CreditGrading) -> Result<Events, No> {
    if find_grade(desk.world, uscc)? == Some(body.grade) {
        let found = body.grade.name();
        return Err(Refusal::new(Rule::NothingChanges, "grade", found, "another grade").into());
    }
    let (by, grade, reason) = (desk.by(), body.grade, body.reason.clone());
    Ok(alloc::vec![on_enterprise(uscc, EnterpriseEvent::Graded { by, grade, reason })])
}
