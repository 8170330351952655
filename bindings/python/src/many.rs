//! Many passwords at once, on every core: what an audit asks.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use kouling::analysis::Tally;
use kouling::candidate::CannotJudgeKind;
use kouling::{CannotJudge, Facts};
use pyo3::buffer::PyBuffer;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};
use zeroize::Zeroizing;

use crate::errors::{cannot_judge_for, forget_raised, take_raised};
use crate::facts::{FactArgs, OwnedFacts};
use crate::input::secret;
use crate::policy::{Policy, to_python};

/// So many passwords are taken before the interpreter is let go of.
const AT_ONCE: usize = 16_384;
/// A thread takes so many at a time.
const PORTION: usize = 64;

/// What is kept of the outcomes: the answers in order, or how many there are of each.
enum ManyReport {
    Accepted(Vec<bool>),
    Codes(Vec<Vec<String>>),
    Counts(Box<Tally>),
}

impl ManyReport {
    /// By the name of the report; nothing is kept yet.
    fn named(report: &str, policy: &kouling::Policy) -> Option<ManyReport> {
        match report {
            "accepted" => Some(ManyReport::Accepted(Vec::new())),
            "codes" => Some(ManyReport::Codes(Vec::new())),
            "counts" => Some(ManyReport::Counts(Box::new(Tally::new(policy)))),
            _ => None,
        }
    }

    /// The same, with nothing in it yet.
    fn another(&self, policy: &kouling::Policy) -> ManyReport {
        match self {
            ManyReport::Accepted(_) => ManyReport::Accepted(Vec::new()),
            ManyReport::Codes(_) => ManyReport::Codes(Vec::new()),
            ManyReport::Counts(_) => ManyReport::Counts(Box::new(Tally::new(policy))),
        }
    }

    /// Judges a password as thoroughly as the report needs it.
    fn judge(&mut self, policy: &kouling::Policy, password: &[u8], facts: &Facts<'_>) -> Result<(), CannotJudge> {
        match self {
            // Where only yes or no is asked, the first violation is enough.
            ManyReport::Accepted(flags) => flags.push(policy.evaluate_until_refused(password, facts)?.accepted()),
            ManyReport::Codes(codes) => {
                let outcome = policy.evaluate(password, facts)?;
                codes.push(outcome.violations().map(|judged| judged.code().to_owned()).collect());
            }
            ManyReport::Counts(tally) => match policy.evaluate_all(password, facts, &mut |_| {}) {
                Ok(outcome) => tally.add(&outcome, 1),
                // What is no text is so under every policy and is counted as such. Another error would befall the
                // other passwords as well, and would make a count of nothing.
                Err(error) if matches!(error.kind(), CannotJudgeKind::NotUtf8 | CannotJudgeKind::Nul) => {
                    tally.add_error(error.kind(), 1);
                }
                Err(error) => return Err(error),
            },
        }
        Ok(())
    }

    /// Takes what comes next: the two are of one report.
    fn add(&mut self, next: ManyReport) {
        match (self, next) {
            (ManyReport::Accepted(flags), ManyReport::Accepted(next)) => flags.extend(next),
            (ManyReport::Codes(codes), ManyReport::Codes(next)) => codes.extend(next),
            (ManyReport::Counts(tally), ManyReport::Counts(next)) => tally.merge(&next),
            _ => {}
        }
    }
}

/// Why a batch was not judged to its end.
enum Stopped {
    /// The password of this number cannot be judged; and what a callback raised.
    CannotJudge(usize, CannotJudge, Option<PyErr>),
    /// A signal was handled, and its handler raised.
    Raised(PyErr),
}

/// Looks now and then for signals, on the thread that called.
struct Watch {
    looked: Instant,
}

impl Watch {
    fn look(&mut self) -> PyResult<()> {
        if self.looked.elapsed() < Duration::from_millis(50) {
            return Ok(());
        }
        let seen = Python::attach(|py| py.check_signals());
        self.looked = Instant::now();
        seen
    }
}

/// Judges a batch on several threads, of which the caller's is one; the order is kept. Of several that cannot be judged
/// the first is told, however the threads ran.
fn judge<'b>(
    policy: &kouling::Policy,
    facts: &Facts<'_>,
    report: &ManyReport,
    threads: usize,
    count: usize,
    at: impl Fn(usize) -> &'b [u8] + Sync,
) -> Result<ManyReport, Stopped> {
    let portions = count.div_ceil(PORTION);
    let next = AtomicUsize::new(0);
    // Nothing from this number on need be judged: one before it could not be.
    let end = AtomicUsize::new(count);
    let portion = |portion: usize, mut watch: Option<&mut Watch>| -> Result<ManyReport, Stopped> {
        let mut kept = report.another(policy);
        for index in portion * PORTION..count.min((portion + 1) * PORTION) {
            if index >= end.load(Ordering::Relaxed) {
                break;
            }
            watch.as_mut().map_or(Ok(()), |watch| watch.look()).map_err(Stopped::Raised)?;
            let judged = kept.judge(policy, at(index), facts);
            judged.map_err(|error| Stopped::CannotJudge(index, error, take_raised()))?;
        }
        Ok(kept)
    };
    let work = |mut watch: Option<Watch>| {
        let mut done = Vec::new();
        let stopped = loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= portions {
                break None;
            }
            match portion(number, watch.as_mut()) {
                Ok(kept) => done.push((number, kept)),
                Err(stopped) => {
                    let at = if let Stopped::CannotJudge(at, ..) = stopped { at } else { 0 };
                    end.fetch_min(at, Ordering::Relaxed);
                    break Some(stopped);
                }
            }
        };
        forget_raised();
        (done, stopped)
    };
    let each = std::thread::scope(|scope| {
        let others = 1..threads.min(portions);
        let others: Vec<_> = others.map(|_| scope.spawn(|| work(None))).collect();
        let mut each = vec![work(Some(Watch { looked: Instant::now() }))];
        for other in others {
            each.push(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        each
    });
    let mut all = Vec::new();
    let mut first: Option<Stopped> = None;
    for (done, stopped) in each {
        all.extend(done);
        first = match (first, stopped) {
            (Some(Stopped::CannotJudge(one, ..)), Some(Stopped::CannotJudge(other, error, raised)))
                if other < one =>
            {
                Some(Stopped::CannotJudge(other, error, raised))
            }
            (None, stopped) => stopped,
            (first, _) => first, // a signal is seen by the caller's thread, which comes first
        };
    }
    if let Some(stopped) = first {
        return Err(stopped);
    }
    all.sort_unstable_by_key(|(portion, _)| *portion);
    let mut kept = report.another(policy);
    all.into_iter().for_each(|(_, next)| kept.add(next));
    Ok(kept)
}

/// The bytes of a password. One with lone surrogates is no text, which is for the judgement to say, and not for the list to
/// end at.
fn one_of_many(given: &Bound<'_, PyAny>) -> PyResult<Zeroizing<Vec<u8>>> {
    let surrogates = given.cast::<PyString>().is_ok_and(|text| text.to_str().is_err());
    if surrogates { Ok(Zeroizing::new(vec![0xff])) } else { secret(given) }
}

/// One evaluation of many, batch by batch. Private: `Policy.evaluate_many` is in Python.
struct Run {
    known: OwnedFacts,
    kept: ManyReport,
    threads: usize,
    done: u64,
}

impl Run {
    fn new(policy: &Policy, report: &str, threads: Option<usize>, known: OwnedFacts) -> PyResult<Run> {
        let Some(kept) = ManyReport::named(report, &policy.policy) else {
            return Err(PyValueError::new_err("`report` is \"accepted\", \"codes\" or \"counts\""));
        };
        let cores = || std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let threads = threads.unwrap_or_else(cores).clamp(1, 256);
        Ok(Run { known, kept, threads, done: 0 })
    }

    fn batch<'b>(
        &mut self,
        py: Python<'_>,
        policy: &Policy,
        count: usize,
        at: impl Fn(usize) -> &'b [u8] + Sync + Send,
    ) -> PyResult<()> {
        let judged = py.detach(|| judge(&policy.policy, &self.known.facts(), &self.kept, self.threads, count, at));
        self.kept.add(judged.map_err(|stopped| self.raised(py, stopped))?);
        self.done += u64::try_from(count).unwrap_or(u64::MAX);
        py.check_signals()
    }

    /// Which one could not be judged, a note of the exception tells: a password is not shown.
    fn raised(&self, py: Python<'_>, stopped: Stopped) -> PyErr {
        match stopped {
            Stopped::Raised(raised) => raised,
            Stopped::CannotJudge(index, error, cause) => {
                let raised = cannot_judge_for(py, &error, cause);
                let index = u64::try_from(index).unwrap_or(u64::MAX).saturating_add(self.done);
                let note = format!("it is the password at index {index}");
                match raised.value(py).call_method1("add_note", (note,)) {
                    Ok(_) => raised,
                    Err(error) => error,
                }
            }
        }
    }

    fn answer<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        match self.kept {
            ManyReport::Accepted(flags) => Ok(flags.into_pyobject(py)?.into_any()),
            ManyReport::Codes(codes) => Ok(codes.into_pyobject(py)?.into_any()),
            ManyReport::Counts(tally) => to_python(py, &tally.to_json()),
        }
    }
}

/// The texts of one Arrow array: where each begins and ends in the data, and whether it is there.
struct Texts {
    data: Zeroizing<Vec<u8>>,
    offsets: Vec<usize>,
}

impl Texts {
    /// Of buffers as Arrow has them: `width` is that of an offset, 4 or 8 bytes. Both are copied as a whole.
    fn read(py: Python<'_>, offsets: &Bound<'_, PyAny>, width: usize, data: &Bound<'_, PyAny>) -> PyResult<Texts> {
        let offsets = PyBuffer::<u8>::get(offsets)?.to_vec(py)?;
        let data = Zeroizing::new(PyBuffer::<u8>::get(data)?.to_vec(py)?);
        let wide = |bytes: &[u8]| match width {
            4 => bytes.try_into().ok().map(|bytes| i64::from(i32::from_le_bytes(bytes))),
            _ => bytes.try_into().ok().map(i64::from_le_bytes),
        };
        let each =
            offsets.chunks_exact(width).map(|bytes| wide(bytes).and_then(|offset| usize::try_from(offset).ok()));
        let offsets = each.collect::<Option<Vec<_>>>().unwrap_or_default();
        let ordered = offsets.windows(2).all(|pair| pair[0] <= pair[1]);
        // The first need not be nought: a slice begins where it likes.
        let first = offsets.first().copied().unwrap_or(0);
        let within = ordered && offsets.last().is_some_and(|last| last - first <= data.len());
        if !within {
            return Err(PyValueError::new_err("the offsets of the Arrow array are none"));
        }
        Ok(Texts { data, offsets: offsets.iter().map(|offset| offset - first).collect() })
    }

    fn at(&self, index: usize) -> &[u8] {
        &self.data[self.offsets[index]..self.offsets[index + 1]]
    }
}

#[pymethods]
impl Policy {
    /// Judges an iterable of passwords. See `kouling.evaluate_many`.
    #[pyo3(signature = (passwords, report, threads, progress, user, previous, verifier, now))]
    #[expect(clippy::too_many_arguments, reason = "they are Python's keywords")]
    fn _evaluate_iterable<'py>(
        &self,
        py: Python<'py>,
        passwords: &Bound<'py, PyAny>,
        report: &str,
        threads: Option<usize>,
        progress: Option<&Bound<'py, PyAny>>,
        user: Option<&Bound<'py, PyAny>>,
        previous: Option<&Bound<'py, PyAny>>,
        verifier: Option<&Bound<'py, PyAny>>,
        now: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        if passwords.is_instance_of::<PyString>() || passwords.is_instance_of::<PyBytes>() {
            return Err(PyTypeError::new_err("`passwords` are several, not one"));
        }
        let known = OwnedFacts::read(&FactArgs { user, previous, verifier, now, current: None })?;
        let mut run = Run::new(self, report, threads, known)?;
        let mut batch: Vec<Zeroizing<Vec<u8>>> = Vec::with_capacity(AT_ONCE);
        let mut passwords = passwords.try_iter()?;
        loop {
            batch.clear();
            for password in passwords.by_ref().take(AT_ONCE) {
                batch.push(one_of_many(&password?)?);
            }
            if batch.is_empty() {
                return run.answer(py);
            }
            run.batch(py, self, batch.len(), |index| batch[index].as_slice())?;
            if let Some(progress) = progress {
                progress.call1((run.done,))?;
            }
        }
    }

    /// Judges the texts of Arrow arrays: triples of offsets, width of an offset, data.
    #[pyo3(signature = (arrays, report, threads, progress, user, previous, verifier, now))]
    #[expect(clippy::too_many_arguments, reason = "they are Python's keywords")]
    fn _evaluate_arrow<'py>(
        &self,
        py: Python<'py>,
        arrays: &Bound<'py, PyAny>,
        report: &str,
        threads: Option<usize>,
        progress: Option<&Bound<'py, PyAny>>,
        user: Option<&Bound<'py, PyAny>>,
        previous: Option<&Bound<'py, PyAny>>,
        verifier: Option<&Bound<'py, PyAny>>,
        now: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let known = OwnedFacts::read(&FactArgs { user, previous, verifier, now, current: None })?;
        let mut run = Run::new(self, report, threads, known)?;
        for array in arrays.try_iter()? {
            let (offsets, width, data): (Bound<'_, PyAny>, usize, Bound<'_, PyAny>) = array?.extract()?;
            let texts = Texts::read(py, &offsets, width, &data)?;
            let count = texts.offsets.len() - 1;
            for start in (0..count).step_by(AT_ONCE) {
                run.batch(py, self, AT_ONCE.min(count - start), |index| texts.at(start + index))?;
                if let Some(progress) = progress {
                    progress.call1((run.done,))?;
                }
            }
        }
        run.answer(py)
    }
}
