//! What must hold on every ledger, by name, for each family.

pub(crate) mod certificate;
pub(crate) mod evidence;
pub(crate) mod guarantee;
pub(crate) mod membership;
pub(crate) mod oil;
pub(crate) mod port;

use super::{MemoryLedger, port::Port};

/// Every invariant of every family, the whole history's too.
///
/// # Panics
/// One of them does not hold; the panic says which.
pub fn all_hold(ledger: &MemoryLedger) {
    let port = Port::of(ledger.clone());
    port::invariants(&port);
    port::invariant_one_release_and_one_notice(&port);
    oil::invariants(&port);
    if port.has_account() {
        oil::invariant_tanks_follow_the_history(&port);
    }
    oil::invariant_tanks_and_applications_agree(&port);
    guarantee::invariants(&port);
    certificate::invariants(&port);
    evidence::invariants(&port);
    membership::invariants(&port);
}
