//! Durations and rates in a policy: `"10m"` is a duration, `"5/h"` a rate.

use crate::time::{DAY, HOUR, MINUTE};

/// At most `most` events within any `per` seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// The maximum number of events.
    pub most: u64,
    /// The length of the period, in seconds.
    pub per: u64,
}

const UNITS: [(&str, u64); 4] = [("s", 1), ("m", MINUTE), ("h", HOUR), ("d", DAY)];

/// Parses `"90s"`, `"10m"`, `"24h"` or `"7d"`. Returns seconds, or `None` if the text is not a duration.
pub fn duration(text: &str) -> Option<u64> {
    UNITS.iter().find_map(|(unit, seconds)| {
        let digits = text.strip_suffix(unit)?;
        whole(digits)?.checked_mul(*seconds)
    })
}

/// Parses `"5/h"` or `"100/24h"`. Returns `None` if the text is not a rate.
pub fn rate(text: &str) -> Option<Rate> {
    let (most, per) = text.split_once('/')?;
    let per = match UNITS.iter().find(|(unit, _)| *unit == per) {
        Some((_, seconds)) => *seconds,
        None => duration(per)?,
    };
    Some(Rate { most: whole(most)?, per }).filter(|rate| rate.per > 0)
}

/// Formats seconds as a duration, in the largest unit that divides them.
pub fn as_duration(seconds: u64) -> String {
    match UNITS.iter().rev().find(|(_, unit)| seconds > 0 && seconds.is_multiple_of(*unit)) {
        Some((letter, unit)) => format!("{}{letter}", seconds / unit),
        None => format!("{seconds}s"),
    }
}

/// Formats a rate.
pub fn as_rate(rate: Rate) -> String {
    let period = match UNITS.iter().find(|(_, unit)| *unit == rate.per) {
        Some((letter, _)) => (*letter).to_owned(),
        None => as_duration(rate.per),
    };
    format!("{}/{period}", rate.most)
}

/// Accepts digits only: `parse` alone would also accept a sign.
fn whole(digits: &str) -> Option<u64> {
    if digits.is_empty() || digits.len() > 12 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_and_rates_are_parsed() {
        assert_eq!(duration("10m"), Some(600));
        assert_eq!(duration("0s"), Some(0));
        assert_eq!(duration("+1s"), None);
        assert_eq!(duration("1.5h"), None);
        assert_eq!(duration("10"), None);
        assert_eq!(rate("5/h"), Some(Rate { most: 5, per: 3600 }));
        assert_eq!(rate("100/2h"), Some(Rate { most: 100, per: 7200 }));
        assert_eq!(rate("5/0s"), None);
        assert_eq!(rate("/h"), None);
    }

    #[test]
    fn durations_and_rates_are_formatted_as_they_are_parsed() {
        for text in ["0s", "59s", "10m", "23h", "7d"] {
            assert_eq!(duration(text).map(as_duration).as_deref(), Some(text));
        }
        for text in ["5/h", "100/2h", "1/30s", "5/10m"] {
            assert_eq!(rate(text).map(as_rate).as_deref(), Some(text));
        }
    }
}
