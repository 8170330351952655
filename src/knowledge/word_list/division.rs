//! Divides a text into listed words and other characters, so that it has the fewest points.

use super::WordList;

/// The maximum length in code points of a text that is searched for words within one edit.
const MAX_NEAR_TEXT: usize = 32;
/// The minimum and maximum length in code points of a part of a text that is compared within one edit.
const NEAR_PART: std::ops::RangeInclusive<usize> = 4..=MAX_NEAR_TEXT;

/// How characters and listed words count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weights {
    /// The points of a character that belongs to no listed word.
    pub character: u64,
    /// The points of a listed word.
    pub word: u64,
    /// The minimum length of a word in code points.
    pub min_word: usize,
    /// Whether a part within one edit of a word counts as the word, if it contains no word.
    pub near: bool,
}

/// The points of a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sum {
    /// The points of characters and words together.
    pub points: u64,
    /// The number of words.
    pub words: u64,
    /// The number of characters outside the words.
    pub characters: u64,
}

/// See [`WordList::fewest_points`].
pub(super) fn fewest(text: &str, lists: &[WordList], weights: Weights) -> Sum {
    let starts: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    let length = starts.len();
    // The sum from each character to the end.
    let mut sums = vec![Sum::default(); length + 1];
    // The first end of a word that starts at the character or later.
    let mut first_end = usize::MAX;
    for (index, start) in starts.iter().enumerate().rev() {
        let rest = sums[index + 1];
        let mut best =
            Sum { points: rest.points + weights.character, characters: rest.characters + 1, words: rest.words };
        let mut shortest = usize::MAX;
        let mut word = |of_word: usize| {
            if of_word >= weights.min_word
                && let Some(rest) = sums.get(index + of_word)
            {
                best = best.min(Sum { points: rest.points + weights.word, words: rest.words + 1, ..*rest });
                shortest = shortest.min(index + of_word);
            }
            false
        };
        for list in lists {
            list.starts_with(&text[*start..], &mut word);
        }
        first_end = first_end.min(shortest);
        if weights.near && length <= MAX_NEAR_TEXT {
            // A part that contains a word is the word with a character beside it.
            for of_part in NEAR_PART.take_while(|of_part| index + of_part <= length && index + of_part < first_end)
            {
                let end = starts.get(index + of_part).copied().unwrap_or(text.len());
                if of_part >= weights.min_word && lists.iter().any(|list| list.near(&text[*start..end])) {
                    let rest = sums[index + of_part];
                    best = best.min(Sum { points: rest.points + weights.word, words: rest.words + 1, ..rest });
                }
            }
        }
        sums[index] = best;
    }
    sums[0]
}

#[cfg(test)]
#[allow(clippy::expect_used)]
mod tests {
    use super::*;

    const WEIGHTS: Weights = Weights { character: 1, word: 1, min_word: 4, near: false };

    fn sum(text: &str, words: &str, weights: Weights) -> (u64, u64, u64) {
        let list = WordList::parse("words", words.as_bytes()).expect("a list");
        let Sum { points, words, characters } = fewest(text, &[list], weights);
        (points, words, characters)
    }

    #[test]
    fn word_counts_instead_of_its_letters() {
        assert_eq!(sum("contosoblank12", "contoso\nblank", WEIGHTS), (4, 2, 2));
        assert_eq!(sum("contosoblankf9!", "contoso\nblank", WEIGHTS), (5, 2, 3));
        assert_eq!(sum("", "contoso", WEIGHTS), (0, 0, 0));
    }

    #[test]
    fn overlapping_words_give_fewest_points() {
        assert_eq!(sum("abcdefgh", "abcd\nbcdefgh", WEIGHTS), (2, 1, 1));
        assert_eq!(sum("abcdefgh", "abcd\nabcdefgh", WEIGHTS), (1, 1, 0));
        assert_eq!(sum("abcdabcd", "abcd", WEIGHTS), (2, 2, 0));
    }

    #[test]
    fn words_below_minimum_or_worth_more_are_letters() {
        assert_eq!(sum("abcxyz", "abc\nxyz", WEIGHTS), (6, 0, 6));
        assert_eq!(sum("abcdx", "abcd", Weights { word: 9, ..WEIGHTS }), (5, 0, 5));
    }

    #[test]
    fn near_words_count_within_text() {
        let near = Weights { near: true, ..WEIGHTS };
        assert_eq!(sum("xxabcdegxx", "abcdef", near), (5, 1, 4));
        assert_eq!(sum("xxabcdegxx", "abcdef", WEIGHTS).0, 10);
        // The word itself, and a character beside it.
        assert_eq!(sum("abcdefg", "abcdef", near), (2, 1, 1));
        assert_eq!(sum("xabcdef", "abcdef", near), (2, 1, 1));
        // An inserted character.
        assert_eq!(sum("abcxdef", "abcdef", near), (1, 1, 0));
        let long = format!("abcdeg{}", "x".repeat(MAX_NEAR_TEXT));
        assert_eq!(sum(&long, "abcdef", near).1, 0);
    }

    #[test]
    fn characters_beyond_ascii_count_once() {
        assert_eq!(sum("口令口令é", "口令口令", WEIGHTS), (2, 1, 1));
    }
}
