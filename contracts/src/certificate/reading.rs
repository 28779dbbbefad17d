//! How rules read the ledger, and the questions that many of them ask of a record.

use alloc::format;

use super::{
    events::{ApplicationEvent, Event, ExporterEvent, KindEvent, ReviewEvent, RulesEvent},
    state::{Applied, Exporter, Kind, Review, Rules, Stage, State},
};
use crate::{
    family::{desk::Desk, shapes::readers},
    refusal::{Refusal, Remedy, Rule},
    shared::Shared,
    world::{No, SubjectKey, Unreadable, World},
};

readers! {
    Certificate;
    "kind" find_kind on_kind Kind Kind KindEvent;
    "exporter" find_exporter on_exporter Exporter Exporter ExporterEvent;
    "ruleset" find_rules on_rules Rules Rules RulesEvent;
    "review" find_review on_review Review Review ReviewEvent;
    "application" find_application on_application Application Applied ApplicationEvent;
}

/// A registered kind.
pub(super) fn require_kind(world: &World<'_>, code: &str) -> Result<Shared<Kind>, No> {
    find_kind(world, code)?.ok_or_else(|| {
        let expected = "a kind of certificate that customs has registered";
        Refusal::new(Rule::NoSuchKind, "kind", code, expected).mended_by(Remedy::Customs).into()
    })
}

/// An application that was submitted.
pub(super) fn require_application(world: &World<'_>, no: &str) -> Result<Shared<Applied>, No> {
    find_application(world, no)?.ok_or_else(|| {
        let expected = "an application that was submitted";
        Refusal::new(Rule::NotApplied, "application", no, expected)
            .mended_by(Remedy::Applicant)
            .into()
    })
}

/// The name of an office's review of a kind.
pub(super) fn review_name(office: &str, kind: &str) -> alloc::string::String {
    format!("{office}.{kind}")
}

/// The name of a version of an office's rules.
pub(super) fn rules_name(review: &str, version: u32) -> alloc::string::String {
    format!("{review}.{version}")
}

impl Desk<'_> {
    /// Refuses an office other than that of the district.
    pub(super) fn require_office(&self, district: &str) -> Result<(), Refusal> {
        if self.actor.district.as_deref() == Some(district) {
            return Ok(());
        }
        let found = self.actor.district.as_deref().unwrap_or("none");
        Err(Refusal::new(Rule::NotOfficeAsked, "district", found, district)
            .mended_by(Remedy::Customs))
    }

    /// Refuses a party other than the one that applied.
    pub(super) fn require_applicant(&self, applied: &Applied) -> Result<(), Refusal> {
        if self.actor.id == applied.by.party {
            return Ok(());
        }
        let expected = &applied.by.party;
        Err(Refusal::new(Rule::NotApplicant, "applicant", &self.actor.id, expected)
            .mended_by(Remedy::Applicant))
    }
}

impl Applied {
    /// Refuses an application that stands otherwise than this step needs.
    pub(super) fn require_stage(&self, fits: &[Stage]) -> Result<(), Refusal> {
        if fits.contains(&self.stage) {
            return Ok(());
        }
        let names = fits.iter().map(|s| s.name()).collect::<alloc::vec::Vec<_>>();
        let expected = names.join(" or ");
        Err(Refusal::new(Rule::ApplicationStage, "stage", self.stage.name(), expected))
    }
}
