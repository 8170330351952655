//! Word lists in memory: read once, shared by every policy that names them.

use std::mem::MaybeUninit;
use std::sync::Arc;

use kouling::knowledge::folding::key;
use kouling::knowledge::word_list::{ListOptions, WordList, WordListError, compiled};

use crate::boundary::{Out, lookup, release, required, retain, run};
use crate::failure::{Failure, Problem, kouling_report};
use crate::status::{KOULING_STATUS_UNAVAILABLE, kouling_status};
use crate::text::kouling_text;

/// A word list in memory. Immutable and reference-counted: every thread may use it at the same time.
pub struct kouling_words {
    pub(crate) bytes: Arc<[u8]>,
    list: WordList,
    folds: bool,
}

impl From<WordListError> for Failure {
    fn from(error: WordListError) -> Failure {
        let problem =
            Problem { line: error.line().unwrap_or(0), ..Problem::without_location("words", error.to_string()) };
        Failure { status: KOULING_STATUS_UNAVAILABLE, problems: vec![problem] }
    }
}

fn options(fold: bool) -> ListOptions {
    ListOptions { fold, ..ListOptions::default() }
}

fn build(
    words: Option<&mut MaybeUninit<*const kouling_words>>,
    report: Option<&mut kouling_report>,
    case_sensitive: u32,
    bytes: impl FnOnce(bool) -> Result<Vec<u8>, Failure>,
) -> kouling_status {
    let mut out = Out::shared("words", words);
    run(report, || {
        out.share(|| {
            let folds = case_sensitive == 0;
            let bytes = bytes(folds)?;
            let list = WordList::read("words", bytes.clone(), &options(folds))?;
            Ok(Arc::new(kouling_words { bytes: bytes.into(), list, folds }))
        })
    })
}

/// Reads a word list: plain (UTF-8, one word a line) or compiled, detected by the first bytes. Words match in any case,
/// unless `case_sensitive` is not 0. `*words` receives the list; the caller owns one reference and releases it by
/// `kouling_words_free`. `report` may be NULL.
/// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_UNAVAILABLE` if the list is damaged; `KOULING_STATUS_INVALID_ARGUMENT` if
/// `words` is NULL or `bytes` is invalid. `*words` is NULL on failure. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_words_read(
    bytes: kouling_text,
    case_sensitive: u32,
    words: Option<&mut MaybeUninit<*const kouling_words>>,
    report: Option<&mut kouling_report>,
) -> kouling_status {
    build(words, report, case_sensitive, |_| Ok(bytes.bytes("bytes")?.to_vec()))
}

/// Compiles a plain word list, most frequent word first. `source` says where the words come from and is stored in the
/// list. Words match in any case, unless `case_sensitive` is not 0. A compiled list loads without parsing; write
/// `kouling_words_bytes` to a file to store it. `*words` receives the list; the caller owns one reference and releases
/// it by `kouling_words_free`. `report` may be NULL.
/// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_UNAVAILABLE` if the list has errors; `KOULING_STATUS_INVALID_TEXT` if
/// `source` is not UTF-8; `KOULING_STATUS_INVALID_ARGUMENT` if `words` is NULL or a text is invalid. `*words` is NULL on
/// failure. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_words_compile(
    text: kouling_text,
    case_sensitive: u32,
    source: kouling_text,
    words: Option<&mut MaybeUninit<*const kouling_words>>,
    report: Option<&mut kouling_report>,
) -> kouling_status {
    build(words, report, case_sensitive, |folds| {
        Ok(compiled::compile(text.bytes("text")?, &options(folds), source.text("source")?)?)
    })
}

/// Returns the bytes of a word list, as a file stores them. The view is owned by `words`; it is binary if the list is
/// compiled. Empty if `words` is NULL. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_words_bytes(words: Option<&kouling_words>) -> kouling_text {
    lookup(|| Some(kouling_text::view_bytes(&words?.bytes)))
}

/// Returns the number of words in a list; 0 if `words` is NULL. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_words_count(words: Option<&kouling_words>) -> usize {
    lookup(|| Some(words?.list.count()))
}

/// Searches a list for a whole word. `*found` receives 1 if the list contains the word, else 0. `report` may be NULL.
/// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_INVALID_TEXT` if `word` is not UTF-8; `KOULING_STATUS_INVALID_ARGUMENT`
/// if `words` or `found` is NULL. `*found` is 0 on failure. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_words_find(
    words: Option<&kouling_words>,
    word: kouling_text,
    found: Option<&mut MaybeUninit<u32>>,
    report: Option<&mut kouling_report>,
) -> kouling_status {
    let mut out = Out::cleared("found", found, 0);
    run(report, || {
        let (words, word) = (required("words", words)?, word.text("word")?);
        let is_listed = if words.folds { words.list.whole(&key(word)) } else { words.list.whole(word) };
        *out.place()? = u32::from(is_listed);
        Ok(())
    })
}

/// Increments the reference count of a word list; balance it with `kouling_words_free`. Passing NULL is a no-op.
/// Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kouling_words_retain(words: *const kouling_words) {
    // SAFETY: NULL or a list of which the caller owns a reference, by the conventions of the header.
    unsafe { retain(words) };
}

/// Releases one reference; frees the word list when none remain. Passing NULL is a no-op. Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kouling_words_free(words: *const kouling_words) {
    // SAFETY: as for `kouling_words_retain`; the caller gives up its reference.
    unsafe { release(words) };
}
