//! The one table of kinds: name, subject, body, who may sign. Rules read every field of this family,
//! so none may be sealed.

use super::bodies;
use crate::family::shapes::{kinds, names};

names! {
    /// A party, by its unified social credit code, or `GACC` and the district of a customs office.
    Party "party";
    /// A change that is voted on, by a name that its proposer gives it once and for ever.
    Proposal "proposal";
}

/// The version of every body's schema.
pub const SCHEMA: u32 = 1;

kinds! {
    /// Customs admits an enterprise, whose nodes follow.
    Admit(Admission) "admit" ["party"] [Customs] [];
    /// Customs suspends an enterprise.
    Suspend(Reason) "suspend" ["party"] [Customs] [];
    /// Customs lets a suspended enterprise act again.
    Reinstate(Reason) "reinstate" ["party"] [Customs] [];
    /// A party registers a new key, and may revoke an old one in the same step.
    RotateKey(KeyRotation) "rotate_key" ["party"] [] [];
    /// A party revokes a key.
    RevokeKey(KeyRevocation) "revoke_key" ["party"] [] [];

    /// A party that votes proposes a change, and approves it by that.
    Propose(Proposing) "propose" ["proposal"] [] [];
    /// A party that votes approves a proposal.
    Approve(Approval) "approve" ["proposal"] [] [];
    /// The proposer takes its proposal back.
    Withdraw(Reason) "withdraw" ["proposal"] [] [];
}
