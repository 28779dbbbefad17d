//! Deadlines: they run on ledger time, fire by themselves, and stay visible until put right. And
//! the lists in which a node finds what belongs together.

use alloc::{format, string::String, vec::Vec};

use super::{
    events::{ApplicationEvent, Deadline, DeliveryEvent, Event},
    state::{Application, DeliveryRecord, DeliveryStage, Due, State},
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
        let overdue = |deadline: Deadline| match self {
            Self::Application(_) => Event::Application(ApplicationEvent::Overdue { deadline }),
            _ => Event::Delivery(DeliveryEvent::Overdue { deadline }),
        };
        passed.into_iter().map(|(_, deadline)| overdue(deadline)).collect()
    }

    /// Applications are listed under their account, deliveries under their application and account,
    /// declarations under their account.
    pub fn listed_under(&self) -> Vec<String> {
        let account = |no: &str| format!("account:{no}");
        match self {
            Self::Account(_) => Vec::new(),
            Self::Application(a) => [account(&a.account_no)].into(),
            Self::Delivery(d) => {
                [format!("application:{}", d.note.application_no), account(&d.account_no)].into()
            }
            Self::Declaration(d) => [account(&d.declared.account_no)].into(),
        }
    }

    /// The deadlines that have not fired.
    fn running(&self) -> Vec<(u64, Deadline)> {
        let all = match self {
            Self::Application(application) => application.dues(),
            Self::Delivery(delivery) => delivery.dues(),
            Self::Account(_) | Self::Declaration(_) => Vec::new(),
        };
        let live = all.into_iter().filter(|(due, _)| !due.overdue);
        live.map(|(due, deadline)| (due.by, deadline)).collect()
    }
}

impl Application {
    /// The window matters while oil is out that has gone nowhere.
    fn dues(&self) -> Vec<(&Due, Deadline)> {
        let out = self.is_oil_out().then_some((&self.window, Deadline::Window));
        out.into_iter().collect()
    }
}

impl DeliveryRecord {
    /// Whether it has still to be declared.
    pub fn is_undeclared(&self) -> bool {
        !matches!(self.stage, DeliveryStage::Declared | DeliveryStage::Void)
    }

    fn dues(&self) -> Vec<(&Due, Deadline)> {
        let mut dues = Vec::new();
        dues.extend(self.confirmation_due.as_ref().map(|due| (due, Deadline::Confirmation)));
        dues.extend(self.dispute_due.as_ref().map(|due| (due, Deadline::Dispute)));
        if self.is_undeclared() {
            dues.push((&self.declaration_due, Deadline::Declaration));
        }
        dues
    }
}
