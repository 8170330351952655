#![no_main]
libfuzzer_sys::fuzz_target!(
    init: kouling_fuzz::write_seeds("c_api", kouling_fuzz::c_api::seeds),
    |data: &[u8]| kouling_fuzz::c_api::hold(data)
);
