//! The one form in which outcomes are written as JSON, whatever the surface.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::messages::Language;
use super::outcome::{Judged, Outcome};
use crate::candidate::{Note, Number};

impl Outcome {
    /// The outcome as an object: `accepted`; the lists `violations`, `warnings`, `shadows`, of objects with `rule`,
    /// `kind`, `code`, `numbers`, `message`, and `wire` where `wire` knows one; `notes`, of `code`, `numbers` and
    /// `message`; `policy_digest` and `dictionaries`, in hexadecimal digits.
    pub fn to_json<'w>(&self, language: Language, wire: impl Fn(&Judged) -> Option<&'w str>) -> Value {
        let list = |judged: &mut dyn Iterator<Item = &Judged>| -> Value {
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

fn violation(judged: &Judged, language: Language, wire: Option<&str>) -> Value {
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
    json!({ "code": note.code, "numbers": numbers(&note.numbers), "message": language.violation(note) })
}

fn numbers(numbers: &[Number]) -> Value {
    Value::Object(
        numbers.iter().map(|(name, number)| ((*name).to_owned(), (*number).into())).collect::<Map<_, _>>(),
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
