//! The pieces on their own: how fast, how many, by a clock that we turn.

use std::time::Duration;

use tokio::time::Instant;

use crate::consensus::{
    limits,
    network::peer::{Allowance, TokenBucket},
};

#[test]
fn a_burst_passes_at_once_and_the_rest_at_the_steady_rate() {
    let now = Instant::now();
    let bucket = TokenBucket::new(1000, 2000);
    let waits = |now, tokens| bucket.book(now, tokens).unwrap_or_default().as_millis();
    assert!((0..2000).all(|_| waits(now, 1) == 0));
    assert_eq!((waits(now, 1), waits(now, 2999)), (1, 3000));
    // Large frames cost more.
    assert_eq!(waits(now, 500), 3500);
    // Rest earns a new burst, and never more than one.
    let later = now + Duration::from_secs(60);
    assert_eq!((waits(later, 2000), waits(later, 100)), (0, 100));
}

#[test]
fn who_does_not_wait_is_told_no_and_loses_nothing_by_it() {
    let now = Instant::now();
    let bucket = TokenBucket::new(10, 20);
    assert!((0..20).all(|_| bucket.try_take(now)));
    assert!((0..1000).all(|_| !bucket.try_take(now)));
    let later = now + Duration::from_millis(101);
    assert!(bucket.try_take(later) && !bucket.try_take(later));
}

#[test]
fn a_height_is_given_a_few_bodies_of_one_peer_at_once_and_then_one_a_second() {
    let now = Instant::now();
    let allowance = Allowance::default();
    for height in [8, 9] {
        assert!((0..limits::BODIES_BURST).all(|_| allowance.may_begin_body(height, 7, now)));
        assert!(!allowance.may_begin_body(height, 7, now));
    }
    let later = now + Duration::from_millis(1001);
    assert!(allowance.may_begin_body(8, 7, later) && !allowance.may_begin_body(8, 7, later));
}
