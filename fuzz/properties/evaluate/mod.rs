//! Property: for any policy, password, user and time, evaluation ends within a time limit, is deterministic, and
//! its output contains no part of the password.
//!
//! The first byte of an input selects the format. Even: policy text, password, user attributes, current password,
//! stored hashes and time, as parts. Odd: a [`Generated`] value.

mod generated;
mod leaks;
mod question;

use std::time::Instant;

use arbitrary::{Arbitrary, Unstructured};
use kouling::candidate::Previous;
use kouling::evaluation::Explanation;
use kouling::policy::Memory;
use kouling::policy::document::Start;
use kouling::{CannotJudge, Facts, Loader, Moment, Outcome, Policy, User};
use kouling_vector_runner::evaluation::NOW;

use self::generated::Generated;
use self::question::{EvaluationResult, Question};
use super::input::{join, parts, within_seconds};
use super::stored_hash::{Cost, cost};

pub fn check(data: &[u8]) {
    let question = match data.split_first() {
        Some((choices, rest)) if choices % 2 == 0 => read(rest),
        Some((_, rest)) => Generated::arbitrary(&mut Unstructured::new(rest)).ok().map(Generated::question),
        None => None,
    };
    if let Some(question) = question {
        check_question(&question);
    }
}

fn read(data: &[u8]) -> Option<Question> {
    let mut parts = parts(data);
    let policy = std::str::from_utf8(parts.next()?).ok()?.to_owned();
    let password = parts.next().unwrap_or_default().to_vec();
    let lines = |part: Option<&[u8]>| -> Vec<String> {
        String::from_utf8_lossy(part.unwrap_or_default()).lines().map(str::to_owned).collect()
    };
    let mut user = User::new();
    for line in lines(parts.next()) {
        if let Some((name, value)) = line.split_once('=') {
            user = user.with(name, value);
        }
    }
    let current = parts.next().filter(|current| !current.is_empty()).map(<[u8]>::to_vec);
    let previous = lines(parts.next()).into_iter().take(20).filter_map(|line| {
        let (hash, at) = line.split_once('@').unwrap_or((&line, ""));
        let at = at.parse().ok().map(Moment::from_unix);
        (cost(hash) == Cost::Little || cost(hash) == Cost::Unreadable)
            .then(|| Previous { hash: hash.to_owned(), at })
    });
    let previous = previous.collect();
    let now = lines(parts.next()).first().and_then(|line| line.parse().ok()).unwrap_or(NOW);
    Some(Question { policy, password, user, current, previous, now: Moment::from_unix(now) })
}

fn check_question(question: &Question) {
    let source = Memory::default().with("policy.toml", question.policy.as_bytes());
    let Ok(policy) = Loader::new().with_source(source).load(Start::Named("policy.toml")) else { return };
    let facts = Facts::new(&question.user, question.now).with_previous(&question.previous);
    let facts = question.current.as_ref().map_or(facts, |current| facts.with_current(current));
    let began = Instant::now();
    let judged = policy.evaluate(&question.password, &facts);
    within_seconds(2.0, began, "one evaluation");
    let until = policy.evaluate_until_refused(&question.password, &facts);
    let explained = policy.explain(&question.password, &facts);
    within_seconds(6.0, began, "three evaluations");
    question.check_leaks(&policy, &judged, &explained);
    // The crate `zxcvbn` is not deterministic, and its name shows in the outcome.
    if policy.dictionaries().iter().any(|(name, _)| name.contains("zxcvbn")) {
        return;
    }
    let again = policy.evaluate(&question.password, &facts);
    assert_eq!(format!("{judged:?}"), format!("{again:?}"), "evaluation is deterministic");
    check_agreement(&policy, &judged, &until, &explained);
    if let Ok(prepared) = policy.prepare(&question.password) {
        let twice = policy.prepare(prepared.text().as_bytes());
        assert_eq!(twice.expect("prepared before").text(), prepared.text(), "preparation is idempotent");
    }
}

fn check_agreement(
    policy: &Policy,
    judged: &EvaluationResult,
    until: &EvaluationResult,
    explained: &Result<Explanation, CannotJudge>,
) {
    match (judged, until) {
        (Ok(all), Ok(first)) => {
            assert_eq!(
                all.accepted(),
                first.accepted(),
                "stopping at the first violation does not change acceptance"
            );
            let code = |outcome: &Outcome| outcome.violations().next().map(|judged| judged.code().to_owned());
            assert_eq!(code(all), code(first), "the first violation is the same");
        }
        (Err(_), Ok(first)) => assert!(!first.accepted(), "an error never accepts"),
        // The full evaluation runs more rules and would meet the same error.
        (Ok(_), Err(error)) => panic!("only the short evaluation failed: {error}"),
        (Err(_), Err(_)) => {}
    }
    match (judged, explained) {
        (Ok(outcome), Ok(explained)) => {
            let reported: Vec<_> = outcome.violations().map(|judged| judged.code().to_owned()).collect();
            let codes: Vec<_> = explained.outcome.violations().map(|judged| judged.code().to_owned()).collect();
            assert_eq!(outcome.accepted(), explained.outcome.accepted(), "explaining does not change acceptance");
            assert!(codes.starts_with(&reported), "{reported:?} explained as {codes:?}");
            let found: usize = explained.reasonings.iter().filter(|r| !r.exempt).map(|r| r.found.len()).sum();
            let judged = [
                explained.outcome.violations().count(),
                explained.outcome.warnings().count(),
                explained.outcome.shadows().count(),
            ];
            assert!(
                explained.reasonings.is_empty() || found == judged.iter().sum::<usize>(),
                "every violation belongs to a rule"
            );
            assert_eq!(outcome.policy_digest(), policy.digest(), "the policy digest");
        }
        // An explanation runs every rule, including those after the first violation and exempt ones.
        (Ok(_), Err(_)) => {}
        (Err(judged), Err(explained)) => assert_eq!(judged.kind(), explained.kind(), "the same error"),
        (Err(error), Ok(_)) => panic!("only the explanation succeeded: {error}"),
    }
}

/// Returns the evaluation cases of the vectors, and generated values.
pub fn seeds() -> Vec<(String, Vec<u8>)> {
    let mut seeds = Vec::new();
    for case in kouling_vector_runner::evaluation::cases() {
        let policy = match &case.preset {
            Some(preset) => format!("format = 1\nextends = \"{preset}\"\n"),
            None => case.policy.clone(),
        };
        let user: Vec<String> = case.user.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let previous: Vec<String> = case
            .previous
            .iter()
            .map(|previous| match previous.parts() {
                (hash, Some(at)) => format!("{hash}@{at}"),
                (hash, None) => hash.to_owned(),
            })
            .collect();
        let parts = [
            policy.into_bytes(),
            case.bytes(),
            user.join("\n").into_bytes(),
            case.current.clone().unwrap_or_default().into_bytes(),
            previous.join("\n").into_bytes(),
            case.now.unwrap_or(NOW).to_string().into_bytes(),
        ];
        if parts[1].len() <= 5000 {
            seeds.push((case.name.clone(), [vec![0], join(parts)].concat()));
        }
    }
    // Some odd inputs, so that the fuzzer can mutate that format.
    for n in 1..40_u8 {
        let generated =
            (0..200_u16).map(|at| (at as u8).wrapping_mul(n).wrapping_add(at as u8 >> 3)).collect::<Vec<u8>>();
        seeds.push((format!("generated-{n}"), [vec![1], generated].concat()));
    }
    seeds
}
