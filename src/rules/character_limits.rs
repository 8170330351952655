//! The limits of a `characters` rule: how many characters of a class, how many in a row, at which places, and in passwords
//! of which length.

use super::characters::{CLASS_COUNT, CLASSES};
use super::{Alternative, Argument, CharacterSet, CharacterShape, Code, Requirement};
use crate::candidate::Findings;
use crate::policy::parameter::{OptionalCount, Texts};
use crate::policy::table::Placed;
use crate::policy::{Declared, Parameter, Stricter, Table, ValueType};

const MAX_PER_CLASS: &str = "max_per_class";
const MAX_CLASS_RUN: Declared<OptionalCount> = Declared::optional_count("max_class_run", 1..=4096)
    .unit("characters")
    .stricter(Stricter::Lower)
    .doc("The maximum number of characters of one class in a row. Without it, there is no limit.");
const NOT_AT_START: Declared<Texts> = Declared::texts("not_at_start", &[])
    .stricter(Stricter::MoreCharacters)
    .doc("Characters with which the password must not begin: names of classes, and strings of characters.");
const NOT_AT_END: Declared<Texts> = Declared::texts("not_at_end", &[])
    .stricter(Stricter::MoreCharacters)
    .doc("Characters with which the password must not end: names of classes, and strings of characters.");
const NOT_ONLY: Declared<Texts> = Declared::texts("not_only", &[]).stricter(Stricter::MoreCharacters).doc(
    "Characters of which the password must not consist alone: names of classes, and strings of characters. `\"digit\"` \
     rejects a number.",
);
const IGNORE_AT_START: Declared<Texts> = Declared::texts("ignore_at_start", &[])
    .stricter(Stricter::MoreCharacters)
    .doc("Characters that count for no class if the password begins with one of them, as many do with a capital.");
const IGNORE_AT_END: Declared<Texts> = Declared::texts("ignore_at_end", &[])
    .stricter(Stricter::MoreCharacters)
    .doc("Characters that count for no class if the password ends with one of them, as many do with a digit.");
const MIN_LENGTH_BY_CLASSES: &str = "min_length_by_classes";

/// The maximum of a number of characters.
const MAX_COUNT: u64 = 4096;

/// The violation code of each built-in class, in the order of [`CLASSES`].
const TOO_MANY: [&str; 5] = [
    "characters.too_many_lower",
    "characters.too_many_upper",
    "characters.too_many_digit",
    "characters.too_many_symbol",
    "characters.too_many_other",
];
const TOO_MANY_OWN: &str = "characters.too_many_own";

/// The codes of the limits, after those of the other parameters.
pub(super) const CODES: [Code; 11] = [
    Code::new(TOO_MANY[0], &["max"]),
    Code::new(TOO_MANY[1], &["max"]),
    Code::new(TOO_MANY[2], &["max"]),
    Code::new(TOO_MANY[3], &["max"]),
    Code::new(TOO_MANY[4], &["max"]),
    Code {
        code: TOO_MANY_OWN,
        numbers: &["max"],
        meaning: "The password has too many characters of a custom class.",
    },
    Code::new("characters.class_run", &["max"]),
    Code::new("characters.at_start", &[]),
    Code::new("characters.at_end", &[]),
    Code::new("characters.only_listed", &[]),
    Code {
        code: "characters.too_short",
        numbers: &["min", "classes"],
        meaning: "The password is too short for its number of classes.",
    },
];

/// Declares the parameters of the limits.
pub(super) fn parameters() -> Vec<Parameter> {
    let map = |key, placeholder, min, stricter, doc| {
        let count = ValueType::Count { range: min..=MAX_COUNT, default: None, at_least: None };
        Parameter::new(key, ValueType::Map { placeholder, values: Box::new(count) }, doc).stricter(stricter)
    };
    vec![
        map(MAX_PER_CLASS, "<class>", 0, Stricter::EachLower, "The maximum number of characters of a class."),
        MAX_CLASS_RUN.parameter(),
        NOT_AT_START.parameter(),
        NOT_AT_END.parameter(),
        NOT_ONLY.parameter(),
        IGNORE_AT_START.parameter(),
        IGNORE_AT_END.parameter(),
        map(
            MIN_LENGTH_BY_CLASSES,
            "<number>",
            1,
            Stricter::AnySuffices,
            "The minimum length of a password with this number of classes or more. One of the lengths suffices. Raises \
             `min_classes` to the smallest number.",
        ),
    ]
}

/// The limits of one rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CharacterLimits {
    /// The maximum number of characters of each class, by index in [`CharacterShape::classes`].
    pub max_per_class: Vec<(usize, u64)>,
    /// The maximum number of characters of one class in a row.
    pub max_class_run: Option<u64>,
    /// Characters with which the password must not begin.
    pub not_at_start: Option<CharacterSet>,
    /// Characters with which the password must not end.
    pub not_at_end: Option<CharacterSet>,
    /// Characters of which the password must not consist alone.
    pub not_only: Option<CharacterSet>,
    /// Characters that count for no class at the beginning of the password.
    pub ignore_at_start: Option<CharacterSet>,
    /// Characters that count for no class at the end of the password.
    pub ignore_at_end: Option<CharacterSet>,
    /// Numbers of classes, ascending, and the minimum length of a password with as many. One of them suffices.
    pub min_length_by_classes: Vec<(u64, u64)>,
}

impl CharacterLimits {
    /// Reads the limits. `names` are those of the classes, the built-in ones first.
    pub(super) fn read(
        table: &mut Table<'_>,
        names: &[&str],
        set: impl Fn(&[Placed<String>]) -> CharacterSet,
    ) -> CharacterLimits {
        let mut max_per_class = Vec::new();
        if let Some(mut numbers) = table.table(MAX_PER_CLASS) {
            for (index, name) in names.iter().enumerate() {
                max_per_class.extend(numbers.optional_count(name, 0..=MAX_COUNT).map(|max| (index, max)));
            }
            numbers.finish();
        }
        let mut min_length_by_classes = Vec::new();
        if let Some(mut lengths) = table.table(MIN_LENGTH_BY_CLASSES) {
            for classes in 1..=names.len() as u64 {
                let length = lengths.optional_count(&classes.to_string(), 1..=MAX_COUNT);
                min_length_by_classes.extend(length.map(|length| (classes, length)));
            }
            if lengths.entries().is_empty() {
                let help = Some("add a number of classes and a length: `{ 3 = 8 }`".to_owned());
                table.report(
                    MIN_LENGTH_BY_CLASSES,
                    "missing-key",
                    format!("`{MIN_LENGTH_BY_CLASSES}` is empty"),
                    help,
                );
            }
            lengths.finish();
        }
        let mut read = |declared: &Declared<Texts>| table.read(declared).map(|items| set(&items));
        CharacterLimits {
            max_per_class,
            not_at_start: read(&NOT_AT_START),
            not_at_end: read(&NOT_AT_END),
            not_only: read(&NOT_ONLY),
            ignore_at_start: read(&IGNORE_AT_START),
            ignore_at_end: read(&IGNORE_AT_END),
            max_class_run: table.read(&MAX_CLASS_RUN),
            min_length_by_classes,
        }
    }

    /// Returns the smallest number of classes for which a length is stated, at least `min_classes`.
    pub(super) fn min_classes(&self, min_classes: u64) -> u64 {
        self.min_length_by_classes.first().map_or(min_classes, |(classes, _)| min_classes.max(*classes))
    }

    /// Reports a length that has no effect, because more classes are required.
    pub(super) fn report_without_effect(&self, table: &Table<'_>, min_classes: u64) {
        if let Some((classes, _)) = self.min_length_by_classes.iter().find(|(classes, _)| *classes < min_classes) {
            let message = format!(
                "`{MIN_LENGTH_BY_CLASSES}.{classes}` has no effect: `min_classes` requires {min_classes} classes"
            );
            let help = Some(format!("set `min_classes = {classes}`"));
            table.report(MIN_LENGTH_BY_CLASSES, "conflict", message, help);
        }
    }

    /// Returns whether there is no limit.
    pub(super) fn is_empty(&self) -> bool {
        *self == CharacterLimits::default()
    }

    /// Returns the first and the last character, as far as they count for no class.
    pub(super) fn ignored(&self, text: &str) -> impl Iterator<Item = char> {
        let listed = |set: &Option<CharacterSet>, c: char| set.as_ref().is_some_and(|set| set.contains(c));
        let mut characters = text.chars();
        let first = characters.next().filter(|c| listed(&self.ignore_at_start, *c));
        let mut rest = if first.is_some() { characters } else { text.chars() };
        let last = rest.next_back().filter(|c| listed(&self.ignore_at_end, *c));
        first.into_iter().chain(last)
    }

    /// Checks a text. `counts` are the numbers of characters of each class, `present` is the number of classes.
    pub(super) fn check(&self, text: &str, classes: &[CharacterSet], present: u64, findings: &mut Findings) {
        for (index, max) in &self.max_per_class {
            let Some(class) = classes.get(*index) else { continue };
            if text.chars().filter(|c| class.contains(*c)).count() as u64 > *max {
                findings.refuse(TOO_MANY.get(*index).copied().unwrap_or(TOO_MANY_OWN), &[("max", *max)]);
            }
        }
        if let Some(max) =
            self.max_class_run.filter(|max| classes.iter().any(|class| longest_run(text, class) > *max))
        {
            findings.refuse("characters.class_run", &[("max", max)]);
        }
        let has = |set: &Option<CharacterSet>, c: Option<char>| match (set, c) {
            (Some(set), Some(c)) => set.contains(c),
            _ => false,
        };
        if has(&self.not_at_start, text.chars().next()) {
            findings.refuse("characters.at_start", &[]);
        }
        if has(&self.not_at_end, text.chars().next_back()) {
            findings.refuse("characters.at_end", &[]);
        }
        if self.not_only.as_ref().is_some_and(|set| !text.is_empty() && text.chars().all(|c| set.contains(c))) {
            findings.refuse("characters.only_listed", &[]);
        }
        let reached = self.min_length_by_classes.iter().filter(|(classes, _)| *classes <= present.max(1));
        if let Some(min) = reached.map(|(_, length)| *length).min()
            && (text.chars().count() as u64) < min
        {
            findings.refuse("characters.too_short", &[("min", min), ("classes", present.max(1))]);
        }
    }

    /// Returns the requirements. `names` are those of the classes.
    pub(super) fn requirements(&self, names: &[&str]) -> Vec<Requirement> {
        let mut requirements = Vec::new();
        for (index, max) in &self.max_per_class {
            let name = names.get(*index).copied().unwrap_or_default().to_owned();
            let requirement = Requirement::new("characters.max_class", &[("max", *max)]);
            requirements.push(requirement.with("class", Argument::Terms(vec![name])));
        }
        if let Some(max) = self.max_class_run {
            requirements.push(Requirement::new("characters.class_run_requirement", &[("max", max)]));
        }
        let sets = [
            ("characters.not_at_start", &self.not_at_start),
            ("characters.not_at_end", &self.not_at_end),
            ("characters.not_only", &self.not_only),
            ("characters.ignored_at_start", &self.ignore_at_start),
            ("characters.ignored_at_end", &self.ignore_at_end),
        ];
        requirements.extend(sets.into_iter().filter_map(|(code, set)| Some(set.as_ref()?.requirement(code))));
        for (classes, min) in &self.min_length_by_classes {
            let numbers = [("min", *min), ("classes", *classes)];
            requirements.push(Requirement::new("characters.length_by_classes", &numbers));
        }
        requirements
    }

    /// Returns the ways to have a length that suffices for the number of classes.
    pub(super) fn alternatives(&self, shape: &CharacterShape) -> Vec<Alternative> {
        let way = |(classes, length): &(u64, u64)| Alternative {
            min_length: *length,
            characters: CharacterShape { min_classes: shape.min_classes.max(*classes), ..shape.clone() },
        };
        // More classes help only if they need less length.
        let mut shortest = u64::MAX;
        let useful = self.min_length_by_classes.iter().filter(|(_, length)| {
            let is_shorter = *length < shortest;
            shortest = shortest.min(*length);
            is_shorter
        });
        useful.map(way).collect()
    }

    /// Returns regular expressions in the syntax of policies that a password must not match. They leave out characters
    /// beyond ASCII that are not listed one by one.
    pub(super) fn must_not_match(&self, classes: &[CharacterSet]) -> Vec<String> {
        let brackets = |set: &CharacterSet| Some(set.ascii_expression()).filter(|members| !members.is_empty());
        let mut expressions = Vec::new();
        for (index, max) in &self.max_per_class {
            let members = classes.get(*index).and_then(brackets);
            expressions.extend(members.map(|members| format!("(?s)(?:[{members}].*){{{}}}", max + 1)));
        }
        if let Some(max) = self.max_class_run {
            let members = classes.iter().filter_map(brackets);
            expressions.extend(members.map(|members| format!("[{members}]{{{}}}", max + 1)));
        }
        for (set, before, after) in
            [(&self.not_at_start, r"\A", ""), (&self.not_at_end, "", r"\z"), (&self.not_only, r"\A", r"+\z")]
        {
            let members = set.as_ref().and_then(brackets);
            expressions.extend(members.map(|members| format!("{before}[{members}]{after}")));
        }
        expressions
    }
}

/// Returns the length of the longest run of characters of a class.
fn longest_run(text: &str, class: &CharacterSet) -> u64 {
    let (mut longest, mut run) = (0, 0);
    for c in text.chars() {
        run = if class.contains(c) { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

/// Returns the built-in classes as sets.
pub(super) fn built_in_classes(by: super::characters::By) -> impl Iterator<Item = CharacterSet> {
    (0..CLASSES.len()).map(move |at| {
        CharacterSet::new(by, std::array::from_fn::<_, CLASS_COUNT, _>(|class| class == at), Vec::new())
    })
}
