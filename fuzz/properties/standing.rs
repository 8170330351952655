//! Property: any account has a standing under any policy at any time, or the facts that are missing are named. The effects of
//! a sign-in apply to the account that it began with. A limit of failures ends a series of wrong passwords.
//!
//! The first part of an input is the policy, the second one the account as JSON. Each byte of the third one is a sign-in:
//! its two low bits choose the call, the others how much later it is.

use kouling::language::LANGUAGES;
use kouling::standing::{AccountState, Decision, MissingFacts, sign_in_failed, signed_in, standing};
use kouling::{Moment, Policy};

use super::input::{join, parts};

const START: i64 = 1_795_392_000;
/// The largest `max_failures` for which the property counts up to the limit.
const MAX_COUNTED: u64 = 100;

pub fn check(data: &[u8]) {
    let mut all = parts(data).map(String::from_utf8_lossy);
    let (policy, account) = (all.next().unwrap_or_default(), all.next().unwrap_or_default());
    let calls = parts(data).nth(2).unwrap_or_default();
    let (Ok(policy), Ok(account)) = (Policy::parse(&policy), AccountState::parse(&account)) else { return };
    let again = AccountState::from_json(&account.to_json()).expect("an account that was printed");
    assert_eq!(again, account, "an account survives printing");
    walk(&policy, account.clone(), calls);
    check_limit(&policy, account);
}

fn walk(policy: &Policy, mut account: AccountState, calls: &[u8]) {
    let mut now = START;
    for call in calls.iter().take(200) {
        now += match call >> 2 {
            distance @ 0..48 => 1 << (distance / 2),
            distance => -(1_i64 << (distance - 30)),
        };
        let moment = Moment::from_unix(now);
        let before = standing(policy, &account, moment);
        let decided = match call & 3 {
            0 => before.clone().map(|standing| Decision { standing, effects: Vec::new() }),
            1 => sign_in_failed(policy, &account, moment),
            2 => signed_in(policy, &account, Some(true), moment),
            _ => signed_in(policy, &account, None, moment),
        };
        check_missing(&before);
        check_missing(&decided);
        let Ok(Decision { standing, effects }) = decided else { continue };
        assert!(!(standing.permits_session() && standing.refuses_sign_in()), "{standing:?}");
        for language in LANGUAGES {
            assert!(!standing.message(language).is_empty(), "{standing:?} has no message");
        }
        account = account.after_all(&effects).expect("effects apply to the account that they were decided for");
    }
}

fn check_missing<T>(decided: &Result<T, MissingFacts>) {
    if let Err(missing) = decided {
        assert!(!missing.names().is_empty(), "an error names what is missing");
    }
}

/// Wrong passwords at the same time end in a refusal.
fn check_limit(policy: &Policy, mut account: AccountState) {
    let Some(sign_in) = policy.standing().sign_in.filter(|limits| limits.max_failures <= MAX_COUNTED) else {
        return;
    };
    let now = Moment::from_unix(START);
    for _ in 0..=sign_in.max_failures {
        let Ok(decision) = sign_in_failed(policy, &account, now) else { return };
        if decision.standing.refuses_sign_in() {
            return;
        }
        account = account.after_all(&decision.effects).expect("a failure is stored");
    }
    panic!("{} wrong passwords are not refused", sign_in.max_failures + 1);
}

/// Returns the cases of standings, each with a few calls.
pub fn seeds() -> Vec<(String, Vec<u8>)> {
    let mut seeds = Vec::new();
    kouling_vector_runner::standing::run(|case| {
        let account = case.account_json(&"ab".repeat(32)).to_string();
        let calls = vec![1, 1, 2, 5, 161, 3, 80, 250, 1, 2];
        seeds.push((case.name.clone(), join([case.policy.clone().into_bytes(), account.into_bytes(), calls])));
        kouling_vector_runner::standing::Outcome::default()
    });
    seeds
}
