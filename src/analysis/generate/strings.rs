//! Passwords of characters: from the shape of a policy to every string that has it.

use std::ops::RangeInclusive;

use zeroize::Zeroizing;

use super::automaton::{Automaton, Demands, Expression};
use super::natural::Natural;
use super::{MAX_LENGTH, Space};
use crate::rules::Shape;

/// The classes in the order in which they are counted; a letter without case is `other`.
const CLASSES: [&str; 5] = ["lower", "upper", "digit", "symbol", "other"];
const OTHER: usize = 4;
/// What is mistaken for something else when it is read or copied by hand.
const AMBIGUOUS: &str = "0Oo1lI|5S2Z8B`'\".,;:";
/// The basic block of 汉字.
const HAN: RangeInclusive<char> = '\u{4E00}'..='\u{9FA5}';

/// In what a space of strings differs from another for the same shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Variant {
    /// No character twice.
    pub(super) distinct: bool,
    /// 汉字 beside the signs of ASCII.
    pub(super) han: bool,
    /// Without what is mistaken for something else.
    pub(super) readable: bool,
}

/// The strings of a shape, of every length.
pub(super) struct Strings {
    automaton: Automaton,
    alphabet: usize,
    lengths: RangeInclusive<usize>,
    shape: Shape,
    variant: Variant,
    /// Demands of the shape that were too large for the automaton.
    left_to_policy: bool,
}

impl Strings {
    /// `None` when there is no automaton for it.
    pub(super) fn new(shape: &Shape, lengths: RangeInclusive<usize>, variant: Variant) -> Option<Strings> {
        let alphabet = alphabet(shape, variant);
        let size = alphabet.len();
        let mut demands = demands(shape, alphabet, variant);
        let wanted = shape.must_match.len() + shape.must_not_match.len();
        let mut left_to_policy = demands.expressions.len() < wanted;
        let automaton = Automaton::new(&demands, *lengths.end()).or_else(|| {
            left_to_policy = true;
            demands.max_run = None;
            Automaton::new(&demands, *lengths.end())
        });
        let automaton = automaton.or_else(|| {
            demands.expressions.clear();
            Automaton::new(&demands, *lengths.end())
        })?;
        Some(Strings { automaton, alphabet: size, lengths, shape: shape.clone(), variant, left_to_policy })
    }

    /// The lengths that are worth trying: first the least one of which there are 2 to the power of `bits` strings (the
    /// one with the most, if there is none), then longer ones, then the least.
    pub(super) fn lengths(&mut self, bits: f64) -> Vec<usize> {
        let mut best: Option<(f64, usize)> = None;
        for length in self.lengths.clone() {
            let Some(count) = self.automaton.count(length) else { break };
            let has = count.log2();
            if count.is_zero() {
                continue;
            }
            if best.is_none_or(|(most, _)| has > most) {
                best = Some((has, length));
            }
            if has >= bits {
                break;
            }
        }
        let Some((_, first)) = best else { return Vec::new() };
        let mut lengths = vec![first];
        for length in [first + 1, first + 2, first + 4, 20, 24, 32, 48, 64, 96, MAX_LENGTH, *self.lengths.start()]
        {
            if self.lengths.contains(&length) && !lengths.contains(&length) && self.has_any(length) {
                lengths.push(length);
            }
        }
        lengths
    }

    fn has_any(&mut self, length: usize) -> bool {
        self.automaton.count(length).is_some_and(|count| !count.is_zero())
    }

    /// Those of one length, which [`Strings::lengths`] named.
    pub(super) fn of_length(&self, length: usize) -> Option<Space<'_>> {
        let size = self.automaton.counted(length)?.clone();
        let description = self.description(length);
        let automaton = &self.automaton;
        let string = move |number: Natural| -> Zeroizing<String> { automaton.string(length, number) };
        Some(Space { size, description, string: Box::new(string) })
    }

    fn description(&self, length: usize) -> String {
        let mut demands = Vec::new();
        if self.variant.distinct {
            demands.push("no character twice".to_owned());
        }
        for rule in &self.shape.characters {
            if rule.min_classes > 1 {
                demands.push(format!("{} classes of characters", rule.min_classes));
            }
            let required = rule.classes.iter().filter(|class| class.required > 0);
            demands.extend(required.map(|class| format!("{} of the class {}", class.required, class.name)));
        }
        if let Some(run) = self.shape.max_run.filter(|_| !self.variant.distinct) {
            demands.push(format!("runs of {run} at most"));
        }
        if !self.shape.must_match.is_empty() || !self.shape.must_not_match.is_empty() {
            demands.push("the policy's expressions and sets of characters".to_owned());
        }
        let mut text = format!("the strings of {length} out of {} characters", self.alphabet);
        if !demands.is_empty() {
            text.push_str(&format!(" with {}", demands.join(", ")));
        }
        if self.left_to_policy {
            text.push_str(", as far as they can be counted");
        }
        text
    }
}

/// Printable ASCII without the space, which is lost at the ends when copied; what the policy allows beyond it.
fn alphabet(shape: &Shape, variant: Variant) -> Vec<(char, usize)> {
    let mut alphabet: Vec<char> = ('!'..='~').collect();
    if variant.han {
        alphabet.extend(HAN);
    }
    let allowed = shape.characters.iter().filter_map(|rule| rule.allowed.as_ref());
    alphabet.extend(allowed.flat_map(|allowed| allowed.listed()).filter(|character| !character.is_ascii()));
    alphabet.sort_unstable();
    alphabet.dedup();
    alphabet.retain(|character| !variant.readable || !AMBIGUOUS.contains(*character));
    alphabet.into_iter().map(|character| (character, class_of(character))).collect()
}

fn class_of(character: char) -> usize {
    match character {
        'a'..='z' => 0,
        'A'..='Z' => 1,
        '0'..='9' => 2,
        ' '..='~' => 3,
        _ => OTHER,
    }
}

fn demands(shape: &Shape, alphabet: Vec<(char, usize)>, variant: Variant) -> Demands {
    let most = |numbers: &mut dyn Iterator<Item = u64>| numbers.max().unwrap_or(0) as u32;
    let required = |class: &&str| most(&mut shape.characters.iter().map(|rule| rule.required(class)));
    let required = CLASSES.iter().map(required).collect();
    let min_classes = most(&mut shape.characters.iter().map(|rule| rule.min_classes));
    let must = shape.must_match.iter().filter_map(|pattern| Expression::new(pattern, true));
    let must_not = shape.must_not_match.iter().filter_map(|pattern| Expression::new(pattern, false));
    Demands {
        alphabet,
        required,
        min_classes,
        // A longer run never comes by chance.
        max_run: shape.max_run.filter(|run| *run < 16).map(|run| run as u32),
        distinct: variant.distinct,
        expressions: must.chain(must_not).collect(),
    }
}
