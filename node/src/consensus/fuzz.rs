//! What a member's frames and a spoilt guard do: an answer or a drop. See `crate::fuzz`.

use bytes::Bytes;
use malachitebft_app_channel::app::streaming::StreamMessage;
use malachitebft_codec::Codec;
use malachitebft_core_consensus::{LivenessMsg, SignedConsensusMsg};
use malachitebft_core_types::Round;
use malachitebft_sync::{Request, Response, Status};

use super::{
    ValueId,
    codec::Wire,
    context::{Address, Height, Ledger, Part, PartHead},
    guard,
    network::{
        EnginePeerId, address_book,
        frames::{read_frame, unpack_entries},
        network_key, peer_name,
    },
    parts::{Assembly, StreamName, cut},
};

#[cfg(test)]
pub(crate) mod seeds;

/// Bytes of the body whose parts come before what a stranger sends.
const BODY_BYTES: usize = 300;

fn peer() -> EnginePeerId {
    peer_name(&network_key(&[1; 32]).unwrap()).unwrap().parse().unwrap()
}

/// The parts of a body, true but for their signatures.
fn parts() -> Vec<Bytes> {
    let body = Bytes::from(vec![5; BODY_BYTES]);
    let head = PartHead {
        height: Height(3),
        round: Round::new(0),
        valid_round: Round::Nil,
        proposer: Address([7; 32]),
        id: ValueId([9; 64]),
        bytes: BODY_BYTES as u32,
    };
    cut(head, &body, 1).map(|part| Wire.encode(&part).unwrap()).collect()
}

/// What was read is written as it was, so that no two byte strings are one message.
fn again<T>(bytes: &[u8])
where
    Wire: Codec<T, Error = std::io::Error>,
{
    if let Ok(message) = Codec::<T>::decode(&Wire, Bytes::copy_from_slice(bytes)) {
        assert_eq!(Wire.encode(&message).unwrap(), bytes);
    }
}

/// A vote or a proposal.
pub(crate) fn consensus(bytes: &[u8]) {
    again::<SignedConsensusMsg<Ledger>>(bytes);
}

/// What is said again so that a round ends.
pub(crate) fn liveness(bytes: &[u8]) {
    again::<LivenessMsg<Ledger>>(bytes);
}

/// A part, after the true first one of its stream.
pub(crate) fn part(bytes: &[u8]) {
    let Ok(part) = Wire.decode(Bytes::copy_from_slice(bytes)) else { return };
    let part: StreamMessage<Part> = part;
    let _name = StreamName::of(&part.stream_id);
    let mut assembly = Assembly::default();
    for before in parts().into_iter().take(1) {
        assembly.take(peer(), Wire.decode(before).unwrap());
    }
    assembly.take(peer(), part);
    assert!(assembly.bytes() <= BODY_BYTES);
}

/// Entries on their way from node to node.
pub(crate) fn entries(bytes: &[u8]) {
    if let Ok(entries) = unpack_entries(&Bytes::copy_from_slice(bytes)) {
        assert!(entries.iter().map(Bytes::len).sum::<usize>() <= bytes.len());
    }
}

/// Frames on a stream, one after the other.
pub(crate) fn frame(bytes: &[u8]) {
    let mut stream = futures::io::Cursor::new(bytes);
    let mut read = 0;
    while let Ok(frame) = futures::executor::block_on(read_frame(&mut stream, 1000)) {
        read += frame.len() + 4;
        assert!(read <= bytes.len());
    }
}

/// A question or an answer of whoever catches up.
pub(crate) fn sync(bytes: &[u8]) {
    let bytes = Bytes::copy_from_slice(bytes);
    let _response = Codec::<Response<Ledger>>::decode(&Wire, bytes.clone());
    let _request = Codec::<Request<Ledger>>::decode(&Wire, bytes.clone());
    let _status = Codec::<Status<Ledger>>::decode(&Wire, bytes);
}

/// What a validator key is said to have signed.
pub(crate) fn guard(bytes: &[u8]) {
    guard::any_slot(bytes);
}

/// The addresses of other nodes in `node.toml`.
pub(crate) fn peers(peers: &[String]) {
    let _book = address_book(peers);
}
