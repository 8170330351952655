#![no_main]
libfuzzer_sys::fuzz_target!(
    init: kouling_fuzz::write_seeds("http", kouling_fuzz::http::seeds),
    |data: &[u8]| kouling_fuzz::http::check(data)
);
