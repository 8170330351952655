#![no_main]
libfuzzer_sys::fuzz_target!(
    init: kouling_fuzz::write_seeds("flow", kouling_fuzz::laws::flow::seeds),
    |data: &[u8]| kouling_fuzz::laws::flow::hold(data)
);
