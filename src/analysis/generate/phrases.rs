//! Spaces of passphrases: words from a list, with the capitals, digits and symbols that a policy may require.

use zeroize::Zeroizing;

use super::natural::Natural;
use super::{PhraseOptions, Space};
use crate::knowledge::passphrase::WordLanguage;

/// The separators to try, in order.
const SEPARATORS: [&str; 5] = ["-", ".", "_", " ", ""];
/// The symbols that may be appended.
const SYMBOLS: [char; 8] = ['!', '#', '%', '&', '*', '+', '=', '?'];
/// The minimum number of words, if the caller does not request one.
const MIN_WORDS: usize = 3;
/// The maximum number of words.
const MAX_WORDS: usize = 64;

/// One format of passphrases. Every format can be decoded, so that different draws yield different passphrases and the
/// entropy is that of the draws.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Phrases {
    language: WordLanguage,
    count: usize,
    separator: String,
    capitals: bool,
    digit: bool,
    symbol: bool,
}

impl Phrases {
    /// Returns the formats to try, the simplest first. `bits` is the requested entropy.
    pub(super) fn all(options: &PhraseOptions, bits: f64) -> Vec<Phrases> {
        let each = (options.language.words().len() as f64).log2();
        let enough = ((bits / each).ceil() as usize).clamp(MIN_WORDS, MAX_WORDS);
        let counts = match options.words {
            Some(words) => vec![words.clamp(1, MAX_WORDS)],
            None => (MIN_WORDS..=enough).rev().collect(),
        };
        let separators = match &options.separator {
            Some(separator) => vec![separator.clone()],
            None => SEPARATORS.map(str::to_owned).to_vec(),
        };
        let mut all = Vec::new();
        for count in counts {
            for separator in &separators {
                for (capitals, digit, symbol) in
                    [(false, false, false), (true, false, false), (true, true, false), (true, true, true)]
                {
                    let (language, separator) = (options.language, separator.clone());
                    let phrases = Phrases { language, count, separator, capitals, digit, symbol };
                    if phrases.is_decodable() {
                        all.push(phrases);
                    }
                }
            }
        }
        all
    }

    /// Returns whether the draws can be decoded from the passphrase: the end of a word is marked by a capital or a separator
    /// that no word contains, or the list is prefix-free.
    fn is_decodable(&self) -> bool {
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
        if self.symbol {
            size = size.times(SYMBOLS.len() as u32);
        }
        Space { size, description: self.description(), string: Box::new(|number| self.phrase(number)) }
    }

    /// Returns the passphrase with the index `number`.
    fn phrase(&self, mut number: Natural) -> Zeroizing<String> {
        let words = self.language.words();
        let longest = words.iter().map(String::len).max().unwrap_or(0);
        let mut text = Zeroizing::new(String::with_capacity(self.count * (longest + self.separator.len()) + 2));
        let symbol = self.symbol.then(|| SYMBOLS[number.divide(SYMBOLS.len() as u32) as usize]);
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
        text.extend(symbol);
        text
    }

    fn description(&self) -> String {
        let size = self.language.words().len();
        let mut text =
            format!("passphrases of {} words from a list of {size} ({})", self.count, self.language.name());
        text.push_str(&match self.separator.as_str() {
            "" => ", without a separator".to_owned(),
            separator => format!(", separated by `{separator}`"),
        });
        if self.capitals {
            text.push_str(", capitalized");
        }
        if self.digit {
            text.push_str(", with a digit after one word");
        }
        if self.symbol {
            text.push_str(", with a symbol at the end");
        }
        text
    }
}
