#![no_main]
libfuzzer_sys::fuzz_target!(
    init: kouling_fuzz::write_seeds("stored_hash", kouling_fuzz::laws::stored_hash::seeds),
    |data: &[u8]| kouling_fuzz::laws::stored_hash::hold(data)
);
