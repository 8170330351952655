#![no_main]
libfuzzer_sys::fuzz_target!(
    init: kouling_fuzz::write_seeds("population", kouling_fuzz::properties::population::seeds),
    |data: &[u8]| kouling_fuzz::properties::population::check(data)
);
