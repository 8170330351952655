//! Finds repeated characters and blocks. Their cost is the cost of the block times the number of repetitions.

use std::ops::Range;

use super::cover::{PieceKind, Pieces};

/// Adds repeats to `pieces`. Must run last, since a block may consist of the other pieces.
///
/// One pass finds all ranges of one period. A block is only evaluated for its shortest period, so there are fewer
/// blocks than characters.
pub(super) fn find(text: &[char], pieces: &mut Pieces) {
    let mut found: Vec<Range<usize>> = Vec::new();
    for period in 1..=text.len() / 2 {
        let mut start = 0;
        while start + 2 * period <= text.len() {
            let same = (start..text.len() - period).take_while(|&at| text[at] == text[at + period]).count();
            let end = start + same + period;
            let part = start..end;
            let again = found.iter().any(|shorter| shorter.start <= part.start && part.end <= shorter.end);
            if same >= period && !again {
                let times = part.len() / period;
                let block = pieces.cheapest_cover(start..start + period);
                pieces.add(start..start + times * period, block * times as f64, PieceKind::Repeat);
                found.push(part);
            }
            start += same + 1;
        }
    }
}
