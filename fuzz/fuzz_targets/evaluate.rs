#![no_main]
libfuzzer_sys::fuzz_target!(
    init: kouling_fuzz::write_seeds("evaluate", kouling_fuzz::properties::evaluate::seeds),
    |data: &[u8]| kouling_fuzz::properties::evaluate::check(data)
);
