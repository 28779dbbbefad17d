//! A certificate's life, from its issue to its end.
//!
//! ```text
//!  issue (office) ──► SIGNED ── countersign (enterprise) ──► VALID ──► PARTLY_USED ──► EXHAUSTED
//!        │                                                  ▲  │ use (customs): Σ use ≤ certified
//!        └── kinds that the enterprise does not sign ───────┘  │
//!                                                              ├── print, deliver, courier_event
//!                                                              │
//!  any of them ── revoke (office) ──► REVOKED                  └── another becomes valid in its
//!  the term ends by itself ──► EXPIRED                             place ──► REPLACED
//!
//!  correction   amend (office) ── countersign_amendment (other authority) ──► the new list stands,
//!               printed pages are outdated, what was read at the gate is compared again
//!  vehicle      gate_scan: read ≠ listed ──► held, until they agree; used once, as a whole
//!  LETTER       file_letter ──► animals in by `use` ──► animals_returned ──► all back: written off
//! ```
//!
//! Nothing is printed, delivered or used before a certificate is valid, nor after it is revoked,
//! replaced or expired. One certificate stands for a line of an invoice: an unused valid one gives
//! way to the one that replaces it at the moment when that becomes valid. A certificate that was
//! used, in whole or in part, is not replaced: what was used stays counted where it was certified.
//!
//! A printed page is a subject of its own, `paper:SHA256`: that this very page was printed, or never
//! was, is a state proof. A declaration that stands on this ledger is compared: its firm, the HS
//! codes to six digits, and quantities where certificate and declaration count in one unit.

pub(super) mod alerts;
pub(super) mod archive;
mod concern;
pub(super) mod deadlines;
mod declared;
pub(super) mod fields;
pub(super) mod issue;
pub(super) mod letters;
mod numbers;
pub(super) mod papers;
mod reading;
pub(super) mod signing;
mod standing;
pub(super) mod uses;
pub(super) mod vehicles;

pub use standing::{
    PaperStanding, PublicStanding, ShownItem, Signed, Vehicle, Word, paper_standing, standing,
};
