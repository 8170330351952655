//! The rule kind `similarity`.

use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use super::{Code, Cost, Definition, Documentation, Requirement, Rule};
use crate::candidate::{Candidate, CannotJudge, Facts, Findings, Note};
use crate::knowledge::folding;
use crate::policy::parameter::Count;
use crate::policy::{Declared, Stricter, Table};

static DOCUMENTATION: Documentation = Documentation {
    summary: "Rejects passwords that are too similar to the current one: in other case, reversed, rotated, with another \
              number, or a few edits away.",
    codes: &[
        Code::new("similarity.case_only", &[]),
        Code::new("similarity.reversed", &[]),
        Code::new("similarity.rotated", &[]),
        Code::new("similarity.number_only", &[]),
        Code::new("similarity.too_near", &["min_distance"]),
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
Without it, the rule accepts every password. Reports the first code that applies; the same password is `case_only`, since
it differs in nothing else either. Both passwords are compared in Unicode NFC, whatever the policy normalizes. The distance
is the Levenshtein distance over code points. The work is the length times `min_distance`.",
};

const MIN_DISTANCE: Declared<Count> = Declared::count("min_distance", 4, 1..=16).stricter(Stricter::Higher).doc(
    "The minimum edit distance from the current password (insertions, deletions, substitutions), ignoring case. 1 applies \
     only the other checks.",
);

pub(super) fn definition() -> Definition {
    Definition::built_in("similarity", Cost::Walk, &DOCUMENTATION, vec![MIN_DISTANCE.parameter()], build)
}

struct Similarity {
    min_distance: u64,
}

fn build(table: &mut Table<'_>) -> Option<Box<dyn Rule>> {
    Some(Box::new(Similarity { min_distance: table.read(&MIN_DISTANCE) }))
}

impl Rule for Similarity {
    fn check(&self, candidate: &Candidate, facts: &Facts<'_>, findings: &mut Findings) -> Result<(), CannotJudge> {
        let Some(current) = current(facts) else { return Ok(()) };
        let new = comparable(candidate.text());
        let new = new.as_str();
        if *current == new {
            findings.refuse("similarity.case_only", &[]);
        } else if current.chars().eq(new.chars().rev()) {
            findings.refuse("similarity.reversed", &[]);
        } else if is_rotated(&current, new) {
            findings.refuse("similarity.rotated", &[]);
        } else if differs_in_numbers_only(&current, new) {
            findings.refuse("similarity.number_only", &[]);
        } else if distance(&current, new, self.min_distance as usize).is_some() {
            findings.refuse("similarity.too_near", &[("min_distance", self.min_distance)]);
        }
        Ok(())
    }

    fn explain(&self, candidate: &Candidate, facts: &Facts<'_>) -> Result<Vec<Note>, CannotJudge> {
        let Some(current) = current(facts) else {
            return Ok(vec![Note::new("similarity.observed_no_current", &[])]);
        };
        let found = distance(&current, &comparable(candidate.text()), self.min_distance as usize);
        Ok(vec![match found {
            Some(distance) => Note::new("similarity.observed_distance", &[("distance", distance as u64)]),
            None => Note::new("similarity.observed_far", &[("min_distance", self.min_distance)]),
        }])
    }

    fn needs_account(&self) -> bool {
        true
    }

    fn requirements(&self) -> Vec<Requirement> {
        vec![Requirement::new("similarity.requirement", &[("min_distance", self.min_distance)])]
    }
}

/// Returns the current password in the form in which it is compared. Invalid UTF-8 becomes U+FFFD.
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
    let mut normalised = Zeroizing::new(String::with_capacity(text.len() * 3));
    normalised.extend(text.nfc());
    Zeroizing::new(folding::fold_case(&normalised))
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
