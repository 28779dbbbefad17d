//! Whom the subjects of this family concern: a guarantor its own lines and what is drawn on them,
//! an enterprise and its declarants theirs.

use super::{
    State,
    state::{Drawdown, Line},
};
use crate::{
    family::Asker,
    membership::Role,
    world::{Unreadable, World},
};

impl State {
    /// Whether the subject of that name concerns a party.
    pub(crate) fn concerns(
        &self,
        name: &str,
        asker: &Asker,
        _world: &World<'_>,
    ) -> Result<bool, Unreadable> {
        Ok(match self {
            Self::Line(line) => line.concerns(asker),
            Self::Drawdown(drawdown) => drawdown.concerns(asker),
            // Whoever is to stand behind an enterprise asks for its grade first.
            Self::Enterprise(_) => asker.is_party(name) || asker.is(Role::Guarantor),
        })
    }
}

impl Line {
    fn concerns(&self, asker: &Asker) -> bool {
        asker.is_party(&self.enterprise)
            || self.guarantor.as_deref().is_some_and(|g| asker.is_party(g))
            || self.declarants.iter().any(|d| asker.is_party(d))
    }
}

impl Drawdown {
    fn concerns(&self, asker: &Asker) -> bool {
        asker.is_party(&self.enterprise)
            || self.guarantor.as_deref().is_some_and(|g| asker.is_party(g))
            || asker.said(&self.by)
    }
}
