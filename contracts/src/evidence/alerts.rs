//! Alerts: everything that needs a person, read from the records and never stored beside them.

use alloc::{string::String, vec::Vec};

use super::state::{File, Standing, State};
use crate::family::{Alert, desk::Plain};

impl State {
    /// What needs a person's attention on the subject of that name.
    pub fn alerts(&self, subject: &str) -> Vec<Alert> {
        match self {
            Self::File(file) => file.alert(subject).into_iter().collect(),
            Self::Entry(_) | Self::Whole(_) => Vec::new(),
        }
    }
}

impl File {
    /// An original whose time of keeping is over.
    fn alert(&self, subject: &str) -> Option<Alert> {
        if self.standing != Standing::RetentionOver {
            return None;
        }
        let plain = Plain {
            kind: "retention_over",
            subject,
            field: "retention_until",
            value: self.kept_at.clone(),
            by: &self.by,
            clearance: "",
            deadline: Some(self.retention_until),
            en: String::from(
                "the time for which the original is kept is over; who anchored it may destroy it, \
                 or keep it for longer",
            ),
            zh: String::from("原件保存期已满；存证方可予销毁或延长保存"),
        };
        Some(plain.alert())
    }
}
