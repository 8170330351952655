//! How an input is cut into parts.
#![allow(dead_code, unreachable_pub, unexpected_cfgs)]

use std::fmt::Write;

/// Between the parts of an input: a byte that no UTF-8 holds.
pub const BETWEEN: u8 = 0xFF;

/// The parts of an input; always one at least.
pub fn parts(data: &[u8]) -> impl Iterator<Item = &[u8]> {
    data.split(|byte| *byte == BETWEEN)
}

/// An input of these parts.
pub fn join<P: AsRef<[u8]>>(parts: impl IntoIterator<Item = P>) -> Vec<u8> {
    let mut joined = Vec::new();
    for (at, part) in parts.into_iter().enumerate() {
        if at > 0 {
            joined.push(BETWEEN);
        }
        joined.extend_from_slice(part.as_ref());
    }
    joined
}

/// What a fuzzer calls this input when it is written into a corpus: its own name, made safe for a file.
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

/// A bound on time, where time means something: in a fuzzer's build, and not in a test's on a busy machine.
pub fn within_seconds(most: f64, began: std::time::Instant, what: &str) {
    let took = began.elapsed().as_secs_f64();
    assert!(!cfg!(fuzzing) || took < most, "{what} took {took:.1} s");
}
