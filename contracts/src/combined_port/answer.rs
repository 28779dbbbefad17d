//! A terminal's question: may this box leave or be loaded now, and if not, which fact blocks it?
//!
//! The answer comes from the very functions that decide; there is no second copy of a rule.

use alloc::string::String;

use serde::Serialize;

use super::{
    bodies::{CheckType, Fullness},
    holds::require_free,
    hub::require_may_load_vessel,
    reading::{bill_of, find_box, find_plan},
    river::{require_may_gate_out, require_may_load},
    state::{Bill, BoxRecord, Flow, PlanStage, Spot, Status},
};
use crate::{
    refusal::Refusal,
    world::{Moment, Unreadable, World},
};

/// What a terminal may do next with a container.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// The container.
    pub container_no: String,
    /// Where it is.
    pub place: String,
    /// The last thing that happened to it.
    pub status: Status,
    /// The kind of entry that comes next; `none` where the container has left for good.
    pub next_move: &'static str,
    /// Whether that would be accepted now, as far as the container and its bill are concerned.
    pub allowed: bool,
    /// The rule that blocks it: what was found, what is expected, and who can put it right.
    pub blocking: Option<Refusal>,
    /// The earliest deadline that runs for it, in ledger time.
    pub deadline: Option<u64>,
    /// Whether that deadline has passed.
    pub overdue: bool,
    /// What customs wants to inspect, and where it stands for it.
    pub inspection: Option<Inspection>,
}

/// An open inspection notice as a terminal needs it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Inspection {
    /// The declaration.
    pub entry_no: String,
    /// Quarantine, examination or inspection.
    pub check_type: CheckType,
    /// Until when the container should stand in its slot.
    pub due: u64,
    /// The slot, once the yard has reported it.
    pub slot_no: Option<String>,
}

/// What may happen next to a container; nothing where the ledger does not know it.
///
/// # Errors
/// The store could not answer.
pub fn may_leave(
    world: &World<'_>,
    container_no: &str,
    now: Moment,
) -> Result<Option<Answer>, Unreadable> {
    let Some(container) = find_box(world, container_no)? else { return Ok(None) };
    let bill = bill_of(world, &container)?;
    let (next_move, verdict) = next(world, container_no, &container, bill.as_deref())?;
    let deadline = deadline(&container, bill.as_deref());
    Ok(Some(Answer {
        container_no: container_no.into(),
        place: container.holder.text(),
        status: container.status,
        next_move,
        allowed: verdict.is_ok() && next_move != "none",
        blocking: verdict.err(),
        deadline,
        overdue: deadline.is_some_and(|by| by <= now.time),
        inspection: bill.as_deref().and_then(|b| inspection(b, container_no)),
    }))
}

fn next(
    world: &World<'_>,
    container_no: &str,
    container: &BoxRecord,
    bill: Option<&Bill>,
) -> Result<(&'static str, Result<(), Refusal>), Unreadable> {
    Ok(match container.holder.spot {
        Spot::Outside => ("gate_in", Ok(())),
        Spot::Vessel => ("none", Ok(())),
        Spot::Barge => at_barge(world, container, bill)?,
        Spot::Yard => in_yard(container_no, container, bill),
    })
}

fn at_barge(
    world: &World<'_>,
    container: &BoxRecord,
    bill: Option<&Bill>,
) -> Result<(&'static str, Result<(), Refusal>), Unreadable> {
    let batch = container.trip.as_ref().and_then(|t| t.batch_no.as_deref());
    let plan = match batch {
        Some(batch) => find_plan(world, batch)?,
        None => None,
    };
    if plan.is_some_and(|p| p.stage == PlanStage::Planned) {
        let free = require_free(&container.holds);
        let free = free.and_then(|()| bill.map_or(Ok(()), |b| require_free(&b.holds)));
        return Ok(("departure", free));
    }
    Ok(("discharge", Ok(())))
}

fn in_yard(
    container_no: &str,
    container: &BoxRecord,
    bill: Option<&Bill>,
) -> (&'static str, Result<(), Refusal>) {
    let fullness = container.fullness.unwrap_or(Fullness::Full);
    let out = || require_may_gate_out(container_no, container, bill, fullness);
    let Some(open) = bill.filter(|b| !b.withdrew(container_no)) else {
        return ("gate_out", out());
    };
    match (open.flow, container.status) {
        (Flow::Export, Status::Discharged) => {
            ("vessel_load", require_may_load_vessel(container_no, container, bill))
        }
        (Flow::Export, _) | (Flow::Import, Status::VesselDischarged) => {
            ("barge_load", require_may_load(container_no, container, bill))
        }
        (Flow::Import, _) => ("gate_out", out()),
    }
}

fn deadline(container: &BoxRecord, bill: Option<&Bill>) -> Option<u64> {
    let holds = container.holds.iter().chain(bill.into_iter().flat_map(|b| &b.holds));
    let notice = bill.and_then(|b| b.notice.as_ref()).map(|n| n.due.by);
    holds.map(|h| h.due.by).chain(notice).min()
}

fn inspection(bill: &Bill, container_no: &str) -> Option<Inspection> {
    let notice = bill.notice.as_ref()?;
    let slot = notice
        .relocated
        .iter()
        .find(|r| r.container_no.as_deref().is_none_or(|c| c == container_no));
    Some(Inspection {
        entry_no: notice.entry_no.clone(),
        check_type: notice.check_type,
        due: notice.due.by,
        slot_no: slot.map(|r| r.slot_no.clone()),
    })
}
