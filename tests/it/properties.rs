//! Properties of every password, checked with random ones.

#![allow(clippy::expect_used)]

use std::sync::LazyLock;

use kouling::language::LANGUAGES;
use kouling::{Contract, Facts, Moment, Outcome, Policy, Previous, User};
use proptest::prelude::*;

const NOW: Moment = Moment::from_unix(1_795_392_000);

static STANDARD: LazyLock<Policy> = LazyLock::new(|| Policy::preset("standard").expect("a preset"));
static MINIMAL: LazyLock<Policy> = LazyLock::new(|| Policy::preset("minimal").expect("a preset"));
/// Only rules that more characters cannot break.
static OPEN_ENDED: LazyLock<Policy> = LazyLock::new(|| {
    let text = "format = 1\n[rules.length]\nmin = 8\nmax = 4096\n[rules.characters]\nmin_classes = 2";
    Policy::parse(text).expect("a valid policy")
});

fn user() -> User {
    User::new().with("username", "zhangsan").with("name", "张三").with("email", "heron@example.org")
}

fn evaluate(policy: &Policy, password: &str) -> Outcome {
    policy.evaluate(password.as_bytes(), &Facts::new(&user(), NOW)).expect("an outcome")
}

/// Passwords of letters that occur in no message, so that an outcome that contains them discloses the password.
fn strange() -> impl Strategy<Value = String> {
    "[ξψϟϡѮѰҨӁ٣٤]{3,40}"
}

fn any_password() -> impl Strategy<Value = String> {
    prop_oneof!["[ -~]{0,40}", "\\PC{0,40}", "[a-z]{2,8}[0-9]{1,6}[!@#]?", "(zhangsan|heron|password)[ -~]{0,10}"]
}

#[test]
fn explain_error_of_exempt_rule_is_ignored() {
    let text = "format = 1\n[rules.history]\n[[exempt]]\nwhen = { length = { min = 8 } }\nrules = [\"history\"]";
    let policy = Policy::parse(text).expect("a valid policy");
    let (user, previous) = (user(), [Previous { hash: "$unknown$1$2".to_owned(), at: None }]);
    let facts = Facts::new(&user, NOW).with_previous(&previous);
    assert!(policy.evaluate(b"a long one", &facts).expect("an outcome").accepted());
    assert!(policy.explain(b"a long one", &facts).expect("an explanation").outcome.accepted());
    assert!(policy.evaluate(b"short", &facts).is_err() && policy.explain(b"short", &facts).is_err());
}

proptest! {
    #[test]
    fn evaluate_twice_gives_same_outcome(password in any_password()) {
        let (first, second) = (evaluate(&STANDARD, &password), evaluate(&STANDARD, &password));
        prop_assert_eq!(format!("{first:?}"), format!("{second:?}"));
    }

    #[test]
    fn accepted_by_stricter_policy_is_accepted_by_minimal(password in any_password()) {
        if evaluate(&STANDARD, &password).accepted() {
            prop_assert!(evaluate(&MINIMAL, &password).accepted());
        }
    }

    #[test]
    fn evaluate_until_refused_accepts_same_passwords(password in any_password()) {
        let all = evaluate(&STANDARD, &password);
        let first = STANDARD.evaluate_until_refused(password.as_bytes(), &Facts::new(&user(), NOW)).expect("an outcome");
        let code = |outcome: &Outcome| outcome.violations().next().map(|judged| judged.code().to_owned());
        prop_assert_eq!(code(&all), code(&first));
        prop_assert_eq!(all.accepted(), first.accepted());
    }

    #[test]
    fn outcome_contains_no_part_of_password(password in strange()) {
        let outcome = evaluate(&STANDARD, &password);
        let contract = Contract::built_in("idaas-ciam").expect("a built-in contract").expect("a valid contract");
        let mut said = format!("{outcome:?}");
        for judged in outcome.violations() {
            for language in LANGUAGES {
                said.push_str(&judged.message(language));
                said.push_str(&contract.violation(judged, &STANDARD, language).message);
            }
        }
        let characters: Vec<char> = password.chars().collect();
        for piece in characters.windows(3) {
            let piece: String = piece.iter().collect();
            prop_assert!(!said.contains(&piece), "{said}");
        }
    }

    #[test]
    fn explain_gives_same_outcome_as_evaluate(password in any_password()) {
        let judged = evaluate(&STANDARD, &password);
        let explained = STANDARD.explain(password.as_bytes(), &Facts::new(&user(), NOW)).expect("an explanation");
        prop_assert_eq!(format!("{:?}", judged), format!("{:?}", explained.outcome));
        let found: usize = explained.reasonings.iter().map(|reasoning| reasoning.found.len()).sum();
        prop_assert!(explained.reasonings.is_empty() || found == judged.violations().count());
    }

    #[test]
    fn explanation_contains_no_part_of_password(password in strange()) {
        let explained = STANDARD.explain(password.as_bytes(), &Facts::new(&user(), NOW)).expect("an explanation");
        let mut said = format!("{explained:?}");
        for reasoning in &explained.reasonings {
            for language in LANGUAGES {
                said.push_str(&reasoning.requirement(language));
                said.extend(reasoning.observations.iter().map(|note| language.note(note)));
            }
        }
        let characters: Vec<char> = password.chars().collect();
        for piece in characters.windows(3) {
            let piece: String = piece.iter().collect();
            prop_assert!(!said.contains(&piece), "{said}");
        }
    }

    #[test]
    fn prepare_is_idempotent(password in "\\PC{1,40}") {
        if let Ok(once) = STANDARD.prepare(password.as_bytes()) {
            let twice = STANDARD.prepare(once.text().as_bytes()).expect("it was fine before");
            prop_assert_eq!(once.text(), twice.text());
        }
    }

    #[test]
    fn longer_password_stays_accepted_without_rules_against_it(password in any_password(), more in "[ -~]") {
        if evaluate(&OPEN_ENDED, &password).accepted() {
            let longer = password + &more;
            prop_assert!(evaluate(&OPEN_ENDED, &longer).accepted());
        }
    }

    #[test]
    fn evaluate_arbitrary_bytes_does_not_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = STANDARD.evaluate(&bytes, &Facts::new(&user(), NOW));
    }

    #[test]
    fn parse_arbitrary_text_does_not_panic(text in "\\PC{0,200}") {
        let _ = Policy::parse(&text);
    }

    #[test]
    fn parse_policy_like_text_does_not_panic(lines in prop::collection::vec(
        prop_oneof![
            Just("[rules.length]".to_owned()), Just("[reset.code]".to_owned()), Just("[[exempt]]".to_owned()),
            Just("[rules.characters]".to_owned()), Just("when = { length = {} }".to_owned()),
            "(min|max|kind|forbid|allowed|digits|lifetime|rules|extends) = (-?[0-9]{1,25}|\"[a-z./0-9]{0,6}\"|\\[\\]|\\{\\}|[{\\[])",
        ], 0..12)) {
        let _ = Policy::parse(&format!("format = 1\n{}", lines.join("\n")));
    }
}
