//! Whom the subjects of this family concern: every member. Who belongs to the network, who votes
//! and by which parameters is what they agreed on.

use super::State;
use crate::{
    family::Asker,
    world::{Unreadable, World},
};

impl State {
    /// Whether the subject of that name concerns a party.
    pub(crate) fn concerns(
        &self,
        _name: &str,
        _asker: &Asker,
        _world: &World<'_>,
    ) -> Result<bool, Unreadable> {
        match self {
            Self::Party(_)
            | Self::Key(_)
            | Self::Roster(_)
            | Self::Name(_)
            | Self::Parameters(_)
            | Self::Proposal(_)
            | Self::Schedule(_) => Ok(true),
        }
    }
}
