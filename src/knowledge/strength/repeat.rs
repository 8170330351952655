//! Repeats: a character or a block again and again. It is guessed as the block is, once for each number of times.

use std::ops::Range;

use super::cover::{Pieces, What};

/// Finds what is repeated as often as it is; the other pieces must be there, for the block may be made of them.
///
/// All stretches of one period are found by one walk, and a block is looked at once for its shortest period, so there
/// are fewer blocks than characters.
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
                pieces.add(start..start + times * period, block * times as f64, What::Repeat);
                found.push(part);
            }
            start += same + 1;
        }
    }
}
