//! Parses a word list into one sorted text.

use std::collections::HashSet;

use sha2::{Digest, Sha256};

use super::{MAX_WORD_BYTES, MAX_WORDS, WordListError, WordListErrorKind};
use crate::knowledge::folding::{composed, key};

/// Magic bytes of a compiled list.
pub const MAGIC: [u8; 8] = *b"\x89KLW\r\n\x1A\n";

/// Returns the sorted words, each terminated by a line feed, without duplicates, and the digest of the file. Keeps
/// only the first `max_rank` distinct words.
pub(super) fn parse(bytes: &[u8], fold: bool, max_rank: u64) -> Result<(String, [u8; 32]), WordListError> {
    let mut words = String::with_capacity(bytes.len() + 1);
    let mut sorted = true;
    let mut last = 0..0;
    let mut seen = HashSet::new();
    each_word(bytes, fold, |word| {
        if max_rank < MAX_WORDS as u64 {
            if seen.len() as u64 >= max_rank || seen.contains(word) {
                return;
            }
            seen.insert(word.to_owned());
        }
        let start = words.len();
        words.push_str(word);
        sorted &= words[last.clone()] < words[start..] || start == 0;
        last = start..words.len();
        words.push('\n');
    })?;
    if !sorted {
        let mut lines: Vec<&str> = words.split_terminator('\n').collect();
        lines.sort_unstable();
        lines.dedup();
        let mut ordered = String::with_capacity(words.len());
        for line in lines {
            ordered.push_str(line);
            ordered.push('\n');
        }
        words = ordered;
    }
    Ok((words, Sha256::digest(bytes).into()))
}

/// Returns the sorted words with their ranks. The rank of a word is its position among the distinct words, from 1.
pub(super) fn ranked(bytes: &[u8], fold: bool) -> Result<Vec<(String, u64)>, WordListError> {
    let mut words: Vec<(String, u64)> = Vec::new();
    each_word(bytes, fold, |word| words.push((word.to_owned(), words.len() as u64)))?;
    words.sort_unstable();
    words.dedup_by(|later, first| later.0 == first.0);
    words.sort_unstable_by_key(|(_, place)| *place);
    for (rank, (_, place)) in (1..).zip(&mut words) {
        *place = rank;
    }
    words.sort_unstable();
    Ok(words)
}

/// Calls `word` with every word of a file in order: its key if `fold`, or the word in normalization form C.
fn each_word(bytes: &[u8], fold: bool, mut word: impl FnMut(&str)) -> Result<(), WordListError> {
    // Passwords never contain NUL, so this file is something else or a damaged compiled list.
    if bytes.first() == MAGIC.first() || bytes.contains(&0) {
        return Err(WordListError::of(WordListErrorKind::Foreign));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let line = before.iter().filter(|&&b| b == b'\n').count() + 1;
        WordListError { kind: WordListErrorKind::NotUtf8, line: Some(line) }
    })?;
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let mut count = 0;
    let mut folded = String::new();
    for (at, line) in text.lines().enumerate() {
        if line.is_empty() || (at == 0 && line.starts_with('#')) {
            continue;
        }
        if line.len() > MAX_WORD_BYTES {
            return Err(WordListError { kind: WordListErrorKind::WordTooLong, line: Some(at + 1) });
        }
        count += 1;
        if count > MAX_WORDS {
            return Err(WordListError::of(WordListErrorKind::TooManyWords));
        }
        // Passwords are compared in normalization form C, so a word in another form would never match.
        if line.is_ascii() && fold {
            folded.clear();
            folded.push_str(line);
            folded.make_ascii_lowercase();
            word(&folded);
        } else if fold {
            word(&key(line));
        } else {
            word(&composed(line));
        }
    }
    if count == 0 { Err(WordListError::of(WordListErrorKind::Empty)) } else { Ok(()) }
}
