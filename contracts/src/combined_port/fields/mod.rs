//! `check`: what a body must be by itself, before any state is read.
//!
//! Every field is looked at; of the rules that are broken the one that stands first is answered.

mod bill;
mod cargo;

use alloc::{
    collections::BTreeSet,
    format,
    string::{String, ToString},
};

use super::{
    bodies::{ManifestContainer, Seal},
    kinds::Action,
};
use crate::{
    identifiers::{ContainerNumber, ConveyanceId, District, PlaceCode, SizeType, Uscc},
    limits::{
        CODE_BYTES_MAX, CONTAINERS_PER_BILL_MAX, CONTAINERS_PER_PLAN_MAX, EVIDENCE_MAX, SEALS_MAX,
        TEXT_BYTES_MAX,
    },
    refusal::{Refusal, Rule},
};

/// Collects what is wrong, and keeps what stands first in the rulebook.
#[derive(Default)]
struct Fields {
    first: Option<Refusal>,
}

impl Fields {
    fn no(&mut self, refusal: Refusal) {
        if self.first.as_ref().is_none_or(|first| refusal.rule < first.rule) {
            self.first = Some(refusal);
        }
    }

    fn read<T>(&mut self, result: Result<T, Refusal>) {
        if let Err(refusal) = result {
            self.no(refusal);
        }
    }

    fn text(&mut self, field: &str, text: &str, max: usize) {
        if text.trim().is_empty() {
            self.no(Refusal::new(Rule::FieldMissing, field, "nothing", "a value"));
        } else if text.len() > max || text.chars().any(char::is_control) {
            let expected = format!("at most {max} bytes without control characters");
            let found = format!("{} bytes", text.len());
            self.no(Refusal::new(Rule::FieldValue, field, found, expected));
        }
    }

    fn code(&mut self, field: &str, text: &str) {
        self.text(field, text, CODE_BYTES_MAX);
    }

    fn words(&mut self, field: &str, text: &str) {
        self.text(field, text, TEXT_BYTES_MAX);
    }

    fn maybe(&mut self, field: &str, text: Option<&str>) {
        text.into_iter().for_each(|t| self.words(field, t));
    }

    fn digits(&mut self, field: &str, text: &str, n: usize) {
        if text.len() != n || !text.bytes().all(|c| c.is_ascii_digit()) {
            self.no(Refusal::new(Rule::FieldValue, field, text, format!("{n} digits")));
        }
    }

    fn ensure(&mut self, ok: bool, field: &str, found: impl ToString, expected: impl ToString) {
        if !ok {
            self.no(Refusal::new(Rule::FieldValue, field, found, expected));
        }
    }

    fn present(&mut self, field: &str, is: bool) {
        if !is {
            self.no(Refusal::new(Rule::FieldMissing, field, "nothing", "a value"));
        }
    }

    fn count(&mut self, field: &str, count: usize, max: usize) {
        self.present(field, count > 0);
        self.ensure(count <= max, field, count, format!("at most {max}"));
    }

    fn unique<'t>(&mut self, field: &str, items: impl Iterator<Item = &'t str>) {
        let mut seen = BTreeSet::new();
        for item in items {
            if !seen.insert(item) {
                self.no(Refusal::new(Rule::DuplicateItem, field, item, "each item once"));
            }
        }
    }

    fn containers(&mut self, field: &str, containers: &[String], max: usize) {
        self.count(field, containers.len(), max);
        for c in containers {
            self.read(ContainerNumber::legacy(field, c));
        }
        self.unique(field, containers.iter().map(String::as_str));
    }

    fn manifest_containers(&mut self, containers: &[ManifestContainer]) {
        self.count("containers", containers.len(), CONTAINERS_PER_BILL_MAX);
        for c in containers {
            self.read(ContainerNumber::legacy("containers", &c.container_no));
            self.read(SizeType::parse("size_type", &c.size_type));
        }
        self.unique("containers", containers.iter().map(|c| c.container_no.as_str()));
    }

    fn seals(&mut self, seals: &[Seal]) {
        self.ensure(seals.len() <= SEALS_MAX, "seals", seals.len(), format!("at most {SEALS_MAX}"));
        for seal in seals {
            self.text("seal_no", &seal.no, 15);
        }
        self.unique("seals", seals.iter().map(|s| s.no.as_str()));
    }

    fn stowage(&mut self, stowage: &str) {
        let fits = stowage.len() == 7 && stowage.bytes().all(|c| c.is_ascii_digit());
        self.ensure(fits, "stowage", stowage, "BBBRRTT: bay, row, tier in seven digits");
    }

    fn evidence(&mut self, count: usize) {
        self.count("evidence", count, EVIDENCE_MAX);
    }

    fn ship(&mut self, conveyance_id: &str, voyage: &str) {
        self.read(ConveyanceId::parse("conveyance_id", conveyance_id));
        self.text("voyage", voyage, 17);
    }

    fn country(&mut self, origin: &str) {
        let fits = origin.len() == 3 && origin.bytes().all(|c| c.is_ascii_uppercase());
        self.ensure(fits, "origin", origin, "three letters (ISO 3166 alpha-3)");
    }
}

impl Action {
    /// Everything about the body that needs no state.
    pub(super) fn check_fields(&self) -> Result<(), Refusal> {
        let mut f = Fields::default();
        self.check_subject(&mut f);
        self.check_body(&mut f);
        f.first.map_or(Ok(()), Err)
    }

    fn check_subject(&self, f: &mut Fields) {
        let name = self.subject().name();
        match self.subject().prefix() {
            "bill" => f.text("bill_no", name, 35),
            "box" => f.read(ContainerNumber::legacy("container_no", name)),
            "ship" => f.read(ConveyanceId::parse("conveyance_id", name)),
            _ => f.text("batch_no", name, 35),
        }
    }

    fn check_body(&self, f: &mut Fields) {
        match self {
            Self::ConveyanceFiling { body, .. } => f.filing(body),
            Self::Position { body, .. } => f.position(body),
            Self::VesselDeparture { body, .. } => f.bills(&body.voyage, &body.bills),
            Self::VesselUnloaded { body, .. } => f.bills(&body.voyage, &body.bills),
            Self::Manifest { body, .. } => f.manifest(body),
            Self::ManifestAmendment { body, .. } => f.amendment(body),
            Self::Declaration { body, .. } | Self::CompleteDeclaration { body, .. } => {
                f.declaration(body);
            }
            Self::SummaryDeclaration { body, .. } => f.summary(body),
            Self::InspectionNotice { subject, body } => f.notice(subject.name(), body),
            Self::RelocationFeedback { subject, body } => f.feedback(subject.name(), body),
            Self::InspectionResult { body, .. } => f.result(body),
            Self::Release { body, .. } => f.release(body),
            Self::Tally { body, .. } => f.tally(body),
            Self::DeliveryOrder { body, .. } => {
                f.text("do_no", &body.do_no, 35);
                f.read(Uscc::parse("holder_uscc", &body.holder_uscc));
            }
            Self::TitleTransfer { body, .. } => {
                f.text("do_no", &body.do_no, 35);
                f.read(Uscc::parse("to_uscc", &body.to_uscc));
            }
            Self::Withdrawal { body, .. } => {
                f.containers("containers", &body.containers, CONTAINERS_PER_BILL_MAX);
                f.words("reason", &body.reason);
                f.evidence(body.evidence.len());
            }
            Self::TransferPlan { body, .. } => f.plan(body),
            Self::PlanAmendment { body, .. } => {
                f.containers("containers", &body.containers, CONTAINERS_PER_PLAN_MAX);
                f.words("reason", &body.reason);
            }
            Self::Void { body, .. } => f.words("reason", &body.reason),
            Self::ClearHold { body, .. } => {
                f.evidence(body.evidence.len());
                f.words("reason", &body.reason);
                f.maybe("true_value", body.true_value.as_deref());
            }
            Self::PlanConfirmation { .. }
            | Self::Departure { .. }
            | Self::BargeArrival { .. }
            | Self::DischargeReport { .. } => {}
            _ => self.check_box_body(f),
        }
    }

    fn check_box_body(&self, f: &mut Fields) {
        match self {
            Self::Gate { body, .. } => f.gate(body),
            Self::Arrival { body, .. } => {
                f.text("bill_no", &body.bill_no, 35);
                f.read(District::parse("declaration_office", &body.declaration_office));
                f.read(SizeType::parse("size_type", &body.size_type));
                if let Some(id) = &body.conveyance_id {
                    f.read(ConveyanceId::parse("conveyance_id", id));
                }
                body.voyage.iter().for_each(|v| f.text("voyage", v, 17));
            }
            Self::BargeLoad { body, .. } => {
                f.text("batch_no", &body.batch_no, 35);
                f.seals(&body.seals);
                body.stowage.iter().for_each(|s| f.stowage(s));
            }
            Self::Discharge { body, .. } => {
                f.text("batch_no", &body.batch_no, 35);
                f.seals(&body.seals);
                f.read(SizeType::parse("size_type", &body.size_type));
            }
            Self::VesselLoad { body, .. } => {
                f.ship(&body.conveyance_id, &body.voyage);
                f.seals(&body.seals);
                f.stowage(&body.stowage);
            }
            Self::VesselDischarge { body, .. } => {
                f.text("bill_no", &body.bill_no, 35);
                f.ship(&body.conveyance_id, &body.voyage);
                f.read(PlaceCode::parse("place", &body.place));
                f.seals(&body.seals);
                f.read(SizeType::parse("size_type", &body.size_type));
            }
            Self::EquipmentReceipt { body, .. } => f.receipt(body),
            Self::TradeAttribute { body, .. } => {
                f.words("basis", &body.basis);
                f.maybe("disposal", body.disposal.as_deref());
            }
            Self::LegacyBox { body, .. } => {
                f.words("reason", &body.reason);
                f.evidence(body.evidence.len());
            }
            _ => {}
        }
    }
}
