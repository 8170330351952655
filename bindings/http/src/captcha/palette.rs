//! Reduction to 256 colours, which halves the size of the file and makes compression three times as fast. The palette is
//! found by median cut (Heckbert, "Color Image Quantization for Frame Buffer Display", 1982): starting with one box around
//! all colours, the box with the largest spread is repeatedly cut at its median.

use super::WIDTH;

/// Bits per channel of the bins in which colours are counted.
const BINS: usize = 1 << 15;
const MOST: usize = 256;

/// Ordered dithering (Bayer, 1973), which prevents visible steps in soft gradients.
const PATTERN: [i32; 16] = [0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5];

pub(super) struct Indexed {
    pub(super) palette: Vec<u8>,
    pub(super) pixels: Vec<u8>,
}

/// A non-empty bin: its mean colour and its number of pixels.
struct Entry {
    bin: u16,
    mean: [u8; 3],
    count: u32,
}

struct Cell {
    from: usize,
    to: usize,
    axis: usize,
    /// The number of pixels times the square of their spread.
    gain: u64,
}

/// An image with at most 256 colours.
pub(super) fn index(pixels: &[[u8; 3]]) -> Indexed {
    let mut entries = count(pixels);
    let mut cells = vec![Cell::over(&entries, 0, entries.len())];
    while cells.len() < MOST {
        let widest = cells.iter().enumerate().max_by_key(|(_, cell)| cell.gain);
        let Some(at) = widest.filter(|(_, cell)| cell.gain > 0).map(|(at, _)| at) else {
            break;
        };
        let cell = cells.swap_remove(at);
        let middle = cell.cut(&mut entries);
        cells.push(Cell::over(&entries, cell.from, middle));
        cells.push(Cell::over(&entries, middle, cell.to));
    }
    let mut palette = Vec::with_capacity(3 * MOST);
    let mut number = vec![None; BINS];
    for (index, cell) in cells.iter().enumerate() {
        let members = &entries[cell.from..cell.to];
        let total: u32 = members.iter().map(|entry| entry.count).sum();
        for channel in 0..3 {
            let sum: u32 = members.iter().map(|entry| u32::from(entry.mean[channel]) * entry.count).sum();
            palette.push((sum / total.max(1)) as u8);
        }
        for entry in members {
            number[usize::from(entry.bin)] = Some(index as u8);
        }
    }
    let pixels = pixels.iter().enumerate().map(|(at, &pixel)| {
        let (x, y) = (at % WIDTH as usize, at / WIDTH as usize);
        let nudge = (2 * PATTERN[(y % 4) * 4 + x % 4] - 15) / 5;
        let nudged = pixel.map(|channel| (i32::from(channel) + nudge).clamp(0, 255) as u8);
        // Dithering may lead to an empty bin; the pixel then stays in its own.
        number[usize::from(bin(nudged))].or(number[usize::from(bin(pixel))]).unwrap_or(0)
    });
    let pixels = pixels.collect();
    Indexed { palette, pixels }
}

fn bin([r, g, b]: [u8; 3]) -> u16 {
    (u16::from(r >> 3) << 10) | (u16::from(g >> 3) << 5) | u16::from(b >> 3)
}

fn count(pixels: &[[u8; 3]]) -> Vec<Entry> {
    let mut sums = vec![[0u32; 4]; BINS];
    for &pixel in pixels {
        let sum = &mut sums[usize::from(bin(pixel))];
        for channel in 0..3 {
            sum[channel] += u32::from(pixel[channel]);
        }
        sum[3] += 1;
    }
    let full = sums.iter().enumerate().filter(|(_, sum)| sum[3] > 0);
    full.map(|(bin, &[r, g, b, count])| Entry {
        bin: bin as u16,
        mean: [r, g, b].map(|sum| (sum / count) as u8),
        count,
    })
    .collect()
}

impl Cell {
    fn over(entries: &[Entry], from: usize, to: usize) -> Self {
        let members = &entries[from..to];
        let spread = |channel: usize| {
            let values = members.iter().map(|entry| entry.mean[channel]);
            let (low, high) =
                values.fold((255, 0), |(low, high): (u8, u8), value| (low.min(value), high.max(value)));
            u64::from(high.saturating_sub(low))
        };
        let spreads = [spread(0), spread(1), spread(2)];
        let axis = (0..3).max_by_key(|&channel| spreads[channel]).unwrap_or(0);
        let pixels: u64 = members.iter().map(|entry| u64::from(entry.count)).sum();
        Self { from, to, axis, gain: pixels * spreads[axis] * spreads[axis] }
    }

    /// Sorts the cell along its longest side and returns the index of its median.
    fn cut(&self, entries: &mut [Entry]) -> usize {
        let members = &mut entries[self.from..self.to];
        members.sort_unstable_by_key(|entry| (entry.mean[self.axis], entry.bin));
        let half = members.iter().map(|entry| entry.count).sum::<u32>() / 2;
        let mut passed = 0;
        let below = members.iter().take_while(|entry| {
            passed += entry.count;
            passed <= half
        });
        (self.from + below.count()).clamp(self.from + 1, self.to - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_colours_are_kept_as_they_are() {
        let pixels: Vec<[u8; 3]> =
            (0..4000).map(|at| [[0, 0, 0], [250, 10, 10], [128, 128, 128]][at % 3]).collect();
        let indexed = index(&pixels);
        for (pixel, &number) in pixels.iter().zip(&indexed.pixels) {
            assert_eq!(indexed.palette[usize::from(number) * 3..][..3], *pixel);
        }
    }

    #[test]
    fn many_colours_stay_near_what_they_were() {
        let pixels: Vec<[u8; 3]> = (0..48_000u32).map(|at| [(at % 256) as u8, (at / 256) as u8, 90]).collect();
        let indexed = index(&pixels);
        assert_eq!(indexed.palette.len(), 3 * MOST);
        let off = |(pixel, &number): (&[u8; 3], &u8)| {
            let shown = &indexed.palette[usize::from(number) * 3..][..3];
            let differences = shown.iter().zip(pixel).map(|(a, b)| u32::from(a.abs_diff(*b)));
            differences.sum::<u32>()
        };
        let sum: u32 = pixels.iter().zip(&indexed.pixels).map(off).sum();
        assert!(sum / (pixels.len() as u32) < 12, "{sum}");
    }

    #[test]
    fn one_colour_is_a_palette() {
        assert_eq!(index(&[[1, 2, 3]; 9]).palette, [1, 2, 3]);
    }
}
