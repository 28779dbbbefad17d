//! What happens to a certificate.

use alloc::{boxed::Box, string::String, vec::Vec};

use countersign_record::Digest;
use minicbor::{Decode, Encode};
use serde::Serialize;

use crate::{
    certificate::{
        bodies::{CourierStep, ItemUse, RevocationCause, Text, UseMode},
        state::{Amended, Certificate, Correction, Group, Handover, Scan, Signature, Standing},
    },
    family::{Said, desk::By},
};

/// Something that happened to a certificate.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum CertificateEvent {
    /// The office signed it.
    #[n(0)]
    Issued {
        /// The certificate.
        #[n(0)]
        certificate: Box<Certificate>,
    },
    /// The enterprise signed it.
    #[n(1)]
    Countersigned {
        /// Who.
        #[n(0)]
        signature: Signature,
    },
    /// A copy was printed.
    #[n(2)]
    Printed {
        /// Who.
        #[n(0)]
        by: By,
        /// The number of the copy.
        #[n(1)]
        copy_no: u32,
        /// SHA-256 of the PDF.
        #[n(2)]
        pdf: Digest,
    },
    /// It was handed over, or sent.
    #[n(3)]
    HandedOver {
        /// How.
        #[n(0)]
        handover: Box<Handover>,
    },
    /// The courier reported.
    #[n(4)]
    CourierReported {
        /// The courier.
        #[n(0)]
        by: By,
        /// What.
        #[n(1)]
        step: CourierStep,
        /// Where.
        #[n(2)]
        place: String,
        /// The bag.
        #[n(3)]
        bag_no: String,
    },
    /// It was used, or shown.
    #[n(5)]
    Used {
        /// The office that consumed.
        #[n(0)]
        by: By,
        /// What of it; nothing where it is used as a whole.
        #[n(1)]
        items: Vec<ItemUse>,
        /// The declaration.
        #[n(2)]
        entry_no: Option<String>,
        /// The exit or entry slip.
        #[n(3)]
        slip_no: Option<String>,
    },
    /// Animals were read at a gate.
    #[n(6)]
    Scanned {
        /// What was read.
        #[n(0)]
        scan: Scan,
    },
    /// The office corrected it; the other authority has not agreed yet.
    #[n(7)]
    Corrected {
        /// The correction.
        #[n(0)]
        correction: Box<Correction>,
    },
    /// The other authority agreed.
    #[n(8)]
    Amended {
        /// Who.
        #[n(0)]
        agreed: Signature,
    },
    /// Another certificate stands for it.
    #[n(9)]
    Replaced {
        /// By whose signature.
        #[n(0)]
        by: By,
        /// The other certificate.
        #[n(1)]
        certificate: String,
    },
    /// The office revoked it.
    #[n(10)]
    Revoked {
        /// The office.
        #[n(0)]
        by: By,
        /// The class of reason.
        #[n(1)]
        cause: RevocationCause,
        /// Why.
        #[n(2)]
        reason: String,
    },
    /// Its term is over.
    #[n(11)]
    Expired,
}

fn nobody() -> By {
    By { party: String::new(), entry: Digest::ZERO, at: 0 }
}

/// A certificate of which nothing is known yet.
pub(super) fn unknown() -> Certificate {
    Certificate {
        standing: Standing::Expired,
        kind: String::new(),
        title: Text { en: String::new(), zh: String::new() },
        use_mode: UseMode::Once,
        office: String::new(),
        enterprise: String::new(),
        application: String::new(),
        application_entry: Digest::ZERO,
        content: Digest::ZERO,
        valid_from: 0,
        valid_to: 0,
        retroactive: false,
        issued: Signature { by: nobody(), officer_hash: Digest::ZERO },
        items: Vec::new(),
        uses: 0,
        prints: 0,
        countersigned: None,
        agent: None,
        pdf: None,
        group: None,
        scan: None,
        handover: None,
        correction: None,
        amended: None,
        replaces: None,
        replaced_by: None,
        ended: None,
        cause: None,
    }
}

impl Certificate {
    /// The certificate after something happened.
    #[must_use]
    pub(crate) fn after(mut self, event: &CertificateEvent) -> Self {
        match event.clone() {
            CertificateEvent::Issued { certificate } => return *certificate,
            CertificateEvent::Countersigned { signature } => {
                self.standing = Standing::Valid;
                self.countersigned = Some(signature);
            }
            CertificateEvent::Printed { copy_no, pdf, .. } => {
                self.prints = copy_no;
                self.pdf = Some(pdf);
            }
            CertificateEvent::HandedOver { handover } => self.handover = Some(*handover),
            CertificateEvent::CourierReported { by, step, place, bag_no } => {
                self.report(&by, step, place, bag_no);
            }
            CertificateEvent::Used { by, items, .. } => self.consume(by, &items),
            CertificateEvent::Scanned { scan } => self.scan = Some(scan),
            CertificateEvent::Corrected { correction } => self.correction = Some(*correction),
            CertificateEvent::Amended { agreed } => self.amend(agreed),
            CertificateEvent::Replaced { by, certificate } => {
                self.standing = Standing::Replaced;
                self.replaced_by = Some(certificate);
                self.ended = Some(by);
            }
            CertificateEvent::Revoked { by, cause, .. } => {
                self.standing = Standing::Revoked;
                self.cause = Some(cause);
                self.ended = Some(by);
            }
            CertificateEvent::Expired => self.standing = Standing::Expired,
        }
        self
    }

    fn report(&mut self, by: &By, step: CourierStep, place: String, bag_no: String) {
        let Some(carriage) = self.handover.as_mut().and_then(|h| h.carriage.as_mut()) else {
            return;
        };
        carriage.step = Some(step);
        carriage.place = Some(place);
        carriage.at = Some(by.at);
        if bag_no != carriage.bag_no && carriage.other_bag.is_none() {
            let said = Said { party: by.party.clone(), entry: by.entry, value: bag_no };
            carriage.other_bag = Some(said);
        }
    }

    fn consume(&mut self, by: By, used: &[ItemUse]) {
        self.uses = self.uses.saturating_add(1);
        for row in used {
            for item in self.items.iter_mut().filter(|i| i.no == row.item) {
                item.used_milli = item.used_milli.saturating_add(row.qty_milli);
            }
        }
        let whole = match self.use_mode {
            UseMode::Quantity => self.items.iter().all(|i| i.left_milli() == 0),
            UseMode::Once => true,
            UseMode::Shown => return,
        };
        if whole {
            self.standing = Standing::Exhausted;
            self.ended = Some(by);
        } else {
            self.standing = Standing::PartlyUsed;
        }
    }

    /// The correction stands: a page of the version before is outdated, and what was read at the
    /// gate is compared with the new list.
    fn amend(&mut self, agreed: Signature) {
        let Some(correction) = self.correction.take() else { return };
        let before = self.amended.take();
        let (group, remarks) =
            before.as_ref().map_or((None, None), |a| (a.group.clone(), a.remarks.clone()));
        if let Some(corrected) = &correction.group {
            let group = Group::from(corrected);
            if let (Some(scan), Some(list)) = (self.scan.take(), &self.group) {
                self.scan = Some(scan.against(&list.chips, &group.chips));
            }
            self.group = Some(group);
        }
        self.pdf = None;
        self.amended = Some(Amended {
            times: before.map_or(0, |a| a.times).saturating_add(1),
            by: correction.by,
            agreed,
            group: correction.group.or(group),
            remarks: correction.remarks.or(remarks),
        });
    }
}
