//! What happens to a delivery, and to a central declaration.

use alloc::{string::String, vec::Vec};

use countersign_record::Digest;
use minicbor::{Decode, Encode};
use serde::Serialize;

use super::Deadline;
use crate::bonded_oil::{
    bodies::{
        CentralDeclaration, Delivery, FuelDeclaration, Measurement, Product, SulphurStatement,
    },
    state::{By, DeclarationRecord, DeliveryRecord, DeliveryStage, Due, Settled, ShipStatement},
};

/// Something that happened to a delivery.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum DeliveryEvent {
    /// The barge stated it.
    #[n(0)]
    Delivered {
        /// The delivery.
        #[n(0)]
        delivery: DeliveryRecord,
    },
    /// The ship's figures agree.
    #[n(1)]
    Agreed {
        /// What it stated.
        #[n(0)]
        ship: ShipStatement,
        /// What the delivery came to.
        #[n(1)]
        settled: Settled,
    },
    /// The ship's figures differ.
    #[n(2)]
    Disputed {
        /// What it stated.
        #[n(0)]
        ship: ShipStatement,
        /// Until when a surveyor should settle it.
        #[n(1)]
        due: u64,
    },
    /// A surveyor settled it.
    #[n(3)]
    Surveyed {
        /// What it came to.
        #[n(0)]
        settled: Settled,
        /// The report and what it rests on.
        #[n(1)]
        evidence: Vec<Digest>,
    },
    /// It stands in a declaration.
    #[n(4)]
    Declared {
        /// The supplier.
        #[n(0)]
        by: By,
        /// The declaration.
        #[n(1)]
        declaration_no: String,
    },
    /// The declaration was taken back.
    #[n(5)]
    Undeclared {
        /// The supplier.
        #[n(0)]
        by: By,
        /// The declaration.
        #[n(1)]
        declaration_no: String,
    },
    /// The barge took it back.
    #[n(6)]
    DeliveryVoided {
        /// The barge.
        #[n(0)]
        by: By,
        /// The entry that had made it.
        #[n(1)]
        entry: Digest,
        /// Why.
        #[n(2)]
        reason: String,
    },
    /// A deadline passed.
    #[n(7)]
    Overdue {
        /// Which.
        #[n(0)]
        deadline: Deadline,
    },
}

/// Something that happened to a central declaration.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum DeclarationEvent {
    /// The supplier filed it.
    #[n(0)]
    CentrallyDeclared {
        /// The declaration.
        #[n(0)]
        declaration: DeclarationRecord,
    },
    /// The supplier took it back.
    #[n(1)]
    DeclarationVoided {
        /// The supplier.
        #[n(0)]
        by: By,
        /// The entry that had made it.
        #[n(1)]
        entry: Digest,
        /// Why.
        #[n(2)]
        reason: String,
    },
}

/// A delivery of which nothing is known yet.
pub(super) fn empty() -> DeliveryRecord {
    DeliveryRecord {
        by: super::nobody(),
        note: no_note(),
        account_no: String::new(),
        supplier: String::new(),
        ship_party: String::new(),
        supply_district: String::new(),
        receiving_district: String::new(),
        period: 0,
        stage: DeliveryStage::Void,
        declaration_due: Due { by: 0, overdue: false },
        confirmation_due: None,
        dispute_due: None,
        ship: None,
        settled: None,
        declaration_no: None,
    }
}

fn no_note() -> Delivery {
    Delivery {
        application_no: String::new(),
        imo: String::new(),
        ship_name: String::new(),
        port: String::new(),
        start_time: 0,
        supplier_name: String::new(),
        supplier_address: String::new(),
        supplier_phone: String::new(),
        product: Product { grade: String::new(), sulphur_class: String::new() },
        measured: Measurement { gov_l: 0, temp_c_deci: 0, density15_g_m3: 0, vcf_e4: 0, qty_kg: 0 },
        sulphur_pct_milli: 0,
        flash_c_deci: 0,
        flash_at_or_above: false,
        declaration: FuelDeclaration {
            conforms_18_3: false,
            sulphur: SulphurStatement::Global,
            representative_hash: Digest::ZERO,
            purchaser_limit_pct_milli: None,
        },
        sample_seals: Vec::new(),
        viscosity_cst_milli: None,
    }
}

/// A declaration of which nothing is known yet.
pub(super) fn undeclared() -> DeclarationRecord {
    DeclarationRecord {
        by: super::nobody(),
        declared: CentralDeclaration {
            account_no: String::new(),
            period: 0,
            deliveries: Vec::new(),
            total_kg: 0,
            hs: String::new(),
            trade_mode: String::new(),
        },
        void: true,
        applications: Vec::new(),
    }
}

impl DeliveryRecord {
    /// The delivery after something happened.
    #[must_use]
    pub(crate) fn after(mut self, event: &DeliveryEvent) -> Self {
        match event.clone() {
            DeliveryEvent::Delivered { delivery } => return delivery,
            DeliveryEvent::Agreed { ship, settled } => {
                self.stage = DeliveryStage::Settled;
                (self.ship, self.settled) = (Some(ship), Some(settled));
                self.confirmation_due = None;
            }
            DeliveryEvent::Disputed { ship, due } => {
                self.stage = DeliveryStage::Disputed;
                self.ship = Some(ship);
                self.confirmation_due = None;
                self.dispute_due = Some(Due { by: due, overdue: false });
            }
            DeliveryEvent::Surveyed { settled, .. } => {
                self.stage = DeliveryStage::Settled;
                self.settled = Some(settled);
                self.dispute_due = None;
            }
            DeliveryEvent::Declared { declaration_no, .. } => {
                self.stage = DeliveryStage::Declared;
                self.declaration_no = Some(declaration_no);
            }
            DeliveryEvent::Undeclared { .. } => {
                self.stage = DeliveryStage::Settled;
                self.declaration_no = None;
            }
            DeliveryEvent::DeliveryVoided { .. } => {
                self.stage = DeliveryStage::Void;
                (self.confirmation_due, self.dispute_due) = (None, None);
            }
            DeliveryEvent::Overdue { deadline } => self.miss(deadline),
        }
        self
    }

    fn miss(&mut self, deadline: Deadline) {
        let due = match deadline {
            Deadline::Confirmation => self.confirmation_due.as_mut(),
            Deadline::Dispute => self.dispute_due.as_mut(),
            Deadline::Declaration | Deadline::Window => Some(&mut self.declaration_due),
        };
        if let Some(due) = due {
            due.overdue = true;
        }
    }
}

impl DeclarationRecord {
    /// The declaration after something happened.
    #[must_use]
    pub(crate) fn after(mut self, event: &DeclarationEvent) -> Self {
        match event {
            DeclarationEvent::CentrallyDeclared { declaration } => return declaration.clone(),
            DeclarationEvent::DeclarationVoided { .. } => self.void = true,
        }
        self
    }
}
