//! What must hold of every rule set and every application.

mod damaged;
mod pool;
mod properties;
mod witness;
