//! Reads lines of bounded length, and parses the hashes in them.

use std::io::{self, BufRead};

use super::{BuildError, BuildErrorKind};
use crate::knowledge::listing::without_mark;

/// Maximum length of a line in bytes: the maximum password length of any policy.
pub(super) const MAX_LINE: usize = 4096;

/// Calls `each` with every line, without its line ending, and its number. Lines end in LF, CR LF or CR. Omits a byte
/// order mark. Adds the place to an error of `each`.
pub(super) fn each_line(
    name: &str,
    mut input: impl BufRead,
    mut each: impl FnMut(&[u8], u64) -> Result<(), BuildError>,
) -> Result<(), BuildError> {
    let mut line = Vec::new();
    let mut number = 1;
    let mut after_cr = false;
    loop {
        let available = match input.fill_buf() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            available => available.map_err(|cause| BuildError::reading(name, number, cause))?,
        };
        let is_end = available.is_empty();
        if after_cr && available.first() == Some(&b'\n') {
            after_cr = false;
            input.consume(1);
            continue;
        }
        let end = available.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
        let part = available.get(..end.unwrap_or(available.len())).unwrap_or_default();
        // The bytes of a line that is too long are not needed.
        line.extend_from_slice(part.get(..(MAX_LINE + 4).saturating_sub(line.len())).unwrap_or(part));
        after_cr = end.and_then(|end| available.get(end)) == Some(&b'\r');
        let used = part.len() + usize::from(end.is_some());
        input.consume(used);
        if end.is_none() && !is_end {
            continue;
        }
        let text = if number == 1 { without_mark(&line) } else { &line };
        if text.len() > MAX_LINE {
            return Err(BuildError::of(BuildErrorKind::LineTooLong).at(name, number));
        }
        if !(is_end && text.is_empty()) {
            each(text, number)
                .map_err(|error| if error.place().is_none() { error.at(name, number) } else { error })?;
        }
        if is_end {
            return Ok(());
        }
        line.clear();
        number += 1;
    }
}

/// Parses a line `HASH:COUNT` or `HASH`, which counts once. Blanks may precede the count. `prefix` is prepended to the
/// hash, whose length is `length` bytes.
pub(super) fn hash_and_count(prefix: &[u8], line: &[u8], length: usize) -> Option<([u8; 20], u64)> {
    let line = line.trim_ascii();
    let colon = line.iter().position(|&byte| byte == b':');
    let (digits, count) = match colon {
        Some(colon) => (line.get(..colon)?.trim_ascii_end(), Some(line.get(colon + 1..)?.trim_ascii_start())),
        None => (line, None),
    };
    if prefix.len() + digits.len() != length * 2 || count.is_some_and(<[u8]>::is_empty) {
        return None;
    }
    let mut hash = [0; 20];
    for (at, digit) in prefix.iter().chain(digits).enumerate() {
        let digit = char::from(*digit).to_digit(16)? as u8;
        hash[at / 2] = hash[at / 2] << 4 | digit;
    }
    let count = count.unwrap_or(b"1").iter().try_fold(0_u64, |sum, byte| {
        let digit = byte.is_ascii_digit().then(|| u64::from(byte - b'0'))?;
        sum.checked_mul(10)?.checked_add(digit)
    })?;
    Some((hash, count))
}
