//! Finds the pieces of a password and the cheapest decomposition.

use zeroize::Zeroizing;

use super::{digits, pinyin, zhuyin};
use crate::knowledge::calendar;
use crate::knowledge::keyboard::{Key, Layout, NUMPAD, QWERTY};

/// Costs in tenths of a power of ten.
const DIGIT: u16 = 10;
const LETTER: u16 = 14;
const SYMBOL: u16 = 15;
const RUN: u16 = 15;
const SEQUENCE: u16 = 14;
/// Start key, direction and length; and the cost of each turn.
const WALK: u16 = 20;
const TURN: u16 = 8;
const SPOKEN: u16 = 15;
const YEAR: u16 = 18;
const DATE: u16 = 43;
const DATE_WITH_SEPARATORS: u16 = 50;
const SURNAME: u16 = 18;
const COMMON_SYLLABLE: u16 = 17;
const SYLLABLE: u16 = 25;
const ZHUYIN: u16 = 30;
const WORD: u16 = 42;

/// Maximum number of meaningless letters (initials) and symbols.
const MAX_LETTERS: usize = 3;
const MAX_SYMBOLS: usize = 3;
/// Shorter words count as letters.
const MIN_WORD: usize = 4;
const MAX_WORD: usize = 16;
/// Shorter runs, sequences and walks occur by chance.
const MIN_REGULAR: usize = 3;

/// Keyboards that are searched for walks.
static LAYOUTS: [&Layout; 2] = [&QWERTY, &NUMPAD];

/// Number of states: counts of meaningless letters and symbols used so far.
const STATES: usize = (MAX_LETTERS + 1) * (MAX_SYMBOLS + 1);
type Costs = [u16; STATES];

/// Minimum costs of every prefix of a text.
pub(super) struct Cheapest<'a> {
    text: &'a [char],
    /// The text as a string, and the byte offset of each character.
    written: Zeroizing<String>,
    starts: Vec<usize>,
    /// The key of each character, by keyboard.
    keys: [Zeroizing<Vec<Option<Key>>>; 2],
    costs: Zeroizing<Vec<Costs>>,
}

impl<'a> Cheapest<'a> {
    pub(super) fn new(text: &'a [char], listed: &dyn Fn(&str) -> bool) -> Cheapest<'a> {
        let mut written = Zeroizing::new(String::with_capacity(text.len() * 4));
        let mut starts = Vec::with_capacity(text.len() + 1);
        for &c in text {
            starts.push(written.len());
            written.push(c);
        }
        starts.push(written.len());
        let keys = LAYOUTS.map(|layout| Zeroizing::new(text.iter().map(|&c| layout.key(c)).collect()));
        let mut costs = Zeroizing::new(vec![[u16::MAX; STATES]; text.len() + 1]);
        costs[0][0] = 0;
        let mut cheapest = Cheapest { text, written, starts, keys, costs };
        for at in 0..text.len() {
            if cheapest.costs[at].iter().any(|cost| *cost < super::MAX_COST) {
                cheapest.extend_from(at, listed);
            }
        }
        cheapest
    }

    /// Returns the cost of the text.
    pub(super) fn cost(&self) -> u16 {
        self.costs.last().and_then(|costs| costs.iter().min()).copied().unwrap_or(u16::MAX)
    }

    /// Returns the cost of the text without meaningless letters.
    pub(super) fn cost_without_letters(&self) -> u16 {
        let costs = self.costs.last().into_iter().flat_map(|costs| costs.iter().step_by(MAX_LETTERS + 1));
        costs.min().copied().unwrap_or(u16::MAX)
    }

    /// Adds every piece that starts at index `at`.
    fn extend_from(&mut self, at: usize, listed: &dyn Fn(&str) -> bool) {
        let rest = &self.text[at..];
        self.add_one(at, rest[0]);
        self.add_up_to(at, run(rest), RUN);
        self.add_up_to(at, sequence(rest), SEQUENCE);
        for layout in 0..LAYOUTS.len() {
            self.add_walks(at, layout);
        }
        self.add(at, zhuyin::syllable(rest), ZHUYIN);
        if rest[0].is_ascii_digit() {
            self.add_digits(at);
        }
        if rest[0].is_alphanumeric() {
            self.add_words(at, listed);
        }
    }

    fn add_digits(&mut self, at: usize) {
        let rest = &self.text[at..];
        self.add(at, digits::spoken(rest), SPOKEN);
        let date = calendar::date_at(self.text, at);
        let compact = rest[..date].iter().all(char::is_ascii_digit);
        let cost = match (compact, date) {
            (true, 4) => YEAR,
            (true, _) => DATE,
            (false, _) => DATE_WITH_SEPARATORS,
        };
        self.add(at, date, cost);
        // A longer date may start with its year.
        if date > 4 && compact && calendar::YEARS.contains(&calendar::number(&rest[..4])) {
            self.add(at, 4, YEAR);
        }
    }

    /// Adds a piece.
    fn add(&mut self, at: usize, length: usize, cost: u16) {
        if length > 0 {
            for state in 0..STATES {
                let whole = self.costs[at][state].saturating_add(cost);
                let best = &mut self.costs[at + length][state];
                *best = whole.min(*best);
            }
        }
    }

    /// Adds a piece of every length from [`MIN_REGULAR`] to `length`.
    fn add_up_to(&mut self, at: usize, length: usize, cost: u16) {
        (MIN_REGULAR..=length).for_each(|length| self.add(at, length, cost));
    }

    /// Adds a meaningless character.
    fn add_one(&mut self, at: usize, c: char) {
        // The count is stored in the state in this unit.
        let (cost, unit, max) = match c {
            '0'..='9' => return self.add(at, 1, DIGIT),
            'a'..='z' => (LETTER, 1, MAX_LETTERS),
            ' ' | '!'..='/' | ':'..='@' | '['..='`' | '{'..='~' => (SYMBOL, MAX_LETTERS + 1, MAX_SYMBOLS),
            _ => return,
        };
        for state in (0..STATES).filter(|state| state / unit % (max + 1) < max) {
            let whole = self.costs[at][state].saturating_add(cost);
            let best = &mut self.costs[at + 1][state + unit];
            *best = whole.min(*best);
        }
    }

    fn add_walks(&mut self, at: usize, layout: usize) {
        let (mut last, mut turns, mut direction) = (self.keys[layout][at], 0, None);
        for length in 2..=self.text.len() - at {
            let key = self.keys[layout][at + length - 1];
            let next = LAYOUTS[layout].direction(last, key);
            if next.is_none() {
                return;
            }
            turns += u16::from(direction.is_some() && direction != next);
            (last, direction) = (key, next);
            if length >= MIN_REGULAR {
                self.add(at, length, WALK.saturating_add(TURN.saturating_mul(turns)));
            }
        }
    }

    fn add_words(&mut self, at: usize, listed: &dyn Fn(&str) -> bool) {
        let letters =
            self.text[at..].iter().take(pinyin::MAX_LENGTH).take_while(|c| c.is_ascii_lowercase()).count();
        for length in 2..=MAX_WORD.min(self.text.len() - at) {
            let word = &self.written[self.starts[at]..self.starts[at + length]];
            // Only runs of letters are syllables.
            let cost = if at == 0 && length <= letters && pinyin::is_surname(word) {
                SURNAME
            } else if length <= letters && pinyin::is_common_syllable(word) {
                COMMON_SYLLABLE
            } else if length <= letters && pinyin::is_syllable(word) {
                SYLLABLE
            } else if length >= MIN_WORD && listed(word) {
                WORD
            } else {
                continue;
            };
            self.add(at, length, cost);
        }
    }
}

/// Returns the length of the run of equal characters at the start of the text.
fn run(text: &[char]) -> usize {
    text.iter().take_while(|c| **c == text[0]).count()
}

/// Returns the length of the ascending or descending sequence of digits or letters at the start of the text. 0
/// follows 9.
fn sequence(text: &[char]) -> usize {
    let step = |a: char, b: char| match (a, b) {
        ('9', '0') => 1,
        ('0', '9') => -1,
        _ if a.is_ascii_alphanumeric() && b.is_ascii_alphanumeric() => {
            i64::from(u32::from(b)) - i64::from(u32::from(a))
        }
        _ => 0,
    };
    let (Some(&first), Some(&second)) = (text.first(), text.get(1)) else { return 0 };
    let steps = step(first, second);
    if steps.abs() != 1 {
        return 0;
    }
    1 + text.windows(2).take_while(|pair| step(pair[0], pair[1]) == steps).count()
}
