//! How rules read the ledger, and the questions that many of them ask of a record.

use alloc::{collections::BTreeMap, format, string::String, vec::Vec};

use super::{
    events::{BillEvent, BoxEvent, DeclarationEvent, EnterpriseEvent, Event, PlanEvent, ShipEvent},
    holds::{Hold, Mismatches},
    marks::Mark,
    state::{
        Bill, BoxRecord, DeclarationRecord, Enterprise, Flow, Holder, Plan, Ship, Spot, Standing,
        State,
    },
};
use crate::{
    family::{desk::Desk, shapes::readers},
    identifiers::{ContainerNumber, PlaceCode},
    refusal::{Refusal, Remedy, Rule},
    shared::Shared,
    world::{Moment, No, SubjectKey, Unreadable, World},
};

readers! {
    CombinedPort;
    "bill" find_bill on_bill Bill Bill BillEvent;
    "box" find_box on_box Box BoxRecord BoxEvent;
    "plan" find_plan on_plan Plan Plan PlanEvent;
    "ship" find_ship on_ship Ship Ship ShipEvent;
    "enterprise" find_enterprise on_enterprise Enterprise Enterprise EnterpriseEvent;
    "declaration" find_declaration on_declaration Declaration DeclarationRecord DeclarationEvent;
}

impl Desk<'_> {
    /// A comparison for a subject with these open holds.
    pub(super) fn mismatches<'h>(
        &'h self,
        open: &'h [Hold],
        next: u32,
    ) -> Result<Mismatches<'h>, Unreadable> {
        let response = self.parameter("hold_response_ms")?;
        Ok(Mismatches::new(self.actor, self.now, response, open, next))
    }

    /// Refuses a container number whose check digit fails, unless customs has noted it.
    pub(super) fn require_number(&self, field: &str, number: &str) -> Result<(), No> {
        let Err(refusal) = ContainerNumber::parse(field, number) else { return Ok(()) };
        match find_box(self.world, number)?.and_then(|b| b.legacy.clone()) {
            Some(_) => Ok(()),
            None => Err(refusal.into()),
        }
    }

    /// Refuses an office that does not clear this district's goods.
    pub(super) fn require_clearance(&self, district: &str) -> Result<(), Refusal> {
        if self.actor.district.as_deref() == Some(district) {
            return Ok(());
        }
        let found = self.actor.district.as_deref().unwrap_or("none");
        Err(Refusal::new(Rule::NotClearanceCustoms, "district", found, district)
            .mended_by(Remedy::ClearanceCustoms))
    }
}

/// A bill with at least one manifest.
pub(super) fn require_bill(world: &World<'_>, bill_no: &str) -> Result<Shared<Bill>, No> {
    let sent = |b: &Shared<Bill>| b.river.is_some() || b.hub.is_some();
    find_bill(world, bill_no)?.filter(sent).ok_or_else(|| {
        Refusal::new(Rule::NoSuchBill, "bill_no", bill_no, "a bill with a manifest")
            .mended_by(Remedy::Agent)
            .into()
    })
}

/// A container that the ledger has seen.
pub(super) fn require_box(world: &World<'_>, container_no: &str) -> Result<Shared<BoxRecord>, No> {
    find_box(world, container_no)?.ok_or_else(|| {
        let expected = "a container that came in through a gate or off a ship";
        Refusal::new(Rule::NoSuchBox, "container_no", container_no, expected).into()
    })
}

/// A transfer plan.
pub(super) fn require_plan(world: &World<'_>, batch_no: &str) -> Result<Shared<Plan>, No> {
    find_plan(world, batch_no)?.ok_or_else(|| {
        Refusal::new(Rule::NoSuchPlan, "batch_no", batch_no, "a transfer plan")
            .mended_by(Remedy::OriginWharf)
            .into()
    })
}

/// A ship on file.
pub(super) fn require_ship(world: &World<'_>, conveyance_id: &str) -> Result<Shared<Ship>, No> {
    find_ship(world, conveyance_id)?.ok_or_else(|| {
        let expected = "a ship that its carrier or agent has filed";
        Refusal::new(Rule::ConveyanceNotFiled, "conveyance_id", conveyance_id, expected)
            .mended_by(Remedy::Carrier)
            .into()
    })
}

/// The bill of a container's trip.
pub(super) fn bill_of(
    world: &World<'_>,
    container: &BoxRecord,
) -> Result<Option<Shared<Bill>>, Unreadable> {
    container.trip.as_ref().map_or(Ok(None), |trip| find_bill(world, &trip.bill_no))
}

/// The containers of several bills are checked against each bill once.
pub(super) struct Bills<'a> {
    world: &'a World<'a>,
    read: BTreeMap<String, Option<Shared<Bill>>>,
}

impl<'a> Bills<'a> {
    pub(super) fn new(world: &'a World<'a>) -> Self {
        Self { world, read: BTreeMap::new() }
    }

    /// The bill of a container's trip, read at most once.
    pub(super) fn of(&mut self, container: &BoxRecord) -> Result<Option<&Bill>, Unreadable> {
        let Some(trip) = &container.trip else { return Ok(None) };
        if !self.read.contains_key(&trip.bill_no) {
            let bill = find_bill(self.world, &trip.bill_no)?;
            self.read.insert(trip.bill_no.clone(), bill);
        }
        Ok(self.read.get(&trip.bill_no).and_then(Option::as_deref))
    }
}

impl Bill {
    /// Refuses a bill that is closed or withdrawn.
    pub(super) fn require_open(&self) -> Result<(), Refusal> {
        let found = match self.standing {
            Standing::Open => return Ok(()),
            Standing::Closed => "closed",
            Standing::Withdrawn => "withdrawn",
        };
        Err(Refusal::new(Rule::BillOver, "standing", found, "open"))
    }

    /// Refuses a bill of the other direction.
    pub(super) fn require_flow(&self, flow: Flow) -> Result<(), Refusal> {
        let name = |f: Flow| if f == Flow::Export { "export" } else { "import" };
        if self.flow == flow {
            return Ok(());
        }
        Err(Refusal::new(Rule::WrongDirection, "flow", name(self.flow), name(flow)))
    }

    /// Refuses a bill of which one of the twin manifests is missing.
    pub(super) fn require_twins(&self) -> Result<(), Refusal> {
        let missing = match (&self.river, &self.hub) {
            (Some(_), Some(_)) => return Ok(()),
            (None, _) => "branch (river port)",
            (_, None) => "trunk (hub)",
        };
        let expected = "a manifest with the river port's code and one with the hub's";
        let found = format!("without {missing}");
        Err(Refusal::new(Rule::TwinMissing, "manifest", found, expected).mended_by(Remedy::Agent))
    }

    /// The office that clears the goods: the river port's, and the hub's until its twin is there.
    pub(super) fn clearance(&self) -> &str {
        self.river.as_ref().or(self.hub.as_ref()).map_or("", |m| &m.customs_code)
    }

    /// The containers that a manifest names and that were not withdrawn.
    pub(super) fn containers(&self) -> Vec<&str> {
        let on = |m: super::marks::Marks| m.is_manifested() && !m.has(Mark::Withdrawn);
        self.boxes.iter().filter(|(_, b)| on(b.marks)).map(|(c, _)| c.as_str()).collect()
    }

    /// The containers with a mark.
    pub(super) fn marked(&self, mark: Mark) -> Vec<&str> {
        self.boxes.iter().filter(|(_, b)| b.marks.has(mark)).map(|(c, _)| c.as_str()).collect()
    }

    /// Whether a container is on the manifest.
    pub(super) fn lists(&self, container_no: &str) -> bool {
        self.boxes.get(container_no).is_some_and(|b| b.marks.is_manifested())
    }

    /// Whether a container was withdrawn.
    pub(super) fn withdrew(&self, container_no: &str) -> bool {
        self.boxes.get(container_no).is_some_and(|b| b.marks.has(Mark::Withdrawn))
    }

    /// Refuses a container that is not on the bill.
    pub(super) fn require_listed(&self, container_no: &str) -> Result<(), Refusal> {
        if self.lists(container_no) {
            return Ok(());
        }
        let expected = "a container of the bill's manifest";
        Err(Refusal::new(Rule::NotOnBill, "container_no", container_no, expected))
    }

    /// Refuses a bill of which segment 1 is not released.
    pub(super) fn require_released(&self) -> Result<(), Refusal> {
        if self.release_1.is_some() {
            return Ok(());
        }
        let found = match (&self.notice, &self.declaration) {
            (Some(_), _) => "an open inspection notice",
            (None, Some(_)) => "declared",
            (None, None) => "not declared",
        };
        Err(Refusal::new(Rule::NotReleased, "release.segment", found, "segment 1 released")
            .mended_by(Remedy::ClearanceCustoms))
    }

    /// Closes the bill where nothing is left to do: every container tallied or withdrawn, nothing
    /// held, and for import all gone and free for the market.
    pub(super) fn closing(&self, now: Moment) -> Option<BillEvent> {
        let done = |m: super::marks::Marks| {
            m.is_settled()
                && (self.flow == Flow::Export || m.has(Mark::Gone) || m.has(Mark::Withdrawn))
        };
        let mut listed = self.boxes.values().filter(|b| b.marks.is_manifested()).peekable();
        let closes = self.standing == Standing::Open
            && self.holds.is_empty()
            && (self.flow == Flow::Export || self.release_2.is_some())
            && listed.peek().is_some()
            && listed.all(|b| done(b.marks));
        closes.then_some(BillEvent::Closed { at: now.time })
    }

    /// Whether every container that is to sail was tallied.
    pub(super) fn is_tallied(&self) -> bool {
        let mut listed = self.boxes.values().filter(|b| b.marks.is_manifested());
        listed.all(|b| b.marks.is_settled())
    }
}

/// Adds the closing event where these events leave nothing to do on the bill.
pub(super) fn with_closing(bill: &Bill, mut events: Vec<BillEvent>, now: Moment) -> Vec<BillEvent> {
    let after = events.iter().fold(bill.clone(), |b, e| b.after(e));
    events.extend(after.closing(now));
    events
}

impl Holder {
    /// The place in words of the schema, for refusals and holds.
    pub(super) fn text(&self) -> String {
        match self.spot {
            Spot::Outside => "outside the ports".into(),
            Spot::Yard => format!("yard {}", self.place),
            Spot::Barge => format!("barge {}", self.place),
            Spot::Vessel => format!("vessel {}", self.place),
        }
    }
}

impl BoxRecord {
    /// Whether its trip is the one of this bill.
    pub(super) fn is_bound_for(&self, bill_no: &str) -> bool {
        self.trip.as_ref().is_some_and(|trip| trip.bill_no == bill_no)
    }

    /// Refuses a container that is elsewhere: it has one place only.
    pub(super) fn require_yard(&self, place: &str) -> Result<(), Refusal> {
        if self.holder.spot == Spot::Yard && self.holder.place == place {
            return Ok(());
        }
        let expected = format!("yard {place}");
        Err(Refusal::new(Rule::TwoPlaces, "place", self.holder.text(), expected))
    }

    /// The district of the yard that it stands in.
    pub(super) fn yard_district(&self) -> &str {
        if self.holder.spot == Spot::Yard { PlaceCode::district_of(&self.holder.place) } else { "" }
    }
}

/// Whether a container may begin a new trip: the last one is over, or it left by land.
pub(super) fn is_trip_over(
    world: &World<'_>,
    container_no: &str,
    container: &BoxRecord,
) -> Result<bool, Unreadable> {
    let Some(trip) = &container.trip else { return Ok(true) };
    if container.holder.spot == Spot::Outside {
        return Ok(true);
    }
    let Some(bill) = find_bill(world, &trip.bill_no)? else { return Ok(true) };
    let settled = bill.boxes.get(container_no).is_none_or(|b| b.marks.is_settled());
    // A container of an import is settled at the hub's tally, long before its trip is over.
    Ok(bill.standing != Standing::Open || trip.flow == Flow::Export && settled)
}
