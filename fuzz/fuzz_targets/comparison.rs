#![no_main]
libfuzzer_sys::fuzz_target!(
    init: kouling_fuzz::write_seeds("comparison", kouling_fuzz::properties::comparison::seeds),
    |data: &[u8]| kouling_fuzz::properties::comparison::check(data)
);
