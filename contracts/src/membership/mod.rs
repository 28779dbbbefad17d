//! Family `membership`: parties, their roles and keys, districts, places, parameters, and who votes.
//!
//! ```text
//!   founding document ──► party ACTIVE ◄── admit (customs; its nodes follow)
//!                            │  ▲
//!                    suspend │  │ reinstate   (customs; a party that votes: by a vote)
//!                            ▼  │
//!                         SUSPENDED: signs nothing, its nodes leave the network
//!
//!   key ACTIVE ── rotate_key / revoke_key (the party itself) ──► REVOKED for ever
//!
//!   propose ──► OPEN ◄─┐ approve
//!  (a party      │ │ └──┘ (the others that vote)
//!  that votes,   │ │
//!  for height H) │ └── withdraw (the proposer, while no quorum has approved) ──► WITHDRAWN
//!                │
//!                └── at the end of batch H − 1, by itself
//!                      ├── a quorum has approved, and it can still be done ──► ENACTED
//!                      └── else ──► LAPSED
//! ```
//!
//! A key that was revoked refuses new entries; it never spoils old receipts, since those rest on
//! the validators' signatures.
//!
//! What is voted on (`bodies::Change`): the nodes of a party, with or without a vote; its
//! suspension, where its node votes; parameters; the version of the rules. The parties whose nodes
//! vote decide, each with the power of its nodes; more than two thirds of the power carry. Approvals
//! are weighed by the powers of the moment at which the height comes, never by older ones. A change
//! shows in the records after batch H − 1 and applies to the whole of batch H; the header of H − 1
//! names the validators of H, as every header does for the next, and so a verifier follows every
//! change from the founding document on. At one height one proposal takes effect, so that what was
//! judged is what happens. How far the set of validators may change at once is in `power`; what each
//! version of the rules changed is in `versions`.
//!
//! Each subject is one record: `party:ID`, `key:THUMBPRINT`, `district:CODE`,
//! `place:LOCODE/DISTRICT`, `parameters`, `roster`, which lists the nodes, `proposal:NAME`, and
//! `schedule`, which lists the open proposals by height.

mod alerts;
pub mod bodies;
mod changes;
mod concern;
mod events;
mod fields;
mod founding;
mod keys;
mod kinds;
mod parties;
mod power;
mod reading;
mod state;
#[cfg(test)]
pub(crate) mod tests;
mod votes;

pub use bodies::{Admission, KeyRevocation, KeyRotation, Reason};
pub use events::{Event, evolve};
pub use founding::founding_events;
pub(crate) use founding::{check_parameters, check_rules};
pub use keys::{key_proof, validator_proof};
pub use kinds::{Action, KINDS, SCHEMA, Subject, body_from_json, body_to_json};
pub use power::{Balance, Tally, validators};
pub(crate) use reading::{parameter, parameters, read_party, require_name};
pub use reading::{roster, rules_to_come, rules_version, signer};
pub use state::{
    Against, Key, Member, PARAMETERS_SUBJECT, Party, Proposal, ROSTER, RULES_PARAMETER, Role,
    Roster, SCHEDULE, Schedule, Scheduled, Stage, State, key_subject, party_subject,
    proposal_subject,
};
pub(crate) use votes::enact;

use crate::{
    family::{Actor, Events, FamilyName, desk::Desk},
    world::{Moment, No, World},
};

/// The parameters that the founding document must set for this family: none.
pub const PARAMETERS: &[&str] = &[];

impl Action {
    /// Decides on state: what happens, or why not.
    ///
    /// # Errors
    /// The first rule that is broken, or a store that could not answer.
    pub fn decide(&self, world: &World<'_>, actor: &Actor, now: Moment) -> Result<Events, No> {
        let desk = Desk { family: FamilyName::Membership, world, actor, now };
        let name = self.subject().name();
        match self {
            Self::Admit { body, .. } => parties::admit(world, name, body),
            Self::Suspend { body, .. } => parties::switch(world, now, name, &body.reason, false),
            Self::Reinstate { body, .. } => parties::switch(world, now, name, &body.reason, true),
            Self::RotateKey { body, .. } => keys::rotate(world, actor, name, body),
            Self::RevokeKey { body, .. } => keys::revoke(world, actor, name, body),
            Self::Propose { body, .. } => votes::propose(desk, name, body),
            Self::Approve { body, .. } => votes::approve(desk, name, body),
            Self::Withdraw { body, .. } => votes::withdraw(desk, name, body),
        }
    }
}
