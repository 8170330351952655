//! The JSON format of outcomes, descriptions and explanations, which every surface shares.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::explanation::{Explanation, Reasoning};
use super::outcome::{Outcome, RuleViolation};
use super::policy::Policy;
use crate::candidate::{Guessing, Note, Number};
use crate::language::Language;

impl Outcome {
    /// Returns the outcome as a JSON object, with messages in `language`:
    ///
    /// - `accepted`: a boolean.
    /// - `violations`, `warnings`, `shadows`: lists of objects with `rule`, `kind`, `code`, `numbers`, `message`, and `wire`
    ///   if `wire` returns a protocol code for the violation.
    /// - `notes`: a list of objects with `code`, `numbers` and `message`, and `attribute` if the note is about an attribute
    ///   that the policy names.
    /// - `guesses_log10`: [`Outcome::guesses_log10`], [`rounded`], or null.
    /// - `policy_digest`: a SHA-256 digest in hexadecimal digits.
    /// - `dictionaries`: an object from the name of each dictionary to its SHA-256 digest.
    pub fn to_json<'w>(&self, language: Language, wire: impl Fn(&RuleViolation) -> Option<&'w str>) -> Value {
        let list = |reported: &mut dyn Iterator<Item = &RuleViolation>| -> Value {
            reported.map(|reported| violation(reported, language, wire(reported))).collect()
        };
        let dictionaries: BTreeMap<&str, String> =
            self.dictionaries().iter().map(|(name, digest)| (name.as_str(), hexadecimal(digest))).collect();
        json!({
            "accepted": self.accepted(),
            "violations": list(&mut self.violations()),
            "warnings": list(&mut self.warnings()),
            "shadows": list(&mut self.shadows()),
            "notes": self.notes().iter().map(|found| note(found, language)).collect::<Vec<_>>(),
            "guesses_log10": self.guesses_log10().map(rounded),
            "policy_digest": hexadecimal(self.policy_digest()),
            "dictionaries": dictionaries,
        })
    }
}

impl Policy {
    /// Returns the description of the policy ([`Policy::describe`]) as a JSON object:
    ///
    /// - `policy`, `digest`, `language`: the name, the digest in hexadecimal digits, and the language tag.
    /// - `checklist`: a list of objects with `rule`, `codes`, `text` and `needs_account`.
    /// - `regular_expression`: see [`Shape::regular_expression`](crate::rules::Shape::regular_expression).
    /// - `passwordrules`: see [`Shape::password_rules`](crate::rules::Shape::password_rules).
    /// - `min_length`, `max_length`: the limits in code points, or null.
    /// - `account`: a list of texts, [`Policy::describe_account`].
    pub fn describe_as_json(&self, language: Language) -> Value {
        let described = self.describe(language);
        let items = described.checklist.iter().map(|item| {
            json!({ "rule": item.rule, "codes": item.codes, "text": item.text, "needs_account": item.needs_account })
        });
        json!({
            "policy": self.name(),
            "digest": hexadecimal(self.digest()),
            "language": language.tag(),
            "checklist": items.collect::<Vec<_>>(),
            "regular_expression": described.shape.regular_expression(),
            "passwordrules": described.shape.password_rules(),
            "min_length": described.shape.min_length,
            "max_length": described.shape.max_length,
            "account": self.describe_account(language),
        })
    }
}

impl Explanation {
    /// Returns the explanation as a JSON object: `outcome` as in [`Outcome::to_json`], and `rules`, a list of objects with
    /// `rule`, `kind`, `severity`, `exempt`, `requirement`, `observations` (notes) and `found` (violation codes).
    pub fn to_json<'w>(&self, language: Language, wire: impl Fn(&RuleViolation) -> Option<&'w str>) -> Value {
        let reasoning = |reasoning: &Reasoning| {
            json!({
                "rule": reasoning.rule().name(),
                "kind": reasoning.rule().kind(),
                "severity": reasoning.severity.name(),
                "exempt": reasoning.exempt,
                "requirement": reasoning.requirement(language),
                "observations": reasoning.observations.iter().map(|observed| note(observed, language)).collect::<Vec<_>>(),
                "found": reasoning.found.iter().map(RuleViolation::code).collect::<Vec<_>>(),
            })
        };
        json!({
            "outcome": self.outcome.to_json(language, wire),
            "rules": self.reasonings.iter().map(reasoning).collect::<Vec<_>>(),
        })
    }
}

impl Guessing {
    /// Returns the estimate as a JSON object:
    ///
    /// - `guesses_log10`: the decimal logarithm of the guesses, [`rounded`].
    /// - `score`: see [`Estimate::score`](crate::knowledge::strength::Estimate::score).
    /// - `complete`: whether the whole password was evaluated.
    /// - `parts`: a list of objects with `kind`, and with `from` and `to`, the first and last code point, counted from 1.
    pub fn to_json(&self) -> Value {
        let parts = self
            .parts
            .iter()
            .map(|(place, kind)| json!({ "kind": kind.name(), "from": place.start + 1, "to": place.end }));
        json!({
            "guesses_log10": rounded(self.estimate.guesses_log10),
            "score": self.estimate.score,
            "complete": self.estimate.complete,
            "parts": parts.collect::<Vec<_>>(),
        })
    }
}

/// Returns a decimal logarithm of guesses with two decimals. More digits state nothing about the strength, but help to
/// recognize the password.
pub fn rounded(guesses_log10: f64) -> f64 {
    (guesses_log10 * 100.0).round() / 100.0
}

fn violation(reported: &RuleViolation, language: Language, wire: Option<&str>) -> Value {
    let mut object = json!({
        "rule": reported.rule().name(),
        "kind": reported.rule().kind(),
        "code": reported.code(),
        "numbers": numbers(reported.numbers()),
        "message": reported.message(language),
    });
    if let (Some(object), Some(wire)) = (object.as_object_mut(), wire) {
        object.insert("wire".to_owned(), wire.into());
    }
    object
}

fn note(note: &Note, language: Language) -> Value {
    let mut object =
        json!({ "code": note.code, "numbers": numbers(&note.numbers), "message": language.note(note) });
    if let (Some(object), Some(attribute)) = (object.as_object_mut(), &note.attribute) {
        object.insert("attribute".to_owned(), attribute.as_ref().into());
    }
    object
}

fn numbers(numbers: &[Number]) -> Value {
    Value::Object(
        numbers.iter().map(|(name, number)| (name.clone().into_owned(), (*number).into())).collect::<Map<_, _>>(),
    )
}

/// Returns `bytes` as lowercase hexadecimal digits.
pub fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
