//! From a file of words to one folded, sorted text.

use sha2::{Digest, Sha256};

use super::{MOST_WORD_BYTES, MOST_WORDS, WordListError, WordListErrorKind};

/// The words, sorted, folded for case if asked, each once and ended by a line feed; and the digest of the file.
pub(super) fn parse(bytes: &[u8], fold: bool) -> Result<(String, [u8; 32]), WordListError> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let line = before.iter().filter(|&&b| b == b'\n').count() + 1;
        WordListError { kind: WordListErrorKind::NotUtf8, line: Some(line) }
    })?;
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let mut words = String::with_capacity(text.len() + 1);
    let (mut count, mut sorted) = (0, true);
    let mut last = 0..0;
    for (at, line) in text.lines().enumerate() {
        if line.is_empty() || (at == 0 && line.starts_with('#')) {
            continue;
        }
        if line.len() > MOST_WORD_BYTES {
            return Err(WordListError { kind: WordListErrorKind::WordTooLong, line: Some(at + 1) });
        }
        count += 1;
        if count > MOST_WORDS {
            return Err(WordListError { kind: WordListErrorKind::TooManyWords, line: None });
        }
        let start = words.len();
        if fold {
            words.extend(line.chars().flat_map(char::to_lowercase));
        } else {
            words.push_str(line);
        }
        sorted &= words[last.clone()] < words[start..] || start == 0;
        last = start..words.len();
        words.push('\n');
    }
    if count == 0 {
        return Err(WordListError { kind: WordListErrorKind::Empty, line: None });
    }
    if !sorted {
        let mut lines: Vec<&str> = words.lines().collect();
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
