//! Every bound of agreement and of the network under it, each with its name, in one place.

use std::time::Duration;

/// Largest encoded batch body that may be proposed, received or synced, bytes.
pub const BODY_BYTES_MAX: usize = 4 * 1024 * 1024;
/// A proposal travels in pieces of this size, bytes; votes never wait behind more than one.
pub const PART_BYTES: usize = 128 * 1024;
/// Largest frame on the consensus lane, bytes. A round certificate of 128 validators fits.
pub const CONSENSUS_FRAME_BYTES_MAX: usize = 256 * 1024;
/// Largest frame on the parts lane, bytes: one part and its wrapping.
pub const PART_FRAME_BYTES_MAX: usize = PART_BYTES + 1024;
/// Largest frame on the entries lane, bytes; several entries share one.
pub const ENTRIES_FRAME_BYTES_MAX: usize = 256 * 1024;
/// Largest sync request, bytes.
pub const SYNC_REQUEST_BYTES_MAX: usize = 4 * 1024;
/// A sync response stops growing here, bytes; one body of the largest size always fits.
pub const SYNC_RESPONSE_BYTES: usize = 8 * 1024 * 1024;
/// Largest sync response that is read, bytes.
pub const SYNC_RESPONSE_BYTES_MAX: usize = SYNC_RESPONSE_BYTES + 1024 * 1024;
/// Most heights asked for in one sync request.
pub const SYNC_HEIGHTS_PER_REQUEST: usize = 16;
/// Most sync requests that we keep open at once.
pub const SYNC_REQUESTS_PARALLEL: usize = 4;
/// Most sync requests of one peer that we answer at once.
pub const SYNC_INBOUND_PER_PEER_MAX: usize = 8;

/// Frames that may wait for one peer on the consensus lane. Overflow means it is dead: cut it.
pub const CONSENSUS_QUEUE_FRAMES: usize = 4096;
/// Bytes that may wait for one peer on the consensus lane.
pub const CONSENSUS_QUEUE_BYTES: usize = 8 * 1024 * 1024;
/// Frames that may wait for one peer on the parts lane. Overflow is dropped: the peer syncs.
pub const PARTS_QUEUE_FRAMES: usize = 2 * BODY_BYTES_MAX / PART_BYTES;
/// Bytes that may wait for one peer on the parts lane.
pub const PARTS_QUEUE_BYTES: usize = PARTS_QUEUE_FRAMES * PART_FRAME_BYTES_MAX;
/// Frames that may wait for one peer on the entries lane. Overflow is dropped and counted.
pub const ENTRIES_QUEUE_FRAMES: usize = 256;
/// Bytes that may wait for one peer on the entries lane.
pub const ENTRIES_QUEUE_BYTES: usize = 16 * 1024 * 1024;
/// Batches of own entries that may wait for the network task.
pub const PUBLISH_QUEUE_BATCHES: usize = 1024;
/// Received entries that may wait for admission; beyond it the readers stop reading.
pub const ENTRIES_INBOX: usize = 4096;
/// Bytes of received entries of one peer that may wait for admission, each with
/// [`ENTRY_OVERHEAD_BYTES`]; beyond it that peer's reader alone stops reading.
pub const ENTRY_CREDIT_BYTES: usize = 4 * 1024 * 1024;
/// What an entry is charged beyond its own bytes: no peer has more than a quarter of the inbox.
pub const ENTRY_OVERHEAD_BYTES: usize = ENTRY_CREDIT_BYTES / (ENTRIES_INBOX / 4);
/// Entries per second that one peer may send.
pub const ENTRIES_PER_SECOND: u32 = 20_000;
/// Entries that one peer may send in a burst.
pub const ENTRIES_BURST: u32 = 40_000;
/// Messages of the engine or the application that may wait for the network task.
pub const COMMAND_QUEUE: usize = 256;
/// Findings against validators that may wait to be read; the engine's log has them all.
pub const EVIDENCE_INBOX: usize = 64;

/// Bytes of proposal parts of one peer that may lie unhandled in the engine.
pub const PART_CREDIT_BYTES: usize = 8 * 1024 * 1024;
/// What a part is charged beyond its data, bytes.
pub const PART_OVERHEAD_BYTES: usize = 256;
/// Frames per second that one peer may send on the consensus lane; a height takes about three.
pub const CONSENSUS_FRAMES_PER_SECOND: u32 = 3_000;
/// Frames that one peer may send in a burst on the consensus lane.
pub const CONSENSUS_FRAMES_BURST: u32 = 6_000;
/// A frame of the consensus lane counts once more for each so many bytes: a vote is one, a round
/// certificate of 128 validators four.
pub const CONSENSUS_FRAME_UNIT_BYTES: usize = 4096;
/// KiB per second that one peer may send on the parts lane, wanted or not: twice what four nodes
/// on one machine reach.
pub const PART_KIB_PER_SECOND: u32 = 128 * 1024;
/// KiB that one peer may send in a burst on the parts lane.
pub const PART_KIB_BURST: u32 = 64 * 1024;
/// Bodies of one height that one peer may begin a second. An honest one sends one a round.
pub const BODIES_PER_SECOND: u32 = 1;
/// Bodies of one height that one peer may begin at once.
pub const BODIES_BURST: u32 = 4;
/// Streams per second that one peer may open: three lanes, and one a sync request.
pub const STREAMS_PER_SECOND: u32 = 200;
/// Streams that one peer may open in a burst.
pub const STREAMS_BURST: u32 = 400;
/// Proposal parts are taken for this many heights above the tip: a node that starts a little
/// late would starve under a tighter window.
pub const PART_WINDOW_HEIGHTS: u64 = 16;
/// Part streams that one peer may keep unfinished.
pub const PART_STREAMS_PER_PEER_MAX: usize = 4;
/// Finished bodies for heights that we have not reached, bytes per peer.
pub const EARLY_BYTES_PER_PEER_MAX: usize = 2 * BODY_BYTES_MAX;
/// Frames that cannot be right before the peer is cut and kept out for [`BANISHMENT`].
pub const JUNK_FRAMES_MAX: u32 = 16;
/// How long a peer that sent junk stays out.
pub const BANISHMENT: Duration = Duration::from_secs(60);

/// Connections that have not finished their handshake.
pub const PENDING_INCOMING_MAX: u32 = 128;
/// Those of them that come from one address: a caller who never finishes keeps nobody else out.
pub const PENDING_PER_ADDRESS_MAX: usize = 16;
/// Connections to one peer: two may cross while both sides dial.
pub const CONNECTIONS_PER_PEER_MAX: u32 = 2;
/// TCP to end of Noise; a caller who never speaks Noise is cut then.
pub const HANDSHAKE_MAX: Duration = Duration::from_secs(3);
/// A connection without any stream is closed after this.
pub const IDLE_CONNECTION_MAX: Duration = Duration::from_secs(20);

/// Each side says that it is alive this often.
pub const BEAT_EVERY: Duration = Duration::from_secs(1);
/// A peer that said nothing for so long is cut: frozen, or half a TCP connection.
pub const SILENCE_MAX: Duration = Duration::from_secs(5);
/// Writing one frame may take so long before the peer is cut.
pub const WRITE_MAX: Duration = Duration::from_secs(10);
/// The acceptor of a stream must greet within this time; the opener then tries again.
pub const HELLO_MAX: Duration = Duration::from_secs(2);
/// One sync request, from opening the stream to the last byte.
pub const SYNC_REQUEST_MAX: Duration = Duration::from_secs(15);
/// The network task looks after dials and silences this often.
pub const HOUSEKEEPING_EVERY: Duration = Duration::from_millis(250);
/// The peer with the higher id dials only after this long without a connection, so that the
/// two do not cross.
pub const SECOND_DIALLER_AFTER: Duration = Duration::from_secs(3);
/// The time between two dials of one peer.
pub const REDIAL_EVERY: Duration = Duration::from_millis(250);
/// The time before a lane that broke is opened again.
pub const REOPEN_AFTER: Duration = Duration::from_millis(200);

/// A height is proposed no sooner than this after the last one was committed, where so many wait as
/// [`GATHER_FROM`] says.
pub const GATHER: Duration = Duration::from_millis(20);
/// Entries that wait from which on a proposer waits for more.
pub const GATHER_FROM: usize = 8;
/// How long a starting node waits for a quorum of peers before it begins without.
pub const READY_WAIT_MAX: Duration = Duration::from_secs(5);
/// With a quorum there, a starting node waits this much longer for the rest: votes are not
/// relayed, and a mesh with holes costs the first round.
pub const COMPANY_GRACE: Duration = Duration::from_secs(1);
/// How long the first round of a height waits where its proposer is not connected: long enough for
/// votes on a good line, and a second less for each turn of a node that is down.
pub const ABSENT_WAIT: Duration = Duration::from_millis(50);
/// Each node tells the others its tip this often.
pub const STATUS_EVERY: Duration = Duration::from_secs(1);
/// After a commit the tip is told at once, but not more often than this: a node that lags a
/// little learns of it while the heights it lacks still fit the engine's queue of ten.
pub const STATUS_SPACING: Duration = Duration::from_millis(50);
/// How long a tip that is one above ours waits before the engine hears of it: with good lines all
/// validators commit within this, and need not fetch what they have.
pub const STATUS_PATIENCE: Duration = Duration::from_millis(100);
/// A validator whose record of what it has signed is lost follows in silence until it has seen so
/// many heights decided without it. Its former life may have signed the first of them.
pub const GUARD_HEIGHTS_WITHOUT_US: u64 = 2;
/// A slot of the double-sign guard's file, bytes.
pub const GUARD_SLOT_BYTES: usize = 16 * 1024;
/// Signatures of one height that the guard remembers, two or three a round; the oldest go first.
pub const GUARD_SAID_MAX: usize = 128;
/// How long a shutdown waits for the engine to let go of its files.
pub const SHUTDOWN_MAX: Duration = Duration::from_secs(10);
/// How often a node that keeps still for want of room on its disk looks whether there is some.
pub const ROOM_LOOK_EVERY: Duration = Duration::from_secs(1);
