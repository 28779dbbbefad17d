//! What the one binary adds to node and client: networks of real processes on one machine.

pub mod fleet;
pub mod ledger_facts;
