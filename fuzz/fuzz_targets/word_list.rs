#![no_main]
libfuzzer_sys::fuzz_target!(
    init: kouling_fuzz::write_seeds("word_list", kouling_fuzz::laws::word_list::seeds),
    |data: &[u8]| kouling_fuzz::laws::word_list::hold(data)
);
