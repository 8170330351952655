//! A second evaluator, plain and slow, written from the documents and not from the engine; and the proof that the two
//! agree on random policies, passwords and users. `KOULING_PLAIN_TRIPLES` says on how many.
#![allow(clippy::panic, clippy::expect_used)]

mod counting;
mod date;
mod dice;
mod folding;
mod judge;
mod model;
mod order;
mod past;
mod person;
mod pinyin;
mod policies;
mod situations;
mod words;

use dice::Dice;
use judge::{Failed, Judgement, NOW, Situation};
use kouling::candidate::{CannotJudge, CannotJudgeKind, PasswordVerifier, Previous};
use kouling::policy::Memory;
use kouling::policy::document::Start;
use kouling::{Facts, Loader, Moment, Policy, User};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// Situations that each policy is tried with.
const SITUATIONS: usize = 4;
/// Passwords in each situation.
const PASSWORDS: usize = 4;
const ORDINARY: usize = 24_000;

/// The host's own form of a hash, which is none.
struct Plain;

impl PasswordVerifier for Plain {
    fn verify(&self, password: &[u8], stored: &str) -> Result<Option<bool>, CannotJudge> {
        match stored.split_once(':') {
            Some(("plain", known)) => Ok(Some(known.as_bytes() == password)),
            Some(("broken", _)) => Err(CannotJudge::new(CannotJudgeKind::Custom, "the vault is closed")),
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

fn by_the_engine(policy: &Policy, situation: &Situation) -> Judgement {
    let user = situation.user.iter().fold(User::new(), |user, (name, value)| user.with(*name, *value));
    let previous: Vec<Previous> = situation
        .previous
        .iter()
        .map(|stored| Previous {
            hash: match &stored.password {
                Some(password) => format!("plain:{password}"),
                None if stored.is_known => "broken:".to_owned(),
                None => "no known form".to_owned(),
            },
            at: stored.at.map(moment),
        })
        .collect();
    let mut facts = Facts::new(&user, moment(NOW)).with_previous(&previous);
    facts.verifier = Some(&Plain);
    facts.current = situation.current.as_deref().map(str::as_bytes);
    match policy.evaluate(&situation.password, &facts) {
        Err(error) => Err(Failed(error.kind().name())),
        Ok(outcome) => {
            let all = outcome.violations().chain(outcome.warnings()).chain(outcome.shadows());
            Ok(all
                .map(|judged| {
                    let numbers =
                        judged.numbers().iter().map(|(name, number)| (name.to_string(), *number)).collect();
                    let severity = judged.severity().name().to_owned();
                    (judged.rule().name().to_owned(), severity, (judged.code().to_owned(), numbers))
                })
                .collect())
        }
    }
}

/// What is refused first, then what is warned of, then what is on trial: each in order.
fn by_severity(judgement: Judgement) -> Judgement {
    judgement.map(|mut all| {
        all.sort_by_key(|(_, severity, _)| {
            ["refuse", "warn", "shadow"].iter().position(|known| known == severity)
        });
        all
    })
}

#[test]
fn the_engine_and_the_plain_evaluator_agree() {
    let triples: Option<usize> = std::env::var("KOULING_PLAIN_TRIPLES").ok().and_then(|n| n.parse().ok());
    let cases = triples.unwrap_or(ORDINARY).div_ceil(SITUATIONS * PASSWORDS);
    let cases = u32::try_from(cases).expect("a possible number");
    let loader = loader();
    let draws = (
        prop::collection::vec(any::<u8>(), 160),
        prop::collection::vec(prop::collection::vec(any::<u8>(), 200), SITUATIONS),
    );
    // The ordinary run is the same every time; a run of another length draws anew.
    let seed = triples.map_or(RngSeed::Fixed(20_261_123), |_| RngSeed::Random);
    let config = ProptestConfig {
        cases,
        rng_seed: seed,
        failure_persistence: None,
        max_shrink_iters: 4_000,
        ..ProptestConfig::default()
    };
    proptest!(config, |((policy, rest) in draws)| {
        let model = policies::policy(&mut Dice::new(&policy));
        let text = model.text();
        let engine = match loader.load(Start::Text("policy.toml", &text)) {
            Ok(engine) => engine,
            Err(error) => panic!("the policy does not load: {error}\n{text}"),
        };
        for bytes in rest {
            let mut dice = Dice::new(&bytes);
            let mut situation = situations::situation(&mut dice);
            for _ in 0..PASSWORDS {
                situation.password = situations::password(&mut dice, &situation);
                let plain = by_severity(judge::judge(&model, &situation));
                let judged = by_the_engine(&engine, &situation);
                prop_assert_eq!(
                    &judged, &plain,
                    "left is the engine\n{}\npassword {:?}\n{:?}",
                    &text, String::from_utf8_lossy(&situation.password), &situation
                );
            }
        }
    });
}
