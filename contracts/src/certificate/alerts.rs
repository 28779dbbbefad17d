//! Alerts: everything that needs a person, read from the records and never stored beside them.

use alloc::{format, vec::Vec};

use super::state::{Applied, Stage, State};
use crate::family::{Alert, desk::Plain};

impl State {
    /// What needs a person's attention on the subject of that name.
    pub fn alerts(&self, subject: &str) -> Vec<Alert> {
        match self {
            Self::Application(applied) => applied.alert(subject).into_iter().collect(),
            Self::Certificate(certificate) => certificate.alerts(subject),
            Self::Letter(letter) => letter.alert(subject).into_iter().collect(),
            _ => Vec::new(),
        }
    }
}

impl Applied {
    /// An application that has waited for an officer for too long.
    fn alert(&self, subject: &str) -> Option<Alert> {
        let due = self.due.as_ref().filter(|due| due.overdue)?;
        let office = &self.application.office;
        let (kind, en, zh) = match self.stage {
            Stage::Manual => (
                "review_overdue",
                format!("the application waits for an officer of {office}"),
                format!("申请等待关区 {office} 人工复核，已超时"),
            ),
            Stage::Investigated => (
                "investigation_overdue",
                format!("the investigation by {office} is not closed"),
                format!("关区 {office} 的调查尚未结案，已超时"),
            ),
            _ => return None,
        };
        let plain = Plain {
            kind,
            subject,
            field: "stage",
            value: self.stage.name().into(),
            by: &self.by,
            clearance: office,
            deadline: Some(due.by),
            en,
            zh,
        };
        Some(plain.alert())
    }
}
