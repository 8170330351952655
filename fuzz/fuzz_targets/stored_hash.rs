#![no_main]
libfuzzer_sys::fuzz_target!(
    init: kouling_fuzz::write_seeds("stored_hash", kouling_fuzz::properties::stored_hash::seeds),
    |data: &[u8]| kouling_fuzz::properties::stored_hash::check(data)
);
