//! Moments and spans of time. The engine has no clock: every judgement that depends on time is told it.

/// Seconds in a day.
pub const DAY: u64 = 86_400;

/// A moment: whole seconds since 1970-01-01T00:00:00Z, without leap seconds, as Unix counts them.
///
/// Zero and negative moments exist (a store may hold them), but [`Moment::is_plausible`] says no to them,
/// and everything that expires asks it first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub struct Moment(i64);

impl Moment {
    /// The moment `seconds` after 1970-01-01T00:00:00Z.
    pub const fn from_unix(seconds: i64) -> Moment {
        Moment(seconds)
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    pub const fn unix(self) -> i64 {
        self.0
    }

    /// `seconds` later, at most the end of time.
    pub const fn plus(self, seconds: u64) -> Moment {
        let seconds = if seconds > i64::MAX as u64 { i64::MAX } else { seconds as i64 };
        Moment(self.0.saturating_add(seconds))
    }

    /// `seconds` earlier, at least the beginning of time.
    pub const fn minus(self, seconds: u64) -> Moment {
        let seconds = if seconds > i64::MAX as u64 { i64::MAX } else { seconds as i64 };
        Moment(self.0.saturating_sub(seconds))
    }

    /// Seconds from `earlier` to this moment; `None` when the clock went backwards.
    pub const fn since(self, earlier: Moment) -> Option<u64> {
        if self.0 < earlier.0 { None } else { Some(self.0.abs_diff(earlier.0)) }
    }

    /// Whether a real clock can have shown this: after 1970 and before the year 10000.
    pub const fn is_plausible(self) -> bool {
        self.0 > 0 && self.0 < 253_402_300_800
    }

    /// The year, UTC, of the proleptic Gregorian calendar.
    pub const fn year(self) -> i64 {
        // Days since 0000-03-01: eras of 400 years have 146,097 of them, and a year begun in March ends with the
        // leap day. From January on it is the next year.
        let days = self.0.div_euclid(DAY as i64) + 719_468;
        let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let of_years = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let day_of_year = of_era - (365 * of_years + of_years / 4 - of_years / 100);
        era * 400 + of_years + if day_of_year >= 306 { 1 } else { 0 }
    }

    /// Midnight UTC of a day of the proleptic Gregorian calendar; `None` when there is no such day.
    ///
    /// The count of days follows from 400 years having 146,097 days, with the year begun in March so that
    /// the leap day comes last.
    pub fn from_date(year: i64, month: u64, day: u64) -> Option<Moment> {
        const LENGTHS: [u64; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        let length = *LENGTHS.get(usize::try_from(month.checked_sub(1)?).ok()?)? + u64::from(leap && month == 2);
        if !(1..=9999).contains(&year) || day == 0 || day > length {
            return None;
        }
        let shifted = if month <= 2 { year - 1 } else { year };
        let (era, of_era) = (shifted.div_euclid(400), shifted.rem_euclid(400));
        let day_of_year = (153 * ((month as i64 + 9) % 12) + 2) / 5 + day as i64 - 1;
        let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + day_of_year - 719_468;
        Some(Moment(days * DAY as i64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_as_the_calendar_counts_them() {
        for (date, unix) in [
            ((1970, 1, 1), 0),
            ((2000, 2, 29), 951_782_400),
            ((2026, 11, 23), 1_795_392_000),
            ((1969, 12, 31), -86_400),
        ] {
            assert_eq!(Moment::from_date(date.0, date.1, date.2), Some(Moment(unix)), "{date:?}");
        }
        assert_eq!(Moment::from_date(2100, 2, 29), None);
        assert_eq!(Moment::from_date(2026, 13, 1), None);
        assert_eq!(Moment::from_date(2026, 0, 1), None);
    }

    #[test]
    fn years_end_when_they_end() {
        for year in [1, 1599, 1600, 1899, 1900, 1969, 1970, 1999, 2000, 2024, 2026, 2100, 9999] {
            let first = Moment::from_date(year, 1, 1).unwrap();
            let last = Moment::from_date(year, 12, 31).unwrap().plus(DAY - 1);
            assert_eq!((first.year(), last.year(), first.minus(1).year()), (year, year, year - 1));
            assert_eq!(Moment::from_date(year, 2, 28).unwrap().plus(DAY).year(), year);
        }
        assert!(Moment(i64::MAX).year() > 9999 && Moment(i64::MIN).year() < 0);
    }

    #[test]
    fn a_clock_that_went_backwards_has_no_span() {
        assert_eq!(Moment(10).since(Moment(11)), None);
        assert_eq!(Moment(i64::MAX).since(Moment(i64::MIN)), Some(u64::MAX));
    }
}
