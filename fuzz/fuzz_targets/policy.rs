#![no_main]
libfuzzer_sys::fuzz_target!(
    init: kouling_fuzz::write_seeds("policy", kouling_fuzz::properties::policy::seeds),
    |data: &[u8]| kouling_fuzz::properties::policy::check(data)
);
