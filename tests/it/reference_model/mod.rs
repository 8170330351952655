//! A second evaluator, simple and slow, written from the documentation instead of the engine. The test compares
//! both on random policies, passwords and users. `KOULING_REFERENCE_CASES` sets the number of comparisons.
#![allow(clippy::panic, clippy::expect_used)]

mod choices;
mod counting;
mod date;
mod evaluate;
mod folding;
mod personal;
mod pinyin_name;
mod policy;
mod previous_passwords;
mod random_inputs;
mod random_policies;
mod sequence_and_keyboard;
mod words;

use choices::Choices;
use evaluate::{Evaluation, Failed, Input, NOW};
use kouling::candidate::{CannotJudge, CannotJudgeKind, PasswordVerifier, Previous};
use kouling::policy::Memory;
use kouling::policy::document::Start;
use kouling::{Facts, Loader, Moment, Policy, User};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// Inputs per policy.
const INPUTS: usize = 4;
/// Passwords per input.
const PASSWORDS: usize = 4;
const DEFAULT_COMPARISONS: usize = 24_000;

/// A fake hash format of the host that contains the plain password.
struct PlainVerifier;

impl PasswordVerifier for PlainVerifier {
    fn verify(&self, password: &[u8], stored: &str) -> Result<Option<bool>, CannotJudge> {
        match stored.split_once(':') {
            Some(("reference", expected)) => Ok(Some(expected.as_bytes() == password)),
            Some(("broken", _)) => Err(CannotJudge::new(CannotJudgeKind::Custom, "the key store is unavailable")),
            _ => Ok(None),
        }
    }
}

fn loader() -> Loader {
    loader_with(&[])
}

fn loader_with(files: &[(&str, &str)]) -> Loader {
    let lists = (0..).zip(words::LISTS);
    let memory = lists.fold(Memory::default(), |memory, (number, list): (usize, _)| {
        memory.with(format!("{number}.txt"), list.as_bytes())
    });
    Loader::new()
        .with_source(files.iter().fold(memory, |memory, (name, text)| memory.with(*name, text.as_bytes())))
}

fn moment(seconds: u64) -> Moment {
    Moment::from_unix(i64::try_from(seconds).expect("a moment"))
}

fn evaluate_with_engine(policy: &Policy, input: &Input) -> Evaluation {
    let user = input.user.iter().fold(User::new(), |user, (name, value)| user.with(*name, *value));
    let previous: Vec<Previous> = input
        .previous
        .iter()
        .map(|stored| Previous {
            hash: match &stored.password {
                Some(password) => format!("reference:{password}"),
                None if stored.is_supported => "broken:".to_owned(),
                None => "unknown format".to_owned(),
            },
            at: stored.at.map(moment),
        })
        .collect();
    let mut facts = Facts::new(&user, moment(NOW)).with_previous(&previous);
    facts.verifier = Some(&PlainVerifier);
    facts.password_set = input.password_set.map(moment);
    facts.current = input.current.as_deref().map(str::as_bytes);
    match policy.evaluate(&input.password, &facts) {
        Err(error) => Err(Failed(error.kind().name())),
        Ok(outcome) => {
            let all = outcome.violations().chain(outcome.warnings()).chain(outcome.shadows());
            Ok(all
                .map(|actual| {
                    let numbers =
                        actual.numbers().iter().map(|(name, number)| (name.to_string(), *number)).collect();
                    let severity = actual.severity().name().to_owned();
                    (actual.rule().name().to_owned(), severity, (actual.code().to_owned(), numbers))
                })
                .collect())
        }
    }
}

/// Sorts by severity: rejections, warnings, shadow violations. Keeps the order within each.
fn by_severity(evaluation: Evaluation) -> Evaluation {
    evaluation.map(|mut all| {
        all.sort_by_key(|(_, severity, _)| {
            ["refuse", "warn", "shadow"].iter().position(|expected| expected == severity)
        });
        all
    })
}

/// Gives rules of `second` the names of rules of `first` of the same kind, so that they are combined.
fn share_names(first: &policy::Policy, second: &mut policy::Policy) {
    for place in 0..second.rules.len() {
        let kind = second.rules[place].kind.name();
        let Some(namesake) = first.rules.iter().find(|rule| rule.kind.name() == kind) else { continue };
        let (old, new) = (second.rules[place].name.clone(), namesake.name.clone());
        let swap = |name: &mut String| match name.as_str() {
            known if known == old => name.clone_from(&new),
            known if known == new => name.clone_from(&old),
            _ => {}
        };
        second.rules.iter_mut().map(|rule| &mut rule.name).for_each(swap);
        second.exemptions.iter_mut().flat_map(|exemption| &mut exemption.rules).for_each(swap);
    }
}

#[test]
fn combined_policy_accepts_what_both_policies_accept() {
    let draws = prop::collection::vec(prop::collection::vec(any::<u8>(), 200), 2 + INPUTS);
    let config = ProptestConfig {
        cases: 1_000,
        rng_seed: RngSeed::Fixed(20_261_129),
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let accepted = std::cell::Cell::new(0);
    proptest!(config, |(draws in draws)| {
        let models = [&draws[0], &draws[1]].map(|bytes| random_policies::policy(&mut Choices::new(bytes)));
        let [first, mut second] = models;
        // No normalization is stricter than another, so the first policy decides.
        second.normalize = first.normalize;
        share_names(&first, &mut second);
        let set = "format = 1\nselect = \"strictest\"\n\
            [[population]]\nname = \"a\"\nwhen = { role = \"a\" }\npolicy = \"./a.toml\"\n\
            [[population]]\nname = \"b\"\npolicy = \"./b.toml\"\n";
        let texts = [first.text(), second.text()];
        let loader = loader_with(&[("a.toml", &texts[0]), ("b.toml", &texts[1])]);
        let set = match loader.load_set(Start::Text("set.toml", set)) {
            Ok(set) => set,
            // The bound of expensive rules holds for a combined policy, too.
            Err(error) if error.to_string().contains("more than 4 rules that verify hashes") => return Ok(()),
            Err(error) => panic!("{error}\n{texts:?}"),
        };
        let selected = set.select(&User::new().with("role", "a")).expect("both populations");
        let [a, b] = set.populations() else { panic!("two populations") };
        for bytes in &draws[2..] {
            let mut choices = Choices::new(bytes);
            let mut input = random_inputs::input(&mut choices);
            for _ in 0..PASSWORDS {
                input.password = random_inputs::password(&mut choices, &input);
                let [combined, a, b] = [selected.policy(), a.policy(), b.policy()].map(|policy| accepts(policy, &input));
                // A rule of one policy can fail where the other policy rejects the password first.
                if let (Some(combined), Some(a), Some(b)) = (combined, a, b) {
                    accepted.set(accepted.get() + usize::from(combined));
                    prop_assert_eq!(combined, a && b, "{}\n{}\n{:?}", &texts[0], &texts[1], &input);
                } else {
                    prop_assert!(combined != Some(true), "{}\n{}\n{:?}", &texts[0], &texts[1], &input);
                }
            }
        }
    });
    let accepted = accepted.get();
    assert!(accepted > 100, "only {accepted} passwords were accepted");
}

/// Returns whether a policy accepts the password; `None` if it cannot be evaluated.
fn accepts(policy: &Policy, input: &Input) -> Option<bool> {
    let found = evaluate_with_engine(policy, input).ok()?;
    Some(!found.iter().any(|(_, severity, _)| *severity == "refuse"))
}

#[test]
fn engine_agrees_with_reference_evaluator() {
    let comparisons: Option<usize> = std::env::var("KOULING_REFERENCE_CASES").ok().and_then(|n| n.parse().ok());
    let cases = comparisons.unwrap_or(DEFAULT_COMPARISONS).div_ceil(INPUTS * PASSWORDS);
    let cases = u32::try_from(cases).expect("a possible number");
    let loader = loader();
    let draws = (
        prop::collection::vec(any::<u8>(), 240),
        prop::collection::vec(prop::collection::vec(any::<u8>(), 200), INPUTS),
    );
    // The default run is deterministic; a run of another length uses a random seed.
    let seed = comparisons.map_or(RngSeed::Fixed(20_261_123), |_| RngSeed::Random);
    let config = ProptestConfig {
        cases,
        rng_seed: seed,
        failure_persistence: None,
        max_shrink_iters: 4_000,
        ..ProptestConfig::default()
    };
    proptest!(config, |((policy, rest) in draws)| {
        let model = random_policies::policy(&mut Choices::new(&policy));
        let text = model.text();
        let engine = match loader.load(Start::Text("policy.toml", &text)) {
            Ok(engine) => engine,
            Err(error) => panic!("the policy does not load: {error}\n{text}"),
        };
        for bytes in rest {
            let mut choices = Choices::new(&bytes);
            let mut input = random_inputs::input(&mut choices);
            for _ in 0..PASSWORDS {
                input.password = random_inputs::password(&mut choices, &input);
                let reference = by_severity(evaluate::evaluate(&model, &input));
                let actual = evaluate_with_engine(&engine, &input);
                prop_assert_eq!(
                    &actual, &reference,
                    "left is the engine\n{}\npassword {:?}\n{:?}",
                    &text, String::from_utf8_lossy(&input.password), &input
                );
            }
        }
    });
}
