//! What customs registers: kinds, exporters, rules of review.

use alloc::boxed::Box;

use super::{
    bodies::{ExporterFiling, KindRegistration, RuleActivation, RuleSet},
    events::{ExporterEvent, KindEvent, ReviewEvent, RulesEvent},
    fields::RulesName,
    reading::{find_kind, find_review, on_exporter, on_kind, on_review, on_rules, require_kind},
};
use crate::{
    family::{Events, desk::Desk},
    refusal::{Refusal, Remedy, Rule},
    world::No,
};

/// A kind is registered; another office than the one that registered it does not change it.
pub(super) fn kind(desk: Desk<'_>, code: &str, body: &KindRegistration) -> Result<Events, No> {
    if let Some(known) = find_kind(desk.world, code)? {
        desk.require_self("kind", &known.by)?;
    }
    let registered = Box::new(body.clone());
    Ok(alloc::vec![on_kind(code, KindEvent::Registered { by: desk.by(), registered })])
}

/// An exporter is filed, or filed again.
pub(super) fn exporter(desk: Desk<'_>, uscc: &str, body: &ExporterFiling) -> Events {
    let filed = ExporterEvent::Filed { by: desk.by(), filed: body.clone() };
    alloc::vec![on_exporter(uscc, filed)]
}

/// An office registers the next version of its rules for a kind. It is not in force by that.
pub(super) fn rules(desk: Desk<'_>, name: &str, body: &RuleSet) -> Result<Events, No> {
    let rules = RulesName::parse(name)?;
    require_kind(desk.world, rules.kind)?;
    desk.require_office(rules.district)?;
    let registered = find_review(desk.world, rules.review)?.map_or(0, |r| r.registered);
    let next = registered.saturating_add(1);
    if rules.version != next {
        let refusal = Refusal::new(Rule::RulesVersion, "version", rules.version, next);
        return Err(refusal.mended_by(Remedy::Customs).into());
    }
    Ok(alloc::vec![
        on_rules(name, RulesEvent::Registered { by: desk.by(), set: body.clone() }),
        on_review(rules.review, ReviewEvent::VersionRegistered { version: next }),
    ])
}

/// An office reviews by that version from now on; by none, with 0.
pub(super) fn activate(desk: Desk<'_>, name: &str, body: &RuleActivation) -> Result<Events, No> {
    let (district, _) = name.split_once('.').unwrap_or((name, ""));
    let review = find_review(desk.world, name)?.filter(|r| body.version <= r.registered);
    let Some(review) = review else {
        let expected = "a version that the office has registered";
        return Err(Refusal::new(Rule::NoSuchRules, "version", body.version, expected)
            .mended_by(Remedy::Customs)
            .into());
    };
    desk.require_office(district)?;
    if review.active == body.version {
        let expected = "another version than the one in force";
        return Err(Refusal::new(Rule::ActiveAlready, "version", body.version, expected).into());
    }
    let (by, version, reason) = (desk.by(), body.version, body.reason.clone());
    Ok(alloc::vec![on_review(name, ReviewEvent::Activated { by, version, reason })])
}
