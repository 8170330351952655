//! Rules that count characters (length, classes, variety, repetition), and patterns.

use std::collections::BTreeSet;

use unicode_general_category::{GeneralCategory, get_general_category};
use unicode_segmentation::UnicodeSegmentation;

use super::evaluate::{ExpectedViolation, found};
use super::folding::{INVISIBLE, fold};
use super::policy::{Characters, Expression};

pub(crate) fn length(text: &str, min: u64, max: u64, count: &str) -> Vec<ExpectedViolation> {
    let length = match count {
        "graphemes" => text.graphemes(true).count(),
        "bytes" => text.len(),
        _ => text.chars().count(),
    } as u64;
    let numbers = [("min", min), ("max", max)];
    if length < min {
        return vec![found("length.too_short", &numbers)];
    }
    if length > max {
        return vec![found("length.too_long", &numbers)];
    }
    Vec::new()
}

/// Checks the number of runs of letters and marks.
pub(crate) fn words(text: &str, min: Option<u64>, max: Option<u64>) -> Vec<ExpectedViolation> {
    let is_letter = |c: char| ["lower", "upper", "other"].contains(&class_of(c, "unicode"));
    let words = text.split(|c| !is_letter(c)).filter(|word| !word.is_empty()).count() as u64;
    let too_few = min.filter(|min| words < *min).map(|min| found("length.too_few_words", &[("min", min)]));
    let too_many = max.filter(|max| words > *max).map(|max| found("length.too_many_words", &[("max", max)]));
    too_few.into_iter().chain(too_many).collect()
}

/// Returns the class of a character: letters by case, digits, other letters and combining marks; everything else
/// is a symbol. Invisible characters have no class.
fn class_of(c: char, by: &str) -> &'static str {
    use GeneralCategory::{
        DecimalNumber, EnclosingMark, LowercaseLetter, ModifierLetter, NonspacingMark, OtherLetter, SpacingMark,
        TitlecaseLetter, UppercaseLetter,
    };
    if INVISIBLE.contains(&c) {
        return "";
    }
    if by == "windows" {
        return match get_general_category(c) {
            LowercaseLetter => "lower",
            UppercaseLetter => "upper",
            OtherLetter | ModifierLetter | TitlecaseLetter => "other",
            _ if c.is_ascii_digit() => "digit",
            _ if c.is_ascii_punctuation() => "symbol",
            _ => "",
        };
    }
    if by == "ascii" && !matches!(c, ' '..='~') {
        return "other";
    }
    match get_general_category(c) {
        LowercaseLetter => "lower",
        UppercaseLetter | TitlecaseLetter => "upper",
        DecimalNumber => "digit",
        OtherLetter | ModifierLetter | NonspacingMark | SpacingMark | EnclosingMark => "other",
        _ => "symbol",
    }
}

const CLASSES: [&str; 5] = ["lower", "upper", "digit", "symbol", "other"];

impl Characters {
    pub(super) fn is_in(&self, c: char, class: &str) -> bool {
        match self.custom.iter().find(|(name, _)| *name == class) {
            Some((_, characters)) => characters.contains(c),
            None => class_of(c, self.by) == class,
        }
    }

    /// Returns whether a list of class names and literal characters includes this character.
    fn includes(&self, list: &[&str], c: char) -> bool {
        list.iter().any(|entry| {
            let is_class = CLASSES.contains(entry) || self.custom.iter().any(|(name, _)| name == entry);
            if is_class { self.is_in(c, entry) } else { entry.contains(c) }
        })
    }

    pub(crate) fn check(&self, text: &str) -> Vec<ExpectedViolation> {
        let mut all = Vec::new();
        let custom = self.custom.iter().map(|(name, _)| *name);
        let classes: Vec<&str> = CLASSES.into_iter().chain(custom).collect();
        let every = |class: &str| text.chars().filter(|c| self.is_in(*c, class)).count() as u64;
        let [not_at_start, not_at_end, not_only, ignore_at_start, ignore_at_end] = &self.places;
        let mut counted: Vec<char> = text.chars().collect();
        if counted.first().is_some_and(|c| self.includes(ignore_at_start, *c)) {
            counted.remove(0);
        }
        if counted.last().is_some_and(|c| self.includes(ignore_at_end, *c)) {
            counted.pop();
        }
        let count = |class: &str| counted.iter().filter(|c| self.is_in(**c, class)).count() as u64;
        let present = classes.iter().filter(|class| count(class) > 0).count() as u64;
        let least = self.min_length_by_classes.iter().map(|(classes, _)| *classes).min().unwrap_or(0);
        let min_classes = self.min_classes.max(least);
        if min_classes > 1 && present < min_classes {
            all.push(found("characters.too_few_classes", &[("min", min_classes)]));
        }
        for class in classes.iter().copied() {
            let Some((_, min)) = self.require.iter().find(|(name, _)| *name == class) else { continue };
            if count(class) < *min {
                let what = if CLASSES.contains(&class) { class } else { "own" };
                all.push(found(&format!("characters.missing_{what}"), &[("min", *min)]));
            }
        }
        if !self.allowed.is_empty() && text.chars().any(|c| !self.includes(&self.allowed, c)) {
            all.push(found("characters.not_allowed", &[]));
        }
        if text.chars().any(|c| self.includes(&self.forbidden, c)) {
            all.push(found("characters.forbidden", &[]));
        }
        for class in classes.iter().copied() {
            let Some((_, max)) = self.max_per_class.iter().find(|(name, _)| *name == class) else { continue };
            if every(class) > *max {
                let what = if CLASSES.contains(&class) { class } else { "own" };
                all.push(found(&format!("characters.too_many_{what}"), &[("max", *max)]));
            }
        }
        let characters: Vec<char> = text.chars().collect();
        let in_a_row = |max: &u64| {
            let length = *max as usize + 1;
            let is_of = |window: &[char], class: &str| window.iter().all(|c| self.is_in(*c, class));
            characters.windows(length).any(|window| classes.iter().any(|class| is_of(window, class)))
        };
        if let Some(max) = self.max_class_run.filter(in_a_row) {
            all.push(found("characters.class_run", &[("max", max)]));
        }
        if characters.first().is_some_and(|c| self.includes(not_at_start, *c)) {
            all.push(found("characters.at_start", &[]));
        }
        if characters.last().is_some_and(|c| self.includes(not_at_end, *c)) {
            all.push(found("characters.at_end", &[]));
        }
        if !text.is_empty() && text.chars().all(|c| self.includes(not_only, c)) {
            all.push(found("characters.only_listed", &[]));
        }
        let present = present.max(1);
        let reached = self.min_length_by_classes.iter().filter(|(classes, _)| *classes <= present);
        if let Some(min) = reached.map(|(_, min)| *min).min().filter(|min| (characters.len() as u64) < *min) {
            all.push(found("characters.too_short", &[("min", min), ("classes", present)]));
        }
        all
    }
}

pub(crate) fn variety(text: &str, min: u64) -> Vec<ExpectedViolation> {
    let different = text.chars().collect::<BTreeSet<char>>().len() as u64;
    if different < min { vec![found("variety.too_few_different", &[("min", min)])] } else { Vec::new() }
}

pub(crate) fn palindrome(text: &str) -> Option<ExpectedViolation> {
    let folded = fold(text);
    let is_palindrome = text.chars().count() >= 2 && folded == folded.chars().rev().collect::<String>();
    is_palindrome.then(|| found("repetition.palindrome", &[]))
}

pub(crate) fn runs(text: &str, max: u64, allowed: u64) -> Option<ExpectedViolation> {
    let characters: Vec<char> = text.chars().collect();
    let long = characters.chunk_by(|a, b| a == b).filter(|run| run.len() as u64 > max).count() as u64;
    match allowed {
        _ if long <= allowed => None,
        0 => Some(found("repetition.run", &[("max", max)])),
        _ => Some(found("repetition.runs", &[("max", max), ("allowed", allowed)])),
    }
}

pub(crate) fn repetition(text: &str, occurrences: Option<u64>, block: Option<u64>) -> Vec<ExpectedViolation> {
    let characters: Vec<char> = text.chars().collect();
    let mut all = Vec::new();
    if let Some(max) = occurrences {
        let often = |c: &char| characters.iter().filter(|other| *other == c).count() as u64 > max;
        if characters.iter().any(often) {
            all.push(found("repetition.occurrences", &[("max", max)]));
        }
    }
    if let Some(max) = block.filter(|max| (2..=32).any(|length| repeats(&characters, length, *max))) {
        all.push(found("repetition.block", &[("max", max)]));
    }
    all
}

/// Returns whether a block of this length occurs more than `max` times in a row.
fn repeats(characters: &[char], length: usize, max: u64) -> bool {
    let needed = length * (max as usize + 1);
    characters.windows(needed).any(|window| window.chunks(length).all(|block| block == &window[..length]))
}

pub(crate) fn pattern(text: &str, forbids: bool, expression: Expression) -> Vec<ExpectedViolation> {
    let matches = match expression {
        Expression::Literal(literal) => text.contains(literal),
        Expression::Class(_, holds) => text.chars().any(holds),
        Expression::Begins(_, holds) => text.chars().next().is_some_and(holds),
    };
    match (forbids, matches) {
        (true, true) => vec![found("pattern.forbidden", &[])],
        (false, false) => vec![found("pattern.required", &[])],
        _ => Vec::new(),
    }
}
