//! Parses a word list into one sorted text.

use std::borrow::Cow;
use std::collections::HashSet;

use sha2::{Digest, Sha256};

use super::{ListOptions, MAX_BYTES, MAX_WORD_BYTES, MAX_WORDS, WordListError, WordListErrorKind};
use crate::knowledge::compression::{DecompressionError, decompress};
use crate::knowledge::folding::key;
use crate::knowledge::listing::{Form, Forms, Lines, decode, entry};

/// Magic bytes of a compiled list.
pub const MAGIC: [u8; 8] = *b"\x89KLW\r\n\x1A\n";

/// Returns the sorted words, each terminated by a line feed, without duplicates. Keeps only the first `max_rank`
/// distinct words.
pub(super) fn parse(bytes: &[u8], options: &ListOptions) -> Result<String, WordListError> {
    let mut words = String::with_capacity(bytes.len() + 1);
    let mut sorted = true;
    let mut last = 0..0;
    let mut seen = HashSet::new();
    each_word(bytes, options, |word| {
        if options.max_rank < MAX_WORDS as u64 {
            if seen.len() as u64 >= options.max_rank || seen.contains(word) {
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
    Ok(words)
}

/// Returns the sorted words with their ranks. The rank of a word is its position among the distinct words, from 1.
/// Keeps only the first `max_rank` words.
pub(super) fn ranked(bytes: &[u8], options: &ListOptions) -> Result<Vec<(String, u64)>, WordListError> {
    let mut words: Vec<(String, u64)> = Vec::new();
    each_word(bytes, options, |word| words.push((word.to_owned(), words.len() as u64)))?;
    words.sort_unstable();
    words.dedup_by(|later, first| later.0 == first.0);
    words.sort_unstable_by_key(|(_, place)| *place);
    words.truncate(usize::try_from(options.max_rank).unwrap_or(usize::MAX));
    for (rank, (_, place)) in (1..).zip(&mut words) {
        *place = rank;
    }
    words.sort_unstable();
    Ok(words)
}

/// Decompresses a file, if it is compressed, and returns it with its SHA-256 digest.
pub(super) fn decompressed(bytes: Cow<'_, [u8]>) -> Result<(Cow<'_, [u8]>, [u8; 32]), WordListError> {
    let digest = Sha256::digest(&bytes).into();
    match decompress(&bytes, MAX_BYTES) {
        Ok(None) => Ok((bytes, digest)),
        Ok(Some(text)) => Ok((Cow::Owned(text), digest)),
        Err(DecompressionError::Damaged) => Err(WordListError::of(WordListErrorKind::DamagedCompression)),
        Err(DecompressionError::TooLong) => Err(WordListError::of(WordListErrorKind::TooLong)),
    }
}

/// Calls `word` with every word of a file: its key if `fold`, or the word in normalization form C. Words with counts come in the order of their
/// counts, the most common first; other words in the order of the file.
fn each_word(bytes: &[u8], options: &ListOptions, mut word: impl FnMut(&str)) -> Result<(), WordListError> {
    // Passwords never contain NUL, so this file is something else or a damaged compiled list.
    if bytes.first() == MAGIC.first() || bytes.contains(&0) {
        return Err(WordListError::of(WordListErrorKind::Foreign));
    }
    let mut forms = Forms::new();
    words(bytes).for_each(|(_, line)| forms.add(line));
    if let Some(digits) = forms.hash_digits() {
        return Err(WordListError { number: digits, ..WordListError::of(WordListErrorKind::Hashes) });
    }
    let form = forms.form();
    let mut count = 0;
    let mut not_decoded = Vec::new();
    let mut first_long = None;
    let mut text = String::new();
    let mut counted: Vec<(u64, usize, usize)> = Vec::new();
    for (number, line) in words(bytes) {
        let Some((weight, entry)) = entry(line, form) else { continue };
        let Some(decoded) = decode(entry, options.encoding) else {
            not_decoded.push(number);
            continue;
        };
        // A list stores a word per line, and no password contains NUL.
        if decoded.is_empty() || decoded.contains(['\n', '\0']) {
            continue;
        }
        if decoded.len() > MAX_WORD_BYTES {
            first_long.get_or_insert(number);
        }
        count += 1;
        if count > MAX_WORDS {
            return Err(WordListError::of(WordListErrorKind::TooManyWords));
        }
        if !not_decoded.is_empty() || first_long.is_some() {
            continue;
        }
        let start = if form == Form::Plain { 0 } else { text.len() };
        text.truncate(start);
        match options.fold {
            true => fold_into(&decoded, &mut text),
            false => text.push_str(&decoded),
        }
        match form {
            Form::Plain => word(&text),
            Form::CountFirst | Form::CountLast => counted.push((weight, start, text.len())),
        }
    }
    let at = |kind, line| Err(WordListError { line: Some(line), ..WordListError::of(kind) });
    match (not_decoded.as_slice(), first_long) {
        ([first, ..], _) => {
            let kind = WordListErrorKind::NotUtf8;
            return Err(WordListError { kind, line: Some(*first), number: not_decoded.len() });
        }
        ([], Some(line)) => return at(WordListErrorKind::WordTooLong, line),
        ([], None) if count == 0 => return Err(WordListError::of(WordListErrorKind::Empty)),
        _ => {}
    }
    counted.sort_by_key(|(weight, ..)| std::cmp::Reverse(*weight));
    counted.iter().for_each(|(_, start, end)| word(text.get(*start..*end).unwrap_or_default()));
    Ok(())
}

/// Returns the lines of a file without its heading.
fn words(bytes: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    Lines::new(bytes).filter(|(number, line)| *number > 1 || !line.starts_with(b"#"))
}

fn fold_into(word: &str, text: &mut String) {
    match word.is_ascii() {
        true => text.extend(word.chars().map(|c| c.to_ascii_lowercase())),
        false => text.push_str(&key(word)),
    }
}
