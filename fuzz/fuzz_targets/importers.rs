#![no_main]
libfuzzer_sys::fuzz_target!(
    init: kouling_fuzz::write_seeds("importers", kouling_fuzz::importers::seeds),
    |data: &[u8]| kouling_fuzz::importers::check(data)
);
