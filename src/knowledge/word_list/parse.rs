//! From a file of words to one folded, sorted text.

use std::collections::HashSet;

use sha2::{Digest, Sha256};

use super::{MAX_WORD_BYTES, MAX_WORDS, WordListError, WordListErrorKind};

/// How a compiled list begins, which is no plain one.
pub const MAGIC: [u8; 8] = *b"\x89KLW\r\n\x1A\n";

/// The words, sorted, folded for case if asked, each once and ended by a line feed; and the digest of the file.
/// With `most_rank` only the first so many different words.
pub(super) fn parse(bytes: &[u8], fold: bool, most_rank: u64) -> Result<(String, [u8; 32]), WordListError> {
    let mut words = String::with_capacity(bytes.len() + 1);
    let mut sorted = true;
    let mut last = 0..0;
    let mut seen = HashSet::new();
    each_word(bytes, fold, |word| {
        if most_rank < MAX_WORDS as u64 {
            if seen.len() as u64 >= most_rank || seen.contains(word) {
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

/// Every word once, sorted, with its rank: the how many-th different word it is.
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

/// Every word of a file as it comes, folded for case if asked.
fn each_word(bytes: &[u8], fold: bool, mut word: impl FnMut(&str)) -> Result<(), WordListError> {
    // No password holds a NUL, so no list does; what does is something else, or was once a compiled list.
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
        if fold {
            folded.clear();
            folded.extend(line.chars().flat_map(char::to_lowercase));
            word(&folded);
        } else {
            word(line);
        }
    }
    if count == 0 { Err(WordListError::of(WordListErrorKind::Empty)) } else { Ok(()) }
}
