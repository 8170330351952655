//! The rule kind `characters`.

use unicode_general_category::{GeneralCategory, get_general_category};

use super::character_limits::{self, built_in_classes};
use super::{
    Argument, CharacterLimits, CharacterSet, CharacterShape, ClassShape, Code, Cost, Definition, Documentation,
    Requirement, Rule, Shape,
};
use crate::candidate::{Candidate, CannotJudge, Facts, Findings, Note};
use crate::knowledge::folding::{composed, is_ignorable};
use crate::policy::parameter::{Choice, Count, Texts};
use crate::policy::table::Placed;
use crate::policy::{Declared, Parameter, Stricter, Table, ValueType};

const CODES: [Code; 20] = {
    let [lower, upper, digit, symbol, other, own, run, start, end, only, short] = character_limits::CODES;
    [
        Code::new("characters.too_few_classes", &["min"]),
        Code::new("characters.missing_lower", &["min"]),
        Code::new("characters.missing_upper", &["min"]),
        Code::new("characters.missing_digit", &["min"]),
        Code::new("characters.missing_symbol", &["min"]),
        Code::new("characters.missing_other", &["min"]),
        Code { code: "characters.missing_own", numbers: &["min"], meaning: "A custom class is missing." },
        Code::new("characters.not_allowed", &[]),
        Code::new("characters.forbidden", &[]),
        lower,
        upper,
        digit,
        symbol,
        other,
        own,
        run,
        start,
        end,
        only,
        short,
    ]
};

static DOCUMENTATION: Documentation = Documentation {
    summary: "Rejects passwords with too few character classes, or with characters that are not allowed.",
    codes: &CODES,
    example: "\
[rules.characters]
min_classes = 3
require.digit = 1
allowed = [\"lower\", \"upper\", \"digit\", \"~!#$%&+-,*:;<=>@_?^\"]",
    why: "\
Many standards require character classes (PCI DSS 4.0.1, 8.3.6), and some connected systems accept no other characters.
NIST SP 800-63B-4 and OWASP ASVS 5.0 (6.2.5) advise against the requirement: users respond with `Password1!`.",
    limits: "\
Only counts character classes; use `strength` or `words` to catch guessable passwords.

With `by = \"windows\"`, `lower` and `upper` are the letters of these cases in every script, `digit` is 0 to 9, `symbol` is the
punctuation of ASCII without the space, and `other` is every letter without case. Other characters, such as `€`, `£`, `٣` and
spaces, belong to no class. Microsoft states the cases for European languages; scripts elsewhere have no case, but for a few
such as Cherokee.",
};

const MIN_CLASSES: Declared<Count> = Declared::count("min_classes", 3, 1..=64).stricter(Stricter::Higher).doc(
    "The minimum number of classes in the password. The classes are `lower`, `upper`, `digit`, `symbol` (punctuation, \
     spaces and other signs), `other` (letters without case, such as 汉字, and combining marks) and the custom classes. \
     Characters without a glyph, such as a zero-width space, belong to no built-in class.",
);
const ALLOWED: Declared<Texts> = Declared::texts("allowed", &[]).stricter(Stricter::FewerCharacters).doc(
    "The only characters allowed: names of classes, and strings of characters. Without it, every character is allowed.",
);
const FORBIDDEN: Declared<Texts> = Declared::texts("forbidden", &[])
    .stricter(Stricter::MoreCharacters)
    .doc("Characters that are not allowed: names of classes, and strings of characters.");
pub(super) const BY: Declared<Choice<By>> =
    Declared::choice("by", By::Unicode, &[("unicode", By::Unicode), ("ascii", By::Ascii), ("windows", By::Windows)])
        .doc(
            "How characters are classified. \"unicode\": by general category. \"ascii\": only within ASCII; every other \
             character belongs to `other`. \"windows\": as \"Password must meet complexity requirements\" of Windows does; see \
             Limits.",
        );
/// The maximum of each required number.
const MAX_REQUIRED: u64 = 4096;
const REQUIRE: &str = "require";
const OWN_CLASSES: &str = "classes";

/// The parameters, besides `min_classes`, that can reject a password.
pub(crate) const RESTRICTIONS: [&str; 9] = [
    REQUIRE,
    "allowed",
    "forbidden",
    "max_per_class",
    "max_class_run",
    "not_at_start",
    "not_at_end",
    "not_only",
    "min_length_by_classes",
];

pub(super) fn definition() -> Definition {
    let count = ValueType::Count { range: 0..=MAX_REQUIRED, default: Some(0), at_least: None };
    let require = ValueType::Map { placeholder: "<class>", values: Box::new(count) };
    let mut parameters = vec![
        MIN_CLASSES.parameter(),
        Parameter::new(REQUIRE, require, "The minimum number of characters of a class.")
            .stricter(Stricter::EachHigher),
        ALLOWED.parameter(),
        FORBIDDEN.parameter(),
    ];
    parameters.extend(character_limits::parameters());
    parameters.extend([BY.parameter(), own_classes_parameter()]);
    Definition::built_in("characters", Cost::Walk, &DOCUMENTATION, parameters, build)
}

/// The built-in classes: name, violation code if the class is missing, and the inside of a regular expression's set.
pub(super) const CLASSES: [(&str, &str, &str); 5] = [
    ("lower", "characters.missing_lower", "a-z"),
    ("upper", "characters.missing_upper", "A-Z"),
    ("digit", "characters.missing_digit", "0-9"),
    ("symbol", "characters.missing_symbol", r"!-\/:-@\[-`\{-~ "),
    ("other", "characters.missing_other", ""),
];
const OTHER: usize = 4;
/// The class of characters that count for none of [`CLASSES`]. It has no name, so no policy can list it.
pub(crate) const UNCOUNTED: usize = 5;
/// The number of values of [`class_of`].
pub(crate) const CLASS_COUNT: usize = 6;

struct Characters {
    min_classes: u64,
    /// The required number of each built-in class.
    required: [u64; 5],
    own: Vec<OwnClass>,
    /// Every class as a set, the built-in ones first.
    classes: Vec<CharacterSet>,
    allowed: Option<CharacterSet>,
    forbidden: Option<CharacterSet>,
    limits: CharacterLimits,
    by: By,
}

/// A custom class.
pub(super) struct OwnClass {
    pub(super) name: String,
    pub(super) members: Vec<char>,
    required: u64,
}

/// How characters are assigned to the built-in classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    Ascii,
    Unicode,
    Windows,
}

impl By {
    /// Returns the value of the parameter `by`; the default if it is absent.
    pub(crate) fn named(written: Option<&str>) -> By {
        match written {
            Some("ascii") => By::Ascii,
            Some("windows") => By::Windows,
            _ => By::Unicode,
        }
    }
}

fn build(table: &mut Table<'_>) -> Option<Box<dyn Rule>> {
    let by = table.read(&BY);
    let mut own = read_own_classes(table);
    let mut required = [0; 5];
    if let Some(mut require) = table.table(REQUIRE) {
        for (index, (name, ..)) in CLASSES.iter().enumerate() {
            required[index] = require.count(name, 0, 0..=MAX_REQUIRED);
        }
        for entry in require.entries() {
            if let Some(class) = own.iter_mut().find(|class| class.name == entry.key) {
                class.required = require.count_of(entry, 0..=MAX_REQUIRED).unwrap_or(0);
            }
        }
        require.finish();
    }
    let classes: Vec<CharacterSet> = built_in_classes(by).chain(own.iter().map(|own| own.set(by))).collect();
    let allowed = table.read(&ALLOWED).map(|items| set(&items, &own, by));
    let forbidden = table.read(&FORBIDDEN).map(|items| set(&items, &own, by));
    let min_classes = table.read(&MIN_CLASSES.at_most(classes.len() as u64));
    let limits = CharacterLimits::read(table, &names(&own), |items| set(items, &own, by));
    limits.report_without_effect(table, min_classes);
    for (class, max) in &limits.max_per_class {
        let least = required.iter().copied().chain(own.iter().map(|own| own.required)).nth(*class).unwrap_or(0);
        if least > *max {
            let name = names(&own).get(*class).copied().unwrap_or_default().to_owned();
            let message = format!("`max_per_class.{name}` is {max}, but `require.{name}` is {least}");
            table.report("max_per_class", "conflict", message, None);
        }
    }
    let min_classes = limits.min_classes(min_classes);
    Some(Box::new(Characters { min_classes, required, own, classes, allowed, forbidden, limits, by }))
}

/// Declares the custom classes of a rule.
pub(super) fn own_classes_parameter() -> Parameter {
    let own = ValueType::Map { placeholder: "<name>", values: Box::new(ValueType::Text) };
    let doc = "A custom class: its characters. It counts in addition to the built-in classes.";
    Parameter::new(OWN_CLASSES, own, doc)
}

/// Reads the custom classes of a rule.
pub(super) fn read_own_classes(table: &mut Table<'_>) -> Vec<OwnClass> {
    let mut own = Vec::new();
    if let Some(classes) = table.table(OWN_CLASSES) {
        for entry in classes.entries() {
            if let crate::policy::document::Value::String(text) = &entry.node.value {
                own.push(OwnClass { name: entry.key.clone(), members: members(text), required: 0 });
            } else {
                classes.report_at(
                    entry.node.span,
                    "wrong-type",
                    "a class must be a string of its characters",
                    None,
                );
            }
            if CLASSES.iter().any(|(name, ..)| *name == entry.key) {
                let message = format!("`{}` is a built-in class", entry.key);
                classes.report_at(entry.key_span, "conflict", message, None);
            }
        }
    }
    own
}

fn members(text: &str) -> Vec<char> {
    let mut members: Vec<char> = composed(text).chars().collect();
    members.sort_unstable();
    members.dedup();
    members
}

impl OwnClass {
    fn set(&self, by: By) -> CharacterSet {
        CharacterSet::new(by, [false; CLASS_COUNT], self.members.clone())
    }
}

/// Returns the names of all classes, the built-in ones first.
fn names(own: &[OwnClass]) -> Vec<&str> {
    CLASSES.iter().map(|(name, ..)| *name).chain(own.iter().map(|own| own.name.as_str())).collect()
}

/// Returns the set of the classes and characters that a list names.
fn set(items: &[Placed<String>], own: &[OwnClass], by: By) -> CharacterSet {
    let mut classes = [false; CLASS_COUNT];
    let mut characters = Vec::new();
    for item in items {
        match CLASSES.iter().position(|(name, ..)| *name == item.value) {
            Some(class) => classes[class] = true,
            None => match own.iter().find(|class| class.name == item.value) {
                Some(class) => characters.extend(&class.members),
                // Passwords are in normalization form C.
                None => characters.extend(composed(&item.value).chars()),
            },
        }
    }
    CharacterSet::new(by, classes, characters)
}

/// Returns the index of a built-in class.
pub(crate) fn class_named(name: &str) -> Option<usize> {
    CLASSES.iter().position(|(known, ..)| *known == name)
}

/// The class of each byte that is a printable ASCII character. Every other byte is [`UNCOUNTED`].
const PRINTABLE: [u8; 256] = {
    let mut classes = [UNCOUNTED as u8; 256];
    let mut c = 0;
    while c < 256 {
        match c as u8 {
            b'a'..=b'z' => classes[c] = 0,
            b'A'..=b'Z' => classes[c] = 1,
            b'0'..=b'9' => classes[c] = 2,
            b' '..=b'~' => classes[c] = 3,
            _ => {}
        }
        c += 1;
    }
    classes
};

/// Returns the number of characters of each class of a text of printable ASCII, which is faster than [`class_of`].
fn count_printable(text: &str) -> Option<[u64; CLASS_COUNT]> {
    let mut counts = [0; CLASS_COUNT];
    for byte in text.bytes() {
        if let Some(count) = counts.get_mut(usize::from(PRINTABLE[usize::from(byte)])) {
            *count += 1;
        }
    }
    (counts[UNCOUNTED] == 0).then_some(counts)
}

/// Returns the index of a character's class, less than [`CLASS_COUNT`]: `lower`, `upper`, `digit`, `symbol`, `other`, or none.
pub(crate) fn class_of(character: char, by: By) -> usize {
    match character {
        ' ' if by == By::Windows => UNCOUNTED,
        ' '..='~' => usize::from(PRINTABLE[character as usize]),
        _ if is_ignorable(character) => UNCOUNTED,
        _ if by == By::Ascii => OTHER,
        _ => {
            use GeneralCategory as G;
            match get_general_category(character) {
                G::LowercaseLetter => 0,
                G::UppercaseLetter => 1,
                G::OtherLetter | G::ModifierLetter => OTHER,
                G::TitlecaseLetter if by == By::Windows => OTHER,
                _ if by == By::Windows => UNCOUNTED,
                G::TitlecaseLetter => 1,
                G::DecimalNumber => 2,
                G::NonspacingMark | G::SpacingMark | G::EnclosingMark => OTHER,
                _ => 3,
            }
        }
    }
}

impl Rule for Characters {
    fn check(&self, candidate: &Candidate, _: &Facts<'_>, findings: &mut Findings) -> Result<(), CannotJudge> {
        let mut own_counts = vec![0u64; self.own.len()];
        let (mut foreign, mut forbidden) = (false, false);
        let text = candidate.text();
        let only_counts = self.own.is_empty() && self.allowed.is_none() && self.forbidden.is_none();
        let printable = (only_counts && self.by != By::Windows).then(|| count_printable(text)).flatten();
        let mut counts = printable.unwrap_or_default();
        for character in if printable.is_some() { "" } else { text }.chars() {
            let class = class_of(character, self.by);
            counts[class] += 1;
            for (count, own) in own_counts.iter_mut().zip(&self.own) {
                *count += u64::from(own.members.binary_search(&character).is_ok());
            }
            foreign |= self.allowed.as_ref().is_some_and(|allowed| !allowed.contains(character));
            forbidden |= self.forbidden.as_ref().is_some_and(|set| set.contains(character));
        }
        for ignored in self.limits.ignored(text) {
            counts[class_of(ignored, self.by)] -= 1;
            for (count, own) in own_counts.iter_mut().zip(&self.own) {
                *count -= u64::from(own.members.binary_search(&ignored).is_ok());
            }
        }
        let present = counts[..UNCOUNTED].iter().chain(&own_counts).filter(|count| **count > 0).count() as u64;
        // A password without any class counts as one of one class.
        if present.max(1) < self.min_classes {
            findings.refuse("characters.too_few_classes", &[("min", self.min_classes)]);
        }
        for ((count, required), (_, code, _)) in counts.iter().zip(self.required).zip(CLASSES) {
            if *count < required {
                findings.refuse(code, &[("min", required)]);
            }
        }
        for (count, own) in own_counts.iter().zip(&self.own) {
            if *count < own.required {
                findings.refuse("characters.missing_own", &[("min", own.required)]);
            }
        }
        if foreign {
            findings.refuse("characters.not_allowed", &[]);
        }
        if forbidden {
            findings.refuse("characters.forbidden", &[]);
        }
        if !self.limits.is_empty() {
            self.limits.check(text, &self.classes, present, findings);
        }
        Ok(())
    }

    fn explain(&self, candidate: &Candidate, _: &Facts<'_>) -> Result<Vec<Note>, CannotJudge> {
        let mut counts = [0u64; CLASS_COUNT];
        candidate.text().chars().for_each(|character| counts[class_of(character, self.by)] += 1);
        let numbers: Vec<(&str, u64)> = CLASSES.iter().map(|(name, ..)| *name).zip(counts).collect();
        Ok(vec![Note::new("characters.observed", &numbers)])
    }

    fn requirements(&self) -> Vec<Requirement> {
        let mut requirements = Vec::new();
        if self.min_classes > 1 {
            // `other` counts, but is not listed: users who type 汉字 do not need the hint.
            let named = CLASSES[..OTHER].iter().map(|(name, ..)| (*name).to_owned());
            let terms = named.chain(self.own.iter().map(|own| own.name.clone())).collect();
            let requirement = Requirement::new("characters.classes", &[("min", self.min_classes)]);
            requirements.push(requirement.with("classes", Argument::Terms(terms)));
        }
        let built_in = CLASSES.iter().zip(self.required).map(|((name, ..), required)| (*name, required));
        let own = self.own.iter().map(|own| (own.name.as_str(), own.required));
        for (name, required) in built_in.chain(own).filter(|(_, required)| *required > 0) {
            let requirement = Requirement::new("characters.class", &[("min", required)]);
            requirements.push(requirement.with("class", Argument::Terms(vec![name.to_owned()])));
        }
        for (code, set) in [("characters.only", &self.allowed), ("characters.none_of", &self.forbidden)] {
            if let Some(set) = set {
                requirements.push(set.requirement(code));
            }
        }
        requirements.extend(self.limits.requirements(&names(&self.own)));
        requirements
    }

    fn shape(&self) -> Shape {
        let characters = self.character_shape();
        let alternatives = self.limits.alternatives(&characters);
        let shortest = alternatives.iter().map(|way| way.min_length).min();
        let shape = Shape { min_length: shortest, min_ascii_length: shortest, ..self.shape_of(characters) };
        Shape { alternatives: Some(alternatives).filter(|ways| !ways.is_empty()).into_iter().collect(), ..shape }
    }

    fn ways(&self) -> Vec<Shape> {
        let characters = self.character_shape();
        match self.limits.alternatives(&characters).as_slice() {
            [] => vec![self.shape_of(characters)],
            ways => ways
                .iter()
                .map(|way| Shape {
                    min_length: Some(way.min_length),
                    min_ascii_length: Some(way.min_length),
                    ..self.shape_of(way.characters.clone())
                })
                .collect(),
        }
    }
}

impl Characters {
    fn character_shape(&self) -> CharacterShape {
        let required = self.required.into_iter().chain(self.own.iter().map(|own| own.required));
        let classes = names(&self.own).into_iter().zip(&self.classes).zip(required);
        CharacterShape {
            min_classes: self.min_classes,
            classes: classes
                .map(|((name, set), required)| ClassShape { name: name.to_owned(), set: set.clone(), required })
                .collect(),
            allowed: self.allowed.clone(),
            forbidden: self.forbidden.clone(),
            limits: self.limits.clone(),
        }
    }

    fn shape_of(&self, characters: CharacterShape) -> Shape {
        let allowed =
            self.allowed.as_ref().filter(|set| !set.contains_other()).map(CharacterSet::ascii_expression);
        let own = characters.classes.iter().filter(|class| class.required > 0 && !class.set.is_built_in());
        let own = own.map(ClassShape::expression).collect();
        let outside = allowed.as_ref().map(|allowed| format!("[^{allowed}]"));
        let forbidden = self.forbidden.as_ref().map(|forbidden| format!("[{}]", forbidden.ascii_expression()));
        let limits = self.limits.must_not_match(&self.classes);
        Shape {
            must_match: own,
            must_not_match: outside.into_iter().chain(forbidden).chain(limits).collect(),
            least_for_classes: least_for_classes(self.required, characters.min_classes, !self.own.is_empty()),
            characters: vec![characters],
            ..Shape::default()
        }
    }
}

/// Returns the minimum length of a password with the required number of each built-in class and `min_classes` classes.
/// Each class beyond the required ones needs one more character. A character of a custom class can belong to a built-in
/// class as well, so with custom classes nothing is added.
pub(crate) fn least_for_classes(required: impl IntoIterator<Item = u64>, min_classes: u64, has_own: bool) -> u64 {
    let required: Vec<u64> = required.into_iter().filter(|least| *least > 0).collect();
    let further = if has_own { 0 } else { min_classes.saturating_sub(required.len() as u64) };
    required.iter().fold(further, |sum, least| sum.saturating_add(*least))
}
