//! Whom the subjects of this family concern: those who signed a part of it, those whose goods it
//! is, and the wharves at its two ends. A wharf sees the bills that its own places stand on, the
//! boxes of those bills, and the plans that begin or end there.

use alloc::vec::Vec;

use super::{
    State,
    holds::{Doubt, Hold},
    reading::{find_bill, find_plan},
    state::{Bill, BoxRecord, By, DeclarationRecord, Enterprise, Plan, Ship},
};
use crate::{
    family::Asker,
    membership::Role,
    world::{Unreadable, World},
};

impl State {
    /// Whether the subject of that name concerns a party.
    pub(crate) fn concerns(
        &self,
        name: &str,
        asker: &Asker,
        world: &World<'_>,
    ) -> Result<bool, Unreadable> {
        let of_bill = |no: &str| -> Result<bool, Unreadable> {
            Ok(find_bill(world, no)?.is_some_and(|bill| bill.concerns(asker)))
        };
        let of_plan = |no: Option<&str>| -> Result<bool, Unreadable> {
            let plan = no.map(|no| find_plan(world, no)).transpose()?.flatten();
            Ok(plan.is_some_and(|plan| plan.concerns(asker)))
        };
        Ok(match self {
            Self::Bill(bill) => bill.concerns(asker),
            Self::Box(found) => {
                found.concerns(asker)
                    || match &found.trip {
                        Some(trip) => of_bill(&trip.bill_no)? || of_plan(trip.batch_no.as_deref())?,
                        None => false,
                    }
            }
            Self::Plan(plan) => plan.concerns(asker),
            Self::Ship(ship) => ship.concerns(asker) || of_plan(ship.batch_no.as_deref())?,
            Self::Enterprise(enterprise) => asker.is_party(name) || enterprise.concerns(asker),
            Self::Declaration(declared) => {
                declared.concerns(asker) || declares(asker, world, &declared.bill_no)?
            }
        })
    }
}

/// Whether a party's goods are declared for this bill. A wharf learns that they are, from the bill,
/// and not what they are.
fn declares(asker: &Asker, world: &World<'_>, bill_no: &str) -> Result<bool, Unreadable> {
    let declared = find_bill(world, bill_no)?.and_then(|bill| bill.declaration.clone());
    Ok(declared.is_some_and(|d| asker.said(&d.by) || asker.is_party(&d.consignor_uscc)))
}

impl Bill {
    fn concerns(&self, asker: &Asker) -> bool {
        let manifests = || self.river.iter().chain(&self.hub);
        manifests().any(|m| asker.said(&m.by) || asker.runs(&m.location))
            || self.said().into_iter().any(|by| asker.said(by))
            || self.declaration.as_ref().is_some_and(|d| asker.is_party(&d.consignor_uscc))
            || self.order.as_ref().is_some_and(|order| asker.is_party(&order.holder_uscc))
            || in_dispute(asker, &self.holds, &self.doubts)
    }

    /// Who said what stands on the bill, but for the manifests.
    fn said(&self) -> Vec<&By> {
        let notice = self.notice.iter();
        let slots = notice.clone().flat_map(|n| &n.relocated).map(|r| &r.by);
        let orders = self.order.iter().flat_map(|o| o.transfers.iter().chain([&o.by]));
        self.declaration
            .iter()
            .map(|d| &d.by)
            .chain(notice.map(|n| &n.by))
            .chain(slots)
            .chain(orders)
            .chain(&self.tallied)
            .collect()
    }
}

fn in_dispute(asker: &Asker, holds: &[Hold], doubts: &[Doubt]) -> bool {
    holds.iter().any(|h| asker.is_party(&h.first.party) || asker.is_party(&h.second.party))
        || doubts.iter().any(|doubt| asker.said(&doubt.by))
}

impl BoxRecord {
    fn concerns(&self, asker: &Asker) -> bool {
        let trip = self.trip.as_ref();
        asker.runs(&self.holder.place)
            || asker.has_said(self.moved_by.as_ref())
            || asker.has_said(trip.map(|t| &t.bound))
            || asker.has_said(trip.and_then(|t| t.arrived.as_ref()))
            || asker.has_said(self.seals.as_ref().map(|s| &s.by))
            || asker.has_said(self.attribute.as_ref().map(|a| &a.by))
            || asker.has_said(self.receipt.as_ref().map(|r| &r.by))
            || in_dispute(asker, &self.holds, &[])
    }
}

impl Plan {
    fn concerns(&self, asker: &Asker) -> bool {
        asker.said(&self.by)
            || asker.has_said(self.confirmed.as_ref())
            || asker.runs(&self.origin)
            || asker.runs(&self.destination)
    }
}

impl Ship {
    /// That a ship calls is no secret among those who handle what it carries.
    fn concerns(&self, asker: &Asker) -> bool {
        asker.said(&self.by) || [Role::Wharf, Role::Agent, Role::Tally].iter().any(|r| asker.is(*r))
    }
}

impl Enterprise {
    fn concerns(&self, asker: &Asker) -> bool {
        self.open.values().any(|open| {
            asker.said(&open.by) || open.guarantor.as_deref().is_some_and(|g| asker.is_party(g))
        })
    }
}

impl DeclarationRecord {
    fn concerns(&self, asker: &Asker) -> bool {
        asker.said(&self.by)
    }
}
