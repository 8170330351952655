//! Many short texts in one allocation: the spellings of a part of a name.

use super::MAX_LETTERS;
use super::characters::Syllable;

/// A list of texts that share one allocation.
#[derive(Default)]
pub(super) struct Texts {
    letters: String,
    items: Vec<Text>,
}

/// One text of a [`Texts`].
#[derive(Clone, Copy)]
pub(super) struct Text {
    start: usize,
    end: usize,
    /// Bit `n` is set if a syllable ends before byte `n`. A separator may stand there.
    pub(super) joints: u64,
    /// Number of syllables.
    pub(super) syllables: usize,
}

impl Texts {
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, Text)> {
        self.items.iter().map(|item| (&self.letters[item.start..item.end], *item))
    }

    pub(super) fn len(&self) -> usize {
        self.items.len()
    }

    /// Adds the concatenation of these syllables unless it is empty or present. Stops before the syllable that
    /// would exceed [`MAX_LETTERS`].
    pub(super) fn add<'t>(&mut self, syllables: impl Iterator<Item = &'t str>) {
        let start = self.letters.len();
        let mut text = Text { start, end: start, joints: 0, syllables: 0 };
        for syllable in syllables {
            let length = self.letters.len() - start;
            if length + syllable.len() > MAX_LETTERS {
                break;
            }
            if syllable.is_empty() {
                continue;
            }
            if length > 0 {
                text.joints |= 1 << length;
            }
            self.letters.push_str(syllable);
            text.syllables += 1;
        }
        text.end = self.letters.len();
        let added = &self.letters[start..];
        if added.is_empty() || self.iter().any(|(other, _)| other == added) {
            self.letters.truncate(start);
        } else {
            self.items.push(text);
        }
    }

    /// Returns the combinations of the readings of these syllables, at most `limit`. If there are more, the last
    /// (rarest) readings of the syllable with most readings are dropped, but never those of a surname.
    pub(super) fn combinations(syllables: &[Syllable], limit: usize) -> Self {
        let mut texts = Self::default();
        texts.add_combinations(syllables, limit, |reading| reading);
        texts
    }

    /// Like [`Texts::combinations`], with the first letter of each reading only.
    pub(super) fn initials(syllables: &[Syllable], limit: usize) -> Self {
        let mut texts = Self::default();
        texts.add_combinations(syllables, limit, |reading| reading.get(..1).unwrap_or_default());
        texts
    }

    fn add_combinations(&mut self, syllables: &[Syllable], limit: usize, shape: impl Fn(&str) -> &str) {
        if syllables.is_empty() {
            return;
        }
        let counts = limit_readings(syllables, limit);
        let total = counts.iter().product::<usize>().min(limit);
        for index in 0..total {
            // Decompose the index of the combination into one digit per syllable, last digit fastest.
            let mut below: usize = counts.iter().product();
            self.add(syllables.iter().zip(&counts).map(|(syllable, count)| {
                below /= count;
                shape(syllable.readings()[index / below % count])
            }));
        }
    }
}

/// Returns the number of readings to use per syllable, for at most `limit` combinations.
fn limit_readings(syllables: &[Syllable], limit: usize) -> Vec<usize> {
    let mut counts: Vec<usize> = syllables.iter().map(|syllable| syllable.readings().len()).collect();
    while counts
        .iter()
        .try_fold(1_usize, |product, count| product.checked_mul(*count))
        .is_none_or(|product| product > limit)
    {
        let droppable = counts
            .iter_mut()
            .zip(syllables)
            .filter(|(count, syllable)| **count > syllable.surname_readings.max(1));
        match droppable.max_by_key(|(count, _)| **count) {
            Some((count, _)) => *count -= 1,
            None => break,
        }
    }
    counts
}
