//! Every text that people read, by language: `rules/languages/<tag>/*.toml`.
//!
//! A text has a key: its file, a slash, and its tables and name, joined by dots, such as `mail/code.subject`. The keys of
//! `messages.toml`, such as `length.too_short`, omit the file; they are the codes of violations, notes and requirements.
//!
//! The syntax is a subset of [ICU MessageFormat](https://unicode-org.github.io/icu/userguide/format_parse/messages/):
//! `{min}` and `{min, plural, one {# character} other {# characters}}`, with the plural categories of the Unicode CLDR and
//! without quoting.

mod message;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use icu_locale::{LanguageIdentifier, LocaleExpander};
use icu_plurals::PluralRules;
use toml::de::{DeTable, DeValue};

pub use message::{MessageValue, placeholders};

/// The languages, by the tag that also names their folder. The first is the fallback. To add one, add its folder and its tag.
macro_rules! languages {
    ($($tag:literal),+) => {
        const SOURCES: &[Files] = &[$(Files {
            tag: $tag,
            files: [
                ("", include_str!(concat!("../../rules/languages/", $tag, "/messages.toml"))),
                ("contracts/", include_str!(concat!("../../rules/languages/", $tag, "/contracts.toml"))),
                ("mail/", include_str!(concat!("../../rules/languages/", $tag, "/mail.toml"))),
                ("pages/", include_str!(concat!("../../rules/languages/", $tag, "/pages.toml"))),
                ("standards/", include_str!(concat!("../../rules/languages/", $tag, "/standards.toml"))),
            ],
        }),+];
    };
}
languages!["en", "zh", "zh-Hant"];

struct Files {
    tag: &'static str,
    /// The first part of the keys, and the text of each file.
    files: [(&'static str, &'static str); 5],
}

/// The maximum length of a language tag in bytes. A longer one is truncated.
const MAX_TAG_BYTES: usize = 64;

/// A supported language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Language(usize);

/// Every supported language.
pub const LANGUAGES: [Language; SOURCES.len()] = {
    let mut languages = [Language(0); SOURCES.len()];
    let mut at = 0;
    while at < languages.len() {
        languages[at] = Language(at);
        at += 1;
    }
    languages
};

struct Catalogue {
    /// The language with its likely script and region.
    identifier: LanguageIdentifier,
    texts: BTreeMap<String, String>,
}

impl Language {
    /// English, the fallback for unsupported languages.
    pub const ENGLISH: Language = Language(0);

    /// Returns the language that matches a BCP 47 tag; English if there is none. See [`negotiate`](Language::negotiate).
    pub fn from_tag(tag: &str) -> Language {
        Language::negotiate([tag]).unwrap_or(Language::ENGLISH)
    }

    /// Returns the language that matches the first possible of `tags`, which are in order of preference.
    ///
    /// A language matches if it has the same language and script, where Unicode's likely subtags complete a tag: `zh-TW` and
    /// `zh-HK` are written in traditional characters and match `zh-Hant`. The region is ignored. POSIX names such as
    /// `zh_TW.UTF-8` are understood.
    pub fn negotiate<'t>(tags: impl IntoIterator<Item = &'t str>) -> Option<Language> {
        tags.into_iter().find_map(|tag| {
            let exact = |language: &Language| language.tag().eq_ignore_ascii_case(tag.trim());
            LANGUAGES.into_iter().find(exact).or_else(|| {
                let wanted = maximized(tag)?;
                LANGUAGES.into_iter().find(|language| {
                    let known = &language.catalogue().identifier;
                    known.language == wanted.language && known.script == wanted.script
                })
            })
        })
    }

    /// Returns the tag, such as `en`.
    pub fn tag(self) -> &'static str {
        SOURCES[self.0].tag
    }

    /// Returns the name of the language in itself, such as `English`.
    pub fn name(self) -> &'static str {
        self.text("term.language").unwrap_or(self.tag())
    }

    /// Returns the other languages with the same primary language, such as another script of Chinese.
    pub fn related(self) -> impl Iterator<Item = Language> {
        let primary = self.catalogue().identifier.language;
        let same = move |other: &Language| *other != self && other.catalogue().identifier.language == primary;
        LANGUAGES.into_iter().filter(same)
    }

    /// Returns the languages to look up a text of an author in: this one, the related ones, English.
    pub fn fallbacks(self) -> impl Iterator<Item = Language> {
        let english = (self != Language::ENGLISH).then_some(Language::ENGLISH);
        std::iter::once(self).chain(self.related()).chain(english)
    }

    /// Returns the text with this key, with its placeholders; `None` if this language has none.
    pub fn text(self, key: &str) -> Option<&'static str> {
        self.catalogue().texts.get(key).map(String::as_str)
    }

    /// Returns every key.
    pub fn keys(self) -> impl Iterator<Item = &'static str> {
        self.catalogue().texts.keys().map(String::as_str)
    }

    /// Returns the text with this key, its placeholders filled with `values`; the key if this language has no such text.
    pub fn message(self, key: &str, values: &[(&str, MessageValue<'_>)]) -> String {
        let Some(text) = self.text(key) else { return key.to_owned() };
        self.format(text, &|name| values.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone()))
    }

    /// Fills the placeholders of a text. One without a value stays in the text, so that the mistake is visible.
    pub(crate) fn format<'v>(self, text: &str, value: &dyn Fn(&str) -> Option<MessageValue<'v>>) -> String {
        let category = |number: u64| {
            self.plural_rules().map_or(message::OTHER, |rules| message::category_name(rules.category_for(number)))
        };
        message::fill(text, value, Some(&category))
    }

    /// Returns the mistakes in the syntax of a text in this language: a placeholder that is not understood, a plural category
    /// that the language does not have, or a plural without `other`.
    pub fn syntax_errors(self, text: &str) -> Vec<String> {
        let rules = self.plural_rules();
        let categories: Vec<&str> =
            rules.iter().flat_map(|rules| rules.categories()).map(message::category_name).collect();
        message::errors(text, &categories)
    }

    fn plural_rules(self) -> Option<PluralRules> {
        PluralRules::try_new_cardinal(self.catalogue().identifier.clone().into()).ok()
    }

    fn catalogue(self) -> &'static Catalogue {
        static LOADED: [OnceLock<Catalogue>; SOURCES.len()] = [const { OnceLock::new() }; SOURCES.len()];
        LOADED[self.0].get_or_init(|| {
            let Files { tag, files } = &SOURCES[self.0];
            let identifier = maximized(tag).unwrap_or(LanguageIdentifier::UNKNOWN);
            let mut texts = BTreeMap::new();
            for (prefix, file) in files {
                let (table, _) = DeTable::parse_recoverable(file);
                collect(prefix, table.into_inner(), &mut texts);
            }
            Catalogue { identifier, texts }
        })
    }
}

fn collect(prefix: &str, table: DeTable<'_>, texts: &mut BTreeMap<String, String>) {
    for (name, value) in table {
        let key = format!("{prefix}{}", name.get_ref());
        match value.into_inner() {
            DeValue::Table(table) => collect(&format!("{key}."), table, texts),
            DeValue::String(text) => drop(texts.insert(key, text.into_owned())),
            _ => {}
        }
    }
}

/// Parses a tag and adds its likely script and region. Subtags after the first malformed one are ignored.
fn maximized(tag: &str) -> Option<LanguageIdentifier> {
    let end = tag.find(['.', '@']).unwrap_or(tag.len()).min(MAX_TAG_BYTES);
    let tag = tag.get(..end)?.trim().replace('_', "-");
    let ends = tag.match_indices('-').map(|(at, _)| at).chain([tag.len()]);
    let ends: Vec<usize> = ends.collect();
    let mut identifier =
        ends.into_iter().rev().find_map(|end| LanguageIdentifier::try_from_str(&tag[..end]).ok())?;
    LocaleExpander::new_common().maximize(&mut identifier);
    Some(identifier)
}

#[cfg(test)]
mod tests;
