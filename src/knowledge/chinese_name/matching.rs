//! Searches a password for the spellings of a name, and decides which matches count.

use std::ops::Range;

use zeroize::Zeroizing;

use super::spelling::{Entry, NameForm, Spellings};

/// A match. Contains neither the text nor its position, which would reveal part of the password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Match {
    /// Form of the spelling.
    pub form: NameForm,
    /// Number of letters.
    pub letters: usize,
}

/// Minimum number of letters for a match inside a word, with letters on both sides. It also applies to matches of
/// one syllable, of initials with a name, and of a reversed name next to other letters.
pub const INSIDE: usize = 6;
/// Minimum number of letters for a match at the start or end of a word.
pub const AT_ONE_END: usize = 5;
/// Maximum number of symbols between two syllables.
const MAX_SEPARATOR: usize = 3;

/// Returns the first match in a password that is folded to lower case; at each position the longest spelling wins.
/// The reversed password is searched last. `min_match` is the minimum number of letters of a match next to other
/// letters.
///
/// The module documentation lists which matches count. Time and memory are linear in the length of the password:
/// each letter costs at most [`super::MAX_LETTERS`] steps in the sorted list.
pub fn find(spellings: &Spellings, password_folded: &str, min_match: usize) -> Option<Match> {
    if spellings.is_empty() || !may_occur(spellings, password_folded) {
        return None;
    }
    let letters = Letters::of(password_folded);
    let criteria = MatchCriteria { min_match, letters: letters.count, reversed: false };
    letters
        .find(spellings, criteria)
        .or_else(|| letters.reversed().find(spellings, MatchCriteria { reversed: true, ..criteria }))
}

/// Returns whether the first two letters of a spelling stand next to each other, in either order. Every match has them.
fn may_occur(spellings: &Spellings, password: &str) -> bool {
    if !password.is_ascii() {
        return true;
    }
    let mut letters = password.bytes().filter(u8::is_ascii_lowercase);
    let Some(mut last) = letters.next() else { return false };
    letters.any(|letter| {
        let before = std::mem::replace(&mut last, letter);
        spellings.some_start_with_both(before, letter) || spellings.some_start_with_both(letter, before)
    })
}

/// What stands next to the initials of a name in common passwords: `zxyaini1314`, `ilovezxy`.
const PHRASES: [&[u8]; 10] =
    [b"aini", b"woaini", b"woai", b"wo", b"love", b"ilove", b"iloveyou", b"loveyou", b"baobao", b"baobei"];

/// Criteria that decide whether a match counts.
#[derive(Clone, Copy)]
struct MatchCriteria {
    min_match: usize,
    /// Number of letters in the password.
    letters: usize,
    reversed: bool,
}

impl MatchCriteria {
    fn accept(self, entry: &Entry, occurrence: Occurrence) -> bool {
        let Occurrence { letters, boundaries: [before, after], broken, seamed } = occurrence;
        let whole = is_whole(entry);
        let all = letters == self.letters;
        if seamed && !before && !after {
            // `swang-another`: the separator is that of other words.
            return false;
        }
        if self.reversed {
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

    /// Returns whether a spelling in full has all letters of the password, with separators between all of them:
    /// `z.h.a.n.g.s.a.n`.
    fn covers_all(self, entry: &Entry, letters: usize, seams: u64) -> bool {
        let separated = seams.count_ones() as usize + 1 == letters;
        separated && is_whole(entry) && letters == self.letters && letters >= self.min_match.max(INSIDE)
    }
}

/// Returns whether a spelling has two or more syllables in full.
fn is_whole(entry: &Entry) -> bool {
    entry.syllables >= 2 && entry.form < NameForm::InitialsMixed
}

/// Where a spelling occurs.
#[derive(Clone, Copy)]
struct Occurrence {
    letters: usize,
    /// Whether a word begins before it, and ends after it.
    boundaries: [bool; 2],
    /// Whether more than a separator stands between its names.
    broken: bool,
    /// Whether a separator stands between its syllables.
    seamed: bool,
}

/// The letters of a password, and the gaps between them.
struct Letters {
    /// Lower-case ASCII and `ü`. `*` stands for any other letter.
    bytes: Zeroizing<Vec<u8>>,
    /// The gap before each byte, and after the last.
    gaps: Vec<Gap>,
    count: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Gap {
    /// No characters.
    None,
    /// A typical separator of syllables: up to three symbols or spaces, or a tone digit.
    Separator,
    /// Anything else, and the start and end of the password.
    Break,
}

impl Letters {
    fn of(password: &str) -> Self {
        // No letter is longer than its source, so the buffer never grows and leaves no copy behind.
        let bytes = Zeroizing::new(Vec::with_capacity(password.len()));
        let mut letters = Self { bytes, gaps: Vec::with_capacity(password.len() + 1), count: 0 };
        let mut gap = GapReader::default();
        for c in password.chars() {
            match letter(c) {
                Some(letter) => {
                    letters.gaps.push(if letters.count == 0 { Gap::Break } else { gap.finish() });
                    letters.push(letter);
                    gap = GapReader::default();
                }
                None => gap.add(c),
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

    fn reversed(mut self) -> Self {
        self.bytes.reverse();
        self.gaps.reverse();
        // ü is two bytes; restore their order.
        for place in 1..self.bytes.len() {
            if self.bytes[place] == 0xC3 {
                self.bytes.swap(place - 1, place);
            }
        }
        self
    }

    /// Returns whether initials and a common phrase are all letters of the password.
    fn has_phrase(&self, entry: &Entry, at: Range<usize>) -> bool {
        let rest = match () {
            () if entry.form != NameForm::Initials => return false,
            () if at.start == 0 => &self.bytes[at.end..],
            () if at.end == self.bytes.len() => &self.bytes[..at.start],
            () => return false,
        };
        PHRASES.contains(&rest)
    }

    fn find(&self, spellings: &Spellings, criteria: MatchCriteria) -> Option<Match> {
        (0..self.bytes.len())
            .filter(|start| spellings.some_start_with(self.bytes[*start]))
            .find_map(|start| self.longest_at(start, spellings, criteria))
    }

    /// Returns the longest match that starts at a position. Narrows the sorted list letter by letter.
    fn longest_at(&self, start: usize, spellings: &Spellings, criteria: MatchCriteria) -> Option<Match> {
        let mut candidates = spellings.entries();
        let mut found = None;
        let mut seams = 0_u64;
        let mut letters = 0;
        let mut broken = false;
        for depth in 0.. {
            // Spellings that end here sort first.
            while let Some((entry, rest)) = candidates.split_first()
                && entry.len() == depth
            {
                let boundaries = [start, start + depth].map(|place| self.gaps[place] != Gap::None);
                let occurrence = Occurrence { letters, boundaries, broken, seamed: seams != 0 };
                let placed = seams & !entry.joints == 0 && criteria.accept(entry, occurrence);
                if placed
                    || criteria.covers_all(entry, letters, seams)
                    || self.has_phrase(entry, start..start + depth)
                {
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

/// Returns the entries whose byte at position `at` is `byte`. Often this is all or none, which the first and last
/// entry show.
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

/// The characters read since the last letter.
#[derive(Default)]
struct GapReader {
    symbols: usize,
    tones: usize,
    other: bool,
}

impl GapReader {
    fn add(&mut self, c: char) {
        match c {
            '1'..='5' => self.tones += 1,
            _ if c.is_alphanumeric() => self.other = true,
            _ => self.symbols += 1,
        }
    }

    fn finish(&self) -> Gap {
        match (self.symbols, self.tones) {
            _ if self.other => Gap::Break,
            (0, 0) => Gap::None,
            (0, 1) | (1..=MAX_SEPARATOR, 0) => Gap::Separator,
            _ => Gap::Break,
        }
    }
}

/// Returns the plain letter of a character: tone marks and full width removed, `*` for a letter that no spelling
/// contains. Returns `None` for non-letters, and for 汉字, which start a new word.
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
