//! Spaces of strings: every string that has the shape of a policy.

use std::ops::RangeInclusive;

use zeroize::Zeroizing;

use super::automaton::{Automaton, Demands, Expression};
use super::natural::Natural;
use super::{MAX_LENGTH, Space};
use crate::rules::{CharacterLimits, CharacterShape, Shape};

/// The built-in classes, in the order of their counts.
const CLASSES: [&str; 5] = ["lower", "upper", "digit", "symbol", "other"];
const OTHER: usize = 4;
/// The maximum limit of a class that is counted. Each count is a state.
const MAX_COUNTED: u64 = 32;
/// Characters that are easily confused when read or copied manually.
const AMBIGUOUS: &str = "0Oo1lI|5S2Z8B`'\".,;:";
/// The basic block of Chinese characters.
const HAN: RangeInclusive<char> = '\u{4E00}'..='\u{9FA5}';

/// A variant of the space of strings of one shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Variant {
    /// Without repeated characters.
    pub(super) distinct: bool,
    /// With Chinese characters in addition to ASCII.
    pub(super) han: bool,
    /// Without easily confused characters.
    pub(super) readable: bool,
}

/// The strings of a shape, of every length.
pub(super) struct Strings {
    automaton: Automaton,
    alphabet: usize,
    lengths: RangeInclusive<usize>,
    shape: Shape,
    variant: Variant,
    /// Whether some requirements were too large for the automaton, so that only the policy checks them.
    left_to_policy: bool,
}

impl Strings {
    /// Returns `None` if the automaton would be too large.
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
            demands.permitted.clear();
            Automaton::new(&demands, *lengths.end())
        });
        let automaton = automaton.or_else(|| {
            demands.expressions.clear();
            Automaton::new(&demands, *lengths.end())
        })?;
        Some(Strings { automaton, alphabet: size, lengths, shape: shape.clone(), variant, left_to_policy })
    }

    /// Returns the lengths to try: first the shortest with at least 2^`bits` strings, or else the one with the most strings;
    /// then longer ones; then the shortest.
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

    /// Returns the space of the strings of `length`, one of [`Strings::lengths`].
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
            demands.push("no repeated characters".to_owned());
        }
        for rule in &self.shape.characters {
            if rule.min_classes > 1 {
                demands.push(format!("at least {} character classes", rule.min_classes));
            }
            let required = rule.classes.iter().filter(|class| class.required > 0);
            demands.extend(required.map(|class| format!("at least {} of class {}", class.required, class.name)));
        }
        if let Some(run) = self.shape.max_run.filter(|_| !self.variant.distinct) {
            demands.push(format!("runs of at most {run}"));
        }
        if !self.shape.must_match.is_empty() || !self.shape.must_not_match.is_empty() {
            demands.push("the regular expressions and character sets of the policy".to_owned());
        }
        let mut text = format!("strings of {length} characters from an alphabet of {}", self.alphabet);
        if !demands.is_empty() {
            text.push_str(&format!(" with {}", demands.join(", ")));
        }
        if self.left_to_policy {
            text.push_str("; some requirements are not part of the count");
        }
        text
    }
}

/// Returns the alphabet with the class of each character: printable ASCII except the space, which is easily lost when a
/// password is copied, and the listed characters beyond ASCII that the policy allows.
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

/// Returns the maximum number of characters of a built-in class. The expressions of a shape have no characters beyond ASCII.
fn permitted(shape: &Shape, class: usize) -> Option<u32> {
    // Listed characters beyond ASCII may belong to another class than `other`.
    let exact = |rule: &&CharacterShape| {
        let CharacterLimits { ignore_at_start, ignore_at_end, .. } = &rule.limits;
        ignore_at_start.is_none() && ignore_at_end.is_none() && (class != OTHER || rule.allowed.is_none())
    };
    let limits = shape.characters.iter().filter(exact).flat_map(|rule| &rule.limits.max_per_class);
    let most = limits.filter(|(index, _)| *index == class).map(|(_, most)| *most).min()?;
    // More characters practically never belong to one class by chance, and would need too many states.
    (most <= MAX_COUNTED).then_some(most as u32)
}

fn demands(shape: &Shape, alphabet: Vec<(char, usize)>, variant: Variant) -> Demands {
    let most = |numbers: &mut dyn Iterator<Item = u64>| numbers.max().unwrap_or(0) as u32;
    let required = |class: &&str| most(&mut shape.characters.iter().map(|rule| rule.required(class)));
    let required = CLASSES.iter().map(required).collect();
    let permitted = (0..CLASSES.len()).map(|class| permitted(shape, class)).collect();
    let min_classes = most(&mut shape.characters.iter().map(|rule| rule.min_classes));
    let must = shape.must_match.iter().filter_map(|pattern| Expression::new(pattern, true));
    let must_not = shape.must_not_match.iter().filter_map(|pattern| Expression::new(pattern, false));
    Demands {
        alphabet,
        required,
        permitted,
        min_classes,
        // Longer runs practically never occur by chance.
        max_run: shape.max_run.filter(|run| *run < 16).map(|run| run as u32),
        distinct: variant.distinct,
        expressions: must.chain(must_not).collect(),
    }
}
