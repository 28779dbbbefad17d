//! The fold of a container: its record after each thing that happens to it.

use alloc::{string::String, vec::Vec};

use super::{Deadline, container::BoxEvent};
use crate::combined_port::{
    holds::{Clearing, HoldKind},
    state::{BoxRecord, By, Flow, Holder, SealsOnRecord, Spot, Status, Trip},
};

fn outside() -> Holder {
    Holder { spot: Spot::Outside, place: String::new() }
}

/// A container of which nothing is known yet.
pub(super) fn unknown() -> BoxRecord {
    BoxRecord {
        holder: outside(),
        status: Status::Known,
        clearance: String::new(),
        next_hold: 1,
        holds: Vec::new(),
        moved_by: None,
        trip: None,
        seals: None,
        vgm_kg: None,
        stowage: None,
        attribute: None,
        receipt: None,
        legacy: None,
        damaged: None,
        fullness: None,
    }
}

impl BoxRecord {
    /// The container after something happened.
    #[must_use]
    pub(crate) fn after(mut self, event: &BoxEvent) -> Self {
        match event.clone() {
            BoxEvent::GatedIn { by, place, fullness, seals, trip, clearance } => {
                self.begin(trip, clearance);
                self.fullness = Some(fullness);
                self.seal(&by, seals);
                self.go(Spot::Yard, place, Status::GatedIn, by);
            }
            BoxEvent::GatedOut { by, returned, .. } => {
                let status = if returned { Status::Returned } else { Status::GatedOut };
                self.go(Spot::Outside, String::new(), status, by);
            }
            BoxEvent::Arrived { by, fullness } => {
                self.fullness = Some(fullness);
                if let Some(trip) = &mut self.trip {
                    trip.arrived = Some(by.clone());
                }
                self.status = Status::Arrived;
                self.moved_by = Some(by);
            }
            BoxEvent::LoadedBarge { by, batch_no, barge, seals, stowage, vgm_kg, damaged } => {
                if let Some(trip) = &mut self.trip {
                    trip.batch_no = Some(batch_no);
                }
                self.seal(&by, seals);
                self.stowage = stowage;
                self.see(vgm_kg, damaged);
                self.go(Spot::Barge, barge, Status::LoadedBarge, by);
            }
            BoxEvent::Discharged { by, place, seals, damaged, clearance, .. } => {
                if self.clearance.is_empty() {
                    self.clearance = clearance;
                }
                self.seal(&by, seals);
                self.stowage = None;
                self.see(None, damaged);
                self.go(Spot::Yard, place, Status::Discharged, by);
            }
            BoxEvent::LoadedVessel { by, vessel, seals, stowage, vgm_kg, damaged, .. } => {
                self.seal(&by, seals);
                self.stowage = Some(stowage);
                self.see(vgm_kg, damaged);
                self.go(Spot::Vessel, vessel, Status::LoadedVessel, by);
            }
            BoxEvent::VesselDischarged { by, place, seals, damaged, trip, clearance } => {
                self.begin(Some(trip), clearance);
                self.seal(&by, seals);
                self.see(None, damaged);
                self.go(Spot::Yard, place, Status::VesselDischarged, by);
            }
            other => self.noted(other),
        }
        self
    }

    /// What happens to a container that does not move.
    fn noted(&mut self, event: BoxEvent) {
        match event {
            BoxEvent::Resealed { by, seals } => {
                self.seals = Some(SealsOnRecord { numbers: seals, by });
            }
            BoxEvent::ReceiptGiven { receipt, .. } => self.receipt = Some(receipt),
            BoxEvent::TradeJudged { judged, .. } => self.attribute = Some(judged),
            BoxEvent::LegacyNoted { by, .. } => self.legacy = Some(by),
            BoxEvent::MoveVoided { holder, status, .. } => {
                self.take_back(status);
                self.holder = holder;
                self.status = status;
                // A void is not itself a report that could be taken back.
                self.moved_by = None;
            }
            BoxEvent::Held { hold } => {
                self.next_hold = hold.id.saturating_add(1);
                self.holds.push(hold);
            }
            BoxEvent::HoldCleared { clearing } => self.clear(&clearing),
            BoxEvent::Overdue { deadline } => {
                let due = self.holds.iter_mut().find(|h| deadline == Deadline::Hold(h.id));
                due.into_iter().for_each(|h| h.due.overdue = true);
            }
            // Every other event was folded before.
            _ => {}
        }
    }

    /// A new trip: what the last one left behind is over.
    fn begin(&mut self, trip: Option<Trip>, clearance: String) {
        self.seals = None;
        self.vgm_kg = None;
        self.stowage = None;
        self.receipt = None;
        self.attribute = None;
        self.fullness = None;
        self.trip = trip;
        self.clearance = clearance;
    }

    /// The first reading begins a chain; later ones are compared with it and do not change it.
    fn seal(&mut self, by: &By, numbers: Vec<String>) {
        if self.seals.is_none() && !numbers.is_empty() {
            self.seals = Some(SealsOnRecord { numbers, by: by.clone() });
        }
    }

    fn see(&mut self, vgm_kg: Option<u32>, damaged: bool) {
        self.vgm_kg = vgm_kg.or(self.vgm_kg);
        self.damaged = (damaged || self.damaged == Some(true)).then_some(true);
    }

    fn go(&mut self, spot: Spot, place: String, status: Status, by: By) {
        self.holder = Holder { spot, place };
        self.status = status;
        self.moved_by = Some(by);
    }

    fn take_back(&mut self, status: Status) {
        if status == Status::Known {
            self.begin(None, self.clearance.clone());
        }
        let Some(trip) = &mut self.trip else { return };
        match self.status {
            Status::LoadedBarge => trip.batch_no = None,
            Status::Arrived => trip.arrived = None,
            _ => {}
        }
    }

    fn clear(&mut self, clearing: &Clearing) {
        let Some(at) = self.holds.iter().position(|h| h.id == clearing.hold) else { return };
        let hold = self.holds.remove(at);
        let Some(value) = &clearing.true_value else { return };
        match hold.kind {
            HoldKind::Seal => {
                let numbers = value.split(", ").map(String::from).collect();
                self.seals = Some(SealsOnRecord { numbers, by: clearing.by.clone() });
            }
            HoldKind::SizeType => {
                if let Some(trip) = &mut self.trip {
                    trip.size_type.clone_from(value);
                }
            }
            _ => {}
        }
    }

    /// Whether its trip is an export.
    pub(crate) fn is_export(&self) -> bool {
        self.trip.as_ref().is_some_and(|t| t.flow == Flow::Export)
    }
}
