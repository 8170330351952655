//! Three names in 汉字, with hand-written spellings.

use super::evaluate::{ExpectedViolation, Input, found};
use super::folding::{fold, read_as};

/// A split of a name, with its readings: syllables separated by a space.
struct Name {
    han: &'static str,
    family: &'static [&'static str],
    /// Readings of the surname on its own.
    alone: &'static [&'static str],
    given: &'static [&'static str],
}

const NAMES: [Name; 4] = [
    Name { han: "张三", family: &["zhang"], alone: &["zhang"], given: &["san"] },
    Name { han: "吕布", family: &["lv", "lu", "lyu"], alone: &["lv", "lu", "lyu"], given: &["bu"] },
    // A compound surname, or a single one with a given name.
    Name { han: "单于", family: &["chan yu", "shan yu"], alone: &["chan yu", "shan yu"], given: &[] },
    Name { han: "单于", family: &["shan", "dan", "chan"], alone: &["shan"], given: &["yu", "xu", "wei"] },
];

/// A spelling: its syllables or initials, the number of full syllables, and the boundary of the names.
pub(crate) struct Spelling {
    parts: Vec<String>,
    whole: usize,
    /// Index of the part where two full names meet.
    boundary: Option<usize>,
}

impl Spelling {
    pub(crate) fn parts(&self) -> &[String] {
        &self.parts
    }

    fn letters(&self) -> usize {
        self.parts.iter().map(String::len).sum()
    }

    fn is_initials(&self) -> bool {
        self.whole == 0
    }

    fn all_whole(&self) -> bool {
        self.whole == self.parts.len()
    }
}

pub(crate) fn spellings(han: &str) -> Vec<Spelling> {
    NAMES.iter().filter(|name| name.han == han).flat_map(spellings_of).collect()
}

fn spellings_of(name: &Name) -> Vec<Spelling> {
    let mut all = Vec::new();
    let syllables = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<String>>();
    let initials = |parts: &[String]| parts.iter().map(|part| part[..1].to_owned()).collect::<Vec<String>>();
    let mut add = |first: Vec<String>, whole_first: bool, then: Vec<String>, whole_then: bool| {
        let whole = if whole_first { first.len() } else { 0 } + if whole_then { then.len() } else { 0 };
        let boundary = (whole_first && whole_then && !then.is_empty()).then_some(first.len());
        all.push(Spelling { parts: [first, then].concat(), whole, boundary });
    };
    for family in name.family {
        let stands_alone = name.alone.contains(family);
        let family = syllables(family);
        if stands_alone {
            add(family.clone(), true, Vec::new(), true);
        }
        if name.given.is_empty() {
            add(initials(&family), false, Vec::new(), false);
        }
        for given in name.given {
            let given = syllables(given);
            add(given.clone(), true, Vec::new(), true);
            for (one, other) in [(&family, &given), (&given, &family)] {
                add(one.clone(), true, other.clone(), true);
                add(initials(one), false, initials(other), false);
                add(initials(one), false, other.clone(), true);
                add(one.clone(), true, initials(other), false);
            }
        }
    }
    all
}

pub(crate) fn pinyin_name(text: &str, input: &Input, min_match: u64, read: &[&str]) -> Vec<ExpectedViolation> {
    let read: Vec<&str> = read.iter().copied().filter(|one| !["separated", "reversed"].contains(one)).collect();
    let texts = read_as(&fold(text), &read);
    let min_match = min_match as usize;
    let letters = input.values("name").find_map(|han| {
        let all = spellings(han);
        // Substitutions are only undone for long spellings.
        let long: Vec<&Spelling> = all.iter().filter(|spelling| spelling.letters() >= min_match.max(6)).collect();
        let all: Vec<&Spelling> = all.iter().collect();
        let found = |substituted: bool, spellings: &[&Spelling]| {
            let texts = texts.iter().filter(|reading| reading.substituted == substituted);
            let mut plain = texts.map(|reading| reading.text.chars().map(plain).collect::<String>());
            plain.find_map(|text| first(&text, spellings, min_match))
        };
        found(false, &all).or_else(|| found(true, &long))
    });
    letters.map(|letters| found("pinyin_name.contained", &[("letters", letters as u64)])).into_iter().collect()
}

/// Returns the number of letters of the first match, the longest at its position. The reversed text is only
/// searched if the text has no match.
fn first(text: &str, spellings: &[&Spelling], min_match: usize) -> Option<usize> {
    let characters: Vec<char> = text.chars().collect();
    let reversed: Vec<char> = characters.iter().rev().copied().collect();
    let longest_at = |text: &[char], begin: usize, is_reversed: bool| {
        let matching = spellings.iter().filter(|spelling| matches(text, begin, spelling, min_match, is_reversed));
        matching.map(|spelling| spelling.letters()).max()
    };
    let places = 0..characters.len();
    let mut forwards = places.clone().filter_map(|begin| longest_at(&characters, begin, false));
    forwards.next().or_else(|| places.clone().find_map(|begin| longest_at(&reversed, begin, true)))
}

/// Removes tone marks and full width.
fn plain(c: char) -> char {
    match c {
        'á' | 'à' | 'ā' | 'ǎ' => 'a',
        'é' | 'è' | 'ē' | 'ě' => 'e',
        'í' | 'ì' | 'ī' | 'ǐ' => 'i',
        'ó' | 'ò' | 'ō' | 'ǒ' => 'o',
        'ú' | 'ù' | 'ū' | 'ǔ' => 'u',
        'ａ'..='ｚ' => char::from(b'a' + (c as u32 - 'ａ' as u32) as u8),
        _ => c,
    }
}

fn is_letter(c: Option<&char>) -> bool {
    c.is_some_and(|c| c.is_alphabetic() && *c < '\u{2E80}')
}

/// What stands next to initials.
const PHRASES: [&str; 10] =
    ["aini", "woaini", "woai", "wo", "love", "ilove", "iloveyou", "loveyou", "baobao", "baobei"];

fn first_letter(characters: &[char]) -> usize {
    characters.iter().position(|c| is_letter(Some(c))).unwrap_or(characters.len())
}

/// Returns whether a spelling matches at a position.
fn matches(characters: &[char], begin: usize, spelling: &Spelling, min_match: usize, is_reversed: bool) -> bool {
    let letters = spelling.letters();
    let whole = spelling.all_whole() && spelling.parts.len() >= 2;
    let is_alone =
        |end: &usize| !characters[..begin].iter().chain(&characters[*end..]).any(|c| is_letter(Some(c)));
    let adjacent = ends(characters, begin, spelling, None);
    let with_gap = ends(characters, begin, spelling, spelling.boundary);
    // Both full names with anything between them, and no other letters.
    let separated = whole && letters >= min_match && with_gap.iter().any(is_alone);
    // All letters are those of the spelling, or those of a phrase stand before or after the initials.
    let has_letters = |from: usize, text: &str| {
        characters[from..].iter().filter(|c| is_letter(Some(c))).eq(text.chars().collect::<Vec<_>>().iter())
    };
    let is_spread = characters.windows(2).all(|pair| !pair.iter().all(|c| is_letter(Some(c))));
    let covers_all = is_spread
        && whole
        && letters >= min_match.max(6)
        && begin == first_letter(characters)
        && has_letters(0, &spelling.parts.concat());
    if covers_all {
        return true;
    }
    let has_phrase = spelling.is_initials()
        && PHRASES.iter().any(|phrase| {
            let initials = spelling.parts.concat();
            has_letters(0, &format!("{initials}{phrase}")) && begin == first_letter(characters)
                || has_letters(0, &format!("{phrase}{initials}"))
                    && has_letters(begin, &initials)
                    && is_letter(characters.get(begin))
        });
    if has_phrase {
        return true;
    }
    let is_placed = |end: &usize| {
        let in_words = begin > 0 && is_letter(characters.get(begin - 1)) && is_letter(characters.get(*end));
        !in_words || *end - begin == letters
    };
    if is_reversed {
        return whole && letters >= min_match.max(6) && (adjacent.iter().any(is_placed) || separated);
    }
    let accepts = |end: &usize| {
        let at_start = begin == 0 || !is_letter(characters.get(begin - 1));
        let at_end = !is_letter(characters.get(*end));
        let is_word = at_start && at_end;
        let is_long = letters >= 6 || letters >= 5 && (at_start || at_end);
        letters >= min_match
            && !spelling.is_initials()
            && (whole && (is_long || is_word) || is_word && letters >= 6)
    };
    separated
        || adjacent.iter().filter(|end| is_placed(end)).any(|end| accepts(end) || letters >= 2 && is_alone(end))
}

/// Returns the possible ends of the spelling. Up to three symbols or a tone digit may stand between two parts, and
/// anything where two full names meet.
fn ends(characters: &[char], begin: usize, spelling: &Spelling, boundary: Option<usize>) -> Vec<usize> {
    let mut ends = vec![begin];
    for (number, part) in spelling.parts.iter().enumerate() {
        let mut next = Vec::new();
        for at in ends {
            for gap in gaps(characters, at, number, boundary) {
                let letters: Vec<char> = part.chars().collect();
                if characters[gap..].starts_with(&letters) {
                    next.push(gap + letters.len());
                }
            }
        }
        ends = next;
    }
    ends
}

fn gaps(characters: &[char], at: usize, number: usize, boundary: Option<usize>) -> Vec<usize> {
    let mut gaps = vec![at];
    if number == 0 {
        return gaps;
    }
    let run = |accepts: fn(&char) -> bool| characters[at..].iter().take_while(|c| accepts(c)).count();
    let symbols = run(|c| !c.is_alphanumeric());
    gaps.extend((1..=symbols.min(3)).map(|length| at + length));
    let digits = run(|c| c.is_ascii_digit());
    if digits >= 1 && ('1'..='5').contains(&characters[at]) {
        gaps.push(at + 1);
    }
    if boundary == Some(number) {
        let anything = run(|c| !is_letter(Some(c)));
        gaps.extend((1..=anything).map(|length| at + length));
    }
    gaps
}
