//! Messages are data: `rules/messages/<tag>.toml`, a table a rule, one sentence a code, with holes such as `{min}`.
//!
//! A hole `{min:one|other}` gives the first form when the number is 1 and the second otherwise, so that a
//! translator has the whole sentence in hand.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use toml::de::{DeTable, DeValue};

use crate::candidate::{Note, Number, Violation};
use crate::rules::{Argument, Requirement};

/// A language that messages can be had in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Language(usize);

/// Every language. Adding one is a file and a line in `CATALOGUES`.
pub const LANGUAGES: [Language; CATALOGUES.len()] = [Language(0), Language(1)];

const CATALOGUES: [(&str, &str); 2] =
    [("en", include_str!("../../rules/messages/en.toml")), ("zh", include_str!("../../rules/messages/zh.toml"))];

impl Language {
    /// English: what a reader gets whose language we do not have.
    pub const ENGLISH: Language = Language(0);
    /// Chinese.
    pub const CHINESE: Language = Language(1);

    /// The language nearest to a BCP 47 tag: `zh-Hant-TW` is Chinese, what is unknown is English.
    pub fn from_tag(tag: &str) -> Language {
        let primary = tag.trim().split(['-', '_']).next().unwrap_or_default();
        let at = CATALOGUES.iter().position(|(known, _)| known.eq_ignore_ascii_case(primary));
        at.map_or(Language::ENGLISH, Language)
    }

    /// Its tag: `en`, `zh`.
    pub fn tag(self) -> &'static str {
        CATALOGUES[self.0].0
    }

    /// The sentence for a code, as the catalogue has it, holes and all.
    pub fn template(self, code: &str) -> Option<&'static str> {
        self.catalogue().get(code).map(String::as_str)
    }

    /// Every code the catalogue has a sentence for.
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

    /// What several rules demand, each as one alternative; a rule that cannot say it stands there by its name.
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

    /// A requirement in words.
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

    /// Several clauses as one.
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

/// Fills holes; a hole that nothing fills stays as written, so that the fault is seen.
fn fill(template: &str, filling: &dyn Fn(&str) -> Option<Filling>) -> String {
    let mut filled = String::with_capacity(template.len() + 16);
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        let Some(close) = rest[open..].find('}').map(|at| open + at) else { break };
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
            // A blank before nothing would be a stray one.
            (Some(Filling::Text(text)), _) if text.is_empty() => {
                filled.truncate(filled.trim_end_matches(' ').len());
            }
            (Some(Filling::Text(text)), _) => filled.push_str(&text),
            (None, _) => filled.push_str(&rest[open..=close]),
        }
        rest = &rest[close + 1..];
    }
    filled.push_str(rest);
    filled
}
