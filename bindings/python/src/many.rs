//! Many passwords at once, on every core: what an audit asks.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use kouling::{CannotJudge, Facts, Outcome};
use pyo3::buffer::PyBuffer;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyString};
use zeroize::Zeroizing;

use crate::errors::{cannot_judge_for, forget_raised, take_raised};
use crate::facts::{Given, Known};
use crate::input::secret;
use crate::policy::Policy;

/// So many passwords are taken before the interpreter is let go of.
const AT_ONCE: usize = 16_384;
/// A thread takes so many at a time.
const PORTION: usize = 64;

/// What is kept of each outcome.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kept {
    Accepted,
    Codes,
    Counts,
}

/// What came of a batch.
#[derive(Default)]
struct Sums {
    accepted: Vec<bool>,
    codes: Vec<Vec<String>>,
    total: u64,
    refused: u64,
    by_rule: BTreeMap<String, u64>,
    by_code: BTreeMap<String, u64>,
}

impl Sums {
    fn take(&mut self, kept: Kept, outcome: &Outcome) {
        self.total += 1;
        self.refused += u64::from(!outcome.accepted());
        match kept {
            Kept::Accepted => self.accepted.push(outcome.accepted()),
            Kept::Codes => self.codes.push(outcome.violations().map(|judged| judged.code().to_owned()).collect()),
            Kept::Counts => {
                let mut rules: Vec<&str> = outcome.violations().map(|judged| judged.rule().name()).collect();
                rules.dedup();
                for rule in rules {
                    *self.by_rule.entry(rule.to_owned()).or_default() += 1;
                }
                for judged in outcome.violations() {
                    *self.by_code.entry(judged.code().to_owned()).or_default() += 1;
                }
            }
        }
    }

    fn add(&mut self, other: Sums) {
        self.accepted.extend(other.accepted);
        self.codes.extend(other.codes);
        self.total += other.total;
        self.refused += other.refused;
        for (sums, more) in [(&mut self.by_rule, other.by_rule), (&mut self.by_code, other.by_code)] {
            for (name, count) in more {
                *sums.entry(name).or_default() += count;
            }
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
    kept: Kept,
    threads: usize,
    count: usize,
    at: impl Fn(usize) -> &'b [u8] + Sync,
) -> Result<Sums, Stopped> {
    let portions = count.div_ceil(PORTION);
    let next = AtomicUsize::new(0);
    // Nothing from this number on need be judged: one before it could not be.
    let end = AtomicUsize::new(count);
    let portion = |portion: usize, mut watch: Option<&mut Watch>| -> Result<Sums, Stopped> {
        let mut sums = Sums::default();
        for index in portion * PORTION..count.min((portion + 1) * PORTION) {
            if index >= end.load(Ordering::Relaxed) {
                break;
            }
            watch.as_mut().map_or(Ok(()), |watch| watch.look()).map_err(Stopped::Raised)?;
            // Where only yes or no is asked, the first violation is enough.
            let judged = match kept {
                Kept::Accepted => policy.evaluate_until_refused(at(index), facts),
                Kept::Codes | Kept::Counts => policy.evaluate(at(index), facts),
            };
            match judged {
                Ok(outcome) => sums.take(kept, &outcome),
                Err(error) => return Err(Stopped::CannotJudge(index, error, take_raised())),
            }
        }
        Ok(sums)
    };
    let work = |mut watch: Option<Watch>| {
        let mut done = Vec::new();
        let stopped = loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= portions {
                break None;
            }
            match portion(number, watch.as_mut()) {
                Ok(sums) => done.push((number, sums)),
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
    let mut sums = Sums::default();
    all.into_iter().for_each(|(_, more)| sums.add(more));
    Ok(sums)
}

/// One evaluation of many, batch by batch. Private: `Policy.evaluate_many` is in Python.
struct Run {
    known: Known,
    kept: Kept,
    threads: usize,
    sums: Sums,
}

impl Run {
    fn new(report: &str, threads: Option<usize>, known: Known) -> PyResult<Run> {
        let kept = match report {
            "accepted" => Kept::Accepted,
            "codes" => Kept::Codes,
            "counts" => Kept::Counts,
            _ => return Err(PyValueError::new_err("`report` is \"accepted\", \"codes\" or \"counts\"")),
        };
        let cores = || std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let threads = threads.unwrap_or_else(cores).clamp(1, 256);
        Ok(Run { known, kept, threads, sums: Sums::default() })
    }

    fn batch<'b>(
        &mut self,
        py: Python<'_>,
        policy: &Policy,
        count: usize,
        at: impl Fn(usize) -> &'b [u8] + Sync + Send,
    ) -> PyResult<()> {
        let judged = py.detach(|| judge(&policy.policy, &self.known.facts(), self.kept, self.threads, count, at));
        self.sums.add(judged.map_err(|stopped| self.raised(py, stopped))?);
        py.check_signals()
    }

    /// Which one could not be judged, a note of the exception tells: a password is not shown.
    fn raised(&self, py: Python<'_>, stopped: Stopped) -> PyErr {
        match stopped {
            Stopped::Raised(raised) => raised,
            Stopped::CannotJudge(index, error, cause) => {
                let raised = cannot_judge_for(py, &error, cause);
                let index = u64::try_from(index).unwrap_or(u64::MAX).saturating_add(self.sums.total);
                let note = format!("it is the password at index {index}");
                match raised.value(py).call_method1("add_note", (note,)) {
                    Ok(_) => raised,
                    Err(error) => error,
                }
            }
        }
    }

    fn answer<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(match self.kept {
            Kept::Accepted => self.sums.accepted.into_pyobject(py)?.into_any(),
            Kept::Codes => self.sums.codes.into_pyobject(py)?.into_any(),
            Kept::Counts => {
                let counts = PyDict::new(py);
                counts.set_item("total", self.sums.total)?;
                counts.set_item("refused", self.sums.refused)?;
                counts.set_item("by_rule", self.sums.by_rule)?;
                counts.set_item("by_code", self.sums.by_code)?;
                counts.into_any()
            }
        })
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
        let known = Known::read(&Given { user, previous, verifier, now, current: None })?;
        let mut run = Run::new(report, threads, known)?;
        let mut batch: Vec<Zeroizing<Vec<u8>>> = Vec::with_capacity(AT_ONCE);
        let mut passwords = passwords.try_iter()?;
        loop {
            batch.clear();
            for password in passwords.by_ref().take(AT_ONCE) {
                batch.push(secret(&password?)?);
            }
            if batch.is_empty() {
                return run.answer(py);
            }
            run.batch(py, self, batch.len(), |index| batch[index].as_slice())?;
            if let Some(progress) = progress {
                progress.call1((run.sums.total,))?;
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
        let known = Known::read(&Given { user, previous, verifier, now, current: None })?;
        let mut run = Run::new(report, threads, known)?;
        for array in arrays.try_iter()? {
            let (offsets, width, data): (Bound<'_, PyAny>, usize, Bound<'_, PyAny>) = array?.extract()?;
            let texts = Texts::read(py, &offsets, width, &data)?;
            let count = texts.offsets.len() - 1;
            for start in (0..count).step_by(AT_ONCE) {
                run.batch(py, self, AT_ONCE.min(count - start), |index| texts.at(start + index))?;
                if let Some(progress) = progress {
                    progress.call1((run.sums.total,))?;
                }
            }
        }
        run.answer(py)
    }
}
