//! What happens to a guarantee line.

use alloc::{string::String, vec::Vec};

use countersign_record::Digest;
use minicbor::{Decode, Encode};
use serde::Serialize;

use crate::guarantee::{
    bodies::GuarantorKind,
    set::{Live, LiveSet},
    state::{By, Line, Standing},
};

/// How near the end of a line's term is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Expiry {
    /// Within so many days.
    #[n(0)]
    Within(#[n(0)] u64),
    /// The term is over.
    #[n(1)]
    Over,
}

/// Something that happened to a line.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum LineEvent {
    /// Customs filed it.
    #[n(0)]
    Filed {
        /// The line.
        #[n(0)]
        line: Line,
    },
    /// The guarantor signed; new draws may come.
    #[n(1)]
    Activated {
        /// Who.
        #[n(0)]
        by: By,
    },
    /// No new draws for now.
    #[n(2)]
    Suspended {
        /// The office.
        #[n(0)]
        by: By,
        /// Why.
        #[n(1)]
        reason: String,
    },
    /// New draws again.
    #[n(3)]
    Resumed {
        /// The office.
        #[n(0)]
        by: By,
        /// Why.
        #[n(1)]
        reason: String,
    },
    /// Another limit or term.
    #[n(4)]
    Amended {
        /// Who.
        #[n(0)]
        by: By,
        /// Why.
        #[n(1)]
        reason: String,
        /// The new limit, fen.
        #[n(2)]
        limit_fen: Option<u64>,
        /// The new last moment.
        #[n(3)]
        valid_to: Option<u64>,
    },
    /// It ended.
    #[n(5)]
    Closed {
        /// The office.
        #[n(0)]
        by: By,
        /// Why.
        #[n(1)]
        reason: String,
    },
    /// Its term is over, or nearly.
    #[n(6)]
    Expiring {
        /// How near.
        #[n(0)]
        expiry: Expiry,
    },
    /// A drawdown came.
    #[n(7)]
    DrawdownAdded {
        /// What the line commits to.
        #[n(0)]
        live: Live,
    },
    /// A drawdown changed.
    #[n(8)]
    DrawdownChanged {
        /// What the line committed to.
        #[n(0)]
        before: Live,
        /// What it commits to now.
        #[n(1)]
        after: Live,
    },
    /// A drawdown went: paid, settled or never needed.
    #[n(9)]
    DrawdownRemoved {
        /// What the line committed to.
        #[n(0)]
        live: Live,
    },
    /// Customs called the guarantor.
    #[n(10)]
    ClaimOpened {
        /// For which declaration.
        #[n(0)]
        entry_no: String,
    },
    /// A claim was settled or taken back.
    #[n(11)]
    ClaimEnded {
        /// For which declaration.
        #[n(0)]
        entry_no: String,
        /// What the guarantor paid, fen.
        #[n(1)]
        paid_fen: u64,
    },
}

/// A line of which nothing is known yet.
pub(super) fn unknown() -> Line {
    Line {
        standing: Standing::Closed,
        by: By { party: String::new(), entry: Digest::ZERO, at: 0 },
        office: String::new(),
        instrument_no: String::new(),
        guarantor_kind: GuarantorKind::Cash,
        enterprise: String::new(),
        beneficiaries: Vec::new(),
        limit_fen: 0,
        used_fen: 0,
        live: 0,
        live_set: LiveSet::EMPTY,
        scope: Vec::new(),
        valid_from: 0,
        valid_to: 0,
        covers_late_fee: false,
        data_digest: Digest::ZERO,
        declarants: Vec::new(),
        claims_open: 0,
        settled_fen: 0,
        notice_days: 0,
        guarantor: None,
        activated: None,
    }
}

impl Line {
    /// The line after something happened.
    #[must_use]
    pub(crate) fn after(mut self, event: &LineEvent) -> Self {
        match event {
            LineEvent::Filed { line } => return line.clone(),
            LineEvent::Activated { by } => {
                self.standing = Standing::Active;
                self.activated = Some(by.clone());
            }
            LineEvent::Suspended { .. } => self.standing = Standing::Suspended,
            LineEvent::Resumed { .. } => self.standing = Standing::Active,
            LineEvent::Amended { limit_fen, valid_to, .. } => {
                self.limit_fen = limit_fen.unwrap_or(self.limit_fen);
                if let Some(valid_to) = valid_to {
                    self.valid_to = *valid_to;
                    self.notice_days = 0;
                }
            }
            LineEvent::Closed { .. } => self.standing = Standing::Closed,
            LineEvent::Expiring { expiry: Expiry::Within(days) } => self.notice_days = *days,
            LineEvent::Expiring { expiry: Expiry::Over } => self.standing = Standing::Expired,
            LineEvent::DrawdownAdded { live } => self.change(None, Some(live)),
            LineEvent::DrawdownChanged { before, after } => self.change(Some(before), Some(after)),
            LineEvent::DrawdownRemoved { live } => self.change(Some(live), None),
            LineEvent::ClaimOpened { .. } => {
                self.claims_open = self.claims_open.saturating_add(1);
            }
            LineEvent::ClaimEnded { paid_fen, .. } => {
                self.claims_open = self.claims_open.saturating_sub(1);
                self.settled_fen = self.settled_fen.saturating_add(*paid_fen);
            }
        }
        self
    }

    fn change(&mut self, before: Option<&Live>, after: Option<&Live>) {
        if let Some(live) = before {
            self.used_fen = self.used_fen.saturating_sub(live.open_fen);
            self.live = self.live.saturating_sub(1);
        }
        if let Some(live) = after {
            self.used_fen = self.used_fen.saturating_add(live.open_fen);
            self.live = self.live.saturating_add(1);
        }
        self.live_set = self.live_set.changed(before, after);
    }
}
