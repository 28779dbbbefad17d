//! `check` of the bodies' own fields: what needs no state.

use super::{
    bodies::Proposing,
    kinds::Action,
    parties::{check_admission, check_key},
};
use crate::{family::fields::Fields, identifiers::Uscc, refusal::Refusal};

impl Action {
    /// Looks at the fields of a body that was read.
    pub(super) fn check_fields(&self) -> Result<(), Refusal> {
        match self {
            Self::Admit { subject, body, .. } => {
                Uscc::parse("party", subject.name())?;
                check_admission(body)
            }
            Self::RotateKey { body, .. } => check_key("key", &body.key),
            Self::Propose { subject, body, .. } => check_proposing(subject.name(), body),
            Self::Withdraw { body, .. } => {
                let mut fields = Fields::default();
                fields.words("reason", &body.reason);
                fields.answer()
            }
            // What these say is looked up, and their reasons are the office's own.
            Self::Suspend { .. }
            | Self::Reinstate { .. }
            | Self::RevokeKey { .. }
            | Self::Approve { .. } => Ok(()),
        }
    }
}

fn check_proposing(name: &str, body: &Proposing) -> Result<(), Refusal> {
    let mut fields = Fields::default();
    fields.code("subject", name);
    fields.words("reason", &body.reason);
    body.change.check(&mut fields);
    fields.answer()
}
