//! What happens to what is registered.

use alloc::{boxed::Box, string::String};

use minicbor::{Decode, Encode};
use serde::Serialize;

use crate::{
    certificate::{
        bodies::{ExporterFiling, KindRegistration, RuleSet},
        state::{Activated, Review},
    },
    family::desk::By,
};

/// Something that happened to a kind.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum KindEvent {
    /// It was registered, or registered again.
    #[n(0)]
    Registered {
        /// The office.
        #[n(0)]
        by: By,
        /// What.
        #[n(1)]
        registered: Box<KindRegistration>,
    },
}

/// Something that happened to an exporter's filing.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum ExporterEvent {
    /// It was filed, or filed again.
    #[n(0)]
    Filed {
        /// The office.
        #[n(0)]
        by: By,
        /// What.
        #[n(1)]
        filed: ExporterFiling,
    },
}

/// Something that happened to a version of an office's rules.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum RulesEvent {
    /// It was registered.
    #[n(0)]
    Registered {
        /// The office.
        #[n(0)]
        by: By,
        /// The rules.
        #[n(1)]
        set: RuleSet,
    },
}

/// Something that happened to the version that an office reviews by.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum ReviewEvent {
    /// A further version was registered; it is not in force by that.
    #[n(0)]
    VersionRegistered {
        /// Its number.
        #[n(0)]
        version: u32,
    },
    /// A version was put in force.
    #[n(1)]
    Activated {
        /// The office.
        #[n(0)]
        by: By,
        /// Its number; 0 for none.
        #[n(1)]
        version: u32,
        /// Why.
        #[n(2)]
        reason: String,
    },
}

/// An office without rules.
pub(super) fn none() -> Review {
    Review { registered: 0, active: 0, activated: None }
}

impl Review {
    /// The record after something happened.
    #[must_use]
    pub(crate) fn after(mut self, event: &ReviewEvent) -> Self {
        match event {
            ReviewEvent::VersionRegistered { version } => self.registered = *version,
            ReviewEvent::Activated { by, version, reason } => {
                self.active = *version;
                self.activated = Some(Activated { by: by.clone(), reason: reason.clone() });
            }
        }
        self
    }
}
