//! How rules read the ledger, and the questions that many of them ask of a record.

use alloc::{format, string::String, vec::Vec};

use super::{
    bodies::{Grade, Scope},
    events::{DrawdownEvent, EnterpriseEvent, Event, LineEvent},
    money::yuan,
    set::Live,
    state::{Drawdown, Enterprise, Line, Stage, Standing, State},
};
use crate::{
    family::{Events, desk::Desk, shapes::readers},
    refusal::{Refusal, Remedy, Rule},
    shared::Shared,
    world::{No, SubjectKey, Unreadable, World},
};

readers! {
    Guarantee;
    "line" find_line on_line Line Line LineEvent;
    "drawdown" find_drawdown on_drawdown Drawdown Drawdown DrawdownEvent;
    "enterprise" find_enterprise on_enterprise Enterprise Enterprise EnterpriseEvent;
}

/// The credit grade of an enterprise, where customs gave it one.
pub(super) fn find_grade(world: &World<'_>, enterprise: &str) -> Result<Option<Grade>, Unreadable> {
    Ok(find_enterprise(world, enterprise)?.map(|e| e.grade))
}

/// A filed line.
pub(super) fn require_line(world: &World<'_>, filing_no: &str) -> Result<Shared<Line>, No> {
    find_line(world, filing_no)?.ok_or_else(|| {
        let expected = "a guarantee that registered-place customs has filed";
        Refusal::new(Rule::NoSuchLine, "filing_no", filing_no, expected)
            .mended_by(Remedy::Customs)
            .into()
    })
}

/// The drawdown of a declaration.
pub(super) fn require_drawdown(world: &World<'_>, entry_no: &str) -> Result<Shared<Drawdown>, No> {
    find_drawdown(world, entry_no)?.ok_or_else(|| {
        let expected = "a declaration with a reservation";
        Refusal::new(Rule::NoSuchDrawdown, "entry_no", entry_no, expected)
            .mended_by(Remedy::Declarant)
            .into()
    })
}

/// The line of a drawdown: a drawdown names one that was filed, unless it is a waiver.
pub(super) fn find_line_of(
    world: &World<'_>,
    drawdown: &Drawdown,
) -> Result<Option<Shared<Line>>, Unreadable> {
    if drawdown.filing_no.is_empty() {
        return Ok(None);
    }
    find_line(world, &drawdown.filing_no)
}

/// The office where a declaration is made: its first four digits.
pub(super) fn district_of(entry_no: &str) -> &str {
    entry_no.get(..4).unwrap_or_default()
}

/// The directly affiliated office over a district: its first two digits.
pub(super) fn head_of(district: &str) -> &str {
    district.get(..2).unwrap_or_default()
}

impl Desk<'_> {
    /// Refuses an office other than the one that filed the line.
    pub(super) fn require_filing_office(&self, line: &Line) -> Result<(), Refusal> {
        if self.actor.district.as_deref() == Some(&line.office) {
            return Ok(());
        }
        let found = self.actor.district.as_deref().unwrap_or("none");
        Err(Refusal::new(Rule::NotFilingOffice, "district", found, &line.office)
            .mended_by(Remedy::Customs))
    }

    /// Whether the actor is the office where a declaration is made.
    pub(super) fn is_office_of(&self, entry_no: &str) -> bool {
        self.actor.district.as_deref() == Some(district_of(entry_no))
    }

    /// Refuses an office other than the one where the declaration is made.
    pub(super) fn require_office_of(&self, entry_no: &str) -> Result<(), Refusal> {
        if self.is_office_of(entry_no) {
            return Ok(());
        }
        Err(self.wrong_office(district_of(entry_no)))
    }

    /// The refusal of an office.
    pub(super) fn wrong_office(&self, expected: &str) -> Refusal {
        let found = self.actor.district.as_deref().unwrap_or("none");
        Refusal::new(Rule::NotDeclarationOffice, "district", found, expected)
            .mended_by(Remedy::Customs)
    }

    /// Refuses anybody but the guarantor; for cash, anybody but the filing office.
    pub(super) fn require_guarantor(&self, line: &Line) -> Result<(), Refusal> {
        match &line.guarantor {
            None => self.require_filing_office(line),
            Some(guarantor) if *guarantor == self.actor.id => Ok(()),
            Some(guarantor) => {
                Err(Refusal::new(Rule::NotGuarantor, "guarantor", &self.actor.id, guarantor)
                    .mended_by(Remedy::Guarantor))
            }
        }
    }

    /// Refuses a party that is neither the line's enterprise, nor a declarant that it names, nor
    /// the office where the declaration is made.
    pub(super) fn require_user(&self, line: &Line, entry_no: &str) -> Result<(), Refusal> {
        let actor = &self.actor.id;
        if *actor == line.enterprise || line.declarants.contains(actor) {
            return Ok(());
        }
        if self.is_office_of(entry_no) {
            return Ok(());
        }
        let expected = format!(
            "{}, a declarant named by the line, or customs {}",
            line.enterprise,
            district_of(entry_no)
        );
        Err(Refusal::new(Rule::NotLineUser, "signer", actor, expected)
            .mended_by(Remedy::Enterprise))
    }

    /// Refuses new draws on a line that does not stand for them at this moment.
    pub(super) fn require_usable(&self, line: &Line) -> Result<(), Refusal> {
        let now = self.now.time;
        if !matches!(line.standing, Standing::Active | Standing::Expired) {
            let found = line.standing.name();
            return Err(Refusal::new(Rule::LineNotActive, "standing", found, "active")
                .mended_by(Remedy::Guarantor));
        }
        if now < line.valid_from {
            let expected = format!("{} or later", line.valid_from);
            return Err(Refusal::new(Rule::LineNotYetValid, "valid_from", now, expected));
        }
        line.require_term(now)
    }
}

impl Line {
    /// Refuses a line whose term is over, whether or not its end is recorded yet.
    pub(super) fn require_term(&self, now: u64) -> Result<(), Refusal> {
        if self.standing != Standing::Expired && now <= self.valid_to {
            return Ok(());
        }
        let expected = format!("at most {}, the end of the term", self.valid_to);
        Err(Refusal::new(Rule::LineExpired, "valid_to", now, expected).mended_by(Remedy::Guarantor))
    }

    /// Refuses a line that stands otherwise than this step needs.
    pub(super) fn require_standing(&self, wanted: &[Standing]) -> Result<(), Refusal> {
        if wanted.contains(&self.standing) {
            return Ok(());
        }
        let names: Vec<&str> = wanted.iter().map(|s| s.name()).collect();
        let expected = names.join(" or ");
        Err(Refusal::new(Rule::LineStanding, "standing", self.standing.name(), expected))
    }

    /// Refuses a district whose directly affiliated office is no beneficiary.
    pub(super) fn require_beneficiary(&self, district: &str) -> Result<(), Refusal> {
        require_among(&self.beneficiaries, district)
    }

    /// Refuses a matter that the line does not secure.
    pub(super) fn require_scope(&self, scope: Scope) -> Result<(), Refusal> {
        if self.scope.contains(&scope) {
            return Ok(());
        }
        let names: Vec<&str> = self.scope.iter().map(|s| s.name()).collect();
        let expected = format!("one of: {}", names.join(", "));
        Err(Refusal::new(Rule::ScopeMissing, "scope", scope.name(), expected)
            .mended_by(Remedy::Guarantor))
    }

    /// Refuses more than what is left of the limit, and names what is left.
    pub(super) fn require_headroom(&self, more_fen: u64) -> Result<(), Refusal> {
        let left = self.headroom_fen();
        if more_fen <= left {
            return Ok(());
        }
        let expected = format!("at most {left} ({}), the headroom that is left", yuan(left));
        let found = format!("{more_fen} ({})", yuan(more_fen));
        Err(Refusal::new(Rule::NoHeadroom, "amount_fen", found, expected)
            .mended_by(Remedy::Enterprise))
    }
}

/// Refuses a district of none of these directly affiliated offices.
pub(super) fn require_among(beneficiaries: &[String], district: &str) -> Result<(), Refusal> {
    if beneficiaries.iter().any(|b| b == head_of(district)) {
        return Ok(());
    }
    let expected = format!("a district of: {}", beneficiaries.join(", "));
    Err(Refusal::new(Rule::NotBeneficiary, "beneficiaries", district, expected)
        .mended_by(Remedy::Customs))
}

impl Drawdown {
    /// Refuses a drawdown that stands otherwise than this step needs.
    pub(super) fn require_stage(&self, fits: bool, wanted: &str) -> Result<(), Refusal> {
        if fits {
            return Ok(());
        }
        Err(Refusal::new(Rule::DrawdownStage, "stage", self.stage.name(), wanted))
    }

    /// Whether its due day has passed, recorded yet or not, without a claim.
    pub(super) fn is_overdue(&self, now: u64) -> bool {
        self.stage.is_owed() && (self.stage == Stage::Overdue || self.due < now)
    }
}

/// What happens to a drawdown, and to its line as far as the line commits to what changed: a hot
/// line is touched only where it must be.
pub(super) fn with_line(entry_no: &str, before: &Drawdown, event: DrawdownEvent) -> Events {
    let after = before.clone().after(&event);
    let mut events = alloc::vec![on_drawdown(entry_no, event)];
    let change = match (before.live(entry_no), after.live(entry_no)) {
        (Some(before), Some(after)) if before == after => None,
        (Some(before), Some(after)) => Some(LineEvent::DrawdownChanged { before, after }),
        (Some(live), None) => Some(LineEvent::DrawdownRemoved { live }),
        (None, Some(live)) => Some(LineEvent::DrawdownAdded { live }),
        (None, None) => None,
    };
    events.extend(change.map(|e| on_line(&after.filing_no, e)));
    events
}

/// A live drawdown as refusals name it.
pub(super) fn shown(live: &Live) -> String {
    format!("{} on {}", yuan(live.open_fen), live.entry_no)
}
