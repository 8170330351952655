//! The rule kind `personal`.

use unicode_normalization::UnicodeNormalization;

use super::{Argument, Code, Cost, Definition, Documentation, Requirement, Rule};
use crate::candidate::{Candidate, CannotJudge, Facts, Findings, Note};
use crate::knowledge::folding;
use crate::policy::parameter::{Count, Flag, Texts};
use crate::policy::{Declared, Stricter, Table};

static DOCUMENTATION: Documentation = Documentation {
    summary: "Rejects passwords that contain the user's own data: username, phone number, e-mail address, name, or any \
              other attribute.",
    codes: &[
        Code::new("personal.username", &[]),
        Code::new("personal.phone", &[]),
        Code::new("personal.email", &[]),
        Code::new("personal.name", &[]),
        Code { code: "personal.attribute", numbers: &[], meaning: "The password contains another attribute." },
    ],
    example: "\
[rules.personal]
attributes = [\"username\", \"phone\", \"email\", \"name\", \"company\"]",
    why: "\
An acquaintance tries the data of the profile first, and it leaks together with the password (NIST SP 800-63B-4, section
3.1.1.2: \"context-specific words\"; OWASP ASVS 5.0, 6.2.11).",
    limits: "\
Compares after Unicode normalization and case folding, and after undoing common substitutions (`zh4ngs4n`) in the
password and in the attribute: `4@` a, `8` b, `(` c, `3€` e, `69` g, `1!|` i or l, `0` o, `5$` s, `7+` t, `2` z.
Boundaries are where letters, digits and signs meet in the text after undoing substitutions.

Besides the whole phone number, its last six digits count anywhere and its last four between boundaries. Of an e-mail
address, the part before the `@` counts. Besides the whole attribute, its first eight parts count. An attribute of one
character never matches. For the pinyin of a Chinese name, see `pinyin_name`.",
};

const ATTRIBUTES: Declared<Texts> = Declared::texts("attributes", &["username", "phone", "email", "name"])
    .stricter(Stricter::LongerList)
    .doc("The attributes to look for. \"*\" means every attribute.");
const MIN_MATCH: Declared<Count> = Declared::count("min_match", 4, 2..=64)
    .unit("characters")
    .stricter(Stricter::Lower)
    .doc(
        "The minimum length of an attribute that counts anywhere in the password; two 汉字 suffice. A shorter one counts \
         only as the whole password or between boundaries.",
    );
const TOKENS: Declared<Flag> = Declared::flag("tokens", true)
    .stricter(Stricter::True)
    .doc("Whether to look for the parts of an attribute that spaces and signs separate.");

pub(super) fn definition() -> Definition {
    let parameters = vec![ATTRIBUTES.parameter(), MIN_MATCH.parameter(), TOKENS.parameter()];
    Definition::built_in("personal", Cost::Walk, &DOCUMENTATION, parameters, build)
}

/// The attributes with a code of their own.
const KINDS: [(&str, &str); 4] = [
    ("username", "personal.username"),
    ("phone", "personal.phone"),
    ("email", "personal.email"),
    ("name", "personal.name"),
];
const OTHER_CODE: &str = "personal.attribute";
/// The term in messages if every attribute counts.
const ANY: &str = "personal_data";

/// The maximum number of parts of one attribute. It bounds the work.
const MAX_TOKENS: usize = 8;
/// The number of last digits of a phone number that count anywhere, and of those that count between boundaries.
const PHONE_TAIL: usize = 6;
const SHORT_PHONE_TAIL: usize = 4;

struct Personal {
    attributes: Option<Vec<String>>,
    min_match: usize,
    tokens: bool,
}

fn build(table: &mut Table<'_>) -> Option<Box<dyn Rule>> {
    let attributes = match table.read(&ATTRIBUTES) {
        None => Some(ATTRIBUTES.default().iter().map(|name| (*name).to_owned()).collect()),
        Some(names) if names.iter().any(|name| name.value == "*") => None,
        Some(names) => Some(names.into_iter().map(|name| name.value).collect()),
    };
    Some(Box::new(Personal {
        attributes,
        min_match: table.read(&MIN_MATCH) as usize,
        tokens: table.read(&TOKENS),
    }))
}

impl Rule for Personal {
    fn check(&self, candidate: &Candidate, facts: &Facts<'_>, findings: &mut Findings) -> Result<(), CannotJudge> {
        let mut found: Vec<&'static str> = Vec::new();
        for (name, value) in facts.user.attributes() {
            let wanted = self.attributes.as_ref().is_none_or(|names| names.iter().any(|known| known == name));
            let code = KINDS.iter().find(|(kind, _)| *kind == name).map_or(OTHER_CODE, |(_, code)| *code);
            if wanted && !found.contains(&code) && self.contains(candidate, name, value) {
                found.push(code);
            }
        }
        // In the order of the definition, whatever the order of the attributes.
        for code in KINDS.iter().map(|(_, code)| *code).chain([OTHER_CODE]).filter(|code| found.contains(code)) {
            findings.refuse(code, &[]);
        }
        Ok(())
    }

    fn explain(&self, _: &Candidate, facts: &Facts<'_>) -> Result<Vec<Note>, CannotJudge> {
        let wanted = |name: &str| self.attributes.as_ref().is_none_or(|names| names.iter().any(|n| n == name));
        let compared = facts.user.attributes().filter(|(name, _)| wanted(name)).count();
        Ok(vec![Note::new("personal.observed", &[("attributes", compared as u64)])])
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
    fn contains(&self, candidate: &Candidate, name: &str, value: &str) -> bool {
        let value = folding::fold_case(&value.trim().nfc().collect::<String>());
        match name {
            "phone" => self.contains_phone(candidate, &value),
            "email" => {
                self.contains_text(candidate, value.rsplit_once('@').map_or(value.as_str(), |(local, _)| local))
            }
            _ => self.contains_text(candidate, &value),
        }
    }

    fn contains_phone(&self, candidate: &Candidate, phone: &str) -> bool {
        if self.contains_word(candidate, phone) {
            return true;
        }
        let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
        if digits.len() < PHONE_TAIL {
            return self.contains_word(candidate, &digits);
        }
        let folded = candidate.folded();
        folded.contains(&digits[digits.len() - PHONE_TAIL..])
            || between_boundaries(folded, &digits[digits.len() - SHORT_PHONE_TAIL..])
    }

    fn contains_text(&self, candidate: &Candidate, text: &str) -> bool {
        let divided = |c: char| !c.is_alphanumeric();
        if self.contains_word(candidate, text) {
            return true;
        }
        if !text.contains(divided) {
            return false;
        }
        let joined: String = text.split(divided).collect();
        self.contains_word(candidate, &joined)
            || (self.tokens
                && text
                    .split(divided)
                    .filter(|t| !t.is_empty())
                    .take(MAX_TOKENS)
                    .any(|t| self.contains_word(candidate, t)))
    }

    fn contains_word(&self, candidate: &Candidate, word: &str) -> bool {
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

/// Returns whether `text` contains `word` with no adjacent character of the same type: letters end where digits begin.
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
