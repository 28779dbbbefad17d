//! The commitment to the live drawdowns: nobody leaves one out, adds one or changes one unnoticed.

use alloc::{
    string::{String, ToString},
    vec::Vec,
};

use crate::{
    guarantee::{
        BadListing, Live, LiveSet,
        bodies::Scope,
        check_listing,
        state::{Drawdown, Line},
    },
    testing::{guarantee::*, port::*},
};

fn three() -> (Line, Vec<(String, Drawdown)>) {
    let port = Port::line_active().do_all([
        reserve(&entry(1), 1000),
        reserve(&entry(2), 2000),
        reserve(&entry(3), 3000).with("scope", "consolidated"),
    ]);
    let listed = port.listing(LINE).into_iter().map(|(no, d)| (no.to_string(), d.clone()));
    (port.line(LINE), listed.collect())
}

fn check(line: &Line, listed: &[(String, Drawdown)]) -> Result<(), BadListing> {
    check_listing(LINE, line, listed.iter().map(|(no, d)| (no.as_str(), d)))
}

#[test]
fn a_listing_is_complete_in_any_order() {
    let (line, mut listed) = three();
    assert_eq!((line.live, line.used_fen), (3, 6000));
    check(&line, &listed).unwrap();
    listed.rotate_left(1);
    check(&line, &listed).unwrap();
}

#[test]
fn one_left_out_or_added_or_named_twice_is_found() {
    let (line, listed) = three();
    for i in 0..3 {
        let mut short = listed.clone();
        short.remove(i);
        assert_eq!(check(&line, &short), Err(BadListing::Count { listed: 2, recorded: 3 }));
    }
    let mut more = listed.clone();
    more.push((entry(4), listed[0].1.clone()));
    assert_eq!(check(&line, &more), Err(BadListing::Count { listed: 4, recorded: 3 }));
    let mut twice = listed.clone();
    twice[1] = listed[0].clone();
    assert_eq!(check(&line, &twice), Err(BadListing::Twice(entry(1))));
    // One of another line.
    let mut others = listed.clone();
    others[0].1.filing_no = CASH.into();
    assert_eq!(check(&line, &others), Err(BadListing::NotLive(entry(1))));
}

#[test]
fn a_change_that_keeps_count_and_sum_is_found() {
    let (line, listed) = three();
    let changed = |change: &dyn Fn(&mut Vec<(String, Drawdown)>)| {
        let mut listed = listed.clone();
        change(&mut listed);
        check(&line, &listed)
    };
    let one_amount = changed(&|l| l[0].1.amount_fen += 1);
    assert_eq!(one_amount, Err(BadListing::Used { listed: 6001, recorded: 6000 }));
    let set = Err(BadListing::Set);
    // Two amounts shifted, two swapped.
    assert_eq!(changed(&|l| (l[0].1.amount_fen, l[1].1.amount_fen) = (1001, 1999)), set);
    assert_eq!(changed(&|l| (l[0].1.amount_fen, l[1].1.amount_fen) = (2000, 1000)), set);
    let swap = |l: &mut Vec<(String, Drawdown)>| {
        let first = l[0].0.clone();
        l[0].0 = core::mem::replace(&mut l[1].0, first);
    };
    assert_eq!(changed(&swap), set);
    // Another declaration, day, matter or owner.
    assert_eq!(changed(&|l| l[2].0 = entry(9)), set);
    assert_eq!(changed(&|l| l[2].1.due += 1), set);
    assert_eq!(changed(&|l| l[2].1.scope = Some(Scope::PaymentTerm)), set);
    assert_eq!(changed(&|l| l[2].1.enterprise = id("exporter").into()), set);
    assert_eq!(changed(&|_| ()), Ok(()));
}

#[test]
fn a_line_that_everything_left_commits_to_nothing_again() {
    let port = Port::line_active().do_all([
        reserve(&entry(1), 1000),
        reserve(&entry(2), 2000),
        cancel(&entry(1)),
        draw(&entry(2)),
        restore(&entry(2), 2000),
    ]);
    assert_eq!(port.line(LINE).live_set, LiveSet::EMPTY);
    assert_eq!(port.listing(LINE), Vec::new());
}

/// The bytes that other languages must come to.
#[test]
fn the_commitment_has_its_golden_bytes() {
    let live = |n: u32, open_fen| Live {
        entry_no: entry(n),
        open_fen,
        scope: Scope::PaymentTerm,
        due: 1_796_313_599_999,
        enterprise: "91440101MA7DEM104Q".into(),
    };
    let (a, b) = (live(1, 100_000), live(2, 345_000_000));
    let one = LiveSet::of([&a]);
    let both = LiveSet::of([&a, &b]);
    assert_eq!(one.0.to_string(), GOLDEN_ONE);
    assert_eq!(both.0.to_string(), GOLDEN_BOTH);
    assert_eq!(both, LiveSet::of([&b, &a]));
    assert_eq!(both, LiveSet::EMPTY.changed(None, Some(&b)).changed(None, Some(&a)));
    assert_eq!(both.changed(Some(&b), None), one);
    assert_eq!(one.changed(Some(&a), Some(&b)), LiveSet::of([&b]));
    // A fold is total: what is no element counts as none.
    let broken = LiveSet(countersign_record::Digest([0xff; 32]));
    assert_eq!(broken.changed(None, Some(&a)), one);
}

// Computed by another program from the description in `set` and the formulas of RFC 9496.
const GOLDEN_ONE: &str = "080cc434b51fe3d41c4baccc15635d1ad6b04665d167c28cb3e4a8d324064834";
const GOLDEN_BOTH: &str = "da6580b6fbaed98ae270f114d64d78c5dc37f78b2db2e7cd92b6a24869361263";
