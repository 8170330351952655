//! Word lists and breach filters.

use std::cell::RefCell;
use std::fs::File;
use std::io::{BufReader, Read};
use std::sync::Arc;

use kouling::blob::Bytes;
use kouling::knowledge::breach_filter::{self, Builder, FilterFormat, HashKind, Plan, TIERS};
use kouling::knowledge::folding::fold_case;
use kouling::knowledge::word_list::{WordList, compiled};
use kouling::policy::{Files, Source};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};

use crate::copied::copied;
use crate::errors::error;
use crate::input::{path, secret, secret_text};

/// A word list.
#[pyclass(module = "kouling", frozen)]
pub(crate) struct Words {
    list: WordList,
    folds: bool,
}

#[pymethods]
impl Words {
    /// Reads a list, plain (UTF-8, a word a line) or compiled.
    #[new]
    #[pyo3(signature = (contents, *, fold = true))]
    fn new(py: Python<'_>, contents: &Bound<'_, PyAny>, fold: bool) -> PyResult<Words> {
        let bytes = secret(contents)?.to_vec();
        let list = py.detach(|| WordList::read("words", bytes, fold, u64::MAX));
        Ok(Words { list: list.map_err(|raised| error(py, "WordsError", raised))?, folds: fold })
    }

    /// A list that comes with the package: `common`, `chinese`.
    #[staticmethod]
    fn built_in(name: &str) -> PyResult<Words> {
        let list = WordList::built_in(name);
        let list = list.ok_or_else(|| {
            let known: Vec<&str> = WordList::built_in_names().collect();
            PyValueError::new_err(format!("there is no word list {name:?}; known: {}", known.join(", ")))
        })?;
        Ok(Words { list, folds: true })
    }

    /// Compiles a plain list, whose order is the rank: a file that is searched as it lies.
    #[staticmethod]
    #[pyo3(signature = (text, *, fold = true, source = ""))]
    fn compile<'py>(
        py: Python<'py>,
        text: &Bound<'py, PyAny>,
        fold: bool,
        source: &str,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let text = secret(text)?;
        let file = py.detach(|| compiled::compile(&text, fold, source));
        Ok(PyBytes::new(py, &file.map_err(|raised| error(py, "WordsError", raised))?))
    }

    fn __len__(&self) -> usize {
        self.list.count()
    }

    /// Whether a word is in it.
    fn __contains__(&self, word: &Bound<'_, PyAny>) -> PyResult<bool> {
        let word = secret_text(word)?;
        Ok(if self.folds { self.list.whole(&fold_case(&word)) } else { self.list.whole(&word) })
    }

    fn __repr__(&self) -> String {
        format!("<Words, {} of them>", self.list.count())
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err("Words cannot be pickled; send what they were made of"))
    }
}

/// A filter of leaked passwords, read in parts as they are needed.
#[pyclass(module = "kouling", frozen)]
pub(crate) struct Filter {
    filter: breach_filter::Filter,
}

#[pymethods]
impl Filter {
    /// Opens a file.
    #[staticmethod]
    fn open(py: Python<'_>, path: &Bound<'_, PyAny>) -> PyResult<Filter> {
        let path = self::path(path)?;
        let opened = Files.open(&path).map_err(|raised| error(py, "WordsError", raised))?;
        let filter = breach_filter::Filter::open(opened).map_err(|raised| error(py, "WordsError", raised))?;
        Ok(Filter { filter })
    }

    /// Opens what is in memory.
    #[staticmethod]
    fn read(py: Python<'_>, contents: &Bound<'_, PyAny>) -> PyResult<Filter> {
        let bytes = secret(contents)?.to_vec();
        let filter = breach_filter::Filter::open(Arc::new(Bytes::new(bytes)));
        Ok(Filter { filter: filter.map_err(|raised| error(py, "WordsError", raised))? })
    }

    /// Makes a filter of a file of hashes in order, `HASH:COUNT` a line, and writes it to a new file. `form` is `16`,
    /// `32` or `exact`; `progress` is called with bytes and lines read.
    #[staticmethod]
    #[pyo3(signature = (hashes, to, *, expected, hash = "sha1", form = "16", min_count = 1, source = "", progress = None))]
    #[expect(clippy::too_many_arguments, reason = "they are Python's keywords")]
    fn build<'py>(
        py: Python<'py>,
        hashes: &Bound<'py, PyAny>,
        to: &Bound<'py, PyAny>,
        expected: u64,
        hash: &str,
        form: &str,
        min_count: u64,
        source: &str,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let hash = match hash {
            "sha1" => HashKind::Sha1,
            "ntlm" => HashKind::Ntlm,
            _ => return Err(PyValueError::new_err("`hash` is \"sha1\" or \"ntlm\"")),
        };
        let form = match form {
            "16" => FilterFormat::Bits16,
            "32" => FilterFormat::Bits32,
            "exact" => FilterFormat::Exact,
            _ => return Err(PyValueError::new_err("`form` is \"16\", \"32\" or \"exact\"")),
        };
        let (hashes, to) = (path(hashes)?, path(to)?);
        let plan = Plan { hash, format: form, expected, min_count, source: source.to_owned() };
        let made = py.detach(|| -> Result<Result<breach_filter::Status, String>, PyErr> {
            let raised = RefCell::new(None);
            let mut tell = |seen: breach_filter::Progress| {
                if raised.borrow().is_none() {
                    let told = Python::attach(|py| {
                        py.check_signals()?;
                        progress.as_ref().map(|progress| progress.call1(py, (seen.bytes, seen.lines))).transpose()
                    });
                    *raised.borrow_mut() = told.err();
                }
            };
            let stops = || raised.borrow().is_some();
            let made = write_filter(&hashes, &to, plan, &mut tell, &stops);
            raised.take().map_or(Ok(made), Err)
        })?;
        status(py, &made.map_err(|raised| error(py, "WordsError", raised))?)
    }

    /// How often a password was seen at least, of the tiers 1, 10, 100 and 1,000; 0 when it is not in it.
    fn count(&self, py: Python<'_>, password: &Bound<'_, PyAny>) -> PyResult<u64> {
        let password = secret_text(password)?;
        let found = py.detach(|| self.filter.find(&password, 0));
        let found = found.map_err(|raised| error(py, "WordsError", raised))?;
        Ok(found.and_then(|tier| TIERS.get(tier).copied()).unwrap_or(0))
    }

    fn __contains__(&self, py: Python<'_>, password: &Bound<'_, PyAny>) -> PyResult<bool> {
        self.count(py, password).map(|count| count > 0)
    }

    /// What the filter is, as a dict.
    #[getter]
    fn status<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        status(py, &self.filter.status())
    }

    fn __repr__(&self) -> String {
        format!("<Filter of {} passwords>", self.filter.status().passwords.iter().sum::<u64>())
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err("a Filter cannot be pickled; send its path, and open it there"))
    }
}

/// A file that ends with an error once it is to be read no further.
struct Stoppable<'s> {
    file: File,
    stops: &'s dyn Fn() -> bool,
}

impl Read for Stoppable<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if (self.stops)() { Err(std::io::Error::other("stopped")) } else { self.file.read(buffer) }
    }
}

/// Writes beside the file and renames: what cannot be finished is not there.
fn write_filter(
    hashes: &str,
    to: &str,
    plan: Plan,
    progress: &mut dyn FnMut(breach_filter::Progress),
    stops: &dyn Fn() -> bool,
) -> Result<breach_filter::Status, String> {
    let told = |error: &dyn std::fmt::Display, path: &str| format!("{path}: {error}");
    let file = File::open(hashes).map_err(|error| told(&error, hashes))?;
    let input = BufReader::new(Stoppable { file, stops });
    let folder = std::path::Path::new(to).parent().filter(|folder| !folder.as_os_str().is_empty());
    let beside = tempfile::NamedTempFile::new_in(folder.unwrap_or(std::path::Path::new(".")));
    let beside = beside.map_err(|error| told(&error, to))?;
    let mut builder = Builder::new(beside, plan, progress).map_err(|error| error.to_string())?;
    builder.add_hashes(hashes, input).map_err(|error| error.to_string())?;
    let (beside, status) = builder.finish().map_err(|error| error.to_string())?;
    if stops() {
        return Err("stopped".to_owned());
    }
    beside.as_file().sync_all().map_err(|error| told(&error, to))?;
    beside.persist(to).map_err(|error| told(&error.error, to))?;
    Ok(status)
}

fn status<'py>(py: Python<'py>, status: &breach_filter::Status) -> PyResult<Bound<'py, PyDict>> {
    let told = PyDict::new(py);
    told.set_item("version", status.version)?;
    // As `build` is told.
    let hash = match status.hash {
        HashKind::Sha1 => "sha1",
        HashKind::Ntlm => "ntlm",
    };
    told.set_item("hash", hash)?;
    let form = match status.format {
        FilterFormat::Exact => "exact",
        FilterFormat::Bits16 => "16",
        FilterFormat::Bits32 => "32",
    };
    told.set_item("form", form)?;
    let passwords = PyDict::new(py);
    for (tier, count) in TIERS.iter().zip(status.passwords) {
        passwords.set_item(tier, count)?;
    }
    told.set_item("passwords", passwords)?;
    told.set_item("min_count", status.min_count)?;
    told.set_item("source", &status.source)?;
    told.set_item("shards", status.shards)?;
    told.set_item("bytes", status.bytes)?;
    told.set_item("one_in", status.one_in)?;
    told.set_item("digest", kouling::evaluation::hexadecimal(&status.digest))?;
    Ok(told)
}

copied!(Words, Filter);
