#![no_main]
libfuzzer_sys::fuzz_target!(
    init: kouling_fuzz::write_seeds("flow", kouling_fuzz::properties::flow::seeds),
    |data: &[u8]| kouling_fuzz::properties::flow::check(data)
);
