//! A standard as data: its requirements, each with a check.

use crate::policy::document::Start;
use crate::policy::{Document, Files, PolicyError, Table};

/// The standards that come with the engine, by name.
pub const STANDARDS: &[(&str, &str)] = &[
    ("nist-800-63b-4", include_str!("../../../rules/standards/nist-800-63b-4.toml")),
    ("owasp-asvs-5", include_str!("../../../rules/standards/owasp-asvs-5.toml")),
    ("pci-dss-4", include_str!("../../../rules/standards/pci-dss-4.toml")),
    ("mlps-3", include_str!("../../../rules/standards/mlps-3.toml")),
    ("cis", include_str!("../../../rules/standards/cis.toml")),
    ("microsoft-ad", include_str!("../../../rules/standards/microsoft-ad.toml")),
];

/// The same words in every language that the engine speaks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts {
    en: String,
    zh: String,
}

impl Texts {
    pub(super) fn new(en: impl Into<String>, zh: impl Into<String>) -> Texts {
        Texts { en: en.into(), zh: zh.into() }
    }

    /// The words in a language, by its tag; English for one that has none.
    pub fn text(&self, tag: &str) -> &str {
        if tag.starts_with("zh") { &self.zh } else { &self.en }
    }

    fn read(mut table: Table<'_>) -> Texts {
        let mut word = |key| table.text(key).map(|text| text.value).unwrap_or_default();
        let texts = Texts::new(word("en"), word("zh"));
        if texts.en.is_empty() || texts.zh.is_empty() {
            let message = "words are needed in every language";
            table.report_at(table.span(), "missing-key", message, None);
        }
        table.finish();
        texts
    }
}

/// One requirement of a standard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// The standard's own number; with a word behind it where one number asks for several things.
    pub id: String,
    /// The clause.
    pub clause: String,
    texts: Texts,
    /// How a policy is compared with it.
    pub check: Check,
}

impl Requirement {
    /// What is required, in our words.
    pub fn text(&self, tag: &str) -> &str {
        self.texts.text(tag)
    }
}

/// What a policy is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Check {
    /// The least length in code points; less is enough beside a second factor, which a policy does not show.
    LeastLength {
        /// At least so many.
        min: u64,
        /// So many beside a second factor.
        beside_factor: Option<u64>,
    },
    /// So many characters are permitted.
    LeastMaxLength(u64),
    /// Code points are counted.
    CodePoints,
    /// No rule about kinds of characters.
    NoComposition,
    /// Every character is accepted.
    EveryCharacter,
    /// So many classes of characters.
    Classes(u64),
    /// A letter and a digit.
    LetterAndDigit,
    /// A character that is no letter.
    NonLetter,
    /// No end to a password's use.
    NoRotation,
    /// A password may be in use for so many seconds.
    Rotation(u64),
    /// NFC.
    Normalized,
    /// As received.
    AsReceived,
    /// Listed words are refused.
    Blocklist,
    /// Listed words are refused as a whole and not when contained.
    OnlyWhole,
    /// The commonest thousands are refused.
    CommonWords,
    /// Passwords of leaks are refused.
    Breached,
    /// What the user and the service are called is refused.
    ContextWords,
    /// So many earlier passwords are refused.
    History(u64),
    /// A password must be in use for so many seconds before it may be replaced.
    LeastAge(u64),
    /// At most so many wrong codes within so many seconds.
    Attempts {
        /// At most so many.
        max: u64,
        /// Within at least so many seconds.
        window: u64,
    },
    /// A code sent by mail lives at most so many seconds.
    CodeLifetime(u64),
    /// A code sent by phone lives at most so many seconds.
    PhoneLifetime(u64),
    /// A code is bound to what it was asked for.
    CodeBound,
    /// The owner is told.
    Notify,
    /// Sessions end.
    RevokeSessions,
    /// Whether a user exists is not told.
    Conceal,
    /// Met by how the engine is made.
    ByConstruction(Texts),
    /// For the host, or for a reader, to see.
    NotHere(Texts),
}

impl Standard {
    /// A standard that comes with the engine; `None` when there is none of that name.
    pub fn built_in(name: &str) -> Option<Result<Standard, PolicyError>> {
        let (name, text) = STANDARDS.iter().find(|(known, _)| *known == name)?;
        Some(Standard::parse(name, text))
    }

    /// Reads a standard from its text.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn parse(name: &str, text: &str) -> Result<Standard, PolicyError> {
        let document = Document::read(Start::Text(name, text), &Files)?;
        let mut table = Table::new(&document.root, document.root.span, &document.reporter, &Files);
        table.node("format");
        let mut word = |key| table.text(key).map(|text| text.value).unwrap_or_default();
        let (name, title) = (word("name"), word("title"));
        let requirements = table.tables("requirement").into_iter().map(Requirement::read).collect();
        table.finish();
        document.reporter.finish()?;
        Ok(Standard { name, title, requirements })
    }
}

/// A standard: its requirements, as far as they are about passwords and their reset.
#[derive(Clone, Debug)]
pub struct Standard {
    /// Its name, which is that of the preset that follows it.
    pub name: String,
    /// Its title and version.
    pub title: String,
    /// Its requirements.
    pub requirements: Vec<Requirement>,
}

impl Requirement {
    fn read(mut table: Table<'_>) -> Requirement {
        let mut word = |key| table.text(key).map(|text| text.value).unwrap_or_default();
        let (id, clause) = (word("id"), word("clause"));
        let texts = table.table("text").map(Texts::read).unwrap_or_default();
        let check = Check::read(&mut table);
        if id.is_empty() || clause.is_empty() || texts == Texts::default() {
            table.report_at(table.span(), "missing-key", "a requirement has `id`, `clause` and `text`", None);
        }
        table.finish();
        Requirement { id, clause, texts, check }
    }
}

impl Check {
    fn read(table: &mut Table<'_>) -> Check {
        const FOREVER: u64 = u64::MAX;
        let name = table.text("check");
        let min = |table: &mut Table<'_>| table.count("min", 0, 1..=FOREVER);
        let seconds = |table: &mut Table<'_>, key| table.duration(key, 0, 1..=FOREVER);
        match name.as_ref().map_or("", |name| name.value.as_str()) {
            "least_length" => Check::LeastLength {
                min: min(table),
                beside_factor: table.optional_count("beside_factor", 1..=FOREVER),
            },
            "least_max_length" => Check::LeastMaxLength(min(table)),
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
            "least_age" => Check::LeastAge(seconds(table, "min")),
            "attempts" => Check::Attempts {
                max: table.count("max", 0, 1..=FOREVER),
                window: table.duration("window", 0, 0..=FOREVER),
            },
            "code_lifetime" => Check::CodeLifetime(seconds(table, "max")),
            "phone_lifetime" => Check::PhoneLifetime(seconds(table, "max")),
            "code_bound" => Check::CodeBound,
            "notify" => Check::Notify,
            "revoke_sessions" => Check::RevokeSessions,
            "conceal" => Check::Conceal,
            "by_construction" => Check::ByConstruction(table.table("why").map(Texts::read).unwrap_or_default()),
            "not_here" => Check::NotHere(table.table("why").map(Texts::read).unwrap_or_default()),
            other => {
                table.report("check", "unknown-value", format!("there is no check `{other}`"), None);
                Check::NotHere(Texts::default())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_standard_reads_and_has_ids_of_its_own() {
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
