//! When to begin: the first height with company, each further one when there is a reason.

use std::{collections::BTreeSet, sync::atomic::Ordering};

use countersign_record::Digest;
use malachitebft_core_types::LinearTimeouts;
use tokio::time::{self, Instant};

use super::{Driver, limits};

/// How long to wait in the rounds of a height. A proposer who is not connected can hardly send its
/// proposal: votes and parts go directly. Then little is waited in the first round, and later rounds
/// wait longer by their deltas as always, so that this cannot stop anybody.
pub(super) fn waits(usual: LinearTimeouts, proposer_is_here: bool) -> LinearTimeouts {
    if proposer_is_here {
        return usual;
    }
    LinearTimeouts {
        propose: usual.propose.min(limits::ABSENT_WAIT),
        precommit: usual.precommit.min(limits::ABSENT_WAIT),
        ..usual
    }
}

/// Until when a proposer waits for more than those that wait already. A batch costs some
/// milliseconds of every node whatever is in it; a single entry is not kept waiting, nor are those
/// that come to an idle network.
fn gathered_at(waiting: usize, committed_at: Instant) -> Option<Instant> {
    (waiting >= limits::GATHER_FROM).then(|| committed_at + limits::GATHER)
}

impl Driver {
    /// Waits until every validator is connected, or for a while a quorum, this node included.
    /// A proposal sent to nobody costs the first round; waiting for ever would cost the start.
    pub(super) async fn wait_for_company(&self) {
        let total = self.desk.horizon.standing().set.total_power();
        let mut connected = self.network.connected();
        let waiting = async {
            let quorum =
                connected.wait_for(|peers| is_quorum(self.power_here(peers), total)).await.is_ok();
            let all = connected.wait_for(|peers| self.power_here(peers) == total);
            // Without the rest it goes on as well.
            let _ = time::timeout(limits::COMPANY_GRACE, all).await;
            quorum
        };
        tokio::select! {
            _ = self.desk.halt.called() => {}
            waited = time::timeout(limits::READY_WAIT_MAX, waiting) => if waited != Ok(true) {
                tracing::warn!("agreement begins without a quorum of connected validators");
            },
        }
    }

    /// The voting power of this node and the connected ones together.
    fn power_here(&self, peers: &BTreeSet<[u8; 32]>) -> u64 {
        let set = self.desk.horizon.standing().set;
        self.here(peers).iter().fold(0, |sum, kid| sum.saturating_add(set.power_of(kid)))
    }

    /// Whether a validator is connected, or is this node.
    pub(super) fn is_here(&self, kid: &Digest) -> bool {
        self.here(&self.network.connected().borrow()).contains(kid)
    }

    /// The keys of the validators that are connected, and this node's.
    fn here(&self, peers: &BTreeSet<[u8; 32]>) -> BTreeSet<Digest> {
        let members = self.members.borrow();
        let kids = peers.iter().filter_map(|key| members.get(key)?.validator);
        kids.chain([self.desk.me.kid()]).collect()
    }

    /// Idle is quiet (D12): returns when an entry waits, when somebody else has begun, or when
    /// the heartbeat is due, whichever is first.
    pub(super) async fn pause(&self, tip: u64) {
        // What came by sync says that others are ahead: no pause while catching up.
        if self.desk.synced.load(Ordering::Acquire) >= tip {
            return;
        }
        let beat = self.desk.committed_at() + self.heartbeat;
        tokio::select! {
            () = self.work_to_do() => {}
            () = self.desk.horizon.somebody_ahead(tip) => {}
            () = time::sleep_until(beat) => {}
            _ = self.desk.halt.called() => {}
        }
    }

    /// Before this node proposes: lets more entries come where several wait already.
    pub(super) async fn gather(&self) {
        let waiting = self.desk.app.waiting();
        let Some(enough) = gathered_at(waiting, self.desk.committed_at()) else { return };
        tokio::select! {
            () = time::sleep_until(enough) => {}
            _ = self.desk.halt.called() => {}
        }
    }

    /// Nothing is begun while the disk is full: between two heights this node owes nobody an answer,
    /// and nothing of it is half written.
    pub(super) async fn wait_for_room(&self) {
        while self.blocking(|desk| desk.app.has_room()).await == Some(false) {
            tokio::select! {
                _ = self.desk.halt.called() => return,
                () = time::sleep(limits::ROOM_LOOK_EVERY) => {}
            }
        }
    }

    async fn work_to_do(&self) {
        loop {
            let woken = self.work.notified();
            tokio::pin!(woken);
            // Registered before the question, so that no wake falls between the two.
            woken.as_mut().enable();
            if self.desk.app.waiting() > 0 {
                return;
            }
            woken.await;
        }
    }
}

fn is_quorum(power: u64, total: u64) -> bool {
    u128::from(power) * 3 > u128::from(total) * 2
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn an_entry_alone_is_proposed_at_once_and_several_wait_for_more() {
        let committed_at = Instant::now();
        assert_eq!(gathered_at(1, committed_at), None);
        assert_eq!(gathered_at(limits::GATHER_FROM - 1, committed_at), None);
        let until = gathered_at(limits::GATHER_FROM, committed_at);
        assert_eq!(until, Some(committed_at + limits::GATHER));
    }

    #[test]
    fn only_an_absent_proposer_is_waited_for_less() {
        let usual = LinearTimeouts {
            propose: Duration::from_secs(1),
            precommit: Duration::from_millis(300),
            ..LinearTimeouts::default()
        };
        assert_eq!(waits(usual, true), usual);
        let absent = waits(usual, false);
        assert_eq!((absent.propose, absent.precommit), (limits::ABSENT_WAIT, limits::ABSENT_WAIT));
        assert_eq!(
            LinearTimeouts { propose: usual.propose, precommit: usual.precommit, ..absent },
            usual
        );
        let short = LinearTimeouts { propose: Duration::ZERO, ..usual };
        assert_eq!(waits(short, false).propose, Duration::ZERO, "never longer than usual");
    }
}
