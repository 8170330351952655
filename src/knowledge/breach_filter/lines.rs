//! Reads lines of bounded length, and parses the hashes in them.

use std::io::{BufRead, Read};

use super::{BuildError, BuildErrorKind};

/// Maximum length of a line in bytes: the maximum password length of any policy.
pub(super) const MAX_LINE: usize = 4096;

/// Calls `each` with every line, without its line ending, and its number. Adds the place to an error of `each`.
pub(super) fn each_line(
    name: &str,
    mut input: impl BufRead,
    mut each: impl FnMut(&[u8], u64) -> Result<(), BuildError>,
) -> Result<(), BuildError> {
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        // Two more bytes for the line ending.
        let mut limited = input.by_ref().take(MAX_LINE as u64 + 2);
        let read =
            limited.read_until(b'\n', &mut line).map_err(|cause| BuildError::reading(name, number, cause))?;
        if read == 0 {
            break;
        }
        let text = line.strip_suffix(b"\n").unwrap_or(&line);
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        if text.len() > MAX_LINE {
            return Err(BuildError::of(BuildErrorKind::LineTooLong).at(name, number));
        }
        each(text, number)
            .map_err(|error| if error.place().is_none() { error.at(name, number) } else { error })?;
    }
    Ok(())
}

/// Parses a line `HASH:COUNT`. `prefix` is prepended to the hash, whose length is `length` bytes.
pub(super) fn hash_and_count(prefix: &[u8], line: &[u8], length: usize) -> Option<([u8; 20], u64)> {
    let colon = line.iter().position(|&byte| byte == b':')?;
    let (digits, count) = (line.get(..colon)?, line.get(colon + 1..)?);
    if prefix.len() + digits.len() != length * 2 || count.is_empty() {
        return None;
    }
    let mut hash = [0; 20];
    for (at, digit) in prefix.iter().chain(digits).enumerate() {
        let digit = char::from(*digit).to_digit(16)? as u8;
        hash[at / 2] = hash[at / 2] << 4 | digit;
    }
    let count = count.iter().try_fold(0_u64, |sum, byte| {
        let digit = byte.is_ascii_digit().then(|| u64::from(byte - b'0'))?;
        sum.checked_mul(10)?.checked_add(digit)
    })?;
    Some((hash, count))
}
