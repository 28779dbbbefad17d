//! The three one-way lanes to and from each peer: votes, proposal parts, entries.
//!
//! Each lane is a stream of its own, so that votes never queue behind bodies. The side that
//! sends opens it; the side that accepts says one byte first, because an accepted stream can be
//! lost on the accepting side without the opener learning of it.

use std::{collections::VecDeque, io, sync::Arc};

use bytes::Bytes;
use countersign_record::limits::STATEMENT_BYTES_MAX;
use futures::{AsyncReadExt as _, AsyncWriteExt as _, io::BufReader, io::BufWriter};
use libp2p::{PeerId, Stream, StreamProtocol};
use libp2p_stream::Control;
use malachitebft_app_channel::app::streaming::StreamMessage;
use malachitebft_codec::Codec as _;
use malachitebft_core_consensus::{LivenessMsg, SignedConsensusMsg};
use malachitebft_engine::network::{NetworkEvent, Status};
use tokio::{sync::mpsc, time};

use super::{
    Note, Shared,
    frames::{junk, read_frame, tag, unpack_entries, write_frame},
    peer::{Charged, Owned, PeerState},
    queue::{Outgoing, Received},
};
use crate::consensus::{
    codec::Wire,
    context::{Ledger, Part},
    limits,
    parts::{StreamName, charge},
};

/// What the acceptor of a stream says first.
const HELLO: u8 = 0x48;
/// Small frames are gathered into writes of this size, bytes.
const WRITE_BUFFER_BYTES: usize = 32 * 1024;
/// Frames written between two flushes at most.
const FLUSH_AFTER_FRAMES: usize = 64;

/// One of the three lanes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Lane {
    Consensus,
    Parts,
    Entries,
}

impl Lane {
    pub(crate) const ALL: [Self; 3] = [Self::Consensus, Self::Parts, Self::Entries];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Consensus => "consensus",
            Self::Parts => "parts",
            Self::Entries => "entries",
        }
    }

    pub(crate) fn queue_frames(self) -> usize {
        match self {
            Self::Consensus => limits::CONSENSUS_QUEUE_FRAMES,
            Self::Parts => limits::PARTS_QUEUE_FRAMES,
            Self::Entries => limits::ENTRIES_QUEUE_FRAMES,
        }
    }

    pub(crate) fn queue_bytes(self) -> usize {
        match self {
            Self::Consensus => limits::CONSENSUS_QUEUE_BYTES,
            Self::Parts => limits::PARTS_QUEUE_BYTES,
            Self::Entries => limits::ENTRIES_QUEUE_BYTES,
        }
    }

    fn frame_bytes_max(self) -> usize {
        match self {
            Self::Consensus => limits::CONSENSUS_FRAME_BYTES_MAX,
            Self::Parts => limits::PART_FRAME_BYTES_MAX,
            Self::Entries => limits::ENTRIES_FRAME_BYTES_MAX,
        }
    }
}

/// Sends one lane's frames to one peer for as long as it is connected.
pub(crate) async fn write_lane(
    mut control: Control,
    protocol: StreamProtocol,
    peer: PeerId,
    mut queue: Outgoing,
    notes: mpsc::Sender<Note>,
) {
    // Frames that may not have left: they are written again on the next stream.
    let mut unsent = VecDeque::new();
    loop {
        if let Ok(stream) = open(&mut control, &protocol, peer).await {
            match pump(stream, &mut queue, &mut unsent).await {
                Ok(()) => return,
                Err(e) if e.kind() == io::ErrorKind::TimedOut => {
                    let _ = notes.send(Note::Cut(peer, "it takes no more bytes")).await;
                    return;
                }
                Err(e) => {
                    tracing::debug!(%peer, %protocol, "a lane broke and is opened again: {e}")
                }
            }
        }
        time::sleep(limits::REOPEN_AFTER).await;
    }
}

/// Opens a stream and waits for the acceptor's hello.
async fn open(
    control: &mut Control,
    protocol: &StreamProtocol,
    peer: PeerId,
) -> Result<Stream, ()> {
    let greeted = async {
        let mut stream = control.open_stream(peer, protocol.clone()).await.map_err(|_| ())?;
        let mut hello = [0];
        stream.read_exact(&mut hello).await.map_err(|_| ())?;
        if hello[0] == HELLO { Ok(stream) } else { Err(()) }
    };
    time::timeout(limits::HELLO_MAX, greeted).await.map_err(|_| ())?
}

/// Writes until the queue ends (`Ok`) or the stream does.
async fn pump(
    stream: Stream,
    queue: &mut Outgoing,
    unsent: &mut VecDeque<Bytes>,
) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(WRITE_BUFFER_BYTES, stream);
    loop {
        if unsent.is_empty() {
            match queue.frames.recv().await {
                Some(frame) => unsent.push_back(frame),
                None => return Ok(()),
            }
        }
        while unsent.len() < FLUSH_AFTER_FRAMES
            && let Ok(frame) = queue.frames.try_recv()
        {
            unsent.push_back(frame);
        }
        for frame in unsent.iter() {
            time::timeout(limits::WRITE_MAX, write_frame(&mut out, frame)).await??;
        }
        time::timeout(limits::WRITE_MAX, out.flush()).await??;
        queue.sent(unsent.iter().map(Bytes::len).sum());
        unsent.clear();
    }
}

/// Reads one lane of one peer until it breaks; tells the network task of junk.
pub(crate) async fn read_lane(
    lane: Lane,
    stream: Stream,
    peer: Arc<PeerState>,
    shared: Arc<Shared>,
) {
    let end = match lane {
        Lane::Consensus => read_consensus(stream, &peer, &shared).await,
        Lane::Parts => read_parts(stream, &peer, &shared).await,
        Lane::Entries => read_entries(stream, &peer, &shared).await,
    };
    if let Err(e) = end
        && e.kind() == io::ErrorKind::InvalidData
    {
        tracing::warn!(peer = %peer.id, lane = lane.name(), "junk from a peer: {e}");
        let _ = shared.notes.send(Note::Junk(peer.id)).await;
    }
}

/// One, and one more for each so many bytes.
fn units(bytes: usize, unit: usize) -> u32 {
    u32::try_from(bytes / unit).unwrap_or(u32::MAX).saturating_add(1)
}

async fn greet(stream: Stream) -> io::Result<BufReader<Stream>> {
    let mut stream = stream;
    stream.write_all(&[HELLO]).await?;
    stream.flush().await?;
    Ok(BufReader::new(stream))
}

async fn read_consensus(stream: Stream, peer: &PeerState, shared: &Arc<Shared>) -> io::Result<()> {
    let mut stream = greet(stream).await?;
    let mut soon = None;
    loop {
        let frame = read_frame(&mut stream, Lane::Consensus.frame_bytes_max()).await?;
        peer.heard();
        peer.allowance.consensus.take(units(frame.len(), limits::CONSENSUS_FRAME_UNIT_BYTES)).await;
        take_consensus_frame(frame, peer, shared, &mut soon)?;
    }
}

/// Who tells a tip has committed it a moment ago, and we are about to.
fn take_status(
    status: &malachitebft_sync::Status<Ledger>,
    peer: &PeerState,
    shared: &Arc<Shared>,
    soon: &mut Option<Owned>,
) {
    let (from, tip) = (peer.engine_id, status.tip_height.0);
    shared.horizon.heard_tip(peer.key, tip);
    let event =
        NetworkEvent::Status(from, Status::new(status.tip_height, status.history_min_height));
    // What was to be told later is old now.
    *soon = None;
    if tip != shared.horizon.tip().saturating_add(1) {
        return shared.emit(&event);
    }
    // The engine would ask at once for a batch that it has nearly decided, and get it whole.
    let shared = shared.clone();
    *soon = Some(Owned::spawn(async move {
        time::sleep(limits::STATUS_PATIENCE).await;
        shared.emit(&event);
    }));
}

fn take_consensus_frame(
    mut frame: Bytes,
    peer: &PeerState,
    shared: &Arc<Shared>,
    soon: &mut Option<Owned>,
) -> io::Result<()> {
    let kind = frame.split_to(1);
    let from = peer.engine_id;
    let (height, event) = match kind[0] {
        tag::BEAT if frame.is_empty() => return Ok(()),
        tag::CONSENSUS => {
            let message: SignedConsensusMsg<Ledger> = Wire.decode(frame)?;
            let height = message.height();
            let event = match message {
                SignedConsensusMsg::Vote(vote) => NetworkEvent::Vote(from, vote),
                SignedConsensusMsg::Proposal(proposal) => NetworkEvent::Proposal(from, proposal),
            };
            (height, event)
        }
        tag::LIVENESS => match Wire.decode(frame)? {
            LivenessMsg::Vote(vote) => (vote.height, NetworkEvent::Vote(from, vote)),
            LivenessMsg::PolkaCertificate(polka) => {
                (polka.height, NetworkEvent::PolkaCertificate(from, polka))
            }
            LivenessMsg::SkipRoundCertificate(round) => {
                (round.height, NetworkEvent::RoundCertificate(from, round))
            }
        },
        tag::STATUS => {
            let status: malachitebft_sync::Status<Ledger> = Wire.decode(frame)?;
            if status.peer_id != from {
                return Err(junk("a status in another peer's name"));
            }
            take_status(&status, peer, shared, soon);
            return Ok(());
        }
        _ => return Err(junk("a frame of an unknown kind")),
    };
    if peer.validator.is_some() {
        shared.horizon.saw(height.0);
    }
    shared.emit(&event);
    Ok(())
}

async fn read_parts(stream: Stream, peer: &PeerState, shared: &Shared) -> io::Result<()> {
    let mut stream = greet(stream).await?;
    loop {
        let frame = read_frame(&mut stream, Lane::Parts.frame_bytes_max()).await?;
        peer.heard();
        peer.allowance.part_kib.take(units(frame.len(), 1024)).await;
        let part: StreamMessage<Part> = Wire.decode(frame)?;
        let name = StreamName::of(&part.stream_id)
            .ok_or_else(|| junk("a part of a stream without a height"))?;
        if !may_propose(peer, name.height, shared) {
            return Err(junk("a proposal part of a node that does not vote"));
        }
        if !shared.horizon.in_part_window(name.height) {
            // Late for a height that is decided, or we are far behind and will sync: no fault.
            continue;
        }
        let begins = part.sequence == 0;
        let (tip, now) = (shared.horizon.tip(), time::Instant::now());
        if begins && !peer.allowance.may_begin_body(name.height, tip, now) {
            shared.meters.bodies_refused.inc();
            continue;
        }
        shared.horizon.saw(name.height);
        // Waits while this peer has too much unhandled; the others' lanes go on.
        peer.holds.parts.take(charge(&part)).await;
        shared.emit(&NetworkEvent::ProposalPart(peer.engine_id, None, part));
    }
}

/// For the next height the set is known; later ones may have validators that we do not know yet.
fn may_propose(peer: &PeerState, height: u64, shared: &Shared) -> bool {
    let Some(kid) = &peer.validator else { return false };
    let standing = shared.horizon.standing();
    height != standing.tip.saturating_add(1) || standing.is_validator(kid)
}

async fn read_entries(stream: Stream, peer: &PeerState, shared: &Shared) -> io::Result<()> {
    let mut stream = greet(stream).await?;
    loop {
        let frame = read_frame(&mut stream, Lane::Entries.frame_bytes_max()).await?;
        peer.heard();
        for entry in unpack_entries(&frame)? {
            if entry.len() > STATEMENT_BYTES_MAX {
                return Err(junk("an entry larger than any statement"));
            }
            peer.allowance.entries.take(1).await;
            // Waits while admission is busy with what this peer has sent, or with everybody's;
            // this lane alone stands still then.
            let weight = entry.len() + limits::ENTRY_OVERHEAD_BYTES;
            let _charged = Charged::take(&peer.holds.entries, weight).await;
            if shared.entries.send(Received { from: peer.key, entry, _charged }).await.is_err() {
                return Ok(());
            }
        }
    }
}
