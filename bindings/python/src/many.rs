//! `kouling.evaluate_many`: passwords from an iterable or from Arrow arrays.

use std::num::NonZeroUsize;

use pyo3::buffer::PyBuffer;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyString};
use zeroize::Zeroizing;

use crate::errors::cannot_judge;
use crate::facts::OwnedFacts;
use crate::input::secret;
use crate::json::to_python;
use crate::parallel::{ManyReport, Stopped, evaluate_batch};
use crate::policy::Policy;

/// Number of passwords that are copied before the interpreter lock is released.
const BATCH: usize = 16_384;
const MAX_THREADS: usize = 256;

/// Copies a password. One with lone surrogates becomes invalid UTF-8, so that the evaluation reports it instead of the
/// conversion of the whole list failing.
fn password_bytes(value: &Bound<'_, PyAny>) -> PyResult<Zeroizing<Vec<u8>>> {
    let has_surrogates = value.cast::<PyString>().is_ok_and(|text| text.to_str().is_err());
    if has_surrogates { Ok(Zeroizing::new(vec![0xff])) } else { secret(value) }
}

/// One call of `evaluate_many`, batch by batch.
struct Run {
    facts: OwnedFacts,
    report: ManyReport,
    threads: usize,
    progress: Option<Py<PyAny>>,
    done: u64,
}

impl Run {
    fn new(
        policy: &Policy,
        report: &str,
        threads: Option<usize>,
        progress: Option<Py<PyAny>>,
        facts: &Bound<'_, PyDict>,
    ) -> PyResult<Run> {
        let Some(report) = ManyReport::from_name(report, &policy.policy) else {
            let message = "invalid `report`; expected \"accepted\", \"codes\" or \"counts\"";
            return Err(PyValueError::new_err(message));
        };
        let cores = || std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let threads = threads.unwrap_or_else(cores).clamp(1, MAX_THREADS);
        Ok(Run { facts: OwnedFacts::from_keywords(Some(facts))?, report, threads, progress, done: 0 })
    }

    fn evaluate<'b>(
        &mut self,
        py: Python<'_>,
        policy: &Policy,
        count: usize,
        password_at: impl Fn(usize) -> &'b [u8] + Sync + Send,
    ) -> PyResult<()> {
        let results = py.detach(|| {
            evaluate_batch(&policy.policy, &self.facts.facts(), &self.report, self.threads, count, password_at)
        });
        self.report.append(results.map_err(|stopped| self.exception(py, stopped))?);
        self.done += u64::try_from(count).unwrap_or(u64::MAX);
        py.check_signals()?;
        if let Some(progress) = &self.progress {
            progress.call1(py, (self.done,))?;
        }
        Ok(())
    }

    /// Adds the index of the password to the exception; the password itself is not shown.
    fn exception(&self, py: Python<'_>, stopped: Stopped) -> PyErr {
        match stopped {
            Stopped::Signal(exception) => exception,
            Stopped::CannotJudge(index, error) => {
                let exception = cannot_judge(py, &error);
                let index = u64::try_from(index).unwrap_or(u64::MAX).saturating_add(self.done);
                match exception.value(py).call_method1("add_note", (format!("password at index {index}"),)) {
                    Ok(_) => exception,
                    Err(error) => error,
                }
            }
        }
    }

    fn into_python(self, py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
        match self.report {
            ManyReport::Accepted(flags) => Ok(flags.into_pyobject(py)?.into_any()),
            ManyReport::Codes(codes) => Ok(codes.into_pyobject(py)?.into_any()),
            ManyReport::Counts(tally) => to_python(py, &tally.to_json()),
        }
    }
}

/// The strings of one Arrow array: string `i` is `data[offsets[i]..offsets[i + 1]]`.
struct ArrowStrings {
    data: Zeroizing<Vec<u8>>,
    offsets: Vec<usize>,
}

impl ArrowStrings {
    /// Copies the buffers of an array. `width` is the size of an offset in bytes: 4 or 8. The first offset need not be 0,
    /// because an array may be a slice; `data` starts there.
    ///
    /// # Errors
    /// `ValueError` if there are no offsets, if they decrease, or if they exceed the data.
    fn read(
        py: Python<'_>,
        offsets: &Bound<'_, PyAny>,
        width: usize,
        data: &Bound<'_, PyAny>,
    ) -> PyResult<ArrowStrings> {
        let offsets = PyBuffer::<u8>::get(offsets)?.to_vec(py)?;
        let data = Zeroizing::new(PyBuffer::<u8>::get(data)?.to_vec(py)?);
        let offset = |bytes: &[u8]| match width {
            4 => bytes.try_into().ok().map(|bytes| i64::from(i32::from_le_bytes(bytes))),
            _ => bytes.try_into().ok().map(i64::from_le_bytes),
        };
        let each =
            offsets.chunks_exact(width).map(|bytes| offset(bytes).and_then(|offset| usize::try_from(offset).ok()));
        let offsets = each.collect::<Option<Vec<_>>>().unwrap_or_default();
        let is_ordered = offsets.windows(2).all(|pair| pair[0] <= pair[1]);
        let first = offsets.first().copied().unwrap_or(0);
        if !is_ordered || offsets.last().is_none_or(|last| last - first > data.len()) {
            return Err(PyValueError::new_err("invalid Arrow offsets buffer"));
        }
        Ok(ArrowStrings { data, offsets: offsets.iter().map(|offset| offset - first).collect() })
    }

    fn len(&self) -> usize {
        self.offsets.len() - 1
    }

    fn at(&self, index: usize) -> &[u8] {
        &self.data[self.offsets[index]..self.offsets[index + 1]]
    }
}

/// The implementation of `kouling.evaluate_many`, which documents the arguments.
#[pymethods]
impl Policy {
    fn _evaluate_iterable<'py>(
        &self,
        py: Python<'py>,
        passwords: &Bound<'py, PyAny>,
        report: &str,
        threads: Option<usize>,
        progress: Option<Py<PyAny>>,
        facts: &Bound<'py, PyDict>,
    ) -> PyResult<Bound<'py, PyAny>> {
        if passwords.is_instance_of::<PyString>() || passwords.is_instance_of::<PyBytes>() {
            let message = "`passwords` must be an iterable of passwords, not a single str or bytes";
            return Err(PyTypeError::new_err(message));
        }
        let mut run = Run::new(self, report, threads, progress, facts)?;
        let mut batch: Vec<Zeroizing<Vec<u8>>> = Vec::with_capacity(BATCH);
        let mut passwords = passwords.try_iter()?;
        loop {
            batch.clear();
            for password in passwords.by_ref().take(BATCH) {
                batch.push(password_bytes(&password?)?);
            }
            if batch.is_empty() {
                return run.into_python(py);
            }
            run.evaluate(py, self, batch.len(), |index| batch[index].as_slice())?;
        }
    }

    /// Each of `arrays` is a triple: offsets, width of an offset in bytes, data.
    fn _evaluate_arrow<'py>(
        &self,
        py: Python<'py>,
        arrays: &Bound<'py, PyAny>,
        report: &str,
        threads: Option<usize>,
        progress: Option<Py<PyAny>>,
        facts: &Bound<'py, PyDict>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let mut run = Run::new(self, report, threads, progress, facts)?;
        for array in arrays.try_iter()? {
            let (offsets, width, data): (Bound<'_, PyAny>, usize, Bound<'_, PyAny>) = array?.extract()?;
            let strings = ArrowStrings::read(py, &offsets, width, &data)?;
            for start in (0..strings.len()).step_by(BATCH) {
                let count = BATCH.min(strings.len() - start);
                run.evaluate(py, self, count, |index| strings.at(start + index))?;
            }
        }
        run.into_python(py)
    }
}
