//! The rules of this family as tables, and what must hold whatever the parties send.

mod deadlines;
mod exposure;
mod listing;
mod money;
mod order;
mod properties;
mod tables;
mod ties;
mod told;

pub(crate) use tables::all as tables;
