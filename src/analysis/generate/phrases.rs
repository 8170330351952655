//! Passphrases: words drawn from a list, with what a policy's classes ask for.

use zeroize::Zeroizing;

use super::natural::Natural;
use super::{PhraseOptions, Space};
use crate::knowledge::passphrase::WordLanguage;

/// What may stand between words, in the order of trying.
const SEPARATORS: [&str; 5] = ["-", ".", "_", " ", ""];
/// What is put at the end where a policy asks for a sign and the separator is none.
const SIGNS: [char; 8] = ['!', '#', '%', '&', '*', '+', '=', '?'];
/// Without a demand of the caller's, so many words have the bits wanted, or are fewer where no more fit.
const FEWEST_WORDS: usize = 3;
const MAX_WORDS: usize = 64;

/// How the words of a passphrase are put together. Each way can be undone, so that different draws make different
/// passphrases: the entropy is that of the draws.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Phrases {
    language: WordLanguage,
    count: usize,
    separator: String,
    capitals: bool,
    digit: bool,
    sign: bool,
}

impl Phrases {
    /// What is worth trying, the plainest first.
    pub(super) fn all(options: &PhraseOptions, bits: f64) -> Vec<Phrases> {
        let each = (options.language.words().len() as f64).log2();
        let enough = ((bits / each).ceil() as usize).clamp(FEWEST_WORDS, MAX_WORDS);
        let counts = match options.words {
            Some(words) => vec![words.clamp(1, MAX_WORDS)],
            None => (FEWEST_WORDS..=enough).rev().collect(),
        };
        let separators = match &options.separator {
            Some(separator) => vec![separator.clone()],
            None => SEPARATORS.map(str::to_owned).to_vec(),
        };
        let mut all = Vec::new();
        for count in counts {
            for separator in &separators {
                for (capitals, digit, sign) in
                    [(false, false, false), (true, false, false), (true, true, false), (true, true, true)]
                {
                    let (language, separator) = (options.language, separator.clone());
                    let phrases = Phrases { language, count, separator, capitals, digit, sign };
                    if phrases.can_be_undone() {
                        all.push(phrases);
                    }
                }
            }
        }
        all
    }

    /// Whether the draws can be read off the passphrase: words end where a capital, or a sign that is in no word, begins
    /// the next one, or by themselves.
    fn can_be_undone(&self) -> bool {
        let divides = self.separator.chars().next().is_some_and(|first| !first.is_alphanumeric());
        let digits = self.separator.chars().any(|character| character.is_ascii_digit());
        (divides || self.capitals || self.language.is_prefix_free()) && !(self.digit && digits)
    }

    pub(super) fn space(&self) -> Space<'_> {
        let words = self.language.words();
        let mut size = Natural::new(1);
        for _ in 0..self.count {
            size = size.times(words.len() as u32);
        }
        if self.digit {
            size = size.times(10 * self.count as u32);
        }
        if self.sign {
            size = size.times(SIGNS.len() as u32);
        }
        Space { size, description: self.description(), string: Box::new(|number| self.phrase(number)) }
    }

    /// The passphrase with a number.
    fn phrase(&self, mut number: Natural) -> Zeroizing<String> {
        let words = self.language.words();
        let longest = words.iter().map(String::len).max().unwrap_or(0);
        let mut text = Zeroizing::new(String::with_capacity(self.count * (longest + self.separator.len()) + 2));
        let sign = self.sign.then(|| SIGNS[number.divide(SIGNS.len() as u32) as usize]);
        let digit = self.digit.then(|| (number.divide(self.count as u32) as usize, number.divide(10)));
        for place in 0..self.count {
            if place > 0 {
                text.push_str(&self.separator);
            }
            let word = &words[number.divide(words.len() as u32) as usize];
            match word.chars().next() {
                Some(first) if self.capitals => {
                    text.extend(first.to_uppercase());
                    text.push_str(&word[first.len_utf8()..]);
                }
                _ => text.push_str(word),
            }
            if let Some((at, digit)) = digit
                && at == place
            {
                text.extend(char::from_digit(digit, 10));
            }
        }
        text.extend(sign);
        text
    }

    fn description(&self) -> String {
        let size = self.language.words().len();
        let mut text = format!("the passphrases of {} words out of {size} ({})", self.count, self.language.name());
        text.push_str(&match self.separator.as_str() {
            "" => ", joined".to_owned(),
            separator => format!(", `{separator}` between them"),
        });
        if self.capitals {
            text.push_str(", each with a capital");
        }
        if self.digit {
            text.push_str(", a digit behind one of them");
        }
        if self.sign {
            text.push_str(", a sign at the end");
        }
        text
    }
}
