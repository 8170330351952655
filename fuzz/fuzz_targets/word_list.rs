#![no_main]
libfuzzer_sys::fuzz_target!(
    init: kouling_fuzz::write_seeds("word_list", kouling_fuzz::properties::word_list::seeds),
    |data: &[u8]| kouling_fuzz::properties::word_list::check(data)
);
