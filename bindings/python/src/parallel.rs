//! Evaluation of a batch of passwords on several threads.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use kouling::analysis::Tally;
use kouling::candidate::CannotJudgeKind;
use kouling::{CannotJudge, Facts};
use pyo3::prelude::*;

/// Number of passwords that a thread takes at once.
const CHUNK: usize = 64;
/// Interval at which the calling thread handles signals.
const SIGNAL_INTERVAL: Duration = Duration::from_millis(50);

/// The collected results of many evaluations.
pub(crate) enum ManyReport {
    /// Whether each password is accepted, in order.
    Accepted(Vec<bool>),
    /// The violation codes of each password, in order.
    Codes(Vec<Vec<String>>),
    /// The number of passwords per outcome, rule and code.
    Counts(Box<Tally>),
}

impl ManyReport {
    /// Creates an empty report. Returns `None` if the name is unknown.
    pub(crate) fn from_name(name: &str, policy: &kouling::Policy) -> Option<ManyReport> {
        match name {
            "accepted" => Some(ManyReport::Accepted(Vec::new())),
            "codes" => Some(ManyReport::Codes(Vec::new())),
            "counts" => Some(ManyReport::Counts(Box::new(Tally::new(policy)))),
            _ => None,
        }
    }

    /// Creates an empty report of the same type.
    fn new_empty(&self, policy: &kouling::Policy) -> ManyReport {
        match self {
            ManyReport::Accepted(_) => ManyReport::Accepted(Vec::new()),
            ManyReport::Codes(_) => ManyReport::Codes(Vec::new()),
            ManyReport::Counts(_) => ManyReport::Counts(Box::new(Tally::new(policy))),
        }
    }

    /// Evaluates a password, no further than this report needs, and adds the result.
    fn evaluate(
        &mut self,
        policy: &kouling::Policy,
        password: &[u8],
        facts: &Facts<'_>,
    ) -> Result<(), CannotJudge> {
        match self {
            // The first violation decides.
            ManyReport::Accepted(flags) => flags.push(policy.evaluate_until_refused(password, facts)?.accepted()),
            ManyReport::Codes(codes) => {
                let outcome = policy.evaluate(password, facts)?;
                codes.push(outcome.violations().map(|violation| violation.code().to_owned()).collect());
            }
            ManyReport::Counts(tally) => match policy.evaluate_all(password, facts, &mut |_| {}) {
                Ok(outcome) => tally.add(&outcome, 1),
                // Invalid text concerns this password only. Any other error would affect the other passwords too, and
                // the counts would be meaningless.
                Err(error) if matches!(error.kind(), CannotJudgeKind::NotUtf8 | CannotJudgeKind::Nul) => {
                    tally.add_error(error.kind(), 1);
                }
                Err(error) => return Err(error),
            },
        }
        Ok(())
    }

    /// Appends a report of the same type.
    pub(crate) fn append(&mut self, next: ManyReport) {
        match (self, next) {
            (ManyReport::Accepted(flags), ManyReport::Accepted(next)) => flags.extend(next),
            (ManyReport::Codes(codes), ManyReport::Codes(next)) => codes.extend(next),
            (ManyReport::Counts(tally), ManyReport::Counts(next)) => tally.merge(&next),
            _ => {}
        }
    }
}

/// Why the evaluation of a batch stopped early.
pub(crate) enum Stopped {
    /// The password at this index of the batch could not be evaluated.
    CannotJudge(usize, CannotJudge),
    /// The handler of a signal raised an exception.
    Signal(PyErr),
}

/// Handles signals on the calling thread at intervals.
struct SignalCheck {
    last: Instant,
}

impl SignalCheck {
    fn poll(&mut self) -> PyResult<()> {
        if self.last.elapsed() < SIGNAL_INTERVAL {
            return Ok(());
        }
        let handled = Python::attach(|py| py.check_signals());
        self.last = Instant::now();
        handled
    }
}

/// Evaluates `count` passwords on up to `threads` threads, including the calling one. Results keep the order of the
/// passwords.
///
/// # Errors
/// The error of the first password, by index, that could not be evaluated. This does not depend on thread scheduling.
pub(crate) fn evaluate_batch<'b>(
    policy: &kouling::Policy,
    facts: &Facts<'_>,
    report: &ManyReport,
    threads: usize,
    count: usize,
    password_at: impl Fn(usize) -> &'b [u8] + Sync,
) -> Result<ManyReport, Stopped> {
    let chunks = count.div_ceil(CHUNK);
    let next_chunk = AtomicUsize::new(0);
    // Passwords from this index on need no evaluation, because one before it failed.
    let end = AtomicUsize::new(count);
    let evaluate_chunk = |chunk: usize, mut signals: Option<&mut SignalCheck>| -> Result<ManyReport, Stopped> {
        let mut results = report.new_empty(policy);
        for index in chunk * CHUNK..count.min((chunk + 1) * CHUNK) {
            if index >= end.load(Ordering::Relaxed) {
                break;
            }
            signals.as_mut().map_or(Ok(()), |signals| signals.poll()).map_err(Stopped::Signal)?;
            let evaluated = results.evaluate(policy, password_at(index), facts);
            evaluated.map_err(|error| Stopped::CannotJudge(index, error))?;
        }
        Ok(results)
    };
    let run_thread = |mut signals: Option<SignalCheck>| {
        let mut done = Vec::new();
        let stopped = loop {
            let chunk = next_chunk.fetch_add(1, Ordering::Relaxed);
            if chunk >= chunks {
                break None;
            }
            match evaluate_chunk(chunk, signals.as_mut()) {
                Ok(results) => done.push((chunk, results)),
                Err(stopped) => {
                    let index = if let Stopped::CannotJudge(index, _) = stopped { index } else { 0 };
                    end.fetch_min(index, Ordering::Relaxed);
                    break Some(stopped);
                }
            }
        };
        (done, stopped)
    };
    let threads = std::thread::scope(|scope| {
        let spawned: Vec<_> = (1..threads.min(chunks)).map(|_| scope.spawn(|| run_thread(None))).collect();
        let mut results = vec![run_thread(Some(SignalCheck { last: Instant::now() }))];
        for thread in spawned {
            results.push(thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        results
    });
    let mut chunks = Vec::new();
    let mut first: Option<Stopped> = None;
    for (done, stopped) in threads {
        chunks.extend(done);
        first = match (first, stopped) {
            (Some(Stopped::CannotJudge(index, _)), Some(Stopped::CannotJudge(other, error))) if other < index => {
                Some(Stopped::CannotJudge(other, error))
            }
            (None, stopped) => stopped,
            // Only the calling thread, which comes first, handles signals.
            (first, _) => first,
        };
    }
    if let Some(stopped) = first {
        return Err(stopped);
    }
    chunks.sort_unstable_by_key(|(chunk, _)| *chunk);
    let mut results = report.new_empty(policy);
    chunks.into_iter().for_each(|(_, next)| results.append(next));
    Ok(results)
}
