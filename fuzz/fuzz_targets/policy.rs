#![no_main]
libfuzzer_sys::fuzz_target!(
    init: kouling_fuzz::write_seeds("policy", kouling_fuzz::laws::policy::seeds),
    |data: &[u8]| kouling_fuzz::laws::policy::hold(data)
);
