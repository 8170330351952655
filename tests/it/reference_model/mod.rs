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
    let lists = (0..).zip(words::LISTS);
    Loader::new().with_source(lists.fold(Memory::default(), |memory, (number, list): (usize, _)| {
        memory.with(format!("{number}.txt"), list.as_bytes())
    }))
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

#[test]
fn engine_agrees_with_reference_evaluator() {
    let comparisons: Option<usize> = std::env::var("KOULING_REFERENCE_CASES").ok().and_then(|n| n.parse().ok());
    let cases = comparisons.unwrap_or(DEFAULT_COMPARISONS).div_ceil(INPUTS * PASSWORDS);
    let cases = u32::try_from(cases).expect("a possible number");
    let loader = loader();
    let draws = (
        prop::collection::vec(any::<u8>(), 160),
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
