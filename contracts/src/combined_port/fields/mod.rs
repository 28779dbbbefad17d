//! `check`: what a body must be by itself, before any state is read.

mod bill;
mod cargo;

use alloc::{format, string::String};

use super::{
    bodies::{ManifestContainer, Seal},
    kinds::Action,
};
use crate::{
    family::fields::Fields,
    identifiers::{ContainerNumber, ConveyanceId, District, PlaceCode, SizeType, Uscc},
    limits::{CONTAINERS_PER_BILL_MAX, CONTAINERS_PER_PLAN_MAX, SEALS_MAX},
    refusal::Refusal,
};

impl Fields {
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
        f.answer()
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
            Self::InspectionNotice { subject, body, .. } => f.notice(subject.name(), body),
            Self::RelocationFeedback { subject, body, .. } => f.feedback(subject.name(), body),
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
                f.evidence(&body.evidence);
            }
            Self::TransferPlan { body, .. } => f.plan(body),
            Self::PlanAmendment { body, .. } => {
                f.containers("containers", &body.containers, CONTAINERS_PER_PLAN_MAX);
                f.words("reason", &body.reason);
            }
            Self::Void { body, .. } => f.words("reason", &body.reason),
            Self::ClearHold { body, .. } => {
                f.evidence(&body.evidence);
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
                f.evidence(&body.evidence);
            }
            _ => {}
        }
    }
}
