//! A policy with a word list of its own.
#![allow(clippy::panic, clippy::expect_used)]

use kouling::candidate::Previous;
use kouling::policy::Memory;
use kouling::policy::document::Start;
use kouling::{Facts, Loader, Moment, Policy, User};

const POLICY: &str = "format = 1\n[rules.words]\nlists = [\"./own.txt\"]\nmatch = [\"whole\", \"contained\"]\n";

fn load(list: &str) -> Policy {
    let source = Memory::default().with("policy.toml", POLICY).with("own.txt", list);
    Loader::new().with_source(source).load(Start::Named("policy.toml")).expect("the policy is right")
}

fn codes(policy: &Policy, password: &str) -> Vec<String> {
    let outcome =
        policy.evaluate(password.as_bytes(), &Facts::new(&User::new(), Moment::from_unix(1_795_392_000)));
    outcome.expect("a judgement").violations().map(|judged| judged.code().to_owned()).collect()
}

#[test]
fn a_list_of_the_authors_is_read_and_counts_in_the_digest() {
    let policy = load("# products\nWidget\nÜberwidget\n");
    assert_eq!(codes(&policy, "wIDGET"), ["words.listed"]);
    assert_eq!(codes(&policy, "my-überwidget-7"), ["words.contained"]);
    assert!(codes(&policy, "gadget").is_empty());
    assert_ne!(policy.digest(), load("# products\nWidget\n").digest(), "the list is part of the policy");
    assert_eq!(policy.digest(), load("# products\nWidget\nÜberwidget\n").digest());
}

#[test]
fn a_list_of_the_authors_is_compared_as_typed_when_asked() {
    let policy = format!("{POLICY}fold = false\n");
    let source = Memory::default().with("policy.toml", policy).with("own.txt", "Widget\nÜberwidget\n");
    let policy = Loader::new().with_source(source).load(Start::Named("policy.toml")).expect("the policy is right");
    assert_eq!(codes(&policy, "Widget"), ["words.listed"]);
    assert_eq!(codes(&policy, "my-Überwidget-7"), ["words.contained"]);
    assert!(codes(&policy, "widget").is_empty() && codes(&policy, "überwidget").is_empty());
}

#[test]
fn a_history_without_end_is_not_compared() {
    let policy = Policy::parse("format = 1\n[rules.history]\ndays = 3660\n").expect("the policy is right");
    let previous = Previous { hash: "{SSHA}NSZEu/ZzEMKdBO5ESNEYml3qKRYBAgMEBQYHCA==".to_owned(), at: None };
    let user = User::new();
    let judge = |hashes: usize| {
        let previous = vec![previous.clone(); hashes];
        let facts = Facts::new(&user, Moment::from_unix(1_795_392_000)).with_previous(&previous);
        policy.evaluate(b"another", &facts).map(|outcome| outcome.accepted()).map_err(|error| error.kind().name())
    };
    assert_eq!(judge(100), Ok(true));
    assert_eq!(judge(101), Err("too_many_facts"));
}
