//! The standing of accounts: the vectors, and random walks that check the invariants.

mod model;

use std::collections::BTreeMap;

use kouling::language::LANGUAGES;
use kouling::standing::{AccountState, Decision, Failures, Temporary, sign_in_failed, signed_in, standing};
use kouling::{Moment, Policy};
use kouling_vector_runner::standing::{Account, Ago, Call, Outcome, run};

fn state(policy: &Policy, account: &Account, now: i64) -> AccountState {
    let at = |ago: Option<Ago>| ago.map(|ago| Moment::from_unix(ago.unix(now)));
    let failures = |failures: &Option<kouling_vector_runner::standing::Failures>| {
        failures.as_ref().map_or_else(Failures::default, |failures| Failures {
            count: failures.count,
            newest: at(failures.newest),
        })
    };
    AccountState {
        password_set: at(account.password_set),
        last_use: at(account.last_use),
        network_failures: failures(&account.network_failures),
        account_failures: failures(&account.account_failures),
        is_known_network: account.known_network,
        locked_until: at(account.locked_until),
        is_disabled: account.disabled,
        must_change: account.must_change,
        temporary: account
            .temporary
            .as_ref()
            .map(|temporary| Temporary { until: at(temporary.until), is_used: temporary.used }),
        is_breached: account.breached,
        accepted_under: account.accepted.map(|accepted| if accepted { *policy.digest() } else { [0; 32] }),
        grace_used: account.grace_used,
    }
}

#[test]
fn standing_vectors_match() {
    run(|case| {
        let policy = Policy::parse(&case.policy).unwrap_or_else(|error| panic!("{}\n{error}", case.name));
        let (account, now) = (state(&policy, &case.account, case.now), Moment::from_unix(case.now));
        let Decision { standing, effects } = match case.call {
            Call::Standing => Decision { standing: standing(&policy, &account, now), effects: Vec::new() },
            Call::SignInFailed => sign_in_failed(&policy, &account, now),
            Call::SignedIn => signed_in(&policy, &account, case.accepts, now),
        };
        let messages = LANGUAGES.iter().map(|language| (language.tag().to_owned(), standing.message(*language)));
        Outcome {
            code: standing.code().to_owned(),
            number: standing.number().map(|(name, number)| (name.to_owned(), number.cast_signed())),
            effects: effects.iter().map(|effect| effect.name().to_owned()).collect(),
            messages: messages.collect::<BTreeMap<_, _>>(),
        }
    })
    .finish(0);
}
