//! Whom the subjects of this family concern: who anchored a file, and those whom it names as
//! readers.

use super::State;
use crate::{
    family::Asker,
    membership::Role,
    world::{Unreadable, World},
};

impl State {
    /// Whether the subject of that name concerns a party.
    pub(crate) fn concerns(
        &self,
        _name: &str,
        asker: &Asker,
        _world: &World<'_>,
    ) -> Result<bool, Unreadable> {
        Ok(match self {
            Self::File(file) => {
                asker.said(&file.by) || file.readers.iter().any(|reader| reads(asker, reader))
            }
            Self::Entry(entry) => asker.said(&entry.by),
            Self::Whole(whole) => asker.said(&whole.by),
        })
    }
}

/// Whether a reader, a party's id or a role, is this party.
fn reads(asker: &Asker, reader: &str) -> bool {
    asker.is_party(reader) || Role::find(reader).is_some_and(|role| asker.is(role))
}
