//! What this node has noticed while it judged batches: whose clock and whose roots differ from its
//! own. For people who look for the cause of a stop, never for a vote.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use countersign_record::header::Header;

use crate::limits::OBSERVED_AGE_MAX;

/// A batch that executes to another header here than its proposer states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The height of the batch.
    pub height: u64,
    /// The first field of the header that differs.
    pub field: &'static str,
    /// What this node finds.
    pub found: String,
    /// What the header states.
    pub stated: String,
}

/// What one proposer's last batches showed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proposer {
    /// How far its clock ran ahead of this node's when its proposal was judged, milliseconds.
    /// `None` where its header tells nothing about its clock, or not of late.
    pub clock_ahead_ms: Option<i64>,
    /// Its last proposal, where that executes to another header here.
    pub differs: Option<Difference>,
}

#[derive(Default)]
struct Seen {
    committed: Option<Instant>,
    decided: Option<Difference>,
    proposers: BTreeMap<String, Proposer>,
    clock_at: BTreeMap<String, Instant>,
}

/// What was noticed. As many proposers as ever voted while this node ran, two words for each.
#[derive(Default)]
pub struct Observed(Mutex<Seen>);

impl Observed {
    /// A proposal is judged at `now`. Its header's time is the proposer's clock, unless that lags
    /// behind the last batch, whose time was `parent`: then it says nothing.
    pub fn judged(&self, header: &Header, parent: u64, now: u64) {
        if header.time <= parent.saturating_add(1) {
            return;
        }
        let ahead = i128::from(header.time) - i128::from(now);
        let ahead = i64::try_from(ahead).unwrap_or(if ahead > 0 { i64::MAX } else { i64::MIN });
        let mut seen = self.seen();
        seen.clock_at.insert(header.proposer.clone(), Instant::now());
        seen.proposers.entry(header.proposer.clone()).or_default().clock_ahead_ms = Some(ahead);
    }

    /// A proposal executes to the header that its proposer states.
    pub fn agrees(&self, proposer: &str) {
        if let Some(known) = self.seen().proposers.get_mut(proposer) {
            known.differs = None;
        }
    }

    /// A proposal executes to something else here.
    pub fn differs(&self, proposer: &str, difference: Difference) {
        self.seen().proposers.entry(proposer.into()).or_default().differs = Some(difference);
    }

    /// What a quorum has decided executes to something else here.
    pub fn decided_otherwise(&self, difference: Difference) {
        self.seen().decided = Some(difference);
    }

    /// A batch is durable here.
    pub fn committed(&self) {
        let mut seen = self.seen();
        seen.committed = Some(Instant::now());
        seen.decided = None;
    }

    /// How long ago this node committed, where it has since it started.
    pub fn since_commit(&self) -> Option<Duration> {
        self.seen().committed.map(|at| at.elapsed())
    }

    /// The decided batch that this node cannot follow.
    pub fn cannot_follow(&self) -> Option<Difference> {
        self.seen().decided.clone()
    }

    /// What the proposers showed, by party. A clock that nobody has read for a while is not told.
    pub fn proposers(&self) -> BTreeMap<String, Proposer> {
        let seen = self.seen();
        let mut proposers = seen.proposers.clone();
        for (party, proposer) in &mut proposers {
            if seen.clock_at.get(party).is_none_or(|at| at.elapsed() > OBSERVED_AGE_MAX) {
                proposer.clock_ahead_ms = None;
            }
        }
        proposers
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(proposer: &str, time: u64) -> Header {
        use countersign_record::Digest;
        let none = Digest([0; 32]);
        Header {
            network: none,
            height: 1,
            parent: none,
            time,
            proposer: proposer.into(),
            log_size: 1,
            log_root: none,
            state_root: none,
            refusals_size: 0,
            refusals_root: none,
            validators: none,
            next_validators: none,
            rules: 1,
        }
    }

    fn difference(height: u64) -> Difference {
        Difference { height, field: "state_root", found: "a".into(), stated: "b".into() }
    }

    #[test]
    fn a_header_shows_its_proposers_clock_unless_it_was_raised() {
        let observed = Observed::default();
        let ahead = |party: &str| observed.proposers().get(party).and_then(|p| p.clock_ahead_ms);
        observed.judged(&header("fast", 90_000), 10_000, 20_000);
        observed.judged(&header("slow", 11_000), 10_000, 20_000);
        observed.judged(&header("raised", 10_001), 10_000, 20_000);
        assert_eq!(ahead("fast"), Some(70_000));
        assert_eq!(ahead("slow"), Some(-9_000));
        assert_eq!(ahead("raised"), None);
        observed.judged(&header("fast", u64::MAX), 0, 0);
        assert_eq!(ahead("fast"), Some(i64::MAX));
    }

    #[test]
    fn a_difference_stands_until_the_proposer_agrees_or_this_node_follows() {
        let observed = Observed::default();
        observed.differs("x", difference(3));
        observed.decided_otherwise(difference(4));
        assert_eq!(observed.proposers()["x"].differs, Some(difference(3)));
        assert_eq!(observed.cannot_follow(), Some(difference(4)));
        assert_eq!(observed.since_commit(), None);
        observed.agrees("x");
        observed.committed();
        assert_eq!(observed.proposers()["x"].differs, None);
        assert_eq!(observed.cannot_follow(), None);
        assert!(observed.since_commit().is_some());
    }
}
