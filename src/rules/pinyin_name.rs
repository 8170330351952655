//! Rejects passwords that hold the user's Chinese name as it is typed in Latin letters.
//!
//! # Parameters
//! - `attributes` (["name"]): the attributes that hold a name in 汉字, four at most.
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
//! `knowledge::chinese_name` says it in full, with how often it is wrong. The figure
//! is of the first spelling that convinces, the longest at its place. Common substitutions (`zh4ngs4n`) are
//! read for spellings of six letters and more. Given names are read in Mandarin only. A name in Latin letters is
//! `personal`'s.

use super::{Cost, Definition, Requirement, Rule};
use crate::candidate::{Candidate, CannotJudge, CannotJudgeKind, Facts, Findings, Note};
use crate::knowledge::chinese_name::{INSIDE, Match, NameOptions, find, spellings};
use crate::policy::Table;

pub(super) fn definition() -> Definition {
    Definition::built_in("pinyin_name", ["pinyin_name.contained"], Cost::Walk, build)
}

/// Every name costs as much as a walk over the password for each of its spellings.
const MAX_ATTRIBUTES: usize = 4;

struct PinyinName {
    attributes: Vec<String>,
    min_match: usize,
    options: NameOptions,
}

fn build(table: &mut Table<'_>) -> Option<Box<dyn Rule>> {
    let attributes: Vec<String> = match table.texts("attributes") {
        None => vec!["name".to_owned()],
        Some(names) => names.into_iter().map(|name| name.value).collect(),
    };
    if attributes.len() > MAX_ATTRIBUTES {
        table.complain("attributes", "too-large", format!("names of {MAX_ATTRIBUTES} attributes at most"), None);
    }
    Some(Box::new(PinyinName {
        attributes,
        min_match: table.count("min_match", 4, 2..=64) as usize,
        options: NameOptions { regional_spellings: table.flag("regional_spellings", false) },
    }))
}

impl Rule for PinyinName {
    fn check(&self, candidate: &Candidate, facts: &Facts<'_>, findings: &mut Findings) -> Result<(), CannotJudge> {
        let mut named = Vec::new();
        for (_, name) in facts.user.attributes().filter(|(name, _)| self.attributes.iter().any(|n| n == name)) {
            if name.is_ascii() {
                continue;
            }
            if named.len() == MAX_ATTRIBUTES {
                // An unseen name would be a skipped check.
                let message = format!("a user may have {MAX_ATTRIBUTES} names in 汉字");
                return Err(CannotJudge::new(CannotJudgeKind::TooManyFacts, message));
            }
            named.push(name);
        }
        if let Some(found) =
            named.iter().filter_map(|name| self.look_for(name, candidate)).max_by_key(|m| m.letters)
        {
            findings.refuse("pinyin_name.contained", &[("letters", found.letters as u64)]);
        }
        Ok(())
    }

    fn explain(&self, _: &Candidate, facts: &Facts<'_>) -> Result<Vec<Note>, CannotJudge> {
        let names = facts.user.attributes().filter(|(name, _)| self.attributes.iter().any(|n| n == name));
        let tried: usize = names
            .filter(|(_, name)| !name.is_ascii())
            .take(MAX_ATTRIBUTES)
            .map(|(_, name)| spellings(name, &self.options).iter().count())
            .sum();
        Ok(vec![Note::new("pinyin_name.saw", &[("spellings", tried as u64)])])
    }

    fn needs_account(&self) -> bool {
        true
    }

    fn requirements(&self) -> Vec<Requirement> {
        vec![Requirement::new("pinyin_name.requirement", &[])]
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
