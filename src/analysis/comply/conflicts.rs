//! Conflicts between standards: requirements of one that another forbids.

use super::standard::{Check, Reason, Requirement, Standard};
use crate::language::Language;

/// Two requirements that no policy can meet together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The name of one standard and the id of its requirement.
    pub one: (String, String),
    /// The name of the other standard and the id of its requirement.
    pub other: (String, String),
    /// The explanation.
    pub why: Reason,
}

impl Conflict {
    /// Returns the conflict as a JSON object: `one` and `other`, each with `standard` and `id`, and `why` in
    /// `language`.
    pub fn to_json(&self, language: Language) -> serde_json::Value {
        let side = |side: &(String, String)| serde_json::json!({ "standard": side.0, "id": side.1 });
        serde_json::json!({ "one": side(&self.one), "other": side(&self.other), "why": self.why.text(language) })
    }
}

/// Returns every conflict between `standards`, in their order.
pub fn conflicts(standards: &[Standard]) -> Vec<Conflict> {
    let mut found = Vec::new();
    for (at, one) in standards.iter().enumerate() {
        for other in &standards[at + 1..] {
            for a in &one.requirements {
                for b in &other.requirements {
                    if let Some(why) = clash(a, b).or_else(|| clash(b, a)) {
                        let name = |standard: &Standard, r: &Requirement| (standard.name.clone(), r.id.clone());
                        found.push(Conflict { one: name(one, a), other: name(other, b), why });
                    }
                }
            }
        }
    }
    found
}

fn clash(asking: &Requirement, forbidding: &Requirement) -> Option<Reason> {
    let key = match (&asking.check, &forbidding.check) {
        (Check::Classes(_) | Check::LetterAndDigit | Check::NonLetter, Check::NoComposition) => {
            "composition_conflict"
        }
        (Check::Rotation(_), Check::NoRotation) => "rotation_conflict",
        (Check::Normalized, Check::AsReceived) => "normalization_conflict",
        _ => return None,
    };
    Some(Reason::new(key))
}
