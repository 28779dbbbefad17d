//! See `countersign_node::fuzz`.

#![no_main]

use countersign_node::fuzz::run;

libfuzzer_sys::fuzz_target!(|data: &[u8]| run("batch", data));
