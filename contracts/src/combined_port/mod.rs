//! Family `combined_port`: goods between a river port and a sea port that act as one (cases 20 and
//! 11, with 3, 5, 12, 21, 32 and 35).
//!
//! ```text
//!  EXPORT, per bill                            per container
//!
//!  MANIFESTED ×2 (agent: river and hub code)
//!     │                                        GATED IN ─► ARRIVED          (origin wharf)
//!  DECLARED (declarant; in advance or in two      │
//!     │      steps)                               │
//!  NOTICED ─► RELOCATED ─► INSPECTED              │   (customs, yard, customs)
//!     │                                           │
//!  RELEASED segment 1 (clearance customs) ────────┤
//!     │                                        PLANNED, confirmed           (wharf, carrier)
//!     │                                        LOADED_BARGE                 (origin wharf)
//!     │                                        DEPARTED, positions          (carrier)
//!     │                                        ARRIVED_HUB, DISCHARGED      (hub wharf)
//!     │                                        LOADED_VESSEL                (hub wharf)
//!  TALLIED (tally company) ◄──────────────────────┘
//!     │
//!  CLOSED by itself when every container is tallied or withdrawn
//!
//!  IMPORT  manifests ×2 ─► vessel discharge, tally ─► plan, barge ─► ARRIVED at the river port
//!          ─► declared ─► inspected ─► released 1 ─► gate-out by delivery order and receipt
//!          ─► released 2 ─► CLOSED by itself
//!
//!  any ──two statements disagree──► HELD ──clear_hold by clearance customs──► on its way again
//!  side states: SHORT, OVER, ROLLED, WITHDRAWN, RETURNED, OVERDUE
//! ```
//!
//! Two kinds of "no". What cannot be, or is not the signer's to say, is *refused* and changes
//! nothing. Where two accepted statements disagree, the later one is *accepted*, for it was made,
//! and raises a *hold* that names both: then the next move is refused on every node until clearance
//! customs, citing evidence, says which is true. A hold never stops a report of what has already
//! happened (a discharge, a position), only a step that could still be left undone.
//!
//! Subjects: `bill:NO`, `box:NO`, `plan:BATCH`, `ship:ID`; beside them `declaration:NO` keeps each
//! declaration number to one bill, and `enterprise:USCC` the summaries that wait for their second
//! step. Of the twin manifests the one marked `branch` carries the river port's code, whose office
//! clears the goods, and the one marked `trunk` the hub's.

mod alerts;
mod answer;
pub mod bodies;
mod concern;
mod corrections;
mod deadlines;
mod declaration;
pub mod events;
mod fields;
pub mod holds;
mod hub;
mod inspection;
mod kinds;
mod manifest;
pub mod marks;
mod pickup;
mod plan;
mod reading;
mod river;
mod ships;
pub mod state;
mod tally;
mod ties;

#[cfg(test)]
pub(crate) mod tests;

pub use answer::{Answer, may_leave};
pub use events::{Event, evolve};
pub use kinds::{Action, KINDS, SCHEMA, Subject, body_from_json, body_to_json};
pub use plan::container_list_hash;
pub use ships::position_proof;
pub(crate) use state::DeclaredItem;
pub use state::State;
pub(crate) use ties::{OnLedger, declaration_on_ledger};

use crate::{
    family::{Actor, Events, FamilyName, desk::Desk},
    world::{Moment, No, World},
};

/// Parameters that the founding document must set: milliseconds, or thousandths.
pub const PARAMETERS: &[&str] = &[
    "combined_port.relocation_sla_ms",
    "combined_port.transit_sla_ms",
    "combined_port.advance_declaration_ms",
    "combined_port.complete_declaration_ms",
    "combined_port.tally_after_departure_ms",
    "combined_port.tally_after_unloading_ms",
    "combined_port.position_gap_ms",
    "combined_port.gross_tolerance_permille",
    "combined_port.hold_response_ms",
    "combined_port.manifest_before_loading_ms",
    // Hundred-thousandths of the declared value for each day that the second step is late; 0: none.
    "combined_port.late_filing_per_100000_a_day",
];

impl Action {
    /// Decides on state: what happens, or why not.
    ///
    /// # Errors
    /// The first rule that is broken, or a store that could not answer.
    pub fn decide(&self, world: &World<'_>, actor: &Actor, now: Moment) -> Result<Events, No> {
        let desk = Desk { family: FamilyName::CombinedPort, world, actor, now };
        let on = self.subject();
        let name = on.name();
        match self {
            Self::ConveyanceFiling { body, .. } => ships::file(desk, name, body),
            Self::Position { body, .. } => ships::position(desk, name, body),
            Self::VesselDeparture { body, .. } => ships::sail(desk, name, body),
            Self::VesselUnloaded { body, .. } => ships::unload(desk, name, body),
            Self::Manifest { body, .. } => manifest::send(desk, name, body),
            Self::ManifestAmendment { body, .. } => manifest::amend(desk, name, body),
            Self::Declaration { body, .. } => declaration::declare(desk, name, body),
            Self::SummaryDeclaration { body, .. } => declaration::summarise(desk, name, body),
            Self::CompleteDeclaration { body, .. } => declaration::complete(desk, name, body),
            Self::InspectionNotice { body, .. } => inspection::notice(desk, name, body),
            Self::RelocationFeedback { body, .. } => inspection::relocate(desk, name, body),
            Self::InspectionResult { body, .. } => inspection::result(desk, name, body),
            Self::Release { body, .. } => inspection::release(desk, name, body),
            Self::Tally { body, .. } => tally::tally(desk, name, body),
            Self::DeliveryOrder { body, .. } => pickup::order(desk, name, body),
            Self::TitleTransfer { body, .. } => pickup::transfer(desk, name, body),
            Self::Withdrawal { body, .. } => corrections::withdraw(desk, name, body),
            Self::Gate { body, .. } => river::gate(desk, name, body),
            Self::Arrival { body, .. } => river::arrival(desk, name, body),
            Self::BargeLoad { body, .. } => river::load(desk, name, body),
            Self::Discharge { body, .. } => hub::discharge(desk, name, body),
            Self::VesselLoad { body, .. } => hub::load_vessel(desk, name, body),
            Self::VesselDischarge { body, .. } => hub::discharge_vessel(desk, name, body),
            Self::EquipmentReceipt { body, .. } => pickup::receipt(desk, name, body),
            Self::TradeAttribute { body, .. } => pickup::judge(desk, name, body),
            Self::LegacyBox { body, .. } => pickup::legacy(desk, name, body),
            Self::TransferPlan { body, .. } => plan::make(desk, name, body),
            Self::PlanConfirmation { body, .. } => plan::confirm(desk, name, body),
            Self::PlanAmendment { body, .. } => plan::amend(desk, name, body),
            Self::Departure { body, .. } => plan::depart(desk, name, body),
            Self::BargeArrival { body, .. } => plan::arrive(desk, name, body),
            Self::DischargeReport { body, .. } => plan::end(desk, name, body),
            Self::Void { body, .. } => corrections::void(desk, on, body),
            Self::ClearHold { body, .. } => corrections::clear(desk, on, body),
        }
    }
}
