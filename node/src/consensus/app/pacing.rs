//! When to begin: the first height with company, each further one when there is a reason.

use std::{collections::BTreeSet, sync::atomic::Ordering};

use countersign_record::Digest;
use tokio::time;

use super::{Driver, limits};

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
        let members = self.members.borrow();
        let kids = peers.iter().filter_map(|key| members.get(key)?.validator);
        let mut here: BTreeSet<Digest> = kids.collect();
        here.insert(self.desk.me.kid());
        here.iter().fold(0, |sum, kid| sum.saturating_add(set.power_of(kid)))
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
            if self.desk.app.has_work() {
                return;
            }
            woken.await;
        }
    }
}

fn is_quorum(power: u64, total: u64) -> bool {
    u128::from(power) * 3 > u128::from(total) * 2
}
