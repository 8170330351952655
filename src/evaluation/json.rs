//! The one form in which outcomes are written as JSON, whatever the surface.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::explanation::{Explanation, Reasoning};
use super::messages::Language;
use super::outcome::{Outcome, RuleViolation};
use super::policy::Policy;
use crate::candidate::{Note, Number};

impl Outcome {
    /// The outcome as an object: `accepted`; the lists `violations`, `warnings`, `shadows`, of objects with `rule`,
    /// `kind`, `code`, `numbers`, `message`, and `wire` where `wire` knows one; `notes`, of `code`, `numbers` and
    /// `message`; `policy_digest` and `dictionaries`, in hexadecimal digits.
    pub fn to_json<'w>(&self, language: Language, wire: impl Fn(&RuleViolation) -> Option<&'w str>) -> Value {
        let list = |judged: &mut dyn Iterator<Item = &RuleViolation>| -> Value {
            judged.map(|judged| violation(judged, language, wire(judged))).collect()
        };
        let dictionaries: BTreeMap<&str, String> =
            self.dictionaries().iter().map(|(name, digest)| (name.as_str(), hexadecimal(digest))).collect();
        json!({
            "accepted": self.accepted(),
            "violations": list(&mut self.violations()),
            "warnings": list(&mut self.warnings()),
            "shadows": list(&mut self.shadows()),
            "notes": self.notes().iter().map(|found| note(found, language)).collect::<Vec<_>>(),
            "policy_digest": hexadecimal(self.policy_digest()),
            "dictionaries": dictionaries,
        })
    }
}

impl Policy {
    /// What the policy demands ([`Policy::describe`]) as an object: `policy`, `digest`, `language`; `checklist`, of
    /// objects with `rule`, `codes`, `text`, `needs_account`; `regular_expression`, `passwordrules`, `min_length` and
    /// `max_length`.
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
        })
    }
}

impl Explanation {
    /// The explanation as an object: `outcome`, as [`Outcome::to_json`] writes it; `rules`, of objects with `rule`,
    /// `kind`, `severity`, `exempt`, `demand`, `seen` (notes) and `found` (codes).
    pub fn to_json<'w>(&self, language: Language, wire: impl Fn(&RuleViolation) -> Option<&'w str>) -> Value {
        let reasoning = |reasoning: &Reasoning| {
            json!({
                "rule": reasoning.rule().name(),
                "kind": reasoning.rule().kind(),
                "severity": reasoning.severity.name(),
                "exempt": reasoning.exempt,
                "demand": reasoning.demand(language),
                "seen": reasoning.seen.iter().map(|seen| note(seen, language)).collect::<Vec<_>>(),
                "found": reasoning.found.iter().map(RuleViolation::code).collect::<Vec<_>>(),
            })
        };
        json!({
            "outcome": self.outcome.to_json(language, wire),
            "rules": self.reasonings.iter().map(reasoning).collect::<Vec<_>>(),
        })
    }
}

fn violation(judged: &RuleViolation, language: Language, wire: Option<&str>) -> Value {
    let mut object = json!({
        "rule": judged.rule().name(),
        "kind": judged.rule().kind(),
        "code": judged.code(),
        "numbers": numbers(judged.numbers()),
        "message": judged.message(language),
    });
    if let (Some(object), Some(wire)) = (object.as_object_mut(), wire) {
        object.insert("wire".to_owned(), wire.into());
    }
    object
}

fn note(note: &Note, language: Language) -> Value {
    json!({ "code": note.code, "numbers": numbers(&note.numbers), "message": language.note(note) })
}

fn numbers(numbers: &[Number]) -> Value {
    Value::Object(
        numbers.iter().map(|(name, number)| (name.clone().into_owned(), (*number).into())).collect::<Map<_, _>>(),
    )
}

/// Bytes in lower-case hexadecimal digits.
pub fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
