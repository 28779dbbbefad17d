//! See `countersign_client_fuzz`.

#![no_main]

use countersign_client_fuzz::run;

libfuzzer_sys::fuzz_target!(|data: &[u8]| run("plan", data));
