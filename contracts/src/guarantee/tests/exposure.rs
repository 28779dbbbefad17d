//! What a guarantor answers for.

use alloc::{vec, vec::Vec};

use crate::{
    guarantee::{Amount, BadListing, Holding, exposure, state::Standing},
    testing::{guarantee::*, port::*},
};

fn port() -> Port {
    let of_exporter = file("GB-2")
        .with("enterprise_uscc", id("exporter"))
        .with("valid_to", START + 20 * DAY)
        .with("limit_fen", 5000);
    let port = Port::line_active().do_all([of_exporter, activate("GB-2")]);
    let insured = file("GI-1").with("guarantor_uscc", id("insurer"));
    let port = port.do_all([insured, activate("GI-1").by("insurer")]);
    let second = |n, fen| reserve(&entry(n), fen).with("filing_no", "GB-2").by("exporter");
    port.do_all([
        reserve(&entry(1), 1000).with("due", START + 5 * DAY),
        reserve(&entry(2), 2000).with("scope", "consolidated"),
        second(3, 300),
        second(4, 40),
        reserve(&entry(5), 50_000).with("filing_no", "GI-1"),
        draw(&entry(1)),
        draw(&entry(2)),
        draw(&entry(3)),
        cancel(&entry(4)).by("exporter"),
        // Freed on one line and taken by another: it counts there alone.
        second(6, 7),
        cancel(&entry(6)).by("exporter"),
        reserve(&entry(6), 60),
    ])
}

#[test]
fn an_exposure_adds_up_by_every_side() {
    let port = port();
    let seen = exposure(id("bank"), &port.holdings(), port.time).unwrap();
    let amount = |count, open_fen| Amount { count, open_fen };
    assert_eq!(seen.live, amount(4, 3360));
    assert_eq!(seen.headroom_fen, 100_000_000 - 3060 + 5000 - 300);
    assert_eq!(seen.limit_fen, 100_005_000);
    assert_eq!(seen.by_enterprise[id("importer")], amount(3, 3060));
    assert_eq!(seen.by_enterprise[id("exporter")], amount(1, 300));
    assert_eq!(seen.by_scope["consolidated"], amount(1, 2000));
    assert_eq!(seen.by_scope["payment_term"], amount(3, 1360));
    assert_eq!(seen.by_stage["reserved"], amount(1, 60));
    assert_eq!(seen.by_stage["drawn"], amount(3, 3300));
    assert_eq!(seen.by_day["2026-11-18"], amount(4, 3360));
    assert_eq!(seen.by_due["2026-11-23"], amount(1, 1000));
    assert_eq!(seen.by_due["2026-12-03"], amount(2, 360));
    assert_eq!((seen.due_in_7_days, seen.due_in_30_days), (amount(1, 1000), amount(3, 3300)));
    assert_eq!(seen.overdue, amount(0, 0));
    assert_eq!(seen.expiring_with_draws, ["GB-2"]);
    let json = serde_json::to_value(&seen).unwrap();
    assert_eq!(json["lines"][0]["standing"], "active");
    assert_eq!(json["by_due"]["2026-11-23"]["open_fen"], 1000);
    let other = exposure(id("insurer"), &port.holdings(), port.time).unwrap();
    assert_eq!(other.live, amount(1, 50_000));
}

#[test]
fn an_exposure_moves_with_time() {
    let port = port().after(25 * DAY);
    let seen = exposure(id("bank"), &port.holdings(), port.time).unwrap();
    assert_eq!(seen.overdue, Amount { count: 3, open_fen: 3300 });
    assert_eq!(seen.expired_with_draws, ["GB-2"]);
    let second = seen.lines.iter().find(|l| l.filing_no == "GB-2").unwrap();
    assert_eq!((second.standing, second.headroom_fen), (Standing::Expired, 0));
    let port = port.do_all([because("suspend", LINE)]);
    let seen = exposure(id("bank"), &port.holdings(), port.time).unwrap();
    assert_eq!(seen.headroom_fen, 0);
}

#[test]
fn a_listing_with_a_gap_has_no_exposure() {
    let port = port();
    let (lines, drawdowns) = (port.lines(), port.drawdowns());
    let left_out = entry(2);
    let gap = drawdowns.iter().copied().filter(|(no, _)| *no != left_out);
    let gap: Vec<_> = gap.collect();
    let holding = |(no, line)| Holding::new(no, line, gap.iter().copied());
    let holdings: Vec<_> = lines.into_iter().map(holding).collect();
    let bad = exposure(id("bank"), &holdings, port.time).unwrap_err();
    assert_eq!(bad, (LINE.into(), BadListing::Count { listed: 2, recorded: 3 }));
    assert_eq!(exposure(id("bank"), &[], 0).unwrap().lines, vec![]);
}
