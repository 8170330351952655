//! Finds dates and years.
//!
//! A date is a day, a month and a year of two or four digits. The year comes first or last. The separators are
//! equal or missing. The length of the month is not checked.

use super::cover::{PieceKind, Pieces};
use crate::knowledge::calendar::{self, full_year, is_separator, number};

/// Minimum distance of a year: closer years are equally likely.
const MIN_YEARS: i32 = 20;
const DAYS: f64 = 365.0;
/// Number of common separators.
const SEPARATORS: f64 = 4.0;
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

pub(super) fn find(text: &[char], year: i32, pieces: &mut Pieces) {
    for start in 0..text.len() {
        if !text[start].is_ascii_digit() {
            continue;
        }
        for end in start + MIN_LENGTH..=text.len().min(start + MAX_LENGTH) {
            let part = &text[start..end];
            let digits = part.iter().all(char::is_ascii_digit);
            if digits && part.len() == 4 {
                let alone = number(part);
                if calendar::YEARS.contains(&alone) {
                    pieces.add(start..end, years_from(alone, year), PieceKind::Date);
                }
            }
            let (found, signs) = if digits { (compact(part, year), 1.0) } else { (spaced(part), SEPARATORS) };
            if let Some(of_date) = found {
                pieces.add(start..end, years_from(of_date, year) * DAYS * signs, PieceKind::Date);
            }
        }
    }
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
    let is_day_and_month = |a, b| {
        ((1..=31).contains(&a) && (1..=12).contains(&b)) || ((1..=12).contains(&a) && (1..=31).contains(&b))
    };
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

fn years_from(year: u32, now: i32) -> f64 {
    f64::from((year as i32).abs_diff(now).max(MIN_YEARS as u32))
}
