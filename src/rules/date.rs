//! Rejects passwords that are mostly a date or a year.
//!
//! # Parameters
//! - `max_share` (50): how much of the password dates may be, in per cent of its code points, 0 to 99; 0 allows none.
//!
//! # Violations
//! - `date.most_of_it` {max_share}
//!
//! # Example
//! ```toml
//! [rules.date]
//! max_share = 30
//! ```
//!
//! # Why
//! A birthday is the commonest number that people have at hand; there are 37,000 days in a century, and a guesser of
//! eight digits begins with them.
//!
//! # Limits
//! A date is a day that there is, from 1900 to 2099: year, month, day, or day, month, year, or month, day, year; in
//! digits only, with the same sign (`/`, `\`, `_`, `.`, `-` or a space) between, or in Chinese (2026年11月23日); with
//! a year of two digits as well. A year with its month after it counts, and a year of four digits alone; in Chinese
//! also such years of two digits (90年), and a month with its day. With signs or in Chinese a number is not cut, but
//! for a year at the end. Names of months, digits other than those of ASCII and other calendars are not known.
//! Several dates that do not overlap count together, as many characters as can be, of the longest at each place. Of
//! random numbers of six digits one in seven is refused, of eight one in five.

use zeroize::Zeroizing;

use super::{Cost, Definition, Requirement, Rule};
use crate::candidate::{Candidate, CannotJudge, Facts, Findings, Note};
use crate::knowledge::calendar;
use crate::policy::Table;

pub(super) fn definition() -> Definition {
    Definition::built_in("date", ["date.most_of_it"], Cost::Walk, build)
}

struct Date {
    max_share: u64,
}

fn build(table: &mut Table<'_>) -> Option<Box<dyn Rule>> {
    Some(Box::new(Date { max_share: table.count("max_share", 50, 0..=99) }))
}

impl Rule for Date {
    fn check(&self, candidate: &Candidate, _: &Facts<'_>, findings: &mut Findings) -> Result<(), CannotJudge> {
        let dated = in_dates(candidate.text(), candidate.code_points()) as u64;
        if dated * 100 > self.max_share * candidate.code_points() as u64 {
            findings.refuse("date.most_of_it", &[("max_share", self.max_share)]);
        }
        Ok(())
    }

    fn explain(&self, candidate: &Candidate, _: &Facts<'_>) -> Result<Vec<Note>, CannotJudge> {
        let dated = in_dates(candidate.text(), candidate.code_points()) as u64;
        Ok(vec![Note::new("date.saw", &[("characters", dated)])])
    }

    fn requirements(&self) -> Vec<Requirement> {
        vec![Requirement::new("date.requirement", &[("max_share", self.max_share)])]
    }
}

/// How many characters stand in dates that do not overlap, as many as possible, of the longest at each place.
fn in_dates(text: &str, length: usize) -> usize {
    let mut characters = Zeroizing::new(Vec::with_capacity(length));
    characters.extend(text.chars());
    let mut most = vec![0; characters.len() + 1];
    for at in 0..characters.len() {
        most[at + 1] = most[at + 1].max(most[at]);
        let date = calendar::date_at(&characters, at);
        most[at + date] = most[at + date].max(most[at] + date);
    }
    most[characters.len()]
}
