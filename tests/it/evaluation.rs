//! Runs every evaluation vector through the Rust API.
#![allow(clippy::panic, clippy::expect_used)]

use std::collections::BTreeMap;

use kouling::candidate::Previous;
use kouling::evaluation::RuleViolation;
use kouling::language::LANGUAGES;
use kouling::{Contract, Facts, Language, Moment, Policy, User};
use kouling_vector_runner::evaluation::{Case, NOW, Observed, Violation, run};

fn policy(case: &Case) -> Policy {
    let loaded = match &case.preset {
        Some(preset) => Policy::preset(preset),
        None => Policy::parse(&case.policy),
    };
    loaded.unwrap_or_else(|error| panic!("{}\n{error}", case.name))
}

fn evaluate(case: &Case, contract: &Contract) -> Observed {
    let policy = policy(case);
    let user = case.user.iter().fold(User::new(), |user, (name, value)| user.with(name, value));
    let previous: Vec<Previous> = case
        .previous
        .iter()
        .map(|previous| {
            let (hash, at) = previous.parts();
            Previous { hash: hash.to_owned(), at: at.map(Moment::from_unix) }
        })
        .collect();
    let facts = Facts::new(&user, Moment::from_unix(case.now.unwrap_or(NOW))).with_previous(&previous);
    let facts = case.current.as_ref().map_or(facts, |current| facts.with_current(current.as_bytes()));
    let set = case.password_set.map(Moment::from_unix);
    let facts = set.map_or(facts, |at| facts.with_password_set(at));
    let outcome = match policy.evaluate(&case.bytes(), &facts) {
        Ok(outcome) => outcome,
        Err(error) => return Observed { error: Some(error.kind().name().to_owned()), ..Observed::default() },
    };
    let explained = policy.explain(&case.bytes(), &facts);
    let explained = explained.unwrap_or_else(|error| panic!("{}: the explanation fails: {error}", case.name));
    let observed = explained.reasonings.iter().flat_map(|reasoning| &reasoning.observations);
    for note in observed {
        let message = Language::ENGLISH.note(note);
        assert!(message != note.code && !message.contains('{'), "{}: {} {message}", case.name, note.code);
    }
    let violation = |reported: &RuleViolation| Violation {
        code: reported.code().to_owned(),
        numbers: reported.numbers().iter().map(|(name, number)| (name.to_string(), *number)).collect(),
        messages: LANGUAGES.iter().map(|l| (l.tag().to_owned(), reported.message(*l))).collect::<BTreeMap<_, _>>(),
        wire: contract.violation_code(reported).to_owned(),
    };
    Observed {
        refused: outcome.violations().map(violation).collect(),
        warned: outcome.warnings().map(|reported| reported.code().to_owned()).collect(),
        notes: outcome.notes().iter().map(|note| note.code.clone().into_owned()).collect(),
        error: None,
    }
}

#[test]
fn evaluation_vectors_match() {
    let contract = Contract::built_in("idaas-ciam").expect("a built-in contract").expect("a valid contract");
    run(|case| Some(evaluate(case, &contract))).finish(0);
}

#[test]
fn outcome_has_the_guesses_of_the_strength_rule() {
    let user = User::new();
    let facts = Facts::new(&user, Moment::from_unix(1_795_392_000));
    let guesses = |rules: &str| {
        let policy = Policy::parse(&format!("format = 1\n{rules}")).expect("a valid policy");
        policy.evaluate_all(b"a-blue-heron-wanders-7", &facts, &mut |_| {}).expect("an outcome").guesses_log10()
    };
    let estimated = kouling::knowledge::strength::estimate("a-blue-heron-wanders-7", &[], 2026).guesses_log10;
    assert_eq!(guesses("[rules.strength]\n"), Some(estimated));
    assert_eq!(guesses("[rules.length]\n"), None);
}
