#![no_main]
libfuzzer_sys::fuzz_target!(
    init: kouling_fuzz::write_seeds("wire", kouling_fuzz::wire::seeds),
    |data: &[u8]| kouling_fuzz::wire::hold(data)
);
