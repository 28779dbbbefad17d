//! Following in silence: when a key that has no record may sign again.

use super::Place;
use crate::consensus::limits;

/// What was seen since the start.
pub(crate) struct Watch {
    why: &'static str,
    /// Whether the first height of this run is past. The journal may have decided it by itself,
    /// from votes that are years old.
    begun: bool,
    /// The first height that was decided before our eyes.
    first: Option<u64>,
    /// How many were, one after the other, without a signature of this key.
    without: u64,
}

impl Watch {
    pub(crate) fn new(why: &'static str) -> Self {
        Self { why, begun: false, first: None, without: 0 }
    }

    /// Whether somebody else signs with this key now. What a former life has signed is for heights
    /// that were decided, or were being decided, when this life began: no later than the first
    /// that was decided before our eyes.
    pub(crate) fn is_foreign(&self, place: &Place) -> bool {
        self.first.is_some_and(|first| place.height > first)
    }

    /// Notes a height. `true`: what the key may sign from now on it cannot have signed before.
    pub(crate) fn ends_with(&mut self, height: u64, live: bool, signed: bool) -> bool {
        let counts = std::mem::replace(&mut self.begun, true) && live;
        if !counts {
            return false;
        }
        self.first.get_or_insert(height);
        self.without = if signed { 0 } else { self.without + 1 };
        self.without >= limits::GUARD_HEIGHTS_WITHOUT_US
    }

    pub(crate) fn says(&self) -> String {
        format!(
            "double-sign guard: what this validator key has signed is not known: {}. The node \
             follows without voting until the others have decided {} more heights; if they cannot \
             without it, see the runbook for `countersign node reset-guard`",
            self.why,
            limits::GUARD_HEIGHTS_WITHOUT_US.saturating_sub(self.without)
        )
    }
}
