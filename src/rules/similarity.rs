//! The rule kind `similarity`.

use zeroize::Zeroizing;

use super::comparing::{self, read_transformations};
use super::{Code, Cost, Definition, Documentation, Requirement, Rule};
use crate::candidate::{Candidate, CannotJudge, Facts, Findings, Note};
use crate::knowledge::comparison::{Readings, Transformations};
use crate::knowledge::folding::{composed, fold_case, key, letter_of};
use crate::policy::parameter::{Count, OptionalCount, Texts};
use crate::policy::{Declared, Stricter, Table};

static DOCUMENTATION: Documentation = Documentation {
    summary: "Rejects passwords that are too similar to the current one: in other case, disguised, reversed, rotated, \
              with another number, with additions, or a few edits away.",
    codes: &[
        Code::new("similarity.case_only", &[]),
        Code::new("similarity.disguised", &[]),
        Code::new("similarity.reversed", &[]),
        Code::new("similarity.rotated", &[]),
        Code::new("similarity.number_only", &[]),
        Code::new("similarity.too_near", &["min_distance"]),
        Code::new("similarity.contained", &[]),
        Code::new("similarity.too_few_new", &["min_new"]),
        Code::new("similarity.common_part", &["max_common"]),
    ],
    example: "\
[rules.similarity]
min_distance = 5",
    why: "\
Users who must change a password change as little as possible, and an attacker who knows the old one tries just that.
Zhang, Monrose and Reiter (\"The Security of Modern Password Expiration\", CCS 2010) found the new password from the old
one in 41 % of accounts with a few such transformations.",
    limits: "\
Applies only where the host provides the current password as typed: when the user changes it, never when it is reset.
Without it, the rule accepts every password. Reports the first code that applies; the same password is `case_only`, since it
differs in nothing else either.

Both passwords are compared in the readings that `read` selects; see `personal`. A password that is equal to the current one
in another reading is `disguised`. A rotation also exchanges the words and numbers of a password. A current password of three
or fewer characters is never `contained`. The distance is the Levenshtein distance over code points, with and without
substitutions. The work is the length times `min_distance`.",
};

const MIN_DISTANCE: Declared<Count> = Declared::count("min_distance", 4, 1..=16).stricter(Stricter::Higher).doc(
    "The minimum edit distance from the current password (insertions, deletions, substitutions), ignoring case. 1 applies \
     only the other checks.",
);
const MIN_NEW: Declared<Count> = Declared::count("min_new", 0, 0..=64)
    .unit("characters")
    .stricter(Stricter::Higher)
    .doc("The minimum number of characters that the current password does not have, or has less often, ignoring case.");
const MAX_COMMON: Declared<OptionalCount> = Declared::optional_count("max_common", 2..=64)
    .unit("characters")
    .stricter(Stricter::Lower)
    .doc("The maximum length of a part that both passwords have, in any reading. Without it, there is no limit.");
const READ: Declared<Texts> = comparing::read(&["plain", "folded", "substituted", "separated"]);

pub(super) fn definition() -> Definition {
    let parameters = vec![MIN_DISTANCE.parameter(), MIN_NEW.parameter(), MAX_COMMON.parameter(), READ.parameter()];
    Definition::built_in("similarity", Cost::Walk, &DOCUMENTATION, parameters, build)
}

/// The minimum length of a current password that the new one must not contain.
const MIN_CONTAINED: usize = 4;

struct Similarity {
    min_distance: u64,
    min_new: u64,
    max_common: Option<u64>,
    read: Transformations,
}

fn build(table: &mut Table<'_>) -> Option<Box<dyn Rule>> {
    // The reversed password has its own code and always counts.
    let read = read_transformations(table, &READ).without(Transformations::REVERSED);
    Some(Box::new(Similarity {
        min_distance: table.read(&MIN_DISTANCE),
        min_new: table.read(&MIN_NEW),
        max_common: table.read(&MAX_COMMON),
        read,
    }))
}

impl Rule for Similarity {
    fn check(&self, candidate: &Candidate, facts: &Facts<'_>, findings: &mut Findings) -> Result<(), CannotJudge> {
        let Some(current) = current(facts) else { return Ok(()) };
        let new = comparable(candidate.text());
        if current == new {
            findings.refuse("similarity.case_only", &[]);
            return Ok(());
        }
        let readings =
            [&current, &new].map(|text| Readings::of(text, self.read.contains(Transformations::FOLDED)));
        let [current, new] = [current, new].map(|text| self.folded(text));
        match self.reason(&current, &new, &readings) {
            Some("similarity.too_near") => {
                findings.refuse("similarity.too_near", &[("min_distance", self.min_distance)]);
            }
            Some(code) => findings.refuse(code, &[]),
            None if new_characters(&current, &new) < self.min_new => {
                findings.refuse("similarity.too_few_new", &[("min_new", self.min_new)]);
            }
            None if self.max_common.is_some_and(|max| self.has_common_part(&readings, max as usize)) => {
                let numbers = self.max_common.map(|max| ("max_common", max));
                findings.refuse("similarity.common_part", numbers.as_slice());
            }
            None => (),
        }
        Ok(())
    }

    fn explain(&self, candidate: &Candidate, facts: &Facts<'_>) -> Result<Vec<Note>, CannotJudge> {
        let Some(current) = current(facts) else {
            return Ok(vec![Note::new("similarity.observed_no_current", &[])]);
        };
        let [current, new] = [current, comparable(candidate.text())].map(|text| self.folded(text));
        let found = distance(&current, &new, self.min_distance as usize);
        Ok(vec![match found {
            Some(distance) => Note::new("similarity.observed_distance", &[("distance", distance as u64)]),
            None => Note::new("similarity.observed_far", &[("min_distance", self.min_distance)]),
        }])
    }

    fn needs_account(&self) -> bool {
        true
    }

    fn requirements(&self) -> Vec<Requirement> {
        let distance = Requirement::new("similarity.requirement", &[("min_distance", self.min_distance)]);
        let new = (self.min_new > 0)
            .then(|| Requirement::new("similarity.new_requirement", &[("min_new", self.min_new)]));
        let common =
            self.max_common.map(|max| Requirement::new("similarity.common_requirement", &[("max_common", max)]));
        std::iter::once(distance).chain(new).chain(common).collect()
    }
}

impl Similarity {
    /// Returns the text in the form of which all other readings are made.
    fn folded(&self, text: Zeroizing<String>) -> Zeroizing<String> {
        if self.read.contains(Transformations::FOLDED) { key(&text) } else { text }
    }

    /// Returns the first code that applies to passwords that differ in more than case. `readings` are those of both.
    fn reason(&self, current: &str, new: &str, [of_current, of_new]: &[Readings; 2]) -> Option<&'static str> {
        let substituted = self.read.contains(Transformations::SUBSTITUTED);
        let separated = self.read.contains(Transformations::SEPARATED);
        let pairs = |matches: &dyn Fn(&str, &str) -> bool| {
            of_current.select(self.read).any(|old| of_new.select(self.read).any(|new| matches(old.text, new.text)))
        };
        let letters = |text: &str, second| {
            let mut letters = Zeroizing::new(String::with_capacity(text.len()));
            letters.extend(text.chars().map(|c| letter_of(c, second)));
            letters
        };
        let bound = self.min_distance as usize;
        let is_near = |second| distance(&letters(current, second), &letters(new, second), bound).is_some();
        Some(match () {
            () if current == new || pairs(&|old, new| old == new) => "similarity.disguised",
            () if current.chars().eq(new.chars().rev()) => "similarity.reversed",
            () if is_rotated(current, new) || (separated && has_exchanged_words(current, new)) => {
                "similarity.rotated"
            }
            () if differs_in_numbers_only(current, new) => "similarity.number_only",
            () if distance(current, new, bound).is_some() => "similarity.too_near",
            () if substituted && (is_near(false) || is_near(true)) => "similarity.too_near",
            () if pairs(&|old, new| old.chars().nth(MIN_CONTAINED - 1).is_some() && new.contains(old)) => {
                "similarity.contained"
            }
            () => return None,
        })
    }
}

impl Similarity {
    /// Returns whether both passwords have a part of more than `max` characters in one of their readings.
    fn has_common_part(&self, [of_current, of_new]: &[Readings; 2], max: usize) -> bool {
        of_current.select(self.read).any(|old| {
            let old: Zeroizing<Vec<char>> = Zeroizing::new(old.text.chars().collect());
            let mut parts: Vec<&[char]> = old.windows(max + 1).collect();
            parts.sort_unstable();
            of_new.select(self.read).any(|new| {
                let new: Zeroizing<Vec<char>> = Zeroizing::new(new.text.chars().collect());
                new.windows(max + 1).any(|part| parts.binary_search(&part).is_ok())
            })
        })
    }
}

/// Returns the current password in normalization form C and lower case. Invalid UTF-8 becomes U+FFFD.
fn current(facts: &Facts<'_>) -> Option<Zeroizing<String>> {
    let current = facts.current.filter(|current| !current.is_empty())?;
    let mut text = Zeroizing::new(String::with_capacity(current.len() * 3));
    for chunk in current.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend((!chunk.invalid().is_empty()).then_some(char::REPLACEMENT_CHARACTER));
    }
    Some(comparable(&text))
}

/// Returns the text in NFC, whatever the policy normalizes, so that a password has one form, and case-folded.
fn comparable(text: &str) -> Zeroizing<String> {
    Zeroizing::new(fold_case(&composed(text)))
}

/// Returns whether both texts have the same words and numbers in another order.
fn has_exchanged_words(current: &str, new: &str) -> bool {
    let words = |text: &'_ str| -> Vec<(usize, usize)> {
        let mut words: Vec<(usize, usize)> = Vec::new();
        let mut last = None;
        for (at, c) in text.char_indices() {
            let kind = if c.is_alphabetic() { Some(true) } else { c.is_numeric().then_some(false) };
            let end = at + c.len_utf8();
            if kind.is_some() && kind == last {
                words.last_mut().into_iter().for_each(|word| word.1 = end);
            } else if kind.is_some() {
                words.push((at, end));
            }
            last = kind;
        }
        words
    };
    let (mut of_current, mut of_new) = (words(current), words(new));
    let equal = |of_current: &[(usize, usize)], of_new: &[(usize, usize)]| {
        of_current.iter().zip(of_new).all(|(a, b)| current[a.0..a.1] == new[b.0..b.1])
    };
    if of_current.len() != of_new.len() || equal(&of_current, &of_new) {
        return false;
    }
    of_current.sort_unstable_by(|a, b| current[a.0..a.1].cmp(&current[b.0..b.1]));
    of_new.sort_unstable_by(|a, b| new[a.0..a.1].cmp(&new[b.0..b.1]));
    equal(&of_current, &of_new)
}

/// Returns the number of characters of `new` that `current` does not have, or has less often.
fn new_characters(current: &str, new: &str) -> u64 {
    let sorted = |text: &str| {
        let mut characters: Zeroizing<Vec<char>> = Zeroizing::new(text.chars().collect());
        characters.sort_unstable();
        characters
    };
    let (of_current, of_new) = (sorted(current), sorted(new));
    let mut rest = of_current.iter().peekable();
    let is_new = |c: &&char| {
        while rest.next_if(|old| old < c).is_some() {}
        rest.next_if_eq(c).is_none()
    };
    of_new.iter().filter(is_new).count() as u64
}

/// Returns whether one text is a rotation of the other.
fn is_rotated(current: &str, new: &str) -> bool {
    if current.len() != new.len() {
        return false;
    }
    let mut twice = Zeroizing::new(String::with_capacity(current.len() * 2));
    twice.push_str(current);
    twice.push_str(current);
    twice.contains(new)
}

/// Returns whether the texts differ only in their numbers, which occur at the same positions.
fn differs_in_numbers_only(current: &str, new: &str) -> bool {
    let (mut a, mut b) = (current.chars().peekable(), new.chars().peekable());
    let mut letters = false;
    loop {
        match (a.peek().copied(), b.peek().copied()) {
            (None, None) => return letters,
            (Some(x), Some(y)) if x.is_ascii_digit() && y.is_ascii_digit() => {
                while a.next_if(char::is_ascii_digit).is_some() {}
                while b.next_if(char::is_ascii_digit).is_some() {}
            }
            (Some(x), Some(y)) if x == y => {
                letters = true;
                a.next();
                b.next();
            }
            _ => return false,
        }
    }
}

/// Returns the Levenshtein distance if it is less than `bound`. Computes only the diagonal band of that width (Ukkonen,
/// "Algorithms for approximate string matching", 1985).
fn distance(a: &str, b: &str, bound: usize) -> Option<usize> {
    let a: Zeroizing<Vec<char>> = Zeroizing::new(a.chars().collect());
    let b: Zeroizing<Vec<char>> = Zeroizing::new(b.chars().collect());
    if a.len().abs_diff(b.len()) >= bound {
        return None;
    }
    let mut last: Vec<usize> = (0..=b.len()).map(|at| at.min(bound)).collect();
    let mut row = vec![bound; b.len() + 1];
    for (i, x) in a.iter().enumerate() {
        let from = (i + 1).saturating_sub(bound);
        let to = (i + 1 + bound).min(b.len());
        row[from] = if from == 0 { (i + 1).min(bound) } else { bound };
        for j in from.max(1)..=to {
            let replaced = last[j - 1] + usize::from(*x != b[j - 1]);
            row[j] = replaced.min(last[j] + 1).min(row[j - 1] + 1).min(bound);
        }
        if to < b.len() {
            row[to + 1] = bound;
        }
        std::mem::swap(&mut last, &mut row);
    }
    Some(last[b.len()]).filter(|&distance| distance < bound)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn plain_distance(a: &str, b: &str) -> usize {
        let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
        let mut table = vec![vec![0; b.len() + 1]; a.len() + 1];
        for i in 0..=a.len() {
            for j in 0..=b.len() {
                table[i][j] = match (i, j) {
                    (0, _) => j,
                    (_, 0) => i,
                    _ => (table[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]))
                        .min(table[i - 1][j] + 1)
                        .min(table[i][j - 1] + 1),
                };
            }
        }
        table[a.len()][b.len()]
    }

    proptest! {
        #[test]
        fn banded_distance_equals_full_distance(a in "[abc]{0,12}", b in "[abc]{0,12}", bound in 1usize..=16) {
            let plain = plain_distance(&a, &b);
            prop_assert_eq!(distance(&a, &b, bound), (plain < bound).then_some(plain));
        }
    }
}
