//! The learned part of the model: the probability that somebody chooses a password, from `rules/words/guessing.bin`.
//!
//! The file is made by `rules/words/train`, which describes the training data. The probability is a sum of three, so that
//! the one that knows the password decides:
//!
//! * the probability of a **whole** password, for those that are listed;
//! * the probability of its **structure**, a sequence of runs of letters, digits and other characters, times that of each
//!   run: as a known token, or by its n-grams;
//! * the probability of its **n-grams** of up to four characters (Witten and Bell's interpolation).
//!
//! Every probability is stored as a byte: its negative decimal logarithm in steps of 0.04.

use std::sync::LazyLock;

use zeroize::Zeroize;

use super::{MAX_EVALUATED, tenths};
use crate::knowledge::trie::Node;

const FILE: &[u8] = include_bytes!("../../../rules/words/guessing.bin");
const MAGIC: &[u8] = b"KLGUESS2";
/// The mean number of texts in a bucket.
const BUCKET: usize = 4;
/// Stored for a text that is not in a table.
const ABSENT: u8 = 255;

/// Kinds of runs, as the file numbers them.
const KINDS: usize = 3;
/// Longer runs count as this long in a structure.
const MAX_RUN: usize = 12;
/// The maximum number of runs of a stored structure.
const MAX_RUNS: usize = 10;
/// The maximum length of a stored text.
const MAX_TEXT: usize = 16;
/// The number of parts of a structure: kind and length, and the end.
const PARTS: usize = KINDS * MAX_RUN + 1;
/// Steps for a structure that is not stored, before those of its parts: nine decades.
const UNKNOWN_STRUCTURE: u32 = 225;
/// Steps for each letter whose case follows no pattern.
const MIXED_CASE: u32 = 5;
/// The number of stored patterns of capitals, and of lengths that have them.
const CASES: usize = 4;
const CASED_LENGTHS: usize = 8;

/// Symbols of n-grams before those of the alphabet.
const END: usize = 0;
const START: usize = 1;
const FIRST: usize = 2;

static MODEL: LazyLock<Model> = LazyLock::new(|| Model::read(&mut Reader(FILE)));

struct Model {
    structures_weight: u32,
    ngrams_weight: u32,
    /// By length, from one.
    texts: [Texts; MAX_TEXT],
    structure_keys: &'static [u8],
    structures: &'static [u8],
    /// By the kind of the part before; the last for the first part.
    steps: [&'static [u8]; KINDS + 1],
    cases: &'static [u8],
    unknown: [&'static [u8]; KINDS],
    inside: [Ngrams; KINDS],
    /// The share of a word of the dictionary in the unknown letters, by length, and by the logarithm of its rank.
    words: &'static [u8],
    word_ranks: &'static [u8],
    whole: Ngrams,
}

/// The texts of one length, in buckets by their hashes, and their probabilities as a whole password and as a token.
struct Texts {
    length: usize,
    begins: &'static [u8],
    texts: &'static [u8],
    whole: &'static [u8],
    tokens: &'static [u8],
}

/// N-grams over an alphabet of `size` symbols. A gram of four lies behind its first three, a gram of three behind its first
/// two. `unseen` is the share of a context that falls to shorter contexts.
struct Ngrams {
    size: usize,
    two: &'static [u8],
    unseen_two: &'static [u8],
    three_begins: &'static [u8],
    three_symbols: &'static [u8],
    three: &'static [u8],
    unseen_three: &'static [u8],
    four_begins: &'static [u8],
    four_symbols: &'static [u8],
    four: &'static [u8],
}

/// Reads the file from its beginning. The file is part of the program, and a test reads it whole.
struct Reader(&'static [u8]);

impl Reader {
    fn take(&mut self, bytes: usize) -> &'static [u8] {
        let (taken, rest) = self.0.split_at(bytes);
        self.0 = rest;
        taken
    }

    fn byte(&mut self) -> usize {
        usize::from(self.take(1)[0])
    }

    fn number(&mut self) -> usize {
        offset(self.take(4), 0)
    }
}

/// Returns the number at place `at` of a table of numbers.
fn offset(table: &[u8], at: usize) -> usize {
    table.as_chunks().0.get(at).map_or(0, |bytes| u32::from_le_bytes(*bytes)) as usize
}

impl Model {
    fn read(reader: &mut Reader) -> Model {
        let is_right = reader.take(MAGIC.len()) == MAGIC;
        debug_assert!(is_right, "the format of guessing.bin");
        let (structures_weight, ngrams_weight) = (reader.byte() as u32, reader.byte() as u32);
        let texts = std::array::from_fn(|at| Texts::read(reader, at + 1));
        let number = reader.number();
        let (structure_keys, structures) = (reader.take(8 * number), reader.take(number));
        let steps = std::array::from_fn(|_| reader.take(PARTS));
        let cases = reader.take(CASED_LENGTHS * CASES);
        let mut unknown = [[].as_slice(); KINDS];
        let inside = std::array::from_fn(|kind| {
            unknown[kind] = reader.take(MAX_RUN);
            Ngrams::read(reader)
        });
        let (words, word_ranks) = (reader.take(MAX_RUN), reader.take(usize::from(ABSENT)));
        let whole = Ngrams::read(reader);
        debug_assert!(reader.0.is_empty(), "all of guessing.bin is read");
        Model {
            structures_weight,
            ngrams_weight,
            texts,
            structure_keys,
            structures,
            steps,
            cases,
            unknown,
            inside,
            words,
            word_ranks,
            whole,
        }
    }

    fn text(&self, text: &[u8]) -> Option<(u8, u8)> {
        self.texts.get(text.len().checked_sub(1)?)?.find(text)
    }
}

impl Texts {
    fn read(reader: &mut Reader, length: usize) -> Texts {
        let number = reader.number();
        let begins = reader.take(2 * (number / BUCKET + 2));
        let texts = reader.take(number * length);
        Texts { length, begins, texts, whole: reader.take(number), tokens: reader.take(number) }
    }

    fn find(&self, text: &[u8]) -> Option<(u8, u8)> {
        let buckets = self.whole.len() / BUCKET + 1;
        let bucket = ((u64::from(hash(text)) * buckets as u64) >> 32) as usize;
        let begin = |bucket: usize| {
            self.begins.as_chunks().0.get(bucket).map_or(0, |bytes| usize::from(u16::from_le_bytes(*bytes)))
        };
        let at = (begin(bucket)..begin(bucket + 1)).find(|at| {
            let start = at * self.length;
            // Most texts differ in the first byte, which is faster to compare.
            self.texts.get(start) == text.first() && self.texts.get(start..start + self.length) == Some(text)
        })?;
        Some((self.whole[at], self.tokens[at]))
    }
}

/// Returns the FNV-1a hash of 32 bits.
fn hash(text: &[u8]) -> u32 {
    text.iter().fold(0x811C_9DC5, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

impl Ngrams {
    fn read(reader: &mut Reader) -> Ngrams {
        let size = reader.byte();
        let (two, unseen_two) = (reader.take(size * size), reader.take(size * size));
        let (threes, fours) = (reader.number(), reader.number());
        Ngrams {
            size,
            two,
            unseen_two,
            three_begins: reader.take(4 * (size * size + 1)),
            three_symbols: reader.take(threes),
            three: reader.take(threes),
            unseen_three: reader.take(threes),
            four_begins: reader.take(4 * (threes + 1)),
            four_symbols: reader.take(fours),
            four: reader.take(fours),
        }
    }

    /// Returns the place of a gram of three.
    fn find(&self, one: usize, two: usize, three: usize) -> Option<usize> {
        find_symbol(self.three_begins, one * self.size + two, self.three_symbols, three)
    }

    /// Returns the steps of a text, given as symbols.
    fn steps(&self, symbols: impl Iterator<Item = usize>) -> u32 {
        let (mut one, mut two, mut three) = (START, START, START);
        let mut context = self.find(one, two, three);
        let mut steps = 0;
        for next in symbols.chain([END]) {
            let shorter = self.find(two, three, next);
            let seen = context.and_then(|at| find_symbol(self.four_begins, at, self.four_symbols, next));
            steps += match seen {
                Some(at) => u32::from(self.four[at]),
                None => {
                    let unseen = context.map_or(0, |at| u32::from(self.unseen_three[at]));
                    unseen
                        + match shorter {
                            Some(at) => u32::from(self.three[at]),
                            None => {
                                let unseen = u32::from(self.unseen_two[two * self.size + three]);
                                unseen + u32::from(self.two[three * self.size + next])
                            }
                        }
                }
            };
            (one, two, three) = (two, three, next);
            context = shorter;
        }
        let _ = one;
        steps
    }
}

/// Finds a symbol in group `group` of a table of sorted symbols.
fn find_symbol(begins: &[u8], group: usize, symbols: &[u8], symbol: usize) -> Option<usize> {
    let (begin, end) = (offset(begins, group), offset(begins, group + 1));
    place_of(symbols.get(begin..end)?, symbol as u8).map(|at| begin + at)
}

/// Returns the place of a byte. Compares eight at a time (Mycroft 1987).
fn place_of(bytes: &[u8], byte: u8) -> Option<usize> {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    let (words, rest) = bytes.as_chunks::<8>();
    for (at, word) in words.iter().enumerate() {
        let differences = u64::from_le_bytes(*word) ^ (ONES * u64::from(byte));
        // The lowest bit that is set belongs to the first byte that is zero.
        let zeros = differences.wrapping_sub(ONES) & !differences & (ONES << 7);
        if zeros != 0 {
            return Some(at * 8 + zeros.trailing_zeros() as usize / 8);
        }
    }
    rest.iter().position(|known| *known == byte).map(|at| words.len() * 8 + at)
}

/// A run of characters of one kind.
struct Run<'t> {
    kind: usize,
    text: &'t [u8],
}

const LETTERS: usize = 0;
const DIGITS: usize = 1;
const OTHERS: usize = 2;

fn kind(byte: u8) -> usize {
    match byte {
        byte if byte.is_ascii_alphabetic() => LETTERS,
        byte if byte.is_ascii_digit() => DIGITS,
        _ => OTHERS,
    }
}

fn runs(mut text: &[u8]) -> impl Iterator<Item = Run<'_>> {
    std::iter::from_fn(move || {
        let kind = kind(*text.first()?);
        let end = text.iter().position(|byte| self::kind(*byte) != kind).unwrap_or(text.len());
        let run;
        (run, text) = text.split_at(end);
        Some(Run { kind, text: run })
    })
}

/// Returns the symbol of a character in the n-grams of its kind.
fn symbol(kind: usize, byte: u8) -> usize {
    FIRST
        + usize::from(match kind {
            LETTERS => byte.to_ascii_lowercase() - b'a',
            DIGITS => byte - b'0',
            // Printable characters that are no letters and digits, in their order.
            _ => match byte {
                b' '..=b'/' => byte - b' ',
                b':'..=b'@' => byte - b':' + 16,
                b'['..=b'`' => byte - b'[' + 23,
                _ => byte.saturating_sub(b'{') + 29,
            },
        })
}

/// Returns the probability of a password. 0 if it is empty or has characters other than printable ASCII: the model knows no
/// others.
pub(super) fn probability(password: &[char]) -> f64 {
    let mut bytes = [0; MAX_EVALUATED];
    let is_known = !password.is_empty() && password.iter().all(|c| (' '..='~').contains(c));
    let Some(bytes) = bytes.get_mut(..password.len()).filter(|_| is_known) else { return 0.0 };
    bytes.iter_mut().zip(password).for_each(|(byte, c)| *byte = *c as u8);
    let model = &*MODEL;
    let whole = model.text(bytes).filter(|(whole, _)| *whole != ABSENT);
    let listed = whole.map_or(0.0, |(whole, _)| tenths(u32::from(whole)));
    let symbols = bytes.iter().map(|byte| FIRST + usize::from(byte - b' '));
    let sum = listed
        + tenths(model.structures_weight + structure(model, bytes))
        + tenths(model.ngrams_weight + model.whole.steps(symbols));
    bytes.zeroize();
    sum
}

/// Returns the steps of the structure and its tokens.
fn structure(model: &Model, password: &[u8]) -> u32 {
    // The steps if the structure is not stored.
    let mut by_parts = UNKNOWN_STRUCTURE;
    let (mut key, mut count, mut before) = (0_u64, 0, KINDS);
    let mut steps = 0;
    for run in runs(password) {
        let part = run.kind * MAX_RUN + run.text.len().min(MAX_RUN);
        if count < MAX_RUNS {
            key |= (part as u64 + 1) << (6 * count);
        }
        by_parts += u32::from(model.steps[before][part - 1]);
        (count, before) = (count + 1, run.kind);
        steps += token(model, &run);
        if run.kind == LETTERS {
            let case = case(run.text);
            let length = run.text.len().min(CASED_LENGTHS);
            steps += u32::from(model.cases[(length - 1) * CASES + case]);
            steps += if case == CASES - 1 { MIXED_CASE * run.text.len() as u32 } else { 0 };
        }
    }
    by_parts += u32::from(model.steps[before][PARTS - 1]);
    let stored = if count > MAX_RUNS { None } else { find_key(model, key) };
    steps + stored.unwrap_or(by_parts)
}

fn find_key(model: &Model, key: u64) -> Option<u32> {
    let (mut low, mut high) = (0, model.structures.len());
    while low < high {
        let middle = (low + high) / 2;
        let bytes = model.structure_keys.get(8 * middle..8 * middle + 8)?;
        let known = u64::from_le_bytes(bytes.try_into().ok()?);
        match known.cmp(&key) {
            std::cmp::Ordering::Less => low = middle + 1,
            std::cmp::Ordering::Greater => high = middle,
            std::cmp::Ordering::Equal => return Some(u32::from(model.structures[middle])),
        }
    }
    None
}

/// Returns the steps of a run, regardless of case.
fn token(model: &Model, run: &Run<'_>) -> u32 {
    let length = run.text.len().min(MAX_RUN) - 1;
    let unknown = u32::from(model.unknown[run.kind][length]);
    let mut folded = [0; MAX_TEXT];
    if let Some(folded) = folded.get_mut(..run.text.len()) {
        folded.copy_from_slice(run.text);
        folded.make_ascii_lowercase();
        let known = model.text(folded).filter(|(_, token)| *token != ABSENT).map(|(_, token)| u32::from(token));
        let rank = || Node::root().descend(folded)?.entry()?.word();
        let word = || {
            let rank = rank().filter(|_| run.kind == LETTERS)?;
            let share = model.word_ranks.get(rank as usize)?;
            Some(unknown + u32::from(model.words[length]) + u32::from(*share))
        };
        let steps = known.or_else(word);
        folded.zeroize();
        if let Some(steps) = steps {
            return steps;
        }
    }
    unknown + model.inside[run.kind].steps(run.text.iter().map(|byte| symbol(run.kind, *byte)))
}

/// Returns the pattern of capitals: none, the first letter, all, another.
fn case(letters: &[u8]) -> usize {
    let capitals = letters.iter().filter(|byte| byte.is_ascii_uppercase()).count();
    match capitals {
        0 => 0,
        1 if letters[0].is_ascii_uppercase() => 1,
        all if all == letters.len() => 2,
        _ => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> f64 {
        probability(&text.chars().collect::<Vec<_>>()).log10()
    }

    #[test]
    fn file_is_read_whole() {
        let mut reader = Reader(FILE);
        let model = Model::read(&mut reader);
        assert!(reader.0.is_empty());
        assert!(model.texts.iter().map(|texts| texts.whole.len()).sum::<usize>() > 50_000);
        for texts in &model.texts {
            for (at, text) in texts.texts.chunks(texts.length).enumerate() {
                assert_eq!(texts.find(text), Some((texts.whole[at], texts.tokens[at])), "{text:?}");
            }
            assert_eq!(texts.find(&b"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"[..texts.length]), None);
        }
    }

    #[test]
    fn every_printable_password_has_a_probability() {
        let printable: String = (' '..='~').collect();
        for length in [1, 2, 16, 17, 95] {
            let log = of(&printable[..length]);
            assert!(log.is_finite() && log < 0.0, "{length}: {log}");
        }
        for other in ["", "\u{e9}", "a\tb", "\u{7f}"] {
            assert_eq!(of(other), f64::NEG_INFINITY, "{other:?}");
        }
    }

    #[test]
    fn common_passwords_are_probable() {
        for (probable, less) in [
            ("123456", "password"),
            ("password", "password1"),
            ("password1", "Password1"),
            ("Password1", "pAsSword1"),
            ("woaini1314", "woaini1937"),
            ("dragon12", "dragno12"),
            ("sunshine", "xq7vk2lw"),
        ] {
            assert!(of(probable) > of(less), "{probable} {} {less} {}", of(probable), of(less));
        }
    }
}
