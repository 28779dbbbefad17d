//! Terms that end by themselves: a certificate's, and the time in which animals must be back.

use crate::certificate::{
    events::{CertificateEvent, LetterEvent},
    state::{Certificate, Letter},
};

impl Certificate {
    /// When its term is over: the term includes its last moment.
    pub(in crate::certificate) fn next_deadline(&self) -> Option<u64> {
        self.standing.is_open().then(|| self.valid_to.saturating_add(1))
    }

    /// What happens then.
    pub(in crate::certificate) fn expiry(&self) -> Option<CertificateEvent> {
        self.standing.is_open().then_some(CertificateEvent::Expired)
    }
}

impl Letter {
    /// When animals that are not back are overdue.
    pub(in crate::certificate) fn next_deadline(&self) -> Option<u64> {
        let runs = !self.away.is_empty() && !self.return_by.overdue;
        runs.then(|| self.return_by.by.saturating_add(1))
    }

    /// What happens then.
    pub(in crate::certificate) fn expiry(&self) -> Option<LetterEvent> {
        self.next_deadline().map(|_| LetterEvent::ReturnOverdue)
    }
}
