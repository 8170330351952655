//! Finds words within one edit of a text: typing errors and minimal changes.
//!
//! The walk follows the text through the list, character by character. While many words share the prefix, every
//! variant of the text with an edit at this position is looked up, first in the filter. Inserted characters are
//! ASCII and the other characters of the list. Once few words remain, each is compared with the text and the walk
//! ends; in a list of 50,000 words this takes three or four characters.

use zeroize::Zeroizing;

use super::filter::{Filter, TYPED};
use super::{MAX_NEAR, MIN_NEAR};
use crate::knowledge::sorted_lines::SortedLines;

/// Size of a range, in bytes, that is searched word by word.
const MAX_SCANNED_BYTES: usize = 2048;

/// Returns whether a line of `words` is within one edit of `text`. `filter` is the filter of `words`.
pub(super) fn near(words: &str, filter: &Filter, text: &str) -> bool {
    let length = text.chars().count();
    if !(MIN_NEAR - 1..=MAX_NEAR).contains(&length) {
        return false;
    }
    let lines = SortedLines::new(words);
    let mut range = lines.all();
    let mut variant = Zeroizing::new(String::with_capacity(text.len() + 4));
    let mut rest = text.chars();
    loop {
        if let Some(mut words) = lines.few(&range, MAX_SCANNED_BYTES) {
            return words.any(|word| std::str::from_utf8(word).is_ok_and(|word| within_one_edit(word, text)));
        }
        let at = text.len() - rest.as_str().len();
        let (before, after) = text.split_at(at);
        if edited_at_once(after, filter.others(), |new, rest_kept| {
            variant.clear();
            variant.extend([before, new, rest_kept]);
            variant.chars().count() >= MIN_NEAR && filter.may_have(&variant) && lines.has(&variant)
        }) {
            return true;
        }
        let Some(c) = rest.next() else { return false };
        match lines.narrow(&range, c.encode_utf8(&mut [0; 4]).as_bytes()) {
            Some(narrowed) => range = narrowed,
            None => return false,
        }
    }
}

/// Returns whether `wanted` is true for an edit at the start of `after`. It receives the new characters and the
/// unchanged rest. Inserted characters are typed ones and `others`.
fn edited_at_once(after: &str, others: &[char], mut wanted: impl FnMut(&str, &str) -> bool) -> bool {
    let mut rest = after.chars();
    let first = rest.next();
    let without = rest.as_str();
    let mut buffer = [0; 8];
    if let Some(first) = first {
        if wanted("", without) {
            return true;
        }
        if let Some(second) = rest.next() {
            let length = second.encode_utf8(&mut buffer).len();
            let length = length + first.encode_utf8(&mut buffer[length..]).len();
            if std::str::from_utf8(&buffer[..length]).is_ok_and(|transposed| wanted(transposed, rest.as_str())) {
                return true;
            }
        }
    }
    TYPED.chain(others.iter().copied()).any(|c| {
        let new: &str = c.encode_utf8(&mut buffer);
        wanted(new, after) || (first.is_some() && wanted(new, without))
    })
}

/// Returns whether two texts are at most one edit apart and the word is long enough.
fn within_one_edit(word: &str, text: &str) -> bool {
    if word.chars().count() < MIN_NEAR {
        return false;
    }
    let same: usize = word.chars().zip(text.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
    let (mut a, mut b) = (word[same..].chars(), text[same..].chars());
    let (of_word, of_text) = (a.as_str(), b.as_str());
    let (first, other) = (a.next(), b.next());
    let (a, b) = (a.as_str(), b.as_str());
    let transposed = || {
        let (mut a, mut b) = (a.chars(), b.chars());
        first == b.next() && a.next() == other && a.as_str() == b.as_str()
    };
    a == b || a == of_text || of_word == b || transposed()
}
