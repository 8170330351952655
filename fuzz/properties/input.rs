//! Splits an input into parts.
#![allow(dead_code, unreachable_pub, unexpected_cfgs)]

use std::fmt::Write;

/// Separator between parts: a byte that never occurs in UTF-8.
pub const SEPARATOR: u8 = 0xFF;

/// Returns the parts of an input, at least one.
pub fn parts(data: &[u8]) -> impl Iterator<Item = &[u8]> {
    data.split(|byte| *byte == SEPARATOR)
}

/// Joins parts to an input.
pub fn join<P: AsRef<[u8]>>(parts: impl IntoIterator<Item = P>) -> Vec<u8> {
    let mut joined = Vec::new();
    for (at, part) in parts.into_iter().enumerate() {
        if at > 0 {
            joined.push(SEPARATOR);
        }
        joined.extend_from_slice(part.as_ref());
    }
    joined
}

/// Converts a seed name to a file name.
pub fn file_name(name: &str) -> String {
    let mut safe = String::new();
    for c in name.chars() {
        match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '_' | '.' => safe.push(c),
            _ => _ = write!(safe, "_"),
        }
    }
    safe
}

/// Asserts a time limit, in fuzzer builds only: tests may run on a busy machine.
pub fn within_seconds(max: f64, began: std::time::Instant, action: &str) {
    let took = began.elapsed().as_secs_f64();
    assert!(!cfg!(fuzzing) || took < max, "{action} took {took:.1} s");
}
