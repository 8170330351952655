//! Dates, and years alone.
//!
//! A date is a day, a month and a year of two or four digits, which comes first or last, with the same sign between
//! them or none. Whether the month has that day is not asked.

use super::cover::{Pieces, What};
use crate::knowledge::calendar::{self, full_year, is_sign, number};

/// Years nearer than this are as likely as one another.
const MIN_YEARS: i32 = 20;
const DAYS: f64 = 365.0;
/// There are about four signs to put between.
const SIGNS: f64 = 4.0;
/// Years beyond are no years that anyone has a reason to type.
const YEARS: std::ops::RangeInclusive<u32> = 1000..=2099;

/// Where digits without signs may be divided in three, by their number.
const DIVISIONS: [&[(usize, usize)]; 5] = [
    &[(1, 2), (2, 3)],
    &[(1, 3), (2, 3)],
    &[(1, 2), (2, 4), (4, 5)],
    &[(1, 3), (2, 3), (4, 5), (4, 6)],
    &[(2, 4), (4, 6)],
];
const SHORTEST: usize = 4;
/// `1999/12/31`
const LONGEST: usize = 10;

pub(super) fn find(text: &[char], year: i32, pieces: &mut Pieces) {
    for start in 0..text.len() {
        if !text[start].is_ascii_digit() {
            continue;
        }
        for end in start + SHORTEST..=text.len().min(start + LONGEST) {
            let part = &text[start..end];
            let digits = part.iter().all(char::is_ascii_digit);
            if digits && part.len() == 4 {
                let alone = number(part);
                if calendar::YEARS.contains(&alone) {
                    pieces.add(start..end, years_from(alone, year), What::Date);
                }
            }
            let (found, signs) = if digits { (compact(part, year), 1.0) } else { (spaced(part), SIGNS) };
            if let Some(of_date) = found {
                pieces.add(start..end, years_from(of_date, year) * DAYS * signs, What::Date);
            }
        }
    }
}

/// The year of a date of digits only; of several readings the one nearest to `year`.
fn compact(part: &[char], year: i32) -> Option<u32> {
    let divisions = DIVISIONS.get(part.len() - SHORTEST)?;
    let readings = divisions.iter().filter_map(|&(second, third)| {
        year_of(number(&part[..second]), number(&part[second..third]), number(&part[third..]))
    });
    readings.min_by_key(|&reading| (reading as i32).abs_diff(year))
}

/// The year of a date with signs between.
fn spaced(part: &[char]) -> Option<u32> {
    let sign = *part.iter().find(|c| !c.is_ascii_digit())?;
    if !is_sign(sign) {
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

/// The year of three numbers of which the first or the last may be it.
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
