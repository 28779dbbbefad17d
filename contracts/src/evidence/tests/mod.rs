//! The rules of this family as tables, and what must hold whatever the parties send.

mod keeping;
mod order;
mod properties;
mod tables;

pub(crate) use tables::all as tables;
