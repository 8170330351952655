//! What is counted of a corpus, and how one password is added to it.
//!
//! Two things are dear and are done for a sample only, which depends on the number of the line and on nothing else: the
//! time of each rule, and the estimate of guesses. The sample thins out as the corpus grows, so that a small one is looked
//! at as a whole and a large one costs little more.

use std::time::{Duration, Instant};

use kouling::analysis::{Comparison, Histogram, Tally};
use kouling::knowledge::strength;
use kouling::{CannotJudge, Facts, Outcome, Policy};

use super::Simulation;
use super::entry::whose;

/// At the first level of the sample so many lines are all in it; each further level reaches four times as far with one
/// line in four of the one before, and the last one reaches to the end.
const HEAD: u64 = 2048;
const LEVELS: u32 = 6;

/// Whether a line is in the sample at a level.
fn is_sampled(number: u64, level: u32) -> bool {
    number.is_multiple_of(one_in(level)) && (level + 1 == LEVELS || number < HEAD * one_in(level))
}

/// Of how many lines one is in the sample at a level.
fn one_in(level: u32) -> u64 {
    4_u64.pow(level)
}

/// Greater lengths stand in one bucket.
const MAX_LENGTH: usize = 64;
/// Greater powers of ten stand in one bucket.
const MAX_POWER: usize = 20;

/// Everything that is counted.
pub(crate) struct Counts {
    pub(crate) lines: u64,
    pub(crate) tally: Tally,
    pub(crate) against: Option<Against>,
    /// By length in code points, as received.
    pub(crate) lengths: Histogram,
    /// By the power of ten of the guesses, at each level of the sample.
    strengths: Vec<Histogram>,
}

/// What another policy says about the same corpus, and where the two differ.
pub(crate) struct Against {
    pub(crate) tally: Tally,
    pub(crate) comparison: Comparison,
}

impl Counts {
    pub(super) fn new(of: &Simulation<'_>) -> Counts {
        Counts {
            lines: 0,
            tally: Tally::new(of.policy),
            against: of.against.map(|against| Against {
                tally: Tally::new(against),
                comparison: Comparison::new(of.policy, against),
            }),
            lengths: Histogram::new(MAX_LENGTH),
            strengths: vec![Histogram::new(MAX_POWER); LEVELS as usize],
        }
    }

    pub(super) fn merge(&mut self, other: &Counts) {
        self.lines += other.lines;
        self.tally.merge(&other.tally);
        if let (Some(against), Some(more)) = (&mut self.against, &other.against) {
            against.tally.merge(&more.tally);
            against.comparison.merge(&more.comparison);
        }
        self.lengths.merge(&other.lengths);
        self.strengths.iter_mut().zip(&other.strengths).for_each(|(strengths, more)| strengths.merge(more));
    }

    /// The histogram of guesses, and of one line in how many it is.
    pub(crate) fn strengths(&self) -> (Option<&Histogram>, u64) {
        let reaches = |level: &u32| self.lines <= HEAD * one_in(*level);
        let level = (0..LEVELS).find(reaches).unwrap_or(LEVELS - 1);
        (self.strengths.get(level as usize), one_in(level))
    }

    /// Judges a line and counts it.
    pub(super) fn add(&mut self, of: &Simulation<'_>, number: u64, line: &[u8], clock_cost: Duration) {
        self.lines += 1;
        let Some(entry) = of.form.read(line) else {
            self.tally.add_unreadable("bad_line", 1);
            if let Some(against) = &mut self.against {
                against.tally.add_unreadable("bad_line", 1);
                against.comparison.add_error(1);
            }
            return;
        };
        let (password, weight) = (entry.password.bytes(), entry.weight);
        let whose = whose(entry.user, of.known.user());
        let mut facts = of.known.facts();
        if let Some((user, previous)) = &whose {
            facts = Facts { user, previous, ..facts };
        }
        let sampled = (0..LEVELS).any(|level| is_sampled(number, level));
        let clock = sampled.then_some(clock_cost);
        let outcome = judge(of.policy, password, &facts, &mut self.tally, clock, weight);
        if let (Some(against), Some(policy)) = (&mut self.against, of.against) {
            let other = judge(policy, password, &facts, &mut against.tally, clock, weight);
            match (&outcome, &other) {
                (Ok(outcome), Ok(other)) => against.comparison.add(outcome, other, weight),
                _ => against.comparison.add_error(weight),
            }
        }
        if let Ok(outcome) = outcome {
            let code_points = password.iter().filter(|byte| **byte & 0xc0 != 0x80).count();
            self.lengths.add(code_points, !outcome.accepted(), weight);
            if sampled {
                self.add_strength(of, number, password, &facts, &outcome, weight);
            }
        }
    }

    fn add_strength(
        &mut self,
        of: &Simulation<'_>,
        number: u64,
        password: &[u8],
        facts: &Facts<'_>,
        outcome: &Outcome,
        weight: u64,
    ) {
        let Ok(candidate) = of.policy.prepare(password) else { return };
        let estimate = strength::estimate(candidate.text(), &[], facts.now.year() as i32);
        let (power, refused) = (estimate.guesses_log10 as usize, !outcome.accepted());
        for (level, strengths) in (0..).zip(&mut self.strengths) {
            if is_sampled(number, level) {
                strengths.add(power, refused, weight);
            }
        }
    }
}

/// Judges a password by every rule and counts the outcome; with a clock, also how long each rule takes.
fn judge(
    policy: &Policy,
    password: &[u8],
    facts: &Facts<'_>,
    tally: &mut Tally,
    clock_cost: Option<Duration>,
    weight: u64,
) -> Result<Outcome, CannotJudge> {
    let judged = match clock_cost {
        None => policy.evaluate_all(password, facts, &mut |_| {}),
        Some(cost) => {
            let mut last = Instant::now();
            policy.evaluate_all(password, facts, &mut |place| {
                let took = last.elapsed().saturating_sub(cost);
                if let Some(place) = place {
                    tally.add_time(place, took.as_nanos() as u64);
                }
                last = Instant::now();
            })
        }
    };
    match &judged {
        Ok(outcome) => tally.add(outcome, weight),
        Err(error) => tally.add_error(error.kind(), weight),
    }
    judged
}

/// What it takes to look at the clock: to be taken off each time.
pub(super) fn clock_cost() -> Duration {
    let look = |_| {
        let before = Instant::now();
        before.elapsed()
    };
    (0..1000).map(look).min().unwrap_or_default()
}
