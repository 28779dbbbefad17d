//! Days as the offices count them: China Standard Time, UTC+8 without change of clocks.
//!
//! Ledger time is UTC milliseconds. A *day* here is a number of days since 1970-01-01 on the
//! calendar of Asia/Shanghai; the proleptic Gregorian conversion is integer arithmetic.

/// A day's length in milliseconds.
pub const DAY_MS: u64 = 24 * 3_600_000;
/// How far China Standard Time is ahead of UTC, milliseconds.
const OFFSET_MS: u64 = 8 * 3_600_000;

/// A day on the calendar of China Standard Time: days since 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(u64);

impl Day {
    /// The day of a moment in UTC milliseconds since 1970.
    pub fn of(ms: u64) -> Self {
        Self(ms.saturating_add(OFFSET_MS) / DAY_MS)
    }

    /// Its last millisecond, as UTC milliseconds since 1970.
    pub fn end_ms(self) -> u64 {
        self.0.saturating_add(1).saturating_mul(DAY_MS).saturating_sub(OFFSET_MS + 1)
    }

    /// So many days later.
    #[must_use]
    pub fn plus(self, days: u64) -> Self {
        Self(self.0.saturating_add(days))
    }

    /// Days from an earlier day to this one; 0 where this is the earlier one.
    pub fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }

    /// Year, month 1–12, day 1–31.
    pub fn civil(self) -> (u64, u64, u64) {
        // Eras of 400 years that begin on 1 March, so that the leap day is the last of its year.
        let shifted = self.0.saturating_add(719_468);
        let (era, of_era) = (shifted / 146_097, shifted % 146_097);
        let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        (year_of_era + era * 400 + u64::from(month <= 2), month, day)
    }

    /// The last day of its month.
    #[must_use]
    pub fn month_end(self) -> Self {
        let (year, month, day) = self.civil();
        let leap = year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400);
        let length = match month {
            2 => 28 + u64::from(leap),
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        self.plus(length - day)
    }

    /// The nth working day of the next month, n from 1. Monday to Friday: the ledger knows no
    /// public holidays, so an office that grants them amends the date.
    #[must_use]
    pub fn working_day_of_next_month(self, n: u64) -> Self {
        let mut day = self.month_end();
        for _ in 0..n {
            day = day.plus(1);
            while day.is_weekend() {
                day = day.plus(1);
            }
        }
        day
    }

    fn is_weekend(self) -> bool {
        // 1970-01-01 was a Thursday.
        matches!(self.0 % 7, 2 | 3)
    }
}

#[cfg(test)]
mod tests {
    use super::{DAY_MS, Day};

    #[test]
    fn days_are_those_of_the_wall_calendar_in_china() {
        // 2026-06-25T15:59:59.999Z is the last millisecond of 25 June in China.
        let last = 1_782_403_199_999;
        assert_eq!(Day::of(last).civil(), (2026, 6, 25));
        assert_eq!(Day::of(last + 1).civil(), (2026, 6, 26));
        assert_eq!(Day::of(last).end_ms(), last);
        assert_eq!(Day::of(last + 15 * DAY_MS).since(Day::of(last)), 15);
        assert_eq!(Day::of(0).since(Day::of(last)), 0);
    }

    #[test]
    fn months_end_where_they_end() {
        let day = |y: u64, m: u64, d: u64| {
            let mut day = Day::of(946_684_800_000);
            while day.civil() != (y, m, d) {
                day = day.plus(1);
            }
            day
        };
        assert_eq!(day(2028, 2, 3).month_end().civil(), (2028, 2, 29));
        assert_eq!(day(2026, 2, 28).month_end().civil(), (2026, 2, 28));
        assert_eq!(day(2026, 12, 1).month_end().civil(), (2026, 12, 31));
        assert_eq!(day(2000, 2, 1).month_end().civil(), (2000, 2, 29));
        // July 2026 begins on a Wednesday, August on a Saturday.
        assert_eq!(day(2026, 6, 10).working_day_of_next_month(5).civil(), (2026, 7, 7));
        assert_eq!(day(2026, 7, 31).working_day_of_next_month(1).civil(), (2026, 8, 3));
    }
}
