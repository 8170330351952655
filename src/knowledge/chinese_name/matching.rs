//! Whether a password holds a name: finding its spellings, and which finds convince.

use zeroize::Zeroizing;

use super::spelling::{Entry, NameForm, Spellings};

/// What was found. Neither the text nor its place: that would be a piece of the password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Match {
    /// How the spelling puts the name together.
    pub form: NameForm,
    /// How many letters it has.
    pub letters: usize,
}

/// The letters from which a name is found inside a word, with letters on both sides. Also those from which one
/// syllable, initials with a name, or a name backwards count at all beside other letters.
pub const INSIDE: usize = 6;
/// The letters from which a name is found at the start or the end of a word.
pub const AT_ONE_END: usize = 5;
/// The longest run of symbols that may stand between two syllables.
const MAX_SEPARATOR: usize = 3;

/// The first convincing spelling in a password that is folded to lower case, the longest at that place; the
/// password read backwards comes last. `min_match` is the number of letters from which a spelling counts beside
/// other letters.
///
/// The module says what convinces. Work and memory grow with the length of the password; each of its letters
/// costs a walk of at most [`super::MAX_LETTERS`] steps down the sorted list.
pub fn find(spellings: &Spellings, password_folded: &str, min_match: usize) -> Option<Match> {
    if spellings.is_empty() {
        return None;
    }
    let letters = Letters::of(password_folded);
    let rule = Conviction { min_match, letters: letters.count, backwards: false };
    letters
        .find(spellings, rule)
        .or_else(|| letters.backwards().find(spellings, Conviction { backwards: true, ..rule }))
}

/// When a find convinces.
#[derive(Clone, Copy)]
struct Conviction {
    min_match: usize,
    /// How many letters the password has.
    letters: usize,
    backwards: bool,
}

impl Conviction {
    fn holds(self, entry: &Entry, letters: usize, [before, after]: [bool; 2], broken: bool) -> bool {
        let whole = entry.syllables >= 2 && entry.form < NameForm::InitialsMixed;
        let all = letters == self.letters;
        if self.backwards {
            return whole && (all || !broken) && letters >= self.min_match.max(INSIDE);
        }
        if broken || all {
            return all && if broken { whole && letters >= self.min_match } else { letters >= 2 };
        }
        if letters < self.min_match || entry.form == NameForm::Initials {
            return false;
        }
        match (whole, letters) {
            (true, INSIDE..) => true,
            (true, AT_ONE_END..) => before || after,
            (true, _) => before && after,
            (false, _) => letters >= INSIDE && before && after,
        }
    }
}

/// The letters of a password without what stands between them.
struct Letters {
    /// Lower-case ASCII and `ü`; `*` for any other letter.
    bytes: Zeroizing<Vec<u8>>,
    /// What stands before each byte, and at last what stands after all.
    gaps: Vec<Gap>,
    count: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Gap {
    /// Nothing.
    None,
    /// What people type between syllables: up to three symbols or spaces, or the digit of a tone.
    Separator,
    /// Anything else, the start and the end.
    Break,
}

impl Letters {
    fn of(password: &str) -> Self {
        // No letter is longer than what it is read from: nothing grows and leaves a copy behind.
        let bytes = Zeroizing::new(Vec::with_capacity(password.len()));
        let mut letters = Self { bytes, gaps: Vec::with_capacity(password.len() + 1), count: 0 };
        let mut between = Between::default();
        for c in password.chars() {
            match letter(c) {
                Some(letter) => {
                    letters.gaps.push(if letters.count == 0 { Gap::Break } else { between.gap() });
                    letters.push(letter);
                    between = Between::default();
                }
                None => between.add(c),
            }
        }
        letters.gaps.push(Gap::Break);
        letters
    }

    fn push(&mut self, letter: char) {
        let mut buffer = [0; 4];
        let bytes = letter.encode_utf8(&mut buffer).as_bytes();
        self.bytes.extend_from_slice(bytes);
        self.gaps.extend(bytes.iter().skip(1).map(|_| Gap::None));
        self.count += 1;
    }

    fn backwards(mut self) -> Self {
        self.bytes.reverse();
        self.gaps.reverse();
        // An ü is two bytes, in one order only.
        for place in 1..self.bytes.len() {
            if self.bytes[place] == 0xC3 {
                self.bytes.swap(place - 1, place);
            }
        }
        self
    }

    fn find(&self, spellings: &Spellings, rule: Conviction) -> Option<Match> {
        (0..self.bytes.len())
            .filter(|start| spellings.some_start_with(self.bytes[*start]))
            .find_map(|start| self.longest_at(start, spellings, rule))
    }

    /// The longest convincing spelling that starts at a place: the sorted list is narrowed letter by letter.
    fn longest_at(&self, start: usize, spellings: &Spellings, rule: Conviction) -> Option<Match> {
        let mut candidates = spellings.entries();
        let mut found = None;
        let mut seams = 0_u64;
        let mut letters = 0;
        let mut broken = false;
        for depth in 0.. {
            // Those that end here come first.
            while let Some((entry, rest)) = candidates.split_first()
                && entry.len() == depth
            {
                let boundaries = [start, start + depth].map(|place| self.gaps[place] != Gap::None);
                if seams & !entry.joints == 0 && rule.holds(entry, letters, boundaries, broken) {
                    found = Some(Match { form: entry.form, letters });
                }
                candidates = rest;
            }
            let place = start + depth;
            let Some(byte) = self.bytes.get(place).copied().filter(|_| !candidates.is_empty()) else { break };
            match self.gaps[place] {
                Gap::Separator if depth > 0 => seams |= 1 << depth,
                Gap::Break if start > 0 && depth > 0 => break,
                Gap::Break if depth > 0 => {
                    seams |= 1 << depth;
                    broken = true;
                }
                _ => {}
            }
            candidates = with_byte(candidates, byte, |entry| spellings.byte(entry, depth));
            letters += usize::from(byte & 0xC0 != 0x80);
        }
        found
    }
}

/// The entries of a sorted list that have this byte at the place that `at` reads; often all or none, which the
/// ends show.
fn with_byte(mut entries: &[Entry], byte: u8, at: impl Fn(&Entry) -> u8) -> &[Entry] {
    let [Some(first), Some(last)] = [entries.first(), entries.last()].map(|entry| entry.map(&at)) else {
        return entries;
    };
    if byte < first || byte > last {
        return &[];
    }
    if first < byte {
        entries = &entries[entries.partition_point(|entry| at(entry) < byte)..];
    }
    if last > byte {
        entries = &entries[..entries.partition_point(|entry| at(entry) == byte)];
    }
    entries
}

/// What is between two letters, as far as it was read.
#[derive(Default)]
struct Between {
    symbols: usize,
    tones: usize,
    other: bool,
}

impl Between {
    fn add(&mut self, c: char) {
        match c {
            '1'..='5' => self.tones += 1,
            _ if c.is_alphanumeric() => self.other = true,
            _ => self.symbols += 1,
        }
    }

    fn gap(&self) -> Gap {
        match (self.symbols, self.tones) {
            _ if self.other => Gap::Break,
            (0, 0) => Gap::None,
            (0, 1) | (1..=MAX_SEPARATOR, 0) => Gap::Separator,
            _ => Gap::Break,
        }
    }
}

/// The letter that a character is typed for, with the mark of a tone and full width taken off; `*` for a letter
/// that no spelling has. None for what is no letter, and for 汉字, which begin a new word.
fn letter(c: char) -> Option<char> {
    Some(match c {
        'a'..='z' | 'ü' => c,
        '\0'..='\x7f' => return None,
        'ā' | 'á' | 'ǎ' | 'à' => 'a',
        'ē' | 'é' | 'ě' | 'è' => 'e',
        'ī' | 'í' | 'ǐ' | 'ì' => 'i',
        'ō' | 'ó' | 'ǒ' | 'ò' => 'o',
        'ū' | 'ú' | 'ǔ' | 'ù' => 'u',
        'ǖ' | 'ǘ' | 'ǚ' | 'ǜ' => 'ü',
        'ａ'..='ｚ' => char::from(b'a' + (u32::from(c) - u32::from('ａ')) as u8),
        _ if c < '\u{2E80}' && c.is_alphabetic() => '*',
        _ => return None,
    })
}
