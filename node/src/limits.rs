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
/// The part of the backlog that one party may fill, of entries as of bytes: one in this many.
pub const BACKLOG_PARTY_SHARE: usize = 4;

/// What has to stay free on the disk of the data folder where `node.toml` says nothing else, MiB:
/// the store's journal at its largest (64), two flushes, a compaction, and weeks of votes.
pub const DISK_RESERVE_MIB: u64 = 256;
/// How often the free space is looked at when nothing is written.
pub const DISK_LOOK_EVERY: Duration = Duration::from_secs(1);
/// Below this the end of agreement is put down to want of room, and a node that was ended by it does
/// not begin anew, bytes: opening the store writes tables and a journal.
pub const DISK_RESTART_BYTES: u64 = 32 * 1024 * 1024;
/// How often a node that was ended by a full disk looks whether it can begin anew.
pub const DISK_RETRY_EVERY: Duration = Duration::from_secs(2);

/// Heights that an audit reads ahead, to check their signatures in parallel.
pub const AUDIT_HEIGHTS_AHEAD: usize = 512;
/// Bytes of statements that an audit reads ahead.
pub const AUDIT_BYTES_AHEAD: usize = 8 * 1024 * 1024;

/// Records that are kept decoded in memory, some 3 kB each.
pub const RECORD_CACHE_MAX: usize = 10_000;
/// Keys of parties that are kept ready to check signatures with, some 400 bytes each.
pub const KEY_CACHE_MAX: usize = 4_096;
/// Nodes of the Merkle log that are kept in memory, some 80 bytes each.
pub const LOG_CACHE_MAX: usize = 16_384;
/// Levels of the state tree, from the root down, whose nodes are kept decoded in memory: some 4,400
/// nodes, 1 kB each, which nearly every change goes through.
pub const TREE_LEVELS_KEPT: usize = 4;
/// Most of them, with those of past versions that were asked for.
pub const TREE_CACHE_MAX: usize = 6_000;
/// Heights for which past versions of the state tree are kept, and so state proofs served.
pub const TREE_WINDOW: u64 = 10_000;

/// Most heights that one step of pruning takes away.
pub const PRUNE_STEP_HEIGHTS: u64 = 256;
/// Changes to the store after which a step of pruning begins no further height: commits wait for it.
pub const PRUNE_STEP_WRITES: usize = 20_000;
/// How often a running node looks for batches that are too old.
pub const PRUNE_EVERY: Duration = Duration::from_secs(60);
/// Fewest heights that a running node keeps, whatever its settings say: the others may be so far
/// behind.
pub const KEEP_HEIGHTS_MIN: u64 = 100;

/// Most bytes of one frame of a snapshot, unpacked: room for the largest batch twice.
pub const SNAPSHOT_FRAME_BYTES_MAX: usize = 4 * BATCH_BYTES_MAX;
/// Bytes after which a frame of a snapshot is ended.
pub const SNAPSHOT_FRAME_BYTES: usize = 1024 * 1024;
/// Records that are put into the state tree at once when a snapshot is restored.
pub const RESTORE_RECORDS: usize = 4096;
/// Changes to the store that are written at once when a snapshot is restored.
pub const RESTORE_WRITES: usize = 20_000;
/// Bytes that are written at once when a ledger is copied.
pub const COPY_BYTES: usize = 4 * 1024 * 1024;

/// Largest request body of the HTTP interface, bytes; a statement and nothing larger.
pub const REQUEST_BYTES_MAX: usize = countersign_record::limits::STATEMENT_BYTES_MAX;
/// Most statements in one sequence.
pub const BULK_ENTRIES_MAX: usize = 1_000;
/// Most bytes of one.
pub const BULK_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Sequences under way at the same time, arriving or waiting for finality.
pub const BULKS_MAX: usize = 16;
/// How many of them one party may have.
pub const BULKS_PER_PARTY_MAX: usize = 4;
/// As many statements of a sequence count as one request more to the party's rate.
pub const ENTRIES_OF_A_REQUEST: usize = 16;
/// Largest file that the public page takes to look for, bytes. A PDF is hashed as it arrives and not
/// kept, a picture is held until its code is read.
pub const VERIFY_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Pictures that the public page takes at the same time, arriving or waiting to be read.
pub const PICTURES_MAX: usize = 4;
/// How long the code in a picture is looked for.
pub const PICTURE_READ_MAX: Duration = Duration::from_secs(10);
/// Largest trade file that a member may drop, bytes: some 5,000 containers.
pub const IMPORT_BYTES_MAX: usize = 1024 * 1024;
/// Trade files that are dropped at the same time: arriving, being read, or their reports on the way.
pub const IMPORTS_MAX: usize = 4;
/// How many of them one party may have.
pub const IMPORTS_PER_PARTY_MAX: usize = 2;
/// Bytes of a large answer that are sent at once.
pub const ANSWER_CHUNK_BYTES: usize = 64 * 1024;
/// How long `?wait=final` waits before it answers that the entry is still on its way.
pub const WAIT_FINAL_MAX: Duration = Duration::from_secs(30);
/// Most changes of the validator set in one answer.
pub const CHANGES_PAGE_MAX: usize = 64;
/// Most items on one page of a listing.
pub const PAGE_MAX: usize = 500;
/// Entries that are admitted together, and receipts that are made together: what has come while
/// those before were.
pub const ANSWERED_TOGETHER_MAX: usize = 128;
/// Requests that wait for finality at the same time.
pub const WAITERS_MAX: usize = 10_000;
/// Listeners of the event stream at the same time.
pub const LISTENERS_MAX: usize = 256;

// The HTTP interface. On a guarded one parties are counted by their names, and whoever shows no
// token by his address.

/// Requests that are answered at the same time; one more is told to come back.
pub const REQUESTS_MAX: usize = 1_024;
/// How many of them one party, or one address without a token, may have under way.
pub const REQUESTS_PER_PARTY_MAX: usize = 256;
/// The same for an address without a token.
pub const REQUESTS_PER_ADDRESS_MAX: usize = 16;
/// How long a request may take from its header to the header of its answer; longer than
/// [`WAIT_FINAL_MAX`].
pub const REQUEST_MAX: Duration = Duration::from_secs(45);
/// Requests a second that a party may make, where `node.toml` does not say otherwise. Twice as many
/// may come at once.
pub const PARTY_RATE_DEFAULT: u32 = 200;
/// The same for an address without a token; files of the console are not counted.
pub const ADDRESS_RATE_DEFAULT: u32 = 10;
/// Addresses whose rate is remembered; with more, the newcomers share one.
pub const ADDRESSES_MAX: usize = 100_000;
/// Listeners of the event stream that one party may have.
pub const LISTENERS_PER_PARTY_MAX: usize = 16;

/// Open connections.
pub const CONNECTIONS_MAX: usize = 4_096;
/// Open connections of one address; on a node behind a proxy, where all come from one, the sum.
pub const CONNECTIONS_PER_ADDRESS_MAX: usize = 256;
/// How long a client may take for the handshake of TLS.
pub const HANDSHAKE_MAX: Duration = Duration::from_secs(10);
/// How long a client may take for the header of a request, and be silent between two.
pub const HEADER_MAX: Duration = Duration::from_secs(15);
/// How long a client may take none of what is sent to it.
pub const WRITE_STALL_MAX: Duration = Duration::from_secs(30);
/// Largest header of a request, bytes, and most lines in it.
pub const HEADER_BYTES_MAX: usize = 32 * 1024;
/// See [`HEADER_BYTES_MAX`].
pub const HEADER_LINES_MAX: usize = 64;
/// How far the clock of who made a token may be ahead of this machine's, seconds.
pub const TOKEN_AHEAD_S_MAX: u64 = 60;
/// Records that one request for a list looks through for those that concern who asks.
pub const SCAN_MAX: usize = 10_000;
/// Subjects of one kind that a search answers with.
pub const SEARCH_EACH_MAX: usize = 5;
/// Subjects of one kind that a search looks through for those that concern who asks.
pub const SEARCH_SCAN_MAX: usize = 200;
/// Fewest characters of a number that is searched for.
pub const SEARCH_TEXT_MIN: usize = 2;
/// Most characters of a number that is searched for.
pub const SEARCH_TEXT_MAX: usize = 64;
