#![no_main]
libfuzzer_sys::fuzz_target!(
    init: kouling_fuzz::write_seeds("evaluate", kouling_fuzz::laws::evaluate::seeds),
    |data: &[u8]| kouling_fuzz::laws::evaluate::hold(data)
);
