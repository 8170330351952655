//! Generated passwords: always accepted, with the stated entropy, and found even if random strings would practically never
//! satisfy the policy.
#![allow(clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};

use kouling::analysis::Generator;
use kouling::analysis::generate::{CannotGenerate, NoRandomness, Options, PhraseOptions, WordLanguage};
use kouling::{Facts, Moment, Policy, User};
use kouling_vector_runner::with_folder;
use proptest::prelude::*;

const NOW: Moment = Moment::from_unix(1_795_392_000);

/// A deterministic source of randomness: SplitMix64.
fn random(seed: u64) -> impl FnMut(&mut [u8]) -> Result<(), NoRandomness> {
    let mut state = seed;
    move |bytes| {
        for byte in bytes {
            state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mixed = (state ^ state >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
            *byte = (mixed >> 40) as u8;
        }
        Ok(())
    }
}

fn user() -> User {
    User::new().with("username", "zhangsan").with("name", "张三").with("email", "heron@example.org")
}

fn policy(rules: &str) -> Policy {
    Policy::parse(&format!("format = 1\n{rules}")).expect("a valid policy")
}

/// Generates `count` passwords, checks that the policy accepts each, and returns them with the entropy in bits and whether
/// it is exact.
fn generate(
    policy: &Policy,
    options: &Options,
    count: usize,
    seed: u64,
) -> Result<(Vec<String>, f64, bool), CannotGenerate> {
    let user = user();
    let facts = Facts::new(&user, NOW);
    let mut random = random(seed);
    let mut generator = Generator::new(policy, facts, options, &mut random)?;
    let mut passwords = Vec::new();
    for _ in 0..count {
        let generated = generator.generate(&mut random)?;
        let password = generated.password.expose().to_owned();
        let outcome = policy.evaluate(password.as_bytes(), &facts).expect("an outcome");
        assert!(outcome.accepted(), "{password}: {outcome:?}");
        passwords.push(password);
    }
    Ok((passwords, generator.distribution().entropy_bits(), generator.distribution().exact))
}

/// Policies that random strings would hardly ever satisfy, and some that they often satisfy.
const POLICIES: &[&str] = &[
    "[rules.length]\nmin = 8\nmax = 8\n[rules.characters]\nmin_classes = 4\n[rules.repetition]\nmax_run = 1",
    "[rules.length]\nmin = 10\nmax = 10\n[rules.characters]\nmin_classes = 1\nrequire.digit = 9",
    "[rules.length]\nmin = 8\nmax = 8\n[rules.characters]\nmin_classes = 1\nrequire = { digit = 2, upper = 2, lower = 2, symbol = 2 }",
    "[rules.length]\nmin = 6\nmax = 6\n[rules.characters]\nmin_classes = 1\nallowed = [\"abc\"]\n[rules.repetition]\nmax_run = 1",
    "[rules.length]\nmin = 4\nmax = 12\n[rules.characters]\nmin_classes = 1\nallowed = [\"你好世界和平\"]",
    "[rules.length]\nmin = 8\nmax = 8\n[rules.characters]\nmin_classes = 1\nallowed = [\"digit\"]\n[rules.repetition]\nmax_occurrences = 1",
    "[rules.length]\n[rules.shape]\nkind = \"pattern\"\nrequire = \"^[A-Z]{2}[0-9]{6}$\"",
    "[rules.length]\n[rules.a]\nkind = \"pattern\"\nrequire = \"(?i)acme\"\n[rules.b]\nkind = \"pattern\"\nforbid = \"[0-9]|[a-z]{3}\"",
    "[rules.length]\n[rules.either]\nkind = \"any\"\n[rules.either.rules]\na = { kind = \"pattern\", require = \"^[a-f]{8}$\" }\nb = { kind = \"pattern\", require = \"^[0-9]{12}$\" }",
    "[rules.length]\n[rules.two]\nkind = \"at_least\"\ncount = 2\n[rules.two.rules]\na = { kind = \"pattern\", require = \"^[a-f]{8}$\" }\nb = { kind = \"pattern\", require = \"^[0-9]{12}$\" }\nlength = { max = 9 }",
    "[rules.length]\nmin = 8\nmax = 40\n[rules.long]\nkind = \"not\"\n[rules.long.rules]\nlength = { min = 1, max = 24 }",
    "[rules.length]\nmin = 4\ncount = \"bytes\"\nmax = 6",
    "[rules.length]\nmax = 8\n[rules.points]\nmin_points = 12\ncredits = { lower = 1, upper = 1, digit = 1, symbol = 1 }",
    "[rules.length]\n[rules.points]\nmin_points = 3\nper_character = 0\nmin_for_point = { upper = 2, digit = 3, hex = 2 }\nclasses.hex = \"abc\"",
    "[rules.length]\nmin = 16\nmax = 16\n[rules.characters]\nmin_classes = 1\nmax_class_run = 1",
    "[rules.length]\nmin = 14\nmax = 14\n[rules.characters]\nmin_classes = 1\nmax_per_class = { lower = 11, upper = 1, digit = 1, symbol = 1 }",
    "[rules.length]\nmin = 9\n[rules.characters]\nmin_classes = 1\nmax_per_class = { lower = 2, upper = 2, digit = 2, symbol = 2, other = 2 }",
    "[rules.length]\nmin = 40\n[rules.characters]\nmin_classes = 1\nmax_per_class = { lower = 5, upper = 5, digit = 5, symbol = 5 }",
    "[rules.length]\nmin = 6\n[rules.characters]\nmin_classes = 1\nmax_per_class = { lower = 1, upper = 1, digit = 1, symbol = 1 }\nignore_at_end = \"digit\"",
    "[rules.length]\nmin = 12\nmax = 16\nmin_words = 6",
    "[rules.length]\nmin = 16\nmax = 20\nmax_words = 1",
    "[rules.length]\nmin = 10\nmax = 12\nmin_words = 3\nmax_words = 3\n[rules.characters]\nmin_classes = 1\nallowed = [\"lower\", \" \", \"-\"]\nnot_at_start = [\" \", \"-\"]\nnot_at_end = [\" \", \"-\"]",
    "[rules.length]\nmin = 6\nmax = 10\n[rules.characters]\nmin_classes = 1\nmin_length_by_classes = { 1 = 30, 3 = 12, 4 = 10 }\nignore_at_start = \"upper\"\nignore_at_end = \"digit\"",
    "[rules.length]\nmin = 8\nmax = 8\n[rules.characters]\nmin_classes = 1\nallowed = [\"digit\", \"xyz\"]\nnot_at_start = \"digit\"\nnot_only = \"xyz\"\nmax_class_run = 4",
    "[rules.length]\n[rules.repetition]\nmax_run = 1\nmax_long_runs = 2\n[rules.sequence]\nmax_duplicate = 2\nwrap = false",
    "[rules.length]\nmin = 5\n[rules.points]\nmin_points = 18\nlists = [\"common\", \"chinese\"]",
    "[rules.length]\nmin = 8\nmax = 10\n[rules.characters]\nmin_classes = 1\nrequire = { own = 6 }\nclasses = { own = \"!?*\" }",
    "[rules.length]\nmin = 8\n[rules.impossible]\nkind = \"pattern\"\nrequire = \"^$\"\n[[exempt]]\nwhen = { length = { min = 20 } }\nrules = [\"impossible\"]",
    "[rules.length]\nmin = 5\nmax = 5\n[rules.characters]\nmin_classes = 1\nrequire.other = 3",
    "[rules.length]\nmin = 100\nmax = 120\n[rules.strength]\nmin_guesses = 30",
    "[password]\nhash_limit_bytes = 10\n[rules.length]\nmin = 10",
];

#[test]
fn generated_password_is_accepted() {
    for preset in ["standard", "minimal", "idaas-classic"] {
        let policy = Policy::preset(preset).expect("a preset");
        let (passwords, bits, _) = generate(&policy, &Options::default(), 5, 1).expect("passwords");
        assert!(bits > 79.0, "{preset}: {bits}");
        assert_eq!(passwords.iter().collect::<BTreeSet<_>>().len(), 5);
        let phrase = Options { phrase: Some(PhraseOptions::default()), ..Options::default() };
        let (_, bits, _) = generate(&policy, &phrase, 5, 2).expect("passphrases");
        assert!(bits > 25.0, "{preset}: {bits}");
    }
    for rules in POLICIES {
        let (_, bits, _) = generate(&policy(rules), &Options::default(), 10, 3)
            .unwrap_or_else(|error| panic!("{rules}: {error}"));
        assert!(bits > 5.0, "{rules}: {bits}");
    }
}

/// Policies with rules that have no shape and refuse drawn strings, and the minimum share that must be accepted.
const REFUSING: &[(&str, f64)] = &[
    (
        "[rules.length]\n[rules.keyboard]\nlayouts = [\"qwerty\", \"numpad\", \"azerty\", \"qwertz\", \"dvorak\", \"zhuyin\"]",
        0.5,
    ),
    ("[rules.length]\n[rules.keyboard]\nmax_length = 2\nlayouts = [\"qwerty\", \"dvorak\", \"zhuyin\"]", 0.2),
    ("[rules.length]\n[rules.sequence]\nmax_length = 2", 0.2),
    ("[rules.length]\nmin = 8\nmax = 8\n[rules.variety]\nmin_distinct = 8", 0.2),
    ("[rules.length]\nmin = 16\nmax = 16\n[rules.variety]\nmin_distinct = 16", 0.05),
    (
        "[rules.length]\nmin = 10\nmax = 10\n[rules.characters]\nmin_classes = 1\nallowed = [\"digit\"]\n[rules.variety]\nmin_distinct = 10",
        0.5,
    ),
    (
        "[rules.length]\nmin = 8\nmax = 8\n[rules.characters]\nmin_classes = 1\nallowed = [\"digit\"]\n[rules.date]\nmax_share = 0",
        0.2,
    ),
    ("[rules.length]\n[rules.date]\n[rules.breached]\nfilter = \"../files/leaked.filter\"", 0.5),
    (
        "[rules.length]\nmin = 6\nmax = 6\n[rules.characters]\nmin_classes = 1\nallowed = [\"digit\"]\n[rules.sequence]\nmax_length = 2\n[rules.keyboard]\nmax_length = 3\n[rules.date]\n[rules.variety]\nmin_distinct = 6",
        0.001,
    ),
];

#[test]
fn rules_without_shape_accept_enough_draws() {
    for (rules, least) in REFUSING {
        let policy = policy(&with_folder(rules));
        let user = user();
        let mut random = random(9);
        let mut generator = Generator::new(&policy, Facts::new(&user, NOW), &Options::default(), &mut random)
            .unwrap_or_else(|error| panic!("{rules}: {error}"));
        let share = generator.distribution().acceptance;
        assert!(share >= *least, "{rules}: {share}");
        let generated = generator.generate(&mut random).expect("a password");
        let outcome = policy.evaluate(generated.password.expose().as_bytes(), &Facts::new(&user, NOW));
        assert!(outcome.expect("an outcome").accepted(), "{rules}");
    }
}

#[test]
fn counted_class_without_requirement_needs_a_character() {
    let rules = |length: u64| {
        format!(
            "[rules.length]\nmin = 4\nmax = {length}\n[rules.characters]\nmin_classes = 3\nrequire = {{ digit = 2, upper = 2 }}"
        )
    };
    let Err(CannotGenerate::Unsatisfiable { rules: named, .. }) =
        generate(&policy(&rules(4)), &Options::default(), 1, 3)
    else {
        panic!("expected an unsatisfiable policy")
    };
    assert_eq!(named, ["characters", "length"]);
    assert!(generate(&policy(&rules(5)), &Options::default(), 3, 3).is_ok());
    let short = Options { length: Some(4), ..Options::default() };
    assert!(matches!(generate(&policy(&rules(5)), &short, 1, 3), Err(CannotGenerate::Unsatisfiable { .. })));
    // A character of the custom class may be a digit as well, so a failed search proves nothing.
    let own = format!("{}\nclasses = {{ odd = \"13579\" }}", rules(4));
    let found = generate(&policy(&own), &Options::default(), 3, 3);
    assert!(!matches!(found, Err(CannotGenerate::Unsatisfiable { .. })), "{found:?}");
}

#[test]
fn small_space_is_exact_and_uniform() {
    // 27 strings without the three of a single character: each of the 24 is equally likely.
    let policy = policy(
        "[rules.length]\nmin = 3\nmax = 3\n[rules.characters]\nmin_classes = 1\nallowed = [\"abc\"]\n[rules.repetition]\nmax_run = 2",
    );
    let draws = 24_000;
    let (passwords, bits, exact) = generate(&policy, &Options::default(), draws, 20_261_123).expect("passwords");
    assert!(exact);
    assert_eq!(bits, 24f64.log2());
    let mut counts: BTreeMap<&str, f64> = BTreeMap::new();
    for password in &passwords {
        *counts.entry(password).or_default() += 1.0;
    }
    assert_eq!(counts.len(), 24);
    let expected = draws as f64 / 24.0;
    let chi_square: f64 = counts.values().map(|count| (count - expected).powi(2) / expected).sum();
    // 23 degrees of freedom: exceeds 49.7 with a probability of 0.001.
    assert!(chi_square < 49.7, "{chi_square}");
}

#[test]
fn refused_share_reduces_entropy() {
    // 1,000 strings of three digits, without the 100 that a rule without a shape refuses.
    let policy = policy(
        "[rules.length]\nmin = 3\nmax = 3\n[rules.characters]\nmin_classes = 1\nallowed = [\"digit\"]\n[rules.none]\nkind = \"not\"\n[rules.none.rules.pattern]\nrequire = \"^7\"",
    );
    let (_, bits, exact) = generate(&policy, &Options::default(), 1, 4).expect("a password");
    assert!(exact);
    assert!((bits - 900f64.log2()).abs() < 1e-9, "{bits}");
}

#[test]
fn options_are_met() {
    let standard = Policy::preset("standard").expect("a preset");
    let options = Options { length: Some(20), readable: true, ..Options::default() };
    let (passwords, ..) = generate(&standard, &options, 20, 5).expect("passwords");
    assert!(
        passwords.iter().all(|password| password.len() == 20 && !password.contains(['0', 'O', 'l', '1', 'I']))
    );
    let options = Options { bits: Some(128.0), ..Options::default() };
    let (_, bits, _) = generate(&standard, &options, 1, 6).expect("a password");
    assert!((128.0..140.0).contains(&bits), "{bits}");
    let phrase = PhraseOptions { words: Some(4), separator: Some("+".to_owned()), language: WordLanguage::Pinyin };
    let (phrases, bits, _) =
        generate(&standard, &Options { phrase: Some(phrase), ..Options::default() }, 5, 7).expect("phrases");
    assert!(phrases.iter().all(|phrase| phrase.split('+').count() == 4), "{phrases:?}");
    assert!(bits > 4.0 * 17.0, "{bits}");
}

#[test]
fn unsatisfiable_policy_differs_from_not_found() {
    let none = |rules: &str, options: &Options| generate(&policy(rules), options, 1, 8).expect_err("an error");
    let clash =
        none("[rules.length]\nmin = 12\n[rules.short]\nkind = \"length\"\nmin = 1\nmax = 8", &Options::default());
    let CannotGenerate::Unsatisfiable { rules, .. } = clash else { panic!("{clash}") };
    assert_eq!(rules, ["length", "short"]);
    let clash = none("[rules.length]\nmax = 8\n[rules.characters]\nrequire.digit = 9", &Options::default());
    let CannotGenerate::Unsatisfiable { rules, .. } = clash else { panic!("{clash}") };
    assert_eq!(
        rules,
        ["length", "characters"].into_iter().collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>()
    );
    let missed = none("[rules.length]\nmin = 4\nmax = 6\n[rules.strength]\nmin_guesses = 30", &Options::default());
    assert!(matches!(missed, CannotGenerate::NotFound { .. }), "{missed}");
    let few = none("[rules.length]\nmin = 4\nmax = 6", &Options { bits: Some(90.0), ..Options::default() });
    assert!(matches!(few, CannotGenerate::TooFewBits { reached } if (30.0..40.0).contains(&reached)), "{few}");
}

#[test]
fn failing_randomness_is_an_error() {
    let standard = Policy::preset("standard").expect("a preset");
    let user = User::new();
    let facts = Facts::new(&user, NOW);
    let failing = &mut |_: &mut [u8]| Err(NoRandomness);
    assert!(matches!(
        Generator::new(&standard, facts, &Options::default(), failing).err(),
        Some(CannotGenerate::NoRandomness)
    ));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn satisfiable_shape_is_found(
        min in 1u64..12, room in 0u64..6, classes in 1u64..=4, run in 1u64..4,
        digits in 0u64..3, uppers in 0u64..3, seed in any::<u64>(),
    ) {
        // Each further class needs a character.
        let named = u64::from(digits > 0) + u64::from(uppers > 0);
        prop_assume!(digits + uppers + classes.saturating_sub(named) <= min);
        let policy = policy(&format!(
            "[rules.length]\nmin = {min}\nmax = {}\n[rules.characters]\nmin_classes = {classes}\nrequire = {{ digit = {digits}, upper = {uppers} }}\n[rules.repetition]\nmax_run = {run}",
            min + room
        ));
        prop_assert!(generate(&policy, &Options::default(), 3, seed).is_ok());
    }
}
