//! Deterministic CBOR (RFC 8949 §4.2.1) with a reader that refuses every other spelling.

use alloc::{format, string::String, vec::Vec};
use core::{convert::Infallible, fmt};

use minicbor::{Decode, Encode, Encoder, encode::Write};

/// Room for what is usually encoded, so that a buffer seldom has to grow.
const USUAL_BYTES: usize = 512;

/// Why bytes were not accepted: which thing, at which byte, what was wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// The thing that was being read, for instance `statement payload`.
    pub what: &'static str,
    /// Offset of the first byte that is wrong, counted from the start of that thing.
    pub at: usize,
    /// What was found and what was expected there.
    pub why: String,
}

impl Malformed {
    /// A fault found at a byte.
    pub fn new(what: &'static str, at: usize, why: impl Into<String>) -> Self {
        Self { what, at, why: why.into() }
    }

    /// A fault that the decoder met: at the byte it names, or else where it stopped.
    pub(crate) fn decoding(
        what: &'static str,
        decoder: &minicbor::Decoder<'_>,
        e: &minicbor::decode::Error,
    ) -> Self {
        Self::new(what, e.position().unwrap_or_else(|| decoder.position()), format!("{e}"))
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is malformed at byte {}: {}", self.what, self.at, self.why)
    }
}

impl core::error::Error for Malformed {}

/// The one encoding of a value.
#[expect(
    clippy::expect_used,
    reason = "a Vec takes every write, and no Encode here fails of its own"
)]
pub fn encode<T: Encode<()>>(value: &T) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(USUAL_BYTES);
    minicbor::encode(value, &mut bytes).expect("encoding into memory cannot fail");
    bytes
}

/// Bytes written item by item, for shapes that no Rust type describes.
#[expect(clippy::expect_used, reason = "a Vec takes every write")]
pub(crate) fn build(
    write: impl FnOnce(&mut Encoder<Vec<u8>>) -> Result<(), minicbor::encode::Error<Infallible>>,
) -> Vec<u8> {
    let mut encoder = Encoder::new(Vec::with_capacity(USUAL_BYTES));
    write(&mut encoder).expect("encoding into memory cannot fail");
    encoder.into_writer()
}

/// Reads a value and refuses anything but its one encoding: long forms, indefinite lengths,
/// other key orders, doubled or unknown keys and trailing bytes all fail here.
pub fn decode<'b, T>(what: &'static str, bytes: &'b [u8]) -> Result<T, Malformed>
where
    T: Decode<'b, ()> + Encode<()>,
{
    let mut decoder = minicbor::Decoder::new(bytes);
    let value: T = decoder.decode().map_err(|e| Malformed::decoding(what, &decoder, &e))?;
    if !encodes_to(&value, bytes) {
        same_bytes(what, bytes, &encode(&value))?;
    }
    Ok(value)
}

/// Whether these bytes are the one encoding of a value. Nothing is written for it.
fn encodes_to<T: Encode<()>>(value: &T, bytes: &[u8]) -> bool {
    let mut expected = Expected(bytes);
    minicbor::encode(value, &mut expected).is_ok() && expected.0.is_empty()
}

/// A writer that takes exactly the bytes that are expected of it: those that are still to come.
struct Expected<'b>(&'b [u8]);

impl Write for Expected<'_> {
    type Error = Unexpected;

    fn write_all(&mut self, bytes: &[u8]) -> Result<(), Unexpected> {
        self.0 = self.0.strip_prefix(bytes).ok_or(Unexpected)?;
        Ok(())
    }
}

/// Something else was written than what was expected.
struct Unexpected;

/// Names the first byte in which what was sent differs from the one canonical spelling.
pub(crate) fn same_bytes(
    what: &'static str,
    sent: &[u8],
    canonical: &[u8],
) -> Result<(), Malformed> {
    if sent == canonical {
        return Ok(());
    }
    let at = sent.iter().zip(canonical).take_while(|(a, b)| a == b).count();
    let why = if at == canonical.len() {
        format!("{} trailing bytes after a complete item", sent.len() - at)
    } else {
        String::from("not the deterministic encoding of RFC 8949 section 4.2.1")
    };
    Err(Malformed::new(what, at, why))
}
