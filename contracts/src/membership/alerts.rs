//! Alerts: a proposal that waits for approvals concerns those who have not given theirs.

use alloc::{format, string::String, vec::Vec};

use super::{Proposal, Stage, State};
use crate::family::{Alert, desk::Plain};

impl State {
    /// No deadline of ledger time runs in this family: what is voted on happens at a height.
    pub fn next_deadline(&self) -> Option<u64> {
        None
    }

    /// Nothing happens by itself at a ledger time in this family.
    pub fn expire(&self, _time: u64) -> Vec<super::Event> {
        Vec::new()
    }

    /// What needs a person's attention on the subject of that name.
    pub fn alerts(&self, subject: &str) -> Vec<Alert> {
        match self {
            Self::Proposal(proposal) => proposal.alert(subject).into_iter().collect(),
            _ => Vec::new(),
        }
    }

    /// Subjects of this family are found by their names.
    pub fn listed_under(&self) -> Vec<String> {
        Vec::new()
    }
}

impl Proposal {
    fn alert(&self, subject: &str) -> Option<Alert> {
        if self.stage != Stage::Open || self.tally.is_carried() {
            return None;
        }
        let (approved, needed) = (self.tally.approved, self.tally.needed);
        let (power, height) = (self.tally.power, self.effective_height);
        let plain = Plain {
            kind: "proposal_open",
            subject,
            field: "change",
            value: self.reason.clone(),
            by: &self.proposed,
            clearance: "",
            deadline: None,
            en: format!(
                "voting power {approved} of {power} has approved, {needed} is needed before height \
                 {height}, or it lapses"
            ),
            zh: format!(
                "已批准表决权 {approved}/{power}，须在高度 {height} 之前达到 {needed}，否则失效"
            ),
        };
        let mut alert = plain.alert();
        alert.parties = self.tally.missing.clone();
        Some(alert)
    }
}
