//! domain.md §7.3, figure by figure.

use alloc::{vec, vec::Vec};

use serde_json::json;

use crate::{
    calendar::{DAY_MS, Day},
    guarantee::{
        exposure,
        state::{Stage, Standing},
    },
    refusal::{Refusal, Remedy, Rule},
    testing::{guarantee::*, port::*},
};

/// A thousand yuan in fen.
const THOUSAND: u64 = 1000 * YUAN;
/// D01 to D30, thousands of yuan.
const D: [u64; 30] = [
    1200, 2450, 980, 3100, 1750, 2200, 640, 4000, 1330, 2870, 1900, 3450, 720, 2600, 1480, 5200,
    2050, 1160, 3300, 2400, 1850, 2950, 1420, 2500, 1100, 2240, 960, 1780, 3060, 840,
];

/// The first moment of a day of 2026 in China.
fn day(month: u64, day: u64) -> u64 {
    // 2026-01-01T00:00+08:00.
    let mut at = 1_767_196_800_000;
    while Day::of(at).civil() != (2026, month, day) {
        at += DAY_MS;
    }
    at
}

fn no(n: usize) -> alloc::string::String {
    entry(u32::try_from(n).unwrap())
}

struct Told {
    port: Port,
}

impl Told {
    fn used(&self) -> u64 {
        let used = self.port.listing(LINE).iter().map(|(_, d)| d.open_fen()).sum::<u64>();
        assert_eq!(used, self.port.line(LINE).used_fen);
        assert_eq!(used % THOUSAND, 0);
        used / THOUSAND
    }

    fn reservation(n: usize) -> Act {
        let due = if n == 12 { day(6, 25) } else { day(7, 31) };
        reserve(&no(n), D[n - 1] * THOUSAND).with("due", due)
    }

    fn draws(&mut self, range: core::ops::RangeInclusive<usize>) {
        for n in range {
            self.port.does(&Self::reservation(n));
            self.port.does(&draw(&no(n)));
        }
    }

    fn pays(&mut self, range: core::ops::RangeInclusive<usize>) {
        for n in range {
            self.port.does(&restore(&no(n), D[n - 1] * THOUSAND));
            assert_eq!(self.port.drawdown(&no(n)).stage, Stage::Paid);
        }
    }

    /// The nth is refused, and told what is left, thousands of yuan.
    fn refused(&mut self, n: usize, left: u64) {
        let refusal = self.port.tries(&Self::reservation(n)).unwrap_err();
        assert_eq!(refusal.rule, Rule::NoHeadroom, "{refusal}");
        says_left(&refusal, left);
    }
}

fn says_left(refusal: &Refusal, thousands: u64) {
    let fen = thousands * THOUSAND;
    let expected =
        alloc::format!("at most {fen} ({thousands}000.00 CNY), the headroom that is left");
    assert_eq!(refusal.expected, expected);
    assert_eq!(refusal.remedy, Remedy::Enterprise);
}

#[test]
fn the_line_of_fifty_million() {
    let mut port = Port::founded_at(day(1, 1));
    let line = file(LINE)
        .with("limit_fen", 50_000 * THOUSAND)
        .with("valid_from", day(1, 1))
        .with("valid_to", day(7, 1) - 1);
    port.does(&line);
    port.does(&activate(LINE));
    let mut told = Told { port };
    thirty_draws(&mut told);
    the_race(&mut told);
    the_end(&mut told);
    the_claim(&mut told);
    assert_eq!(told.port.ledger.not_folds(), Vec::new());
}

fn thirty_draws(told: &mut Told) {
    told.draws(1..=22);
    assert_eq!(told.used(), 49_580);
    told.refused(23, 420);
    told.pays(1..=6);
    assert_eq!(told.used(), 37_900);
    told.draws(23..=28);
    assert_eq!(told.used(), 47_900);
    told.refused(29, 2_100);
    told.pays(7..=7);
    told.refused(29, 2_740);
    told.pays(8..=8);
    told.draws(29..=29);
    assert_eq!(told.used(), 46_320);
    told.draws(30..=30);
    assert_eq!(told.used(), 47_160);
    let all = told.port.drawdowns();
    let drawn: u64 = all.iter().map(|(_, d)| d.amount_fen / THOUSAND).sum();
    let paid: u64 = all.iter().map(|(_, d)| d.paid_fen / THOUSAND).sum();
    assert_eq!((drawn, paid), (63_480, 16_320));
}

/// Two race for 1,500 each with 2,840 free: the first in the order of the batch has it.
fn the_race(told: &mut Told) {
    let port = &mut told.port;
    assert_eq!(port.line(LINE).headroom_fen(), 2_840 * THOUSAND);
    port.time += 1000;
    let racers = [("exporter", no(31)), ("importer", no(32))];
    let sent = racers.clone().map(|(who, no)| {
        let act = reserve(&no, 1_500 * THOUSAND);
        let statement = port.statement(who, vec![act.action()]);
        port.ledger.admit(statement).unwrap()
    });
    let outcome = port.ledger.execute(port.time, &sent).unwrap();
    assert_eq!(outcome.verdicts[0], Ok(()));
    let (_, refusal) = outcome.verdicts[1].clone().unwrap_err();
    assert_eq!(refusal.rule, Rule::NoHeadroom);
    assert!(refusal.rule.is_transient());
    says_left(&refusal, 1_340);
    told.port.does(&cancel(&no(31)));
    assert_eq!(told.used(), 47_160);
}

/// On 1 July nothing new; what lives stays secured.
fn the_end(told: &mut Told) {
    let port = &mut told.port;
    port.wait(day(7, 1) - 1 - port.time);
    assert_eq!(port.line(LINE).standing, Standing::Active);
    port.wait(1);
    assert_eq!(port.line(LINE).standing, Standing::Expired);
    let refusal = port.tries(&reserve(&no(33), YUAN)).unwrap_err();
    assert_eq!(refusal.rule, Rule::LineExpired);
    let kinds: Vec<_> = port.alerts().into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds, ["drawdown_overdue", "line_expired_with_draws"]);
    assert_eq!(told.used(), 47_160);
}

/// D12 was due on 25 June; the claim of 10 July is 15 days late.
fn the_claim(told: &mut Told) {
    let port = &mut told.port;
    assert_eq!(port.drawdown(&no(12)).stage, Stage::Overdue);
    port.wait(day(7, 10) + 10 * HOUR - port.time);
    let (tax, fee) = (3_450_000 * YUAN, 25_875 * YUAN);
    let refusal = port.tries(&claim(&no(12), tax, fee + 1)).unwrap_err();
    assert_eq!(refusal.expected, "2587500 (25875.00 CNY), 15 days after the due day");
    port.does(&claim(&no(12), tax, fee));
    let seen = exposure(id("bank"), &port.holdings(), port.time).unwrap();
    assert_eq!((seen.claims.len(), seen.overdue.open_fen), (1, tax));
    assert_eq!((seen.live.open_fen, seen.headroom_fen), (47_160 * THOUSAND, 0));
    assert_eq!(seen.due_in_30_days.open_fen, (47_160 - 3_450) * THOUSAND);
    assert_eq!(seen.expired_with_draws, [LINE]);
    assert_eq!(port.tries(&settle(&no(12), tax)).unwrap_err().rule, Rule::PaymentDiffers);
    port.does(&settle(&no(12), 3_475_875 * YUAN));
    let settled = port.drawdown(&no(12));
    assert_eq!((settled.stage, settled.guarantor_fen), (Stage::Settled, 347_587_500));
    assert_eq!(port.line(LINE).settled_fen, 347_587_500);
    assert_eq!(told.used(), 47_160 - 3_450);
}

#[test]
fn what_the_line_is_not_for() {
    let one = entry(1);
    let refused = |port: &Port, act: Act| port.clone().tries(&act).unwrap_err().rule;
    let active = Port::line_active();
    let elements = reserve(&one, 1).with("scope", "tax_elements");
    assert_eq!(refused(&active, elements), Rule::ScopeMissing);
    let discredited = active.do_all([grade("importer", "discredited")]);
    assert_eq!(refused(&discredited, reserve(&one, 1)), Rule::Discredited);
    let advanced = Port::import_arrived().do_all([summary(), grade("importer", "advanced")]);
    let waived = advanced.do_all([release_waived()]).drawdown(IMPORT_DECLARATION);
    assert_eq!(json!([waived.stage, waived.amount_fen]), json!(["waived", 0]));
}
