//! Points in time. The engine has no clock: callers pass the current time to every function that needs it.

use ::time::{Date, Month, OffsetDateTime};

/// The number of seconds in a minute.
pub const MINUTE: u64 = 60;
/// The number of seconds in an hour.
pub const HOUR: u64 = 60 * MINUTE;
/// The number of seconds in a day.
pub const DAY: u64 = 24 * HOUR;

/// A point in time: whole seconds since 1970-01-01T00:00:00Z, without leap seconds (Unix time).
///
/// Zero and negative values can be represented, because a store may contain them, but [`Moment::is_plausible`] returns
/// `false` for them. Everything that expires checks that first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub struct Moment(i64);

impl Moment {
    /// Creates a moment from Unix time in seconds.
    pub const fn from_unix(seconds: i64) -> Moment {
        Moment(seconds)
    }

    /// Returns the Unix time in seconds.
    pub const fn unix(self) -> i64 {
        self.0
    }

    /// Adds `seconds`, saturating.
    pub const fn plus(self, seconds: u64) -> Moment {
        let seconds = if seconds > i64::MAX as u64 { i64::MAX } else { seconds as i64 };
        Moment(self.0.saturating_add(seconds))
    }

    /// Subtracts `seconds`, saturating.
    pub const fn minus(self, seconds: u64) -> Moment {
        let seconds = if seconds > i64::MAX as u64 { i64::MAX } else { seconds as i64 };
        Moment(self.0.saturating_sub(seconds))
    }

    /// Returns the seconds from `earlier` to this moment; `None` if `earlier` is later, as after a backward clock step.
    pub const fn since(self, earlier: Moment) -> Option<u64> {
        if self.0 < earlier.0 { None } else { Some(self.0.abs_diff(earlier.0)) }
    }

    /// Returns the age of something that happened at this moment, in seconds; `None` if this moment is not plausible or is
    /// more than a day after `now`, so that the age is unknown. A moment up to a day in the future has the age 0, because
    /// clocks differ.
    pub const fn age(self, now: Moment) -> Option<u64> {
        if !self.is_plausible() || self.0 > now.plus(DAY).0 {
            return None;
        }
        match now.since(self) {
            Some(age) => Some(age),
            None => Some(0),
        }
    }

    /// Returns whether this is a plausible wall-clock time: after 1970-01-01T00:00:00Z and before the year 10000.
    pub const fn is_plausible(self) -> bool {
        self.0 > 0 && self.0 < 253_402_300_800
    }

    /// Returns the year (UTC, proleptic Gregorian calendar), clamped to -9999..=9999.
    pub const fn year(self) -> i64 {
        match OffsetDateTime::from_unix_timestamp(self.0) {
            Ok(time) => time.year() as i64,
            Err(_) if self.0 < 0 => -9999,
            Err(_) => 9999,
        }
    }

    /// Returns midnight UTC of a date of the proleptic Gregorian calendar: years 1 to 9999, months 1 to 12, days from 1.
    /// Returns `None` if the date does not exist.
    pub fn from_date(year: i64, month: u64, day: u64) -> Option<Moment> {
        let year = i32::try_from(year).ok().filter(|year| (1..=9999).contains(year))?;
        let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
        let date = Date::from_calendar_date(year, month, u8::try_from(day).ok()?).ok()?;
        Some(Moment(date.midnight().assume_utc().unix_timestamp()))
    }

    /// Parses a date such as `2027-01-01`, which is midnight UTC, or a number of seconds since 1970. Returns `None` if the
    /// text is neither.
    pub fn parse(text: &str) -> Option<Moment> {
        if let Ok(seconds) = text.parse() {
            return Some(Moment(seconds));
        }
        let mut parts = text.split('-');
        let date = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        if parts.next().is_some() { None } else { Moment::from_date(date.0, date.1, date.2) }
    }

    /// Returns the date (UTC) as `2027-01-01`. Later dates than 9999-12-31 are clamped.
    pub fn to_date(self) -> String {
        let greatest = if self.0 < 0 { OffsetDateTime::UNIX_EPOCH } else { Date::MAX.midnight().assume_utc() };
        let time = OffsetDateTime::from_unix_timestamp(self.0).unwrap_or(greatest);
        format!("{:04}-{:02}-{:02}", time.year(), u8::from(time.month()), time.day())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn from_date_existing_or_invalid_date_matches_calendar() {
        for (date, unix) in [
            ((1970, 1, 1), 0),
            ((2000, 2, 29), 951_782_400),
            ((2026, 11, 23), 1_795_392_000),
            ((1969, 12, 31), -86_400),
        ] {
            assert_eq!(Moment::from_date(date.0, date.1, date.2), Some(Moment(unix)), "{date:?}");
            assert_eq!(Moment(unix).to_date(), format!("{:04}-{:02}-{:02}", date.0, date.1, date.2));
        }
        assert_eq!(Moment::from_date(2100, 2, 29), None);
        assert_eq!(Moment::from_date(2026, 13, 1), None);
        assert_eq!(Moment::from_date(2026, 0, 1), None);
    }

    #[test]
    fn year_at_year_boundaries_changes_at_midnight() {
        for year in [1, 1599, 1600, 1899, 1900, 1969, 1970, 1999, 2000, 2024, 2026, 2100, 9999] {
            let first = Moment::from_date(year, 1, 1).unwrap();
            let last = Moment::from_date(year, 12, 31).unwrap().plus(DAY - 1);
            assert_eq!((first.year(), last.year(), first.minus(1).year()), (year, year, year - 1));
            assert_eq!(Moment::from_date(year, 2, 28).unwrap().plus(DAY).year(), year);
        }
        assert_eq!((Moment(i64::MAX).year(), Moment(i64::MIN).year()), (9999, -9999));
    }

    #[test]
    fn parse_accepts_dates_and_seconds() {
        assert_eq!(Moment::parse("2026-11-23"), Some(Moment(1_795_392_000)));
        assert_eq!(Moment::parse("-1"), Some(Moment(-1)));
        for invalid in ["", "2026-11", "2026-11-23-1", "2026-02-30", "today", "1.5"] {
            assert_eq!(Moment::parse(invalid), None, "{invalid}");
        }
    }

    #[test]
    fn age_is_unknown_for_times_that_cannot_be_correct() {
        let now = Moment(1_795_392_000);
        assert_eq!(now.minus(5).age(now), Some(5));
        assert_eq!(now.plus(DAY).age(now), Some(0));
        assert_eq!(now.plus(DAY + 1).age(now), None);
        assert_eq!(Moment(0).age(now), None);
    }

    #[test]
    fn since_later_moment_is_none() {
        assert_eq!(Moment(10).since(Moment(11)), None);
        assert_eq!(Moment(i64::MAX).since(Moment(i64::MIN)), Some(u64::MAX));
    }
}
