//! Texts that count as the same get the same verdict from every rule that compares.

use proptest::prelude::*;

use crate::fuzz_regressions::properties::comparison::{INVISIBLE, PIECES, check_disguised, check_invisible};

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn texts_with_equal_keys_get_the_same_verdict(
        pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 1..4),
        how in prop::collection::vec(0u8..12, 48),
    ) {
        check_disguised(&pieces.concat(), &how);
    }

    #[test]
    fn invisible_characters_never_turn_a_refusal_into_acceptance(
        pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 1..4),
        invisible in prop::sample::select(&INVISIBLE[..]),
        at in any::<usize>(),
    ) {
        check_invisible(&pieces.concat(), invisible, at);
    }
}
