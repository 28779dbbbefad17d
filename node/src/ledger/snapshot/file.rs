//! The frames of a snapshot: packed length, unpacked length (four bytes each, big-endian), and the
//! content, deflated. Lengths are a stranger's word: nothing is taken in beyond its bound.

use std::io::{ErrorKind, Read, Write};

use countersign_record::{Digest, encoding};
use sha2::{Digest as _, Sha256};

use super::{Part, SnapshotFault, Step, no};
use crate::limits::SNAPSHOT_FRAME_BYTES_MAX;

/// What every snapshot begins with: the format and its version.
const MAGIC: &[u8; 8] = b"CSSNAP\x00\x01";
/// Fast rather than small: most of a statement is signatures and digests.
const LEVEL: u8 = 1;

/// Writes a snapshot's frames, and the digest of all of them at last.
pub(super) struct Writer<W> {
    out: W,
    digest: Sha256,
    bytes: u64,
}

impl<W: Write> Writer<W> {
    pub(super) fn new(out: W) -> Result<Self, SnapshotFault> {
        let mut writer = Self { out, digest: Sha256::new(), bytes: 0 };
        writer.raw(MAGIC)?;
        Ok(writer)
    }

    fn raw(&mut self, bytes: &[u8]) -> Result<(), SnapshotFault> {
        self.out.write_all(bytes)?;
        self.digest.update(bytes);
        self.bytes += bytes.len() as u64;
        Ok(())
    }

    pub(super) fn put(&mut self, part: &Part) -> Result<(), SnapshotFault> {
        let plain = encoding::encode(part);
        let packed = miniz_oxide::deflate::compress_to_vec(&plain, LEVEL);
        let long = |bytes: &[u8]| match u32::try_from(bytes.len()) {
            Ok(n) if bytes.len() <= SNAPSHOT_FRAME_BYTES_MAX => Ok(n.to_be_bytes()),
            _ => no(Step::File, format!("a frame of {} bytes", bytes.len())),
        };
        self.raw(&[long(&packed)?, long(&plain)?].concat())?;
        self.raw(&packed)
    }

    /// Ends the file; how long it is, bytes.
    pub(super) fn end(mut self) -> Result<u64, SnapshotFault> {
        let digest = Digest(self.digest.clone().finalize().into());
        self.put(&Part::End(digest))?;
        self.out.flush()?;
        Ok(self.bytes)
    }
}

/// Reads a snapshot's frames.
pub(super) struct Reader<R> {
    input: R,
    digest: Sha256,
    bytes: u64,
}

impl<R: Read> Reader<R> {
    pub(super) fn new(input: R) -> Result<Self, SnapshotFault> {
        let mut reader = Self { input, digest: Sha256::new(), bytes: 0 };
        let mut magic = [0; MAGIC.len()];
        reader.raw(&mut magic)?;
        if magic != *MAGIC {
            return no(Step::File, "it is no snapshot, or one of another version");
        }
        Ok(reader)
    }

    fn raw(&mut self, into: &mut [u8]) -> Result<(), SnapshotFault> {
        match self.input.read_exact(into) {
            Ok(()) => {}
            Err(e) if e.kind() == ErrorKind::UnexpectedEof => {
                return no(Step::File, format!("it ends at byte {}, in the middle", self.bytes));
            }
            Err(e) => return Err(e.into()),
        }
        self.digest.update(&*into);
        self.bytes += into.len() as u64;
        Ok(())
    }

    /// Bytes read so far.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The next part. The end is given only once it has been seen to fit, with nothing after it.
    pub(super) fn next(&mut self) -> Result<Part, SnapshotFault> {
        let (at, before) = (self.bytes, self.digest.clone());
        let mut lengths = [0; 8];
        self.raw(&mut lengths)?;
        let [a, b, c, d, e, f, g, h] = lengths;
        let packed = u32::from_be_bytes([a, b, c, d]) as usize;
        let plain = u32::from_be_bytes([e, f, g, h]) as usize;
        if packed.max(plain) > SNAPSHOT_FRAME_BYTES_MAX {
            let why = format!("a frame of {} bytes at byte {at}", packed.max(plain));
            return no(Step::File, format!("{why}, at most {SNAPSHOT_FRAME_BYTES_MAX} are taken"));
        }
        let mut bytes = vec![0; packed];
        self.raw(&mut bytes)?;
        let unpacked = miniz_oxide::inflate::decompress_to_vec_with_limit(&bytes, plain);
        let content = match unpacked {
            Ok(content) if content.len() == plain => content,
            Ok(_) | Err(_) => {
                return no(Step::File, format!("the frame at byte {at} cannot be unpacked"));
            }
        };
        let part = match encoding::decode::<Part>("part of a snapshot", &content) {
            Ok(part) => part,
            Err(e) => return no(Step::File, format!("the frame at byte {at}: {e}")),
        };
        if let Part::End(stated) = &part {
            self.check_end(stated, before)?;
        }
        Ok(part)
    }

    fn check_end(&mut self, stated: &Digest, before: Sha256) -> Result<(), SnapshotFault> {
        if Digest(before.finalize().into()) != *stated {
            return no(Step::File, "its bytes are not those that were written");
        }
        if self.input.read(&mut [0])? > 0 {
            return no(Step::File, format!("there is more after its end at byte {}", self.bytes));
        }
        Ok(())
    }
}
