//! Old batches of a running node go by age, where its operator wants them to.

use std::{sync::Arc, time::Duration};

use crate::{
    ledger::{Ledger, LedgerFault},
    limits::{KEEP_HEIGHTS_MIN, PRUNE_EVERY},
};

const DAY_MS: u64 = 24 * 3_600_000;

/// What is kept: a batch goes only when it is too old in every way that is given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Keep {
    /// The newest batches, so many.
    pub(super) heights: Option<u64>,
    /// The batches of so many days before the last one, by ledger time.
    pub(super) days: Option<u64>,
}

impl Keep {
    /// The first height that stays; nothing where all do.
    fn first(self, ledger: &Ledger) -> Result<Option<u64>, LedgerFault> {
        let tip = ledger.tip();
        let newest = |keep: u64| (tip.height + 1).saturating_sub(keep.max(KEEP_HEIGHTS_MIN));
        let by_height = self.heights.map(newest);
        let by_time = match self.days {
            Some(days) => {
                let since = tip.time.saturating_sub(days.saturating_mul(DAY_MS));
                Some(first_since(ledger, since)?.min(newest(KEEP_HEIGHTS_MIN)))
            }
            None => None,
        };
        Ok(by_height.into_iter().chain(by_time).min())
    }
}

/// The first kept height whose batch is not older than a time.
fn first_since(ledger: &Ledger, time: u64) -> Result<u64, LedgerFault> {
    // Time only grows with the height.
    let (mut low, mut high) = (ledger.first_height(), ledger.tip().height);
    while low < high {
        let middle = low.midpoint(high);
        let header = ledger.commit_proof(middle)?.map(|proof| proof.header);
        if header.is_some_and(|header| header.time < time) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(low)
}

/// Lets others write.
#[expect(
    clippy::disallowed_methods,
    reason = "on a thread for blocking work, which no task shares"
)]
fn pause() {
    std::thread::sleep(PAUSE);
}

/// Prunes from time to time, for as long as the node runs.
pub(super) async fn watch(ledger: Arc<Ledger>, keep: Keep) {
    let mut every = tokio::time::interval(PRUNE_EVERY);
    every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        every.tick().await;
        let ledger = ledger.clone();
        let pruned = tokio::task::spawn_blocking(move || match keep.first(&ledger)? {
            Some(first) => ledger.prune(first, |_| pause()).map(Some),
            None => Ok(None),
        });
        match pruned.await {
            Ok(Ok(Some(pruned))) if pruned.batches > 0 => {
                tracing::info!(
                    batches = pruned.batches,
                    first = pruned.first,
                    "old batches were taken away"
                );
            }
            Ok(Ok(_)) => {}
            Ok(Err(fault)) => tracing::error!("old batches cannot be taken away: {fault}"),
            Err(fault) => tracing::error!("pruning ended: {fault}"),
        }
    }
}

/// Between two steps, so that commits come first.
const PAUSE: Duration = Duration::from_millis(10);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::tests::played::Played;

    #[test]
    fn a_batch_goes_when_it_is_too_old_in_every_way_that_is_given() {
        let played = Played::of(11, 130);
        let ledger = &played.ledger;
        let first = |heights, days| Keep { heights, days }.first(ledger).unwrap();
        assert_eq!(first(None, None), None);
        assert_eq!(first(Some(120), None), Some(11));
        // The newest hundred stay, whatever is asked for.
        assert_eq!(first(Some(1), None), Some(31));
        assert_eq!(first(None, Some(0)), Some(31));
        assert_eq!(first(None, Some(10_000)), Some(1));
        assert_eq!(first(Some(1), Some(10_000)), Some(1));
        // The 130 heights are some 16 days.
        let time = |height: u64| played.chain[height as usize - 1].header.time;
        let days = (ledger.tip().time - time(12)) / DAY_MS;
        let by_time = first(None, Some(days)).unwrap();
        assert!((12..=31).contains(&by_time), "{by_time}");
        assert!(time(by_time) >= ledger.tip().time - days * DAY_MS);
        assert!(by_time == 31 || time(by_time - 1) < ledger.tip().time - days * DAY_MS);
        assert_eq!(first(Some(125), Some(days)), Some(6));
    }
}
