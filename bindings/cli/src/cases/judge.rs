//! Holding a judgement against what a case expects of it.

use std::collections::BTreeMap;
use std::fmt::Debug;

use kouling::evaluation::{Language, RuleViolation};
use kouling::{CannotJudge, Contract, Facts, Outcome, Policy, User};

use super::{Case, Expected};

/// Something that was expected, and something else that was seen.
pub(crate) struct Difference {
    pub(crate) what: String,
    pub(crate) expected: String,
    pub(crate) seen: String,
}

/// What a policy says, or why it cannot.
pub(crate) type Judgement = Result<Outcome, CannotJudge>;

impl Case {
    /// What the policy says; with `without`, what it would say if it did not have that rule.
    pub(crate) fn judge(&self, policy: &Policy, without: Option<&str>) -> Judgement {
        let user = self.user.iter().fold(User::new(), |user, (name, value)| user.with(name, value));
        let facts = Facts::new(&user, self.now).with_previous(&self.previous);
        let facts = self.current.as_ref().map_or(facts, |current| facts.with_current(current.as_bytes()));
        match without {
            None => policy.evaluate(&self.password, &facts),
            Some(rule) => policy.evaluate_without(rule, &self.password, &facts),
        }
    }
}

impl Expected {
    /// Everything in which a judgement differs from what is expected.
    pub(crate) fn differences(&self, judgement: &Judgement, contract: &Contract) -> Vec<Difference> {
        let mut differences = Vec::new();
        let error = judgement.as_ref().err().map(|error| error.kind().name().to_owned());
        compare(&mut differences, "error", &list(&self.error), &list(&error));
        let refused: Vec<&RuleViolation> = judgement.iter().flat_map(Outcome::violations).collect();
        let code = |judged: &&RuleViolation| judged.code().to_owned();
        let expected = self.refused.clone().unwrap_or_default();
        compare(&mut differences, "refused", &expected, &refused.iter().map(code).collect());
        let warned = judgement.iter().flat_map(Outcome::warnings);
        compare(
            &mut differences,
            "warned",
            &self.warned,
            &warned.map(|judged| judged.code().to_owned()).collect(),
        );
        if let Some(notes) = &self.notes {
            let seen = judgement.iter().flat_map(|outcome| outcome.notes());
            compare(&mut differences, "notes", notes, &seen.map(|note| note.code.to_string()).collect());
        }
        if let Some(numbers) = &self.numbers {
            let figures = |judged: &&RuleViolation| -> BTreeMap<String, u64> {
                judged.numbers().iter().map(|(name, number)| (name.to_string(), *number)).collect()
            };
            compare(&mut differences, "numbers", numbers, &refused.iter().map(figures).collect());
        }
        for (tag, messages) in &self.messages {
            let said = refused.iter().map(|judged| judged.message(Language::from_tag(tag))).collect();
            compare(&mut differences, &format!("messages.{tag}"), messages, &said);
        }
        if let Some(wire) = &self.wire {
            let codes = refused.iter().map(|judged| contract.violation_code(judged).to_owned()).collect();
            compare(&mut differences, "wire", wire, &codes);
        }
        differences
    }
}

fn list(error: &Option<String>) -> Vec<String> {
    error.iter().cloned().collect()
}

fn compare<T: PartialEq + Debug>(differences: &mut Vec<Difference>, what: &str, expected: &Vec<T>, seen: &Vec<T>) {
    if expected != seen {
        let (expected, seen) = (format!("{expected:?}"), format!("{seen:?}"));
        differences.push(Difference { what: what.to_owned(), expected, seen });
    }
}
