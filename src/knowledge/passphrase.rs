//! The words that passphrases are drawn from: enough of them, all different, and easy to type.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use pinyin::ToPinyin;

/// The long list of the EFF: 7,776 English words of three to nine small letters, none of which begins with another.
const ENGLISH: &str = include_str!("../../rules/words/passphrase.txt");

static ENGLISH_WORDS: LazyLock<Vec<String>> =
    LazyLock::new(|| ENGLISH.lines().skip(1).map(str::to_owned).collect());

/// Every pair of syllables, each text once.
static PINYIN_WORDS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let syllables = syllables();
    let pairs = syllables.iter().flat_map(|first| syllables.iter().map(move |second| format!("{first}{second}")));
    pairs.collect::<BTreeSet<String>>().into_iter().collect()
});

/// The language of the words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WordLanguage {
    /// English words.
    #[default]
    English,
    /// Made-up words of two Mandarin syllables in pinyin without tones.
    Pinyin,
}

impl WordLanguage {
    /// The words, sorted, each once.
    pub fn words(self) -> &'static [String] {
        match self {
            WordLanguage::English => &ENGLISH_WORDS,
            WordLanguage::Pinyin => &PINYIN_WORDS,
        }
    }

    /// Whether words written one after the other can be told apart again without a sign between them.
    pub fn is_prefix_free(self) -> bool {
        self == WordLanguage::English
    }

    /// What the words are, as a stable name.
    pub fn name(self) -> &'static str {
        match self {
            WordLanguage::English => "eff-long",
            WordLanguage::Pinyin => "pinyin-pairs",
        }
    }
}

/// The syllables of Mandarin as typed, without tones, from the usual readings of the basic block of 汉字. A syllable
/// with ü, which people type in several ways, is left out; so is one of a single letter.
fn syllables() -> BTreeSet<&'static str> {
    let readings = ('\u{4E00}'..='\u{9FA5}').filter_map(|character| character.to_pinyin());
    readings
        .map(|reading| reading.plain())
        .filter(|syllable| syllable.len() > 1 && syllable.bytes().all(|byte| byte.is_ascii_lowercase()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_english_words_are_many_and_none_begins_with_another() {
        let words = WordLanguage::English.words();
        assert_eq!(words.len(), 7776);
        assert!(words.windows(2).all(|pair| pair[0] < pair[1] && !pair[1].starts_with(&pair[0])));
        assert!(words.iter().all(|word| word.bytes().all(|byte| byte.is_ascii_lowercase())));
    }

    #[test]
    fn the_pinyin_words_are_pairs_of_known_syllables() {
        let syllables = syllables();
        assert!((390..=420).contains(&syllables.len()), "{}", syllables.len());
        assert!(["zhang", "ni", "xian", "er"].iter().all(|known| syllables.contains(known)));
        let words = WordLanguage::Pinyin.words();
        assert!(words.len() > 140_000, "{}", words.len());
        assert!(words.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
