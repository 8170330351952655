//! Standards as data: requirements, each with a check.

use std::borrow::Cow;

use crate::language::{Language, MessageValue};
use crate::policy::document::Start;
pub use crate::policy::source::STANDARDS;
use crate::policy::{Document, Files, PolicyError, Table};

/// Why a requirement is met, violated or undecided, or why two contradict each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The name of the text, `standards/reason.<key>`.
    key: Cow<'static, str>,
    values: Vec<(&'static str, MessageValue<'static>)>,
}

impl Reason {
    pub(super) fn new(key: impl Into<Cow<'static, str>>) -> Reason {
        Reason { key: key.into(), values: Vec::new() }
    }

    pub(super) fn with(mut self, name: &'static str, value: impl Into<MessageValue<'static>>) -> Reason {
        self.values.push((name, value.into()));
        self
    }

    /// Returns the text.
    pub fn text(&self, language: Language) -> String {
        language.message(&format!("standards/reason.{}", self.key), &self.values)
    }
}

/// One requirement of a standard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// The number in the standard, followed by a keyword if several requirements share the number.
    pub id: String,
    /// The clause of the standard.
    pub clause: String,
    /// The key of its text.
    key: String,
    /// The check that decides it.
    pub check: Check,
}

impl Requirement {
    /// Returns the paraphrased requirement.
    pub fn text(&self, language: Language) -> String {
        language.message(&self.key, &[])
    }
}

/// The check of a requirement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Check {
    /// Passwords have a minimum length. A lower one suffices with a second factor, which a policy does not show.
    MinLength {
        /// The minimum length in code points.
        min: u64,
        /// The minimum length in code points with a second factor; `None` if it is the same.
        min_with_factor: Option<u64>,
    },
    /// Passwords of this length in code points are permitted.
    MinMaxLength(u64),
    /// The length is counted in code points.
    CodePoints,
    /// No rule requires kinds of characters.
    NoComposition,
    /// Every character is permitted.
    EveryCharacter,
    /// This number of character classes is required.
    Classes(u64),
    /// A letter and a digit are required.
    LetterAndDigit,
    /// A character other than a letter is required.
    NonLetter,
    /// Passwords do not expire.
    NoRotation,
    /// Passwords expire after at most this number of seconds.
    Rotation(u64),
    /// Passwords are normalized to NFC.
    Normalized,
    /// Passwords are not normalized.
    AsReceived,
    /// Passwords on a word list are refused.
    Blocklist,
    /// Word lists are compared with the whole password, not with parts of it.
    OnlyWhole,
    /// The most common passwords are refused.
    CommonWords,
    /// Breached passwords are refused.
    Breached,
    /// Names of the user or of the service are refused.
    ContextWords,
    /// This number of earlier passwords is refused.
    History(u64),
    /// A password can be changed only after this number of seconds.
    MinAge(u64),
    /// The number of wrong reset codes is limited.
    Attempts {
        /// The maximum number of attempts.
        max: u64,
        /// The minimum period of the limit in seconds.
        window: u64,
    },
    /// The number of failed sign-ins is limited.
    SignIn {
        /// The maximum number of consecutive failures.
        max: u64,
        /// The minimum duration of the lock that follows, in seconds.
        lock: u64,
        /// Whether a lock that ends by time does not suffice.
        disables: bool,
    },
    /// A code sent by e-mail expires after at most this number of seconds.
    CodeLifetime(u64),
    /// A code sent to a phone expires after at most this number of seconds.
    PhoneLifetime(u64),
    /// A code is bound to the client and the device that requested it.
    CodeBound,
    /// The user is notified of a new password.
    Notify,
    /// Sessions are revoked after a new password.
    RevokeSessions,
    /// Responses do not disclose whether a user exists.
    Conceal,
    /// Always met, because of how the engine works.
    ByConstruction(Reason),
    /// Not decidable from a policy.
    NotHere(Reason),
}

impl Standard {
    /// Loads the built-in standard called `name`; `None` if there is none.
    pub fn built_in(name: &str) -> Option<Result<Standard, PolicyError>> {
        let (name, text) = STANDARDS.iter().find(|(known, _)| *known == name)?;
        Some(Standard::parse(name, text))
    }

    /// Parses a standard. `name` is the file name for error messages.
    ///
    /// # Errors
    /// Returns every error in the text, each with its location.
    pub fn parse(name: &str, text: &str) -> Result<Standard, PolicyError> {
        let document = Document::read(Start::Text(name, text), &Files)?;
        let mut table = Table::new(&document.root, document.root.span, &document.reporter, &Files);
        table.node("format");
        let mut word = |key| table.text(key).map(|text| text.value).unwrap_or_default();
        let (name, title) = (word("name"), word("title"));
        let requirements =
            table.tables("requirement").into_iter().map(|table| Requirement::read(table, &name)).collect();
        table.finish();
        document.reporter.finish()?;
        Ok(Standard { name, title, requirements })
    }
}

/// The requirements of a standard on passwords and password resets.
#[derive(Clone, Debug)]
pub struct Standard {
    /// The name, which is also that of the preset that follows it.
    pub name: String,
    /// The title and version.
    pub title: String,
    /// The requirements, in the order of the standard.
    pub requirements: Vec<Requirement>,
}

impl Requirement {
    fn read(mut table: Table<'_>, standard: &str) -> Requirement {
        let mut word = |key| table.text(key).map(|text| text.value).unwrap_or_default();
        let (id, clause) = (word("id"), word("clause"));
        let check = Check::read(&mut table);
        if id.is_empty() || clause.is_empty() {
            table.report_at(table.span(), "missing-key", "a requirement needs `id` and `clause`", None);
        }
        let key = format!("standards/{standard}.{id}");
        if Language::ENGLISH.text(&key).is_none() {
            let message = format!("the requirement has no text `{key}`");
            table.report_at(table.span(), "missing-key", message, None);
        }
        table.finish();
        Requirement { id, clause, key, check }
    }
}

impl Check {
    fn read(table: &mut Table<'_>) -> Check {
        const FOREVER: u64 = u64::MAX;
        let name = table.text("check");
        let min = |table: &mut Table<'_>| table.count("min", 0, 1..=FOREVER);
        let seconds = |table: &mut Table<'_>, key| table.duration(key, 0, 1..=FOREVER);
        match name.as_ref().map_or("", |name| name.value.as_str()) {
            "min_length" => Check::MinLength {
                min: min(table),
                min_with_factor: table.optional_count("min_with_factor", 1..=FOREVER),
            },
            "min_max_length" => Check::MinMaxLength(min(table)),
            "code_points" => Check::CodePoints,
            "no_composition" => Check::NoComposition,
            "every_character" => Check::EveryCharacter,
            "classes" => Check::Classes(min(table)),
            "letter_and_digit" => Check::LetterAndDigit,
            "non_letter" => Check::NonLetter,
            "no_rotation" => Check::NoRotation,
            "rotation" => Check::Rotation(seconds(table, "max")),
            "normalized" => Check::Normalized,
            "as_received" => Check::AsReceived,
            "blocklist" => Check::Blocklist,
            "only_whole" => Check::OnlyWhole,
            "common_words" => Check::CommonWords,
            "breached" => Check::Breached,
            "context_words" => Check::ContextWords,
            "history" => Check::History(min(table)),
            "min_age" => Check::MinAge(seconds(table, "min")),
            "attempts" => Check::Attempts {
                max: table.count("max", 0, 1..=FOREVER),
                window: table.duration("window", 0, 0..=FOREVER),
            },
            "sign_in" => Check::SignIn {
                max: table.count("max", 0, 1..=FOREVER),
                lock: table.duration("lock", 0, 0..=FOREVER),
                disables: table.flag("disables", false),
            },
            "code_lifetime" => Check::CodeLifetime(seconds(table, "max")),
            "phone_lifetime" => Check::PhoneLifetime(seconds(table, "max")),
            "code_bound" => Check::CodeBound,
            "notify" => Check::Notify,
            "revoke_sessions" => Check::RevokeSessions,
            "conceal" => Check::Conceal,
            "by_construction" => Check::ByConstruction(reason(table)),
            "not_here" => Check::NotHere(reason(table)),
            other => {
                table.report("check", "unknown-value", format!("unknown check `{other}`"), None);
                Check::NotHere(Reason::new("host"))
            }
        }
    }
}

fn reason(table: &mut Table<'_>) -> Reason {
    let reason = Reason::new(table.text("why").map(|why| why.value).unwrap_or_default());
    if Language::ENGLISH.text(&format!("standards/reason.{}", reason.key)).is_none() {
        let message = format!("there is no text `standards/reason.{}`", reason.key);
        table.report_at(table.span(), "unknown-value", message, None);
    }
    reason
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_standard_loads_with_unique_ids() {
        for (name, text) in STANDARDS {
            let standard = Standard::parse(name, text).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(standard.name, *name);
            let mut ids: Vec<&str> = standard.requirements.iter().map(|r| r.id.as_str()).collect();
            ids.sort_unstable();
            ids.dedup();
            assert_eq!(ids.len(), standard.requirements.len(), "{name}");
            assert!(standard.requirements.iter().all(|r| r.id.starts_with(&r.clause)), "{name}");
        }
    }
}
