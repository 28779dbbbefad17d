//! What a key file may ask for before it is opened: the cost of a passphrase stands in the file, and
//! whoever spoilt the file would choose it.

/// Most memory that scrypt may take, bytes: what OpenSSL allows.
pub const SCRYPT_BYTES_MAX: u64 = 32 * 1024 * 1024;
/// How often scrypt may take it, one after the other.
pub const SCRYPT_PASSES_MAX: u16 = 4;
/// Most rounds of PBKDF2; some seconds on a slow machine.
pub const PBKDF2_ROUNDS_MAX: u32 = 2_000_000;
