//! Words are a list that policies refuse words of, in memory: read once, shared by every policy that names it.

use std::mem::MaybeUninit;
use std::ptr;
use std::sync::Arc;

use kouling::knowledge::folding::fold_case;
use kouling::knowledge::word_list::{WordList, WordListError, compiled};

use crate::boundary::{Out, answer, free, given, lookup};
use crate::report::kouling_report;
use crate::status::{Complaint, Failure, KOULING_UNAVAILABLE};
use crate::text::kouling_text;

/// A word list. Every thread may use it at once; it is freed as a policy is.
pub struct kouling_words {
    pub(crate) bytes: Arc<[u8]>,
    list: WordList,
    folds: bool,
}

impl From<WordListError> for Failure {
    fn from(error: WordListError) -> Failure {
        let complaint =
            Complaint { line: error.line().unwrap_or(0), ..Complaint::without_place("words", error.to_string()) };
        Failure { status: KOULING_UNAVAILABLE, complaints: vec![complaint] }
    }
}

fn make(
    words: Option<&mut MaybeUninit<*const kouling_words>>,
    report: Option<&mut kouling_report>,
    as_typed: u32,
    bytes: impl FnOnce(bool) -> Result<Vec<u8>, Failure>,
) -> u32 {
    let mut out = Out::cleared("words", words, ptr::null());
    answer(report, || {
        let place = out.place()?;
        let folds = as_typed == 0;
        let bytes = bytes(folds)?;
        let list = WordList::read("words", bytes.clone(), folds, u64::MAX)?;
        *place = Arc::into_raw(Arc::new(kouling_words { bytes: bytes.into(), list, folds }));
        Ok(())
    })
}

/// Reads a list, plain (UTF-8, a word a line) or compiled: the first bytes tell. Words are folded for case; with
/// `as_typed` that is not 0 they keep their capitals.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_words_read(
    bytes: kouling_text,
    as_typed: u32,
    words: Option<&mut MaybeUninit<*const kouling_words>>,
    report: Option<&mut kouling_report>,
) -> u32 {
    make(words, report, as_typed, |_| Ok(bytes.bytes("bytes")?.to_vec()))
}

/// Compiles a plain list, of which the order is the rank; `source` says where the words are from. What is compiled is
/// searched as it lies, and loads at once: `kouling_words_bytes` gives it, to be kept in a file.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_words_compile(
    text: kouling_text,
    as_typed: u32,
    source: kouling_text,
    words: Option<&mut MaybeUninit<*const kouling_words>>,
    report: Option<&mut kouling_report>,
) -> u32 {
    make(words, report, as_typed, |folds| {
        Ok(compiled::compile(text.bytes("text")?, folds, source.text("source")?)?)
    })
}

/// The list as a file would hold it. The view lives as long as the list.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_words_bytes(words: Option<&kouling_words>) -> kouling_text {
    lookup(|| Some(kouling_text::view_bytes(&words?.bytes)))
}

/// How many words it has.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_words_count(words: Option<&kouling_words>) -> usize {
    lookup(|| Some(words?.list.count()))
}

/// Whether a word is in it, `*found` 1 or 0. The word is folded as the list is.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_words_find(
    words: Option<&kouling_words>,
    word: kouling_text,
    found: Option<&mut MaybeUninit<u32>>,
    report: Option<&mut kouling_report>,
) -> u32 {
    let mut out = Out::cleared("found", found, 0);
    answer(report, || {
        let (words, word) = (given("words", words)?, word.text("word")?);
        let known = if words.folds { words.list.whole(&fold_case(word)) } else { words.list.whole(word) };
        *out.place()? = u32::from(known);
        Ok(())
    })
}

/// Makes one owner more, who frees it too. NULL is nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kouling_words_retain(words: *const kouling_words) {
    if !words.is_null() {
        // SAFETY: the pointer came from `Arc::into_raw`, and its count is not nought while the caller owns it.
        unsafe { Arc::increment_strong_count(words) };
    }
}

/// Frees a list, when it is its last owner who does. NULL is nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kouling_words_free(words: *const kouling_words) {
    if !words.is_null() {
        // SAFETY: the pointer came from `Arc::into_raw`, and the caller gives up one count of his own.
        free(Some(unsafe { Arc::from_raw(words) }));
    }
}
