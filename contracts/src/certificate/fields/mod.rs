//! `check`: what a body must be by itself, before any state is read.

mod application;
mod register;

pub(super) use register::RulesName;

use super::kinds::{Action, Subject};
use crate::{
    family::fields::Fields,
    identifiers::{DeclarationNumber, Uscc},
    limits::CERTIFICATE_NO_BYTES_MAX,
    refusal::Refusal,
};

impl Action {
    /// Everything about the body that needs no state.
    pub(super) fn check_fields(&self) -> Result<(), Refusal> {
        let mut f = Fields::default();
        match self.subject() {
            Subject::Kind(code) => f.kind_code("kind", code),
            Subject::Exporter(uscc) => f.read(Uscc::parse("exporter", uscc)),
            Subject::RuleSet(name) => f.read(RulesName::parse(name)),
            Subject::Review(name) => f.review_name(name),
            Subject::Application(no) => f.code("application", no),
            Subject::Certificate(no) => f.text("certificate", no, CERTIFICATE_NO_BYTES_MAX),
            Subject::Letter(no) => f.code("letter", no),
            Subject::Archive(no) => f.read(DeclarationNumber::parse("entry_no", no)),
            // No entry is about these: rules alone write them.
            Subject::Invoice(_) | Subject::Serial(_) | Subject::Paper(_) | Subject::Animal(_) => {}
        }
        self.check_body(&mut f);
        f.answer()
    }

    fn check_body(&self, f: &mut Fields) {
        match self {
            Self::RegisterKind { body, .. } => f.kind_registration(body),
            Self::FileExporter { body, .. } => f.exporter(body),
            Self::RegisterRules { body, .. } => f.rule_set(body),
            Self::ActivateRules { body, .. } => f.words("reason", &body.reason),
            Self::Apply { body, .. } | Self::Resubmit { body, .. } => f.applied_for(body),
            Self::Withdraw { body, .. } => f.words("reason", &body.reason),
            Self::Rule { body, .. } => f.ruling(body),
            // Any digest is a digest.
            Self::Issue { body, .. } => f.code("application", &body.application),
            Self::Countersign { .. } | Self::CountersignAmendment { .. } => {}
            Self::ArchivePrint { .. } => {}
            Self::Print { body, .. } => f.print(body),
            Self::Deliver { body, .. } => f.deliver(body),
            Self::CourierEvent { body, .. } => f.courier(body),
            Self::Use { body, .. } => f.used(body),
            Self::GateScan { body, .. } => f.scanned(body),
            Self::Amend { body, .. } => f.corrected(body),
            Self::Revoke { body, .. } => f.words("reason", &body.reason),
            Self::FileLetter { body, .. } => f.letter(body),
            Self::AnimalsReturned { body, .. } => f.back(body),
        }
    }
}
