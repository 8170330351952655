//! The name, kind and author settings of a rule.

use std::collections::BTreeMap;

use crate::language::Language;
use crate::rules::Requirement;

/// The name, kind and author settings of a rule.
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
    /// Returns the pseudo-rule that reports violations of a setting outside the rules: `input` for `[password]`, and
    /// `min_password_age`.
    pub(super) fn outside_the_rules(kind: &str) -> RuleInfo {
        let kind = kind.to_owned();
        RuleInfo {
            name: kind.clone(),
            kind,
            messages: BTreeMap::new(),
            wire: None,
            requirements: Vec::new(),
            stands_for: None,
        }
    }

    /// Returns the name of the rule in the policy.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the kind: that of a definition, `input` for violations of the `[password]` settings, or `min_password_age`.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// Returns the protocol code that the policy sets for the rule.
    pub fn wire(&self) -> Option<&str> {
        self.wire.as_deref()
    }

    /// Returns the first violation code of the first nested rule, for a rule composed of others. Contracts without an
    /// entry for the outer rule use it.
    pub fn stands_for(&self) -> Option<&str> {
        self.stands_for.as_deref()
    }

    /// Returns the requirements of the rule.
    pub fn requirements(&self) -> &[Requirement] {
        &self.requirements
    }

    /// Returns the message in the policy, in `language` or else in one of its [fallbacks](Language::fallbacks).
    pub fn message(&self, language: Language) -> Option<&str> {
        language.fallbacks().find_map(|language| self.messages.get(language.tag())).map(String::as_str)
    }
}
