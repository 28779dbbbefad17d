//! Deadlines: they run on ledger time, fire by themselves, and stay visible until put right.

use alloc::{string::String, vec::Vec};

use super::{
    events::{BillEvent, BoxEvent, Deadline, EnterpriseEvent, Event, PlanEvent, ShipEvent},
    holds::Hold,
    state::{Bill, Due, Standing, State},
};

impl State {
    /// The earliest deadline that runs for this subject, in ledger time.
    pub fn next_deadline(&self) -> Option<u64> {
        self.running().into_iter().map(|(by, _)| by).min()
    }

    /// What happens by itself because deadlines up to `time` have passed, earliest first.
    pub fn expire(&self, time: u64) -> Vec<Event> {
        let mut passed = self.running();
        passed.retain(|(by, _)| *by <= time);
        passed.sort_by_key(|(by, _)| *by);
        passed.into_iter().map(|(_, deadline)| self.overdue(deadline)).collect()
    }

    /// Subjects of this family are found by their names.
    pub fn listed_under(&self) -> Vec<String> {
        Vec::new()
    }

    fn overdue(&self, deadline: Deadline) -> Event {
        match self {
            Self::Bill(_) | Self::Declaration(_) => Event::Bill(BillEvent::Overdue { deadline }),
            Self::Box(_) => Event::Box(BoxEvent::Overdue { deadline }),
            Self::Plan(_) => Event::Plan(PlanEvent::Overdue { deadline }),
            Self::Ship(_) => Event::Ship(ShipEvent::Overdue { deadline }),
            Self::Enterprise(_) => Event::Enterprise(EnterpriseEvent::Overdue { deadline }),
        }
    }

    /// The deadlines that have not fired.
    fn running(&self) -> Vec<(u64, Deadline)> {
        let all: Vec<(&Due, Deadline)> = match self {
            Self::Bill(bill) => bill.dues(),
            Self::Box(container) => of_holds(&container.holds),
            Self::Plan(plan) => {
                plan.transit_due.iter().map(|due| (due, Deadline::Transit)).collect()
            }
            Self::Ship(ship) => ship.signal_due.iter().map(|due| (due, Deadline::Signal)).collect(),
            Self::Enterprise(firm) => {
                let open = firm.open.iter();
                open.map(|(no, o)| (&o.due, Deadline::Complete(String::clone(no)))).collect()
            }
            Self::Declaration(_) => Vec::new(),
        };
        let live = all.into_iter().filter(|(due, _)| !due.overdue);
        live.map(|(due, deadline)| (due.by, deadline)).collect()
    }
}

fn of_holds(holds: &[Hold]) -> Vec<(&Due, Deadline)> {
    holds.iter().map(|h| (&h.due, Deadline::Hold(h.id))).collect()
}

impl Bill {
    fn dues(&self) -> Vec<(&Due, Deadline)> {
        if self.standing != Standing::Open {
            return Vec::new();
        }
        let mut dues = of_holds(&self.holds);
        let waiting = self.notice.as_ref().filter(|n| n.relocated.is_empty());
        dues.extend(waiting.map(|n| (&n.due, Deadline::Relocation)));
        let arrival = self.declaration.as_ref().and_then(|d| d.arrival_due.as_ref());
        dues.extend(arrival.map(|due| (due, Deadline::Arrival)));
        dues.extend(self.tally_due.as_ref().map(|due| (due, Deadline::Tally)));
        dues
    }
}
