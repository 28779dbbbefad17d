//! The rules of this family as tables, and what must hold whatever the parties send.

mod answers;
mod corrections;
mod deadlines;
mod holds;
mod life;
pub(crate) mod order;
mod properties;
mod tables;
mod told;

pub(crate) use tables::all as tables;
