//! The fold of a bill: its record after each thing that happens to it.

use alloc::{
    collections::BTreeMap,
    string::{String, ToString},
    vec::Vec,
};

use super::{
    Deadline,
    bill::{BillEvent, Taken},
};
use crate::{
    combined_port::{
        bodies::{LineMark, ManifestContainer, TallyOutcome, TallyRow},
        holds::{Clearing, Doubt, HoldKind},
        marks::{Mark, Marks},
        state::{Bill, BillBox, DeclarationStep, Due, Flow, Standing},
    },
    limits::HOLDS_PER_SUBJECT_MAX,
};

/// A bill of which nothing is known yet.
pub(super) fn empty() -> Bill {
    Bill {
        flow: Flow::Export,
        standing: Standing::Open,
        boxes: BTreeMap::new(),
        packages_tallied: 0,
        next_hold: 1,
        holds: Vec::new(),
        doubts: Vec::new(),
        river: None,
        hub: None,
        declaration: None,
        notice: None,
        release_1: None,
        release_2: None,
        order: None,
        tally_due: None,
        closed_at: None,
        tallied: None,
        late_filing: None,
    }
}

impl Bill {
    /// The bill after something happened.
    #[must_use]
    pub(crate) fn after(mut self, event: &BillEvent) -> Self {
        match event.clone() {
            BillEvent::Manifested { flow, twin, manifest, containers } => {
                self.flow = flow;
                let mark = if twin == LineMark::Branch { Mark::River } else { Mark::Hub };
                self.list(mark, containers);
                let place = if twin == LineMark::Branch { &mut self.river } else { &mut self.hub };
                *place = Some(manifest);
            }
            BillEvent::ManifestAmended { .. } => self.amend(event),
            BillEvent::Declared { declaration, containers, arrived } => {
                self.mark_only(Mark::Declared, &containers);
                self.mark_only(Mark::Arrived, &arrived);
                self.declaration = Some(declaration);
            }
            BillEvent::DeclarationCompleted { packages, gross_g, containers, .. } => {
                self.mark_only(Mark::Declared, &containers);
                if let Some(declaration) = &mut self.declaration {
                    declaration.step = DeclarationStep::Completed;
                    declaration.packages = Some(packages);
                    declaration.gross_g = Some(gross_g);
                }
            }
            BillEvent::BoxArrived { container_no } => {
                self.mark(&container_no, Mark::Arrived, true);
                let awaited = |b: &BillBox| {
                    b.marks.is_manifested()
                        && !b.marks.has(Mark::Arrived)
                        && !b.marks.has(Mark::Withdrawn)
                };
                let awaiting = self.boxes.values().any(awaited);
                if let (Some(declaration), false) = (&mut self.declaration, awaiting) {
                    declaration.arrival_due = None;
                }
            }
            BillEvent::InspectionNoticed { notice } => self.notice = Some(notice),
            BillEvent::Relocated { relocated } => {
                if let Some(notice) = &mut self.notice {
                    notice.relocated.retain(|r| r.container_no != relocated.container_no);
                    notice.relocated.push(relocated);
                    notice.due.overdue = false;
                }
            }
            BillEvent::Inspected { .. } => self.notice = None,
            BillEvent::Released { segment: 1, release } => {
                self.release_1 = Some(release);
                if let Some(declaration) = &mut self.declaration {
                    declaration.arrival_due = None;
                }
            }
            BillEvent::Released { release, .. } => self.release_2 = Some(release),
            other => self.goes_on(other),
        }
        self
    }

    /// What happens once the goods are declared and released, and what befalls any bill.
    fn goes_on(&mut self, event: BillEvent) {
        match event {
            BillEvent::Ordered { order } => self.order = Some(order),
            BillEvent::TitleTransferred { by, to_uscc } => {
                if let Some(order) = &mut self.order {
                    order.transfers.push(by);
                    order.holder_uscc = to_uscc;
                }
            }
            BillEvent::TallyAwaited { due, .. } => {
                self.tally_due = Some(Due { by: due, overdue: false });
            }
            BillEvent::Tallied { by, rows, unseen, .. } => {
                self.tallied = Some(by);
                self.tally(&rows, &unseen);
            }
            BillEvent::BoxGatedOut { container_no } => self.mark(&container_no, Mark::Gone, true),
            BillEvent::Withdrawn { containers, .. } => {
                containers.iter().for_each(|c| self.mark(c, Mark::Withdrawn, true));
                let mut listed = self.boxes.values().filter(|b| b.marks.is_manifested());
                if listed.all(|b| b.marks.has(Mark::Withdrawn)) {
                    self.standing = Standing::Withdrawn;
                }
            }
            BillEvent::Voided { what, .. } => self.take_back(what),
            BillEvent::Closed { at } => {
                self.standing = Standing::Closed;
                self.closed_at = Some(at);
            }
            BillEvent::Held { hold } => {
                self.next_hold = hold.id.saturating_add(1);
                self.holds.push(hold);
            }
            BillEvent::HoldCleared { clearing } => self.clear(&clearing),
            BillEvent::Doubted { doubt } => {
                let known = |d: &Doubt| d.kind == doubt.kind && d.field == doubt.field;
                if !self.doubts.iter().any(known) && self.doubts.len() < HOLDS_PER_SUBJECT_MAX {
                    self.doubts.push(doubt);
                }
            }
            BillEvent::Overdue { deadline } => self.fall_due(&deadline),
            BillEvent::FiledLate { late } => self.late_filing = Some(late),
            // Every other event was folded before.
            _ => {}
        }
    }

    /// Marks exactly these containers, naming those that no manifest does.
    fn mark_only(&mut self, mark: Mark, containers: &[String]) {
        self.boxes.values_mut().for_each(|b| b.marks.set(mark, false));
        containers.iter().for_each(|c| self.mark(c, mark, true));
    }

    fn mark(&mut self, container_no: &str, mark: Mark, on: bool) {
        let unnamed = || BillBox {
            size_type: String::new(),
            marks: Marks::default(),
            gross_g: None,
            tare_g: None,
            rolled_to: None,
        };
        self.boxes.entry(container_no.to_string()).or_insert_with(unnamed).marks.set(mark, on);
    }

    fn list(&mut self, mark: Mark, containers: Vec<ManifestContainer>) {
        self.boxes.values_mut().for_each(|b| b.marks.set(mark, false));
        for c in containers {
            self.mark(&c.container_no, mark, true);
            // An overlanded container that the agent takes up into the manifest is one no more.
            self.mark(&c.container_no, Mark::Over, false);
            if let Some(b) = self.boxes.get_mut(&c.container_no) {
                b.size_type = c.size_type;
                b.gross_g = c.gross_g;
                b.tare_g = c.tare_g;
            }
        }
        // What no statement names any more is forgotten.
        self.boxes.retain(|_, b| b.marks != Marks::default());
    }

    fn amend(&mut self, event: &BillEvent) {
        let BillEvent::ManifestAmended {
            containers, packages, gross_g, conveyance, rolled, ..
        } = event.clone()
        else {
            return;
        };
        if let Some(containers) = containers {
            for (mark, sent) in
                [(Mark::River, self.river.is_some()), (Mark::Hub, self.hub.is_some())]
            {
                if sent {
                    self.list(mark, containers.clone());
                }
            }
        }
        for c in rolled.iter().flatten() {
            self.mark(c, Mark::Rolled, true);
            self.mark(c, Mark::Short, false);
            if let Some(b) = self.boxes.get_mut(c) {
                b.rolled_to.clone_from(&conveyance);
            }
        }
        for manifest in self.river.iter_mut().chain(&mut self.hub) {
            manifest.packages = packages.unwrap_or(manifest.packages);
            manifest.gross_g = gross_g.unwrap_or(manifest.gross_g);
            if let (Some(conveyance), None) = (&conveyance, &rolled) {
                manifest.conveyance = conveyance.clone();
            }
        }
    }

    fn tally(&mut self, rows: &[TallyRow], unseen: &[String]) {
        self.tally_due = None;
        unseen.iter().for_each(|c| self.mark(c, Mark::Short, true));
        for row in rows {
            let there = row.result != TallyOutcome::Short;
            let over = there
                && !self.boxes.get(&row.container_no).is_some_and(|b| b.marks.is_manifested());
            self.mark(&row.container_no, Mark::Short, !there);
            self.mark(&row.container_no, Mark::Tallied, there);
            self.mark(&row.container_no, Mark::Over, over);
            if there {
                self.packages_tallied =
                    self.packages_tallied.saturating_add(u64::from(row.packages));
            }
        }
    }

    fn take_back(&mut self, what: Taken) {
        match what {
            Taken::River => {
                self.river = None;
                self.list(Mark::River, Vec::new());
            }
            Taken::Hub => {
                self.hub = None;
                self.list(Mark::Hub, Vec::new());
            }
            Taken::Declaration => {
                self.declaration = None;
                self.mark_only(Mark::Declared, &[]);
                self.mark_only(Mark::Arrived, &[]);
            }
            Taken::Notice => self.notice = None,
            Taken::Release1 => self.release_1 = None,
            Taken::Release2 => self.release_2 = None,
            Taken::Order => self.order = None,
        }
    }

    fn clear(&mut self, clearing: &Clearing) {
        let Some(at) = self.holds.iter().position(|h| h.id == clearing.hold) else { return };
        let hold = self.holds.remove(at);
        let Some(value) = clearing.true_value.as_ref().and_then(|v| v.parse::<u64>().ok()) else {
            return;
        };
        let manifests = self.river.iter_mut().chain(&mut self.hub);
        let declaration = self.declaration.as_mut();
        match (hold.kind, hold.field.as_str()) {
            (HoldKind::Packages, _) | (HoldKind::Twin, "packages") => {
                manifests.for_each(|m| m.packages = value);
                declaration.into_iter().for_each(|d| d.packages = Some(value));
            }
            (HoldKind::Gross, _) | (HoldKind::Twin, "gross_g") => {
                manifests.for_each(|m| m.gross_g = value);
                declaration.into_iter().for_each(|d| d.gross_g = Some(value));
            }
            _ => {}
        }
    }

    fn fall_due(&mut self, deadline: &Deadline) {
        let due = match deadline {
            Deadline::Relocation => self.notice.as_mut().map(|n| &mut n.due),
            Deadline::Arrival => self.declaration.as_mut().and_then(|d| d.arrival_due.as_mut()),
            Deadline::Tally => self.tally_due.as_mut(),
            Deadline::Hold(id) => self.holds.iter_mut().find(|h| h.id == *id).map(|h| &mut h.due),
            _ => None,
        };
        if let Some(due) = due {
            due.overdue = true;
        }
    }
}
