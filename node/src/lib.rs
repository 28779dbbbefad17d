//! One node: how the parties come to agree.
//!
//! An entry's way, stage by stage: [`access`] takes it in, [`admission`] checks it, it waits in the
//! [`backlog`], [`consensus`] orders it, [`execution`] applies the rules before anybody votes, the
//! [`ledger`] keeps it and makes receipts. [`agreement`] answers what consensus asks, and
//! [`runtime`] starts it all. [`audit`] holds
//! what is kept against what must be there, and makes a damaged ledger right.

#![cfg_attr(any(test, feature = "fuzz"), allow(clippy::unwrap_used, clippy::expect_used))]

pub mod access;
pub mod admission;
pub mod agreement;
pub mod audit;
pub mod backlog;
pub mod batch;
pub mod consensus;
pub mod execution;
#[cfg(any(test, feature = "fuzz"))]
pub mod fuzz;
pub mod ledger;
pub mod limits;
pub mod observed;
pub mod runtime;
