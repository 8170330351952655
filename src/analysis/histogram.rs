//! A histogram counts passwords by a whole number, apart those that are accepted and those that are refused.

use serde_json::{Value, json};

/// How many passwords have each value; the last bucket holds that value and every greater one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Histogram {
    accepted: Vec<u64>,
    refused: Vec<u64>,
}

impl Histogram {
    /// Empty, for the values 0 to `last`, the last of which stands for every greater one.
    pub fn new(last: usize) -> Histogram {
        Histogram { accepted: vec![0; last + 1], refused: vec![0; last + 1] }
    }

    /// Counts a password of this value.
    pub fn add(&mut self, value: usize, refused: bool, weight: u64) {
        let counts = if refused { &mut self.refused } else { &mut self.accepted };
        let place = value.min(counts.len() - 1);
        counts[place] = counts[place].saturating_add(weight);
    }

    /// Counts what another histogram of as many buckets has counted.
    pub fn merge(&mut self, other: &Histogram) {
        let pairs =
            self.accepted.iter_mut().zip(&other.accepted).chain(self.refused.iter_mut().zip(&other.refused));
        pairs.for_each(|(count, more)| *count = count.saturating_add(*more));
    }

    /// Every bucket: accepted and refused.
    pub fn buckets(&self) -> impl Iterator<Item = (u64, u64)> {
        self.accepted.iter().copied().zip(self.refused.iter().copied())
    }

    /// How many were counted.
    pub fn total(&self) -> u64 {
        self.buckets().fold(0, |sum, (accepted, refused)| sum.saturating_add(accepted).saturating_add(refused))
    }

    /// The bucket in which the middle one stands, when anything was counted.
    pub fn median(&self) -> Option<usize> {
        let half = self.total().div_ceil(2);
        let mut sum = 0_u64;
        self.buckets().position(|(accepted, refused)| {
            sum = sum.saturating_add(accepted).saturating_add(refused);
            half > 0 && sum >= half
        })
    }

    /// The buckets that hold anything: a list of objects of `value`, `accepted`, `refused`, and `or_more` in the last.
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
    fn greater_values_stand_in_the_last_bucket_and_the_median_is_found() {
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
