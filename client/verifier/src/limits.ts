/** Every bound on what is signed and hashed, each with its name. Sizes are in bytes. */

export const STATEMENT_BYTES_MAX = 64 * 1024;
export const ACTIONS_MAX = 128;
export const REFERENCE_BYTES_MAX = 64;
export const SUBJECT_BYTES_MAX = 96;
export const NAME_BYTES_MAX = 32;
export const DOCUMENTS_MAX = 32;
export const SEALED_MAX = 32;
export const VALIDATORS_MAX = 128;
export const GENESIS_BYTES_MAX = 4 * 1024 * 1024;
/** Leaves of a log. */
export const LOG_SIZE_MAX = 1n << 62n;
/** Longest inclusion path: a log of LOG_SIZE_MAX leaves has no longer one. */
export const PATH_MAX = 62;
/** Longest path in the state tree: one sibling for each bit of a key. */
export const DEPTH_MAX = 256;
export const RECEIPT_BYTES_MAX = 16 * 1024 * 1024;
export const STATE_PROOF_BYTES_MAX = 20 * 1024 * 1024;
export const LINE_STATEMENT_BYTES_MAX = 64 * 1024 * 1024;
/** What the largest QR code holds in its alphanumeric mode after the prefix. */
export const STATE_CODE_BYTES_MAX = 2_860;

export const U32_MAX = 0xffff_ffffn;
export const U64_MAX = 0xffff_ffff_ffff_ffffn;
export const I64_MAX = 0x7fff_ffff_ffff_ffffn;
