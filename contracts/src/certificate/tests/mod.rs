//! The rules of this family as tables, and what must hold whatever the parties send.

mod life;

use alloc::vec::Vec;

use crate::refusal::Rule;

/// Every table of this family, run; the rules that they cover.
pub(crate) fn tables() -> Vec<Rule> {
    life::all()
}
