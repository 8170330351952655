//! The calendar, as people write it: days, months, years, and dates in a text.
//!
//! A date is a day of the Gregorian calendar with a year of 1900 to 2099, or of two digits: year, month and day in
//! this order, day, month and year, or month, day and year; in digits only (`19901231`, `311290`), with the same sign
//! between them (`1990-12-31`, `3/1/90`), or in Chinese (`1990年12月31日`). A year with its month (`199012`, `1990年12月`),
//! a month with its day in Chinese, and a year of four digits alone are dates too.

use std::ops::RangeInclusive;

/// The years that somebody has a reason to type.
pub const YEARS: RangeInclusive<u32> = 1900..=2099;
/// What is put between the numbers of a date; white space too.
pub const SIGNS: &str = "/\\_.-";

/// No date has more characters: `2026年11月23日`.
const LONGEST: usize = 11;

/// Whether there is such a day.
pub fn is_day(year: u32, month: u32, day: u32) -> bool {
    let leap = (year.is_multiple_of(4) && !year.is_multiple_of(100)) || year.is_multiple_of(400);
    let length = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28 + u32::from(leap),
        _ => 0,
    };
    (1..=length).contains(&day)
}

/// The year that two digits mean.
pub fn full_year(two_digits: u32) -> u32 {
    if two_digits > 50 { 1900 + two_digits } else { 2000 + two_digits }
}

/// The number that digits write; what is no digit counts as 0.
pub fn number(digits: &[char]) -> u32 {
    digits
        .iter()
        .fold(0, |sum: u32, &digit| sum.wrapping_mul(10).wrapping_add(digit.to_digit(10).unwrap_or_default()))
}

/// Whether it may stand between the numbers of a date.
pub fn is_sign(c: char) -> bool {
    c.is_whitespace() || SIGNS.contains(c)
}

/// The length of the longest date that begins at a place; 0 where none does. A date of digits only may begin and end
/// within a number, others not.
pub fn date_at(text: &[char], at: usize) -> usize {
    let within = at.checked_sub(1).is_some_and(|before| text[before].is_ascii_digit());
    let text = &text[at..text.len().min(at + LONGEST)];
    let digits = text.iter().take_while(|c| c.is_ascii_digit()).count();
    if digits == 0 {
        return 0;
    }
    let compact = (4..=digits.min(8)).rev().find(|&length| is_compact(&text[..length])).unwrap_or(0);
    if within { compact } else { compact.max(with_signs(text)).max(in_chinese(text)) }
}

/// Whether digits only are a date.
fn is_compact(digits: &[char]) -> bool {
    let at = |from: usize, to: usize| number(&digits[from..to]);
    match digits.len() {
        4 => YEARS.contains(&at(0, 4)),
        6 => {
            is_date([(at(0, 2), 2), (at(2, 4), 2), (at(4, 6), 2)])
                || (YEARS.contains(&at(0, 4)) && (1..=12).contains(&at(4, 6)))
        }
        8 => {
            is_date([(at(0, 4), 4), (at(4, 6), 2), (at(6, 8), 2)])
                || is_date([(at(0, 2), 2), (at(2, 4), 2), (at(4, 8), 4)])
        }
        _ => false,
    }
}

/// A number and how many digits it was written with.
type Written = (u32, usize);

/// Whether three numbers are a date in one of the orders that people write.
fn is_date([first, second, third]: [Written; 3]) -> bool {
    let day = |year: Written, month: Written, day: Written| {
        let full = match year.1 {
            4 => year.0,
            2 => full_year(year.0),
            _ => return false,
        };
        YEARS.contains(&full) && month.1 <= 2 && day.1 <= 2 && is_day(full, month.0, day.0)
    };
    day(first, second, third) || day(third, second, first) || day(third, first, second)
}

/// A number of at most four digits that the text begins with.
fn written(text: &[char]) -> Option<Written> {
    let length = text.iter().take_while(|c| c.is_ascii_digit()).take(4).count();
    (length > 0).then(|| (number(&text[..length]), length))
}

/// The length of a date with signs that `text` begins with.
fn with_signs(text: &[char]) -> usize {
    let longest = || {
        let first = written(text)?;
        let sign = *text.get(first.1).filter(|c| is_sign(**c))?;
        let second = written(&text[first.1 + 1..])?;
        let after = first.1 + 1 + second.1;
        let mut least = 0;
        if first.1 == 4 && YEARS.contains(&first.0) && (1..=12).contains(&second.0) && second.1 <= 2 {
            least = after;
        }
        if text.get(after) != Some(&sign) {
            return Some(least);
        }
        let Some(third) = written(&text[after + 1..]) else { return Some(least) };
        Some(if is_date([first, second, third]) { after + 1 + third.1 } else { least })
    };
    longest().unwrap_or(0)
}

/// The length of a date in Chinese that `text` begins with.
fn in_chinese(text: &[char]) -> usize {
    let mut at = 0;
    let mut next = |signs: &str| {
        let (number, length) = written(&text[at..])?;
        text.get(at + length).filter(|c| signs.contains(**c))?;
        at += length + 1;
        Some((number, length, at))
    };
    let mut end = 0;
    let mut year = 2000;
    if let Some((number, length, after)) = next("年") {
        year = if length == 2 { full_year(number) } else { number };
        if !YEARS.contains(&year) {
            return 0;
        }
        end = after;
    }
    let Some((month, _, after)) = next("月").filter(|(month, ..)| (1..=12).contains(month)) else { return end };
    if end > 0 {
        end = after;
    }
    match next("日号號") {
        Some((day, _, after)) if is_day(year, month, day) => after,
        _ => end,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_date_is_found_where_it_begins() {
        for (text, length) in [
            ("19901231", 8),
            ("31121990", 8),
            ("12311990", 8),
            ("901231", 6),
            ("311290", 6),
            ("123190", 6),
            ("199012", 6),
            ("1990", 4),
            ("2099x", 4),
            ("2100", 0),
            ("1899", 0),
            ("1990-12-31", 10),
            ("31.12.1990", 10),
            ("1/2/90", 6),
            ("12 31 1990", 10),
            ("1990-12", 7),
            ("1990-12-99", 7),
            ("1990-12/31", 7),
            ("2026年11月23日", 11),
            ("2026年11月23", 8),
            ("2026年1月", 7),
            ("2026年", 5),
            ("11月23日", 6),
            ("11月", 0),
            ("2月30日", 0),
            ("20230230", 6),
            ("20230229", 6),
            ("20240229", 8),
            ("30022000", 6), // 2030-02-20
            ("000000", 0),
            ("a1990", 0),
            ("", 0),
        ] {
            let characters: Vec<char> = text.chars().collect();
            assert_eq!(date_at(&characters, 0), length, "{text}");
        }
    }
}
