//! Custom rules, defined outside the engine: built-in rules have no privileges.

#![allow(clippy::expect_used)]

use kouling::candidate::{Candidate, CannotJudge, CannotJudgeKind, Findings};
use kouling::policy::Table;
use kouling::policy::document::Start;
use kouling::rules::{Cost, Definition, Rule};
use kouling::{Facts, Language, Loader, Moment, Policy, User};

/// Refuses palindromes.
struct Palindrome {
    min_length: u64,
}

impl Rule for Palindrome {
    fn check(&self, candidate: &Candidate, _: &Facts<'_>, findings: &mut Findings) -> Result<(), CannotJudge> {
        if candidate.code_points() as u64 >= self.min_length && candidate.folded() == candidate.reversed() {
            findings.refuse("palindrome.whole", &[("min", self.min_length)]);
        }
        Ok(())
    }
}

fn definition() -> Definition {
    Definition::try_new("palindrome", ["palindrome.whole"], Cost::Walk, |table: &mut Table<'_>| {
        Some(Box::new(Palindrome { min_length: table.count("min_length", 4, 2..=64) }))
    })
    .expect("a valid definition")
}

/// Misbehaves: fails, or discloses the password in a violation code.
struct Faulty {
    discloses: bool,
}

impl Rule for Faulty {
    fn check(&self, candidate: &Candidate, _: &Facts<'_>, findings: &mut Findings) -> Result<(), CannotJudge> {
        if self.discloses {
            findings.refuse(format!("faulty.{}", candidate.text()), &[]);
            return Ok(());
        }
        Err(CannotJudge::new(CannotJudgeKind::Custom, "the directory did not respond"))
    }
}

/// Reports the first number in the password and one of the policy.
struct Digits {
    written: u64,
}

impl Rule for Digits {
    fn check(&self, candidate: &Candidate, _: &Facts<'_>, findings: &mut Findings) -> Result<(), CannotJudge> {
        let digits: String = candidate.text().chars().filter(char::is_ascii_digit).take(4).collect();
        let found = digits.parse().unwrap_or(0);
        findings.refuse("digits.found", &[("found", found), ("written", self.written)]);
        Ok(())
    }
}

fn load(text: &str) -> Policy {
    let faulty = |kind: &'static str, discloses| {
        let build = move |_: &mut Table<'_>| Some(Box::new(Faulty { discloses }) as Box<dyn Rule>);
        Definition::try_new(kind, [format!("{kind}.x")], Cost::Walk, build).expect("a valid definition")
    };
    let loader = Loader::new()
        .with_kind(definition())
        .with_kind(faulty("failing", false))
        .with_kind(faulty("disclosing", true));
    loader.load(Start::Text("test", text)).expect("a valid policy")
}

fn evaluate(policy: &Policy, password: &str) -> Result<Vec<String>, CannotJudge> {
    let user = User::new();
    let outcome = policy.evaluate(password.as_bytes(), &Facts::new(&user, Moment::from_unix(1_795_392_000)))?;
    Ok(outcome.violations().map(|violation| violation.message(Language::ENGLISH)).collect())
}

#[test]
fn custom_rule_in_policy_is_evaluated() {
    let policy =
        load("format = 1\n[rules.palindrome]\nmin_length = 5\nmessage.en = \"must not be a palindrome of {min}\"");
    assert_eq!(evaluate(&policy, "Rotor"), Ok(vec!["must not be a palindrome of 5".to_owned()]));
    assert_eq!(evaluate(&policy, "Motor"), Ok(vec![]));
    assert_eq!(evaluate(&policy, "otto"), Ok(vec![]));
}

#[test]
fn custom_rule_with_unknown_key_suggests_the_right_one() {
    let loader = Loader::new().with_kind(definition());
    let error = loader.load(Start::Text("test", "format = 1\n[rules.palindrom]")).expect_err("an unknown kind");
    assert_eq!(error.diagnostics()[0].help.as_deref(), Some("did you mean `palindrome`?"));
    let error = loader
        .load(Start::Text("test", "format = 1\n[rules.palindrome]\nmin_lenght = 5"))
        .expect_err("an unknown key");
    assert_eq!(error.diagnostics()[0].help.as_deref(), Some("did you mean `min_length`?"));
}

#[test]
fn unregistered_kind_in_policy_is_an_error() {
    assert!(Policy::parse("format = 1\n[rules.palindrome]").is_err());
}

#[test]
fn rule_without_constructor_result_is_an_error() {
    let silent = Definition::try_new("silent", ["silent.x"], Cost::Walk, |_: &mut Table<'_>| None);
    let silent = silent.expect("a valid definition");
    let error = Loader::new().with_kind(silent).load(Start::Text("test", "format = 1\n[rules.silent]"));
    assert_eq!(error.expect_err("a rule that was not built").diagnostics()[0].id, "not-built");
}

#[test]
fn rule_error_never_accepts() {
    let error = evaluate(&load("format = 1\n[rules.failing]"), "anything").expect_err("an error");
    assert_eq!(error.kind(), CannotJudgeKind::Custom);
}

#[test]
fn number_from_password_is_dropped() {
    let digits = Definition::try_new("digits", ["digits.found"], Cost::Walk, |table: &mut Table<'_>| {
        Some(Box::new(Digits { written: table.count("written", 0, 0..=9999) }))
    });
    let loader = Loader::new().with_kind(digits.expect("a valid definition"));
    let policy =
        loader.load(Start::Text("test", "format = 1\n[rules.digits]\nwritten = 128")).expect("a valid policy");
    let user = User::new();
    let facts = Facts::new(&user, Moment::from_unix(1_795_392_000));
    let outcome = policy.evaluate(b"pin-4711-128", &facts).expect("an outcome");
    let numbers: Vec<_> = outcome.violations().flat_map(|violation| violation.numbers().to_vec()).collect();
    assert_eq!(numbers, [("written".into(), 128)]);
}

#[test]
fn code_with_password_is_an_error_without_password() {
    let error = evaluate(&load("format = 1\n[rules.disclosing]"), "canary-5f2c").expect_err("an error");
    assert_eq!(error.kind(), CannotJudgeKind::Custom);
    assert!(!format!("{error} {error:?}").contains("canary"));
}

#[test]
fn source_of_cannot_judge_is_kept_and_not_shown() {
    use std::error::Error;

    let error = CannotJudge::new(CannotJudgeKind::Custom, "the verifier failed");
    let with_source = error.clone().with_source(std::io::Error::other("canary-5f2c"));
    assert_eq!(with_source.source().map(ToString::to_string).as_deref(), Some("canary-5f2c"));
    assert!(!format!("{with_source} {with_source:?}").contains("canary"));
    assert!(error.source().is_none());
    assert_eq!(error, with_source);
}
