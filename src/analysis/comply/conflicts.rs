//! Conflicts between standards: requirements of one that another forbids.

use super::standard::{Check, Requirement, Standard, Texts};

/// Two requirements that no policy can meet together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The name of one standard and the id of its requirement.
    pub one: (String, String),
    /// The name of the other standard and the id of its requirement.
    pub other: (String, String),
    /// The explanation.
    pub why: Texts,
}

impl Conflict {
    /// Returns the conflict as a JSON object: `one` and `other`, each with `standard` and `id`, and `why` in the language of
    /// `tag`.
    pub fn to_json(&self, tag: &str) -> serde_json::Value {
        let side = |side: &(String, String)| serde_json::json!({ "standard": side.0, "id": side.1 });
        serde_json::json!({ "one": side(&self.one), "other": side(&self.other), "why": self.why.text(tag) })
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

fn clash(asking: &Requirement, forbidding: &Requirement) -> Option<Texts> {
    match (&asking.check, &forbidding.check) {
        (Check::Classes(_) | Check::LetterAndDigit | Check::NonLetter, Check::NoComposition) => Some(Texts::new(
            "one requires kinds of characters, the other forbids such a requirement",
            "一方要求字符种类，另一方禁止这样要求",
        )),
        (Check::Rotation(_), Check::NoRotation) => Some(Texts::new(
            "one requires periodic changes, the other forbids them",
            "一方要求定期更换，另一方禁止这样要求",
        )),
        (Check::Normalized, Check::AsReceived) => Some(Texts::new(
            "one requires normalization, the other requires the password as received",
            "一方要求规范化，另一方要求原样使用",
        )),
        _ => None,
    }
}
