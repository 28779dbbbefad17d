//! Late fees and due days: their rounding and their days.

use proptest::prelude::*;

use crate::{
    calendar::{DAY_MS, Day},
    guarantee::{daily_fee, days_late},
    testing::{guarantee::*, port::*},
};

#[test]
fn fees_round_half_up_to_the_fen_once_at_the_end() {
    // §7.3: 3,450,000.00 at 0.05 % a day, 15 days.
    assert_eq!(daily_fee(345_000_000, 50, 15), 2_587_500);
    // 0.05 % of 9.99 is 0.004995, of 10.00 exactly half a fen, of 29.99 just below a fen and a half.
    assert_eq!([999, 1000, 2999, 3000].map(|fen| daily_fee(fen, 50, 1)), [0, 1, 1, 2]);
    // Not day by day: three days of 3.40 are 0.0051, although each day alone rounds to nothing.
    assert_eq!((daily_fee(340, 50, 1), daily_fee(340, 50, 3)), (0, 1));
    assert_eq!(daily_fee(u64::MAX, u64::MAX, u64::MAX), u64::MAX);
    assert_eq!(daily_fee(345_000_000, 0, 15), 0);
}

#[test]
fn days_are_counted_on_the_wall_calendar_of_china() {
    // The last millisecond of 25 June 2026 in China.
    let due = 1_782_403_199_999;
    assert_eq!(
        [due, due + 1, due + DAY_MS, due + DAY_MS + 1].map(|at| days_late(due, at)),
        [0, 1, 1, 2]
    );
    assert_eq!(days_late(due, due - 5 * DAY_MS), 0);
}

#[test]
fn due_days_follow_the_rule_or_the_statement() {
    // START is 18 November 2026 in China.
    assert_eq!(Day::of(START).civil(), (2026, 11, 18));
    let due = |act: Act| {
        let port = Port::line_active().do_all([act]);
        Day::of(port.drawdown(&entry(1)).due).civil()
    };
    let one = entry(1);
    assert_eq!(due(reserve(&one, 1)), (2026, 12, 3));
    // December 2026 begins on a Tuesday.
    assert_eq!(due(reserve(&one, 1).with("scope", "consolidated")), (2026, 12, 7));
    assert_eq!(due(reserve(&one, 1).with("due", START + DAY)), (2026, 11, 19));

    // By the rule the days count from the release; a stated day stays.
    let drawn = |act: Act| {
        let port = Port::line_active().do_all([act]).after(10 * DAY).do_all([draw(&one)]);
        port.listing(LINE);
        Day::of(port.drawdown(&one).due).civil()
    };
    assert_eq!(drawn(reserve(&one, 1)), (2026, 12, 13));
    assert_eq!(drawn(reserve(&one, 1).with("due", START + 20 * DAY)), (2026, 12, 8));
}

proptest! {
    #[test]
    fn a_fee_is_the_nearest_fen(fen in 0..=1_000_000_000_000_000_u64, rate in 0..1000_u64, days in 0..4000_u64) {
        let exact = u128::from(fen) * u128::from(rate) * u128::from(days);
        let twice = 2 * 100_000 * u128::from(daily_fee(fen, rate, days));
        // |fee - exact| <= 1/2, and on the half it is the upper one.
        prop_assert!(2 * exact < twice + 100_000 && twice <= 2 * exact + 100_000);
    }
}
