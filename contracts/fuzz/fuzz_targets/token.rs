//! See `countersign_contracts::testing::fuzz`.

#![no_main]

use countersign_contracts::testing::fuzz::run;

libfuzzer_sys::fuzz_target!(|data: &[u8]| run("token", data));
