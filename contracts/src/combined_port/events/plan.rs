//! What happens to a transfer plan.

use alloc::{collections::BTreeMap, string::String, vec::Vec};

use countersign_record::Digest;
use minicbor::{Decode, Encode};
use serde::Serialize;

use super::Deadline;
use crate::combined_port::state::{By, Due, Plan, PlanStage, Stage};

/// Something that happened to a transfer plan.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum PlanEvent {
    /// A wharf made it.
    #[n(0)]
    Planned {
        /// The plan.
        #[n(0)]
        plan: Plan,
        /// Estimated departure.
        #[n(1)]
        etd: u64,
    },
    /// The carrier took it.
    #[n(1)]
    PlanConfirmed {
        /// The carrier.
        #[n(0)]
        by: By,
    },
    /// Another set of containers.
    #[n(2)]
    PlanAmended {
        /// The wharf.
        #[n(0)]
        by: By,
        /// Why.
        #[n(1)]
        reason: String,
        /// What came in; the carrier confirms again where there is any.
        #[n(2)]
        added: Vec<String>,
        /// What went out.
        #[n(3)]
        removed: Vec<String>,
    },
    /// A container was loaded.
    #[n(3)]
    BoxLoaded {
        /// The container.
        #[n(0)]
        container_no: String,
    },
    /// A load was taken back.
    #[n(4)]
    LoadVoided {
        /// The container.
        #[n(0)]
        container_no: String,
    },
    /// The barge sailed.
    #[n(5)]
    Departed {
        /// The carrier.
        #[n(0)]
        by: By,
        /// By the carrier's clock.
        #[n(1)]
        departure_time: u64,
        /// Until when it should be there.
        #[n(2)]
        due: u64,
    },
    /// The barge is in.
    #[n(6)]
    BargeArrived {
        /// The wharf.
        #[n(0)]
        by: By,
        /// By the wharf's clock.
        #[n(1)]
        arrival_time: u64,
    },
    /// A container came off.
    #[n(7)]
    BoxDischarged {
        /// The container.
        #[n(0)]
        container_no: String,
        /// Whether it was not on the load list.
        #[n(1)]
        over: bool,
    },
    /// Nothing more comes off.
    #[n(8)]
    DischargeEnded {
        /// The wharf.
        #[n(0)]
        by: By,
        /// What was loaded and did not come off.
        #[n(1)]
        short: Vec<String>,
    },
    /// The wharf took it back.
    #[n(9)]
    PlanVoided {
        /// The wharf.
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
    #[n(10)]
    Overdue {
        /// Which.
        #[n(0)]
        deadline: Deadline,
    },
}

/// A plan of which nothing is known yet.
pub(super) fn empty() -> Plan {
    Plan {
        by: By { party: String::new(), entry: Digest::ZERO, at: 0 },
        conveyance_id: String::new(),
        voyage: String::new(),
        origin: String::new(),
        destination: String::new(),
        stage: PlanStage::Void,
        boxes: BTreeMap::new(),
        eta: 0,
        confirmed: None,
        departed_at: None,
        transit_due: None,
        arrived_at: None,
    }
}

impl Plan {
    /// The plan after something happened.
    #[must_use]
    pub(crate) fn after(mut self, event: &PlanEvent) -> Self {
        match event.clone() {
            PlanEvent::Planned { plan, .. } => return plan,
            PlanEvent::PlanConfirmed { by } => self.confirmed = Some(by),
            PlanEvent::PlanAmended { added, removed, .. } => {
                if !added.is_empty() {
                    self.confirmed = None;
                }
                self.boxes.retain(|c, _| !removed.contains(c));
                self.boxes.extend(added.into_iter().map(|c| (c, Stage::Planned)));
            }
            PlanEvent::BoxLoaded { container_no } => {
                self.boxes.insert(container_no, Stage::Loaded);
            }
            PlanEvent::LoadVoided { container_no } => {
                self.boxes.insert(container_no, Stage::Planned);
            }
            PlanEvent::Departed { by, due, .. } => {
                self.stage = PlanStage::UnderWay;
                self.departed_at = Some(by.at);
                self.transit_due = Some(Due { by: due, overdue: false });
            }
            PlanEvent::BargeArrived { by, .. } => {
                self.stage = PlanStage::Arrived;
                self.arrived_at = Some(by.at);
                self.transit_due = None;
            }
            PlanEvent::BoxDischarged { container_no, over } => {
                let stage = if over { Stage::Over } else { Stage::Discharged };
                self.boxes.insert(container_no, stage);
            }
            PlanEvent::DischargeEnded { short, .. } => {
                self.stage = PlanStage::Ended;
                self.boxes.extend(short.into_iter().map(|c| (c, Stage::Short)));
            }
            PlanEvent::PlanVoided { .. } => self.stage = PlanStage::Void,
            PlanEvent::Overdue { .. } => {
                self.transit_due.iter_mut().for_each(|due| due.overdue = true);
            }
        }
        self
    }
}
