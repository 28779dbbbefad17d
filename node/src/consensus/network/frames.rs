//! Length-prefixed frames on a stream, and what stands in them.

use std::io;

use bytes::{Bytes, BytesMut};
use futures::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

use crate::consensus::limits;

/// First byte of a frame on the consensus lane.
pub(crate) mod tag {
    /// "I am alive."
    pub(crate) const BEAT: u8 = 0;
    /// A vote or a proposal.
    pub(crate) const CONSENSUS: u8 = 1;
    /// A vote said again, or a certificate that helps a late node.
    pub(crate) const LIVENESS: u8 = 2;
    /// The sender's tip.
    pub(crate) const STATUS: u8 = 3;
}

/// An error that says: the peer sent what no honest node sends.
pub(crate) fn junk(text: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, text.to_owned())
}

/// Reads one frame. The length is judged before a byte of the body is read, and memory grows
/// with the bytes that arrive, not with the length that was claimed.
pub(crate) async fn read_frame(
    stream: &mut (impl AsyncRead + Unpin),
    bytes_max: usize,
) -> io::Result<Bytes> {
    let mut length = [0; 4];
    stream.read_exact(&mut length).await?;
    let length = u32::from_be_bytes(length);
    if length == 0 || usize::try_from(length).map_or(true, |n| n > bytes_max) {
        return Err(junk("a frame of a forbidden length"));
    }
    let mut body = Vec::new();
    stream.take(u64::from(length)).read_to_end(&mut body).await?;
    if body.len() as u64 != u64::from(length) {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(body.into())
}

/// Writes one frame without flushing.
pub(crate) async fn write_frame(
    stream: &mut (impl AsyncWrite + Unpin),
    body: &[u8],
) -> io::Result<()> {
    let length = u32::try_from(body.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
    stream.write_all(&length.to_be_bytes()).await?;
    stream.write_all(body).await
}

/// A frame of the consensus lane.
pub(crate) fn tagged(tag: u8, body: &[u8]) -> Bytes {
    let mut frame = BytesMut::with_capacity(1 + body.len());
    frame.extend_from_slice(&[tag]);
    frame.extend_from_slice(body);
    frame.freeze()
}

/// Packs entries into as few frames as fit; an entry too large for any frame is left out.
pub(crate) fn pack_entries(entries: &[Bytes]) -> Vec<Bytes> {
    let mut frames = Vec::new();
    let mut open = BytesMut::new();
    for entry in entries {
        let Ok(length) = u32::try_from(entry.len()) else { continue };
        if entry.is_empty() || entry.len() + 4 > limits::ENTRIES_FRAME_BYTES_MAX {
            tracing::warn!(bytes = entry.len(), "an entry of this size is not sent to the peers");
            continue;
        }
        if open.len() + 4 + entry.len() > limits::ENTRIES_FRAME_BYTES_MAX {
            frames.push(std::mem::take(&mut open).freeze());
        }
        open.extend_from_slice(&length.to_be_bytes());
        open.extend_from_slice(entry);
    }
    if !open.is_empty() {
        frames.push(open.freeze());
    }
    frames
}

/// The entries of a frame, each with memory of its own: a small one must not keep the whole
/// frame alive in the backlog.
pub(crate) fn unpack_entries(frame: &[u8]) -> io::Result<Vec<Bytes>> {
    let mut entries = Vec::new();
    let mut rest = frame;
    while !rest.is_empty() {
        let (length, after) = rest.split_first_chunk::<4>().ok_or_else(|| junk("a cut length"))?;
        let length = u32::from_be_bytes(*length) as usize;
        if length == 0 || length > after.len() {
            return Err(junk("an entry of a forbidden length"));
        }
        let (entry, next) = after.split_at(length);
        entries.push(Bytes::copy_from_slice(entry));
        rest = next;
    }
    Ok(entries)
}
