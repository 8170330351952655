//! The rule kind `points`.

use super::characters::{BY, CLASSES, OwnClass, least_for_classes, own_classes_parameter, read_own_classes};
use super::comparing::{self, read_transformations};
use super::words::read_lists;
use super::{
    Alternative, Argument, CharacterLimits, CharacterSet, CharacterShape, ClassShape, Code, Cost, Definition,
    Documentation, Requirement, Rule, Shape,
};
use crate::candidate::{Candidate, CannotJudge, Facts, Findings, Note};
use crate::knowledge::comparison::Transformations;
use crate::knowledge::word_list::{ListOptions, Sum, Weights, WordList};
use crate::policy::parameter::{Count, Texts};
use crate::policy::{Declared, Parameter, Stricter, Table, ValueType};

static DOCUMENTATION: Documentation = Documentation {
    summary: "Rejects passwords with too few points, which characters, character classes and listed words add up to.",
    codes: &[
        Code {
            code: "points.listed_words",
            numbers: &["min", "missing"],
            meaning: "Points are missing, and the password contains listed words.",
        },
        Code::new("points.too_few", &["min", "missing"]),
        Code {
            code: "points.too_few_classes",
            numbers: &["min", "missing"],
            meaning: "Points are missing, and only character classes have points.",
        },
    ],
    example: "\
[rules.points]
min_points = 12
by = \"ascii\"
credits = { lower = 1, upper = 1, digit = 1, symbol = 1 }",
    why: "\
Other products accept a password by a sum. The example is `minlen = 12` with the credits of libpwquality, each 1
(pwquality.conf(5)): the length, and one more for each class, must be 12. `per_character = 0` with `min_for_point` is the
`minQuality` of ppm for OpenLDAP: one point for each class with enough characters. With `min_points = 5`, `lists` and no other
parameter, it is the sum of Microsoft Entra ID (\"Eliminate bad passwords using Microsoft Entra Password Protection\",
learn.microsoft.com): each banned word found counts one point, and so does each remaining character.",
    limits: "\
Points are added: those of the characters outside listed words, of listed words, of credits and of classes. The characters
of a listed word still count for credits and classes. If the password can be divided into words and other characters in
several ways, or has several readings, the smallest sum counts. A character that a reading removes counts like any other.

libpwquality counts bytes, this rule counts code points. With `by = \"ascii\"`, every character beyond ASCII belongs to
`other`, whose credit in libpwquality is part of `ocredit`: define a class instead if such passwords must agree.

Within one edit, only files of up to 1,000 words are searched, and only passwords of up to 32 characters. The search takes
up to 450 lookups for each reading.",
};

/// The maximum number of points that a parameter can state for one character or word.
const MAX_WEIGHT: u64 = 16;
/// The maximum credit of a class.
const MAX_CREDIT: u64 = 64;
/// The maximum number of words of a list that is searched within one edit.
const MAX_NEAR_WORDS: usize = 1000;
/// The maximum number of combinations of classes that a shape lists.
const MAX_ALTERNATIVES: usize = 64;

const MIN: Declared<Count> =
    Declared::count("min_points", 8, 1..=4096).unit("points").stricter(Stricter::Higher).doc("The minimum sum.");
const PER_CHARACTER: Declared<Count> = Declared::count("per_character", 1, 0..=MAX_WEIGHT)
    .unit("points")
    .stricter(Stricter::Lower)
    .doc("The points of each character that belongs to no listed word.");
const CREDITS: &str = "credits";
const MIN_FOR_POINT: &str = "min_for_point";
const LISTS: Declared<Texts> = Declared::texts("lists", &[])
    .stricter(Stricter::MoreFiles)
    .doc("Built-in lists and files, as in `words`. Without it, no word is searched.");
const PER_WORD: Declared<Count> = Declared::count("per_word", 1, 0..=MAX_WEIGHT)
    .unit("points")
    .stricter(Stricter::Lower)
    .doc("The points of a listed word, instead of those of its characters.");
const MIN_WORD: Declared<Count> = Declared::count("min_word", 4, 2..=64)
    .unit("characters")
    .stricter(Stricter::Lower)
    .doc("The minimum length of a word.");
const MAX_EDIT_DISTANCE: Declared<Count> =
    Declared::count("max_edit_distance", 0, 0..=1).stricter(Stricter::Higher).doc(
        "1 also counts a part of the password that differs from a listed word of five or more letters by one edit, as in \
         `words`, and contains no listed word.",
    );
const READ: Declared<Texts> = comparing::read(&["plain", "folded", "substituted"]);

pub(super) fn definition() -> Definition {
    let map = |key, range, default, stricter, doc| {
        let count = ValueType::Count { range, default, at_least: None };
        let map = ValueType::Map { placeholder: "<class>", values: Box::new(count) };
        Parameter::new(key, map, doc).stricter(stricter)
    };
    let parameters = vec![
        MIN.parameter(),
        PER_CHARACTER.parameter(),
        map(
            CREDITS,
            0..=MAX_CREDIT,
            Some(0),
            Stricter::EachLower,
            "The maximum number of further points of a class: each of its characters has one, up to this number.",
        ),
        map(
            MIN_FOR_POINT,
            1..=4096,
            None,
            Stricter::EachHigher,
            "The number of characters of a class from which on the class has one further point.",
        ),
        BY.parameter(),
        own_classes_parameter(),
        LISTS.parameter(),
        PER_WORD.parameter(),
        MIN_WORD.parameter(),
        MAX_EDIT_DISTANCE.parameter(),
        READ.parameter(),
    ];
    Definition::built_in("points", Cost::Search, &DOCUMENTATION, parameters, build)
}

struct Points {
    min: u64,
    classes: Vec<Class>,
    lists: Vec<WordList>,
    /// The same words, with all built-in lists in one.
    searched: Vec<WordList>,
    weights: Weights,
    read: Transformations,
}

/// A class that can have points.
struct Class {
    name: String,
    set: CharacterSet,
    credit: u64,
    min_for_point: Option<u64>,
}

impl Class {
    fn points(&self, count: u64) -> u64 {
        count.min(self.credit) + u64::from(self.min_for_point.is_some_and(|min| count >= min))
    }

    fn max_points(&self) -> u64 {
        self.credit + u64::from(self.min_for_point.is_some())
    }

    /// Returns the numbers of characters from which on the class has more points than with fewer, from 0.
    fn steps(&self) -> impl Iterator<Item = u64> {
        (0..=self.credit).chain(self.min_for_point.filter(|min| *min > self.credit))
    }
}

fn build(table: &mut Table<'_>) -> Option<Box<dyn Rule>> {
    let (min, character, word) = (table.read(&MIN), table.read(&PER_CHARACTER), table.read(&PER_WORD));
    let classes = read_classes(table);
    let names = table.read(&LISTS);
    if names.as_ref().is_some_and(Vec::is_empty) {
        table.report("lists", "missing-key", "`lists` is empty", Some("remove it".to_owned()));
    }
    let options = ListOptions::default();
    let lists = names.as_ref().map(|names| read_lists(table, names, &options)).unwrap_or_default();
    let near = table.read(&MAX_EDIT_DISTANCE) > 0;
    let min_word = table.read(&MIN_WORD) as usize;
    let read = read_transformations(table, &READ) | Transformations::FOLDED;
    let of_words = [PER_WORD.key(), MIN_WORD.key(), MAX_EDIT_DISTANCE.key(), READ.key()];
    for key in of_words.into_iter().filter(|key| names.is_none() && table.has(key)) {
        let help = Some("add `lists`".to_owned());
        table.report(key, "conflict", format!("`{key}` has no effect without `lists`"), help);
    }
    if character == 0 {
        let most = classes.iter().map(Class::max_points).sum::<u64>();
        if most < min {
            let message = format!("`min_points` is {min}, but the classes have at most {most} points");
            table.report("min_points", "conflict", message, None);
        }
        if names.is_some() {
            let message = "`lists` has no effect if a character has no points";
            table.report("lists", "conflict", message, Some("raise `per_character`".to_owned()));
        }
    }
    if near && let Some(list) = lists.iter().find(|list| list.count() > MAX_NEAR_WORDS) {
        let message = format!("`{}` has more than {MAX_NEAR_WORDS} words", list.name());
        let help = Some("use a shorter list, or remove `max_edit_distance`".to_owned());
        table.report("max_edit_distance", "conflict", message, help);
    }
    let searched = WordList::merged(&lists);
    let weights = Weights { character, word, min_word, near };
    Some(Box::new(Points { min, classes, lists, searched, weights, read }))
}

/// Reads the classes with a credit or a point, the built-in ones first.
fn read_classes(table: &mut Table<'_>) -> Vec<Class> {
    let by = table.read(&BY);
    let own = read_own_classes(table);
    let built_in = CLASSES.iter().enumerate().map(|(at, (name, ..))| {
        ((*name).to_owned(), CharacterSet::new(by, std::array::from_fn(|class| class == at), Vec::new()))
    });
    let own = own
        .into_iter()
        .map(|OwnClass { name, members, .. }| (name, CharacterSet::new(by, Default::default(), members)));
    let mut classes: Vec<Class> =
        built_in.chain(own).map(|(name, set)| Class { name, set, credit: 0, min_for_point: None }).collect();
    for (key, range) in [(CREDITS, 0..=MAX_CREDIT), (MIN_FOR_POINT, 1..=4096)] {
        let Some(mut numbers) = table.table(key) else { continue };
        for class in &mut classes {
            let number = numbers.optional_count(&class.name, range.clone());
            match key {
                CREDITS => class.credit = number.unwrap_or(0),
                _ => class.min_for_point = number,
            }
        }
        numbers.finish();
    }
    classes.retain(|class| class.max_points() > 0);
    classes
}

/// The points of a password.
struct Earned {
    /// Those of characters and words.
    sum: Sum,
    classes: u64,
}

impl Earned {
    fn points(&self) -> u64 {
        self.sum.points + self.classes
    }
}

impl Rule for Points {
    fn check(&self, candidate: &Candidate, _: &Facts<'_>, findings: &mut Findings) -> Result<(), CannotJudge> {
        let earned = self.earned(candidate);
        if let Some(missing) = self.min.checked_sub(earned.points()).filter(|missing| *missing > 0) {
            let code = match () {
                () if earned.sum.words > 0 => "points.listed_words",
                () if self.weights.character == 0 => "points.too_few_classes",
                () => "points.too_few",
            };
            findings.refuse(code, &[("min", self.min), ("missing", missing)]);
        }
        Ok(())
    }

    fn explain(&self, candidate: &Candidate, _: &Facts<'_>) -> Result<Vec<Note>, CannotJudge> {
        let earned = self.earned(candidate);
        let characters = earned.sum.characters * self.weights.character;
        let numbers = [
            ("points", earned.points()),
            ("characters", characters),
            ("words", earned.sum.points - characters),
            ("classes", earned.classes),
        ];
        Ok(vec![Note::new("points.observed", &numbers)])
    }

    fn requirements(&self) -> Vec<Requirement> {
        let mut requirements = vec![Requirement::new("points.requirement", &[("min", self.min)])];
        if self.weights.character > 0 {
            requirements.push(Requirement::new("points.per_character", &[("points", self.weights.character)]));
        }
        if !self.lists.is_empty() {
            requirements.push(Requirement::new("points.per_word", &[("points", self.weights.word)]));
        }
        let credits = self.classes.iter().filter(|class| class.credit > 0).map(|class| (class.credit, class));
        let points = self.classes.iter().filter_map(|class| Some((class.min_for_point?, class)));
        for (code, number, classes) in
            [("points.credit", "max", by_number(credits)), ("points.class", "min", by_number(points))]
        {
            requirements.extend(classes.into_iter().map(|(value, names)| {
                Requirement::new(code, &[(number, value)]).with("classes", Argument::Terms(names))
            }));
        }
        requirements
    }

    fn shape(&self) -> Shape {
        // A listed word can only lower the sum.
        let most = self.classes.iter().map(Class::max_points).sum();
        let min_length = self.length_for(self.min.saturating_sub(most));
        let shape = Shape { min_length: Some(min_length), min_ascii_length: Some(min_length), ..Shape::default() };
        Shape { alternatives: self.alternatives().into_iter().collect(), ..shape }
    }

    fn ways(&self) -> Vec<Shape> {
        match self.alternatives() {
            Some(alternatives) => alternatives.into_iter().map(shape_of).collect(),
            None => vec![Shape { alternatives: Vec::new(), ..self.shape() }],
        }
    }

    fn dictionaries(&self) -> Vec<(String, [u8; 32])> {
        self.lists.iter().map(|list| (list.name().to_owned(), *list.digest())).collect()
    }
}

impl Points {
    fn earned(&self, candidate: &Candidate) -> Earned {
        let count = |class: &Class| candidate.text().chars().filter(|c| class.set.contains(*c)).count() as u64;
        let classes = self.classes.iter().map(|class| class.points(count(class))).sum();
        let length = candidate.code_points() as u64;
        let as_typed = Sum { points: length * self.weights.character, words: 0, characters: length };
        if self.searched.is_empty() {
            return Earned { sum: as_typed, classes };
        }
        // The built-in lists have words of other scripts as typed.
        let as_typed_too = !candidate.text().is_ascii();
        let typed = candidate.readings().select(self.read.without(Transformations::FOLDED));
        let readings = candidate.readings().select(self.read).chain(typed.filter(|_| as_typed_too));
        let sums = readings.map(|reading| {
            let sum = WordList::fewest_points(reading.text, &self.searched, self.weights);
            let removed = length.saturating_sub(reading.length as u64);
            Sum {
                points: sum.points + removed * self.weights.character,
                characters: sum.characters + removed,
                ..sum
            }
        });
        Earned { sum: sums.fold(as_typed, Ord::min), classes }
    }

    /// Returns the length that has this number of points without listed words.
    fn length_for(&self, points: u64) -> u64 {
        // Without points for characters, the classes must have enough.
        points.checked_div(self.weights.character).map_or(0, |_| points.div_ceil(self.weights.character))
    }

    /// Returns every combination of numbers of characters of the classes, with the length that it needs, without those that
    /// another combination implies. `None` if there are more than [`MAX_ALTERNATIVES`].
    fn alternatives(&self) -> Option<Vec<Alternative>> {
        let mut combinations: Vec<(Vec<u64>, u64)> = vec![(Vec::new(), 0)];
        for class in &self.classes {
            let longer = combinations.iter().flat_map(|(counts, points)| {
                class
                    .steps()
                    .map(move |count| ([counts.as_slice(), &[count]].concat(), points + class.points(count)))
            });
            combinations = longer.take(4 * MAX_ALTERNATIVES + 1).collect();
            if combinations.len() > 4 * MAX_ALTERNATIVES {
                return None;
            }
        }
        let is_enough = |points: u64| self.weights.character > 0 || points >= self.min;
        let needed: Vec<(Vec<u64>, u64)> = combinations
            .into_iter()
            .filter(|(_, points)| is_enough(*points))
            .map(|(counts, points)| (counts, self.length_for(self.min.saturating_sub(points))))
            .collect();
        let implies = |(counts, length): &(Vec<u64>, u64), (others, other): &(Vec<u64>, u64)| {
            length <= other && counts.iter().zip(others).all(|(count, other)| count <= other)
        };
        let alternatives: Vec<Alternative> = needed
            .iter()
            .filter(|this| !needed.iter().any(|other| other != *this && implies(other, this)))
            .map(|(counts, length)| Alternative {
                min_length: *length,
                characters: CharacterShape {
                    min_classes: 1,
                    classes: self
                        .classes
                        .iter()
                        .zip(counts)
                        .filter(|(_, count)| **count > 0)
                        .map(required)
                        .collect(),
                    allowed: None,
                    forbidden: None,
                    limits: CharacterLimits::default(),
                },
            })
            .collect();
        (alternatives.len() <= MAX_ALTERNATIVES).then_some(alternatives)
    }
}

fn required((class, count): (&Class, &u64)) -> ClassShape {
    ClassShape { name: class.name.clone(), set: class.set.clone(), required: *count }
}

/// Returns the shape of the passwords that have enough points in this way.
fn shape_of(way: Alternative) -> Shape {
    let min_length = Some(way.min_length);
    let (built_in, own): (Vec<&ClassShape>, Vec<&ClassShape>) =
        way.characters.classes.iter().partition(|class| class.set.is_built_in());
    Shape {
        min_length,
        min_ascii_length: min_length,
        least_for_classes: least_for_classes(built_in.iter().map(|class| class.required), 1, !own.is_empty()),
        must_match: own.iter().map(|class| class.expression()).collect(),
        characters: vec![way.characters.clone()],
        ..Shape::default()
    }
}

/// Groups the names of classes by their number, in the order of the first of each group.
fn by_number<'c>(classes: impl Iterator<Item = (u64, &'c Class)>) -> Vec<(u64, Vec<String>)> {
    let mut groups: Vec<(u64, Vec<String>)> = Vec::new();
    for (number, class) in classes {
        match groups.iter_mut().find(|(known, _)| *known == number) {
            Some((_, names)) => names.push(class.name.clone()),
            None => groups.push((number, vec![class.name.clone()])),
        }
    }
    groups
}
