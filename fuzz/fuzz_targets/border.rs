#![no_main]
libfuzzer_sys::fuzz_target!(
    init: kouling_fuzz::write_seeds("border", kouling_fuzz::border::seeds),
    |data: &[u8]| kouling_fuzz::border::hold(data)
);
