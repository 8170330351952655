//! The surname table: the readings of surnames, which often differ from the common reading of their characters.
//!
//! The data is in `rules/words/surnames.tsv`, which documents its format and sources. It is parsed once, at the
//! first use.

use std::sync::LazyLock;

use super::characters::Syllable;

/// One written form of a surname.
pub(super) struct Surname {
    written: &'static str,
    readings: &'static str,
    regional: &'static str,
}

static TABLE: LazyLock<Vec<Surname>> = LazyLock::new(|| {
    let mut table = parse(include_str!("../../../rules/words/surnames.tsv"));
    table.sort_unstable_by_key(|surname| surname.written);
    table
});

fn parse(text: &'static str) -> Vec<Surname> {
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .filter_map(|line| {
            let mut columns = line.split('\t');
            Some((columns.next()?, columns.next()?, columns.next()?))
        })
        .flat_map(|(forms, readings, regional)| {
            let regional = if regional == "-" { "" } else { regional };
            forms.split(' ').map(move |written| Surname { written, readings, regional })
        })
        .collect()
}

/// Returns the surname that consists of exactly these characters.
pub(super) fn exact(syllables: &[Syllable]) -> Option<&'static Surname> {
    starting_with(syllables).find(|surname| surname.width() == syllables.len())
}

/// Returns the longest compound surname at the start of these characters.
pub(super) fn compound(syllables: &[Syllable]) -> Option<&'static Surname> {
    starting_with(syllables).filter(|surname| surname.width() > 1).last()
}

/// Returns the surnames at the start of these characters, shortest first.
fn starting_with<'s>(syllables: &'s [Syllable]) -> impl Iterator<Item = &'static Surname> + use<'s> {
    let table: &'static [Surname] = &TABLE;
    let mut buffer = [0; 4];
    let first: &str = match syllables.first().and_then(|syllable| syllable.character) {
        Some(character) => character.encode_utf8(&mut buffer),
        None => "",
    };
    let from = table.partition_point(|surname| surname.written < first);
    let count = if first.is_empty() {
        0
    } else {
        table[from..].partition_point(|surname| surname.written.starts_with(first))
    };
    table[from..from + count].iter().filter(|surname| {
        let characters = syllables.iter().map(|syllable| syllable.character);
        surname.width() <= syllables.len()
            && surname.written.chars().map(Some).eq(characters.take(surname.width()))
    })
}

impl Surname {
    /// Returns the number of characters.
    pub(super) fn width(&self) -> usize {
        self.written.chars().count()
    }

    /// Returns the characters with the readings of this surname. A single character keeps its other readings after
    /// them, because people mispronounce surnames.
    pub(super) fn read<'a>(&self, characters: &[Syllable<'a>]) -> Vec<Syllable<'a>> {
        let mut read = Vec::with_capacity(characters.len());
        for (place, character) in characters.iter().enumerate() {
            let mut syllable = Syllable::new(character.character, character.opens_part);
            for reading in self.readings.split(',').filter_map(|reading| reading.split('\'').nth(place)) {
                syllable.add(reading);
            }
            syllable.surname_readings = syllable.readings().len();
            if characters.len() == 1 {
                for reading in character.readings() {
                    syllable.add_text(reading);
                }
            }
            read.push(syllable);
        }
        read
    }

    /// Returns the regional spellings, each as a list of syllables.
    pub(super) fn regional(&self) -> impl Iterator<Item = impl Iterator<Item = &'static str> + use<>> + use<> {
        self.regional.split_ascii_whitespace().map(|spelling| spelling.split('\''))
    }
}

#[cfg(test)]
mod tests {
    use super::super::characters::syllables;
    use super::*;

    /// Readings that dictionaries list and the crate `pinyin` lacks.
    const MISSING_READINGS: [(&str, &str); 12] = [
        ("贠", "yun"),
        ("貟", "yun"),
        ("黑", "he"),
        ("郤", "qie"),
        ("贲", "fei"),
        ("费", "bi"),
        ("鈄", "tou"),
        ("谌諶", "shen"),
        ("会會", "gui"),
        ("鐔", "tan"),
        ("鐔", "chan"),
        ("萬", "mo"),
    ];

    #[test]
    fn table_readings_are_readings_of_the_characters() {
        assert!(TABLE.len() > 500);
        for surname in TABLE.iter() {
            for reading in surname.readings.split(',') {
                let parts: Vec<&str> = reading.split('\'').collect();
                assert_eq!(parts.len(), surname.width(), "{}", surname.written);
                for (character, part) in surname.written.chars().zip(parts) {
                    let known = syllables(&character.to_string())[0].readings().contains(&part)
                        || MISSING_READINGS
                            .iter()
                            .any(|(characters, reading)| characters.contains(character) && *reading == part);
                    assert!(known, "{character} in {} has no reading {part}", surname.written);
                }
            }
            for spelling in surname.regional() {
                for part in spelling {
                    assert!(
                        !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase()),
                        "{}",
                        surname.written
                    );
                }
            }
        }
    }

    #[test]
    fn table_has_no_duplicates() {
        assert!(TABLE.is_sorted_by(|a, b| a.written < b.written));
    }

    #[test]
    fn compound_returns_the_longest_surname() {
        let name = syllables("爱新觉罗溥仪");
        assert_eq!(compound(&name).map(Surname::width), Some(4));
        assert_eq!(compound(&name[1..]).map(Surname::width), None);
        assert!(exact(&name[..4]).is_some());
        assert!(exact(&name[..2]).is_none());
        assert!(exact(&[]).is_none());
    }
}
