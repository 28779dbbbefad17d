//! What happens to a ship, to an enterprise with open summaries, and to a declaration number.

use alloc::{collections::BTreeMap, string::String, vec::Vec};

use countersign_record::{Digest, keys::PublicKey};
use minicbor::{Decode, Encode};
use serde::Serialize;

use super::Deadline;
use crate::{
    combined_port::{
        bodies::LineMark,
        state::{
            By, DeclarationRecord, DeclaredItem, Due, Enterprise, Fix, OpenSummary, Ship, Voyage,
        },
    },
    limits::VOYAGE_UNIQUE_MS,
};

/// Something that happened to a ship.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum ShipEvent {
    /// It was filed, for the first time or again.
    #[n(0)]
    Filed {
        /// Who.
        #[n(0)]
        by: By,
        /// Its name.
        #[n(1)]
        name: String,
        /// Sea-going ship or barge.
        #[n(2)]
        line_mark: LineMark,
        /// New voyages.
        #[n(3)]
        voyages: Vec<String>,
        /// The position device.
        #[n(4)]
        device_id: Option<String>,
        /// The device's key.
        #[n(5)]
        device_key: Option<PublicKey>,
    },
    /// A position came in.
    #[n(1)]
    Positioned {
        /// Where.
        #[n(0)]
        position: Fix,
        /// Until when the next one should come, while under way.
        #[n(1)]
        due: Option<u64>,
    },
    /// It sailed with a plan.
    #[n(2)]
    UnderWay {
        /// The plan.
        #[n(0)]
        batch_no: String,
        /// Until when a signal should come.
        #[n(1)]
        due: u64,
    },
    /// It is in.
    #[n(3)]
    Moored {
        /// The plan.
        #[n(0)]
        batch_no: String,
    },
    /// It sailed on a sea voyage.
    #[n(4)]
    Sailed {
        /// Who says so.
        #[n(0)]
        by: By,
        /// The voyage.
        #[n(1)]
        voyage: String,
        /// The bills on board.
        #[n(2)]
        bills: Vec<String>,
    },
    /// It was unloaded.
    #[n(5)]
    Unloaded {
        /// Who says so.
        #[n(0)]
        by: By,
        /// The voyage.
        #[n(1)]
        voyage: String,
        /// The bills unloaded.
        #[n(2)]
        bills: Vec<String>,
    },
    /// A deadline passed.
    #[n(6)]
    Overdue {
        /// Which.
        #[n(0)]
        deadline: Deadline,
    },
}

/// Something that happened to an enterprise's list of open summaries.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum EnterpriseEvent {
    /// A summary was filed: the second step is due.
    #[n(0)]
    SummaryOpened {
        /// The declaration.
        #[n(0)]
        entry_no: String,
        /// What is open.
        #[n(1)]
        summary: OpenSummary,
    },
    /// The second step was filed, or the first was taken back.
    #[n(1)]
    SummarySettled {
        /// The declaration.
        #[n(0)]
        entry_no: String,
    },
    /// A deadline passed.
    #[n(2)]
    Overdue {
        /// Which.
        #[n(0)]
        deadline: Deadline,
    },
    /// The goods were released on a guarantor's security, or that release was taken back.
    #[n(3)]
    SummarySecured {
        /// The declaration.
        #[n(0)]
        entry_no: String,
        /// The guarantor, or nobody any more.
        #[n(1)]
        guarantor: Option<String>,
    },
}

/// Something that happened to a declaration number.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum DeclarationEvent {
    /// It stands for a bill from now on.
    #[n(0)]
    NumberUsed {
        /// Which.
        #[n(0)]
        record: DeclarationRecord,
    },
    /// The second step says what is declared.
    #[n(1)]
    ItemsDeclared {
        /// What.
        #[n(0)]
        items: Vec<DeclaredItem>,
    },
}

/// A ship of which nothing is known yet.
pub(super) fn empty() -> Ship {
    Ship {
        by: By { party: String::new(), entry: Digest::ZERO, at: 0 },
        name: String::new(),
        line_mark: LineMark::Trunk,
        voyages: BTreeMap::new(),
        device_id: None,
        device_key: None,
        position: None,
        batch_no: None,
        signal_due: None,
    }
}

/// An enterprise without open summaries.
pub(super) fn no_summaries() -> Enterprise {
    Enterprise { open: BTreeMap::new() }
}

/// A declaration number that stands for no bill yet.
pub(super) fn unused() -> DeclarationRecord {
    let by = By { party: String::new(), entry: Digest::ZERO, at: 0 };
    DeclarationRecord { bill_no: String::new(), by, items: Vec::new() }
}

impl DeclarationRecord {
    /// The declaration number after something happened.
    #[must_use]
    pub(crate) fn after(mut self, event: &DeclarationEvent) -> Self {
        match event {
            DeclarationEvent::NumberUsed { record } => return record.clone(),
            DeclarationEvent::ItemsDeclared { items } => self.items.clone_from(items),
        }
        self
    }
}

impl Ship {
    /// The ship after something happened.
    #[must_use]
    pub(crate) fn after(mut self, event: &ShipEvent) -> Self {
        match event.clone() {
            ShipEvent::Filed { by, name, line_mark, voyages, device_id, device_key } => {
                let filed_at = by.at;
                self.voyages.retain(|_, v| v.filed_at.saturating_add(VOYAGE_UNIQUE_MS) > filed_at);
                let new = Voyage { filed_at, sailed_at: None, unloaded_at: None };
                self.voyages.extend(voyages.into_iter().map(|v| (v, new.clone())));
                self.by = by;
                self.name = name;
                self.line_mark = line_mark;
                self.device_id = device_id;
                self.device_key = device_key;
            }
            ShipEvent::Positioned { position, due } => {
                self.position = Some(position);
                self.signal_due = due.map(|by| Due { by, overdue: false });
            }
            ShipEvent::UnderWay { batch_no, due } => {
                self.batch_no = Some(batch_no);
                self.signal_due = Some(Due { by: due, overdue: false });
            }
            ShipEvent::Moored { .. } => {
                self.batch_no = None;
                self.signal_due = None;
            }
            ShipEvent::Sailed { by, voyage, .. } => {
                if let Some(v) = self.voyages.get_mut(&voyage) {
                    v.sailed_at.get_or_insert(by.at);
                }
            }
            ShipEvent::Unloaded { by, voyage, .. } => {
                if let Some(v) = self.voyages.get_mut(&voyage) {
                    v.unloaded_at.get_or_insert(by.at);
                }
            }
            ShipEvent::Overdue { .. } => {
                self.signal_due.iter_mut().for_each(|due| due.overdue = true);
            }
        }
        self
    }
}

impl Enterprise {
    /// The enterprise after something happened.
    #[must_use]
    pub(crate) fn after(mut self, event: &EnterpriseEvent) -> Self {
        match event.clone() {
            EnterpriseEvent::SummaryOpened { entry_no, summary } => {
                self.open.insert(entry_no, summary);
            }
            EnterpriseEvent::SummarySettled { entry_no } => {
                self.open.remove(&entry_no);
            }
            EnterpriseEvent::Overdue { deadline: Deadline::Complete(entry_no) } => {
                self.open.get_mut(&entry_no).into_iter().for_each(|o| o.due.overdue = true);
            }
            EnterpriseEvent::Overdue { .. } => {}
            EnterpriseEvent::SummarySecured { entry_no, guarantor } => {
                self.open
                    .get_mut(&entry_no)
                    .into_iter()
                    .for_each(|o| o.guarantor.clone_from(&guarantor));
            }
        }
        self
    }
}
