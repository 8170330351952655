//! The counts of a simulation, and adding one password to them.
//!
//! Two measurements are expensive and are made for a sample of the lines: the CPU time of each rule, and the estimated
//! number of guesses, unless a rule of the policy estimates it. Whether a line is in the sample depends on its number only. The sample becomes sparser as the list grows, so
//! that a short list is measured completely and a long one costs little more.

use std::time::Duration;

use kouling::analysis::{Comparison, Histogram, Tally};
use kouling::knowledge::strength;
use kouling::{CannotJudge, Facts, Outcome, Policy};

use super::Simulation;
use super::clock::{CpuTime, cpu_time};
use super::entry::line_user;

/// The first level of the sample has all of this many lines. Each further level reaches four times as far, with one in
/// four of the lines of the level before. The last level has no end.
const HEAD: u64 = 2048;
const LEVELS: u32 = 6;

/// Whether a line is in the sample at a level.
fn is_sampled(number: u64, level: u32) -> bool {
    number.is_multiple_of(one_in(level)) && (level + 1 == LEVELS || number < HEAD * one_in(level))
}

/// The sample of a level has one in this many lines.
fn one_in(level: u32) -> u64 {
    4_u64.pow(level)
}

/// Longer passwords share one bucket.
const MAX_LENGTH: usize = 64;
/// Higher powers of ten share one bucket.
const MAX_POWER: usize = 20;

/// All counts of a simulation.
pub(crate) struct Counts {
    pub(crate) lines: u64,
    pub(crate) tally: Tally,
    pub(crate) against: Option<Against>,
    /// By length in code points, before normalization.
    pub(crate) lengths: Histogram,
    /// By the power of ten of the guesses, at each level of the sample: those that the policy's `strength` rule estimated,
    /// or else those of the built-in estimator.
    strengths: Vec<Histogram>,
}

/// The counts for a second policy, and the differences between the two.
pub(crate) struct Against {
    pub(crate) tally: Tally,
    pub(crate) comparison: Comparison,
}

impl Counts {
    pub(super) fn new(simulation: &Simulation<'_>) -> Counts {
        Counts {
            lines: 0,
            tally: Tally::new(simulation.policy),
            against: simulation.against.map(|against| Against {
                tally: Tally::new(against),
                comparison: Comparison::new(simulation.policy, against),
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

    /// The histogram of guesses, and the N of the sample: one line in N.
    pub(crate) fn strengths(&self) -> (Option<&Histogram>, u64) {
        let reaches = |level: &u32| self.lines <= HEAD * one_in(*level);
        let level = (0..LEVELS).find(reaches).unwrap_or(LEVELS - 1);
        (self.strengths.get(level as usize), one_in(level))
    }

    /// Evaluates a line and counts the result.
    pub(super) fn add(&mut self, simulation: &Simulation<'_>, number: u64, line: &[u8], clock_cost: Duration) {
        let Some(entry) = simulation.format.parse(line) else {
            // Several passes over a list count a line once.
            if simulation.of_users.is_some_and(|users| !users.is_first) {
                return;
            }
            self.lines += 1;
            self.tally.add_unreadable("bad_line", 1);
            if let Some(against) = &mut self.against {
                against.tally.add_unreadable("bad_line", 1);
                against.comparison.add_error(1);
            }
            return;
        };
        let (password, weight) = (entry.password.bytes(), entry.weight);
        let line_user = line_user(entry.user, simulation.person.user());
        let mut facts = simulation.person.facts();
        if let Some((user, previous)) = &line_user {
            facts = Facts { user, previous, ..facts };
        }
        match simulation.of_users.map(|users| (users, users.set.select(facts.user))) {
            Some((_, Ok(selected))) if !std::ptr::eq(selected.policy().as_ref(), simulation.policy) => return,
            Some((users, Err(error))) => {
                if users.is_first {
                    self.lines += 1;
                    self.tally.add_error(error.kind(), weight);
                    if let Some(against) = &mut self.against {
                        against.tally.add_error(error.kind(), weight);
                        against.comparison.add_error(weight);
                    }
                }
                return;
            }
            _ => self.lines += 1,
        }
        let sampled = (0..LEVELS).any(|level| is_sampled(number, level));
        let clock = sampled.then_some(clock_cost);
        let outcome = evaluate(simulation.policy, password, &facts, &mut self.tally, clock, weight);
        if let (Some(against), Some(policy)) = (&mut self.against, simulation.against) {
            let other = evaluate(policy, password, &facts, &mut against.tally, clock, weight);
            match (&outcome, &other) {
                (Ok(outcome), Ok(other)) => against.comparison.add(outcome, other, weight),
                _ => against.comparison.add_error(weight),
            }
        }
        if let Ok(outcome) = outcome {
            let code_points = password.iter().filter(|byte| **byte & 0xc0 != 0x80).count();
            self.lengths.add(code_points, !outcome.accepted(), weight);
            if sampled {
                self.add_strength(simulation, number, password, &facts, &outcome, weight);
            }
        }
    }

    fn add_strength(
        &mut self,
        simulation: &Simulation<'_>,
        number: u64,
        password: &[u8],
        facts: &Facts<'_>,
        outcome: &Outcome,
        weight: u64,
    ) {
        let estimated = outcome.guesses_log10().or_else(|| {
            let candidate = simulation.policy.prepare(password).ok()?;
            Some(strength::estimate(candidate.text(), &[], facts.now.year() as i32).guesses_log10)
        });
        let Some(guesses_log10) = estimated else { return };
        let (power, refused) = (guesses_log10 as usize, !outcome.accepted());
        for (level, strengths) in (0..).zip(&mut self.strengths) {
            if is_sampled(number, level) {
                strengths.add(power, refused, weight);
            }
        }
    }
}

/// Evaluates a password with every rule and counts the outcome. With `clock_cost`, also measures the CPU time of each rule.
fn evaluate(
    policy: &Policy,
    password: &[u8],
    facts: &Facts<'_>,
    tally: &mut Tally,
    clock_cost: Option<Duration>,
    weight: u64,
) -> Result<Outcome, CannotJudge> {
    let result = match clock_cost {
        None => policy.evaluate_all(password, facts, &mut |_| {}),
        Some(cost) => {
            let mut last = cpu_time();
            policy.evaluate_all(password, facts, &mut |place| {
                let took = elapsed(last).saturating_sub(cost);
                if let Some(place) = place {
                    tally.add_time(place, took.as_nanos() as u64);
                }
                last = cpu_time();
            })
        }
    };
    match &result {
        Ok(outcome) => tally.add(outcome, weight),
        Err(error) => tally.add_error(error.kind(), weight),
    }
    result
}

/// The duration of reading the clock, which is subtracted from each measurement.
pub(super) fn clock_cost() -> Duration {
    (0..1000).map(|_| elapsed(cpu_time())).min().unwrap_or_default()
}

fn elapsed(before: CpuTime) -> Duration {
    cpu_time().saturating_sub(before)
}
