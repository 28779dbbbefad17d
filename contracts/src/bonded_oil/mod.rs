//! Family `bonded_oil`: duty-suspended fuel from a bonded warehouse to a ship on an international
//! voyage, across districts, supplied first and declared later (case 31).
//!
//! ```text
//!  ACCOUNT (warehouse)       opening + in − out + returned ± adjustment = closing, per tank
//!     stock_in ─► tank ─► outbound                       tank_dip: book against dip
//!     adjustment (supply customs)                        period_close: next opening = closing
//!
//!  APPLICATION                                           DELIVERY, 1 to n under an application
//!
//!  APPLIED (supplier)
//!     │  approval (supply customs) ──no──► REFUSED
//!  APPROVED
//!     │  acknowledgement (receiving customs) ──no──► REFUSED
//!  ACKNOWLEDGED
//!     │  outbound (warehouse) + countersignature (supplier)
//!     │  ─────────────────────────────────────────────► STATED (bunker barge: the delivery note)
//!     │                                                    │  confirmation (receiving ship)
//!     │                                        within 0.5 %│          │ further apart
//!     │                                                    ▼          ▼
//!     │  return (warehouse), loss (supplier)            SETTLED ◄── DISPUTED
//!     │                                                    │   settlement (surveyor)
//!     │                                                 DECLARED (supplier: one declaration for
//!     │  ◄─────────────────────────────────────────────    many deliveries of a month)
//!  WRITTEN_OFF (supply customs): outbound = delivered + returned + lost, all declared
//!
//!  APPLIED … ACKNOWLEDGED ──void (supplier), nothing out──► WITHDRAWN
//! ```
//!
//! Two parties state each movement: the warehouse and the supplier what went out, the barge and the
//! ship what was delivered. An outbound without its countersignature may not be delivered. A
//! delivery about which barge and ship differ is a statement that was made, so it is accepted, and
//! disputed: it stands in no declaration and stops the write-off until a surveyor signs.
//!
//! Every weight is computed again from volume, temperature and density ([`mass`]). Grades, sulphur
//! classes and the tables' constants are the founding document's: `bonded_oil.grade.NAME.{
//! density_max_g_m3, flash_min_c_deci, viscosity_max_cst_milli}`,
//! `bonded_oil.sulphur.NAME.max_pct_milli` and, by density, `bonded_oil.group.NUMBER.{k0_e4, k1_e4,
//! density_min_g_m3, density_max_g_m3}`.
//!
//! Subjects: `account:NO`, `application:NO` (listed under its account), `delivery:NO` (by the number
//! of its bunker delivery note; listed under its application and account), `declaration:NO` (listed
//! under its account).

mod account;
mod alerts;
mod application;
pub mod bodies;
mod concern;
mod corrections;
mod deadlines;
mod declaration;
mod delivery;
pub mod events;
mod fields;
mod kinds;
pub mod mass;
mod movement;
pub mod note;
mod product;
mod reading;
pub mod state;
pub mod view;

#[cfg(test)]
pub(crate) mod tests;

pub use events::{Event, evolve};
pub use kinds::{Action, KINDS, SCHEMA, Subject, body_from_json, body_to_json};
pub use note::DeliveryNote;
pub use state::State;
pub use view::AccountView;

use crate::{
    family::{Actor, Events, FamilyName, desk::Desk},
    world::{Moment, No, World},
};

/// Parameters that the founding document must set; grades, sulphur classes and product groups
/// beside them are as many as it likes.
pub const PARAMETERS: &[&str] = &[
    "bonded_oil.mass_tolerance_permyriad",
    "bonded_oil.delivery_tolerance_permyriad",
    "bonded_oil.dip_tolerance_permyriad",
    "bonded_oil.loss_allowance_permyriad",
    "bonded_oil.air_buoyancy_g_m3",
    "bonded_oil.sulphur_14_1_pct_milli",
    "bonded_oil.sulphur_14_4_pct_milli",
    "bonded_oil.declaration_days",
    "bonded_oil.confirmation_ms",
    "bonded_oil.dispute_response_ms",
];

impl Action {
    /// Decides on state: what happens, or why not.
    ///
    /// # Errors
    /// The first rule that is broken, or a store that could not answer.
    pub fn decide(&self, world: &World<'_>, actor: &Actor, now: Moment) -> Result<Events, No> {
        let desk = Desk { family: FamilyName::BondedOil, world, actor, now };
        let on = self.subject();
        let name = on.name();
        match self {
            Self::AccountOpen { body, .. } => account::open(desk, name, body),
            Self::AccountAmendment { body, .. } => account::amend(desk, name, body),
            Self::StockIn { body, .. } => account::stock_in(desk, name, body),
            Self::TankDip { body, .. } => account::dip(desk, name, body),
            Self::Adjustment { body, .. } => account::adjust(desk, name, body),
            Self::PeriodClose { body, .. } => account::close(desk, name, body),
            Self::Application { body, .. } => application::apply(desk, name, body),
            Self::Approval { body, .. } => application::approve(desk, name, body),
            Self::Acknowledgement { body, .. } => application::acknowledge(desk, name, body),
            Self::WriteOff { body, .. } => application::write_off(desk, name, body),
            Self::Outbound { body, .. } => movement::outbound(desk, name, body),
            Self::Countersignature { body, .. } => movement::countersign(desk, name, body),
            Self::Return { body, .. } => movement::bring_back(desk, name, body),
            Self::Loss { body, .. } => movement::lose(desk, name, body),
            Self::Delivery { body, .. } => delivery::deliver(desk, name, body),
            Self::Confirmation { body, .. } => delivery::confirm(desk, name, body),
            Self::Settlement { body, .. } => delivery::settle(desk, name, body),
            Self::Declaration { body, .. } => declaration::declare(desk, name, body),
            Self::Void { body, .. } => corrections::void(desk, on, body),
        }
    }
}
