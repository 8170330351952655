//! Rejects passwords that hold the user's own data: username, phone, e-mail, name, or any attribute the host knows.
//!
//! # Parameters
//! - `attributes` (["username", "phone", "email", "name"]): which attributes are looked for; "*" means every one.
//! - `min_match` (4): a shorter attribute (two 汉字 are enough) counts only as the whole password or between
//!   boundaries, where letters, digits and signs meet; 2 to 64.
//! - `tokens` (true): also look for the parts of an attribute, which spaces and signs divide.
//!
//! # Violations
//! - `personal.username` {}
//! - `personal.phone` {}
//! - `personal.email` {}
//! - `personal.name` {}
//! - `personal.attribute` {}
//!
//! # Example
//! ```toml
//! [rules.personal]
//! attributes = ["username", "phone", "email", "name", "company"]
//! ```
//!
//! # Why
//! What stands in the profile is what an acquaintance tries first, and what leaks beside the password (NIST
//! SP 800-63B-4, section 3.1.1.2: "context-specific words"; OWASP ASVS 5.0, 6.2.11).
//!
//! # Limits
//! Compares after Unicode normalisation, after folding case and after reading common substitutions (`zh4ngs4n`), in
//! the attribute too: `4@` a, `8` b, `(` c, `3€` e, `69` g, `1!|` i or else l, `0` o, `5$` s, `7+` t, `2` z.
//! Boundaries are those of the text as it is read. Of a phone, beside the whole, the last six digits are looked for
//! anywhere and the last four between boundaries; of an e-mail what stands before the `@`. Of one attribute the
//! first eight parts are looked for beside the whole. An attribute of one character never matches. The pinyin of a
//! Chinese name is `pinyin_name`'s.

use unicode_normalization::UnicodeNormalization;

use super::{Argument, Cost, Definition, Requirement, Rule};
use crate::candidate::{Candidate, CannotJudge, Facts, Findings, Note};
use crate::knowledge::folding;
use crate::policy::Table;

pub(super) fn definition() -> Definition {
    let codes = KINDS.iter().map(|(_, code)| *code).chain([OTHER_CODE]);
    Definition::built_in("personal", codes, Cost::Walk, build)
}

/// The attributes with a code of their own.
const KINDS: [(&str, &str); 4] = [
    ("username", "personal.username"),
    ("phone", "personal.phone"),
    ("email", "personal.email"),
    ("name", "personal.name"),
];
const OTHER_CODE: &str = "personal.attribute";
/// What a reader is told when every attribute counts.
const ANY: &str = "personal_data";

/// More parts of one attribute are not looked for, so that the work is bounded.
const MAX_TOKENS: usize = 8;
/// Of a phone number, these many last digits count anywhere, and these many between boundaries.
const PHONE_TAIL: usize = 6;
const SHORT_PHONE_TAIL: usize = 4;

struct Personal {
    attributes: Option<Vec<String>>,
    min_match: usize,
    tokens: bool,
}

fn build(table: &mut Table<'_>) -> Option<Box<dyn Rule>> {
    let attributes = match table.texts("attributes") {
        None => Some(KINDS.iter().map(|(name, _)| (*name).to_owned()).collect()),
        Some(names) if names.iter().any(|name| name.value == "*") => None,
        Some(names) => Some(names.into_iter().map(|name| name.value).collect()),
    };
    Some(Box::new(Personal {
        attributes,
        min_match: table.count("min_match", 4, 2..=64) as usize,
        tokens: table.flag("tokens", true),
    }))
}

impl Rule for Personal {
    fn check(&self, candidate: &Candidate, facts: &Facts<'_>, findings: &mut Findings) -> Result<(), CannotJudge> {
        let mut found: Vec<&'static str> = Vec::new();
        for (name, value) in facts.user.attributes() {
            let wanted = self.attributes.as_ref().is_none_or(|names| names.iter().any(|known| known == name));
            let code = KINDS.iter().find(|(kind, _)| *kind == name).map_or(OTHER_CODE, |(_, code)| *code);
            if wanted && !found.contains(&code) && self.holds(candidate, name, value) {
                found.push(code);
            }
        }
        // In the order of the definition, whatever order the host gave the attributes in.
        for code in KINDS.iter().map(|(_, code)| *code).chain([OTHER_CODE]).filter(|code| found.contains(code)) {
            findings.refuse(code, &[]);
        }
        Ok(())
    }

    fn explain(&self, _: &Candidate, facts: &Facts<'_>) -> Result<Vec<Note>, CannotJudge> {
        let wanted = |name: &str| self.attributes.as_ref().is_none_or(|names| names.iter().any(|n| n == name));
        let compared = facts.user.attributes().filter(|(name, _)| wanted(name)).count();
        Ok(vec![Note::new("personal.saw", &[("attributes", compared as u64)])])
    }

    fn needs_account(&self) -> bool {
        true
    }

    fn requirements(&self) -> Vec<Requirement> {
        let terms = match &self.attributes {
            None => vec![ANY.to_owned()],
            Some(names) => names.clone(),
        };
        let requirement = Requirement::new("personal.requirement", &[]);
        vec![requirement.with("attributes", Argument::Terms(terms))]
    }
}

impl Personal {
    fn holds(&self, candidate: &Candidate, name: &str, value: &str) -> bool {
        let value = folding::fold_case(&value.trim().nfc().collect::<String>());
        match name {
            "phone" => self.holds_phone(candidate, &value),
            "email" => {
                self.holds_text(candidate, value.rsplit_once('@').map_or(value.as_str(), |(local, _)| local))
            }
            _ => self.holds_text(candidate, &value),
        }
    }

    fn holds_phone(&self, candidate: &Candidate, phone: &str) -> bool {
        if self.holds_word(candidate, phone) {
            return true;
        }
        let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
        if digits.len() < PHONE_TAIL {
            return self.holds_word(candidate, &digits);
        }
        let folded = candidate.folded();
        folded.contains(&digits[digits.len() - PHONE_TAIL..])
            || between_boundaries(folded, &digits[digits.len() - SHORT_PHONE_TAIL..])
    }

    fn holds_text(&self, candidate: &Candidate, text: &str) -> bool {
        let divided = |c: char| !c.is_alphanumeric();
        if self.holds_word(candidate, text) {
            return true;
        }
        if !text.contains(divided) {
            return false;
        }
        let joined: String = text.split(divided).collect();
        self.holds_word(candidate, &joined)
            || (self.tokens
                && text
                    .split(divided)
                    .filter(|t| !t.is_empty())
                    .take(MAX_TOKENS)
                    .any(|t| self.holds_word(candidate, t)))
    }

    fn holds_word(&self, candidate: &Candidate, word: &str) -> bool {
        let length = word.chars().take(self.min_match).count();
        if length < 2 {
            return false;
        }
        let convincing = length >= self.min_match || word.chars().any(is_han);
        let matches = |text: &str, word: &str| {
            if convincing { text.contains(word) } else { between_boundaries(text, word) }
        };
        matches(candidate.folded(), word)
            || candidate.readings().iter().any(|reading| {
                matches(reading, word) || folding::readings(word).iter().any(|read| matches(reading, read))
            })
    }
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

/// Whether `word` stands in `text` with nothing of its own kind beside it: letters end where digits begin.
fn between_boundaries(text: &str, word: &str) -> bool {
    let kind = |c: char| {
        if c.is_alphabetic() {
            1
        } else if c.is_numeric() {
            2
        } else {
            3
        }
    };
    let (Some(first), Some(last)) = (word.chars().next(), word.chars().next_back()) else { return false };
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        before.is_none_or(|c| kind(c) != kind(first)) && after.is_none_or(|c| kind(c) != kind(last))
    })
}
