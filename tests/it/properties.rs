//! What holds for every password, not only for those in the vectors.

#![allow(clippy::expect_used)]

use std::sync::LazyLock;

use kouling::evaluation::LANGUAGES;
use kouling::{Contract, Facts, Moment, Outcome, Policy, Previous, User};
use proptest::prelude::*;

const NOW: Moment = Moment::from_unix(1_795_392_000);

static STANDARD: LazyLock<Policy> = LazyLock::new(|| Policy::preset("standard").expect("a preset"));
static MINIMAL: LazyLock<Policy> = LazyLock::new(|| Policy::preset("minimal").expect("a preset"));
/// `standard` without what looks at the whole password, so that what is left must be continuous.
static OPEN_ENDED: LazyLock<Policy> = LazyLock::new(|| {
    let text = "format = 1\n[rules.length]\nmin = 8\nmax = 4096\n[rules.characters]\nmin_classes = 2";
    Policy::parse(text).expect("a right policy")
});

fn user() -> User {
    User::new().with("username", "zhangsan").with("name", "张三").with("email", "heron@example.org")
}

fn judge(policy: &Policy, password: &str) -> Outcome {
    policy.evaluate(password.as_bytes(), &Facts::new(&user(), NOW)).expect("a judgement")
}

/// Passwords of letters that stand in no message, so that a piece of one in an outcome is no coincidence.
fn strange() -> impl Strategy<Value = String> {
    "[ξψϟϡѮѰҨӁ٣٤]{3,40}"
}

fn any_password() -> impl Strategy<Value = String> {
    prop_oneof!["[ -~]{0,40}", "\\PC{0,40}", "[a-z]{2,8}[0-9]{1,6}[!@#]?", "(zhangsan|heron|password)[ -~]{0,10}"]
}

#[test]
fn what_an_exempted_rule_cannot_judge_is_explained_all_the_same() {
    let text = "format = 1\n[rules.history]\n[[exempt]]\nwhen = { length = { min = 8 } }\nrules = [\"history\"]";
    let policy = Policy::parse(text).expect("a right policy");
    let (user, previous) = (user(), [Previous { hash: "$unknown$1$2".to_owned(), at: None }]);
    let facts = Facts::new(&user, NOW).with_previous(&previous);
    assert!(policy.evaluate(b"a long one", &facts).expect("judged").accepted());
    assert!(policy.explain(b"a long one", &facts).expect("explained").outcome.accepted());
    assert!(policy.evaluate(b"short", &facts).is_err() && policy.explain(b"short", &facts).is_err());
}

proptest! {
    #[test]
    fn judging_twice_is_judging_once(password in any_password()) {
        let (first, second) = (judge(&STANDARD, &password), judge(&STANDARD, &password));
        prop_assert_eq!(format!("{first:?}"), format!("{second:?}"));
    }

    #[test]
    fn more_rules_never_accept_more(password in any_password()) {
        if judge(&STANDARD, &password).accepted() {
            prop_assert!(judge(&MINIMAL, &password).accepted());
        }
    }

    #[test]
    fn stopping_at_the_first_refusal_accepts_the_same(password in any_password()) {
        let all = judge(&STANDARD, &password);
        let first = STANDARD.evaluate_until_refused(password.as_bytes(), &Facts::new(&user(), NOW)).expect("judged");
        let code = |outcome: &Outcome| outcome.violations().next().map(|judged| judged.code().to_owned());
        prop_assert_eq!(code(&all), code(&first));
        prop_assert_eq!(all.accepted(), first.accepted());
    }

    #[test]
    fn an_outcome_holds_no_piece_of_the_password(password in strange()) {
        let outcome = judge(&STANDARD, &password);
        let contract = Contract::built_in("idaas-ciam").expect("known").expect("right");
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
    fn explaining_is_judging(password in any_password()) {
        let judged = judge(&STANDARD, &password);
        let explained = STANDARD.explain(password.as_bytes(), &Facts::new(&user(), NOW)).expect("an explanation");
        prop_assert_eq!(format!("{:?}", judged), format!("{:?}", explained.outcome));
        let found: usize = explained.reasonings.iter().map(|reasoning| reasoning.found.len()).sum();
        prop_assert!(explained.reasonings.is_empty() || found == judged.violations().count());
    }

    #[test]
    fn an_explanation_holds_no_piece_of_the_password(password in strange()) {
        let explained = STANDARD.explain(password.as_bytes(), &Facts::new(&user(), NOW)).expect("an explanation");
        let mut said = format!("{explained:?}");
        for reasoning in &explained.reasonings {
            for language in LANGUAGES {
                said.push_str(&reasoning.demand(language));
                said.extend(reasoning.seen.iter().map(|note| language.note(note)));
            }
        }
        let characters: Vec<char> = password.chars().collect();
        for piece in characters.windows(3) {
            let piece: String = piece.iter().collect();
            prop_assert!(!said.contains(&piece), "{said}");
        }
    }

    #[test]
    fn what_was_prepared_is_prepared_to_itself(password in "\\PC{1,40}") {
        if let Ok(once) = STANDARD.prepare(password.as_bytes()) {
            let twice = STANDARD.prepare(once.text().as_bytes()).expect("it was fine before");
            prop_assert_eq!(once.text(), twice.text());
        }
    }

    #[test]
    fn one_more_character_is_no_loss_where_no_rule_says_so(password in any_password(), more in "[ -~]") {
        if judge(&OPEN_ENDED, &password).accepted() {
            let longer = password + &more;
            prop_assert!(judge(&OPEN_ENDED, &longer).accepted());
        }
    }

    #[test]
    fn no_bytes_make_a_judgement_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = STANDARD.evaluate(&bytes, &Facts::new(&user(), NOW));
    }

    #[test]
    fn no_text_makes_a_policy_panic(text in "\\PC{0,200}") {
        let _ = Policy::parse(&text);
    }

    #[test]
    fn no_policy_shaped_text_makes_one_panic(lines in prop::collection::vec(
        prop_oneof![
            Just("[rules.length]".to_owned()), Just("[reset.code]".to_owned()), Just("[[exempt]]".to_owned()),
            Just("[rules.characters]".to_owned()), Just("when = { length = {} }".to_owned()),
            "(min|max|kind|forbid|allowed|digits|lifetime|rules|extends) = (-?[0-9]{1,25}|\"[a-z./0-9]{0,6}\"|\\[\\]|\\{\\}|[{\\[])",
        ], 0..12)) {
        let _ = Policy::parse(&format!("format = 1\n{}", lines.join("\n")));
    }
}

#[test]
fn the_regular_expression_and_the_rules_agree_on_form() {
    // The expression has look-ahead, which the engine's own library has not; here it is taken apart by hand: the
    // alternatives that may not cover the password, the run, the length.
    let shape = STANDARD.describe(LANGUAGES[0]).shape;
    let expression = shape.regular_expression();
    assert!(expression.starts_with("^(?![a-zA-Z]*$)"), "{expression}");
    assert!(expression.ends_with("(?!.*(.)\\1{3}).{8,64}$"), "{expression}");
    assert!(shape.password_rules().starts_with("minlength: 8; maxlength: 64; max-consecutive: 3"));
}
