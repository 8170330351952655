//! The message catalogues: `rules/messages/<tag>.toml`, with one table for each rule and one message for each code.
//!
//! `{min}` is a placeholder for the number `min`. `{min:one|other}` is replaced by the first form if that number is 1 and
//! by the second otherwise, so that a translator writes whole sentences.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use toml::de::{DeTable, DeValue};

use crate::candidate::{Note, Number, Violation};
use crate::rules::{Argument, Requirement};

/// A language of the message catalogues.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Language(usize);

/// Every language of the catalogues.
pub const LANGUAGES: [Language; CATALOGUES.len()] = [Language(0), Language(1)];

const CATALOGUES: [(&str, &str); 2] =
    [("en", include_str!("../../rules/messages/en.toml")), ("zh", include_str!("../../rules/messages/zh.toml"))];

impl Language {
    /// English, the fallback for unsupported languages.
    pub const ENGLISH: Language = Language(0);
    /// Chinese.
    pub const CHINESE: Language = Language(1);

    /// Returns the language of a BCP 47 tag by its primary subtag: `zh-Hant-TW` is Chinese. Unsupported tags are English.
    pub fn from_tag(tag: &str) -> Language {
        let primary = tag.trim().split(['-', '_']).next().unwrap_or_default();
        let at = CATALOGUES.iter().position(|(known, _)| known.eq_ignore_ascii_case(primary));
        at.map_or(Language::ENGLISH, Language)
    }

    /// Returns the tag, such as `en`.
    pub fn tag(self) -> &'static str {
        CATALOGUES[self.0].0
    }

    /// Returns the message template for `code`, with its placeholders.
    pub fn template(self, code: &str) -> Option<&'static str> {
        self.catalogue().get(code).map(String::as_str)
    }

    /// Returns every code of the catalogue.
    pub fn codes(self) -> impl Iterator<Item = &'static str> {
        self.catalogue().keys().map(String::as_str)
    }

    /// Returns the message of a violation. Without a message for its code, as for a custom rule, returns the code.
    pub fn violation(self, violation: &Violation) -> String {
        self.found(&violation.code, &violation.numbers)
    }

    /// Returns the message of a note, or its code if there is no message for it.
    pub fn note(self, note: &Note) -> String {
        self.found(&note.code, &note.numbers)
    }

    fn found(self, code: &str, numbers: &[Number]) -> String {
        match self.template(code) {
            Some(template) => self.fill_numbers(template, numbers, &[]),
            None => code.to_owned(),
        }
    }

    /// Fills the placeholders of a template with numbers, and `{clauses}` with the requirements of the rule's parts.
    pub(super) fn fill_numbers(self, template: &str, numbers: &[Number], of: &[Requirement]) -> String {
        fill(template, &|name| {
            let number = numbers.iter().find(|(known, _)| *known == name);
            number.map(|(_, number)| Filling::Number(*number)).or_else(|| {
                let arguments = of.iter().flat_map(|requirement| &requirement.arguments);
                arguments.filter(|(known, _)| *known == name).find_map(|(_, argument)| match argument {
                    Argument::Clauses(clauses) => Some(Filling::Text(self.alternatives(clauses))),
                    _ => None,
                })
            })
        })
    }

    /// Joins the requirements of several rules as alternatives. A rule that does not describe itself appears by name.
    fn alternatives(self, clauses: &[(String, Vec<Requirement>)]) -> String {
        let alternatives: Vec<String> = clauses
            .iter()
            .map(|(name, requirements)| match requirements.as_slice() {
                [] => name.clone(),
                some => self.join(&some.iter().map(|clause| self.requirement(clause)).collect::<Vec<_>>()),
            })
            .collect();
        alternatives.join(self.template("term.alternative_separator").unwrap_or(" / "))
    }

    /// Formats a requirement as a clause. Returns its code if the catalogue has no message for it.
    pub fn requirement(self, requirement: &Requirement) -> String {
        let Some(template) = self.template(requirement.code) else { return requirement.code.to_owned() };
        fill(template, &|name| {
            let (_, argument) = requirement.arguments.iter().find(|(known, _)| *known == name)?;
            Some(match argument {
                Argument::Number(number) => Filling::Number(*number),
                Argument::Terms(terms) => {
                    let words: Vec<&str> =
                        terms.iter().map(|term| self.template(&format!("term.{term}")).unwrap_or(term)).collect();
                    Filling::Text(words.join(self.template("term.separator").unwrap_or(", ")))
                }
                Argument::Text(text) => Filling::Text(text.clone()),
                Argument::Clauses(clauses) => Filling::Text(self.alternatives(clauses)),
            })
        })
    }

    /// Joins several clauses to one.
    pub fn join(self, clauses: &[String]) -> String {
        clauses.join(self.template("term.clause_separator").unwrap_or("; "))
    }

    fn catalogue(self) -> &'static BTreeMap<String, String> {
        static LOADED: [OnceLock<BTreeMap<String, String>>; CATALOGUES.len()] = [const { OnceLock::new() }; 2];
        LOADED[self.0].get_or_init(|| {
            let (table, _) = DeTable::parse_recoverable(CATALOGUES[self.0].1);
            let mut sentences = BTreeMap::new();
            for (rule, codes) in table.into_inner() {
                if let DeValue::Table(codes) = codes.into_inner() {
                    for (what, sentence) in codes {
                        if let DeValue::String(sentence) = sentence.into_inner() {
                            sentences
                                .insert(format!("{}.{}", rule.get_ref(), what.get_ref()), sentence.into_owned());
                        }
                    }
                }
            }
            sentences
        })
    }
}

enum Filling {
    Number(u64),
    Text(String),
}

/// Fills the placeholders. Those without a value stay in the text, so that the mistake is visible. An empty text also
/// removes one adjacent space.
fn fill(template: &str, filling: &dyn Fn(&str) -> Option<Filling>) -> String {
    let mut filled = String::with_capacity(template.len() + 16);
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        let Some(mut close) = rest[open..].find('}').map(|at| open + at) else { break };
        filled.push_str(&rest[..open]);
        let (name, forms) = match rest[open + 1..close].split_once(':') {
            Some((name, forms)) => (name, Some(forms)),
            None => (&rest[open + 1..close], None),
        };
        match (filling(name), forms) {
            (Some(Filling::Number(number)), Some(forms)) => {
                let (one, other) = forms.split_once('|').unwrap_or((forms, forms));
                filled.push_str(if number == 1 { one } else { other });
            }
            (Some(Filling::Number(number)), None) => filled.push_str(&number.to_string()),
            (Some(Filling::Text(text)), _) if text.is_empty() => {
                if filled.ends_with(' ') {
                    filled.pop();
                } else if rest[close + 1..].starts_with(' ') {
                    close += 1;
                }
            }
            (Some(Filling::Text(text)), _) => filled.push_str(&text),
            (None, _) => filled.push_str(&rest[open..=close]),
        }
        rest = &rest[close + 1..];
    }
    filled.push_str(rest);
    filled
}
