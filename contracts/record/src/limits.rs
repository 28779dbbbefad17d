//! Every bound on what is signed and hashed, each with its name.

/// Largest encoded statement, bytes. A terminal's EDIFACT file of 128 moves fits with room.
pub const STATEMENT_BYTES_MAX: usize = 64 * 1024;
/// Most actions in one statement.
pub const ACTIONS_MAX: usize = 128;
/// Longest reference a party may give its statement, bytes of UTF-8.
pub const REFERENCE_BYTES_MAX: usize = 64;
/// Longest subject name, bytes of UTF-8.
pub const SUBJECT_BYTES_MAX: usize = 96;
/// Longest family or kind name, bytes.
pub const NAME_BYTES_MAX: usize = 32;
/// Most source documents whose digests one statement cites.
pub const DOCUMENTS_MAX: usize = 32;
/// Most sealed fields of one action.
pub const SEALED_MAX: usize = 32;
/// Longest time between a statement's event and its expiry, milliseconds (7 days).
pub const EXPIRY_AHEAD_MS_MAX: u64 = 7 * 24 * 3_600_000;
/// Most validators in a set: signatures are sent and checked one by one.
pub const VALIDATORS_MAX: usize = 128;
/// Largest header, bytes.
pub const HEADER_BYTES_MAX: usize = 1024;
/// Largest founding document, bytes of JSON or CBOR.
pub const GENESIS_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Most leaves of a log: twice as many node numbers still fit 64 bits with room.
pub const LOG_SIZE_MAX: u64 = 1 << 62;
/// Longest inclusion path: a log of [`LOG_SIZE_MAX`] leaves has no longer one.
pub const PATH_MAX: usize = 62;
/// Largest receipt file, bytes. Nearly all of a large one is changes of the validator set, one
/// kilobyte each in a network of four: this is room for some 16,000 of them. Who has followed more
/// than that, or wants smaller files, keeps a [`Succession`](crate::succession::Succession), and
/// asks for receipts that begin after it.
pub const RECEIPT_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Largest file of a state proof, bytes: one record, and what a receipt has beside its statement.
pub const STATE_PROOF_BYTES_MAX: usize = 20 * 1024 * 1024;
/// Largest state code, bytes: what the largest QR code holds in its alphanumeric mode after the
/// prefix (4290 characters, of which three stand for two bytes).
pub const STATE_CODE_BYTES_MAX: usize = 2_860;
/// Largest token, bytes; a real one has about 270.
pub const TOKEN_BYTES_MAX: usize = 512;
/// How long a token may be good, seconds: a day, so that one that was stolen is of little use.
pub const TOKEN_LIFE_S_MAX: u64 = 24 * 60 * 60;
/// Commit proofs that a [`crate::verify::Verifier`] remembers: receipts of a batch come close
/// together.
pub const PROOFS_HELD_MAX: usize = 32;
