//! Word sets for passphrase generation: large, without duplicates, easy to type.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use pinyin::ToPinyin;

/// EFF long word list: 7,776 English words of 3 to 9 lower-case letters. No word is a prefix of another.
const ENGLISH: &str = include_str!("../../rules/words/passphrase.txt");

static ENGLISH_WORDS: LazyLock<Vec<String>> =
    LazyLock::new(|| ENGLISH.lines().skip(1).map(str::to_owned).collect());

/// All pairs of syllables, without duplicates.
static PINYIN_WORDS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let syllables = syllables();
    let pairs = syllables.iter().flat_map(|first| syllables.iter().map(move |second| format!("{first}{second}")));
    pairs.collect::<BTreeSet<String>>().into_iter().collect()
});

/// Language of the words in a passphrase.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WordLanguage {
    /// English words of the EFF long list.
    #[default]
    English,
    /// Pairs of Mandarin syllables in pinyin without tones. Not real words.
    Pinyin,
}

impl WordLanguage {
    /// Returns the words, sorted, without duplicates.
    pub fn words(self) -> &'static [String] {
        match self {
            WordLanguage::English => &ENGLISH_WORDS,
            WordLanguage::Pinyin => &PINYIN_WORDS,
        }
    }

    /// Returns whether words can be joined without a separator and still be split uniquely.
    pub fn is_prefix_free(self) -> bool {
        self == WordLanguage::English
    }

    /// Stable name of the word set: `eff-long` or `pinyin-pairs`.
    pub fn name(self) -> &'static str {
        match self {
            WordLanguage::English => "eff-long",
            WordLanguage::Pinyin => "pinyin-pairs",
        }
    }
}

/// Returns the Mandarin syllables as typed, without tones, from the usual readings of the characters U+4E00 to
/// U+9FA5. Excludes syllables with ü, which people type in several ways, and single letters.
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
    fn english_words_are_complete_and_prefix_free() {
        let words = WordLanguage::English.words();
        assert_eq!(words.len(), 7776);
        assert!(words.windows(2).all(|pair| pair[0] < pair[1] && !pair[1].starts_with(&pair[0])));
        assert!(words.iter().all(|word| word.bytes().all(|byte| byte.is_ascii_lowercase())));
    }

    #[test]
    fn pinyin_words_are_pairs_of_known_syllables() {
        let syllables = syllables();
        assert!((390..=420).contains(&syllables.len()), "{}", syllables.len());
        assert!(["zhang", "ni", "xian", "er"].iter().all(|known| syllables.contains(known)));
        let words = WordLanguage::Pinyin.words();
        assert!(words.len() > 140_000, "{}", words.len());
        assert!(words.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
