//! The rule kind `date`.

use zeroize::Zeroizing;

use super::{Code, Cost, Definition, Documentation, Requirement, Rule};
use crate::candidate::{Candidate, CannotJudge, Facts, Findings, Note};
use crate::knowledge::calendar;
use crate::policy::parameter::Count;
use crate::policy::{Declared, Stricter, Table};

static DOCUMENTATION: Documentation = Documentation {
    summary: "Rejects passwords that consist mostly of a date or a year.",
    codes: &[Code::new("date.most_of_it", &["max_share"])],
    example: "\
[rules.date]
max_share = 30",
    why: "\
A birthday is the number that most users remember. A century has only 37,000 days, and an attacker who guesses eight
digits begins with them.",
    limits: "\
A date is a valid day from 1900 to 2099, in the order year, month, day; day, month, year; or month, day, year. It
consists of digits only, of digits with the same separator (`/`, `\\`, `_`, `.`, `-` or a space), or of Chinese units
(2026年11月23日). The year can have two digits. A year with a month counts, and so does a year of four digits alone. With
Chinese units, a year of two digits (90年) and a month with a day count as well. With separators or Chinese units, a date
must not continue into further digits, except for a year at its end. Names of months, digits outside ASCII and other
calendars are not recognized.

Dates that do not overlap are added: as many characters as possible, from the longest date at each position. The rule
rejects one in seven random numbers of six digits, and one in five of eight digits.",
};

const MAX_SHARE: Declared<Count> = Declared::count("max_share", 50, 0..=99)
    .unit("per cent")
    .stricter(Stricter::Lower)
    .doc("The maximum share of dates in the code points of the password. 0 allows no date.");

pub(super) fn definition() -> Definition {
    Definition::built_in("date", Cost::Walk, &DOCUMENTATION, vec![MAX_SHARE.parameter()], build)
}

struct Date {
    max_share: u64,
}

fn build(table: &mut Table<'_>) -> Option<Box<dyn Rule>> {
    Some(Box::new(Date { max_share: table.read(&MAX_SHARE) }))
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
        Ok(vec![Note::new("date.observed", &[("characters", dated)])])
    }

    fn requirements(&self) -> Vec<Requirement> {
        vec![Requirement::new("date.requirement", &[("max_share", self.max_share)])]
    }
}

/// Returns the maximum number of characters in dates that do not overlap. Only the longest date at each position counts.
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
