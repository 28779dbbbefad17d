//! What happens to an application.

use alloc::{boxed::Box, string::String, vec::Vec};

use countersign_record::Digest;
use minicbor::{Decode, Encode};
use serde::Serialize;

use crate::{
    certificate::{
        bodies::{Application, Decision, Outcome, Transport},
        state::{Applied, Reviewed, Ruled, Stage},
    },
    family::desk::{By, Due},
    guarantee::bodies::Grade,
};

/// Something that happened to an application.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum ApplicationEvent {
    /// It was submitted, for the first time or again, and reviewed by the office's rules at once.
    #[n(0)]
    Submitted {
        /// The applicant.
        #[n(0)]
        by: By,
        /// What was submitted.
        #[n(1)]
        application: Box<Application>,
        /// Numbers of the fields that are sealed.
        #[n(2)]
        sealed: Vec<u32>,
        /// The enterprise's grade at this moment.
        #[n(3)]
        grade: Grade,
        /// What the review came to.
        #[n(4)]
        reviewed: Reviewed,
        /// By when an officer should decide, where the review leaves it to one.
        #[n(5)]
        due: Option<u64>,
    },
    /// The applicant took it back.
    #[n(1)]
    Withdrawn {
        /// The applicant.
        #[n(0)]
        by: By,
        /// Why.
        #[n(1)]
        reason: String,
    },
    /// An officer decided.
    #[n(2)]
    Ruled {
        /// The decision.
        #[n(0)]
        ruled: Ruled,
    },
    /// A certificate was issued on it.
    #[n(3)]
    Issued {
        /// The certificate's number.
        #[n(0)]
        certificate: String,
    },
    /// It waits for an officer for too long.
    #[n(4)]
    Overdue,
}

/// An application of which nothing is known yet.
pub(super) fn unknown() -> Applied {
    let application = Application {
        kind: String::new(),
        office: String::new(),
        enterprise_uscc: String::new(),
        country: String::new(),
        transport: Transport { mode: 0, means: None, departs: None },
        items: Vec::new(),
        consignee: None,
        route: None,
        invoice: None,
        entry_no: None,
        producer_uscc: None,
        isolation: None,
        group: None,
        term: None,
        replaces: None,
        remarks: None,
    };
    Applied {
        stage: Stage::Withdrawn,
        by: By { party: String::new(), entry: Digest::ZERO, at: 0 },
        application,
        grade: Grade::Registered,
        reviews: Vec::new(),
        sealed: Vec::new(),
        due: None,
        ruled: None,
        certificate: None,
    }
}

impl Applied {
    /// The application after something happened.
    #[must_use]
    pub(crate) fn after(mut self, event: &ApplicationEvent) -> Self {
        match event {
            ApplicationEvent::Submitted { by, application, sealed, grade, reviewed, due } => {
                self.stage = match reviewed.outcome {
                    Outcome::Pass => Stage::Passed,
                    Outcome::Return => Stage::Returned,
                    Outcome::Manual => Stage::Manual,
                    Outcome::Investigate => Stage::Investigated,
                };
                self.by = by.clone();
                self.application = (**application).clone();
                self.sealed.clone_from(sealed);
                self.grade = *grade;
                self.reviews.push(reviewed.clone());
                self.due = due.map(|by| Due { by, overdue: false });
                self.ruled = None;
            }
            ApplicationEvent::Withdrawn { .. } => {
                self.stage = Stage::Withdrawn;
                self.due = None;
            }
            ApplicationEvent::Ruled { ruled } => {
                self.stage = match ruled.decision {
                    Decision::Approve => Stage::Passed,
                    Decision::Return => Stage::Returned,
                    Decision::Refuse => Stage::Refused,
                };
                self.due = None;
                self.ruled = Some(ruled.clone());
            }
            ApplicationEvent::Issued { certificate } => {
                self.stage = Stage::Issued;
                self.certificate = Some(certificate.clone());
            }
            ApplicationEvent::Overdue => {
                self.due.iter_mut().for_each(|due| due.overdue = true);
            }
        }
        self
    }
}
