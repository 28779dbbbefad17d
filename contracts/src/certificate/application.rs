//! Applications: submitted and reviewed in one step, sent again after a return, decided by an
//! officer where the rules leave it to one.

use alloc::{boxed::Box, format, vec::Vec};

use super::{
    bodies::{Application, Decision, KindRegistration, Outcome, Part, Reason, Ruling},
    events::ApplicationEvent,
    number::NumberRule,
    reading::{
        find_application, find_exporter, find_review, find_rules, on_application,
        require_application, require_kind, review_name, rules_name,
    },
    review::{ENGINE, Facts, Verdict, review},
    state::{Reviewed, Ruled, Stage},
};
use crate::{
    combined_port::declaration_on_ledger,
    evidence::ties::require_evidence,
    family::{
        Events,
        desk::{Desk, office},
    },
    guarantee::{bodies::Grade, ties::grade_of},
    limits::SUBMISSIONS_MAX,
    membership,
    refusal::{Refusal, Remedy, Rule},
    world::No,
};

/// An enterprise, or a declarant for it, applies.
pub(super) fn apply(
    desk: Desk<'_>,
    no: &str,
    body: &Application,
    sealed: &[u32],
) -> Result<Events, No> {
    desk.require_known_district("office", &body.office)?;
    require_office_admitted(desk, &body.office)?;
    let kind = &require_kind(desk.world, &body.kind)?.registered;
    if find_application(desk.world, no)?.is_some() {
        let expected = "a number that no application has";
        return Err(Refusal::new(Rule::ApplicationUsed, "application", no, expected).into());
    }
    submit(desk, no, kind, body, sealed)
}

/// The same party sends a returned application again, put right.
pub(super) fn resubmit(
    desk: Desk<'_>,
    no: &str,
    body: &Application,
    sealed: &[u32],
) -> Result<Events, No> {
    let kind = &require_kind(desk.world, &body.kind)?.registered;
    let before = require_application(desk.world, no)?;
    desk.require_applicant(&before)?;
    before.require_stage(&[Stage::Returned])?;
    if before.reviews.len() >= SUBMISSIONS_MAX {
        let expected = format!("at most {SUBMISSIONS_MAX} submissions");
        let found = before.reviews.len();
        return Err(Refusal::new(Rule::SubmittedTooOften, "application", found, expected).into());
    }
    let first = &before.application;
    for (field, found, expected) in [
        ("kind", &body.kind, &first.kind),
        ("office", &body.office, &first.office),
        ("enterprise_uscc", &body.enterprise_uscc, &first.enterprise_uscc),
    ] {
        if found != expected {
            return Err(Refusal::new(Rule::OtherApplication, field, found, expected).into());
        }
    }
    submit(desk, no, kind, body, sealed)
}

/// What both have in common: the parts that the kind asks for, and the review.
fn submit(
    desk: Desk<'_>,
    no: &str,
    kind: &KindRegistration,
    body: &Application,
    sealed: &[u32],
) -> Result<Events, No> {
    require_exporter(desk, kind, &body.enterprise_uscc)?;
    let grade = grade_of(desk.world, &body.enterprise_uscc)?;
    require_fit(kind, body, grade)?;
    require_own_declaration(desk, body)?;
    let reviewed = reviewed(desk, body, sealed, grade)?;
    let due = match reviewed.outcome {
        Outcome::Pass | Outcome::Return => None,
        Outcome::Manual | Outcome::Investigate => Some(desk.after("review_ms")?),
    };
    let submitted = ApplicationEvent::Submitted {
        by: desk.by(),
        application: Box::new(body.clone()),
        sealed: sealed.to_vec(),
        grade,
        reviewed,
        due,
    };
    Ok(alloc::vec![on_application(no, submitted)])
}

/// Refuses a district without an office on this ledger: nobody could issue.
fn require_office_admitted(desk: Desk<'_>, district: &str) -> Result<(), No> {
    let id = office(district);
    if membership::read_party(desk.world, &id)?.is_some() {
        return Ok(());
    }
    let expected = "a customs office of this network";
    Err(Refusal::new(Rule::NoSuchParty, "office", id, expected).into())
}

/// Numbers that carry a registration need an exporter that is filed (两证合一).
fn require_exporter(desk: Desk<'_>, kind: &KindRegistration, uscc: &str) -> Result<(), No> {
    let needed = NumberRule::parse(&kind.number)?.needs_registration();
    if !needed || find_exporter(desk.world, uscc)?.is_some() {
        return Ok(());
    }
    let expected = "an exporter that customs has filed";
    Err(Refusal::new(Rule::ExporterNotFiled, "enterprise_uscc", uscc, expected)
        .mended_by(Remedy::Customs)
        .into())
}

/// Refuses an application that is not what its kind asks for, or of an enterprise whose grade the
/// kind does not serve.
///
/// # Errors
/// The first rule that is broken.
pub fn require_fit(
    kind: &KindRegistration,
    body: &Application,
    grade: Grade,
) -> Result<(), Refusal> {
    require_parts(kind, body)?;
    if kind.advanced_only && grade != Grade::Advanced {
        let expected = Grade::Advanced.name();
        return Err(Refusal::new(Rule::AdvancedOnly, "enterprise_uscc", grade.name(), expected)
            .mended_by(Remedy::Applicant));
    }
    require_measure(kind, body)
}

fn require_parts(kind: &KindRegistration, body: &Application) -> Result<(), Refusal> {
    match kind.parts.iter().find(|part| !body.carries(**part)) {
        None => Ok(()),
        Some(part) => {
            let asked: Vec<&str> = kind.parts.iter().map(|p| p.name()).collect();
            Err(Refusal::new(Rule::PartMissing, part_field(*part), "nothing", asked.join(", ")))
        }
    }
}

/// The field of an application that is a part.
fn part_field(part: Part) -> &'static str {
    match part {
        Part::Declaration => "entry_no",
        other => other.name(),
    }
}

/// What the kind limits: isolation, animals, term.
fn require_measure(kind: &KindRegistration, body: &Application) -> Result<(), Refusal> {
    let fewest = u64::from(kind.isolation_days);
    if let Some(days) = body.isolation.as_ref().map(|i| i.days()).filter(|days| *days < fewest) {
        let expected = format!("at least {fewest} days");
        return Err(Refusal::new(Rule::IsolationShort, "isolation", days, expected));
    }
    let most = kind.animals_max as usize;
    let animals = body.group.as_ref().map(|g| g.animals.len());
    if let Some(animals) = animals.filter(|n| *n > most) {
        let expected = format!("at most {most}");
        return Err(Refusal::new(Rule::TooManyAnimals, "group.animals", animals, expected));
    }
    let longest = u64::from(kind.valid_days);
    if let Some(days) = body.term.as_ref().map(|t| t.days()).filter(|days| *days > longest) {
        let expected = format!("at most {longest} days");
        return Err(Refusal::new(Rule::TermTooLong, "term", days, expected));
    }
    Ok(())
}

/// Where the declaration stands on this ledger, the exporter is its consignor (§2.4).
fn require_own_declaration(desk: Desk<'_>, body: &Application) -> Result<(), No> {
    let Some(entry_no) = &body.entry_no else { return Ok(()) };
    let Some(declared) = declaration_on_ledger(desk.world, entry_no)? else { return Ok(()) };
    if declared.consignor_uscc != body.enterprise_uscc {
        let (found, expected) = (&body.enterprise_uscc, &declared.consignor_uscc);
        return Err(
            Refusal::new(Rule::DeclarationOfOther, "enterprise_uscc", found, expected).into()
        );
    }
    if declared.withdrawn {
        let expected = "a declaration whose goods go";
        return Err(Refusal::new(Rule::DeclarationGone, "entry_no", entry_no, expected).into());
    }
    Ok(())
}

/// Reviews by the rules in force; without any, an officer decides.
fn reviewed(
    desk: Desk<'_>,
    body: &Application,
    sealed: &[u32],
    grade: Grade,
) -> Result<Reviewed, No> {
    let at = desk.now.time;
    let name = review_name(&body.office, &body.kind);
    let active = find_review(desk.world, &name)?.map_or(0, |r| r.active);
    let ruleset = rules_name(&name, active);
    let (verdict, ruleset) = match find_rules(desk.world, &ruleset)? {
        Some(rules) => {
            let facts = Facts { application: body, sealed, grade, at };
            (review(&rules.set, &facts), Some(ruleset))
        }
        None => (Verdict { outcome: Outcome::Manual, hits: Vec::new() }, None),
    };
    let Verdict { outcome, hits } = verdict;
    Ok(Reviewed { outcome, hits, engine: ENGINE, at, ruleset })
}

/// The applicant takes it back, before anything is issued; an investigation only an officer closes.
pub(super) fn withdraw(desk: Desk<'_>, no: &str, body: &Reason) -> Result<Events, No> {
    let before = require_application(desk.world, no)?;
    desk.require_applicant(&before)?;
    before.require_stage(&[Stage::Passed, Stage::Returned, Stage::Manual])?;
    let withdrawn = ApplicationEvent::Withdrawn { by: desk.by(), reason: body.reason.clone() };
    Ok(alloc::vec![on_application(no, withdrawn)])
}

/// An officer decides. An investigation ends with a certificate or without, never with a return.
pub(super) fn rule(desk: Desk<'_>, no: &str, body: &Ruling) -> Result<Events, No> {
    let before = require_application(desk.world, no)?;
    desk.require_office(&before.application.office)?;
    before.require_stage(&[Stage::Manual, Stage::Investigated])?;
    if before.stage == Stage::Investigated && body.decision == Decision::Return {
        let found = body.decision.name();
        let expected = "approve or refuse: an investigation is closed";
        return Err(Refusal::new(Rule::DecisionUnfit, "decision", found, expected)
            .mended_by(Remedy::Customs)
            .into());
    }
    let mut events = require_evidence(desk, &format!("application:{no}"), &body.evidence)?;
    let ruled = Ruled {
        by: desk.by(),
        decision: body.decision,
        reason: body.reason.clone(),
        officer_hash: body.officer_hash,
        evidence: body.evidence.clone(),
    };
    events.push(on_application(no, ApplicationEvent::Ruled { ruled }));
    Ok(events)
}
