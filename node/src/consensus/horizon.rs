//! How far the ledger is and what the wire says is ahead of it: read by every lane, moved by commits.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use countersign_record::Digest;
use tokio::sync::{Notify, watch};

use super::{
    boundary::{Fault, Tip},
    context::ValidatorSet,
    limits,
};

/// The committed tip as the engine needs it.
#[derive(Clone)]
pub(crate) struct Standing {
    pub(crate) tip: u64,
    /// Validators of `tip + 1`.
    pub(crate) set: ValidatorSet,
    kids: Arc<BTreeSet<Digest>>,
}

impl Standing {
    pub(crate) fn of(tip: &Tip) -> Result<Self, Fault> {
        let set = ValidatorSet::of(&tip.validators)?;
        let kids = Arc::new(set.kids().collect());
        Ok(Self { tip: tip.height, set, kids })
    }

    pub(crate) fn is_validator(&self, kid: &Digest) -> bool {
        self.kids.contains(kid)
    }
}

/// The tip, and the highest height that somebody else was seen to work on.
pub(crate) struct Horizon {
    standing: watch::Sender<Standing>,
    ahead: AtomicU64,
    wake: Notify,
    /// The tip that each member told last, by network key. For people only.
    told: Mutex<BTreeMap<[u8; 32], u64>>,
}

impl Horizon {
    pub(crate) fn new(standing: Standing) -> Arc<Self> {
        let standing = watch::Sender::new(standing);
        let (ahead, wake, told) = (AtomicU64::new(0), Notify::new(), Mutex::default());
        Arc::new(Self { standing, ahead, wake, told })
    }

    pub(crate) fn standing(&self) -> Standing {
        self.standing.borrow().clone()
    }

    pub(crate) fn tip(&self) -> u64 {
        self.standing.borrow().tip
    }

    pub(crate) fn follow(&self) -> watch::Receiver<Standing> {
        self.standing.subscribe()
    }

    pub(crate) fn advance(&self, standing: Standing) {
        self.standing.send_replace(standing);
    }

    /// Whether a part for this height can be of use.
    pub(crate) fn in_part_window(&self, height: u64) -> bool {
        let tip = self.tip();
        height > tip && height <= tip.saturating_add(limits::PART_WINDOW_HEIGHTS)
    }

    /// Notes the tip that a connected member says it has.
    pub(crate) fn heard_tip(&self, member: [u8; 32], tip: u64) {
        self.told.lock().unwrap_or_else(PoisonError::into_inner).insert(member, tip);
    }

    /// The tips that these members told last. Who is gone is forgotten.
    pub(crate) fn tips(&self, connected: &BTreeSet<[u8; 32]>) -> BTreeMap<[u8; 32], u64> {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.retain(|member, _| connected.contains(member));
        told.clone()
    }

    /// Notes that a validator works on `height`, so that an idle node joins in.
    ///
    /// Only the next height counts (and the one after, since our own commit may still be on its
    /// way to the disk): a validator that names a far height cannot keep the network awake.
    pub(crate) fn saw(&self, height: u64) {
        let tip = self.tip();
        if height > tip && height <= tip.saturating_add(2) {
            let before = self.ahead.fetch_max(height, Ordering::AcqRel);
            if before < height {
                self.wake.notify_waiters();
            }
        }
    }

    /// Returns once somebody works on a height above `tip`.
    pub(crate) async fn somebody_ahead(&self, tip: u64) {
        loop {
            let woken = self.wake.notified();
            tokio::pin!(woken);
            // Registered before the check, so that no wake falls between the two.
            woken.as_mut().enable();
            if self.ahead.load(Ordering::Acquire) > tip {
                return;
            }
            woken.await;
        }
    }
}
