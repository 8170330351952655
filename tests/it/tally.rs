//! A tally counts what it says it counts, and its parts merge into the whole.
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
[rules.trial]
kind = "pattern"
forbid = "x"
severity = "shadow"
[rules.hint]
kind = "pattern"
forbid = "y"
severity = "warn"
"#;

fn judge(policy: &Policy, password: &str) -> Outcome {
    let user = User::new();
    let facts = Facts::new(&user, Moment::from_unix(1_795_392_000));
    policy.evaluate_all(password.as_bytes(), &facts, &mut |_| {}).expect("a judgement")
}

fn tally(policy: &Policy, passwords: &[(&str, u64)]) -> Tally {
    let mut tally = Tally::new(policy);
    passwords.iter().for_each(|(password, weight)| tally.add(&judge(policy, password), *weight));
    tally
}

const PASSWORDS: [(&str, u64); 6] = [
    ("abc", 1),       // both
    ("abc1", 2),      // length
    ("abcdefgh", 4),  // characters
    ("abcdefgx1", 8), // accepted, but for the rule on trial
    ("xy", 16),       // both, and found by both that do not refuse
    ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 32),
];

#[test]
fn each_figure_is_what_it_says() {
    let policy = Policy::parse(POLICY).expect("a policy");
    let tally = tally(&policy, &PASSWORDS);
    assert_eq!((tally.total(), tally.accepted(), tally.refused()), (63, 8, 55));
    assert_eq!(tally.refusal_rate(), Some(55.0 / 63.0));
    let names: Vec<&str> = tally.rules().iter().map(|rule| rule.name.as_str()).collect();
    assert_eq!(names, ["input", "length", "characters", "trial", "hint"]);
    let figures = |name: &str| {
        let rule = tally.rules().iter().find(|rule| rule.name == name).expect("a rule");
        (rule.refused, rule.sole_cause, rule.warned, rule.shadowed, rule.in_addition)
    };
    assert_eq!(figures("input"), (32, 32, 0, 0, 0));
    assert_eq!(figures("length"), (19, 2, 0, 0, 0));
    assert_eq!(figures("characters"), (21, 4, 0, 0, 0));
    assert_eq!(figures("trial"), (0, 0, 0, 24, 8));
    assert_eq!(figures("hint"), (0, 0, 16, 0, 0));
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
    assert_eq!(json["by_rule"]["trial"]["codes"]["pattern.forbidden"], 24);
}

#[test]
fn parts_merge_into_the_whole() {
    let policy = Policy::parse(POLICY).expect("a policy");
    for split in 0..=PASSWORDS.len() {
        let (one, other) = PASSWORDS.split_at(split);
        let mut merged = tally(&policy, one);
        merged.merge(&tally(&policy, other));
        // The order in which codes were first met may differ; the figures may not.
        assert_eq!(merged.to_json(), tally(&policy, &PASSWORDS).to_json());
    }
}

#[test]
fn a_comparison_names_the_rules_that_make_the_difference() {
    let policy = Policy::parse("format = 1\n[rules.length]\nmin = 4\n[rules.characters]\nmin_classes = 2")
        .expect("a policy");
    let against = Policy::parse("format = 1\n[rules.length]\nmin = 8").expect("a policy");
    let mut comparison = Comparison::new(&policy, &against);
    for (password, weight) in [("abcdefgh", 1), ("abc1", 2), ("abcdefg1", 4), ("abc", 8)] {
        comparison.add(&judge(&policy, password), &judge(&against, password), weight);
    }
    assert_eq!((comparison.newly_refused, comparison.newly_accepted), (1, 2));
    assert_eq!((comparison.both_accept, comparison.both_refuse), (4, 8));
    assert_eq!(comparison.refused_by().collect::<Vec<_>>(), [("characters", 1)]);
    assert_eq!(comparison.no_longer_by().collect::<Vec<_>>(), [("length", 2)]);
}

#[test]
fn without_a_rule_the_others_judge_and_the_watcher_sees_each_one() {
    let policy = Policy::parse(POLICY).expect("a policy");
    let user = User::new();
    let facts = Facts::new(&user, Moment::from_unix(1_795_392_000));
    let outcome = policy.evaluate_without("length", b"abc1", &facts).expect("a judgement");
    assert!(outcome.accepted());
    let mut seen = Vec::new();
    let outcome = policy.evaluate_all(b"abc", &facts, &mut |place| seen.push(place)).expect("a judgement");
    assert_eq!(outcome.violations().count(), 2);
    assert_eq!(seen, [None, Some(0), Some(1), Some(2), Some(3)]);
    assert_eq!(policy.codes("length").collect::<Vec<_>>(), ["length.too_short", "length.too_long"]);
}
