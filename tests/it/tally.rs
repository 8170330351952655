//! Tallies and comparisons over many outcomes.
#![allow(clippy::panic, clippy::expect_used)]

use kouling::analysis::{Comparison, Tally};
use kouling::{Facts, Moment, Outcome, Policy, User};

const POLICY: &str = r#"
format = 1
[password]
max_bytes = 40
report = "first"
[rules.length]
min = 8
[rules.characters]
min_classes = 2
[rules.shadow]
kind = "pattern"
forbid = "x"
severity = "shadow"
[rules.hint]
kind = "pattern"
forbid = "y"
severity = "warn"
"#;

fn evaluate(policy: &Policy, password: &str) -> Outcome {
    let user = User::new();
    let facts = Facts::new(&user, Moment::from_unix(1_795_392_000));
    policy.evaluate_all(password.as_bytes(), &facts, &mut |_| {}).expect("an outcome")
}

fn tally(policy: &Policy, passwords: &[(&str, u64)]) -> Tally {
    let mut tally = Tally::new(policy);
    passwords.iter().for_each(|(password, weight)| tally.add(&evaluate(policy, password), *weight));
    tally
}

const PASSWORDS: [(&str, u64); 6] = [
    ("abc", 1),       // both
    ("abc1", 2),      // length
    ("abcdefgh", 4),  // characters
    ("abcdefgx1", 8), // accepted; the shadow rule would refuse it
    ("xy", 16),       // both; both non-refusing rules report it
    ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 32),
];

#[test]
fn tally_of_known_passwords_counts_each_number() {
    let policy = Policy::parse(POLICY).expect("a policy");
    let tally = tally(&policy, &PASSWORDS);
    assert_eq!((tally.total(), tally.accepted(), tally.refused()), (63, 8, 55));
    assert_eq!(tally.refusal_rate(), Some(55.0 / 63.0));
    let names: Vec<&str> = tally.rules().iter().map(|rule| rule.name.as_str()).collect();
    assert_eq!(names, ["input", "length", "characters", "shadow", "hint"]);
    let numbers = |name: &str| {
        let rule = tally.rules().iter().find(|rule| rule.name == name).expect("a rule");
        (rule.refused, rule.sole_cause, rule.warned, rule.shadowed, rule.in_addition)
    };
    assert_eq!(numbers("input"), (32, 32, 0, 0, 0));
    assert_eq!(numbers("length"), (19, 2, 0, 0, 0));
    assert_eq!(numbers("characters"), (21, 4, 0, 0, 0));
    assert_eq!(numbers("shadow"), (0, 0, 0, 24, 8));
    assert_eq!(numbers("hint"), (0, 0, 16, 0, 0));
    assert_eq!(tally.overlap(), [("length", "characters", 17)]);
    assert_eq!(tally.refused_by_both("characters", "length"), Some(17));
    assert_eq!(tally.refused_by_both("length", "length"), Some(19));
    let codes: Vec<(&str, u64)> = tally.codes().collect();
    assert_eq!(
        codes,
        [("characters.too_few_classes", 21), ("input.too_many_bytes", 32), ("length.too_short", 19)]
    );
    let json = tally.to_json();
    assert_eq!(json["by_rule"]["length"]["sole_cause"], 2);
    assert_eq!(json["by_rule"]["shadow"]["codes"]["pattern.forbidden"], 24);
}

#[test]
fn tally_merged_from_parts_equals_whole() {
    let policy = Policy::parse(POLICY).expect("a policy");
    for split in 0..=PASSWORDS.len() {
        let (one, other) = PASSWORDS.split_at(split);
        let mut merged = tally(&policy, one);
        merged.merge(&tally(&policy, other));
        // The order of the codes may differ, but not the numbers.
        assert_eq!(merged.to_json(), tally(&policy, &PASSWORDS).to_json());
    }
}

#[test]
fn comparison_names_rules_that_differ() {
    let policy = Policy::parse("format = 1\n[rules.length]\nmin = 4\n[rules.characters]\nmin_classes = 2")
        .expect("a policy");
    let against = Policy::parse("format = 1\n[rules.length]\nmin = 8").expect("a policy");
    let mut comparison = Comparison::new(&policy, &against);
    for (password, weight) in [("abcdefgh", 1), ("abc1", 2), ("abcdefg1", 4), ("abc", 8)] {
        comparison.add(&evaluate(&policy, password), &evaluate(&against, password), weight);
    }
    assert_eq!((comparison.newly_refused, comparison.newly_accepted), (1, 2));
    assert_eq!((comparison.both_accept, comparison.both_refuse), (4, 8));
    assert_eq!(comparison.refused_by().collect::<Vec<_>>(), [("characters", 1)]);
    assert_eq!(comparison.no_longer_by().collect::<Vec<_>>(), [("length", 2)]);
}

#[test]
fn evaluate_without_rule_runs_all_others() {
    let policy = Policy::parse(POLICY).expect("a policy");
    let user = User::new();
    let facts = Facts::new(&user, Moment::from_unix(1_795_392_000));
    let outcome = policy.evaluate_without("length", b"abc1", &facts).expect("an outcome");
    assert!(outcome.accepted());
    let mut seen = Vec::new();
    let outcome = policy.evaluate_all(b"abc", &facts, &mut |place| seen.push(place)).expect("an outcome");
    assert_eq!(outcome.violations().count(), 2);
    assert_eq!(seen, [None, Some(0), Some(1), Some(2), Some(3)]);
    assert_eq!(
        policy.codes("length").collect::<Vec<_>>(),
        ["length.too_short", "length.too_long", "length.too_few_words", "length.too_many_words"]
    );
}
