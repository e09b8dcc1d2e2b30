//! libFuzzer's way in: `scripts/fuzz` runs it, `tests/unit/corpus.rs` replays what it has found.
#![no_main]

mod oracle;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| oracle::holds(bytes));
