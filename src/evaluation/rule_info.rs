//! What a policy calls a rule, and what its author says about it.

use std::collections::BTreeMap;

use super::messages::Language;
use crate::rules::Requirement;

/// A rule's name and what its author says about it.
#[derive(Clone, Debug)]
pub struct RuleInfo {
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) messages: BTreeMap<String, String>,
    pub(super) wire: Option<String>,
    pub(super) requirements: Vec<Requirement>,
    pub(super) stands_for: Option<String>,
}

impl RuleInfo {
    /// What refuses before any rule does.
    pub(super) fn input() -> RuleInfo {
        let kind = "input".to_owned();
        RuleInfo {
            name: kind.clone(),
            kind,
            messages: BTreeMap::new(),
            wire: None,
            requirements: Vec::new(),
            stands_for: None,
        }
    }

    /// Its name in the policy.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its kind: the name of a definition, or `input` for what is refused before any rule.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The code that the author wants on the wire.
    pub fn wire(&self) -> Option<&str> {
        self.wire.as_deref()
    }

    /// Of a rule made of rules, the first code of the first inside: what it is on a wire that does not know it.
    pub fn stands_for(&self) -> Option<&str> {
        self.stands_for.as_deref()
    }

    /// What the rule demands.
    pub fn requirements(&self) -> &[Requirement] {
        &self.requirements
    }

    /// The author's message, in this language or in English.
    pub fn message(&self, language: Language) -> Option<&str> {
        self.messages.get(language.tag()).or_else(|| self.messages.get("en")).map(String::as_str)
    }
}
