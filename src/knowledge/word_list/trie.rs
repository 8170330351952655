//! Searches a built-in list in the trie.

use super::{MAX_NEAR, MIN_NEAR};
use crate::knowledge::folding::{is_ambiguous, letter_of};
use crate::knowledge::trie::{BuiltIn, Node};

/// Returns whether a list contains a text.
pub(super) fn has(list: BuiltIn, text: &str) -> bool {
    ends(list, Node::root(), text)
}

/// Returns whether a list contains the word that a text with substitutions stands for.
pub(super) fn has_substituted(list: BuiltIn, text: &str) -> bool {
    if text.chars().all(|c| letter_of(c, false) == c) {
        return false;
    }
    let has = |second: bool| {
        let mut node = Node::root();
        for c in text.chars() {
            let letter = letter_of(c, second);
            let next = match u8::try_from(letter) {
                Ok(byte) if byte.is_ascii() => node.child(byte),
                _ => node.descend(letter.encode_utf8(&mut [0; 4]).as_bytes()),
            };
            match next {
                Some(next) => node = next,
                None => return false,
            }
        }
        node.entry().is_some_and(|entry| entry.is_listed(list))
    };
    has(false) || (is_ambiguous(text) && has(true))
}

/// Returns whether a list contains the text of a node followed by `rest`.
fn ends(list: BuiltIn, node: Node, rest: &str) -> bool {
    let entry = node.descend(rest.as_bytes()).and_then(Node::entry);
    entry.is_some_and(|entry| entry.is_listed(list))
}

/// Calls `wanted` with the length of each word that a text starts with. See
/// [`WordList::starts_with`](super::WordList::starts_with).
pub(super) fn begins(list: BuiltIn, text: &str, wanted: &mut impl FnMut(usize) -> bool) -> bool {
    let mut node = Node::root();
    for (length, (at, c)) in (1..).zip(text.char_indices()) {
        match node.descend(&text.as_bytes()[at..at + c.len_utf8()]) {
            Some(next) => node = next,
            None => return false,
        }
        if node.entry().is_some_and(|entry| entry.is_listed(list)) && wanted(length) {
            return true;
        }
    }
    false
}

/// Returns whether a word is within one edit of a text. See [`WordList::near`](super::WordList::near).
pub(super) fn near(list: BuiltIn, text: &str) -> bool {
    let length = text.chars().count();
    if !(MIN_NEAR - 1..=MAX_NEAR).contains(&length) {
        return false;
    }
    let (same, shorter) = (length >= MIN_NEAR, length > MIN_NEAR);
    let mut node = Node::root();
    let mut rest = text.chars();
    loop {
        let after = rest.as_str();
        let mut following = rest.clone();
        let first = following.next();
        let without = following.as_str();
        let mut found = false;
        node.for_each_character(&mut |next| {
            found |= ends(list, next, after) || (same && first.is_some() && ends(list, next, without));
        });
        let Some(first) = first else { return found || (same && ends(list, node, "")) };
        let transposed = || {
            let second = following.clone().next()?;
            let mut buffer = [0; 4];
            let node = node.descend(second.encode_utf8(&mut buffer).as_bytes())?;
            let node = node.descend(first.encode_utf8(&mut buffer).as_bytes())?;
            Some(ends(list, node, &without[second.len_utf8()..]))
        };
        if found || (shorter && ends(list, node, without)) || (same && transposed() == Some(true)) {
            return true;
        }
        match node.descend(first.encode_utf8(&mut [0; 4]).as_bytes()) {
            Some(next) => node = next,
            None => return false,
        }
        rest = following;
    }
}
