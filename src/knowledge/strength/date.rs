//! Finds dates and years.
//!
//! A date is a day, a month and a year of two or four digits. The year comes first or last. The separators are
//! equal or missing. The length of the month is not checked.

use super::parse::logarithm;
use crate::knowledge::calendar::{self, full_year, is_separator, number};

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
const MIN_LENGTH: usize = 4;
/// Length of `1999/12/31`.
const MAX_LENGTH: usize = 10;

/// The cost of a date whose year counts for nothing.
pub(super) const OTHER: u32 = 103;
/// The cost of a day and a month, and of a month.
const DAY: u32 = 64;
const MONTH: u32 = 27;
/// The cost of the order of the numbers, and of separators.
const ORDER: u32 = 5;
const SEPARATORS: u32 = 8;

/// Returns the lengths and the costs of the dates and years that a text begins with, in steps.
pub(super) fn costs(text: &[char], now: i32) -> impl Iterator<Item = (usize, u32)> {
    (MIN_LENGTH..=text.len().min(MAX_LENGTH)).filter_map(move |length| {
        let part = &text[..length];
        if !part.iter().all(char::is_ascii_digit) {
            return Some((length, years_from(spaced(part)?, now) + DAY + ORDER + SEPARATORS));
        }
        let of_year = |digits: &[char]| {
            Some(number(digits)).filter(|year| calendar::YEARS.contains(year)).map(|year| years_from(year, now))
        };
        let of_day = compact(part, now).map(|year| years_from(year, now) + DAY + ORDER);
        let shorter = match length {
            4 => of_year(part)
                .or_else(|| is_day_and_month(number(&part[..2]), number(&part[2..])).then_some(DAY + ORDER)),
            6 => of_year(&part[..4])
                .filter(|_| (1..=12).contains(&number(&part[4..])))
                .map(|cost| cost + MONTH + ORDER),
            _ => None,
        };
        [of_day, shorter].into_iter().flatten().min().map(|cost| (length, cost))
    })
}

/// Returns the year of an all-digit date. Of several readings, the year closest to `year` wins.
fn compact(part: &[char], year: i32) -> Option<u32> {
    let divisions = DIVISIONS.get(part.len() - MIN_LENGTH)?;
    let readings = divisions.iter().filter_map(|&(second, third)| {
        year_of(number(&part[..second]), number(&part[second..third]), number(&part[third..]))
    });
    readings.min_by_key(|&reading| (reading as i32).abs_diff(year))
}

/// Returns the year of a date with separators.
fn spaced(part: &[char]) -> Option<u32> {
    let sign = *part.iter().find(|c| !c.is_ascii_digit())?;
    if !is_separator(sign) {
        return None;
    }
    let mut parts = part.split(|&c| c == sign);
    let (Some(first), Some(second), Some(third), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return None;
    };
    let fits = |part: &[char], most| (1..=most).contains(&part.len()) && part.iter().all(char::is_ascii_digit);
    if !fits(first, 4) || !fits(second, 2) || !fits(third, 4) {
        return None;
    }
    year_of(number(first), number(second), number(third))
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
