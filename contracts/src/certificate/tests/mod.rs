//! The rules of this family as tables, and what must hold whatever the parties send.

mod deadlines;
mod life;
mod order;
mod outcomes;
mod properties;
mod tables;

pub(crate) use tables::all as tables;
