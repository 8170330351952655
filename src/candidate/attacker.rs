//! What an attacker who knows a user tries first, and how soon the attacker guesses a password.

use std::ops::Range;

use super::{Origins, User};
use crate::knowledge::chinese_name::{NameForm, NameOptions, spellings};
use crate::knowledge::comparison::Transformations;
use crate::knowledge::folding::{composed, key};
use crate::knowledge::strength::{
    DEFAULT_YEAR, Estimate, Inputs, MAX_INPUTS, PieceKind, decompose, estimate_with,
};
use crate::time::Moment;

/// The maximum number of parts of one attribute that are tried, besides the whole.
const MAX_PARTS: usize = 4;
/// The maximum number of spellings of one name in 汉字 that are tried.
const MAX_SPELLINGS: usize = 8;

/// An attacker who knows a user and certain words. Estimates how many guesses the attacker needs for a password.
///
/// The words are derived once: create one attacker for many passwords. Safe to share between threads.
///
/// ```
/// use kouling::candidate::Attacker;
/// use kouling::{Moment, User};
///
/// let user = User::new().with("name", "张三");
/// let attacker = Attacker::new(&user, &["acme".to_owned()], |_| true);
/// let now = Moment::from_unix(1_795_392_000);
/// assert!(attacker.estimate("zhangsan-acme", now).guesses_log10 < attacker.estimate("heron-marsh", now).guesses_log10);
/// ```
pub struct Attacker {
    words: Vec<String>,
    inputs: Inputs,
}

/// How a password is guessed: the estimate, and the parts of the password. Contains no part of the password.
#[derive(Clone, Debug, PartialEq)]
pub struct Guessing {
    /// The estimated number of guesses.
    pub estimate: Estimate,
    /// The code points of each part and its kind, from left to right. They cover the evaluated code points of the password
    /// in normalization form C.
    pub parts: Vec<(Range<usize>, PieceKind)>,
}

impl Attacker {
    /// Creates an attacker who knows `words`, and those attributes of `user` whose names satisfy `is_known`. The most likely
    /// words are tried first, at most [`MAX_INPUTS`] of them.
    pub fn new(user: &User, words: &[String], is_known: impl Fn(&str) -> bool) -> Attacker {
        let mut tried: Vec<String> = Vec::new();
        let mut add = |text: &str| {
            if text.chars().nth(1).is_some() && !tried.iter().any(|known| known == text) {
                tried.push(text.to_owned());
            }
        };
        words.iter().for_each(|word| add(word));
        for (_, value) in user.attributes().filter(|(name, _)| is_known(name)) {
            add(value);
            let divided = |c: char| !c.is_alphanumeric();
            if value.contains(divided) {
                value.split(divided).take(MAX_PARTS).for_each(&mut add);
                add(&value.replace(divided, ""));
            }
            let spellings = spellings(value, &NameOptions::default());
            let full = [NameForm::FamilyGiven, NameForm::GivenFamily, NameForm::Given];
            let spelled = full.iter().flat_map(|form| spellings.iter().filter(move |known| known.form == *form));
            spelled.take(MAX_SPELLINGS).for_each(|spelling| add(spelling.text));
        }
        tried.truncate(MAX_INPUTS);
        let words: Vec<&str> = tried.iter().map(String::as_str).collect();
        Attacker { inputs: Inputs::new(&words), words: tried }
    }

    /// Returns the words that are tried first, the most likely first.
    pub fn words(&self) -> Vec<&str> {
        self.words.iter().map(String::as_str).collect()
    }

    /// Estimates the number of guesses for a password in normalization form C. Full width, invisible characters and letters
    /// of other scripts disguise nothing. Years close to `now` are tried first.
    pub fn estimate(&self, password: &str, now: Moment) -> Estimate {
        let typed = estimate_with(password, &self.inputs, year(now));
        if password.is_ascii() {
            return typed;
        }
        let folded = estimate_with(&key(password), &self.inputs, year(now));
        if folded.guesses_log10 < typed.guesses_log10 {
            Estimate { guesses_log10: folded.guesses_log10, score: folded.score, ..typed }
        } else {
            typed
        }
    }

    /// Returns the parts of a password in normalization form C, in the reading that takes fewer guesses: see
    /// [`Guessing::parts`]. Slower than [`Attacker::estimate`].
    pub fn parts(&self, password: &str, now: Moment) -> Vec<(Range<usize>, PieceKind)> {
        self.parts_of_key(password, now).unwrap_or_else(|| decompose(password, &self.words(), year(now)))
    }

    /// Returns the parts of the key of a password. `None` if the password takes fewer guesses as typed.
    fn parts_of_key(&self, password: &str, now: Moment) -> Option<Vec<(Range<usize>, PieceKind)>> {
        if password.is_ascii() {
            return None;
        }
        let folded = key(password);
        let guesses = |text: &str| estimate_with(text, &self.inputs, year(now)).guesses_log10;
        if guesses(&folded) >= guesses(password) {
            return None;
        }
        let origins = Origins::of(password, &folded, Transformations::PLAIN)?;
        let parts = decompose(&folded, &self.words(), year(now)).into_iter();
        parts.map(|(range, kind)| Some((origins.place(range)?, kind))).collect()
    }

    /// Estimates the number of guesses for a password in any normalization, and returns its parts.
    pub fn guess(&self, password: &str, now: Moment) -> Guessing {
        let password = composed(password);
        Guessing { estimate: self.estimate(&password, now), parts: self.parts(&password, now) }
    }
}

/// Returns the year of the evaluation.
fn year(now: Moment) -> i32 {
    if now.is_plausible() { now.year() as i32 } else { DEFAULT_YEAR }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Moment = Moment::from_unix(1_795_392_000);

    fn attacker() -> Attacker {
        let user = User::new().with("username", "q-zorv").with("name", "张三").with("pet", "xylqu");
        Attacker::new(&user, &["vexqi".to_owned()], |name| name != "pet")
    }

    #[test]
    fn attacker_knows_words_and_selected_attributes() {
        let attacker = attacker();
        let words = attacker.words();
        assert_eq!(words[..4], ["vexqi", "q-zorv", "zorv", "qzorv"]);
        assert!(words.contains(&"zhangsan") && !words.contains(&"xylqu"));
    }

    #[test]
    fn parts_are_those_of_the_reading_with_fewer_guesses() {
        let attacker = attacker();
        let full_width = attacker.guess("ｐａｓｓ\u{200B}ｗｏｒｄvexqi", NOW);
        assert_eq!(full_width.parts, [(0..9, PieceKind::Word), (9..14, PieceKind::Input)]);
        assert_eq!(full_width.estimate.score, 0);
        assert_eq!(attacker.guess("", NOW).parts, []);
        // A decomposed password is composed first.
        assert_eq!(attacker.guess("e\u{301}", NOW), attacker.guess("é", NOW));
    }

    #[test]
    fn implausible_time_means_the_default_year() {
        let guesses = |seconds| attacker().estimate("2026", Moment::from_unix(seconds)).guesses_log10;
        assert_eq!(guesses(-1), guesses(NOW.unix()));
    }
}
