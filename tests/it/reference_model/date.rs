//! Dates: compares every substring with every way to write a day.

use super::evaluate::{ExpectedViolation, found};

const SEPARATORS: &str = "/\\_.- ";

pub(crate) fn date(text: &str, max_share: u64) -> Vec<ExpectedViolation> {
    let characters: Vec<char> = text.chars().collect();
    // Maximum coverage by non-overlapping dates, using the longest date at each position.
    let mut coverage = vec![0; characters.len() + 1];
    for at in 0..characters.len() {
        coverage[at + 1] = coverage[at].max(coverage[at + 1]);
        if let Some(end) = (at + 1..=characters.len()).rev().find(|end| is_date(&characters, at, *end)) {
            coverage[end] = coverage[end].max(coverage[at] + (end - at) as u64);
        }
    }
    let covered = coverage[characters.len()];
    if covered * 100 > max_share * characters.len() as u64 {
        return vec![found("date.most_of_it", &[("max_share", max_share)])];
    }
    Vec::new()
}

fn is_date(characters: &[char], begin: usize, end: usize) -> bool {
    let part: String = characters[begin..end].iter().collect();
    if part.chars().all(|c| c.is_ascii_digit()) {
        return is_date_in_digits(&part);
    }
    // Numbers are not cut, except before a year at the end: 13月2日 does not contain 3月2日.
    let is_digit =
        |place: Option<usize>| place.and_then(|place| characters.get(place)).is_some_and(char::is_ascii_digit);
    let digits_at_end = part.chars().rev().take_while(char::is_ascii_digit).count();
    let ends_with_year = digits_at_end == 4;
    let cuts = is_digit(Some(begin)) && is_digit(begin.checked_sub(1))
        || is_digit(end.checked_sub(1)) && is_digit(Some(end)) && !ends_with_year;
    !cuts
        && (is_date_in_chinese(&part)
            || SEPARATORS.chars().any(|separator| is_date_with_separators(&part, separator)))
}

fn is_date_in_digits(part: &str) -> bool {
    let two = |from: usize| &part[from..from + 2];
    match part.len() {
        4 => is_year(part),
        6 => {
            is_day(two(0), two(2), two(4))
                || is_day(two(4), two(2), two(0))
                || is_day(two(4), two(0), two(2))
                || is_month_of(&part[..4], two(4))
        }
        8 => {
            is_day(&part[..4], two(4), two(6))
                || is_day(&part[4..], two(2), two(0))
                || is_day(&part[4..], two(0), two(2))
        }
        _ => false,
    }
}

fn is_date_with_separators(part: &str, separator: char) -> bool {
    let numbers: Vec<&str> = part.split(separator).collect();
    match numbers[..] {
        [a, b, c] => is_day(a, b, c) || is_day(c, b, a) || is_day(c, a, b),
        [a, b] => is_month_of(a, b),
        _ => false,
    }
}

fn is_date_in_chinese(part: &str) -> bool {
    if let Some(year) = part.strip_suffix('年') {
        return is_year(year) || number(year, &[2]).is_some();
    }
    let (year, rest) = part.split_once('年').map_or((None, part), |(year, rest)| (Some(year), rest));
    let Some((month, day)) = rest.split_once('月') else { return false };
    // 011月 is November.
    let short = |digits: &str| number(digits, &[1, 2, 3, 4]).map(|number| number.to_string());
    let Some(month) = short(month) else { return false };
    match (year, day.strip_suffix('日')) {
        (year, Some(day)) => short(day).is_some_and(|day| is_day(year.unwrap_or("2000"), &month, &day)),
        (Some(year), None) => day.is_empty() && is_day(year, &month, "1"),
        (None, None) => false,
    }
}

/// Parses a number with one of these digit counts.
fn number(digits: &str, lengths: &[usize]) -> Option<u64> {
    let right = lengths.contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    right.then(|| digits.parse().ok()).flatten()
}

fn is_year(digits: &str) -> bool {
    number(digits, &[4]).is_some_and(|year| (1900..2100).contains(&year))
}

fn is_month_of(year: &str, month: &str) -> bool {
    is_year(year) && number(month, &[1, 2]).is_some_and(|month| (1..=12).contains(&month))
}

/// Returns whether the day exists, in a four-digit year or in a two-digit year of either century.
fn is_day(year: &str, month: &str, day: &str) -> bool {
    let years = match (is_year(year), number(year, &[2])) {
        (true, _) => vec![number(year, &[4]).unwrap_or_default()],
        (_, Some(short)) => vec![1900 + short, 2000 + short],
        _ => return false,
    };
    let (Some(month), Some(day)) = (number(month, &[1, 2]), number(day, &[1, 2])) else { return false };
    years.into_iter().any(|year| {
        let leaps = year % 4 == 0 && year % 100 != 0 || year % 400 == 0;
        let days = [31, 28 + u64::from(leaps), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        (1..=12).contains(&month) && (1..=days[month as usize - 1]).contains(&day)
    })
}
