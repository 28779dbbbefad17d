//! Every bound of a node outside consensus, each with its name.

use std::time::Duration;

/// Largest encoded batch, bytes. Stays below the limits of the peer-to-peer network.
pub const BATCH_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Bytes of statements that a proposer puts into one batch.
pub const BATCH_FILL_BYTES_MAX: usize = 2 * 1024 * 1024;
/// Most statements in one batch.
pub const BATCH_ENTRIES_MAX: usize = 4096;
/// How far a header's time may be ahead of a validator's own clock (D11).
pub const CLOCK_AHEAD: Duration = Duration::from_secs(10);

/// How long what a proposal showed of its proposer's clock is told to those who look for a cause.
pub const OBSERVED_AGE_MAX: Duration = Duration::from_secs(300);

/// Most entries that wait to be proposed.
pub const BACKLOG_ENTRIES_MAX: usize = 50_000;
/// Most bytes of statements that wait to be proposed.
pub const BACKLOG_BYTES_MAX: usize = 64 * 1024 * 1024;
/// The part of the backlog that one party may fill: one in this many.
pub const BACKLOG_PARTY_SHARE: usize = 4;

/// Records that are kept decoded in memory.
pub const RECORD_CACHE_MAX: usize = 20_000;
/// Heights for which past versions of the state tree are kept, and so state proofs served.
pub const TREE_WINDOW: u64 = 10_000;

/// Largest request body of the HTTP interface, bytes; a statement and nothing larger.
pub const REQUEST_BYTES_MAX: usize = countersign_record::limits::STATEMENT_BYTES_MAX;
/// Largest file that the public page takes to look for, bytes; it is hashed as it arrives and not
/// kept.
pub const VERIFY_BYTES_MAX: usize = 16 * 1024 * 1024;
/// How long `?wait=final` waits before it answers that the entry is still on its way.
pub const WAIT_FINAL_MAX: Duration = Duration::from_secs(30);
/// Most items on one page of a listing.
pub const PAGE_MAX: usize = 500;
/// Committed batches that a slow listener of the event stream may lag behind before it is cut off
/// and has to resume.
pub const EVENTS_LAG_MAX: usize = 1024;
/// Requests that wait for finality at the same time.
pub const WAITERS_MAX: usize = 10_000;
/// Listeners of the event stream at the same time.
pub const LISTENERS_MAX: usize = 256;
