//! The rules of this family as tables, and what must hold whatever the parties send.

mod corrections;
mod deadlines;
mod order;
mod properties;
mod tables;
mod told;
mod views;

pub(crate) use tables::all as tables;
