//! How a body travels: named streams of parts, made by the proposer, put together by the others.

use std::collections::BTreeMap;

use bytes::{Bytes, BytesMut};
use malachitebft_app_channel::app::streaming::{StreamContent, StreamId, StreamMessage};

use super::{
    context::{Part, PartHead},
    limits,
    network::EnginePeerId,
};

/// The name of a part stream. The height stands in it so that the network can judge each frame
/// without remembering what went before.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct StreamName {
    pub(crate) height: u64,
    /// Tells apart the streams of one proposer at one height.
    pub(crate) number: u64,
}

impl StreamName {
    pub(crate) fn of(id: &StreamId) -> Option<Self> {
        let bytes = <[u8; 16]>::try_from(&id.to_bytes()[..]).ok()?;
        let both = u128::from_be_bytes(bytes);
        Some(Self { height: (both >> 64) as u64, number: both as u64 })
    }

    fn id(self) -> StreamId {
        let both = (u128::from(self.height) << 64) | u128::from(self.number);
        StreamId::new(Bytes::copy_from_slice(&both.to_be_bytes()))
    }
}

/// What a part costs its sender in credits; the same on taking and on giving back.
pub(crate) fn charge(part: &StreamMessage<Part>) -> usize {
    let data = match part.content.as_data() {
        Some(Part::Data(data)) => data.len(),
        _ => 0,
    };
    data + limits::PART_OVERHEAD_BYTES
}

/// Cuts a body into the messages of one stream.
pub(crate) fn cut(
    head: PartHead,
    body: &Bytes,
    number: u64,
) -> impl Iterator<Item = StreamMessage<Part>> + Send + use<> {
    let id = StreamName { height: head.height.0, number }.id();
    let body = body.clone();
    let pieces = body.len().div_ceil(limits::PART_BYTES);
    let data = (0..pieces).map(move |n| {
        let from = n * limits::PART_BYTES;
        let to = body.len().min(from + limits::PART_BYTES);
        StreamContent::Data(Part::Data(body.slice(from..to)))
    });
    std::iter::once(StreamContent::Data(Part::Head(head)))
        .chain(data)
        .chain(std::iter::once(StreamContent::Fin))
        .zip(0..)
        .map(move |(content, sequence)| StreamMessage::new(id.clone(), sequence, content))
}

/// A body that arrived whole.
#[derive(Debug)]
pub(crate) struct Arrived {
    pub(crate) head: PartHead,
    pub(crate) body: Bytes,
}

struct Open {
    name: StreamName,
    head: PartHead,
    body: BytesMut,
    next: u64,
}

/// Puts part streams together, and keeps finished bodies whose height has not come yet.
#[derive(Default)]
pub(crate) struct Assembly {
    open: BTreeMap<EnginePeerId, Vec<Open>>,
    early: BTreeMap<EnginePeerId, Vec<Arrived>>,
}

impl Assembly {
    /// Takes a part; answers with the body that it completes. What does not fit is dropped: the
    /// lane is ordered, but its beginning may have fallen outside the window.
    pub(crate) fn take(
        &mut self,
        from: EnginePeerId,
        part: StreamMessage<Part>,
    ) -> Option<Arrived> {
        let name = StreamName::of(&part.stream_id)?;
        let streams = self.open.entry(from).or_default();
        if part.sequence == 0 {
            if let StreamContent::Data(Part::Head(head)) = part.content
                && head.height.0 == name.height
                && head.bytes as usize <= limits::BODY_BYTES_MAX
            {
                streams.retain(|s| s.name != name);
                if streams.len() >= limits::PART_STREAMS_PER_PEER_MAX {
                    streams.remove(0);
                }
                streams.push(Open { name, head, body: BytesMut::new(), next: 1 });
            }
            return None;
        }
        let at = streams.iter().position(|s| s.name == name)?;
        let stream = &mut streams[at];
        let room = (stream.head.bytes as usize).saturating_sub(stream.body.len());
        match part.content {
            StreamContent::Data(Part::Data(data))
                if part.sequence == stream.next && data.len() <= room && !data.is_empty() =>
            {
                stream.body.extend_from_slice(&data);
                stream.next += 1;
                None
            }
            StreamContent::Fin if part.sequence == stream.next && room == 0 => {
                let whole = streams.remove(at);
                Some(Arrived { head: whole.head, body: whole.body.freeze() })
            }
            _ => {
                streams.remove(at);
                None
            }
        }
    }

    /// Keeps a body until its height begins; the peer's furthest ones give way first.
    pub(crate) fn keep_early(&mut self, from: EnginePeerId, arrived: Arrived) {
        let kept = self.early.entry(from).or_default();
        kept.push(arrived);
        kept.sort_by_key(|a| (a.head.height, a.head.round));
        while kept.iter().map(|a| a.body.len()).sum::<usize>() > limits::EARLY_BYTES_PER_PEER_MAX
            || kept.len() > limits::PART_WINDOW_HEIGHTS as usize
        {
            kept.pop();
        }
    }

    /// The bodies that came early for this height.
    pub(crate) fn take_early(&mut self, height: u64) -> Vec<Arrived> {
        let mut found = Vec::new();
        for kept in self.early.values_mut() {
            let (now, later) =
                std::mem::take(kept).into_iter().partition(|a| a.head.height.0 == height);
            *kept = later;
            found.extend::<Vec<Arrived>>(now);
        }
        found
    }

    /// How many bytes it holds.
    pub(crate) fn bytes(&self) -> usize {
        let open = self.open.values().flatten().map(|s| s.body.len());
        let early = self.early.values().flatten().map(|a| a.body.len());
        open.chain(early).sum()
    }

    /// Forgets what the tip has overtaken.
    pub(crate) fn forget_up_to(&mut self, tip: u64) {
        for streams in self.open.values_mut() {
            streams.retain(|s| s.name.height > tip);
        }
        for kept in self.early.values_mut() {
            kept.retain(|a| a.head.height.0 > tip);
        }
        self.open.retain(|_, streams| !streams.is_empty());
        self.early.retain(|_, kept| !kept.is_empty());
    }
}
