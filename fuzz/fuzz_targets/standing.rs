#![no_main]
libfuzzer_sys::fuzz_target!(
    init: kouling_fuzz::write_seeds("standing", kouling_fuzz::properties::standing::seeds),
    |data: &[u8]| kouling_fuzz::properties::standing::check(data)
);
