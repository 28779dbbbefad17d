//! A batch as it travels between nodes: its header and the statements that it orders.

use countersign_record::{encoding, encoding::Malformed, header::Header};
use minicbor::{Decode, Encode, bytes::ByteVec};

use crate::limits;

/// A header with its statements, refused ones included, in order.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Batch {
    /// What is agreed on.
    #[n(0)]
    pub header: Header,
    /// The tagged statements.
    #[n(1)]
    pub statements: Vec<ByteVec>,
}

impl Batch {
    /// Its one encoding.
    pub fn bytes(&self) -> Vec<u8> {
        encoding::encode(self)
    }

    /// Reads a batch that another node sent.
    ///
    /// # Errors
    /// The first byte that is wrong, or the bound that is broken.
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        const WHAT: &str = "batch";
        if bytes.len() > limits::BATCH_BYTES_MAX {
            return Err(Malformed::new(WHAT, limits::BATCH_BYTES_MAX, "too large"));
        }
        let batch: Self = encoding::decode(WHAT, bytes)?;
        if batch.statements.len() > limits::BATCH_ENTRIES_MAX {
            let found = batch.statements.len();
            return Err(Malformed::new(WHAT, 0, format!("{found} statements are too many")));
        }
        Ok(batch)
    }
}
