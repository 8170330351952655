//! The rule kind `personal`.

use zeroize::Zeroizing;

use super::comparing::{self, MAX_SHARE, MIN_PART, read_attributes, read_transformations};
use super::{Argument, AttributesRead, Code, Cost, Definition, Documentation, Requirement, Rule};
use crate::candidate::{
    Candidate, CannotJudge, Facts, Findings, MAX_ATTRIBUTE_LENGTH, Note, PreparationKey, User,
};
use crate::knowledge::chinese_name;
use crate::knowledge::comparison::{
    AttributeType, MatchLimits, Place, SearchTerms, Term, Transformations, domain_labels, number_parts, parts,
};
use crate::knowledge::folding::{composed, fold_case};
use crate::policy::parameter::{Choice, Count, Flag, Text, Texts};
use crate::policy::{Declared, Parameter, Stricter, Table, ValueType};

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
Compares in the readings that `read` selects, of the password and of the attribute. Substitutions are `4@` a, `8` b,
`([{<` c, `3€` e, `69` g, `1!|` i or l, `0` o, `5$` s, `7+` t, `2` z; numbers are compared as typed. Boundaries are where
letters, digits and signs meet in the reading. Without its separators, a password contains only texts of six or more
characters.

Besides the whole attribute, its first eight words count, and the first eight parts of these that digits or capitals
separate: `heron` in `heron88`, `Keller` in `AnnaKeller`. A part of digits counts if it has six or more. A palindrome counts
like a short text. Of an e-mail address, the part before the `@` counts, and the domain with each of its labels but the public
suffix. Of a Chinese name, the given name counts in 汉字. For its pinyin, see `pinyin_name`.

Attributes with these names are numbers with parts of their own:

* `phone`, `mobile`, `mobile_phone`, `phone_number`, `telephone`, `tel`: the last six digits count anywhere, the last four
  between boundaries.
* `birthday`, `birthdate`, `birth_date`, `date_of_birth`, `dob`: the date with the year first or last, of four or two digits,
  in either order of month and day, and the year with the month. The day without the year, and the year alone, count
  between boundaries.
* `id_card`, `idcard`, `id_number`, `identity_number`, `national_id`: the last eight and six characters count anywhere, the
  last four between boundaries, with their X. The date of birth in a Chinese number counts like a birthday.
* `card`, `bank_card`, `card_number`: the last eight and six digits count anywhere, the last four between boundaries.",
};

const ATTRIBUTES: Declared<Texts> = Declared::texts("attributes", &["username", "phone", "email", "name"])
    .stricter(Stricter::LongerList)
    .doc("The attributes to look for. \"*\" means every attribute.");
const MIN_MATCH: Declared<Count> = Declared::count("min_match", 4, 2..=64)
    .unit("characters")
    .stricter(Stricter::Lower)
    .doc(
        "The minimum length of a text that counts anywhere in the password; two 汉字 suffice. A shorter one counts only as \
         the whole password or between boundaries.",
    );
const MIN_LENGTH: Declared<Count> = Declared::count("min_length", 3, 2..=64)
    .unit("characters")
    .stricter(Stricter::Lower)
    .doc(
        "The minimum length of a text; two 汉字 suffice. Shorter ones are ignored. If `min_match` is not greater, every \
         other text counts anywhere, and 汉字 and palindromes count like any text.",
    );
const TOKENS: Declared<Flag> = Declared::flag("tokens", true)
    .stricter(Stricter::True)
    .doc("Whether to look for the parts of an attribute that spaces, signs, digits or capitals separate.");
const TOKEN_SEPARATORS: Declared<Text> = Declared::text("token_separators").doc(
    "The characters that separate the parts of an attribute. Each part then counts as written, instead of the whole \
     attribute and of any other parts. Without it, see Limits.",
);
const PLACE: Declared<Choice<Place>> = Declared::choice(
    "place",
    Place::Anywhere,
    &[("anywhere", Place::Anywhere), ("start", Place::Start), ("end", Place::End), ("whole", Place::Whole)],
)
.doc(
    "Where a text counts that would count anywhere. With another value than \"anywhere\", a shorter text counts only as the \
     whole password.",
);
const TAILS: &str = "tails";
const TAIL_LENGTHS: std::ops::RangeInclusive<u64> = 3..=64;
const READ: Declared<Texts> = comparing::read(&["plain", "folded", "substituted", "separated"]);

pub(super) fn definition() -> Definition {
    let tail_length = ValueType::Count { range: TAIL_LENGTHS, default: None, at_least: None };
    let parameters = vec![
        ATTRIBUTES.parameter(),
        MIN_MATCH.parameter(),
        MIN_LENGTH.parameter(),
        TOKENS.parameter(),
        TOKEN_SEPARATORS.parameter(),
        PLACE.parameter(),
        READ.parameter(),
        MIN_PART.parameter(),
        Parameter::new(
            TAILS,
            ValueType::Map { placeholder: "<attribute>", values: Box::new(tail_length) },
            "The number of last characters of an attribute, without its spaces and signs, that count anywhere.",
        ),
        MAX_SHARE.parameter(),
    ];
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

/// The maximum number of parts of one attribute between the author's separators. It bounds the work, and exceeds the number
/// of parts that an attribute can have.
const MAX_SEPARATED_TOKENS: usize = MAX_ATTRIBUTE_LENGTH / 2;
/// The maximum number of code points of an attribute from which `min_part` takes parts. It bounds the work.
const MAX_PART_SOURCE: usize = 64;
/// The maximum number of code points of an attribute from which parts of every length are taken.
const MAX_SHARED_SOURCE: usize = 32;

fn read_tails(table: &mut Table<'_>) -> Vec<(String, usize)> {
    let Some(mut tails) = table.table(TAILS) else { return Vec::new() };
    let mut read = Vec::new();
    for entry in tails.entries() {
        read.extend(tails.count_of(entry, TAIL_LENGTHS).map(|length| (entry.key.clone(), length as usize)));
    }
    tails.finish();
    read
}

struct Personal {
    key: PreparationKey,
    attributes: AttributesRead,
    min_match: usize,
    min_length: usize,
    tokens: bool,
    token_separators: Option<String>,
    place: Place,
    min_part: Option<usize>,
    /// The attributes whose last characters count, and how many.
    tails: Vec<(String, usize)>,
    limits: MatchLimits,
}

fn build(table: &mut Table<'_>) -> Option<Box<dyn Rule>> {
    Some(Box::new(Personal {
        key: PreparationKey::new(),
        attributes: read_attributes(table, &ATTRIBUTES),
        min_match: table.read(&MIN_MATCH) as usize,
        min_length: table.read(&MIN_LENGTH) as usize,
        tokens: table.read(&TOKENS),
        token_separators: table.read(&TOKEN_SEPARATORS).map(|separators| separators.value),
        place: table.read(&PLACE),
        min_part: table.read(&MIN_PART).map(|length| length as usize),
        tails: read_tails(table),
        limits: MatchLimits { read: read_transformations(table, &READ), max_share: table.read(&MAX_SHARE) },
    }))
}

impl Rule for Personal {
    fn check(&self, candidate: &Candidate, facts: &Facts<'_>, findings: &mut Findings) -> Result<(), CannotJudge> {
        let terms = facts.user.prepared(self.key, |user| self.terms(user));
        let found = terms.find(candidate.readings(), &self.limits);
        // In the order of the definition, whatever the order of the attributes.
        let codes = KINDS.iter().map(|(_, code)| *code).chain([OTHER_CODE]);
        for (_, code) in codes.enumerate().filter(|(group, _)| found >> group & 1 != 0) {
            findings.refuse(code, &[]);
        }
        Ok(())
    }

    fn explain(&self, _: &Candidate, facts: &Facts<'_>) -> Result<Vec<Note>, CannotJudge> {
        let compared = facts.user.attributes().filter(|(name, _)| self.attributes.contains(name)).count();
        Ok(vec![Note::new("personal.observed", &[("attributes", compared as u64)])])
    }

    fn needs_account(&self) -> bool {
        true
    }

    fn attributes(&self) -> AttributesRead {
        let mut read = self.attributes.clone();
        read.named.extend(self.tails.iter().map(|(name, _)| name.clone()));
        read
    }

    fn requirements(&self) -> Vec<Requirement> {
        let AttributesRead { every, usual, named } = &self.attributes;
        let terms = if *every { vec![ANY.to_owned()] } else { [usual.as_slice(), named].concat() };
        let requirement = Requirement::new("personal.requirement", &[]);
        vec![requirement.with("attributes", Argument::Terms(terms))]
    }
}

impl Personal {
    /// Returns the texts to search for. They depend on the user alone.
    fn terms(&self, user: &User) -> SearchTerms {
        let mut terms = SearchTerms::default();
        for (name, value) in user.attributes() {
            if !self.attributes.contains(name) {
                continue;
            }
            let group = KINDS.iter().position(|(kind, _)| *kind == name).unwrap_or(KINDS.len()) as u8;
            let mut words = Words { rule: self, terms: &mut terms, group };
            let value = composed(value.trim());
            match AttributeType::of(name) {
                AttributeType::Text => words.add_text(&value),
                AttributeType::Email => words.add_email(&value),
                number => words.add_number(&value, number),
            }
            for (_, length) in self.tails.iter().filter(|(attribute, _)| attribute == name) {
                words.add_tail(&value, *length);
            }
            if name == "name" && self.token_separators.is_none() {
                for given in chinese_name::given_names(&value) {
                    words.add(given);
                }
            }
        }
        terms.finish()
    }
}

/// Collects the texts of one attribute.
struct Words<'w> {
    rule: &'w Personal,
    terms: &'w mut SearchTerms,
    group: u8,
}

impl Words<'_> {
    /// Adds a number as written, and its parts.
    fn add_number(&mut self, number: &str, of: AttributeType) {
        self.add(number);
        number_parts(number, of, &mut |part, place| self.add_at(part, place));
        let mut digits = Zeroizing::new(String::with_capacity(number.len()));
        digits.extend(number.chars().filter(char::is_ascii_alphanumeric));
        self.add_common_parts(&digits);
    }

    /// Adds the last characters of an attribute.
    fn add_tail(&mut self, text: &str, length: usize) {
        let mut letters = Zeroizing::new(String::with_capacity(text.len()));
        letters.extend(text.chars().filter(|c| c.is_alphanumeric()));
        if let Some((start, _)) = letters.char_indices().rev().nth(length - 1) {
            self.add_at(&letters[start..], Place::Anywhere);
        }
    }

    fn add_email(&mut self, email: &str) {
        let Some((local, domain)) = email.rsplit_once('@') else { return self.add_text(email) };
        self.add_text(local);
        self.add(domain);
        for label in domain_labels(domain) {
            self.add_text(label);
        }
    }

    fn add_text(&mut self, text: &str) {
        if let Some(separators) = &self.rule.token_separators {
            let parts = text.split(|c| separators.contains(c)).filter(|part| !part.is_empty());
            for part in parts.take(MAX_SEPARATED_TOKENS) {
                self.add(part);
            }
            return;
        }
        self.add(text);
        self.add_common_parts(text);
        if self.read().contains(Transformations::SEPARATED) && text.contains(is_separator) {
            let mut joined = Zeroizing::new(String::with_capacity(text.len()));
            joined.extend(text.split(is_separator));
            self.add(&joined);
        }
        if self.rule.tokens {
            for part in parts(text) {
                self.add(part);
            }
        }
    }

    fn add(&mut self, word: &str) {
        let length = word.chars().count();
        // The author lets every text that is not ignored count anywhere.
        let exact = self.rule.min_match <= self.rule.min_length;
        let has_han = !exact && word.chars().any(is_han);
        if length < 2 || (length < self.rule.min_length && !has_han) {
            return;
        }
        let convincing = exact || has_han || (length >= self.rule.min_match && !is_palindrome(word));
        self.add_at(word, if convincing { Place::Anywhere } else { Place::Alone });
    }

    /// Adds every part of the length that `min_part` states. A share is that of the longest part, so with `max_share`
    /// longer parts are added too.
    fn add_common_parts(&mut self, text: &str) {
        let Some(shortest) = self.rule.min_part else { return };
        let has_share = self.rule.limits.max_share > 0;
        let max = if has_share { MAX_SHARED_SOURCE } else { MAX_PART_SOURCE };
        let bounded = text.char_indices().nth(max).map_or(text, |(end, _)| &text[..end]);
        let ends = bounded.char_indices().map(|(at, _)| at).chain([bounded.len()]);
        for length in shortest..=if has_share { max } else { shortest } {
            for ((start, _), end) in bounded.char_indices().zip(ends.clone().skip(length)) {
                self.add_at(&bounded[start..end], Place::Anywhere);
            }
        }
    }

    fn add_at(&mut self, word: &str, place: Place) {
        let place = match (self.rule.place, place) {
            (Place::Anywhere, place) => place,
            (place, Place::Anywhere) => place,
            _ => Place::Whole,
        };
        let folded = Zeroizing::new(fold_case(word));
        self.terms.add(Term { text: &folded, group: self.group, place, reversed: false }, self.read());
    }

    fn read(&self) -> Transformations {
        self.rule.limits.read
    }
}

fn is_separator(c: char) -> bool {
    !c.is_alphanumeric()
}

fn is_palindrome(word: &str) -> bool {
    let folded = Zeroizing::new(fold_case(word));
    folded.chars().eq(folded.chars().rev())
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}
