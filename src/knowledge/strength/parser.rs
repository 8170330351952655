//! Parses a text into pieces, each of which an attacker would try.
//!
//! The cost of a piece is the logarithm of the number of guesses for it, in steps of [`STEPS`]. A dynamic program over
//! the positions of the text finds the sequence with the lowest sum. Every further piece costs [`JOIN`], except that
//! syllables, numbers and dates are joined to each other for nothing, as are unknown characters, and a repeat to anything.
//! Every parse up to a position, with unknown characters after it, is a parse of the text, so the cheapest of these bounds the
//! cost: no piece is tried behind a position that is reached only at a higher one.
//! The work is at most quadratic in the length of the text, besides the walk through the trie, which the number of words
//! bounds.

use std::ops::Range;

use zeroize::Zeroizing;

use super::text::{Text, key};
use super::{MAX_EVALUATED, PieceKind, date, number, zhuyin};
use crate::knowledge::calendar;
use crate::knowledge::keyboard::{Layout, NUMPAD, QWERTY};
use crate::knowledge::trie::{Entry, Node, STEPS};

/// The cost of one more piece: the number and the kinds of pieces are guessed, too.
const JOIN: u32 = 20;
/// The costs of characters that belong to no piece.
const UNKNOWN_LETTER: u32 = 33;
const UNKNOWN_CAPITAL: u32 = 41;
const UNKNOWN_DIGIT: u32 = 25;
const UNKNOWN_ONE: u32 = 16;
const UNKNOWN_SIGN: u32 = 40;
const UNKNOWN_COMMON_SIGN: u32 = 21;
const UNKNOWN_SIGN_AGAIN: u32 = 15;
const UNKNOWN_OTHER: u32 = 62;
/// The cost of each ASCII character.
const UNKNOWN: [u32; 128] = {
    let mut costs = [UNKNOWN_OTHER; 128];
    let mut c = 0;
    while c < 128 {
        costs[c] = match c as u8 {
            b'a'..=b'z' => UNKNOWN_LETTER,
            b'A'..=b'Z' => UNKNOWN_CAPITAL,
            b'1' => UNKNOWN_ONE,
            b'0'..=b'9' => UNKNOWN_DIGIT,
            b'@' | b'!' | b'.' | b'_' | b'-' | b'#' | b'*' | b' ' => UNKNOWN_COMMON_SIGN,
            b' '..=b'~' => UNKNOWN_SIGN,
            _ => UNKNOWN_OTHER,
        };
        c += 1;
    }
    costs
};
/// The minimum cost of a word by its length: short ones are everywhere.
const MIN_OF_TWO: u32 = 45;
const MIN_OF_THREE: u32 = 55;
/// The cost of a word in reverse order, of each kind of sign instead of a letter, and of capitals.
const REVERSED: u32 = 8;
const SUBSTITUTION: u32 = 8;
const CAPITALS: u32 = 8;
const MIXED_CAPITALS: u32 = 15;
const MIXED_CAPITAL: u32 = 6;
/// The costs of syllables: the first one as a surname, the common ones, others, a digit for a tone, and one in Zhuyin.
const SURNAME: u32 = 32;
const COMMON_SYLLABLE: u32 = 41;
const SYLLABLE: u32 = 60;
const TONE: u32 = 15;
const ZHUYIN: u32 = 50;
const NUMBER_PHRASE: u32 = 38;
/// The cost of each initial of a name.
const INITIAL: u32 = 25;
/// The cost of a walk: its first key, direction and length; and of each turn.
const WALK: u32 = 50;
const TURN: u32 = 20;
/// The cost of a sequence that begins with `a`, `0`, `1` or `9`, and of others.
const SEQUENCE: u32 = 30;
const OTHER_SEQUENCE: u32 = 42;
const WIDE_SEQUENCE: u32 = 15;
/// The cost of text that is repeated, besides the logarithm of how far back it began.
const REPEAT: u32 = 8;

/// Shorter walks, sequences and repeats occur by chance.
const MIN_REGULAR: usize = 3;
/// The largest step of a sequence: `aceg`.
const MAX_STEP: i64 = 2;

static LAYOUTS: [&Layout; 2] = [&QWERTY, &NUMPAD];

/// A word that an attacker tries first, such as the user's name, with its cost.
pub(super) struct Input {
    pub(super) word: Zeroizing<Vec<char>>,
    pub(super) cost: u32,
}

/// The words that an attacker tries first.
pub(super) struct InputWords {
    words: Vec<Input>,
    /// Whether one of them may begin with an ASCII character. The first place stands for all other characters.
    begins: [bool; 128],
}

impl InputWords {
    pub(super) fn new(words: Vec<Input>) -> InputWords {
        let begins = |c: char| {
            let stands = letters(c);
            words
                .iter()
                .filter_map(|input| input.word.first())
                .any(|first| *first == c || stands.contains(&key(*first)))
        };
        let mut begins =
            if words.is_empty() { [false; 128] } else { std::array::from_fn(|c| begins(char::from(c as u8))) };
        // A character outside ASCII may begin a word that does, and one that `€` stands for.
        begins[0] |= words.iter().any(|input| input.word.first().is_some_and(|c| !c.is_ascii() || *c == 'e'));
        InputWords { begins, words }
    }

    fn begin_with(&self, key: u8) -> bool {
        self.begins[usize::from(key) % 128]
    }
}

/// The signs of a piece that stand for letters.
#[derive(Clone, Copy, Default)]
struct Signs {
    /// A bit for each kind of sign.
    kinds: u32,
    cost: u32,
}

impl Signs {
    /// Returns the signs with one more.
    fn with(self, sign: char) -> Signs {
        let kind = 1 << (u32::from(sign) % 32);
        let cost = if self.kinds & kind == 0 { SUBSTITUTION } else { 0 };
        Signs { kinds: self.kinds | kind, cost: self.cost + cost }
    }
}

/// A piece of the cheapest parse.
pub(super) type Piece = (Range<usize>, PieceKind);

/// Pieces that are joined to each other for nothing, and all others.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Group {
    Unknown,
    /// Syllables, initials, numbers and dates: `wangwei1985`, `woaini520`, `lx19880612`.
    Spelled,
    Zhuyin,
    Repeat,
    Other,
}

const GROUPS: [Group; 5] = [Group::Unknown, Group::Spelled, Group::Zhuyin, Group::Repeat, Group::Other];

impl Group {
    fn of(kind: PieceKind) -> Group {
        match kind {
            PieceKind::Unknown => Group::Unknown,
            PieceKind::Pinyin | PieceKind::Number | PieceKind::Date => Group::Spelled,
            PieceKind::Zhuyin => Group::Zhuyin,
            PieceKind::Repeat => Group::Repeat,
            _ => Group::Other,
        }
    }

    fn join(self, next: Group) -> u32 {
        if next == Group::Repeat || (self == next && self != Group::Other) { 0 } else { JOIN }
    }
}

/// The cheapest parse up to a position whose last piece is of a group.
#[derive(Clone, Copy)]
struct Best {
    cost: u32,
    start: u8,
    /// The group of the piece before.
    before: Group,
    kind: PieceKind,
}

/// More than any parse costs, and far from overflowing.
const TOO_MUCH: u32 = 1 << 30;
const NONE: Best = Best { cost: TOO_MUCH, start: 0, before: Group::Other, kind: PieceKind::Unknown };

/// What is known of a position. One allocation holds all of them.
#[derive(Clone, Copy)]
struct Position {
    /// The cheapest parse up to here, by the group of its last piece.
    best: [Best; GROUPS.len()],
    /// The lowest cost before a piece that begins here, by its group, with the group of the piece before.
    before: [(u32, Group); GROUPS.len()],
    /// Whether a parse up to here costs at most the limit.
    open: bool,
    /// The cost of the character here if it is unknown.
    unknown: u32,
    /// The cost of all characters from here if they are unknown, with that of joining them.
    rest: u32,
    /// The number of capitals before.
    capitals: u8,
    /// The number of digits from here.
    digits: u8,
    /// How far the next character is from the one here in the alphabet, if that is at most [`MAX_STEP`], or 0.
    step: i8,
    /// The direction from the key of the character here to the next, by layout; 0 if the keys are not adjacent.
    directions: [u8; LAYOUTS.len()],
    /// One more than the position of the same character before, or 0.
    earlier: u8,
    /// How far the text from here repeats what came before, and how far back that began.
    repeat: (u8, u8),
}

const EMPTY: Position = Position {
    best: [NONE; GROUPS.len()],
    before: [(TOO_MUCH, Group::Other); GROUPS.len()],
    open: true,
    unknown: 0,
    rest: 0,
    capitals: 0,
    digits: 0,
    step: 0,
    directions: [0; LAYOUTS.len()],
    earlier: 0,
    repeat: (0, 0),
};

pub(super) struct Parser<'t> {
    text: &'t Text,
    inputs: &'t InputWords,
    year: i32,
    /// The highest cost that matters.
    limit: u32,
    positions: Vec<Position>,
}

impl<'t> Parser<'t> {
    /// Parses a text. Parses that cost more than `limit` are not all tried.
    pub(super) fn new(text: &'t Text, inputs: &'t InputWords, year: i32, limit: u32) -> Parser<'t> {
        let mut parser = Parser { text, inputs, year, limit, positions: vec![EMPTY; text.len() + 1] };
        parser.positions[0].before = [(0, Group::Other); GROUPS.len()];
        parser.prepare();
        for at in 0..text.len() {
            if parser.positions[at].open {
                parser.extend(at);
            }
            parser.add_reversed(at + 1);
            parser.settle(at + 1);
        }
        parser
    }

    fn prepare(&mut self) {
        let (written, folded) = (self.text.written(), self.text.folded());
        let mut capitals = 0;
        for (position, c) in self.positions.iter_mut().skip(1).zip(written) {
            capitals += u8::from(c.is_uppercase());
            position.capitals = capitals;
        }
        for (position, pair) in self.positions.iter_mut().zip(folded.windows(2)) {
            position.step = step(pair[0], pair[1]);
        }
        for (number, layout) in LAYOUTS.iter().enumerate() {
            let mut key = written.first().and_then(|c| layout.key(*c));
            for (position, c) in self.positions.iter_mut().zip(written.iter().skip(1)) {
                let next = layout.key(*c);
                position.directions[number] = layout.direction(key, next).map_or(0, |found| found as u8 + 1);
                key = next;
            }
        }
        self.find_repeats();
        let (mut digits, mut rest) = (0, JOIN);
        for (position, c) in self.positions[..written.len()].iter_mut().zip(written).rev() {
            digits = if c.is_ascii_digit() { digits + 1 } else { 0 };
            position.digits = digits;
            position.unknown = unknown(*c, position.earlier > 0);
            rest += position.unknown;
            position.rest = rest;
        }
    }

    fn find_repeats(&mut self) {
        let (folded, keys) = (self.text.folded(), self.text.keys());
        // One more than the place of the last character with a key, or 0.
        let mut last = [0_u8; 128];
        for (at, key) in keys.iter().enumerate() {
            self.positions[at].earlier = match last.get_mut(usize::from(*key)).filter(|_| *key != 0) {
                Some(last) => std::mem::replace(last, at as u8 + 1),
                None => folded[..at].iter().rposition(|c| *c == folded[at]).map_or(0, |before| before as u8 + 1),
            };
        }
        wipe(&mut last, 0);
        // By distance: the number of characters that equal those so far before, from a position, and that position.
        let mut same = [(0_u8, 0_u8); MAX_EVALUATED];
        for at in (1..folded.len()).rev() {
            let mut longest = (0, 0);
            let mut before = usize::from(self.positions[at].earlier);
            while before > 0 {
                let distance = at + 1 - before;
                let (length, from) = &mut same[distance];
                *length = if usize::from(*from) == at + 1 { *length + 1 } else { 1 };
                *from = at as u8;
                if *length > longest.0 {
                    longest = (*length, distance as u8);
                }
                before = usize::from(self.positions[before - 1].earlier);
            }
            self.positions[at].repeat = longest;
        }
        wipe(&mut same, (0, 0));
    }

    /// Returns the cost of the cheapest parse. If it is more than the limit, it may be too high.
    pub(super) fn cost(&self) -> u32 {
        match self.text.len() {
            0 => 0,
            length => self.last(length).cost,
        }
    }

    fn last(&self, at: usize) -> Best {
        self.positions[at].best.into_iter().min_by_key(|best| best.cost).unwrap_or(NONE)
    }

    /// Returns the pieces of the cheapest parse, from left to right, without gaps.
    pub(super) fn pieces(&self) -> Vec<Piece> {
        let mut pieces: Vec<Piece> = Vec::new();
        let mut at = self.text.len();
        let mut best = self.last(at);
        while at > 0 {
            let start = usize::from(best.start);
            match pieces.last_mut() {
                // Unknown characters are pieces of their own.
                Some((part, PieceKind::Unknown)) if best.kind == PieceKind::Unknown => part.start = start,
                _ => pieces.push((start..at, best.kind)),
            }
            at = start;
            best = self.positions[at].best[best.before as usize];
        }
        pieces.reverse();
        pieces
    }

    /// Adds a piece.
    #[inline]
    fn add(&mut self, part: Range<usize>, cost: u32, kind: PieceKind) {
        let group = Group::of(kind) as usize;
        let (before, last) = self.positions[part.start].before[group];
        let Position { best, rest, .. } = &mut self.positions[part.end];
        let best = &mut best[group];
        if before + cost < best.cost {
            *best = Best { cost: before + cost, start: part.start as u8, before: last, kind };
            self.limit = self.limit.min(best.cost + *rest);
        }
    }

    /// Computes what pieces cost that begin at a position, after all pieces that end there were added.
    fn settle(&mut self, at: usize) {
        let Position { best, before, open, .. } = &mut self.positions[at];
        let (mut cheapest, mut last) = (best[0].cost, GROUPS[0]);
        for group in &GROUPS[1..] {
            if best[*group as usize].cost < cheapest {
                (cheapest, last) = (best[*group as usize].cost, *group);
            }
        }
        *open = cheapest <= self.limit;
        if !*open {
            return;
        }
        for next in GROUPS {
            // Only a piece of the same group can be cheaper before than the cheapest one.
            let own = best[next as usize].cost + next.join(next);
            let joined = cheapest + if next == Group::Repeat { 0 } else { JOIN };
            before[next as usize] = if own < joined { (own, next) } else { (joined, last) };
        }
    }

    /// Adds every piece that begins at a position, except reversed words.
    fn extend(&mut self, at: usize) {
        self.add(at..at + 1, self.positions[at].unknown, PieceKind::Unknown);
        self.add_words(at, at, Node::root(), Signs::default());
        self.add_inputs(at);
        if self.positions[at].directions != [0; LAYOUTS.len()] {
            self.add_walks(at);
        }
        self.add_sequences(at);
        let (length, distance) = self.positions[at].repeat;
        if usize::from(length) >= if distance == 1 { 2 } else { MIN_REGULAR } {
            let cost = REPEAT + logarithm(u32::from(distance));
            self.add(at..at + usize::from(length), cost, PieceKind::Repeat);
        }
        if at == 0 {
            self.add_initials();
        }
        let syllable = zhuyin::syllable(&self.text.keys()[at..]);
        if syllable > 0 {
            self.add(at..at + syllable, ZHUYIN, PieceKind::Zhuyin);
        }
        if self.positions[at].digits > 0 {
            self.add_digits(at);
        }
    }

    /// Adds the words that begin at `start`, lead to a node at `at` and continue below it, with all readings of each character.
    fn add_words(&mut self, start: usize, mut at: usize, mut node: Node, signs: Signs) {
        let (keys, folded) = (self.text.keys(), self.text.folded());
        loop {
            if let Some(entry) = node.entry() {
                self.add_known(start..at, entry, signs);
            }
            let Some(&key) = keys.get(at) else { return };
            if !key.is_ascii_lowercase() {
                let c = folded[at];
                for letter in letters(c) {
                    if let Some(next) = node.child(*letter) {
                        self.add_words(start, at + 1, next, signs.with(c));
                    }
                }
            }
            let next = match key {
                0 => node.descend(folded[at].encode_utf8(&mut [0; 4]).as_bytes()),
                key => node.child(key),
            };
            let Some(next) = next else { return };
            (at, node) = (at + 1, next);
        }
    }

    fn add_known(&mut self, part: Range<usize>, entry: Entry, signs: Signs) {
        let length = part.len();
        if let Some(rank) = entry.word() {
            let least = match length {
                // A single letter is unknown; a single 汉字 is a word.
                1 if self.text.folded()[part.start].len_utf8() < 3 => return,
                2 => MIN_OF_TWO,
                3 => MIN_OF_THREE,
                _ => 0,
            };
            let cost = if length == self.text.len() { rank } else { rank.max(least) };
            let cost = cost + self.case(part.clone()) + signs.cost;
            self.add(part.clone(), cost, PieceKind::Word);
        }
        if signs.kinds != 0 {
            return;
        }
        if entry.is_number_phrase() {
            self.add(part.clone(), NUMBER_PHRASE, PieceKind::Number);
        }
        if entry.is_syllable() {
            let cost = match (part.start, entry.is_common()) {
                (_, true) => COMMON_SYLLABLE,
                (0, _) if entry.is_surname() => SURNAME,
                _ => SYLLABLE,
            };
            let cost = cost + self.case(part.clone()) / 2;
            // A digit for the tone: `wo3ai4ni3`.
            if matches!(self.text.written().get(part.end), Some('1'..='5')) {
                self.add(part.start..part.end + 1, cost + TONE, PieceKind::Pinyin);
            }
            self.add(part, cost, PieceKind::Pinyin);
        }
    }

    /// Adds words in reverse order that end at a position. Their letters are ASCII.
    fn add_reversed(&mut self, end: usize) {
        let text = self.text;
        let mut node = Node::root();
        for (start, key) in text.keys()[..end].iter().enumerate().rev() {
            let Some(next) = node.child(*key) else { break };
            node = next;
            if end - start > MIN_REGULAR
                && let Some(rank) = node.entry().and_then(Entry::word)
            {
                self.add(start..end, rank + REVERSED + self.case(start..end), PieceKind::Word);
            }
        }
        if !self.inputs.begin_with(text.keys()[end - 1]) {
            return;
        }
        for input in &self.inputs.words {
            let Some(start) = end.checked_sub(input.word.len()) else { continue };
            if text.folded()[start..end].iter().eq(input.word.iter().rev()) {
                self.add(start..end, input.cost + REVERSED + self.case(start..end), PieceKind::Input);
            }
        }
    }

    fn add_inputs(&mut self, at: usize) {
        let text = self.text;
        if !self.inputs.begin_with(text.keys()[at]) {
            return;
        }
        for input in &self.inputs.words {
            let Some(written) = text.folded().get(at..at + input.word.len()) else { continue };
            let mut signs = Signs::default();
            let reads = |(&c, &letter): (&char, &char)| {
                if c != letter {
                    signs = signs.with(c);
                }
                c == letter || letters(c).iter().any(|known| char::from(*known) == letter)
            };
            if written.iter().zip(input.word.iter()).all(reads) {
                let part = at..at + input.word.len();
                let cost = input.cost + self.case(part.clone()) + signs.cost;
                self.add(part, cost, PieceKind::Input);
            }
        }
    }

    /// Adds the initials of a name: two or three letters before a digit or sign.
    fn add_initials(&mut self) {
        let folded = self.text.folded();
        let letters = folded.iter().take_while(|c| c.is_ascii_lowercase()).count();
        if matches!(letters, 2 | 3) && letters < folded.len() {
            self.add(0..letters, INITIAL * letters as u32 + self.case(0..letters), PieceKind::Pinyin);
        }
    }

    fn add_walks(&mut self, at: usize) {
        for layout in 0..LAYOUTS.len() {
            let (mut last, mut cost, mut end) = (self.positions[at].directions[layout], WALK, at + 1);
            loop {
                let direction = self.positions[end - 1].directions[layout];
                if direction == 0 {
                    break;
                }
                cost += if direction == last { 0 } else { TURN };
                last = direction;
                end += 1;
                if end - at >= MIN_REGULAR {
                    self.add(at..end, cost + self.case(at..end), PieceKind::Walk);
                }
            }
        }
    }

    fn add_sequences(&mut self, at: usize) {
        let step = self.positions[at].step;
        if step == 0 {
            return;
        }
        let is_usual = matches!(self.text.folded()[at], 'a' | '0' | '1' | '9');
        let begin = if is_usual { SEQUENCE } else { OTHER_SEQUENCE };
        let cost = begin + if step.abs() == 1 { 0 } else { WIDE_SEQUENCE };
        let mut end = at + 2;
        while self.positions[end - 1].step == step {
            end += 1;
            self.add(at..end, cost + self.case(at..end), PieceKind::Sequence);
        }
    }

    fn add_digits(&mut self, at: usize) {
        let text = self.text;
        let digits = usize::from(self.positions[at].digits);
        date::costs(&text.written()[at..], digits, self.year, |length, cost| {
            self.add(at..at + length, cost, PieceKind::Date);
        });
        if !text.is_ascii() {
            let length = calendar::date_at(text.written(), at);
            if text.written()[at..at + length].iter().any(|c| matches!(c, '年' | '月')) {
                self.add(at..at + length, date::OTHER, PieceKind::Date);
            }
        }
        for (length, cost) in number::costs(&text.folded()[at..], digits) {
            self.add(at..at + length, cost, PieceKind::Number);
        }
    }

    /// Returns the cost of the capitals of a part.
    #[inline]
    fn case(&self, part: Range<usize>) -> u32 {
        let capitals = usize::from(self.positions[part.end].capitals - self.positions[part.start].capitals);
        if capitals == 0 {
            return 0;
        }
        let is_capital = |at: usize| self.positions[at + 1].capitals > self.positions[at].capitals;
        let at_an_end = capitals == 1 && (is_capital(part.start) || is_capital(part.end - 1));
        if at_an_end || capitals == part.len() {
            CAPITALS
        } else {
            MIXED_CAPITALS + MIXED_CAPITAL * capitals.min(part.len() - capitals) as u32
        }
    }
}

impl Drop for Parser<'_> {
    fn drop(&mut self) {
        wipe(&mut self.positions, EMPTY);
    }
}

/// Overwrites values that depend on a password.
fn wipe<T: Copy>(values: &mut [T], empty: T) {
    values.fill(empty);
    // The compiler would leave out writes that nothing reads.
    std::hint::black_box(values);
}

/// Returns the cost of a character that belongs to no piece. `again` if it occurred before.
fn unknown(c: char, again: bool) -> u32 {
    match UNKNOWN.get(c as usize).copied().unwrap_or(UNKNOWN_OTHER) {
        UNKNOWN_SIGN | UNKNOWN_COMMON_SIGN if again => UNKNOWN_SIGN_AGAIN,
        cost => cost,
    }
}

/// Returns the letters that a character may stand for.
fn letters(c: char) -> &'static [u8] {
    match c {
        '4' | '@' => b"a",
        '8' => b"b",
        '(' | '{' | '[' | '<' => b"c",
        '3' | '€' => b"e",
        '6' | '9' => b"g",
        '1' | '|' => b"il",
        '!' => b"i",
        '7' => b"lt",
        '0' => b"o",
        '$' | '5' => b"s",
        '+' => b"t",
        '%' => b"x",
        '2' => b"z",
        _ => b"",
    }
}

/// Returns how far a character is from the next in the alphabet, if they may be part of a sequence, or 0. 0 follows on 9.
fn step(c: char, next: char) -> i8 {
    match (c, next) {
        ('9', '0') => 1,
        ('0', '9') => -1,
        _ => {
            let step = i64::from(u32::from(next)) - i64::from(u32::from(c));
            let is_regular = step.abs() <= MAX_STEP && c.is_alphanumeric() && next.is_alphanumeric();
            if is_regular { step as i8 } else { 0 }
        }
    }
}

/// Returns the logarithm of a number below 129, in steps.
pub(super) fn logarithm(number: u32) -> u32 {
    (f64::from(number.max(1)).log10() * STEPS) as u32
}
