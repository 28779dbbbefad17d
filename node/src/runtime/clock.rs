//! The one place where a node reads the wall clock for ledger time and for admission's expiry.

#[cfg(test)]
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use countersign_genesis::ClockShift;

/// The clock of a node: the machine's, moved where a rehearsal says so.
#[derive(Clone, Copy, Debug, Default)]
pub struct Clock {
    shift: ClockShift,
    /// What a test turns by hand, in place of the machine's clock.
    #[cfg(test)]
    hand: Option<&'static AtomicU64>,
}

impl Clock {
    /// A clock that runs so far ahead of the machine's.
    pub fn new(shift: ClockShift) -> Self {
        Self {
            shift,
            #[cfg(test)]
            hand: None,
        }
    }

    /// A clock that is turned by hand, UTC milliseconds since 1970.
    #[cfg(test)]
    pub(crate) fn by_hand(hand: &'static AtomicU64) -> Self {
        Self { shift: ClockShift::default(), hand: Some(hand) }
    }

    /// What it reads: UTC milliseconds since 1970.
    pub fn now_ms(&self) -> u64 {
        #[cfg(test)]
        if let Some(hand) = self.hand {
            return hand.load(Ordering::Relaxed);
        }
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        self.shift.apply(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
    }

    /// What the machine's own clock reads, whatever a rehearsal says: what is agreed between two
    /// machines and not with the ledger goes by it.
    pub fn machine_ms(&self) -> u64 {
        Self::default().now_ms()
    }

    /// How far it runs ahead of the machine's.
    pub fn shift(&self) -> ClockShift {
        self.shift
    }
}
