//! What happens to an application.

use alloc::{boxed::Box, collections::BTreeMap, string::String, vec::Vec};

use countersign_record::Digest;
use minicbor::{Decode, Encode};
use serde::Serialize;

use super::Deadline;
use crate::bonded_oil::{
    bodies::{Product, Ship},
    state::{Application, By, DeliveryStage, Due, Share, Stage, Voucher},
};

/// Which statement on an application was taken back.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Taken {
    /// The application itself.
    #[n(0)]
    Application,
    /// Supply customs' yes.
    #[n(1)]
    Approval,
    /// Receiving customs' yes.
    #[n(2)]
    Acknowledgement,
    /// The voucher of that number.
    #[n(3)]
    Voucher(#[n(0)] String),
    /// The supplier's countersignature of that voucher.
    #[n(4)]
    Countersignature(#[n(0)] String),
    /// The write-off.
    #[n(5)]
    WriteOff,
}

/// Something that happened to an application.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum ApplicationEvent {
    /// A supplier applied.
    #[n(0)]
    Applied {
        /// The application.
        #[n(0)]
        application: Box<Application>,
    },
    /// Supply customs said yes.
    #[n(1)]
    Approved {
        /// The office.
        #[n(0)]
        by: By,
        /// How much, thousandths of a tonne.
        #[n(1)]
        approved_kg: u64,
        /// The officer.
        #[n(2)]
        officer_hash: Digest,
    },
    /// Receiving customs said yes.
    #[n(2)]
    Acknowledged {
        /// The office.
        #[n(0)]
        by: By,
        /// The officer.
        #[n(1)]
        officer_hash: Digest,
    },
    /// One of them said no.
    #[n(3)]
    Refused {
        /// The office.
        #[n(0)]
        by: By,
        /// The officer.
        #[n(1)]
        officer_hash: Digest,
        /// Why.
        #[n(2)]
        reason: String,
    },
    /// Oil went out, came back or was lost.
    #[n(4)]
    Moved {
        /// The voucher's number.
        #[n(0)]
        voucher_no: String,
        /// The voucher.
        #[n(1)]
        voucher: Voucher,
        /// Seals on the barge's tanks, of an outbound.
        #[n(2)]
        seals: Vec<String>,
        /// Why, of a loss.
        #[n(3)]
        reason: Option<String>,
        /// The evidence of a loss, by the entries that anchored it.
        #[n(4)]
        evidence: Vec<Digest>,
    },
    /// The supplier countersigned an outbound.
    #[n(5)]
    Countersigned {
        /// The supplier.
        #[n(0)]
        by: By,
        /// The voucher.
        #[n(1)]
        voucher_no: String,
        /// How much may be lost from now on without an alert, thousandths of a tonne.
        #[n(2)]
        loss_allowed_kg: u64,
    },
    /// A delivery was stated, or has come further.
    #[n(6)]
    DeliveryCounted {
        /// The number of its note.
        #[n(0)]
        bdn_no: String,
        /// How it counts now.
        #[n(1)]
        share: Share,
    },
    /// Everything is accounted for.
    #[n(7)]
    WrittenOff {
        /// Supply customs.
        #[n(0)]
        by: By,
        /// The officer.
        #[n(1)]
        officer_hash: Digest,
    },
    /// A party took its statement back.
    #[n(8)]
    Voided {
        /// The party.
        #[n(0)]
        by: By,
        /// Which statement.
        #[n(1)]
        what: Taken,
        /// The entry that had made it.
        #[n(2)]
        entry: Digest,
        /// Why.
        #[n(3)]
        reason: String,
    },
    /// A deadline passed.
    #[n(9)]
    Overdue {
        /// Which.
        #[n(0)]
        deadline: Deadline,
    },
}

/// An application of which nothing is known yet.
pub(super) fn empty() -> Application {
    Application {
        by: super::nobody(),
        account_no: String::new(),
        tank: String::new(),
        product: Product { grade: String::new(), sulphur_class: String::new() },
        qty_kg: 0,
        approved_kg: 0,
        ship: Ship {
            imo: String::new(),
            name: String::new(),
            flag: String::new(),
            voyage: String::new(),
            international: false,
        },
        place: String::new(),
        supply_district: String::new(),
        receiving_district: String::new(),
        window_from: 0,
        window: Due { by: 0, overdue: false },
        barge_party: String::new(),
        ship_party: String::new(),
        stage: Stage::Withdrawn,
        vouchers: BTreeMap::new(),
        deliveries: BTreeMap::new(),
        loss_allowed_kg: 0,
        approved: None,
        acknowledged: None,
        refused: None,
        reason: None,
        written_off: None,
    }
}

impl Application {
    /// The application after something happened.
    #[must_use]
    pub(crate) fn after(mut self, event: &ApplicationEvent) -> Self {
        match event.clone() {
            ApplicationEvent::Applied { application } => return *application,
            ApplicationEvent::Approved { by, approved_kg, .. } => {
                self.stage = Stage::Approved;
                (self.approved, self.approved_kg) = (Some(by), approved_kg);
            }
            ApplicationEvent::Acknowledged { by, .. } => {
                self.stage = Stage::Acknowledged;
                self.acknowledged = Some(by);
            }
            ApplicationEvent::Refused { by, reason, .. } => {
                self.stage = Stage::Refused;
                (self.refused, self.reason) = (Some(by), Some(reason));
            }
            ApplicationEvent::Moved { voucher_no, voucher, .. } => {
                self.vouchers.insert(voucher_no, voucher);
            }
            ApplicationEvent::Countersigned { by, voucher_no, loss_allowed_kg } => {
                self.loss_allowed_kg = loss_allowed_kg;
                if let Some(voucher) = self.vouchers.get_mut(&voucher_no) {
                    voucher.countersigned = Some(by);
                }
            }
            ApplicationEvent::DeliveryCounted { bdn_no, share } => {
                if share.stage == DeliveryStage::Void {
                    self.deliveries.remove(&bdn_no);
                } else {
                    self.deliveries.insert(bdn_no, share);
                }
            }
            ApplicationEvent::WrittenOff { by, .. } => {
                self.stage = Stage::WrittenOff;
                self.written_off = Some(by);
            }
            ApplicationEvent::Voided { what, .. } => self.take(what),
            ApplicationEvent::Overdue { .. } => self.window.overdue = true,
        }
        self
    }

    fn take(&mut self, what: Taken) {
        match what {
            Taken::Application => self.stage = Stage::Withdrawn,
            Taken::Approval => {
                self.stage = Stage::Applied;
                (self.approved, self.approved_kg) = (None, 0);
            }
            Taken::Acknowledgement => {
                self.stage = Stage::Approved;
                self.acknowledged = None;
            }
            Taken::Voucher(no) => {
                self.vouchers.remove(&no);
            }
            Taken::Countersignature(no) => {
                if let Some(voucher) = self.vouchers.get_mut(&no) {
                    voucher.countersigned = None;
                }
            }
            Taken::WriteOff => {
                self.stage = Stage::Acknowledged;
                self.written_off = None;
            }
        }
    }
}
