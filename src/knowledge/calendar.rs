//! Recognizes dates, as people write them, in a text.
//!
//! A date is a day of the Gregorian calendar with a year from 1900 to 2099, or with a two-digit year. The order is
//! year-month-day, day-month-year or month-day-year. It is written
//!
//! * in digits only: `19901231`, `311290`;
//! * with the same separator twice: `1990-12-31`, `3/1/90`;
//! * in Chinese: `1990年12月31日`.
//!
//! These count as dates, too: a year with its month (`199012`, `1990年12月`), a month with its day in Chinese, and a
//! four-digit year.

use std::ops::RangeInclusive;

/// Plausible years in a password.
pub const YEARS: RangeInclusive<u32> = 1900..=2099;
/// Separators between the numbers of a date. White space is accepted, too.
pub const SEPARATORS: &str = "/\\_.-";

/// Length of the longest date in characters: `2026年11月23日`.
const MAX_LENGTH: usize = 11;

/// Returns whether the Gregorian calendar has this day.
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

/// Expands a two-digit year: 51 to 99 is 1951 to 1999, 00 to 50 is 2000 to 2050.
pub fn full_year(two_digits: u32) -> u32 {
    if two_digits > 50 { 1900 + two_digits } else { 2000 + two_digits }
}

/// Parses decimal digits. Any other character counts as 0.
pub fn number(digits: &[char]) -> u32 {
    digits
        .iter()
        .fold(0, |sum: u32, &digit| sum.wrapping_mul(10).wrapping_add(digit.to_digit(10).unwrap_or_default()))
}

/// Returns whether `c` may separate the numbers of a date.
pub fn is_separator(c: char) -> bool {
    c.is_whitespace() || SEPARATORS.contains(c)
}

/// Returns the length in characters of the longest date that starts at index `at`, or 0. Only an all-digit date
/// may start or end inside a number.
pub fn date_at(text: &[char], at: usize) -> usize {
    let within = at.checked_sub(1).is_some_and(|before| text[before].is_ascii_digit());
    let text = &text[at..text.len().min(at + MAX_LENGTH)];
    let digits = text.iter().take_while(|c| c.is_ascii_digit()).count();
    if digits == 0 {
        return 0;
    }
    let compact = (4..=digits.min(8)).rev().find(|&length| is_compact(&text[..length])).unwrap_or(0);
    if within { compact } else { compact.max(with_separators(text)).max(in_chinese(text)) }
}

/// Returns whether these digits are a date without separators.
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

/// A number and its count of digits.
type Written = (u32, usize);

/// Returns whether three numbers are a date in one of the accepted orders.
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

/// Reads a number of up to four digits from the start of the text.
fn written(text: &[char]) -> Option<Written> {
    let length = text.iter().take_while(|c| c.is_ascii_digit()).take(4).count();
    (length > 0).then(|| (number(&text[..length]), length))
}

/// Returns the length of the date with separators at the start of `text`, or 0.
fn with_separators(text: &[char]) -> usize {
    let longest = || {
        let first = written(text)?;
        let sign = *text.get(first.1).filter(|c| is_separator(**c))?;
        let second = written(&text[first.1 + 1..])?;
        let after = first.1 + 1 + second.1;
        let mut shorter = 0;
        if first.1 == 4 && YEARS.contains(&first.0) && (1..=12).contains(&second.0) && second.1 <= 2 {
            shorter = after;
        }
        if text.get(after) != Some(&sign) {
            return Some(shorter);
        }
        let Some(third) = written(&text[after + 1..]) else { return Some(shorter) };
        Some(if is_date([first, second, third]) { after + 1 + third.1 } else { shorter })
    };
    longest().unwrap_or(0)
}

/// Returns the length of the Chinese date at the start of `text`, or 0.
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
    fn date_at_returns_the_longest_date() {
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
