//! Amounts and days: late fees with their rounding, due days by the office's rule.

use alloc::{format, string::String};

use super::bodies::Scope;
use crate::{calendar::Day, family::desk::Desk, world::Unreadable};

/// What a daily rate is counted in: 50 of these parts are 0.05 %.
const RATE_PARTS: u128 = 100_000;
/// No rule names a later working day of a month.
const WORKING_DAYS_MAX: u64 = 23;

/// A fee of so many hundred-thousandths of an amount for each day, rounded half up to the minor
/// unit (fen) once, at the end. An amount beyond `u64` stays at its largest value.
pub fn daily_fee(amount_minor: u64, per_100000_a_day: u64, days: u64) -> u64 {
    let parts = u128::from(amount_minor)
        .saturating_mul(u128::from(per_100000_a_day))
        .saturating_mul(u128::from(days));
    let rounded = parts.saturating_add(RATE_PARTS / 2) / RATE_PARTS;
    u64::try_from(rounded).unwrap_or(u64::MAX)
}

/// Whole days on the calendar of China from the due day to the day of a moment: none on the due
/// day itself, one on the next.
pub fn days_late(due: u64, at: u64) -> u64 {
    Day::of(at).since(Day::of(due))
}

/// Fen as people read them.
pub(super) fn yuan(fen: u64) -> String {
    format!("{}.{:02} CNY", fen / 100, fen % 100)
}

impl Desk<'_> {
    /// The late fee on an amount from its due day to the day of a moment, and the days.
    pub(super) fn late_fee(
        &self,
        amount_fen: u64,
        due: u64,
        at: u64,
    ) -> Result<(u64, u64), Unreadable> {
        let days = days_late(due, at);
        if days == 0 {
            return Ok((0, 0));
        }
        let rate = self.parameter("late_fee_per_100000_a_day")?;
        Ok((daily_fee(amount_fen, rate, days), days))
    }

    /// The last moment of the day on which tax falls due: of the stated day, or of that which the
    /// office's rule counts from now, as if the tax bill were of today.
    pub(super) fn due(&self, scope: Option<Scope>, stated: Option<u64>) -> Result<u64, Unreadable> {
        let today = Day::of(self.now.time);
        let day = match (stated, scope) {
            (Some(stated), _) => Day::of(stated),
            (None, Some(Scope::Consolidated)) => {
                let nth = self.parameter("consolidated_due_working_day")?;
                today.working_day_of_next_month(nth.clamp(1, WORKING_DAYS_MAX))
            }
            (None, _) => today.plus(self.parameter("tax_due_days")?),
        };
        Ok(day.end_ms())
    }
}
