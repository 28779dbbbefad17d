//! Files as evidence: hashed in a stream, whatever their size, and written as the entry that
//! anchors them.

use std::io::{self, Read};

use countersign_record::Digest;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::draft::DraftAction;

/// What is read of a file at a time, bytes.
const PIECE_BYTES: usize = 1024 * 1024;

/// What is known of a file's content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measured {
    /// SHA-256 of its bytes.
    pub digest: Digest,
    /// How many there are.
    pub bytes: u64,
}

/// Hashes files one after the other, each by itself, and all of them as one whole.
#[derive(Clone, Debug, Default)]
pub struct Hasher(Sha256);

impl Hasher {
    /// Reads to the end, a piece at a time, and tells how much was read each time.
    ///
    /// # Errors
    /// What the reader says.
    pub fn read(&mut self, mut from: impl Read, mut told: impl FnMut(u64)) -> io::Result<Measured> {
        let mut piece = vec![0; PIECE_BYTES];
        let (mut hash, mut bytes) = (Sha256::new(), 0_u64);
        loop {
            let read = match from.read(&mut piece) {
                Ok(0) => return Ok(Measured { digest: Digest(hash.finalize().into()), bytes }),
                Ok(read) => read,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
                Err(e) => return Err(e),
            };
            let new = piece.get(..read).unwrap_or_default();
            hash.update(new);
            self.0.update(new);
            bytes = bytes.saturating_add(read as u64);
            told(read as u64);
        }
    }

    /// The digest of everything that was read, one file after the other.
    pub fn whole(self) -> Digest {
        Digest(self.0.finalize().into())
    }
}

/// The media type that a file's name suggests; without one, that of any bytes.
pub fn media_type(name: &str) -> &'static str {
    mime_guess::from_path(name).first_raw().unwrap_or("application/octet-stream")
}

/// The name of a file's subject.
pub fn file_subject(file: &Digest) -> String {
    format!("file:{file}")
}

/// The action that anchors a file. `about` is the rest of the body: where and until when it is kept,
/// what it is about, who may see it, and what it shows.
pub fn anchoring(file: Measured, media_type: &str, mut about: Value) -> DraftAction {
    about["media_type"] = json!(media_type);
    about["bytes"] = json!(file.bytes);
    DraftAction::new("evidence", "anchor", file_subject(&file.digest), about)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So many zeros, and never more at a time than it is asked for.
    struct Zeros {
        left: usize,
        largest: usize,
        interrupted: bool,
    }

    impl Read for Zeros {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            if !std::mem::replace(&mut self.interrupted, true) {
                return Err(io::ErrorKind::Interrupted.into());
            }
            self.largest = self.largest.max(into.len());
            let count = into.len().min(self.left);
            into[..count].fill(0);
            self.left -= count;
            Ok(count)
        }
    }

    #[test]
    fn a_file_of_300_mb_is_read_in_pieces_of_one() {
        let mut zeros = Zeros { left: 300_000_000, largest: 0, interrupted: false };
        let mut told = 0;
        let measured = Hasher::default().read(&mut zeros, |bytes| told += bytes).unwrap();
        // From `head -c 300000000 /dev/zero | sha256sum`.
        let digest = "e8671610daa5dc152578d9bfe8e25346aa73fa600f908b235f55bf51d0eb5a05";
        assert_eq!(measured.digest.to_string(), digest);
        assert_eq!((measured.bytes, told), (300_000_000, 300_000_000));
        assert_eq!((zeros.left, zeros.largest), (0, PIECE_BYTES));
    }

    #[test]
    fn the_whole_is_the_segments_one_after_the_other() {
        let mut hasher = Hasher::default();
        let parts = ["first ", "second ", "third"];
        let each = parts.map(|p| hasher.read(p.as_bytes(), |_| ()).unwrap());
        assert_eq!(each.map(|m| m.digest), parts.map(|p| Digest::of(p.as_bytes())));
        assert_eq!(hasher.whole(), Digest::of(b"first second third"));
    }

    #[test]
    fn a_media_type_is_guessed_from_the_name() {
        for (name, expected) in [
            ("seal.JPG", "image/jpeg"),
            ("film.mp4", "video/mp4"),
            ("survey.pdf", "application/pdf"),
            ("sheet", "application/octet-stream"),
        ] {
            assert_eq!(media_type(name), expected);
        }
    }
}
