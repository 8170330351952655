//! Natural numbers of any size, for the number of passwords of a space and the index of one of them.
//!
//! Only the operations that counting and drawing need. The index of a password discloses it, so numbers are zeroized on
//! drop.

use std::cmp::Ordering;

use zeroize::{Zeroize, ZeroizeOnDrop};

/// Digits to the base 2³², least significant first, without leading zeros.
#[derive(Clone, Debug, Default, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub(crate) struct Natural {
    digits: Vec<u32>,
}

impl Natural {
    pub(crate) fn new(value: u64) -> Natural {
        Natural::from_digits(vec![value as u32, (value >> 32) as u32])
    }

    /// Creates a number from digits to the base 2³², least significant first.
    pub(crate) fn from_digits(digits: Vec<u32>) -> Natural {
        let mut natural = Natural { digits };
        natural.trim();
        natural
    }

    fn trim(&mut self) {
        while self.digits.last() == Some(&0) {
            self.digits.pop();
        }
    }

    pub(crate) fn is_zero(&self) -> bool {
        self.digits.is_empty()
    }

    /// Returns the number if it fits into 64 bits.
    pub(crate) fn small(&self) -> Option<u64> {
        match self.digits.as_slice() {
            [] => Some(0),
            [low] => Some(u64::from(*low)),
            [low, high] => Some(u64::from(*high) << 32 | u64::from(*low)),
            _ => None,
        }
    }

    /// Returns the number of significant bits.
    pub(crate) fn bits(&self) -> usize {
        self.digits.last().map_or(0, |last| self.digits.len() * 32 - last.leading_zeros() as usize)
    }

    /// Returns the binary logarithm; minus infinity for zero.
    pub(crate) fn log2(&self) -> f64 {
        let top = self.digits.len().saturating_sub(3);
        let leading =
            self.digits[top..].iter().rev().fold(0.0, |sum, digit| sum * 4_294_967_296.0 + f64::from(*digit));
        leading.log2() + 32.0 * top as f64
    }

    /// Adds `other * times`.
    pub(crate) fn add_times(&mut self, other: &Natural, times: u32) {
        let mut carry = 0u64;
        let length = self.digits.len().max(other.digits.len());
        self.digits.resize(length, 0);
        for (place, digit) in self.digits.iter_mut().enumerate() {
            let more = other.digits.get(place).map_or(0, |other| u64::from(*other) * u64::from(times));
            // At most (2³²−1)² + 2·(2³²−1), which is 2⁶⁴−1.
            let sum = u64::from(*digit) + more + carry;
            *digit = sum as u32;
            carry = sum >> 32;
        }
        if carry > 0 {
            self.digits.push(carry as u32);
        }
        self.trim();
    }

    /// The product with a small number.
    pub(crate) fn times(&self, factor: u32) -> Natural {
        let mut product = Natural::default();
        product.add_times(self, factor);
        product
    }

    /// Takes `other` away, which must not be greater.
    pub(crate) fn subtract(&mut self, other: &Natural) {
        let mut borrow = 0i64;
        for (place, digit) in self.digits.iter_mut().enumerate() {
            let less = i64::from(other.digits.get(place).copied().unwrap_or(0));
            let difference = i64::from(*digit) - less + borrow;
            *digit = difference as u32;
            borrow = difference >> 32;
        }
        self.trim();
    }

    /// Divides by `by` and returns the remainder.
    pub(crate) fn divide(&mut self, by: u32) -> u32 {
        let mut rest = 0u64;
        for digit in self.digits.iter_mut().rev() {
            let value = rest << 32 | u64::from(*digit);
            *digit = (value / u64::from(by)) as u32;
            rest = value % u64::from(by);
        }
        self.trim();
        rest as u32
    }
}

impl Ord for Natural {
    fn cmp(&self, other: &Natural) -> Ordering {
        let by_length = self.digits.len().cmp(&other.digits.len());
        by_length.then_with(|| self.digits.iter().rev().cmp(other.digits.iter().rev()))
    }
}

impl PartialOrd for Natural {
    fn partial_cmp(&self, other: &Natural) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn natural(value: u128) -> Natural {
        Natural::from_digits((0..4).map(|place| (value >> (32 * place)) as u32).collect())
    }

    #[test]
    fn arithmetic_matches_built_in_integers() {
        for (a, b, times) in [(7, 9, 3), (u64::MAX.into(), u64::MAX.into(), u32::MAX), (1 << 96, (1 << 32) - 1, 1)]
        {
            let mut sum = natural(a);
            sum.add_times(&natural(b), times);
            assert_eq!(sum, natural(a + b * u128::from(times)));
            sum.subtract(&natural(a));
            assert_eq!(sum, natural(b * u128::from(times)));
            assert_eq!(sum.divide(times), 0);
            assert_eq!(sum, natural(b));
            assert_eq!(natural(a).cmp(&natural(b)), a.cmp(&b));
        }
        assert_eq!(natural(1 << 100).log2(), 100.0);
        assert_eq!(natural(1 << 100).bits(), 101);
        assert_eq!(Natural::new(0).bits(), 0);
        assert_eq!(Natural::new(u64::MAX).small(), Some(u64::MAX));
    }
}
