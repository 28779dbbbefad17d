//! Rule sets and applications out of a stranger's bytes.

#![no_main]

use countersign_contracts::testing::fuzz::review_bytes;

libfuzzer_sys::fuzz_target!(|data: &[u8]| review_bytes(data));
