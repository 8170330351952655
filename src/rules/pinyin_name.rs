//! Rejects passwords that hold the user's Chinese name as it is typed in Latin letters.
//!
//! # Parameters
//! - `attributes` (["name"]): the attributes that hold a name in 汉字; "*" means every one.
//! - `min_match` (4): the number of letters from which a spelling counts beside other letters, 2 to 64.
//! - `regional_spellings` (false): also Wade–Giles, and surnames as in Hong Kong, Macau, Taiwan and abroad (Wong,
//!   Chan, Lee, Hsieh).
//!
//! # Violations
//! - `pinyin_name.contained` {letters}
//!
//! # Example
//! ```toml
//! [rules.pinyin_name]
//! regional_spellings = true
//! ```
//!
//! # Why
//! Names and birthdays are what Chinese users put into passwords first, and the profile holds the name in
//! characters, so that a comparison of texts never finds `zhangsan1990`. It is a context-specific word (NIST SP
//! 800-63B-4, section 3.1.1.2; OWASP ASVS 5.0, 6.2.11).
//!
//! # Limits
//! A spelling must convince: 李安 (lian) does not refuse "brilliant". As all the letters of the password two are
//! enough, as a word of its own `min_match`, at one end of a word five, inside it six; the module
//! `knowledge::chinese_name` says it in full, with how often it is wrong. Common substitutions (`zh4ngs4n`) are
//! read for spellings of six letters and more. Given names are read in Mandarin only. A name in Latin letters is
//! `personal`'s.

use super::{Cost, Definition, Requirement, Rule};
use crate::candidate::{Candidate, CannotJudge, Facts, Findings};
use crate::knowledge::chinese_name::{INSIDE, Match, NameOptions, find, spellings};
use crate::policy::Table;

pub(super) fn definition() -> Definition {
    Definition::new("pinyin_name", ["pinyin_name.contained"], Cost::Walk, build)
}

struct PinyinName {
    attributes: Option<Vec<String>>,
    min_match: usize,
    options: NameOptions,
}

fn build(table: &mut Table<'_>) -> Option<Box<dyn Rule>> {
    let attributes = match table.texts("attributes") {
        None => Some(vec!["name".to_owned()]),
        Some(names) if names.iter().any(|name| name.value == "*") => None,
        Some(names) => Some(names.into_iter().map(|name| name.value).collect()),
    };
    Some(Box::new(PinyinName {
        attributes,
        min_match: table.count("min_match", 4, 2..=64) as usize,
        options: NameOptions { regional_spellings: table.flag("regional_spellings", false) },
    }))
}

impl Rule for PinyinName {
    fn check(&self, candidate: &Candidate, facts: &Facts<'_>, findings: &mut Findings) -> Result<(), CannotJudge> {
        let wanted =
            |name: &str| self.attributes.as_ref().is_none_or(|names| names.iter().any(|known| known == name));
        let named = facts.user.attributes().filter(|(name, value)| wanted(name) && !value.is_ascii());
        if let Some(found) = named.filter_map(|(_, name)| self.look_for(name, candidate)).max_by_key(|m| m.letters)
        {
            findings.refuse("pinyin_name.contained", &[("letters", found.letters as u64)]);
        }
        Ok(())
    }

    fn requirements(&self) -> Vec<Requirement> {
        vec![Requirement::new("pinyin_name.contained", &[])]
    }
}

impl PinyinName {
    fn look_for(&self, name: &str, candidate: &Candidate) -> Option<Match> {
        let spellings = spellings(name, &self.options);
        let substituted = || {
            let others = candidate.readings().iter().filter(|text| text.as_str() != candidate.folded());
            let mut found = others.filter_map(|text| find(&spellings, text, self.min_match));
            found.find(|found| found.letters >= self.min_match.max(INSIDE))
        };
        find(&spellings, candidate.folded(), self.min_match).or_else(substituted)
    }
}
