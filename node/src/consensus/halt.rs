//! The one way to stop agreement for good: the first reason counts, everybody learns of it.

use std::sync::Arc;

use tokio::sync::watch;

use super::boundary::Fault;

/// Why the node must not go on, once something has said so.
#[derive(Clone)]
pub(crate) struct Halt(Arc<watch::Sender<Option<Fault>>>);

impl Halt {
    pub(crate) fn new() -> Self {
        Self(Arc::new(watch::Sender::new(None)))
    }

    /// Asks for the stop; later reasons are consequences and are not kept.
    pub(crate) fn because(&self, fault: Fault) {
        self.0.send_if_modified(|reason| {
            let first = reason.is_none();
            if first {
                *reason = Some(fault);
            }
            first
        });
    }

    /// Whether a stop was asked for.
    pub(crate) fn is_called(&self) -> bool {
        self.0.borrow().is_some()
    }

    /// Returns with the reason, once there is one.
    pub(crate) async fn called(&self) -> Fault {
        let mut reason = self.0.subscribe();
        match reason.wait_for(Option::is_some).await.map(|found| found.clone()) {
            Ok(Some(fault)) => fault,
            // Not reached: the sender lives in `self`.
            Ok(None) | Err(_) => Fault::new("stopped"),
        }
    }
}
