//! Contradictions, checked by evaluating every password over tiny alphabets.

use kouling::analysis::lint::{Level, lint};
use kouling::{Facts, User};
use proptest::prelude::*;

use super::{NOW, load};

/// Returns whether a password of up to four characters of `alphabet` is accepted.
fn accepts(policy: &kouling::Policy, alphabet: &str) -> bool {
    let user = User::new();
    let facts = Facts::new(&user, NOW);
    let mut texts = vec![String::new()];
    for _ in 0..=4 {
        for text in &texts {
            if policy.evaluate(text.as_bytes(), &facts).expect("a judgement").accepted() {
                return true;
            }
        }
        texts = texts.iter().flat_map(|text| alphabet.chars().map(move |c| format!("{text}{c}"))).collect();
    }
    false
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn contradiction_is_reported_exactly_if_nothing_is_accepted(
        alphabet in prop::sample::select(vec!["a", "ab", "a1", "aB1", "A!", "a鹭1", "abc"]),
        min in 1u64..=4, more in 0u64..=3,
        second in prop::option::of((1u64..=4, 0u64..=2)),
        classes in 1u64..=3, digits in 0u64..=2, upper in 0u64..=1,
        run in 1u64..=3, occurrences in prop::option::of(1u64..=2), blocks in prop::option::of(1u64..=2),
        distinct in prop::option::of(1u64..=4),
    ) {
        let max = (min + more).min(4);
        let mut text = format!(
            "[rules]\nlength = {{ min = {min}, max = {max} }}\ncharacters = {{ min_classes = {classes}, \
             allowed = [\"{alphabet}\"], require = {{ digit = {digits}, upper = {upper} }} }}\n\
             repetition = {{ max_run = {run}"
        );
        if let Some(most) = occurrences {
            text.push_str(&format!(", max_occurrences = {most}"));
        }
        if let Some(most) = blocks {
            text.push_str(&format!(", max_block_repeats = {most}"));
        }
        text.push_str(" }\n");
        if let Some(least) = distinct {
            text.push_str(&format!("variety = {{ min_distinct = {least} }}\n"));
        }
        if let Some((least, more)) = second {
            text.push_str(&format!("b = {{ kind = \"length\", min = {least}, max = {} }}\n", least + more));
        }
        let (policy, document) = load(&text);
        let findings = lint(&policy, &document, None, NOW);
        let errors: Vec<&str> =
            findings.iter().filter(|f| f.level == Level::Error).map(|f| f.diagnostic.id).collect();
        prop_assert_eq!(errors.is_empty(), accepts(&policy, alphabet), "{}\n{:?}", text, errors);
    }
}
