//! A sample network of the Pearl River: customs offices, wharves, and who works with them.
//!
//! Names of enterprises and their credit codes are invented; the check digits are right. Places
//! and districts are real.

use crate::ceremony::Plan;

const PEARL_RIVER: &str = include_str!("../sample/pearl-river.json");

/// The Pearl River network: four validators of power 1.
///
/// # Errors
/// None in a build that passed its tests; the type spares a panic.
pub fn pearl_river() -> Result<Plan, serde_json::Error> {
    serde_json::from_str(PEARL_RIVER)
}
