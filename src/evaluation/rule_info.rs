//! What a policy calls a rule, and what its author says about it.

use std::collections::BTreeMap;

use super::messages::Language;

/// A rule's name and what its author says about it.
#[derive(Clone, Debug)]
pub struct RuleInfo {
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) messages: BTreeMap<String, String>,
    pub(super) wire: Option<String>,
}

impl RuleInfo {
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

    /// The author's message, in this language or in English.
    pub fn message(&self, language: Language) -> Option<&str> {
        self.messages.get(language.tag()).or_else(|| self.messages.get("en")).map(String::as_str)
    }
}
