//! Word lists and breach filters.

use std::cell::RefCell;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;
use std::sync::Arc;

use kouling::blob::Bytes;
use kouling::knowledge::breach_filter::{self, Builder, FilterFormat, HashKind, Plan, TIERS};
use kouling::knowledge::compression;
use kouling::knowledge::folding::key;
use kouling::knowledge::word_list::{ListOptions, WordList, compiled};
use kouling::policy::{Files, Source};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};

use crate::copies::copies_are_self;
use crate::errors::error;
use crate::input::{path, secret, secret_text};

fn words_error(py: Python<'_>, message: impl std::fmt::Display) -> PyErr {
    error(py, "WordsError", message)
}

fn options(fold: bool) -> ListOptions {
    ListOptions { fold, ..ListOptions::default() }
}

/// A word list. Immutable; `in` looks up a word and `len` counts the words.
///
/// Args:
///     contents: A compiled list, or plain UTF-8 text with one word per line, the most common word first.
///     fold: Ignore case, and look up words in any case.
///
/// Raises:
///     WordsError: The list is damaged or is not UTF-8.
#[pyclass(module = "kouling", frozen)]
pub(crate) struct Words {
    list: WordList,
    folds: bool,
}

#[pymethods]
impl Words {
    #[new]
    #[pyo3(signature = (contents, *, fold = true))]
    fn new(py: Python<'_>, contents: &Bound<'_, PyAny>, fold: bool) -> PyResult<Words> {
        let bytes = secret(contents)?.to_vec();
        let list = py.detach(|| WordList::read("words", bytes, &options(fold)));
        Ok(Words { list: list.map_err(|error| words_error(py, error))?, folds: fold })
    }

    /// Return a word list of the package.
    ///
    /// Args:
    ///     name: `common` or `chinese`.
    ///
    /// Raises:
    ///     ValueError: Unknown word list.
    #[staticmethod]
    fn built_in(name: &str) -> PyResult<Words> {
        let list = WordList::built_in(name).ok_or_else(|| {
            let available: Vec<&str> = WordList::built_in_names().collect();
            PyValueError::new_err(format!("unknown word list {name:?}; available: {}", available.join(", ")))
        })?;
        Ok(Words { list, folds: true })
    }

    /// Compile a plain word list to the format that is searched without loading it into memory.
    ///
    /// Args:
    ///     text: One word per line, the most common word first.
    ///     fold: Ignore case.
    ///     source: Description of the origin of the list, stored in the file.
    ///
    /// Returns:
    ///     The contents of the compiled file.
    ///
    /// Raises:
    ///     WordsError: The list is not UTF-8 or a word is too long.
    #[staticmethod]
    #[pyo3(signature = (text, *, fold = true, source = ""))]
    fn compile<'py>(
        py: Python<'py>,
        text: &Bound<'py, PyAny>,
        fold: bool,
        source: &str,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let text = secret(text)?;
        let file = py.detach(|| compiled::compile(&text, &options(fold), source));
        Ok(PyBytes::new(py, &file.map_err(|error| words_error(py, error))?))
    }

    fn __len__(&self) -> usize {
        self.list.count()
    }

    fn __contains__(&self, word: &Bound<'_, PyAny>) -> PyResult<bool> {
        let word = secret_text(word)?;
        Ok(if self.folds { self.list.whole(&key(&word)) } else { self.list.whole(&word) })
    }

    fn __repr__(&self) -> String {
        format!("<Words, {} words>", self.list.count())
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err("Words cannot be pickled; send the list and load it there"))
    }
}

/// A breach filter: a compact set of breached passwords, read from disk as needed. `in` looks up a password.
#[pyclass(module = "kouling", frozen)]
pub(crate) struct Filter {
    filter: breach_filter::Filter,
}

#[pymethods]
impl Filter {
    /// Open a filter file.
    ///
    /// Raises:
    ///     WordsError: The file cannot be read or is damaged.
    #[staticmethod]
    fn open(py: Python<'_>, path: &Bound<'_, PyAny>) -> PyResult<Filter> {
        let path = self::path(path)?;
        let file = Files.open(&path).map_err(|error| words_error(py, error))?;
        let filter = breach_filter::Filter::open(file).map_err(|error| words_error(py, error))?;
        Ok(Filter { filter })
    }

    /// Open a filter from the contents of a filter file.
    ///
    /// Raises:
    ///     WordsError: The contents are damaged.
    #[staticmethod]
    fn read(py: Python<'_>, contents: &Bound<'_, PyAny>) -> PyResult<Filter> {
        let bytes = secret(contents)?.to_vec();
        let filter = breach_filter::Filter::open(Arc::new(Bytes::new(bytes)));
        Ok(Filter { filter: filter.map_err(|error| words_error(py, error))? })
    }

    /// Build a filter from a file of password hashes, and write it to a new file.
    ///
    /// Args:
    ///     hashes: A file with one `HASH:COUNT` or `HASH` per line, sorted by hash. May be compressed with gzip or Zstandard.
    ///     to: Path of the filter file.
    ///     expected: Expected number of hashes.
    ///     hash: Hash function of the input file.
    ///     format: Fingerprint size in bits, or `exact` for no false positives.
    ///     min_count: Leave out hashes with a lower count.
    ///     source: Description of the origin of the hashes, stored in the file.
    ///     progress: Called with the bytes and lines read so far. An exception stops the build; no file is written.
    ///
    /// Returns:
    ///     The status of the new filter.
    ///
    /// Raises:
    ///     WordsError: The input is invalid, or a file cannot be read or written.
    #[staticmethod]
    #[pyo3(signature = (hashes, to, *, expected, hash = "sha1", format = "16", min_count = 1, source = "", progress = None))]
    #[expect(clippy::too_many_arguments, reason = "they are keyword arguments in Python")]
    fn build<'py>(
        py: Python<'py>,
        hashes: &Bound<'py, PyAny>,
        to: &Bound<'py, PyAny>,
        expected: u64,
        hash: &str,
        format: &str,
        min_count: u64,
        source: &str,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let hash = match hash {
            "sha1" => HashKind::Sha1,
            "ntlm" => HashKind::Ntlm,
            _ => return Err(PyValueError::new_err("invalid `hash`; expected \"sha1\" or \"ntlm\"")),
        };
        let format = match format {
            "16" => FilterFormat::Bits16,
            "32" => FilterFormat::Bits32,
            "exact" => FilterFormat::Exact,
            _ => return Err(PyValueError::new_err("invalid `format`; expected \"16\", \"32\" or \"exact\"")),
        };
        let (hashes, to) = (path(hashes)?, path(to)?);
        let plan = Plan { hash, format, expected, min_count, source: source.to_owned() };
        let built = py.detach(|| -> PyResult<Result<breach_filter::Status, String>> {
            let raised = RefCell::new(None);
            let mut report = |read: breach_filter::Progress| {
                if raised.borrow().is_none() {
                    let called = Python::attach(|py| {
                        py.check_signals()?;
                        progress.as_ref().map(|progress| progress.call1(py, (read.bytes, read.lines))).transpose()
                    });
                    *raised.borrow_mut() = called.err();
                }
            };
            let is_stopped = || raised.borrow().is_some();
            let built = write_filter(&hashes, &to, plan, &mut report, &is_stopped);
            raised.take().map_or(Ok(built), Err)
        })?;
        status(py, &built.map_err(|error| words_error(py, error))?)
    }

    /// Return a lower bound of how often a password was breached: 1, 10, 100 or 1,000.
    ///
    /// 0 if the filter does not contain it.
    fn count(&self, py: Python<'_>, password: &Bound<'_, PyAny>) -> PyResult<u64> {
        let password = secret_text(password)?;
        let tier = py.detach(|| self.filter.find(&password, 0));
        let tier = tier.map_err(|error| words_error(py, error))?;
        Ok(tier.and_then(|tier| TIERS.get(tier).copied()).unwrap_or(0))
    }

    fn __contains__(&self, py: Python<'_>, password: &Bound<'_, PyAny>) -> PyResult<bool> {
        self.count(py, password).map(|count| count > 0)
    }

    /// Format, size and origin of the filter.
    #[getter]
    fn status<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        status(py, &self.filter.status())
    }

    fn __repr__(&self) -> String {
        format!("<Filter of {} passwords>", self.filter.status().passwords.iter().sum::<u64>())
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err("a Filter cannot be pickled; send its path and open it there"))
    }
}

/// A file that returns an error after the build was stopped.
struct StoppableFile<'s> {
    file: File,
    is_stopped: &'s dyn Fn() -> bool,
}

impl Read for StoppableFile<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if (self.is_stopped)() { Err(std::io::Error::other("stopped")) } else { self.file.read(buffer) }
    }
}

/// Writes to a temporary file in the same folder and renames it, so that a failed build leaves no file.
fn write_filter(
    hashes: &str,
    to: &str,
    plan: Plan,
    progress: &mut dyn FnMut(breach_filter::Progress),
    is_stopped: &dyn Fn() -> bool,
) -> Result<breach_filter::Status, String> {
    let with_path = |error: &dyn std::fmt::Display, path: &str| format!("{path}: {error}");
    let file = File::open(hashes).map_err(|error| with_path(&error, hashes))?;
    let input = compression::reader(BufReader::new(StoppableFile { file, is_stopped }));
    let folder = Path::new(to).parent().filter(|folder| !folder.as_os_str().is_empty());
    let temporary = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new(".")));
    let temporary = temporary.map_err(|error| with_path(&error, to))?;
    let mut builder = Builder::new(temporary, plan, progress).map_err(|error| error.to_string())?;
    builder.add_hashes(hashes, input).map_err(|error| error.to_string())?;
    let (temporary, status) = builder.finish().map_err(|error| error.to_string())?;
    if is_stopped() {
        return Err("stopped".to_owned());
    }
    temporary.as_file().sync_all().map_err(|error| with_path(&error, to))?;
    temporary.persist(to).map_err(|error| with_path(&error.error, to))?;
    Ok(status)
}

fn status<'py>(py: Python<'py>, status: &breach_filter::Status) -> PyResult<Bound<'py, PyDict>> {
    // The same names as the arguments of `build`.
    let hash = match status.hash {
        HashKind::Sha1 => "sha1",
        HashKind::Ntlm => "ntlm",
    };
    let format = match status.format {
        FilterFormat::Exact => "exact",
        FilterFormat::Bits16 => "16",
        FilterFormat::Bits32 => "32",
    };
    let passwords = PyDict::new(py);
    for (tier, count) in TIERS.iter().zip(status.passwords) {
        passwords.set_item(tier, count)?;
    }
    let fields = PyDict::new(py);
    fields.set_item("version", status.version)?;
    fields.set_item("hash", hash)?;
    fields.set_item("format", format)?;
    fields.set_item("passwords", passwords)?;
    fields.set_item("min_count", status.min_count)?;
    fields.set_item("source", &status.source)?;
    fields.set_item("shards", status.shards)?;
    fields.set_item("bytes", status.bytes)?;
    fields.set_item("one_in", status.one_in)?;
    fields.set_item("digest", kouling::evaluation::hexadecimal(&status.digest))?;
    Ok(fields)
}

copies_are_self!(Words, Filter);
