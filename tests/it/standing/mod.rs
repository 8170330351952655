//! The standing of accounts: the vectors, and random walks that check the invariants.

mod model;

use std::collections::BTreeMap;

use kouling::evaluation::hexadecimal;
use kouling::language::LANGUAGES;
use kouling::standing::{AccountState, Decision, sign_in_failed, signed_in, standing};
use kouling::{Moment, Policy};
use kouling_vector_runner::standing::{Call, Outcome, run};

#[test]
fn standing_vectors_match() {
    run(|case| {
        let policy = Policy::parse(&case.policy).unwrap_or_else(|error| panic!("{}\n{error}", case.name));
        let account = AccountState::from_json(&case.account_json(&hexadecimal(policy.digest())));
        let account = account.unwrap_or_else(|error| panic!("{}: {error}", case.name));
        let now = Moment::from_unix(case.now);
        let decided = match case.call {
            Call::Standing => {
                standing(&policy, &account, now).map(|standing| Decision { standing, effects: Vec::new() })
            }
            Call::SignInFailed => sign_in_failed(&policy, &account, now),
            Call::SignedIn => signed_in(&policy, &account, case.accepts, now),
        };
        let Decision { standing, effects } = match decided {
            Ok(decision) => decision,
            Err(missing) => {
                let missing = missing.names().iter().map(ToString::to_string).collect();
                return Outcome { missing, ..Outcome::default() };
            }
        };
        let messages = LANGUAGES.iter().map(|language| (language.tag().to_owned(), standing.message(*language)));
        Outcome {
            code: standing.code().to_owned(),
            missing: Vec::new(),
            number: standing.number().map(|(name, number)| (name.to_owned(), number)),
            effects: effects.iter().map(|effect| effect.name().to_owned()).collect(),
            messages: messages.collect::<BTreeMap<_, _>>(),
        }
    })
    .finish(0);
}
