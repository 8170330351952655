//! Finds sequences: characters whose code points differ by a constant step, such as `abcd`, `9753` or `αβγ`.

use super::cover::{PieceKind, Pieces};

/// Larger steps are not typed as sequences.
const MAX_STEP: i64 = 5;

pub(super) fn find(text: &[char], pieces: &mut Pieces) {
    let step = |at: usize| i64::from(u32::from(text[at])) - i64::from(u32::from(text[at - 1]));
    let mut start = 0;
    while start + 1 < text.len() {
        let delta = step(start + 1);
        let mut end = start + 2;
        while end < text.len() && step(end) == delta {
            end += 1;
        }
        // Two characters are only a sequence if they are adjacent.
        let long_enough = end - start > 2 || delta.abs() == 1;
        if long_enough && delta != 0 && delta.abs() <= MAX_STEP {
            let beginnings = match text[start] {
                'a' | 'A' | 'z' | 'Z' | '0' | '1' | '9' => 4.0,
                c if c.is_ascii_digit() => 10.0,
                _ => 26.0,
            };
            let directions = if delta < 0 { 2.0 } else { 1.0 };
            pieces.add(start..end, beginnings * directions * (end - start) as f64, PieceKind::Sequence);
        }
        // The last character may begin the next sequence.
        start = end - 1;
    }
}
