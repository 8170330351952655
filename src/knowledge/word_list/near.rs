//! Words within one edit of a text: a slip of the hand, or the least that somebody changes.
//!
//! The walk goes into the list as the text does, character by character. While many words begin so, every variant of
//! the text that is edited at this very place is looked up, the filter first; the characters put in are those of ASCII and
//! what else the list has.
//! As soon as few words remain, each of them is compared with the text, and the walk is over: in a list of fifty
//! thousand that is after three or four characters.

use zeroize::Zeroizing;

use super::filter::{Filter, TYPED};
use super::{MAX_NEAR, MIN_NEAR};
use crate::knowledge::sorted_lines::SortedLines;

/// So many bytes of words are few.
const FEW: usize = 2048;

/// `words` are the sorted lines of a list, and `filter` is theirs.
pub(super) fn near(words: &str, filter: &Filter, text: &str) -> bool {
    let length = text.chars().count();
    if !(MIN_NEAR - 1..=MAX_NEAR).contains(&length) {
        return false;
    }
    let lines = SortedLines::new(words);
    let mut stretch = lines.all();
    let mut variant = Zeroizing::new(String::with_capacity(text.len() + 4));
    let mut rest = text.chars();
    loop {
        if let Some(mut words) = lines.few(&stretch, FEW) {
            return words.any(|word| std::str::from_utf8(word).is_ok_and(|word| within_one_edit(word, text)));
        }
        let at = text.len() - rest.as_str().len();
        let (before, after) = text.split_at(at);
        if edited_at_once(after, filter.others(), |new, kept| {
            variant.clear();
            variant.extend([before, new, kept]);
            variant.chars().count() >= MIN_NEAR && filter.may_have(&variant) && lines.has(&variant)
        }) {
            return true;
        }
        let Some(c) = rest.next() else { return false };
        match lines.narrow(&stretch, c.encode_utf8(&mut [0; 4]).as_bytes()) {
            Some(narrowed) => stretch = narrowed,
            None => return false,
        }
    }
}

/// Whether `wanted` holds for what one edit at the beginning of `after` makes of it: what is new, and what is kept.
/// Beside what is typed, `others` may be put in.
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
            if std::str::from_utf8(&buffer[..length]).is_ok_and(|exchanged| wanted(exchanged, rest.as_str())) {
                return true;
            }
        }
    }
    TYPED.chain(others.iter().copied()).any(|c| {
        let new: &str = c.encode_utf8(&mut buffer);
        wanted(new, after) || (first.is_some() && wanted(new, without))
    })
}

/// Whether two texts differ by one edit or not at all, and the word is long enough.
fn within_one_edit(word: &str, text: &str) -> bool {
    if word.chars().count() < MIN_NEAR {
        return false;
    }
    let same: usize = word.chars().zip(text.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
    let (mut a, mut b) = (word[same..].chars(), text[same..].chars());
    let (of_word, of_text) = (a.as_str(), b.as_str());
    let (first, other) = (a.next(), b.next());
    let (a, b) = (a.as_str(), b.as_str());
    let exchanged = || {
        let (mut a, mut b) = (a.chars(), b.chars());
        first == b.next() && a.next() == other && a.as_str() == b.as_str()
    };
    a == b || a == of_text || of_word == b || exchanged()
}
