//! Histograms of an integer property of passwords, counted separately for accepted and refused ones.

use serde_json::{Value, json};

/// The number of passwords for each value. The last bucket also counts all greater values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Histogram {
    accepted: Vec<u64>,
    refused: Vec<u64>,
}

impl Histogram {
    /// Creates an empty histogram with buckets for the values 0 to `last`; the last one also counts greater values.
    pub fn new(last: usize) -> Histogram {
        Histogram { accepted: vec![0; last + 1], refused: vec![0; last + 1] }
    }

    /// Adds a password with the value `value` that occurs `weight` times.
    pub fn add(&mut self, value: usize, refused: bool, weight: u64) {
        let counts = if refused { &mut self.refused } else { &mut self.accepted };
        let place = value.min(counts.len() - 1);
        counts[place] = counts[place].saturating_add(weight);
    }

    /// Adds the counts of another histogram with the same number of buckets.
    pub fn merge(&mut self, other: &Histogram) {
        let pairs =
            self.accepted.iter_mut().zip(&other.accepted).chain(self.refused.iter_mut().zip(&other.refused));
        pairs.for_each(|(count, more)| *count = count.saturating_add(*more));
    }

    /// Returns the accepted and refused passwords of each bucket.
    pub fn buckets(&self) -> impl Iterator<Item = (u64, u64)> {
        self.accepted.iter().copied().zip(self.refused.iter().copied())
    }

    /// Returns the number of passwords.
    pub fn total(&self) -> u64 {
        self.buckets().fold(0, |sum, (accepted, refused)| sum.saturating_add(accepted).saturating_add(refused))
    }

    /// Returns the bucket of the median; `None` if the histogram is empty.
    pub fn median(&self) -> Option<usize> {
        let half = self.total().div_ceil(2);
        let mut sum = 0_u64;
        self.buckets().position(|(accepted, refused)| {
            sum = sum.saturating_add(accepted).saturating_add(refused);
            half > 0 && sum >= half
        })
    }

    /// Returns the non-empty buckets as a JSON list of objects with `value`, `accepted`, `refused`, and `or_more` in the last
    /// bucket.
    pub fn to_json(&self) -> Value {
        let last = self.accepted.len() - 1;
        let filled = self.buckets().enumerate().filter(|(_, (accepted, refused))| accepted + refused > 0);
        filled
            .map(|(value, (accepted, refused))| {
                let mut bucket = json!({ "value": value, "accepted": accepted, "refused": refused });
                if value == last {
                    bucket["or_more"] = true.into();
                }
                bucket
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn add_value_beyond_last_counts_in_last_bucket() {
        let mut histogram = Histogram::new(3);
        histogram.add(9, true, 1);
        histogram.add(1, false, 3);
        assert_eq!(histogram.buckets().collect::<Vec<_>>(), [(0, 0), (3, 0), (0, 0), (0, 1)]);
        assert_eq!(histogram.median(), Some(1));
        assert_eq!(Histogram::new(3).median(), None);
        let mut more = Histogram::new(3);
        more.merge(&histogram);
        assert_eq!(more, histogram);
    }
}
