//! Units that a policy author writes inside a value: `"10m"` is a duration, `"5/h"` a rate.

/// At most `most` events within any stretch of `per` seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// How many.
    pub most: u64,
    /// Within how many seconds.
    pub per: u64,
}

const UNITS: [(&str, u64); 4] = [("s", 1), ("m", 60), ("h", 3_600), ("d", 86_400)];

/// Reads `"90s"`, `"10m"`, `"24h"`, `"7d"` as seconds.
pub fn duration(text: &str) -> Option<u64> {
    UNITS.iter().find_map(|(unit, seconds)| {
        let digits = text.strip_suffix(unit)?;
        whole(digits)?.checked_mul(*seconds)
    })
}

/// Reads `"5/h"`, `"100/24h"` as so many events per stretch of time.
pub fn rate(text: &str) -> Option<Rate> {
    let (most, per) = text.split_once('/')?;
    let per = match UNITS.iter().find(|(unit, _)| *unit == per) {
        Some((_, seconds)) => *seconds,
        None => duration(per)?,
    };
    Some(Rate { most: whole(most)?, per }).filter(|rate| rate.per > 0)
}

/// Digits only: `parse` alone would also take a sign.
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
    fn durations_and_rates_read_as_written() {
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
}
