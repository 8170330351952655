//! Finds dates and years.
//!
//! A date is a day, a month and a year of two or four digits. The year comes first or last. The separators are
//! equal or missing. The length of the month is not checked.

use std::ops::Range;

use zeroize::Zeroizing;

use super::parser::logarithm;
use crate::knowledge::calendar::{self, full_year, is_separator};

/// Minimum distance of a year: closer years are equally likely.
const MIN_YEARS: u32 = 20;
/// Plausible years.
const YEARS: std::ops::RangeInclusive<u32> = 1000..=2099;

/// Positions that split digits without separators into three numbers, by number of digits.
const DIVISIONS: [&[(usize, usize)]; 5] = [
    &[(1, 2), (2, 3)],
    &[(1, 3), (2, 3)],
    &[(1, 2), (2, 4), (4, 5)],
    &[(1, 3), (2, 3), (4, 5), (4, 6)],
    &[(2, 4), (4, 6)],
];
/// The numbers of digits of the shortest and of the longest division.
const MIN_DIGITS: usize = 4;
const MAX_DIGITS: usize = MIN_DIGITS + DIVISIONS.len() - 1;

/// The length of `1999/12/31`, the longest date.
const MAX_LENGTH: usize = 10;

/// The cost of a date whose year counts for nothing.
pub(super) const OTHER: u32 = 103;
/// The cost of a day and a month, and of a month.
const DAY: u32 = 64;
const MONTH: u32 = 27;
/// The cost of the order of the numbers, and of separators.
const ORDER: u32 = 5;
const SEPARATORS: u32 = 8;

/// Calls `found` with the lengths and the costs of the dates and years that a text begins with, in steps. `digits` is the
/// number of digits at its beginning.
pub(super) fn costs(text: &[char], digits: usize, now: i32, mut found: impl FnMut(usize, u32)) {
    let numbers = Numbers::of(&text[..digits.min(MAX_DIGITS)]);
    let of_year =
        || Some(numbers.at(0..4)).filter(|year| calendar::YEARS.contains(year)).map(|year| years_from(year, now));
    for (division, length) in DIVISIONS.iter().zip(MIN_DIGITS..=digits) {
        let of_day = compact(&numbers, length, division, now).map(|year| years_from(year, now) + DAY + ORDER);
        let shorter = match length {
            4 => of_year().or_else(|| is_day_and_month(numbers.at(0..2), numbers.at(2..4)).then_some(DAY + ORDER)),
            6 => of_year().filter(|_| (1..=12).contains(&numbers.at(4..6))).map(|cost| cost + MONTH + ORDER),
            _ => None,
        };
        if let Some(cost) = of_day.into_iter().chain(shorter).min() {
            found(length, cost);
        }
    }
    spaced(text, digits, |length, year| found(length, years_from(year, now) + DAY + ORDER + SEPARATORS));
}

/// The numbers that parts of some digits write. Has the number that all digits before each place write.
struct Numbers(Zeroizing<[u32; MAX_DIGITS + 1]>);

impl Numbers {
    fn of(digits: &[char]) -> Numbers {
        let mut numbers = Zeroizing::new([0; MAX_DIGITS + 1]);
        for (at, digit) in digits.iter().enumerate() {
            numbers[at + 1] = number_with(numbers[at], *digit);
        }
        Numbers(numbers)
    }

    /// Returns the number of at most four digits.
    fn at(&self, part: Range<usize>) -> u32 {
        self.0[part.end] - self.0[part.start] * [1, 10, 100, 1000, 10_000][part.len()]
    }
}

/// Returns the number that these digits write.
fn number(digits: &[char]) -> u32 {
    digits.iter().fold(0, |number, digit| number_with(number, *digit))
}

/// Returns a number with one more digit. The last four bits of a digit are its value.
fn number_with(number: u32, digit: char) -> u32 {
    number * 10 + (u32::from(digit) & 15)
}

/// Returns the year of an all-digit date. Of several readings, the year closest to `year` wins.
fn compact(numbers: &Numbers, length: usize, divisions: &[(usize, usize)], year: i32) -> Option<u32> {
    let readings = divisions.iter().filter_map(|&(second, third)| {
        year_of(numbers.at(0..second), numbers.at(second..third), numbers.at(third..length))
    });
    readings.min_by_key(|&reading| (reading as i32).abs_diff(year))
}

/// Calls `found` with the lengths and the years of the dates with separators.
fn spaced(text: &[char], digits: usize, mut found: impl FnMut(usize, u32)) {
    let Some(sign) = text.get(digits).filter(|sign| digits <= 4 && is_separator(**sign)) else { return };
    let digits_from = |at: usize| text[at..].iter().take(4).take_while(|c| c.is_ascii_digit()).count();
    let second = digits + 1;
    let of_second = digits_from(second);
    let third = second + of_second + 1;
    if !matches!(of_second, 1 | 2) || text.get(third - 1) != Some(sign) {
        return;
    }
    for end in third + 1..=MAX_LENGTH.min(third + digits_from(third)) {
        let numbers = [&text[..digits], &text[second..third - 1], &text[third..end]].map(number);
        if let Some(year) = year_of(numbers[0], numbers[1], numbers[2]) {
            found(end, year);
        }
    }
}

/// Returns the year of three numbers if the first or last is a year.
fn year_of(first: u32, second: u32, third: u32) -> Option<u32> {
    for (year, other) in [(third, first), (first, third)] {
        if YEARS.contains(&year) {
            return is_day_and_month(other, second).then_some(year);
        }
    }
    let (year, _) = [(third, first), (first, third)]
        .into_iter()
        .find(|&(year, other)| year <= 99 && is_day_and_month(other, second))?;
    Some(full_year(year))
}

fn is_day_and_month(a: u32, b: u32) -> bool {
    ((1..=31).contains(&a) && (1..=12).contains(&b)) || ((1..=12).contains(&a) && (1..=31).contains(&b))
}

/// Returns the cost of a year: years close to the current one are tried first.
fn years_from(year: u32, now: i32) -> u32 {
    logarithm((year as i32).abs_diff(now).max(MIN_YEARS))
}
