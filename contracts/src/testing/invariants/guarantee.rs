//! What must hold on every ledger with guarantees (domain.md §2.3), by name.

use crate::{
    guarantee::{check_listing, state::Stage},
    testing::port::*,
};
use alloc::vec::Vec;

/// What holds after every step.
pub(crate) fn invariants(port: &Port) {
    invariant_used_is_the_sum_and_within_the_limit(port);
    invariant_paid_is_what_was_due(port);
}

/// 0 <= used <= limit; the live drawdowns are those that the line commits to, and sum to used.
fn invariant_used_is_the_sum_and_within_the_limit(port: &Port) {
    let all = port.drawdowns();
    for (no, line) in port.lines() {
        assert!(line.used_fen <= line.limit_fen, "{no}: {} of {}", line.used_fen, line.limit_fen);
        let ours = all.iter().copied().filter(|(_, d)| d.filing_no == no);
        let live: Vec<_> = ours.clone().filter(|(_, d)| d.stage.is_live()).collect();
        assert_eq!(live.iter().map(|(_, d)| d.open_fen()).sum::<u64>(), line.used_fen, "{no}");
        check_listing(no, line, live.iter().copied()).unwrap_or_else(|bad| panic!("{no}: {bad}"));
        let claims = live.iter().filter(|(_, d)| d.stage == Stage::Claimed).count();
        assert_eq!(u64::try_from(claims).unwrap(), line.claims_open, "{no}");
    }
}

/// No more is restored than was drawn; once it is over, what the enterprise and the guarantor paid
/// is the tax and the late fee that was claimed.
fn invariant_paid_is_what_was_due(port: &Port) {
    for (no, d) in port.drawdowns() {
        assert!(d.paid_fen <= d.amount_fen, "{no}");
        assert_eq!(d.stage.is_live(), d.open_fen() > 0, "{no}");
        match d.stage {
            Stage::Settled => {
                let due = d.amount_fen + d.claim.as_ref().unwrap().late_fee_fen;
                assert_eq!(d.paid_fen + d.guarantor_fen, due, "{no}");
            }
            Stage::Paid => assert_eq!((d.paid_fen, d.guarantor_fen), (d.amount_fen, 0), "{no}"),
            Stage::Freed | Stage::Waived | Stage::Reserved => assert_eq!(d.paid_fen, 0, "{no}"),
            _ => assert_eq!(d.guarantor_fen, 0, "{no}"),
        }
    }
}
