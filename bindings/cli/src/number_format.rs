//! Numbers for people: grouped digits, percentages, times with a unit.

/// An integer with its digits grouped in threes: `1,234,567`.
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A fraction of 1 as a percentage: `31.2 %`. A small fraction is never shown as zero, nor a large one as all.
pub(crate) fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if percent > 0.0 && percent < 0.05 {
        "<0.1 %".to_owned()
    } else if (99.95..100.0).contains(&percent) {
        ">99.9 %".to_owned()
    } else {
        format!("{percent:.1} %")
    }
}

/// `part` of `whole` as a percentage, or a dash if `whole` is 0.
pub(crate) fn share(part: u64, whole: u64) -> String {
    if whole == 0 { "–".to_owned() } else { percent(part as f64 / whole as f64) }
}

/// A time in nanoseconds, with three significant digits: `850 ns`, `12.3 µs`, `1.20 ms`.
pub(crate) fn nanoseconds(time: f64) -> String {
    let (value, unit) = match time {
        time if time < 999.5 => (time, "ns"),
        time if time < 999_500.0 => (time / 1e3, "µs"),
        time if time < 999_500_000.0 => (time / 1e6, "ms"),
        time => (time / 1e9, "s"),
    };
    match (unit, value) {
        ("ns", value) => format!("{value:.0} ns"),
        (unit, value) if value < 9.995 => format!("{value:.2} {unit}"),
        (unit, value) if value < 99.95 => format!("{value:.1} {unit}"),
        (unit, value) => format!("{value:.0} {unit}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn count_groups_digits_in_threes() {
        assert_eq!([0, 999, 1000, 1_234_567].map(count), ["0", "999", "1,000", "1,234,567"]);
    }

    #[test]
    fn percent_never_rounds_to_none_or_all() {
        assert_eq!(
            [0.0, 0.0001, 0.3123, 0.9999, 1.0].map(percent),
            ["0.0 %", "<0.1 %", "31.2 %", ">99.9 %", "100.0 %"]
        );
    }

    #[test]
    fn nanoseconds_has_three_significant_digits() {
        let times = [12.0, 999.6, 12_345.0, 99_960.0, 1_200_000.0, 2e9].map(nanoseconds);
        assert_eq!(times, ["12 ns", "1.00 µs", "12.3 µs", "100 µs", "1.20 ms", "2.00 s"]);
    }
}
